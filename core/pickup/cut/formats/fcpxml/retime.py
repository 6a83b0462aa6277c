"""How a clip's own time runs against the sequence's: rate conforming and time maps.

A clip has a local timeline. Its `start` names the local instant that shows first; markers and
connected clips stand in local time. Where a clip is conformed to the sequence's rate, local time
runs at another pace than the sequence's: frame by frame, 23.98 in 24 takes 1001 local for 1000
sequence seconds.
A time map then leads from local time to the media's.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from pickup.cut.formats.fcpxml.document import Invalid
from pickup.cut.model import TimeMap
from pickup.timing import RateError, snap_rate

if TYPE_CHECKING:
    from pickup.cut.formats.fcpxml.document import Node

ONE = Fraction(1)
ZERO = Fraction(0)


class Clock(NamedTuple):
    """A timeline laid into the sequence: local `zero` is at `base` seconds from its start."""

    base: Fraction
    zero: Fraction
    pace: Fraction = ONE
    """Local seconds per second of the sequence."""

    def at(self, local: Fraction) -> Fraction:
        """Seconds from the sequence's start."""
        delta = local - self.zero if self.zero else local
        if self.pace != 1:
            delta /= self.pace
        return self.base + delta if self.base else delta

    def local(self, at: Fraction) -> Fraction:
        """The inverse of `at`."""
        return self.zero + (at - self.base) * self.pace


@dataclass(frozen=True, slots=True)
class Retiming:
    """Which inner instant shows when, from an item's first instant on.

    Attributes:
        start: the inner second that shows first.
        speed: inner seconds per second.
        points: set where the speed varies: (seconds from the item's start, inner seconds).
    """

    start: Fraction
    speed: Fraction = ONE
    points: tuple[tuple[Fraction, Fraction], ...] = ()

    def then(self, origin: Fraction, value: Fraction, slope: Fraction) -> Retiming:
        """Followed by a map that leads from `origin` to `value` and on at `slope`."""
        return Retiming(
            value + (self.start - origin) * slope,
            self.speed * slope,
            tuple((x, value + (y - origin) * slope) for x, y in self.points),
        )

    def time_map(self) -> TimeMap | None:
        return TimeMap(self.points) if self.points else None


def pace_of(node: Node, rate: Fraction) -> Fraction:
    """Local seconds per second of a sequence at `rate`."""
    conform = node.child("conform-rate")
    if conform is None or conform.get("scaleEnabled") == "0" or not conform.get("srcFrameRate"):
        return ONE
    try:
        return rate / snap_rate(conform.get("srcFrameRate"))
    except RateError:
        raise Invalid(
            f"srcFrameRate=“{conform.get('srcFrameRate')[:40]}” is not a frame rate", conform.line
        ) from None


def retiming_of(node: Node, start: Fraction, rate: Fraction) -> Retiming:
    """From an item's first instant, `start` in its local time, to its inner time."""
    pace = pace_of(node, rate)
    mapping = node.child("timeMap")
    points = _points(mapping) if mapping else []
    if not points:
        return Retiming(start, pace)
    laid = [((time - start) / pace, value) for time, value in points]
    slopes = {(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.pairwise(laid) if a[0] != b[0]}
    first = TimeMap(tuple(laid)).source_at(ZERO)
    if len(slopes) > 1:
        return Retiming(first, ONE, tuple(laid))
    return Retiming(first, slopes.pop() if slopes else ZERO)


def _points(mapping: Node) -> list[tuple[Fraction, Fraction]]:
    found = [(node.time("time"), node.time("value")) for node in mapping.all("timept")]
    return sorted((time, value) for time, value in found if time is not None and value is not None)
