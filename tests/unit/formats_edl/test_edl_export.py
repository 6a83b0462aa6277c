"""New lists from cuts of other formats."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.edl import EdlFormat
from pickup.cut.gaps import find_gaps
from pickup.cut.model import Cut, Item, ItemKind, Marker, Media, TimeMap, Track

from .conftest import placement

if TYPE_CHECKING:
    from pathlib import Path

RATES = [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)]


def clip(name: str, start: int, end: int, **more: Any) -> Item:
    more.setdefault("media", Media(name=f"{name}.mov", reel=name.upper()))
    more.setdefault("source_start", Fraction(100))
    return Item(more.pop("kind", ItemKind.CLIP), name, start, end, **more)


def cut_of(*tracks: list[Item], rate: Fraction = Fraction(24), **more: Any) -> Cut:
    return Cut("Scene 4", rate, tracks=[Track("video", items=items) for items in tracks], **more)


def exported(cut: Cut, tmp_path: Path, *placements: Any) -> tuple[Cut, str, list[str]]:
    out = tmp_path / "new.edl"
    notes = EdlFormat().export(cut, placements, out, WriteOptions())
    again = EdlFormat().read(out, ReadOptions()).cuts[0]
    return again, out.read_text("utf-8"), notes


@pytest.mark.parametrize("rate", RATES)
def test_positions_and_sources_survive(tmp_path: Path, rate: Fraction) -> None:
    drop = rate == Fraction(30000, 1001)
    cut = cut_of(
        [clip("a", 0, 40), clip("b", 100, 2000, source_start=7 / rate)],
        rate=rate,
        start=90000,
        drop_frame=drop,
    )
    again, text, notes = exported(cut, tmp_path, placement(cut, 40, 100))
    assert text.startswith("TITLE: Scene 4\nFCM: " + ("DROP" if drop else "NON-DROP") + " FRAME\n")
    assert (again.name, again.rate, again.start, again.duration) == ("Scene 4", rate, 90000, 2000)
    assert again.drop_frame == drop
    assert notes == []
    items = again.video_tracks[0].items
    assert [(i.name, i.start, i.end) for i in items] == [
        ("a", 0, 40),
        ("Pickup s40", 40, 100),
        ("b", 100, 2000),
    ]
    assert [i.source_frame(i.start, rate) for i in items] == [int(100 * rate), 1448, 7]
    assert items[1].pickup
    assert items[1].pickup["shot"] == "s40"


def test_the_topmost_shows(tmp_path: Path) -> None:
    cut = cut_of(
        [clip("low", 0, 100)],
        [clip("high", 30, 60), clip("off", 70, 80, enabled=False)],
        [clip("words", 10, 20, kind=ItemKind.TITLE), clip("end", 120, 140, kind=ItemKind.TITLE)],
    )
    cut.tracks.append(Track("audio", items=[clip("music", 0, 140)]))
    again, _, notes = exported(cut, tmp_path)
    items = again.video_tracks[0].items
    assert [(i.name, i.start, i.end, i.source_frame(i.start, cut.rate)) for i in items] == [
        ("low", 0, 30, 2400),
        ("high", 30, 60, 2400),
        ("low", 60, 100, 2460),
        ("end", 120, 140, 2400),
    ]
    assert notes == [
        "The EDL leaves out titles over picture: 1.",
        "The EDL leaves out audio tracks: 1.",
        "The EDL leaves out disabled clips: 1.",
        "Titles over nothing are single events in the EDL: 1.",
    ]


def test_dissolves(tmp_path: Path) -> None:
    cut = cut_of(
        [
            clip("x", 0, 24, kind=ItemKind.TRANSITION),
            clip("a", 0, 50),
            clip("mid", 40, 60, kind=ItemKind.TRANSITION),
            clip("b", 50, 100),
            clip("out", 90, 100, kind=ItemKind.TRANSITION),
        ],
    )
    again, text, notes = exported(cut, tmp_path)
    assert notes == []
    items = again.video_tracks[0].items
    assert [(i.kind.value, i.name, i.start, i.end) for i in items] == [
        ("transition", "Dissolve", 0, 24),
        ("clip", "a", 0, 40),
        ("transition", "Dissolve", 40, 60),
        ("clip", "b", 40, 90),
        ("slug", "BL", 90, 100),
    ]
    assert items[3].source_frame(50, cut.rate) == 2400
    assert "* FROM CLIP NAME: a\n003" not in text
    assert "V     D    020 " in text


def test_a_transition_over_other_picture_is_told(tmp_path: Path) -> None:
    cut = cut_of(
        [clip("a", 0, 50), clip("mid", 40, 60, kind=ItemKind.TRANSITION), clip("b", 50, 100)],
        [clip("over", 45, 55)],
    )
    again, _, notes = exported(cut, tmp_path)
    assert notes == ["The EDL leaves out transitions that an EDL cannot say: 1."]
    assert [i.name for i in again.video_tracks[0].items] == ["a", "over", "b"]


@pytest.mark.parametrize("speed", [Fraction(2), Fraction(1, 2), Fraction(0), Fraction(-1)])
def test_speeds(tmp_path: Path, speed: Fraction) -> None:
    cut = cut_of([clip("a", 0, 48, speed=speed)])
    again, text, _ = exported(cut, tmp_path)
    item = again.video_tracks[0].items[0]
    assert item.speed == speed
    assert item.source_frame(0, cut.rate) == 2400
    assert text.count("M2   A ") == 1


def test_what_an_edl_cannot_say_is_told(tmp_path: Path) -> None:
    ramp = TimeMap(
        ((Fraction(0), Fraction(0)), (Fraction(1), Fraction(1)), (Fraction(2), Fraction(4)))
    )
    inner = cut_of([clip("in", 0, 24)])
    cut = cut_of(
        [
            clip("ramp", 0, 48, retime=ramp),
            clip("nest", 48, 72, kind=ItemKind.NESTED, nested=inner, media=None),
            clip("black", 72, 96, kind=ItemKind.SLUG, media=None),
            clip("hole", 96, 120, kind=ItemKind.HOLE, media=None),
            clip("z", 120, 130),
        ]
    )
    again, _, notes = exported(cut, tmp_path)
    assert len(notes) == 2
    items = again.video_tracks[0].items
    assert items[0].speed == 2
    assert items[1].name == "nest"
    assert items[2].kind is ItemKind.SLUG
    assert [(g.start, g.duration, g.kind.value) for g in find_gaps(again).gaps] == [
        (72, 24, "slug"),
        (96, 24, "empty"),
    ]


def test_markers_names_and_pickups_survive(tmp_path: Path) -> None:
    cut = cut_of([clip("a\nb", 0, 48, note="one\ntwo", pickup={"shot": "s1", "take": "t"})])
    cut.name = "  "
    cut.markers = [Marker("fix", 12, comment="soon", color="GREEN"), Marker("late", 40)]
    again, text, _ = exported(cut, tmp_path)
    assert text.startswith("TITLE: Untitled\n")
    assert [(m.name, m.start, m.color) for m in again.markers] == [
        ("fix soon", 12, "GREEN"),
        ("late", 40, "RED"),
    ]
    item = again.video_tracks[0].items[0]
    assert (item.name, item.note, item.pickup) == ("a b", "one\ntwo", {"shot": "s1", "take": "t"})


def test_an_empty_cut(tmp_path: Path) -> None:
    again, _, notes = exported(cut_of([]), tmp_path)
    assert (again.duration, notes) == (0, [])
