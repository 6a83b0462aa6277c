"""Placing the chosen takes: the list of what will change, the doing, the way back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pickup_ui.hosts import Settles
from pickup_ui.qt import QObject, Signal
from pickup_ui.tasks import WRITES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pickup.hosts.base import Change
    from pickup_ui.models.session import Session
    from pickup_ui.work.opening import Opened
    from pickup_ui.work.placing import Placed, Proposal


class Placement(QObject):
    """What can be placed.

    Signals:
        proposed: exactly what would change; a `Proposal`.
        placed: it is done; a `Placed`.
        taken_back: the last placing is undone.
        failed: a sentence for the user.
    """

    proposed = Signal(object)
    placed = Signal(object)
    taken_back = Signal()
    failed = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.last: Placed | None = None
        self._before: dict[str, str] = {}
        self._out_before = ""
        session.opening.connect(lambda _: self._forget())
        session.opened_changed.connect(self._forget)

    def propose(self) -> None:
        """Look what would change; nothing is written."""
        opened = self._session.snapshot()

        def look() -> Proposal:
            from pickup_ui.work.placing import chosen, propose

            return propose(opened, chosen(opened, opened.state.rejected))

        # Behind what is still being written of the takes chosen a moment ago; so is the placing.
        self._session.tasks.run(look, self.proposed.emit, self.failed.emit, lane=WRITES)

    def place(self) -> None:
        """Write the chosen takes into the cut."""
        opened = self._session.snapshot()

        def write() -> Placed:
            from pickup_ui.work.placing import chosen, place

            return place(opened, chosen(opened, opened.state.rejected))

        done = partial(self._placed, opened)
        self._session.tasks.run(write, done, self.failed.emit, lane=WRITES)

    def place_agreed(self, changes: Sequence[Change], refused: Callable[[str], None]) -> None:
        """Write exactly these, which the user has agreed to in the host, or say why not."""
        opened = self._session.snapshot()

        def write() -> Placed:
            from pickup_ui.work.placing import place_agreed

            return place_agreed(opened, changes)

        def failed(sentence: str) -> None:
            refused(sentence)
            self.failed.emit(sentence)

        self._session.tasks.run(write, partial(self._placed, opened), failed, lane=WRITES)

    @property
    def can_take_back(self) -> bool:
        if self.last is None:
            return False
        from pickup_ui.work.placing import can_take_back

        return can_take_back(self.last)

    def take_back(self) -> None:
        """Undo the last placing."""
        if self.last is None:
            return
        from pickup_ui.work.placing import take_back

        back, done = partial(take_back, self.last), partial(self._back, self._session.snapshot())
        self._session.tasks.run(back, lambda _: done(), self.failed.emit, lane=WRITES)

    def _shows(self, cut: Opened) -> bool:
        """Whether a cut is still the one that is open: the shots of others are called alike."""
        now = self._session.opened
        return now is not None and (now.folder, now.cut.name) == (cut.folder, cut.cut.name)

    def _placed(self, cut: Opened, placed: Placed) -> None:
        session = self._session
        if self._shows(cut):
            self._before = {s.id: s.placed for s in session.shots.values()}
            self._out_before = session.out
            self.last = placed
            session.out = str(placed.written.path) if placed.written.path else session.out
            self._mark(placed.takes)
        self.placed.emit(placed)
        if isinstance(placed.host, Settles):
            post = session.tasks.post
            told = lambda failed: post(partial(self._settled, placed, failed))  # noqa: E731
            placed.host.settle(placed.written, told)

    def _settled(self, placed: Placed, failed: Mapping[str, str]) -> None:
        """What the host could not place after all is chosen, as before, and no more."""
        if self.last is placed:
            self._mark({s: self._before.get(s, "") for s in placed.takes if s in failed})

    def _back(self, cut: Opened) -> None:
        if self._shows(cut):
            self._session.out = self._out_before
            self._mark(self._before)
            self._forget()
        self.taken_back.emit()

    def _mark(self, placed: dict[str, str]) -> None:
        for shot, take in placed.items():
            state = self._session.state_of(shot)
            if state is not None and state.placed != take:
                state.placed = take
                self._session.shot_changed.emit(shot)
        self._session.touch(plan=True)

    def _forget(self) -> None:
        self.last = None
        self._before = {}
