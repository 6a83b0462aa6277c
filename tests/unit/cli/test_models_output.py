"""`pickup models` on terminals of different widths, and elsewhere."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from pickup.cli import models
from pickup.providers.registry import load_all


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[str]:
    """The lines shown on a terminal as wide as the test says."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def plain(**more: Any) -> Console:
        return Console(width=request.param, color_system=None, **more)

    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("rich.console.Console", plain)
    cards = [card for provider in load_all()[0].values() for card in provider.cards()]
    models._show(cards, date(2026, 10, 1))
    return screen.getvalue().splitlines()


@pytest.mark.parametrize("shown", [80, 159, 160, 240], indirect=True)
def test_every_name_can_be_copied_whole(shown: list[str]):
    names = [card.name for provider in load_all()[0].values() for card in provider.cards()]
    assert len(names) > 5
    words = {line.split()[0] for line in shown if line.strip()}
    assert set(names) <= words


@pytest.mark.parametrize("shown", [80], indirect=True)
def test_a_narrow_terminal_has_the_facts_below_the_name(shown: list[str]):
    assert all(len(line) <= 80 for line in shown)
    at = shown.index("animatic:animatic-1")
    assert shown[at + 1].strip() == "frames bound first + last · $ a second free"
    gone = shown[shown.index("openai-videos:sora-2") + 1 :]
    assert "retired 2026-09-24" in " ".join(line.strip() for line in gone[:4])


@pytest.mark.parametrize("shown", [200], indirect=True)
def test_a_wide_one_has_a_table(shown: list[str]):
    (heading,) = [line for line in shown if line.lstrip().startswith("model ")]
    assert "$ a second" in heading
