"""What a run is told and tells."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.cut.gap import FILLED_KINDS
from pickup.fill.values import Bill, FillOptions, FillResult, Retake, Silent, sentences

amounts = st.decimals(0, 10_000, places=4)


@given(st.lists(st.one_of(st.none(), amounts), max_size=20))
def test_a_bill_adds_up_what_is_known(prices: list[Decimal | None]):
    bill = Bill(tuple((f"pk{n:03d} take 1", "a:m", price) for n, price in enumerate(prices)))
    known = [price for price in prices if price is not None]
    assert bill.total == sum(known)
    assert bill.unpriced == (("a:m",) if None in prices else ())
    assert bill.spends == (bill.total > 0 or None in prices)
    assert str(bill).startswith(f"up to ${bill.total:.2f}")


def test_models_of_unknown_price_are_named_once_each():
    bill = Bill((("1", "a:m", None), ("2", "b:n", None), ("3", "a:m", None), ("4", "c:o", None)))
    assert bill.unpriced == ("a:m", "b:n", "c:o")
    assert "and what a:m and b:n and c:o costs, which nobody here knows" in str(bill)


def test_free_things_spend_nothing():
    assert not Bill().spends
    assert not Bill((("pk010", "own:m", Decimal(0)),)).spends
    assert str(Bill()) == "up to $0.00"


@pytest.mark.parametrize(
    ("bill", "agreed"),
    [
        (Bill(), True),
        (Bill((("pk010", "a:m", Decimal(0)),)), False),
        (Bill(uploads=("pk010: its words go to a",)), False),
    ],
)
def test_the_silent_watcher_agrees_to_nothing_that_leaves(bill: Bill, agreed: bool):
    watcher = Silent()
    watcher.begin("Filming", 3)
    watcher.advance("Filming", 1.5, "pk010")
    assert watcher.agree(bill) is agreed


@given(st.lists(st.text(max_size=5)))
def test_notes_come_in_their_order_and_once(messages: list[str]):
    found = sentences(messages)
    assert len(set(found)) == len(found)
    assert set(found) == set(messages)
    assert [messages.index(message) for message in found] == sorted(map(messages.index, found))


def test_what_is_filled_unless_told_otherwise():
    options = FillOptions()
    assert options.gaps.kinds == FILLED_KINDS
    assert (options.deliver, options.budget, options.retake, options.plan) == (
        *("h264", None),
        *(None, None),
    )
    assert (options.shots.takes, options.shots.handles, options.shots.model) == (1, 8, "")


def test_a_retake_films_anew_unless_told_from_what():
    assert (Retake("pk010").of, Retake("pk010").change, Retake("pk010").words) == (0, "remix", "")


def test_a_result_of_nothing_is_empty():
    result = FillResult()
    assert (result.out, result.report, result.filled, result.failed) == (None, None, (), {})
