"""How a front end sees to it that remote orders are carried out, and watches them, without DBOS."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock

from pickup.errors import LedgerError, RequestError
from pickup.jobs import notice, presence
from pickup.jobs.orders import OrderEvent, OrderRecord, OrderState, event_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pickup.jobs.ledger import Ledger

LOOK_SECONDS = 0.2
ALIVE_SECONDS = 2.0
LOG_BYTES = 1_000_000
STARTS = 4
"""So many workers may end before they were at work; then something is wrong here."""

_started: dict[Path, subprocess.Popen[bytes]] = {}
"""The last worker that this process has started for each home, which may not be up yet."""


def watch(
    ledger: Ledger,
    keys: Sequence[str],
    on_event: Callable[[OrderEvent], None],
    should_stop: Callable[[], bool],
    start: Callable[[Ledger], None] | None = None,
) -> None:
    """Wait until no worker has these orders in hand, and tell of every change.

    Args:
        ledger: the order book.
        keys: the orders.
        on_event: told of changes.
        should_stop: asked often; the orders go on without this front end.
        start: starts a worker where none lives.

    Raises:
        LedgerError: no worker can be started.
    """
    start = start or start_worker
    told: dict[str, tuple[object, ...]] = {}
    looked, starts = float("-inf"), 0
    while keys:
        records = ledger.list(keys=keys)
        for record in records:
            facts = (record.state, record.progress, record.reason)
            if told.get(record.key) != facts:
                told[record.key] = facts
                on_event(event_of(record))
        if should_stop() or not any(under_way(record) for record in records):
            return
        if looked == float("-inf"):
            make_room(ledger)
        if time.monotonic() - looked > ALIVE_SECONDS:
            looked = time.monotonic()
            starts = 0 if at_work(ledger) else starts
            if not alive(ledger):
                if starts == STARTS:
                    raise LedgerError(_why_not(ledger))
                starts += 1
                start(ledger)
        time.sleep(LOOK_SECONDS)


def under_way(record: OrderRecord) -> bool:
    """Whether a worker is still to do something about it."""
    return record.state.live or (record.state is OrderState.UNKNOWN and record.in_hand)


def alive(ledger: Ledger) -> bool:
    """Whether some worker takes this book's orders, or is about to."""
    starting = _started.get(ledger.home)
    return (starting is not None and starting.poll() is None) or at_work(ledger)


def at_work(ledger: Ledger) -> bool:
    """Whether some worker takes this book's orders: here, or on any machine of the team."""
    lock = filelock.FileLock(notice.lock_of(ledger.home))
    try:
        with lock.acquire(timeout=0):
            pass
    except filelock.Timeout:
        return True
    return ledger.shared and presence.anyone(ledger)


def see_to(ledger: Ledger) -> None:
    """Have a worker for what was just handed over, without waiting for it.

    Raises:
        RequestError: what a worker needs is not installed.
    """
    if not alive(ledger):
        start_worker(ledger)


def make_room(ledger: Ledger) -> None:
    """Where the worker of this home was started with other keys or addresses, let it leave."""
    hanging = notice.read(ledger.home)
    other = hanging.get("environment") != notice.environment()
    if hanging and other and not hanging.get("service") and alive(ledger):
        notice.ask_to_leave(ledger.home, str(hanging.get("worker", "")))


def start_worker(ledger: Ledger) -> None:
    """Start a worker that outlives this process and ends when there is nothing more to do.

    Raises:
        RequestError: what a worker needs is not installed.
    """
    import pickup

    check_worker()
    environment = dict(os.environ)
    source = str(Path(pickup.__file__).resolve().parents[1])
    paths = [source, *filter(None, [environment.get("PYTHONPATH")])]
    environment.update(
        PYTHONPATH=os.pathsep.join(paths),
        PICKUP_HOME=str(ledger.home),
        PICKUP_STORE=str(ledger.store),
        PICKUP_DATABASE_URL=ledger.url,
    )
    log = ledger.home / "worker.log"
    with contextlib.suppress(OSError):
        if log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".old.log"))
    detached: dict[str, Any] = (
        {"creationflags": 0x00000008 | 0x00000200}  # DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP
        if sys.platform == "win32"
        else {"start_new_session": True}
    )
    with log.open("ab") as stream:
        _started[ledger.home] = subprocess.Popen(
            [sys.executable, "-m", "pickup.jobs.worker"],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=environment,
            **detached,
        )


def check_worker() -> None:
    """Raises `RequestError` where what a worker needs is not installed."""
    if importlib.util.find_spec("dbos") is None:
        raise RequestError(
            "Ordering from services needs a part that is not installed; nothing was sent. "
            'Run: pip install "pickup-shots[cloud]", then the same command again.'
        )


def _why_not(ledger: Ledger) -> str:
    """What the worker that would not start has said last."""
    log = ledger.home / "worker.log"
    try:
        lines = log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        lines = []
    said = lines[-1].strip() if lines else "it said nothing"
    return (
        f"The worker, which carries out orders, does not start ({said}). "
        f"Nothing was lost; see {log}, then run again."
    )
