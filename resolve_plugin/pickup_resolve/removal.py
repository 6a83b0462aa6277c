"""Items and tracks off the timeline: only ours, and items tried twice, for a first try may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from pickup_resolve.api import MediaItem, Timeline, TimelineItem
    from pickup_resolve.snapshot import Snapshot, Stand


def remove(timeline: Timeline, items: list[TimelineItem]) -> None:
    """Delete items. Whether they are gone, the next snapshot tells."""
    if not timeline.delete(items):
        timeline.delete(items)


def sweep(timeline: Timeline, kind: str, before: int, name: str = "") -> bool:
    """Take the empty tracks away that stand above the first `before`; whether there were any.

    Args:
        timeline: on which they are.
        kind: of tracks.
        before: how many there were.
        name: only those that are called so; empty for any.
    """
    swept = False
    for track in range(timeline.tracks(kind), before, -1):
        if timeline.items(kind, track):
            break
        if not name or timeline.track_name(kind, track) == name:
            swept = timeline.delete_track(kind, track) or swept
    return swept


def find_ours(
    now: Snapshot, stands: Sequence[Stand], media: Sequence[MediaItem], names: Container[str]
) -> dict[Stand, str]:
    """Those of some items that show our media, whose id is told with them.

    A person may be editing meanwhile: what shows anything else is theirs.

    Args:
        now: the newest snapshot.
        stands: those to look at.
        media: our clips in the media pool.
        names: of their files; an item whose clip has been deleted there still has its name.
    """
    ours = {one.id() for one in media} if stands else set()
    found = {}
    for stand in stands:
        shown = now.items[stand].media()
        if shown is None:
            if now.items[stand].name() in names:
                found[stand] = ""
        elif (key := shown.id()) in ours:
            found[stand] = key
    return found
