"""What a media file is: rate, frames, raster, timecode, colour, sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from pickup.errors import MediaError
from pickup.media.colour import ColourTags, named
from pickup.media.images import is_image, open_image
from pickup.media.opening import decoding, open_movie, video_stream
from pickup.media.smpte import unpack_timecode
from pickup.media.stamps import Stamps, stream_rate
from pickup.timing import RateError, TimecodeError, snap_rate, timecode_to_frames

if TYPE_CHECKING:
    import OpenImageIO as oiio
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_SCAN_BYTES = 2**29
"""Files up to this size are counted packet by packet; of larger ones the header is believed."""


_TURNED = {3: 180, 4: 180, 5: 90, 6: 270, 7: 270, 8: 90}
"""Exif orientations as degrees counter-clockwise; what they mirror besides is not said."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A media file, as far as an edit needs to know it.

    Attributes:
        path: the file.
        container: FFmpeg's or OpenImageIO's name of the format.
        codec: of the picture; empty where there is none.
        width, height: as stored, before `rotation`.
        rate: frames per second, exact; None for sound and stills.
        variable_rate: the frames do not come evenly; `rate` is then the nominal one.
        frames: how many frames at `rate` there are; None where only decoding would tell.
        duration: seconds, of the picture or else of the sound; None for stills.
        pixel_aspect: width of a pixel by its height.
        rotation: degrees counter-clockwise to turn the picture for display.
        start: the first frame's timecode, as frames at `rate`; None where there is none.
        drop_frame: how that timecode is counted.
        reel: tape or reel name, empty where there is none.
        audio_channels, sample_rate: of the first sound stream, 0 where there is none.
        colour: what the file itself says, nothing guessed.
        interlaced: frames hold two fields.
        still: a single picture.
    """

    path: Path
    container: str
    codec: str = ""
    width: int = 0
    height: int = 0
    rate: Fraction | None = None
    variable_rate: bool = False
    frames: int | None = None
    duration: Fraction | None = None
    pixel_aspect: Fraction = Fraction(1)
    rotation: int = 0
    start: int | None = None
    drop_frame: bool = False
    reel: str = ""
    audio_channels: int = 0
    sample_rate: int = 0
    colour: ColourTags = field(default_factory=ColourTags)
    interlaced: bool = False
    still: bool = False


def probe(path: Path, *, counted: bool = True) -> Probe:
    """What a file is.

    Args:
        counted: count its frames packet by packet, which reads the whole file; the header is
            believed otherwise.

    Raises:
        MediaError: missing, not media, damaged, or not a regular file.
    """
    path = Path(path)
    if is_image(path):
        return _probe_image(path)
    with open_movie(path) as container, decoding(path):
        stream = video_stream(container, path)
        sound = container.streams.audio[0] if container.streams.audio else None
        if stream is None and sound is None:
            raise MediaError(path, "holds neither picture nor sound")
        channels, sample_rate = (sound.channels, sound.sample_rate) if sound else (0, 0)
        if stream is None:
            seconds = Fraction(container.duration or 0, av.time_base)
            return Probe(
                path,
                container.format.name,
                duration=seconds,
                audio_channels=channels,
                sample_rate=sample_rate,
            )
        return _probe_movie(path, container, stream, channels, sample_rate, counted=counted)


def _probe_movie(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    channels: int,
    sample_rate: int,
    *,
    counted: bool,
) -> Probe:
    frame = _first_frame(path, container, stream)
    rate = stream_rate(stream)
    frames, variable = _count(path, stream, rate) if counted else (stream.frames or None, False)
    start, drop = timecode_of(container, rate)
    return Probe(
        path,
        container.format.name,
        stream.codec_context.name,
        frame.width,
        frame.height,
        rate,
        variable,
        frames,
        Fraction(frames) / rate if frames else _header_duration(stream),
        pixel_aspect(stream),
        frame.rotation % 360,
        start,
        drop,
        _reel(container),
        channels,
        sample_rate,
        named(frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range),
        bool(frame.interlaced_frame),
    )


def _first_frame(path: Path, container: InputContainer, stream: VideoStream) -> VideoFrame:
    for frame in container.decode(stream):
        return frame
    raise MediaError(path, "holds no picture that can be decoded")


def pixel_aspect(stream: VideoStream) -> Fraction:
    """The stream's pixel aspect ratio; 1 where it names none or nonsense."""
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    return aspect if aspect and Fraction(1, 16) <= aspect <= 16 else Fraction(1)


def _count(path: Path, stream: VideoStream, rate: Fraction) -> tuple[int | None, bool]:
    if path.stat().st_size > _SCAN_BYTES:
        return stream.frames or None, False
    stamps = Stamps.scan(path, rate)
    return stamps.frames, stamps.variable


def _header_duration(stream: VideoStream) -> Fraction | None:
    if stream.duration is None or stream.time_base is None:
        return None
    return stream.duration * stream.time_base


def _metadata(container: InputContainer, key: str) -> str:
    """The first value of a key, the container's own before its streams'."""
    for holder in (container, *container.streams):
        if value := str(holder.metadata.get(key, "")).strip():
            return value
    return ""


def timecode_of(container: InputContainer, rate: Fraction) -> tuple[int | None, bool]:
    """The first frame's timecode as frames, if the file has one, and whether it drops frames."""
    text = _metadata(container, "timecode")
    try:
        return timecode_to_frames(text, rate), ";" in text
    except TimecodeError:
        return None, False


def _reel(container: InputContainer) -> str:
    return _metadata(container, "reel_name") or _metadata(container, "com.apple.proapps.reel")


def _probe_image(path: Path) -> Probe:
    picture = open_image(path)
    try:
        spec = picture.spec()
        aspect = Fraction(spec.get_float_attribute("PixelAspectRatio", 1.0)).limit_denominator(1000)
        start, drop, rate = _image_timecode(spec)
        name = picture.format_name()
        return Probe(
            path,
            name,
            name,
            spec.width,
            spec.height,
            rate,
            frames=1,
            pixel_aspect=aspect if aspect > 0 else Fraction(1),
            rotation=_TURNED.get(spec.get_int_attribute("Orientation", 1), 0),
            start=start,
            drop_frame=drop,
            reel=_image_reel(spec),
            still=True,
        )
    finally:
        picture.close()


def _image_reel(spec: oiio.ImageSpec) -> str:
    """The reel that an EXR or a DPX header names."""
    names = (spec.get_string_attribute(key) for key in ("reelName", "dpx:InputDevice"))
    return next((name for name in names if name), "")


def _image_timecode(spec: oiio.ImageSpec) -> tuple[int | None, bool, Fraction | None]:
    """Timecode, drop flag and rate that a frame of a DPX or EXR sequence carries."""
    rational = spec.getattribute("FramesPerSecond")
    speed = spec.get_float_attribute("dpx:FrameRate", 0.0)
    try:
        rate = snap_rate(Fraction(*rational) if rational else speed)
        packed = spec.getattribute("smpte:TimeCode")
        return (*unpack_timecode(packed, rate), rate)
    except (RateError, TimecodeError, TypeError, ValueError, ZeroDivisionError):
        return None, False, None
