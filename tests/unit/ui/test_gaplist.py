"""The column of gaps: how a row looks, and how gaps are picked and selected."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from pickup.cut.model import Cut, Item, ItemKind, Track
from pickup_ui import theme
from pickup_ui.models.gaps import STATE_ROLE, GapRows
from pickup_ui.models.thumbnails import Thumbnails
from pickup_ui.qt import QApplication, QColor, QImage, QPainter, QPoint, QRect, Qt
from pickup_ui.widgets.gaplist import ROW, GapList
from pickup_ui.work.steps import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot
    from tests.unit.ui.conftest import Desk

    from pickup_ui.models.session import Session

LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier


def cut_of(gaps: int, length: int = 48) -> Cut:
    items = [
        Item(ItemKind.CLIP, f"A{n:03d}", n * 2 * length, n * 2 * length + length)
        for n in range(gaps + 1)
    ]
    return Cut("Many", Fraction(24), 86_400, tracks=[Track("video", items=items)])


@pytest.fixture
def make(lay_out: Callable[[Cut], Desk], qtbot: QtBot) -> Callable[..., GapList]:
    def made(gaps: int = 6, width: int = 320) -> GapList:
        desk = lay_out(cut_of(gaps))
        rows = GapRows(desk.session, desk.session)
        shown = GapList(desk.session, rows, Thumbnails(desk.tasks, desk.session))
        qtbot.addWidget(shown)
        shown.resize(width, 500)
        shown.show()
        desk.session.current_changed.emit(desk.session.current)
        return shown

    return made


@pytest.fixture
def gaps(make: Callable[..., GapList]) -> GapList:
    return make()


def session_of(gaps: GapList) -> Session:
    return gaps._session


def wanted(gaps: GapList) -> list[int]:
    states = session_of(gaps).shots.values()
    return [row for row, state in enumerate(states) if state.wanted]


def tick(gaps: GapList, row: int) -> QPoint:
    place = gaps.visualRect(gaps.model().index(row, 0))
    mirrored = gaps.layoutDirection() is Qt.LayoutDirection.RightToLeft
    return QPoint(place.right() - 15 if mirrored else place.left() + 15, place.top() + 18)


class TestSelecting:
    def test_a_click_on_the_tick_selects_and_leaves_out(self, gaps: GapList, qtbot: QtBot):
        qtbot.mouseClick(gaps.viewport(), LEFT, pos=tick(gaps, 2))
        assert wanted(gaps) == [0, 1, 3, 4, 5]
        qtbot.mouseClick(gaps.viewport(), LEFT, pos=tick(gaps, 2))
        assert wanted(gaps) == [0, 1, 2, 3, 4, 5]

    def test_a_tick_is_no_look_at_the_gap(self, gaps: GapList, qtbot: QtBot):
        current = session_of(gaps).current
        qtbot.mouseClick(gaps.viewport(), LEFT, pos=tick(gaps, 4))
        assert session_of(gaps).current == current

    def test_with_shift_all_between_go_along(self, gaps: GapList, qtbot: QtBot):
        qtbot.mouseClick(gaps.viewport(), LEFT, pos=tick(gaps, 1))
        qtbot.mouseClick(gaps.viewport(), LEFT, SHIFT, tick(gaps, 4))
        assert wanted(gaps) == [0, 5]
        qtbot.mouseClick(gaps.viewport(), LEFT, SHIFT, tick(gaps, 2))
        assert wanted(gaps) == [0, 2, 3, 4, 5]

    def test_shift_alone_begins_where_it_is(self, gaps: GapList, qtbot: QtBot):
        qtbot.mouseClick(gaps.viewport(), LEFT, SHIFT, tick(gaps, 3))
        assert wanted(gaps) == [0, 1, 2, 4, 5]

    def test_x_selects_the_current_gap(self, gaps: GapList, qtbot: QtBot):
        session_of(gaps).step(1)
        qtbot.keyClick(gaps, Qt.Key.Key_X)
        assert wanted(gaps) == [0, 2, 3, 4, 5]

    def test_the_model_takes_a_check_state_as_other_views_would_give_it(self, gaps: GapList):
        model, role = gaps.model(), Qt.ItemDataRole.CheckStateRole
        index = model.index(3, 0)
        assert model.setData(index, Qt.CheckState.Unchecked, role)
        assert wanted(gaps) == [0, 1, 2, 4, 5]
        assert model.data(index, role) == Qt.CheckState.Unchecked
        assert not model.setData(index, "words", Qt.ItemDataRole.EditRole)
        assert model.flags(index) & Qt.ItemFlag.ItemIsUserCheckable


class TestLookingAt:
    def test_a_click_looks_at_the_gap(self, gaps: GapList, qtbot: QtBot):
        place = gaps.visualRect(gaps.model().index(3, 0))
        qtbot.mouseClick(gaps.viewport(), LEFT, pos=QPoint(200, place.center().y()))
        assert session_of(gaps).current == "pk040"

    def test_arrows_go_from_gap_to_gap(self, gaps: GapList, qtbot: QtBot):
        qtbot.keyClick(gaps, Qt.Key.Key_Down)
        qtbot.keyClick(gaps, Qt.Key.Key_Down)
        assert session_of(gaps).current == "pk030"
        qtbot.keyClick(gaps, Qt.Key.Key_Up)
        assert session_of(gaps).current == "pk020"
        qtbot.keyClick(gaps, Qt.Key.Key_End)
        assert session_of(gaps).current == "pk060"

    def test_what_is_looked_at_elsewhere_is_scrolled_into_sight(self, make: Any):
        gaps = make(500)
        session_of(gaps).go_to(session_of(gaps).ids[400])
        index = gaps.currentIndex()
        assert index.row() == 400
        assert gaps.viewport().rect().contains(gaps.visualRect(index).center())

    @pytest.mark.parametrize("count", [1, 500])
    def test_one_gap_and_five_hundred(self, make: Any, count: int):
        gaps = make(count)
        assert gaps.model().rowCount() == count
        assert gaps.currentIndex().row() == 0
        assert gaps.visualRect(gaps.currentIndex()).height() == ROW

    def test_a_row_is_read_out_in_a_sentence(self, gaps: GapList):
        state = session_of(gaps).shots["pk020"]
        index = gaps.model().index(1, 0)
        spoken = gaps.model().data(index, Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == f"pk020, 01:00:06:00, 48 frames, Open. {state.shot.text}"
        assert gaps.model().data(index, Qt.ItemDataRole.ToolTipRole) == state.shot.text
        assert gaps.model().data(index, STATE_ROLE) is state


class Recorder(QPainter):
    """Notes what is written, and where."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.written: list[tuple[QRect, str]] = []

    def drawText(self, *args: Any) -> Any:
        self.written.append((args[0], args[-1]))
        return super().drawText(*args)


def written(gaps: GapList, row: int, width: int) -> list[tuple[QRect, str]]:
    """The texts of one row as it is painted at a width."""
    from pickup_ui.qt import QStyleOptionViewItem

    image = QImage(width, ROW, QImage.Format.Format_RGB32)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, width, ROW)
    option.font = gaps.font()
    option.direction = gaps.layoutDirection()
    painter = Recorder(image)
    gaps._delegate.paint(painter, option, gaps.model().index(row, 0))
    painter.end()
    return painter.written


class TestDrawn:
    @pytest.mark.parametrize("width", [310, 320, 360, 500])
    @pytest.mark.parametrize("takes", [1, 2, 12])
    def test_how_a_gap_stands_is_never_cut_off(
        self, gaps: GapList, width: int, takes: int, monkeypatch: pytest.MonkeyPatch
    ):
        told = f"{takes} take{'s' if takes > 1 else ''} to judge"
        monkeypatch.setattr("pickup_ui.widgets.gaplist.status_text", lambda _: told)
        texts = [text for _, text in written(gaps, 0, width)]
        assert told in texts
        assert "01:00:02:00" in texts
        assert "48 frames" in texts
        assert "pk010" in texts

    def test_words_get_two_lines_and_an_ellipsis(self, gaps: GapList):
        session = session_of(gaps)
        session.edit("pk010", "x", words="a long walk along the harbour wall " * 4)
        words = written(gaps, 0, 320)[-1][1]
        first, second = words.split("\n")
        assert first.startswith("a long walk")
        assert second.endswith("…")

    def test_a_word_without_a_break_is_cut_and_not_lost(self, gaps: GapList):
        session_of(gaps).edit("pk010", "x", words="a" * 200)
        words = written(gaps, 0, 320)[-1][1]
        assert words.startswith("aaa")
        assert words.endswith("…")

    def test_why_it_was_not_made_stands_in_place_of_the_words(self, gaps: GapList):
        session_of(gaps).shots["pk010"].heard(Step("pk010", 1, Phase.FAILED, None, "no faces"))
        texts = [text for _, text in written(gaps, 0, 320)]
        assert "Not made" in texts
        assert "no faces" in texts[-1]

    def test_no_text_lies_on_another_or_on_the_frames(self, gaps: GapList):
        for way in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
            gaps.setLayoutDirection(way)
            places = [place for place, text in written(gaps, 0, 320) if text]
            assert all(
                QRect(0, 0, 320, ROW).contains(place.adjusted(1, 1, -1, -1)) for place in places
            )
            tick_place = gaps._delegate.tick_rect(QRect(0, 0, 320, ROW), way)
            assert not any(place.intersects(tick_place) for place in places)

    def test_ticks_change_sides_with_the_writing(self, gaps: GapList, qtbot: QtBot):
        gaps.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        qtbot.mouseClick(gaps.viewport(), LEFT, pos=tick(gaps, 0))
        assert wanted(gaps) == [1, 2, 3, 4, 5]

    def test_the_current_row_is_marked_and_has_the_focus_ring(self, gaps: GapList, qtbot: QtBot):
        gaps.clearFocus()
        QApplication.processEvents()
        plain = gaps.viewport().grab().toImage()
        assert plain.pixelColor(1, 30) == theme.color("accent")
        assert plain.pixelColor(1, ROW + 30) != theme.color("accent")
        gaps.activateWindow()
        gaps.setFocus()
        qtbot.waitUntil(gaps.hasFocus)
        ringed = gaps.viewport().grab().toImage()
        assert ringed.pixelColor(150, 0) == theme.color("accent") != plain.pixelColor(150, 0)

    def test_progress_is_a_line_as_long_as_its_part(self, gaps: GapList):
        state = session_of(gaps).shots["pk010"]
        state.heard(Step("pk010", 1, Phase.MAKING, 0.5))
        gaps.viewport().update()
        image = gaps.viewport().grab().toImage()
        tint = QColor(theme.colors().states[state.status])
        line = [image.pixelColor(x, 52) == tint for x in range(32, 166)]
        assert sum(line) == pytest.approx(134 * 0.45, abs=2)
        assert line == sorted(line, reverse=True)

    def test_one_news_paints_one_row(self, gaps: GapList, monkeypatch: pytest.MonkeyPatch):
        QApplication.processEvents()
        painted: list[int] = []
        paint = gaps._delegate.paint

        def noting(painter: QPainter, option: Any, index: Any) -> None:
            painted.append(index.row())
            paint(painter, option, index)

        monkeypatch.setattr(gaps._delegate, "paint", noting)
        session_of(gaps).shot_changed.emit("pk030")
        QApplication.processEvents()
        assert painted in ([2], [])

    def test_it_follows_the_theme(self, gaps: GapList, qapp: Any):
        was = theme.colors().dark
        try:
            for dark in (False, True):
                theme.apply(qapp, dark=dark)
                QApplication.processEvents()
                at = gaps.viewport().grab().toImage().pixelColor(5, 2 * ROW - 4)
                assert at == theme.color("surface")
        finally:
            theme.apply(qapp, dark=was)
