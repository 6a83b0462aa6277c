from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from pickup.errors import LedgerError
from pickup.jobs.orders import LIVE, TRANSITIONS, OrderState, check_transition

from .conftest import make_order


def test_the_same_order_has_the_same_key() -> None:
    assert make_order().key == make_order().key
    assert re.fullmatch(r"[0-9a-f]{64}", make_order().key)


@pytest.mark.parametrize(
    "other",
    [
        make_order(take=2),
        make_order(shot="sh020"),
        make_order(model="scripted:n"),
        make_order(model="another:m"),
        make_order(text="something else"),
        make_order(source="0" * 64),
    ],
)
def test_whatever_changes_the_take_changes_the_key(other: object) -> None:
    assert other.key != make_order().key  # type: ignore[attr-defined]


def test_where_the_shot_is_cut_in_does_not_change_the_key() -> None:
    order = make_order()
    gap = order.request.gap.model_copy(update={"start": 999, "timecode": "01:00:00:00"})
    moved = replace(order, request=order.request.model_copy(update={"gap": gap}), cut="other.otio")
    assert moved.key == order.key


def test_each_take_has_its_own_seed() -> None:
    assert [make_order(take=n).seed for n in (1, 2, 3)] == [7, 8, 9]


def test_every_state_has_its_moves_and_every_other_move_is_refused() -> None:
    assert set(TRANSITIONS) == set(OrderState)
    for old, new in product(OrderState, OrderState):
        if new is old or new in TRANSITIONS[old]:
            check_transition("k", old, new)
        else:
            with pytest.raises(LedgerError, match=f"is {old.value} and cannot become {new.value}"):
                check_transition("k", old, new)


def test_a_paid_job_is_never_forgotten() -> None:
    """From SUBMITTED on, a paid order never goes back to where it would be sent again."""
    assert OrderState.INTENT not in TRANSITIONS[OrderState.SUBMITTED]
    assert OrderState.SENDING not in TRANSITIONS[OrderState.UNKNOWN]
    senders = [state for state, to in TRANSITIONS.items() if OrderState.SENDING in to]
    assert senders == [OrderState.INTENT]


def test_a_local_order_may_always_begin_again() -> None:
    for old in OrderState:
        check_transition("k", old, OrderState.INTENT, local=True)


def test_what_is_live_needs_nobody() -> None:
    assert {state for state in OrderState if state.live} == LIVE
    assert OrderState.UNKNOWN not in LIVE
