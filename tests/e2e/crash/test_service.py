"""A front end, the worker that it starts by itself, and a service that speaks HTTP."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.e2e.crash.farm import take_order

from pickup.files import sha256_of
from pickup.jobs import client, notice
from pickup.jobs.fulfil import fulfil
from pickup.jobs.ledger import Ledger
from pickup.jobs.orders import OrderEvent, OrderState
from pickup.testing.fakes.openai_videos import FakeOpenAIVideos
from pickup.testing.fakes.server import Misbehaviour

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

S = OrderState


@contextmanager
def service(monkeypatch: pytest.MonkeyPatch, **given: bool) -> Iterator[FakeOpenAIVideos]:
    with FakeOpenAIVideos() as fake:
        fake.lists = given.get("lists", True)
        monkeypatch.setenv("PICKUP_OPENAI_VIDEOS_BASE_URL", fake.url)
        monkeypatch.setenv("PICKUP_OPENAI_VIDEOS_API_KEY", fake.key)
        yield fake


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    with Ledger.open() as ledger:
        yield ledger
        give_up = time.monotonic() + 30
        while client.alive(ledger) and time.monotonic() < give_up:
            notice.ask_to_leave(ledger.home, str(notice.read(ledger.home).get("worker", "")))
            time.sleep(0.1)


def ordered(shots: int) -> list[object]:
    return [take_order(f"sh{n:03d}", "openai-videos:sora-2") for n in range(shots)]


def test_a_front_end_needs_nobody_to_start_a_worker(
    book: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[OrderEvent] = []
    with service(monkeypatch) as fake:
        records = fulfil(ordered(3), book, events.append)  # type: ignore[arg-type]
        assert [r.state for r in records] == [S.FETCHED] * 3
        assert fake.charges == 3
        for record in records:
            assert record.file is not None
            assert sha256_of(record.file) == record.sha256
    assert {e.state for e in events} >= {S.SUBMITTED, S.FETCHED}
    text = b"".join(p.read_bytes() for p in book.home.rglob("*") if p.is_file())
    assert fake.key.encode() not in text, "no key in the book, the notice or the log"


@pytest.mark.parametrize("lists", [True, False])
def test_an_answer_that_was_lost_is_never_paid_for_twice(
    book: Ledger, monkeypatch: pytest.MonkeyPatch, lists: bool
) -> None:
    with service(monkeypatch, lists=lists) as fake:
        fake.fail_next(Misbehaviour.LOSE_ANSWER, "order")
        (record,) = fulfil(ordered(1), book, lambda _: None)  # type: ignore[arg-type]
        assert fake.charges == 1
    if lists:
        assert record.state is S.FETCHED
    else:
        assert record.state is S.UNKNOWN
        assert "pickup jobs resolve" in record.reason
