"""`pickup jobs` on a book with an order in every state, and `pickup worker`."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.fill.made import Service, offer
from tests.unit.jobs.conftest import make_order

from pickup.cli.main import run
from pickup.jobs.ledger import Ledger, Wanted
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState

if TYPE_CHECKING:
    from pickup.testing.fake_provider import FakeProvider

S = OrderState
WAYS: dict[S, tuple[S, ...]] = {
    S.INTENT: (),
    S.SENDING: (S.SENDING,),
    S.SUBMITTED: (S.SENDING, S.SUBMITTED),
    S.FETCHED: (S.SENDING, S.SUBMITTED, S.FETCHED),
    S.UNKNOWN: (S.SENDING, S.UNKNOWN),
    S.REFUSED: (S.REFUSED,),
    S.FAILED: (S.SENDING, S.SUBMITTED, S.FAILED),
    S.LOST: (S.SENDING, S.SUBMITTED, S.LOST),
    S.CANCELLED: (S.CANCELLED,),
}


def put(state: S, shot: str = "", **facts: Any) -> str:
    """An order in this state, at half a dollar; its key."""
    order = make_order(shot or state.value, model="fake:fake-1", cut="scene.pickup")
    with Ledger.open() as ledger:
        ledger.intend(order, Decimal("0.50"))
        for step in WAYS[state]:
            known: dict[str, Any] = (
                {"job_id": f"job-{shot or state.value}"} if step is S.SUBMITTED else {}
            )
            ledger.move(order.key, step, **known)
        if facts:
            ledger.move(order.key, state, **facts)
    return order.key


@pytest.fixture
def one_of_each() -> dict[S, str]:
    return {state: put(state) for state in S}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    return offer(monkeypatch, Service)


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[Ledger]:
    """The books for which a worker was started; none really is."""
    books: list[Ledger] = []
    monkeypatch.setattr("pickup.jobs.client.start_worker", books.append)
    return books


def state_of(key: str) -> S:
    with Ledger.open() as ledger:
        return ledger.get(key).state


def told(capsys, *arguments: str) -> Any:
    assert run(["jobs", *arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


class TestListing:
    def test_every_state_is_listed_with_its_word(self, one_of_each, capsys):
        assert run(["jobs"]) == 0
        rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
        assert rows[0] == ["order", "shot", "take", "model", "state", "cost", "when", "note"]
        assert {row[4] for row in rows[1:-1]} == {state.value for state in S}
        for row in rows[1:-1]:
            assert row[0] == one_of_each[S(row[4])][:12]
            assert row[3] == "fake:fake-1"

    def test_estimates_and_costs_are_told_apart(self, capsys):
        put(S.SUBMITTED)
        put(S.FETCHED, cost_usd=Decimal("0.41"))
        local = make_order("local", model="animatic:animatic-1")
        with Ledger.open() as ledger:
            ledger.reserve([Wanted(local, local=True)], NO_LIMITS)
        run(["jobs"])
        rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
        assert {row[1]: row[5] for row in rows[1:-1]} == {
            "submitted": "~$0.50",
            "fetched": "$0.41",
            "local": "–",
        }

    def test_the_sum_counts_what_may_still_be_charged(self, one_of_each, capsys):
        # All but what was refused, failed, or called off before it was sent.
        assert told(capsys)["total_usd"] == 0.5 * (len(S) - 3)
        run(["jobs"])
        last = capsys.readouterr().out.splitlines()[-1]
        assert last == "This month: $3.00   In all: $3.00   (spent and set aside)"

    def test_on_a_terminal_it_is_a_table(self, one_of_each, monkeypatch):
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        screen = Terminal()
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "stdout", screen)
        assert run(["jobs"]) == 0
        shown = screen.getvalue()
        assert "\t" not in shown
        assert all(key[:12] in shown for key in one_of_each.values())

    def test_times_are_utc_to_the_second(self, capsys):
        put(S.INTENT)
        (order,) = told(capsys)["orders"]
        created = datetime.fromisoformat(order["created"])
        assert created.tzinfo is not None
        assert abs((datetime.now(UTC) - created).total_seconds()) < 60
        assert order["created"].endswith("+00:00")

    def test_json_has_every_field_for_other_programs(self, capsys):
        key = put(S.FETCHED, cost_usd=Decimal("0.41"))
        (order,) = told(capsys)["orders"]
        assert set(order) == {
            *("key", "shot", "take", "cut", "provider", "model", "state", "reason", "job_id"),
            *("seed", "progress", "estimate_usd", "cost_usd", "file", "sha256"),
            *("request_sha256", "source", "change", "created", "updated"),
        }
        assert (order["key"], order["cost_usd"], order["estimate_usd"]) == (key, 0.41, 0.5)
        assert (order["job_id"], order["file"]) == ("job-fetched", "")

    @pytest.mark.parametrize(
        ("cut", "count"),
        [("scene.otio", 1), ("/a/b/scene.filled-2.xml", 1), ("scene.pickup", 1), ("b.otio", 0)],
    )
    def test_the_orders_of_one_cut(self, capsys, cut: str, count: int):
        put(S.FETCHED)
        assert len(told(capsys, "--cut", cut)["orders"]) == count

    def test_a_cut_without_orders_is_told_what_makes_some(self, capsys):
        put(S.FETCHED)
        assert run(["jobs", "--cut", "b.otio"]) == 0
        assert capsys.readouterr().out == (
            "Nothing has been ordered yet; “pickup fill b.otio” does.\n"
        )


class TestOrdersThatWait:
    def note(self, capsys) -> str:
        assert run(["jobs"]) == 0
        return str(capsys.readouterr().err)

    def test_without_a_worker_it_is_said_how_they_go_on(self, capsys):
        put(S.SUBMITTED)
        put(S.INTENT)
        assert "2 orders under way, and no worker is at work here" in self.note(capsys)

    @pytest.mark.parametrize("state", [S.FETCHED, S.FAILED, S.CANCELLED, S.REFUSED, S.LOST])
    def test_what_has_ended_waits_for_nobody(self, capsys, state: S):
        put(state)
        assert self.note(capsys) == ""

    def test_with_a_worker_nothing_is_said(self, capsys):
        import filelock

        from pickup.home import home
        from pickup.jobs.notice import lock_of

        put(S.SUBMITTED)
        with filelock.FileLock(lock_of(home())):
            assert self.note(capsys) == ""


class TestExport:
    def rows(self, capsys) -> list[dict[str, str]]:
        assert run(["jobs", "--export", "csv"]) == 0
        return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))

    def test_every_order_is_a_row_with_the_fields_of_the_json(self, one_of_each, capsys):
        orders = told(capsys)["orders"]
        rows = self.rows(capsys)
        assert [row["key"] for row in rows] == [order["key"] for order in orders]
        assert set(rows[0]) == set(orders[0])
        assert {row["estimate_usd"] for row in rows} == {"0.5"}

    @pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    @pytest.mark.parametrize("where", ["reason", "job_id"])
    def test_no_cell_is_a_formula(self, capsys, evil: str, where: str):
        put(S.SUBMITTED, **{where: evil})
        (row,) = self.rows(capsys)
        assert row[where].startswith("'")
        assert row[where].endswith(evil[-2:])

    def test_commas_quotes_and_lines_stay_in_their_cell(self, capsys):
        put(S.REFUSED, reason='It said: "no", twice,\nand again.')
        (row,) = self.rows(capsys)
        assert row["reason"] == 'It said: "no", twice,\nand again.'


class TestShow:
    def test_the_whole_story_of_an_order(self, capsys):
        key = put(S.FETCHED)
        assert run(["jobs", "show", key[:8]]) == 0
        out = capsys.readouterr().out
        steps = ["new → intent", "intent → sending", "sending → submitted", "submitted → fetched"]
        places = [out.index(step) for step in steps]
        assert places == sorted(places)
        assert f"{'job_id':16} job-fetched" in out
        assert "ordered" in out

    @pytest.mark.parametrize("key", ["", "zzz", "%", "_"])
    def test_a_key_that_is_nobodys_or_several(self, one_of_each, capsys, key: str):
        assert run(["jobs", "show", key]) == 1
        assert "pickup jobs" in capsys.readouterr().err


class TestResolving:
    @pytest.mark.parametrize("state", [s for s in S if s is not S.UNKNOWN])
    @pytest.mark.parametrize("choice", [("--adopt", "j"), ("--drop",)])
    def test_only_what_is_unknown(self, capsys, state: S, choice: tuple[str, ...]):
        key = put(state)
        assert run(["jobs", "resolve", key, *choice]) == 1
        assert "only an unknown order can be resolved" in capsys.readouterr().err
        assert state_of(key) is state

    @pytest.mark.parametrize(
        ("choice", "state", "words"),
        [
            (("--adopt", "job-9"), S.SUBMITTED, "adopted by hand"),
            (("--resend",), S.INTENT, "sent again by hand"),
            (("--drop",), S.CANCELLED, "dropped by hand"),
        ],
    )
    def test_the_three_choices_and_their_story(
        self, capsys, choice: tuple[str, ...], state: S, words: str
    ):
        key = put(S.UNKNOWN)
        assert run(["jobs", "resolve", key[:12], *choice]) == 0
        assert f"unknown take 1 is {state.value}: {words}." in capsys.readouterr().out
        assert state_of(key) is state
        run(["jobs", "show", key])
        assert f"unknown → {state.value}  ({words})" in capsys.readouterr().out

    def test_what_is_lost_may_be_sent_again(self):
        key = put(S.LOST)
        assert run(["jobs", "resolve", key, "--resend"]) == 0
        assert state_of(key) is S.INTENT

    @pytest.mark.parametrize(
        ("choice", "workers"), [(("--adopt", "j"), 1), (("--resend",), 1), (("--drop",), 0)]
    )
    def test_a_worker_is_started_where_there_is_something_to_do(
        self, capsys, started: list[Ledger], choice: tuple[str, ...], workers: int
    ):
        assert run(["jobs", "resolve", put(S.UNKNOWN), *choice]) == 0
        assert len(started) == workers
        assert ("A worker sees to it" in capsys.readouterr().out) is bool(workers)

    def test_one_that_lives_is_enough(self, started: list[Ledger]):
        import filelock

        from pickup.home import home
        from pickup.jobs.notice import lock_of

        key = put(S.UNKNOWN)
        with filelock.FileLock(lock_of(home())):
            assert run(["jobs", "resolve", key, "--resend"]) == 0
        assert started == []

    @pytest.mark.parametrize(("choice", "status"), [("--resend", 2), ("--drop", 0)])
    def test_where_no_worker_can_be_nothing_is_decided_for_one(
        self, capsys, monkeypatch, choice: str, status: int
    ):
        key = put(S.UNKNOWN)
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        assert run(["jobs", "resolve", key, choice]) == status
        assert (state_of(key) is S.UNKNOWN) is bool(status)

    def test_a_job_of_another_order_is_not_adopted(self, capsys):
        put(S.SUBMITTED)
        key = put(S.UNKNOWN)
        assert run(["jobs", "resolve", key, "--adopt", "job-submitted"]) == 1
        assert "is another order's already" in capsys.readouterr().err
        assert state_of(key) is S.UNKNOWN


class TestCancelling:
    def test_what_was_not_sent_is_called_off_and_costs_nothing(self, capsys):
        key = put(S.INTENT)
        assert run(["jobs", "cancel", key]) == 0
        assert capsys.readouterr().out == "intent take 1 is cancelled.\n"
        assert told(capsys)["total_usd"] == 0

    def test_what_runs_is_cancelled_at_the_service(self, service: FakeProvider, capsys):
        key = self.ordered(service)
        assert run(["jobs", "cancel", key]) == 0
        assert state_of(key) is S.CANCELLED
        capsys.readouterr()
        assert told(capsys)["total_usd"] == 0.5, "what was charged stays counted"

    def test_a_service_that_does_not_stop_is_told_of(self, service: FakeProvider, capsys):
        key = self.ordered(service)
        with Ledger.open() as ledger:
            job = ledger.get(key).job_id
        for _ in range(3):
            service.poll(job, None)  # type: ignore[arg-type]
        assert run(["jobs", "cancel", key]) == 1
        assert "fake does not stop this job; it goes on" in capsys.readouterr().err
        assert state_of(key) is S.SUBMITTED

    @pytest.mark.parametrize("state", [s for s in S if s not in (S.INTENT, S.SUBMITTED)])
    def test_nothing_else_can_be_called_off(self, capsys, state: S):
        key = put(state)
        assert run(["jobs", "cancel", key]) == 1
        assert "only a waiting or running order can be cancelled" in capsys.readouterr().err
        assert state_of(key) is state

    def ordered(self, service: FakeProvider) -> str:
        from pickup.jobs.steps import Steps

        order = make_order("running", model="fake:fake-1")
        with Ledger.open() as ledger:
            ledger.intend(order, Decimal("0.50"))
            Steps(ledger, lambda _: service, "w").submit(order.key)
        return order.key


class TestWorker:
    def test_it_needs_its_part_to_be_installed(self, capsys, monkeypatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        assert run(["worker"]) == 2
        message = capsys.readouterr().err
        assert 'pip install "pickup-shots[cloud]"' in message
        assert "nothing was sent" in message

    @pytest.mark.parametrize(("given", "idle"), [([], None), (["--idle", "2.5"], 2.5)])
    def test_it_works_until_stopped_or_idle(self, monkeypatch, given, idle):
        from pickup.jobs import worker

        asked: list[float | None] = []

        def work(seconds: float | None) -> int:
            asked.append(seconds)
            return 0

        ended: list[int] = []
        monkeypatch.setattr(worker, "main", work)
        monkeypatch.setattr(worker, "end", ended.append)
        assert run(["worker", *given]) == 0
        assert (asked, ended) == ([idle], [0])
