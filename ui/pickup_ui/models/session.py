"""The cut that is open: its gaps, which one is looked at, and everything that can be done to it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pickup.fill.takes import take_name
from pickup.hosts.base import HasPlayhead
from pickup.shots.wording import from_neighbours, full_text
from pickup_ui.hosts import Settles
from pickup_ui.models.edits import EditShot, Swap
from pickup_ui.models.shot_state import ShotState, Status
from pickup_ui.qt import QObject, QTimer, QUndoStack, Signal
from pickup_ui.strings import tr
from pickup_ui.tasks import WRITES
from pickup_ui.work.reels import ReelMaker
from pickup_ui.work.state import PanelState, write_state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pickup.fill.takes import Take
    from pickup.hosts.base import Host
    from pickup.shots.request import ShotRequest
    from pickup_ui.models.settings import Settings
    from pickup_ui.tasks import Tasks
    from pickup_ui.work.opening import Opened

_SAVE_MS = 400


class Session(QObject):
    """One open cut.

    Attributes:
        opened: the cut, or None.
        shots: by id, in the order of the cut.
        undo: every edit and judgement; emptied when another cut is opened.

    Signals:
        opening: a cut is being read; its file's name.
        opened_changed: another cut is open, or the same was read anew.
        failed: a sentence for the user.
        shot_changed: the shot of this id is another one now.
        current_changed: another gap is looked at; its shot's id, or empty.
        playhead_changed: frame counted from the sequence's start.
        selection_changed: other shots are wanted.
    """

    opening = Signal(str)
    opened_changed = Signal()
    failed = Signal(str)
    shot_changed = Signal(str)
    current_changed = Signal(str)
    playhead_changed = Signal(int)
    selection_changed = Signal()

    def __init__(self, tasks: Tasks, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.settings = settings
        self.undo = QUndoStack(self)
        self.opened: Opened | None = None
        self.shots: dict[str, ShotState] = {}
        self.current = ""
        self.playhead = 0
        self.out = ""
        self._reels: ReelMaker | None = None
        self._order: list[str] = []
        self._index: dict[str, int] = {}
        self._plan_touched = False
        self._saving = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._saving.timeout.connect(self._save_aside)

    # Opening and keeping.

    def open(self, host: Host, sequence: str = "") -> None:
        """Read a host's cut, off the UI thread; `opened_changed` or `failed` follows."""
        self.save()
        self.opening.emit(host.cut_path.name)
        preferences = self.settings.preferences()

        def read() -> Opened:
            from pickup_ui.work.opening import open_cut

            return open_cut(host, preferences, sequence)

        self.tasks.run(read, self.show, self.failed.emit)

    def show(self, opened: Opened) -> None:
        """Show a cut that was read."""
        state = opened.state
        self.opened = opened
        self.undo.clear()
        self.out = state.out
        self._plan_touched = False
        self._reels = ReelMaker(opened)
        self.shots = {
            shot.id: ShotState(
                gap=opened.gaps[shot.gap.id],
                shot=shot,
                wanted=shot.id not in state.unwanted and shot.id not in opened.standing,
                takes=opened.takes.get(shot.id, ()),
                rejected={n for n in state.rejected if n.rpartition("_t")[0] == shot.id},
                placed=_placed(opened, shot.id),
            )
            for shot in opened.shots
        }
        self._order = list(self.shots)
        self._index = {shot: row for row, shot in enumerate(self._order)}
        self.current = ""
        self.opened_changed.emit()
        if self._order:
            self.go_to(state.shot if state.shot in self.shots else self._order[0])
        else:
            self.current_changed.emit("")
        self._saving.stop()  # Who only looks leaves nothing beside the cut.
        self.find_playhead()

    @property
    def has_playhead(self) -> bool:
        """Whether the host can be asked where its playhead stands."""
        return self.opened is not None and isinstance(self.opened.host, HasPlayhead)

    def find_playhead(self) -> None:
        """Go to the shot whose clip the host's playhead stands on, if it is one of ours."""
        host = self.opened.host if self.opened is not None else None
        if isinstance(host, HasPlayhead):
            self.tasks.run(host.shot_at_playhead, self.go_to, self.failed.emit)

    def save(self) -> None:
        """Write down what has been edited, now; asked when the panel closes."""
        if self._saving.isActive():
            self._saving.stop()
            for write in self._unsaved():
                write()

    def state(self) -> PanelState:
        """What the panel remembers of this cut."""
        assert self.opened is not None
        return PanelState(
            sequence=self.opened.cut.name,
            shot=self.current,
            unwanted=frozenset(s.id for s in self.shots.values() if not s.wanted),
            rejected=frozenset(name for s in self.shots.values() for name in s.rejected),
            placed={s.id: s.placed for s in self.shots.values() if s.placed},
            out=self.out,
        )

    def snapshot(self) -> Opened:
        """The cut with shots, takes and state as they are now, for an op."""
        assert self.opened is not None
        return replace(
            self.opened,
            shots=tuple(s.shot for s in self.shots.values()),
            takes={s.id: s.takes for s in self.shots.values() if s.takes},
            state=self.state(),
        )

    def touch(self, *, plan: bool = False) -> None:
        """Something is to be kept; it is written a moment later."""
        self._plan_touched = self._plan_touched or plan
        self._saving.start()

    def _unsaved(self) -> list[Any]:
        if self.opened is None:
            return []
        from pickup_ui.work.opening import save_plan

        opened = self.snapshot()
        writes: list[Any] = [partial(write_state, opened.folder, opened.state)]
        if self._plan_touched:
            writes.insert(0, partial(save_plan, opened, opened.shots))
        self._plan_touched = False
        return writes

    def _save_aside(self) -> None:
        for write in self._unsaved():
            self.tasks.run(write, None, self.failed.emit, lane=WRITES)

    # Moving about.

    @property
    def ids(self) -> list[str]:
        """Shot ids in the order of the cut."""
        return self._order

    def row(self, shot: str) -> int:
        return self._index.get(shot, -1)

    def state_of(self, shot: str) -> ShotState | None:
        return self.shots.get(shot)

    def go_to(self, shot: str) -> None:
        """Look at a shot; the playhead goes to its gap."""
        if shot not in self.shots:
            return
        gap = self.shots[shot].gap
        if not gap.start <= self.playhead < gap.end:
            self.set_playhead(gap.start)
        if shot != self.current:
            self.current = shot
            self.current_changed.emit(shot)
            self.touch()

    def step(self, by: int) -> None:
        """Go `by` gaps on, or back."""
        if self._order:
            row = max(0, min(len(self._order) - 1, self.row(self.current) + by))
            self.go_to(self._order[row])

    def set_playhead(self, frame: int) -> None:
        if self.opened is None:
            return
        frame = max(0, min(frame, max(0, self.opened.cut.duration - 1)))
        if frame != self.playhead:
            self.playhead = frame
            self.playhead_changed.emit(frame)

    def reels(self) -> ReelMaker:
        assert self._reels is not None
        return self._reels

    # Selecting.

    @property
    def wanted(self) -> list[ShotState]:
        """The shots that are selected, in the order of the cut."""
        return [s for s in self.shots.values() if s.wanted]

    def set_wanted(self, shots: Iterable[str], wanted: bool) -> None:
        changed = [s for s in shots if s in self.shots and self.shots[s].wanted != wanted]
        for shot in changed:
            self.shots[shot].wanted = wanted
            self.shot_changed.emit(shot)
        if changed:
            self.selection_changed.emit()
            self.touch()

    # Editing: everything goes through the undo stack.

    def edit(self, shot: str, what: str, field: str = "", **changes: Any) -> None:
        """Change fields of a shot's request; `prompt`, `words` and the like re-make its text."""
        before = self.shots[shot].shot
        after = before.model_copy(update=changes)
        if {"words", "prompt"} & set(changes) and "text" not in changes:
            after = after.model_copy(update={"text": self.text_of(after)})
        if after != before:
            self.undo.push(EditShot(self._apply, before, after, what, field))

    def text_of(self, shot: ShotRequest) -> str:
        """The whole prompt that words and slots make."""
        assert self.opened is not None
        gap = self.shots[shot.id].gap
        words = shot.words or from_neighbours(gap, self.opened.cut.rate)
        return full_text(words, shot.prompt, shot.characters)[:32_000]

    def _apply(self, shot: ShotRequest) -> None:
        state = self.shots[shot.id]
        state.shot = shot.model_copy(
            update={"first_frame": state.shot.first_frame, "last_frame": state.shot.last_frame}
        )
        state.reason = ""
        self.shot_changed.emit(shot.id)
        self.touch(plan=True)

    # Judging.

    def choose(self, shot: str, number: int | None) -> None:
        """Choose a take of a shot, or none."""
        state = self.shots[shot]
        old = state.chosen.record.take if state.chosen else None
        if number == old:
            return
        text = tr("Choose a take") if number else tr("Choose no take")
        self.undo.push(
            Swap(text, partial(self._choose, shot, number), partial(self._choose, shot, old))
        )

    def reject(self, shot: str, name: str, rejected: bool = True) -> None:
        """Turn a take down, or take that back."""
        state = self.shots[shot]
        if (name in state.rejected) == rejected:
            return
        was_chosen = state.chosen is not None and state.chosen.name == name
        number = next(t.record.take for t in state.takes if t.name == name)
        self.undo.beginMacro(tr("Reject a take") if rejected else tr("Keep a take"))
        if rejected and was_chosen:
            self.choose(shot, None)
        self.undo.push(
            Swap(
                tr("Reject a take"),
                partial(self._reject, shot, name, rejected),
                partial(self._reject, shot, name, not rejected),
            )
        )
        if not rejected and not state.chosen and len(state.takes) == 1:
            self.choose(shot, number)
        self.undo.endMacro()

    def _choose(self, shot: str, number: int | None) -> None:
        state = self.shots[shot]
        assert self.opened is not None
        folder, changed = self.opened.folder, []
        takes: list[Take] = []
        for take in state.takes:
            chosen = take.record.take == number
            # A person's choice stands for the shot as it is: no later fill orders in its place.
            now = {"chosen": chosen, "stands_for": state.shot.sha256() if chosen else ""}
            takes.append(take.model_copy(update=now))
            if takes[-1] != take:
                changed.append(takes[-1])
        state.takes = tuple(takes)

        def write() -> None:
            from pickup.fill.takes import write_take

            for take in changed:
                write_take(folder, take)

        self.tasks.run(write, None, self.failed.emit, lane=WRITES)
        self.shot_changed.emit(shot)

    def _reject(self, shot: str, name: str, rejected: bool) -> None:
        state = self.shots[shot]
        if rejected:
            state.rejected.add(name)
        else:
            state.rejected.discard(name)
        self.shot_changed.emit(shot)
        self.touch()

    def counts(self) -> dict[Status, int]:
        """How many gaps stand where."""
        result = dict.fromkeys(Status, 0)
        for state in self.shots.values():
            result[state.status] += 1
        return result


def _placed(opened: Opened, shot: str) -> str:
    """The take that stands in the cut, or was placed into its copy.

    What was placed into the cut itself and stands there no longer has been taken out by the editor.
    """
    standing = opened.standing.get(shot)
    if standing:
        return take_name(shot, standing)
    return "" if isinstance(opened.host, Settles) else opened.state.placed.get(shot, "")
