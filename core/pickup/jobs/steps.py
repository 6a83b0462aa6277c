"""The four steps of an order, each of which may be the last thing before a crash.

::

    submit ─▶ (job id committed) ─▶ poll … poll ─▶ fetch ─▶ (file and hash committed)
       └─▶ unknown ─▶ reconcile ─▶ (adopted, or proven never to have arrived)

Each step reads the ledger, does at most one thing, and commits what it learnt. So a step may be
called again at any time, by any process: what was done is not done twice. The durable worker and
the in-process loop drive the same steps.
"""

from __future__ import annotations

import contextlib
import functools
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pickup.errors import LedgerError, MediaError, PickupError, ProviderError, RequestError
from pickup.files import sha256_of, unwritable
from pickup.jobs.money import NO_LIMITS, Limits
from pickup.jobs.orders import OrderRecord, OrderState
from pickup.providers.base import (
    Change,
    JobState,
    JobStatus,
    Order,
    ProviderRefusal,
    Refusal,
)
from pickup.shots.request import ShotRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pickup.jobs.ledger import Ledger
    from pickup.providers.base import Provider

S = OrderState
GONE = frozenset({Refusal.EXPIRED, Refusal.LOST})
FULL = frozenset({Refusal.UNREACHABLE, Refusal.QUOTA})
"""Nothing was accepted, and a little later it may be."""
FINAL = frozenset({Refusal.MODERATION, Refusal.UNSUPPORTED, Refusal.FAILED})
_BREAKAGE = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, OSError),
    *(RuntimeError, TypeError, ValueError),
)
STALE_SECONDS = 20.0
"""A sender that was stopped for longer than this before its request left does not send it."""


class Boundary(Protocol):
    """Told of each instant at which a crash would leave something half done. Tests crash there."""

    def __call__(self, name: str) -> None: ...


@contextlib.contextmanager
def whole(provider: Provider) -> Iterator[None]:
    """A provider that breaks inside has not answered: its breakage as a `ProviderError`."""
    try:
        yield
    except _BREAKAGE as error:
        cause = " ".join(str(error).split())[:200]
        raise ProviderError(
            f"{provider.name} broke off ({type(error).__name__}: {cause})"
        ) from error


@functools.lru_cache(maxsize=1024)
def _request(text: str) -> ShotRequest:
    """Read once, however often its job is polled."""
    return ShotRequest.model_validate_json(text)


def _sweep(folder: Path, key: str) -> None:
    """Remove what an order's fetching has left half done, now or before a crash."""
    with contextlib.suppress(OSError):
        for left in folder.glob(f"{key}.*"):
            if left.suffix != ".lock":
                left.unlink()


def _pass(name: str) -> None:
    """What a boundary does outside tests."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What the steps work with.

    Attributes:
        ledger: the order book.
        provider_of: a provider by its name.
        worker: this process, as the ledger knows it.
        limits: the money that may be spent.
        boundary: see `Boundary`.
        commit_patience: how many seconds a job id is offered to a ledger that cannot be written.
    """

    ledger: Ledger
    provider_of: Callable[[str], Provider]
    worker: str
    limits: Limits = NO_LIMITS
    boundary: Boundary = field(default=_pass)
    commit_patience: float = 600.0

    def order(self, record: OrderRecord) -> Order:
        """The order as its provider gets it."""
        source = self.ledger.get(record.source).job_id if record.source else ""
        request, store = _request(record.request), self.ledger.store
        kept = [store / "frames" / f"{image.sha256}.png" for image in request.pictures]
        return Order(
            request=request,
            model=record.model,
            take=record.take,
            key=record.provider_key,
            first_frame=record.first_frame,
            last_frame=record.last_frame,
            pictures=tuple(path for path in kept if path.is_file()),
            source_job=source,
            change=Change.parse(record.change),
        )

    def submit(self, key: str) -> OrderRecord:
        """INTENT to SUBMITTED; or UNKNOWN, REFUSED, or INTENT again where nothing could leave."""
        return self.offer(key)[0]

    def offer(self, key: str) -> tuple[OrderRecord, ProviderRefusal | None]:
        """As `submit`, with the provider's no, where it said one.

        Only the process that moves the order to SENDING sends it, so two of them never both do.
        """
        record = self.ledger.get(key)
        try:
            provider, order = self.provider_of(record.provider), self.order(record)
        except RequestError as error:
            return self._move(key, S.REFUSED, S.INTENT, reason=str(error)), None
        self.boundary("before claim")
        record, mine = self.ledger.claim(key, self.worker, self.limits)
        if not mine:
            return record, None
        claimed = time.monotonic()
        self.boundary("claimed")
        if time.monotonic() - claimed > STALE_SECONDS:
            return self._learnt(key, S.INTENT, reason="was held up before it was sent"), None
        try:
            with whole(provider):
                job_id = provider.submit(order)
        except ProviderRefusal as refusal:
            state = S.INTENT if refusal.kind in FULL else S.REFUSED
            return self._learnt(key, state, reason=str(refusal)), refusal
        except (MediaError, RequestError) as error:  # of our own input: nothing has left
            return self._learnt(key, S.REFUSED, reason=str(error)), None
        except PickupError as error:
            return self._learnt(key, S.UNKNOWN, reason=str(error)), None
        self.boundary("accepted")
        record = self._learnt(key, S.SUBMITTED, job_id=job_id, reason="")
        self.boundary("job id committed")
        return record, None

    def poll(self, key: str) -> tuple[OrderRecord, JobStatus | None]:
        """Ask where a job stands; the status is None where the provider cannot be asked now."""
        record = self.ledger.get(key)
        if record.state is not S.SUBMITTED:
            return record, None
        self.boundary("before poll")
        try:
            provider = self.provider_of(record.provider)
            with whole(provider):
                status = provider.poll(record.job_id, self.order(record))
        except (ProviderError, RequestError) as error:
            return self._gone(record, error), None
        self.boundary("polled")
        return self._heard(record, status), status

    def fetch(
        self, key: str, status: JobStatus, progress: Callable[[float], None] | None = None
    ) -> OrderRecord:
        """Bring the finished take home: SUBMITTED to FETCHED, or still SUBMITTED to try again."""
        record = self.ledger.get(key)
        if record.state is not S.SUBMITTED:
            return record
        self.boundary("before fetch")
        try:
            landed = self._land(record, status, progress or (lambda fraction: None))
        except ProviderError as error:
            return self._gone(record, error)
        self.boundary("file landed")
        digest = sha256_of(landed)
        record = self._move(
            key, S.FETCHED, S.SUBMITTED, file=landed, sha256=digest, progress=1.0, reason=""
        )
        self.boundary("file committed")
        if status.cost is not None:
            record = self._move(key, S.FETCHED, S.FETCHED, cost_usd=status.cost)
        self.boundary("cost committed")
        return record

    def _learnt(self, key: str, state: OrderState, **facts: str) -> OrderRecord:
        """What came of a submission; offered to the ledger until it takes it, for it may be paid.

        Another process may have declared the order unknown meanwhile; it knows less.
        """
        give_up, wait = time.monotonic() + self.commit_patience, 0.1
        expect = (S.SENDING, S.UNKNOWN) if state is S.SUBMITTED else (S.SENDING,)
        while True:
            try:
                return self.ledger.move(key, state, expect=expect, worker=self.worker, **facts)
            except LedgerError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(wait)
                wait = min(wait * 2, 5.0)

    def _heard(self, record: OrderRecord, status: JobStatus) -> OrderRecord:
        key = record.key
        facts = {} if status.cost is None else {"cost_usd": status.cost}
        if status.state is JobState.FAILED:
            refusal = status.refusal
            reason = str(refusal) if refusal else f"{record.provider} could not make this shot."
            gone = refusal is not None and refusal.kind in GONE
            return self._move(
                key, S.LOST if gone else S.FAILED, S.SUBMITTED, reason=reason, **facts
            )
        if status.state is JobState.CANCELLED:
            reason = f"{record.provider} says that the job was cancelled."
            return self._move(key, S.CANCELLED, S.SUBMITTED, reason=reason, **facts)
        progress = 1.0 if status.state is JobState.DONE else status.progress or 0.0
        if facts or record.reason or abs(progress - record.progress) >= 0.01:
            return self._move(key, S.SUBMITTED, S.SUBMITTED, progress=progress, reason="", **facts)
        return record

    def _gone(self, record: OrderRecord, error: PickupError) -> OrderRecord:
        """An answer that ends a job ends it; any other means to ask again later."""
        state = S.SUBMITTED
        if isinstance(error, ProviderRefusal):
            state = S.LOST if error.kind in GONE else S.FAILED if error.kind in FINAL else state
        if state is S.SUBMITTED and record.reason == str(error):
            return record
        return self._move(record.key, state, S.SUBMITTED, reason=str(error))

    def _land(
        self, record: OrderRecord, status: JobStatus, progress: Callable[[float], None]
    ) -> Path:
        """Fetch beside the takes, make sure of the disk, then rename."""
        takes = self.ledger.store / "takes"
        aside = takes / ".landing" / f"{record.key}.{os.getpid()}.mp4"
        provider = self.provider_of(record.provider)
        try:
            aside.parent.mkdir(parents=True, exist_ok=True)
            _sweep(aside.parent, record.key)
            with whole(provider):
                arrived = provider.fetch(record.job_id, self.order(record), status, aside, progress)
            self.boundary("fetched aside")
            with arrived.open("rb+") as stream:
                if not stream.seek(0, os.SEEK_END):
                    raise PickupError(f"{record.provider} sent an empty file; it is asked again.")
                os.fsync(stream.fileno())
            final = takes / f"{record.key}{arrived.suffix.lower()}"
            arrived.replace(final)
        except OSError as error:
            raise unwritable(takes, error) from error
        finally:
            _sweep(aside.parent, record.key)
        return final

    def _move(
        self, key: str, state: OrderState, expect: OrderState, **facts: object
    ) -> OrderRecord:
        return self.ledger.move(key, state, expect=(expect,), worker=self.worker, **facts)
