"""The slots of a prompt as chips: filled in, understood from the words, or still open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pickup.shots.request import Prompt
from pickup.shots.slots import understood
from pickup_ui.qt import QLineEdit, QPushButton, QVBoxLayout, QWidget, Signal
from pickup_ui.strings import tr
from pickup_ui.widgets.parts import button, flow

if TYPE_CHECKING:
    from pickup.shots.request import ShotRequest

SLOTS = tuple(Prompt.model_fields)

_LONGEST = 40
"""Letters of a slot that a chip shows; the tip has them all."""


def slot_name(slot: str) -> str:
    """A slot as a person calls it."""
    names = {
        "subject": tr("Subject"),
        "action": tr("Action"),
        "place": tr("Place"),
        "light": tr("Light"),
        "camera": tr("Camera"),
        "style": tr("Style"),
    }
    return names[slot]


class Chips(QWidget):
    """A chip a slot; a click opens a field below to say something else.

    Signals:
        edited: a slot, and what it shall say.
    """

    edited = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._shot: ShotRequest | None = None
        self._open = ""
        self.chips = {slot: self._chip(slot) for slot in SLOTS}
        self.field = QLineEdit()
        self.field.setObjectName("slot")
        self.field.setAccessibleName(tr("Slot"))
        self.field.hide()
        self.field.textEdited.connect(lambda text: self.edited.emit(self._open, text))
        self.field.returnPressed.connect(self._done)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(flow(*self.chips.values()))
        layout.addWidget(self.field)

    def _chip(self, slot: str) -> QPushButton:
        made = button(slot_name(slot), partial(self._toggle, slot), "chip")
        made.setCheckable(True)
        return made

    def show_shot(self, shot: ShotRequest) -> None:
        """What each slot of it says."""
        other = self._shot is not None and self._shot.id != shot.id
        self._shot = shot
        if other and self._open:
            self.close_field()
        meant = understood(shot.words)
        for slot, chip in self.chips.items():
            _show(chip, slot, getattr(shot.prompt, slot), getattr(meant, slot))
            chip.setChecked(slot == self._open)
        if self._open and not self.field.hasFocus():
            self.field.setText(getattr(shot.prompt, self._open))

    def _toggle(self, slot: str) -> None:
        if self._shot is None or self._open == slot:
            self.close_field()
            return
        self._open = slot
        self.field.setPlaceholderText(slot_name(slot))
        self.field.setAccessibleName(slot_name(slot))
        said = getattr(self._shot.prompt, slot)
        self.field.setText(said or getattr(understood(self._shot.words), slot))
        self.field.show()
        self.field.setFocus()
        self.field.selectAll()
        self.show_shot(self._shot)

    def _done(self) -> None:
        """Enter: back to the chip that was changed."""
        chip = self.chips[self._open]
        self.close_field()
        chip.setFocus()

    def close_field(self) -> None:
        self._open = ""
        self.field.hide()
        for chip in self.chips.values():
            chip.setChecked(False)


def _show(chip: QPushButton, slot: str, value: str, heard: str) -> None:
    name, said = slot_name(slot), value or heard
    chip.setText(tr("{slot}: {said}", slot=name, said=_short(said)) if said else name)
    if value or not heard:
        tip = tr("{slot}: {said}", slot=name, said=value) if value else ""
        chip.setToolTip(tip or tr("{slot} is not said; click to say it", slot=name))
    else:
        chip.setToolTip(tr("{slot}, as your words say: {said}", slot=name, said=heard))
    chip.setAccessibleName(tr("{slot}: {said}", slot=name, said=said or tr("not said")))
    state = "filled" if value else "heard" if heard else "open"
    if chip.property("state") != state:
        chip.setProperty("state", state)
        chip.style().polish(chip)


def _short(value: str) -> str:
    """A slot's value, as much as a chip holds, on one line; `&` would underline a letter."""
    line = " ".join(value.split())
    shown = line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
    return shown.replace("&", "&&")
