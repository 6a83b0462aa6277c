"""Clips onto the timeline, as one transaction: placed to the frame and read back, or undone.

What Resolve answers to an append is not believed. After each batch the whole timeline is read
again, and again after the save: a clip has landed when an item of ours, and no other, stands on
exactly its frames. What is missing is tried once more, what stands elsewhere is removed, and if
anything has moved that was there before, the timeline is brought back to what it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from pickup.cut.placement import TRACK_NAME
from pickup_resolve import bin as media_bin
from pickup_resolve.api import EDIT_PAGE
from pickup_resolve.backup import ensure_current, make_backup, restore
from pickup_resolve.dressing import dress
from pickup_resolve.errors import LostError, MovedError, ResolveCallError, ResolveError
from pickup_resolve.journal import Journal
from pickup_resolve.removal import remove, remove_ours
from pickup_resolve.settings import PlaceSettings
from pickup_resolve.snapshot import Range, Snapshot, Stand
from pickup_resolve.sound import link, sounds
from pickup_resolve.takes import offer
from pickup_resolve.wanted import Wanted, aim, find_own

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pickup.cut.placement import Placement
    from pickup_resolve.api import Folder, MediaItem, Resolve, Timeline, TimelineItem

_TRIES = 2
_SLIPS = 2
"""Frames that Resolve may round a clip's length by; what is more has another cause."""


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


def place(
    resolve: Resolve,
    timeline: Timeline,
    placements: Sequence[Placement],
    settings: PlaceSettings | None = None,
) -> Outcome:
    """Place clips on a timeline, which becomes the current one.

    Raises:
        ResolveError: nothing was placed, and the timeline stands as it stood; or, if it says so,
            it could not be brought back.
    """
    return _Transaction(resolve, timeline, placements, settings or PlaceSettings()).run()


class _Transaction:
    """From the first look to the last. `before` is what nothing may differ from."""

    def __init__(
        self,
        resolve: Resolve,
        timeline: Timeline,
        placements: Sequence[Placement],
        settings: PlaceSettings,
    ) -> None:
        self.resolve = resolve
        self.settings = settings
        self.manager = resolve.manager()
        self.project = resolve.project()
        self.pool = self.project.pool()
        self.timeline = timeline
        start = self.timeline.start()
        self.wanted = [Wanted(p, start + p.start, start + p.end) for p in placements]
        self.before = Snapshot()
        self.backup: Timeline | None = None
        self.media: list[MediaItem] = []
        self.checked: set[Stand] = set()
        self.dressed: set[Stand] = set()
        self.restless: set[Range] = set()
        self.grown: set[str] = set()
        self.outcome = Outcome()

    def run(self) -> Outcome:
        page = self.resolve.page()
        self.resolve.open_page(EDIT_PAGE)
        playhead = self.timeline.timecode()
        try:
            ensure_current(self.project, self.timeline)
            self.before = Snapshot.take(self.timeline)
            for wanted in aim(self.timeline, self.before, self.wanted):
                self._give_up(wanted)
            if self.wanted:
                self._transact()
        finally:
            if playhead:
                self.timeline.go_to(playhead)  # Changing timelines has moved it.
            if page and page != EDIT_PAGE:
                self.resolve.open_page(page)
        return self.outcome

    def _transact(self) -> None:
        journal = Journal(
            project=self.project.id(),
            timeline=self.timeline.id(),
            timeline_name=self.timeline.name(),
            before=sorted(self.before.ids()),
            clips={w.shot: [str(t.path) for t in w.placement.takes] for w in self.wanted},
            video_tracks=self.before.tracks["video"],
        )
        journal.write()
        try:
            self._try(journal)
        except LostError:
            raise  # The journal stays: the next start tries again.
        except ResolveError:
            journal.close()
            raise
        journal.close()
        self.outcome.journal = journal

    def _try(self, journal: Journal) -> None:
        try:
            with media_bin.inside(self.pool, self.settings.bin) as folder:
                if self.settings.backup:
                    self.backup = make_backup(self.project, self.timeline)
                    journal.backup = self.backup.name()
                    journal.write()
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
        for _ in range(_TRIES):
            missing = self._missing()
            if not missing:
                break
            for wanted in missing:
                self._append(wanted)
            self._look()
            self._dress()
            self._save()
            self._look()
        if self._missing():
            self.manager.save()  # What was removed at the end is gone from the file as well.
        for wanted in list(self.wanted):
            if wanted.stand is None:
                self._give_up(wanted)
        self.outcome.landed = [w.placement.name for w in self.wanted if w.kind == "video"]
        self._sweep_tracks()
        if not self.outcome.landed:
            self._drop_backup()
        elif self.backup is not None:
            self._note([f"The timeline as it was is kept as “{self.backup.name()}”."])

    def _save(self) -> None:
        if not self.manager.save():
            self._note(["Resolve does not say that it saved the project; save it by hand."])

    def _missing(self) -> list[Wanted]:
        return [wanted for wanted in self.wanted if wanted.stand is None]

    def _give_up(self, wanted: Wanted) -> None:
        if wanted.kind == "audio":
            self._note([f"{wanted.shot} is there without its sound: {wanted.reason}."])
        else:
            self.outcome.failed[wanted.shot] = wanted.reason
        self.wanted = [one for one in self.wanted if one is not wanted]

    def _import(self, folder: Folder) -> None:
        notes: list[str] = []
        takes = [take for wanted in self.wanted for take in wanted.placement.takes]
        known = media_bin.import_all(self.pool, takes)
        for wanted in list(self.wanted):
            try:
                for number, take in enumerate(wanted.placement.takes):
                    media, rate = media_bin.imported(self.pool, folder, take, known)
                    self.media.append(media)
                    wanted.media.append(media)
                    if number == wanted.placement.active:
                        wanted.rate = rate
                    notes += media_bin.describe(media, take, wanted.placement)
            except ResolveCallError:
                raise
            except ResolveError as error:
                wanted.reason = str(error).rstrip(".")
                self._give_up(wanted)
        self._note(notes)

    def _retake(self) -> None:
        """A shot that stands already on exactly these frames gets its new takes there."""
        for wanted in list(self.wanted):
            if wanted.track == 0:
                find_own(wanted, self.before)
            if wanted.item is None:
                continue
            problem = offer(wanted.item, wanted.placement, wanted.media)
            if problem:
                wanted.reason = problem
                self._give_up(wanted)
                continue
            stand = next(s for s, item in self.before.items.items() if item is wanted.item)
            wanted.stand = stand
            self.dressed.add(stand)

    def _make_track(self) -> None:
        """The new top track, for those that have no hole to fill, or ours from before."""
        above = [wanted for wanted in self.wanted if wanted.track == 0]
        if not above:
            return
        top = self.before.tracks["video"]
        free = not any(self.before.overlapping("video", top, w.start, w.end) for w in above)
        if not (free and self.timeline.track_name("video", top) == TRACK_NAME):
            self.timeline.add_track("video")
            if self.timeline.tracks("video") == top:
                # An append to the track above the last one makes it.
                self._note(["Resolve added no track when asked; the first clip makes it."])
            else:
                self.timeline.name_track("video", top + 1, TRACK_NAME)
            top += 1
        for wanted in above:
            wanted.track = top

    def _append(self, wanted: Wanted) -> None:
        made = self.pool.append(wanted.clip_info(self.resolve.build))
        end = made[0].end() if made else None
        if end is not None and end != wanted.end:
            self._learn(wanted, made[0], end)

    def _learn(self, wanted: Wanted, item: TimelineItem, end: int) -> None:
        """Correct the next try by how much this one fell short or went over."""
        start = item.start()
        if start == wanted.start:
            wanted.reason = f"Resolve made it {end - wanted.start} frames long"
            if abs(wanted.end - end) <= _SLIPS:
                wanted.longer += wanted.end - end
        elif start is not None:
            wanted.reason = f"Resolve put it on frame {start} in place of {wanted.start}"
        remove(self.timeline, [item])

    def _look(self) -> None:
        """Read everything back.

        Raises:
            MovedError: something that was there is not where it was.
        """
        now = Snapshot.take(self.timeline)
        if self._settle(now):
            now = Snapshot.take(self.timeline)
            if left := self._settle(now):
                names = ", ".join(f"{s.kind} {s.track} at {s.start}" for s in left[:3])
                raise ResolveError(
                    f"Resolve does not remove what it put in wrong places ({names})."
                )

    def _settle(self, now: Snapshot) -> list[Stand]:
        """Find what landed, remove what landed wrong; the stands that had to be removed."""
        moved = self._moved(now)
        if moved:
            one = moved[0]
            raise MovedError(
                f"Placing a clip has moved {len(moved)} that stood on the timeline, first the one "
                f"on {one.kind} track {one.track} at frame {one.start}."
            )
        added = list(now.added(self.before))
        for wanted in self.wanted:
            if wanted.item is not None and wanted.stand in self.before.items:
                continue  # a retake, in its old place
            stands = [stand for stand in added if self._is_right(wanted, stand, now)]
            wanted.stand = stands[0] if stands else None
            wanted.item = now.items[stands[0]] if stands else None
        right = {wanted.stand for wanted in self.wanted}
        return remove_ours(self.timeline, now, [s for s in added if s not in right], self.media)

    def _moved(self, now: Snapshot) -> list[Stand]:
        """What is not where it was; an id that changes by itself is no sign of that."""
        standing = {one.range for one in now.items}
        moved = now.moved(self.before, self.restless & standing)
        if moved:
            self.restless |= now.restless(Snapshot.take(self.timeline))
            moved = now.moved(self.before, self.restless & standing)
        return moved

    def _is_right(self, wanted: Wanted, stand: Stand, now: Snapshot) -> bool:
        if not wanted.is_at(stand):
            return False
        if stand in self.checked:
            return True
        if not wanted.shows_right(now.items[stand]):
            wanted.reason = "Resolve began it with another frame than it was told"
            return False
        self.checked.add(stand)
        return True

    def _dress(self) -> None:
        link(self.timeline, self.wanted)
        for wanted in self.wanted:
            stand, item = wanted.stand, wanted.item
            if wanted.kind == "audio" or item is None or stand is None or stand in self.dressed:
                continue
            self.dressed.add(stand)
            self._note(dress(item, wanted.placement, self.settings))
            self._add_takes(wanted)

    def _add_takes(self, wanted: Wanted) -> None:
        if wanted.item is not None and len(wanted.media) > 1:
            problem = offer(wanted.item, wanted.placement, wanted.media)
            self._note([f"{wanted.shot}: {problem}."] if problem else [])

    def _note(self, notes: Iterable[str]) -> None:
        for note in notes:
            if note not in self.outcome.notes:
                self.outcome.notes.append(note)

    def _sweep_tracks(self) -> None:
        """Take our new tracks away again where nothing came onto them."""
        for kind in ("video", "audio"):
            count = self.timeline.tracks(kind) if kind in self.grown else 0
            if count > self.before.tracks[kind] and not self.timeline.items(kind, count):
                self.timeline.delete_track(kind, count)

    def _undo(self, cause: ResolveError) -> NoReturn:
        """Bring the timeline back, then raise what happened, and what has come of it."""
        try:
            now = Snapshot.take(self.timeline)
            if remove_ours(self.timeline, now, list(now.added(self.before)), self.media):
                now = Snapshot.take(self.timeline)
            self._sweep_tracks()
            clean = not self._moved(now)
            if not clean and self.backup is not None:
                restore(self.project, self.timeline, self.backup, self.before)
            elif clean:
                self._drop_backup()
            self.manager.save()
        except ResolveError as error:
            raise LostError(f"{cause} The timeline could not be brought back: {error}") from cause
        if clean or self.backup is not None:
            raise ResolveError(f"{cause} The timeline is as it was before.") from cause
        raise LostError(
            f"{cause} The timeline is not as it was, and there is no duplicate of it. "
            "Undo in Resolve, or reload the project without saving."
        ) from cause

    def _drop_backup(self) -> None:
        if self.backup is not None:
            self.pool.delete_timeline(self.backup)
