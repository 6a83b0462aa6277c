"""Judging without a widget: what is shown, when, and what is heard with it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.unit.ui.conftest import LONG, Desk, lay_take
from tests.unit.ui.test_sound import Speaker

from pickup_ui.models.judge import Compare, Judge
from pickup_ui.models.player import image_of
from pickup_ui.models.sound import Sound

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def speaker() -> Speaker:
    return Speaker()


@pytest.fixture
def judge(open_desk: Desk, speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """A judge of the first gap, with two takes, whose sound the test plays."""

    def mixed(cut: Any, reel: Any, rate: int, channels: int) -> Any:
        samples = round(len(reel.frames) / reel.rate * rate)
        return np.repeat(np.arange(samples, dtype=np.int16)[:, None], channels, axis=1)

    monkeypatch.setattr("pickup_ui.work.sounds.mix_reel", mixed)
    sound = Sound(open_desk.tasks, lambda: speaker, lambda: None)
    made = Judge(open_desk.session, sound=sound)
    for number in (1, 2):
        lay_take(open_desk.session, "pk010", number)
    made.show_take("pk010_t01")
    return made


def playing(judge: Judge, qtbot: Any) -> Judge:
    """Playing, and heard."""
    judge.play()
    qtbot.waitUntil(lambda: judge.sound.running, timeout=LONG)
    return judge


class TestWhatIsShown:
    def test_the_first_take_that_comes_is_shown_by_itself(self, open_desk):
        judge = Judge(open_desk.session)
        assert judge.take is None
        lay_take(open_desk.session, "pk010")
        assert judge.main.take == "pk010_t01"
        lay_take(open_desk.session, "pk010", 2)
        assert judge.main.take == "pk010_t01", "what is looked at stays"

    def test_of_a_gap_the_chosen_take_else_the_newest_that_is_not_rejected(self, open_desk):
        session = open_desk.session
        for number in (1, 2, 3):
            lay_take(session, "pk020", number)
        judge = Judge(session)
        session.reject("pk020", "pk020_t03")
        session.go_to("pk020")
        assert judge.main.take == "pk020_t02"
        session.go_to("pk010")
        session.choose("pk020", 1)
        session.go_to("pk020")
        assert judge.main.take == "pk020_t01"
        assert judge.reel is not None
        assert judge.position == judge.reel.joins[0]

    def test_takes_in_turn_and_round_again(self, judge):
        shown = []
        for _ in range(3):
            judge.next_take()
            shown.append(judge.main.take)
        assert shown == ["pk010_t02", "pk010_t01", "pk010_t02"]
        judge.next_take(-1)
        assert judge.main.take == "pk010_t01"

    def test_before_is_the_hole(self, judge):
        judge.show_take("")
        assert judge.take is None
        assert judge.reel is not None
        first, end = judge.reel.joins
        assert set(judge.reel.frames[first:end]) == {None}

    def test_comparing_with_before_and_another(self, judge):
        judge.set_compare(Compare.SIDE)
        assert judge.other.take == "pk010_t02"
        judge.compare_with("")
        assert judge.other_take is None
        judge.compare_with("pk010_t02")
        assert judge.other_take is not None
        judge.show_take("pk010_t02")
        assert judge.other.take == "pk010_t01", "a take is not compared with itself"
        judge.session.go_to("pk020")
        assert judge.compare is Compare.OFF

    def test_both_pictures_of_a_comparison_are_fetched(self, judge, qtbot):
        judge.set_compare(Compare.WIPE)
        at = judge.reel.joins[0]
        judge.seek(at)
        qtbot.waitUntil(
            lambda: judge.main.picture(at) is not None and judge.other.picture(at) is not None,
            timeout=LONG,
        )

    def test_the_steps_at_the_joins_are_of_the_take_that_is_shown(self, judge, qtbot):
        judge.show_take("")
        assert judge.steps is None
        judge.show_take("pk010_t02")
        judge.show_take("pk010_t01")
        qtbot.waitUntil(lambda: judge.steps is not None, timeout=LONG)
        # Numbered frames of one ground: the numbers differ, the colour does not.
        assert all(step is not None and step < 3 for step in judge.steps or (None,))

    def test_the_playhead_leads_where_nothing_plays(self, judge):
        start = judge.reel.start
        judge.session.set_playhead(start + 5)
        assert judge.position == 5
        judge.session.set_playhead(judge.session.opened.cut.duration - 1)
        assert judge.position == 5, "what lies outside the reel is not followed"

    def test_a_larger_viewer_brings_larger_pictures(self, judge, qtbot):
        at = judge.position
        judge.set_size(160, 90)
        judge.set_size(96, 64)
        qtbot.waitUntil(lambda: judge.main.picture(at) is not None, timeout=LONG)
        old = judge.main.picture(at)
        judge.set_size(170, 95)
        assert judge.main.picture(at) is old, "a little more is not worth reading anew"
        judge.set_size(1000, 560)
        assert judge.main.picture(at) is None
        judge.set_size(100_000, 100_000)
        assert judge.size == (1280, 720)


class TestMoving:
    def test_frame_by_frame_within_the_reel(self, judge):
        judge.seek(0)
        judge.step(-1)
        assert judge.position == 0
        judge.seek(10**6)
        assert judge.position == judge.length - 1
        judge.step(1)
        assert judge.position == judge.length - 1
        judge.step(-3)
        assert judge.position == judge.length - 4
        assert judge.session.playhead == judge.reel.start + judge.position

    def test_to_the_takes_first_and_last_frame(self, judge):
        first, end = judge.reel.joins
        judge.to_join(1)
        assert judge.position == end - 1
        judge.to_join(0)
        assert judge.position == first

    def test_shuttling_doubles_as_far_as_eight(self, judge):
        speeds = []
        for direction in (1, 1, 1, 1, 1, -1, -1, -1):
            judge.shuttle(direction)
            speeds.append(judge.speed)
        assert speeds == [1, 2, 4, 8, 8, 0, -1, -2]
        judge.stop()

    def test_without_a_loop_it_ends(self, judge, qtbot):
        judge.set_sound(False)
        judge.loop = False
        judge.seek(judge.length - 2)
        with qtbot.waitSignal(judge.playing_changed):
            judge.play()
        qtbot.waitUntil(lambda: not judge.playing, timeout=LONG)
        assert judge.position == judge.length - 1

    @pytest.mark.parametrize(("speed", "due", "end"), [(1, 99, 67), (8, 99, 67), (-1, -40, 0)])
    def test_a_beat_that_comes_late_still_ends_on_the_last_frame(
        self, judge, monkeypatch, speed, due, end
    ):
        judge.set_sound(False)
        judge.loop = False
        judge.seek(30)
        judge.play(speed)
        monkeypatch.setattr(judge, "_due", lambda _: due)
        judge._beat()
        assert (judge.playing, judge.position) == (False, end)
        assert judge.session.playhead == judge.reel.start + end

    def test_a_session_without_a_cut_plays_nothing(self, desk):
        judge = Judge(desk.session)
        judge.play()
        judge.seek(3)
        judge.step(1)
        judge.to_join(0)
        judge.next_take()
        assert (judge.playing, judge.position, judge.length) == (False, 0, 0)


class TestWhatIsHeard:
    def test_the_picture_follows_the_sound(self, judge, speaker, qtbot):
        playing(judge, qtbot)
        judge._timer.stop()
        judge.seek(6)
        assert speaker.first() == 600
        shown = []
        for _ in range(4):
            speaker.play(100)
            judge._beat()
            shown.append(judge.position)
        assert shown == [7, 8, 9, 10]
        judge._beat()
        assert judge.position == 10, "where the sound waits the picture waits"

    def test_it_loops_with_the_sound(self, judge, speaker, qtbot):
        playing(judge, qtbot)
        judge._timer.stop()
        judge.seek(judge.length - 1)
        judge.late = 0
        speaker.play(250)
        judge._beat()
        assert judge.position == 1
        assert judge.late == 0

    @pytest.mark.parametrize("speed", [2, 4, -1])
    def test_at_other_speeds_it_is_silent(self, judge, speaker, qtbot, speed):
        playing(judge, qtbot)
        judge.play(speed)
        assert not speaker.running
        judge.play(1)
        assert speaker.running
        judge.stop()

    def test_stepping_and_stopping_are_silent(self, judge, speaker, qtbot):
        playing(judge, qtbot)
        judge.step(1)
        assert not speaker.running
        playing(judge, qtbot)
        judge.stop()
        assert not speaker.running

    def test_it_begins_again_where_one_seeks_to(self, judge, speaker, qtbot):
        playing(judge, qtbot)
        judge.seek(12)
        assert speaker.running
        assert speaker.first() == 1200

    def test_muted_it_goes_on_by_the_clock(self, judge, speaker, qtbot):
        playing(judge, qtbot)
        judge.set_sound(False)
        assert judge.playing
        assert not speaker.running
        before = judge.position
        qtbot.waitUntil(lambda: judge.position > before, timeout=LONG)
        judge.set_sound(True)
        qtbot.waitUntil(lambda: speaker.running, timeout=LONG)
        assert abs(speaker.first() // 100 - judge.position) <= 2

    def test_off_is_remembered(self, judge, open_desk):
        judge.set_sound(False)
        assert not Judge(open_desk.session).sound.on
        judge.set_sound(True)
        assert Judge(open_desk.session).sound.on

    def test_another_take_is_heard_from_the_same_place(self, judge, speaker, qtbot):
        playing(judge, qtbot)
        judge._timer.stop()
        judge.seek(9)
        judge.show_take("pk010_t02")
        assert not speaker.running
        qtbot.waitUntil(lambda: speaker.running, timeout=LONG)
        assert speaker.first() == 900

    def test_another_gap_is_silent_until_it_is_played(self, judge, speaker, qtbot):
        playing(judge, qtbot)
        starts = speaker.starts
        judge.session.go_to("pk020")
        assert not judge.playing
        qtbot.waitUntil(lambda: judge.tasks.running == 0, timeout=LONG)
        assert not speaker.running
        assert speaker.starts == starts

    def test_a_device_that_breaks_off_leaves_the_picture_going(self, judge, speaker, qtbot):
        playing(judge, qtbot)
        speaker.play(150)
        judge._beat()
        speaker.gone = True
        before = judge.position
        qtbot.waitUntil(lambda: judge.position > before + 1, timeout=LONG)
        assert judge.playing
        judge.stop()


class TestThePicture:
    def test_an_image_has_memory_of_its_own(self):
        rgb = np.zeros((2, 3, 3), np.uint8)
        rgb[0, 0] = (255, 0, 10)
        image = image_of(rgb)
        rgb[:] = 99
        assert image is not None
        assert (image.width(), image.height()) == (3, 2)
        color = image.pixelColor(0, 0)
        assert (color.red(), color.green(), color.blue()) == (255, 0, 10)
        assert image_of(None) is None

    def test_what_is_far_from_what_is_shown_is_let_go_first(self, judge, monkeypatch, qtbot):
        monkeypatch.setattr("pickup_ui.models.player._MEMORY", 40_000)
        monkeypatch.setattr("pickup_ui.models.player._LEAST", 4)
        judge.seek(30)
        judge.main.fetch(range(judge.length))
        qtbot.waitUntil(lambda: judge.tasks.running == 0, timeout=LONG)
        kept = [n for n in range(judge.length) if judge.main.picture(n) is not None]
        assert kept
        assert len(kept) < judge.length
        assert max(abs(n - 30) for n in kept) < judge.length / 2
        judge.main.fetch([0])
        qtbot.waitUntil(lambda: judge.tasks.running == 0, timeout=LONG)

    def test_a_missing_file_is_known_to_have_no_picture(self, judge, cut: Path, qtbot):
        for file in (cut.parent / "media").glob("*"):
            file.unlink()
        judge.show_take("pk010_t01")
        judge.seek(0)
        qtbot.waitUntil(lambda: judge.main.has(0), timeout=LONG)
        assert judge.main.picture(0) is None


def test_the_reel_begins_with_the_cut(open_desk):
    """A gap in the first second has as many frames before it as there are."""
    judge = Judge(open_desk.session)
    assert judge.reel is not None
    assert judge.reel.start == 0
    assert judge.reel.rate == Fraction(24)
