"""No cut is open: what to do first."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pickup_ui.qt import QHBoxLayout, QVBoxLayout, QWidget, Signal
from pickup_ui.strings import tr
from pickup_ui.widgets.parts import button, clear, flow, label

if TYPE_CHECKING:
    from pickup_ui.models.settings import Settings

_WIDEST = 480
"""Pixels of a line of words."""
_LONGEST = 44
"""Letters of a file's name that are shown."""


class FirstPage(QWidget):
    """No cut is open: what to do.

    Signals:
        open_asked: choose a file.
        example_asked: show it on the example.
        recent_asked: open this one again.
    """

    open_asked = Signal()
    example_asked = Signal()
    recent_asked = Signal(str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.setObjectName("first")
        self.example = button(
            tr("Fill the example"), self.example_asked.emit, "primary",
            tip=tr("Needs no key, and sends nothing"),
        )  # fmt: skip
        self.open = button(tr("Open a cut …"), self.open_asked.emit, "open")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self.waiting = label("", "dim")
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._inside(), 100)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addLayout(across, 4)
        outer.addStretch(1)
        settings.changed.connect(self.refresh)
        self.refresh()

    def _inside(self) -> QWidget:
        """What is said and offered, in a column that is easily read."""
        about = tr(
            "Pickup finds every gap in a cut, makes a shot for each, and puts the shots back, "
            "exact to the frame. Your own file is never touched."
        )
        example = tr(
            "The example is a drawn scene with two gaps. It is filled on this machine: "
            "no key, no cost, nothing uploaded. A cut can also be dropped here."
        )
        inner = QWidget()
        inner.setMaximumWidth(_WIDEST)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(20, 24, 20, 24)
        layout.setSpacing(12)
        for part in (
            label(tr("Fill the holes in a cut"), "large", wrap=True),
            label(about, "dim", wrap=True),
            flow(self.example, self.open, spacing=8),
            label(example, "dim", wrap=True),
            self.waiting,
        ):
            layout.addWidget(part)
        layout.addLayout(self._recent)
        layout.addStretch(1)
        return inner

    def refresh(self) -> None:
        """List the cuts opened lately that are still there."""
        clear(self._recent)
        recent = [Path(name) for name in self._settings.kept.recent if Path(name).exists()]
        if recent:
            self._recent.addWidget(label(tr("Opened lately"), "section"))
        for path in recent[:5]:
            asked = partial(self.recent_asked.emit, str(path))
            made = button(_named(path), asked, "recent", tip=str(path), spoken=path.name)
            self._recent.addWidget(made)

    def wait(self, text: str) -> None:
        """Something is on its way."""
        self.waiting.setText(text)
        for one in (self.example, self.open):
            one.setEnabled(not text)


def _named(path: Path) -> str:
    """A file and its folder, as short as a button wants it; `&` would underline a letter."""
    name = path.name if len(path.name) <= _LONGEST else f"{path.stem[: _LONGEST - 8]}…{path.suffix}"
    return f"{name}   {path.parent.name}".replace("&", "&&")
