"""How orders pass from the front ends to the workers: by the ledger.

That is the same commit which writes an order down, so that none is written and not handed over.
Each time an order is handed over it gets a number. A worker takes the number up as a durable
workflow of that name, which exists once however often it is started, and lets go of it at last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from pickup.jobs.orders import LIVE
from pickup.jobs.tables import IN_HAND, WAITING, orders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.jobs.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Turn:
    """An order's n-th passing into the workers' hands."""

    key: str
    provider: str
    number: int

    @property
    def workflow_id(self) -> str:
        return f"{self.key}-{self.number}"


def hand_over(ledger: Ledger, key: str) -> None:
    """Let a worker look at the order, unless one has it in hand."""
    _set(ledger, key, {"handed": orders.c.handed + 1}, orders.c.settled >= orders.c.handed)


def hand_over_anew(ledger: Ledger, turn: Turn) -> None:
    """Let a worker look at the order once more, for this turn's workflow has come to nothing."""
    _set(ledger, turn.key, {"handed": turn.number + 1}, orders.c.handed == turn.number)


def waiting(ledger: Ledger) -> list[Turn]:
    """What no worker has taken up yet, oldest first."""
    return _turns(ledger, WAITING)


def in_work(ledger: Ledger) -> list[Turn]:
    """What some worker has taken up and not let go of."""
    return _turns(ledger, IN_HAND & (orders.c.taken == orders.c.handed))


def take_up(ledger: Ledger, turns: Sequence[Turn]) -> None:
    """The workflows of these turns exist from now on."""
    with ledger.write() as connection:
        for turn in turns:
            connection.execute(
                orders.update()
                .where(orders.c.key == turn.key, orders.c.taken < turn.number)
                .values(taken=turn.number)
            )


def let_go(ledger: Ledger, key: str, number: int) -> None:
    """The workflow has done what it could; where somebody gave it new work meanwhile, anew."""
    live = orders.c.state.in_([state.value for state in LIVE])
    last = orders.c.handed == number
    with ledger.write() as connection:
        order = orders.update().where(orders.c.key == key)
        connection.execute(order.where(live, last).values(handed=number + 1))
        connection.execute(order.where(orders.c.settled < number).values(settled=number))


def idle(ledger: Ledger) -> bool:
    """Whether the workers have nothing in hand."""
    query = sa.select(orders.c.key).where(~orders.c.local, IN_HAND)
    with ledger.read() as connection:
        return connection.execute(query.limit(1)).first() is None


def _turns(ledger: Ledger, condition: sa.ColumnElement[bool]) -> list[Turn]:
    query = (
        sa.select(orders.c.key, orders.c.provider, orders.c.handed)
        .where(~orders.c.local, condition)
        .order_by(orders.c.created)
    )
    with ledger.read() as connection:
        return [Turn(*row) for row in connection.execute(query)]


def _set(
    ledger: Ledger, key: str, values: dict[str, object], condition: sa.ColumnElement[bool]
) -> None:
    with ledger.write() as connection:
        connection.execute(orders.update().where(orders.c.key == key, condition).values(**values))
