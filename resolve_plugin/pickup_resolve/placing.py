"""Clips onto the timeline, as one transaction: placed to the frame and read back, or undone.

After each batch the whole timeline is read again, and again after the save. What is missing is
tried once more, what stands elsewhere is removed, and if anything has moved that was there before,
the timeline is brought back to what it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from pickup.cut.placement import TRACK_NAME
from pickup_resolve import bin as media_bin
from pickup_resolve.api import EDIT_PAGE
from pickup_resolve.backup import Backup, ensure_current
from pickup_resolve.dressing import dress
from pickup_resolve.errors import LostError, ResolveCallError, ResolveError
from pickup_resolve.journal import Journal
from pickup_resolve.readback import ReadBack
from pickup_resolve.removal import remove, sweep
from pickup_resolve.settings import PlaceSettings
from pickup_resolve.snapshot import Snapshot, Stand
from pickup_resolve.sound import link, sounds
from pickup_resolve.takes import Chosen, offer, put_back, shows
from pickup_resolve.view import edit_page
from pickup_resolve.wanted import Wanted, aim, find_own

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pickup.cut.placement import Placement
    from pickup_resolve.api import Folder, Resolve, Timeline, TimelineItem

_TRIES = 2


@dataclass(slots=True)
class Outcome:
    """What came of a placement.

    Attributes:
        landed: names of the clips that stand where they belong.
        failed: why each other one does not, by the shot's name.
        notes: what the user should know besides.
        journal: of what was placed, for taking it back.
    """

    landed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    journal: Journal | None = None

    def note(self, notes: Iterable[str]) -> None:
        """Keep sentences, each once."""
        self.notes += [one for one in dict.fromkeys(notes) if one not in self.notes]


def place(
    resolve: Resolve,
    timeline: Timeline,
    placements: Sequence[Placement],
    settings: PlaceSettings | None = None,
    takes: Path | None = None,
) -> Outcome:
    """Place clips on a timeline, which becomes the current one.

    Args:
        resolve: the program.
        timeline: of the open project.
        placements: in frames of the timeline, from its start.
        settings: the user's.
        takes: the project's folder of takes, of which the timeline's duplicate has its part.

    Raises:
        ResolveError: nothing was placed, and the timeline stands as it stood; or, if it says so,
            it could not be brought back.
    """
    with edit_page(resolve, timeline):
        settings = settings or PlaceSettings()
        return _Transaction(resolve, timeline, placements, settings, takes).run()


class _Transaction:
    """From the first look to the last."""

    def __init__(
        self,
        resolve: Resolve,
        timeline: Timeline,
        placements: Sequence[Placement],
        settings: PlaceSettings,
        takes: Path | None,
    ) -> None:
        self.resolve = resolve
        self.settings = settings
        self.manager = resolve.manager()
        self.project = self.manager.open_project()
        self.pool = self.project.pool()
        self.timeline = timeline
        ensure_current(self.project, timeline)
        start = timeline.start()
        self.wanted = [Wanted(p, start + p.start, start + p.end) for p in placements]
        self.before = Snapshot.take(timeline)
        self.readback = ReadBack(timeline, self.before)
        self.backup = Backup(self.project, timeline, takes)
        self.dressed: set[Stand] = set()
        self.grown: set[str] = set()
        self.outcome = Outcome()

    def run(self) -> Outcome:
        for wanted in aim(self.timeline, self.before, self.wanted):
            self._give_up(wanted)
        if self.wanted:
            self._transact()
        return self.outcome

    def _transact(self) -> None:
        self.journal = Journal(
            project=self.project.id(),
            timeline=self.timeline.id(),
            timeline_name=self.timeline.name(),
            before=[stand.id for stand in self.before.items],
            ranges=[list(stand.range) for stand in self.before.items],
            clips={w.shot: [str(t.path) for t in w.placement.takes] for w in self.wanted},
            tracks=dict(self.before.tracks),
        )
        self.journal.write()
        try:
            self._try()
        except LostError:
            raise  # The journal stays: the next start tries again.
        except ResolveError:
            self.journal.close()
            raise
        self.journal.close()
        self.outcome.journal = self.journal

    def _try(self) -> None:
        try:
            with media_bin.inside(self.pool, self.settings.bin) as folder:
                if self.settings.backup:
                    self.backup.make(self.journal.timeline_name)
                    self.journal.backup = self.backup.name
                    self.journal.write()
                self._fill(folder)
        except ResolveError as error:
            self._undo(error)

    def _fill(self, folder: Folder) -> None:
        self._import(folder)
        self._retake()
        self._make_track()
        new = [wanted for wanted in self.wanted if wanted.stand is None]
        self.wanted += sounds(self.timeline, self.before, new)
        self.grown = {w.kind for w in self.wanted if w.track > self.before.tracks[w.kind]}
        for number in range(_TRIES):
            if number:  # The editor may have gone elsewhere meanwhile.
                self.resolve.open_page(EDIT_PAGE)
                ensure_current(self.project, self.timeline)
            self._append(self._missing())
            self.readback.look(self.wanted)
            self._dress()
            self._save()
            self.readback.look(self.wanted)
            if not self._missing():
                break
        self._close()

    def _close(self) -> None:
        """What has not come is given up, and what was made for it taken away."""
        given_up = self._missing()
        for wanted in given_up:
            if wanted.kind == "video":
                self._give_up(wanted)
        self._silence()
        for wanted in self._missing():
            self._give_up(wanted)
        self._check_retakes()
        self.outcome.landed = [w.placement.name for w in self.wanted if w.kind == "video"]
        swept = self._sweep_tracks()
        if given_up or swept:
            self.manager.save()  # What was removed at the end is gone from the file as well.
        if not self.outcome.landed:
            self.backup.drop()
        elif self.backup.name:
            self.outcome.note([f"The timeline as it was is kept as “{self.backup.name}”."])

    def _save(self) -> None:
        if not self.manager.save():
            self.outcome.note(["Resolve does not say that it saved the project; save it by hand."])

    def _missing(self) -> list[Wanted]:
        return [wanted for wanted in self.wanted if wanted.stand is None]

    def _give_up(self, wanted: Wanted) -> None:
        if wanted.kind == "audio":
            self.outcome.note([f"{wanted.shot} is there without its sound: {wanted.reason}."])
        else:
            self.outcome.failed[wanted.shot] = wanted.reason
        self.wanted = [one for one in self.wanted if one is not wanted]

    def _import(self, folder: Folder) -> None:
        notes: list[str] = []
        takes = [take for wanted in self.wanted for take in wanted.placement.takes]
        known = media_bin.import_all(self.pool, takes)
        scene = self.journal.timeline_name
        for wanted in list(self.wanted):
            try:
                for number, take in enumerate(wanted.placement.takes):
                    media, rate = media_bin.imported(self.pool, folder, take, known)
                    self.readback.media.append(media)
                    self.readback.names.add(take.path.name)
                    wanted.media.append(media)
                    if number == wanted.placement.active:
                        wanted.rate = rate
                    notes += media_bin.describe(media, take, wanted.placement, scene)
            except ResolveCallError:
                raise
            except ResolveError as error:
                wanted.reason = str(error).rstrip(".")
                self._give_up(wanted)
        self.outcome.note(notes)

    def _retake(self) -> None:
        """A shot that stands already on exactly these frames gets its new takes there."""
        for wanted in self.wanted:
            if wanted.track == 0:
                find_own(wanted, self.before)
            if wanted.item is not None:
                wanted.stand = self.before.stand_of(wanted.item)
                self.journal.keep(wanted.stand, Chosen.of(wanted.item))
        if self.journal.retakes:
            self.journal.write()
        for wanted in list(self.wanted):
            if wanted.item is not None and wanted.stand is not None:
                wanted.reason = offer(wanted.item, wanted.placement, wanted.media)
                self.dressed.add(wanted.stand)
                if wanted.reason:
                    self._give_up(wanted)

    def _silence(self) -> None:
        """A sound does not stay without its picture."""
        shown = {wanted.shot for wanted in self.wanted if wanted.kind == "video"}
        if any(wanted.shot not in shown for wanted in self.wanted):
            self.wanted = [wanted for wanted in self.wanted if wanted.shot in shown]
            self.readback.look(self.wanted)

    def _check_retakes(self) -> None:
        """A take that was chosen before the save is still chosen after it."""
        for wanted in list(self.wanted):
            retaken = wanted.kind == "video" and wanted.stand in self.before.items
            if retaken and wanted.item is not None and not shows(wanted.item, wanted.active.id()):
                wanted.reason = "Resolve did not keep the chosen take when it saved"
                self._give_up(wanted)

    def _make_track(self) -> None:
        """The new top track, for those that have no hole to fill, or ours from before."""
        above = [wanted for wanted in self.wanted if wanted.track == 0]
        if not above:
            return
        top = self.before.tracks["video"]
        if not self._is_ours(top, above):
            self.timeline.add_track("video")
            if self.timeline.tracks("video") == top:
                # An append to the track above the last one makes it.
                self.outcome.note(["Resolve added no track when asked; the first clip makes it."])
            else:
                self.timeline.name_track("video", top + 1, TRACK_NAME)
            top += 1
        for wanted in above:
            wanted.track = top

    def _is_ours(self, track: int, above: Sequence[Wanted]) -> bool:
        """Whether a track is one of ours on which all these clips can stand, and be seen."""
        return (
            not any(self.before.overlapping("video", track, w.start, w.end) for w in above)
            and self.timeline.track_name("video", track) == TRACK_NAME
            and self.timeline.is_enabled("video", track)
            and not self.timeline.is_locked("video", track)
        )

    def _append(self, missing: Sequence[Wanted]) -> None:
        answered: list[TimelineItem] = []
        for wanted in missing:
            if self.readback.is_free(wanted):
                made = self.pool.append(wanted.clip_info(self.resolve.build))
                # Hints, and no proof: it may say so of an item that is not there.
                end = made[0].end() if made else None
                wanted.learn(wanted.end if end is None else end)
                answered += made
            else:
                wanted.reason = "something else stands there in Resolve; read the timeline again"

        if answered:
            self._stay(answered)

    def _stay(self, answered: Sequence[TimelineItem]) -> None:
        """Clips go onto the current timeline: where that is another one, they are taken off it.

        Raises:
            ResolveError: the editor has opened another timeline meanwhile.
        """
        current = self.project.timeline()
        if current is None or current.id() == self.journal.timeline:
            return
        ids = {item.id() for item in answered} - {""}
        there = Snapshot.take(current)
        remove(current, [item for stand, item in there.items.items() if stand.id in ids])
        raise ResolveError(
            f"“{current.name()}” was opened in Resolve while clips were placed on "
            f"“{self.journal.timeline_name}”. Should clips of Pickup stand there, remove them, "
            "then run again."
        )

    def _dress(self) -> None:
        link(self.timeline, self.wanted)
        for wanted in self.wanted:
            stand, item = wanted.stand, wanted.item
            if wanted.kind == "audio" or item is None or stand is None or stand in self.dressed:
                continue
            self.dressed.add(stand)
            self.outcome.note(dress(item, wanted.placement, self.settings))
            if len(wanted.media) > 1:
                problem = offer(item, wanted.placement, wanted.media)
                self.outcome.note([f"{wanted.shot}: {problem}."] if problem else [])

    def _sweep_tracks(self) -> bool:
        """Take our new tracks away again where nothing came onto them; whether there were any."""
        before = self.before.tracks
        swept = [sweep(self.timeline, kind, before[kind]) for kind in sorted(self.grown)]
        return any(swept)

    def _undo(self, cause: ResolveError) -> NoReturn:
        """Bring the timeline back, then raise what happened, and what has come of it."""
        try:
            elsewhere = self._return()
            said = self._bring_back()
            self.manager.save()
            if elsewhere is not None:
                self.project.make_current(elsewhere)
        except ResolveError as error:
            raise LostError(f"{cause} The timeline could not be brought back: {error}") from cause
        raise ResolveError(f"{cause} {said}") from cause

    def _bring_back(self) -> str:
        """Take our clips off, and where that is not enough, turn to the duplicate; what came of it.

        Raises:
            ResolveError: the timeline is not as it was.
        """
        self.grown = {"video", "audio"}
        clean = put_back(self.before, self.journal.kept()) and self.readback.clear()
        self._sweep_tracks()
        if clean:
            self.backup.drop()
            return "The timeline is as it was before."
        if self.backup.shows(self.readback.now):
            self.backup.drop()
            return "Pickup's clips are off again, and the rest is as you left it."
        kept = self.backup.restore(self.before)
        return f"The timeline is as it was before. What it had become is kept as “{kept}”."

    def _return(self) -> Timeline | None:
        """Go back to our timeline, where alone it can be undone; the one that the editor is on.

        Raises:
            ResolveError: Resolve does not go there.
        """
        self.resolve.open_page(EDIT_PAGE)
        current = self.project.timeline()
        ensure_current(self.project, self.timeline)
        ours = current is None or current.id() == self.journal.timeline
        return None if ours else current
