"""The fake program: one project, its timelines, and the doors to them."""

from __future__ import annotations

import io
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from pickup_resolve.testing.lies import ONCE, Lie
from pickup_resolve.testing.otio_import import read_otio
from pickup_resolve.testing.pool import FakePool
from pickup_resolve.testing.strict import FakeObject, Optional, api
from pickup_resolve.testing.timeline import FakeTimeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PAGES = ("media", "cut", "edit", "fusion", "color", "fairlight", "deliver")


class FakeResolve:
    """One in-memory Resolve: stateful, strict, and honest but for the lies switched on.

    A call that the version has not, a wrong number of arguments or a wrong type raises as the real
    library does. A call that only Studio allows opens a dialog on the free edition, and every call
    after it fails: `modal` says which.

    Args:
        version: major, minor, patch, build.
        studio: the edition.
        lies: what it says that is not so.
        rate: the project's frames per second.
        start: the timeline's first frame.

    Attributes:
        calls: how often each method was called.
        on_call: told of every call before it is done.
        gone: whether it has quit; every call then answers None.
        saves: how often the project was saved.
        luts: those that Resolve lists; it sets no others.
        exported: paths that were exported to.
        external_scripting: the preference, `None`, `Local` or `Network`.
        bin_of_new_timelines: where timelines go in the media pool.
    """

    EXPORT_NONE = 0.0

    def __init__(
        self,
        version: tuple[int, ...] = (21, 0, 0, 47),
        *,
        studio: bool = True,
        lies: Iterable[Lie] = (),
        rate: Fraction = Fraction(24),
        start: int = 86400,
        drop_frame: bool = False,
    ) -> None:
        self.version = tuple(version)
        self.studio = studio
        self.lies = set(lies)
        if self.version < (19,):
            self.lies.add(Lie.INCLUSIVE_END)
        self.rate = rate
        self.first = start
        self.drop_frame = drop_frame
        self.calls: Counter[str] = Counter()
        self.on_call: Callable[[str], object] | None = None
        self.modal = ""
        self.gone = False
        self.page = "edit"
        self.saves = 0
        self.luts = {"Film Looks/Kodak.cube"}
        self.exported: set[str] = set()
        self.external_scripting = "Local"
        self.bin_of_new_timelines: Any = None
        self._spent: set[Lie] = set()
        self._manager = FakeProjectManager(self)
        self.bin_of_new_timelines = self.project._pool._root
        self.timeline = FakeTimeline(self, "Scene 4", rate, start)
        self.project._timelines.append(self.timeline)
        self.project._current = self.timeline

    @property
    def EXPORT_OTIO(self) -> float:
        """A number of this session, as all constants are; native OTIO came with 18.5."""
        if self.version < (18, 5):
            raise AttributeError("EXPORT_OTIO")
        return 15.0

    def external(self) -> FakeResolve | None:
        """What `scriptapp("Resolve")` gives a process outside: only Studio lets any in."""
        return self if self.studio and self.external_scripting != "None" else None

    def menu(self) -> dict[str, Any] | None:
        """The globals of a Python script in Workspace > Scripts; none where it does not show."""
        return {"resolve": self} if self.studio or self.version < (21, 1) else None

    @property
    def project(self) -> FakeProject:
        """The open one."""
        return self._manager._project

    def called(self, name: str) -> None:
        """Count a call, and answer none while a dialog is open."""
        self.calls[name] += 1
        if self.on_call is not None:
            self.on_call(name)
        if self.modal:
            raise RuntimeError(f"a dialog is open ({self.modal})")

    def lies_once(self, lie: Lie) -> bool:
        """Whether to lie now; those of `ONCE` lie one time."""
        if lie not in self.lies or lie in self._spent:
            return False
        if lie in ONCE:
            self._spent.add(lie)
        return True

    def import_by_hand(self, path: Path) -> FakeTimeline:
        """What File > Import > Timeline does with an OTIO file; it becomes current."""
        timeline = read_otio(self, path, media=True)
        self.project._timelines.append(timeline)
        self.project._current = timeline
        return timeline

    @api()
    def GetProjectManager(self) -> FakeProjectManager:
        return self._manager

    @api()
    def GetProductName(self) -> str:
        return "DaVinci Resolve Studio" if self.studio else "DaVinci Resolve"

    @api()
    def GetVersion(self) -> list[Any]:
        return [*self.version, ""]

    @api()
    def GetCurrentPage(self) -> str | None:
        return None if Lie.NO_PAGE in self.lies else self.page

    @api(str)
    def OpenPage(self, name: str) -> bool:
        if name not in _PAGES:
            return False
        self.page = name
        return True


class FakeProjectManager(FakeObject):
    """Of one project."""

    def __init__(self, world: FakeResolve) -> None:
        super().__init__(world)
        self._project = FakeProject(world)
        self._projects = [self._project]

    @api(str, Optional(str))
    def CreateProject(self, name: str, media: str = "") -> FakeProject | None:
        if any(one._name == name for one in self._projects):
            return None
        self._project = FakeProject(self._world)
        self._project._name = name
        self._projects.append(self._project)
        return self._project

    @api(str)
    def LoadProject(self, name: str) -> FakeProject | None:
        found = next((one for one in self._projects if one._name == name), None)
        self._project = found or self._project
        return found

    @api(str)
    def DeleteProject(self, name: str) -> bool:
        kept = [one for one in self._projects if one._name != name]
        done = len(kept) < len(self._projects) and self._project._name != name
        self._projects = kept if done else self._projects
        return done

    @api()
    def GetCurrentProject(self) -> FakeProject | None:
        return None if self._is(Lie.NO_PROJECT) else self._project

    @api()
    def SaveProject(self) -> bool:
        if self._project._name == "Untitled Project":
            return False
        world = self._world
        world.saves += 1
        current = self._project._current
        if current is not None and current._appended:
            if self._is(Lie.VANISHES_AT_EVERY_SAVE) or world.lies_once(Lie.VANISHES_AT_SAVE):
                current._remove(current._appended[-1])
            current._appended.clear()
        return not self._is(Lie.SAVE_ANSWERS_FALSE)


class FakeProject(FakeObject):
    """A project with its timelines."""

    def __init__(self, world: FakeResolve) -> None:
        super().__init__(world)
        self._name = "Kitchen"
        self._timelines: list[FakeTimeline] = []
        self._current: FakeTimeline | None = None
        self._pool = FakePool(world)

    @api()
    def GetUniqueId(self) -> str:
        return self._id

    @api()
    def GetName(self) -> str:
        return self._name

    @api()
    def GetMediaPool(self) -> FakePool:
        return self._pool

    @api()
    def GetCurrentTimeline(self) -> FakeTimeline | None:
        return self._current

    @api()
    def GetTimelineCount(self) -> float | int:
        return self._number(len(self._timelines))

    @api((int, float))
    def GetTimelineByIndex(self, index: int) -> FakeTimeline | None:
        inside = 1 <= index <= len(self._timelines)
        return self._timelines[int(index) - 1] if inside else None

    @api(FakeTimeline)
    def SetCurrentTimeline(self, timeline: FakeTimeline) -> bool:
        if not any(one is timeline for one in self._timelines):
            return False
        if self._current is not timeline:
            timeline._playhead = timeline._start
        self._current = timeline
        return True

    @api(str)
    def ExportCurrentFrameAsStill(self, path: str) -> bool:
        if self._current is None or not Path(path).parent.is_dir():
            return False
        Path(path).write_bytes(still(self._current._playhead))
        return True


def still(frame: int) -> bytes:
    """A PNG whose colour is its frame's number, so that a test knows which one it is."""
    colour = (frame >> 16 & 255, frame >> 8 & 255, frame & 255)
    buffer = io.BytesIO()
    Image.new("RGB", (96, 54), colour).save(buffer, "PNG")
    return buffer.getvalue()
