"""The whole way as a user goes it, by mouse and keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from tests.unit.ui.conftest import LONG

from pickup.errors import MediaError
from pickup.fill.folder import PickupFolder
from pickup.fill.takes import read_takes
from pickup.providers.animatic import AnimaticProvider
from pickup.providers.base import ProviderRefusal, Refusal
from pickup_ui.models.shot_state import Status
from pickup_ui.qt import QLabel, QPoint, QPushButton, Qt

if TYPE_CHECKING:
    from pickup_ui.panel import Panel

LEFT = Qt.MouseButton.LeftButton


def click(qtbot: Any, widget: Any) -> None:
    qtbot.waitUntil(lambda: widget.isVisible() and widget.isEnabled(), timeout=LONG)
    qtbot.mouseClick(widget, LEFT)


def status(panel: Panel, shot: str) -> Status:
    return panel.session.shots[shot].status


def order_and_wait(panel: Panel, qtbot: Any) -> None:
    qtbot.waitUntil(panel.foot.order.isEnabled, timeout=LONG)
    with qtbot.waitSignal(panel.orders.finished, timeout=LONG):
        click(qtbot, panel.foot.order)


def sheet_button(panel: Panel, name: str) -> QPushButton:
    assert panel.overlay.inside is not None
    return next(b for b in panel.overlay.inside.findChildren(QPushButton) if b.text() == name)


def test_from_the_cut_to_the_filled_cut_and_back(opened: Panel, cut: Path, qtbot: Any) -> None:
    panel, session = opened, opened.session
    assert session.current == "pk010"
    assert panel.card.words.toPlainText() == "rain on glass"
    # Edit the words by keys.
    qtbot.keyClick(panel.strip, Qt.Key.Key_E)
    qtbot.waitUntil(panel.card.words.hasFocus)
    panel.card.words.selectAll()
    qtbot.keyClicks(panel.card.words, "fog over the harbour")
    assert session.shots["pk010"].shot.text == "fog over the harbour"
    qtbot.waitUntil(lambda: panel.card.sent.text() == "fog over the harbour")
    # Order on the local model, by one button; progress is told.
    told: list[tuple[int, int, float]] = []
    panel.orders.progress.connect(lambda done, total, part: told.append((done, total, part)))
    order_and_wait(panel, qtbot)
    assert told[-1][:2] == (2, 2)
    assert status(panel, "pk010") is Status.READY
    # Judge: the take plays between its neighbours, frame by frame.
    assert panel.judge.main.take == "pk010_t01"
    assert panel.judge.reel is not None
    first, end = panel.judge.reel.joins
    assert (first, end - first) == (24, 20)
    panel.viewer.picture.setFocus()
    qtbot.keyClick(panel.viewer.picture, Qt.Key.Key_Right)
    assert panel.judge.position == first + 1
    assert session.playhead == 25
    # Choose by a key, the other by the mouse.
    qtbot.keyClick(panel.viewer.picture, Qt.Key.Key_C)
    assert status(panel, "pk010") is Status.CHOSEN
    qtbot.keyClick(panel.viewer.picture, Qt.Key.Key_Down)
    assert session.current == "pk020"
    click(qtbot, panel.viewer.choose_button)
    # Place: the list first, then the doing.
    with qtbot.waitSignal(panel.placement.proposed, timeout=LONG):
        click(qtbot, panel.foot.place)
    texts = [w.text() for w in panel.overlay.findChildren(QLabel)]
    assert "pk010_t01" in texts
    assert "Writes: scene.filled.otio" in texts
    with qtbot.waitSignal(panel.placement.placed, timeout=LONG):
        click(qtbot, sheet_button(panel, "Place"))
    filled = cut.with_name("scene.filled.otio")
    timeline = otio.adapters.read_from_file(str(filled))
    clips = [c for c in timeline.find_clips() if "pickup" in c.metadata]
    assert next(c.metadata["pickup"]["prompt"] for c in clips) == "fog over the harbour"
    assert session.counts()[Status.PLACED] == 2
    # And a way back.
    with qtbot.waitSignal(panel.placement.taken_back, timeout=LONG):
        click(qtbot, panel.way_back)
    assert not filled.exists()
    assert session.counts()[Status.CHOSEN] == 2


def test_reopened_it_is_as_it_was_left(new_panel: Any, cut: Path, qtbot: Any) -> None:
    panel = new_panel()
    with qtbot.waitSignal(panel.session.opened_changed, timeout=LONG):
        panel.open(cut)
    panel.card.words.setPlainText("a door closes")
    order_and_wait(panel, qtbot)
    panel.session.step(1)
    panel.session.set_wanted(["pk010"], False)
    panel.session.choose("pk020", 1)
    panel.session.reject("pk010", "pk010_t01")
    panel.close()
    again = new_panel()
    with qtbot.waitSignal(again.session.opened_changed, timeout=LONG):
        again.open(cut)
    shots = again.session.shots
    assert again.session.current == "pk020"
    assert shots["pk010"].shot.words == "a door closes"
    assert not shots["pk010"].wanted
    assert shots["pk010"].rejected == {"pk010_t01"}
    assert shots["pk020"].status is Status.CHOSEN
    assert again.orders.summary().count == 0


def refuse(*_: Any) -> str:
    raise ProviderRefusal(Refusal.MODERATION, "the service refused the first frame: a face in it")


@pytest.mark.usefixtures("here")
def test_a_provider_that_fails_says_why_and_a_retry_brings_it(
    opened: Panel, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = opened
    with monkeypatch.context() as patched:
        patched.setattr(AnimaticProvider, "submit", refuse)
        order_and_wait(panel, qtbot)
    assert status(panel, "pk010") is Status.FAILED
    qtbot.waitUntil(lambda: "the service refused the first frame" in panel.card.why.text())
    qtbot.waitUntil(panel.card.retry.isVisible)
    with qtbot.waitSignal(panel.orders.finished, timeout=LONG):
        click(qtbot, panel.card.retry)
    assert status(panel, "pk010") is Status.READY
    qtbot.waitUntil(lambda: not panel.card.failed.isVisible())


@pytest.mark.usefixtures("here")
def test_what_cannot_be_conformed_is_told(
    opened: Panel, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise MediaError("take.mov", "is damaged and cannot be decoded")

    monkeypatch.setattr("pickup_ui.work.ordering.conform_take", broken)
    order_and_wait(opened, qtbot)
    assert "is damaged" in opened.session.shots["pk020"].reason


def test_a_panel_closed_in_mid_order_goes_on_when_it_is_opened_again(
    new_panel: Any, cut: Path, qtbot: Any
) -> None:
    panel = new_panel()
    with qtbot.waitSignal(panel.session.opened_changed, timeout=LONG):
        panel.open(cut)
    qtbot.waitUntil(panel.foot.order.isEnabled, timeout=LONG)
    with qtbot.waitSignal(panel.orders.progress, timeout=LONG):
        click(qtbot, panel.foot.order)
    panel.close()
    again = new_panel()
    with qtbot.waitSignal(again.session.opened_changed, timeout=LONG):
        again.open(cut)
    qtbot.waitUntil(
        lambda: (
            all(s.status is Status.READY for s in again.session.shots.values())
            or again.foot.order.isEnabled()
        ),
        timeout=LONG,
    )
    if again.orders.summary().count and not again.orders.running:
        order_and_wait(again, qtbot)
    qtbot.waitUntil(lambda: not again.orders.running, timeout=LONG)
    takes = read_takes(PickupFolder.of(cut))
    assert [take.name for take in takes] == ["pk010_t01", "pk020_t01"]


def test_a_remix_makes_a_new_take_and_keeps_the_old(opened: Panel, qtbot: Any) -> None:
    panel = opened
    order_and_wait(panel, qtbot)
    click(qtbot, panel.viewer.remix_button)
    panel.viewer.remix_words.selectAll()
    qtbot.keyClicks(panel.viewer.remix_words, "the same, at night")
    with qtbot.waitSignal(panel.orders.finished, timeout=LONG):
        qtbot.keyClick(panel.viewer.remix_words, Qt.Key.Key_Return)
    names = [(t.name, t.record.prompt) for t in panel.session.shots["pk010"].takes]
    assert names == [("pk010_t01", "rain on glass"), ("pk010_t02", "the same, at night")]
    assert [panel.viewer.takes.itemData(i) for i in range(3)] == ["", "pk010_t01", "pk010_t02"]


def test_a_cut_that_cannot_be_read_is_one_sentence(
    panel: Panel, tmp_path: Path, qtbot: Any
) -> None:
    broken = tmp_path / "broken.otio"
    broken.write_text("{ no", "utf-8")
    with qtbot.waitSignal(panel.session.failed, timeout=LONG):
        panel.open(broken)
    assert panel.message.isVisible()
    assert "broken.otio" in panel.message.text()
    panel.open(tmp_path / "notes.txt")
    assert "no timeline format ends in" in panel.message.text()


def test_keys_go_from_gap_to_gap(opened: Panel, qtbot: Any) -> None:
    panel = opened
    panel.strip.setFocus()
    for key, shot in (
        (Qt.Key.Key_Down, "pk020"),
        (Qt.Key.Key_Up, "pk010"),
        (Qt.Key.Key_L, "pk020"),
        (Qt.Key.Key_J, "pk010"),
    ):
        qtbot.keyClick(panel.strip, key)
        assert panel.session.current == shot
    scale = panel.strip.view.scale
    qtbot.keyClick(panel.strip, Qt.Key.Key_Plus)
    assert panel.strip.view.scale > scale
    qtbot.keyClick(panel.strip, Qt.Key.Key_Backslash)
    assert panel.strip.view.scale == scale


def test_a_click_on_the_strip_finds_the_gap(opened: Panel, qtbot: Any) -> None:
    panel = opened
    state = panel.session.shots["pk020"]
    x = round(panel.strip.x_of(state.gap.start + 3)) + 1
    qtbot.mouseClick(panel.strip, LEFT, pos=QPoint(x, 30))
    assert panel.session.current == "pk020"
    assert state.gap.start < panel.session.playhead < state.gap.end


def test_space_presses_the_button_that_has_the_focus(opened: Panel, qtbot: Any) -> None:
    panel = opened
    panel.card.slots.chips["light"].setFocus()
    qtbot.keyClick(panel.card.slots.chips["light"], Qt.Key.Key_Space)
    assert panel.card.slots.field.isVisible()
    assert not panel.judge.playing
    qtbot.keyClicks(panel.card.slots.field, "candle")
    assert panel.session.shots["pk010"].shot.prompt.light == "candle"
    assert panel.session.shots["pk010"].shot.text == "rain on glass. Light: candle."


def test_narrow_judging_lies_over_the_panel(opened: Panel, qtbot: Any) -> None:
    panel = opened
    panel.resize(380, 800)
    qtbot.waitUntil(lambda: panel.stage.narrow is True)
    assert not panel.viewer.isVisible()
    panel.strip.setFocus()
    qtbot.keyClick(panel.strip, Qt.Key.Key_Return)
    assert panel.overlay.inside is panel.viewer
    assert panel.viewer.width() == panel.width()
    qtbot.keyClick(panel.viewer.picture, Qt.Key.Key_Escape)
    assert not panel.overlay.isVisible()
    panel.resize(1280, 800)
    assert panel.viewer.isVisible()
    assert panel.stage.split.indexOf(panel.viewer) == 2


def test_the_example_is_filled_in_one_click(panel: Panel, qtbot: Any) -> None:
    with qtbot.waitSignal(panel.example.done, timeout=LONG) as done:
        click(qtbot, panel.first.example)
    assert Path(done.args[0]).name == "harbour.filled.otio"
    assert panel.stack.currentWidget() is panel.work_page
    assert panel.message.text().startswith("Placed in harbour.filled.otio.")
    assert panel.way_back.isVisible()
    assert panel.session.counts()[Status.PLACED] == 2


def test_the_window_comes_back_where_it_was(new_panel: Any) -> None:
    first = new_panel()
    first.setGeometry(40, 50, 700, 600)
    first.close()
    kept = json.loads(first.settings._path.read_text("utf-8"))
    assert kept["window"] == [40, 50, 700, 600]
    assert first.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
