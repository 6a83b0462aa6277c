"""Before money or pictures leave: what is shown, asked, and refused."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.e2e.footage import scene

from pickup.cli.main import run
from pickup.fill.values import Bill
from pickup.shots.plan import read_plan

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "fal:fal-ai/some-model-nobody-has-priced/image-to-video"


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICKUP_FAL_API_KEY", "k-123-secret")
    # Nothing may be asked of the service: the address leads nowhere.
    monkeypatch.setenv("PICKUP_FAL_BASE_URL", "https://fal.invalid")


def untouched(folder: Path) -> bool:
    return not list(folder.glob("*.filled.*"))


def test_nothing_is_ordered_without_a_yes(tmp_path, keyed, capsys):
    made = scene(tmp_path)
    model = "fal:fal-ai/veo3.1/fast/first-last-frame-to-video"
    assert run(["fill", str(made.cut), "--model", model]) == 2
    said = capsys.readouterr().err
    assert "pk010 take 1: fal:fal-ai/veo3.1/fast" in said
    assert "Upload: pk010: its words, the frame before and the frame after go to fal" in said
    assert "Say --yes to agree" in said
    assert "k-123" not in said
    assert untouched(tmp_path)


def test_a_plan_says_what_filming_it_costs_and_sends(tmp_path, keyed, capsys):
    made = scene(tmp_path)
    model = "fal:fal-ai/veo3.1/fast/first-last-frame-to-video"
    plan = tmp_path / "plan.json"
    assert run(["plan", str(made.cut), "--model", model, "-o", str(plan)]) == 0
    notes = " ".join(read_plan(plan).notes)
    assert "Filming this will cost up to $0." in notes
    assert "the frame before" in notes
    assert "go to fal" in notes


def test_an_unknown_price_is_said(tmp_path, keyed, capsys):
    made = scene(tmp_path)
    assert run(["fill", str(made.cut), "--model", MODEL]) == 2
    assert "price unknown" in capsys.readouterr().err


def test_an_unknown_price_fits_no_budget(tmp_path, keyed, capsys):
    made = scene(tmp_path)
    assert run(["fill", str(made.cut), "--model", MODEL, "--budget", "5", "--yes"]) == 1
    assert "no budget can hold it" in capsys.readouterr().err
    assert untouched(tmp_path)


def test_a_budget_too_small_is_a_refusal(tmp_path, keyed, capsys):
    made = scene(tmp_path)
    model = "fal:fal-ai/veo3.1/first-last-frame-to-video"
    assert run(["fill", str(made.cut), "--model", model, "--budget", "0.10", "--yes"]) == 1
    assert "budget of this run is $0.10" in capsys.readouterr().err
    assert untouched(tmp_path)


def test_what_a_model_cannot_do_is_refused_before_anything_is_asked(tmp_path, keyed, capsys):
    made = scene(tmp_path, 24, (24, 24 * 40, 24))
    model = "fal:fal-ai/veo3.1/first-last-frame-to-video"
    assert run(["fill", str(made.cut), "--model", model, "--yes"]) == 1
    said = capsys.readouterr().err
    assert "pk010 was not filled" in said
    assert "8 seconds at most" in said


def test_a_retired_model_names_its_successor(tmp_path, capsys):
    made = scene(tmp_path)
    assert run(["fill", str(made.cut), "--model", "openai-videos:sora-2-pro"]) == 2
    assert "2026-09-24" in capsys.readouterr().err


def test_a_bill_in_words():
    known = Bill((("pk010", "a:b", Decimal("1.5")), ("pk020", "a:b", Decimal("0.25"))))
    assert str(known) == "up to $1.75"
    assert "which nobody here knows" in str(Bill((("pk010", "a:b", None),)))
