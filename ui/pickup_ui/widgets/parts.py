"""Small things that every page of the panel is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.qt import (
    QAction,
    QFrame,
    QHBoxLayout,
    QKeySequence,
    QLabel,
    QPainter,
    QPaintEvent,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    Qt,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pickup_ui.widgets.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Callable


def label(text: str = "", name: str = "", *, wrap: bool = False) -> QLabel:
    """A label; `name` is one the theme knows: dim, bad, good, title, large, section."""
    made = QLabel(text)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def button(
    text: str, called: Callable[[], object], name: str = "", *, tip: str = "", spoken: str = ""
) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAutoDefault(False)
    made.clicked.connect(lambda: called())
    made.setAccessibleName(spoken or text)
    if tip:
        made.setToolTip(tip)
    return made


def number(
    least: int, most: int, value: int, spoken: str, called: Callable[[int], object]
) -> QSpinBox:
    """A field for a whole number; `called` hears of another one."""
    made = QSpinBox(minimum=least, maximum=most, value=value)
    # The style sheet's padding does not reach the field inside.
    made.lineEdit().setTextMargins(4, 0, 0, 0)
    made.setAccessibleName(spoken)
    made.valueChanged.connect(called)
    return made


def action(
    parent: QWidget, text: str, keys: str | QKeySequence.StandardKey, called: Callable[[], object]
) -> QAction:
    """A command that the whole window hears, by its keys, separated by spaces."""
    made = QAction(text, parent)
    if isinstance(keys, str):
        made.setShortcuts([QKeySequence(key) for key in keys.split()])
    elif keys is not None:
        made.setShortcut(keys)
    # The action's own tip: a button takes it anew whenever the action changes.
    shown = made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    made.setToolTip(f"{text} ({shown})" if shown else text)
    made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    made.triggered.connect(lambda: called())
    parent.addAction(made)
    return made


def tool(made: QAction) -> QToolButton:
    """A flat button for an action, with its words and its tip."""
    result = QToolButton()
    result.setDefaultAction(made)
    result.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    result.setObjectName("flat")
    result.setAccessibleName(made.text())
    return result


def row(*widgets: QWidget | int | None, margin: int = 0, spacing: int = 6) -> QWidget:
    """Widgets side by side; a number is empty space of that stretch."""
    made = QWidget()
    layout = QHBoxLayout(made)
    _fill(layout, widgets, margin, spacing)
    return made


def column(*widgets: QWidget | int | None, margin: int = 0, spacing: int = 6) -> QWidget:
    made = QWidget()
    layout = QVBoxLayout(made)
    _fill(layout, widgets, margin, spacing)
    return made


def flow(*widgets: QWidget, spacing: int = 4) -> QWidget:
    """Widgets one after the other, on as many lines as they need."""
    made = QWidget()
    lines = Flow(spacing)
    made.setLayout(lines)
    for widget in widgets:
        lines.addWidget(widget)
    # As wide as there is room, and then as high as that makes it.
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


def _fill(
    layout: QHBoxLayout | QVBoxLayout,
    widgets: tuple[QWidget | int | None, ...],
    margin: int,
    spacing: int,
) -> None:
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    for widget in widgets:
        if isinstance(widget, int):
            layout.addStretch(widget)
        elif widget is not None:
            # What can be cut off gets the room that others leave.
            across = isinstance(widget, Elided) and isinstance(layout, QHBoxLayout)
            layout.addWidget(widget, 1 if across else 0)


def rule() -> QFrame:
    """A thin line across."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


class Elided(QLabel):
    """One line that says by an ellipsis what has no room; the whole of it is the tip."""

    def __init__(self, name: str = "", how: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self._how = how
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text)

    def shown(self) -> str:
        """What of the text is seen."""
        return self.fontMetrics().elidedText(self.text(), self._how, self.contentsRect().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        way = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(self.contentsRect(), way, self.shown())
        painter.end()


class Bar(QWidget):
    """How far something is. `QProgressBar` paints at once whatever else is waiting; this waits."""

    def __init__(self, spoken: str) -> None:
        super().__init__()
        self._part = 0.0
        self.setFixedHeight(6)
        self.setMinimumWidth(40)
        self.setAccessibleName(spoken)

    @property
    def part(self) -> float:
        """0 to 1."""
        return self._part

    def set_part(self, part: float) -> None:
        if round(part * 1000) != round(self._part * 1000):
            self._part = part
            self.setAccessibleDescription(f"{round(part * 100)} %")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("line"))
        painter.fillRect(0, 0, round(self.width() * self._part), 6, theme.color("accent"))
        painter.end()


def may_shrink(widget: QWidget) -> QWidget:
    """Let a widget be narrower than its text: the panel is docked at 380 pixels."""
    widget.setSizePolicy(QSizePolicy.Policy.Ignored, widget.sizePolicy().verticalPolicy())
    return widget


def clear(layout: QHBoxLayout | QVBoxLayout) -> None:
    """Remove everything from a layout."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
