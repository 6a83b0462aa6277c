"""The settings as a person sees them: keys for every service, the catalog, the folders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLineEdit

from pickup.home import home
from pickup.providers import catalog as cards
from pickup.providers.card import ModelCard
from pickup_ui.models.models import Catalog, read_catalog
from pickup_ui.models.modeltable import choosable, model_rows
from pickup_ui.panel import Panel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

DAY = date(2026, 11, 22)


def card(name: str, **facts: object) -> ModelCard:
    provider, _, model = name.partition(":")
    return ModelCard.model_validate({"provider": provider, "id": model, "title": name, **facts})


def rows(*made: ModelCard, keyed: tuple[str, ...] = ("a",)) -> list[tuple[str, ...]]:
    catalog = Catalog({one.name: one for one in made}, frozenset(keyed))
    return [row.cells for row in model_rows(catalog, DAY)]


class TestRows:
    def test_what_can_be_used_comes_first_and_what_is_retired_last(self):
        gone = card("a:gone", status="retired", shutdown=date(2026, 9, 24))
        found = rows(gone, card("b:locked"), card("a:open"))
        assert [row[0] for row in found] == ["a:open", "b:locked", "a:gone"]
        assert found[-1][4] == "retired 2026-09-24"

    def test_only_what_films_today_can_be_chosen_for_a_gap(self):
        offered = (
            card("a:gone", shutdown=DAY),
            card("a:upscaler", changes=("upscale",)),
            card("a:every", changes=("remix", "extend", "upscale")),
            card("b:locked"),
            card("a:leaves", shutdown=date(2026, 11, 23)),
        )
        catalog = Catalog({c.name: c for c in offered}, frozenset({"a"}))
        assert [c.name for c in choosable(catalog, DAY)] == ["a:every", "a:leaves", "b:locked"]

    def test_only_what_can_be_used_stands_out(self):
        catalog = Catalog({c.name: c for c in (card("a:x"), card("b:y"))}, frozenset({"a"}))
        assert [row.faint for row in model_rows(catalog, DAY)] == [False, True]

    @pytest.mark.parametrize(
        ("facts", "cells"),
        [
            ({"durations": (4, 6, 8)}, ("4/6/8", "–", "not known", "–")),
            ({"min_seconds": 1, "max_seconds": 20}, ("1–20", "–", "not known", "–")),
            ({"first_frame": True, "last_frame": True}, ("any", "first + last", "not known", "–")),
            ({"local": True}, ("any", "–", "free", "–")),
            ({"prices": {"": Decimal("0.1")}}, ("any", "–", "0.10", "–")),
            (
                {"prices": {"720p": Decimal("0.10"), "4k": Decimal("0.2419")}},
                ("any", "–", "0.10–0.2419", "–"),
            ),
            ({"shutdown": date(2027, 1, 2)}, ("any", "–", "not known", "2027-01-02")),
        ],
    )
    def test_a_model_in_a_line(self, facts: dict[str, object], cells: tuple[str, ...]):
        assert rows(card("a:x", **facts)) == [("a:x", *cells)]

    def test_the_tip_tells_the_rest(self):
        made = card("b:x", references=3, upload_rules=("No faces.",), sources=("me, 2026-11-22",))
        (row,) = model_rows(Catalog({"b:x": made}, frozenset()), DAY)
        assert row.tip.splitlines()[-4:] == [
            "up to 3 reference pictures",
            "No faces.",
            "not set up yet",
            "me, 2026-11-22",
        ]

    def test_every_shipped_model_has_a_row(self):
        shipped = {one.name: one for one in cards.load()}
        found = model_rows(Catalog(shipped, frozenset()), DAY)
        assert len(found) == len(shipped)
        assert all(all(row.cells) for row in found)


class TestWhoCanBeUsed:
    def test_every_service_may_be_given_a_key(self):
        assert set(read_catalog().remote) >= {"fal", "gemini", "openai-videos", "openrouter", "veo"}

    def test_a_server_of_ones_own_needs_none(self, monkeypatch: pytest.MonkeyPatch):
        assert "openai-videos" not in read_catalog().keyed
        monkeypatch.setenv("PICKUP_OPENAI_VIDEOS_BASE_URL", "http://127.0.0.1:9/v1")
        assert "openai-videos" in read_catalog().keyed

    def test_a_key_without_its_project_is_not_enough(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("PICKUP_VEO_API_KEY", "k")
        assert "veo" not in read_catalog().keyed
        monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
        assert "veo" in read_catalog().keyed


class TestThePage:
    @pytest.fixture
    def panel(self, qtbot: QtBot) -> Panel:
        panel = Panel()
        qtbot.addWidget(panel)
        panel.models.read()
        qtbot.waitUntil(lambda: bool(panel.models.catalog.cards))
        panel.show_settings()
        return panel

    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        told: list[str] = []
        open_url = "pickup_ui.widgets.settings.QDesktopServices.openUrl"
        monkeypatch.setattr(open_url, lambda url: told.append(url.toLocalFile()))
        return told

    def test_shows_the_catalog(self, panel: Panel):
        table = panel.settings_page.table
        assert table.topLevelItemCount() == len(panel.models.catalog.cards)
        first = table.topLevelItem(0)
        assert first is not None
        assert first.text(0) == "Animatic"

    def test_has_a_field_for_each_services_key(self, panel: Panel):
        for name in panel.models.catalog.remote:
            field = panel.settings_page.findChild(QLineEdit, f"key-{name}")
            assert field is not None, name
            assert field.echoMode() is QLineEdit.EchoMode.Password

    def test_begins_the_users_catalog_and_opens_it(self, panel: Panel, opened: list[str]):
        panel.settings_page.own.click()
        assert opened == [str(home() / "catalog.toml")]
        assert cards.load() == cards.load(), "what it begins with is read, and changes nothing"
        (home() / "catalog.toml").write_text("# mine\n", "utf-8")
        panel.settings_page.own.click()
        assert (home() / "catalog.toml").read_text("utf-8") == "# mine\n"

    def test_reads_it_again(self, panel: Panel, qtbot: QtBot):
        (home() / "catalog.toml").parent.mkdir(parents=True, exist_ok=True)
        (home() / "catalog.toml").write_text(
            '[[model]]\nprovider = "gemini"\nid = "mine"\ntitle = "Mine"\nsources = ["me"]\n',
            "utf-8",
        )
        with qtbot.waitSignal(panel.models.changed):
            panel.models.read()
        assert "gemini:mine" in panel.models.catalog.cards

    def test_shows_the_folders(self, panel: Panel, opened: list[str]):
        for shower in panel.settings_page.folders.values():
            shower.click()
        assert opened == [str(home()), str(home())]

    def test_says_where_the_catalog_cannot_be_written(
        self, panel: Panel, monkeypatch, qtbot: QtBot
    ):
        from pickup.errors import PickupError

        def refuse(*_: object) -> None:
            raise PickupError("catalog.toml: cannot be written (disk full).")

        monkeypatch.setattr("pickup_ui.models.settings.write_text", refuse)
        with qtbot.waitSignal(panel.settings.failed) as told:
            panel.settings_page.own.click()
        assert told.args == ["catalog.toml: cannot be written (disk full)."]


def test_the_style_sheet_finds_its_pictures(qapp):
    from pathlib import Path

    from pickup_ui import theme

    for dark in (True, False):
        theme.apply(qapp, dark=dark)
        paths = [part.split('"')[1] for part in qapp.styleSheet().split("url(")[1:]]
        assert paths
        assert all(Path(path).is_file() for path in paths)
