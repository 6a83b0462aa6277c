"""What the fake's timelines show: clips of the pool, and the items that stand on tracks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pickup_resolve.testing.lies import Lie
from pickup_resolve.testing.markers import MARKER_COLORS, Marked
from pickup_resolve.testing.media import MediaFacts
from pickup_resolve.testing.strict import FakeObject, Optional, api

if TYPE_CHECKING:
    from fractions import Fraction

    from pickup_resolve.testing.program import FakeResolve
    from pickup_resolve.testing.timeline import FakeTimeline

CLIP_COLORS = [
    "Orange",
    "Apricot",
    "Yellow",
    "Lime",
    "Olive",
    "Green",
    "Teal",
    "Navy",
    "Blue",
    "Purple",
    "Violet",
    "Pink",
    "Tan",
    "Beige",
    "Brown",
    "Chocolate",
]
_KNOWN_FIELDS = {
    *("Description", "Comments", "Keywords", "Scene", "Shot", "Take", "Good Take", "Reel Number"),
}
_NUMBER = (int, float)


class FakeMediaPoolItem(Marked):
    """A clip of the media pool."""

    def __init__(self, world: FakeResolve, path: str, facts: MediaFacts) -> None:
        super().__init__(world)
        self._facts = facts
        self._name = Path(path).name
        self._properties = facts.properties(path)
        self._metadata: dict[str, str] = {}
        self._third: dict[str, str] = {}
        self._deleted = False

    @classmethod
    def of_timeline(cls, world: FakeResolve, name: str) -> FakeMediaPoolItem:
        """A timeline as the pool lists it."""
        made = cls(world, "", MediaFacts(1))
        made._name = name
        made._properties = {"Clip Name": name, "File Path": "", "Type": "Timeline"}
        return made

    def _mixed(self, rate: Fraction) -> bool:
        return self._facts.fps != rate or self._is(Lie.FLOORED_DURATION)

    @api()
    def GetUniqueId(self) -> str:
        return self._id

    @api()
    def GetName(self) -> str:
        return self._name

    @api(Optional(str))
    def GetClipProperty(self, key: str = "") -> Any:
        found: dict[str, Any] = dict(self._properties)
        if self._is(Lie.FPS_IS_NUMBER) and "FPS" in found:
            found["FPS"] = float(found["FPS"])
        return found.get(key, "") if key else found

    @api(str, str)
    def SetClipProperty(self, key: str, value: str) -> bool:
        if key not in self._properties:
            return False
        if key == "Reel Name" and self._is(Lie.REEL_NOT_KEPT):
            return True
        return self._done(lambda: self._properties.__setitem__(key, value))

    @api((dict, str), Optional(str))
    def SetMetadata(self, fields: dict[str, str] | str, value: str = "") -> bool:
        given = {fields: value} if isinstance(fields, str) else fields
        known = {key: text for key, text in given.items() if key in _KNOWN_FIELDS}
        done = self._done(lambda: self._metadata.update(known))
        return done and len(known) == len(given)

    @api(Optional(str))
    def GetMetadata(self, key: str = "") -> Any:
        return self._metadata.get(key, "") if key else dict(self._metadata)

    @api((dict, str), Optional(str))
    def SetThirdPartyMetadata(self, fields: dict[str, str] | str, value: str = "") -> bool:
        given = {fields: value} if isinstance(fields, str) else fields
        if not all(isinstance(text, str) for text in given.values()):
            raise TypeError("third-party metadata is text")
        return self._done(lambda: self._third.update(given))

    @api(Optional(str))
    def GetThirdPartyMetadata(self, key: str = "") -> Any:
        return self._third.get(key, "") if key else dict(self._third)


class FakeTimelineItem(Marked):
    """Something on a track; `kind` is clip, title, compound or transition."""

    def __init__(
        self,
        world: FakeResolve,
        timeline: FakeTimeline,
        name: str,
        start: int,
        end: int,
        *,
        media: FakeMediaPoolItem | None = None,
        kind: str = "clip",
        transition: tuple[int, int] = (0, 0),
    ) -> None:
        super().__init__(world)
        self._timeline = timeline
        self._name, self._start, self._end = name, start, end
        self._media, self._kind, self._transition = media, kind, transition
        self._left = 0
        self._speed = 1.0
        self._color = ""
        self._flags: list[str] = []
        self._enabled = True
        self._linked: list[FakeTimelineItem] = []
        self._takes: list[tuple[FakeMediaPoolItem, int, int]] = []
        self._take = 0
        self._lut = ""
        self._cdl: dict[str, str] = {}

    def _gone(self) -> bool:
        """Whether it is an item that is not there, as some that are answered are not."""
        return self._timeline._track_of(self) is None and self._is(
            Lie.COLLISION_EMPTY_ID, Lie.LOCKED_LATE
        )

    def _current(self) -> bool:
        return self._world.project._current is self._timeline

    @api()
    def GetUniqueId(self) -> str:
        if self._kind == "transition" and self._is(Lie.RESTLESS_IDS):
            return uuid4().hex
        return "" if self._gone() else self._id

    @api()
    def GetName(self) -> str:
        return self._name

    @api(Optional(bool))
    def GetStart(self, sub: bool = False) -> float | int | None:
        return None if self._gone() else self._number(self._start)

    @api(Optional(bool))
    def GetEnd(self, sub: bool = False) -> float | int | None:
        return None if self._gone() else self._number(self._end)

    @api(Optional(bool))
    def GetDuration(self, sub: bool = False) -> float | int | None:
        return None if self._gone() else self._number(self._end - self._start)

    @api(Optional(bool))
    def GetLeftOffset(self, sub: bool = False) -> float | int:
        return self._number(self._left)

    @api()
    def GetMediaPoolItem(self) -> FakeMediaPoolItem | None:
        return None if self._media is not None and self._media._deleted else self._media

    @api()
    def GetClipEnabled(self) -> bool:
        return self._enabled

    @api()
    def GetLinkedItems(self) -> Any:
        return self._listed(list(self._linked))

    @api(str)
    def SetClipColor(self, name: str) -> bool:
        if name not in CLIP_COLORS:
            return False
        if self._kind == "title":
            return True
        return self._done(lambda: setattr(self, "_color", name))

    @api()
    def GetClipColor(self) -> str:
        return self._color

    @api(str)
    def AddFlag(self, color: str) -> bool:
        if color not in MARKER_COLORS:
            return False
        return self._done(lambda: self._flags.append(color))

    @api()
    def GetFlagList(self) -> Any:
        return self._listed(list(self._flags))

    @api(FakeMediaPoolItem, Optional(_NUMBER), Optional(_NUMBER))
    def AddTake(self, media: FakeMediaPoolItem, start: float = 0, end: float = -1) -> bool:
        if not self._takes and self._media is not None:
            length = self._end - self._start
            self._takes.append((self._media, self._left, self._left + length))
            self._take = 1
        last = media._facts.frames if end < 0 else int(end)
        self._takes.append((media, int(start), last))
        return not self._is(Lie.FALSE_THOUGH_DONE)

    @api()
    def GetTakesCount(self) -> float | int:
        return self._number(len(self._takes) if self._current() else 0)

    @api()
    def GetSelectedTakeIndex(self) -> float | int:
        return self._number(self._take if self._current() else 0)

    @api(_NUMBER)
    def GetTakeByIndex(self, index: int) -> Any:
        if not 1 <= index <= len(self._takes):
            return None
        media, start, end = self._takes[int(index) - 1]
        return {"startFrame": start, "endFrame": end, "mediaPoolItem": media}

    @api(_NUMBER)
    def SelectTakeByIndex(self, index: int) -> bool:
        if not 1 <= index <= len(self._takes):
            return False
        self._take = int(index)
        self._media, self._left, end = self._takes[self._take - 1]
        self._end = self._start + end - self._left  # a take of another length ripples
        return True

    @api(_NUMBER)
    def DeleteTakeByIndex(self, index: int) -> bool:
        if not 1 <= index <= len(self._takes) or index == self._take:
            return False
        del self._takes[int(index) - 1]
        self._take -= index < self._take
        return True

    @api(dict)
    def SetCDL(self, cdl: dict[str, str]) -> bool:
        known = {"NodeIndex", "Slope", "Offset", "Power", "Saturation"}
        parts = [cdl.get(name, "").split() for name in ("Slope", "Offset", "Power")]
        if set(cdl) != known or cdl["NodeIndex"] != "1" or any(len(part) != 3 for part in parts):
            return False
        self._cdl = dict(cdl)
        return True

    @api(Optional(_NUMBER))
    def GetNodeGraph(self, layer: int = 1) -> FakeGraph:
        return FakeGraph(self)


class FakeGraph(FakeObject):
    """The node graph of an item: of its one node, the LUT."""

    def __init__(self, item: FakeTimelineItem) -> None:
        super().__init__(item._world)
        self._item = item

    @api(_NUMBER, str)
    def SetLUT(self, node: int, path: str) -> bool:
        listed = path in self._world.luts
        if listed:
            self._item._lut = path
        return listed and node == 1
