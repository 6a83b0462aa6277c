"""What the strip draws, found without drawing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from benchmarks.panel import large_cut
from hypothesis import given
from hypothesis import strategies as st

from pickup.cut.model import Cut, Item, ItemKind, Marker, Media, Track
from pickup_ui.models.strip import Lane, Paint, StripData, View, ruler_step


def lane(*spans: tuple[int, int], kind: str = "video") -> Lane:
    items = [Item(ItemKind.CLIP, f"c{n}", *span) for n, span in enumerate(spans)]
    return Lane(Track(kind, items=items), 1)


def test_only_what_can_be_seen_is_drawn():
    track = lane((0, 10), (10, 20), (30, 40), (50, 60))
    assert [(b.start, b.end) for b in track.seen(15, 35, 0.1)] == [(10, 20), (30, 40)]
    assert [b.name for b in track.seen(10, 30, 0.1)] == ["c1"]


def test_items_too_narrow_to_tell_apart_are_one_box_without_a_name():
    track = lane(*[(n, n + 1) for n in range(100)])
    boxes = list(track.seen(0, 100, 5))
    assert len(boxes) == 10
    assert {b.name for b in boxes} == {""}
    assert (boxes[0].start, boxes[-1].end) == (0, 100)


def test_a_long_item_under_a_short_overlap_is_still_seen():
    track = lane((0, 100), (5, 6), (90, 95))
    assert "c0" in [b.name for b in track.seen(50, 60, 0.1)]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), min_size=1, max_size=60),
    st.floats(0.05, 50),
)
def test_every_frame_with_a_clip_is_covered_and_boxes_are_few(parts, frames_per_pixel):
    spans, position = [], 0
    for gap, length in parts:
        position += gap
        spans.append((position, position + length))
        position += length
    boxes = list(lane(*spans).seen(0, position, frames_per_pixel))
    for start, end in spans:
        assert any(b.start <= start and end <= b.end for b in boxes)
    assert len(boxes) <= min(len(spans), position / frames_per_pixel / 1.9 + 2)


def test_ten_thousand_items_cost_by_the_pixel():
    data = StripData(large_cut(10_000))
    assert sum(len(one.boxes) for one in data.lanes) > 9000
    for one in data.lanes:
        assert len(list(one.seen(0, data.duration, data.duration / 1200))) <= 601


@pytest.mark.parametrize(
    ("item", "enabled", "kind", "paint"),
    [
        (Item(ItemKind.CLIP, "a", 0, 9), True, "video", Paint.CLIP),
        (Item(ItemKind.CLIP, "a", 0, 9), False, "video", Paint.OFF),
        (Item(ItemKind.CLIP, "a", 0, 9, enabled=False), True, "video", Paint.OFF),
        (Item(ItemKind.CLIP, "a", 0, 9), True, "audio", Paint.SOUND),
        (Item(ItemKind.TITLE, "a", 0, 9), True, "video", Paint.TITLE),
        (Item(ItemKind.SLUG, "a", 0, 9), True, "video", Paint.SLUG),
        (Item(ItemKind.CLIP, "a", 0, 9, media=Media(missing=True)), True, "video", Paint.OFFLINE),
        (Item(ItemKind.CLIP, "a", 0, 9, pickup={"shot": "pk010"}), True, "video", Paint.PICKUP),
        (
            Item(ItemKind.CLIP, "a", 0, 9, media=Media(path=Path("a.mov"))),
            True,
            "video",
            Paint.CLIP,
        ),
    ],
)
def test_a_box_is_coloured_by_what_it_is(item, enabled, kind, paint):
    (box,) = Lane(Track(kind, enabled=enabled, items=[item]), 1).boxes
    assert box.paint is paint


def test_holes_are_not_drawn_and_the_top_track_is_on_top():
    hole = Item(ItemKind.HOLE, "", 0, 9)
    tracks = [Track("video", "low", items=[hole]), Track("audio", "sound"), Track("video", "high")]
    data = StripData(Cut("c", Fraction(24), tracks=tracks))
    assert [one.name for one in data.lanes] == ["high", "low", "sound"]
    assert data.lanes[1].boxes == []


def test_markers_are_thinned_to_what_can_be_seen():
    markers = [Marker(str(n), n) for n in range(1000)]
    data = StripData(Cut("c", Fraction(24), markers=markers))
    assert len(list(data.markers_seen(0, 1000, 10))) == 100
    assert [m.name for m in data.markers_seen(5, 7, 0.1)] == ["5", "6", "7"]


class TestView:
    def view(self, duration: int = 1000, width: int = 500) -> View:
        view = View()
        view.duration = duration
        view.resize(width)
        view.fit()
        return view

    def test_it_fits_and_stays_fitted_when_the_window_grows(self):
        view = self.view()
        assert view.last >= 1000
        view.resize(900)
        assert view.first == 0
        assert view.last == pytest.approx(1020)

    def test_zooming_keeps_the_frame_under_the_pointer(self):
        view = self.view()
        frame = view.frame(200)
        view.zoom(4, 200)
        assert view.frame(200) == pytest.approx(frame)

    def test_it_neither_leaves_the_cut_nor_goes_too_near(self):
        view = self.view()
        view.zoom(0.1, 0)
        assert view.last == pytest.approx(1020)
        view.zoom(1e9, 250)
        assert view.scale == View.MOST
        view.scroll(-1e9)
        assert view.first == 0
        view.scroll(1e9)
        assert view.last == pytest.approx(1020)

    def test_a_gap_out_of_sight_is_brought_in(self):
        view = self.view()
        view.zoom(8, 0)
        view.reveal(700, 720)
        assert view.first < 700 < 720 < view.last
        before = view.first
        view.reveal(705, 710)
        assert view.first == before


@pytest.mark.parametrize(("per_pixel", "step"), [(0.1, 24), (1, 120), (100, 14400)])
def test_the_ruler_has_room_for_its_labels(per_pixel, step):
    assert ruler_step(per_pixel, 24, 96) == step
