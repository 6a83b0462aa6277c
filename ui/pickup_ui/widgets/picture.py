"""What is seen of a take: its frame, two of them to compare, and its reel as a line."""

from __future__ import annotations

from pickup_ui import theme
from pickup_ui.models.judge import Compare, Judge
from pickup_ui.models.strip import Paint
from pickup_ui.qt import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointF,
    QRect,
    QRectF,
    QResizeEvent,
    QSize,
    QSizePolicy,
    Qt,
    QWidget,
)
from pickup_ui.strings import tr
from pickup_ui.widgets.frames import draw_inside


class Picture(QWidget):
    """The frame at the judge's position; two of them when takes are compared.

    In a wipe the pointer moves the edge.
    """

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge = judge
        self.edge = 0.5
        self._last: QImage | None = None
        self.setMinimumSize(200, 112)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setObjectName("picture")
        self.setAccessibleName(tr("Picture"))
        self.setMouseTracking(True)
        judge.frame_changed.connect(self.update)
        judge.reel_changed.connect(self._other_reel)

    def sizeHint(self) -> QSize:
        return QSize(480, 270)

    def _other_reel(self) -> None:
        self._last = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        ratio = self.devicePixelRatioF()
        size = event.size() * ratio
        self._judge.set_size(size.width(), size.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._judge.compare is Compare.WIPE:
            self.edge = min(1.0, max(0.0, event.position().x() / max(1, self.width())))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        judge = self._judge
        if judge.reel is None:
            self._say(painter, self.rect(), tr("Choose a gap"))
        elif judge.compare is Compare.SIDE:
            half = self.width() // 2
            left = QRect(0, 0, half - 1, self.height())
            right = QRect(half + 1, 0, self.width() - half - 1, self.height())
            self._one(painter, left, second=False)
            self._one(painter, right, second=True)
            self._name(painter, left, judge.main.take)
            self._name(painter, right, judge.other.take)
        else:
            self._one(painter, self.rect(), second=False)
            if judge.compare is Compare.WIPE:
                self._wipe(painter)
        painter.end()

    def _wipe(self, painter: QPainter) -> None:
        at = round(self.edge * self.width())
        right = QRect(at, 0, self.width() - at, self.height())
        painter.save()
        painter.setClipRect(right)
        painter.fillRect(right, Qt.GlobalColor.black)
        self._one(painter, self.rect(), second=True)
        painter.restore()
        painter.setPen(QPen(Qt.GlobalColor.white, 1))
        painter.drawLine(at, 0, at, self.height())
        self._name(painter, QRect(0, 0, at, self.height()), self._judge.main.take)
        self._name(painter, right, self._judge.other.take)

    def _one(self, painter: QPainter, rect: QRect, *, second: bool) -> None:
        judge = self._judge
        player = judge.other if second else judge.main
        image = player.picture(judge.position)
        if image is not None:
            if not second:
                self._last = image
            draw_inside(painter, rect, image)
        elif not player.has(judge.position):
            # On its way: what was shown stays, so that nothing flickers.
            if self._last is not None and not second:
                draw_inside(painter, rect, self._last)
        else:
            inside = judge.reel is not None and (
                judge.reel.joins[0] <= judge.position < judge.reel.joins[1]
            )
            self._say(painter, rect, tr("Gap") if inside else tr("No picture on this machine"))

    @staticmethod
    def _say(painter: QPainter, rect: QRect, text: str) -> None:
        painter.setPen(Qt.GlobalColor.gray)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    @staticmethod
    def _name(painter: QPainter, rect: QRect, name: str) -> None:
        text = name or tr("before")
        width = painter.fontMetrics().horizontalAdvance(text) + 12
        if width < rect.width():
            place = QRect(rect.left() + 6, rect.bottom() - 26, width, 20)
            painter.fillRect(place, Qt.GlobalColor.black)
            painter.setPen(Qt.GlobalColor.white)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


class Scrubber(QWidget):
    """The reel as a line: neighbour, take, neighbour; a click or a drag moves along it."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge = judge
        self.setFixedHeight(18)
        self.setObjectName("scrubber")
        self.setAccessibleName(tr("Position"))
        judge.frame_changed.connect(self.update)
        judge.reel_changed.connect(self.update)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        part = event.position().x() / max(1, self.width())
        self._judge.seek(int(part * self._judge.length))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        reel = self._judge.reel
        painter.fillRect(QRectF(0, 5, self.width(), 8), theme.color("line"))
        if reel is not None and reel.frames:
            scale = self.width() / len(reel.frames)
            first, end = reel.joins
            colors = theme.colors()
            tint = colors.boxes[Paint.PICKUP]
            painter.fillRect(QRectF(first * scale, 5, (end - first) * scale, 8), QColor(tint))
            x = (self._judge.position + 0.5) * scale
            painter.setPen(QPen(theme.color("playhead"), 2))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.end()
