"""The Resolve host: the current timeline is the cut, and clips are placed on it live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.errors import RequestError
from pickup.hosts.base import Written
from pickup_resolve.bin import record_of
from pickup_resolve.errors import ResolveError
from pickup_resolve.folders import cut_path, project_folder
from pickup_resolve.journal import alone
from pickup_resolve.placing import place
from pickup_resolve.reading import read_timeline, window
from pickup_resolve.recovery import settle, undo
from pickup_resolve.settings import PlaceSettings
from pickup_resolve.stills import grab

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pickup.cut.gap import Gap
    from pickup.cut.model import CutFile
    from pickup.cut.placement import Placement
    from pickup.timing import FrameRange
    from pickup_resolve.api import Resolve, Timeline
    from pickup_resolve.journal import Journal

LIMITS = ("current", "inout", "playhead", "selected")
"""What may stand after `resolve:`."""


class ResolveHost:
    """The current timeline of a running Resolve.

    Attributes:
        name: for messages.
        cut_path: the timeline's OTIO in the home, by its name; the `.pickup` folder lies beside it.
        way: how Resolve was reached, and why so.
        timeline_id: Resolve's own of the timeline.
        limit: which marks of the editor limit the filling, one of `LIMITS`.
    """

    name = "DaVinci Resolve"

    def __init__(self, resolve: Resolve, way: str = "", limit: str = "current") -> None:
        if limit not in LIMITS:
            raise RequestError(
                f"“resolve:{limit}” is not known; after “resolve:” comes {', '.join(LIMITS)}."
            )
        self.resolve = resolve
        self.way = way
        self.limit = limit
        self._last: Journal | None = None
        self.window: FrameRange | None = None
        project, timeline = resolve.project(), resolve.timeline()
        self.timeline_id = timeline.id()
        self._folder = project_folder(project.name(), project.id())
        self.cut_path: Path = cut_path(self._folder, timeline.name(), self.timeline_id)

    def read(self) -> CutFile:
        """The timeline as it stands; an interrupted placement is undone first.

        `window` is then set to the frames that may be filled, or None for all.

        Raises:
            ResolveError: it cannot be read, or another one is open by now.
        """
        notes = settle(self.resolve)
        timeline = self._open_one()
        document = read_timeline(self.resolve, timeline, self.cut_path)
        document.notes[:0] = notes
        if self.limit != "current":
            self.window = window(timeline, document.cuts[0], self.limit)
        return document

    def wants(self, gap: Gap) -> bool:
        """Whether the editor's marks let a gap of the cut that was read be filled."""
        window = self.window
        return window is None or (
            gap.start < window.end and window.start < gap.start + gap.duration
        )

    def shot_at_playhead(self) -> str:
        """The shot of the clip of ours that the playhead stands on; empty where there is none."""
        item = self._open_one().at_playhead()
        media = item.media() if item is not None else None
        record = record_of(media) if media is not None else None
        return str(record.get("shot", "")) if record else ""

    @property
    def as_graded(self) -> bool:
        """Whether models are shown frames with their grade; a setting."""
        return PlaceSettings.load().as_graded

    def grab(self, frame: int, path: Path) -> Path:
        """A frame of the timeline as it is graded, as PNG, counted from the timeline's start.

        For media that cannot be decoded here, or where the grade is wanted. The playhead and the
        page are as before afterwards.

        Raises:
            ResolveError: Resolve exports no still.
        """
        return grab(self.resolve, self._open_one(), frame, path)

    def write(self, document: CutFile, placements: Mapping[int, Sequence[Placement]]) -> Written:
        """Place clips on the timeline that was read.

        Raises:
            ResolveError: nothing was placed, and the timeline is as it was.
        """
        wanted = [one for clips in placements.values() for one in clips]
        if not wanted:
            return Written(None)
        timeline = self._open_one()
        settings = PlaceSettings.load()
        with alone():
            outcome = place(self.resolve, timeline, wanted, settings, self._folder)
        self._last = outcome.journal
        return Written(None, tuple(outcome.notes), outcome.failed)

    def take_back(self, written: Written) -> None:
        """Take the clips of the last `write` off the timeline; media and takes stay.

        Raises:
            ResolveError: there are none, or another timeline is open.
        """
        if self._last is None:
            raise ResolveError("Nothing was placed on this timeline that could be taken back.")
        timeline = self._open_one()
        with alone():
            undo(self.resolve, timeline, self._last)
        self._last = None

    def _open_one(self) -> Timeline:
        """The timeline that this host is of.

        Raises:
            ResolveError: another one is open in Resolve.
        """
        timeline = self.resolve.timeline()
        if timeline.id() != self.timeline_id:
            raise ResolveError(
                f"“{timeline.name()}” is open in Resolve now, and this is of another timeline. "
                "Open that one, then run again: the takes are kept."
            )
        return timeline


def open_host(rest: str = "") -> ResolveHost:
    """What `resolve:` means: the timeline that is open now, limited by what stands behind.

    Raises:
        NoResolveError: no way leads into Resolve.
        RequestError: the limit is not known.
    """
    from pickup_resolve.connect import connect

    found = connect()
    return ResolveHost(found.resolve, found.way, rest or "current")
