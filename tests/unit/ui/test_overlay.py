"""Sheets over the panel: what they say, and that nothing else is done meanwhile."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pickup.fill.values import Bill
from pickup.hosts.base import Change
from pickup_ui.qt import (
    QApplication,
    QLabel,
    QLineEdit,
    QPoint,
    QPushButton,
    Qt,
    QVBoxLayout,
    QWidget,
)
from pickup_ui.widgets.overlay import Overlay, place_sheet, quote_sheet
from pickup_ui.widgets.parts import action, button
from pickup_ui.work.ordering import Quote
from pickup_ui.work.placing import Proposal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton


class Parent(QWidget):
    """A window with a field and a command of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(100, 100)
        self.done: list[str] = []
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        action(self, "Order", "Ctrl+Return", lambda: self.done.append("order"))
        action(self, "Next", "J", lambda: self.done.append("next"))
        self.overlay = Overlay(self)
        self.resize(700, 500)


@pytest.fixture
def window(qtbot: QtBot) -> Parent:
    made = Parent()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    made.field.setFocus()
    return made


def texts(sheet: QWidget) -> list[str]:
    return [one.text() for one in sheet.findChildren(QLabel) if one.text()]


def pressed(sheet: QWidget, name: str) -> QPushButton:
    return next(one for one in sheet.findChildren(QPushButton) if one.text() == name)


@pytest.fixture
def sheet(window: Parent) -> QWidget:
    """A sheet of an order is shown."""
    said = window.done.append
    made = quote_sheet(quote(), lambda: said("yes"), lambda: said("no"))
    window.overlay.show_sheet(made)
    return made


def quote(lines: int = 1, **facts: Any) -> Quote:
    bill = Bill(
        tuple((f"pk{n:03d} take 1", "fal:a-model", Decimal("0.4")) for n in range(lines)),
        tuple(f"pk{n:03d}: its words go to fal" for n in range(lines)),
        ("fal",),
    )
    return Quote((), bill, facts.get("refused", {}))


class TestModal:
    def test_the_button_that_spends_nothing_has_the_focus(self, window: Parent, sheet: QWidget):
        assert window.focusWidget() is pressed(sheet, "Not now")

    def test_commands_of_the_panel_do_not_go_through(
        self, window: Parent, sheet: QWidget, qtbot: QtBot
    ):
        focus = window.focusWidget()
        qtbot.keyClick(focus, Qt.Key.Key_J)
        qtbot.keyClick(focus, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert "order" not in window.done
        assert "next" not in window.done
        window.overlay.close_sheet()
        window.field.clearFocus()
        qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert window.done[-1] == "order"

    @pytest.mark.parametrize("back", [False, True])
    def test_tab_goes_round_within_the_sheet(
        self, window: Parent, sheet: QWidget, qtbot: QtBot, back: bool
    ):
        key = Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab
        visited = []
        for _ in range(7):
            qtbot.keyClick(window.focusWidget(), key)
            visited.append(window.focusWidget())
        assert window.field not in visited
        assert {pressed(sheet, "Not now"), pressed(sheet, "Order for $0.40")} <= set(visited)
        assert all(window.overlay.isAncestorOf(one) for one in visited)

    def test_escape_and_a_click_beside_it_decide_nothing(
        self, window: Parent, sheet: QWidget, qtbot: QtBot
    ):
        closed: list[int] = []
        window.overlay.closed.connect(lambda: closed.append(1))
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
        assert not window.overlay.isVisible()
        window.overlay.show_sheet(quote_sheet(quote(), lambda: None, lambda: None))
        qtbot.mouseClick(window.overlay, LEFT, pos=QPoint(4, 4))
        assert not window.overlay.isVisible()
        assert window.done == []
        assert len(closed) == 2

    def test_a_click_on_it_leaves_it_open(self, window: Parent, sheet: QWidget, qtbot: QtBot):
        qtbot.mouseClick(window.overlay, LEFT, pos=sheet.geometry().center())
        assert window.overlay.inside is sheet

    def test_it_stays_in_the_middle_and_inside(self, window: Parent, sheet: QWidget):
        for size in ((700, 500), (380, 420), (1400, 300)):
            window.resize(*size)
            QApplication.processEvents()
            place = sheet.geometry()
            assert window.rect().contains(place)
            assert abs(place.center().x() - window.rect().center().x()) <= 1
            assert window.overlay.geometry() == window.rect()

    def test_another_sheet_takes_its_place(self, window: Parent, sheet: QWidget):
        other = quote_sheet(quote(2), lambda: None, lambda: None)
        window.overlay.show_sheet(other)
        assert window.overlay.inside is other
        assert not sheet.isVisible()

    def test_what_is_taken_back_is_not_destroyed(self, window: Parent, qtbot: QtBot):
        whole = QWidget()
        window.overlay.show_sheet(whole, full=True)
        assert whole.geometry() == window.overlay.rect()
        assert window.overlay.holds(whole)
        assert window.overlay.take() is whole
        assert window.overlay.inside is None
        assert not window.overlay.holds(whole)
        qtbot.addWidget(whole)

    def test_what_lies_over_all_leaves_the_commands(self, window: Parent, qtbot: QtBot):
        whole = QWidget()
        whole.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.overlay.show_sheet(whole, full=True)
        qtbot.keyClick(whole, Qt.Key.Key_J)
        assert window.done == ["next"]

    def test_tab_with_nothing_to_press_stays(self, window: Parent, qtbot: QtBot):
        window.overlay.show_sheet(QWidget(), full=True)
        assert window.overlay.focusNextPrevChild(True) is False


class TestQuoteSheet:
    def test_says_what_goes_where_and_what_it_costs(self, sheet: QWidget):
        said = texts(sheet)
        assert "In all up to $0.40" in said
        assert "pk000: its words go to fal" in said
        assert said[-3:] == ["pk000 take 1", "fal:a-model", "$0.40"]

    def test_the_button_names_the_sum_and_orders(
        self, window: Parent, sheet: QWidget, qtbot: QtBot
    ):
        qtbot.mouseClick(pressed(sheet, "Order for $0.40"), LEFT)
        assert window.done == ["yes"]

    def test_an_unknown_price_is_said_and_on_no_button(self, qtbot: QtBot):
        bill = Bill((("pk010 take 1", "a:b", None),), ("pk010: its words go to a",), ("a",))
        made = quote_sheet(Quote((), bill, {}), lambda: None, lambda: None)
        qtbot.addWidget(made)
        assert "price unknown" in texts(made)
        assert pressed(made, "Order")

    @pytest.mark.parametrize(
        ("here", "text"),
        [(1, "1 take is made here, free"), (3, "3 takes are made here, free")],
    )
    def test_what_is_made_on_this_machine_is_counted(self, qtbot: QtBot, here: int, text: str):
        local = SimpleNamespace(provider=SimpleNamespace(local=True))
        away = SimpleNamespace(provider=SimpleNamespace(local=False))
        asked = Quote((*[local] * here, away), quote().bill, {})  # type: ignore[arg-type]
        made = quote_sheet(asked, lambda: None, lambda: None)
        qtbot.addWidget(made)
        assert texts(made)[-1] == text

    def test_a_hundred_lines_scroll_and_the_buttons_stay(self, window: Parent):
        made = quote_sheet(quote(100), lambda: None, lambda: None)
        window.overlay.show_sheet(made)
        QApplication.processEvents()
        yes = pressed(made, "Order for $40.00")
        assert window.rect().contains(yes.mapTo(window, yes.rect().center()))
        assert made.height() <= window.height()

    def test_a_short_one_is_no_higher_than_it_needs(self, window: Parent, sheet: QWidget):
        QApplication.processEvents()
        assert sheet.height() < 260


def change(**facts: Any) -> Change:
    known: dict[str, Any] = {
        **{"shot": "pk010", "take": "pk010_t01", "where": "01:00:02:00"},
        **{"frames": 36, "track": "Video 1"},
    }
    return Change(**known | facts)


def proposed(*changes: Change, **facts: Any) -> Proposal:
    known: dict[str, Any] = {"changes": changes, "left": 0, "out": None, "overwrites": False}
    return Proposal(**known | facts)


@pytest.fixture
def place(qtbot: QtBot) -> Callable[..., QWidget]:
    def made(proposal: Proposal) -> QWidget:
        sheet = place_sheet(proposal, lambda: None, lambda: None)
        qtbot.addWidget(sheet)
        return sheet

    return made


class TestPlaceSheet:
    @pytest.mark.parametrize(
        ("facts", "line"),
        [
            ({}, "01:00:02:00   36 frames   Video 1"),
            ({"frames": 1, "track": ""}, "01:00:02:00   1 frame   new track “Pickup”"),
            ({"instead": "pk010_t02"}, "01:00:02:00   36 frames   Video 1   instead of pk010_t02"),
            (
                {"alternatives": 1},
                "01:00:02:00   36 frames   Video 1   1 other take goes along",
            ),
            (
                {"alternatives": 3},
                "01:00:02:00   36 frames   Video 1   3 other takes go along",
            ),
        ],
    )
    def test_lists_exactly_what_will_change(self, place: Any, facts: dict[str, Any], line: str):
        said = texts(place(proposed(change(**facts))))
        assert said == ["Place 1 take", "pk010_t01", line]

    @pytest.mark.parametrize(
        ("overwrites", "verb"),
        [(False, "Writes: a.filled.otio"), (True, "Writes anew: a.filled.otio")],
    )
    def test_says_which_file_is_written(self, place: Any, overwrites: bool, verb: str):
        proposal = proposed(change(), out=Path("/x/a.filled.otio"), overwrites=overwrites)
        assert texts(place(proposal))[-2:] == [verb, "Your own file is not touched."]

    @pytest.mark.parametrize(("left", "text"), [(1, "1 gap stays open."), (7, "7 gaps stay open.")])
    def test_says_what_stays_open(self, place: Any, left: int, text: str):
        assert text in texts(place(proposed(change(), left=left)))

    def test_with_nothing_chosen_there_is_nothing_to_press_but_back(self, place: Any):
        sheet = place(proposed(left=2))
        assert [b.text() for b in sheet.findChildren(QPushButton)] == ["Not now"]
        assert texts(sheet)[1] == "No take is chosen yet. Choose one in the viewer."

    def test_placing_has_the_focus_since_it_costs_nothing(
        self, window: Parent, place: Any, qtbot: QtBot
    ):
        sheet = place(proposed(change()))
        window.overlay.show_sheet(sheet)
        assert window.focusWidget() is pressed(sheet, "Place")


def test_a_button_says_its_name_and_what_it_does(qtbot: QtBot):
    done: list[int] = []
    made = button("Keep", lambda: done.append(1), "keep", tip="Kept", spoken="Keep the key")
    qtbot.addWidget(made)
    qtbot.mouseClick(made, LEFT)
    assert (made.accessibleName(), made.toolTip(), done) == ("Keep the key", "Kept", [1])
