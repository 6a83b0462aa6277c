"""The card's chips: what a person filled in, what the words say already, and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.e2e.footage import scene

from pickup.hosts.file import FileHost
from pickup_ui.panel import Panel
from pickup_ui.qt import Qt
from pickup_ui.work.opening import Preferences, open_cut

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from pickup_ui.widgets.card import Card


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> Panel:
    made = scene(tmp_path)
    panel = Panel()
    qtbot.addWidget(panel)
    panel.session.show(open_cut(FileHost(made.cut, tmp_path / "out.otio"), Preferences()))
    panel.show()
    return panel


def say(panel: Panel, words: str) -> Card:
    panel.card.words.setPlainText(words)
    panel.card.refresh()
    return panel.card


def states(card: Card) -> dict[str, str]:
    return {slot: str(chip.property("state")) for slot, chip in card.slots.chips.items()}


def test_without_words_every_slot_is_open(panel: Panel):
    assert set(states(say(panel, "")).values()) == {"open"}


def test_what_the_words_say_stands_on_the_chips(panel: Panel):
    card = say(panel, "Anna crosses the street at dusk, slow push in")
    assert states(card) == {
        "subject": "heard",
        "action": "heard",
        "place": "open",
        "light": "heard",
        "camera": "heard",
        "style": "open",
    }
    assert card.slots.chips["subject"].text() == "Subject: Anna"
    assert card.slots.chips["light"].toolTip() == "Light, as your words say: at dusk"
    assert card.slots.chips["style"].text() == "Style"
    assert card.slots.chips["camera"].accessibleName() == "Camera: slow push in"


def test_understanding_adds_nothing_to_the_prompt(panel: Panel):
    say(panel, "Anna crosses the street at dusk")
    (state,) = panel.session.shots.values()
    assert state.shot.text == "Anna crosses the street at dusk"
    assert not any(state.shot.prompt.model_dump().values())


def test_a_chip_is_opened_with_what_was_understood_and_changed(panel: Panel, qtbot: QtBot):
    card = say(panel, "Anna crosses the street at dusk")
    qtbot.mouseClick(card.slots.chips["light"], Qt.MouseButton.LeftButton)
    assert card.slots.field.text() == "at dusk"
    qtbot.keyClicks(card.slots.field, "noon")  # what was there is selected, so it goes
    qtbot.keyClick(card.slots.field, Qt.Key.Key_Return)
    (state,) = panel.session.shots.values()
    assert state.shot.prompt.light == "noon"
    card.refresh()
    assert states(card)["light"] == "filled"
    assert state.shot.text.endswith("Light: noon.")
    panel.commands.undo.trigger()
    card.refresh()
    assert states(card)["light"] == "heard"


def test_who_appears_is_told(panel: Panel, tmp_path: Path):
    Image.new("RGB", (8, 8)).save(tmp_path / "anna.png")
    look = tmp_path / "look.toml"
    look.write_text(
        '[[characters]]\nname = "Anna"\nwords = "grey coat"\nimages = ["anna.png"]\n', "utf-8"
    )
    card = say(panel, "Anna crosses the street")
    assert not card.cast.isVisible()
    card.apply_look(look)
    card.refresh()
    assert card.cast.text() == "With Anna; 1 reference picture"
    (state,) = panel.session.shots.values()
    assert state.shot.text == "Anna crosses the street. Anna: grey coat."
    assert say(panel, "an empty street").cast.text() == ""
    assert panel.session.shots["pk010"].shot.text == "an empty street"
