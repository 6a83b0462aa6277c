"""The worker and its front ends, as processes: each known trap once."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tests.e2e.crash.farm import take_order

from pickup.jobs import client
from pickup.jobs.fulfil import describe, fulfil
from pickup.jobs.ledger import Ledger
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderEvent, OrderState

if TYPE_CHECKING:
    import pytest
    from tests.e2e.crash.conftest import Site

    from pickup.jobs.orders import OrderRecord, TakeOrder

S = OrderState


def ignore(_: OrderEvent) -> None:
    pass


def orders(count: int, model: str = "farm:m") -> list[TakeOrder]:
    return [take_order(f"sh{n:03d}", model) for n in range(count)]


def place(ledger: Ledger, site: Site, wanted: list[TakeOrder]) -> None:
    """Write orders down as a front end does, and leave."""
    cards = {name: farm.cards()[0] for name, farm in site.farms.items()}
    ledger.reserve(
        [describe(o, site.farms[o.provider], cards[o.provider], ledger) for o in wanted],
        NO_LIMITS,
    )


def all_are(state: OrderState) -> Any:
    return lambda records: all(record.state is state for record in records)


def charged_once(site: Site, count: int, farm: str = "farm") -> bool:
    return sorted(site.farms[farm].charges().values()) == [1] * count


def test_two_front_ends_at_once_pay_once(site: Site, ledger: Ledger) -> None:
    """Both start a worker; the second finds the first at work and leaves."""
    wanted = orders(6)
    barrier = threading.Barrier(2)

    def front_end(_: int) -> list[OrderRecord]:
        with Ledger.open(site.home, "") as mine:
            barrier.wait()
            return fulfil(
                wanted,
                mine,
                ignore,
                provider_of=site.provider_of,
                start=lambda _: None if len(site.workers) > 1 else (site.start(), None)[1],
            )

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(front_end, range(2)))
    assert [[r.state for r in records] for records in both] == [[S.FETCHED] * 6] * 2
    assert charged_once(site, 6)
    assert [r.cost_usd is not None for r in both[0]] == [True] * 6


def test_a_second_worker_of_the_same_book_is_refused(site: Site, ledger: Ledger) -> None:
    site.start(idle=None)
    while not client.alive(ledger):
        time.sleep(0.05)
    second = site.start()
    assert second.wait(30) == 1
    assert "already at work" in site.options().log()


def test_what_is_finished_needs_no_worker(site: Site, ledger: Ledger) -> None:
    for _ in range(2):
        records = fulfil(
            orders(2), ledger, ignore, provider_of=site.provider_of, start=site.starter()
        )
        assert all_are(S.FETCHED)(records)
        site.workers[0].wait(30)
    assert len(site.workers) == 1


def test_a_lost_file_is_fetched_again_and_a_lost_job_is_told(site: Site, ledger: Ledger) -> None:
    start = site.starter(idle=None)
    first, second = fulfil(orders(2), ledger, ignore, provider_of=site.provider_of, start=start)
    assert first.file is not None
    assert second.file is not None
    first.file.write_bytes(b"spoilt")
    second.file.unlink()
    (site.farms["farm"].folder / f"{second.job_id}.job").unlink()
    records = fulfil(orders(2), ledger, ignore, provider_of=site.provider_of, start=start)
    assert [r.state for r in records] == [S.FETCHED, S.LOST]
    assert (records[0].sha256, records[0].job_id) == (first.sha256, first.job_id)
    assert "no such job" in records[1].reason
    again = fulfil(orders(2), ledger, ignore, provider_of=site.provider_of, start=start)
    assert [r.state for r in again] == [S.FETCHED, S.LOST], "never paid again by itself"
    assert charged_once(site, 1)


def test_a_worker_that_dies_under_a_waiting_front_end_is_replaced(
    site: Site, ledger: Ledger
) -> None:
    killed: list[int] = []

    def told(event: OrderEvent) -> None:
        if event.state is S.SUBMITTED and not killed:
            killed.append(site.workers[-1].pid)
            site.workers[-1].kill()
            site.workers[-1].wait()

    records = fulfil(
        orders(4), ledger, told, provider_of=site.provider_of, start=site.starter(seconds=1.0)
    )
    assert killed
    assert len(site.workers) == 2
    assert all_are(S.FETCHED)(records)
    assert charged_once(site, 4)


def test_a_stuck_provider_does_not_hold_up_another(site: Site, ledger: Ledger) -> None:
    place(ledger, site, [*orders(20, "other:m"), *orders(3)])
    site.start(hanging=["other"], idle=None)
    site.wait_for(ledger, lambda rs: all(r.state is S.FETCHED for r in rs if r.provider == "farm"))
    stuck = [r.state for r in ledger.list() if r.provider == "other"]
    assert set(stuck) <= {S.INTENT, S.SENDING}


def test_an_update_does_not_strand_what_was_begun(site: Site, ledger: Ledger) -> None:
    place(ledger, site, orders(3))
    old = site.start(seconds=3.0, idle=None)
    site.wait_for(ledger, all_are(S.SUBMITTED))
    old.kill()
    old.wait()
    assert site.start(seconds=3.0, updated=True).wait(60) == 0
    assert all_are(S.FETCHED)(ledger.list())
    assert charged_once(site, 3)
    with closing(sqlite3.connect(site.home / "worker.sqlite")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        versions = database.execute("SELECT DISTINCT application_version FROM workflow_status")
        assert versions.fetchall() == [("pickup-orders-1",)]
        text = "\n".join(database.iterdump())
    assert '"args": [' in text, "values are JSON"
    assert "py_pickle" not in text


def test_the_ledger_alone_is_enough_to_go_on(site: Site, ledger: Ledger) -> None:
    """Whatever becomes of the workflows' own database."""
    place(ledger, site, orders(3))
    worker = site.start(seconds=2.0, idle=None)
    site.wait_for(ledger, all_are(S.SUBMITTED))
    worker.kill()
    worker.wait()
    for file in site.home.glob("worker.sqlite*"):
        file.unlink()
    site.start(seconds=2.0, idle=None)
    site.wait_for(ledger, all_are(S.FETCHED))
    assert charged_once(site, 3)


def test_told_to_end_it_ends_and_the_next_goes_on(site: Site, ledger: Ledger) -> None:
    place(ledger, site, orders(3))
    worker = site.start(seconds=3.0, idle=None)
    site.wait_for(ledger, all_are(S.SUBMITTED))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    site.start(seconds=3.0)
    site.wait_for(ledger, all_are(S.FETCHED))
    assert charged_once(site, 3)


def test_a_front_end_with_other_keys_gets_a_worker_of_its_own(
    site: Site, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_STORE", str(site.home))
    place(ledger, site, orders(2))
    first = site.start(seconds=4.0, idle=60.0)
    site.wait_for(ledger, all_are(S.SUBMITTED))
    client.make_room(ledger)
    time.sleep(3)
    assert first.poll() is None, "the same keys: it stays"
    monkeypatch.setenv("PICKUP_FARM_BASE_URL", "http://127.0.0.1:1/v2")
    client.make_room(ledger)
    assert first.wait(30) == 0
    site.start(seconds=4.0)
    site.wait_for(ledger, all_are(S.FETCHED))
    assert charged_once(site, 2)


def test_a_clock_that_jumps_about_costs_nothing(site: Site, ledger: Ledger) -> None:
    place(ledger, site, orders(4))
    worker = site.start(clock=7200.0, idle=None, crash_at="accepted")
    worker.wait(60)
    site.start(clock=-86400.0, idle=None)
    site.wait_for(ledger, all_are(S.FETCHED))
    assert charged_once(site, 4)


def test_a_disk_that_is_full_for_a_while_loses_nothing(site: Site, ledger: Ledger) -> None:
    """The folder of the takes cannot be written; then it can."""
    place(ledger, site, orders(2))
    (site.home / "takes").write_text("in the way")
    site.start(idle=None)
    records = site.wait_for(ledger, lambda rs: all("cannot be written" in r.reason for r in rs))
    assert all_are(S.SUBMITTED)(records)
    (site.home / "takes").unlink()
    site.wait_for(ledger, all_are(S.FETCHED))
    assert charged_once(site, 2)


def test_a_worker_ends_by_itself_when_its_home_is_removed(site: Site) -> None:
    worker = site.start(idle=60.0)
    with Ledger.open(site.home, "") as ledger:
        while not client.alive(ledger):
            time.sleep(0.05)
        time.sleep(1)
    shutil.rmtree(site.home)
    assert worker.wait(30) in (0, 1)


def workflows(site: Site) -> set[str]:
    with closing(sqlite3.connect(site.home / "worker.sqlite")) as database:
        query = "SELECT workflow_uuid, status FROM workflow_status"
        return {str(row[1]) for row in database.execute(query)}


def test_what_ended_long_ago_is_forgotten_and_never_done_again(site: Site, ledger: Ledger) -> None:
    place(ledger, site, orders(3))
    site.start().wait(60)
    assert workflows(site) == {"SUCCESS"}
    site.start().wait(60)
    assert workflows(site) == {"SUCCESS"}, "not yet: it ended a moment ago"
    site.start(kept_days=0).wait(60)
    assert workflows(site) == set()
    assert charged_once(site, 3)
    fulfil(orders(4), ledger, ignore, provider_of=site.provider_of, start=site.starter())
    assert charged_once(site, 4)
