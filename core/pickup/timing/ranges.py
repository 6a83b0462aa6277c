"""Half-open ranges of whole frames."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """Frames `start` to `end`, the end not included."""

    start: int
    end: int

    @property
    def duration(self) -> int:
        return self.end - self.start

    def overlaps(self, other: FrameRange) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: FrameRange) -> bool:
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: FrameRange) -> FrameRange | None:
        start, end = max(self.start, other.start), min(self.end, other.end)
        return FrameRange(start, end) if start < end else None
