from __future__ import annotations

import os
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pickup.errors import LedgerError, MediaError, PickupError, ProviderError, RequestError
from pickup.files import sha256_of
from pickup.jobs import presence
from pickup.jobs.orders import OrderState
from pickup.jobs.steps import Steps
from pickup.providers.base import JobState, JobStatus, ProviderRefusal, Refusal, SubmitUnknown

from .conftest import Scripted, make_order

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.jobs.ledger import Ledger
    from pickup.jobs.orders import OrderRecord

S = OrderState
DONE = JobStatus(JobState.DONE, cost=Decimal("0.42"))


class Drive:
    """One paid order, its provider, and the boundaries that were passed."""

    def __init__(self, ledger: Ledger, **script: Any) -> None:
        self.ledger = ledger
        self.provider = Scripted(**script)
        self.passed: list[str] = []
        self.steps = self.worker("w1")
        self.key = ledger.intend(make_order(), Decimal(1)).key

    def worker(self, name: str) -> Steps:
        return Steps(
            self.ledger,
            lambda _: self.provider,
            name,
            boundary=lambda name: self.passed.append(name),
            commit_patience=0.5,
        )

    @property
    def record(self) -> OrderRecord:
        return self.ledger.get(self.key)

    def submitted(self) -> Drive:
        self.steps.submit(self.key)
        return self


def test_an_order_goes_its_way(ledger: Ledger) -> None:
    drive = Drive(ledger)
    assert drive.steps.submit(drive.key).job_id == "job-1"
    _, status = drive.steps.poll(drive.key)
    assert status == JobStatus(JobState.DONE)
    record = drive.steps.fetch(drive.key, DONE)
    assert record.state is S.FETCHED
    assert record.cost_usd == Decimal("0.42")
    assert record.file is not None
    assert sha256_of(record.file) == record.sha256
    assert drive.passed == [
        "before claim",
        "claimed",
        "accepted",
        "job id committed",
        "before poll",
        "polled",
        "before fetch",
        "fetched aside",
        "file landed",
        "file committed",
        "cost committed",
    ]


def test_the_intent_is_on_the_disk_before_the_request_leaves(ledger: Ledger) -> None:
    drive = Drive(ledger)
    seen: list[OrderRecord] = []

    class Looks(Scripted):
        def submit(self, order: Any) -> str:
            seen.append(ledger.get(drive.key))
            return super().submit(order)

    drive.provider = Looks()
    drive.submitted()
    assert [(r.state, r.worker, r.job_id) for r in seen] == [(S.SENDING, "w1", "")]
    assert seen[0].sent > 0


def test_the_provider_gets_the_whole_order(ledger: Ledger) -> None:
    drive = Drive(ledger).submitted()
    (order,) = drive.provider.submits
    assert (order.model, order.take, order.key, order.seed) == ("m", 1, drive.key, 7)
    assert order.request == make_order().request


@pytest.mark.parametrize("times", [2, 5])
def test_submitting_again_does_not_send_again(ledger: Ledger, times: int) -> None:
    drive = Drive(ledger)
    for _ in range(times):
        drive.steps.submit(drive.key)
    drive.worker("w2").submit(drive.key)
    assert len(drive.provider.submits) == 1


def test_what_another_process_is_sending_is_left_to_it(ledger: Ledger) -> None:
    drive = Drive(ledger)
    ledger.claim(drive.key, "w1", drive.steps.limits)
    for worker in ("w1", "w2"):
        assert drive.worker(worker).submit(drive.key).state is S.SENDING
    assert drive.provider.submits == []


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (SubmitUnknown("No answer came."), S.UNKNOWN, "No answer came."),
        (ProviderError("Who knows."), S.UNKNOWN, "Who knows."),
        (PickupError("Who knows."), S.UNKNOWN, "Who knows."),
        (ProviderRefusal(Refusal.MODERATION, "Not this face."), S.REFUSED, "Not this face."),
        (ProviderRefusal(Refusal.BALANCE, "Top up."), S.REFUSED, "Top up."),
        (ProviderRefusal(Refusal.UNREACHABLE, "Nobody there."), S.INTENT, "Nobody there."),
        (ProviderRefusal(Refusal.QUOTA, "Ten at once."), S.INTENT, "Ten at once."),
        (MediaError("a.png", "is torn"), S.REFUSED, "a.png: is torn."),
        (RequestError("Too long."), S.REFUSED, "Too long."),
        (KeyError("id"), S.UNKNOWN, "scripted broke off (KeyError: 'id')"),
        (ConnectionResetError("reset"), S.UNKNOWN, "broke off (ConnectionResetError: reset)"),
    ],
)
def test_what_comes_of_a_submission(
    ledger: Ledger, error: Exception, state: OrderState, reason: str
) -> None:
    drive = Drive(ledger, submit_errors=[error]).submitted()
    assert drive.record.state is state
    assert reason in drive.record.reason
    assert len(drive.provider.submits) == 1


def test_a_paid_job_is_offered_to_a_locked_book_until_it_takes_it(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = Drive(ledger)
    real = ledger.move
    refused: list[Any] = []

    def move(*args: Any, **kwargs: Any) -> OrderRecord:
        if len(refused) < 2:
            refused.append(args)
            raise LedgerError("The order book is locked.")
        return real(*args, **kwargs)

    monkeypatch.setattr(ledger, "move", move)
    assert drive.steps.submit(drive.key).job_id == "job-1"
    assert len(refused) == 2


def test_a_sender_given_up_meanwhile_still_tells_its_job(ledger: Ledger) -> None:
    drive = Drive(ledger)

    class Slow(Scripted):
        def submit(self, order: Any) -> str:
            ledger.move(drive.key, S.UNKNOWN, reason="given up")
            return super().submit(order)

    drive.provider = Slow()
    assert drive.submitted().record.job_id == "job-1"
    assert drive.record.state is S.SUBMITTED


def test_a_worker_that_was_given_up_sends_nothing_more(ledger: Ledger) -> None:
    dead = presence.Presence(ledger)
    dead.enter()
    presence.bury(ledger, dead.id)
    drive = Drive(ledger)
    with pytest.raises(LedgerError, match="given up"):
        drive.worker(dead.id).submit(drive.key)
    assert drive.provider.submits == []
    assert drive.record.state is S.INTENT


def test_a_sender_that_was_held_up_does_not_send(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A laptop that was asleep between the claim and the request."""
    now = iter((0.0, 3600.0, 3600.0, 3600.0))
    monkeypatch.setattr("pickup.jobs.steps.time.monotonic", lambda: next(now))
    drive = Drive(ledger).submitted()
    assert drive.provider.submits == []
    assert drive.record.state is S.INTENT


def test_a_model_that_is_not_installed_here_is_a_refusal(ledger: Ledger) -> None:
    def nobody(name: str) -> Any:
        raise RequestError(f"No provider is called “{name}”.")

    key = ledger.intend(make_order()).key
    record = Steps(ledger, nobody, "w").submit(key)
    assert record.state is S.REFUSED
    assert "scripted" in record.reason


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (JobStatus(JobState.QUEUED), S.SUBMITTED),
        (JobStatus(JobState.RUNNING, 0.4), S.SUBMITTED),
        (JobStatus(JobState.CANCELLED), S.CANCELLED),
        (JobStatus(JobState.FAILED), S.FAILED),
        (
            JobStatus(JobState.FAILED, refusal=ProviderRefusal(Refusal.MODERATION, "No.")),
            S.FAILED,
        ),
        (JobStatus(JobState.FAILED, refusal=ProviderRefusal(Refusal.EXPIRED, "Late.")), S.LOST),
        (ProviderError("Not now."), S.SUBMITTED),
        (ProviderRefusal(Refusal.UNREACHABLE, "Nobody there."), S.SUBMITTED),
        (ProviderRefusal(Refusal.KEY, "Wrong key."), S.SUBMITTED),
        (ProviderRefusal(Refusal.QUOTA, "Slower."), S.SUBMITTED),
        (ProviderRefusal(Refusal.LOST, "No such job."), S.LOST),
        (ProviderRefusal(Refusal.FAILED, "Done without a film."), S.FAILED),
    ],
)
def test_what_a_poll_means(ledger: Ledger, answer: Any, state: OrderState) -> None:
    drive = Drive(ledger, statuses=[answer]).submitted()
    record, _ = drive.steps.poll(drive.key)
    assert record.state is state
    assert record.job_id == "job-1", "whatever happens, the job is not forgotten"
    if isinstance(answer, Exception):
        assert record.reason == str(answer)


def test_trouble_that_has_passed_is_no_longer_told(ledger: Ledger) -> None:
    answers: list[Any] = [ProviderError("Not now."), JobStatus(JobState.RUNNING, 0.5)]
    drive = Drive(ledger, statuses=answers).submitted()
    drive.steps.poll(drive.key)
    record, _ = drive.steps.poll(drive.key)
    assert (record.reason, record.progress) == ("", 0.5)


def test_the_cost_is_kept_whenever_it_is_told(ledger: Ledger) -> None:
    failed = JobStatus(JobState.FAILED, cost=Decimal("0.07"))
    drive = Drive(ledger, statuses=[failed]).submitted()
    drive.steps.poll(drive.key)
    assert drive.record.cost_usd == Decimal("0.07")
    assert ledger.spent() == Decimal("0.07")


def test_an_empty_file_is_no_take(ledger: Ledger) -> None:
    class Empty(Scripted):
        def fetch(self, job_id: str, order: Any, status: Any, out: Path, progress: Any) -> Path:
            out.write_bytes(b"")
            return out

    drive = Drive(ledger)
    drive.provider = Empty()
    drive.submitted()
    with pytest.raises(PickupError, match="empty file"):
        drive.steps.fetch(drive.key, DONE)
    assert drive.record.state is S.SUBMITTED


def test_the_providers_suffix_is_kept(ledger: Ledger) -> None:
    class Other(Scripted):
        def fetch(self, job_id: str, order: Any, status: Any, out: Path, progress: Any) -> Path:
            arrived = out.with_suffix(".WEBM")
            arrived.write_bytes(b"film")
            return arrived

    drive = Drive(ledger)
    drive.provider = Other()
    drive.submitted()
    record = drive.steps.fetch(drive.key, DONE)
    assert record.file == ledger.store / "takes" / f"{drive.key}.webm"


def test_a_full_disk_loses_nothing(ledger: Ledger) -> None:
    full = OSError(28, os.strerror(28))
    drive = Drive(ledger, fetch_errors=[full]).submitted()
    record = drive.steps.fetch(drive.key, DONE)
    assert record.state is S.SUBMITTED
    assert "No space left" in record.reason
    assert drive.steps.fetch(drive.key, DONE).state is S.FETCHED


def test_a_folder_that_cannot_be_written_is_a_sentence(ledger: Ledger) -> None:
    drive = Drive(ledger).submitted()
    ledger.store.mkdir(exist_ok=True)
    (ledger.store / "takes").write_text("in the way")
    with pytest.raises(PickupError, match="cannot be written"):
        drive.steps.fetch(drive.key, DONE)
    assert drive.record.state is S.SUBMITTED


def test_nothing_half_landed_is_left(ledger: Ledger) -> None:
    class Breaks(Scripted):
        def fetch(self, job_id: str, order: Any, status: Any, out: Path, progress: Any) -> Path:
            out.write_bytes(b"half a fi")
            raise ProviderError("The line was cut.")

    drive = Drive(ledger)
    drive.provider = Breaks()
    drive.submitted()
    assert drive.steps.fetch(drive.key, DONE).state is S.SUBMITTED
    assert [p for p in (ledger.store / "takes").rglob("*") if p.is_file()] == []


def test_a_finished_order_is_neither_polled_nor_fetched(ledger: Ledger) -> None:
    drive = Drive(ledger).submitted()
    drive.steps.fetch(drive.key, DONE)
    assert drive.steps.poll(drive.key)[1] is None
    drive.steps.fetch(drive.key, DONE)
    assert drive.provider.fetched == 1


def test_a_remix_names_the_job_it_comes_from(ledger: Ledger) -> None:
    drive = Drive(ledger).submitted()
    order = make_order(text="but at night", source=drive.key)
    ledger.intend(order)
    drive.steps.submit(order.key)
    assert [o.source_job for o in drive.provider.submits] == ["", "job-1"]


def test_sent_is_a_wall_clock(ledger: Ledger) -> None:
    assert abs(Drive(ledger).submitted().record.sent - time.time()) < 60
