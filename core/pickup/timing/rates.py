"""Frame rates as exact fractions, however a file writes them."""

from __future__ import annotations

import math
import re
from fractions import Fraction

_NTSC = Fraction(1000, 1001)
_WHOLE = (10, 12, 15, 24, 25, 30, 48, 50, 60, 72, 90, 96, 100, 120, 144, 240)

COMMON_RATES: tuple[Fraction, ...] = tuple(
    sorted([Fraction(n) for n in _WHOLE] + [n * _NTSC for n in (15, 24, 30, 48, 60, 90, 120, 240)])
)
"""The rates that films are cut at, and their NTSC companions."""

_TOLERANCE = 2e-4
"""Relative; 23.98 for 24000/1001 is off by 1.7e-4, while 24 and 23.976 differ by 1e-3."""


_TEXT = re.compile(r"\s*[0-9]{1,12}(\.[0-9]{0,12}|/[0-9]{1,12})?\s*")
"""Without exponents: `1e999999999` is a number that nobody can wait for."""

_SLOWEST = Fraction(1, 1000)
"""Below, a rate would be rounded to nothing."""


class RateError(ValueError):
    """A number that cannot be a frame rate."""


def snap_rate(value: float | Fraction | str) -> Fraction:
    """The exact rate meant by `value`, frames per second.

    23.976, 23.98 and 23.976023976 all mean 24000/1001. A value near no common rate is kept as the
    simplest fraction within a millionth.

    Raises:
        RateError: not finite, below 1/1000, or above 1,000,000 (audio rates are rates as well).
    """
    number = _number(value)
    if not _SLOWEST <= number <= 1_000_000:
        raise RateError(f"{value!r} is not a frame rate")
    for rate in COMMON_RATES:
        if abs(number - rate) <= _TOLERANCE * rate:
            return rate
    simple = number.limit_denominator(1001)
    if not simple:
        raise RateError(f"{value!r} is not a frame rate")
    return simple


def _number(value: float | Fraction | str) -> Fraction:
    try:
        if isinstance(value, float) and not math.isfinite(value):
            raise RateError(f"{value!r} is not a frame rate")
        if isinstance(value, str) and not _TEXT.fullmatch(value):
            raise RateError(f"{value[:20]!r} is not a frame rate")
        return Fraction(value)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        raise RateError(f"{value!r} is not a frame rate") from None


def parse_rate(text: str) -> Fraction:
    """A rate as people and our own files write it: `24`, `23.976`, `24000/1001`."""
    return snap_rate(text.strip())


def rate_text(rate: Fraction) -> str:
    """The inverse of `parse_rate`: `"24000/1001"`, or `"25"` for a whole rate."""
    return str(rate.numerator) if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"


def nominal(rate: Fraction) -> int:
    """Frames in one second of timecode: 30 for 29.97."""
    return max(1, round(rate))


def to_seconds(frames: Fraction | int, rate: Fraction) -> Fraction:
    """Frames at `rate`, in exact seconds."""
    return Fraction(frames) / rate


def to_frames(seconds: Fraction, rate: Fraction) -> int:
    """The whole frame nearest to an instant; halves go up, so that neighbours never overlap."""
    # In integers: readers call this for every edge of every clip, and fractions are slow.
    divisor = 2 * seconds.denominator * rate.denominator
    return (2 * seconds.numerator * rate.numerator + divisor // 2) // divisor
