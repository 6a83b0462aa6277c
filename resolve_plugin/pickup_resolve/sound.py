"""The sound of a take: a clip of its own on a free audio track, linked to its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.placement import TRACK_NAME
from pickup_resolve.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup_resolve.api import Timeline
    from pickup_resolve.snapshot import Snapshot


def sounds(timeline: Timeline, before: Snapshot, pictures: Sequence[Wanted]) -> list[Wanted]:
    """The sound of all pictures that have some, each on the lowest track that is free there.

    What stands on audio tracks is never covered: where none is free, a new one is added.
    """
    heard = [one for one in pictures if one.placement.take.audio_channels > 0]
    if not heard:
        return []
    count = before.tracks["audio"]
    open_tracks = [n for n in range(1, count + 1) if not timeline.is_locked("audio", n)]
    found = []
    for one in heard:
        free = (n for n in open_tracks if not before.overlapping("audio", n, one.start, one.end))
        track = next(free, count + 1)
        found.append(
            Wanted(
                one.placement,
                one.start,
                one.end,
                kind="audio",
                track=track,
                media=one.media,
                rate=one.rate,
            )
        )
    if any(one.track > count for one in found):
        timeline.add_track("audio", "stereo")
        if timeline.tracks("audio") > count:
            timeline.name_track("audio", count + 1, TRACK_NAME)
    return found


def link(timeline: Timeline, wanted: Sequence[Wanted]) -> None:
    """Link each sound that landed to its picture."""
    pictures = {one.shot: one.item for one in wanted if one.kind == "video"}
    for one in wanted:
        picture = pictures.get(one.shot)
        if one.kind == "audio" and one.item is not None and picture is not None:
            timeline.link([picture, one.item])
