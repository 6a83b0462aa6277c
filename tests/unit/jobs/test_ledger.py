from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from pickup.errors import LedgerError
from pickup.jobs import database, tables
from pickup.jobs.ledger import Ledger, Wanted
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState

from .conftest import make_order

if TYPE_CHECKING:
    from pathlib import Path

S = OrderState


def test_what_was_written_is_there_for_the_next_process(tmp_path: Path) -> None:
    order = make_order(cut="scene.otio")
    with Ledger.open(tmp_path, "") as ledger:
        ledger.intend(order, Decimal("0.75"))
    with Ledger.open(tmp_path, "") as ledger:
        record = ledger.get(order.key)
    assert (record.provider, record.model, record.shot) == ("scripted", "m", "sh010")
    assert record.state is S.INTENT
    assert record.seed == 7
    assert record.cut == "scene.otio"
    assert record.estimate_usd == Decimal("0.75")
    assert record.cost_usd is None
    assert record.request_sha256 == order.request.sha256()
    assert '"words of sh010"' in record.request


def test_an_order_is_written_down_once(ledger: Ledger) -> None:
    order = make_order()
    first = ledger.intend(order)
    ledger.claim(order.key, "w", NO_LIMITS)
    again = ledger.intend(order)
    assert again.key == first.key
    assert again.state is S.SENDING
    assert len(ledger.list()) == 1


def test_facts_survive_a_move(ledger: Ledger) -> None:
    key = ledger.intend(make_order()).key
    ledger.claim(key, "w", NO_LIMITS)
    ledger.move(key, S.SUBMITTED, job_id="job-9")
    file = ledger.store / "takes" / "x.mp4"
    ledger.move(key, S.FETCHED, file=file, sha256="ab", cost_usd=Decimal("0.333333"))
    record = ledger.get(key)
    assert (record.job_id, record.file, record.sha256) == ("job-9", file, "ab")
    assert record.cost_usd == Decimal("0.333333")


def test_the_store_may_be_mounted_elsewhere(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "a", "") as ledger:
        key = ledger.intend(make_order()).key
        ledger.claim(key, "w", NO_LIMITS)
        ledger.move(key, S.SUBMITTED)
        ledger.move(key, S.FETCHED, file=ledger.store / "takes" / "x.mp4")
    (tmp_path / "a").rename(tmp_path / "b")
    with Ledger.open(tmp_path / "b", "") as ledger:
        assert ledger.get(key).file == tmp_path / "b" / "takes" / "x.mp4"


def test_a_move_that_the_book_does_not_have_changes_nothing(ledger: Ledger) -> None:
    key = ledger.intend(make_order()).key
    with pytest.raises(LedgerError, match="cannot become fetched"):
        ledger.move(key, S.FETCHED, reason="wishful")
    assert ledger.get(key).state is S.INTENT
    assert ledger.get(key).reason == ""


def test_a_move_from_a_state_that_was_left_is_not_made(ledger: Ledger) -> None:
    key = ledger.intend(make_order()).key
    ledger.move(key, S.CANCELLED)
    record = ledger.move(key, S.SENDING, expect=(S.INTENT,), reason="late")
    assert record.state is S.CANCELLED
    assert record.reason == ""


def test_the_history_tells_how_it_came_about(ledger: Ledger) -> None:
    key = ledger.intend(make_order()).key
    ledger.claim(key, "w1", NO_LIMITS)
    ledger.move(key, S.UNKNOWN, worker="w1", reason="the line was cut")
    ledger.move(key, S.UNKNOWN, reason="still unknown")
    told = [(m.old, m.new, m.reason, m.worker) for m in ledger.history(key)]
    assert told == [
        ("", "intent", "ordered", ""),
        ("intent", "sending", "", "w1"),
        ("sending", "unknown", "the line was cut", "w1"),
    ]


def test_orders_are_found_by_the_beginning_of_their_key(ledger: Ledger) -> None:
    keys = [ledger.intend(make_order(f"sh{n}")).key for n in range(20)]
    assert ledger.get(keys[3][:20]).key == keys[3]
    with pytest.raises(LedgerError, match="no order that begins so"):
        ledger.get("zz")
    with pytest.raises(LedgerError, match="no order that begins so"):
        ledger.get("%")
    with pytest.raises(LedgerError, match="more than one"):
        ledger.get("")


def test_lists_are_by_key_cut_and_state(ledger: Ledger) -> None:
    first = ledger.intend(make_order("a", cut="one.otio"))
    second = ledger.intend(make_order("b", cut="two.otio"))
    ledger.intend(make_order("a", cut="two.otio"))
    ledger.move(second.key, S.CANCELLED)
    assert [r.shot for r in ledger.list()] == ["a", "b"]
    assert [r.shot for r in ledger.list(cut="one.otio")] == ["a"]
    assert [r.shot for r in ledger.list(cut="two.otio")] == ["a", "b"]
    assert [r.shot for r in ledger.list(states=[S.CANCELLED])] == ["b"]
    assert [r.shot for r in ledger.list(keys=[first.key])] == ["a"]
    assert ledger.list(keys=[]) == []


def test_one_of_many_gets_to_send(tmp_path: Path) -> None:
    order = make_order()
    with Ledger.open(tmp_path, "") as ledger:
        ledger.intend(order)
    barrier = threading.Barrier(8)

    def claim(n: int) -> bool:
        with Ledger.open(tmp_path, "") as mine:
            barrier.wait()
            return mine.claim(order.key, f"w{n}", NO_LIMITS)[1]

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(claim, range(8))) == [False] * 7 + [True]


def test_what_was_refused_begins_again_under_another_key(ledger: Ledger) -> None:
    order = make_order()
    ledger.intend(order, Decimal(1))
    ledger.claim(order.key, "w", NO_LIMITS)
    ledger.move(order.key, S.SUBMITTED, job_id="job-1")
    ledger.move(order.key, S.FAILED, reason="melted", cost_usd=Decimal("0.2"))
    again = ledger.intend(order, Decimal(2))
    assert again.state is S.INTENT
    assert again.provider_key != order.key
    assert again.provider_key.startswith(order.key)
    assert (again.job_id, again.reason, again.cost_usd) == ("", "", None)
    assert again.in_hand
    assert ledger.spent() == Decimal("2.2")


def test_a_lost_paid_take_is_not_ordered_again_by_itself(ledger: Ledger) -> None:
    order = make_order()
    ledger.intend(order)
    ledger.claim(order.key, "w", NO_LIMITS)
    ledger.move(order.key, S.SUBMITTED, job_id="job-1")
    ledger.move(order.key, S.LOST, reason="expired")
    assert ledger.intend(order).state is S.LOST


def test_the_journal_is_set_once_and_never_again(tmp_path: Path) -> None:
    Ledger.open(tmp_path, "").close()
    path = tmp_path / "ledger.sqlite"

    def journal() -> str:
        connection = sqlite3.connect(path)
        mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
        connection.close()
        return mode

    assert journal() == "wal"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    Ledger.open(tmp_path, "").close()
    assert journal() == "delete", "opening an order book must not touch its journal"


def test_many_first_launches_at_once(tmp_path: Path) -> None:
    def launch(n: int) -> str:
        with Ledger.open(tmp_path, "") as ledger:
            return ledger.intend(make_order(f"sh{n}")).shot

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(launch, range(8))) == [f"sh{n}" for n in range(8)]
    with Ledger.open(tmp_path, "") as ledger:
        assert len(ledger.list()) == 8


def test_commits_survive_a_power_cut(ledger: Ledger) -> None:
    with ledger.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_locked_book_says_so(tmp_path: Path) -> None:
    with Ledger.open(tmp_path, "", busy_seconds=0.1) as ledger:
        key = ledger.intend(make_order()).key
        other = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match=r"cannot be written \(database is locked\)"):
            ledger.move(key, S.CANCELLED)
        assert ledger.get(key).state is S.INTENT  # reading goes on
        other.execute("COMMIT")
        other.close()
        assert ledger.move(key, S.CANCELLED).state is S.CANCELLED


def fill_disk(ledger: Ledger) -> None:
    """No page more than there are."""

    def full(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    ledger.engine.dispose()
    sa.event.listen(ledger.engine, "connect", full)


def test_a_full_disk_says_so_and_loses_nothing(tmp_path: Path) -> None:
    with Ledger.open(tmp_path, "") as ledger:
        ledger.intend(make_order())
        fill_disk(ledger)
        with pytest.raises(LedgerError, match=r"is full.*Free some space"):
            ledger.reserve([Wanted(make_order(f"sh{n}")) for n in range(500)], NO_LIMITS)
    with Ledger.open(tmp_path, "") as ledger:
        assert [r.shot for r in ledger.list()] == ["sh010"]


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(LedgerError, match="not a database"):
        Ledger.open(tmp_path, "")


def test_a_home_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be created"):
        Ledger.open(tmp_path / "file" / "home", "")


def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "network_kind", lambda _: "nfs4")
    with pytest.raises(LedgerError, match=r"network drive \(nfs4\).*PICKUP_DATABASE_URL"):
        Ledger.open(tmp_path, "")


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:///x", "nonsense"])
def test_only_postgres_is_shared(url: str, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="not a Postgres address"):
        Ledger.open(tmp_path, url)


def test_a_postgres_that_does_not_answer_is_one_sentence_without_the_password(
    tmp_path: Path,
) -> None:
    with pytest.raises(LedgerError) as told:
        Ledger.open(tmp_path, "postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(told.value)
    assert "\n" not in str(told.value)


def test_an_older_book_becomes_a_newer_one_and_keeps_its_orders(tmp_path: Path) -> None:
    with Ledger.open(tmp_path, "") as ledger:
        key = ledger.intend(make_order()).key

        def add_column(connection: sa.Connection) -> None:
            connection.exec_driver_sql("ALTER TABLE orders ADD COLUMN mood TEXT DEFAULT 'calm'")

        for _ in range(2):  # the second time there is nothing to do
            with ledger.write() as connection:
                tables.upgrade(connection, (*tables.UPGRADES, add_column))
        with ledger.read() as connection:
            row = connection.exec_driver_sql("SELECT key, mood FROM orders").one()
            assert tuple(row) == (key, "calm")
            version = connection.scalar(sa.select(tables.meta.c.version))
            assert version == len(tables.UPGRADES) + 1


def test_a_step_that_fails_leaves_the_older_book(tmp_path: Path) -> None:
    with Ledger.open(tmp_path, "") as ledger:

        def half(connection: sa.Connection) -> None:
            connection.exec_driver_sql("CREATE TABLE half_done (x INTEGER)")
            connection.exec_driver_sql("this is no SQL")

        with pytest.raises(LedgerError), ledger.write() as connection:
            tables.upgrade(connection, (*tables.UPGRADES, half))
        with ledger.read() as connection:
            assert not sa.inspect(connection).has_table("half_done")
            assert connection.scalar(sa.select(tables.meta.c.version)) == len(tables.UPGRADES)


def test_a_book_that_knew_no_changes_learns_of_them(tmp_path: Path) -> None:
    with Ledger.open(tmp_path, "") as ledger:
        key = ledger.intend(make_order()).key
        with ledger.write() as connection:
            connection.exec_driver_sql("ALTER TABLE orders DROP COLUMN change")
            connection.execute(tables.meta.update().values(version=1))
    with Ledger.open(tmp_path, "") as ledger:
        assert ledger.get(key).change == ""
        changed = ledger.intend(make_order(source=key, change="extend:7"))
        assert (changed.source, changed.change) == (key, "extend:7")
        assert changed.key not in (key, ledger.intend(make_order(source=key)).key)


def test_a_newer_book_is_left_alone(tmp_path: Path) -> None:
    with Ledger.open(tmp_path, "") as ledger, ledger.write() as connection:
        connection.execute(tables.meta.update().values(version=99))
    with pytest.raises(LedgerError, match=r"version 99.*install the newer Pickup"):
        Ledger.open(tmp_path, "")


def test_no_key_gets_into_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICKUP_FARM_API_KEY", "sk-very-secret")
    with Ledger.open(tmp_path, "") as ledger:
        ledger.intend(make_order())
    everything = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert b"sk-very-secret" not in everything
