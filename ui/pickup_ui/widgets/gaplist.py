"""The column of gaps: a compact card a row, drawn, so that thousands scroll as easily as ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.models.gaps import STATE_ROLE, GapRows, Index, status_text
from pickup_ui.models.shot_state import Status
from pickup_ui.qt import (
    QAbstractItemView,
    QColor,
    QEvent,
    QImage,
    QItemSelectionModel,
    QKeyEvent,
    QListView,
    QModelIndex,
    QMouseEvent,
    QPainter,
    QRect,
    QSize,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    Qt,
    QWidget,
)
from pickup_ui.strings import counted, tr
from pickup_ui.work.reels import address_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState
    from pickup_ui.models.thumbnails import Thumbnails

ROW = 72
_WIDE, _HIGH = 66, 37
_BOX = 16
_REMEMBERED = 2000


class GapDelegate(QStyledItemDelegate):
    """Draws a row: tick, the frames on both sides, name, timecode, length, words, state."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._broken: dict[tuple[str, int], str] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(300, ROW)

    def tick_rect(self, row: QRect) -> QRect:
        return QRect(row.left() + 8, row.top() + 10, _BOX, _BOX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state: ShotState = index.data(STATE_ROLE)
        rect: QRect = option.rect
        flags = option.state
        selected = bool(flags & QStyle.StateFlag.State_Selected)
        colors = theme.colors()
        painter.save()
        painter.fillRect(rect, theme.color("raised" if selected else "surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if selected:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), theme.color("accent"))
        self._tick(painter, self.tick_rect(rect), state.wanted)
        left = rect.left() + 32
        frame = QRect(left, rect.top() + 10, _WIDE, _HIGH)
        self._picture(painter, frame, state, before=True)
        self._picture(painter, frame.translated(_WIDE + 2, 0), state, before=False)
        self._texts(painter, rect, left + 2 * _WIDE + 12, state, option)
        tint = QColor(colors.states[state.status])
        bar = QRect(left, rect.top() + 51, 2 * _WIDE + 2, 3)
        painter.fillRect(bar, theme.color("line"))
        part = state.fraction if state.busy else float(state.status is not Status.OPEN)
        painter.fillRect(QRect(bar.left(), bar.top(), round(bar.width() * part), 3), tint)
        painter.restore()

    def _texts(
        self,
        painter: QPainter,
        rect: QRect,
        left: int,
        state: ShotState,
        option: QStyleOptionViewItem,
    ) -> None:
        room = rect.right() - left - 8
        font = option.font
        bold = type(font)(font)
        bold.setBold(True)
        small = type(font)(font)
        small.setPointSizeF(font.pointSizeF() * 0.92)
        painter.setFont(bold)
        painter.setPen(theme.color("text"))
        painter.drawText(left, rect.top() + 20, state.id)
        painter.setFont(small)
        painter.setPen(theme.color("dim"))
        frames = counted(state.shot.frames, "{n} frame", "{n} frames")
        where = f"{state.shot.gap.timecode}   {frames}"
        painter.drawText(left, rect.top() + 36, self._fit(painter, where, room))
        painter.setPen(QColor(theme.colors().states[state.status]))
        name = painter.fontMetrics().horizontalAdvance(state.id) + 18
        text = self._fit(painter, status_text(state), room - name)
        width = painter.fontMetrics().horizontalAdvance(text)
        painter.drawText(rect.right() - 8 - width, rect.top() + 20, text)
        painter.setPen(theme.color("bad" if state.status is Status.FAILED else "text"))
        words = state.reason if state.status is Status.FAILED else state.shot.text
        place = QRect(left, rect.top() + 41, room, 32)
        lines = self._two_lines(painter, " ".join(words.split()), room)
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, lines)

    @staticmethod
    def _fit(painter: QPainter, text: str, room: int) -> str:
        return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)

    def _two_lines(self, painter: QPainter, text: str, room: int) -> str:
        """`text` broken into two lines; remembered, since a row is painted at every step."""
        known = self._broken.get((text, room))
        if known is None:
            if len(self._broken) > _REMEMBERED:
                self._broken.clear()
            known = self._broken[text, room] = self._break(painter, text, room)
        return known

    def _break(self, painter: QPainter, text: str, room: int) -> str:
        metrics = painter.fontMetrics()
        first = ""
        words = text.split(" ")
        while words and metrics.horizontalAdvance(f"{first} {words[0]}".strip()) <= room:
            first = f"{first} {words.pop(0)}".strip()
        rest = self._fit(painter, " ".join(words), room)
        return f"{first}\n{rest}" if first else rest

    @staticmethod
    def _tick(painter: QPainter, rect: QRect, on: bool) -> None:
        painter.setPen(theme.color("dim"))
        painter.setBrush(theme.color("accent") if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 3, 3)
        if on:
            pen = painter.pen()
            pen.setColor(theme.color("on_accent"))
            pen.setWidth(2)
            painter.setPen(pen)
            x, y = rect.left(), rect.top()
            painter.drawLine(x + 4, y + 8, x + 7, y + 11)
            painter.drawLine(x + 7, y + 11, x + 12, y + 4)

    def _picture(self, painter: QPainter, rect: QRect, state: ShotState, *, before: bool) -> None:
        side = state.gap.before if before else state.gap.after
        address = address_of(side)
        image = self._thumbnails.get(address)
        painter.fillRect(rect, theme.color("gap"))
        if image is not None:
            draw_inside(painter, rect, image)
        else:
            painter.setPen(theme.color("dim"))
            known = self._thumbnails.known(address)
            text = (tr("no clip") if side is None else tr("offline")) if known else ""
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def draw_inside(painter: QPainter, rect: QRect, image: QImage) -> None:
    """A picture as large as fits into a rectangle, centred."""
    size = image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(
        rect.left() + (rect.width() - size.width()) // 2,
        rect.top() + (rect.height() - size.height()) // 2,
        size.width(),
        size.height(),
    )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, image)


class GapList(QListView):
    """The rows, bound to the session: what is current here is what is looked at."""

    def __init__(
        self, session: Session, rows: GapRows, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._delegate = GapDelegate(thumbnails, self)
        self.setModel(rows)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Gaps"))
        self.setObjectName("gaps")
        self.setMinimumWidth(320)
        self.selectionModel().currentChanged.connect(self._picked)
        session.current_changed.connect(self._current)
        rows.modelReset.connect(lambda: self._current(session.current))
        thumbnails.arrived.connect(self.viewport().update)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        tick = self._delegate.tick_rect(self.visualRect(index)).adjusted(-8, -8, 8, 8)
        if index.isValid() and tick.contains(event.position().toPoint()):
            self._toggle(index)
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_X and self.currentIndex().isValid():
            self._toggle(self.currentIndex())
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()
        super().changeEvent(event)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Paint one row anew where one has changed: Qt would paint all that are seen."""
        if first == last:
            self.viewport().update(self.visualRect(first))
        else:
            super().dataChanged(first, last, roles)

    def _toggle(self, index: QModelIndex) -> None:
        state: ShotState = index.data(STATE_ROLE)
        self._session.set_wanted([state.id], not state.wanted)

    def _picked(self, index: QModelIndex) -> None:
        state = index.data(STATE_ROLE)
        if state is not None:
            self._session.go_to(state.id)

    def _current(self, shot: str) -> None:
        row = self._session.row(shot)
        if row >= 0 and self.currentIndex().row() != row:
            index = self.model().index(row, 0)
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
            self.scrollTo(index)
