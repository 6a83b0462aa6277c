"""The worker: carries out remote orders as durable workflows, whatever crashes. Headless.

DBOS remembers which orders are under way and brings them to life again after a crash; the ledger
remembers what was done. What this module takes care of, because DBOS by itself does not:

- one process owns a SQLite file, by a lock of the operating system, for two of them would each
  run the other's live workflows;
- on Postgres each worker has an identity of its own, and the living inherit from the dead;
- the version of the workflows is named here, for DBOS would make it up from the source code and
  strand every order at the next update;
- the write-ahead log is set once, when the file is made;
- values are JSON; nothing is ever unpickled.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import filelock
from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID

from pickup.errors import LedgerError, PickupError
from pickup.jobs import budget, handover, presence
from pickup.jobs.database import postgres_url, sqlite_file, told
from pickup.jobs.flow import Flow, Pace
from pickup.jobs.ledger import Ledger
from pickup.jobs.notice import Notice, lock_of
from pickup.jobs.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbos import WorkflowStatus

    from pickup.jobs.handover import Turn
    from pickup.jobs.steps import Boundary
    from pickup.providers.base import Provider

WORKFLOWS_VERSION = "pickup-orders-1"
"""Changed only when a workflow that was begun before can no longer be gone on with."""

TICK_SECONDS = 0.5
QUEUE_SECONDS = 1.0
HOUSE_SECONDS = 2.0
REVIEW_SECONDS = 60.0
DRAIN_SECONDS = 30.0
IDLE_SECONDS = 60.0
KEPT = timedelta(days=30)
MOST_FORGOTTEN = 1_000
"""At a time: the worker has other things to do."""
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

log = logging.getLogger("pickup.worker")


class Json(Serializer):
    """What DBOS stores is text that anybody can read, and reading it runs nothing."""

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=str)

    def deserialize(cls, serialized_data: str) -> Any:
        return json.loads(serialized_data)

    def name(self) -> str:
        return "pickup_json"


class Worker:
    """One worker process.

    Args:
        ledger: the order book.
        provider_of: a provider by its name.
        pace: how often providers are asked.
        boundary: see `steps.Boundary`.
        idle: seconds without an order after which it ends; None is never.
        kept: how long the workflow of an order is kept after its end.
    """

    def __init__(
        self,
        ledger: Ledger,
        provider_of: Callable[[str], Provider],
        *,
        pace: Pace | None = None,
        boundary: Boundary | None = None,
        idle: float | None = None,
        kept: timedelta = KEPT,
    ) -> None:
        self._ledger, self._kept = ledger, kept
        self._idle = idle
        self._presence = presence.Presence(ledger)
        self._executor = self._presence.id if ledger.shared else "pickup"
        self._notice = Notice(ledger.home, self._presence.id, service=idle is None)
        more = {"boundary": boundary} if boundary else {}
        steps = Steps(
            ledger,
            provider_of,
            self._presence.id,
            limits=budget.limits(),
            commit_patience=float("inf"),
            **more,
        )
        self._boundary = steps.boundary
        self._flow = Flow(steps, pace or Pace())
        self._queues: set[str] = set()
        self._running: set[str] = set()
        self._missed: set[str] = set()
        self._stop = threading.Event()
        self._reviewed = float("-inf")

    def run(self) -> None:
        """Work until stopped or idle; the process should end then.

        What is under way goes on in the next worker, just as after a crash.

        Raises:
            LedgerError: another worker owns this order book.
        """
        lock = filelock.FileLock(lock_of(self._ledger.home))
        try:
            lock.acquire(timeout=1)  # front ends hold it for an instant, to see whether we live
        except filelock.Timeout:
            if not self._ledger.shared:
                raise LedgerError(
                    f"A worker is already at work on {self._ledger.home}; it takes up new orders."
                ) from None
        self._presence.enter()
        if not self._ledger.shared:
            for other in self._presence.others():
                presence.bury(self._ledger, other)
            for dead in presence.buried(self._ledger):
                presence.explain(self._ledger, dead)
                presence.inherited(self._ledger, dead)
        self._launch()
        self._notice.put_up()
        if self._ledger.shared:
            threading.Thread(target=self._beat, name="pickup-beat", daemon=True).start()
        self._work()
        self._drain()

    def stop(self) -> None:
        """Ask it to end; what is being sent is sent to the end."""
        self._stop.set()

    def _launch(self) -> None:
        shared = self._ledger.shared
        if shared:
            url = postgres_url(self._ledger.url)
        else:
            url = f"sqlite:///{sqlite_file(self._ledger.home, 'worker.sqlite')}"
        config: DBOSConfig = {
            "name": "pickup",
            "system_database_url": url,
            "application_version": WORKFLOWS_VERSION,
            "executor_id": self._executor,
            "serializer": Json(),
            "log_level": "WARNING",
            "console_log_level": "WARNING",
            "enable_otlp": False,
            "notification_listener_polling_interval_sec": 60.0,  # nothing here is notified
        }
        DBOS(config=config)
        self._workflow = self._registered()
        DBOS.launch()

    def _registered(self) -> Callable[..., Any]:
        """The workflow of one order. Each of its steps reads the ledger and may run again."""
        flow = self._flow

        @DBOS.step(name="place")
        async def place(key: str, provider: str) -> str:
            return await flow.place(key, provider)

        @DBOS.step(name="collect")
        async def collect(key: str, provider: str) -> str:
            return await flow.collect(key, provider)

        @DBOS.step(name="let_go")
        async def let_go(key: str, provider: str, number: int) -> None:
            await flow.let_go(key, provider, number)

        @DBOS.workflow(name="fulfil_order", max_recovery_attempts=None)
        async def fulfil_order(key: str, provider: str, number: int) -> str:
            turn = handover.Turn(key, provider, number).workflow_id
            self._running.add(turn)
            try:
                state: str = await place(key, provider)
                if state == "submitted":
                    state = await collect(key, provider)
                await let_go(key, provider, number)
                return state
            finally:
                self._running.discard(turn)

        return fulfil_order

    def _work(self) -> None:
        busy = kept = time.monotonic()
        house = HOUSE_SECONDS if self._idle is None else min(HOUSE_SECONDS, self._idle / 2)
        while not self._stop.wait(TICK_SECONDS):
            now = time.monotonic()
            try:
                with told("The worker's notes cannot be written"):
                    if self._take_up():
                        busy = now
                    if now - kept > house:
                        kept = now
                        self._keep_house()
                        if not handover.idle(self._ledger):
                            busy = now
                        if self._notice.unwanted():
                            return
            except LedgerError as error:
                log.warning("%s", error)
                self._stop.wait(self._flow.pace.trouble)
            if self._idle is not None and now - busy > self._idle:
                return

    def _take_up(self) -> bool:
        """Begin a workflow for each order that was handed over; whether there was one."""
        turns = handover.waiting(self._ledger)
        for turn in turns:
            self._enqueue(turn)
        if turns:
            self._boundary("enqueued")
            handover.take_up(self._ledger, turns)
        return bool(turns)

    def _keep_house(self) -> None:
        if time.monotonic() - self._reviewed > REVIEW_SECONDS:
            self._reviewed = time.monotonic()
            self._review()
            self._forget()
        if self._ledger.shared:
            self._inherit()

    def _enqueue(self, turn: Turn) -> None:
        queue = f"orders-{turn.provider}"
        if queue not in self._queues:
            DBOS.register_queue(queue, polling_interval_sec=QUEUE_SECONDS)
            self._queues.add(queue)
        with SetWorkflowID(turn.workflow_id):
            DBOS.enqueue_workflow(queue, self._workflow, turn.key, turn.provider, turn.number)

    def _review(self) -> None:
        """Orders whose workflow has come to nothing are handed over anew.

        It ended without letting go, is not there, or broke off here, as where a full disk would
        not take what it had done: DBOS takes that one for running until the worker is next begun.
        """
        turns = handover.in_work(self._ledger)
        if not turns:
            return
        found = DBOS.list_workflows(
            workflow_ids=[turn.workflow_id for turn in turns], load_input=False, load_output=False
        )
        alive = {flow.workflow_id for flow in found if flow.status not in ENDED}
        broken = {flow.workflow_id for flow in found if self._broke_off(flow)}
        alive -= broken & self._missed  # twice in turn, for one of them may just be beginning
        self._missed = broken
        for turn in turns:
            if turn.workflow_id not in alive:
                log.warning("order %s had lost its workflow", turn.key[:12])
                handover.hand_over_anew(self._ledger, turn)

    def _broke_off(self, flow: WorkflowStatus) -> bool:
        """Whether DBOS takes a workflow for running in this process, which does not run it."""
        mine = flow.executor_id == self._executor
        return flow.status == "PENDING" and mine and flow.workflow_id not in self._running

    def _forget(self) -> None:
        """Workflows that ended long ago: the order book keeps what matters of them."""
        before = datetime.now(UTC) - self._kept
        old = DBOS.list_workflows(
            status=list(ENDED),
            completed_before=before.isoformat(),
            limit=MOST_FORGOTTEN,
            load_input=False,
            load_output=False,
        )
        if old:
            DBOS.delete_workflows([flow.workflow_id for flow in old])

    def _inherit(self) -> None:
        """Give the orders of workers that died to the living."""
        for silent in self._presence.silent():
            log.warning("worker %s is silent and is given up", silent)
            presence.bury(self._ledger, silent)
        for dead in presence.buried(self._ledger):
            presence.explain(self._ledger, dead)
            DBOS._recover_pending_workflows([dead])
            presence.inherited(self._ledger, dead)

    def _beat(self) -> None:
        while not self._stop.wait(presence.BEAT_SECONDS):
            try:
                if not self._presence.beat():
                    log.error("the other workers have given this one up; it ends")
                    self.stop()
            except LedgerError as error:
                log.warning("%s", error)

    def _drain(self) -> None:
        self._flow.draining = True
        give_up = time.monotonic() + DRAIN_SECONDS
        while self._flow.sending and time.monotonic() < give_up:
            time.sleep(0.05)
        self._notice.take_down()
        self._presence.leave()


def main(idle: float | None = IDLE_SECONDS) -> int:
    """Run a worker in this process until it is idle or told to stop; the exit status."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    from pickup.providers.registry import load

    try:
        ledger = Ledger.open()
        worker = Worker(ledger, load, idle=idle)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: worker.stop())
        worker.run()
    except PickupError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


def end(status: int) -> None:
    """End the process at once, as a crash would: what is under way goes on in the next worker."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    end(main())
