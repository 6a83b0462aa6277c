"""Where a gap stands, from what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ui.conftest import Desk, lay_take

from pickup_ui.models.gaps import status_text
from pickup_ui.models.shot_state import ShotState, Status
from pickup_ui.work.steps import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def state(open_desk: Desk) -> ShotState:
    return open_desk.session.shots["pk010"]


def step(phase: Phase, part: float | None = None, number: int = 1, **facts: Any) -> Step:
    return Step("pk010", number, phase, part, **facts)


def stand(desk: Desk, state: ShotState) -> None:
    """Its take is chosen and stands in the cut."""
    lay_take(desk.session, "pk010")
    desk.session.choose("pk010", 1)
    state.placed = "pk010_t01"


@pytest.mark.parametrize(
    ("prepare", "status", "said"),
    [
        (lambda desk, state: None, Status.OPEN, "Open"),
        (lambda desk, state: state.heard(step(Phase.WAITING)), Status.BUSY, "Making, 0 %"),
        (lambda desk, state: state.heard(step(Phase.MAKING, 0.5)), Status.BUSY, "Making, 45 %"),
        (
            lambda desk, state: state.heard(step(Phase.FAILED, message="no")),
            Status.FAILED,
            "Not made",
        ),
        (lambda desk, state: lay_take(desk.session, "pk010"), Status.READY, "1 take to judge"),
        (
            lambda desk, state: [lay_take(desk.session, "pk010", n) for n in (1, 2)],
            Status.READY,
            "2 takes to judge",
        ),
        (
            lambda desk, state: (
                lay_take(desk.session, "pk010"),
                desk.session.choose("pk010", 1),
            ),
            Status.CHOSEN,
            "Take 1 chosen",
        ),
        (
            stand,
            Status.PLACED,
            "Placed",
        ),
        (
            lambda desk, state: (
                lay_take(desk.session, "pk010"),
                desk.session.reject("pk010", "pk010_t01"),
            ),
            Status.OPEN,
            "Open",
        ),
    ],
)
def test_where_it_stands(
    open_desk: Desk,
    state: ShotState,
    prepare: Callable[[Desk, ShotState], object],
    status: Status,
    said: str,
):
    prepare(open_desk, state)
    assert state.status is status
    assert status_text(state) == said


def test_another_take_chosen_than_stands_in_the_cut_is_to_be_placed(open_desk, state):
    for number in (1, 2):
        lay_take(open_desk.session, "pk010", number)
    open_desk.session.choose("pk010", 1)
    state.placed = "pk010_t01"
    open_desk.session.choose("pk010", 2)
    assert state.status is Status.CHOSEN


def test_a_take_that_comes_takes_the_reason_away(open_desk, state):
    state.heard(step(Phase.FAILED, message="no"))
    lay_take(open_desk.session, "pk010")
    assert (state.status, state.reason) == (Status.READY, "")


def test_a_take_made_anew_takes_the_place_of_its_number(open_desk, state):
    old = lay_take(open_desk.session, "pk010")
    again = old.model_copy(update={"file": "pk010_t01_abc.mov"})
    state.heard(step(Phase.READY, 1.0, take=again))
    assert state.takes == (again,)


def test_takes_stand_by_number_however_they_come(open_desk, state):
    for number in (3, 1, 2):
        lay_take(open_desk.session, "pk010", number)
    assert [take.record.take for take in state.takes] == [1, 2, 3]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Phase.MAKING, Phase.CONFORMING]),
            st.one_of(st.none(), st.floats(0, 1)),
        ),
        max_size=12,
    )
)
def test_a_bar_never_goes_back_within_a_phase_and_is_never_full_before_the_end(news):
    state = ShotState(None, None)  # type: ignore[arg-type]
    state.heard(step(Phase.WAITING))
    ordered = sorted(news, key=lambda one: list(Phase).index(one[0]))
    parts = []
    for phase, part in ordered:
        state.heard(step(phase, part))
        parts.append(state.fraction)
    assert parts == sorted(parts)
    assert all(0 <= part <= 1 for part in parts)
    state.heard(step(Phase.STOPPED))
    assert (state.fraction, state.busy) == (0.0, False)
