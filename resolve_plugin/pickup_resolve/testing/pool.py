"""The fake media pool: bins, clips, and the one call that puts clips on a timeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup_resolve.testing.appending import append
from pickup_resolve.testing.items import FakeMediaPoolItem
from pickup_resolve.testing.lies import Lie
from pickup_resolve.testing.media import MediaFacts, facts_of, sequence_of
from pickup_resolve.testing.strict import FakeObject, api
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
        return self._listed(list(self._clips))

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
            shown = sequence_of(what)
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
        current = self._world.project._current
        made = [one for clip in clips for one in append(self._world, current, clip)]
        return self._listed(made)

    @api(str)
    def CreateEmptyTimeline(self, name: str) -> FakeTimeline | None:
        project = self._world.project
        if any(one._name == name for one in project._timelines):
            return None
        made = FakeTimeline(self._world, name, self._world.rate, self._world.first)
        project._timelines.append(made)
        project._current = made
        return made

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
