"""The open cut: moving about, selecting, keeping, undoing."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.ui.conftest import LONG, Desk, lay_take

from pickup.cut.model import Cut, Item, ItemKind, Track
from pickup.errors import PickupError
from pickup.fill.takes import read_takes
from pickup.shots.plan import read_plan
from pickup_ui.hosts import host_of
from pickup_ui.models.shot_state import Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def gaps(count: int) -> Cut:
    track = Track("video")
    for number in range(count + 1):
        track.items.append(Item(ItemKind.CLIP, f"c{number}", number * 96, number * 96 + 48))
    return Cut("Many", Fraction(24), tracks=[track])


class Heard:
    """What a session told."""

    def __init__(self, desk: Desk) -> None:
        self.shots: list[str] = []
        self.current: list[str] = []
        self.playhead: list[int] = []
        self.selections = 0
        desk.session.shot_changed.connect(self.shots.append)
        desk.session.current_changed.connect(self.current.append)
        desk.session.playhead_changed.connect(self.playhead.append)
        desk.session.selection_changed.connect(self._selected)

    def _selected(self) -> None:
        self.selections += 1


class TestMovingAbout:
    def test_the_playhead_goes_to_the_gap_unless_it_is_within(self, lay_out: Callable[..., Desk]):
        desk = lay_out(gaps(4))
        heard, session = Heard(desk), desk.session
        second = session.ids[1]
        session.set_playhead(150)  # within the second gap, 144 to 192
        session.go_to(second)
        assert (session.playhead, session.current) == (150, second)
        session.step(1)
        assert session.playhead == 240
        assert heard.playhead == [150, 240]
        assert heard.current == session.ids[1:3]

    def test_the_same_gap_again_is_no_news(self, lay_out):
        desk = lay_out(gaps(2))
        heard = Heard(desk)
        desk.session.go_to(desk.session.current)
        desk.session.go_to("nothing")
        assert heard.current == []

    @pytest.mark.parametrize(("by", "row"), [(-3, 0), (2, 2), (99, 4)])
    def test_by_so_many_and_no_farther(self, lay_out, by, row):
        session = lay_out(gaps(5)).session
        session.step(by)
        assert session.row(session.current) == row

    def test_a_cut_without_gaps_is_open_all_the_same(self, lay_out):
        session = lay_out(gaps(0)).session
        session.step(1)
        assert (session.current, session.ids, session.row("x")) == ("", [], -1)
        assert session.opened is not None

    def test_a_host_that_knows_its_playhead_is_followed(self, open_desk, qtbot):
        class Host:
            cut_path = open_desk.session.opened.host.cut_path
            asked = 0

            def shot_at_playhead(self) -> str:
                self.asked += 1
                return "pk020"

        session, host = open_desk.session, Host()
        assert not session.has_playhead
        session.opened = replace(session.opened, host=host)
        assert session.has_playhead
        session.find_playhead()
        qtbot.waitUntil(lambda: session.current == "pk020", timeout=LONG)
        assert host.asked == 1

    def test_one_that_has_lost_its_timeline_says_so(self, open_desk, qtbot):
        class Host:
            def shot_at_playhead(self) -> str:
                raise PickupError("No timeline is open in the host.")

        open_desk.session.opened = replace(open_desk.session.opened, host=Host())
        open_desk.session.find_playhead()
        qtbot.waitUntil(lambda: bool(open_desk.told), timeout=LONG)
        assert open_desk.told == ["No timeline is open in the host."]


class TestSelecting:
    def test_only_what_changes_is_told_and_all_of_it_once(self, lay_out):
        desk = lay_out(gaps(4))
        heard, session = Heard(desk), desk.session
        session.set_wanted(session.ids[:2], False)
        assert heard.shots == session.ids[:2]
        session.set_wanted(session.ids[:3], False)
        assert heard.shots == session.ids[:3]
        session.set_wanted([*session.ids[:3], "nothing"], False)
        assert heard.selections == 2
        assert [s.id for s in session.wanted] == session.ids[3:]

    def test_counts_add_up(self, lay_out):
        session = lay_out(gaps(5)).session
        counts = session.counts()
        assert counts[Status.OPEN] == 5
        assert sum(counts.values()) == 5


class TestKeeping:
    def test_what_is_typed_is_written_a_moment_later_and_once(self, open_desk, cut, qtbot):
        session = open_desk.session
        for words in ("f", "fo", "fog"):
            session.edit("pk010", "words", "words", words=words, words_from="person")
        plan = cut.with_name("scene.pickup") / "plan.json"
        assert not plan.exists()
        qtbot.waitUntil(plan.exists, timeout=LONG)
        qtbot.waitUntil(lambda: open_desk.tasks.running == 0, timeout=LONG)
        assert read_plan(plan).shots[0].words == "fog"

    def test_looking_about_writes_no_plan(self, open_desk, cut, qtbot):
        open_desk.session.step(1)
        folder = cut.with_name("scene.pickup")
        qtbot.waitUntil((folder / "panel.json").exists, timeout=LONG)
        kept = json.loads((folder / "panel.json").read_text("utf-8"))
        assert kept["shot"] == "pk020"
        assert not (folder / "plan.json").exists()

    def test_another_cut_opened_at_once_loses_nothing(self, open_desk, cut, tmp_path, qtbot):
        other = tmp_path / "other.otio"
        other.write_bytes(cut.read_bytes())
        open_desk.session.edit("pk010", "words", words="fog", words_from="person")
        with qtbot.waitSignal(open_desk.session.opened_changed, timeout=LONG):
            open_desk.session.open(host_of(other))
        assert read_plan(cut.with_name("scene.pickup") / "plan.json").shots[0].words == "fog"
        assert open_desk.session.shots["pk010"].shot.words == "rain on glass"

    def test_a_disk_that_is_full_is_told_and_the_words_stay(
        self, open_desk, monkeypatch: pytest.MonkeyPatch, qtbot
    ):
        def full(*_: object) -> None:
            raise PickupError("plan.json: cannot be written (no space left).")

        monkeypatch.setattr("pickup_ui.work.opening.write_plan", full)
        open_desk.session.edit("pk010", "words", words="fog")
        qtbot.waitUntil(lambda: bool(open_desk.told), timeout=LONG)
        assert open_desk.told == ["plan.json: cannot be written (no space left)."]
        assert open_desk.session.shots["pk010"].shot.words == "fog"

    def test_saving_with_nothing_to_save_touches_no_file(self, open_desk, cut, qtbot):
        file = cut.with_name("scene.pickup") / "panel.json"
        open_desk.session.step(1)
        qtbot.waitUntil(file.exists, timeout=LONG)
        qtbot.waitUntil(lambda: open_desk.tasks.running == 0, timeout=LONG)
        before = file.stat().st_mtime_ns
        open_desk.session.save()
        assert file.stat().st_mtime_ns == before

    def test_a_choice_is_on_disk_for_every_other_program(self, open_desk, qtbot):
        for laid in (1, 2):
            lay_take(open_desk.session, "pk010", laid)
        folder = open_desk.session.opened.folder
        numbers: tuple[int | None, ...] = (1, 2, None)
        for number in numbers:
            open_desk.session.choose("pk010", number)
            qtbot.waitUntil(lambda: open_desk.tasks.running == 0, timeout=LONG)
            chosen = [take.record.take for take in read_takes(folder) if take.chosen]
            assert chosen == ([number] if number else [])


class TestUndo:
    def test_a_whole_day_is_undone_and_redone(self, open_desk):
        session = open_desk.session
        for number in (1, 2):
            lay_take(session, "pk010", number)

        def all_of_it() -> tuple[Any, ...]:
            return tuple(
                (s.shot.words, s.shot.seed, s.shot.takes, s.chosen and s.chosen.name,
                 tuple(sorted(s.rejected)))
                for s in session.shots.values()
            )  # fmt: skip

        states = [all_of_it()]
        for act in (
            lambda: session.edit("pk010", "words", words="fog", words_from="person"),
            lambda: session.edit("pk010", "seed", seed=5),
            lambda: session.choose("pk010", 1),
            lambda: session.edit("pk020", "takes", takes=4),
            lambda: session.choose("pk010", 2),
            lambda: session.reject("pk010", "pk010_t02"),
            lambda: session.reject("pk010", "pk010_t02", rejected=False),
        ):
            act()
            states.append(all_of_it())
        for state in reversed(states[:-1]):
            session.undo.undo()
            assert all_of_it() == state
        for state in states[1:]:
            session.undo.redo()
            assert all_of_it() == state

    def test_the_frames_that_were_extracted_since_stay(self, open_desk):
        """An order extracts frames; undoing words does not lose where they lie."""
        session = open_desk.session
        session.edit("pk010", "words", words="fog")
        state = session.shots["pk010"]
        framed = state.shot.first_frame.model_copy(update={"file": "frames/pk010_first.png"})
        state.shot = state.shot.model_copy(update={"first_frame": framed})
        session.undo.undo()
        assert state.shot.words == "rain on glass"
        assert state.shot.first_frame.file == "frames/pk010_first.png"

    def test_another_cut_begins_with_nothing_to_undo(self, open_desk, cut, qtbot):
        open_desk.session.edit("pk010", "words", words="fog")
        with qtbot.waitSignal(open_desk.session.opened_changed, timeout=LONG):
            open_desk.session.open(host_of(cut))
        assert not open_desk.session.undo.canUndo()

    def test_the_same_choice_twice_is_one_step(self, open_desk):
        lay_take(open_desk.session, "pk010")
        for _ in range(2):
            open_desk.session.choose("pk010", 1)
            open_desk.session.reject("pk010", "pk010_t01", rejected=False)
        assert open_desk.session.undo.count() == 1

    def test_each_step_has_a_name_for_the_menu(self, open_desk):
        lay_take(open_desk.session, "pk010")
        session = open_desk.session
        session.choose("pk010", 1)
        assert session.undo.undoText() == "Choose a take"
        session.reject("pk010", "pk010_t01")
        assert session.undo.undoText() == "Reject a take"


def test_a_cut_of_ten_thousand_items_is_shown_at_once(lay_out):
    import time

    from benchmarks.panel import large_cut

    desk = lay_out(large_cut(10_000))
    session, began = desk.session, time.thread_time()
    for _ in range(50):
        session.step(1)
    for shot in session.ids[:50]:
        session.edit(shot, "words", words="fog", words_from="person")
    session.set_wanted(session.ids, False)
    # A key or a letter must not hold the panel for a frame.
    assert (time.thread_time() - began) / 101 < 0.016
    desk.session._saving.stop()


def test_the_plan_of_a_path_that_is_no_folder_is_told(
    open_desk: Desk, cut: Path, qtbot: Any
) -> None:
    folder = cut.with_name("scene.pickup")
    assert not folder.exists() or folder.is_dir()
    for file in folder.rglob("*") if folder.exists() else ():
        file.unlink()
    if folder.exists():
        folder.rmdir()
    folder.write_text("in the way", "utf-8")
    open_desk.session.edit("pk010", "words", words="fog")
    qtbot.waitUntil(lambda: bool(open_desk.told), timeout=LONG)
    assert "scene.pickup" in open_desk.told[0] or "plan.json" in open_desk.told[0]
    assert folder.read_text("utf-8") == "in the way"
