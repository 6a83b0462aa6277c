"""Which workers live, told by a counter that each of them moves, never by a clock that may jump."""

from __future__ import annotations

import os
import platform
import time
import uuid
from typing import TYPE_CHECKING

from pickup.jobs.orders import OrderState
from pickup.jobs.tables import orders, workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.jobs.ledger import Ledger

BEAT_SECONDS = 3.0
DEAD_SECONDS = 15.0
"""A counter that stood still for so long, by the watcher's own stopwatch, is a dead worker's."""


class Presence:
    """One worker's own entry, and its view of the others.

    Args:
        ledger: where the workers know each other from.
        stopwatch: monotonic seconds.
    """

    def __init__(self, ledger: Ledger, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self._ledger = ledger
        self._stopwatch = stopwatch
        self._seen: dict[str, tuple[int, float]] = {}
        self.id = f"{platform.node() or 'host'}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

    def enter(self) -> None:
        with self._ledger.write() as connection:
            connection.execute(
                workers.insert().values(
                    id=self.id,
                    host=platform.node(),
                    pid=os.getpid(),
                    beat=0,
                    alive=True,
                    started=time.time(),
                    seen=time.time(),
                )
            )

    def beat(self) -> bool:
        """Show that this worker lives; False where the others have given it up meanwhile."""
        with self._ledger.write() as connection:
            done = connection.execute(
                workers.update()
                .where(workers.c.id == self.id, workers.c.alive)
                .values(beat=workers.c.beat + 1, seen=time.time())
            )
            return bool(done.rowcount)

    def leave(self) -> None:
        bury(self._ledger, self.id)

    def others(self) -> list[str]:
        """The other workers that nobody has given up."""
        query = workers.select().where(workers.c.alive, workers.c.id != self.id)
        with self._ledger.read() as connection:
            return [row.id for row in connection.execute(query)]

    def silent(self, patience: float = DEAD_SECONDS) -> list[str]:
        """Others whose counter this worker has watched stand still for `patience` seconds."""
        now, silent = self._stopwatch(), []
        query = workers.select().where(workers.c.alive, workers.c.id != self.id)
        with self._ledger.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            beat, since = self._seen.get(row.id, (-1, now))
            if beat != row.beat:
                self._seen[row.id] = (row.beat, now)
            elif now - since >= patience:
                silent.append(row.id)
        return silent


def bury(ledger: Ledger, worker: str) -> None:
    """Give a worker up: from now on the ledger lets it send nothing more."""
    with ledger.write() as connection:
        connection.execute(workers.update().where(workers.c.id == worker).values(alive=False))


def buried(ledger: Ledger) -> list[str]:
    """Dead workers whose orders may still have to be given to the living."""
    with ledger.read() as connection:
        query = workers.select().where(~workers.c.alive, ~workers.c.inherited)
        return [row.id for row in connection.execute(query)]


def explain(ledger: Ledger, worker: str) -> None:
    """What a dead worker was sending may have left: it is unknown from now on."""
    query = orders.select().where(
        orders.c.worker == worker, orders.c.state == OrderState.SENDING.value
    )
    with ledger.read() as connection:
        keys = [row.key for row in connection.execute(query)]
    for key in keys:
        ledger.move(
            key,
            OrderState.UNKNOWN,
            expect=(OrderState.SENDING,),
            worker=worker,
            reason="the worker that was sending it died",
        )


def inherited(ledger: Ledger, worker: str) -> None:
    """A dead worker's orders have all been given to the living."""
    with ledger.write() as connection:
        connection.execute(workers.update().where(workers.c.id == worker).values(inherited=True))


def anyone(ledger: Ledger) -> bool:
    """Whether a worker seems to live; rather no than yes, for one more does no harm."""
    query = workers.select().where(workers.c.alive, workers.c.seen > time.time() - 60)
    with ledger.read() as connection:
        return connection.execute(query.limit(1)).first() is not None
