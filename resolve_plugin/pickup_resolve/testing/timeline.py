"""The fake timeline: tracks of items, markers, marks, and what may be done with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup.timing import frames_to_timecode, timecode_to_frames
from pickup_resolve.testing.items import FakeTimelineItem
from pickup_resolve.testing.lies import Lie
from pickup_resolve.testing.markers import Marked
from pickup_resolve.testing.otio import write_otio
from pickup_resolve.testing.strict import Optional, api

if TYPE_CHECKING:
    from fractions import Fraction

    from pickup_resolve.testing.program import FakeResolve

_NUMBER = (int, float)


class FakeTrack:
    """A track; its items are kept unsorted, as appends come."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        self.enabled, self.locked = True, False
        self.items: list[FakeTimelineItem] = []

    def end(self, start: int) -> int:
        return max((item._end for item in self.items), default=start)

    def overlapping(self, start: int, end: int) -> list[FakeTimelineItem]:
        solid = (item for item in self.items if item._kind != "transition")
        return [item for item in solid if item._start < end and start < item._end]

    def sorted(self) -> list[FakeTimelineItem]:
        return sorted(self.items, key=lambda item: (item._start, item._end))


class FakeTimeline(Marked):
    """A timeline; `start` is its first frame."""

    def __init__(self, world: FakeResolve, name: str, rate: Fraction, start: int) -> None:
        super().__init__(world)
        self._name, self._rate, self._start = name, rate, start
        self._tracks: dict[str, list[FakeTrack]] = {
            "video": [FakeTrack("video", "Video 1")],
            "audio": [FakeTrack("audio", "Audio 1")],
            "subtitle": [],
        }
        self._appended: list[FakeTimelineItem] = []
        self._playhead = start
        self._marks: dict[str, Any] = {}
        self._selected: list[FakeTimelineItem] = []
        self._folder: Any = world.bin_of_new_timelines

    def _add_track(self, kind: str, name: str = "") -> FakeTrack:
        tracks = self._tracks[kind]
        tracks.append(FakeTrack(kind, name or f"{kind.title()} {len(tracks) + 1}"))
        return tracks[-1]

    def _all(self) -> list[FakeTimelineItem]:
        return [i for tracks in self._tracks.values() for track in tracks for i in track.items]

    def _track_of(self, item: FakeTimelineItem) -> FakeTrack | None:
        for tracks in self._tracks.values():
            for track in tracks:
                if any(one is item for one in track.items):
                    return track
        return None

    def _remove(self, item: FakeTimelineItem) -> None:
        track = self._track_of(item)
        if track is not None:
            track.items = [one for one in track.items if one is not item]

    def _copy(self, name: str) -> FakeTimeline:
        made = FakeTimeline(self._world, name, self._rate, self._start)
        made._markers = {frame: dict(marker) for frame, marker in self._markers.items()}
        for kind, tracks in self._tracks.items():
            made._tracks[kind] = [_copied(track, made) for track in tracks]
        return made

    @api()
    def GetUniqueId(self) -> str:
        return self._id

    @api()
    def GetName(self) -> str:
        return self._name

    @api(str)
    def SetName(self, name: str) -> bool:
        if any(one._name == name for one in self._world.project._timelines):
            return False
        self._name = name
        return True

    @api()
    def GetStartFrame(self) -> float | int:
        return self._number(self._start)

    @api()
    def GetStartTimecode(self) -> str:
        return frames_to_timecode(self._start, self._rate, drop=self._world.drop_frame)

    @api(str)
    def GetTrackCount(self, kind: str) -> float | int:
        return self._number(len(self._tracks[kind]))

    def _track(self, kind: str, index: float) -> FakeTrack | None:
        tracks = self._tracks[kind]
        return tracks[int(index) - 1] if 1 <= index <= len(tracks) else None

    @api(str, _NUMBER)
    def GetItemListInTrack(self, kind: str, index: int) -> Any:
        track = self._track(kind, index)
        return None if track is None else self._listed(track.sorted())

    @api(str, _NUMBER)
    def GetTrackName(self, kind: str, index: int) -> str:
        track = self._track(kind, index)
        return track.name if track else ""

    @api(str, _NUMBER, str)
    def SetTrackName(self, kind: str, index: int, name: str) -> bool:
        track = self._track(kind, index)
        return track is not None and self._done(lambda: setattr(track, "name", name))

    @api(str, _NUMBER)
    def GetIsTrackEnabled(self, kind: str, index: int) -> bool:
        track = self._track(kind, index) if self._world.project._current is self else None
        return track.enabled if track else False

    @api(str, _NUMBER)
    def GetIsTrackLocked(self, kind: str, index: int) -> bool:
        track = self._track(kind, index) if self._world.project._current is self else None
        return track.locked if track else False

    @api(str, Optional((str, dict)))
    def AddTrack(self, kind: str, subtype: str | dict[str, Any] = "") -> bool:
        if not self._is(Lie.ADD_TRACK_WITHOUT_EFFECT):
            self._add_track(kind)
        return True

    @api(str, _NUMBER)
    def DeleteTrack(self, kind: str, index: int) -> bool:
        track = self._track(kind, index)
        if track is None or track.items:
            return False
        self._tracks[kind].remove(track)
        return True

    @api(list, bool)
    def DeleteClips(self, items: list[FakeTimelineItem], ripple: bool) -> bool:
        world = self._world
        if self._is(Lie.DELETE_NEEDS_EDIT_PAGE) and world.page != "edit":
            return False
        if world.lies_once(Lie.DELETE_FAILS_FIRST):
            return False
        found = [item for item in items if self._track_of(item) is not None]
        for item in found:
            self._remove(item)
        return len(found) == len(items)

    @api(list, bool)
    def SetClipsLinked(self, items: list[FakeTimelineItem], linked: bool) -> bool:
        for item in items:
            item._linked = [other for other in items if other is not item] if linked else []
        return True

    @api(Optional(str))
    def DuplicateTimeline(self, name: str = "") -> FakeTimeline | None:
        project = self._world.project
        name = name or f"{self._name} copy"
        if self._is(Lie.DUPLICATE_FAILS) or any(one._name == name for one in project._timelines):
            return None
        made = self._copy(name)
        project._timelines.append(made)
        if self._is(Lie.DUPLICATE_BECOMES_CURRENT):
            project._current = made
        return made

    @api(str, float, float)
    def Export(self, path: str, kind: float, subtype: float) -> bool:
        if kind != self._world.EXPORT_OTIO:
            return False
        again = path in self._world.exported and self._is(Lie.EXPORT_STAYS_OPEN)
        self._world.exported.add(path)
        if not again and not self._is(Lie.EXPORT_WITHOUT_FILE):
            write_otio(self, Path(path), off=1 if self._is(Lie.EXPORT_DISAGREES) else 0)
        return not self._is(Lie.FALSE_THOUGH_DONE)

    @api(str)
    def GetSetting(self, key: str) -> Any:
        shown = float(self._rate)
        number = str(int(shown)) if shown.is_integer() else f"{shown:.3f}"
        rate: Any = f"{number} DF" if self._world.drop_frame else number
        if self._is(Lie.RATE_ROUNDED_DOWN):
            rate = str(int(shown))
        if self._is(Lie.RATE_IS_NUMBER):
            rate = float(rate.split()[0])
        settings = {
            "timelineFrameRate": rate,
            "timelineDropFrameTimecode": "1" if self._world.drop_frame else "0",
            "timelineResolutionWidth": "1920",
            "timelineResolutionHeight": "1080",
        }
        return settings.get(key, "")

    @api()
    def GetMarkInOut(self) -> dict[str, Any]:
        return self._marks

    @api(since=(21, 1))
    def GetSelectedClips(self) -> Any:
        return self._listed(list(self._selected))

    @api()
    def GetCurrentTimecode(self) -> str:
        if self._world.page in ("media", "fusion"):
            return ""
        return frames_to_timecode(self._playhead, self._rate, drop=self._world.drop_frame)

    @api()
    def GetCurrentVideoItem(self) -> FakeTimelineItem | None:
        for track in reversed(self._tracks["video"]):
            for item in track.overlapping(self._playhead, self._playhead + 1):
                return item
        return None

    @api(str)
    def SetCurrentTimecode(self, timecode: str) -> bool:
        self._playhead = timecode_to_frames(timecode, self._rate)
        return True


def _copied(track: FakeTrack, timeline: FakeTimeline) -> FakeTrack:
    made = FakeTrack(track.kind, track.name)
    made.enabled, made.locked = track.enabled, track.locked
    for item in track.items:
        twin = FakeTimelineItem(
            item._world,
            timeline,
            item._name,
            item._start,
            item._end,
            media=item._media,
            kind=item._kind,
            transition=item._transition,
        )
        twin._speed = item._speed
        twin._left, twin._color, twin._enabled = item._left, item._color, item._enabled
        twin._flags, twin._takes, twin._take = list(item._flags), list(item._takes), item._take
        made.items.append(twin)
    return made
