"""SMPTE timecode, drop and non-drop (SMPTE ST 12-1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pickup.timing.rates import nominal

if TYPE_CHECKING:
    from fractions import Fraction

_PATTERN = re.compile(r"^\s*(-?)(\d{1,3})[:;.,](\d{1,2})[:;.,](\d{1,2})([:;.,])(\d{1,3})\s*$")


class TimecodeError(ValueError):
    """A text that is not a timecode at the rate given."""


def can_drop(rate: Fraction) -> bool:
    """Drop-frame counting is defined for 29.97 and its multiples only."""
    return rate.denominator == 1001 and nominal(rate) % 30 == 0


def frames_to_timecode(frame: int, rate: Fraction, *, drop: bool = False) -> str:
    """`HH:MM:SS:FF`, or `HH:MM:SS;FF` in drop frame; the clock goes round at 24 hours."""
    sign, frame = ("-", -frame) if frame < 0 else ("", frame)
    fps = nominal(rate)
    separator = ":"
    if drop and can_drop(rate):
        separator = ";"
        frame = _add_dropped(frame, fps)
    seconds, frames = divmod(frame, fps)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    hours %= 24
    width = max(2, len(str(fps - 1)))
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}{separator}{frames:0{width}d}"


def timecode_to_frames(text: str, rate: Fraction, *, drop: bool | None = None) -> int:
    """The frame that a timecode names.

    Args:
        text: with any of ``: ; . ,`` between its fields.
        rate: frames per second.
        drop: whether numbers are dropped; by default the last separator tells (`;` or `,` is drop).

    Raises:
        TimecodeError: not a timecode, or with a field that the rate cannot have.
    """
    match = _PATTERN.match(text)
    if match is None:
        raise TimecodeError(f"{text!r} is not a timecode")
    sign, hours, minutes, seconds, separator, frames = match.groups()
    fps = nominal(rate)
    h, m, s, f = int(hours), int(minutes), int(seconds), int(frames)
    if m > 59 or s > 59 or f >= fps:
        raise TimecodeError(f"{text!r} is not a timecode at {fps} frames a second")
    count = ((h * 60 + m) * 60 + s) * fps + f
    if (separator in ";," if drop is None else drop) and can_drop(rate):
        total_minutes = h * 60 + m
        count -= (fps // 15) * (total_minutes - total_minutes // 10)
    return -count if sign else count


def _add_dropped(frame: int, fps: int) -> int:
    """Frame count to frame label: two numbers (at 30) go missing each minute but the tenth."""
    dropped = fps // 15
    per_minute = fps * 60 - dropped
    per_ten = per_minute * 10 + dropped
    tens, rest = divmod(frame, per_ten)
    skipped = tens * 9 * dropped
    if rest >= fps * 60:
        skipped += dropped * (1 + (rest - fps * 60) // per_minute)
    return frame + skipped
