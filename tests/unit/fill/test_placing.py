"""From takes to placements: which stands, its alternatives, and retakes of placed shots."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.cut.builders import clip
from tests.unit.fill.made import RASTER, Made

from pickup.cut.model import Cut, CutFile, Track
from pickup.errors import PlanError
from pickup.fill.placed import our_clips, placed_shots
from pickup.fill.placing import filled_shots, placements, retakes_in
from pickup.fill.takes import choose
from pickup.fill.values import Retake
from pickup.shots.plan import Plan, write_plan
from pickup.shots.request import Cdl

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def keep(made: Made) -> None:
    write_plan(Plan(cut="scene.otio", shots=tuple(made.planned().shots)), made.folder.plan)


def filled(made: Made, **changes: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The chosen take of each shot, and why others have none."""
    failed: dict[str, str] = {}
    done = filled_shots([made.planned(**changes)], made.folder, failed)
    return {each.shot.id: each.chosen.name for each in done}, failed


def with_ours(made: Made, *shots: tuple[str, int, int], **more: Any) -> Cut:
    """The cut with clips of ours in its gaps: shot, start and end of each."""
    changed = made.cut
    items = changed.video_tracks[0].items
    for shot, start, end in shots:
        items.append(clip(start, end, f"{shot}_t01", pickup={"shot": shot, "take": 1, **more}))
    items.sort(key=lambda each: each.start)
    return changed


class TestWhichIsPlaced:
    def test_the_newest_where_none_is_chosen(self, made: Made):
        for number in (1, 2, 3):
            made.take(number)
        assert filled(made) == ({"pk010": "pk010_t03"}, {"pk020": "no take of it could be made"})

    def test_the_chosen_one(self, made: Made):
        for number in (1, 2, 3):
            made.take(number)
        choose(made.folder, "pk010", 1)
        assert filled(made)[0] == {"pk010": "pk010_t01"}

    def test_a_chosen_one_whose_file_is_gone_gives_way(self, made: Made):
        made.take(1)
        made.take(2).unlink()
        choose(made.folder, "pk010", 2)
        assert filled(made)[0] == {"pk010": "pk010_t01"}

    def test_a_reason_that_is_known_already_stays(self, made: Made):
        failed = {"pk010": "moderation"}
        filled_shots([made.planned()], made.folder, failed)
        assert failed["pk010"] == "moderation"

    def test_a_take_of_the_wrong_length_is_never_placed(self, made: Made):
        made.take(1, visible=29)
        made.take(1, "pk020", visible=31)
        assert filled(made)[0] == {}


class TestPlacements:
    def placed(self, made: Made, **changes: Any) -> list[Any]:
        planned = made.planned(**changes)
        done = filled_shots([planned], made.folder, {})
        return list(placements([planned], done, made.folder).get(0, []))

    def test_each_as_long_as_its_gap_and_in_its_place(self, made: Made):
        made.take(1)
        made.take(1, "pk020")
        assert [(p.start, p.end, p.name, p.duration) for p in self.placed(made)] == [
            (24, 54, "pk010_t01", 30),
            (78, 108, "pk020_t01", 30),
        ]

    def test_alternatives_come_along_and_the_chosen_one_is_active(self, made: Made):
        for number in (1, 2, 3):
            made.take(number)
        choose(made.folder, "pk010", 2)
        (one,) = self.placed(made)
        assert [take.name for take in one.takes] == ["pk010_t01", "pk010_t02", "pk010_t03"]
        assert (one.active, one.take.name, one.name) == (1, "pk010_t02", "pk010_t02")

    def test_its_words_go_into_the_notes(self, made: Made):
        made.take(1)
        assert self.placed(made, text="fog")[0].note == "fog"

    def test_the_looks_grade_goes_along(self, made: Made):
        made.take(1)
        cdl = Cdl(slope=(1.1, 1, 0.9), offset=(0.01, 0, 0), power=(1, 1, 1.2), saturation=0.9)
        grade = self.placed(made, lut="Kodak.cube", cdl=cdl)[0].grade
        assert grade.lut == "Kodak.cube"
        assert (grade.slope, grade.offset) == ((1.1, 1, 0.9), (0.01, 0, 0))
        assert (grade.power, grade.saturation, grade.has_cdl) == ((1, 1, 1.2), 0.9, True)

    def test_a_lut_alone_is_no_cdl(self, made: Made):
        made.take(1)
        grade = self.placed(made, lut="Kodak.cube")[0].grade
        assert (grade.lut, grade.has_cdl) == ("Kodak.cube", False)

    def test_cuts_are_kept_apart_by_their_index(self, made: Made):
        made.take(1)
        made.take(1, "pk020")
        first, second = made.planned(), replace(made.planned(), index=3)
        first.shots.pop()
        second.shots.pop(0)
        done = filled_shots([first, second], made.folder, {})
        found = placements([first, second], done, made.folder)
        assert {index: [p.name for p in clips] for index, clips in found.items()} == {
            0: ["pk010_t01"],
            3: ["pk020_t01"],
        }


class TestRetakes:
    def document(self, made: Made, cut: Cut) -> CutFile:
        return CutFile(made.cut_path, "otio", [cut], None)

    def test_of_a_shot_that_is_planned_anyway(self, made: Made):
        planned = [made.planned()]
        found = retakes_in(self.document(made, made.cut), made.folder, planned, Retake("pk010"))
        assert found == planned

    def test_with_words_of_its_own(self, made: Made):
        planned = [made.planned(words="old", text="old", words_from="marker")]
        retake = Retake("pk010", words="hands on the board")
        (found,) = retakes_in(self.document(made, made.cut), made.folder, planned, retake)
        first, second = found.shots
        assert (first.words, first.text) == ("hands on the board", "hands on the board")
        assert first.words_from == "person"
        assert second == planned[0].shots[1]

    def test_of_one_that_stands_in_the_cut_as_long_as_it_is_there_now(self, made: Made):
        keep(made)
        cut = with_ours(made, ("pk010", 26, 50))
        planned = [replace(made.planned(), shots=made.planned().shots[1:])]
        (found,) = retakes_in(self.document(made, cut), made.folder, planned, Retake("pk010"))
        (shot,) = found.shots
        assert (shot.id, shot.frames, shot.gap.start, shot.gap.duration) == ("pk010", 24, 26, 24)

    def test_of_one_in_a_sequence_that_has_no_gap(self, made: Made):
        keep(made)
        cut = with_ours(made, ("pk010", 24, 54), ("pk020", 78, 108))
        (found,) = retakes_in(self.document(made, cut), made.folder, [], Retake("pk020", "dusk"))
        assert (found.index, found.cut) == (0, cut)
        assert [(s.id, s.text) for s in found.shots] == [("pk020", "dusk")]

    def test_without_its_plan_there_is_nothing_to_make_it_from(self, made: Made):
        cut = with_ours(made, ("pk010", 24, 54))
        with pytest.raises(PlanError, match=r"it should be in .*plan\.json"):
            retakes_in(self.document(made, cut), made.folder, [], Retake("pk010"))

    def test_of_one_that_is_nowhere_the_plans_are_as_they_were(self, made: Made):
        planned = [made.planned()]
        found = retakes_in(self.document(made, made.cut), made.folder, planned, Retake("pk900"))
        assert found == planned


class TestShotsThatStandInTheCut:
    def test_clips_of_ours_are_known_by_what_they_carry(self, made: Made):
        cut = with_ours(made, ("pk010", 24, 54))
        assert [(index, shot) for index, _, shot in our_clips(cut)] == [(0, "pk010")]

    @pytest.mark.parametrize("pickup", [None, {}, {"shot": ""}, {"shot": 7}, {"take": 1}])
    def test_what_carries_no_shot_is_not_ours(self, made: Made, pickup: Any):
        changed = made.cut
        changed.video_tracks[0].items.append(clip(24, 54, "x", pickup=pickup))
        assert list(our_clips(changed)) == []

    def test_they_are_shots_again_with_what_would_be_there_without(self, made: Made):
        keep(made)
        found = placed_shots(with_ours(made, ("pk010", 24, 54)), made.folder)
        (one,) = found
        assert (one.shot.id, one.take, one.gap.start, one.gap.duration) == ("pk010", 1, 24, 30)
        assert one.gap.before is not None
        assert one.gap.after is not None
        assert (one.gap.before.name, one.gap.after.name) == ("A", "B")
        assert one.gap.track == 0

    def test_as_long_as_they_are_now_and_where(self, made: Made):
        keep(made)
        (one,) = placed_shots(with_ours(made, ("pk010", 30, 48)), made.folder)
        assert (one.shot.frames, one.shot.gap.start, one.shot.gap.duration) == (18, 30, 18)

    def test_in_the_order_of_the_cut_and_none_twice(self, made: Made):
        keep(made)
        cut = with_ours(made, ("pk020", 78, 108), ("pk010", 24, 54))
        again = clip(60, 70, "pk010_t01", pickup={"shot": "pk010"})
        cut.tracks.append(Track("video", items=[again]))
        found = placed_shots(cut, made.folder)
        assert [(each.shot.id, each.gap.start) for each in found] == [("pk010", 24), ("pk020", 78)]

    def test_some_may_be_left_out(self, made: Made):
        keep(made)
        cut = with_ours(made, ("pk010", 24, 54), ("pk020", 78, 108))
        found = placed_shots(cut, made.folder, but={"pk010"})
        assert [each.shot.id for each in found] == ["pk020"]

    def test_at_the_end_nothing_comes_after(self, made: Made):
        keep(made)
        changed = made.cut
        changed.video_tracks[0].items.append(clip(132, 160, "x", pickup={"shot": "pk010"}))
        (one,) = placed_shots(changed, made.folder)
        assert one.gap.after is None

    @pytest.mark.parametrize("take", [None, True, "1", 2.0])
    def test_a_number_that_is_none_is_nought(self, made: Made, take: Any):
        keep(made)
        (one,) = placed_shots(with_ours(made, ("pk010", 24, 54), take=take), made.folder)
        assert one.take == 0

    @pytest.mark.parametrize("text", [None, "{", "[]"])
    def test_without_a_plan_they_are_only_clips(self, made: Made, text: str | None):
        if text is not None:
            made.folder.root.mkdir(parents=True)
            made.folder.plan.write_text(text, "utf-8")
        assert placed_shots(with_ours(made, ("pk010", 24, 54)), made.folder) == []

    def test_a_shot_that_the_plan_does_not_know_is_left_alone(self, made: Made):
        keep(made)
        assert placed_shots(with_ours(made, ("stranger", 24, 54)), made.folder) == []


def test_the_picture_size_of_a_cut_is_that_of_its_shots(made: Made):
    assert {(s.width, s.height) for s in made.planned().shots} == {(RASTER.width, RASTER.height)}
