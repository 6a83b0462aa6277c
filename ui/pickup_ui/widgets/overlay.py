"""A sheet over the panel: what it asks is answered before anything else goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.qt import (
    QColor,
    QEvent,
    QFrame,
    QKeyEvent,
    QObject,
    QPainter,
    QPaintEvent,
    QScrollArea,
    Qt,
    QVBoxLayout,
    QWidget,
    Signal,
)
from pickup_ui.strings import counted, tr
from pickup_ui.widgets.parts import button, column, label, row, rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup_ui.work.ordering import Quote
    from pickup_ui.work.placing import Proposal

_WIDEST = 620


class Overlay(QWidget):
    """Covers its parent; Esc or a click beside the sheet closes it.

    Signals:
        closed: nothing was decided, or all is done.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._inside: QWidget | None = None
        self._full = False
        self.setObjectName("overlay")
        parent.installEventFilter(self)
        self.hide()

    def show_sheet(self, sheet: QWidget, *, full: bool = False) -> None:
        """Show a widget: as a sheet in the middle, or over all of the panel."""
        self._drop()
        self._inside, self._full = sheet, full
        sheet.setParent(self)
        self._fit()
        sheet.show()
        self.show()
        self.raise_()
        sheet.setFocus()

    def take(self) -> QWidget | None:
        """Give the widget back without destroying it, and close."""
        inside, self._inside = self._inside, None
        if inside is not None:
            inside.setParent(None)
        self.hide()
        return inside

    def close_sheet(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    @property
    def inside(self) -> QWidget | None:
        return self._inside if self.isVisible() else None

    def _drop(self) -> None:
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
            self._inside = None

    def _fit(self) -> None:
        parent, inside = self.parentWidget(), self._inside
        assert parent is not None
        self.setGeometry(parent.rect())
        if inside is None:
            return
        if self._full:
            inside.setGeometry(self.rect())
            return
        width = min(_WIDEST, self.width() - 24)
        inside.setFixedWidth(width)
        height = min(inside.sizeHint().height(), self.height() - 24)
        if inside.hasHeightForWidth():
            height = min(inside.heightForWidth(width), self.height() - 24)
        inside.setGeometry((self.width() - width) // 2, (self.height() - height) // 2,
                           width, height)  # fmt: skip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shade = QColor(theme.colors().window)
        shade.setAlphaF(1.0 if self._full else 0.72)
        painter.fillRect(self.rect(), shade)
        painter.end()


def _sheet(title: str, body: list[QWidget], buttons: list[QWidget]) -> QFrame:
    frame = QFrame()
    frame.setObjectName("sheet")
    frame.setAccessibleName(title)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(16, 14, 16, 14)
    layout.setSpacing(10)
    layout.addWidget(label(title, "large", wrap=True))
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    inner = column(*body, 1, spacing=6)
    inner.setObjectName("inner")
    scroll.setWidget(inner)
    scroll.setMinimumHeight(min(320, inner.sizeHint().height() + 4))
    layout.addWidget(scroll, 1)
    layout.addWidget(row(1, *buttons))
    return frame


def quote_sheet(quote: Quote, agree: Callable[[], object], decline: Callable[[], object]) -> QFrame:
    """What an order costs and sends, before anything is."""
    body: list[QWidget] = [
        label(tr("In all {cost}", cost=quote.bill), "title", wrap=True),
        label(tr("What will be uploaded"), "section"),
    ]
    body += [label(text, wrap=True) for text in quote.bill.uploads]
    body += [rule(), label(tr("What it costs"), "section")]
    for take, model, usd in quote.bill.lines:
        price = tr("price unknown") if usd is None else f"${usd:.2f}"
        body.append(row(label(take), label(model, "dim"), 1, label(price)))
    count = counted(len(quote.wanted), "Order {n} take?", "Order {n} takes?")
    cost = tr("Order for ${total:.2f}", total=quote.bill.total)
    yes = button(tr("Order") if quote.bill.unpriced else cost, agree, "primary")
    no = button(tr("Not now"), decline)
    return _sheet(count, body, [no, yes])


def place_sheet(
    proposal: Proposal, place: Callable[[], object], close: Callable[[], object]
) -> QFrame:
    """Exactly what placing will change."""
    body: list[QWidget] = []
    for change in proposal.changes:
        where = change.track or tr("new track “Pickup”")
        frames = counted(change.frames, "{n} frame", "{n} frames")
        more = [tr("instead of {take}", take=change.instead)] if change.instead else []
        if change.alternatives:
            more.append(counted(change.alternatives, "{n} other take along",
                                "{n} other takes along"))  # fmt: skip
        body.append(label(f"{change.take}", "title"))
        detail = f"{change.where}   {frames}   {where}"
        body.append(label("   ".join([detail, *more]), "dim", wrap=True))
    if proposal.left:
        body.append(rule())
        body.append(
            label(counted(proposal.left, "{n} gap stays open.", "{n} gaps stay open."), "dim")
        )
    if proposal.out is not None:
        verb = tr("Writes anew") if proposal.overwrites else tr("Writes")
        body.append(rule())
        body.append(label(f"{verb}: {proposal.out.name}", wrap=True))
        body.append(label(tr("Your own file is not touched."), "dim", wrap=True))
    count = len(proposal.changes)
    title = counted(count, "Place {n} take", "Place {n} takes")
    buttons: list[QWidget] = [button(tr("Not now"), close)]
    if count:
        buttons.append(button(tr("Place"), place, "primary"))
    else:
        body.insert(0, label(tr("No take is chosen yet. Choose one in the viewer."), wrap=True))
    return _sheet(title, body, buttons)
