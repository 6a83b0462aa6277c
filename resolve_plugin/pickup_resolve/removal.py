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


def remove_ours(
    timeline: Timeline, now: Snapshot, stands: Sequence[Stand], media: Sequence[MediaItem]
) -> list[Stand]:
    """Delete those of some items that show our media; a person may be editing meanwhile.

    Args:
        timeline: where they stand.
        now: its newest snapshot.
        stands: those to look at.
        media: our clips in the media pool.

    Returns:
        Those that were ours.
    """
    ours = {one.id() for one in media} if stands else set()
    found = []
    for stand in stands:
        shown = now.items[stand].media()
        if shown is not None and shown.id() in ours:
            found.append(stand)
    if found:
        remove(timeline, [now.items[stand] for stand in found])
    return found
