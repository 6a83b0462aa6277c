"""The few objects of Resolve that we use, with the calls that we make, typed.

Frames of items are absolute (the timeline's first timecode is in them); those of a timeline's
markers count from its start; those of clips from the first frame of the file. All ends are
exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.timing import RateError, snap_rate
from pickup_resolve.boundary import Boundary, Build, Thing, whole
from pickup_resolve.errors import NoResolveError, ResolveError

if TYPE_CHECKING:
    from pickup_resolve.boundary import Batch

_ROUNDED_DOWN = (23, 29, 47, 59, 119)

KINDS = ("video", "audio", "subtitle")
EDIT_PAGE = "edit"


@dataclass(frozen=True, slots=True)
class Placed:
    """An item on a track, and where it stands; absolute frames, half-open."""

    item: TimelineItem
    start: int
    end: int
    id: str = ""


class MediaItem(Thing):
    """A clip in the media pool."""

    __slots__ = ()

    def id(self) -> str:
        return self._text("GetUniqueId")

    def properties(self) -> dict[str, str]:
        """All clip properties: `File Path`, `FPS`, `Frames`, `Start TC` …, every value as text."""
        return {str(key): str(value) for key, value in self._dict("GetClipProperty").items()}

    def path(self) -> str:
        return self._text("GetClipProperty", "File Path")

    def set_property(self, key: str, value: str) -> bool:
        return self._flag("SetClipProperty", key, value)

    def set_metadata(self, fields: dict[str, str]) -> bool:
        return self._flag("SetMetadata", fields)

    def set_third_party(self, fields: dict[str, str]) -> bool:
        return self._flag("SetThirdPartyMetadata", fields)

    def third_party(self, key: str) -> str:
        return self._text("GetThirdPartyMetadata", key)


class TimelineItem(Thing):
    """Something on a track."""

    __slots__ = ()

    def id(self) -> str:
        return self._text("GetUniqueId")

    def name(self) -> str:
        return self._text("GetName")

    def start(self) -> int | None:
        """None from an item that does not exist."""
        return self._frame_or_none("GetStart")

    def end(self) -> int | None:
        return self._frame_or_none("GetEnd")

    def head(self) -> int | None:
        """Source frames before the first one shown; exact at normal speed."""
        return self._frame_or_none("GetLeftOffset")

    def media(self) -> MediaItem | None:
        """None of titles, generators and transitions."""
        return self._maybe(MediaItem, "GetMediaPoolItem")

    def set_color(self, name: str) -> bool:
        return self._flag("SetClipColor", name)

    def add_flag(self, color: str) -> bool:
        return self._flag("AddFlag", color)

    def add_marker(self, frame: int, color: str, name: str, note: str, custom: str) -> bool:
        return self._flag("AddMarker", frame, color, name, note, 1, custom)

    def markers(self) -> dict[int, dict[str, Any]]:
        return _by_frame(self._dict("GetMarkers"))

    def add_take(self, media: MediaItem, start: int, end: int) -> bool:
        return self._flag("AddTake", media, start, end)

    def takes(self) -> int:
        return self._frame_or_none("GetTakesCount") or 0

    def take_media(self, index: int) -> MediaItem | None:
        raw = self._dict("GetTakeByIndex", index).get("mediaPoolItem")
        return None if raw is None else MediaItem(self.boundary, raw)

    def selected_take(self) -> int:
        return self._frame_or_none("GetSelectedTakeIndex") or 0

    def select_take(self, index: int) -> bool:
        return self._flag("SelectTakeByIndex", index)

    def delete_take(self, index: int) -> bool:
        return self._flag("DeleteTakeByIndex", index)

    def set_lut(self, node: int, path: str) -> bool:
        graph = self._maybe(Graph, "GetNodeGraph")
        return graph is not None and graph.set_lut(node, path)

    def set_cdl(self, cdl: dict[str, str]) -> bool:
        return self._flag("SetCDL", cdl)


class Graph(Thing):
    """The node graph of an item."""

    __slots__ = ()

    def set_lut(self, node: int, path: str) -> bool:
        return self._flag("SetLUT", node, path)


class Timeline(Thing):
    """A timeline. Much of it answers only while it is the current one."""

    __slots__ = ()

    def id(self) -> str:
        return self._text("GetUniqueId")

    def name(self) -> str:
        return self._text("GetName")

    def rename(self, name: str) -> bool:
        return self._flag("SetName", name)

    def start(self) -> int:
        return self._frame("GetStartFrame")

    def start_timecode(self) -> str:
        return self._text("GetStartTimecode")

    def tracks(self, kind: str) -> int:
        return self._frame_or_none("GetTrackCount", kind) or 0

    def track_name(self, kind: str, index: int) -> str:
        return self._text("GetTrackName", kind, index)

    def name_track(self, kind: str, index: int, name: str) -> bool:
        return self._flag("SetTrackName", kind, index, name)

    def add_track(self, kind: str, subtype: str = "") -> bool:
        return self._flag("AddTrack", kind, *([subtype] if subtype else []))

    def delete_track(self, kind: str, index: int) -> bool:
        return self._flag("DeleteTrack", kind, index)

    def is_enabled(self, kind: str, index: int) -> bool:
        return self._flag("GetIsTrackEnabled", kind, index)

    def is_locked(self, kind: str, index: int) -> bool:
        return self._flag("GetIsTrackLocked", kind, index)

    def items(self, kind: str, index: int) -> list[TimelineItem]:
        """Everything on a track, transitions as well; `index` counts from 1."""
        return self._things(TimelineItem, "GetItemListInTrack", kind, index)

    def placed(self, kind: str, index: int, *, ids: bool = False) -> list[Placed]:
        """What stands where on a track; what answers no frames is not there, and not among them."""
        items = self.items(kind, index)
        methods = ("GetStart", "GetEnd", *(("GetUniqueId",) if ids else ()))
        found = []
        for item, row in zip(items, self.boundary.rows(items, *methods), strict=True):
            start, end = whole(row[0]), whole(row[1])
            if start is not None and end is not None:
                found.append(Placed(item, start, end, str(row[2] or "") if ids else ""))
        return found

    def takes(self, items: list[TimelineItem]) -> list[int]:
        """How many takes each item has; 0 or 1 where it is a clip of one."""
        return [whole(row[0]) or 0 for row in self.boundary.rows(items, "GetTakesCount")]

    def colors(self, items: list[TimelineItem]) -> list[str]:
        """The clip colour of each item by its name; empty where it has none."""
        return [str(row[0] or "") for row in self.boundary.rows(items, "GetClipColor")]

    def delete(self, items: list[TimelineItem]) -> bool:
        return self._flag("DeleteClips", items, False)

    def link(self, items: list[TimelineItem]) -> bool:
        return self._flag("SetClipsLinked", items, True)

    def duplicate(self, name: str) -> Timeline | None:
        """None where a timeline has that name."""
        return self._maybe(Timeline, "DuplicateTimeline", name)

    def export(self, path: str, kind: Any, subtype: Any) -> bool:
        return self._flag("Export", path, kind, subtype)

    def setting(self, key: str) -> str:
        return self._text("GetSetting", key)

    def rate(self) -> Fraction | None:
        """Frames per second; None where Resolve does not tell them.

        It is told as text or number, with ` DF` for drop frame, and by some builds rounded down:
        no timeline runs at 23, 29 or 59.
        """
        shown = self.setting("timelineFrameRate").split()
        try:
            number = Fraction(shown[0])
            near = number + 1 if number in _ROUNDED_DOWN else number
            return snap_rate(str(near * 1000 / 1001 if near != number else number))
        except (IndexError, ValueError, ZeroDivisionError, RateError):
            return None

    def markers(self) -> dict[int, dict[str, Any]]:
        """By frame from the timeline's start."""
        return _by_frame(self._dict("GetMarkers"))

    def marks(self) -> dict[str, Any]:
        return self._dict("GetMarkInOut")

    def timecode(self) -> str:
        """The playhead's, on pages that have one."""
        return self._text("GetCurrentTimecode")

    def at_playhead(self) -> TimelineItem | None:
        return self._maybe(TimelineItem, "GetCurrentVideoItem")

    def go_to(self, timecode: str) -> bool:
        return self._flag("SetCurrentTimecode", timecode)

    def selected(self) -> list[TimelineItem]:
        """The clips selected; none in builds that do not tell."""
        if not self.can("GetSelectedClips"):
            return []
        return self._things(TimelineItem, "GetSelectedClips")


class Folder(Thing):
    """A bin."""

    __slots__ = ()

    def id(self) -> str:
        return self._text("GetUniqueId")

    def name(self) -> str:
        return self._text("GetName")

    def folders(self) -> list[Folder]:
        return self._things(Folder, "GetSubFolderList")

    def clips(self) -> list[MediaItem]:
        return self._things(MediaItem, "GetClipList")


class Pool(Thing):
    """The media pool. Media is imported into its current folder."""

    __slots__ = ()

    def root(self) -> Folder:
        return self._thing(Folder, "GetRootFolder")

    def current(self) -> Folder | None:
        return self._maybe(Folder, "GetCurrentFolder")

    def enter(self, folder: Folder) -> bool:
        return self._flag("SetCurrentFolder", folder)

    def add_folder(self, parent: Folder, name: str) -> Folder | None:
        return self._maybe(Folder, "AddSubFolder", parent, name)

    def import_media(self, what: list[Any]) -> list[MediaItem]:
        return self._things(MediaItem, "ImportMedia", what)

    def append(self, clip: dict[str, Any]) -> list[TimelineItem]:
        """Put one clip on the current timeline; what is returned may not be there."""
        return self._things(TimelineItem, "AppendToTimeline", [clip])

    def delete_timeline(self, timeline: Timeline) -> bool:
        return self._flag("DeleteTimelines", [timeline])


class Project(Thing):
    """The open project."""

    __slots__ = ()

    def id(self) -> str:
        return self._text("GetUniqueId")

    def name(self) -> str:
        return self._text("GetName")

    def pool(self) -> Pool:
        return self._thing(Pool, "GetMediaPool")

    def timeline(self) -> Timeline | None:
        return self._maybe(Timeline, "GetCurrentTimeline")

    def timelines(self) -> list[Timeline]:
        count = self._frame_or_none("GetTimelineCount") or 0
        found = (self._maybe(Timeline, "GetTimelineByIndex", n) for n in range(1, count + 1))
        return [timeline for timeline in found if timeline is not None]

    def make_current(self, timeline: Timeline) -> bool:
        return self._flag("SetCurrentTimeline", timeline)

    def still(self, path: str) -> bool:
        return self._flag("ExportCurrentFrameAsStill", path)


class Manager(Thing):
    """The project manager."""

    __slots__ = ()

    def project(self) -> Project | None:
        return self._maybe(Project, "GetCurrentProject")

    def open_project(self) -> Project:
        """The open project.

        Raises:
            NoResolveError: none is open.
        """
        project = self.project()
        if project is None:
            raise NoResolveError("No project is open in DaVinci Resolve. Open one and run again.")
        return project

    def save(self) -> bool:
        return self._flag("SaveProject")


class Resolve(Thing):
    """The program."""

    __slots__ = ()

    @classmethod
    def of(cls, raw: Any, batch: Batch | None = None, patience: float = 0.0) -> Resolve:
        """Resolve as it was reached, its build known; the rest is as of `Boundary`.

        Raises:
            ResolveCallError: it does not answer.
        """
        resolve = cls(Boundary(batch, patience), raw)
        product = resolve._text("GetProductName")
        version = tuple(int(part) for part in resolve._list("GetVersion")[:4] if _is_number(part))
        resolve.boundary.build = Build(product or "DaVinci Resolve", version)
        return resolve

    @property
    def build(self) -> Build:
        return self.boundary.build

    def constant(self, name: str) -> Any:
        """A constant of this session; the first of a family is 0.0, so None alone means none.

        Raises:
            ResolveError: this build has no such constant.
        """
        value = self.boundary.constant(self.raw, name)
        if value is None or callable(value):
            raise ResolveError(
                f"{self.build} does not know {name}. Pickup needs DaVinci Resolve 18.5 or later."
            )
        return value

    def manager(self) -> Manager:
        return self._thing(Manager, "GetProjectManager")

    def page(self) -> str:
        return self._text("GetCurrentPage")

    def open_page(self, name: str) -> bool:
        return self._flag("OpenPage", name)

    def project(self) -> Project:
        """The open project.

        Raises:
            NoResolveError: none is open.
        """
        return self.manager().open_project()

    def timeline(self) -> Timeline:
        """The current timeline.

        Raises:
            NoResolveError: there is none.
        """
        timeline = self.project().timeline()
        if timeline is None:
            raise NoResolveError(
                "No timeline is open in DaVinci Resolve. Open the one to fill and run again."
            )
        return timeline


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal())


def _by_frame(markers: dict[Any, Any]) -> dict[int, dict[str, Any]]:
    """Markers by whole frames; Resolve keys them by floats."""
    found = ((whole(frame), marker) for frame, marker in markers.items())
    return {at: marker for at, marker in found if at is not None and isinstance(marker, dict)}
