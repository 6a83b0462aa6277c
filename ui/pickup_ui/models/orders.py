"""Ordering: what is selected, what it costs, and how the orders are doing."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from pickup.fill import consent
from pickup_ui.models.shot_state import Status
from pickup_ui.qt import QObject, QTimer, Signal
from pickup_ui.strings import tr
from pickup_ui.work.steps import Job, Phase, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.fill.ordering import Wanted
    from pickup.shots.request import ShotRequest
    from pickup_ui.models.models import Models
    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState
    from pickup_ui.work.opening import Opened
    from pickup_ui.work.ordering import Quote

_NEWS_MS = 120
"""News is shown this often: 200 shots at once tell more than an eye can read."""

_AT_ONCE = 24
"""News shown in one go, so that the UI thread is soon free again."""

_LANES = 4
"""Orders that run side by side."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The foot of the panel.

    Attributes:
        count: takes that would be made.
        total: USD at most; None where a price is not known.
        uploads: shots of which something leaves the machine.
        pending: the price is still being worked out.
    """

    shots: int
    count: int
    total: Decimal | None
    uploads: int
    pending: bool = False


class Orders(QObject):
    """Places orders and hears of them.

    Signals:
        summary_changed: the selection or its price is another.
        quoted: what was asked for costs or uploads something, and waits for `agree`; the `Quote`.
        progress: takes done and takes on order in all, and the fraction of all.
        finished: nothing is on order any more.
        failed: a sentence for the user.
    """

    summary_changed = Signal()
    quoted = Signal(object)
    progress = Signal(int, int, float)
    finished = Signal()
    failed = Signal(str)

    def __init__(self, session: Session, models: Models, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._models = session, models
        self._stop = threading.Event()
        # By shot and take: what is newest counts.
        self._news: dict[tuple[str, int], Step] = {}
        self._lock = threading.Lock()
        self._runs = 0
        self._cut = 0
        self._to_resume = False
        self._called_off: set[str] = set()
        self._local: set[str] = set()
        self._done = self._total = 0
        self._pending: tuple[Quote, Opened] | None = None
        self._tick = QTimer(self, interval=_NEWS_MS)
        self._tick.timeout.connect(self._tell)
        self._summing = QTimer(self, singleShot=True, interval=0)
        self._summing.timeout.connect(self.summary_changed)
        session.shot_changed.connect(lambda _: self._summing.start())
        session.selection_changed.connect(self._summing.start)
        session.opened_changed.connect(self._opened)
        models.changed.connect(self._summing.start)
        models.changed_offers.connect(self._summing.start)

    @property
    def running(self) -> bool:
        return self._runs > 0

    @property
    def counts(self) -> tuple[int, int]:
        """Takes done, and takes on order in all, of the present run."""
        return self._done, self._total

    def orderable(self) -> list[ShotState]:
        """Shots that are selected and have something to order."""
        return [s for s in self._session.wanted if not s.busy and missing(s) > 0]

    def summary(self) -> Summary:
        total: Decimal | None = Decimal(0)
        uploads = count = 0
        shots = self.orderable()
        unknown: list[ShotRequest] = []
        for state in shots:
            takes = missing(state)
            count += takes
            offer = self._models.known(state.shot)
            if offer is None:
                unknown.append(state.shot)
                continue
            uploads += not offer.local
            price = offer.price_each
            total = None if total is None or price is None else total + price * takes
        if unknown:
            self._models.work_out(unknown)
        return Summary(len(shots), count, total, uploads, bool(unknown))

    # Ordering.

    def order_wanted(self) -> None:
        """Order what is selected."""
        self.order([state.id for state in self.orderable()])

    def order(self, shots: Sequence[str]) -> None:
        """Order the missing takes of shots: at once where it is free, else after `agree`."""
        states = [self._session.shots[s] for s in shots if not self._session.shots[s].busy]
        if not states or self._session.opened is None:
            return
        opened, deliver = self._session.snapshot(), self._session.settings.kept.deliver
        requests = [state.shot for state in states]

        def ask() -> Quote:
            from pickup_ui.work.ordering import quote

            return quote(opened, requests, deliver)

        quoted = partial(self._quoted, opened, self._cut)
        self._session.tasks.run(ask, quoted, self.failed.emit)

    def order_one(self, shot: str) -> None:
        """Order a shot, again if its last order brought nothing; one more take if all are there."""
        state = self._session.shots[shot]
        if missing(state) == 0:
            more = len(state.takes) + 1
            self._session.edit(shot, tr("One more take"), takes=min(64, more))
        self.order([shot])

    def agree(self) -> None:
        """Order what was quoted."""
        if self._pending is not None:
            (asked, opened), self._pending = self._pending, None
            consent.allow(asked.bill.services)
            self._start(opened, self._cut, asked.wanted)

    def decline(self) -> None:
        self._pending = None

    def _quoted(self, opened: Opened, cut: int, asked: Quote) -> None:
        if cut != self._cut:
            return
        for shot, reason in asked.refused.items():
            self._fail(shot, reason)
        if not asked.wanted:
            return
        if asked.free:
            self._start(opened, cut, asked.wanted)
            return
        self._pending = (asked, opened)
        self.quoted.emit(asked)

    def _fail(self, shot: str, reason: str) -> None:
        state = self._session.state_of(shot)
        if state is not None:
            state.reason = reason
            self._session.shot_changed.emit(shot)

    def _start(self, opened: Opened, cut: int, found: Sequence[Wanted]) -> None:
        """Make takes; their keys are worked out first, off the UI thread."""

        def keys() -> list[str]:
            from pickup_ui.work import ordering  # noqa: F401  so that it is imported by then

            return [take.order.key if take.order is not None else "" for take in found]

        begin = partial(self._begin, opened, cut, found)
        self._session.tasks.run(keys, begin, self.failed.emit)

    def _begin(
        self, opened: Opened, cut: int, found: Sequence[Wanted], keys: Sequence[str]
    ) -> None:
        """Make takes, but for shots that are being made already: a button is soon hit twice."""
        from pickup_ui.work.workshop import make_apart

        shots = self._session.shots
        keyed = [
            (take, key)
            for take, key in zip(found, keys, strict=True)
            if cut == self._cut and not shots[take.shot.id].busy
        ]
        if not keyed:
            return
        wanted = [take for take, _ in keyed]
        if not self.running:
            self._stop = threading.Event()
            self._done = self._total = 0
        self._runs += 1
        self._total += len(wanted)
        for take, key in keyed:
            assert take.order is not None
            self._called_off.discard(key)
            if take.provider is not None and take.provider.local:
                self._local.add(key)
            step = Step(take.shot.id, take.order.take, Phase.WAITING, key=key)
            shots[take.shot.id].heard(step)  # from now on it is busy, shown or not
            self._put(step)
        self._tell()
        settings, tasks = self._session.settings, self._session.tasks
        stop = self._stop
        op = partial(
            make_apart,
            Job(opened.folder, settings.kept.deliver, settings.budget),
            wanted,
            partial(self._put_of, self._cut),
            lambda: stop.is_set() or tasks.closed,
            self._called_off,
        )
        tasks.run(op, lambda _: self._ended(), partial(self._broke, wanted), lane="orders",
                  threads=_LANES)  # fmt: skip
        self._tick.start()

    # News.

    def _put_of(self, cut: int, step: Step) -> None:
        """From any thread; news of a cut that is open no more is let go: shots are called alike."""
        if cut == self._cut:
            self._put(step)

    def _put(self, step: Step) -> None:
        """From any thread."""
        with self._lock:
            self._news[step.shot, step.number] = step

    def _tell(self) -> None:
        with self._lock:
            # The rest comes with the next tick: an order of hundreds must not hold the panel.
            news = [self._news.pop(key) for key in list(self._news)[:_AT_ONCE]]
        latest: dict[str, None] = {}
        for step in news:
            state = self._session.state_of(step.shot)
            if step.phase in (Phase.READY, Phase.FAILED, Phase.STOPPED):
                self._done += step.number in (state.steps if state else ())
            if state is not None:
                state.heard(step)
                latest[step.shot] = None
        for shot in latest:
            self._session.shot_changed.emit(shot)
        if self._total:
            self.progress.emit(self._done, self._total, self.fraction())

    def fraction(self) -> float:
        """Of everything on order, 0 to 1."""
        if not self._total:
            return 0.0
        under_way = sum(s.fraction * len(s.steps) for s in self._session.shots.values() if s.busy)
        return min(1.0, (self._done + under_way) / self._total)

    def _ended(self) -> None:
        self._runs -= 1
        self._wind_up()

    def _wind_up(self) -> None:
        """Tell what is left, a little at a time; then it is over."""
        self._tell()
        if self._news:
            QTimer.singleShot(0, self._wind_up)
        elif not self.running:
            self._tick.stop()
            self._total = 0
            self.finished.emit()
            self.summary_changed.emit()
            if self._to_resume:
                self._resume()

    def _broke(self, wanted: Sequence[Wanted], reason: str) -> None:
        """Nothing of it was ordered, for one reason."""
        for take in wanted:
            assert take.order is not None
            self._put(Step(take.shot.id, take.order.take, Phase.FAILED, None, reason))
        self.failed.emit(reason)
        self._ended()

    # Cancelling and going on.

    def cancel_all(self) -> None:
        """Stop waiting: what is not yet made is left, what was sent goes on at the service."""
        self._stop.set()

    def cancel(self, shot: str) -> None:
        """Call a shot's orders off, at the service where it can be."""
        from pickup_ui.work.ordering import cancel

        state = self._session.state_of(shot)
        for step in list(state.steps.values()) if state else ():
            if step.key in self._local:
                self._called_off.add(step.key)
                continue
            self._session.tasks.run(
                partial(cancel, step.key),
                lambda why: self.failed.emit(why) if why else None,
                self.failed.emit,
            )

    def _opened(self) -> None:
        """Leave the orders of the cut before in the book, and take up those of this one."""
        self._summing.start()
        self._stop.set()
        self._stop = threading.Event()
        with self._lock:
            self._cut += 1
            self._news = {}
        self._pending, self._done, self._total = None, 0, 0
        if self.running:
            # It may be the same cut read anew: two runs must not fit the same take.
            self._to_resume = True
        else:
            self._resume()

    def _resume(self) -> None:
        """Go on with what a panel that was closed, or killed, has left in the order book."""
        self._to_resume = False
        if self._session.opened is None:
            return
        opened, deliver = self._session.snapshot(), self._session.settings.kept.deliver
        if not opened.folder.root.is_dir():
            return

        def look() -> list[Wanted]:
            from pickup_ui.work.ordering import unfinished

            return unfinished(opened, deliver)

        self._session.tasks.run(look, partial(self._start, opened, self._cut), self.failed.emit)


def missing(state: ShotState) -> int:
    """How many takes of the shot as it is now are still to be made, about.

    The exact answer takes the model's full name, which the quote finds.
    """
    if state.status is Status.FAILED:
        return max(1, state.shot.takes - len(state.takes))
    same = [t for t in state.takes if t.record.prompt == state.shot.text and _same(t, state)]
    return max(0, state.shot.takes - len(same))


def _same(take: object, state: ShotState) -> bool:
    from pickup.fill.takes import Take

    assert isinstance(take, Take)
    record, shot = take.record, state.shot
    seed = (shot.seed + record.take - 1) % 2**32
    model = f"{record.provider}:{record.model}"
    named = shot.model in ("", record.provider, model)
    return record.seed == seed and record.negative == shot.negative and named
