"""The timeline strip, drawn; what there is to draw is found by `models.strip`."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pickup.timing import nominal
from pickup_ui import theme
from pickup_ui.models.gaps import status_text
from pickup_ui.models.strip import Box, Lane, Paint, StripData, View, ruler_step
from pickup_ui.qt import (
    QColor,
    QEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointF,
    QPolygonF,
    QRectF,
    QResizeEvent,
    QSize,
    Qt,
    QTimer,
    QWheelEvent,
    QWidget,
)
from pickup_ui.strings import counted, tr

if TYPE_CHECKING:
    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState

RULER, GAPS = 24, 18
LANES_MOST = 8
_TELLING = 5.0
"""Pixels: a gap narrower than this is one colour."""
_SOON_MS = 120
"""News of many gaps are drawn together."""
_ZOOM = 1.25


class Strip(QWidget):
    r"""The cut from end to end, with its gaps on a row of their own.

    Wheel scrolls, with Ctrl or a pinch it zooms where the pointer is; `+`, `-` and `\` zoom by
    keys; a click sets the playhead, on a gap it goes there.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.data = StripData()
        self.view = View()
        self._gap_starts: list[int] = []
        self._still: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(RULER + GAPS + 40)
        self.setAccessibleName(tr("Timeline"))
        self.setObjectName("strip")
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.redraw)
        session.opened_changed.connect(self._opened)
        session.shot_changed.connect(self._shot_changed)
        session.current_changed.connect(self._current)
        session.playhead_changed.connect(lambda _: self.update())

    def sizeHint(self) -> QSize:
        lanes = min(LANES_MOST, max(2, len(self.data.lanes)))
        return QSize(600, RULER + GAPS + 22 * lanes + 8)

    def redraw(self) -> None:
        """What lies under the playhead is another than before."""
        self._still = None
        self.update()

    def _shot_changed(self, shot: str) -> None:
        """Only its own place is drawn anew, unless it is washed over the lanes or tiny."""
        state = self._session.state_of(shot)
        if self._still is None or state is None:
            return
        place = self._place(state)
        if shot == self._session.current or place.width() < _TELLING:
            if not self._soon.isActive():
                self._soon.start()
            return
        painter = QPainter(self._still)
        painter.setFont(self._small())
        painter.fillRect(place, theme.color("window"))
        self._gap(painter, place, state, here=False)
        painter.end()
        self.update(place.toAlignedRect())

    def _place(self, state: ShotState) -> QRectF:
        """A gap's box in the gaps' own row."""
        x, end = self.view.x(state.gap.start), self.view.x(state.gap.end)
        return QRectF(x, RULER + 2, max(2.0, end - x - 1), GAPS - 4)

    def _small(self) -> QFont:
        small = self.font()
        small.setPixelSize(10)
        return small

    # What the user does.

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Closer or farther, about a pixel or the playhead."""
        if at is None:
            x = self.view.x(self._session.playhead)
            at = x if 0 <= x <= self.width() else self.width() / 2
        self.view.zoom(factor, at)
        self.redraw()

    def fit(self) -> None:
        """The whole cut."""
        self.view.fit()
        self.redraw()

    def scroll_by(self, pixels: float) -> None:
        self.view.scroll(pixels)
        self.redraw()

    def wheelEvent(self, event: QWheelEvent) -> None:
        pixels, angle = event.pixelDelta(), event.angleDelta()
        sideways = pixels.x() or angle.x() / 2
        down = pixels.y() or angle.y() / 2
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            # Alt turns the wheel sideways on some systems.
            self.zoom(_ZOOM ** ((down or sideways) / 60), event.position().x())
        else:
            self.scroll_by(-(sideways or down))
        event.accept()

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom(1 + event.value(), event.position().x())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            frame = int(self.view.frame(event.position().x()))
            self._session.set_playhead(frame)
            state = self.gap_at(frame)
            if state is not None and event.position().y() > RULER:
                self._session.go_to(state.id)
                self._session.set_playhead(frame)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._session.set_playhead(int(self.view.frame(event.position().x())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        home_end = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.data.duration - 1}
        key = Qt.Key(event.key())
        if key in home_end:
            self._session.set_playhead(home_end[key])
            self.view.reveal(home_end[key], home_end[key] + 1)
            self.redraw()
        else:
            super().keyPressEvent(event)

    def gap_at(self, frame: int) -> ShotState | None:
        """The gap that holds a frame."""
        from bisect import bisect_right

        row = bisect_right(self._gap_starts, frame) - 1
        if row < 0:
            return None
        state = self._session.shots[self._session.ids[row]]
        return state if frame < state.gap.end else None

    # What changes.

    def _opened(self) -> None:
        opened = self._session.opened
        self.data = StripData(opened.cut if opened else None)
        self._gap_starts = [self._session.shots[s].gap.start for s in self._session.ids]
        self.view.duration = self.data.duration
        self.view.resize(self.width())
        self.view.fit()
        self.updateGeometry()
        gaps = counted(len(self._gap_starts), "{n} gap", "{n} gaps")
        self.setAccessibleDescription(f"{opened.cut.name if opened else ''}: {gaps}")
        self.redraw()

    def _current(self, shot: str) -> None:
        state = self._session.state_of(shot)
        if state is not None:
            self.view.reveal(state.gap.start, state.gap.end)
            # A screen reader that stands on the strip hears where it has come to.
            self.setAccessibleDescription(f"{state.shot.gap.timecode}, {status_text(state)}")
        self.redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.view.resize(event.size().width())
        self.redraw()

    # Drawing.

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._still is None:
            still = QPixmap(self.size() * ratio)
            still.setDevicePixelRatio(ratio)
            painter = QPainter(still)
            self._draw(painter)
            painter.end()
            self._still = still
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        self._playhead(painter)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.redraw()
        super().changeEvent(event)

    def _draw(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), theme.color("window"))
        opened = self._session.opened
        if opened is None:
            return
        small = self._small()
        painter.setFont(theme.numbers_font(small))
        self._ruler(painter)
        painter.setFont(small)
        top, lanes = RULER + GAPS, self.data.lanes[:LANES_MOST]
        height = max(8.0, min(26.0, (self.height() - top - 8) / max(1, len(lanes))))
        for number, lane in enumerate(lanes):
            self._lane(painter, lane, top + number * height, height)
        self._gaps(painter, top, height, lanes)
        self._markers(painter)
        self._thumb(painter)

    def _ruler(self, painter: QPainter) -> None:
        opened, view = self._session.opened, self.view
        assert opened is not None
        painter.fillRect(QRectF(0, 0, self.width(), RULER), theme.color("surface"))
        step = ruler_step(view.frames_per_pixel, nominal(opened.cut.rate), 96)
        frame = int(view.first // step) * step
        line, dim = QPen(theme.color("line")), QPen(theme.color("dim"))
        while frame < view.last:
            x = view.x(frame)
            painter.setPen(line)
            painter.drawLine(QPointF(x, RULER - 6), QPointF(x, RULER))
            painter.setPen(dim)
            painter.drawText(QPointF(x + 3, 11), opened.timecode(frame))
            frame += step

    def _lane(self, painter: QPainter, lane: Lane, y: float, height: float) -> None:
        painter.fillRect(QRectF(0, y, self.width(), height - 1), theme.color("lane"))
        view = self.view
        by_paint: dict[str | Paint, list[QRectF]] = defaultdict(list)
        named: list[Box] = []
        gutter = 1.0 if view.scale > 0.05 else 0.0
        for box in lane.seen(view.first, view.last, view.frames_per_pixel):
            x, end = view.x(box.start), view.x(box.end)
            by_paint[box.color or box.paint].append(
                QRectF(x, y, max(1.0, end - x - gutter), height - 2)
            )
            if box.name and end - x > 34:
                named.append(box)
        boxes = theme.colors().boxes
        painter.setPen(Qt.PenStyle.NoPen)
        for paint, rects in by_paint.items():
            own = theme.muted(paint) if isinstance(paint, str) else QColor(boxes[paint])
            painter.setBrush(own)
            painter.drawRects(rects)
        if height >= 13:
            self._names(painter, named, y, height)

    def _names(self, painter: QPainter, boxes: list[Box], y: float, height: float) -> None:
        painter.setPen(theme.color("text"))
        metrics = painter.fontMetrics()
        for box in boxes:
            left = max(self.view.x(box.start), 0.0) + 4
            room = self.view.x(box.end) - left - 4
            if room > 20:
                text = metrics.elidedText(box.name, Qt.TextElideMode.ElideRight, int(room))
                place = QRectF(left, y, room, height - 2)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    def _gaps(self, painter: QPainter, top: float, height: float, lanes: list[Lane]) -> None:
        """The gaps' own row, and on the pictures' lanes what is open there."""
        from bisect import bisect_left, bisect_right

        view, session = self.view, self._session
        states = theme.colors().states
        first = max(0, bisect_right(self._gap_starts, view.first) - 1)
        last = bisect_left(self._gap_starts, view.last)
        pictures = top + height * sum(1 for lane in lanes if not lane.sound)
        beyond = -1.0
        for row in range(first, last):
            state = session.shots[session.ids[row]]
            x, end = view.x(state.gap.start), view.x(state.gap.end)
            here = state.id == session.current
            if end < beyond + 1 and not here:
                continue
            beyond = end
            place = self._place(state)
            if here:
                wash = QColor(states[state.status])
                wash.setAlphaF(0.22)
                painter.fillRect(QRectF(x, RULER, max(2.0, end - x), pictures - RULER), wash)
            self._gap(painter, place, state, here=here)

    def _gap(self, painter: QPainter, place: QRectF, state: ShotState, *, here: bool) -> None:
        tint = QColor(theme.colors().states[state.status])
        if place.width() < _TELLING and not here:
            painter.fillRect(place, tint)
            return
        painter.setPen(QPen(tint, 2 if here else 1))
        fill = QColor(tint)
        fill.setAlphaF(0.45 if here else 0.2)
        painter.setBrush(fill)
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        if state.busy:
            painter.fillRect(
                QRectF(place.x(), place.y(), place.width() * state.fraction, place.height()), tint
            )
        if place.width() > 40:
            painter.setPen(theme.color("text"))
            painter.drawText(place.adjusted(4, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, state.id)

    def _markers(self, painter: QPainter) -> None:
        view = self.view
        for marker in self.data.markers_seen(view.first, view.last, view.frames_per_pixel * 3):
            x = view.x(marker.start)
            tint = QColor(marker.color.lower()) if marker.color else theme.color("accent")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint if tint.isValid() else theme.color("accent"))
            painter.drawPolygon(QPolygonF([QPointF(x - 4, 15), QPointF(x + 4, 15), QPointF(x, 22)]))

    def _thumb(self, painter: QPainter) -> None:
        """Which part of the whole is seen, as a line at the foot."""
        view = self.view
        whole = view.duration * 1.02
        if view.width / view.scale >= whole * 0.999:
            return
        x = view.first / whole * self.width()
        width = max(16.0, view.width / view.scale / whole * self.width())
        painter.fillRect(QRectF(x, self.height() - 4, width, 3), theme.color("dim"))

    def _playhead(self, painter: QPainter) -> None:
        if self._session.opened is None:
            return
        x = self.view.x(self._session.playhead)
        if -1 <= x <= self.width() + 1:
            painter.setPen(QPen(theme.color("playhead"), 1.5))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
