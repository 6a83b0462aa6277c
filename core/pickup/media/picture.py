"""A take's picture made to lie in the cut's raster."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.model import Raster
from pickup.media.colour import tags_of
from pickup.media.filters import Chain, Step, over_black, to_colour, upright

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from pickup.media.colour import ColourTags

COVER = Fraction(1, 2)
"""Shapes that differ by less are filled and cropped; others are shown whole, with black bars.

Models know few shapes: a take for a scope cut comes at 16:9 and is cut to it, as an editor would.
An upright take in a wide cut would lose most of itself.
"""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a picture of one shape lies in a raster.

    Attributes:
        width, height: to scale to, in the raster's pixels.
        x, y: of the scaled picture's corner in the raster; negative where it is cropped.
    """

    width: int
    height: int
    x: int
    y: int


def fit(source: Raster, target: Raster) -> Fit:
    """Lay a picture into a raster, its proportions on the screen kept, in the middle."""
    shape = Fraction(source.width, source.height) * source.pixel_aspect
    wanted = Fraction(target.width, target.height) * target.pixel_aspect
    cover = abs(shape / wanted - 1) < COVER
    # Wider than the raster and whole, or narrower and covering: the width is what binds.
    if (shape > wanted) != cover or shape == wanted:
        width = target.width
        height = max(1, round(target.width * target.pixel_aspect / shape))
    else:
        height = target.height
        width = max(1, round(target.height * shape / target.pixel_aspect))
    return Fit(width, height, (target.width - width) // 2, (target.height - height) // 2)


def fit_change(source: Raster, target: Raster) -> str:
    """A sentence of what `fit` does, empty where it does nothing."""
    placed = fit(source, target)
    if (
        (source.width, source.height)
        == (placed.width, placed.height)
        == (
            target.width,
            target.height,
        )
    ):
        return ""
    text = f"scaled {source.width}×{source.height} → {target.width}×{target.height}"
    if placed.x > 0 or placed.y > 0:
        bars = "at the sides" if placed.x > 0 else "above and below"
        return f"{text} with black bars {bars}"
    return f"{text}, cropped at its edges" if placed.x < 0 or placed.y < 0 else text


class Conformer:
    """Frames of any take as frames of one raster, format and coding.

    Args:
        target: the raster.
        pixel_format: FFmpeg's name of the format wanted.
        tags: the coding wanted.
        pixel_aspect: of the take as stored.
    """

    def __init__(
        self, target: Raster, pixel_format: str, tags: ColourTags, pixel_aspect: Fraction
    ) -> None:
        self.target = target
        self.pixel_format = pixel_format
        self.tags = tags
        self.pixel_aspect = pixel_aspect
        self._chains: dict[tuple[ColourTags, int, int, int, str], Chain] = {}

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        key = (tags_of(frame), frame.rotation, frame.width, frame.height, frame.format.name)
        if key not in self._chains:
            self._chains[key] = Chain(self._steps(frame))
        return self._chains[key](frame)

    def _steps(self, frame: VideoFrame) -> list[Step]:
        placed = fit(seen_raster(frame, self.pixel_aspect), self.target)
        deep = "10" in self.pixel_format or "48" in self.pixel_format
        whole = "gbrp10le" if deep else "gbrp"
        if self.tags.matrix != "gbr":
            whole = "yuv444p10le" if deep else "yuv444p"
        cropped = placed.x < 0 or placed.y < 0
        padded = placed.x > 0 or placed.y > 0
        target = self.target
        steps: list[Step] = [
            *over_black(frame.format),
            *upright(frame.rotation),
            *to_colour(tags_of(frame), self.tags, f"{placed.width}:{placed.height}"),
        ]
        if cropped or padded:
            # Chroma of its own size could not be cut or laid at odd places.
            steps.append(("format", whole))
        if cropped:
            at = f"{max(0, -placed.x)}:{max(0, -placed.y)}"
            size = f"{min(target.width, placed.width)}:{min(target.height, placed.height)}"
            steps.append(("crop", f"{size}:{at}"))
        if padded:
            at = f"{max(0, placed.x)}:{max(0, placed.y)}"
            steps.append(("pad", f"{target.width}:{target.height}:{at}:black"))
        aspect = target.pixel_aspect
        return [
            *steps,
            ("format", self.pixel_format),
            ("setsar", f"{aspect.numerator}/{aspect.denominator}"),
            ("setparams", self.tags.setparams),
        ]


def seen_raster(frame: VideoFrame, pixel_aspect: Fraction) -> Raster:
    """A frame's raster once it is upright."""
    if frame.rotation % 180:
        return Raster(frame.height, frame.width, 1 / pixel_aspect)
    return Raster(frame.width, frame.height, pixel_aspect)
