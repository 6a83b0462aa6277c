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
from pickup_ui.widgets.strip_paint import GAPS, LANE_LEAST, LANE_MOST, RULER, Layout
from pickup_ui.work.opening import Preferences, look_at

if TYPE_CHECKING:
    from pickup_ui.panel import Panel
    from pickup_ui.widgets.strip import Strip

NO, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


def clips(*spans: tuple[int, int], name: str = "A") -> list[Item]:
    return [Item(ItemKind.CLIP, f"{name}{n}", *span) for n, span in enumerate(spans)]


def show_cut(panel: Panel, cut: Cut) -> None:
    was = panel.session.opened
    assert was is not None
    document = replace(was.document, cuts=[cut])
    panel.session.show(look_at(was.host, was.folder, document, 0, Preferences()))


@pytest.fixture
def strip(opened: Panel) -> Strip:
    """An hour of two picture tracks and one of sound, with three gaps and two markers."""
    video = Track("video", "Camera", items=clips((0, 1000), (1048, 40_000), (40_096, 86_000)))
    above = Track("video", items=clips((200, 300), name="B"))
    sound = Track("audio", "Location", items=clips((0, 86_400), name="S"))
    video.items.append(Item(ItemKind.CLIP, "last", 86_100, 86_400))
    marks = [Marker("rain", 1000, 48, color="RED"), Marker("note", 50_000, comment="later")]
    cut = Cut("Hour", Fraction(24), 86_400, tracks=[video, above, sound], markers=marks)
    show_cut(opened, cut)
    opened.strip.resize(1200, 160)
    QApplication.processEvents()
    return opened.strip


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

    def test_keys_zoom_about_the_playhead(self, strip: Strip, opened: Panel, qtbot: Any):
        opened.session.set_playhead(43_200)
        strip.setFocus()
        x, scale = strip.x_of(43_200), strip.view.scale
        qtbot.keyClick(strip, Qt.Key.Key_Equal)
        assert strip.view.scale == pytest.approx(scale * 1.5)
        assert strip.x_of(43_200) == pytest.approx(x, abs=1)
        qtbot.keyClick(strip, Qt.Key.Key_Minus)
        qtbot.keyClick(strip, Qt.Key.Key_Plus)
        qtbot.keyClick(strip, Qt.Key.Key_Plus)
        qtbot.keyClick(strip, Qt.Key.Key_Backslash)
        assert strip.view.scale == pytest.approx(scale)
        assert strip.view.first == 0

    def test_a_playhead_out_of_sight_leaves_the_middle(self, strip: Strip, opened: Panel):
        strip.zoom(50, 0)
        opened.session.set_playhead(80_000)
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
        self, strip: Strip, opened: Panel, qtbot: Any, key: Any, keys: Any, frame: int
    ):
        opened.session.set_playhead(5000)
        strip.setFocus()
        qtbot.keyClick(strip, key, keys)
        assert opened.session.playhead == frame

    def test_it_is_kept_in_sight(self, strip: Strip, opened: Panel, qtbot: Any):
        strip.zoom(100, 0)
        strip.setFocus()
        qtbot.keyClick(strip, Qt.Key.Key_End)
        assert strip.view.first < 86_399 < strip.view.last
        qtbot.keyClick(strip, Qt.Key.Key_Home)
        assert strip.view.first == 0

    def test_it_stops_at_both_ends(self, strip: Strip, opened: Panel, qtbot: Any):
        opened.session.set_playhead(3)
        strip.setFocus()
        qtbot.keyClick(strip, Qt.Key.Key_Left, SHIFT)
        assert opened.session.playhead == 0

    def test_a_drag_moves_it_and_goes_to_no_gap(self, strip: Strip, opened: Panel, qtbot: Any):
        current = opened.session.current
        qtbot.mousePress(strip, LEFT, pos=QPoint(round(strip.x_of(20_000)), 10))
        qtbot.mouseMove(strip, QPoint(round(strip.x_of(40_050)), 10))
        assert opened.session.playhead == pytest.approx(40_050, abs=80)
        assert opened.session.current == current

    def test_a_click_on_the_names_of_tracks_does_nothing(
        self, strip: Strip, opened: Panel, qtbot: Any
    ):
        opened.session.set_playhead(5000)
        qtbot.mouseClick(strip, LEFT, pos=QPoint(4, 80))
        assert opened.session.playhead == 5000

    def test_a_click_on_a_gap_goes_to_it_at_that_frame(
        self, strip: Strip, opened: Panel, qtbot: Any
    ):
        strip.zoom(30, strip.view.x(40_048))
        qtbot.mouseClick(strip, LEFT, pos=QPoint(round(strip.x_of(40_060)) + 1, RULER + 5))
        assert opened.session.current == "pk020"
        assert opened.session.playhead == pytest.approx(40_060, abs=3)


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

    def test_a_gap_on_its_row_and_on_the_pictures(self, strip: Strip, opened: Panel):
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

    def test_a_screen_reader_hears_what_cut_and_where_one_is(self, strip: Strip, opened: Panel):
        assert strip.accessibleName() == "Timeline"
        assert strip.accessibleDescription() == "01:00:41:16, Open"
        opened.session.step(1)
        assert strip.accessibleDescription().startswith("01:27:46:16")


def drawn(strip: Strip) -> QImage:
    return strip.grab().toImage()


def seen(image: QImage, x: float, y: float) -> QColor:
    return image.pixelColor(round(x), round(y))


class TestDrawn:
    def test_clips_gaps_and_tracks_have_their_colours(self, strip: Strip, opened: Panel):
        opened.session.set_playhead(5)
        strip.zoom(60, strip.view.x(1000))
        image, colors = drawn(strip), theme.colors()
        middle = lane(strip, 1)
        clip = next(c for p, c in colors.boxes.items() if p.value == "clip")
        assert seen(image, strip.x_of(990), middle) == QColor(clip)
        assert seen(image, strip.x_of(1020), middle) != QColor(clip)
        tint = QColor(next(c for s, c in colors.states.items() if s.value == "open"))
        edge = seen(image, strip.x_of(1020), RULER + 3)
        assert abs(edge.hue() - tint.hue()) < 12

    def test_an_editors_colour_is_on_the_clip(self, opened: Panel):
        item = Item(ItemKind.CLIP, "", 0, 240, color="#cc3030")
        show_cut(opened, Cut("C", Fraction(24), 0, tracks=[Track("video", items=[item])]))
        image = drawn(opened.strip)
        at = opened.strip.x_of(120), opened.strip.height() / 2 + 10
        assert seen(image, *at) == theme.muted("#cc3030")

    def test_the_playhead_stands_where_the_session_says(self, strip: Strip, opened: Panel):
        opened.session.set_playhead(60_000)
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

    def test_one_news_is_drawn_as_all_would_be(self, strip: Strip, opened: Panel):
        """Only the gap's own place is painted anew: it must look as if everything were."""
        from pickup_ui.work.steps import Phase, Step

        strip.zoom(30, strip.view.x(40_048))
        drawn(strip)
        state = opened.session.shots["pk020"]
        state.heard(Step("pk020", 1, Phase.MAKING, 0.5))
        opened.session.shot_changed.emit("pk020")
        quick = drawn(strip)
        strip.redraw()
        assert quick == drawn(strip)

    def test_news_of_tiny_gaps_are_drawn_together(self, strip: Strip, opened: Panel, qtbot: Any):
        from pickup_ui.work.steps import Phase, Step

        opened.session.step(1)
        before = drawn(strip)
        opened.session.shots["pk010"].heard(Step("pk010", 1, Phase.MAKING, 0.5))
        opened.session.shot_changed.emit("pk010")
        assert drawn(strip) == before
        qtbot.waitUntil(lambda: drawn(strip) != before, timeout=2000)

    def test_the_focus_is_a_ring(self, strip: Strip, opened: Panel, qtbot: Any):
        opened.list.setFocus()
        without = seen(drawn(strip), 0, 0)
        strip.setFocus()
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

    def test_the_cut_runs_left_to_right_in_every_language(self, strip: Strip, opened: Panel):
        before = drawn(strip)
        strip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        strip.redraw()
        assert strip.x_of(0) < strip.x_of(1000)
        assert seen(drawn(strip), strip.x_of(500), 100) == seen(before, strip.x_of(500), 100)

    def test_nothing_open_is_an_empty_ground(self, panel: Panel):
        panel.strip.resize(400, 120)
        image = drawn(panel.strip)
        assert seen(image, 200, 60) == theme.color("window")
        assert panel.strip.told_at(QPoint(50, 50)) == ""


class TestManyTracks:
    @pytest.fixture
    def tall(self, opened: Panel) -> Strip:
        tracks = [Track("video", f"Picture {n}", items=clips((0, 240))) for n in range(1, 31)]
        show_cut(opened, Cut("Tall", Fraction(24), 0, tracks=tracks))
        opened.strip.resize(900, 160)
        return opened.strip

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

    def test_the_strip_asks_for_no_more_than_fits(self, tall: Strip, opened: Panel):
        assert tall.sizeHint().height() < 320
        assert opened.strip.height() <= opened.height() // 2


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
