"""Writes QuickTime movies: H.264 or ProRes 422 HQ, with timecode, reel, colour tags and sound.

Both are `.mov`: an MP4 keeps the timecode track but has no place for a reel name.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
import av.error

from pickup.media.colour import codes, standard_tags
from pickup.media.embed import embed_xmp
from pickup.media.smpte import day_timecode
from pickup.media.sound import SAMPLE_RATE
from pickup.timing import nominal

if TYPE_CHECKING:
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from pickup.media.colour import ColourTags
    from pickup.media.sound import SoundReader
    from pickup.media.spec import ConformSpec


class MovieWriter:
    """One movie in the making; frames go in one by one, and are encoded as they come.

    Args:
        path: where to write; the caller writes aside and renames.
        spec: raster, rate, reel, codec and tags.
        start: the first frame's timecode, as frames.
        sound: laid under the picture as it grows, or None.
    """

    def __init__(
        self, path: Path, spec: ConformSpec, start: int, sound: SoundReader | None
    ) -> None:
        self._container = av.open(
            str(path),
            "w",
            format="mov",
            options={
                # The index stays at the end, where it can take an XMP packet and move nothing.
                "movflags": "+use_metadata_tags",
                "movie_timescale": str(_timescale(spec.rate)),
            },
        )
        self._container.metadata.update(spec.metadata)
        self._container.metadata["timecode"] = day_timecode(start, spec.rate, drop=spec.drop_frame)
        self._path = path
        self._xmp = spec.xmp
        self._rate = spec.rate
        self._frames = 0
        self._samples = 0
        self._sound = sound
        self._video = self._add_video(spec)
        self._audio = self._add_audio(sound) if sound else None

    def write(self, frame: VideoFrame) -> None:
        frame.pts = self._frames
        frame.time_base = 1 / self._rate
        # Every picture type is the encoder's to choose, not what the take had.
        frame.pict_type = 0
        self._container.mux(self._video.encode(frame))
        self._frames += 1
        self._write_sound()

    def finish(self) -> None:
        """Flush and write the index; the file is whole after this."""
        self._container.mux(self._video.encode(None))
        if self._audio is not None:
            self._container.mux(self._audio.encode(None))
        self._container.close()
        if self._xmp:
            embed_xmp(self._path, self._xmp)

    def abandon(self) -> None:
        """Let go of the file after a failure."""
        try:
            self._container.close()
        except (av.error.FFmpegError, OSError, ValueError):
            # The first failure is what is reported; the file is thrown away.
            return

    def _write_sound(self) -> None:
        if self._sound is None or self._audio is None:
            return
        due = round(self._frames * SAMPLE_RATE / self._rate)
        piece = self._sound.read(due - self._samples)
        piece.pts = self._samples
        piece.time_base = Fraction(1, SAMPLE_RATE)
        self._samples = due
        self._container.mux(self._audio.encode(piece))

    def _add_video(self, spec: ConformSpec) -> VideoStream:
        name, options = encoder(spec)
        stream = cast(
            "VideoStream", self._container.add_stream(name, rate=spec.rate, options=options)
        )
        stream.width, stream.height = spec.width, spec.height
        stream.pix_fmt = pixel_format(spec)
        stream.metadata["reel_name"] = spec.reel
        context = stream.codec_context
        context.sample_aspect_ratio = spec.pixel_aspect
        context.gop_size = nominal(spec.rate)
        tags = codes(movie_tags(spec))
        context.color_primaries, context.color_trc, context.colorspace, context.color_range = tags
        # A fixed number, so that the same take gives the same bytes on every machine.
        context.thread_count = 4
        return stream

    def _add_audio(self, sound: SoundReader) -> AudioStream:
        return self._container.add_stream("pcm_s24le", rate=SAMPLE_RATE, layout=sound.layout)


def _timescale(rate: Fraction) -> int:
    """Units a second in which the edit list counts: by milliseconds it would cut a frame short."""
    return rate.numerator * math.ceil(Fraction(10_000, rate.numerator))


def movie_tags(spec: ConformSpec) -> ColourTags:
    return standard_tags(spec.width, spec.height)


def pixel_format(spec: ConformSpec) -> str:
    """4:2:0 and 4:2:2 share chroma between pixels, which an odd raster cannot: it gets 4:4:4."""
    if spec.deliver == "prores422hq":
        return "yuv422p10le"
    return "yuv444p" if spec.width % 2 or spec.height % 2 else "yuv420p"


def encoder(spec: ConformSpec) -> tuple[str, dict[str, str]]:
    """FFmpeg's encoder and its options."""
    if spec.deliver == "h264":
        # At this quality the slower presets save no bytes worth having, and take 2.5 times as long.
        return "libx264", {"crf": "16", "preset": "veryfast", "flags": "+cgop", "bf": "2"}
    # prores_aw takes even widths only; see docs/decisions/0004-prores-encoder.md.
    if spec.width % 2:
        return "prores_ks", {"profile": "3", "vendor": "apl0"}
    return "prores_aw", {"profile": "3", "vendor": "apl0"}
