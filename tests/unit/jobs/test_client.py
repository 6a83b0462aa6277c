from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import pytest

from pickup.errors import BudgetError, LedgerError, RequestError
from pickup.jobs import client, notice
from pickup.jobs.fulfil import describe, fulfil
from pickup.jobs.money import NO_LIMITS, Limits
from pickup.jobs.orders import OrderEvent, OrderState
from pickup.jobs.steps import Steps

from .conftest import Scripted, make_order

if TYPE_CHECKING:
    from pickup.jobs.ledger import Ledger

S = OrderState


def ignore(_: OrderEvent) -> None:
    pass


def test_whoever_holds_the_lock_lives(ledger: Ledger) -> None:
    assert not client.alive(ledger)
    with filelock.FileLock(notice.lock_of(ledger.home)):
        assert client.alive(ledger)
    assert not client.alive(ledger)


def test_a_worker_that_never_gets_to_work_is_told_of(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ALIVE_SECONDS", 0.01)
    monkeypatch.setattr(client, "LOOK_SECONDS", 0.02)
    starts: list[int] = []

    def start(book: Ledger) -> None:
        starts.append(1)
        (book.home / "worker.log").write_text("Traceback …\nModuleNotFoundError: no dbos\n")

    with pytest.raises(LedgerError, match=r"does not start .*no dbos"):
        fulfil([make_order()], ledger, ignore, provider_of=lambda _: Scripted(), start=start)
    assert len(starts) == client.STARTS
    assert ledger.get(make_order().key).state is S.INTENT


def test_changes_are_told_once_each(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LOOK_SECONDS", 0.01)
    key = make_order().key
    events: list[tuple[OrderState, float | None, str]] = []

    def worker(_: Ledger) -> None:
        def work() -> None:
            time.sleep(0.1)
            ledger.move(key, S.SENDING)
            ledger.move(key, S.SUBMITTED, job_id="j", reason="queued behind others")
            time.sleep(0.1)
            ledger.move(key, S.SUBMITTED, progress=0.5, reason="")
            time.sleep(0.1)
            ledger.move(key, S.FAILED, reason="it melted")

        threading.Thread(target=work).start()

    (record,) = fulfil(
        [make_order()],
        ledger,
        lambda e: events.append((e.state, e.fraction, e.message)),
        provider_of=lambda _: Scripted(),
        start=worker,
    )
    assert record.state is S.FAILED
    assert events[0] == (S.INTENT, 0.0, "")
    assert events[-3:] == [
        (S.SUBMITTED, 0.0, "queued behind others"),
        (S.SUBMITTED, 0.5, ""),
        (S.FAILED, 0.5, "it melted"),
    ]


def test_stopping_leaves_remote_orders_to_the_worker(ledger: Ledger) -> None:
    begun = time.monotonic()
    (record,) = fulfil(
        [make_order()],
        ledger,
        ignore,
        provider_of=lambda _: Scripted(),
        start=lambda _: None,
        should_stop=lambda: time.monotonic() - begun > 0.5,
    )
    assert record.state is S.INTENT
    assert record.in_hand


def test_over_the_budget_nothing_is_ordered(ledger: Ledger, tmp_path: Path) -> None:

    def never(_: Ledger) -> None:
        raise AssertionError("no worker is wanted")

    cheap = Decimal("0.05")
    with pytest.raises(BudgetError):
        fulfil(
            [make_order()],
            ledger,
            ignore,
            limits=Limits(budget=cheap),
            provider_of=lambda _: Scripted(),
            start=never,
        )
    assert ledger.list() == []


def test_frames_are_kept_where_a_worker_finds_them(ledger: Ledger, tmp_path: Path) -> None:
    frame = tmp_path / "a.PNG"
    frame.write_bytes(b"picture")
    order = make_order(first_frame=frame, last_frame=frame)
    fulfil(
        [order],
        ledger,
        ignore,
        provider_of=lambda _: Scripted(),
        should_stop=lambda: True,
    )
    frame.unlink()
    record = ledger.get(order.key)
    assert record.first_frame == record.last_frame
    assert record.first_frame is not None
    assert record.first_frame.parent == ledger.store / "frames"
    assert record.first_frame.read_bytes() == b"picture"


def test_a_frame_that_is_gone_is_named(ledger: Ledger, tmp_path: Path) -> None:
    order = make_order(first_frame=tmp_path / "gone.png")
    with pytest.raises(RequestError, match=r"gone\.png"):
        fulfil([order], ledger, ignore, provider_of=lambda _: Scripted())


def test_an_unknown_model_is_refused_before_anything_is_written(ledger: Ledger) -> None:
    with pytest.raises(RequestError, match="scripted:m"):
        fulfil([make_order(model="scripted:x")], ledger, ignore, provider_of=lambda _: Scripted())
    assert ledger.list() == []


def test_a_worker_without_its_parts_is_told_before_anything_is_sent(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dbos", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    provider = Scripted()
    with pytest.raises(RequestError, match=r'pip install "pickup-shots\[cloud\]"'):
        fulfil([make_order()], ledger, ignore, provider_of=lambda _: provider)
    assert provider.submits == []
    assert ledger.list() == [], "what nobody can carry out sets no money aside"


def test_what_is_made_already_needs_no_worker(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, provider = make_order(), Scripted()
    steps = Steps(ledger, lambda _: provider, worker="here")
    ledger.reserve([describe(order, provider, provider.cards()[0], ledger)], NO_LIMITS)
    steps.submit(order.key)
    _, status = steps.poll(order.key)
    assert status is not None
    made = steps.fetch(order.key, status)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (again,) = fulfil([order], ledger, ignore, provider_of=lambda _: provider)
    assert (again.state, again.file) == (S.FETCHED, made.file)
    assert len(provider.submits) == 1


def test_local_shots_need_neither_dbos_nor_a_worker(tmp_path: Path) -> None:
    code = """
import sys, pathlib
sys.path[:0] = sys.argv[2:]
from tests.unit.jobs.conftest import Scripted, make_order
from pickup.jobs.fulfil import describe, fulfil
from pickup.jobs.ledger import Ledger
def never(_): raise AssertionError
with Ledger.open(pathlib.Path(sys.argv[1]), "") as book:
    order = make_order(model="here:m")
    here = Scripted(name="here", local=True)
    (record,) = fulfil([order], book, print, provider_of=lambda _: here, start=never)
assert record.state.value == "fetched"
assert "dbos" not in sys.modules
"""
    root = Path(__file__).resolve().parents[3]
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(root), str(root / "core")], check=True
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_an_interrupt_ends_the_wait_at_once(ledger: Ledger) -> None:
    begun = time.monotonic()
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        fulfil(
            [make_order()],
            ledger,
            ignore,
            provider_of=lambda _: Scripted(),
            start=lambda _: None,
        )
    assert time.monotonic() - begun < 10
    assert ledger.get(make_order().key).state is S.INTENT
