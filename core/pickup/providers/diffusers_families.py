"""How each family of open models is asked: what it makes, and how its pipeline takes frames."""

from __future__ import annotations

import importlib
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from pickup.providers.base import ProviderRefusal, Refusal
from pickup.providers.uploads import upload_copy

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pipeline is to make: raster and frames lie on the family's lattice."""

    prompt: str
    negative: str
    width: int
    height: int
    frames: int
    seed: int
    steps: int | None
    first: Path | None
    last: Path | None
    shape: Fraction

    def image(self, frame: Path) -> Image.Image:
        """A frame at the raster. Raises `MediaError` where it cannot be read."""
        png = upload_copy(frame, (self.width, self.height), self.shape)
        return Image.open(io.BytesIO(png))


@dataclass(frozen=True)
class Family:
    """One family of models.

    Attributes:
        start: how the names of its pipelines begin.
        rate: frames a second it makes.
        step: its lengths are step × n + 1 frames.
        multiple: its rasters are multiples of this.
        lines: the height it is asked for unless the user says otherwise.
        with_frames, without: its pipelines for orders with frames and without.
    """

    start: str
    rate: int
    step: int
    multiple: int
    lines: int
    with_frames: str
    without: str

    def frames(self, least: int) -> int:
        return math.ceil(max(1, least - 1) / self.step) * self.step + 1

    def raster(self, pixels: int) -> int:
        return max(self.multiple, round(pixels / self.multiple) * self.multiple)

    def pipeline(self, asked: Asked) -> str:
        return self.with_frames if asked.first or asked.last else self.without

    def run(self, pipe: Any, asked: Asked, step: Callable[[float], None]) -> Any:
        """The frames, as an array of (count, height, width, 3) from 0 to 1."""
        torch = importlib.import_module("torch")
        options: dict[str, Any] = {
            "prompt": asked.prompt,
            "num_frames": asked.frames,
            "generator": torch.Generator("cpu").manual_seed(asked.seed),
            "output_type": "np",
            **self._frames(asked),
        }
        if asked.negative:
            options["negative_prompt"] = asked.negative
        if asked.steps:
            options["num_inference_steps"] = asked.steps
        if self.start != "HunyuanVideo15" or not asked.first:
            options |= {"width": asked.width, "height": asked.height}
        with _watched(pipe, options, step):
            return pipe(**options).frames[0]

    def _frames(self, asked: Asked) -> dict[str, Any]:
        """The frames to join to, in the pipeline's own words."""
        if self.start.startswith("LTX"):
            return (
                {"conditions": self._conditions(asked), "frame_rate": self.rate}
                if (asked.first or asked.last)
                else {"frame_rate": self.rate}
            )
        found = {}
        if asked.first:
            found["image"] = asked.image(asked.first)
            if asked.last and self.start == "Wan":
                found["last_image"] = asked.image(asked.last)
        return found

    def _conditions(self, asked: Asked) -> list[Any]:
        places = [(asked.first, 0), (asked.last, asked.frames - 1)]
        given = [(asked.image(frame), place) for frame, place in places if frame]
        if self.start == "LTX2":
            module = importlib.import_module("diffusers.pipelines.ltx2.pipeline_ltx2_condition")
            return [module.LTX2VideoCondition(frames=i, index=place) for i, place in given]
        module = importlib.import_module("diffusers.pipelines.ltx.pipeline_ltx_condition")
        return [module.LTXVideoCondition(image=i, frame_index=place) for i, place in given]


FAMILIES = (
    Family("LTX2", 24, 8, 32, 704, "LTX2ConditionPipeline", "LTX2ConditionPipeline"),
    Family("LTX", 24, 8, 32, 480, "LTXConditionPipeline", "LTXConditionPipeline"),
    Family("Wan", 16, 4, 16, 480, "WanImageToVideoPipeline", "WanPipeline"),
    Family(
        *("HunyuanVideo15", 24, 4, 16, 480),
        *("HunyuanVideo15ImageToVideoPipeline", "HunyuanVideo15Pipeline"),
    ),
)


def family_of(class_name: str) -> Family:
    """Raises `ProviderRefusal` where weights are of a kind that Pickup does not know."""
    for family in FAMILIES:
        if class_name.startswith(family.start):
            return family
    raise ProviderRefusal(
        Refusal.UNSUPPORTED,
        f"Weights for {class_name or 'no pipeline'} are not known here; "
        "choose LTX, Wan or HunyuanVideo 1.5.",
    )


class _watched:
    """Calls `step` with the part done: by the pipeline's own callback, or as its model is called.

    A pipeline without a callback calls its model once or twice a step: there it is an estimate.
    """

    def __init__(self, pipe: Any, options: dict[str, Any], step: Callable[[float], None]) -> None:
        self._pipe, self._options, self._step = pipe, options, step
        self._hook: Any = None
        self._calls = 0

    def __enter__(self) -> None:
        import inspect

        parameters = inspect.signature(self._pipe.__call__).parameters
        self._total = self._options.get("num_inference_steps") or (
            parameters["num_inference_steps"].default
        )
        if "callback_on_step_end" in parameters:
            self._options["callback_on_step_end"] = self._ended
        else:
            self._hook = self._pipe.transformer.register_forward_pre_hook(self._called)

    def __exit__(self, *_: object) -> None:
        if self._hook:
            self._hook.remove()

    def _ended(self, pipe: Any, number: int, time: Any, kept: dict[str, Any]) -> dict[str, Any]:
        self._step(min(1.0, (number + 1) / self._total))
        return kept

    def _called(self, *_: Any) -> None:
        self._calls += 1
        self._step(min(1.0, self._calls / (2 * self._total)))
