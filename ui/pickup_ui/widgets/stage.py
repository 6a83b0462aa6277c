"""The work on an open cut: gaps, card, viewer beside each other, or in one column when docked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui.qt import QSplitter, Qt, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from pickup_ui.models.settings import Settings

NARROW = 860
"""Below this width everything stands in one column."""

_COLUMNS = {True: (210, 500, 0), False: (320, 360, 520)}
_TALLEST = 0.4
"""Part of the height that the timeline takes by itself at most."""


class Stage(QWidget):
    """Arranges the parts by the width there is, and remembers what the user has dragged.

    Args:
        columns: gaps, card, viewer.
        strip: over them when docked, else under them.
        foot: always last.
    """

    def __init__(
        self,
        settings: Settings,
        columns: tuple[QWidget, QWidget, QWidget],
        strip: QWidget,
        foot: QWidget,
    ) -> None:
        super().__init__()
        self._settings = settings
        self.narrow: bool | None = None
        self.viewer, self._strip = columns[2], strip
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        for part in columns:
            self.split.addWidget(part)
        self.rows = QSplitter(Qt.Orientation.Vertical)
        self.rows.setChildrenCollapsible(False)
        self.rows.setHandleWidth(1)
        self.rows.addWidget(self.split)
        # `splitterMoved` comes from a person's hand alone, never from `setSizes`.
        self._dragged: set[str] = set()
        self.split.splitterMoved.connect(lambda *_: self._dragged.add("columns"))
        self.rows.splitterMoved.connect(lambda *_: self._dragged.add("strip"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rows, 1)
        layout.addWidget(foot)

    def arrange(self, width: int) -> bool:
        """Stand as the width wants it; True where that is otherwise than before."""
        narrow = width < NARROW
        if narrow == self.narrow:
            return False
        self.remember()
        self.narrow = narrow
        self.split.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)
        self.rows.insertWidget(0 if narrow else 1, self._strip)
        self.rows.setStretchFactor(self.rows.indexOf(self._strip), 0)
        self.rows.setStretchFactor(self.rows.indexOf(self.split), 1)
        if self.viewer.parentWidget() is self.split:
            self.viewer.setVisible(not narrow)
        self.split.setSizes(self._kept("columns", _COLUMNS[narrow]))
        self.fit_strip()
        return True

    def fit_strip(self) -> None:
        """As high as its tracks want, within reason, or as the user has dragged it."""
        height = self.rows.height() or self.height()
        wanted = min(self._strip.sizeHint().height(), round(height * _TALLEST))
        (tall,) = self._kept("strip", (max(wanted, self._strip.minimumHeight()),))
        rest = max(1, height - tall)
        self.rows.setSizes([tall, rest] if self.narrow else [rest, tall])

    def home_viewer(self) -> None:
        """The viewer back into its column; hidden where there is none."""
        self.split.addWidget(self.viewer)
        self.viewer.setVisible(not self.narrow)

    def remember(self) -> None:
        """Keep the sizes that the user has dragged; what nobody touched follows the cut."""
        if self.narrow is None or not self.isVisible():
            return
        sizes = dict(self._settings.kept.sizes)
        now = {"columns": tuple(self.split.sizes()), "strip": (self._strip.height(),)}
        sizes |= {self._key(name): now[name] for name in self._dragged}
        self._dragged.clear()
        self._settings.set(sizes=sizes)

    def _key(self, name: str) -> str:
        return f"{name}, {'docked' if self.narrow else 'full'}"

    def _kept(self, name: str, otherwise: tuple[int, ...]) -> list[int]:
        kept = self._settings.kept.sizes.get(self._key(name), ())
        return list(kept if len(kept) == len(otherwise) else otherwise)
