"""Pictures at rest: the frames on both sides of a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.qt import (
    QImage,
    QPainter,
    QPaintEvent,
    QRect,
    QResizeEvent,
    QSize,
    QSizePolicy,
    Qt,
    QWidget,
)
from pickup_ui.strings import tr
from pickup_ui.work.reels import address_of

if TYPE_CHECKING:
    from pickup.cut.gap import Neighbour
    from pickup_ui.models.thumbnails import Thumbnails

_CAPTION = 18
_TALLEST = 150


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


class FramePicture(QWidget):
    """The frame on one side of the gap, with what it is."""

    def __init__(self, thumbnails: Thumbnails, title: str) -> None:
        super().__init__()
        self._thumbnails, self._title = thumbnails, title
        self._side: Neighbour | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)
        thumbnails.arrived.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(180, 100 + _CAPTION)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as a picture of 16 : 9 is at this width."""
        tall = min(_TALLEST, round(event.size().width() * 9 / 16))
        self.setFixedHeight(tall + _CAPTION)

    def show_side(self, side: Neighbour | None) -> None:
        self._side = side
        name = side.name if side else tr("no clip there")
        self.setAccessibleName(f"{self._title}: {name}")
        self.setToolTip(side.name if side else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        picture = QRect(0, 0, self.width(), self.height() - _CAPTION)
        painter.fillRect(picture, theme.color("screen"))
        address = address_of(self._side)
        image = self._thumbnails.get(address)
        if image is not None:
            draw_inside(painter, picture, image)
        elif self._thumbnails.known(address):
            why = tr("No clip there") if self._side is None else tr("Media offline")
            painter.setPen(theme.color("on_screen"))
            painter.drawText(picture, Qt.AlignmentFlag.AlignCenter, why)
        name = self._side.name if self._side else ""
        text = f"{self._title}  {name}"
        fitted = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        caption = QRect(0, self.height() - _CAPTION, self.width(), _CAPTION)
        painter.setPen(theme.color("dim"))
        painter.drawText(caption, Qt.AlignmentFlag.AlignBottom, fitted)
        painter.end()
