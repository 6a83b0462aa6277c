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
    QSize,
    QStyle,
    QStyleOptionToolButton,
    Qt,
    QToolButton,
    QTransform,
)

if TYPE_CHECKING:
    from pickup_ui.qt import QAction

_SIDE = 16


class Glyph(QToolButton):
    """A flat button with a drawing instead of a word.

    Args:
        drawing: undo, redo, menu or close.
    """

    def __init__(self, drawing: str) -> None:
        super().__init__()
        self._path = _DRAWINGS[drawing]()
        self.setObjectName("flat")

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


def _menu() -> QPainterPath:
    path = QPainterPath()
    for y in (3.75, 7.75, 11.75):
        path.moveTo(2.5, y)
        path.lineTo(13.5, y)
    return path


def _close() -> QPainterPath:
    path = QPainterPath()
    path.moveTo(4, 4)
    path.lineTo(12, 12)
    path.moveTo(12, 4)
    path.lineTo(4, 12)
    return path


_DRAWINGS = {"undo": _undo, "redo": _redo, "menu": _menu, "close": _close}
