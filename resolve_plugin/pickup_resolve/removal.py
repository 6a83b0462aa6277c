"""Items off the timeline: only ours, and tried twice, for the first time sometimes fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from pickup_resolve.api import Timeline, TimelineItem
    from pickup_resolve.snapshot import Snapshot, Stand


def remove(timeline: Timeline, items: list[TimelineItem]) -> None:
    """Delete items. Whether they are gone, the next snapshot tells."""
    if not timeline.delete(items):
        timeline.delete(items)


def remove_ours(
    timeline: Timeline, now: Snapshot, stands: Sequence[Stand], ours: Set[str]
) -> list[Stand]:
    """Delete those of some items that show our media; a person may be editing meanwhile.

    Args:
        timeline: where they stand.
        now: its newest snapshot.
        stands: those to look at.
        ours: ids of our clips in the media pool.

    Returns:
        Those that were ours.
    """
    found = []
    for stand in stands:
        media = now.items[stand].media()
        if media is not None and media.id() in ours:
            found.append(stand)
    if found:
        remove(timeline, [now.items[stand] for stand in found])
    return found
