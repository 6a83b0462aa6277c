"""What lies on top when stretches are laid over each other one by one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Generic, TypeVar

T = TypeVar("T")


class Skyline(Generic[T]):
    """Disjoint stretches in order, each with the last value laid over it."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._values: list[T] = []

    def lay(self, start: int, end: int, value: T) -> list[T]:
        """Lay a value over frames `start` to `end`, and return the values that it covers."""
        first = bisect_right(self._ends, start)
        last = bisect_left(self._starts, end)
        covered = self._values[first:last]
        pieces: list[tuple[int, int, T]] = [(start, end, value)]
        if covered:
            if self._starts[first] < start:
                pieces.insert(0, (self._starts[first], start, covered[0]))
            if self._ends[last - 1] > end:
                pieces.append((end, self._ends[last - 1], covered[-1]))
        self._starts[first:last] = [piece[0] for piece in pieces]
        self._ends[first:last] = [piece[1] for piece in pieces]
        self._values[first:last] = [piece[2] for piece in pieces]
        return covered

    def over(self, start: int, end: int) -> list[T]:
        """What lies on top anywhere between two frames."""
        return self._values[bisect_right(self._ends, start) : bisect_left(self._starts, end)]

    def stretches(self) -> list[tuple[int, int, T]]:
        return list(zip(self._starts, self._ends, self._values, strict=True))
