"""A gap that is filmed in pieces: what each of them is called, and what lies beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.cut.gap import Gap, GapKind, Neighbour, Words, gap_id
from pickup.cut.model import Media

WHOLE = Gap(
    "g0123456789",
    start=100,
    duration=240,
    kind=GapKind.EMPTY,
    before=Neighbour("A", 10, 10, Media()),
    after=Neighbour("B", 20, 20, Media()),
    words=Words("close on her hands", "marker"),
    track=1,
)


def pieces(lengths: list[int]) -> list[Gap]:
    whole = replace(WHOLE, duration=sum(lengths))
    return [whole.piece(sum(lengths[:index]), length) for index, length in enumerate(lengths)]


@given(st.lists(st.integers(1, 90), min_size=2, max_size=10))
def test_pieces_follow_one_another_and_are_the_whole_together(lengths: list[int]):
    made = pieces(lengths)
    assert made[0].start == WHOLE.start
    assert [one.end for one in made[:-1]] == [two.start for two in made[1:]]
    assert made[-1].end == WHOLE.start + sum(lengths)
    assert [one.range.duration for one in made] == lengths


def test_only_the_ends_join_to_the_neighbours():
    first, middle, last = pieces([80, 80, 80])
    assert (first.before, first.after) == (WHOLE.before, None)
    assert (middle.before, middle.after) == (None, None)
    assert (last.before, last.after) == (None, WHOLE.after)


def test_the_first_keeps_the_id_and_all_know_whose_they_are():
    made = pieces([80, 80, 80])
    assert made[0].id == WHOLE.id
    assert len({one.id for one in made}) == 3
    assert {one.of for one in made} == {WHOLE.id}
    assert [one.offset for one in made] == [0, 80, 160]
    assert [one.id for one in pieces([80, 80, 40])] == [one.id for one in made], "by their place"


def test_words_kind_and_track_are_those_of_the_whole():
    for one in pieces([120, 120]):
        assert (one.words, one.kind, one.track) == (WHOLE.words, WHOLE.kind, WHOLE.track)


@pytest.mark.parametrize(("offset", "duration"), [(-1, 5), (0, 0), (0, 241), (240, 1), (200, 41)])
def test_a_piece_lies_within(offset: int, duration: int):
    with pytest.raises(ValueError, match="no piece of g0123456789"):
        WHOLE.piece(offset, duration)


@given(st.text(st.characters(), max_size=40))
def test_an_id_is_short_and_the_same_for_the_same(text: str):
    assert gap_id(text) == gap_id(text)
    assert len(gap_id(text)) == 11
    assert int(gap_id(text)[1:], 16) >= 0
    assert gap_id(text) != gap_id(text + "|")
