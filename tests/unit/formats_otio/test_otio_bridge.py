"""Any cut becomes a timeline that OTIO, and our own reader, see at the same frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from pickup.cut.formats.base import WriteOptions
from pickup.cut.formats.otio import OtioFormat
from pickup.cut.model import (
    Cut,
    ImageSequence,
    Item,
    ItemKind,
    Marker,
    Media,
    TimeMap,
    Track,
)
from pickup.cut.otio_bridge import to_timeline, to_timeline_with_notes

NTSC = Fraction(24000, 1001)
MEDIA = Media(
    url="/m/a b.mov", path=Path("/m/a b.mov"), name="a", rate=NTSC, start=Fraction(3600),
    duration=Fraction(100), reel="A004",
)  # fmt: skip


def clip(start: int, end: int, **more: Any) -> Item:
    values: dict[str, Any] = {"media": MEDIA, "source_start": Fraction(3601)} | more
    return Item(values.pop("kind", ItemKind.CLIP), values.pop("name", "a"), start, end, **values)


def cut_of(*items: Item, **more: Any) -> Cut:
    return Cut("Scene 4", NTSC, 86400, tracks=[Track("video", "V1", items=list(items))], **more)


def back(desk: Any, cut: Cut, *placements: Any) -> Cut:
    text = to_timeline(cut, placements).to_json_string()
    read: Cut = desk.read(text).cuts[0]
    return read


def test_a_cut_comes_back_as_it_went(desk: Any) -> None:
    inner = Cut("inner", Fraction(25), tracks=[Track("video", items=[clip(0, 50)])])
    items = [
        clip(10, 20, note="log note", pickup={"gap": "g"}),
        clip(20, 44, speed=Fraction(2), enabled=False),
        clip(44, 50, speed=Fraction(-1)),
        clip(50, 60, speed=Fraction(0)),
        Item(ItemKind.TRANSITION, "dissolve", 55, 66),
        Item(ItemKind.NESTED, "inner", 60, 70, nested=inner, source_start=Fraction(1, 2)),
        Item(ItemKind.SLUG, "s", 80, 90),
        Item(ItemKind.TITLE, "t", 90, 95),
        Item(ItemKind.HOLE, "wanted", 95, 99),
    ]
    cut = cut_of(*items, markers=[Marker("m", 12, 3, "why", "RED")])
    cut.tracks.append(Track("audio", "A1", enabled=False, items=[clip(0, 99)]))
    again = back(desk, cut)
    assert (again.name, again.rate, again.start) == (cut.name, cut.rate, cut.start)
    assert again.markers == cut.markers
    assert [(t.kind, t.name, t.enabled) for t in again.tracks] == [
        ("video", "V1", True), ("audio", "A1", False),
    ]  # fmt: skip
    shown = [i for i in again.tracks[0].items if i.kind is not ItemKind.HOLE or i.name]
    assert [(i.kind, i.name, i.start, i.end, i.enabled) for i in shown] == [
        (i.kind, i.name, i.start, i.end, i.enabled) for i in items
    ]
    for one, two in zip(shown, items, strict=True):
        assert one.speed == two.speed
        assert abs(one.source_start - two.source_start) < Fraction(1, 10**6)
    assert (shown[0].note, shown[0].pickup) == ("log note", {"gap": "g"})
    nested = shown[5].nested
    assert nested is not None
    assert nested.rate == 25
    assert nested.tracks[0].items[0].end == 50


def test_media_keep_their_own_rate_and_reel(desk: Any) -> None:
    timeline = to_timeline(cut_of(clip(0, 10)))
    reference = timeline.tracks[0][0].media_reference
    assert reference.target_url == "file:///m/a%20b.mov"
    assert reference.available_range.start_time.rate == 24000 / 1001
    media = desk.read(timeline.to_json_string()).cuts[0].tracks[0].items[0].media
    assert (media.path, media.reel, media.rate) == (MEDIA.path, "A004", NTSC)


def test_missing_and_numbered_media(desk: Any) -> None:
    sequence = ImageSequence("/p/sh", "sh.", ".exr", 1001, 4)
    items = [
        clip(0, 10, media=Media(url="/gone.mov", missing=True)),
        clip(10, 20, media=None),
        clip(20, 30, media=Media(url="/p/sh", path=Path("/p/sh"), sequence=sequence)),
    ]
    gone, none, images = (i.media for i in back(desk, cut_of(*items)).tracks[0].items)
    assert gone is not None
    assert none is not None
    assert images is not None
    assert (gone.missing, gone.url, none.missing) == (True, "/gone.mov", True)
    assert images.path == Path("/p/sh")
    assert images.sequence is not None
    assert images.sequence.file_name(2) == "sh.1003.exr"


def test_placements_stand_in_holes_or_above(desk: Any, make: Any) -> None:
    cut = cut_of(clip(0, 10), clip(60, 70))
    cut.tracks.append(Track("audio", "A1", items=[clip(0, 10)]))
    placements = [
        make.placement(20, 60, 0, name="in"),
        make.placement(5, 15, 0, name="over"),
        make.placement(80, 90, name="top"),
    ]
    again = back(desk, cut, *placements)
    assert [t.name for t in again.tracks] == ["V1", "Pickup", "A1"]
    seen = {i.name: (i.start, i.end) for t in again.video_tracks for i in t.items if i.pickup}
    assert seen == {"in": (20, 60), "over": (5, 15), "top": (80, 90)}


def test_what_otio_cannot_say_is_listed() -> None:
    ramp = TimeMap(((Fraction(0), Fraction(0)), (Fraction(1), Fraction(3))))
    items = [
        clip(0, 24, retime=ramp),
        clip(20, 30, name="over"),
        Item(ItemKind.TRANSITION, "x", 40, 44),
    ]
    notes = to_timeline_with_notes(cut_of(*items))[1]
    assert len(notes) == 3
    assert "changes its speed" in "".join(notes)


@pytest.mark.parametrize("target", ["", "resolve", "premiere"])
def test_an_exported_file_is_otios_own(make: Any, tmp_path: Path, target: str) -> None:
    out = tmp_path / "new.otio"
    cut = cut_of(clip(0, 10))
    notes = OtioFormat().export(cut, [make.placement(10, 20, 0)], out, WriteOptions(target))
    timeline = otio.adapters.read_from_file(str(out))
    placed = timeline.tracks[0][1]
    assert notes == []
    assert placed.source_range.duration.value == 10
    assert placed.media_reference.target_url.startswith("/" if target == "resolve" else "file://")
    assert ("Resolve_OTIO" in placed.metadata) == (target == "resolve")


def test_transitions_at_either_end_stay(desk: Any) -> None:
    items = [
        Item(ItemKind.TRANSITION, "in", 0, 5),
        clip(0, 20),
        Item(ItemKind.TRANSITION, "out", 15, 25),
    ]
    seen = [(i.name, i.start, i.end) for i in back(desk, cut_of(*items)).tracks[0].items]
    assert seen == [("in", 0, 5), ("a", 0, 20), ("out", 15, 25)]
