"""The timeline strip, drawn; what there is to draw is found by `models.strip`."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.models.gaps import status_text
from pickup_ui.models.strip import StripData, View
from pickup_ui.qt import (
    QEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPoint,
    QRectF,
    QResizeEvent,
    QSize,
    QSizeF,
    Qt,
    QTimer,
    QToolTip,
    QWheelEvent,
    QWidget,
)
from pickup_ui.strings import counted, tr
from pickup_ui.widgets.strip_paint import (
    FOOT,
    GAPS,
    LANE_LEAST,
    LANE_WANTED,
    RULER,
    TELLING,
    Layout,
    StripPainter,
)

if TYPE_CHECKING:
    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState

_WANTED = (2.5, 9)
"""Tracks that there is room for at least, and at most before they are scrolled."""
_SOON_MS = 120
"""News of many gaps are drawn together."""
_ZOOM = 1.25
_NEAR = 5
"""Pixels beside a marker that still mean it."""
_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class Strip(QWidget):
    r"""The cut from end to end, with its gaps on a row of their own and its tracks' names.

    The wheel scrolls, with Shift through the tracks, with Ctrl or Alt or a pinch it zooms where the
    pointer is; `+`, `-` and `\` zoom by keys; arrows move the playhead by a frame, with Shift by a
    second; a click sets it, on a gap it goes there.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.view = View()
        self._rows = Layout()
        self._painter = StripPainter(session, self.view, self._rows)
        self._still: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(RULER + GAPS + round(2 * LANE_LEAST) + FOOT)
        self.setAccessibleName(tr("Timeline"))
        self.setObjectName("strip")
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.redraw)
        session.opened_changed.connect(self._opened)
        session.shot_changed.connect(self._shot_changed)
        session.current_changed.connect(self._current)
        session.playhead_changed.connect(lambda _: self.update())

    @property
    def data(self) -> StripData:
        """What is drawn."""
        return self._painter.data

    def sizeHint(self) -> QSize:
        least, most = _WANTED
        lanes = min(most, max(least, float(len(self.data.lanes))))
        return QSize(600, RULER + GAPS + round(LANE_WANTED * lanes) + FOOT)

    def x_of(self, frame: float) -> float:
        """Where a frame begins, in the widget's own pixels."""
        return self.view.x(frame) + self._painter.head

    def _frame(self, x: float) -> int:
        return int(self.view.frame(x - self._painter.head))

    def redraw(self) -> None:
        """What lies under the playhead is another than before."""
        self._still = None
        self.update()

    def _shot_changed(self, shot: str) -> None:
        """Only its own place is drawn anew, unless it is washed over the lanes or tiny."""
        state = self._session.state_of(shot)
        if self._still is None or state is None:
            return
        place = self._painter.place(state)
        if shot == self._session.current or place.width() < TELLING:
            if not self._soon.isActive():
                self._soon.start()
            return
        painter = QPainter(self._still)
        painter.setFont(self._painter.font(self.font()))
        painter.translate(self._painter.head, 0)
        painter.setClipRect(QRectF(0, 0, self.view.width, self.height()))
        painter.fillRect(place, theme.color("window"))
        self._painter.gap(painter, place, state)
        painter.end()
        self.update(place.translated(self._painter.head, 0).toAlignedRect())

    # What the user does.

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Closer or farther, about a pixel of the view or the playhead."""
        if at is None:
            x = self.view.x(self._session.playhead)
            at = x if 0 <= x <= self.view.width else self.view.width / 2
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
            self.zoom(_ZOOM ** ((down or sideways) / 60), event.position().x() - self._painter.head)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._rows.scroll(-(down or sideways))
            self.redraw()
        else:
            self.scroll_by(-(sideways or down))
        event.accept()

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom(1 + event.value(), event.position().x() - self._painter.head)
            return True
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()  # The arrows move along the cut here, not along the reel.
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.told_at(event.pos()), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if event.button() == Qt.MouseButton.LeftButton and at.x() >= self._painter.head:
            frame = self._frame(at.x())
            self._session.set_playhead(frame)
            state = self.gap_at(frame)
            if state is not None and at.y() > RULER:
                self._session.go_to(state.id)
                self._session.set_playhead(frame)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._session.set_playhead(self._frame(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        opened, now = self._session.opened, self._session.playhead
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        by = round(opened.cut.rate) if opened is not None and shift else 1
        frames: dict[int, int] = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.data.duration - 1,
            Qt.Key.Key_Left: now - by,
            Qt.Key.Key_Right: now + by,
        }
        frame = frames.get(event.key())
        if opened is None or frame is None:
            super().keyPressEvent(event)
            return
        self._session.set_playhead(frame)
        self.view.reveal(self._session.playhead, self._session.playhead + 1)
        self.redraw()

    def told_at(self, at: QPoint) -> str:
        """What lies under the pointer, in words."""
        opened, head = self._session.opened, self._painter.head
        if opened is None:
            return ""
        lane = self._rows.at(at.y())
        if at.x() < head:
            return self.data.lanes[lane].name if lane >= 0 else ""
        frame = self._frame(at.x())
        if at.y() <= RULER:
            reach = _NEAR * self.view.frames_per_pixel
            near = self.data.markers_seen(frame - reach, frame + reach, 0.5)
            marks = (" – ".join(filter(None, (mark.name, mark.comment))) for mark in near)
            return "\n".join([opened.timecode(frame), *marks])
        state = self.gap_at(frame)
        if state is not None and (lane < 0 or not self.data.lanes[lane].sound):
            frames = counted(state.shot.frames, "{n} frame", "{n} frames")
            first = f"{state.id}   {state.shot.gap.timecode}   {frames}   {status_text(state)}"
            return "\n".join([first, state.shot.text])
        boxes = [*self.data.lanes[lane].seen(frame, frame + 1, 0)] if lane >= 0 else []
        # What lies over another is the shorter one.
        return min(boxes, key=lambda box: box.end - box.start).name if boxes else ""

    def gap_at(self, frame: int) -> ShotState | None:
        """The gap that holds a frame."""
        row = bisect_right(self._painter.starts, frame) - 1
        if row < 0:
            return None
        state = self._session.shots[self._session.ids[row]]
        return state if frame < state.gap.end else None

    # What changes.

    def _opened(self) -> None:
        opened = self._session.opened
        self._painter.data = StripData(opened.cut if opened else None)
        self._painter.starts = [self._session.shots[s].gap.start for s in self._session.ids]
        self.view.duration = self.data.duration
        self._resize(self.size())
        self.view.fit()
        self.updateGeometry()
        gaps = counted(len(self._painter.starts), "{n} gap", "{n} gaps")
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
        self._resize(event.size())
        self.redraw()

    def _resize(self, size: QSize) -> None:
        self._painter.size = QSizeF(size)
        self._painter.head = self._painter.head_for(self.font())
        self._rows.fit(len(self.data.lanes), size.height())
        self.view.resize(size.width() - self._painter.head)

    # Drawing.

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._still is None:
            still = QPixmap(self.size() * ratio)
            still.setDevicePixelRatio(ratio)
            painter = QPainter(still)
            self._painter.still(painter, self.font())
            painter.end()
            self._still = still
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.drawPixmap(0, 0, self._still)
        self._painter.playhead(painter)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.redraw()
        super().changeEvent(event)
