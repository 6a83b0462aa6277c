"""What Pickup relies on in a Resolve, tried one by one: on the fake, and on a live one.

Only a project that the suite has made is touched; the one that was open before is open again
afterwards. What is found is a list of facts with the calls behind them, which `report` writes as a
dated page. What the documentation of Pickup says of live Resolves, it says by such pages.
"""

from __future__ import annotations

import contextlib
import platform
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pickup.cut.gaps import find_gaps
from pickup.cut.placement import Placement
from pickup_resolve import bin as media_bin
from pickup_resolve.api import MediaItem, Pool, Project, Resolve, Timeline
from pickup_resolve.errors import ResolveError
from pickup_resolve.exchange import ExchangeHost
from pickup_resolve.placing import place
from pickup_resolve.reading import read_timeline
from pickup_resolve.settings import PlaceSettings
from pickup_resolve.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pickup.cut.placement import TakeMedia

BEFORE, GAP, AFTER = 24, 20, 30
"""Frames of the clip before the gap, of the gap, and of the clip after it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was tried.

    Attributes:
        name: what should be so.
        holds: whether it is; None where Pickup works either way and it is only worth knowing.
        detail: what was found.
    """

    name: str
    holds: bool | None
    detail: str = ""


@dataclass(slots=True)
class Contract:
    """The suite.

    Attributes:
        resolve: the program.
        take: a movie of at least 60 frames at the project's rate, 8 of them handles at its head.
        folder: for what is exported.
        facts: what has been found so far.
    """

    resolve: Resolve
    take: TakeMedia
    folder: Path
    facts: list[Fact] = field(default_factory=list)

    def run(self) -> list[Fact]:
        """Try everything.

        Raises:
            ResolveError: not even a project could be made, or a call failed outright.
        """
        with self._project() as project:
            pool = project.pool()
            made = self.resolve.boundary.call(pool.raw, "CreateEmptyTimeline", "Contract")
            if made is None:
                raise ResolveError("Resolve made no empty timeline.")
            timeline = Timeline(self.resolve.boundary, made)
            self._try(project, pool, timeline)
        return self.facts

    @contextlib.contextmanager
    def _project(self) -> Iterator[Project]:
        manager = self.resolve.manager()
        before = manager.project()
        name = f"Pickup contract {uuid4().hex[:8]}"
        manager.save()
        made = self.resolve.boundary.call(manager.raw, "CreateProject", name)
        if made is None:
            raise ResolveError("Resolve made no project. Close the project settings and try again.")
        try:
            yield Project(self.resolve.boundary, made)
        finally:
            if before is not None:
                self.resolve.boundary.call(manager.raw, "LoadProject", before.name())
            self.resolve.boundary.call(manager.raw, "DeleteProject", name)

    def _try(self, project: Project, pool: Pool, timeline: Timeline) -> None:
        start = timeline.start()
        self._note("the timeline's start is in its frames", start > 0, f"GetStartFrame is {start}")
        with media_bin.inside(pool, "Pickup") as folder:
            media, rate = media_bin.imported(pool, folder, self.take, {})
        self._note("media has the project's rate", rate == self.take.rate, str(rate))
        self._metadata(media)
        self._append(pool, timeline, media, start, BEFORE)
        self._append(pool, timeline, media, start + BEFORE + GAP, AFTER)
        self._collide(pool, timeline, media, start)
        self._duplicate(project, timeline)
        self._place(timeline)

    def _metadata(self, media: MediaItem) -> None:
        media.set_third_party({"pickup.contract": "kept"})
        kept = media.third_party("pickup.contract")
        self._note("third-party metadata is kept", kept == "kept", kept)

    def _append(
        self, pool: Pool, timeline: Timeline, media: MediaItem, at: int, frames: int
    ) -> None:
        end = self.take.head + frames - (1 if self.resolve.build.ends_inclusive else 0)
        info = {"mediaPoolItem": media, "startFrame": self.take.head, "endFrame": end}
        pool.append({**info, "mediaType": 1, "trackIndex": 1, "recordFrame": at})
        found = [one for one in timeline.placed("video", 1) if one.start == at]
        length = found[0].end - at if found else 0
        detail = f"{length} frames landed for {frames}"
        self._note("recordFrame is absolute and endFrame as expected", length == frames, detail)
        head = found[0].item.head() if found else None
        self._note("GetLeftOffset is the in-point", head == self.take.head, str(head))

    def _collide(self, pool: Pool, timeline: Timeline, media: MediaItem, start: int) -> None:
        before = Snapshot.take(timeline)
        info = {"mediaPoolItem": media, "startFrame": 0, "endFrame": 10, "mediaType": 1}
        pool.append({**info, "trackIndex": 1, "recordFrame": start + 2})
        now = Snapshot.take(timeline)
        self._note("an append moves nothing that stands there", not now.moved(before))
        added = list(now.added(before))
        where = ", ".join(str(one.start - start) for one in added) or "nowhere"
        self._note("where an append that collides lands", None, where)
        if added:
            timeline.delete([now.items[one] for one in added])
        gone = not list(Snapshot.take(timeline).added(before))
        self._note("DeleteClips deletes", gone)

    def _duplicate(self, project: Project, timeline: Timeline) -> None:
        before = Snapshot.take(timeline)
        twin = timeline.duplicate("Contract twin")
        current = project.timeline()
        self._note(
            "a duplicate becomes the current timeline",
            None,
            str(current is not None and current.id() != timeline.id()),
        )
        same = twin is not None and Snapshot.take(twin).same_ranges(before)
        self._note("a duplicate stands as the original does", same)
        self._note(
            "a name that exists makes no duplicate", None, str(timeline.duplicate("Contract twin"))
        )
        project.make_current(timeline)

    def _place(self, timeline: Timeline) -> None:
        document = read_timeline(self.resolve, timeline, self.folder / "contract.otio")
        self._note("OTIO and interface agree", not document.notes, " ".join(document.notes))
        (gap,) = find_gaps(document.cuts[0]).gaps
        self._note("the gap is found", (gap.start, gap.duration) == (BEFORE, GAP), str(gap.start))
        placement = Placement(
            BEFORE, BEFORE + GAP, self.take.name, (self.take,), track=0, note="contract"
        )
        outcome = place(self.resolve, timeline, [placement], PlaceSettings())
        reason = " ".join([*outcome.failed.values(), *outcome.notes])
        self._note("a clip fills it, and is there after the save", not outcome.failed, reason)
        again = read_timeline(self.resolve, timeline, self.folder / "again.otio")
        self._note("no gap is left", not find_gaps(again.cuts[0]).gaps)
        self._takes(timeline)
        self._exchange(placement)

    def _takes(self, timeline: Timeline) -> None:
        """A further take of the first item, of the same file, is chosen; what is exported of it."""
        item = timeline.placed("video", 1)[0].item
        media, known = item.media(), item.takes()
        added = media is not None and item.add_take(media, 0, BEFORE)
        self._note("AddTake makes the clip its first take", item.takes() == 2, f"{known}, {added}")
        item.select_take(2)
        cut = read_timeline(self.resolve, timeline, self.folder / "takes.otio").cuts[0]
        shown = cut.video_tracks[0].items[0]
        begin = shown.source_time(shown.start, cut.rate) - (shown.media.start if shown.media else 0)
        frame = round(begin * cut.rate)
        self._note("the OTIO has the take that is chosen", frame == 0, f"it begins at {frame}")

    def _exchange(self, placement: Placement) -> None:
        """By files: the exported timeline, filled as the free edition's users do, and imported."""
        host = ExchangeHost(self.folder / "contract.otio")
        filled = host.write(host.read(), {0: [placement]}).path
        pool = self.resolve.project().pool()
        for online in (True, False):
            options = {"timelineName": f"Contract {online}", "importSourceClips": online}
            made = self.resolve.boundary.call(
                pool.raw, "ImportTimelineFromFile", str(filled), options
            )
            found = self._of_import(made)
            self._note(f"a filled OTIO, importSourceClips {online}", None, found)

    def _of_import(self, made: Any) -> str:
        if made is None:
            return "was not imported"
        placed = Timeline(self.resolve.boundary, made).placed("video", 1)
        online = sum(one.item.media() is not None for one in placed)
        lengths = [one.end - one.start for one in placed]
        return f"{lengths} frames, {online} of {len(placed)} online"

    def _note(self, name: str, holds: bool | None, detail: str = "") -> None:
        self.facts.append(Fact(name, holds, detail))


def report(build: str, facts: list[Fact]) -> str:
    """A page of what was found, with its date."""
    marks = {True: "yes", False: "NO", None: "note"}
    rows: list[Any] = [f"| {one.name} | {marks[one.holds]} | {one.detail} |" for one in facts]
    head = [
        f"# {build}, {datetime.now():%d %B %Y}",
        "",
        f"Tried on {platform.platform()} by Pickup's contract suite.",
        "",
        "| what should be so | | what was found |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])
