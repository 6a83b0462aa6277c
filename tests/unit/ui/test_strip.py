"""The timeline: what a hand does to it, and what it draws."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QPointingDevice

from pickup.cut.model import Cut, Item, ItemKind, Marker, Track
from pickup_ui import theme
from pickup_ui.qt import (
    QApplication,
    QColor,
    QEvent,
    QHelpEvent,
    QImage,
    QNativeGestureEvent,
    QPoint,
    QPointF,
    Qt,
    QToolTip,
    QWheelEvent,
)
from pickup_ui.widgets.strip import Strip
from pickup_ui.widgets.strip_paint import GAPS, LANE_LEAST, LANE_MOST, RULER, Layout
from pickup_ui.work.opening import Preferences, look_at
from pickup_ui.work.steps import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot
    from tests.unit.ui.conftest import Desk

    from pickup_ui.models.session import Session
    from pickup_ui.panel import Panel

NO, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


def clips(*spans: tuple[int, int], name: str = "A") -> list[Item]:
    return [Item(ItemKind.CLIP, f"{name}{n}", *span) for n, span in enumerate(spans)]


def hour() -> Cut:
    """Two picture tracks and one of sound, with three gaps and two markers."""
    video = Track("video", "Camera", items=clips((0, 1000), (1048, 40_000), (40_096, 86_000)))
    above = Track("video", items=clips((200, 300), name="B"))
    sound = Track("audio", "Location", items=clips((0, 86_400), name="S"))
    video.items.append(Item(ItemKind.CLIP, "last", 86_100, 86_400))
    marks = [Marker("rain", 1000, 48, color="RED"), Marker("note", 50_000, comment="later")]
    return Cut("Hour", Fraction(24), 86_400, tracks=[video, above, sound], markers=marks)


@pytest.fixture
def session(lay_out: Callable[[Cut], Desk]) -> Session:
    return lay_out(hour()).session


@pytest.fixture
def show(session: Session, qtbot: QtBot) -> Callable[[Cut | None], Strip]:
    """A strip of its own, with another cut on it if one is given."""

    def made(cut: Cut | None = None, height: int = 140) -> Strip:
        strip = Strip(session)
        qtbot.addWidget(strip)
        if cut is not None:
            was = session.opened
            assert was is not None
            document = replace(was.document, cuts=[cut])
            session.show(look_at(was.host, was.folder, document, 0, Preferences()))
        else:
            session.opened_changed.emit()
        strip.resize(1200, height)
        strip.show()
        return strip

    return made


@pytest.fixture
def strip(show: Callable[..., Strip]) -> Strip:
    return show()


def lane(strip: Strip, number: int) -> int:
    """The middle of a track, from the top; of three."""
    height = (strip.height() - RULER - GAPS - 6) / 3
    return round(RULER + GAPS + (number + 0.5) * height)


def wheel(strip: Strip, down: int, keys: Any = NO, *, x: float = 400, sideways: int = 0) -> None:
    at = QPointF(x, 60)
    event = QWheelEvent(
        at, strip.mapToGlobal(at), QPoint(), QPoint(sideways, down), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(strip, event)


def pinch(strip: Strip, value: float, x: float) -> None:
    at = QPointF(x, 60)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2,
        at, at, strip.mapToGlobal(at), value, QPointF(),
    )  # fmt: skip
    QApplication.sendEvent(strip, event)


def under(strip: Strip, x: float) -> float:
    """The frame under a pixel of the widget."""
    return strip.view.frame(x - (strip.width() - strip.view.width))


class TestZoomAndScroll:
    @pytest.mark.parametrize("keys", [CTRL, ALT])
    def test_the_wheel_zooms_about_the_pointer(self, strip: Strip, keys: Any):
        frame, scale = under(strip, 700), strip.view.scale
        wheel(strip, 240, keys, x=700)
        assert strip.view.scale > scale * 1.5
        assert under(strip, 700) == pytest.approx(frame, abs=1)
        wheel(strip, -240, keys, x=700)
        assert strip.view.scale == pytest.approx(scale)

    def test_alt_that_turns_the_wheel_sideways_zooms_too(self, strip: Strip):
        scale = strip.view.scale
        wheel(strip, 0, ALT, sideways=240)
        assert strip.view.scale > scale * 1.5

    def test_the_wheel_scrolls_and_stops_at_the_ends(self, strip: Strip):
        strip.zoom(20, 0)
        wheel(strip, -240)
        assert strip.view.first == pytest.approx(120 / strip.view.scale)
        wheel(strip, 4800)
        assert strip.view.first == 0
        for _ in range(400):
            wheel(strip, -4800)
        assert strip.view.last <= strip.data.duration * 1.021

    def test_a_wheel_turned_sideways_scrolls(self, strip: Strip):
        strip.zoom(20, 0)
        wheel(strip, 0, sideways=-240)
        assert strip.view.first > 0

    def test_a_pinch_zooms_about_the_fingers(self, strip: Strip):
        frame, scale = under(strip, 500), strip.view.scale
        pinch(strip, 0.5, 500)
        assert strip.view.scale == pytest.approx(scale * 1.5)
        assert under(strip, 500) == pytest.approx(frame, abs=1)
        pinch(strip, -0.2, 500)
        assert strip.view.scale == pytest.approx(scale * 1.2)

    def test_keys_zoom_about_the_playhead(self, opened: Panel, qtbot: Any):
        strip = opened.strip
        strip.zoom(3, strip.view.x(50))
        opened.session.set_playhead(50)
        strip.setFocus()
        x, scale = strip.x_of(50), strip.view.scale
        qtbot.keyClick(strip, Qt.Key.Key_Minus)
        assert strip.view.scale == pytest.approx(scale / 1.5)
        qtbot.keyClick(strip, Qt.Key.Key_Equal)
        assert strip.view.scale == pytest.approx(scale)
        assert strip.x_of(50) == pytest.approx(x, abs=1)
        qtbot.keyClick(strip, Qt.Key.Key_Plus)
        assert strip.view.scale == pytest.approx(min(scale * 1.5, strip.view.MOST))
        qtbot.keyClick(strip, Qt.Key.Key_Backslash)
        assert strip.view.scale == pytest.approx(strip.view.fit_scale())
        assert strip.view.first == 0

    def test_a_playhead_out_of_sight_leaves_the_middle(self, strip: Strip, session: Session):
        strip.zoom(50, 0)
        session.set_playhead(80_000)
        middle = under(strip, (strip.width() + strip.width() - strip.view.width) / 2)
        strip.zoom(2)
        now = under(strip, (strip.width() + strip.width() - strip.view.width) / 2)
        assert now == pytest.approx(middle, rel=0.01)

    def test_what_was_shown_whole_stays_so_when_it_is_resized(self, strip: Strip):
        strip.resize(700, 160)
        assert strip.view.last >= strip.data.duration
        strip.zoom(4, 0)
        scale = strip.view.scale
        strip.resize(900, 160)
        assert strip.view.scale == scale


class TestPlayhead:
    @pytest.mark.parametrize(
        ("key", "keys", "frame"),
        [
            (Qt.Key.Key_Right, NO, 5001),
            (Qt.Key.Key_Left, NO, 4999),
            (Qt.Key.Key_Right, SHIFT, 5024),
            (Qt.Key.Key_Left, SHIFT, 4976),
            (Qt.Key.Key_Home, NO, 0),
            (Qt.Key.Key_End, NO, 86_399),
        ],
    )
    def test_keys_move_it(
        self, strip: Strip, session: Session, qtbot: Any, key: Any, keys: Any, frame: int
    ):
        session.set_playhead(5000)
        strip.setFocus()
        qtbot.keyClick(strip, key, keys)
        assert session.playhead == frame

    def test_it_is_kept_in_sight(self, strip: Strip, session: Session, qtbot: Any):
        strip.zoom(100, 0)
        strip.setFocus()
        qtbot.keyClick(strip, Qt.Key.Key_End)
        assert strip.view.first < 86_399 < strip.view.last
        qtbot.keyClick(strip, Qt.Key.Key_Home)
        assert strip.view.first == 0

    def test_it_stops_at_both_ends(self, strip: Strip, session: Session, qtbot: Any):
        session.set_playhead(3)
        strip.setFocus()
        qtbot.keyClick(strip, Qt.Key.Key_Left, SHIFT)
        assert session.playhead == 0

    def test_a_drag_moves_it_and_goes_to_no_gap(self, strip: Strip, session: Session, qtbot: Any):
        current = session.current
        qtbot.mousePress(strip, LEFT, pos=QPoint(round(strip.x_of(20_000)), 10))
        qtbot.mouseMove(strip, QPoint(round(strip.x_of(40_050)), 10))
        assert session.playhead == pytest.approx(40_050, abs=80)
        assert session.current == current

    def test_a_click_on_the_names_of_tracks_does_nothing(
        self, strip: Strip, session: Session, qtbot: Any
    ):
        session.set_playhead(5000)
        qtbot.mouseClick(strip, LEFT, pos=QPoint(4, 80))
        assert session.playhead == 5000

    def test_a_click_on_a_gap_goes_to_it_at_that_frame(
        self, strip: Strip, session: Session, qtbot: Any
    ):
        strip.zoom(30, strip.view.x(40_048))
        qtbot.mouseClick(strip, LEFT, pos=QPoint(round(strip.x_of(40_060)) + 1, RULER + 5))
        assert session.current == "pk020"
        assert session.playhead == pytest.approx(40_060, abs=3)


class TestTold:
    """What lies under the pointer is said in its tip."""

    @pytest.mark.parametrize(
        ("frame", "track", "text"),
        [
            (20_000, 1, "A1"),
            (250, 0, "B0"),
            (20_000, 2, "S0"),
            (50_000, None, "note – later"),
            (20_000, 0, ""),
        ],
    )
    def test_clips_and_markers(self, strip: Strip, frame: int, track: int | None, text: str):
        y = 18 if track is None else lane(strip, track)
        strip.zoom(40, strip.view.x(frame))
        told = strip.told_at(QPoint(round(strip.x_of(frame)) + 1, y))
        assert told.splitlines()[-1:] == ([text] if text else [])

    def test_a_gap_on_its_row_and_on_the_pictures(self, strip: Strip, session: Session):
        strip.zoom(40, strip.view.x(1020))
        x = round(strip.x_of(1020))
        on_row = strip.told_at(QPoint(x, RULER + 4))
        assert on_row.startswith("pk010   01:00:41:16   48 frames   Open\n")
        assert strip.told_at(QPoint(x, lane(strip, 1))) == on_row
        # The sound goes on under it.
        assert strip.told_at(QPoint(x, lane(strip, 2))) == "S0"

    def test_the_ruler_tells_the_time(self, strip: Strip):
        strip.zoom(1000, strip.view.x(2400))
        told = strip.told_at(QPoint(round(strip.x_of(2400)) + 1, 5))
        assert told == "01:01:40:00"

    @pytest.mark.parametrize(
        ("track", "name"), [(0, "V2"), (1, "Camera"), (2, "Location"), (3, "")]
    )
    def test_tracks_are_called_by_their_names(self, strip: Strip, track: int, name: str):
        assert strip.told_at(QPoint(5, lane(strip, track))) == name

    def test_it_is_shown_where_the_pointer_rests(
        self, strip: Strip, monkeypatch: pytest.MonkeyPatch
    ):
        told: list[str] = []
        monkeypatch.setattr(QToolTip, "showText", lambda _, text, __: told.append(text))
        at = QPoint(5, lane(strip, 1))
        event = QHelpEvent(QEvent.Type.ToolTip, at, strip.mapToGlobal(at))
        assert QApplication.sendEvent(strip, event)
        assert told == ["Camera"]

    def test_a_screen_reader_hears_what_cut_and_where_one_is(self, strip: Strip, session: Session):
        assert strip.accessibleName() == "Timeline"
        assert strip.accessibleDescription() == "Hour: 3 gaps"
        session.step(1)
        assert strip.accessibleDescription().startswith("01:27:46:16")


def drawn(strip: Strip) -> QImage:
    return strip.grab().toImage()


def seen(image: QImage, x: float, y: float) -> QColor:
    return image.pixelColor(round(x), round(y))


class TestDrawn:
    def test_clips_gaps_and_tracks_have_their_colours(self, strip: Strip, session: Session):
        session.set_playhead(5)
        strip.zoom(60, strip.view.x(1000))
        image, colors = drawn(strip), theme.colors()
        middle = lane(strip, 1)
        clip = next(c for p, c in colors.boxes.items() if p.value == "clip")
        assert seen(image, strip.x_of(990), middle) == QColor(clip)
        assert seen(image, strip.x_of(1020), middle) != QColor(clip)
        tint = QColor(next(c for s, c in colors.states.items() if s.value == "open"))
        edge = seen(image, strip.x_of(1020), RULER + 3)
        assert abs(edge.hue() - tint.hue()) < 12

    @pytest.mark.parametrize("standing", [{}, {"pk020": 1}])
    def test_what_is_missing_is_hatched_and_what_stands_there_is_not(
        self, strip: Strip, session: Session, standing: dict[str, int]
    ):
        assert session.opened is not None
        session.show(replace(session.opened, standing=standing))
        session.set_playhead(5)
        strip.zoom(400, strip.view.x(40_040))
        image, line = drawn(strip), theme.color("line")
        hole = [seen(image, strip.x_of(frame), lane(strip, 1)) for frame in range(40_002, 40_090)]
        assert (line in hole) == (not standing)

    def test_an_editors_colour_is_on_the_clip(self, show: Callable[..., Strip]):
        item = Item(ItemKind.CLIP, "", 0, 240, color="#cc3030")
        strip = show(Cut("C", Fraction(24), 0, tracks=[Track("video", items=[item])]))
        image = drawn(strip)
        at = strip.x_of(120), strip.height() / 2 + 10
        assert seen(image, *at) == theme.muted("#cc3030")

    def test_the_playhead_stands_where_the_session_says(self, strip: Strip, session: Session):
        session.set_playhead(60_000)
        image, tint = drawn(strip), theme.color("playhead")
        x = strip.x_of(60_000)
        assert any(abs(seen(image, x + dx, 100).hue() - tint.hue()) < 8 for dx in (-1, 0))
        assert seen(image, x, 4) == tint
        assert seen(image, x + 12, 4) != tint

    def test_track_names_stand_left_of_the_time(self, strip: Strip):
        image = drawn(strip)
        head = strip.width() - strip.view.width
        assert 16 < head < 40
        assert seen(image, 1, 100) == theme.color("surface")
        assert strip.x_of(0) == head

    def test_one_news_is_drawn_as_all_would_be(self, strip: Strip, session: Session):
        """Only the gap's own place is painted anew: it must look as if everything were."""
        strip.zoom(30, strip.view.x(40_048))
        drawn(strip)
        state = session.shots["pk020"]
        state.heard(Step("pk020", 1, Phase.MAKING, 0.5))
        session.shot_changed.emit("pk020")
        quick = drawn(strip)
        strip.redraw()
        assert quick == drawn(strip)

    def test_news_of_tiny_gaps_are_drawn_together(self, strip: Strip, session: Session, qtbot: Any):
        session.step(1)
        before = drawn(strip)
        session.shots["pk010"].heard(Step("pk010", 1, Phase.MAKING, 0.5))
        session.shot_changed.emit("pk010")
        assert drawn(strip) == before
        qtbot.waitUntil(lambda: drawn(strip) != before, timeout=2000)

    def test_the_focus_is_a_ring(self, strip: Strip, session: Session, qtbot: Any):
        strip.clearFocus()
        without = seen(drawn(strip), 0, 0)
        qtbot.mouseClick(strip, LEFT, pos=QPoint(300, 10))
        strip.activateWindow()
        strip.setFocus()
        qtbot.waitUntil(strip.hasFocus)
        assert seen(drawn(strip), 0, 0) == theme.color("accent") != without

    def test_it_follows_the_theme(self, strip: Strip, qapp: Any):
        was = theme.colors().dark
        try:
            for dark in (True, False):
                theme.apply(qapp, dark=dark)
                QApplication.processEvents()
                assert seen(drawn(strip), 1, 100) == theme.color("surface")
        finally:
            theme.apply(qapp, dark=was)

    def test_the_cut_runs_left_to_right_in_every_language(self, strip: Strip, session: Session):
        before = drawn(strip)
        strip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        strip.redraw()
        assert strip.x_of(0) < strip.x_of(1000)
        assert seen(drawn(strip), strip.x_of(500), 100) == seen(before, strip.x_of(500), 100)

    def test_nothing_open_is_an_empty_ground(self, desk: Desk, qtbot: QtBot):
        strip = Strip(desk.session)
        qtbot.addWidget(strip)
        strip.resize(400, 120)
        assert seen(drawn(strip), 200, 60) == theme.color("window")
        assert strip.told_at(QPoint(50, 50)) == ""
        qtbot.keyClick(strip, Qt.Key.Key_Right)
        assert desk.session.playhead == 0


class TestManyTracks:
    @pytest.fixture
    def tall(self, show: Callable[..., Strip]) -> Strip:
        tracks = [Track("video", f"Picture {n}", items=clips((0, 240))) for n in range(1, 31)]
        return show(Cut("Tall", Fraction(24), 0, tracks=tracks), 160)

    def test_they_are_scrolled_with_shift_and_the_wheel(self, tall: Strip):
        y = RULER + GAPS + 3
        assert tall.told_at(QPoint(4, y)) == "Picture 30"
        wheel(tall, -round(LANE_LEAST) * 2 * 4, SHIFT)
        assert tall.told_at(QPoint(4, y)) == "Picture 26"
        wheel(tall, -10_000, SHIFT)
        assert tall.told_at(QPoint(4, tall.height() - 12)) == "Picture 1"
        wheel(tall, 10_000, SHIFT)
        assert tall.told_at(QPoint(4, y)) == "Picture 30"

    def test_ruler_and_gaps_stay_where_they_are(self, tall: Strip):
        before = drawn(tall).copy(0, 0, 900, RULER)
        wheel(tall, -300, SHIFT)
        assert drawn(tall).copy(0, 0, 900, RULER) == before

    def test_the_strip_asks_for_no_more_than_fits(self, tall: Strip):
        assert tall.sizeHint().height() < 320


class TestLayout:
    @given(st.integers(1, 60), st.integers(80, 900), st.floats(-5000, 5000))
    def test_tracks_fill_the_room_and_none_is_lost(self, lanes: int, height: int, by: float):
        rows = Layout()
        rows.fit(lanes, height)
        rows.scroll(by)
        assert LANE_LEAST <= rows.height <= LANE_MOST
        assert rows.top(0) <= RULER + GAPS
        whole = lanes * rows.height
        if whole > rows.room:
            assert rows.top(0) + whole >= RULER + GAPS + rows.room - 0.01
        else:
            assert rows.top(0) == RULER + GAPS

    @given(st.integers(1, 20), st.integers(100, 600))
    def test_a_track_is_found_where_it_lies(self, lanes: int, height: int):
        rows = Layout()
        rows.fit(lanes, height)
        for lane in range(lanes):
            middle = rows.top(lane) + rows.height / 2
            assert rows.at(middle) == lane
        assert rows.at(RULER) == -1
        assert rows.at(rows.top(lanes) + 1) == -1
