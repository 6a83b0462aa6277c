"""Timecode as DPX and OpenEXR headers hold it: SMPTE ST 12-1 in two 32-bit words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pickup.timing import TimecodeError, frames_to_timecode, nominal, timecode_to_frames

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

_DROP = 0x40
_FIELD = 0x8000
_MOST_FRAMES = 40


def day_timecode(frame: int, rate: Fraction, *, drop: bool = False) -> str:
    """Timecode that runs over at midnight, as a file can hold it."""
    hours, rest = frames_to_timecode(frame, rate, drop=drop).split(":", 1)
    return f"{int(hours) % 24:02d}:{rest}"


def pack_timecode(frame: int, rate: Fraction, *, drop: bool = False) -> tuple[int, int] | None:
    """The two words for a frame; None at rates that they cannot hold.

    The words count to 39 frames: faster rates number pairs of frames, and mark the second of a pair
    by the field bit (SMPTE ST 12-1, section 12), which reaches to 80.
    """
    if nominal(rate) > 2 * _MOST_FRAMES:
        return None
    text = day_timecode(frame, rate, drop=drop)
    hours, minutes, seconds, frames = (int(part) for part in re.split("[:;]", text))
    flags = _DROP if ";" in text else 0
    if nominal(rate) > _MOST_FRAMES:
        frames, second = divmod(frames, 2)
        flags |= _FIELD if second else 0
    word = 0
    for value in (hours, minutes, seconds, frames):
        word = word << 8 | value // 10 << 4 | value % 10
    return word | flags, 0


def unpack_timecode(words: Sequence[int], rate: Fraction) -> tuple[int, bool]:
    """The frame that the words name, and whether it is counted in drop frame.

    Raises:
        TimecodeError: not a timecode at this rate.
    """
    word = int(words[0])
    hours, minutes, seconds, frames = (
        (word >> shift & mask) // 16 * 10 + (word >> shift & 15)
        for shift, mask in ((24, 0x3F), (16, 0x7F), (8, 0x7F), (0, 0x3F))
    )
    if word == 0xFFFFFFFF:
        raise TimecodeError("the header holds no timecode")
    if nominal(rate) > _MOST_FRAMES:
        frames = frames * 2 + bool(word & _FIELD)
    drop = bool(word & _DROP)
    text = f"{hours:02d}:{minutes:02d}:{seconds:02d}:{frames:02d}"
    return timecode_to_frames(text, rate, drop=drop), drop
