"""What is written into the ledger's tables when an order is new, moves, or is used by a cut."""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from pickup.jobs.orders import OrderState
from pickup.jobs.tables import micros, moves, uses

if TYPE_CHECKING:
    from pickup.jobs.orders import TakeOrder


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order about to be written down, with what it may cost and where its frames lie.

    Attributes:
        first_frame, last_frame: paths relative to the store, or empty.
    """

    order: TakeOrder
    estimate_usd: Decimal = Decimal(0)
    local: bool = False
    first_frame: str = ""
    last_frame: str = ""


def first_entry(item: Wanted, run: str) -> dict[str, Any]:
    order, now = item.order, time.time()
    return {
        "key": order.key,
        "provider": order.provider,
        "model": order.model_id,
        "local": item.local,
        "shot": order.request.id,
        "take": order.take,
        "seed": order.seed,
        "cut": order.cut,
        "source": order.source,
        "change": order.change,
        "run": run,
        "state": OrderState.INTENT.value,
        "request": order.request.model_dump_json(by_alias=True),
        "request_sha256": order.request.sha256(),
        "first_frame": item.first_frame,
        "last_frame": item.last_frame,
        "estimate": micros(item.estimate_usd),
        "handed": 0 if item.local else 1,
        "created": now,
        "reserved": now,
        "updated": now,
    }


def note_move(
    connection: sa.Connection, key: str, old: str, new: OrderState, reason: str, worker: str
) -> None:
    connection.execute(
        moves.insert().values(
            key=key, at=time.time(), old=old, new=new.value, reason=reason, worker=worker
        )
    )


def note_use(connection: sa.Connection, order: TakeOrder) -> None:
    use = {"cut": order.cut, "shot": order.request.id, "key": order.key}
    known = sa.select(uses.c.key).filter_by(**use)
    if connection.execute(known).first() is None:
        connection.execute(uses.insert().values(**use))
