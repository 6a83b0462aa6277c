"""Takes of a shot as Resolve's takes of one item: further ones are added, one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.cut.placement import Placement
    from pickup_resolve.api import MediaItem, TimelineItem


def offer(item: TimelineItem, placement: Placement, media: Sequence[MediaItem]) -> str:
    """Give an item every take of its shot, and choose the active one.

    The item keeps its frames: all takes are as long as the gap.

    Args:
        item: one that shows a take of this shot, or of the same frames.
        placement: the shot.
        media: of each of its takes, in their order.

    Returns:
        Why it could not be done, or nothing.
    """
    start, end = item.start(), item.end()
    shown = item.media()
    ids = [one.id() for one in media]
    if shown is None:
        return "what stands there shows no media, so it takes no takes"
    known = _known(item)
    if not known:
        known = [shown.id()]
    if not set(known) & set(ids) and not _same_shot(shown, placement):
        return "something else stands there in Resolve; read the timeline again"
    for take, one, key in zip(placement.takes, media, ids, strict=True):
        if key not in known:
            item.add_take(one, take.head, take.head + placement.duration)
    known = _known(item) or known
    if ids[placement.active] not in known:
        return "Resolve did not add the take"
    if len(known) > 1:
        item.select_take(known.index(ids[placement.active]) + 1)
    now = item.media()
    if (item.start(), item.end()) != (start, end):
        return "the chosen take has another length"
    if now is None or now.id() != ids[placement.active]:
        return "Resolve did not switch to the take"
    return ""


def _known(item: TimelineItem) -> list[str]:
    """Ids of the media of all takes, in Resolve's order; empty where it has one only."""
    found = []
    for index in range(1, item.takes() + 1):
        media = item.take_media(index)
        found.append(media.id() if media is not None else "")
    return found


def _same_shot(media: MediaItem, placement: Placement) -> bool:
    from pickup_resolve.bin import SHOT

    return media.third_party(SHOT) == str(placement.take.metadata.get("shot", placement.name))
