"""Things laid over frames, asked in logarithmic time which of them a range meets."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar

from pickup.timing import FrameRange

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


class Spans(Generic[T]):
    """An immutable collection of (range, thing)."""

    def __init__(self, things: Iterable[tuple[FrameRange, T]]) -> None:
        self._things = sorted(things, key=lambda pair: (pair[0].start, pair[0].end))
        self._starts = [where.start for where, _ in self._things]
        # The furthest end so far tells when looking further back is in vain.
        self._reach = list(accumulate((where.end for where, _ in self._things), max))

    def __len__(self) -> int:
        return len(self._things)

    def over(self, where: FrameRange) -> list[tuple[FrameRange, T]]:
        """Those that overlap `where`, by their start."""
        found = []
        for index in range(bisect_left(self._starts, where.end) - 1, -1, -1):
            if self._reach[index] <= where.start:
                break
            if self._things[index][0].overlaps(where):
                found.append(self._things[index])
        return found[::-1]


def subtract(where: FrameRange, taken: Iterable[FrameRange]) -> list[FrameRange]:
    """What is left of `where` without `taken`."""
    left = []
    position = where.start
    for other in sorted(taken):
        if other.end <= position or other.start >= where.end:
            continue
        if other.start > position:
            left.append(FrameRange(position, other.start))
        position = max(position, other.end)
    if position < where.end:
        left.append(FrameRange(position, where.end))
    return left
