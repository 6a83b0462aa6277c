"""The ledger: the truth of what was ordered, where it stands and what it costs.

Every function is one transaction. What it has returned is on the disk, and survives a power cut.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from pickup.errors import LedgerError
from pickup.home import home as default_home
from pickup.home import store as default_store
from pickup.jobs import money
from pickup.jobs.database import postgres_engine, reading, sqlite_engine, sqlite_file, writing
from pickup.jobs.entries import Wanted, first_entry, note_move, note_use
from pickup.jobs.orders import OrderRecord, OrderState, check_transition
from pickup.jobs.tables import dollars, micros, moves, orders, runs, upgrade, uses, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pickup.jobs.money import Limits
    from pickup.jobs.orders import TakeOrder

ASKED_AGAIN = (OrderState.REFUSED, OrderState.FAILED, OrderState.CANCELLED)
"""Nothing was delivered and a person orders anew: the order begins again, under a new key."""


KEY_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Move:
    """One line of an order's history."""

    at: float
    old: str
    new: str
    reason: str
    worker: str


__all__ = ["Ledger", "Move", "Wanted"]


class Ledger:
    """The order book of one user, or of a team.

    Args:
        engine: where it is kept.
        home: the folder of this user's own files.
        store: what paths in the book are relative to.
        url: of a team's Postgres, or empty.

    Raises:
        LedgerError: from any method, when the book cannot be read or written now.
    """

    def __init__(self, engine: sa.Engine, home: Path, store: Path, url: str = "") -> None:
        self.engine = engine
        self.home = home
        self.store = store
        self.url = url

    @classmethod
    def open(
        cls, home: Path | None = None, url: str | None = None, *, busy_seconds: float = 30.0
    ) -> Self:
        """The book of `PICKUP_DATABASE_URL`, else the one in `home`; made or upgraded if need be.

        Raises:
            LedgerError: it cannot be opened, or is newer than this program.
        """
        folder = home or default_home()
        url = os.environ.get("PICKUP_DATABASE_URL", "") if url is None else url
        if url:
            engine = postgres_engine(url)
        else:
            engine = sqlite_engine(sqlite_file(folder, "ledger.sqlite"), busy_seconds)
        ledger = cls(engine, folder, folder if home else default_store(), url)
        try:
            with ledger.write() as connection:
                ledger.take_turn(connection)
                if url:
                    connection.execute(sa.schema.CreateSchema("pickup", if_not_exists=True))
                upgrade(connection)
        except LedgerError:
            ledger.close()
            raise
        return ledger

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def shared(self) -> bool:
        """Whether a team's Postgres holds the book."""
        return self.engine.dialect.name == "postgresql"

    def read(self) -> AbstractContextManager[sa.Connection]:
        """A connection that sees one state of the book."""
        return reading(self.engine)

    def write(self) -> AbstractContextManager[sa.Connection]:
        """A transaction, committed when the block ends well."""
        return writing(self.engine)

    def take_turn(self, connection: sa.Connection) -> None:
        """Nobody else adds up money, or upgrades, until this transaction ends."""
        if self.shared:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(0x7069636B)))

    def check_room(self, more: Decimal, limits: Limits) -> None:
        """Raises `BudgetError` where so many USD more would be above a run's budget or the cap.

        For orders that are written down one after the other, and are agreed to at once.
        """
        with self.read() as connection:
            money.check_more(connection, limits, micros(more))

    def intend(self, order: TakeOrder, estimate_usd: Decimal = Decimal(0)) -> OrderRecord:
        """Write one order down; the one that is there when its key is known."""
        return self.reserve([Wanted(order, estimate_usd)], money.NO_LIMITS)[0]

    def reserve(
        self, wanted: Sequence[Wanted], limits: Limits, *, run: str = ""
    ) -> list[OrderRecord]:
        """Write orders down and set their money aside, all of them or none.

        An order that was refused, has failed or was cancelled begins again.

        Args:
            wanted: may name an order twice.
            limits: see `money.check`.
            run: names these orders' common budget.

        Raises:
            BudgetError: they would cost more than is allowed; nothing was written.
        """
        with self.write() as connection:
            self.take_turn(connection)
            if run:
                budget = None if limits.budget is None else micros(limits.budget)
                connection.execute(runs.insert().values(id=run, budget=budget, created=time.time()))
            for item in wanted:
                self._write_down(connection, item, run)
            money.check(connection, limits, run)
            return [self._one(connection, item.order.key) for item in wanted]

    def _write_down(self, connection: sa.Connection, item: Wanted, run: str) -> None:
        order = item.order
        row = self._row(connection, order.key, lock=True)
        if row is None:
            connection.execute(orders.insert().values(**first_entry(item, run)))
            note_move(connection, order.key, "", OrderState.INTENT, "ordered", "")
        elif OrderState(row.state) in ASKED_AGAIN:
            self._move(connection, row, OrderState.INTENT, {"reason": ""}, why="ordered anew")
            connection.execute(
                orders.update()
                .where(orders.c.key == order.key)
                .values(
                    attempt=row.attempt + 1,
                    estimate=micros(item.estimate_usd),
                    sunk=row.sunk + money.charged(row),
                    cost=None,
                    job_id="",
                    progress=0.0,
                    worker="",
                    sent=0.0,
                    run=run,
                    reserved=time.time(),
                    first_frame=item.first_frame,
                    last_frame=item.last_frame,
                    handed=row.handed if row.local else row.handed + 1,
                )
            )
        elif run and OrderState(row.state) is not OrderState.FETCHED:
            connection.execute(orders.update().where(orders.c.key == order.key).values(run=run))
        note_use(connection, order)

    def claim(self, key: str, worker: str, limits: Limits) -> tuple[OrderRecord, bool]:
        """Take an order from INTENT to SENDING; whether this very call did so, and may send it.

        Where the money no longer suffices, the order is REFUSED.

        Raises:
            LedgerError: the other workers have given `worker` up.
        """
        with self.write() as connection:
            self.take_turn(connection)
            row = self._required(connection, key)
            if OrderState(row.state) is not OrderState.INTENT:
                return self.record(row), False
            alive = connection.scalar(sa.select(workers.c.alive).where(workers.c.id == worker))
            if alive is False:
                raise LedgerError("This worker was given up by the others, and sends no more.")
            reason = "" if row.local else money.over(connection, limits, row.run)
            if reason:
                self._move(connection, row, OrderState.REFUSED, {"reason": reason})
            else:
                facts = {"worker": worker, "sent": time.time(), "reason": ""}
                self._move(connection, row, OrderState.SENDING, facts)
            return self._one(connection, key), not reason

    def adopt(
        self,
        key: str,
        jobs: Sequence[str],
        *,
        reason: str,
        worker: str = "",
        alike: Callable[[str], bool] = lambda _: False,
    ) -> OrderRecord:
        """Give an UNKNOWN order the first of these jobs of its provider that no other order has.

        Takes of one shot look alike at their provider, and a job must not become two orders'.
        Where each is another's, or may soon be, the order stays as it is.

        Args:
            alike: whether the job may be that of an order with this `request`. One that is being
                sent at this moment may have made it, and does not know its id yet.

        Raises:
            LedgerError: there is no such order.
        """
        with self.write() as connection:
            self.take_turn(connection)
            row = self._required(connection, key)
            others = (orders.c.provider == row.provider) & (orders.c.key != key)
            sending = others & (orders.c.state == OrderState.SENDING.value)
            # In this order: who is no longer sending has written its job id down.
            if any(map(alike, connection.scalars(sa.select(orders.c.request).where(sending)))):
                return self.record(row)
            owned = sa.select(orders.c.job_id).where(others & orders.c.job_id.in_(jobs))
            taken = set(connection.scalars(owned))
            free = [job for job in jobs if job not in taken]
            if free and OrderState(row.state) is OrderState.UNKNOWN:
                facts = {"job_id": free[0], "reason": reason}
                self._move(connection, row, OrderState.SUBMITTED, facts, worker=worker)
            return self._one(connection, key)

    def move(
        self,
        key: str,
        state: OrderState,
        *,
        expect: Container[OrderState] = tuple(OrderState),
        worker: str = "",
        **facts: Any,
    ) -> OrderRecord:
        """Bring an order to `state` and write down what is now known of it.

        Args:
            key: the order's.
            state: the new state; the same one only adds the facts.
            expect: where the order is in none of these meanwhile, nothing is written.
            worker: who does it, for the history.
            facts: fields of `OrderRecord`.

        Raises:
            LedgerError: there is no such order, or the book has no such move.
        """
        with self.write() as connection:
            row = self._required(connection, key)
            if OrderState(row.state) in expect:
                self._move(connection, row, state, facts, worker=worker)
            return self._one(connection, key)

    def get(self, key: str) -> OrderRecord:
        """The order of this key, or of the only key that begins so.

        Raises:
            LedgerError: there is none, or more than one.
        """
        whole = len(key) == KEY_LENGTH  # then the index finds it
        begins = orders.c.key == key if whole else orders.c.key.startswith(key, autoescape=True)
        with self.read() as connection:
            rows = connection.execute(sa.select(orders).where(begins).limit(2)).all()
        if len(rows) == 1:
            return self.record(rows[0])
        what = "more than one order begins" if rows else "there is no order that begins"
        raise LedgerError(f"Order {key[:16]}: {what} so; “pickup jobs” lists them.")

    def history(self, key: str) -> list[Move]:
        """How an order came to where it stands."""
        query = sa.select(moves).where(moves.c.key == key).order_by(moves.c.id)
        with self.read() as connection:
            return [
                Move(row.at, row.old, row.new, row.reason, row.worker)
                for row in connection.execute(query)
            ]

    def list(
        self,
        *,
        keys: Sequence[str] | None = None,
        cut: str | None = None,
        states: Sequence[OrderState] | None = None,
    ) -> list[OrderRecord]:
        """Orders from the oldest on, all or those asked for."""
        query = sa.select(orders).order_by(orders.c.created, orders.c.shot, orders.c.take)
        if keys is not None:
            query = query.where(orders.c.key.in_(keys))
        if cut is not None:
            query = query.where(orders.c.key.in_(sa.select(uses.c.key).where(uses.c.cut == cut)))
        if states is not None:
            query = query.where(orders.c.state.in_([state.value for state in states]))
        with self.read() as connection:
            return [self.record(row) for row in connection.execute(query)]

    def spent(self, since: float = 0.0) -> Decimal:
        """USD that orders since a unix time have cost or may yet cost."""
        with self.read() as connection:
            return dollars(money.committed(connection, since=since))

    def record(self, row: Any) -> OrderRecord:
        """A row of `orders` as a value, with absolute paths."""

        def path(text: str) -> Path | None:
            return self.store / text if text else None

        return OrderRecord(
            key=row.key,
            provider=row.provider,
            model=row.model,
            local=row.local,
            shot=row.shot,
            take=row.take,
            seed=row.seed,
            cut=row.cut,
            source=row.source,
            change=row.change,
            state=OrderState(row.state),
            request=row.request,
            request_sha256=row.request_sha256,
            first_frame=path(row.first_frame),
            last_frame=path(row.last_frame),
            job_id=row.job_id,
            attempt=row.attempt,
            estimate_usd=dollars(row.estimate),
            cost_usd=None if row.cost is None else dollars(row.cost),
            file=path(row.file),
            sha256=row.sha256,
            progress=row.progress,
            reason=row.reason,
            in_hand=row.handed > row.settled,
            worker=row.worker,
            created=row.created,
            sent=row.sent,
            updated=row.updated,
        )

    def _move(
        self,
        connection: sa.Connection,
        row: Any,
        state: OrderState,
        facts: dict[str, Any],
        *,
        why: str = "",
        worker: str = "",
    ) -> None:
        old = OrderState(row.state)
        check_transition(row.key, old, state, local=row.local)
        values = self._columns(facts)
        connection.execute(
            orders.update()
            .where(orders.c.key == row.key)
            .values(state=state.value, updated=time.time(), **values)
        )
        if state is not old:
            who = worker or facts.get("worker", "")
            note_move(connection, row.key, old.value, state, why or facts.get("reason", ""), who)

    def _columns(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Facts by the names of `OrderRecord`, as the table keeps them."""
        values = dict(facts)
        if "cost_usd" in values:
            cost = values.pop("cost_usd")
            values["cost"] = None if cost is None else micros(cost)
        if isinstance(values.get("file"), os.PathLike):
            values["file"] = values["file"].relative_to(self.store).as_posix()
        return values

    def _row(self, connection: sa.Connection, key: str, *, lock: bool = False) -> Any:
        query = sa.select(orders).where(orders.c.key == key)
        return connection.execute(query.with_for_update() if lock else query).one_or_none()

    def _required(self, connection: sa.Connection, key: str) -> Any:
        row = self._row(connection, key, lock=True)
        if row is None:
            raise LedgerError(f"There is no order {key[:16]}; “pickup jobs” lists them.")
        return row

    def _one(self, connection: sa.Connection, key: str) -> OrderRecord:
        return self.record(self._row(connection, key))
