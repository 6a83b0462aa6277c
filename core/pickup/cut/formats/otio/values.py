"""OTIO's times as exact values.

A `RationalTime` is a number at a rate; both are floats in most files. The rate is snapped to the
fraction that it means, the number is taken for what it is, to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.errors import CutError
from pickup.timing import RateError, snap_rate

if TYPE_CHECKING:
    from pathlib import Path

Exact = int | Fraction
"""A count of frames that need not be whole; whole ones stay integers, which is much faster."""


@dataclass(frozen=True, slots=True)
class Range:
    """A `TimeRange`: seconds, exact, and the duration's rate as snapped and as written."""

    start: Fraction
    duration: Fraction
    rate: Fraction
    said: float | int


class Times:
    """Reads the times of one document.

    Raises:
        CutError: a rate or a time that can be none (not a number, infinite, zero, negative …).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rates: dict[float | int, Fraction] = {}
        self._seconds: dict[tuple[float | int, float | int], Fraction] = {}

    def rate(self, said: Any) -> Fraction:
        number = self._number(said, "rate")
        known = self._rates.get(number)
        if known is None:
            try:
                known = self._rates[number] = snap_rate(number)
            except RateError:
                raise CutError(self._path, f"{said!r} is not a frame rate") from None
        return known

    def frames(self, time: Any, rate: Fraction) -> Exact:
        """A `RationalTime` in frames of `rate`."""
        value = self._number(self._part(time, "value"), "time")
        own = self.rate(self._part(time, "rate"))
        if own == rate:
            return int(value) if value == int(value) else Fraction(value)
        return Fraction(value) * rate / own

    def seconds(self, time: Any) -> Fraction:
        said = self._part(time, "value"), self._part(time, "rate")
        try:
            return self._seconds[said]
        except (KeyError, TypeError):
            value, rate = self._number(said[0], "time"), self.rate(said[1])
        whole = int(value)
        if whole == value:
            seconds = Fraction(whole * rate.denominator, rate.numerator)
        else:
            seconds = Fraction(value) / rate
        self._seconds[said] = seconds
        return seconds

    def range(self, value: Any) -> Range | None:
        """A `TimeRange`; None where there is none."""
        if value is None:
            return None
        start, duration = self._part(value, "start_time"), self._part(value, "duration")
        said = self._part(duration, "rate")
        seconds = self.seconds(duration)
        if seconds < 0:
            raise CutError(self._path, "an item has a negative duration")
        return Range(self.seconds(start), seconds, self.rate(said), said)

    def duration(self, value: Any, rate: Fraction) -> Exact | None:
        """The length of a `TimeRange` in frames of `rate`."""
        if value is None:
            return None
        frames = self.frames(self._part(value, "duration"), rate)
        if frames < 0:
            raise CutError(self._path, "an item has a negative duration")
        return frames

    def _part(self, value: Any, key: str) -> Any:
        try:
            return value[key]
        except (KeyError, TypeError, IndexError):
            raise CutError(self._path, f"a time range has no {key}") from None

    def _number(self, value: Any, what: str) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CutError(self._path, f"a {what} is {_short(value)}, not a number")
        if not math.isfinite(value) if isinstance(value, float) else abs(value) >= 1 << 63:
            raise CutError(self._path, f"a {what} is {_short(value)}, not a finite number")
        return value


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"
