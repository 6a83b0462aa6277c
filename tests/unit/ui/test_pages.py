"""First page, settings, foot, and what an open cut without anything to do looks like."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from tests.unit.ui.conftest import LONG
from tests.unit.ui.test_panel_way import click

from pickup.cut.model import Cut, Item, ItemKind, Raster, Track
from pickup_ui import theme
from pickup_ui.models.modeltable import ordered
from pickup_ui.models.settings import Settings
from pickup_ui.qt import (
    QApplication,
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    Qt,
    QToolButton,
)
from pickup_ui.widgets.first import FirstPage
from pickup_ui.widgets.foot import Foot
from pickup_ui.widgets.settings import SettingsPage
from pickup_ui.work.steps import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot
    from tests.unit.ui.conftest import Desk

    from pickup_ui.panel import Panel

LEFT = Qt.MouseButton.LeftButton


class TestFirstPage:
    @pytest.fixture
    def page(self, qtbot: QtBot, qapp: Any) -> FirstPage:
        made = FirstPage(Settings())
        made.setMinimumSize(100, 100)
        qtbot.addWidget(made)
        made.resize(800, 600)
        made.show()
        return made

    def recent(self, page: FirstPage) -> list[QPushButton]:
        QApplication.sendPostedEvents(None, 52)  # DeferredDelete
        return page.findChildren(QPushButton, "recent")

    def test_its_buttons_ask(self, page: FirstPage, qtbot: QtBot):
        for made, signal in ((page.example, page.example_asked), (page.open, page.open_asked)):
            with qtbot.waitSignal(signal, timeout=500):
                click(qtbot, made)

    def test_cuts_opened_lately_can_be_opened_again(
        self, page: FirstPage, tmp_path: Path, qtbot: QtBot
    ):
        assert self.recent(page) == []
        cuts = [tmp_path / f"scene {n} & more.otio" for n in range(7)]
        for cut in cuts[1:]:
            cut.touch()
        for cut in cuts:
            page._settings.opened(cut)
        shown = self.recent(page)
        assert [one.accessibleName() for one in shown] == [c.name for c in reversed(cuts[2:])]
        assert shown[0].text() == f"scene 6 && more.otio   {tmp_path.name}"
        with qtbot.waitSignal(page.recent_asked, timeout=500) as asked:
            click(qtbot, shown[0])
        assert asked.args == [str(cuts[6])]

    def test_a_long_name_does_not_widen_the_panel(self, page: FirstPage, tmp_path: Path):
        cut = tmp_path / ("reel " * 30 + ".otio")
        cut.touch()
        page._settings.opened(cut)
        (shown,) = self.recent(page)
        assert "…" in shown.text()
        assert shown.toolTip() == str(cut)
        assert page.minimumSizeHint().width() < 460

    def test_while_something_is_opened_it_waits(self, page: FirstPage):
        page.wait("Opening scene.otio …")
        assert page.waiting.text() == "Opening scene.otio …"
        assert not page.example.isEnabled()
        assert not page.open.isEnabled()
        page.wait("")
        assert page.example.isEnabled()

    def test_the_example_is_asked_for_by_one_key(self, page: FirstPage, qtbot: QtBot):
        page.example.setFocus()
        with qtbot.waitSignal(page.example_asked, timeout=500):
            qtbot.keyClick(page.example, Qt.Key.Key_Space)

    def test_a_file_is_chosen_and_opened(
        self, panel: Panel, cut: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ):
        asked: list[str] = []

        def choose(*args: Any) -> tuple[str, str]:
            asked.append(args[-1])
            return str(cut), ""

        monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
        with qtbot.waitSignal(panel.session.opened_changed, timeout=LONG):
            click(qtbot, panel.first.open)
        assert all(f"*.{ending}" in asked[0] for ending in ("otio", "xml", "fcpxml", "edl", "aaf"))
        panel._turn_to(panel.first)
        with qtbot.waitSignal(panel.session.opened_changed, timeout=LONG):
            click(qtbot, panel.first.findChildren(QPushButton, "recent")[-1])

    def test_no_file_chosen_opens_nothing(self, panel: Panel, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
        panel.ask_for_cut()
        assert panel.session.opened is None


class TestSettingsPage:
    @pytest.fixture
    def page(self, desk: Desk, qtbot: QtBot) -> SettingsPage:
        with qtbot.waitSignal(desk.models.changed, timeout=LONG):
            desk.models.read()
        made = SettingsPage(desk.settings, desk.models)
        made.setMinimumSize(100, 100)
        qtbot.addWidget(made)
        made.resize(1100, 800)
        made.show()
        return made

    def named(self, page: SettingsPage, kind: type[Any], name: str) -> Any:
        return next(one for one in page.findChildren(kind) if one.accessibleName() == name)

    @pytest.mark.parametrize(
        ("name", "value", "field"),
        [("Handles", 24, "handles"), ("Takes", 3, "takes"), ("Shortest gap", 6, "min_frames")],
    )
    def test_numbers_are_kept(self, page: SettingsPage, name: str, value: int, field: str):
        self.named(page, QSpinBox, name).setValue(value)
        assert getattr(Settings().kept, field) == value

    @pytest.mark.parametrize(
        ("name", "value", "field"),
        [
            ("Delivery", "prores422hq", "deliver"),
            ("Delivery", "exr", "deliver"),
            ("Picture size", "3840x2160", "raster"),
            ("Picture size", "", "raster"),
            ("Model", "animatic:animatic-1", "model"),
        ],
    )
    def test_choices_are_kept(self, page: SettingsPage, name: str, value: str, field: str):
        box = self.named(page, QComboBox, name)
        row = box.findData(value)
        assert row >= 0
        box.setCurrentIndex(row)
        box.activated.emit(row)
        assert getattr(Settings().kept, field) == value

    def test_what_is_kept_is_shown_again(self, desk: Desk, qtbot: QtBot):
        desk.settings.set(raster="720x576", deliver="dpx", takes=4, on_top=True, lettering=False)
        page = SettingsPage(desk.settings, desk.models)
        qtbot.addWidget(page)
        assert page.raster.currentText() == "720 × 576"
        assert page.deliver.currentText() == "DPX sequence"
        assert self.named(page, QSpinBox, "Takes").value() == 4
        assert page.on_top.isChecked()
        assert not page.findChildren(QCheckBox)[0].isChecked()

    def test_the_picture_size_goes_into_new_shots(self, desk: Desk):
        assert desk.settings.preferences().shots.raster is None
        desk.settings.set(raster="1080x1920")
        assert desk.settings.preferences().shots.raster == Raster(1080, 1920)

    @pytest.mark.parametrize("text", ["1x1", "wide", "1920", "0x1080", "1920x1080x2", "99999x9"])
    def test_a_size_that_is_none_is_refused(self, desk: Desk, text: str):
        desk.settings.set(raster=text)
        assert desk.settings.kept.raster == ""
        assert len(desk.told) == 1

    @pytest.mark.parametrize(
        ("width", "way"),
        [(380, QBoxLayout.Direction.TopToBottom), (1100, QBoxLayout.Direction.LeftToRight)],
    )
    def test_it_uses_the_width_there_is(
        self, page: SettingsPage, width: int, way: QBoxLayout.Direction
    ):
        page.resize(width, 800)
        QApplication.processEvents()
        assert page.columns.direction() is way
        inner = page.widget()
        assert inner is not None
        assert inner.width() == page.viewport().width()
        assert page.horizontalScrollBar().maximum() == 0

    def test_on_a_very_wide_screen_it_stands_in_the_middle(self, page: SettingsPage):
        page.resize(2400, 900)
        QApplication.processEvents()
        inner = page.widget()
        assert inner is not None
        left, right = inner.x(), page.viewport().width() - inner.x() - inner.width()
        assert inner.width() == 1200
        assert abs(left - right) <= 1

    def test_models_stand_in_one_order_everywhere(self, page: SettingsPage):
        rows = [page.table.topLevelItem(n) for n in range(page.table.topLevelItemCount())]
        titles = [row.text(0) for row in rows if row is not None]
        assert titles == [c.title or c.name for c in ordered(page._models.catalog)]
        offered = [page.model.itemText(n) for n in range(1, page.model.count())]
        assert offered == [title for title in titles if title in offered]
        assert len(offered) > 10
        assert not any("upscale" in title for title in offered)
        assert any("upscale" in title for title in titles)

    def test_words_stand_beside_their_fields(self, page: SettingsPage):
        """A pixel lower or higher is rounding; more is seen."""
        middles = []
        for form in page.findChildren(QFormLayout):
            for row in range(form.rowCount()):
                beside = form.itemAt(row, QFormLayout.ItemRole.LabelRole)
                field = form.itemAt(row, QFormLayout.ItemRole.FieldRole)
                named = beside.widget() if beside is not None else None
                if isinstance(named, QLabel) and named.text() and beside and field:
                    middles.append((beside.geometry().center(), field.geometry().center()))
        assert len(middles) >= 9
        assert all(abs(one.y() - other.y()) <= 1 for one, other in middles)

    def test_enter_keeps_a_key(
        self, page: SettingsPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
    ):
        stored: list[str] = []

        def store(provider: str, secret: Any) -> str:
            stored.append(f"{provider} {secret.get_secret_value()}")
            return ""

        monkeypatch.setattr(page._settings, "store_key", store)
        field = self.named(page, QLineEdit, "Key of fal")
        field.setText(" k1 ")
        with qtbot.waitSignal(page._models.changed, timeout=LONG):
            qtbot.keyClick(field, Qt.Key.Key_Return)
        assert stored == ["fal k1"]

    def test_no_model_is_cut_off_in_a_row_of_its_own_height(self, page: SettingsPage):
        first = page.table.topLevelItem(0)
        assert first is not None
        assert page.table.visualItemRect(first).height() >= page.fontMetrics().height() + 6

    def test_what_cannot_be_used_is_faint_in_both_themes(self, page: SettingsPage, qapp: Any):
        was = theme.colors().dark
        try:
            for dark in (True, False):
                theme.apply(qapp, dark=dark)
                QApplication.processEvents()
                last = page.table.topLevelItem(page.table.topLevelItemCount() - 1)
                assert last is not None
                assert last.foreground(0).color() == theme.color("dim")
        finally:
            theme.apply(qapp, dark=was)

    def test_a_key_can_be_forgotten(
        self, page: SettingsPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
    ):
        forgotten: list[str] = []
        monkeypatch.setattr("pickup.providers.keys.forget_key", forgotten.append)
        monkeypatch.setenv("FAL_KEY", "k")
        with qtbot.waitSignal(page._models.changed, timeout=LONG):
            page._models.read()
        QApplication.sendPostedEvents(None, 52)
        forget = self.named(page, QToolButton, "Forget the key of fal")
        assert forget.isEnabled()
        with qtbot.waitSignal(page._models.changed, timeout=LONG):
            click(qtbot, forget)
        assert forgotten == ["fal"]

    def test_an_empty_key_is_not_kept(self, page: SettingsPage, monkeypatch: pytest.MonkeyPatch):
        stored: list[Any] = []
        monkeypatch.setattr(page._settings, "store_key", lambda *args: stored.append(args))
        self.named(page, QPushButton, "Keep the key of fal").click()
        assert stored == []

    def test_a_keyring_that_refuses_says_so(
        self, page: SettingsPage, desk: Desk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
    ):
        from PySide6.QtWidgets import QLineEdit

        monkeypatch.setattr(page._settings, "store_key", lambda *_: "There is no keyring here.")
        field = page.findChild(QLineEdit, "key-fal")
        assert field is not None
        field.setText("sk-secret")
        self.named(page, QPushButton, "Keep the key of fal").click()
        assert desk.told == ["There is no keyring here."]
        assert field.text() == ""

    @pytest.mark.parametrize(("typed", "kept"), [("25", "25"), ("$ 12,50", "12.50"), ("", "")])
    def test_the_cap_of_a_month_is_the_command_lines_too(
        self, page: SettingsPage, typed: str, kept: str
    ):
        from pickup.home import settings

        page.month.setText(typed)
        page.month.editingFinished.emit()
        assert str(settings().get("month_usd", "")) in (kept, kept.rstrip("0"))

    def test_a_look_is_chosen(self, page: SettingsPage, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/looks/noir.toml", ""))
        next(b for b in page.findChildren(QPushButton) if b.text() == "Choose …").click()
        assert page.look.text() == Settings().kept.look == "/looks/noir.toml"


def with_gaps(number: int) -> Cut:
    items = [Item(ItemKind.CLIP, f"A{n}", n * 96, n * 96 + 48) for n in range(number + 1)]
    return Cut("C", Fraction(24), 0, tracks=[Track("video", items=items)])


class TestFoot:
    @pytest.fixture
    def make(self, lay_out: Callable[[Cut], Desk], qtbot: QtBot) -> Callable[..., Foot]:
        self.asked: list[str] = []

        def made(gaps: int = 3, width: int = 900) -> Foot:
            desk = lay_out(with_gaps(gaps))
            self.desk = desk
            foot = Foot(desk.session, desk.orders, lambda: self.asked.append("place"))
            foot.setMinimumSize(100, 20)
            qtbot.addWidget(foot)
            foot.resize(width, 80)
            foot.show()
            foot.refresh()
            return foot

        return made

    def test_all_of_them_or_none(self, make: Callable[..., Foot], qtbot: QtBot):
        foot = make()
        states = Qt.CheckState
        assert foot.all.checkState() is states.Checked
        self.desk.session.set_wanted(["pk020"], False)
        foot.refresh()
        assert foot.all.checkState() is states.PartiallyChecked
        assert foot.price.text().startswith("2 of 3 selected")
        foot.all.click()
        assert len(self.desk.session.wanted) == 3
        foot.all.click()
        assert self.desk.session.wanted == []
        assert foot.all.checkState() is states.Unchecked
        assert not foot.order.isEnabled()
        assert foot.order.text() == "Order"

    def test_how_many_are_ordered_and_placed(self, make: Callable[..., Foot]):
        foot = make()
        assert foot.order.text() == "Order 3 takes"
        assert foot.place.text() == "Place …"
        assert not foot.place.isEnabled()
        self.desk.session.set_wanted(["pk020", "pk030"], False)
        foot.refresh()
        assert foot.order.text() == "Order 1 take"

    def test_progress_is_shown_while_it_runs(self, make: Callable[..., Foot]):
        foot = make()
        assert not foot.bar.isVisible()
        self.desk.orders.progress.emit(1, 3, 0.4)
        assert foot.bar.isVisible()
        assert foot.bar.part == 0.4
        assert foot.news.text() == "1 of 3 made"
        self.desk.orders.finished.emit()
        assert not foot.bar.isVisible()

    def test_docked_it_takes_two_lines_and_says_as_much(self, make: Callable[..., Foot]):
        foot = make(width=380)
        QApplication.processEvents()
        assert foot.price.shown() == foot.price.text()
        assert (
            foot.order.mapTo(foot, foot.order.rect().topLeft()).y() > foot.all.geometry().bottom()
        )
        foot.resize(900, 80)
        QApplication.processEvents()
        order, box = (w.mapTo(foot, w.rect().center()).y() for w in (foot.order, foot.all))
        assert abs(order - box) <= 2

    def test_with_no_gap_it_says_nothing(self, make: Callable[..., Foot]):
        foot = make(0)
        assert foot.price.text() == ""
        assert not foot.all.isEnabled()
        assert not foot.order.isEnabled()

    def test_a_shot_under_way_is_not_ordered_twice(self, make: Callable[..., Foot]):
        foot = make()
        state = self.desk.session.shots["pk010"]
        state.heard(Step("pk010", 1, Phase.MAKING, 0.1))
        foot.refresh()
        assert foot.order.text() == "Order 2 takes"


class TestNothingToDo:
    def show(self, panel: Panel, path: Path, lengths: list[int], qtbot: QtBot) -> None:
        """Open a cut of clips and gaps, in turn, of these lengths in frames."""
        time, track = otio.opentime.RationalTime, otio.schema.Track("V1", kind="Video")
        for number, length in enumerate(lengths):
            where = otio.opentime.TimeRange(time(0, 24), time(length, 24))
            kind = otio.schema.Gap if number % 2 else otio.schema.Clip
            track.append(kind(source_range=where))
        timeline = otio.schema.Timeline("t")
        timeline.tracks.append(track)
        otio.adapters.write_to_file(timeline, str(path))
        with qtbot.waitSignal(panel.session.opened_changed, timeout=LONG):
            panel.open(path)

    def test_a_full_cut_says_so_and_shows_no_empty_fields(
        self, panel: Panel, tmp_path: Path, qtbot: QtBot
    ):
        self.show(panel, tmp_path / "full.otio", [48], qtbot)
        assert "There is no gap to fill in this cut." in panel.message.text()
        assert not panel.card.words.isVisible()
        QApplication.processEvents()
        assert panel.card.verticalScrollBar().maximum() == 0
        assert panel.list.model().rowCount() == 0

    @pytest.mark.parametrize(
        ("lengths", "text"),
        [
            ([48, 3, 48], "1 hole is too short for a shot and left alone (see the settings)."),
            (
                [48, 3, 48, 5, 48],
                "2 holes are too short for shots and left alone (see the settings).",
            ),
        ],
    )
    def test_holes_that_are_left_alone_are_counted(
        self, panel: Panel, tmp_path: Path, qtbot: QtBot, lengths: list[int], text: str
    ):
        self.show(panel, tmp_path / "slips.otio", lengths, qtbot)
        assert panel.message.text().splitlines()[-1] == text

    def test_who_only_looks_leaves_nothing_beside_the_cut(
        self, panel: Panel, tmp_path: Path, qtbot: QtBot
    ):
        self.show(panel, tmp_path / "looked-at.otio", [48, 48, 48], qtbot)
        qtbot.wait(500)
        panel.close()
        assert [file.name for file in tmp_path.iterdir() if "looked" in file.name] == [
            "looked-at.otio"
        ]

    def test_the_picture_size_is_guessed_without_naming_a_flag(
        self, panel: Panel, tmp_path: Path, qtbot: QtBot
    ):
        self.show(panel, tmp_path / "bare.otio", [48, 48, 48], qtbot)
        said = panel.message.text()
        assert said == "Nothing in the cut says its picture size; 1920×1080 is taken."
