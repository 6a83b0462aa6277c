"""What has been spent and set aside, and whether more may be. Works inside a ledger's transaction.

The order book is the account: an order's estimate is set aside by its being written down, and
gives way to its cost as soon as the provider reports one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from pickup.errors import BudgetError
from pickup.jobs.orders import OrderState
from pickup.jobs.tables import dollars, micros, orders, runs

if TYPE_CHECKING:
    from decimal import Decimal

_FREE = (OrderState.REFUSED.value, OrderState.FAILED.value)
"""Charged only where the provider says so."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be spent, in USD; None is no limit.

    Attributes:
        budget: by this run, for all its unfinished orders.
        month: in this calendar month, by all orders of the book.
    """

    budget: Decimal | None = None
    month: Decimal | None = None


NO_LIMITS = Limits()

_free = orders.c.state.in_(_FREE) | (
    (orders.c.state == OrderState.CANCELLED.value) & (orders.c.job_id == "")
)
_charge = sa.func.coalesce(orders.c.cost, sa.case((_free, 0), else_=orders.c.estimate))


def charged(row: Any) -> int:
    """Micro-dollars that a row's present attempt has cost or may cost."""
    if row.cost is not None:
        return int(row.cost)
    free = row.state in _FREE or (row.state == OrderState.CANCELLED.value and not row.job_id)
    return 0 if free else int(row.estimate)


def committed(connection: sa.Connection, *, since: float = 0.0, run: str | None = None) -> int:
    """Micro-dollars spent and set aside since a unix time, or by a run."""
    query = sa.select(sa.func.coalesce(sa.func.sum(_charge + orders.c.sunk), 0))
    query = query.where(orders.c.reserved >= since)
    if run is not None:
        query = query.where(orders.c.run == run)
    return int(connection.scalar(query) or 0)


def over(connection: sa.Connection, limits: Limits, run: str) -> str:
    """Why what is now committed is more than is allowed, as a sentence; empty where it is not."""
    budget = connection.scalar(sa.select(runs.c.budget).where(runs.c.id == run)) if run else None
    if budget is not None:
        wanted = committed(connection, run=run)
        if wanted > budget:
            return _over_budget(wanted, budget)
    return _over_month(connection, limits, 0)


def check_more(connection: sa.Connection, limits: Limits, more: int) -> None:
    """Raises `BudgetError` where so many micro-dollars more would be too much for a run of its own.

    Args:
        limits: `budget` is that of the run.
    """
    reason = _over_month(connection, limits, more)
    if limits.budget is not None and dollars(more) > limits.budget:
        reason = _over_budget(more, micros(limits.budget))
    if reason:
        raise BudgetError(reason)


def _over_budget(wanted: int, budget: int) -> str:
    return (
        f"These shots would cost {_usd(wanted)} and the budget of this run is {_usd(budget)}. "
        "Raise the budget, or order fewer or cheaper takes."
    )


def _over_month(connection: sa.Connection, limits: Limits, more: int) -> str:
    if limits.month is None:
        return ""
    wanted = committed(connection, since=month_start()) + more
    if dollars(wanted) <= limits.month:
        return ""
    return (
        f"This month's orders would come to {_usd(wanted)} and the monthly cap is "
        f"${limits.month:.2f}. Raise month_usd in settings.toml, or wait for the next month."
    )


def check(connection: sa.Connection, limits: Limits, run: str) -> None:
    """Raises `BudgetError` where `over` has something to say."""
    reason = over(connection, limits, run)
    if reason:
        raise BudgetError(reason)


def month_start(now: float | None = None) -> float:
    """The first instant of the present month, here, in unix seconds."""
    moment = datetime.fromtimestamp(time.time() if now is None else now).astimezone()
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()


def _usd(amount: int) -> str:
    return f"${dollars(amount):.2f}"
