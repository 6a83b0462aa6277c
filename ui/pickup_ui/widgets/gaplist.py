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
    QFont,
    QItemSelectionModel,
    QKeyEvent,
    QListView,
    QModelIndex,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRect,
    QRectF,
    QSize,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    Qt,
    QWidget,
)
from pickup_ui.strings import counted, tr
from pickup_ui.widgets.frames import draw_inside
from pickup_ui.work.reels import address_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState
    from pickup_ui.models.thumbnails import Thumbnails

ROW = 78
_EDGE, _TOP = 8, 10
_WIDE, _HIGH = 66, 37
_BOX = 16
_TEXTS = 32 + 2 * _WIDE + 12
"""Where words begin, from the edge of the row."""
_REMEMBERED = 2000
_LEADING = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
_TRAILING = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTrailing


class GapDelegate(QStyledItemDelegate):
    """Draws a row: tick, the frames on both sides and how it stands, name, timecode, words."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._broken: dict[tuple[str, int], str] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(300, ROW)

    def tick_rect(self, row: QRect, way: Qt.LayoutDirection) -> QRect:
        place = QRect(row.left() + _EDGE, row.top() + _TOP, _BOX, _BOX)
        return QStyle.visualRect(way, row, place)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state: ShotState = index.data(STATE_ROLE)
        row: QRect = option.rect
        way: Qt.LayoutDirection = option.direction
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)

        def at(left: int, top: int, width: int, height: int) -> QRect:
            return QStyle.visualRect(way, row, QRect(left, row.top() + top, width, height))

        painter.save()
        ground = "raised" if selected else "lane" if hovered else "surface"
        painter.fillRect(row, theme.color(ground))
        painter.fillRect(row.left(), row.bottom(), row.width(), 1, theme.color("line"))
        if selected:
            painter.fillRect(at(row.left(), 0, 3, row.height()), theme.color("accent"))
        if focused:
            painter.setPen(theme.color("accent"))
            painter.drawRect(row.adjusted(0, 0, -1, -2))
        self._tick(painter, self.tick_rect(row, way), state.wanted)
        left = row.left() + 32
        # Film runs from left to right, in whatever way a language is written.
        film = at(left, _TOP, 2 * _WIDE + 2, _HIGH)
        frame = QRect(film.left(), film.top(), _WIDE, _HIGH)
        self._picture(painter, frame, state, before=True)
        self._picture(painter, frame.translated(_WIDE + 2, 0), state, before=False)
        self._standing(painter, at(left, _TOP + _HIGH, 2 * _WIDE + 2, ROW), state, option)
        room = row.width() - _TEXTS - _EDGE
        self._texts(painter, at(row.left() + _TEXTS, 0, room, ROW), state, option)
        painter.restore()

    def _standing(
        self, painter: QPainter, place: QRect, state: ShotState, option: QStyleOptionViewItem
    ) -> None:
        """Under the frames: how far it is as a line, and in words."""
        tint = QColor(theme.colors().states[state.status])
        line = QRect(place.left(), place.top() + 4, place.width(), 3)
        painter.fillRect(line, theme.color("line"))
        part = state.fraction if state.busy else float(state.status is not Status.OPEN)
        done = QRect(line.left(), line.top(), round(line.width() * part), 3)
        painter.fillRect(QStyle.visualRect(option.direction, line, done), tint)
        painter.setFont(_small(option.font))
        painter.setPen(tint)
        words = QRect(place.left(), line.bottom() + 3, place.width(), 15)
        painter.drawText(words, _LEADING, self._fit(painter, status_text(state), place.width()))

    def _texts(
        self, painter: QPainter, place: QRect, state: ShotState, option: QStyleOptionViewItem
    ) -> None:
        """Name and timecode, length, and two lines of words, or why there is no take."""
        bold = QFont(option.font)
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(theme.color("text"))
        line = QRect(place.left(), place.top() + 8, place.width(), 16)
        painter.drawText(line, _LEADING, state.id)
        taken = painter.fontMetrics().horizontalAdvance(state.id) + 10
        painter.setFont(_small(option.font))
        painter.setPen(theme.color("dim"))
        frames = counted(state.shot.frames, "{n} frame", "{n} frames")
        frames = self._fit(painter, frames, place.width() - taken)
        painter.drawText(line, _TRAILING, frames)
        second = line.translated(0, 17)
        painter.drawText(second, _LEADING, state.shot.gap.timecode)
        failed = state.status is Status.FAILED
        painter.setPen(theme.color("bad" if failed else "text"))
        words = " ".join((state.reason if failed else state.shot.text).split())
        below = QRect(place.left(), second.bottom() + 1, place.width(), 34)
        lines = self._two_lines(painter, words, place.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading, lines)

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
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if on:
            painter.setPen(theme.color("fill"))
        painter.setBrush(theme.color("fill") if on else theme.color("raised"))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if on:
            painter.setPen(QPen(theme.color("on_fill"), 2))
            x, y = rect.left(), rect.top()
            painter.drawLine(x + 4, y + 8, x + 7, y + 11)
            painter.drawLine(x + 7, y + 11, x + 12, y + 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _picture(self, painter: QPainter, rect: QRect, state: ShotState, *, before: bool) -> None:
        side = state.gap.before if before else state.gap.after
        address = address_of(side)
        image = self._thumbnails.get(address)
        painter.fillRect(rect, theme.color("screen"))
        if image is not None:
            draw_inside(painter, rect, image)
        else:
            painter.setPen(theme.color("on_screen"))
            known = self._thumbnails.known(address)
            text = (tr("no clip") if side is None else tr("offline")) if known else ""
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.92)
    return small


class GapList(QListView):
    """The rows, bound to the session: what is current here is what is looked at."""

    def __init__(
        self, session: Session, rows: GapRows, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._delegate = GapDelegate(thumbnails, self)
        self._toggled = -1
        self.setModel(rows)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Gaps"))
        self.setObjectName("gaps")
        self.setMouseTracking(True)
        self.setMinimumWidth(320)
        self.selectionModel().currentChanged.connect(self._picked)
        session.current_changed.connect(self._current)
        rows.modelReset.connect(self._anew)
        thumbnails.arrived.connect(self.viewport().update)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        row = self.visualRect(index)
        tick = self._delegate.tick_rect(row, self.layoutDirection()).adjusted(-8, -8, 8, 8)
        if index.isValid() and tick.contains(event.position().toPoint()):
            self._toggle(index, through=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_X and self.currentIndex().isValid():
            self._toggle(self.currentIndex())
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._session.opened is not None and not self._session.ids:
            painter = QPainter(self.viewport())
            painter.setPen(theme.color("dim"))
            place = self.viewport().rect().adjusted(16, 16, -16, -16)
            ways = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place, ways, tr("No gap to fill"))
            painter.end()

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

    def _anew(self) -> None:
        self._toggled = -1
        self._current(self._session.current)

    def _toggle(self, index: QModelIndex, *, through: bool = False) -> None:
        """Select a gap or leave it out; `through`, all from the one before as well."""
        state: ShotState = index.data(STATE_ROLE)
        last = self._toggled if through and self._toggled >= 0 else index.row()
        first, end = sorted((last, index.row()))
        wanted = not state.wanted
        self._toggled = index.row()
        self._session.set_wanted(self._session.ids[first : end + 1], wanted)

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
