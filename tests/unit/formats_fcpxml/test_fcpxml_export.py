"""Whole documents made from cuts of any origin, and read back."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.formats_fcpxml.documents import Desk, media_of, nested_of, placed

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import (
    Cut,
    ImageSequence,
    Item,
    ItemKind,
    Marker,
    Media,
    Raster,
    TimeMap,
    Track,
)
from pickup.errors import CutError

if TYPE_CHECKING:
    from pickup.cut.placement import Placement

RATE = Fraction(25)
FILE = Media(
    url="file:///m/a%20b.mov",
    path=Path("/m/a b.mov"),
    name="A",
    rate=RATE,
    start=Fraction(100),
    duration=Fraction(200),
    reel="A001",
    raster=Raster(1920, 1080),
    has_audio=True,
)


def film(start: int, end: int, **options: object) -> Item:
    options = {"media": FILE, "source_start": Fraction(150), **options}
    return Item(ItemKind.CLIP, "A", start, end, **options)  # type: ignore[arg-type]


def cut_of(*tracks: list[Item], sound: list[Item] | None = None, **options: object) -> Cut:
    made = [Track("video", items=items) for items in tracks]
    made += [Track("audio", items=sound)] if sound else []
    settings_ = {"raster": Raster(1920, 1080), "rate": RATE, **options}
    return Cut("Scene", tracks=made, **settings_)  # type: ignore[arg-type]


def export(
    desk: Desk, cut: Cut, placements: list[Placement] | None = None
) -> tuple[Cut, list[str]]:
    out = desk.folder / "new.fcpxml"
    notes = desk.format.export(cut, placements or [], out, WriteOptions())
    return desk.format.read(out, ReadOptions()).cuts[0], notes


def shape(cut: Cut) -> list[tuple[object, ...]]:
    """What must come back, of all tracks together."""
    return sorted(
        (t.kind, i.kind.value, i.start, i.end, i.enabled, str(i.source_start), str(i.speed))
        for t in cut.tracks
        for i in t.items
        if i.kind is not ItemKind.HOLE
    )


def test_rate_timecode_and_name(desk: Desk):
    cut = cut_of([film(0, 10)], rate=Fraction(30000, 1001), start=107892, drop_frame=True)
    back, notes = export(desk, cut)
    assert notes == []
    assert (back.name, back.rate, back.start) == ("Scene", Fraction(30000, 1001), 107892)
    assert (back.drop_frame, back.raster) == (True, Raster(1920, 1080))


def test_the_lowest_track_becomes_the_spine(desk: Desk):
    cut = cut_of([film(25, 50), film(75, 100)], [film(10, 90)])
    back, _ = export(desk, cut)
    assert shape(back) == shape(cut)
    kinds = [i.kind for i in back.video_tracks[0].items]
    assert kinds == [ItemKind.HOLE, ItemKind.CLIP, ItemKind.HOLE, ItemKind.CLIP]
    assert [len(t.items) for t in back.video_tracks] == [4, 1]


def test_media_comes_back(desk: Desk):
    back, _ = export(desk, cut_of([film(0, 25), film(25, 50)]))
    media = media_of(back.video_tracks[0].items[0])
    assert media == FILE
    text = (desk.folder / "new.fcpxml").read_text()
    assert text.count("<asset ") == 1
    assert text.count("<format ") == 1


def test_missing_and_disabled_things(desk: Desk):
    lost = film(0, 25, media=Media(name="lost", missing=True))
    cut = cut_of([lost, film(25, 50, enabled=False)], [film(0, 10)])
    cut.tracks[1].enabled = False
    back, _ = export(desk, cut)
    assert [i.enabled for t in back.video_tracks for i in t.items] == [True, False, False]


@pytest.mark.parametrize(
    ("speed", "start"),
    [(Fraction(2), Fraction(150)), (Fraction(1, 2), Fraction(150)), (Fraction(-1), Fraction(250))],
)
@pytest.mark.parametrize("known", [True, False])
def test_constant_speeds(desk: Desk, speed: Fraction, start: Fraction, known: bool):
    media = FILE if known else Media(url=FILE.url, path=FILE.path, rate=RATE)
    cut = cut_of([film(0, 50, speed=speed, source_start=start, media=media)])
    back, _ = export(desk, cut)
    assert shape(back) == shape(cut)


def test_freezes_and_ramps(desk: Desk):
    ramp = TimeMap(
        tuple((Fraction(x), Fraction(y)) for x, y in ((-1, 149), (0, 150), (1, 152), (2, 152)))
    )
    cut = cut_of([film(0, 50, speed=Fraction(0)), film(50, 100, retime=ramp)])
    back, _ = export(desk, cut)
    first, second = back.video_tracks[0].items
    assert [first.source_start, first.speed] == [150, 0]
    for frame in (50, 60, 75, 99):
        assert second.source_time(frame, RATE) == cut.tracks[0].items[1].source_time(frame, RATE)


def test_sound_lies_below(desk: Desk):
    wav = Media(url="file:///m/s.wav", path=Path("/m/s.wav"), duration=Fraction(50))
    sound = Item(ItemKind.CLIP, "S", 10, 40, media=wav, source_start=Fraction(3))
    cut = cut_of([film(0, 50)], sound=[sound])
    back, _ = export(desk, cut)
    assert shape(back) == shape(cut)
    assert back.audio_tracks[0].items[0].name == "S"


def test_titles_slugs_and_generators(desk: Desk):
    items = [
        Item(ItemKind.TITLE, "Card", 0, 25, note="City & night"),
        Item(ItemKind.SLUG, "Black", 25, 50),
        Item(ItemKind.CLIP, "Clouds", 50, 75),
    ]
    back, notes = export(desk, cut_of(items))
    kinds = [i.kind for i in back.video_tracks[0].items]
    assert kinds == [ItemKind.TITLE, ItemKind.SLUG, ItemKind.CLIP]
    assert back.video_tracks[0].items[0].note == "City & night"
    assert "Card" in notes[0]
    assert "Clouds" in notes[1]


def test_holes_keep_their_words(desk: Desk):
    items = [film(0, 25), Item(ItemKind.HOLE, "pickup: harbour", 25, 75, note="dusk"), film(75, 80)]
    back, _ = export(desk, cut_of(items))
    hole = back.video_tracks[0].items[1]
    assert (hole.kind, hole.name, hole.note) == (ItemKind.HOLE, "pickup: harbour", "dusk")
    assert (hole.start, hole.end) == (25, 75)


def test_nested_sequences_become_compound_clips(desk: Desk):
    inner = cut_of([film(0, 25), film(50, 75)], start=250)
    inner.name = "Inner"
    items = [
        Item(ItemKind.NESTED, "N", 0, 50, nested=inner, source_start=Fraction(1)),
        Item(ItemKind.NESTED, "N", 50, 60, nested=inner, speed=Fraction(2)),
    ]
    cut = cut_of(items)
    back, _ = export(desk, cut)
    assert shape(back) == shape(cut)
    first, second = back.video_tracks[0].items
    assert first.nested is second.nested
    assert shape(nested_of(first)) == shape(inner)
    assert nested_of(first).start == 250
    found = [(g.start, g.end) for g in find_gaps(back, GapOptions(min_frames=1)).gaps]
    assert found == [(g.start, g.end) for g in find_gaps(cut, GapOptions(min_frames=1)).gaps]


def test_a_sequence_within_itself_is_refused(desk: Desk):
    cut = cut_of([])
    inner = cut_of([])
    inner.tracks[0].items.append(Item(ItemKind.NESTED, "N", 0, 5, nested=inner))
    cut.tracks[0].items.append(Item(ItemKind.NESTED, "N", 0, 5, nested=inner))
    with pytest.raises(CutError, match="within itself"):
        export(desk, cut)


def test_transitions_with_handles_stay(desk: Desk):
    wipe = Item(ItemKind.TRANSITION, "Wipe", 20, 30)
    cut = cut_of([film(0, 25), wipe, film(25, 50)])
    back, notes = export(desk, cut)
    assert notes == ["The transition “Wipe” becomes a cross dissolve."]
    assert shape(back) == shape(cut)
    bare = cut_of([film(0, 25, source_start=Fraction(299)), wipe, film(25, 50)])
    back, notes = export(desk, bare)
    assert all(i.kind is not ItemKind.TRANSITION for i in back.video_tracks[0].items)
    assert "1 transitions" in notes[0]


def test_transitions_above_are_said_to_be_lost(desk: Desk):
    wipe = Item(ItemKind.TRANSITION, "Wipe", 20, 30)
    _, notes = export(desk, cut_of([film(0, 50)], [film(0, 25), wipe, film(25, 50)]))
    assert "become cuts" in notes[0]


def test_markers_come_back(desk: Desk):
    markers = [
        Marker("a", 5, 1, "words", "RED"),
        Marker("b", 30, 10, "", "GREEN"),
        Marker("c", 45, 1, "", "ORANGE"),
        Marker("d", 46, 1, "", "BLUE"),
        Marker("late", 500, 1),
    ]
    cut = cut_of([film(0, 25), film(40, 50)], markers=markers)
    back, notes = export(desk, cut)
    assert back.markers == markers[:4]
    assert "colours" in notes[0]
    assert "late" in notes[1]


def test_an_unknown_picture_size_is_said(desk: Desk):
    _, notes = export(desk, cut_of([film(0, 5)], raster=None))
    assert "1920 x 1080" in notes[0]


def test_image_sequences_are_said(desk: Desk):
    frames = ImageSequence("/m/", "a.", ".exr", 1, 4)
    media = Media(url="/m/a.%04d.exr", name="a", rate=RATE, sequence=frames)
    _, notes = export(desk, cut_of([film(0, 5, media=media)]))
    assert "image sequence" in notes[0]


def test_earlier_clips_of_ours_stay_known(desk: Desk):
    back, _ = export(desk, cut_of([film(0, 5, pickup={"shot": "S1", "take": 1}, note="n")]))
    item = back.video_tracks[0].items[0]
    assert item.pickup == {"shot": "S1", "take": 1}
    assert item.note == "n"


def test_placements_go_into_the_spine_or_on_top(desk: Desk):
    cut = cut_of([film(0, 25), film(75, 100)], [film(0, 10)])
    back, notes = export(desk, cut, [placed(25, 50, name="S1", track=0), placed(50, 75, name="S2")])
    assert notes == []
    assert find_gaps(back, GapOptions(min_frames=1)).gaps == ()
    where = {i.name: n for n, t in enumerate(back.video_tracks) for i in t.items if i.pickup}
    assert where == {"S1": 0, "S2": 2}


def test_placements_beyond_the_last_clip(desk: Desk):
    back, _ = export(desk, cut_of([]), [placed(10, 50)])
    assert [(i.start, i.end) for t in back.video_tracks for i in t.items if i.pickup] == [(10, 50)]


def test_an_image_sequence_take_is_refused(desk: Desk):
    placement = placed(0, 10)
    object.__setattr__(placement.take, "sequence_files", 26)
    with pytest.raises(CutError, match="Deliver"):
        export(desk, cut_of([]), [placement])


def test_a_bundle_can_be_made(desk: Desk):
    out = desk.folder / "new.fcpxmld"
    desk.format.export(cut_of([film(0, 5)]), [], out, WriteOptions())
    assert desk.format.read(out, ReadOptions()).cuts[0].duration == 5


def test_the_order_within_elements_is_the_dtds(desk: Desk):
    cut = cut_of(
        [film(0, 50, note="n", speed=Fraction(2), pickup={"take": 1})],
        [film(10, 20)],
        markers=[Marker("m", 5, 1)],
    )
    export(desk, cut)
    element = ET.parse(desk.folder / "new.fcpxml").getroot().find(".//spine/asset-clip")
    assert element is not None
    order = ["note", "timeMap", "asset-clip", "marker", "metadata"]
    assert [child.tag for child in element] == order


spans = st.lists(
    st.tuples(st.sampled_from(["clip", "hole", "title", "slug"]), st.integers(1, 40)), max_size=8
)


def laid(things: list[tuple[str, int]]) -> list[Item]:
    items, position = [], 0
    for number, (what, frames) in enumerate(things):
        until = position + frames
        if what == "clip":
            start = Fraction(100 * 25 + 7 * number, 25)
            items.append(film(position, until, source_start=start, enabled=number % 3 != 2))
        elif what != "hole":
            kind = ItemKind.TITLE if what == "title" else ItemKind.SLUG
            items.append(Item(kind, what, position, until, source_start=Fraction(3600)))
        position = until
    return items


@settings(max_examples=80, deadline=None)
@given(
    tracks=st.lists(spans, min_size=1, max_size=4),
    sound=spans,
    start=st.integers(0, 200_000),
    rate=st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(60000, 1001)]),
)
def test_any_cut_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    tracks: list[list[tuple[str, int]]],
    sound: list[tuple[str, int]],
    start: int,
    rate: Fraction,
):
    desk = Desk(tmp_path_factory.mktemp("export"))
    noise = [item for item in laid(sound) if item.kind is ItemKind.CLIP]
    cut = cut_of(*[laid(things) for things in tracks], sound=noise, start=start, rate=rate)
    back, _ = export(desk, cut)
    assert shape(back) == shape(cut)
    assert (back.start, back.rate, back.duration) == (start, rate, cut.duration)
    options = GapOptions(min_frames=1)
    assert [(g.start, g.end, g.kind) for g in find_gaps(back, options).gaps] == [
        (g.start, g.end, g.kind) for g in find_gaps(cut, options).gaps
    ]
