"""Opening a cut: what was left is there again, and what no longer fits is not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from tests.unit.ui.conftest import LONG, Desk, lay_take

from pickup.cut.model import Cut, CutFile, Item, ItemKind, Track
from pickup.errors import CutError
from pickup.fill.folder import PickupFolder
from pickup.fill.prepare import ShotSettings
from pickup.hosts.file import FileHost
from pickup.shots.plan import read_plan
from pickup_ui.hosts import host_of
from pickup_ui.work.opening import Preferences, look_at, open_cut, save_plan, with_takes
from pickup_ui.work.state import PanelState, read_state, write_state

if TYPE_CHECKING:
    from pathlib import Path

    from pickup_ui.work.opening import Opened


def sequence(name: str, gaps: int) -> Cut:
    """A cut of clips with so many gaps of two seconds between them."""
    track = Track("video")
    for number in range(gaps + 1):
        start = number * 96
        track.items.append(Item(ItemKind.CLIP, f"c{number}", start, start + 48))
    return Cut(name, Fraction(24), 86400, tracks=[track])


def host_with(folder: Path, *cuts: Cut) -> Any:
    """A host whose file holds these sequences."""
    path = folder / "film.otio"

    class Host(FileHost):
        def read(self) -> CutFile:
            return CutFile(path, "otio", list(cuts))

    return Host(path, folder / "out.otio")


class TestWhichSequence:
    def test_the_one_with_most_gaps_where_nothing_is_said(self, tmp_path):
        host = host_with(tmp_path, sequence("a", 1), sequence("b", 3), sequence("c", 2))
        assert open_cut(host, Preferences()).cut.name == "b"

    def test_the_one_shown_last(self, tmp_path):
        host = host_with(tmp_path, sequence("a", 1), sequence("b", 3))
        write_state(PickupFolder.of(host.cut_path), PanelState(sequence="a"))
        assert open_cut(host, Preferences()).cut.name == "a"

    def test_the_one_asked_for_before_all(self, tmp_path):
        host = host_with(tmp_path, sequence("a", 1), sequence("b", 3), sequence("c", 0))
        write_state(PickupFolder.of(host.cut_path), PanelState(sequence="a"))
        assert open_cut(host, Preferences(), "c").index == 2

    def test_one_that_is_gone_is_passed_over(self, tmp_path):
        host = host_with(tmp_path, sequence("a", 1), sequence("b", 3))
        write_state(PickupFolder.of(host.cut_path), PanelState(sequence="was"))
        assert open_cut(host, Preferences()).cut.name == "b"

    def test_a_file_without_any_says_what_to_do(self, tmp_path):
        with pytest.raises(CutError, match=r"holds no sequence.*Export a timeline"):
            open_cut(host_with(tmp_path), Preferences())

    def test_the_words_of_another_sequence_stay_in_the_plan(self, tmp_path):
        host = host_with(tmp_path, sequence("a", 1), sequence("b", 2))
        for name in ("a", "b"):
            opened = open_cut(host, Preferences(), name)
            spoken = [
                shot.model_copy(update={"words": f"words of {name}", "words_from": "person"})
                for shot in opened.shots
            ]
            save_plan(opened, spoken)
        plan = read_plan(PickupFolder.of(host.cut_path).plan)
        assert sorted((s.gap.sequence, s.words) for s in plan.shots) == [
            ("a", "words of a"), ("b", "words of b"), ("b", "words of b"),
        ]  # fmt: skip
        again = open_cut(host, Preferences(), "a")
        assert [shot.words for shot in again.shots] == ["words of a"]


class TestWhatFits:
    def taken(self, desk: Desk) -> Opened:
        lay_take(desk.session, "pk010")
        opened = desk.session.opened
        assert opened is not None
        return with_takes(opened)

    def test_a_take_of_this_gap_is_there(self, open_desk):
        assert [t.name for t in self.taken(open_desk).takes["pk010"]] == ["pk010_t01"]

    @pytest.mark.parametrize(
        "facts", [{"frames": 44}, {"rate": Fraction(25)}], ids=["length", "rate"]
    )
    def test_one_of_another_length_or_rate_is_not(self, open_desk, facts):
        opened = self.taken(open_desk)
        other = opened.shots[0].model_copy(update=facts)
        assert with_takes(replace(opened, shots=(other,))).takes == {"pk010": ()}

    def test_one_whose_file_is_gone_is_not(self, open_desk):
        opened = self.taken(open_desk)
        (opened.folder.takes / "pk010_t01.mov").unlink()
        assert with_takes(opened).takes["pk010"] == ()

    def test_a_record_that_is_spoilt_counts_as_none(self, open_desk):
        opened = self.taken(open_desk)
        (opened.folder.takes / "pk010_t01.json").write_text("{", "utf-8")
        assert with_takes(opened).takes == {}

    def test_a_record_that_leads_out_of_the_folder_counts_as_none(self, open_desk):
        opened = self.taken(open_desk)
        record = opened.folder.takes / "pk010_t01.json"
        text = record.read_text("utf-8").replace('"pk010_t01.mov"', '"../../secret.mov"')
        record.write_text(text, "utf-8")
        assert with_takes(opened).takes == {}


class TestWhatWasLeft:
    def test_a_gap_that_was_trimmed_starts_anew_but_the_others_stay(self, cut: Path):
        opened = open_cut(host_of(cut), Preferences())
        spoken = [
            shot.model_copy(update={"words": "mine", "words_from": "person", "text": "mine"})
            for shot in opened.shots
        ]
        save_plan(opened, spoken)
        timeline = otio.adapters.read_from_file(str(cut))
        hole = timeline.video_tracks()[0][3]
        hole.source_range = otio.opentime.TimeRange(duration=otio.opentime.RationalTime(14, 24))
        otio.adapters.write_to_file(timeline, str(cut))
        again = open_cut(host_of(cut), Preferences())
        assert [shot.words for shot in again.shots] == ["mine", ""]

    def test_a_plan_nobody_can_read_is_as_if_there_were_none(self, cut: Path):
        folder = PickupFolder.of(cut)
        folder.root.mkdir(exist_ok=True)
        folder.plan.write_text("not json", "utf-8")
        opened = open_cut(host_of(cut), Preferences())
        assert opened.shots[0].words == "rain on glass"
        assert folder.plan.read_text("utf-8") == "not json", "opening writes nothing"

    def test_what_the_user_set_holds_for_new_shots(self, cut: Path):
        wanted = Preferences(shots=ShotSettings(takes=3, handles=2, model="animatic"))
        shots = open_cut(host_of(cut), wanted).shots
        assert {(s.takes, s.handles, s.model) for s in shots} == {(3, 2, "animatic")}

    def test_a_model_that_is_unknown_is_told_and_the_cut_opens(self, cut: Path):
        opened = open_cut(host_of(cut), Preferences(shots=ShotSettings(model="nobody:x")))
        assert len(opened.shots) == 2
        assert "nobody" in " ".join(opened.notes)

    def test_slips_are_counted_and_left_alone(self, tmp_path: Path):
        cut = sequence("a", 2)
        cut.tracks[0].items[1].start -= 40  # leaves a hole of eight frames
        opened = open_cut(host_with(tmp_path, cut), Preferences())
        assert (len(opened.shots), opened.slips) == (1, 1)

    def test_timecodes_are_those_of_the_sequence(self, tmp_path: Path):
        opened = open_cut(host_with(tmp_path, sequence("a", 1)), Preferences())
        assert opened.timecode(48) == "01:00:02:00"


class TestThePanelsMemory:
    @pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"schema": "other/9"}', '{"shot": 5}'])
    def test_spoilt_it_begins_anew(self, tmp_path: Path, spoilt: str):
        folder = PickupFolder(tmp_path / "x.pickup")
        folder.root.mkdir()
        (folder.root / "panel.json").write_text(spoilt, "utf-8")
        assert read_state(folder) == PanelState()

    def test_bytes_that_are_no_text_too(self, tmp_path: Path):
        folder = PickupFolder(tmp_path / "x.pickup")
        folder.root.mkdir()
        (folder.root / "panel.json").write_bytes(b"\xff\xfe\x00")
        assert read_state(folder) == PanelState()

    def test_names_of_takes_that_were_rejected_go_to_their_shots(self, open_desk, cut, qtbot):
        for shot in ("pk010", "pk020"):
            lay_take(open_desk.session, shot)
            open_desk.session.reject(shot, f"{shot}_t01")
        open_desk.session.set_wanted(["pk020"], False)
        open_desk.session.save()
        with qtbot.waitSignal(open_desk.session.opened_changed, timeout=LONG):
            open_desk.session.open(host_of(cut))
        shots = open_desk.session.shots
        assert {name: state.rejected for name, state in shots.items()} == {
            "pk010": {"pk010_t01"}, "pk020": {"pk020_t01"},
        }  # fmt: skip
        assert [state.wanted for state in shots.values()] == [True, False]


def test_ten_thousand_items_open_soon_and_their_gaps_are_shots(tmp_path: Path):
    import time

    from benchmarks.panel import large_cut

    cut = large_cut(10_000)
    path = tmp_path / "long.otio"
    host = FileHost(path, tmp_path / "out.otio")
    began = time.thread_time()
    opened = look_at(host, PickupFolder.of(path), CutFile(path, "otio", [cut]), 0, Preferences())
    assert time.thread_time() - began < 3
    assert len(opened.shots) > 90
    starts = [shot.gap.start for shot in opened.shots]
    assert starts == sorted(starts)
    assert set(opened.gaps) >= {shot.gap.id for shot in opened.shots}
