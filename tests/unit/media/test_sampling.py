"""The map from a clip's frames to a take's."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.media.sampling import HASTEN, STRETCH, TakeLength, sample
from pickup.timing import COMMON_RATES

RATES = st.sampled_from(COMMON_RATES)
LENGTHS = st.integers(1, 4000)
SMALL = st.integers(0, 40)


@given(LENGTHS, RATES, LENGTHS, RATES, SMALL, SMALL, SMALL, st.booleans())
def test_it_never_goes_back_nor_leaves_the_take(
    length, source, frames, rate, head, want, tail, fit
):
    take = TakeLength(length + head, source, head)
    plan = sample(take, frames, rate, head=want, tail=tail, fit_ends=fit)
    shown = [plan.source(i) for i in range(-plan.head, frames + plan.tail)]
    assert shown == sorted(shown)
    assert shown[0] >= 0
    assert shown[-1] <= take.frames - 1
    assert plan.source(0) == head
    assert plan.head <= want
    assert plan.tail <= tail


@given(st.integers(2, 2000), RATES, st.integers(2, 2000), RATES)
def test_bound_ends_meet_wherever_the_stretch_allows(
    length: int, source: Fraction, frames: int, rate: Fraction
) -> None:
    plan = sample(TakeLength(length, source), frames, rate, fit_ends=True)
    natural = 1 if abs(source / rate - 1) <= Fraction(1, 500) else source / rate
    if -STRETCH <= Fraction(length - 1, frames - 1) / natural - 1 <= HASTEN:
        assert plan.source(frames - 1) == length - 1
    assert -STRETCH <= plan.step / natural - 1 <= HASTEN


@given(st.integers(2, 2000), RATES, st.integers(2, 2000), RATES)
def test_open_ends_are_hardly_stretched(
    length: int, source: Fraction, frames: int, rate: Fraction
) -> None:
    plan = sample(TakeLength(length, source), frames, rate)
    natural = 1 if abs(source / rate - 1) <= Fraction(1, 500) else source / rate
    assert abs(plan.step / natural - 1) <= STRETCH
    assert not any("made to reach" in change for change in plan.changes)


def test_the_shortest_that_a_model_makes_still_joins() -> None:
    four_seconds = TakeLength(97, Fraction(24))
    plan = sample(four_seconds, 60, Fraction(24), fit_ends=True, tail=8)
    assert (plan.source(0), plan.source(59), plan.tail) == (0, 96, 0)
    assert plan.changes == ("hastened by 62.7 % to fit its gap",)
    short = sample(four_seconds, 30, Fraction(24), fit_ends=True)
    assert short.source(29) == 29
    assert short.changes[-1] == "it ends before the last frame that it was made to reach"


@given(LENGTHS, RATES, SMALL, SMALL)
def test_a_take_of_the_right_length_is_used_frame_for_frame(
    frames: int, rate: Fraction, head: int, tail: int
) -> None:
    take = TakeLength(frames + head + tail, rate, head, tail)
    plan = sample(take, frames, rate, head=8, tail=8, fit_ends=True)
    assert plan.changes == ()
    assert (plan.head, plan.tail) == (min(8, head), min(8, tail))
    span = range(-plan.head, frames + plan.tail)
    assert [plan.source(i) for i in span] == [head + i for i in span]


@given(st.integers(1, 300), RATES, RATES)
def test_a_take_of_the_right_duration_needs_no_padding(
    seconds: int, source: Fraction, rate: Fraction
) -> None:
    take = TakeLength(int(seconds * source) + 1, source)
    plan = sample(take, max(1, int(seconds * rate)), rate)
    assert not any("padded" in change for change in plan.changes)


def test_each_frame_is_the_nearest_in_time() -> None:
    plan = sample(TakeLength(96, Fraction(24)), 100, Fraction(25))
    for frame in range(100):
        instant = Fraction(frame, 25)
        assert abs(Fraction(plan.source(frame), 24) - instant) <= Fraction(1, 48)


def test_24_becomes_23976_frame_for_frame() -> None:
    plan = sample(TakeLength(5000, Fraction(24)), 5000, Fraction(24000, 1001))
    assert [plan.source(i) for i in (0, 2500, 4999)] == [0, 2500, 4999]
    assert plan.changes == ("relabelled from 24 to 23.976 frames a second, frame for frame",)


def test_a_longer_take_gives_its_end_as_handles() -> None:
    plan = sample(TakeLength(60, Fraction(24)), 48, Fraction(24), head=8, tail=8)
    assert (plan.head, plan.tail) == (0, 8)
    assert plan.changes == ("trimmed 4 frames at its end",)


def test_a_little_short_is_slowed_and_much_too_short_is_held() -> None:
    slowed = sample(TakeLength(97, Fraction(24)), 100, Fraction(24))
    assert slowed.source(99) == 96
    assert slowed.changes == ("slowed by 3.0 % to fit its gap",)
    held = sample(TakeLength(80, Fraction(24)), 100, Fraction(24), tail=8)
    assert [held.source(i) for i in (79, 80, 99)] == [79, 79, 79]
    assert held.changes == ("padded 20 frames by holding the last",)
    assert held.tail == 0


@pytest.mark.parametrize("frames", [1, 2, 1000])
def test_a_single_frame_is_held(frames: int) -> None:
    plan = sample(TakeLength(1, Fraction(25)), frames, Fraction(25), fit_ends=True)
    assert {plan.source(i) for i in range(frames)} == {0}
