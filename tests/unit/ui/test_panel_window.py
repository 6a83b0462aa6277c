"""The window itself: its two arrangements, its place, its keys, and who can use it how."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.ui.conftest import LONG
from tests.unit.ui.test_panel_way import click, order_and_wait

import pickup_ui
from pickup_ui import theme
from pickup_ui.models.settings import Kept, Settings
from pickup_ui.qt import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QLabel,
    QMimeData,
    QPlainTextEdit,
    QPoint,
    QPointF,
    QScrollArea,
    QSpinBox,
    QSplitter,
    Qt,
    QToolButton,
    QUrl,
    QWidget,
)
from pickup_ui.widgets.glyphs import _DRAWINGS, Glyph
from pickup_ui.widgets.message import Message
from pickup_ui.widgets.parts import Bar, Elided, number, row
from pickup_ui.widgets.stage import NARROW, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from pickup_ui.panel import Panel

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


class TestArrangement:
    @pytest.mark.parametrize("width", [380, NARROW - 1])
    def test_docked_it_is_one_column_with_the_timeline_on_top(self, opened: Panel, width: int):
        opened.resize(width, 760)
        tops = [opened.strip, opened.list, opened.card, opened.foot]
        places = [part.mapTo(opened, QPoint(0, 0)) for part in tops]
        assert [p.y() for p in places] == sorted(p.y() for p in places)
        assert all(part.width() >= width - 12 for part in tops)
        assert not opened.viewer.isVisible()
        assert opened.judge_tool.isVisible()

    @pytest.mark.parametrize("width", [NARROW, 1280])
    def test_as_a_window_gaps_card_and_viewer_stand_over_the_timeline(
        self, opened: Panel, width: int
    ):
        opened.resize(width, 760)
        QApplication.processEvents()
        parts = [opened.list, opened.card, opened.viewer]
        places = [part.mapTo(opened, QPoint(0, 0)) for part in parts]
        assert [p.x() for p in places] == sorted({p.x() for p in places})
        assert len({p.y() for p in places}) == 1
        strip = opened.strip.mapTo(opened, QPoint(0, 0))
        assert strip.y() >= places[0].y() + opened.list.height()
        assert opened.strip.width() == opened.width() == width
        assert not opened.judge_tool.isVisible()

    def test_it_goes_to_and_fro_and_nothing_is_lost(self, opened: Panel):
        parts = [opened.strip, opened.list, opened.card, opened.viewer, opened.foot]
        for width in (380, 1280, 380, 1280):
            opened.resize(width, 760)
            QApplication.processEvents()
        assert all(part.isVisible() for part in parts)
        assert opened.stage.split.count() == 3
        assert opened.stage.rows.count() == 2

    def test_it_is_never_wider_than_an_nle_docks_it(self, opened: Panel):
        opened.resize(380, 700)
        QApplication.processEvents()
        assert opened.minimumSizeHint().width() <= 380
        assert opened.width() == 380

    def test_one_track_leaves_no_empty_ground_under_it(self, opened: Panel):
        from pickup_ui.widgets.strip_paint import FOOT, GAPS, RULER

        opened.resize(1280, 800)
        QApplication.processEvents()
        strip = opened.strip
        image, x = strip.grab().toImage(), round(strip.x_of(5))
        top, foot = RULER + GAPS + 20, strip.height() - FOOT - 4
        assert image.pixelColor(x, top) == image.pixelColor(x, foot) != theme.color("window")


class TestStage:
    """By itself, with plain widgets in place of the panel's parts."""

    @pytest.fixture
    def make(self, qtbot: QtBot, qapp: Any) -> Callable[[], Stage]:
        def made() -> Stage:
            columns = (QWidget(), QWidget(), QWidget())
            for part in columns:
                part.setMinimumSize(40, 40)
            strip, foot = QWidget(), QLabel("foot")
            strip.setMinimumHeight(40)
            stage = Stage(Settings(), columns, strip, foot)
            stage.setMinimumSize(100, 100)
            qtbot.addWidget(stage)
            stage.resize(1200, 800)
            stage.show()
            stage.arrange(1200)
            return stage

        return made

    def drag(self, splitter: QSplitter, to: int) -> None:
        """As a hand does: the handle moves, and says so."""
        splitter.moveSplitter(to, 1)

    def test_what_was_dragged_is_there_again(self, make: Callable[[], Stage]):
        stage = make()
        self.drag(stage.split, 500)
        self.drag(stage.rows, 300)
        dragged = stage.split.sizes(), stage.rows.sizes()
        stage.remember()
        again = make()
        assert (again.split.sizes(), again.rows.sizes()) == dragged

    def test_each_arrangement_remembers_its_own(self, make: Callable[[], Stage]):
        stage = make()
        before = stage.split.sizes()
        stage.arrange(380)
        self.drag(stage.split, 200)
        stage.arrange(1200)
        assert stage.split.sizes() == pytest.approx(before, abs=2)
        assert list(Settings().kept.sizes) == ["columns, docked"]

    def test_what_nobody_dragged_is_not_kept(self, make: Callable[[], Stage]):
        stage = make()
        stage.resize(900, 600)
        stage.remember()
        assert Settings().kept.sizes == {}

    def test_sizes_that_do_not_fit_are_passed_over(self, make: Callable[[], Stage]):
        Settings().set(sizes={"columns, full": (1, 2), "strip, full": ()})
        assert len(make().split.sizes()) == 3

    def test_the_same_width_changes_nothing(self, make: Callable[[], Stage]):
        stage = make()
        assert not stage.arrange(1000)
        assert stage.arrange(500)
        assert stage.narrow is True


def new_panel_geometry() -> tuple[int, int, int, int]:
    """Where the next panel stands before it is shown."""
    from pickup_ui.panel import Panel

    panel = Panel()
    place = panel.geometry()
    panel.close()
    panel.deleteLater()
    return place.x(), place.y(), place.width(), place.height()


class TestPlace:
    def test_it_comes_back_where_it_was(self, new_panel: Callable[[], Panel]):
        first = new_panel()
        first.setGeometry(40, 50, 500, 600)
        first.close()
        assert Settings().kept.window == (40, 50, 500, 600)
        assert new_panel_geometry() == (40, 50, 500, 600)

    def test_a_place_on_a_screen_that_is_gone_is_not_used(self, qtbot: QtBot, qapp: Any):
        from pickup_ui.panel import Panel

        Settings().set(window=(90_000, 90_000, 400, 500))
        panel = Panel()
        qtbot.addWidget(panel)
        assert panel.geometry().x() < 90_000

    @pytest.mark.parametrize("kept", [True, False])
    def test_it_stays_on_top_where_that_is_wanted(self, qtbot: QtBot, qapp: Any, kept: bool):
        from pickup_ui.panel import Panel

        Settings().set(on_top=kept)
        panel = Panel()
        qtbot.addWidget(panel)
        assert bool(panel.windowFlags() & Qt.WindowType.WindowStaysOnTopHint) is kept
        panel.settings.set(on_top=not kept)
        assert bool(panel.windowFlags() & Qt.WindowType.WindowStaysOnTopHint) is not kept

    def test_it_is_shown_without_taking_the_focus(self, panel: Panel):
        assert panel.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)

    def test_nothing_in_it_brings_its_window_to_the_front(self):
        """The focus of the NLE stays where it is: no module asks for it."""
        asking = {"activateWindow", "requestActivate", "setWindowState", "alert"}
        called = {
            getattr(node.func, "attr", "")
            for file in Path(pickup_ui.__file__).parent.rglob("*.py")
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.Call)
        }
        assert not called & asking

    def test_spoilt_settings_are_passed_over(self, tmp_path: Path):
        from pickup.home import home

        home().mkdir(parents=True, exist_ok=True)
        (home() / "panel.json").write_text('{"window": "left"', "utf-8")
        assert Settings().kept == Kept()


class TestKeys:
    @pytest.mark.parametrize(
        ("key", "keys", "shot"),
        [
            (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, "pk020"),
            (Qt.Key.Key_L, Qt.KeyboardModifier.NoModifier, "pk020"),
            (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, "pk010"),
            (Qt.Key.Key_J, Qt.KeyboardModifier.NoModifier, "pk010"),
        ],
    )
    def test_gaps_are_one_keystroke_apart(
        self, opened: Panel, qtbot: QtBot, key: Any, keys: Any, shot: str
    ):
        opened.strip.setFocus()
        qtbot.keyClick(opened.strip, key, keys)
        assert opened.session.current == shot

    def test_judging_j_k_and_l_play(self, opened: Panel, qtbot: QtBot):
        order_and_wait(opened, qtbot)
        opened.viewer.picture.setFocus()
        qtbot.keyClick(opened.viewer.picture, Qt.Key.Key_L)
        assert opened.judge.playing
        qtbot.keyClick(opened.viewer.picture, Qt.Key.Key_K)
        assert not opened.judge.playing
        assert opened.session.current == "pk010"

    @pytest.mark.parametrize("key", [Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_L, Qt.Key.Key_E])
    def test_letters_that_are_typed_are_no_commands(self, opened: Panel, qtbot: QtBot, key: Any):
        opened.card.words.setFocus()
        opened.card.words.clear()
        qtbot.keyClick(opened.card.words, key)
        assert opened.card.words.toPlainText() == chr(key).lower()
        assert opened.session.current == "pk010"

    def test_letters_pick_from_a_list_that_drops_down(self, opened: Panel, qtbot: QtBot):
        opened.card.model.setFocus()
        qtbot.keyClick(opened.card.model, Qt.Key.Key_L)
        assert opened.session.current == "pk010"
        assert opened.card.model.currentText().startswith("L")

    def test_what_is_typed_is_undone_by_the_panel(self, opened: Panel, qtbot: QtBot):
        opened.card.words.setFocus()
        opened.card.words.selectAll()
        qtbot.keyClicks(opened.card.words, "fog")
        qtbot.keyClick(opened.card.words, Qt.Key.Key_Z, CTRL)
        assert opened.session.shots["pk010"].shot.words == "rain on glass"
        qtbot.waitUntil(lambda: opened.card.words.toPlainText() == "rain on glass")
        for sequence in QKeySequence.keyBindings(QKeySequence.StandardKey.Redo)[:1]:
            qtbot.keySequence(opened.card.words, sequence)
        assert opened.session.shots["pk010"].shot.words == "fog"

    def test_all_and_the_words_and_the_settings(self, opened: Panel, qtbot: QtBot):
        opened.session.set_wanted(opened.session.ids, False)
        opened.strip.setFocus()
        qtbot.keyClick(opened.strip, Qt.Key.Key_A, CTRL)
        assert len(opened.session.wanted) == 2
        qtbot.keyClick(opened.strip, Qt.Key.Key_E)
        qtbot.waitUntil(opened.card.words.hasFocus)
        qtbot.keyClick(opened.card.words, Qt.Key.Key_Escape)
        qtbot.waitUntil(opened.list.hasFocus)
        qtbot.keyClick(opened.list, Qt.Key.Key_Comma, CTRL)
        assert opened.stack.currentWidget() is opened.settings_page
        qtbot.keyClick(opened.settings_page, Qt.Key.Key_Escape)
        assert opened.stack.currentWidget() is opened.work_page

    @pytest.mark.parametrize("page", ["first", "settings"])
    def test_on_another_page_no_command_of_the_work_is_done(
        self, opened: Panel, qtbot: QtBot, page: str
    ):
        """Above all: nothing is ordered that one does not see."""
        opened.card.words.setPlainText("other")
        if page == "settings":
            opened.show_settings()
        else:
            opened._turn_to(opened.first)
        here = opened.stack.currentWidget()
        for key, keys in (
            (Qt.Key.Key_Return, CTRL), (Qt.Key.Key_P, CTRL), (Qt.Key.Key_J, None),
            (Qt.Key.Key_L, None), (Qt.Key.Key_Z, CTRL),
        ):  # fmt: skip
            qtbot.keyClick(here, key, keys or Qt.KeyboardModifier.NoModifier)
        assert not opened.orders.running
        assert opened.session.current == "pk010"
        assert opened.session.shots["pk010"].shot.words == "other"
        assert not opened.commands.order.isEnabled()
        assert opened.commands.open.isEnabled()
        opened._leave_settings()
        assert opened.commands.order.isEnabled()
        assert opened.commands.undo.isEnabled()
        assert not opened.commands.redo.isEnabled()

    def test_ordering_and_placing_by_keys(self, opened: Panel, qtbot: QtBot):
        opened.strip.setFocus()
        with qtbot.waitSignal(opened.orders.finished, timeout=LONG):
            qtbot.keyClick(opened.strip, Qt.Key.Key_Return, CTRL)
        opened.session.choose("pk010", 1)
        with qtbot.waitSignal(opened.placement.proposed, timeout=LONG):
            qtbot.keyClick(opened.strip, Qt.Key.Key_P, CTRL)
        with qtbot.waitSignal(opened.placement.placed, timeout=LONG):
            qtbot.keyClick(opened.focusWidget(), Qt.Key.Key_Space)
        assert opened.message.text().startswith("Placed in scene.filled.otio.")

    def test_full_screen_and_back(self, opened: Panel, qtbot: QtBot):
        opened.strip.setFocus()
        qtbot.keyClick(opened.strip, Qt.Key.Key_F)
        assert opened.isFullScreen()
        assert opened.overlay.inside is opened.viewer
        assert opened.viewer.close_button.isVisible()
        qtbot.keyClick(opened.viewer.picture, Qt.Key.Key_Escape)
        assert not opened.isFullScreen()
        assert opened.stage.split.indexOf(opened.viewer) == 2

    def test_the_menu_has_every_command_that_has_no_button(self, opened: Panel):
        opener = next(b for b in opened.findChildren(QToolButton) if b.menu() is not None)
        texts = [made.text() for made in opener.menu().actions() if not made.isSeparator()]
        assert {"Open a cut …", "Settings", "Order what is selected", "Place …"} <= set(texts)
        assert len(texts) == len(set(texts))
        assert opener.accessibleName() == "Menu"

    def test_buttons_tell_their_keys(self, opened: Panel):
        tips = {b.accessibleName(): b.toolTip() for b in opened.findChildren(Glyph)}
        assert tips["Undo"] == "Undo (Ctrl+Z)"
        assert tips["Redo"].startswith("Redo (")


def stops(panel: QWidget) -> Iterator[QWidget]:
    """What can have the focus by Tab, of what is seen."""
    for one in panel.findChildren(QWidget):
        inner = isinstance(one.parentWidget(), QSpinBox | QComboBox | QAbstractItemView)
        if inner or isinstance(one, QScrollArea) or not (one.isVisible() and one.isEnabled()):
            continue
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield one


class TestForEverybody:
    @pytest.mark.parametrize("page", ["first", "work", "settings"])
    @pytest.mark.parametrize("width", [380, 1280])
    def test_tab_reaches_everything(self, opened: Panel, qtbot: QtBot, page: str, width: int):
        opened.resize(width, 800)
        pages = {"first": opened.first, "work": opened.work_page, "settings": opened.settings_page}
        opened._turn_to(pages[page])
        opened.activateWindow()
        opened.setFocus()
        wanted, reached = set(stops(opened)), set()
        for _ in range(3 * len(wanted) + 10):
            focus = opened.focusWidget() or opened
            qtbot.keyClick(focus, Qt.Key.Key_Tab)
            reached.add(opened.focusWidget())
        assert len(wanted) >= 3
        assert [w.accessibleName() or w.objectName() for w in wanted - reached] == []

    @pytest.mark.parametrize("page", ["first", "work", "settings"])
    def test_everything_that_can_have_the_focus_has_a_name(self, opened: Panel, page: str):
        pages = {"first": opened.first, "work": opened.work_page, "settings": opened.settings_page}
        opened._turn_to(pages[page])
        nameless = [
            f"{type(one).__name__} {one.objectName()}"
            for one in stops(opened)
            if not (one.accessibleName() or (isinstance(one, QAbstractButton) and one.text()))
        ]
        assert nameless == []

    def test_names_are_not_said_twice_for_different_things(self, opened: Panel):
        opened.show_settings()
        names = [w.accessibleName() for w in stops(opened) if w.accessibleName()]
        assert len(names) == len(set(names))

    def test_the_first_page_begins_at_its_first_button(self, panel: Panel):
        assert panel.focusWidget() is panel.first.example

    def test_an_opened_cut_begins_at_its_gaps(self, opened: Panel):
        assert opened.focusWidget() is opened.list

    def test_a_cut_read_anew_leaves_the_focus(self, opened: Panel, cut: Path, qtbot: QtBot):
        opened.card.words.setFocus()
        with qtbot.waitSignal(opened.session.opened_changed, timeout=LONG):
            opened.open(cut)
        assert opened.focusWidget() is opened.card.words


def dropped(panel: Panel, *urls: QUrl) -> bool:
    """Drop files onto the panel; whether it would take them."""
    data = QMimeData()
    data.setUrls(list(urls))
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, none)
    entering.ignore()
    QApplication.sendEvent(panel, entering)
    if entering.isAccepted():
        drop = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, none)
        QApplication.sendEvent(panel, drop)
    return entering.isAccepted()


class TestDropping:
    def test_a_cut_dropped_on_it_is_opened(self, panel: Panel, cut: Path, qtbot: QtBot):
        with qtbot.waitSignal(panel.session.opened_changed, timeout=LONG):
            assert dropped(panel, QUrl.fromLocalFile(str(cut)))
        assert panel.title.text() == "scene.otio"

    def test_what_is_no_cut_is_told(self, panel: Panel, tmp_path: Path):
        assert dropped(panel, QUrl.fromLocalFile(str(tmp_path / "a.txt")))
        assert "no timeline format ends in" in panel.message.text()

    def test_several_and_what_is_no_file_are_not_taken(self, panel: Panel, cut: Path):
        here = QUrl.fromLocalFile(str(cut))
        assert not dropped(panel, here, here)
        assert not dropped(panel, QUrl("https://example.org/scene.otio"))
        assert not dropped(panel)


class TestTitle:
    def test_a_long_name_is_cut_in_the_middle_and_told_in_full(
        self, panel: Panel, cut: Path, qtbot: QtBot
    ):
        name = "The very long name of a reel " * 6 + "v042.otio"
        long = cut.with_name(name)
        cut.rename(long)
        panel.resize(380, 700)
        with qtbot.waitSignal(panel.session.opened_changed, timeout=LONG):
            panel.open(long)
        assert panel.width() == 380
        assert "…" in panel.title.shown()
        assert panel.title.shown().endswith("otio")
        assert panel.title.toolTip() == str(long)
        assert panel.windowTitle() == f"{name} – Pickup"

    def test_after_a_cut_that_could_not_be_read_the_one_before_is_named(
        self, opened: Panel, tmp_path: Path, qtbot: QtBot
    ):
        broken = tmp_path / "broken.otio"
        broken.write_text("{ no", "utf-8")
        with qtbot.waitSignal(opened.session.failed, timeout=LONG):
            opened.open(broken)
        assert opened.title.text() == "scene.otio"


class TestMessage:
    @pytest.fixture
    def message(self, qtbot: QtBot, qapp: Any) -> Message:
        self.taken: list[int] = []
        made = Message(lambda: self.taken.append(1))
        made.setMinimumSize(100, 20)
        qtbot.addWidget(made)
        return made

    def test_it_is_there_until_it_is_closed(self, message: Message, qtbot: QtBot):
        assert message.isHidden()
        message.say("The disk is full.")
        assert message.isVisible()
        assert message.text() == message.accessibleName() == "The disk is full."
        qtbot.mouseClick(message.closer, LEFT)
        assert message.isHidden()

    def test_escape_closes_it(self, message: Message, qtbot: QtBot):
        message.say("x")
        qtbot.keyClick(message, Qt.Key.Key_Escape)
        assert message.isHidden()

    def test_its_edge_says_whether_it_went_well(self, message: Message, qapp: Any):
        theme.apply(qapp, dark=theme.colors().dark)
        message.resize(300, 40)
        for good, name in ((False, "bad"), (True, "accent"), (False, "bad")):
            message.say("x", good=good)
            QApplication.processEvents()
            assert message.grab().toImage().pixelColor(1, 20) == theme.color(name)

    def test_a_way_back_is_offered_where_there_is_one(self, message: Message, qtbot: QtBot):
        message.say("Placed.", good=True, way_back=True)
        click(qtbot, message.way_back)
        assert self.taken == [1]
        message.say("Something else.")
        assert not message.way_back.isVisible()

    def test_a_notice_names_no_flag_of_the_command_line(self, opened: Panel):
        assert opened.message.text() == "" or "--" not in opened.message.text()


class TestParts:
    def test_what_has_no_room_ends_in_an_ellipsis(self, qtbot: QtBot, qapp: Any):
        name = Elided()
        qtbot.addWidget(name)
        name.setText("a rather long name of a clip")
        name.resize(60, 20)
        assert name.shown().endswith("…")
        assert name.toolTip() == "a rather long name of a clip"
        name.resize(600, 20)
        assert name.shown() == name.text()

    def test_the_middle_can_be_left_out(self, qtbot: QtBot, qapp: Any):
        name = Elided(how=Qt.TextElideMode.ElideMiddle)
        qtbot.addWidget(name)
        name.setText("a rather long name of a clip.mov")
        name.resize(90, 20)
        assert name.shown().endswith("ov")

    def test_it_leaves_its_room_to_the_others(self, qtbot: QtBot, qapp: Any):
        name, mate = Elided(), QLabel("a label")
        name.setText("long " * 40)
        holder = row(mate, name, QLabel("$1"))
        holder.setMinimumSize(50, 10)
        qtbot.addWidget(holder)
        holder.resize(200, 20)
        holder.show()
        assert mate.width() == mate.sizeHint().width()
        assert name.width() > 80

    def test_a_number_is_told_and_does_not_stick_to_the_edge(self, qtbot: QtBot, qapp: Any):
        told: list[int] = []
        field = number(1, 9, 3, "Takes", told.append)
        qtbot.addWidget(field)
        field.setValue(5)
        field.setValue(50)
        assert told == [5, 9]
        assert field.accessibleName() == "Takes"
        assert field.lineEdit().textMargins().left() >= 4

    @pytest.mark.parametrize("part", [0.0, 0.25, 1.0])
    def test_a_bar_is_filled_as_far_as_it_is(self, qtbot: QtBot, qapp: Any, part: float):
        bar = Bar("Progress")
        bar.setMinimumSize(40, 6)
        qtbot.addWidget(bar)
        bar.resize(200, 6)
        bar.set_part(part)
        image = bar.grab().toImage()
        filled = sum(image.pixelColor(x, 3) == theme.color("accent") for x in range(200))
        assert filled == round(200 * part)
        assert bar.accessibleDescription() == ("" if part == 0 else f"{round(part * 100)} %")

    @pytest.mark.parametrize("drawing", sorted(_DRAWINGS))
    def test_drawings_are_in_the_colour_of_words(self, qtbot: QtBot, qapp: Any, drawing: str):
        theme.apply(qapp, dark=theme.colors().dark)
        glyph = Glyph(drawing)
        glyph.setMinimumSize(10, 10)
        qtbot.addWidget(glyph)
        glyph.resize(30, 28)
        image = glyph.grab().toImage()
        ground = image.pixelColor(1, 14)
        ink = [
            (x, y)
            for x in range(30)
            for y in range(28)
            if theme.contrast(image.pixelColor(x, y), ground) > 3
        ]
        assert len(ink) > 8
        assert all(5 <= x <= 24 and 4 <= y <= 23 for x, y in ink)

    def test_redo_is_undo_in_a_mirror(self):
        undo, redo = _DRAWINGS["undo"]().boundingRect(), _DRAWINGS["redo"]().boundingRect()
        assert (16 - undo.right(), undo.top()) == (redo.left(), redo.top())


def test_a_multi_line_field_does_not_swallow_tab(opened: Panel):
    assert all(field.tabChangesFocus() for field in opened.findChildren(QPlainTextEdit))
