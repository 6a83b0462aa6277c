"""Pictures as the animatic handles them, and the moving view over them.

They are YCbCr planes (BT.709, limited range) from the first step to the encoder: moves and
dissolves are the same there as in RGB, and no frame is converted twice. Chroma is halved as in
the H.264 it goes into; a raster of odd width or height, which 4:2:0 cannot hold, keeps it whole.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from PIL import Image

from pickup.providers.animatic.camera import MARGIN, View
from pickup.providers.base import ProviderRefusal, Refusal

if TYPE_CHECKING:
    from pathlib import Path

Plane = npt.NDArray[np.uint8]

_MOST_PIXELS = 150_000_000
"""Larger reference pictures are refused before they are decoded."""
_MOST_BYTES = 1 << 30
_FINE = 4096
"""Up to this width or height the luma is doubled before it moves."""


@dataclass(frozen=True, slots=True)
class Raster:
    """Where pictures go: its pixels, and how wide one of them is shown."""

    width: int
    height: int
    pixel_aspect: Fraction = Fraction(1)

    @property
    def aspect(self) -> float:
        """Width by height as shown."""
        return float(self.width * self.pixel_aspect / self.height)

    @property
    def chroma(self) -> int:
        """Luma samples for one of chroma, each way."""
        return 1 if self.width % 2 or self.height % 2 else 2

    @property
    def pixel_format(self) -> str:
        return "yuv420p" if self.chroma == 2 else "yuv444p"


@dataclass(frozen=True, slots=True)
class Picture:
    """Three planes of one raster, 16 to 235 (240 in chroma); never changed once made."""

    planes: tuple[Plane, Plane, Plane]

    def dissolved(self, into: Picture, share: float) -> Picture:
        """This picture with `share` (0 to 1) of another over it."""
        if share <= 0:
            return self
        if share >= 1:
            return into
        pairs = zip(self.planes, into.planes, strict=True)
        y, u, v = (cv2.addWeighted(a, 1 - share, b, share, 0) for a, b in pairs)
        return Picture((y, u, v))


class Canvas:
    """A picture that a camera can move over.

    Beyond its edges it goes on for a little, mirrored and more and more out of focus, so that a
    move outward shows no black. The luma is doubled by Lanczos: looked at through a bilinear
    window, which is fast, it then stays sharp at every fraction of a pixel instead of breathing.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        height, width = picture.planes[0].shape
        self._size = width, height
        self._fine = 2 if max(width, height) <= _FINE else 1
        luma = _doubled(picture.planes[0]) if self._fine == 2 else picture.planes[0]
        self._chroma = width // picture.planes[1].shape[1]
        inner = (luma, *picture.planes[1:])
        self._margins = [tuple(_margin(size) for size in plane.shape) for plane in inner]
        self._planes = [_continued(plane) for plane in inner]

    def view(self, view: View) -> Picture:
        """What the camera sees, in the picture's own raster."""
        if view == View():
            return self.picture
        y, u, v = (self._seen(index, view) for index in range(3))
        return Picture((y, u, v))

    def _seen(self, index: int, view: View) -> Plane:
        width, height = self._size
        plane = self._planes[index]
        rows, columns = self.picture.planes[index].shape
        # One sample of the output is `step` luma pixels; one luma pixel is `dense` canvas samples.
        step = self._chroma if index else 1
        dense = self._fine if not index else 1 / self._chroma
        site = (step - 1) / 2 if index else 0.0
        scale = 1 / view.zoom
        rest = [
            (size - 1) / 2 * (1 - scale) + shift * size
            for size, shift in ((width, view.x), (height, view.y))
        ]
        # Chroma of 4:2:0 stands on the left luma column, and between two luma rows.
        left = rest[0] * dense
        top = (rest[1] + site * (scale - 1)) * dense
        down, across = self._margins[index]
        grow = scale * step * dense
        matrix = np.array([[grow, 0, left + across], [0, grow, top + down]])
        seen: Plane = cv2.warpAffine(
            plane,
            matrix,
            (columns, rows),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return seen


def open_picture(path: Path, raster: Raster) -> Picture:
    """A picture file as it fills `raster`: covering it as shown, cut evenly where it is larger.

    A file of the raster's own size has the raster's pixels; any other has square ones unless it
    says otherwise (PNG's pHYs).

    Raises:
        ProviderRefusal: missing, unreadable, or absurdly large; the message names the file.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _unreadable(path, "it is larger than 1 GB")
        data = path.read_bytes()
        aspect = _pixel_aspect(data, raster)
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    except OSError as error:
        raise _unreadable(path, error.strerror or "it is not a whole picture") from error
    except (ValueError, SyntaxError, cv2.error, Image.DecompressionBombError) as error:
        raise _unreadable(path, str(error).splitlines()[0]) from error
    if pixels is None:
        raise _unreadable(path, "it is not a whole picture")
    return to_picture(_covering(pixels, aspect, raster), raster)


def to_picture(rgb: Plane, raster: Raster) -> Picture:
    """RGB pixels (height, width, 3) of the raster's own size as planes."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24").reformat(
        format=raster.pixel_format,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC,
    )
    y, u, v = (
        np.frombuffer(memoryview(plane), np.uint8)
        .reshape(plane.height, plane.line_size)[:, : plane.width]
        .copy()
        for plane in frame.planes
    )
    return Picture((y, u, v))


def _unreadable(path: Path, reason: str) -> ProviderRefusal:
    return ProviderRefusal(
        Refusal.FAILED,
        f"The reference picture {path.name} cannot be read ({reason}). "
        "Plan the cut again to extract it anew.",
    )


def _pixel_aspect(data: bytes, raster: Raster) -> Fraction:
    """How wide the file's pixels are shown; looks only at its head."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(BytesIO(data)) as image:
            width, height = image.size
            declared = image.info.get("aspect")
    if width * height > _MOST_PIXELS:
        raise ValueError(f"{width}×{height} is too large")
    if (width, height) == (raster.width, raster.height):
        return raster.pixel_aspect
    if isinstance(declared, tuple) and all(0 < part < 1 << 16 for part in declared):
        across, down = declared  # pixels per unit: the more there are, the narrower each is
        return Fraction(down, across)
    return Fraction(1)


def _covering(pixels: Plane, aspect: Fraction, raster: Raster) -> Plane:
    height, width = pixels.shape[:2]
    wanted = raster.aspect / float(aspect)
    wide = min(width, max(1, round(height * wanted)))
    high = min(height, max(1, round(width / wanted)))
    left, top = (width - wide) // 2, (height - high) // 2
    part = pixels[top : top + high, left : left + wide]
    if (wide, high) == (raster.width, raster.height):
        return part
    smaller = wide * high > raster.width * raster.height
    how = cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4
    fitted: Plane = cv2.resize(part, (raster.width, raster.height), interpolation=how)
    return fitted


def _doubled(plane: Plane) -> Plane:
    """Twice the samples less one, each way; every other one is an original, untouched."""
    rows, columns = plane.shape
    fine: Plane = cv2.warpAffine(
        plane,
        np.array([[0.5, 0, 0], [0, 0.5, 0]]),
        (2 * columns - 1, 2 * rows - 1),
        flags=cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return fine


def _margin(size: int) -> int:
    return min(size - 1, max(1, round(size * MARGIN)))


def _continued(plane: Plane) -> Plane:
    """The plane with a margin all round: its mirror image, blurred more the further out."""
    rows, columns = plane.shape
    down, across = _margin(rows), _margin(columns)
    wide = cv2.copyMakeBorder(plane, down, down, across, across, cv2.BORDER_REFLECT_101)
    size = max(3, min(down, across) // 2 * 2 + 1)
    soft = cv2.blur(cv2.blur(wide, (size, size)), (size, size))
    out_y = np.clip(np.abs(np.arange(rows + 2 * down) - down - (rows - 1) / 2) - rows / 2, 0, None)
    out_x = np.clip(
        np.abs(np.arange(columns + 2 * across) - across - (columns - 1) / 2) - columns / 2, 0, None
    )
    share = np.maximum(out_y[:, None] / down, out_x[None, :] / across).astype(np.float32)
    share = np.minimum(1.0, share * 2.5)
    made: Plane = cv2.blendLinear(wide, soft, 1 - share, share)
    return made
