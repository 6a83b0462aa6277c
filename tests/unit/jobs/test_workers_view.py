"""Handing over, presence and network drives: the smaller parts of the order book."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pickup.jobs import disk, handover, notice, presence, tables
from pickup.jobs.ledger import Ledger, Wanted
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState

from .conftest import make_order

S = OrderState


def taken_up(ledger: Ledger) -> handover.Turn:
    (turn,) = handover.waiting(ledger)
    handover.take_up(ledger, [turn])
    return turn


def test_an_order_is_handed_over_with_its_writing_down(ledger: Ledger) -> None:
    key = ledger.intend(make_order()).key
    turn = taken_up(ledger)
    assert turn == handover.Turn(key, "scripted", 1)
    assert turn.workflow_id == f"{key}-1"
    assert handover.waiting(ledger) == []
    assert handover.in_work(ledger) == [turn]
    assert ledger.get(key).in_hand


def test_local_orders_are_not_handed_over(ledger: Ledger) -> None:
    ledger.reserve([Wanted(make_order(), local=True)], NO_LIMITS)
    assert handover.waiting(ledger) == []
    assert handover.idle(ledger)


def test_what_is_in_hand_is_not_handed_over_twice(ledger: Ledger) -> None:
    key = ledger.intend(make_order()).key
    handover.hand_over(ledger, key)
    turn = taken_up(ledger)
    handover.hand_over(ledger, key)
    assert handover.waiting(ledger) == []
    assert turn.number == 1


def test_what_was_let_go_of_may_be_handed_over_again(ledger: Ledger) -> None:
    key = ledger.intend(make_order()).key
    turn = taken_up(ledger)
    ledger.move(key, S.CANCELLED)
    handover.let_go(ledger, key, turn.number)
    assert handover.idle(ledger)
    assert not ledger.get(key).in_hand
    handover.hand_over(ledger, key)
    assert taken_up(ledger).number == 2


def test_work_that_came_at_the_last_instant_is_not_forgotten(ledger: Ledger) -> None:
    """A person resolved the order just before its workflow let go of it."""
    key = ledger.intend(make_order()).key
    turn = taken_up(ledger)
    handover.let_go(ledger, key, turn.number)  # still INTENT: something is to be done
    assert taken_up(ledger).number == 2


def test_a_workflow_that_came_to_nothing_gets_a_successor_once(ledger: Ledger) -> None:
    ledger.intend(make_order())
    turn = taken_up(ledger)
    handover.hand_over_anew(ledger, turn)
    handover.hand_over_anew(ledger, turn)
    assert taken_up(ledger).number == 2


def test_looking_for_work_does_not_read_the_whole_book(ledger: Ledger) -> None:
    with ledger.read() as connection:
        for index, condition in (("waiting", tables.WAITING), ("in_hand", tables.IN_HAND)):
            query = f"EXPLAIN QUERY PLAN SELECT key FROM orders WHERE NOT local AND {condition}"
            plan = str(connection.exec_driver_sql(query).all())
            assert f"USING INDEX orders_{index}" in plan


def test_a_worker_whose_counter_stands_still_is_silent(ledger: Ledger) -> None:
    now = [0.0]
    watcher = presence.Presence(ledger, lambda: now[0])
    other = presence.Presence(ledger)
    watcher.enter()
    other.enter()
    assert watcher.silent(10) == []
    now[0] = 9
    assert watcher.silent(10) == []
    other.beat()
    now[0] = 11
    assert watcher.silent(10) == []
    now[0] = 20
    assert watcher.silent(10) == []
    now[0] = 21
    assert watcher.silent(10) == [other.id]
    assert watcher.others() == [other.id]


def test_a_wall_clock_that_jumps_kills_nobody(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher, other = presence.Presence(ledger), presence.Presence(ledger)
    watcher.enter()
    other.enter()
    for jump in (1e6, -1e6, 1e9):
        monkeypatch.setattr("pickup.jobs.presence.time.time", lambda jump=jump: 1.7e9 + jump)
        assert watcher.silent() == []


def test_what_a_dead_worker_was_sending_is_unknown_and_the_rest_is_not(ledger: Ledger) -> None:
    dead, alive = presence.Presence(ledger), presence.Presence(ledger)
    dead.enter()
    alive.enter()
    sending, submitted, elsewhere = (
        ledger.intend(make_order(f"sh{n}"), Decimal(1)).key for n in range(3)
    )
    for key, who in ((sending, dead), (submitted, dead), (elsewhere, alive)):
        ledger.claim(key, who.id, NO_LIMITS)
    ledger.move(submitted, S.SUBMITTED, job_id="j")
    presence.bury(ledger, dead.id)
    assert not dead.beat()
    assert alive.beat()
    assert presence.buried(ledger) == [dead.id]
    for _ in range(2):
        presence.explain(ledger, dead.id)
    presence.inherited(ledger, dead.id)
    assert presence.buried(ledger) == []
    states = [ledger.get(key).state for key in (sending, submitted, elsewhere)]
    assert states == [S.UNKNOWN, S.SUBMITTED, S.SENDING]
    assert "died" in ledger.get(sending).reason


def test_somebody_is_there_until_the_last_has_left(ledger: Ledger) -> None:
    assert not presence.anyone(ledger)
    worker = presence.Presence(ledger)
    worker.enter()
    assert presence.anyone(ledger)
    worker.leave()
    assert not presence.anyone(ledger)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/pickup", "nfs4"),
        ("/home/me", "nfs4"),
        ("/home/you", ""),
        ("/mnt/a b/c", "cifs"),
        ("/", ""),
    ],
)
def test_linux_mounts(path: str, kind: str) -> None:
    mounts = disk._linux_mounts(
        "/dev/vda / ext4 rw 0 0\n"
        "server:/x /home/me nfs4 rw,vers=4.2 0 0\n"
        "//nas/share /mnt/a\\040b cifs rw 0 0\n"
        "broken\n"
    )
    assert disk.kind_at(Path(path), mounts) == kind


def test_macos_mounts() -> None:
    mounts = disk._darwin_mounts(
        "/dev/disk3s1 on / (apfs, sealed, local)\n"
        "//me@nas/share on /Volumes/share (smbfs, nodev, nosuid)\n"
    )
    assert disk.kind_at(Path("/Volumes/share/x"), mounts) == "smbfs"
    assert disk.kind_at(Path("/Users/me"), mounts) == ""


def test_this_machines_temporary_folder_is_local(tmp_path: Path) -> None:
    assert disk.network_kind(tmp_path) == ""


def test_a_worker_makes_room_when_it_is_asked_by_name(tmp_path: Path) -> None:
    mine = notice.Notice(tmp_path, "w1", service=False)
    mine.put_up()
    assert notice.read(tmp_path)["environment"] == notice.environment()
    notice.ask_to_leave(tmp_path, "somebody else")
    assert not mine.unwanted()
    notice.ask_to_leave(tmp_path, "w1")
    assert mine.unwanted()
    assert not notice.Notice(tmp_path, "w1", service=True).unwanted()
    mine.take_down()
    assert notice.read(tmp_path) == {}
    assert not mine.unwanted()


def test_a_worker_ends_when_its_home_has_gone(tmp_path: Path) -> None:
    assert notice.Notice(tmp_path / "gone", "w", service=True).unwanted()


def test_other_keys_make_another_environment_and_are_not_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = notice.environment()
    monkeypatch.setenv("PICKUP_HOME", "/elsewhere")
    assert notice.environment() == before
    monkeypatch.setenv("FAL_KEY", "sk-secret")
    assert notice.environment() != before
    assert "secret" not in notice.environment()
