"""Clips on their way onto a timeline: the frames that they must cover, and where they may."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pickup.timing import to_frames, to_seconds
from pickup_resolve.bin import record_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from pickup.cut.placement import Placement
    from pickup_resolve.api import MediaItem, Timeline, TimelineItem
    from pickup_resolve.boundary import Build
    from pickup_resolve.snapshot import Snapshot, Stand


@dataclass(slots=True)
class Wanted:
    """One clip on its way.

    Attributes:
        start, end: absolute frames that it must cover.
        kind: `video`, or `audio` for its sound, which is a clip of its own.
        track: of the timeline, from 1.
        media: of each take, in the placement's order, once they are imported.
        rate: of the active take's media, as Resolve sees it.
        longer: source frames by which the last try fell short.
        stand, item: where it landed, and as what.
        reason: what the last try came to.
    """

    placement: Placement
    start: int
    end: int
    kind: str = "video"
    track: int = 0
    media: list[MediaItem] = field(default_factory=list)
    rate: Fraction | None = None
    longer: int = 0
    stand: Stand | None = None
    item: TimelineItem | None = None
    reason: str = "Resolve did not place it"

    @property
    def shot(self) -> str:
        return str(self.placement.take.metadata.get("shot", self.placement.name))

    def is_at(self, stand: Stand) -> bool:
        return stand.range == (self.kind, self.track, self.start, self.end)

    @property
    def first(self) -> int:
        """The source frame to begin with, at the media's rate as Resolve sees it."""
        take = self.placement.take
        return to_frames(to_seconds(take.head, take.rate), self.rate or take.rate)

    def clip_info(self, build: Build) -> dict[str, Any]:
        """What `AppendToTimeline` is given."""
        rate = self.placement.take.rate
        length = to_frames(to_seconds(self.placement.duration, rate), self.rate or rate)
        end = self.first + length + self.longer
        return {
            "mediaPoolItem": self.media[self.placement.active],
            "startFrame": self.first,
            "endFrame": end - 1 if build.ends_inclusive else end,
            "mediaType": 1 if self.kind == "video" else 2,
            "trackIndex": self.track,
            "recordFrame": self.start,
        }

    def shows_right(self, item: TimelineItem) -> bool:
        """Whether an item begins with the right frame; at another rate only Resolve could tell."""
        if (
            self.kind == "audio"
            or (self.rate or self.placement.take.rate) != self.placement.take.rate
        ):
            return True
        return item.head() == self.first


def aim(timeline: Timeline, before: Snapshot, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Set each clip's track; those that have none to go to are returned, with the reason."""
    locked: dict[int, bool] = {}
    refused = []
    for one in wanted:
        if one.placement.track is None:
            continue
        one.track = track = one.placement.track + 1
        if track > before.tracks["video"]:
            one.reason = f"the timeline has no video track {track} any more"
            refused.append(one)
            continue
        if track not in locked:
            locked[track] = timeline.is_locked("video", track)
        if locked[track]:
            one.reason = f"video track {track} is locked; unlock it and run again"
            refused.append(one)
        elif not _is_open(one, before):
            one.reason = "something else stands there in Resolve; read the timeline again"
            refused.append(one)
    return refused


def _is_open(wanted: Wanted, before: Snapshot) -> bool:
    """Whether nothing stands there, or one item on exactly these frames, which may be ours."""
    there = before.overlapping("video", wanted.track, wanted.start, wanted.end)
    if len(there) == 1 and wanted.is_at(there[0]):
        wanted.item = before.items[there[0]]
        return True
    return not there


def find_own(wanted: Wanted, before: Snapshot) -> None:
    """A clip for the top may be a retake of one that stands on whichever track."""
    for stand, item in before.items.items():
        if (stand.kind, stand.start, stand.end) == ("video", wanted.start, wanted.end):
            media = item.media()
            record = record_of(media) if media is not None else None
            if record is not None and record.get("shot") == wanted.shot:
                wanted.track, wanted.item = stand.track, item
