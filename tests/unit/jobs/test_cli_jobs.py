from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from pickup.cli.jobs import jobs
from pickup.cli.main import main
from pickup.jobs.ledger import Ledger
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState

from .conftest import make_order

if TYPE_CHECKING:
    from collections.abc import Iterator

S = OrderState


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[Ledger]:
    """The books for which a worker was started; none really is."""
    books: list[Ledger] = []
    monkeypatch.setattr("pickup.jobs.client.start_worker", books.append)
    return books


@pytest.fixture
def book() -> Iterator[Ledger]:
    with Ledger.open() as ledger:
        yield ledger


def run(*arguments: str) -> str:
    result = CliRunner().invoke(jobs, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def unknown(book: Ledger) -> str:
    key = book.intend(make_order(cut="scene.pickup"), Decimal("0.80")).key
    book.claim(key, "w", NO_LIMITS)
    book.move(key, S.UNKNOWN, reason="No answer came.")
    return key


def test_an_empty_book_says_so() -> None:
    assert "Nothing has been ordered yet" in run()
    assert json.loads(run("--json")) == {"orders": [], "month_usd": 0.0, "total_usd": 0.0}


def test_the_list_has_states_and_money(book: Ledger) -> None:
    key = unknown(book)
    text = run()
    for word in (key[:12], "sh010", "scripted:m", "unknown", "~$0.80", "No answer came."):
        assert word in text
    assert "In all: $0.80" in text


def test_json_is_all_there_is_on_stdout(book: Ledger) -> None:
    key = unknown(book)
    told = json.loads(run("--json"))
    (order,) = told["orders"]
    assert (order["key"], order["state"], order["estimate_usd"]) == (key, "unknown", 0.8)
    assert order["cost_usd"] is None
    assert order["seed"] == 7
    assert told["month_usd"] == 0.8
    for name in ("scene.otio", "/films/one/scene.otio", "scene.filled.otio", "scene.pickup"):
        assert json.loads(run("--json", "--cut", name))["orders"], name
    assert not json.loads(run("--json", "--cut", "other.otio"))["orders"]


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(book: Ledger) -> None:
    key = unknown(book)
    book.move(key, S.UNKNOWN, reason='=HYPERLINK("http://evil")')
    (row,) = csv.DictReader(io.StringIO(run("--export", "csv")))
    assert row["key"] == key
    assert row["estimate_usd"] == "0.8"
    assert row["reason"] == '\'=HYPERLINK("http://evil")'


def test_the_history_of_an_order(book: Ledger) -> None:
    key = unknown(book)
    text = run("show", key[:10])
    assert "intent → sending" in text
    assert "sending → unknown  (No answer came.)" in text


def test_a_person_resolves(book: Ledger, started: list[Ledger]) -> None:
    key = unknown(book)
    assert "is submitted" in run("resolve", key[:12], "--adopt", "job-77")
    assert book.get(key).job_id == "job-77"
    assert len(started) == 1, "somebody has to wait for it"


@pytest.mark.parametrize(("choice", "state"), [("--resend", S.INTENT), ("--drop", S.CANCELLED)])
def test_a_person_sends_again_or_drops(book: Ledger, choice: str, state: OrderState) -> None:
    key = unknown(book)
    run("resolve", key, choice)
    assert book.get(key).state is state


@pytest.mark.parametrize("arguments", [[], ["--drop", "--resend"], ["--adopt", "j", "--drop"]])
def test_one_choice_and_no_more(
    book: Ledger, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    key = unknown(book)
    with pytest.raises(SystemExit) as leaving:
        main(["jobs", "resolve", key, *arguments])
    assert leaving.value.code == 2
    assert "one of --adopt" in capsys.readouterr().err
    assert book.get(key).state is S.UNKNOWN


def test_cancelling_what_was_not_sent(book: Ledger) -> None:
    key = book.intend(make_order()).key
    assert "sh010 take 1 is cancelled" in run("cancel", key)
    assert book.get(key).state is S.CANCELLED


def test_an_unknown_key_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["jobs", "show", "abc"])
    assert leaving.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1
