"""The card of a gap: what it says, what can be changed on it, and that all of it can be undone."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from pickup.cut.model import Cut, Item, ItemKind, Marker, Track
from pickup.providers.card import ModelCard
from pickup_ui.models.models import Catalog
from pickup_ui.models.thumbnails import Thumbnails
from pickup_ui.qt import QApplication, QImage, QPushButton, Qt, QWidget
from pickup_ui.widgets.card import Card
from pickup_ui.widgets.chips import SLOTS, Chips, slot_name
from pickup_ui.widgets.frames import FramePicture, draw_inside
from pickup_ui.work.steps import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot
    from tests.unit.ui.conftest import Desk

    from pickup.shots.request import ShotRequest

LEFT = Qt.MouseButton.LeftButton


def two_gaps(words: str = "Anna crosses the street at dusk") -> Cut:
    items = [Item(ItemKind.CLIP, f"A{n:03d}_C{n}", n * 96, n * 96 + 48) for n in range(3)]
    marks = [Marker(f"pickup: {words}", 48, 48)] if words else []
    return Cut("Two", Fraction(24), 86_400, tracks=[Track("video", items=items)], markers=marks)


def model(name: str, **facts: Any) -> ModelCard:
    provider, _, own = name.partition(":")
    return ModelCard.model_validate({"provider": provider, "id": own, "title": name, **facts})


CATALOG = (
    model("animatic:animatic-1", local=True, title="Animatic", first_frame=True, last_frame=True),
    model("zz:paid", prices={"": Decimal("0.10")}, title="Best paid", first_frame=True),
    model("zz:long", prices={"": Decimal("0.5")}, title="Another", max_seconds=1, min_seconds=1),
    model("zz:old", status="retired", title="Old"),
    model("kk:keyless", title="Keyless"),
    model("zz:nobody", title="Nobody knows"),
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.models.catalog = Catalog({c.name: c for c in CATALOG}, frozenset({"animatic", "zz"}))
    return desk


@pytest.fixture
def make(lay_out: Callable[[Cut], Desk], qtbot: QtBot) -> Callable[..., Card]:
    def made(cut: Cut | None = None) -> Card:
        desk = lay_out(cut or two_gaps())
        shown = Card(desk.session, desk.models, desk.orders, Thumbnails(desk.tasks, desk.session))
        qtbot.addWidget(shown)
        shown.resize(400, 700)
        shown.show()
        shown.refresh()
        return shown

    return made


@pytest.fixture
def card(make: Callable[..., Card]) -> Card:
    return make()


def shot(card: Card) -> ShotRequest:
    assert card.state is not None
    return card.state.shot


def undo(card: Card) -> None:
    card._session.undo.undo()
    card.refresh()


def fill_slot(card: Card, **said: str) -> None:
    card._session.edit("pk010", "x", prompt=shot(card).prompt.model_copy(update=said))


def pick(card: Card, name: str) -> None:
    row = card.model.findData(name)
    assert row >= 0, name
    card.model.setCurrentIndex(row)
    card.model.activated.emit(row)
    card.refresh()


class TestSays:
    def test_which_gap_where_and_how_long(self, card: Card):
        assert card.name.text() == "pk010"
        assert card.where.text() == "01:00:02:00   48 frames, 2.00 s"
        assert card.before.accessibleName() == "Out: A000_C0"
        assert card.after.accessibleName() == "In: A001_C1"
        assert card.words.toPlainText() == "Anna crosses the street at dusk"

    def test_the_next_gap_with_its_own(self, card: Card):
        card.verticalScrollBar().setValue(200)
        card._session.step(1)
        assert card.name.text() == "pk020"
        assert card.words.toPlainText() == ""
        assert card.after.accessibleName() == "In: A002_C2"
        assert card.verticalScrollBar().value() == 0

    def test_a_gap_at_an_end_has_one_neighbour(self, make: Callable[..., Card]):
        items = [Item(ItemKind.CLIP, "A", 48, 96), Item(ItemKind.CLIP, "S", 0, 96)]
        tracks = [Track("video", items=items[:1]), Track("audio", items=items[1:])]
        card = make(Cut("End", Fraction(24), 0, tracks=tracks))
        assert card.before.accessibleName() == "Out: no clip there"
        assert card.after.accessibleName() == "In: A"

    def test_nothing_where_there_is_no_gap(self, make: Callable[..., Card]):
        tracks = [Track("video", items=[Item(ItemKind.CLIP, "A", 0, 48)])]
        card = make(Cut("Full", Fraction(24), 0, tracks=tracks))
        assert card.state is None
        assert not card.words.isVisible()

    def test_how_far_it_is_and_that_it_can_be_called_off(self, card: Card):
        assert not card.busy.isVisible()
        assert card.state is not None
        for phase, said in (
            (Phase.WAITING, "Waiting"),
            (Phase.MAKING, "Being made"),
            (Phase.CONFORMING, "Fitting it to the cut"),
        ):
            card.state.heard(Step("pk010", 1, phase, 0.5))
            card.refresh()
            assert card.news.text() == said
            assert card.cancel.isVisible()
        card.state.heard(Step("pk010", 1, Phase.MAKING, 0.5, "Rendering at the service"))
        card.refresh()
        assert card.news.text() == "Rendering at the service"
        assert card.bar.accessibleDescription() == "45 %"
        assert not card.order.isEnabled()

    def test_why_it_was_not_made_where_it_is_seen(self, card: Card):
        card.resize(400, 300)
        QApplication.processEvents()
        card.verticalScrollBar().setValue(card.verticalScrollBar().maximum())
        assert card.state is not None
        card.state.heard(
            Step("pk010", 1, Phase.FAILED, None, "the service refused the first frame")
        )
        card.refresh()
        QApplication.processEvents()
        assert card.why.text() == "the service refused the first frame"
        assert (
            card.viewport()
            .rect()
            .intersects(
                card.failed.rect().translated(
                    card.failed.mapTo(card.viewport(), card.rect().topLeft())
                )
            )
        )
        assert card.retry.isVisible()


class TestWords:
    def test_what_is_typed_is_the_shots_and_one_step(self, card: Card, qtbot: QtBot):
        card.words.selectAll()
        qtbot.keyClicks(card.words, "fog over the harbour")
        assert shot(card).text == "fog over the harbour"
        assert shot(card).words_from == "person"
        undo(card)
        assert card.words.toPlainText() == "Anna crosses the street at dusk"
        card._session.undo.redo()
        card.refresh()
        assert card.words.toPlainText() == "fog over the harbour"

    def test_without_words_its_neighbours_are_joined(self, card: Card):
        card.words.clear()
        assert shot(card).words == ""
        assert shot(card).words_from == "neighbours"
        assert "A000_C0" in shot(card).text

    def test_showing_a_gap_is_no_edit(self, card: Card):
        card._session.step(1)
        card._session.step(-1)
        card.refresh()
        assert card._session.undo.count() == 0

    def test_no_more_than_a_prompt_can_hold(self, card: Card):
        card.words.setPlainText("x" * 30_000)
        assert len(shot(card).words) == 20_000

    def test_tab_leaves_the_field(self, card: Card, qtbot: QtBot):
        card.activateWindow()
        card.words.setFocus()
        qtbot.waitUntil(card.words.hasFocus)
        qtbot.keyClick(card.words, Qt.Key.Key_Tab)
        assert "\t" not in card.words.toPlainText()
        assert not card.words.hasFocus()


class TestModel:
    def test_those_that_can_be_used_come_first_and_retired_ones_not_at_all(self, card: Card):
        card._models_read()
        names = [card.model.itemText(n) for n in range(card.model.count())]
        assert names == [
            *("Best available", "Animatic", "Another", "Best paid", "Nobody knows"),
            "Keyless (no key)",
        ]

    @pytest.mark.parametrize(
        ("name", "price"),
        [
            ("animatic:animatic-1", "Free, made on this machine"),
            ("zz:paid", "$0.20"),
            ("zz:nobody", "Price not known"),
        ],
    )
    def test_the_price_for_this_gap(self, card: Card, name: str, price: str):
        card._models_read()
        pick(card, name)
        assert shot(card).model == name
        assert card.price.text() == price

    def test_more_takes_cost_more(self, card: Card):
        card._models_read()
        pick(card, "zz:paid")
        card.takes.setValue(3)
        card.refresh()
        assert card.price.text() == "$0.60 for 3 takes"
        undo(card)
        assert card.takes.value() == 1

    def test_what_it_cannot_do_is_said_and_it_cannot_be_ordered(self, card: Card):
        card._models_read()
        pick(card, "kk:keyless")
        assert card.cannot.text() == "There is no key for it yet; settings hold the keys."
        assert card.cannot.isVisible()
        assert not card.order.isEnabled()
        undo(card)
        assert not card.cannot.isVisible()
        assert card.order.isEnabled()

    def test_a_model_that_is_not_in_the_catalog_is_named(self, card: Card):
        card._session.edit("pk010", "x", model="gone:model")
        card.refresh()
        assert card.model.currentText() == "gone:model"
        assert card.cannot.text() == "No model is called “gone:model”."


class TestSeed:
    @pytest.mark.parametrize("typed", ["0", "42", str(2**32 - 1)])
    def test_a_number_is_taken(self, card: Card, typed: str):
        card.seed.setText(typed)
        card.seed.editingFinished.emit()
        assert shot(card).seed == int(typed)
        undo(card)
        assert shot(card).seed != int(typed)

    @pytest.mark.parametrize("typed", ["", "red", "-1", "1.5", str(2**32), "٣٤x"])
    def test_anything_else_is_put_back(self, card: Card, typed: str):
        was = shot(card).seed
        card.seed.setText(typed)
        card.seed.editingFinished.emit()
        assert shot(card).seed == was
        assert card.seed.text() == str(was)


class TestLook:
    def test_a_look_that_cannot_be_read_is_told(self, card: Card, tmp_path: Path, desk: Desk):
        broken = tmp_path / "look.toml"
        broken.write_text("= what", "utf-8")
        card.apply_look(broken)
        assert len(desk.told) == 1
        assert "look.toml" in desk.told[0]
        assert card._session.undo.count() == 0

    def test_a_look_fills_what_is_open_in_one_step(self, card: Card, tmp_path: Path):
        look = tmp_path / "look.toml"
        look.write_text('light = "candle"\nstyle = "grain"\n', "utf-8")
        fill_slot(card, light="sun")
        card.apply_look(look)
        assert (shot(card).prompt.light, shot(card).prompt.style) == ("sun", "grain")
        undo(card)
        assert shot(card).prompt.style == ""

    def test_no_file_chosen_changes_nothing(self, card: Card, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(
            "pickup_ui.widgets.card.QFileDialog.getOpenFileName", lambda *_: ("", "")
        )
        card.look.click()
        assert card._session.undo.count() == 0


class TestChips:
    @pytest.fixture
    def chips(self, card: Card) -> Chips:
        return card.slots

    def test_every_slot_has_its_chip_and_name(self, chips: Chips):
        assert set(chips.chips) == set(SLOTS)
        assert len({slot_name(slot) for slot in SLOTS}) == len(SLOTS)

    @pytest.mark.parametrize(
        "said", ["warm, low sun", "around the bollard", "close on, slow push in from the left"]
    )
    def test_what_it_says_can_be_read_in_full(self, card: Card, chips: Chips, said: str):
        fill_slot(card, light=said)
        card.refresh()
        QApplication.processEvents()
        chip = chips.chips["light"]
        assert chip.text() == f"Light: {said}"
        assert chip.width() >= chip.sizeHint().width()

    def test_a_very_long_one_is_cut_and_told_in_full(self, card: Card, chips: Chips):
        said = "a light like that of the painters of the north in the early morning of winter"
        fill_slot(card, light=said)
        card.refresh()
        chip = chips.chips["light"]
        assert chip.text().endswith("…")
        assert len(chip.text()) < 52
        assert chip.toolTip() == chip.accessibleName() == f"Light: {said}"

    def test_signs_that_mark_keys_are_shown_as_they_are(self, card: Card, chips: Chips):
        prompt = shot(card).prompt.model_copy(update={"style": "black & white"})
        card._session.edit("pk010", "x", prompt=prompt)
        card.refresh()
        assert chips.chips["style"].text() == "Style: black && white"
        assert chips.chips["style"].accessibleName() == "Style: black & white"

    def test_one_field_serves_the_chip_that_was_pressed(self, chips: Chips, qtbot: QtBot):
        assert not chips.field.isVisible()
        qtbot.mouseClick(chips.chips["style"], LEFT)
        assert chips.field.isVisible()
        assert chips.field.accessibleName() == "Style"
        assert chips.chips["style"].isChecked()
        qtbot.mouseClick(chips.chips["light"], LEFT)
        assert chips.field.text() == "at dusk"
        assert not chips.chips["style"].isChecked()
        qtbot.mouseClick(chips.chips["light"], LEFT)
        assert not chips.field.isVisible()

    def test_enter_goes_back_to_the_chip(self, card: Card, chips: Chips, qtbot: QtBot):
        card.activateWindow()
        qtbot.mouseClick(chips.chips["style"], LEFT)
        qtbot.keyClicks(chips.field, "grain")
        qtbot.keyClick(chips.field, Qt.Key.Key_Return)
        assert shot(card).prompt.style == "grain"
        assert not chips.field.isVisible()
        qtbot.waitUntil(chips.chips["style"].hasFocus)

    def test_typing_is_one_step_and_the_prompt_says_it(
        self, card: Card, chips: Chips, qtbot: QtBot
    ):
        qtbot.mouseClick(chips.chips["place"], LEFT)
        qtbot.keyClicks(chips.field, "on the pier")
        assert shot(card).text.endswith("Place: on the pier.")
        assert card._session.undo.count() == 1
        undo(card)
        assert shot(card).prompt.place == ""

    def test_the_field_of_one_gap_does_not_write_into_the_next(
        self, card: Card, chips: Chips, qtbot: QtBot
    ):
        qtbot.mouseClick(chips.chips["place"], LEFT)
        card._session.step(1)
        assert not chips.field.isVisible()
        assert card._session.shots["pk020"].shot.prompt.place == ""

    def test_before_a_cut_is_open_a_press_does_nothing(self, qtbot: QtBot):
        alone = Chips()
        qtbot.addWidget(alone)
        alone.chips["style"].click()
        assert not alone.chips["style"].isChecked()
        assert alone.field.isHidden()


class TestFrames:
    def test_a_picture_lies_in_the_middle_and_keeps_its_shape(self, qapp: Any):
        from pickup_ui.qt import QColor, QPainter, QRect

        ground = QImage(200, 200, QImage.Format.Format_RGB32)
        ground.fill(Qt.GlobalColor.black)
        red = QImage(160, 90, QImage.Format.Format_RGB32)
        red.fill(Qt.GlobalColor.red)
        painter = QPainter(ground)
        draw_inside(painter, QRect(0, 0, 200, 200), red)
        painter.end()
        inside = [y for y in range(200) if ground.pixelColor(100, y) == QColor("red")]
        assert len(inside) == pytest.approx(112, abs=2)
        assert inside[0] == pytest.approx(44, abs=2)

    @pytest.mark.parametrize(("width", "high"), [(160, 90), (240, 135), (900, 150)])
    def test_it_is_as_high_as_film_is_at_its_width(
        self, desk: Desk, qtbot: QtBot, width: int, high: int
    ):
        picture = FramePicture(Thumbnails(desk.tasks, desk.session), "Out")
        holder = QWidget()
        qtbot.addWidget(holder)
        holder.setMinimumSize(1000, 200)
        picture.setParent(holder)
        picture.resize(width, 40)
        holder.show()
        assert picture.height() - 18 == high


def test_a_look_and_all_buttons_say_what_they_do(card: Card):
    names = {b.accessibleName() for b in card.findChildren(QPushButton) if b.isVisible()}
    assert {"Look …", "Order this shot"} <= names
