"""The copies of reference frames that leave the machine: stripped of metadata, of the right size.

A frame of another shape than the model's raster is fitted into it whole, over a blurred copy of
itself. Conforming a take scales it to cover the cut's raster and crops the rest, which undoes
exactly that, so the picture joins to the frame without a jump.
"""

from __future__ import annotations

import base64
import io
from fractions import Fraction
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from pickup.errors import MediaError

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 16_384 * 16_384
_LONGEST = 2048
_SAME_SHAPE = Fraction(1, 100)


def upload_copy(frame: Path, size: tuple[int, int], shape: Fraction | None = None) -> bytes:
    """A PNG of exactly `size`, without metadata.

    Args:
        shape: the frame's width by height as it is seen, where its pixels are not square.

    Raises:
        MediaError: the frame cannot be read.
    """
    picture = _opened(frame)
    fitted = _fitted(picture, size, shape or Fraction(picture.width, picture.height))
    return _png(fitted)


def upload_picture(picture: Path) -> bytes:
    """A PNG of a reference image, without metadata, of at most `_LONGEST` pixels a side.

    Raises:
        MediaError: the image cannot be read.
    """
    opened = _opened(picture)
    opened.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    return _png(opened)


def data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _opened(frame: Path) -> Image.Image:
    try:
        with Image.open(frame) as image:
            if image.width * image.height > _LARGEST:
                raise MediaError(frame, "the frame is too large to be sent")
            return image.convert("RGB")
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError) as error:
        raise MediaError(
            frame, f"the frame cannot be read ({error})", hint="Make the plan again."
        ) from None
    except Image.DecompressionBombError:
        raise MediaError(frame, "the frame is too large to be sent") from None


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _fitted(picture: Image.Image, size: tuple[int, int], shape: Fraction) -> Image.Image:
    width, height = size
    target = Fraction(width, height)
    if abs(shape / target - 1) <= _SAME_SHAPE:
        return picture.resize(size, Image.Resampling.LANCZOS)
    inner = (width, round(width / shape)) if shape > target else (round(height * shape), height)
    inside = picture.resize((max(1, inner[0]), max(1, inner[1])), Image.Resampling.LANCZOS)
    around = ImageOps.fit(inside, size, Image.Resampling.BILINEAR)
    around = around.filter(ImageFilter.GaussianBlur(max(size) / 40))
    around.paste(inside, ((width - inside.width) // 2, (height - inside.height) // 2))
    return around
