"""How each family of open models is asked: what it makes, and how its pipeline takes frames."""

from __future__ import annotations

import importlib
import io
import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from pickup.providers.base import ProviderRefusal, Refusal
from pickup.providers.uploads import upload_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from fractions import Fraction
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pipeline is to make: raster and frames lie on the family's lattice."""

    prompt: str
    negative: str
    width: int
    height: int
    rate: int
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
    """One family of weights.

    Attributes:
        start: how the names of the pipelines begin that its weights were made for.
        rates: frames a second it can make, its own first.
        step: its lengths are step × n + 1 frames.
        multiple: its rasters are multiples of this.
        lines: the height it is asked for unless the user says otherwise.
        with_frames, without: its pipelines for orders with frames and without; empty where its
            weights take no frames, or make nothing without a first one.
        last: whether it joins to a last frame.
    """

    start: str
    rates: tuple[int, ...]
    step: int
    multiple: int
    lines: int
    with_frames: str = ""
    without: str = ""
    last: bool = False

    def facts(self) -> dict[str, Any]:
        """What a `ModelCard` says of such weights."""
        return {
            "rates": tuple(map(str, self.rates)),
            "first_frame": bool(self.with_frames),
            "needs_first": not self.without,
            "last_frame": self.last,
            "last_needs_first": self.last and not self.without,
        }

    def rate(self, wanted: Fraction) -> int:
        """The rate to film at for a cut of a wanted one: one that divides it, else its own."""
        return next((rate for rate in self.rates if wanted % rate == 0), self.rates[0])

    def frames(self, least: int) -> int:
        return math.ceil(max(1, least - 1) / self.step) * self.step + 1

    def raster(self, pixels: int) -> int:
        return max(self.multiple, round(pixels / self.multiple) * self.multiple)

    def pipeline(self, asked: Asked) -> str:
        """Raises `ProviderRefusal` where nothing is made without a first frame."""
        if not asked.first and not self.without:
            raise ProviderRefusal(
                Refusal.UNSUPPORTED,
                "These weights make a film from a first frame, and there is none; "
                "choose another model, or weights for text.",
            )
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
        if self.with_frames != _HUNYUAN:  # It chooses a raster of its own for the frame's shape.
            options |= {"width": asked.width, "height": asked.height}
        with _watched(pipe, step):
            return pipe(**options).frames[0]

    def _frames(self, asked: Asked) -> dict[str, Any]:
        """The frames to join to, in the pipeline's own words."""
        if self.start.startswith("LTX"):
            return {"frame_rate": asked.rate, "conditions": self._conditions(asked) or None}
        found = {}
        if asked.first:
            found["image"] = asked.image(asked.first)
            if asked.last:
                found["last_image"] = asked.image(asked.last)
        return found

    def _conditions(self, asked: Asked) -> list[Any]:
        places = [(asked.first, 0), (asked.last, asked.frames - 1)]
        given = [(asked.image(frame), place) for frame, place in places if frame]
        if self.start == "LTX2":
            # It counts in latent frames: place p of the film is p = (index - 1) × step + 1. A whole
            # index would bind the last frame seven frames before the end.
            module = importlib.import_module("diffusers.pipelines.ltx2.pipeline_ltx2_condition")
            return [
                module.LTX2VideoCondition(frames=i, index=(p - 1) / self.step + 1 if p else 0)
                for i, p in given
            ]
        module = importlib.import_module("diffusers.pipelines.ltx.pipeline_ltx_condition")
        return [module.LTXVideoCondition(image=i, frame_index=place) for i, place in given]


_LTX, _LTX2 = "LTXConditionPipeline", "LTX2ConditionPipeline"
_WAN, _WAN_TEXT = "WanImageToVideoPipeline", "WanPipeline"
_HUNYUAN, _HUNYUAN_TEXT = "HunyuanVideo15ImageToVideoPipeline", "HunyuanVideo15Pipeline"

WAN_5B = Family(_WAN_TEXT, (24,), 4, 32, 704, _WAN, _WAN_TEXT)
"""Wan 2.2 TI2V 5B: the same pipelines by name, but weights for both, and a coarser lattice."""

FAMILIES = (
    Family("LTX2", (24, 25), 8, 32, 704, _LTX2, _LTX2, last=True),
    Family("LTX", (24, 25), 8, 32, 480, _LTX, _LTX, last=True),
    Family(_WAN, (16,), 4, 16, 480, with_frames=_WAN, last=True),
    Family(_WAN_TEXT, (16,), 4, 16, 480, without=_WAN_TEXT),
    Family(_HUNYUAN, (24,), 4, 16, 720, with_frames=_HUNYUAN),
    Family(_HUNYUAN_TEXT, (24,), 4, 16, 480, without=_HUNYUAN_TEXT),
)


def family_of(index: Mapping[str, Any]) -> Family:
    """The family of weights, by their index (`model_index.json`).

    Raises:
        ProviderRefusal: they are of a kind that Pickup does not know.
    """
    name = str(index.get("_class_name", ""))
    if name == _WAN_TEXT and index.get("expand_timesteps"):
        return WAN_5B
    for family in FAMILIES:
        if name.startswith(family.start):
            return family
    raise ProviderRefusal(
        Refusal.UNSUPPORTED,
        f"Weights for {name or 'no pipeline'} are not known here; "
        "choose LTX, Wan or HunyuanVideo 1.5.",
    )


@dataclass
class _Bar:
    """Stands in for a pipeline's progress bar, which every pipeline moves on after every step."""

    total: int
    step: Callable[[float], None]
    done: int = 0

    def update(self, steps: int = 1) -> None:
        self.done += steps
        self.step(min(1.0, self.done / self.total))


@contextmanager
def _watched(pipe: Any, step: Callable[[float], None]) -> Iterator[None]:
    """Calls `step` with the part done, after each step; what it raises ends the pipeline.

    Not by a callback, which HunyuanVideo's pipelines do not have.
    """

    @contextmanager
    def progress_bar(iterable: object = None, total: int = 1) -> Iterator[_Bar]:
        yield _Bar(total, step)

    pipe.progress_bar = progress_bar
    try:
        yield
    finally:
        del pipe.progress_bar
