"""Providers are found through real package metadata, and what is wrong with one is said by name."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from pickup.errors import RequestError
from pickup.providers import registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROVIDER = """
from pickup.providers.card import ModelCard

class {name}:
    name = "{key}"
    local = False
    def cards(self):
        return {cards}
    def submit(self, order): return "1"
    def poll(self, job_id, order): ...
    def fetch(self, job_id, order, status, out, progress): return out
    def cancel(self, job_id, order): return False
    def find(self, order, since): return None
"""


class Site:
    """A folder of installed packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def install(self, distribution: str, entries: dict[str, str], source: str = "") -> None:
        info = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        lines = "".join(f"{name} = {target}\n" for name, target in entries.items())
        (info / "entry_points.txt").write_text(f"[pickup.providers]\n{lines}")
        if source:
            (self.folder / f"{distribution.replace('-', '_')}.py").write_text(source)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield Site(tmp_path)
    for name in set(sys.modules) - before:
        del sys.modules[name]


def provider(key: str, cards: str = "()") -> str:
    return PROVIDER.format(name="Made", key=key, cards=cards)


def card(model: str, **facts: str) -> str:
    more = "".join(f", {name}={value}" for name, value in facts.items())
    return f"ModelCard(provider='moving', id='{model}'{more})"


def test_knows_the_animatic_once_whether_installed_or_not(site: Site) -> None:
    target = "pickup.providers.animatic:AnimaticProvider"
    site.install("pickup-shots-again", {"animatic": target})
    assert registry.providers()["animatic"].target == target
    assert registry.load("animatic").local


def test_finds_a_strangers_provider_without_importing_it(site: Site) -> None:
    site.install("moving-pictures", {"moving": "moving_pictures:Made"}, "raise SystemExit('no')")
    ref = registry.providers()["moving"]
    assert (ref.target, ref.distribution) == ("moving_pictures:Made", "moving-pictures")
    assert "moving_pictures" not in sys.modules


def test_loads_a_strangers_provider(site: Site) -> None:
    site.install("moving-pictures", {"moving": "moving_pictures:Made"}, provider("moving"))
    assert registry.load("moving").name == "moving"


def test_knows_no_strangers_when_they_are_switched_off(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install("moving-pictures", {"moving": "moving_pictures:Made"}, provider("moving"))
    monkeypatch.setenv(registry.OFF_SWITCH, "1")
    assert "moving" not in registry.providers()
    assert "animatic" in registry.providers()
    monkeypatch.setenv(registry.OFF_SWITCH, "0")
    assert "moving" in registry.providers()


def test_refuses_two_providers_of_one_name(site: Site) -> None:
    site.install("one-maker", {"moving": "one_maker:Made"})
    site.install("other-maker", {"moving": "other_maker:Made"})
    with pytest.raises(RequestError, match=r"one-maker.*other-maker") as caught:
        registry.providers()
    assert "PICKUP_NO_PLUGINS" in str(caught.value)


def test_lets_nobody_replace_what_ships(site: Site) -> None:
    site.install("cuckoo", {"animatic": "cuckoo:Made"}, provider("animatic"))
    with pytest.raises(RequestError, match="cuckoo"):
        registry.load("animatic")


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("", "moving_pictures"),
        ("import nothing_like_this", "nothing_like_this"),
        ("x = 1", "Made"),
        ("def (", "syntax"),
        ("raise SystemExit('bye')", "bye"),
        ("1 / 0", "division"),
        ("class Made: name = 'moving'", "has no cards, submit"),
        (provider("other"), "calls itself 'other'"),
        ("class Made:\n    def __init__(self, x): pass", "argument"),
    ],
)
def test_says_what_is_wrong_with_a_broken_one_and_goes_on(
    site: Site, source: str, cause: str
) -> None:
    site.install("moving-pictures", {"moving": "moving_pictures:Made"}, source)
    working, problems = registry.load_all()
    assert "animatic" in working
    assert [problem.name for problem in problems] == ["moving"]
    reason = problems[0].reason
    assert cause.casefold() in reason.casefold()
    assert "moving-pictures" in reason
    assert "\n" not in reason
    with pytest.raises(RequestError):
        registry.load("moving")


@pytest.mark.parametrize("target", ["", "moving pictures", "::", "a.b.c:", "1:2"])
def test_bears_targets_that_are_none(site: Site, target: str) -> None:
    site.install("moving-pictures", {"moving": target})
    working, problems = registry.load_all()
    assert "animatic" in working
    assert {problem.name for problem in problems} <= {"moving"}
    assert "moving" not in working


def test_suggests_the_name_that_was_meant() -> None:
    with pytest.raises(RequestError, match=r"“animatik”.*animatic.*did you mean animatic\?"):
        registry.load("animatik")
    with pytest.raises(RequestError, match=r"animatic has no model “animatic-2”.*animatic-1"):
        registry.resolve_model("animatic:animatic-2")


@pytest.mark.parametrize("text", ["animatic", "animatic:animatic-1", " animatic ", "animatic:"])
def test_resolves_a_model_by_its_name_or_its_provider(text: str) -> None:
    found, model = registry.resolve_model(text)
    assert (found.name, model.name) == ("animatic", "animatic:animatic-1")


@pytest.mark.parametrize("text", ["", ":", ":x", "nobody:at-home"])
def test_refuses_names_of_nothing(text: str) -> None:
    with pytest.raises(RequestError, match="No provider is called"):
        registry.resolve_model(text)


def moving(site: Site, *cards: str) -> None:
    source = "import datetime\n" + provider("moving", f"[{', '.join(cards)}]")
    site.install("moving-pictures", {"moving": "moving_pictures:Made"}, source)


def test_takes_a_providers_first_active_model(site: Site) -> None:
    moving(
        site,
        card("old", status="'retired'"),
        card("next", status="'preview'"),
        card("now"),
        card("also"),
    )
    assert registry.resolve_model("moving")[1].id == "now"


def test_takes_none_that_only_upscales(site: Site) -> None:
    moving(site, card("sharper", changes="('upscale',)"), card("next", status="'preview'"))
    assert registry.resolve_model("moving")[1].id == "next"


def test_takes_a_preview_where_nothing_is_active(site: Site) -> None:
    moving(site, card("old", status="'retired'"), card("next", status="'preview'"))
    assert registry.resolve_model("moving")[1].id == "next"


def test_keeps_colons_and_slashes_of_a_models_id(site: Site) -> None:
    moving(site, card("lab/model:2"))
    assert registry.resolve_model("moving:lab/model:2")[1].id == "lab/model:2"


def test_refuses_a_retired_model_and_names_its_successor(site: Site) -> None:
    moving(
        site,
        card("old", shutdown="datetime.date(2026, 9, 24)", successor="'moving:now'"),
        card("gone", status="'retired'"),
        card("now"),
    )
    before, after = date(2026, 9, 23), date(2026, 9, 24)
    assert registry.resolve_model("moving:old", today=before)[1].id == "old"
    with pytest.raises(RequestError, match=r"moving:old was retired on 2026-09-24; use moving:now"):
        registry.resolve_model("moving:old", today=after)
    with pytest.raises(RequestError, match=r"moving:gone was retired; moving has now"):
        registry.resolve_model("moving:gone", today=after)
    assert registry.resolve_model("moving", today=after)[1].id == "now"


def test_says_that_a_provider_has_nothing_left(site: Site) -> None:
    moving(site, card("old", status="'retired'"))
    with pytest.raises(RequestError, match="moving:old was retired; “pickup models” lists"):
        registry.resolve_model("moving")
