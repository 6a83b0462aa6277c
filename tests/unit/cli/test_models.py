"""`pickup models`: the catalog as a person and a program see it."""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from pickup.cli import model_facts
from pickup.cli.main import run
from pickup.home import home
from pickup.providers import catalog
from pickup.providers.card import CardRule, ModelCard
from pickup.testing.fakes.openai_videos import FakeOpenAIVideos

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 11, 28)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def ask(*words: str, status: int = 0) -> str:
        assert run(["models", *words]) == status
        out, err = capsys.readouterr()
        return out if status == 0 else err

    return ask


def test_the_table_has_every_living_model_and_says_what_is_gone(told):
    rows = {line.split("\t")[0]: line.split("\t") for line in told().splitlines()}
    assert rows["gemini:gemini-omni-1.2-flash"][1:5] == [
        "first + last, 5 images",
        "3–15 s",
        "360p, 720p, 1080p, 4k",
        "yes",
    ]
    assert rows["openai-videos:sora-2-pro"][-1] == (
        "retired 2026-09-24, use gemini:gemini-omni-1.2-flash"
    )
    assert rows["comfyui:workflow"][5] == "free"
    assert rows["veo:veo-3.1-generate-001"][1] == "first + last or 3 images"


def test_the_retired_are_grey_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "240")
    assert run(["models", "openai-videos"]) == 0
    assert run(["models", "gemini"]) == 0
    lines = capsys.readouterr().out.splitlines()
    grey = [line for line in lines if "\x1b[2m" in line]
    assert any("sora-2-pro" in line for line in grey)
    assert any("gemini-omni-flash-preview" in line for line in grey)
    assert not any("gemini-omni-1.2-flash " in line.partition("use")[0] for line in grey)


def test_one_provider_alone(told):
    names = [line.split("\t")[0] for line in told("veo").splitlines()[1:]]
    assert names
    assert all(name.startswith("veo:") for name in names)


def test_models_of_long_ago_are_asked_for(told, monkeypatch: pytest.MonkeyPatch):
    later = SimpleNamespace(today=lambda: date(2028, 1, 1))
    monkeypatch.setattr("pickup.cli.models.date", later)
    assert "sora-2" not in told("openai-videos")
    assert "sora-2" in told("openai-videos", "--all")


def test_all_of_one_model(told):
    said = told("gemini:gemini-omni-1.2-flash")
    for fact in (
        *("2026-11-05", "3–15 s", "24", "16:9, 9:16", "up to 32000 characters", "1080p 0.105"),
        *("keeps a take for\t48 hours", "no minors in uploads", "read 2026-11-22", "a seed"),
        *("extend a take by 3/4/5", "a transition between two frames is 3 to 10 seconds long"),
    ):
        assert fact in said


def test_a_model_that_is_gone_can_be_looked_up(told):
    assert "retired 2026-09-24" in told("openai-videos:sora-2")


def test_json_has_every_field_of_the_card(told):
    (found,) = json.loads(told("gemini:gemini-omni-flash-preview", "--json"))
    assert set(ModelCard.model_fields) | {"name", "retired"} == set(found)
    assert found["retired"] is True
    assert found["successor"] == "gemini:gemini-omni-1.2-flash"
    assert all(card["provider"] == "fal" for card in json.loads(told("fal", "--json")))


@pytest.mark.parametrize(
    ("name", "says"),
    [("nobody", "No provider is called"), ("gemini:omni-9", "there is no such model")],
)
def test_what_there_is_not(told, name: str, says: str):
    assert says in told(name, status=2)


def test_the_users_own_catalog_shows(told):
    own = home() / "catalog.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(
        '[[model]]\nprovider = "gemini"\nid = "gemini-omni-1.2-flash"\n'
        'prices = { "" = "0.01" }\nupload_rules = ["Ask \\u001b[31m first."]\n',
        "utf-8",
    )
    assert "0.01" in told("gemini")
    said = told("gemini:gemini-omni-1.2-flash")
    assert "Ask" in said
    assert "\x1b" not in said


def test_a_server_of_ones_own_is_asked_what_it_has(told, monkeypatch: pytest.MonkeyPatch):
    with FakeOpenAIVideos(key="") as fake:
        fake.served = ("Wan-AI/Wan2.2",)
        monkeypatch.setenv("PICKUP_OPENAI_VIDEOS_BASE_URL", fake.url)
        lines = told("openai-videos").splitlines()
        assert [line.split("\t")[0] for line in lines[1:]] == ["openai-videos:Wan-AI/Wan2.2"]
        assert lines[1].endswith("active")


@pytest.mark.parametrize("card", catalog.load(), ids=lambda card: card.name)
def test_every_card_can_be_told_of(card: ModelCard):
    row = model_facts.row(card, TODAY)
    assert len(row) == len(model_facts.HEADINGS)
    assert all(row)
    whole = dict(model_facts.whole(card, TODAY))
    assert whole["source"] in card.sources
    assert (card.max_prompt > 0) is bool(whole["prompt"])
    assert (card.link_hours > 0) is bool(whole["keeps a take for"])


def test_a_rule_without_words_of_its_own():
    rules = (
        CardRule(resolutions=("4k",), durations=(8,)),
        CardRule(both_frames=True, max_seconds=10),
        CardRule(references=True, durations=(4, 8)),
    )
    card = ModelCard(provider="p", id="m", prices={"": Decimal(1)}, rules=rules)
    said = [fact for name, fact in model_facts.whole(card, TODAY) if not name]
    assert said == ["4k: 8 s", "between two frames: 10 s", "with reference images: 4/8 s"]
    ending = ModelCard(provider="p", id="m", shutdown=date(2027, 1, 1))
    assert model_facts.row(ending, TODAY)[-1] == "active until 2027-01-01"
    assert "veo" not in model_facts.row(ending, TODAY)[0]
