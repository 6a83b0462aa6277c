"""The viewer as one uses it: keys and mouse, sound, comparing, judging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.unit.ui.conftest import LONG, Desk, lay_take
from tests.unit.ui.test_sound import Speaker

from pickup_ui.models.judge import Compare, Judge
from pickup_ui.models.shot_state import Status
from pickup_ui.models.sound import Sound
from pickup_ui.qt import QImage, QPoint, Qt
from pickup_ui.widgets.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = Qt.Key


@pytest.fixture
def show(open_desk: Desk, qtbot: Any) -> Callable[..., Viewer]:
    """Shows a viewer of the first gap with so many takes."""

    def make(takes: int = 2, sound: Sound | None = None) -> Viewer:
        judge = Judge(open_desk.session, sound=sound)
        viewer = Viewer(open_desk.session, judge, open_desk.orders)
        qtbot.addWidget(viewer)
        viewer.setMinimumSize(360, 400)
        viewer.resize(520, 460)
        with qtbot.waitActive(viewer):
            viewer.show()
        for number in range(1, takes + 1):
            lay_take(open_desk.session, "pk010", number)
        return viewer

    return make


def press(qtbot: Any, viewer: Viewer, key: Any, keys: Any = Qt.KeyboardModifier.NoModifier) -> None:
    viewer.picture.setFocus()
    qtbot.keyClick(viewer.picture, key, keys)


def status(desk: Desk) -> Status:
    return desk.session.shots["pk010"].status


def items(box: Any) -> list[str]:
    return [box.itemText(n) for n in range(box.count())]


class TestSound:
    def test_where_it_is_not_installed_the_button_says_what_to_do(self, show):
        viewer = show()
        assert not viewer.sound_tool.isEnabled()
        assert not viewer.sound.isChecked()
        assert viewer.sound_tool.toolTip() == "No sound in tests."

    def test_a_key_mutes_it_and_the_button_follows(self, show, open_desk, qtbot, monkeypatch):
        mix = np.zeros((4000, 2), np.int16)
        monkeypatch.setattr("pickup_ui.work.sounds.mix_reel", lambda *_: mix)
        speaker = Speaker()
        viewer = show(sound=Sound(open_desk.tasks, lambda: speaker, lambda: None))
        assert viewer.sound_tool.isChecked()
        press(qtbot, viewer, KEY.Key_Space)
        qtbot.waitUntil(lambda: speaker.running, timeout=LONG)
        press(qtbot, viewer, KEY.Key_M)
        assert not speaker.running
        assert viewer.judge.playing
        assert not viewer.sound_tool.isChecked()
        assert viewer.sound_tool.toolTip() == "Sound (M)"
        qtbot.mouseClick(viewer.sound_tool, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: speaker.running, timeout=LONG)
        assert viewer.sound_tool.isChecked()
        press(qtbot, viewer, KEY.Key_Space)
        assert not speaker.running

    def test_a_system_without_a_device_is_told_on_the_button_alone(self, show, open_desk, qtbot):
        sound = Sound(open_desk.tasks, lambda: "This system has no sound device.", lambda: None)
        viewer = show(sound=sound)
        press(qtbot, viewer, KEY.Key_Space)
        qtbot.waitUntil(lambda: bool(sound.problem), timeout=LONG)
        assert viewer.judge.playing
        assert viewer.sound_tool.toolTip() == "This system has no sound device."
        assert not viewer.sound_tool.isChecked()
        assert viewer.sound_tool.isEnabled(), "it can be asked to look again"
        assert open_desk.told == []
        viewer.judge.stop()


class TestPlaying:
    def test_space_plays_and_stops(self, show, qtbot):
        viewer = show()
        press(qtbot, viewer, KEY.Key_Space)
        assert viewer.play_tool.accessibleName() == "Stop"
        stopping = viewer.play_tool.grab().toImage()
        before = viewer.judge.position
        qtbot.waitUntil(lambda: viewer.judge.position != before, timeout=LONG)
        press(qtbot, viewer, KEY.Key_Space)
        assert viewer.play_tool.accessibleName() == "Play"
        assert viewer.play_tool.grab().toImage() != stopping, "it shows what it will do"

    def test_arrows_step_and_with_shift_go_to_the_joins(self, show, qtbot):
        viewer = show()
        first, end = viewer.judge.reel.joins
        at = []
        shift = Qt.KeyboardModifier.ShiftModifier
        for key, held in (
            (KEY.Key_Left, Qt.KeyboardModifier.NoModifier),
            (KEY.Key_Right, Qt.KeyboardModifier.NoModifier),
            (KEY.Key_Right, shift),
            (KEY.Key_Left, shift),
        ):
            press(qtbot, viewer, key, held)
            at.append(viewer.judge.position)
        assert at == [first - 1, first, end - 1, first]
        assert viewer.time.text() == "00:00:01:00"

    def test_the_line_under_the_picture_is_clicked_and_dragged(self, show, qtbot):
        viewer = show()
        left = Qt.MouseButton.LeftButton
        line = viewer.scrubber.rect()
        middle, end = line.center(), QPoint(line.right(), line.center().y())
        qtbot.mousePress(viewer.scrubber, left, pos=middle)
        assert viewer.judge.position == pytest.approx(viewer.judge.length / 2, abs=1)
        qtbot.mouseMove(viewer.scrubber, QPoint(0, middle.y()))
        assert viewer.judge.position == 0
        qtbot.mouseRelease(viewer.scrubber, left, pos=QPoint(0, middle.y()))
        qtbot.mouseClick(viewer.scrubber, left, pos=end)
        assert viewer.judge.position == viewer.judge.length - 1

    def test_loop_can_be_left_out(self, show, qtbot):
        viewer = show()
        assert viewer.judge.loop
        press(qtbot, viewer, KEY.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert not viewer.judge.loop


class TestJudging:
    def test_choosing_is_a_toggle_and_is_told(self, show, qtbot, open_desk):
        viewer = show()
        press(qtbot, viewer, KEY.Key_C)
        assert status(open_desk) is Status.CHOSEN
        assert viewer.choose_button.text() == "Chosen"
        assert items(viewer.takes) == ["Before: the gap", "Take 1  chosen", "Take 2"]
        qtbot.mouseClick(viewer.choose_button, Qt.MouseButton.LeftButton)
        assert status(open_desk) is Status.READY
        open_desk.session.undo.undo()
        assert viewer.choose_button.text() == "Chosen"

    def test_rejecting_and_keeping_after_all(self, show, qtbot, open_desk):
        viewer = show()
        press(qtbot, viewer, KEY.Key_R)
        assert viewer.reject_button.text() == "Keep"
        assert items(viewer.takes)[1] == "Take 1  rejected"
        qtbot.mouseClick(viewer.reject_button, Qt.MouseButton.LeftButton)
        assert open_desk.session.shots["pk010"].rejected == set()

    def test_the_hole_can_be_neither_chosen_nor_rejected(self, show, qtbot, open_desk):
        viewer = show(takes=0)
        for key in (KEY.Key_C, KEY.Key_R, KEY.Key_T):
            press(qtbot, viewer, key)
        assert not viewer.choose_button.isEnabled()
        assert open_desk.session.undo.count() == 0
        assert not viewer.steps.isVisible()

    def test_takes_are_gone_through_by_a_key_or_the_list(self, show, qtbot):
        viewer = show()
        press(qtbot, viewer, KEY.Key_T)
        assert viewer.judge.main.take == "pk010_t02"
        viewer.takes.setCurrentIndex(0)
        viewer.takes.activated.emit(0)
        assert viewer.judge.take is None

    def test_the_step_at_the_joins_is_told_in_numbers_and_words(self, show, qtbot):
        viewer = show()
        qtbot.waitUntil(lambda: viewer.judge.steps is not None, timeout=LONG)
        viewer.judge.steps = (1.24, 3.0)
        viewer.judge.step_changed.emit()
        assert viewer.steps.text() == "Colour step at the joins (ΔE):  in 1.2   out 3.0, slight"
        viewer.judge.steps = (None, 5.5)
        viewer.judge.step_changed.emit()
        assert viewer.steps.text().endswith("in –   out 5.5, seen")

    def test_a_remix_without_words_orders_nothing(self, show, qtbot, open_desk):
        viewer = show()
        qtbot.mouseClick(viewer.remix_button, Qt.MouseButton.LeftButton)
        assert viewer.remix_words.text() == "rain on glass"
        viewer.remix_words.clear()
        qtbot.keyClick(viewer.remix_words, KEY.Key_Return)
        assert not viewer.remix_words.isVisible()
        assert open_desk.session.undo.count() == 0
        assert open_desk.tasks.running == 0 or not open_desk.orders.running


def ground(picture: Any, width: int) -> int:
    """A row where numbered frames of 96×64, fitted into a width, are plain."""
    return int(picture.height() / 2 + 0.35 * min(picture.height(), width * 64 / 96))


class TestComparing:
    def grab(self, viewer: Viewer, qtbot: Any) -> QImage:
        judge, at = viewer.judge, viewer.judge.position
        qtbot.waitUntil(
            lambda: judge.main.has(at) and (judge.compare is Compare.OFF or judge.other.has(at)),
            timeout=LONG,
        )
        image: QImage = viewer.picture.grab().toImage()
        return image

    def test_side_by_side_shows_both(self, show, qtbot):
        viewer = show()
        viewer.judge.compare_with("pk010_t02")
        press(qtbot, viewer, KEY.Key_S)
        assert viewer.side.isChecked()
        assert viewer.others.isVisible()
        picture = self.grab(viewer, qtbot)
        y, quarter = ground(picture, picture.width() // 2), picture.width() // 4
        left, right = picture.pixelColor(quarter, y), picture.pixelColor(3 * quarter, y)
        assert left.lightness() > 20
        assert right.lightness() > 20
        assert picture.pixelColor(picture.width() // 2, 2).lightness() == 0
        press(qtbot, viewer, KEY.Key_S)
        assert viewer.judge.compare is Compare.OFF
        assert not viewer.others.isVisible()

    def test_the_pointer_moves_the_edge_of_a_wipe(self, show, qtbot):
        viewer = show()
        viewer.judge.compare_with("")  # before: the hole, which has no picture
        press(qtbot, viewer, KEY.Key_W)
        assert viewer.wipe.isChecked()
        y = ground(viewer.picture, viewer.picture.width())
        width = viewer.picture.width()
        for edge in (0.25, 0.75):
            qtbot.mouseMove(viewer.picture, QPoint(round(edge * width), y))
            viewer.picture.edge = edge
            viewer.picture.update()
            picture = self.grab(viewer, qtbot)
            scale = picture.width() / width
            inside = picture.pixelColor(round((edge - 0.1) * width * scale), round(y * scale))
            beyond = picture.pixelColor(round((edge + 0.1) * width * scale), round(y * scale))
            assert inside.lightness() > 20
            assert beyond.lightness() < 20

    def test_one_way_of_comparing_takes_the_place_of_the_other(self, show, qtbot):
        viewer = show()
        press(qtbot, viewer, KEY.Key_S)
        press(qtbot, viewer, KEY.Key_W)
        assert (viewer.side.isChecked(), viewer.wipe.isChecked()) == (False, True)


def test_without_a_picture_it_says_why(show, qtbot, open_desk):
    viewer = show(takes=0)
    assert viewer.judge.main.has(viewer.judge.position)
    shown = viewer.picture.grab().toImage()
    # The word “Gap” stands in the middle of the black.
    middle = [shown.pixelColor(x, shown.height() // 2).lightness() for x in range(shown.width())]
    assert max(middle) > 60
