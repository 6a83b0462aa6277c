"""`pickup jobs` shows what providers and documents say, and none of it steers a terminal."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

from pickup.cli.main import run
from pickup.jobs.ledger import Ledger
from pickup.jobs.orders import OrderState, TakeOrder
from pickup.shots.request import GapRef, ShotRequest

REASON = "the server said \x1b]0;owned\x07 and\n=cmd|' /C calc'!A0"


def order(shot: str = "pk010") -> TakeOrder:
    request = ShotRequest(
        id=shot,
        gap=GapRef(id=f"gap-{shot}", start=0, duration=24),
        text="fog",
        frames=24,
        rate=Fraction(24),
        width=320,
        height=180,
    )
    return TakeOrder(request, "scripted:m", 1, cut="=1+1.pickup")


@pytest.fixture
def key() -> str:
    with Ledger.open() as ledger:
        record = ledger.intend(order())
        ledger.move(record.key, OrderState.REFUSED, reason=REASON)
        return record.key


@pytest.mark.parametrize("command", [[], ["show"], ["--json"]])
def test_nothing_harmful_is_printed(command: list[str], key: str, capsys):
    assert run(["jobs", *command, *([key] if command == ["show"] else [])]) == 0
    said = capsys.readouterr().out
    assert "the server said" in said
    assert not set("\x1b\x07") & set(said)


def test_a_spreadsheet_runs_nothing_of_the_export(key: str, capsys):
    assert run(["jobs", "--export", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["cut"] == "'=1+1.pickup"
    assert (row["key"], row["state"], row["source"], row["change"]) == (key, "refused", "", "")


def test_an_empty_book_says_what_to_do(capsys):
    assert run(["jobs"]) == 0
    assert "pickup fill CUT" in capsys.readouterr().out


def test_one_cut_alone(key: str, capsys):
    with Ledger.open() as ledger:
        ledger.intend(order("pk020"))
    assert run(["jobs", "--cut", "another.pickup", "--export", "csv"]) == 0
    assert capsys.readouterr().out.strip() == "key"


def test_one_decision_at_a_time(key: str, capsys):
    assert run(["jobs", "resolve", key, "--drop", "--resend"]) == 2
    assert "Give one of" in capsys.readouterr().err


def test_what_is_not_unknown_needs_no_decision(key: str, capsys):
    assert run(["jobs", "resolve", key, "--drop"]) != 0
    said = capsys.readouterr().err
    assert said.startswith("pickup: ")
    assert "Traceback" not in said


def test_a_key_that_is_nobodys(capsys):
    assert run(["jobs", "show", "0123456789ab"]) != 0
    assert "0123456789ab" in capsys.readouterr().err
