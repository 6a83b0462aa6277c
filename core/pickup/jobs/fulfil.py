"""Brings orders to their end and tells how they are doing: the front ends' only door to jobs."""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from pickup.errors import RequestError
from pickup.files import sha256_of, write_bytes
from pickup.jobs import client, local
from pickup.jobs.budget import card_of, estimate
from pickup.jobs.handover import hand_over
from pickup.jobs.ledger import Wanted
from pickup.jobs.money import NO_LIMITS, Limits
from pickup.jobs.orders import OrderState, event_of
from pickup.jobs.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pickup.jobs.ledger import Ledger
    from pickup.jobs.orders import OrderEvent, OrderRecord, TakeOrder
    from pickup.providers.base import Provider
    from pickup.providers.card import ModelCard


def fulfil(
    orders: Sequence[TakeOrder],
    ledger: Ledger,
    on_event: Callable[[OrderEvent], None],
    *,
    should_stop: Callable[[], bool] = lambda: False,
    limits: Limits = NO_LIMITS,
    provider_of: Callable[[str], Provider] | None = None,
    start: Callable[[Ledger], None] = client.start_worker,
) -> list[OrderRecord]:
    """Order what is not yet there, wait for it, and return each order as it then stands.

    What is finished costs nothing and returns at once. Orders of local models are made here, one
    thread a provider; the others by the worker, which is started where none lives. When
    `should_stop` says so, the orders are left where they are, and go on when asked for again.

    Args:
        orders: what is wanted; the answer has the same order.
        ledger: where it is written down before anything is sent.
        on_event: told of what happens, from several threads but never from two at once.
        should_stop: asked often.
        limits: see `money.Limits`.
        provider_of: a provider by name, where it is not an installed one.
        start: starts a worker for remote orders where none lives.

    Raises:
        RequestError: a model is not known, or nobody here could carry the orders out; nothing was
            ordered.
        BudgetError: it would cost more than is allowed; nothing was ordered.
        LedgerError: the order book cannot be written.
    """
    find = Found(provider_of or _installed)
    cards: dict[str, ModelCard] = {}
    for order in orders:
        if order.model not in cards:
            cards[order.model] = card_of(find(order.provider), order.model_id)
    wanted = [describe(order, find(order.provider), cards[order.model], ledger) for order in orders]
    _check_hands(wanted, ledger)
    run = uuid.uuid4().hex
    records = _refresh(ledger, ledger.reserve(wanted, limits, run=run))
    steps = Steps(ledger, find, worker=f"front-{run[:8]}", limits=limits)
    remote = [record.key for record in records if not record.local]
    told, stop = _one_at_a_time(on_event), threading.Event()

    def stopped() -> bool:
        return stop.is_set() or should_stop()

    with ThreadPoolExecutor(1, "pickup-watch") as watcher:
        watching = watcher.submit(client.watch, ledger, remote, told, stopped, start)
        try:
            _make_local(steps, records, told, stopped)
            watching.result()
        finally:
            stop.set()
    by_key = {record.key: record for record in ledger.list(keys=[r.key for r in records])}
    return [by_key[order.key] for order in orders]


def describe(order: TakeOrder, provider: Provider, card: ModelCard, ledger: Ledger) -> Wanted:
    """What an order may cost, with its frames where a worker will find them.

    Raises:
        RequestError: a frame cannot be read.
    """
    cost = estimate(card, order.request, order.change)
    frames = (order.first_frame, order.last_frame)
    if provider.local:
        first, last = (str(frame.absolute()) if frame else "" for frame in frames)
    else:
        first, last = (_kept(frame, ledger.store) if frame else "" for frame in frames)
        for image, picture in zip(order.request.pictures, order.pictures, strict=False):
            _kept(picture, ledger.store, image.sha256)
    return Wanted(order, cost, provider.local, first, last)


def _check_hands(wanted: Sequence[Wanted], ledger: Ledger) -> None:
    """Raises `RequestError` where a worker is needed, none is at work and none could be started."""
    remote = {one.order.key for one in wanted if not one.local}
    made = {record.key for record in ledger.list(keys=[*remote], states=[OrderState.FETCHED])}
    if remote - made and not client.alive(ledger):
        client.check_worker()


class Found:
    """Providers by name, each looked up once."""

    def __init__(self, provider_of: Callable[[str], Provider]) -> None:
        self._provider_of = provider_of
        self._known: dict[str, Provider] = {}

    def __call__(self, name: str) -> Provider:
        if name not in self._known:
            self._known[name] = self._provider_of(name)
        return self._known[name]


def _installed(name: str) -> Provider:
    from pickup.providers.registry import load

    return load(name)


def _refresh(ledger: Ledger, records: Sequence[OrderRecord]) -> list[OrderRecord]:
    """Take up again what can be, without anything being paid for twice.

    A finished order whose file is gone or spoilt is made again where that costs nothing, and else
    fetched again. What could not be explained, or not be fetched, is looked into once more.
    """
    fresh = []
    for record in records:
        if record.state is OrderState.FETCHED and not local.intact(record):
            state = OrderState.INTENT if record.local else OrderState.SUBMITTED
            record = ledger.move(
                record.key, state, reason="its file was lost here", file="", sha256=""
            )
        elif record.state is OrderState.LOST and record.job_id:
            record = ledger.move(record.key, OrderState.SUBMITTED, reason="")
        if not record.local and record.state is not OrderState.FETCHED:
            hand_over(ledger, record.key)
            record = ledger.get(record.key)
        fresh.append(record)
    return fresh


def _make_local(
    steps: Steps,
    records: Sequence[OrderRecord],
    on_event: Callable[[OrderEvent], None],
    should_stop: Callable[[], bool],
) -> None:
    """All local orders, each provider's in a thread of its own."""
    queues: Mapping[str, list[OrderRecord]] = defaultdict(list)
    for record in {r.key: r for r in records}.values():
        if record.local and record.state is not OrderState.FETCHED:
            queues[record.provider].append(record)
    if not queues:
        return
    stop = threading.Event()

    def stopped() -> bool:
        return stop.is_set() or should_stop()

    def work(queue: list[OrderRecord]) -> None:
        for record in queue:
            done = local.make(steps, record.key, on_event, stopped)
            on_event(event_of(done))

    with ThreadPoolExecutor(len(queues), "pickup-local") as pool:
        futures = [pool.submit(work, queue) for queue in queues.values()]
        try:
            wait(futures)
        finally:
            stop.set()
    for future in futures:
        if not isinstance(future.exception(), local.Stopped):
            future.result()


def _one_at_a_time(
    on_event: Callable[[OrderEvent], None],
) -> Callable[[OrderEvent], None]:
    turn = threading.Lock()

    def told(event: OrderEvent) -> None:
        with turn:
            on_event(event)

    return told


def _kept(frame: Path, store: Path, name: str = "") -> str:
    """The frame's copy in the store, by default named by its content; its path relative to it."""
    try:
        kept = f"frames/{name or sha256_of(frame)}{frame.suffix.lower()}"
        if not (store / kept).is_file():
            write_bytes(store / kept, frame.read_bytes())
    except OSError as error:
        raise RequestError(f"{frame}: the frame cannot be read ({error.strerror}).") from None
    return kept
