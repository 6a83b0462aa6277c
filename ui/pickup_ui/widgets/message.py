"""What the panel has to tell, at the top until it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui.qt import QFrame, QHBoxLayout, QKeyEvent, Qt
from pickup_ui.strings import tr
from pickup_ui.widgets.glyphs import Glyph
from pickup_ui.widgets.parts import button, label

if TYPE_CHECKING:
    from collections.abc import Callable


class Message(QFrame):
    """One text; red at its edge where something went wrong."""

    def __init__(self, take_back: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("message")
        self._said = label("", "", wrap=True)
        self._said.setObjectName("said")
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.way_back = button(tr("Take it back"), take_back, "take-back")
        self.closer = Glyph("close")
        self.closer.setAccessibleName(tr("Close the message"))
        self.closer.setToolTip(tr("Close the message"))
        self.closer.clicked.connect(self.hide)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(9, 6, 8, 6)
        inside.addWidget(self._said, 1)
        inside.addWidget(self.way_back)
        inside.addWidget(self.closer)
        self.hide()

    def text(self) -> str:
        return self._said.text()

    def say(self, text: str, *, good: bool = False, way_back: bool = False) -> None:
        """Show a text, with a button to take back what it tells of."""
        self._said.setText(text)
        self.setAccessibleName(text)
        self.way_back.setVisible(way_back)
        if self.property("good") != good:
            self.setProperty("good", good)
            self.style().polish(self)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
