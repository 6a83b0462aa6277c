"""Open weights in this process, by the `diffusers` library: LTX-2, Wan 2.2, HunyuanVideo 1.5.

The library and torch weigh gigabytes, so they are an extra, `pickup-shots[diffusers]`, and imported
only when a take is made.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
import os
import uuid
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pickup.errors import MediaError
from pickup.files import write_bytes, written_aside
from pickup.home import home
from pickup.providers import catalog
from pickup.providers.base import FoundJob, JobState, JobStatus, ProviderRefusal, Refusal
from pickup.providers.diffusers_families import Asked, Family, family_of
from pickup.providers.keys import setting
from pickup.providers.remote import as_ordered, prompt_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pickup.providers.base import Order
    from pickup.providers.card import ModelCard

_OURS = uuid.UUID("0c6d0d5e-7c39-5a66-9a1c-52f2f9a3a0de")
_NEEDED = ("torch", "diffusers", "transformers", "accelerate")

_BREAKAGE = (
    *(ArithmeticError, AttributeError, ImportError, LookupError),
    *(OSError, RuntimeError, TypeError, ValueError),
)
"""What loading strange weights may raise, and running out of memory."""


class Cancelled(Exception):
    """Raised between two steps of a model that is to stop."""


class DiffusersProvider:
    """Makes takes on this machine. A model is an id of the hub, or a folder of weights.

    `submit` only names the job after its order, `poll` says that it is done, `fetch` makes the
    film; so a crash costs time and no money. `PICKUP_DIFFUSERS_STEPS` and
    `PICKUP_DIFFUSERS_LINES` set the number of steps and the height of the picture.
    """

    name = "diffusers"
    local = True

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ = dict(os.environ if environ is None else environ)

    def cards(self) -> Sequence[ModelCard]:
        return catalog.cards(self.name)

    def card(self, model: str) -> ModelCard:
        """For a folder of weights, what its own index says that it can do.

        Raises:
            RequestError: the model has no name.
        """
        card = catalog.card(self.name, model)
        try:
            index = json.loads((Path(model) / "model_index.json").read_bytes())
            return card.model_copy(update=family_of(index).facts())
        except (OSError, ValueError, AttributeError, ProviderRefusal):
            return card  # Of the hub, or nothing that can be loaded, which is told then.

    def submit(self, order: Order) -> str:
        missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
        if missing:
            raise ProviderRefusal(
                Refusal.UNSUPPORTED,
                f"{order.request.id}: local models need {', '.join(missing)}; "
                'install them by pip install "pickup-shots[diffusers]".',
            )
        problems = catalog.check(self.card(order.model), as_ordered(order))
        if problems:
            raise ProviderRefusal(Refusal.UNSUPPORTED, problems[0])
        job_id = self._job_id(order)
        self._flag(job_id).unlink(missing_ok=True)
        return job_id

    def poll(self, job_id: str, order: Order) -> JobStatus:
        return JobStatus(JobState.CANCELLED if self._flag(job_id).exists() else JobState.DONE)

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        def step(fraction: float) -> None:
            if self._flag(job_id).exists():
                raise Cancelled
            progress(fraction)

        try:
            frames, rate = self._made(order, step)
            return write_film(out.with_suffix(".mp4"), frames, rate)
        except Cancelled:
            raise ProviderRefusal(
                Refusal.FAILED, f"{order.request.id}: the take was called off."
            ) from None
        except MediaError:
            raise
        except _BREAKAGE as error:
            raise _refusal(order, error) from error

    def cancel(self, job_id: str, order: Order) -> bool:
        """Stops before the next step, in whatever process it runs."""
        write_bytes(self._flag(job_id), b"")
        return True

    def find(self, order: Order, since: float) -> Sequence[FoundJob] | None:
        return None

    def _made(self, order: Order, step: Callable[[float], None]) -> tuple[Any, int]:
        """Frames of shape (count, height, width, 3), 0 to 1, and their rate."""
        family = family_of(_index(order.model))
        asked = self._asked(order, family)
        pipe = _pipeline(order.model, family.pipeline(asked))
        return family.run(pipe, asked, step), asked.rate

    def _asked(self, order: Order, family: Family) -> Asked:
        request, shape = order.request, catalog.display_ratio(order.request)
        lines = int(setting(self.name, "LINES", self.environ) or family.lines)
        height = min(request.height, lines) if shape >= 1 else round(min(lines, 10**6) / shape)
        width = round(height * shape)
        steps = setting(self.name, "STEPS", self.environ)
        rate, length = family.rate(request.rate), catalog.free_seconds(request)
        return Asked(
            prompt=prompt_of(order),
            negative=request.negative,
            width=family.raster(width),
            height=family.raster(height),
            rate=rate,
            frames=family.frames(math.ceil(length * rate)),
            seed=order.seed,
            steps=int(steps) if steps.isdigit() and int(steps) else None,
            first=order.first_frame if family.with_frames else None,
            last=order.last_frame if family.last else None,
            shape=shape,
        )

    def _flag(self, job_id: str) -> Path:
        return home() / "diffusers" / f"{Path(job_id).name}.cancel"

    def _job_id(self, order: Order) -> str:
        return str(uuid.uuid5(_OURS, order.key))


def write_film(out: Path, frames: Any, rate: int) -> Path:
    """Frames of shape (count, height, width, 3), 0 to 1, as an almost lossless H.264 film."""
    import av
    import numpy as np

    pixels = (np.clip(np.asarray(frames, dtype=np.float32), 0, 1) * 255 + 0.5).astype(np.uint8)
    options = {"crf": "10", "preset": "medium"}
    with written_aside(out) as aside, av.open(str(aside), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.height, stream.width = pixels.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pixels):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out


def _index(model: str) -> Mapping[str, Any]:
    """What weights say of themselves: the pipeline that they were made for, and its settings."""
    library = importlib.import_module("diffusers")
    return cast("Mapping[str, Any]", library.DiffusionPipeline.load_config(model))


@lru_cache(maxsize=1)
def _pipeline(model: str, class_name: str) -> Any:
    """The pipeline with its weights on the best device; kept, for loading takes minutes."""
    torch = importlib.import_module("torch")
    library = importlib.import_module("diffusers")
    gpu = torch.cuda.is_available()
    kind = torch.bfloat16 if gpu else torch.float32
    for speaker in (library, importlib.import_module("transformers")):
        speaker.utils.logging.disable_progress_bar()
        speaker.utils.logging.set_verbosity_error()
    pipe = getattr(library, class_name).from_pretrained(model, dtype=kind)
    pipe.set_progress_bar_config(disable=True)
    if gpu:
        pipe.enable_model_cpu_offload()
    elif torch.backends.mps.is_available():
        pipe.to("mps")
    return pipe


def _refusal(order: Order, error: BaseException) -> ProviderRefusal:
    said = " ".join(str(error).split())[:300] or type(error).__name__
    cure = "choose another model"
    if "out of memory" in said.lower():
        cure = "set PICKUP_DIFFUSERS_LINES lower, or make a shorter shot"
    elif isinstance(error, OSError):
        cure = "name a folder of weights, or download the model first"
    return ProviderRefusal(
        Refusal.FAILED,
        f"{order.request.id}: diffusers:{order.model} could not make it ({said}); {cure}.",
        detail=said,
    )
