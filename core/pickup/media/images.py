"""Single pictures: PNG, JPEG, TIFF, DPX, OpenEXR and their like, through OpenImageIO."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import OpenImageIO as oiio
from PIL import Image

from pickup.errors import MediaError
from pickup.media.opening import check_size, require_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"II*\0",
    b"MM\0*",
    b"SDPX",
    b"XPDS",
    b"\x76\x2f\x31\x01",
    b"BM",
    b"8BPS",
    b"\x80\x2a\x5f\xd7",
    b"\xd7\x5f\x2a\x80",
)
"""How picture files begin: bytes tell what a file is, its name only what someone called it."""

_AFTER_HEADER = 33
"""A PNG's signature and its IHDR chunk are this long; pHYs may follow at once."""

_SCENE_LINEAR = ("openexr", "hdr")


def is_image(path: Path) -> bool:
    """Whether a regular file holds a single picture.

    Raises:
        MediaError: not a regular file, or unreadable.
    """
    try:
        with require_file(path).open("rb") as stream:
            start = stream.read(12)
    except OSError as error:
        raise MediaError(path, f"may not be read ({error.strerror})") from None
    webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return webp or start.startswith(_MAGIC)


def open_image(path: Path) -> Any:
    """OpenImageIO's `ImageInput`, its size checked; the caller closes it."""
    picture = oiio.ImageInput.open(str(path.absolute()))
    if picture is None:
        # Errors are kept by thread until somebody asks for them.
        oiio.geterror()
        raise MediaError(path, "is not a picture that can be read")
    spec = picture.spec()
    check_size(path, spec.width, spec.height)
    return picture


def read_image(path: Path) -> NDArray[np.uint8]:
    """A picture as (height, width, 3) 8-bit RGB, upright; scene-linear values as on a monitor.

    Raises:
        MediaError: not a picture, too large, or damaged.
    """
    picture = open_image(path)
    try:
        linear = picture.format_name() in _SCENE_LINEAR
        orientation = picture.spec().get_int_attribute("Orientation", 1)
        pixels = picture.read_image(0, 0, 0, min(picture.spec().nchannels, 4), oiio.FLOAT)
        if pixels is None:
            picture.geterror()
            raise MediaError(path, "is damaged and cannot be decoded")
    finally:
        picture.close()
    rgb = _three_channels(np.asarray(pixels, np.float32))
    return _upright(_to_bytes(_encode_display(rgb) if linear else rgb), orientation)


def png(rgb: NDArray[np.uint8], pixel_aspect: Fraction = Fraction(1)) -> bytes:
    """The picture as a PNG file, the same bytes for the same pixels.

    Pixels that are not square are told by a `pHYs` chunk (PNG 11.3.5.3), which OpenCV cannot write.
    """
    data = cv2.imencode(".png", rgb[..., ::-1])[1].tobytes()
    if pixel_aspect == 1:
        return data
    body = b"pHYs" + struct.pack(">IIB", pixel_aspect.denominator, pixel_aspect.numerator, 0)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    return data[:_AFTER_HEADER] + chunk + data[_AFTER_HEADER:]


def thumbnail(rgb: NDArray[np.uint8], width: int) -> bytes:
    """The picture as a small JPEG file, at most `width` pixels wide, its proportions kept."""
    picture = Image.fromarray(np.ascontiguousarray(rgb))
    picture.thumbnail((width, max(1, width * rgb.shape[0])), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=82, optimize=True)
    return data.getvalue()


def _three_channels(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey is repeated; transparency shows black, as over nothing in a timeline."""
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    channels = pixels.shape[2]
    if channels in (1, 2):
        return np.repeat(pixels[..., :1], 3, axis=2)
    # OpenImageIO gives colour already multiplied by alpha.
    return pixels[..., :3]


def _encode_display(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scene-linear light as a monitor of BT.1886 wants it, everything above white clipped.

    It is the inverse of what an EXR delivery takes off: what is read from a neighbour's EXR and
    comes back in a take's has the same light.
    """
    return np.clip(np.nan_to_num(linear), 0, 1) ** np.float32(1 / 2.4)


def _to_bytes(rgb: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(np.clip(np.nan_to_num(rgb), 0, 1) * 255).astype(np.uint8)


_FLIPS = {2: "h", 3: "hv", 4: "v", 5: "t", 6: "th", 7: "thv", 8: "tv"}


def _upright(rgb: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo a camera's Exif orientation."""
    steps = _FLIPS.get(orientation, "")
    if "t" in steps:
        rgb = rgb.transpose(1, 0, 2)
    if "h" in steps:
        rgb = rgb[:, ::-1]
    if "v" in steps:
        rgb = rgb[::-1]
    return np.ascontiguousarray(rgb)
