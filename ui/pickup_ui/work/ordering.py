"""Ordering: what is to be made, what it costs and sends, and the making, told as it goes on."""

from __future__ import annotations

import queue
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pickup.errors import MediaError, PickupError
from pickup.fill import consent
from pickup.fill.chains import prepare, rounds
from pickup.fill.conforming import conform_take
from pickup.fill.ordering import Wanted, bill, wanted_takes
from pickup.fill.prepare import PlannedCut, extract_frames
from pickup.hosts.base import ShowsFrames
from pickup.jobs.orders import OrderState, TakeOrder
from pickup.providers.registry import resolve_model
from pickup.shots.request import ShotRequest
from pickup_ui.work.steps import Job, Phase, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence
    from decimal import Decimal

    from pickup.fill.folder import PickupFolder
    from pickup.fill.values import Bill
    from pickup.jobs.ledger import Ledger
    from pickup.jobs.money import Limits
    from pickup.jobs.orders import OrderEvent, OrderRecord
    from pickup.media.spec import Deliver
    from pickup_ui.work.opening import Opened


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would do, shown before anything is sent.

    Attributes:
        wanted: the takes to be made; those that lie here already are left out.
        refused: why other shots cannot be ordered, by id.
    """

    wanted: tuple[Wanted, ...]
    bill: Bill
    refused: dict[str, str]

    @property
    def free(self) -> bool:
        """Nothing is spent, and nothing goes to a service that the user has not agreed to."""
        return not self.bill.spends and set(self.bill.services) <= set(consent.allowed())


def quote(opened: Opened, shots: Sequence[ShotRequest], deliver: Deliver) -> Quote:
    """Extract the shots' reference frames, and say what their missing takes would cost."""
    wanted: list[Wanted] = []
    refused: dict[str, str] = {}
    shows = opened.host if isinstance(opened.host, ShowsFrames) else None
    for shot in shots:
        one = PlannedCut(opened.index, opened.cut, opened.gaps, [shot], {})
        try:
            ready = extract_frames(one, opened.folder, shows=shows)
            wants = wanted_takes(ready, opened.folder, deliver)
            takes, cannot = wants.takes, wants.refused
        except PickupError as error:
            refused[shot.id] = str(error)
            continue
        refused.update(cannot)
        wanted += [take for take in takes if take.order is not None]
    return Quote(tuple(wanted), bill(wanted), refused)


def make(
    job: Job,
    wanted: Sequence[Wanted],
    tell: Callable[[Step], None],
    should_stop: Callable[[], bool],
    called_off: Container[str] = frozenset(),
) -> None:
    """Order the takes, wait, and conform each as soon as it lands.

    What is stopped stays in the order book: asked for again, it goes on where it was.

    Args:
        tell: from several threads.
        called_off: keys of orders of this machine that are not to be made after all; asked often.

    Raises:
        PickupError: nothing was ordered.
    """
    from pickup.jobs.ledger import Ledger

    caps, in_turn = _caps(job.budget), list(rounds(wanted))
    with Ledger.open() as ledger, ThreadPoolExecutor(1, "pickup-away") as aside:
        if len(in_turn) > 1:
            ledger.check_room(bill(wanted).total, caps)
        _write_down([take for take in wanted if _is_local(take)], ledger, caps)
        line = _ConformLine(job, wanted, tell, ledger, should_stop)
        making = _Making(line, ledger, caps, tell, should_stop, called_off)
        try:
            for together in in_turn:
                here, away = _ready(together, job.folder, tell)
                waiting = aside.submit(making.fulfil, away, should_stop) if away else None
                # One by one, as they are made anyway: so that each can be called off.
                for order in here:
                    making.one_here(order)
                if waiting is not None:
                    waiting.result()
                line.drain()
        finally:
            line.close()


@dataclass(frozen=True, slots=True)
class _Making:
    """Has orders made, and hands what lands to the line that conforms it."""

    line: _ConformLine
    ledger: Ledger
    caps: Limits
    tell: Callable[[Step], None]
    should_stop: Callable[[], bool]
    called_off: Container[str]

    def fulfil(self, orders: Sequence[TakeOrder], stop: Callable[[], bool]) -> None:
        from pickup.jobs.fulfil import fulfil

        made = fulfil(orders, self.ledger, self.line.heard, should_stop=stop, limits=self.caps)
        for record in made:
            self.line.settle(record)

    def one_here(self, order: TakeOrder) -> None:
        """One that this machine makes, unless it was called off."""
        key = order.key
        if not self._off(key):
            self.fulfil([order], lambda: self._off(key))
        if self.line.seen(key):
            return
        step = Step(order.request.id, order.take, Phase.STOPPED, key=key)
        if key in self.called_off:
            cancel(key)
            self.tell(replace(step, phase=Phase.FAILED, message="it was called off"))
        elif self.should_stop():
            self.tell(step)

    def _off(self, key: str) -> bool:
        return self.should_stop() or key in self.called_off


def _is_local(take: Wanted) -> bool:
    return take.order is not None and take.provider is not None and take.provider.local


def _ready(
    wanted: Sequence[Wanted], folder: PickupFolder, tell: Callable[[Step], None]
) -> tuple[list[TakeOrder], list[TakeOrder]]:
    """The orders of this machine and of services that have the frame they begin on."""
    here: list[TakeOrder] = []
    away: list[TakeOrder] = []
    for take in wanted:
        if take.order is None:
            continue
        try:
            prepare(take, folder)
        except MediaError as error:
            step = Step(take.shot.id, take.order.take, Phase.FAILED, None, str(error))
            tell(replace(step, key=take.order.key))
            continue
        (here if _is_local(take) else away).append(take.order)
    return here, away


def _caps(budget: Decimal | None) -> Limits:
    from pickup.jobs.budget import limits

    return limits(budget)


def _write_down(takes: Sequence[Wanted], ledger: Ledger, caps: Limits) -> None:
    """All of them at once, so that a panel that is closed now finds them again."""
    from pickup.jobs.fulfil import describe

    wanted = [
        describe(take.order, take.provider, take.card, ledger)
        for take in takes
        if take.order and take.provider and take.card
    ]
    if wanted:
        ledger.reserve(wanted, caps, run=uuid.uuid4().hex)


class _ConformLine:
    """Conforms takes one after the other in a thread of its own, while others are still made."""

    def __init__(
        self,
        job: Job,
        wanted: Sequence[Wanted],
        tell: Callable[[Step], None],
        ledger: Ledger,
        should_stop: Callable[[], bool],
    ) -> None:
        self._job, self._tell = job, tell
        self._ledger, self._should_stop = ledger, should_stop
        self._wanted = {take.order.key: take for take in wanted if take.order is not None}
        self._seen: set[str] = set()
        self._line: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="pickup-conform", daemon=True)
        self._thread.start()

    def heard(self, event: OrderEvent) -> None:
        """News from the order book."""
        if event.state is OrderState.FETCHED:
            self._put(event.key)
            return
        self._tell(step_of(event))

    def settle(self, record: OrderRecord) -> None:
        """An order as it stands at the end."""
        if record.state is OrderState.FETCHED:
            self._put(record.key)
        elif record.state.live:
            self._tell(Step(record.shot, record.take, Phase.STOPPED, key=record.key))
        else:
            reason = record.reason or f"the order is {record.state.value}"
            self._tell(Step(record.shot, record.take, Phase.FAILED, None, reason, key=record.key))

    def seen(self, key: str) -> bool:
        """Whether a take has landed."""
        return key in self._seen

    def drain(self) -> None:
        """Wait until all that have landed so far are done."""
        self._line.join()

    def close(self) -> None:
        """Wait until the last one is done."""
        self._line.put(None)
        self._thread.join()

    def _put(self, key: str) -> None:
        if key not in self._seen:
            self._seen.add(key)
            self._line.put(key)

    def _work(self) -> None:
        while (key := self._line.get()) is not None:
            try:
                self._settle(key)
            finally:
                self._line.task_done()

    def _settle(self, key: str) -> None:
        take, record = self._wanted[key], self._ledger.get(key)
        if self._should_stop():
            self._tell(Step(record.shot, record.take, Phase.STOPPED, key=key))
        else:
            self._conform(take, record)

    def _conform(self, wanted: Wanted, record: OrderRecord) -> None:
        shot, number = record.shot, record.take

        def told(fraction: float) -> None:
            self._tell(Step(shot, number, Phase.CONFORMING, fraction, key=record.key))

        told(0.0)
        try:
            assert wanted.card is not None
            done = conform_take(
                record,
                wanted.shot,
                wanted.cut,
                self._job.folder,
                self._job.deliver,
                wanted.card,
                told,
            )
        except MediaError as error:
            self._tell(Step(shot, number, Phase.FAILED, None, str(error), key=record.key))
            return
        self._tell(Step(shot, number, Phase.READY, 1.0, "", done, record.key))


def step_of(event: OrderEvent) -> Step:
    """The order book's news in the panel's words."""
    phases = {
        OrderState.INTENT: Phase.WAITING,
        OrderState.SENDING: Phase.WAITING,
        OrderState.SUBMITTED: Phase.MAKING,
        OrderState.FETCHED: Phase.CONFORMING,
    }
    phase = phases.get(event.state, Phase.FAILED)
    message = event.message
    if phase is Phase.FAILED and not message:
        message = f"the order is {event.state.value}"
    return Step(event.shot, event.take, phase, event.fraction, message, key=event.key)


def unfinished(opened: Opened, deliver: Deliver) -> list[Wanted]:
    """Orders of this cut that are under way, or landed while no panel was open.

    Their requests are those of the order book: words changed since do not orphan what is paid.
    """
    from pickup.jobs.ledger import Ledger

    shots = {shot.gap.id: shot for shot in opened.shots}
    here = {take.order for takes in opened.takes.values() for take in takes}
    with Ledger.open() as ledger:
        records = ledger.list(cut=opened.folder.root.name)
    found = []
    for record in records:
        landed = record.state is OrderState.FETCHED and record.key not in here
        if not (landed or record.state.live or record.state is OrderState.UNKNOWN):
            continue
        again = _again(record, opened, shots)
        if again is not None:
            found.append(again)
    return found


def _again(record: OrderRecord, opened: Opened, shots: dict[str, ShotRequest]) -> Wanted | None:
    try:
        request = ShotRequest.model_validate_json(record.request)
    except ValidationError:
        return None
    now = shots.get(request.gap.id)
    if now is None or (now.frames, now.rate) != (request.frames, request.rate):
        return None
    order = TakeOrder(
        request=request,
        model=record.model_name,
        take=record.take,
        first_frame=record.first_frame,
        last_frame=record.last_frame,
        cut=record.cut,
        source=record.source,
        change=record.change,
    )
    if order.key != record.key:
        return None
    provider, card = resolve_model(record.model_name)
    shot = request.model_copy(update={"gap": now.gap, "id": now.id})
    return Wanted(opened.cut, shot, None, order, provider, card)


def cancel(key: str) -> str:
    """Call one order off; an empty text, or why it goes on."""
    from pickup.jobs import reconcile
    from pickup.jobs.ledger import Ledger
    from pickup.jobs.steps import Steps
    from pickup.providers.registry import load

    try:
        with Ledger.open() as ledger:
            reconcile.cancel(Steps(ledger, load, worker="panel"), key)
    except PickupError as error:
        return str(error)
    return ""
