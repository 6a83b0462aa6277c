"""A sheet over the panel: what it asks is answered before anything else goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.qt import (
    QColor,
    QEvent,
    QFrame,
    QKeyEvent,
    QMouseEvent,
    QObject,
    QPainter,
    QPaintEvent,
    QPushButton,
    QScrollArea,
    Qt,
    QVBoxLayout,
    QWidget,
    Signal,
)
from pickup_ui.strings import counted, tr
from pickup_ui.widgets.parts import Elided, button, column, label, row, rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.hosts.base import Change
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
        named = [sheet.findChild(QPushButton, name) for name in ("first", "primary")]
        next((one for one in named if one is not None), sheet).setFocus()

    def holds(self, widget: QWidget) -> bool:
        """Whether this widget was given to it, shown or not."""
        return self._inside is widget

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

    def event(self, event: QEvent) -> bool:
        """While something is asked, the keys are the sheet's and no command of the panel's."""
        if event.type() == QEvent.Type.ShortcutOverride and not self._full:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, on: bool) -> bool:
        """Tab goes round among what can be pressed here, and never to what lies below."""
        if self._inside is None:
            return False
        tab = Qt.FocusPolicy.TabFocus
        stops = [
            one
            for one in self._inside.findChildren(QWidget)
            if one.isVisibleTo(self) and one.isEnabled() and one.focusPolicy() & tab
        ]
        if not stops:
            return False
        now = self.focusWidget()
        at = stops.index(now) if now in stops else (-1 if on else len(stops))
        reason = Qt.FocusReason.TabFocusReason if on else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if on else -1)) % len(stops)].setFocus(reason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        inside = self._inside
        if not self._full and inside is not None:
            if not inside.geometry().contains(event.position().toPoint()):
                self.close_sheet()
            event.accept()

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


def _sheet(title: str, body: list[QWidget], buttons: list[QPushButton]) -> QFrame:
    """A frame with a title, what scrolls, and buttons; the one named "first" gets the focus."""
    frame = QFrame()
    frame.setObjectName("sheet")
    frame.setAccessibleName(title)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(16, 14, 16, 14)
    layout.setSpacing(10)
    layout.addWidget(label(title, "large", wrap=True))
    inner = column(*body, 1, spacing=6)
    inner.setObjectName("inner")
    layout.addWidget(_Scroll(inner), 1)
    layout.addWidget(row(1, *buttons))
    return frame


class _Scroll(QScrollArea):
    """Wants as much height as what is in it, and scrolls where it does not get it."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWidget(inner)
        self._inner = inner
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        inner = self._inner
        tall = inner.heightForWidth(width) if inner.hasHeightForWidth() else -1
        return max(tall, inner.minimumSizeHint().height())


def quote_sheet(quote: Quote, agree: Callable[[], object], decline: Callable[[], object]) -> QFrame:
    """What an order costs and sends, before anything is. Return alone never spends."""
    body: list[QWidget] = [
        label(tr("In all {cost}", cost=quote.bill), "title", wrap=True),
        label(tr("What will be uploaded"), "section"),
    ]
    body += [label(text, wrap=True) for text in (*quote.bill.uploads, *quote.bill.rules)]
    body += [rule(), label(tr("What it costs"), "section")]
    for take, model, usd in quote.bill.lines:
        price = tr("price unknown") if usd is None else f"${usd:.2f}"
        named = Elided("dim")
        named.setText(model)
        body.append(row(label(take), named, label(price), spacing=10))
    here = sum(1 for take in quote.wanted if take.provider is not None and take.provider.local)
    if here:
        text = counted(here, "{n} take is made here, free", "{n} takes are made here, free")
        body.append(label(text, "dim", wrap=True))
    count = counted(len(quote.wanted), "Order {n} take?", "Order {n} takes?")
    cost = tr("Order for ${total:.2f}", total=quote.bill.total)
    yes = button(tr("Order") if quote.bill.unpriced else cost, agree, "primary")
    no = button(tr("Not now"), decline, "first")
    return _sheet(count, body, [no, yes])


def place_sheet(
    proposal: Proposal, place: Callable[[], object], close: Callable[[], object]
) -> QFrame:
    """Exactly what placing will change."""
    body = [_change(change) for change in proposal.changes]
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
    buttons = [button(tr("Not now"), close, "" if count else "first")]
    if count:
        buttons.append(button(tr("Place"), place, "primary"))
    else:
        body.insert(0, label(tr("No take is chosen yet. Choose one in the viewer."), wrap=True))
    return _sheet(title, body, buttons)


def _change(change: Change) -> QWidget:
    where = change.track or tr("new track “Pickup”")
    frames = counted(change.frames, "{n} frame", "{n} frames")
    more = [tr("instead of {take}", take=change.instead)] if change.instead else []
    if change.alternatives:
        more.append(counted(change.alternatives, "{n} other take goes along",
                            "{n} other takes go along"))  # fmt: skip
    detail = "   ".join([change.where, frames, where, *more])
    return column(label(change.take, "title"), label(detail, "dim", wrap=True), spacing=2)
