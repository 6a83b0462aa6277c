"""What `AppendToTimeline` does, and what it says that it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pickup_resolve.testing.items import FakeMediaPoolItem, FakeTimelineItem
from pickup_resolve.testing.lies import Lie
from pickup_resolve.testing.timeline import FakeTrack

if TYPE_CHECKING:
    from pickup_resolve.testing.program import FakeResolve
    from pickup_resolve.testing.timeline import FakeTimeline

_KEYS = {"mediaPoolItem", "startFrame", "endFrame", "mediaType", "trackIndex", "recordFrame"}


_STILL = 100_000
"""Frames that a still can be shown for: there is no end to it."""


def append(world: FakeResolve, timeline: FakeTimeline | None, clip: dict[str, Any]) -> list[Any]:
    """Put one clip on the current timeline, as far as it lets itself be put."""
    _check(clip)
    if timeline is None:
        return []
    if Lie.APPEND_NEEDS_EDIT_PAGE in world.lies and world.page != "edit":
        return []
    if clip["mediaPoolItem"]._deleted or world.lies_once(Lie.APPEND_ANSWERS_NONE):
        return [None]
    kinds = {1: ("video",), 2: ("audio",)}.get(clip.get("mediaType", 0), ("video", "audio"))
    media: FakeMediaPoolItem = clip["mediaPoolItem"]
    made = []
    for kind in kinds:
        if kind == "audio" and not media._facts.audio:
            continue
        made += _on_track(world, timeline, clip, kind)
        if kind == "audio" and Lie.SOUND_IN_PIECES in world.lies:
            below = {**clip, "trackIndex": clip.get("trackIndex", 1) + 1}
            made += _on_track(world, timeline, below, kind)
    for item in made:
        item._linked = [other for other in made if other is not item]
    return _answer(world, made)


def _check(clip: dict[str, Any]) -> None:
    unknown = set(clip) - _KEYS
    if unknown:
        raise TypeError(f"AppendToTimeline does not know {sorted(unknown)}")
    if not isinstance(clip.get("mediaPoolItem"), FakeMediaPoolItem):
        raise TypeError("AppendToTimeline needs a mediaPoolItem")
    for key in _KEYS - {"mediaPoolItem"}:
        if key in clip and (isinstance(clip[key], bool) or not isinstance(clip[key], int)):
            raise TypeError(f"{key} is a whole number, not {clip[key]!r}")


def _on_track(
    world: FakeResolve, timeline: FakeTimeline, clip: dict[str, Any], kind: str
) -> list[FakeTimelineItem]:
    heeded = "mediaType" in clip or Lie.TRACK_WITHOUT_TYPE not in world.lies
    track = _track(timeline, kind, clip.get("trackIndex", 1) if heeded else 1)
    if track is None:
        return []
    media: FakeMediaPoolItem = clip["mediaPoolItem"]
    first, facts = clip.get("startFrame", 0), media._facts
    longest = _STILL if facts.still else facts.frames
    last = min(clip.get("endFrame", longest), longest)
    if facts.still and Lie.STILL_IGNORES_END in world.lies:
        last = first + round(5 * timeline._rate)
    count = last - first + (Lie.INCLUSIVE_END in world.lies and "endFrame" in clip)
    count = int(count * timeline._rate / media._facts.fps)
    if Lie.FLOORED_DURATION in world.lies and media._mixed(timeline._rate):
        count -= 1
    if count <= 0:
        return []
    start = clip.get("recordFrame", track.end(timeline._start))
    item = FakeTimelineItem(world, timeline, media._name, start, start + count, media=media)
    item._left = 0 if Lie.IN_POINT_IGNORED in world.lies else first
    if track.locked or Lie.LOCKED_LATE in world.lies:
        return [item]
    return _collided(world, timeline, track, item)


def _track(timeline: FakeTimeline, kind: str, index: int) -> FakeTrack | None:
    tracks = timeline._tracks[kind]
    if index == len(tracks) + 1:
        tracks.append(FakeTrack(kind, f"{kind.title()} {index}"))
    return tracks[index - 1] if 1 <= index <= len(tracks) else None


def _collided(
    world: FakeResolve, timeline: FakeTimeline, track: FakeTrack, item: FakeTimelineItem
) -> list[FakeTimelineItem]:
    """Nothing is ever overwritten: what stands there stays."""
    others = track.overlapping(item._start, item._end)
    if others and Lie.COLLISION_SLIDES in world.lies:
        while others := track.overlapping(item._start, item._end):
            length = item._end - item._start
            item._start = max(other._end for other in others)
            item._end = item._start + length
    elif others:
        if Lie.COLLISION_EMPTY_ID in world.lies:
            item._id = ""
            return [item]
        return [item] if Lie.COLLISION_DROPS in world.lies else []
    if Lie.RIPPLES in world.lies:
        for other in track.items:
            if other._start >= item._end:
                other._start, other._end = other._start + 1, other._end + 1
    track.items.append(item)
    timeline._appended.append(item)
    return [item]


def _answer(world: FakeResolve, made: list[FakeTimelineItem]) -> list[Any]:
    if Lie.APPEND_ANSWERS_NOTHING in world.lies:
        return []
    if Lie.APPEND_ANSWERS_GHOST in world.lies:
        return [_Ghost(item) for item in made]
    return list(made)


class _Ghost(FakeTimelineItem):
    """An item whose getters answer None."""

    def __init__(self, item: FakeTimelineItem) -> None:
        super().__init__(item._world, item._timeline, "", 0, 0)

    def _gone(self) -> bool:
        return True
