"""Disks that are full and databases that are locked, while orders are under way."""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tests.e2e.crash.test_worker import S, all_are, charged_once, orders, place

from pickup.jobs import client

if TYPE_CHECKING:
    import subprocess

    from tests.e2e.crash.conftest import Site

    from pickup.jobs.ledger import Ledger
    from pickup.jobs.orders import OrderRecord

limited = pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files there")


def full(worker: subprocess.Popen[bytes], *, is_full: bool) -> None:
    """No file of this process can grow: what a full disk does to databases and takes alike."""
    import resource

    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (1 if is_full else most, most))


def at_work(site: Site, ledger: Ledger) -> None:
    while not (client.alive(ledger) and (site.home / "worker.json").is_file()):
        time.sleep(0.05)


def done(records: list[OrderRecord]) -> bool:
    return all(record.state is S.FETCHED and not record.in_hand for record in records)


@limited
def test_a_full_disk_ends_no_worker_and_loses_no_order(site: Site, ledger: Ledger) -> None:
    worker = site.start(idle=None)
    at_work(site, ledger)
    full(worker, is_full=True)
    place(ledger, site, orders(3))
    time.sleep(2.0)
    assert all_are(S.INTENT)(ledger.list())
    assert worker.poll() is None
    full(worker, is_full=False)
    site.wait_for(ledger, done)
    assert charged_once(site, 3)


@limited
@pytest.mark.parametrize(
    "boundary", ["claimed", "accepted", "job id committed", "file landed", "cost committed"]
)
def test_a_disk_that_fills_up_in_mid_order_strands_nothing(
    site: Site, ledger: Ledger, boundary: str
) -> None:
    """DBOS cannot note the step then and breaks its workflow off, which nobody resumes for it."""
    place(ledger, site, orders(2))
    site.start(idle=None, full_at=boundary, review=0.5)
    site.wait_for(ledger, done)
    assert charged_once(site, 2)


@pytest.mark.parametrize("book", ["ledger.sqlite", "worker.sqlite"])
def test_a_book_locked_by_another_program_is_waited_for(
    site: Site, ledger: Ledger, book: str
) -> None:
    site.start(seconds=0.5, idle=None)
    at_work(site, ledger)
    place(ledger, site, orders(3))
    with closing(sqlite3.connect(site.home / book, isolation_level=None, timeout=30)) as other:
        for _ in range(6):
            other.execute("BEGIN IMMEDIATE")
            time.sleep(0.5)
            other.execute("COMMIT")
    site.wait_for(ledger, all_are(S.FETCHED))
    assert charged_once(site, 3)


def test_a_ledger_locked_for_longer_than_anybody_waits_costs_nothing(
    site: Site, ledger: Ledger
) -> None:
    """Each write gives up after its patience; the worker tries it again."""
    place(ledger, site, orders(3))
    site.start(seconds=0.5, idle=None, patience=0.2)
    site.wait_for(ledger, lambda records: any(r.state is S.SUBMITTED for r in records))
    ledger_file = site.home / "ledger.sqlite"
    with closing(sqlite3.connect(ledger_file, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(2.0)
        other.execute("COMMIT")
    assert "database is locked" in site.options().log()
    site.wait_for(ledger, done)
    assert charged_once(site, 3)
