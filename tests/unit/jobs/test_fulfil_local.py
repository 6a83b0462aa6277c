from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pickup.errors import MediaError, ProviderError
from pickup.files import sha256_of
from pickup.jobs import local
from pickup.jobs.fulfil import fulfil
from pickup.jobs.ledger import Ledger
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderEvent, OrderState, TakeOrder
from pickup.providers.base import JobState, JobStatus, ProviderRefusal, Refusal

from .conftest import Scripted, make_order

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def local_order(shot: str = "sh010", take: int = 1, model: str = "here:m") -> TakeOrder:
    return make_order(shot, take, model)


def ignore(_: OrderEvent) -> None:
    pass


def here(**fields: object) -> Scripted:
    return Scripted(name="here", local=True, **fields)  # type: ignore[arg-type]


def test_a_local_order_is_made_and_its_file_is_what_the_book_says(ledger: Ledger) -> None:
    events: list[OrderEvent] = []
    (record,) = fulfil([local_order()], ledger, events.append, provider_of=lambda _: here())
    assert record.state is OrderState.FETCHED
    assert record.file is not None
    assert record.file.read_bytes() == b"film of job-1 take 1"
    assert record.sha256 == sha256_of(record.file)
    assert record.file.parent == ledger.store / "takes"
    assert [event.fraction for event in events] == [0.0, 0.5, 1.0] or events[-1].fraction == 1.0
    assert events[-1].state is OrderState.FETCHED


def test_what_is_finished_is_not_made_again(ledger: Ledger) -> None:
    provider = here()
    for _ in range(2):
        fulfil([local_order()], ledger, ignore, provider_of=lambda _: provider)
    assert len(provider.submits) == 1


def test_a_spoilt_or_missing_file_is_made_again(ledger: Ledger) -> None:
    provider = here()
    (first,) = fulfil([local_order()], ledger, ignore, provider_of=lambda _: provider)
    assert first.file is not None
    first.file.write_bytes(b"spoilt")
    (second,) = fulfil([local_order()], ledger, ignore, provider_of=lambda _: provider)
    assert second.file is not None
    second.file.unlink()
    (third,) = fulfil([local_order()], ledger, ignore, provider_of=lambda _: provider)
    assert len(provider.submits) == 3
    assert third.file is not None
    assert sha256_of(third.file) == third.sha256


def test_answers_keep_the_order_of_the_questions(ledger: Ledger) -> None:
    wanted = [local_order(f"sh{n}", take) for n in (3, 1, 2) for take in (2, 1)]
    records = fulfil([*wanted, wanted[0]], ledger, ignore, provider_of=lambda _: here())
    assert [(r.shot, r.take) for r in records] == [
        *((o.request.id, o.take) for o in wanted),
        ("sh3", 2),
    ]


def test_a_job_left_by_a_killed_process_begins_again(ledger: Ledger) -> None:
    order = local_order()
    fulfil([order], ledger, ignore, provider_of=lambda _: here(), should_stop=lambda: True)
    ledger.claim(order.key, "killed", NO_LIMITS)
    ledger.move(order.key, OrderState.SUBMITTED, job_id="gone with its process")
    provider = here()
    (record,) = fulfil([order], ledger, ignore, provider_of=lambda _: provider)
    assert record.state is OrderState.FETCHED
    assert record.job_id == "job-1"


def test_one_bad_shot_does_not_stop_the_others(ledger: Ledger) -> None:
    refusal = ProviderRefusal(Refusal.UNSUPPORTED, "Too wide; make it narrower.")
    provider = here(submit_errors=[refusal], fetch_errors=[MediaError("x.png", "is torn")])
    records = fulfil(
        [local_order(f"sh{n}") for n in range(3)], ledger, ignore, provider_of=lambda _: provider
    )
    assert [r.state for r in records] == [
        OrderState.REFUSED,
        OrderState.FAILED,
        OrderState.FETCHED,
    ]
    assert [r.reason for r in records] == ["Too wide; make it narrower.", "x.png: is torn.", ""]


def test_a_refused_shot_may_be_asked_for_again(ledger: Ledger) -> None:
    provider = here(submit_errors=[ProviderRefusal(Refusal.UNSUPPORTED, "No.")])
    fulfil([local_order()], ledger, ignore, provider_of=lambda _: provider)
    (record,) = fulfil([local_order()], ledger, ignore, provider_of=lambda _: provider)
    assert record.state is OrderState.FETCHED
    assert record.attempt == 2


def test_stopping_leaves_the_order_to_go_on_with(ledger: Ledger) -> None:
    stop = threading.Event()
    provider = here(statuses=[JobStatus(JobState.RUNNING, 0.25)])

    def told(event: OrderEvent) -> None:
        if event.fraction == 0.25:
            stop.set()

    (record,) = fulfil(
        [local_order()], ledger, told, provider_of=lambda _: provider, should_stop=stop.is_set
    )
    assert record.state is OrderState.SUBMITTED
    (record,) = fulfil([local_order()], ledger, ignore, provider_of=lambda _: provider)
    assert record.state is OrderState.FETCHED


def test_a_server_here_that_was_ended_is_not_waited_for_without_end(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "SILENCE_SECONDS", 0.3)
    silent = [ProviderError("ComfyUI does not answer.") for _ in range(3)]
    answers = [JobStatus(JobState.RUNNING, 0.5), *silent, JobStatus(JobState.RUNNING, 0.6)]
    provider = here(statuses=[*answers, *(ProviderError("ComfyUI is gone.") for _ in range(99))])
    (record,) = fulfil([local_order()], ledger, ignore, provider_of=lambda _: provider)
    assert record.state is OrderState.FAILED
    assert record.reason == "ComfyUI is gone. Start it, then run again."
    assert len(provider.statuses) > 50
    provider.statuses.clear()
    (record,) = fulfil([local_order()], ledger, ignore, provider_of=lambda _: provider)
    assert record.state is OrderState.FETCHED


def test_a_stuck_provider_does_not_hold_up_another(ledger: Ledger) -> None:
    release = threading.Event()
    stuck = Scripted(
        name="stuck", local=True, statuses=[JobStatus(JobState.RUNNING) for _ in range(10_000)]
    )
    providers = {"stuck": stuck, "here": here()}
    landed: list[float] = []

    def told(event: OrderEvent) -> None:
        if event.state is OrderState.FETCHED:
            landed.append(time.monotonic())
            release.set()

    orders = [local_order(model="stuck:m"), local_order("sh020")]
    records = fulfil(
        orders, ledger, told, provider_of=providers.__getitem__, should_stop=release.is_set
    )
    assert [r.state for r in records] == [OrderState.SUBMITTED, OrderState.FETCHED]


def test_two_front_ends_at_once_make_each_shot_once(tmp_path: Path) -> None:
    provider = here()
    orders = [local_order(f"sh{n}") for n in range(5)]

    def front_end(_: int) -> list[OrderState]:
        with Ledger.open(tmp_path, "") as ledger:
            records = fulfil(orders, ledger, ignore, provider_of=lambda _: provider)
            return [record.state for record in records]

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(front_end, range(2)))
    assert both == [[OrderState.FETCHED] * 5] * 2
    assert len(provider.submits) == 5
