"""The fake media pool: bins, clips, and the one call that puts clips on a timeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup_resolve.testing.appending import append
from pickup_resolve.testing.items import FakeMediaPoolItem
from pickup_resolve.testing.lies import Lie
from pickup_resolve.testing.media import MediaFacts, facts_of, sequence_of
from pickup_resolve.testing.otio_import import read_otio
from pickup_resolve.testing.strict import FakeObject, Optional, api
from pickup_resolve.testing.timeline import FakeTimeline

if TYPE_CHECKING:
    from pickup_resolve.testing.program import FakeResolve


class FakeFolder(FakeObject):
    """A bin."""

    def __init__(self, world: FakeResolve, name: str) -> None:
        super().__init__(world)
        self._name = name
        self._clips: list[FakeMediaPoolItem] = []
        self._folders: list[FakeFolder] = []

    def _tree(self) -> list[FakeFolder]:
        return [self, *(one for folder in self._folders for one in folder._tree())]

    def _all_clips(self) -> list[FakeMediaPoolItem]:
        return [clip for folder in self._tree() for clip in folder._clips]

    @api()
    def GetUniqueId(self) -> str:
        return self._id

    @api()
    def GetName(self) -> str:
        return self._name

    @api()
    def GetClipList(self) -> Any:
        inside = [one for one in self._world.project._timelines if one._folder is self]
        timelines = [FakeMediaPoolItem.of_timeline(self._world, one._name) for one in inside]
        return self._listed([*self._clips, *timelines])

    @api()
    def GetSubFolderList(self) -> Any:
        return self._listed(list(self._folders))


class FakePool(FakeObject):
    """The media pool."""

    def __init__(self, world: FakeResolve) -> None:
        super().__init__(world)
        self._root = FakeFolder(world, "Master")
        self._folder = self._root

    @api()
    def GetRootFolder(self) -> FakeFolder:
        return self._root

    @api()
    def GetCurrentFolder(self) -> FakeFolder:
        return self._folder

    @api(FakeFolder)
    def SetCurrentFolder(self, folder: FakeFolder) -> bool:
        self._folder = folder
        return True

    @api(FakeFolder, str)
    def AddSubFolder(self, parent: FakeFolder, name: str) -> FakeFolder | None:
        if any(folder._name == name for folder in parent._folders):
            return None
        made = FakeFolder(self._world, name)
        parent._folders.append(made)
        self._folder = made
        return made

    @api(list)
    def ImportMedia(self, what: list[Any]) -> Any:
        found = [one for one in map(self._imported, what) if one is not None]
        return self._listed(found)

    def _imported(self, what: Any) -> FakeMediaPoolItem | None:
        shown: tuple[str, MediaFacts | None] | None
        if isinstance(what, dict):
            if set(what) != {"FilePath", "StartIndex", "EndIndex"}:
                raise TypeError(f"ImportMedia does not take {sorted(what)}")
            shown = sequence_of(what, single=self._is(Lie.INDIVIDUAL_FRAMES))
        elif isinstance(what, str):
            shown = what, facts_of(Path(what))
        else:
            raise TypeError(f"ImportMedia does not take {what!r}")
        if shown is None or shown[1] is None:
            return None
        for clip in self._root._all_clips():
            if clip._properties["File Path"] == shown[0]:
                return None if self._is(Lie.IMPORT_ANSWERS_NOTHING) else clip
        made = FakeMediaPoolItem(self._world, shown[0], shown[1])
        self._folder._clips.append(made)
        return made

    @api(list)
    def AppendToTimeline(self, clips: list[dict[str, Any]]) -> Any:
        current, named = self._world.project._current, set()
        made: list[Any] = []
        for clip in clips:
            key = getattr(clip.get("mediaPoolItem"), "_id", "")
            if not (key in named and self._is(Lie.BATCH_KEEPS_FIRST)):
                made += append(self._world, current, clip)
            named.add(key)
        return self._listed(made)

    @api(str)
    def CreateEmptyTimeline(self, name: str) -> FakeTimeline | None:
        project = self._world.project
        if any(one._name == name for one in project._timelines):
            return None
        made = FakeTimeline(self._world, name, self._world.rate, self._world.first)
        made._folder = self._folder
        project._timelines.append(made)
        project._current = made
        return made

    @api(str, Optional(dict))
    def ImportTimelineFromFile(
        self, path: str, options: dict[str, Any] | None = None
    ) -> FakeTimeline | None:
        given = options or {}
        if set(given) - {"timelineName", "importSourceClips", "sourceClipsPath"}:
            raise TypeError(f"ImportTimelineFromFile does not know {sorted(given)}")
        name = given.get("timelineName") or Path(path).stem
        online = given.get("importSourceClips", True)
        if any(one._name == name for one in self._world.project._timelines):
            return None
        if self._is(Lie.IMPORT_CANCELED) and online and self._knows_some_of(Path(path)):
            return None
        try:
            offline = not online and self._is(Lie.IMPORT_OFFLINE)
            made = read_otio(self._world, Path(path), media=not offline)
        except (OSError, ValueError, LookupError, TypeError):
            return None  # never with a reason
        made._name, made._folder = name, self._folder
        self._world.project._timelines.append(made)
        self._world.project._current = made
        return made

    def _knows_some_of(self, path: Path) -> bool:
        text = path.read_text("utf-8") if path.is_file() else ""
        shown = (clip._properties["File Path"] for clip in self._root._all_clips())
        return any(json.dumps(one) in text for one in shown)

    @api(list)
    def DeleteClips(self, clips: list[FakeMediaPoolItem]) -> bool:
        gone = {one._id for one in clips}
        for clip in clips:
            clip._deleted = True
        for folder in self._root._tree():
            folder._clips = [one for one in folder._clips if one._id not in gone]
        return True

    @api(list)
    def DeleteTimelines(self, timelines: list[FakeTimeline]) -> bool:
        project = self._world.project
        if any(one is project._current for one in timelines):
            return False
        gone = {one._id for one in timelines}
        project._timelines = [one for one in project._timelines if one._id not in gone]
        return True
