"""Writes DPX and OpenEXR sequences: one file a frame, in a folder of their own.

DPX is 10-bit RGB, display-referred (BT.709 as on a monitor), full range. EXR is half-float,
scene-linear with BT.709 primaries: the display-referred picture with the 2.4 gamma of BT.1886 taken
off by OpenColorIO, since a generated take has no scene to return to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import OpenImageIO as oiio
import PyOpenColorIO as ocio

from pickup.errors import MediaError
from pickup.media.colour import ColourTags
from pickup.media.smpte import pack_timecode

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from pickup.media.spec import ConformSpec

TAGS = ColourTags("bt709", "bt709", "gbr", "pc")
PIXEL_FORMAT = "rgb48le"
_DIGITS = 11
_NAME_AT, _NAME_SIZE = 36, 100
"""Of the file's name in a DPX header (SMPTE ST 268-1)."""
_BT709_CHROMATICITIES = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)


def file_name(stem: str, frame: int, suffix: str) -> str:
    """A frame's file, by its timecode's number: `take.00000086400.dpx`."""
    return f"{stem}.{frame:0{_DIGITS}d}.{suffix}"


class SequenceWriter:
    """A sequence in the making, in a folder that the caller makes and renames.

    Args:
        folder: exists, and is empty.
        stem: the files' name before the number.
        spec: raster, rate, reel and tags.
        start: the first frame's timecode, as frames.
    """

    def __init__(self, folder: Path, stem: str, spec: ConformSpec, start: int) -> None:
        self._folder = folder
        self._stem = stem
        self._spec = spec
        self._frame = start
        self._start = start
        self._linear = _to_linear() if spec.deliver == "exr" else None

    def write(self, frame: VideoFrame) -> None:
        pixels = cast("NDArray[np.uint16]", frame.to_ndarray())
        path = self._folder / file_name(self._stem, self._frame, self._spec.deliver)
        output = oiio.ImageOutput.create(str(path))
        if output is None:
            raise MediaError(path, f"cannot be written ({oiio.geterror() or 'no such format'})")
        opened = output.open(str(path), self._header())
        written = opened and output.write_image(self._coded(pixels))
        # The file is only whole once closing it has gone well.
        if not (output.close() and written):
            raise MediaError(
                path,
                f"cannot be written ({(output.geterror() or 'the disk is full').strip()})",
                hint="Free some space or choose another folder, then run again.",
            )
        if self._spec.deliver == "dpx":
            _name_dpx(path)
        self._frame += 1

    def finish(self) -> None:
        """Nothing is left to do: each file is whole."""

    def abandon(self) -> None:
        """Nothing is open between frames."""

    def _coded(self, pixels: NDArray[np.uint16]) -> NDArray[Any]:
        if self._linear is None:
            return pixels
        light = np.ascontiguousarray(pixels.astype(np.float32) / 65535)
        self._linear.applyRGB(light)
        return light

    def _header(self) -> oiio.ImageSpec:
        spec = self._spec
        half = spec.deliver == "exr"
        header = oiio.ImageSpec(spec.width, spec.height, 3, "half" if half else "uint16")
        header.attribute("PixelAspectRatio", float(spec.pixel_aspect))
        header.attribute("Software", "Pickup")
        if words := pack_timecode(self._frame, spec.rate, drop=spec.drop_frame):
            header.attribute("smpte:TimeCode", oiio.TypeTimeCode, words)
        if spec.metadata:
            header.attribute("ImageDescription", spec.metadata.get("description", ""))
        if half:
            _exr_header(header, spec)
        else:
            _dpx_header(header, spec, self._frame - self._start)
        return header


def _exr_header(header: oiio.ImageSpec, spec: ConformSpec) -> None:
    rate = (spec.rate.numerator, spec.rate.denominator)
    header.attribute("FramesPerSecond", oiio.TypeRational, rate)
    header.attribute("compression", "zip")
    header.attribute("chromaticities", oiio.TypeDesc("float[8]"), _BT709_CHROMATICITIES)
    header.attribute("reelName", spec.reel)
    for key, value in spec.metadata.items():
        header.attribute(f"pickup:{key}", value)


def _dpx_header(header: oiio.ImageSpec, spec: ConformSpec, position: int) -> None:
    header.attribute("oiio:BitsPerSample", 10)
    header.attribute("dpx:FrameRate", float(spec.rate))
    header.attribute("dpx:TemporalFrameRate", float(spec.rate))
    header.attribute("dpx:FramePosition", position)
    header.attribute("dpx:Transfer", "ITU-R 709-4")
    header.attribute("dpx:Colorimetric", "ITU-R 709-4")
    header.attribute("dpx:InputDevice", spec.reel)


def _name_dpx(path: Path) -> None:
    """Put the bare name into the header, where OpenImageIO leaves the path written aside."""
    with path.open("r+b") as stream:
        stream.seek(_NAME_AT)
        stream.write(path.name.encode()[: _NAME_SIZE - 1].ljust(_NAME_SIZE, b"\0"))


def _to_linear() -> ocio.CPUProcessor:
    config = ocio.Config.CreateFromBuiltinConfig("ocio://default")
    return config.getProcessor(
        "Gamma 2.4 Encoded Rec.709", "Linear Rec.709 (sRGB)"
    ).getDefaultCPUProcessor()
