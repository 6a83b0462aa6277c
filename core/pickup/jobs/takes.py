"""The takes of a cut's shots: numbered, one of them chosen, any of them again at no cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from pickup.errors import RequestError
from pickup.jobs.orders import OrderState, TakeOrder
from pickup.jobs.tables import orders, uses
from pickup.shots.request import ShotRequest

if TYPE_CHECKING:
    from pickup.jobs.ledger import Ledger
    from pickup.jobs.orders import OrderRecord


@dataclass(frozen=True, slots=True)
class Take:
    """One take of a shot in a cut.

    Attributes:
        number: counts the takes of this shot in this cut, of whichever model, from 1.
        chosen: it is the one that is placed.
    """

    number: int
    chosen: bool
    record: OrderRecord


def takes_of(ledger: Ledger, cut: str, shot: str | None = None) -> list[Take]:
    """Every take that was ordered for a cut, or for one shot of it, oldest first.

    Where nobody has chosen, the first finished take of a shot is the chosen one.
    """
    query = (
        sa.select(orders, uses.c.chosen, uses.c.shot.label("of_shot"))
        .join(uses, uses.c.key == orders.c.key)
        .where(uses.c.cut == cut)
        .order_by(uses.c.shot, orders.c.created, orders.c.take)
    )
    if shot is not None:
        query = query.where(uses.c.shot == shot)
    with ledger.read() as connection:
        rows = connection.execute(query).all()
    takes: list[Take] = []
    for name in dict.fromkeys(row.of_shot for row in rows):
        mine = [row for row in rows if row.of_shot == name]
        chosen = next((row.key for row in mine if row.chosen), None) or next(
            (row.key for row in mine if row.state == OrderState.FETCHED.value), None
        )
        takes += [
            Take(number, row.key == chosen, ledger.record(row))
            for number, row in enumerate(mine, start=1)
        ]
    return takes


def chosen(ledger: Ledger, cut: str, shot: str) -> OrderRecord | None:
    """The take that is placed; None where none is finished."""
    return next((take.record for take in takes_of(ledger, cut, shot) if take.chosen), None)


def choose(ledger: Ledger, cut: str, shot: str, key: str) -> OrderRecord:
    """From now on this take is placed. Costs nothing, and can be changed at any time.

    Raises:
        RequestError: the shot has no such take, or it is not finished.
    """
    mine = {take.record.key: take.record for take in takes_of(ledger, cut, shot)}
    record = mine.get(key)
    if record is None or record.state is not OrderState.FETCHED:
        what = f"is {record.state.value}" if record else "is not one of its takes"
        raise RequestError(
            f"{shot}: take {key[:12]} {what}; “pickup takes” lists those that can be chosen."
        )
    with ledger.write() as connection:
        of_shot = uses.update().where(uses.c.cut == cut, uses.c.shot == shot)
        connection.execute(of_shot.values(chosen=uses.c.key == key))
    return record


def next_number(ledger: Ledger, request: ShotRequest, model: str, source: str = "") -> int:
    """The lowest take number that this request has not been ordered under from this model."""
    provider, _, model_id = model.partition(":")
    query = sa.select(sa.func.max(orders.c.take)).where(
        orders.c.provider == provider,
        orders.c.model == model_id,
        orders.c.shot == request.id,
        orders.c.request_sha256 == request.sha256(),
        orders.c.source == source,
    )
    with ledger.read() as connection:
        return int(connection.scalar(query) or 0) + 1


def remix(
    ledger: Ledger, record: OrderRecord, *, cut: str, text: str = "", frames: int = 0
) -> TakeOrder:
    """An order for a new take made from an old one: other words, or a longer shot.

    Args:
        ledger: the order book.
        record: the old take.
        cut: the cut that the new one is for.
        text: the new prompt; empty keeps the old one.
        frames: the new length; 0 keeps the old one.

    Raises:
        RequestError: the old take's provider has no job that it could go on from.
    """
    if record.state is not OrderState.FETCHED or not record.job_id:
        raise RequestError(
            f"{record.shot} take {record.take} is {record.state.value}; only a finished take can "
            "be remixed or extended."
        )
    old = ShotRequest.model_validate_json(record.request)
    changes: dict[str, object] = {"text": text} if text else {}
    if frames:
        gap = old.gap.model_copy(update={"duration": frames})
        changes.update(frames=frames, gap=gap)
    request = old.model_copy(update=changes)
    order = TakeOrder(
        request,
        record.model_name,
        first_frame=record.first_frame,
        last_frame=record.last_frame,
        cut=cut,
        source=record.key,
    )
    number = next_number(ledger, request, record.model_name, record.key)
    return replace(order, take=number)


def lineage(ledger: Ledger, key: str) -> list[OrderRecord]:
    """A take and those it was made from, the youngest first."""
    line = [ledger.get(key)]
    while line[-1].source and len(line) < 1000:
        line.append(ledger.get(line[-1].source))
    return line
