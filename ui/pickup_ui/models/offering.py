"""Tells a host that has a button for placing what it would place; nothing is placed unasked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pickup_ui.hosts import Offers
from pickup_ui.qt import QObject, QTimer
from pickup_ui.strings import tr
from pickup_ui.tasks import WRITES

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.hosts.base import Change
    from pickup_ui.models.placement import Placement
    from pickup_ui.models.session import Session

_LOOK_MS = 150
"""After the last of several changes, such as undo makes."""


class Offering(QObject):
    """Keeps what the open cut's host offers at what is chosen and not placed yet."""

    def __init__(
        self, session: Session, placement: Placement, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._placement = session, placement
        self._again = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._again.timeout.connect(self._look)
        session.opening.connect(self._withdraw)
        for changed in (session.opened_changed, session.shot_changed, session.failed):
            changed.connect(self._later)
        # What was agreed to is used up, whatever came of it.
        for over in (placement.placed, placement.taken_back, placement.failed):
            over.connect(self._later)

    @property
    def _host(self) -> Offers | None:
        opened = self._session.opened
        return opened.host if opened is not None and isinstance(opened.host, Offers) else None

    def _later(self, _: object = None) -> None:
        if self._host is not None:
            self._again.start()

    def _withdraw(self, _: object = None) -> None:
        """Another cut is being opened: the one before is placed no more from outside."""
        self._again.stop()
        host = self._host
        if host is not None:
            nobody: Callable[[Callable[[str], None]], None] = lambda refused: None  # noqa: E731
            self._session.tasks.run(partial(host.offer, (), nobody), lane=WRITES)

    def _look(self) -> None:
        """Offer what there is now, behind what is still being written of it."""
        host = self._host
        if host is None:
            return
        opened = self._session.snapshot()

        def look() -> None:
            from pickup_ui.work.placing import not_placed, propose

            changes = propose(opened, not_placed(opened)).changes
            host.offer(changes, lambda refused: self._agreed(host, changes, refused))

        self._session.tasks.run(look, None, self._session.tasks.failed.emit, lane=WRITES)

    def _agreed(
        self, host: Offers, changes: tuple[Change, ...], refused: Callable[[str], None]
    ) -> None:
        """From any thread: the user has agreed to these changes in the host."""

        def refuse(sentence: str) -> None:
            self._session.tasks.run(partial(refused, sentence), lane=WRITES)

        def place() -> None:
            if self._host is host:
                self._placement.place_agreed(changes, refuse)
            else:
                refuse(tr("Another cut is open in Pickup now; nothing was placed."))

        self._session.tasks.post(place)
