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


_SLIPS = 2
"""Frames that Resolve may round a clip's length by; what is more has another cause."""


@dataclass(slots=True)
class Wanted:
    """One clip on its way.

    Attributes:
        start, end: absolute frames that it must cover.
        kind: `video`, or `audio` for its sound, which is a clip of its own.
        track: of the timeline, from 1.
        media: of each take, in the placement's order, once they are imported.
        rate: of the active take's media, as Resolve sees it.
        longer: source frames that it is given beyond its length, as earlier tries have taught.
        correction: what the last try has taught.
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
    correction: int = 0
    stand: Stand | None = None
    item: TimelineItem | None = None
    reason: str = "Resolve did not place it"

    @property
    def shot(self) -> str:
        return str(self.placement.take.metadata.get("shot", self.placement.name))

    @property
    def active(self) -> MediaItem:
        """The clip of the chosen take."""
        return self.media[self.placement.active]

    def shows(self, media: str) -> bool:
        """Whether a clip of the media pool, by its id, is the chosen take."""
        return bool(self.media) and self.active.id() == media

    def learn(self, end: int) -> None:
        """Correct the next try by how much this one fell short or went over."""
        over = end - self.end
        if over:
            self.reason = f"Resolve made it {over:+d} frames long"
        self.correction = -over if abs(over) <= _SLIPS else 0

    def learn_from(self, stand: Stand) -> None:
        """The same from where it stands, if that is wrong."""
        if (stand.track, stand.start) == (self.track, self.start):
            self.learn(stand.end)
        else:
            self.reason = f"Resolve put it on frame {stand.start} in place of {self.start}"

    def is_at(self, stand: Stand) -> bool:
        return stand.range == (self.kind, self.track, self.start, self.end)

    @property
    def first(self) -> int:
        """The source frame to begin with, at the media's rate as Resolve sees it."""
        take = self.placement.take
        return to_frames(to_seconds(take.head, take.rate), self.rate or take.rate)

    def clip_info(self, build: Build) -> dict[str, Any]:
        """What `AppendToTimeline` is given this time."""
        rate = self.placement.take.rate
        length = to_frames(to_seconds(self.placement.duration, rate), self.rate or rate)
        self.longer += self.correction
        self.correction = 0
        end = self.first + length + self.longer
        return {
            "mediaPoolItem": self.active,
            "startFrame": self.first,
            "endFrame": end - 1 if build.ends_inclusive else end,
            "mediaType": 1 if self.kind == "video" else 2,
            "trackIndex": self.track,
            "recordFrame": self.start,
        }

    def shows_right(self, item: TimelineItem) -> bool:
        """Whether an item begins with the right frame; at another rate only Resolve could tell."""
        rate = self.placement.take.rate
        return (self.rate or rate) != rate or item.head() == self.first


def aim(timeline: Timeline, before: Snapshot, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Set each clip's track; those that have none to go to are returned, with the reason."""
    closed: dict[int, str] = {}
    refused = []
    for one in wanted:
        if one.placement.track is None:
            continue
        one.track = track = one.placement.track + 1
        if track > before.tracks["video"]:
            one.reason = f"the timeline has no video track {track} any more"
            refused.append(one)
            continue
        if track not in closed:
            closed[track] = _closed(timeline, track)
        if closed[track]:
            one.reason = closed[track]
            refused.append(one)
        elif not _is_open(one, before):
            one.reason = "something else stands there in Resolve; read the timeline again"
            refused.append(one)
    return refused


def _closed(timeline: Timeline, track: int) -> str:
    """Why nothing is placed on a video track, or nothing."""
    if timeline.is_locked("video", track):
        return f"video track {track} is locked; unlock it and run again"
    if not timeline.is_enabled("video", track):
        return f"video track {track} is switched off; switch it on and run again"
    return ""


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
            if media is not None and _is_of(media, wanted):
                wanted.track, wanted.item = stand.track, item


def _is_of(media: MediaItem, wanted: Wanted) -> bool:
    """Whether a clip is a take of a shot: one that was just imported, or by its record."""
    if media.id() in {one.id() for one in wanted.media}:
        return True
    record = record_of(media)
    return record is not None and record.get("shot") == wanted.shot
