"""Makes orders of local models in this process: nothing to pay, so nothing to fear from a crash."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import filelock

from pickup.errors import PickupError, ProviderError
from pickup.files import sha256_of
from pickup.jobs.orders import OrderEvent, OrderRecord, OrderState, event_of
from pickup.providers.base import JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.jobs.ledger import Ledger
    from pickup.jobs.steps import Steps

LOOK_SECONDS = 0.05
SILENCE_SECONDS = 60.0
"""A server on this machine that says nothing for so long has been ended, not interrupted."""


class Stopped(PickupError):
    """The user has called it off; the order begins again next time."""


def make(
    steps: Steps,
    key: str,
    on_event: Callable[[OrderEvent], None],
    should_stop: Callable[[], bool],
) -> OrderRecord:
    """Bring one local order to its end, in the turn of whoever else makes the same one.

    Raises:
        Stopped: `should_stop` said so.
    """
    turns = steps.ledger.store / "takes" / ".landing"
    turns.mkdir(parents=True, exist_ok=True)
    turn = filelock.FileLock(turns / f"{key}.lock")
    while True:
        _heed(should_stop)
        try:
            with turn.acquire(timeout=1):
                return _make(steps, key, on_event, should_stop)
        except filelock.Timeout:
            continue


def intact(record: OrderRecord) -> bool:
    """Whether a finished order's file is still what landed."""
    file = record.file
    return (
        record.state is OrderState.FETCHED
        and file is not None
        and file.is_file()
        and sha256_of(file) == record.sha256
    )


def _make(
    steps: Steps,
    key: str,
    on_event: Callable[[OrderEvent], None],
    should_stop: Callable[[], bool],
) -> OrderRecord:
    record = steps.ledger.get(key)
    if intact(record):
        return record
    steps.ledger.move(key, OrderState.INTENT, job_id="", progress=0.0, reason="")
    try:
        record = _drive(steps, steps.submit(key), on_event, should_stop)
    except Stopped:
        raise
    except PickupError as error:
        return _failed(steps.ledger, key, str(error))
    return record


def _drive(
    steps: Steps,
    record: OrderRecord,
    on_event: Callable[[OrderEvent], None],
    should_stop: Callable[[], bool],
) -> OrderRecord:
    def progress(fraction: float) -> None:
        _heed(should_stop)
        on_event(OrderEvent(record.key, record.shot, record.take, record.state, fraction))

    heard = time.monotonic()
    while record.state is OrderState.SUBMITTED:
        _heed(should_stop)
        record, status = steps.poll(record.key)
        on_event(event_of(record))
        if status is not None:
            heard = time.monotonic()
        elif time.monotonic() - heard > SILENCE_SECONDS:
            raise ProviderError(f"{record.reason.rstrip('.')}. Start it, then run again.")
        if status and status.state is JobState.DONE:
            return steps.fetch(record.key, status, progress)
        if record.state is OrderState.SUBMITTED:
            time.sleep(LOOK_SECONDS)
    return record


def _failed(ledger: Ledger, key: str, reason: str) -> OrderRecord:
    """A local error ends the order: what would be waited for is here, and it has spoken."""
    record = ledger.get(key)
    if record.state is OrderState.SENDING:
        return ledger.move(key, OrderState.REFUSED, reason=reason)
    return ledger.move(key, OrderState.FAILED, expect=(OrderState.SUBMITTED,), reason=reason)


def _heed(should_stop: Callable[[], bool]) -> None:
    if should_stop():
        raise Stopped("Stopped; run again to go on.")
