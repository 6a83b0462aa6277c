"""Questions about one track that are asked once for each placed clip, answered by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from pickup.cut.model import ItemKind

if TYPE_CHECKING:
    from pickup.cut.model import Track


class TrackIndex:
    """A track's items by where they begin and end."""

    def __init__(self, track: Track) -> None:
        clips = sorted(
            (item.start, item.end)
            for item in track.items
            if item.kind not in (ItemKind.TRANSITION, ItemKind.HOLE)
        )
        self._starts = [start for start, _ in clips]
        self._reached = list(accumulate((end for _, end in clips), max))
        ends = sorted((item.end, item.locator) for item in track.items)
        self._ends = [end for end, _ in ends]
        self._last = list(accumulate((number for _, number in ends), max))

    def is_free(self, start: int, end: int) -> bool:
        """Whether no clip touches the range."""
        before = bisect_left(self._starts, end)
        return not before or self._reached[before - 1] <= start

    def clips_before(self, frame: int) -> int:
        return bisect_left(self._starts, frame)

    def last_ended(self, frame: int) -> int | None:
        """The number of the item that is last in the document among those over by `frame`."""
        ended = bisect_right(self._ends, frame)
        return self._last[ended - 1] if ended else None
