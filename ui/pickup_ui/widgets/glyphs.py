"""Commands as small line drawings, in the colour of the words, at any scale and in both themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.qt import (
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPointF,
    QPolygonF,
    QSize,
    QStyle,
    QStyleOptionToolButton,
    Qt,
    QToolButton,
    QTransform,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup_ui.qt import QAction

_SIDE = 16


class Glyph(QToolButton):
    """A flat button with a drawing instead of a word.

    Args:
        drawing: undo, redo, menu, close, back, on, play or stop.
    """

    def __init__(self, drawing: str) -> None:
        super().__init__()
        self.draw(drawing)
        self.setObjectName("flat")

    def draw(self, drawing: str) -> None:
        """Show another drawing."""
        self._path = _DRAWINGS[drawing]()
        self._solid = drawing in _SOLID
        self.update()

    def show_action(self, action: QAction) -> Glyph:
        """Stand for an action, with its tip; its name is spoken."""
        self.setDefaultAction(action)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setAccessibleName(action.text())
        return self

    def sizeHint(self) -> QSize:
        return QSize(30, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        # The style sheet draws frame and focus; the action's words are for the screen reader.
        frame = QStyleOptionToolButton()
        self.initStyleOption(frame)
        frame.text = ""
        self.style().drawComplexControl(QStyle.ComplexControl.CC_ToolButton, frame, painter, self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate((self.width() - _SIDE) / 2, (self.height() - _SIDE) / 2)
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        pen = QPen(theme.color("text"), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        if self._solid:
            painter.setBrush(pen.color())
        painter.drawPath(self._path)
        painter.end()


def _undo() -> QPainterPath:
    """An arrow that turns back, to the left."""
    path = QPainterPath(QPointF(6, 3))
    path.lineTo(2.5, 6.5)
    path.lineTo(6, 10)
    path.moveTo(2.5, 6.5)
    path.lineTo(9.5, 6.5)
    path.cubicTo(15, 6.5, 15, 13.5, 9.5, 13.5)
    path.lineTo(6.5, 13.5)
    return path


def _redo() -> QPainterPath:
    return QTransform(-1, 0, 0, 1, _SIDE, 0).map(_undo())


def _lines(*lines: Sequence[tuple[float, float]]) -> QPainterPath:
    """Through points; a line that ends where it began is closed."""
    path = QPainterPath()
    for line in lines:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in line]))
    return path


def _menu() -> QPainterPath:
    return _lines(*[[(2.5, y), (13.5, y)] for y in (3.75, 7.75, 11.75)])


def _close() -> QPainterPath:
    return _lines([(4, 4), (12, 12)], [(12, 4), (4, 12)])


def _play() -> QPainterPath:
    return _lines([(4.5, 3), (13, 8), (4.5, 13), (4.5, 3)])


def _stop() -> QPainterPath:
    return _lines([(4, 4), (12, 4), (12, 12), (4, 12), (4, 4)])


def _on() -> QPainterPath:
    """A frame forwards: an arrow away from a bar."""
    return _lines([(7, 4), (12.5, 8), (7, 12), (7, 4)], [(3.5, 4), (3.5, 12)])


def _back() -> QPainterPath:
    return QTransform(-1, 0, 0, 1, _SIDE, 0).map(_on())


_DRAWINGS = {
    "undo": _undo,
    "redo": _redo,
    "menu": _menu,
    "close": _close,
    "back": _back,
    "on": _on,
    "play": _play,
    "stop": _stop,
}
_SOLID = frozenset({"back", "on", "play", "stop"})
