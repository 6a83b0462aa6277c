"""A gap in pieces: as long as the gap in all, side by side, each from the end of the one before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.shots.test_planner import plan_of, scene

from pickup.cut.gaps import find_gaps
from pickup.shots.pieces import even, in_pieces, longest_first
from pickup.shots.plan import Plan
from pickup.shots.planner import fit_to_cut

if TYPE_CHECKING:
    from pickup.cut.model import Cut
    from pickup.shots.request import ShotRequest

LENGTHS = st.tuples(st.integers(1, 100_000), st.integers(1, 2_000))


@given(LENGTHS)
def test_even_pieces_make_up_the_gap_and_differ_by_a_frame(asked: tuple[int, int]) -> None:
    frames, longest = asked
    lengths = even(frames, longest)
    assert sum(lengths) == frames
    assert max(lengths) <= longest
    assert max(lengths) - min(lengths) <= 1
    assert len(lengths) == -(-frames // longest), "no more pieces than needed"


@given(LENGTHS)
def test_longest_first_leaves_one_rest(asked: tuple[int, int]) -> None:
    frames, longest = asked
    lengths = longest_first(frames, longest)
    assert sum(lengths) == frames
    assert set(lengths[:-1]) <= {longest}
    assert 0 < lengths[-1] <= longest


def divided(cut: Cut, lengths: list[int], names: tuple[str, ...] = ()) -> list[ShotRequest]:
    gap = find_gaps(cut).gaps[0]
    shot = plan_of(cut).shots[0]
    return [piece for piece, _ in in_pieces(cut, shot, gap, lengths, names)]


def test_pieces_lie_side_by_side_in_the_gap():
    cut = scene(60)
    first, second, third = divided(cut, [24, 24, 12])
    gap = find_gaps(cut).gaps[0]
    assert [p.gap.start for p in (first, second, third)] == [48, 72, 96]
    assert [p.gap.offset for p in (first, second, third)] == [0, 24, 48]
    assert {p.gap.of for p in (first, second, third)} == {gap.id}
    assert first.gap.timecode == "01:00:02:00"
    assert third.gap.timecode == "01:00:04:00"


def test_only_the_outer_pieces_join_to_the_editors_footage():
    first, second, third = divided(scene(60), [24, 24, 12])
    whole = plan_of(scene(60)).shots[0]
    assert first.first_frame == whole.first_frame
    assert third.last_frame == whole.last_frame
    assert first.last_frame is second.last_frame is None
    assert second.first_frame is not None
    assert third.first_frame is not None
    assert (second.first_frame.follows, third.first_frame.follows) == ("pk010", "pk011")
    assert (second.first_frame.index, third.first_frame.index) == (23, 23)


def test_pieces_take_the_numbers_between_the_tens():
    assert [p.id for p in divided(scene(60), [20, 20, 20])] == ["pk010", "pk011", "pk012"]


def test_a_name_that_another_shot_has_is_not_taken():
    assert [p.id for p in divided(scene(60), [30, 30], ("pk011",))] == ["pk010", "pk010_2"]


def test_pieces_have_ids_of_their_own_that_last():
    ids = [piece.gap.id for piece in divided(scene(60), [20, 20, 20])]
    assert len(set(ids)) == 3
    assert ids == [piece.gap.id for piece in divided(scene(60, shift=0), [20, 20, 20])]
    assert ids[0] == find_gaps(scene(60)).gaps[0].id, "the first one keeps the gap's name"


def test_where_a_piece_begins_is_part_of_what_is_asked():
    _, second = divided(scene(60), [30, 30])
    assert second.first_frame is not None
    other = second.first_frame.model_copy(update={"media": "pickup:pk090"})
    assert second.sha256() != second.model_copy(update={"first_frame": other}).sha256()
    # The picture itself is not: another take chosen before it must not be paid for once more.
    seen = second.first_frame.model_copy(update={"file": "x.png", "sha256": "0" * 64})
    assert second.sha256() == second.model_copy(update={"first_frame": seen}).sha256()


@pytest.mark.parametrize(("offset", "length"), [(-1, 5), (0, 61), (60, 1), (10, 0), (59, 2)])
def test_no_piece_lies_outside_its_gap(offset: int, length: int):
    gap = find_gaps(scene(60)).gaps[0]
    with pytest.raises(ValueError, match="no piece"):
        gap.piece(offset, length)


def planned(cut: Cut, lengths: list[int]) -> Plan:
    return Plan(cut="scene.otio", sequence="Scene", shots=tuple(divided(cut, lengths)))


class TestAPlanOfPieces:
    def test_fits_the_cut_it_was_made_for(self):
        cut = scene(60)
        fitting, refused = fit_to_cut(planned(cut, [24, 36]), cut, find_gaps(cut).gaps)
        assert [shot.frames for shot in fitting] == [24, 36]
        assert not refused

    def test_goes_with_a_gap_that_has_moved(self):
        plan, moved = planned(scene(60), [24, 36]), scene(60)
        for track in moved.tracks:
            track.items = [replace(i, start=i.start + 10, end=i.end + 10) for i in track.items]
        fitting, refused = fit_to_cut(plan, moved, find_gaps(moved).gaps)
        assert not refused or set(refused) <= {"pk020"}
        assert [shot.gap.start for shot in fitting] == [58, 82]

    def test_is_refused_where_the_gap_has_become_shorter(self):
        now = scene(50)
        fitting, refused = fit_to_cut(planned(scene(60), [24, 36]), now, find_gaps(now).gaps)
        assert not fitting
        assert set(refused) == {"pk010", "pk011"}
        assert "not what it was" in refused["pk011"]

    def test_has_no_two_shots_for_the_same_frames(self):
        cut = scene(60)
        one, two = divided(cut, [24, 36])
        _, wide = divided(cut, [12, 48])
        plan = Plan(cut="c", sequence="Scene", shots=(one, wide.model_copy(update={"id": "x"})))
        fitting, refused = fit_to_cut(plan, cut, find_gaps(cut).gaps)
        assert [shot.id for shot in fitting] == ["pk010"]
        assert "two shots" in refused["x"]
        whole = plan_of(cut).shots[0].model_copy(update={"id": "y"})
        _, refused = fit_to_cut(
            Plan(cut="c", sequence="Scene", shots=(two, whole)), cut, find_gaps(cut).gaps
        )
        assert set(refused) == {"y"}

    def test_may_leave_a_piece_out(self):
        cut = scene(60)
        plan = planned(cut, [20, 20, 20])
        plan = plan.model_copy(update={"shots": (plan.shots[0], plan.shots[2])})
        fitting, refused = fit_to_cut(plan, cut, find_gaps(cut).gaps)
        assert [shot.gap.start for shot in fitting] == [48, 88]
        assert not refused
