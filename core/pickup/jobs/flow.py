"""Drives many orders through the steps at once: waiting costs no thread, only asking does.

Each provider has its own few threads, so that one which hangs holds up its own orders alone.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pickup.errors import LedgerError, PickupError
from pickup.jobs.handover import let_go
from pickup.jobs.orders import OrderRecord, OrderState
from pickup.jobs.reconcile import reconcile
from pickup.providers.base import JobState, JobStatus, ProviderRefusal, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.jobs.steps import Steps

S = OrderState
T = TypeVar("T")
log = logging.getLogger(__name__)
_LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to ask, in seconds.

    Attributes:
        first: between the first polls of a job.
        share: later polls wait for this share of what the job has taken so far.
        longest: the longest wait, but for `per_job`.
        per_job: for each job of the same provider, which bounds the polls per second.
        crowd: so many jobs of a provider double it: a worker must stay small whatever it holds.
        unreachable: waits between tries to send to a provider that does not let us in.
        room: the same while it makes other jobs of ours, for then it may only be full.
        quota: the longest that is waited, in all, for a provider that has had enough requests.
        trouble: first wait after an error of the disk, the ledger or a download; it doubles.
        grace: how long a request that was sent may be under way.
        asks: how often a provider that cannot be asked for its record is asked.
        threads: for polling and sending, and as many again for downloads, per provider.
    """

    first: float = 0.5
    share: float = 0.02
    longest: float = 30.0
    per_job: float = 0.02
    crowd: int = 80
    unreachable: tuple[float, ...] = (1.0, 4.0)
    room: float = 5.0
    quota: float = 900.0
    trouble: float = 1.0
    grace: float = 60.0
    asks: int = 5
    threads: int = 8


class _Pauses:
    """How long to wait before an order is offered again to a provider that did not let it in."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._tries = list(pace.unreachable)
        self._ends = time.monotonic() + pace.quota
        self._growing = pace.room

    def before_again(self, no: ProviderRefusal | None, *, busy: bool) -> float | None:
        """Seconds; None where waiting has no more sense.

        Args:
            busy: it makes other jobs of ours.
        """
        asked = (no.retry_after if no else None) or 0.0
        if busy and asked <= self._pace.quota:
            return max(self._pace.room, asked)
        if no is None or no.kind is not Refusal.QUOTA:
            return self._tries.pop(0) if self._tries else None
        pause = asked or self._growing
        self._growing = min(self._growing * 2, _LONGEST_PAUSE)
        return pause if time.monotonic() + pause <= self._ends else None


class Flow:
    """The orders of one worker.

    Args:
        steps: what is done.
        pace: how often.
    """

    def __init__(self, steps: Steps, pace: Pace) -> None:
        self._steps = steps
        self.pace = pace
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._polled: dict[str, int] = {}
        self.sending = 0
        self.draining = False

    async def place(self, key: str, provider: str) -> str:
        """Send an order, or find out what became of it; the state in which it then is."""
        run = functools.partial(self._steady, provider)
        pauses = _Pauses(self.pace)
        record = await run(self._steps.ledger.get, key)
        while record.state in (S.INTENT, S.SENDING, S.UNKNOWN):
            if record.state is S.UNKNOWN:
                record = await self._explain(record)
                if record.state is S.UNKNOWN:
                    break
            record, no = await self._send(record)
            if record.state is S.SENDING:  # another process is at it
                await asyncio.sleep(self.pace.first)
            elif record.state is S.INTENT:
                pause = pauses.before_again(no, busy=bool(self._polled.get(provider)))
                if pause is None:
                    record = await self._note(record, S.REFUSED, record.reason)
                else:
                    await asyncio.sleep(pause)
        return str(record.state.value)

    async def collect(self, key: str, provider: str) -> str:
        """Wait for a submitted order and bring its file home; the state in which it then is."""
        self._polled[provider] = self._polled.get(provider, 0) + 1
        begun, trouble = time.monotonic(), self.pace.trouble
        try:
            record = await self._steady(provider, self._steps.ledger.get, key)
            while record.state is S.SUBMITTED:
                record, status = await self._steady(provider, self._steps.poll, key)
                if status and status.state is JobState.DONE:
                    record = await self._fetch(record, status)
                    if record.state is S.SUBMITTED:
                        await asyncio.sleep(trouble)
                        trouble = min(trouble * 2, self.pace.longest)
                elif record.state is S.SUBMITTED:
                    await asyncio.sleep(self._wait(provider, begun, status))
        finally:
            self._polled[provider] -= 1
        return str(record.state.value)

    async def let_go(self, key: str, provider: str, number: int) -> None:
        """Everything has been done for this order that can be done without a person."""
        await self._steady(provider, let_go, self._steps.ledger, key, number)
        self._steps.boundary("let go")

    async def _send(self, record: OrderRecord) -> tuple[OrderRecord, ProviderRefusal | None]:
        while self.draining:  # this process is about to go; the next one sends
            await asyncio.sleep(3600)
        self.sending += 1
        try:
            return await self._steady(record.provider, self._steps.offer, record.key)
        finally:
            self.sending -= 1

    async def _explain(self, record: OrderRecord) -> OrderRecord:
        """Reconcile an unknown order; still unknown where a person has to decide."""
        look = functools.partial(reconcile, self._steps, record.key)
        waited = False
        for _ in range(self.pace.asks):
            ask = functools.partial(look, waited=waited)
            record, again = await self._steady(record.provider, ask)
            if not again:
                break
            await asyncio.sleep(self.pace.grace)
            waited = True
        return record

    async def _fetch(self, record: OrderRecord, status: JobStatus) -> OrderRecord:
        """The order FETCHED, or as it was where the disk or the net would not have it now."""
        bring = functools.partial(self._steps.fetch, record.key, status)
        try:
            return await self._in_thread(f"{record.provider} downloads", bring)
        except (PickupError, OSError) as error:
            return await self._note(record, S.SUBMITTED, str(error))

    async def _note(self, record: OrderRecord, state: OrderState, reason: str) -> OrderRecord:
        move = functools.partial(self._steps.ledger.move, expect=(record.state,), reason=reason)
        return await self._steady(record.provider, move, record.key, state)

    async def _steady(self, provider: str, do: Callable[..., T], *args: Any) -> T:
        """Do it, again and again while the ledger or the disk is in trouble."""
        wait = self.pace.trouble
        while True:
            try:
                return await self._in_thread(provider, functools.partial(do, *args))
            except (LedgerError, OSError) as error:
                log.warning("%s; trying again in %.0f s", error, wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, self.pace.longest)

    async def _in_thread(self, name: str, do: Callable[[], T]) -> T:
        if name not in self._pools:
            self._pools[name] = ThreadPoolExecutor(self.pace.threads, f"pickup-{name}")
        return await asyncio.get_running_loop().run_in_executor(self._pools[name], do)

    def _wait(self, provider: str, begun: float, status: JobStatus | None) -> float:
        """Seconds until a job is asked after again."""
        pace = self.pace
        taken = (time.monotonic() - begun) * pace.share
        jobs = self._polled[provider]
        crowded = jobs * pace.per_job * (1 + jobs / pace.crowd)
        wait = max(pace.first, min(taken, pace.longest), crowded)
        return max(wait, (status.retry_after if status else None) or 0.0)
