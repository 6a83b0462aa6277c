"""The foot of the panel: what is selected, what it costs and sends, and how orders are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui.models.shot_state import Status
from pickup_ui.qt import (
    QBoxLayout,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QResizeEvent,
    Qt,
    QVBoxLayout,
    QWidget,
)
from pickup_ui.strings import counted, tr
from pickup_ui.widgets.parts import Bar, Elided, button, label, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup_ui.models.orders import Orders
    from pickup_ui.models.session import Session


_NARROW = 560


class Foot(QFrame):
    """Select all, the price, one button; and while orders run, their progress."""

    def __init__(self, session: Session, orders: Orders, place: Callable[[], object]) -> None:
        super().__init__()
        self._session, self._orders = session, orders
        self.setObjectName("foot")
        self.all = QCheckBox(tr("All"))
        self.all.setTristate(True)
        self.all.setObjectName("all")
        self.all.setAccessibleName(tr("Select all gaps"))
        self.all.clicked.connect(self._toggle_all)
        self.price = Elided()
        self.order = button(tr("Order"), orders.order_wanted, "primary")
        self.place = button(tr("Place …"), place, "place")
        self.bar = Bar(tr("Progress in all"))
        self.news = label("", "dim")
        self.stop = button(tr("Stop"), orders.cancel_all, "stop")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        self._working = QWidget()
        working = QHBoxLayout(self._working)
        working.setContentsMargins(0, 0, 0, 0)
        working.setSpacing(8)
        working.addWidget(self.bar, 1)
        working.addWidget(self.news)
        working.addWidget(self.stop)
        layout.addWidget(self._working)
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._across.setSpacing(8)
        self._across.addWidget(row(self.all, self.price, spacing=12), 1)
        self._across.addWidget(row(1, self.place, self.order, spacing=8))
        layout.addLayout(self._across)
        self._working.hide()
        orders.summary_changed.connect(self.refresh)
        orders.progress.connect(self._progress)
        orders.finished.connect(self._finished)
        session.opened_changed.connect(self.refresh)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two lines where one is too short for words and buttons."""
        way = QBoxLayout.Direction
        narrow = event.size().width() < _NARROW
        self._across.setDirection(way.TopToBottom if narrow else way.LeftToRight)
        super().resizeEvent(event)

    def refresh(self) -> None:
        """Show selection, price and what can be placed."""
        session = self._session
        wanted, total = len(session.wanted), len(session.shots)
        states = {0: Qt.CheckState.Unchecked, total: Qt.CheckState.Checked}
        self.all.setCheckState(states.get(wanted, Qt.CheckState.PartiallyChecked))
        self.all.setEnabled(total > 0)
        summary = self._orders.summary()
        parts = [tr("{n} of {all} selected", n=wanted, all=total)]
        if summary.count:
            if summary.pending:
                parts.append("…")
            elif summary.total is None:
                parts.append(tr("price not known"))
            else:
                parts.append(f"${summary.total:.2f}" if summary.total else tr("free"))
            if summary.uploads:
                parts.append(counted(summary.uploads, "{n} shot uploaded", "{n} shots uploaded"))
            elif not summary.pending:
                parts.append(tr("nothing uploaded"))
        self.price.setText("   ".join(parts) if total else "")
        self.order.setText(
            counted(summary.count, "Order {n} take", "Order {n} takes")
            if summary.count
            else tr("Order")
        )
        self.order.setEnabled(summary.count > 0 and not summary.pending)
        counts = session.counts()
        ready = counts[Status.CHOSEN]
        self.place.setText(tr("Place {n} …", n=ready) if ready else tr("Place …"))
        self.place.setEnabled(ready + counts[Status.PLACED] > 0)

    def _progress(self, done: int, total: int, fraction: float) -> None:
        self._working.show()
        self.bar.set_part(fraction)
        self.news.setText(tr("{done} of {total} made", done=done, total=total))

    def _finished(self) -> None:
        self._working.hide()

    def _toggle_all(self) -> None:
        some_missing = len(self._session.wanted) < len(self._session.shots)
        self._session.set_wanted(self._session.ids, some_missing)
        self.refresh()
