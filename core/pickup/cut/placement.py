"""What is put into a cut: the values between the order book and the writers of the formats."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction
    from pathlib import Path

    from pickup.cut.model import Raster


@dataclass(frozen=True, slots=True)
class TakeMedia:
    """A conformed take as a file that a timeline can refer to.

    Attributes:
        path: absolute; for a DPX or EXR sequence, the first frame's file.
        name: what the clip is called with this take.
        rate: frames per second, equal to the cut's.
        frames: all frames in the file, handles included.
        head: handle frames before the first visible one.
        start: the first frame's timecode, as frames at `rate`.
        drop_frame: how that timecode is counted.
        reel: reel name in the file's timecode track.
        raster: the picture's size.
        audio_channels: 0 where the take has no sound.
        sample_rate: of the sound, Hz.
        sequence_files: number of files of an image sequence, 0 for a movie.
        metadata: the fixed `metadata["pickup"]` record of this take.
    """

    path: Path
    name: str
    rate: Fraction
    frames: int
    head: int
    start: int
    drop_frame: bool
    reel: str
    raster: Raster
    audio_channels: int = 0
    sample_rate: int = 48000
    sequence_files: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)


Triple = tuple[float, float, float]
"""Red, green and blue."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How placed clips are to be graded: a LUT, and an ASC CDL before it.

    Attributes:
        lut: as the host lists it; empty is none.
        slope, offset, power, saturation: of ASC CDL; these defaults change nothing.
    """

    lut: str = ""
    slope: Triple = (1, 1, 1)
    offset: Triple = (0, 0, 0)
    power: Triple = (1, 1, 1)
    saturation: float = 1

    @property
    def has_cdl(self) -> bool:
        return replace(self, lut="") != Grade()


@dataclass(frozen=True, slots=True)
class Placement:
    """One clip to put into a cut.

    Attributes:
        start, end: frames of the cut, half-open, from the sequence's start.
        name: the clip's name.
        takes: at least one; they become alternatives of one clip where the format knows such.
        active: index of the chosen take.
        track: index among the cut's video tracks whose hole this fills; None puts it on a new top
            video track `Pickup`, which all such placements share.
        note: words for the fields that the host shows (comment, log note).
        grade: of the clip, in hosts and formats that know one.
    """

    start: int
    end: int
    name: str
    takes: tuple[TakeMedia, ...]
    active: int = 0
    track: int | None = None
    note: str = ""
    grade: Grade = field(default_factory=Grade)

    @property
    def take(self) -> TakeMedia:
        return self.takes[self.active]

    @property
    def duration(self) -> int:
        return self.end - self.start


TRACK_NAME = "Pickup"
"""The name of the new top video track."""
