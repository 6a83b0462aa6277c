from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pickup.errors import BudgetError, RequestError
from pickup.home import home
from pickup.jobs import budget, money
from pickup.jobs.ledger import Ledger, Wanted
from pickup.jobs.money import NO_LIMITS, Limits
from pickup.jobs.orders import OrderState
from pickup.jobs.tables import orders
from pickup.providers.card import ModelCard

from .conftest import Scripted, make_order

if TYPE_CHECKING:
    from pathlib import Path

S = OrderState
ONE = Decimal(1)


def shots(count: int, usd: str = "1") -> list[Wanted]:
    return [Wanted(make_order(f"sh{n}"), Decimal(usd)) for n in range(count)]


def settle(ledger: Ledger, key: str, cost: str) -> None:
    ledger.claim(key, "w", NO_LIMITS)
    ledger.move(key, S.SUBMITTED, job_id="j")
    ledger.move(key, S.FETCHED, cost_usd=Decimal(cost))


def test_orders_within_the_budget_are_written_down(ledger: Ledger) -> None:
    records = ledger.reserve(shots(3), Limits(budget=Decimal(3)), run="r")
    assert len(records) == 3
    assert ledger.spent() == 3


def test_one_cent_over_the_budget_is_refused_as_a_whole(ledger: Ledger) -> None:
    with pytest.raises(BudgetError, match=r"\$3\.00.*budget.*\$2\.99.*Raise the budget"):
        ledger.reserve(shots(3), Limits(budget=Decimal("2.99")), run="r")
    assert ledger.list() == []
    assert ledger.spent() == 0


def test_what_is_finished_does_not_count_against_a_new_run(ledger: Ledger) -> None:
    for record in ledger.reserve(shots(3), Limits(budget=Decimal(3)), run="first"):
        settle(ledger, record.key, "1")
    records = ledger.reserve(shots(4), Limits(budget=ONE), run="second")
    assert [r.state for r in records] == [S.FETCHED] * 3 + [S.INTENT]


def test_what_is_still_open_does(ledger: Ledger) -> None:
    ledger.reserve(shots(3), Limits(budget=Decimal(3)), run="killed")
    with pytest.raises(BudgetError):
        ledger.reserve(shots(4), Limits(budget=ONE), run="again")
    assert len(ledger.reserve(shots(3), Limits(budget=Decimal(3)), run="again")) == 3


def test_the_monthly_cap_counts_everything_of_the_month(ledger: Ledger) -> None:
    ledger.reserve(shots(3), Limits(month=Decimal(3)), run="r")
    with pytest.raises(BudgetError, match=r"\$4\.00.*monthly cap.*\$3\.00"):
        ledger.reserve([Wanted(make_order("new"), ONE)], Limits(month=Decimal(3)), run="s")


def test_two_front_ends_never_both_get_the_last_dollar(tmp_path: Path) -> None:
    def order(n: int) -> bool:
        with Ledger.open(tmp_path, "") as ledger:
            try:
                ledger.reserve([Wanted(make_order(f"sh{n}"), ONE)], Limits(month=Decimal(4)))
            except BudgetError:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(order, range(12))).count(True) == 4
    with Ledger.open(tmp_path, "") as ledger:
        assert ledger.spent() == 4


@pytest.mark.parametrize(
    ("path", "cost", "expected"),
    [
        ([S.REFUSED], None, "0"),
        ([S.CANCELLED], None, "0"),
        ([S.SENDING, S.UNKNOWN], None, "1"),
        ([S.SENDING, S.SUBMITTED], None, "1"),
        ([S.SENDING, S.SUBMITTED, S.CANCELLED], None, "1"),
        ([S.SENDING, S.SUBMITTED, S.FAILED], None, "0"),
        ([S.SENDING, S.SUBMITTED, S.FAILED], "0.40", "0.40"),
        ([S.SENDING, S.SUBMITTED, S.LOST], None, "1"),
        ([S.SENDING, S.SUBMITTED, S.FETCHED], "1.25", "1.25"),
    ],
)
def test_an_estimate_gives_way_to_what_is_known(
    ledger: Ledger, path: list[OrderState], cost: str | None, expected: str
) -> None:
    key = ledger.intend(make_order(), ONE).key
    for state in path:
        facts: dict[str, Any] = {"job_id": "j"} if state is S.SUBMITTED else {}
        if cost and state is path[-1]:
            facts["cost_usd"] = Decimal(cost)
        ledger.move(key, state, **facts)
    assert ledger.spent() == Decimal(expected)
    with ledger.read() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM orders").all()
        assert money.charged(row) == Decimal(expected) * 1_000_000


def test_a_dearer_bill_than_expected_stops_the_rest_of_the_run(ledger: Ledger) -> None:
    first, second = ledger.reserve(shots(2), Limits(budget=Decimal(2)), run="r")
    settle(ledger, first.key, "1.50")
    record, mine = ledger.claim(second.key, "w", NO_LIMITS)
    assert not mine
    assert record.state is S.REFUSED
    assert "$2.50" in record.reason


def test_the_cap_is_asked_again_before_sending(ledger: Ledger) -> None:
    first, second = ledger.reserve(shots(2), NO_LIMITS)
    cap = Limits(month=Decimal(2))
    assert ledger.claim(first.key, "w", cap)[1]
    ledger.move(first.key, S.SUBMITTED, cost_usd=Decimal(9))
    assert ledger.claim(second.key, "w", cap)[0].state is S.REFUSED


def test_tenths_of_cents_add_up_exactly(ledger: Ledger) -> None:
    ledger.reserve(shots(1000, "0.001"), NO_LIMITS)
    assert ledger.spent() == ONE


def test_last_month_is_over(ledger: Ledger) -> None:
    ledger.reserve(shots(2), NO_LIMITS)
    with ledger.write() as connection:
        connection.exec_driver_sql("UPDATE orders SET reserved = reserved - 32 * 86400")
    ledger.reserve([Wanted(make_order("new"), ONE)], Limits(month=ONE), run="s")
    assert ledger.spent(money.month_start()) == 1
    assert ledger.spent() == 3


def test_a_month_begins_at_its_first_midnight() -> None:
    begin = datetime.fromtimestamp(money.month_start())
    assert (begin.day, begin.hour, begin.minute, begin.second) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ((2026, 11, 1, 0, 0, 0), (2026, 11, 1)),
        ((2026, 10, 31, 23, 59, 59), (2026, 10, 1)),
        ((2026, 12, 31, 23, 59, 59), (2026, 12, 1)),
        ((2027, 1, 1, 0, 0, 0), (2027, 1, 1)),
        ((2028, 2, 29, 12, 0, 0), (2028, 2, 1)),
    ],
)
def test_the_month_that_an_instant_is_in(now: tuple[int, ...], first: tuple[int, int, int]) -> None:
    instant = datetime(*now).timestamp()  # type: ignore[arg-type]
    begin = datetime.fromtimestamp(money.month_start(instant))
    assert (begin.year, begin.month, begin.day) == first
    assert begin.timestamp() <= instant


def test_money_set_aside_before_midnight_counts_in_the_old_month(ledger: Ledger) -> None:
    """Also where its cost is told in the new one."""
    midnight = money.month_start()
    record = ledger.intend(make_order("old"), ONE)
    with ledger.write() as connection:
        connection.execute(
            orders.update().where(orders.c.key == record.key).values(reserved=midnight - 1)
        )
    ledger.claim(record.key, "w", NO_LIMITS)
    ledger.move(record.key, OrderState.SUBMITTED, job_id="j", cost_usd=Decimal("0.75"))
    assert ledger.spent(midnight) == 0
    assert ledger.spent() == Decimal("0.75")
    ledger.reserve([Wanted(make_order("new"), ONE)], Limits(month=ONE), run="r")
    assert ledger.spent(midnight) == 1


def test_an_estimate_is_for_one_take_whatever_is_asked() -> None:
    card = ModelCard(provider="p", id="m", durations=(4, 8), prices={"": Decimal("0.10")})
    request = make_order().request.model_copy(update={"takes": 4})
    assert budget.estimate(card, request) == Decimal("0.40")


def test_what_is_made_here_is_free() -> None:
    card = ModelCard(provider="p", id="m", local=True, prices={"": Decimal(5)})
    assert budget.estimate(card, make_order().request) == 0


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(RequestError, match=r"no model “scripted:x”.*scripted:m"):
        budget.card_of(Scripted(), "x")


def write_settings(text: str) -> None:
    home().mkdir(parents=True, exist_ok=True)
    (home() / "settings.toml").write_text(text)


@pytest.mark.parametrize("text", ["month_usd = 20", "month_usd = 20.0", 'month_usd = "20"'])
def test_the_cap_comes_from_the_settings(text: str) -> None:
    assert budget.limits().month is None
    write_settings(text)
    assert budget.limits(ONE) == Limits(ONE, Decimal(20))


@pytest.mark.parametrize(
    "text", ["month_usd = true", 'month_usd = "much"', "month_usd = [1]", "month_usd = nan"]
)
def test_a_cap_that_is_no_amount_is_refused(text: str) -> None:
    write_settings(text)
    with pytest.raises(RequestError, match="not an amount"):
        budget.limits()


def test_settings_that_cannot_be_read_name_the_file() -> None:
    write_settings("month_usd = ")
    with pytest.raises(RequestError, match=r"settings\.toml"):
        budget.limits()
