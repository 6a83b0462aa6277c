"""Items off the timeline: only ours, and tried twice, for the first time sometimes fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup_resolve.api import MediaItem, Timeline, TimelineItem
    from pickup_resolve.snapshot import Snapshot, Stand


def remove(timeline: Timeline, items: list[TimelineItem]) -> None:
    """Delete items. Whether they are gone, the next snapshot tells."""
    if not timeline.delete(items):
        timeline.delete(items)


def find_ours(
    now: Snapshot, stands: Sequence[Stand], media: Sequence[MediaItem]
) -> dict[Stand, str]:
    """Those of some items that show our media, whose id is told with them.

    A person may be editing meanwhile: what shows anything else is theirs.

    Args:
        now: the newest snapshot.
        stands: those to look at.
        media: our clips in the media pool.
    """
    ours = {one.id() for one in media} if stands else set()
    found = {}
    for stand in stands:
        shown = now.items[stand].media()
        key = shown.id() if shown is not None else ""
        if key in ours:
            found[stand] = key
    return found
