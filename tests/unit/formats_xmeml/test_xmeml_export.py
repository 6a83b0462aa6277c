"""Whole documents written from cuts of other formats, read back by us and by a stranger."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import opentimelineio as otio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.unit.formats_xmeml.xmeml_documents import placement

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.xmeml import XmemlFormat
from pickup.cut.gaps import find_gaps
from pickup.cut.model import Cut, Item, ItemKind, Marker, Media, Raster, TimeMap, Track

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pickup.cut.placement import Placement

SPEEDS = [Fraction(speed) for speed in (1, 1, 2, 0, -1, 0.5)]
RATES = [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)]


def media(rate: Fraction, name: str = "a", frames: int = 2000) -> Media:
    return Media(
        url=f"/m/{name}.mov",
        path=Path(f"/m/{name}.mov"),
        name=name,
        rate=rate,
        start=Fraction(1000) / rate,
        duration=Fraction(frames) / rate,
        reel="A001",
        raster=Raster(1920, 1080),
    )


def shown(start: int, end: int, rate: Fraction = Fraction(24), first: int = 1010) -> Item:
    return Item(
        ItemKind.CLIP, "a", start, end, media=media(rate), source_start=Fraction(first) / rate
    )


def cut_of(*tracks: Iterable[Item], rate: Fraction = Fraction(24)) -> Cut:
    made = Cut("Scene & 4", rate, start=86400, raster=Raster(1920, 1080))
    made.tracks = [Track("video", f"V{n}", items=list(items)) for n, items in enumerate(tracks)]
    return made


def again(
    cut: Cut, folder: Path, *placements: Placement, target: str = ""
) -> tuple[Cut, list[str]]:
    out = folder / "exported.xml"
    notes = XmemlFormat().export(cut, placements, out, WriteOptions(target=target))
    return XmemlFormat().read(out, ReadOptions()).cuts[0], notes


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    rate = draw(st.sampled_from(RATES))
    tracks = []
    for _ in range(draw(st.integers(1, 3))):
        at, items = 0, []
        for _ in range(draw(st.integers(0, 6))):
            at += draw(st.integers(0, 30))
            length = draw(st.integers(1, 60))
            item = shown(at, at + length, rate, draw(st.integers(1000, 1400)))
            item.enabled = draw(st.booleans())
            item.speed = draw(st.sampled_from(SPEEDS))
            if item.speed < 0:
                item.source_start += Fraction(200) / rate
            items.append(item)
            at += length
        tracks.append(items)
    return cut_of(*tracks, rate=rate)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=cuts())
def test_any_cut_comes_back(tmp_path: Path, cut: Cut) -> None:
    read, _ = again(cut, tmp_path)
    assert (read.name, read.rate, read.start) == (cut.name, cut.rate, cut.start)
    for mine, theirs in zip(cut.tracks, read.tracks, strict=False):
        assert theirs.name == mine.name
        assert [_said(i, cut.rate) for i in theirs.items] == [
            _said(i, cut.rate) for i in mine.items
        ]


def _said(item: Item, rate: Fraction) -> tuple[object, ...]:
    frames = [item.source_frame(f, rate) for f in (item.start, item.end - 1)]
    return item.kind, item.start, item.end, item.enabled, item.speed, frames


def test_transitions_take_their_bounds_from_the_clips(tmp_path: Path) -> None:
    dissolve = Item(ItemKind.TRANSITION, "Cross Dissolve", 40, 60)
    for edit in (40, 47, 50, 60):
        cut = cut_of([shown(0, edit), dissolve, shown(edit, 100, first=1100)])
        read, notes = again(cut, tmp_path)
        assert [(i.start, i.end) for i in read.video_tracks[0].items] == sorted(
            [(0, edit), (40, 60), (edit, 100)]
        )
        last = read.video_tracks[0].items[-1]
        assert last.source_frame(edit, Fraction(24)) == 1100
        assert not notes
        clips = list(etree.parse(str(tmp_path / "exported.xml")).iter("clipitem"))
        assert clips[0].findtext("end") == clips[1].findtext("start") == "-1"


def test_fades_from_and_to_nothing(tmp_path: Path) -> None:
    fades = [Item(ItemKind.TRANSITION, "Cross Dissolve", s, s + 10) for s in (0, 90)]
    read, _ = again(cut_of([fades[0], shown(0, 100), fades[1]]), tmp_path)
    (item,) = (i for i in read.video_tracks[0].items if i.kind is ItemKind.CLIP)
    assert (item.start, item.end) == (0, 100)
    assert item.source_frame(0, Fraction(24)) == 1010


def test_what_xmeml_cannot_say_is_said(tmp_path: Path) -> None:
    cut = cut_of([shown(0, 50), Item(ItemKind.TITLE, "End", 50, 60)], rate=Fraction(24))
    cut.tracks[0].items[0].retime = TimeMap(
        ((Fraction(0), Fraction(42)), (Fraction(1), Fraction(44)))
    )
    cut.markers = [Marker("m", 3, 5, "words", "RED")]
    read, notes = again(cut, tmp_path)
    text = " ".join(notes)
    assert all(word in text for word in ("varying speed", "title", "colours"))
    assert [(m.name, m.start, m.duration, m.comment) for m in read.markers] == [
        ("m", 3, 5, "words")
    ]
    assert read.video_tracks[0].items[1].kind is ItemKind.TITLE


def test_slugs_nested_cuts_and_earlier_clips(tmp_path: Path) -> None:
    inner = cut_of([shown(5, 30)])
    inner.name = "inner"
    ours = shown(60, 70)
    ours.pickup = {"gap": "g1", "take": "t1", "prompt": "a street"}
    nested = [Item(ItemKind.NESTED, "n", s, s + 20, nested=inner) for s in (0, 20)]
    slug = Item(ItemKind.SLUG, "Slug", 40, 60)
    read, _ = again(cut_of([*nested, slug, ours]), tmp_path)
    items = read.video_tracks[0].items
    assert [i.kind.value for i in items] == ["nested", "nested", "slug", "clip"]
    assert items[0].nested is items[1].nested
    assert items[3].pickup == ours.pickup
    assert (tmp_path / "exported.xml").read_bytes().count(b"<name>inner</name>") == 1


def test_placements_are_in_it(tmp_path: Path) -> None:
    cut = cut_of([shown(0, 20), shown(60, 80)], [shown(0, 10)])
    cut.tracks.append(Track("audio", "A1", items=[shown(0, 80)]))
    placed = [
        placement(20, 40, track=0, audio_channels=2),
        placement(40, 60, "g002_t01", audio_channels=1),
    ]
    read, notes = again(cut, tmp_path, *placed)
    assert not find_gaps(read).gaps
    assert [[i.start for i in t.items] for t in read.video_tracks] == [[0, 20, 60], [0], [40]]
    assert [[i.start for i in t.items] for t in read.audio_tracks] == [[0], [20], [20], [40]]
    assert read.video_tracks[-1].name == "Pickup"
    assert any("linked" in note for note in notes)


def test_the_document_has_what_premiere_needs(tmp_path: Path) -> None:
    again(cut_of([shown(0, 20)]), tmp_path, placement(20, 40))
    sequence = etree.parse(str(tmp_path / "exported.xml")).find("sequence")
    assert sequence is not None
    assert [child.tag for child in sequence][:5] == ["uuid", "duration", "rate", "name", "media"]
    form = "media/video/format/samplecharacteristics"
    assert (sequence.findtext(f"{form}/width"), sequence.findtext(f"{form}/height")) == (
        "1920",
        "1080",
    )
    assert sequence.findtext("timecode/string") == "01:00:00:00"
    assert sequence.find("media/audio/track") is not None
    url = sequence.findtext("media/video/track/clipitem/file/pathurl")
    assert url == "file://localhost/m/a.mov"


def test_a_stranger_sees_the_same_clips(tmp_path: Path) -> None:
    cut = cut_of([shown(0, 20), shown(40, 60)], [shown(10, 30)])
    read, _ = again(cut, tmp_path, placement(20, 40, track=0))
    timeline = otio.adapters.read_from_file(str(tmp_path / "exported.xml"), adapter_name="fcp_xml")
    for ours, theirs in zip(read.video_tracks, timeline.video_tracks(), strict=True):
        seen = []
        for clip in theirs.find_clips():
            where = clip.range_in_parent()
            start = round(where.start_time.value)
            seen.append((clip.name, start, start + round(where.duration.value)))
        assert seen == [(i.name, i.start, i.end) for i in ours.items]


def test_resolve_gets_no_ticks(tmp_path: Path) -> None:
    read, _ = again(cut_of([shown(0, 20)]), tmp_path, placement(20, 40), target="resolve")
    assert b"pproTicks" not in (tmp_path / "exported.xml").read_bytes()
    assert [i.start for t in read.video_tracks for i in t.items] == [0, 20]


def test_sound_placed_into_holes_is_linked_by_the_right_numbers(tmp_path: Path) -> None:
    dissolve = Item(ItemKind.TRANSITION, "Cross Dissolve", 40, 60)
    items = [shown(0, 50), dissolve, shown(50, 80, first=1100), shown(100, 120), shown(150, 160)]
    out = tmp_path / "exported.xml"
    for target in ("premiere", "resolve"):
        XmemlFormat().export(
            cut_of(items),
            [
                placement(120, 150, "g002_t01", track=0, audio_channels=2),
                placement(80, 100, "g001_t01", track=0, audio_channels=2),
                placement(160, 170, "g003_t01", audio_channels=2),
            ],
            out,
            WriteOptions(target=target),
        )
        root = etree.parse(str(out)).getroot()
        kinds = ("clipitem", "transitionitem")
        for link in root.iter("link"):
            tracks = root.findall(f".//media/{link.findtext('mediatype')}/track")
            lane = [i for i in tracks[int(link.findtext("trackindex") or 0) - 1] if i.tag in kinds]
            there = lane[int(link.findtext("clipindex") or 0) - 1]
            assert there.get("id") == link.findtext("linkclipref")
        assert len(list(root.iter("link"))) == 27
        scenes = {node.text for node in root.iter("scene") if node.text}
        assert scenes == {"Scene & 4"}
