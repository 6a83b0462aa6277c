"""Where everything stands: taken before, during and after a placement, and compared.

A snapshot costs three calls an item, and one or two a track.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pickup_resolve.api import KINDS

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from pickup_resolve.api import Timeline, TimelineItem


Range = tuple[str, int, int, int]
"""Kind and number of a track, start and end."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one item stands.

    Attributes:
        kind, track: which track; `track` counts from 1.
        id: Resolve's own, stable while the item lives; empty for some that are not really there.
        start, end: absolute frames, half-open.
    """

    kind: str
    track: int
    id: str
    start: int
    end: int

    @property
    def range(self) -> Range:
        return self.kind, self.track, self.start, self.end


@dataclass(slots=True)
class Snapshot:
    """All items of a timeline at a moment; items whose getters answer nothing are not among them.

    Attributes:
        tracks: number of tracks of each kind.
        items: Resolve's object behind each stand.
    """

    tracks: dict[str, int] = field(default_factory=dict)
    items: dict[Stand, TimelineItem] = field(default_factory=dict)

    @classmethod
    def take(cls, timeline: Timeline) -> Snapshot:
        found = cls()
        for kind in KINDS:
            found.tracks[kind] = timeline.tracks(kind)
            for track in range(1, found.tracks[kind] + 1):
                for one in timeline.placed(kind, track, ids=True):
                    found.items[Stand(kind, track, one.id, one.start, one.end)] = one.item
        return found

    def overlapping(self, kind: str, track: int, start: int, end: int) -> list[Stand]:
        """What stands in a range of a track."""
        return [
            one
            for one in self.items
            if (one.kind, one.track) == (kind, track) and one.start < end and start < one.end
        ]

    def stand_of(self, item: TimelineItem) -> Stand:
        """Where an item of this snapshot stands."""
        return next(stand for stand, one in self.items.items() if one is item)

    def ids(self) -> set[str]:
        return {one.id for one in self.items}

    def added(self, before: Snapshot) -> Iterator[Stand]:
        """What was not there before."""
        known = before.ids()
        return (one for one in self.items if one.id not in known)

    def moved(self, before: Snapshot, restless: Container[Range] = ()) -> list[Stand]:
        """What stood there before, and now is gone or elsewhere.

        Args:
            before: the snapshot to hold this one against.
            restless: ranges whose items have an id that changes by itself, as of `restless`.
        """
        return [s for s in before.items if s not in self.items and s.range not in restless]

    def restless(self, later: Snapshot) -> set[Range]:
        """Ranges whose items have changed their ids, though nobody did anything in between.

        That ids are stable is written down of clips; of transitions nothing is.
        """
        known, now = self.ids(), {one.range for one in self.items}
        return {one.range for one in later.items if one.id not in known and one.range in now}

    def same_ranges(self, other: Snapshot) -> bool:
        """Whether both show the same, whoever the items are: a duplicate has ids of its own."""
        return Counter(one.range for one in self.items) == Counter(s.range for s in other.items)
