"""What is placed stands to the frame; all else is the document's own text, byte for byte."""

from __future__ import annotations

import difflib
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from pickup.cut.model import ItemKind
from pickup.errors import CutError


def lengths(track: Any) -> list[tuple[str, float]]:
    """Schema and duration of a track's children."""
    return [
        (child["OTIO_SCHEMA"].split(".")[0], child["source_range"]["duration"]["value"])
        for child in track["children"]
    ]


def removed_lines(before: str, after: str) -> list[str]:
    """Lines of a document that are not in the result, in order."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    return [
        line.strip()
        for tag, a, b, _, _ in matcher.get_opcodes()
        if tag in ("replace", "delete")
        for line in before.splitlines()[a:b]
    ]


def test_a_gap_is_cut_into_what_is_left_of_it(desk: Any, make: Any) -> None:
    document = desk.read(make.timeline(make.track(make.clip(10), make.gap(100), make.clip(10))))
    text, notes = desk.write(document, make.placement(30, 70, 0))
    track = json.loads(text)["tracks"]["children"][0]
    assert lengths(track) == [
        ("Clip", 10.0), ("Gap", 20.0), ("Clip", 40.0), ("Gap", 40.0), ("Clip", 10.0),
    ]  # fmt: skip
    assert notes == []
    assert removed_lines(document.source.text, text) == ['"value": 100']


def test_a_filled_gap_leaves_nothing_and_moves_nothing(desk: Any, make: Any) -> None:
    document = desk.read(make.timeline(make.track(make.clip(10), make.gap(48), make.clip(10))))
    text, _ = desk.write(document, make.placement(10, 58, 0))
    track = json.loads(text)["tracks"]["children"][0]
    assert lengths(track) == [("Clip", 10.0), ("Clip", 48.0), ("Clip", 10.0)]
    again = desk.read(text).cuts[0].tracks[0].items
    assert [(i.start, i.end) for i in again] == [(0, 10), (10, 58), (58, 68)]
    assert again[1].pickup == {"gap": "g1", "take": 1, "synthetic": True}


def test_adjoining_gaps_are_filled_as_one_hole(desk: Any, make: Any) -> None:
    gaps = [make.gap(10), make.gap(20), make.gap(30)]
    document = desk.read(make.timeline(make.track(make.clip(5), *gaps, make.clip(5))))
    text, notes = desk.write(document, make.placement(10, 50, 0))
    track = json.loads(text)["tracks"]["children"][0]
    assert lengths(track) == [
        ("Clip", 5.0), ("Gap", 5.0), ("Clip", 40.0), ("Gap", 15.0), ("Clip", 5.0),
    ]  # fmt: skip
    assert notes == []


def test_two_clips_share_a_gap(desk: Any, make: Any) -> None:
    document = desk.read(make.timeline(make.track(make.gap(100), make.clip(5))))
    text, _ = desk.write(
        document, make.placement(60, 100, 0, name="two"), make.placement(0, 20, 0, name="one")
    )
    track = json.loads(text)["tracks"]["children"][0]
    assert lengths(track) == [("Clip", 20.0), ("Gap", 40.0), ("Clip", 40.0), ("Clip", 5.0)]
    assert [c["name"] for c in track["children"]][::2] == ["one", "two"]


def test_a_track_that_ends_before_the_clip_is_padded(desk: Any, make: Any) -> None:
    document = desk.read(make.timeline(make.track(make.clip(10)), make.track(make.clip(99))))
    text, _ = desk.write(document, make.placement(40, 60, 0))
    track = json.loads(text)["tracks"]["children"][0]
    assert lengths(track) == [("Clip", 10.0), ("Gap", 30.0), ("Clip", 20.0)]
    assert removed_lines(document.source.text, text) == []


def test_a_hole_without_a_track_gets_a_new_one_above_the_pictures(desk: Any, make: Any) -> None:
    sound = make.track(make.clip(90), kind="Audio")
    timeline = make.timeline(make.track(make.clip(10)), make.track(make.clip(5)), sound)
    text, _ = desk.write(
        desk.read(timeline), make.placement(50, 60), make.placement(20, 30, name="a")
    )
    tracks = json.loads(text)["tracks"]["children"]
    assert [t["name"] for t in tracks] == ["Video", "Video", "Pickup", "Audio"]
    assert lengths(tracks[2]) == [("Gap", 20.0), ("Clip", 10.0), ("Gap", 20.0), ("Clip", 10.0)]
    assert [tracks[0], tracks[1], tracks[3]] == timeline["tracks"]["children"]


def test_the_new_track_is_padded_where_the_documents_tracks_are(desk: Any, make: Any) -> None:
    tracks = make.track(make.clip(90)), make.track(make.clip(20), make.gap(70))
    text, _ = desk.write(desk.read(make.timeline(*tracks)), make.placement(30, 40))
    assert lengths(json.loads(text)["tracks"]["children"][2])[-1] == ("Gap", 50.0)


def test_a_second_run_uses_the_track_of_the_first(desk: Any, make: Any) -> None:
    document = desk.read(make.timeline(make.track(make.clip(10))))
    text, _ = desk.write(document, make.placement(20, 30))
    other = make.take(10, metadata={"gap": "g2", "take": 1})
    text, _ = desk.write(desk.read(text), make.placement(40, 60, takes=(other,)))
    tracks = json.loads(text)["tracks"]["children"]
    assert [t["name"] for t in tracks] == ["Video", "Pickup"]
    assert [i.start for i in desk.read(text).cuts[0].tracks[1].items] == [0, 20, 30, 40]


@pytest.mark.parametrize("other", ["clip", "dissolve", "fraction"])
def test_what_does_not_fit_its_hole_stands_above_and_says_so(
    desk: Any, make: Any, other: str
) -> None:
    children = {
        "clip": [make.clip(10), make.gap(10), make.clip(20)],
        "dissolve": [make.clip(10), make.transition(2, 5), make.gap(20), make.clip(10)],
        "fraction": [make.clip(10, rate=30000 / 1001), make.gap(31, rate=30000 / 1001)],
    }[other]
    timeline = make.timeline(make.track(*children))
    text, notes = desk.write(desk.read(timeline), make.placement(12, 30, 0))
    tracks = json.loads(text)["tracks"]["children"]
    assert tracks[0] == timeline["tracks"]["children"][0]
    assert lengths(tracks[1])[:2] == [("Gap", 12.0), ("Clip", 18.0)]
    assert len(notes) == 1
    assert "Pickup" in notes[0]


def test_the_editors_words_stay_with_the_largest_rest(desk: Any, make: Any) -> None:
    marker = {
        "OTIO_SCHEMA": "Marker.2",
        "name": "her hands",
        "marked_range": make.range(50, 2),
        "metadata": {"kept": 1},
    }
    gap = make.gap(100, name="wanted", metadata={"note": "close"}, markers=[marker])
    document = desk.read(make.timeline(make.track(make.clip(5), gap)))
    text, _ = desk.write(document, make.placement(10, 30, 0))
    rests = json.loads(text)["tracks"]["children"][0]["children"]
    assert [r["name"] for r in rests] == ["a", "", "g1", "wanted"]
    assert rests[3]["metadata"] == {"note": "close"}
    assert rests[3]["markers"] == [marker]
    before, after = document.cuts[0].markers, desk.read(text).cuts[0].markers
    assert (
        [(m.name, m.start) for m in before]
        == [("her hands", 55)]
        == [(m.name, m.start) for m in after]
    )


def test_the_words_of_a_gap_that_goes_are_on_the_clip(desk: Any, make: Any) -> None:
    marker = {"OTIO_SCHEMA": "Marker.2", "name": "her hands", "marked_range": make.range(7, 2)}
    gap = make.gap(48, name="wanted", metadata={"note": "close"}, markers=[marker])
    document = desk.read(make.timeline(make.track(make.clip(5), gap, make.clip(5))))
    text, _ = desk.write(document, make.placement(5, 53, 0))
    clip = json.loads(text)["tracks"]["children"][0]["children"][1]
    assert [m["name"] for m in clip["markers"]] == ["her hands", "wanted"]
    assert clip["markers"][1]["metadata"] == {"note": "close"}
    markers = desk.read(text).cuts[0].markers
    assert {(m.name, m.start) for m in markers} == {("her hands", 12), ("wanted", 5)}


def test_the_clip_says_all_that_it_is(desk: Any, make: Any) -> None:
    document = desk.read(make.timeline(make.track(make.gap(48))))
    take = make.take(48, start=1000)
    text, _ = desk.write(document, make.placement(0, 48, 0, takes=(take,), note="for the cut"))
    clip = otio.adapters.read_from_string(text, "otio_json").tracks[0][0]
    assert clip.active_media_reference_key == "DEFAULT_MEDIA"
    assert clip.media_reference.target_url == "file:///show/scene.pickup/takes/g1%20t1.mov"
    assert clip.media_reference.available_range.start_time.value == 1000
    assert clip.media_reference.available_range.duration.value == 64
    assert clip.source_range.start_time.value == 1008
    assert clip.source_range.duration.value == 48
    assert dict(clip.metadata["pickup"]) == take.metadata
    assert clip.metadata["note"] == "for the cut"


def test_takes_are_alternatives_and_the_active_one_is_the_default(desk: Any, make: Any) -> None:
    takes = tuple(
        make.take(48, path=Path(f"/t/{n}.mov"), metadata={"gap": "g1", "take": n})
        for n in (1, 2, 3)
    )
    document = desk.read(make.timeline(make.track(make.gap(48))))
    text, _ = desk.write(document, make.placement(0, 48, 0, takes=takes, active=1))
    clip = otio.adapters.read_from_string(text, "otio_json").tracks[0][0]
    references = clip.media_references()
    assert {k: r.target_url for k, r in references.items()} == {
        "DEFAULT_MEDIA": "file:///t/2.mov", "Take 1": "file:///t/1.mov", "Take 3": "file:///t/3.mov",
    }  # fmt: skip
    assert references["Take 3"].metadata["pickup"]["take"] == 3
    assert clip.metadata["pickup"]["take"] == 2


def test_a_new_take_of_a_placed_shot_joins_its_clip(desk: Any, make: Any) -> None:
    document = desk.read(make.timeline(make.track(make.clip(5), make.gap(48), make.clip(5))))
    first = make.take(48, path=Path("/t/1.mov"))
    text, _ = desk.write(document, make.placement(5, 53, 0, takes=(first,)))
    second = make.take(48, path=Path("/t/2.mov"), metadata={"gap": "g1", "take": 2})
    again = make.placement(5, 53, None, takes=(first, second), active=1)
    text, notes = desk.write(desk.read(text), again)
    tracks = json.loads(text)["tracks"]["children"]
    assert len(tracks) == 1
    clip = tracks[0]["children"][1]
    assert {k: r["target_url"] for k, r in clip["media_references"].items()} == {
        "DEFAULT_MEDIA": "/t/2.mov", "Take 1": "/t/1.mov",
    }  # fmt: skip
    assert clip["metadata"]["pickup"]["take"] == 2
    assert notes == []


def test_old_documents_keep_their_old_schemas(desk: Any, make: Any) -> None:
    old = make.clip(10)
    old["OTIO_SCHEMA"] = "Clip.1"
    old["media_reference"] = old.pop("media_references")["DEFAULT_MEDIA"]
    del old["active_media_reference_key"]
    filler = make.gap(48) | {"OTIO_SCHEMA": "Filler.1"}
    track = make.track(old, filler) | {"OTIO_SCHEMA": "Sequence.1"}
    text, _ = desk.write(
        desk.read(make.timeline(track)), make.placement(20, 30, 0), make.placement(70, 80)
    )
    tracks = json.loads(text)["tracks"]["children"]
    assert [t["OTIO_SCHEMA"] for t in tracks] == ["Sequence.1"] * 2
    assert [c["OTIO_SCHEMA"] for c in tracks[0]["children"]] == [
        "Clip.1", "Filler.1", "Clip.1", "Filler.1",
    ]  # fmt: skip
    assert "media_reference" in tracks[0]["children"][2]
    assert otio.adapters.read_from_string(text, "otio_json").tracks[1][1].media_reference


def test_resolves_documents_stay_resolves(desk: Any, make: Any) -> None:
    clip = make.clip(10, metadata={"Resolve_OTIO": {}})
    timeline = make.timeline(make.track(clip, make.gap(48)))
    text, _ = desk.write(desk.read(timeline), make.placement(20, 30, 0), make.placement(70, 80))
    tracks = json.loads(text)["tracks"]["children"]
    placed = tracks[0]["children"][2]
    assert placed["metadata"]["Resolve_OTIO"] == {}
    reference = placed["media_references"]["DEFAULT_MEDIA"]
    assert reference["target_url"] == "/show/scene.pickup/takes/g1 t1.mov"
    assert tracks[1]["metadata"] == {"Resolve_OTIO": {"Locked": False}}


@pytest.mark.parametrize(
    ("said", "target", "url"),
    [
        ("file:///x/a.mov", "", "file:///show/scene.pickup/takes/g1%20t1.mov"),
        ("file://localhost/x/a.mov", "", "file://localhost/show/scene.pickup/takes/g1%20t1.mov"),
        ("/x/a.mov", "", "/show/scene.pickup/takes/g1 t1.mov"),
        ("C:\\x\\a.mov", "", "/show/scene.pickup/takes/g1 t1.mov"),
        ("media/a.mov", "", "file:///show/scene.pickup/takes/g1%20t1.mov"),
        ("file:///x/a.mov", "resolve", "/show/scene.pickup/takes/g1 t1.mov"),
        ("/x/a.mov", "premiere", "file:///show/scene.pickup/takes/g1%20t1.mov"),
    ],
)
def test_paths_are_written_as_the_document_or_the_target_does(
    desk: Any, make: Any, said: str, target: str, url: str
) -> None:
    clip = make.clip(10)
    clip["media_references"]["DEFAULT_MEDIA"]["target_url"] = said
    document = desk.read(make.timeline(make.track(clip, make.gap(48))))
    text, _ = desk.write(document, make.placement(10, 58, 0), target=target)
    placed = json.loads(text)["tracks"]["children"][0]["children"][1]
    assert placed["media_references"]["DEFAULT_MEDIA"]["target_url"] == url


def test_a_take_of_numbered_images_is_a_sequence(desk: Any, make: Any) -> None:
    take = make.take(48, path=Path("/t/g1/g1_t1.0001000.dpx"), sequence_files=64)
    document = desk.read(make.timeline(make.track(make.gap(48))))
    text, _ = desk.write(document, make.placement(0, 48, 0, takes=(take,)))
    reference = otio.adapters.read_from_string(text, "otio_json").tracks[0][0].media_reference
    assert reference.target_url_for_image_number(0) == "file:///t/g1/g1_t1.0001000.dpx"
    assert reference.target_url_for_image_number(63) == "file:///t/g1/g1_t1.0001063.dpx"


@pytest.mark.parametrize("indent", [None, 1, 2, 4])
def test_the_layout_of_the_document_is_kept(desk: Any, make: Any, indent: int | None) -> None:
    document = desk.read(make.timeline(make.track(make.clip(5), make.gap(48))), indent=indent)
    text, _ = desk.write(document, make.placement(5, 53, 0), make.placement(60, 70))
    assert text == json.dumps(json.loads(text), indent=indent)


def test_odd_texts_come_back_as_they_were(desk: Any, make: Any) -> None:
    """Big and inexact numbers, infinity, repeated keys, tabs, DOS line ends, a byte order mark."""
    timeline = make.timeline(make.track(make.gap(48)))
    timeline["metadata"] = {"x": "@"}
    text = json.dumps(timeline, indent="\t").replace(
        '"@"',
        '[Inf, -Inf, NaN, 1e400, 1.50, 123456789012345678901234567890, "Inf", {"a": 1, "a": 2}]',
    )
    path = desk.folder / "scene.otio"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    from pickup.cut.formats.base import ReadOptions
    from pickup.cut.formats.otio import OtioFormat

    document = OtioFormat().read(path, ReadOptions())
    written, _ = desk.write(document, make.placement(0, 24, 0))
    assert written.startswith("\ufeff")
    assert written.count("\n") == written.count("\r\n")
    removed = removed_lines(path.read_bytes().decode(), written)
    assert removed == ['"value": 48']


def test_no_placement_gives_the_same_bytes(desk: Any, make: Any) -> None:
    document = desk.read(make.timeline(make.track(make.gap(48))))
    assert desk.write(document)[0] == document.source.text


def test_the_second_of_two_timelines_is_the_one_written(desk: Any, make: Any) -> None:
    one, two = (make.timeline(make.track(make.gap(48)), name=name) for name in ("one", "two"))
    inner = {"OTIO_SCHEMA": "SerializeableCollection.1", "children": [two]}
    bin_ = {"OTIO_SCHEMA": "SerializableCollection.1", "children": [one, inner]}
    document = desk.read(bin_)
    assert [cut.name for cut in document.cuts] == ["one", "two"]
    text, _ = desk.write(document, make.placement(0, 48, 0), make.placement(60, 70), cut=1)
    written = json.loads(text)
    assert written["children"][0] == one
    assert len(written["children"][1]["children"][0]["tracks"]["children"]) == 2


@pytest.mark.parametrize("schema", ["Stack", "Track", "Clip", "none", "empty"])
def test_documents_without_a_timeline_take_a_clip_too(desk: Any, make: Any, schema: str) -> None:
    track = make.track(make.clip(10), make.gap(20))
    root = {
        "Stack": make.stack(track),
        "Track": track,
        "Clip": make.clip(10),
        "none": {"OTIO_SCHEMA": "Timeline.1", "tracks": None},
        "empty": make.timeline(),
    }[schema]
    text, _ = desk.write(desk.read(root), make.placement(30, 40))
    cut = desk.read(text).cuts[0]
    placed = [i for i in cut.video_tracks[-1].items if i.kind is ItemKind.CLIP]
    assert [(i.start, i.end, i.name) for i in placed] == [(30, 40, "g1")]
    otio.adapters.read_from_string(text, "otio_json")


def test_a_trimmed_track_is_filled_within_its_window(desk: Any, make: Any) -> None:
    track = make.track(make.clip(10), make.gap(40), make.clip(10), source_range=make.range(5, 50))
    document = desk.read(make.timeline(track))
    text, notes = desk.write(document, make.placement(10, 30, 0))
    items = desk.read(text).cuts[0].tracks[0].items
    assert [(i.start, i.end) for i in items if i.pickup] == [(10, 30)]
    assert (items[-1].start, items[-1].end) == (45, 50)
    assert notes == []


def test_ntsc_numbers_are_written_as_the_document_writes_them(desk: Any, make: Any) -> None:
    rate = Fraction(24000, 1001)
    clips = [make.clip(10, rate=23.976), make.gap(100, rate=23.976), make.clip(10, rate=23.976)]
    timeline = make.timeline(make.track(*clips), start=None)
    take = make.take(24, rate=rate)
    text, _ = desk.write(desk.read(timeline), make.placement(20, 44, 0, takes=(take,)))
    rates = {child["source_range"]["duration"]["rate"] for child in
             json.loads(text)["tracks"]["children"][0]["children"]}  # fmt: skip
    assert rates == {23.976}


def test_a_cut_of_another_document_is_refused(desk: Any, make: Any) -> None:
    big = desk.read(make.timeline(*[make.track(make.gap(48))] * 3))
    small = desk.read(make.timeline(make.track(make.gap(48))), "small.otio")
    with pytest.raises(CutError, match="not of this document"):
        desk.write(replace(small, cuts=big.cuts), make.placement(0, 10, 2))
    with pytest.raises(CutError, match="no video track 8"):
        desk.write(big, make.placement(0, 10, 7))
