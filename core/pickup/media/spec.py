"""What is asked of a conform, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from pickup.cut.model import Raster

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Deliver = Literal["h264", "prores422hq", "dpx", "exr"]
DELIVERIES: tuple[str, ...] = get_args(Deliver)
SEQUENCES = ("dpx", "exr")
"""Deliveries of one file a frame."""


@dataclass(frozen=True, slots=True)
class ConformSpec:
    """The clip that a take must become.

    Attributes:
        frames: visible frames.
        rate: frames per second, exact.
        width, height, pixel_aspect: the raster.
        start: the first visible frame's timecode, as frames at `rate`.
        head, tail: handle frames wanted; as many are given as the take has.
        drop_frame: how the timecode is counted.
        reel: reel name in the timecode track.
        deliver: the form of the file.
        source_head, source_tail: frames of the take, at its own rate, that lie outside the visible
            part; 0 where the model knows no handles.
        fit_ends: the take was made to end on a given last frame, which must land on the clip's.
        audio: keep the take's sound, where it has some.
        metadata: tags for the file.
        xmp: a packet for a movie; an image sequence has its sidecar alone.
    """

    frames: int
    rate: Fraction
    width: int
    height: int
    pixel_aspect: Fraction = Fraction(1)
    start: int = 0
    head: int = 8
    tail: int = 8
    drop_frame: bool = False
    reel: str = ""
    deliver: Deliver = "h264"
    source_head: int = 0
    source_tail: int = 0
    fit_ends: bool = False
    audio: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    xmp: bytes = b""

    @property
    def raster(self) -> Raster:
        return Raster(self.width, self.height, self.pixel_aspect)


@dataclass(frozen=True, slots=True)
class Conformed:
    """A take, conformed.

    Attributes:
        path: the movie, or the first file of a sequence.
        frames: all frames written, handles included.
        head, tail: handle frames among them.
        start: the first written frame's timecode, as frames at `rate`.
        drop_frame: how that timecode is counted.
        sequence_files: number of files of an image sequence, 0 for a movie.
        audio_channels: 0 without sound.
        seconds: that the work took.
        changes: what was changed of the take, one sentence each.
    """

    path: Path
    frames: int
    head: int
    tail: int
    rate: Fraction
    start: int
    drop_frame: bool
    reel: str
    raster: Raster
    sequence_files: int = 0
    audio_channels: int = 0
    sample_rate: int = 0
    seconds: float = 0.0
    changes: tuple[str, ...] = ()

    @property
    def has_audio(self) -> bool:
        return self.audio_channels > 0
