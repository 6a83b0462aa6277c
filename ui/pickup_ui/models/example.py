"""The first run: the example opened, filled and placed in one go, without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.home import home
from pickup_ui.hosts import host_of
from pickup_ui.qt import QObject, Signal

if TYPE_CHECKING:
    from pathlib import Path

    from pickup_ui.models.orders import Orders
    from pickup_ui.models.placement import Placement
    from pickup_ui.models.session import Session
    from pickup_ui.work.placing import Placed


class Example(QObject):
    """Draws the example, and goes the whole way with the local model.

    Signals:
        done: it is filled; the file written.
        failed: a sentence for the user.
    """

    done = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        session: Session,
        orders: Orders,
        placement: Placement,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._orders, self._placement = session, orders, placement
        self._cut: Path | None = None
        session.opened_changed.connect(self._opened)
        orders.finished.connect(self._made)
        placement.placed.connect(self._placed)
        for step in (session, placement):
            step.failed.connect(lambda _: self._broke_off())

    @property
    def running(self) -> bool:
        return self._cut is not None

    def fill(self) -> None:
        """The whole way; `done` or `failed` follows."""
        folder = home() / "example"

        def draw() -> Path:
            from pickup_ui.work.example import make_example

            return make_example(folder)

        self._session.opening.emit("harbour.otio")
        self._session.tasks.run(draw, self._drawn, self.failed.emit)

    def _drawn(self, cut: Path) -> None:
        self._cut = cut
        self._session.open(host_of(cut))

    def _broke_off(self) -> None:
        """What the user orders of it later is the user's own to judge and place."""
        self._cut = None

    def _mine(self) -> bool:
        opened = self._session.opened
        return self._cut is not None and opened is not None and opened.host.cut_path == self._cut

    def _opened(self) -> None:
        if not self._mine():
            return
        session = self._session
        for state in session.shots.values():
            session.edit(state.id, "", model="animatic")
        session.undo.clear()
        if self._orders.orderable():
            self._orders.order_wanted()
        else:
            self._made()

    def _made(self) -> None:
        if not self._mine():
            return
        for state in self._session.shots.values():
            if state.takes and state.chosen is None:
                self._session.choose(state.id, state.takes[-1].record.take)
        self._placement.place()

    def _placed(self, placed: Placed) -> None:
        if self._mine():
            self._cut = None
            self.done.emit(str(placed.written.path))
