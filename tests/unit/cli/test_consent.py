"""Uploads are agreed to once for each service, money each time; and both only by a person."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pickup.cli.main import run
from pickup.cli.progress import Bars
from pickup.errors import RequestError
from pickup.fill import consent
from pickup.fill.values import Bill
from pickup.home import home

FREE = Bill((("pk010 take 1", "comfyui:own", Decimal(0)),), ("pk010: its words",), ("comfyui",))
DEAR = Bill((("pk010 take 1", "fal:m", Decimal(2)),), ("pk010: its words",), ("fal",))
UNPRICED = Bill((("pk010 take 1", "fal:x", None),), ("pk010: its words",), ("fal",))


class Typed(io.StringIO):
    """A terminal at which somebody answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch):
    def typed(*lines: str) -> Typed:
        said = Typed()
        monkeypatch.setattr(sys, "stdin", Typed("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr(sys, "stderr", said)
        return said

    return typed


def agree(bill: Bill, *, yes: bool = False) -> bool:
    return Bars(agreed=yes).agree(bill)


def test_a_service_is_asked_about_once(answers):
    said = answers("y")
    assert agree(FREE)
    assert "May words and frames of your cuts go to comfyui?" in said.getvalue()
    assert consent.allowed() == {"comfyui": date.today().isoformat()}
    said = answers()
    assert agree(FREE)
    assert "May words" not in said.getvalue()


def test_money_is_asked_about_each_time(answers):
    said = answers("y", "y")
    assert agree(DEAR)
    assert said.getvalue().index("go to fal?") < said.getvalue().index("Order this?")
    answers("n")
    assert not agree(DEAR)
    answers("y")
    assert agree(DEAR)


def test_a_price_that_nobody_knows_is_asked_about_like_money(answers):
    consent.allow(["fal"])
    said = answers("n")
    assert not agree(UNPRICED)
    assert "price unknown" in said.getvalue()


def test_a_no_to_the_upload_is_not_followed_by_the_money(answers):
    said = answers("n")
    assert not agree(DEAR)
    assert "Order this?" not in said.getvalue()
    assert consent.allowed() == {}


def test_yes_for_the_run_is_not_remembered(answers):
    answers()
    assert agree(DEAR, yes=True)
    assert consent.allowed() == {}


def test_without_a_terminal_only_what_was_agreed_to_goes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\ny\n"))
    assert not agree(FREE)
    consent.allow(["comfyui", "fal"])
    assert agree(FREE)
    assert not agree(DEAR)


def test_the_first_day_is_kept_and_can_be_withdrawn(capsys: pytest.CaptureFixture[str]):
    assert run(["uploads", "list"]) == 0
    assert "Nothing may be uploaded yet" in capsys.readouterr().out
    home().mkdir(parents=True, exist_ok=True)
    (home() / "uploads.json").write_text('{"fal": "2026-01-02"}')
    consent.allow(["fal", "gemini"])
    assert consent.allowed()["fal"] == "2026-01-02"
    assert run(["uploads", "list"]) == 0
    assert "fal\t2026-01-02" in capsys.readouterr().out
    assert run(["uploads", "withdraw", "fal"]) == 0
    assert "fal" not in consent.allowed()
    assert run(["uploads", "withdraw", "fal"]) == 0
    assert "had not agreed" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", '{"fal": 3}', "{" * 3000, "\x00"])
def test_a_spoilt_file_agrees_to_nothing(text: str, answers):
    home().mkdir(parents=True, exist_ok=True)
    (home() / "uploads.json").write_text(text)
    answers("y", "y")
    with pytest.raises(RequestError, match=r"uploads\.json"):
        agree(DEAR)


def test_a_name_from_a_document_steers_no_terminal(answers):
    said = answers()
    lines = (("pk\x1b[2J010", "fal:\u202em", Decimal(1)),)
    agree(Bill(lines, ("pk010: its \x07words",), ("fal",)), yes=True)
    assert not set("\x1b\x07\u202e") & set(said.getvalue())


def test_what_may_not_be_uploaded_is_shown_before_the_question(answers):
    said = answers("n")
    assert not agree(replace(DEAR, rules=("fal:m: No human faces.",)))
    shown = said.getvalue()
    assert shown.index("Mind: fal:m: No human faces.") < shown.index("go to fal?")
