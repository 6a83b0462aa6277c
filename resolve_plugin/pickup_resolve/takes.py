"""Takes of a shot as Resolve's takes of one item: further ones are added, one is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pickup_resolve.bin import SHOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pickup.cut.placement import Placement
    from pickup_resolve.api import MediaItem, TimelineItem
    from pickup_resolve.snapshot import Range, Snapshot


@dataclass(frozen=True, slots=True)
class Chosen:
    """The takes of an item at a moment: how many, and which of them, from 1; 0 where it has one."""

    count: int
    selected: int

    @classmethod
    def of(cls, item: TimelineItem) -> Chosen:
        return cls(item.takes(), item.selected_take())

    def put_back(self, item: TimelineItem) -> bool:
        """Choose that take again and take off those added since; whether it is so."""
        selected, count = max(self.selected, 1), max(self.count, 1)
        if item.takes() <= 1:
            return True
        if item.selected_take() != selected:
            item.select_take(selected)
        for index in range(item.takes(), count, -1):
            item.delete_take(index)
        return item.takes() <= 1 or item.selected_take() == selected


def put_back(now: Snapshot, kept: Mapping[Range, Chosen]) -> bool:
    """Put back the takes of all items that still stand in their places; whether all are so."""
    failed = [
        item
        for stand, item in now.items.items()
        if stand.range in kept and not kept[stand.range].put_back(item)
    ]
    return not failed


def offer(item: TimelineItem, placement: Placement, media: Sequence[MediaItem]) -> str:
    """Give an item every take of its shot, and choose the active one.

    The item keeps its frames: all takes are as long as the gap. Where that is not so, or the take
    is not shown, the item is left as it was.

    Args:
        item: one that shows a take of this shot, or of the same frames.
        placement: the shot.
        media: of each of its takes, in their order.

    Returns:
        Why it could not be done, or nothing.
    """
    shown = item.media()
    if shown is None:
        return "what stands there shows no media, so it takes no takes"
    before, edges = Chosen.of(item), (item.start(), item.end())
    ids = [one.id() for one in media]
    known = _known(item, before.count) or [shown.id()]
    if not set(known) & set(ids) and not _same_shot(shown, placement):
        return "something else stands there in Resolve; read the timeline again"
    problem = _switch(item, placement, dict(zip(ids, media, strict=True)), known)
    if not problem and (item.start(), item.end()) != edges:
        problem = "the chosen take has another length"
    if problem:
        before.put_back(item)
    return problem


def _switch(
    item: TimelineItem, placement: Placement, media: dict[str, MediaItem], known: list[str]
) -> str:
    """Add what is not known and choose the active take; why it could not be done, or nothing."""
    for take, (key, one) in zip(placement.takes, media.items(), strict=True):
        if key not in known:
            item.add_take(one, take.head, take.head + placement.duration)
    known = _known(item, item.takes()) or known
    active = list(media)[placement.active]
    if active not in known:
        return "Resolve did not add the take; it lies in the media pool"
    if len(known) > 1:
        item.select_take(known.index(active) + 1)
    return "" if shows(item, active) else "Resolve did not switch to the take"


def shows(item: TimelineItem, media: str) -> bool:
    """Whether an item shows the clip of an id."""
    now = item.media()
    return now is not None and now.id() == media


def _known(item: TimelineItem, count: int) -> list[str]:
    """Ids of the media of all takes, in Resolve's order; empty where it has one only."""
    found = []
    for index in range(1, count + 1):
        media = item.take_media(index)
        found.append(media.id() if media is not None else "")
    return found


def _same_shot(media: MediaItem, placement: Placement) -> bool:
    return media.third_party(SHOT) == str(placement.take.metadata.get("shot", placement.name))
