"""What is read of a document besides places: kinds, media, retimes, markers, rates, schemas."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pickup.cut.model import Cut, Item, ItemKind, Raster


def only(desk: Any, make: Any, child: Any, **more: Any) -> Item:
    """The first item of a cut whose first child is given."""
    cut: Cut = desk.read(make.timeline(make.track(child, make.clip(10)), **more)).cuts[0]
    return cut.tracks[0].items[0]


def generator(make: Any, kind: str, name: str = "g", **parameters: Any) -> Any:
    reference = {
        "OTIO_SCHEMA": "GeneratorReference.1",
        "generator_kind": kind,
        "parameters": parameters,
    }
    return make.clip(24, name=name, media_references={"DEFAULT_MEDIA": reference})


@pytest.mark.parametrize(
    ("kind", "name", "parameters", "read"),
    [
        ("black", "g", {}, ItemKind.SLUG),
        ("Slug", "g", {}, ItemKind.SLUG),
        ("Black Video", "g", {}, ItemKind.SLUG),
        ("SolidColor", "black", {}, ItemKind.SLUG),
        ("toucan:Fill", "g", {"color": [0.0, 0.0, 0.0, 1.0]}, ItemKind.SLUG),
        ("toucan:Fill", "g", {"color": [0.0, 0.0, 1.0, 1.0]}, ItemKind.CLIP),
        ("SMPTEBars", "bars", {}, ItemKind.CLIP),
        ("Text", "g", {}, ItemKind.TITLE),
        ("Text+", "Blackout", {}, ItemKind.TITLE),
        ("Basic Title", "g", {}, ItemKind.TITLE),
    ],
)
def test_generators_are_black_letters_or_pictures(
    desk: Any, make: Any, kind: str, name: str, parameters: Any, read: ItemKind
) -> None:
    assert only(desk, make, generator(make, kind, name, **parameters)).kind is read


def test_premieres_and_resolves_titles_are_titles(desk: Any, make: Any) -> None:
    effect = {
        "OTIO_SCHEMA": "Effect.1",
        "metadata": {"PremierePro_OTIO": {"MatchName": "AE.ADBE Text"}},
    }
    assert only(desk, make, generator(make, "?") | {"effects": [effect]}).kind is ItemKind.TITLE
    missing = {"OTIO_SCHEMA": "MissingReference.1", "metadata": {}}
    title = make.clip(
        24, name="Text+", metadata={"Resolve_OTIO": {}}, media_references={"DEFAULT_MEDIA": missing}
    )
    assert only(desk, make, title).kind is ItemKind.TITLE


def test_media_that_the_document_calls_missing_are_missing(desk: Any, make: Any) -> None:
    offline = {
        "OTIO_SCHEMA": "MissingReference.1",
        "metadata": {"Resolve_OTIO": {"Media Url": "/old/a.mov"}},
    }
    item = only(desk, make, make.clip(24, media_references={"DEFAULT_MEDIA": offline}))
    assert item.media is not None
    assert (item.kind, item.media.missing, item.media.path) == (
        ItemKind.CLIP,
        True,
        Path("/old/a.mov"),
    )
    for references in ({}, {"Other": offline}, None):
        media = only(desk, make, make.clip(24, media_references=references)).media
        assert media is not None
        assert media.missing


def test_the_active_of_several_media_is_read(desk: Any, make: Any) -> None:
    def reference(name: str) -> Any:
        return {"OTIO_SCHEMA": "ExternalReference.1", "target_url": name}

    references = {"DEFAULT_MEDIA": reference("a.mov"), "proxy": reference("p%20x.mov")}
    clip = make.clip(24, media_references=references, active_media_reference_key="proxy")
    media = only(desk, make, clip).media
    assert media is not None
    assert (media.url, media.path) == ("p%20x.mov", desk.folder / "p x.mov")


def test_media_facts_are_exact(desk: Any, make: Any) -> None:
    reference = {
        "OTIO_SCHEMA": "ExternalReference.1",
        "target_url": "file:///C:/x/A004%20C001.mov",
        "available_range": make.range(86400, 240, 23.98),
        "metadata": {"vendor": {"Reel Name": "A004"}},
    }
    clip = make.clip(24, start=86410, rate=23.98, media_references={"DEFAULT_MEDIA": reference})
    item = only(desk, make, clip)
    media = item.media
    assert media is not None
    assert (media.rate, media.start) == (Fraction(24000, 1001), Fraction(86400 * 1001, 24000))
    assert media.duration == Fraction(240 * 1001, 24000)
    assert (media.path, media.name, media.reel) == (
        Path("C:/x/A004 C001.mov"),
        "A004%20C001.mov",
        "A004",
    )
    assert item.source_start == Fraction(86410 * 1001, 24000)


def test_numbered_images_are_a_sequence(desk: Any, make: Any) -> None:
    reference = {
        "OTIO_SCHEMA": "ImageSequenceReference.1",
        "target_url_base": "file:///plates/sh010/",
        "name_prefix": "sh010.",
        "name_suffix": ".exr",
        "start_frame": 1001,
        "frame_step": 2,
        "frame_zero_padding": 5,
        "rate": 24.0,
        "available_range": make.range(0, 50),
    }
    media = only(desk, make, make.clip(24, media_references={"DEFAULT_MEDIA": reference})).media
    assert media is not None
    assert media.sequence is not None
    assert media.path == Path("/plates/sh010")
    assert media.sequence.file_name(3) == "sh010.01007.exr"


def warp(scalar: float, schema: str = "LinearTimeWarp.1") -> Any:
    return {"OTIO_SCHEMA": schema, "time_scalar": scalar}


@pytest.mark.parametrize(
    ("effects", "speed", "first"),
    [
        ([warp(2.0)], Fraction(2), Fraction(100, 24)),
        ([warp(0.5), warp(3.0)], Fraction(3, 2), Fraction(100, 24)),
        ([warp(0.0, "FreezeFrame.1")], Fraction(0), Fraction(100, 24)),
        ([warp(-1.0)], Fraction(-1), Fraction(123, 24)),
        ([warp(-2.0)], Fraction(-2), Fraction(146, 24)),
        ([warp(9.0) | {"enabled": False}], Fraction(1), Fraction(100, 24)),
    ],
)
def test_constant_speeds(
    desk: Any, make: Any, effects: Any, speed: Fraction, first: Fraction
) -> None:
    item = only(desk, make, make.clip(24, start=100, effects=effects))
    assert (item.duration, item.speed, item.source_start) == (24, speed, first)
    if speed < 0:
        assert item.source_frame(23, Fraction(24)) == 100


def test_premieres_lengths_are_the_sources(desk: Any, make: Any) -> None:
    timeline = make.timeline(
        make.track(make.clip(48, effects=[warp(2.0)]), make.clip(10)),
        metadata={"PremierePro_OTIO": {"MetadataVersion": "1.0"}},
    )
    timeline["tracks"]["metadata"] = {
        "PremierePro_OTIO": {
            "VideoFrameRate": 23.976023976023978,
            "VideoResolution": {"width": 1920, "height": 1080},
            "PixelAspectRatio": {"numerator": 4, "denominator": 3},
        }
    }
    document = desk.read(timeline)
    cut = document.cuts[0]
    assert document.writer == "premiere"
    assert (cut.rate, cut.raster) == (
        Fraction(24000, 1001),
        Raster(1920, 1080, Fraction(4, 3)),
    )
    assert [(i.start, i.end) for i in cut.tracks[0].items] == [(0, 24), (24, 34)]


def test_varying_speeds_are_said(desk: Any, make: Any) -> None:
    effect = {"OTIO_SCHEMA": "TimeEffect.1", "metadata": {}}
    document = desk.read(make.timeline(make.track(make.clip(24, effects=[effect]))))
    assert "1 of the retimes change speed" in document.notes[0]


def marker(make: Any, start: float, length: float = 0, **more: Any) -> Any:
    span = make.range(start, length)
    return {"OTIO_SCHEMA": "Marker.2", "name": "m", "marked_range": span} | more


def test_markers_of_everything_lie_on_the_cut(desk: Any, make: Any) -> None:
    clip = make.clip(10, start=100, markers=[marker(make, 104, 2, color="red", comment="why")])
    fast = make.clip(10, start=50, effects=[warp(2.0)], markers=[marker(make, 58, name="fast")])
    gap = make.gap(
        10, markers=[{"OTIO_SCHEMA": "Marker.1", "name": "old", "range": make.range(3, 0)}]
    )
    track = make.track(clip, fast, gap, markers=[marker(make, 29, name="track")])
    timeline = make.timeline(track)
    note = {"Resolve_OTIO": {"Note": "close", "Keywords": ["hands", "night"]}}
    timeline["tracks"]["markers"] = [
        marker(make, 5, 1, name="zero", metadata=note),
        marker(make, 86407, name="timecode"),
        {**marker(make, 8, name="new"), "OTIO_SCHEMA": "Marker.3", "color": {"name": "Red"}},
    ]
    found = {m.name: m for m in desk.read(timeline).cuts[0].markers}
    assert {name: m.start for name, m in found.items()} == {
        "m": 4, "zero": 5, "timecode": 7, "new": 8, "fast": 14, "old": 23, "track": 29,
    }  # fmt: skip
    assert (found["m"].duration, found["m"].color, found["m"].comment) == (2, "RED", "why")
    assert found["zero"].comment == "close; hands, night"
    assert found["new"].color == "RED"


def test_markers_in_the_handles_are_not_on_the_cut(desk: Any, make: Any) -> None:
    clip = make.clip(10, start=1000, markers=[marker(make, 900), marker(make, 1010)])
    assert desk.read(make.timeline(make.track(clip))).cuts[0].markers == []


def test_words_flags_and_earlier_clips_are_kept(desk: Any, make: Any) -> None:
    gap = make.gap(10, name="her hands", metadata={"show": {"Description": "close, at night"}})
    clip = make.clip(5, enabled=False, metadata={"pickup": {"gap": "g1"}})
    off = make.track(make.clip(5), enabled=False, metadata={"Resolve_OTIO": {"Locked": True}})
    cut = desk.read(make.timeline(make.track(gap, clip), off)).cuts[0]
    hole, placed = cut.tracks[0].items
    assert (hole.kind, hole.name, hole.note) == (ItemKind.HOLE, "her hands", "close, at night")
    assert (placed.enabled, placed.pickup) == (False, {"gap": "g1"})
    assert (cut.tracks[1].enabled, cut.tracks[1].locked) == (False, True)


@pytest.mark.parametrize(
    ("kind", "read"),
    [("Video", "video"), ("AUDIO", "audio"), ("Subtitle", "subtitle"), (None, "video")],
)
def test_kinds_of_tracks(desk: Any, make: Any, kind: str, read: str) -> None:
    track = make.track(make.clip(5)) | {"kind": kind}
    if kind is None:
        del track["kind"]
    cut = desk.read(make.timeline(track)).cuts[0]
    assert [t.kind for t in cut.tracks] == [read]
    assert cut.duration == 5


@pytest.mark.parametrize(
    ("start", "rates", "rate"),
    [
        (25.0, [24.0], Fraction(25)),
        (None, [23.98], Fraction(24000, 1001)),
        (1.0, [30.0], Fraction(30)),
        (None, [48000.0, 29.97], Fraction(30000, 1001)),
        (None, [24000.0], Fraction(24000, 1001)),
        (None, [25000.0], Fraction(25)),
        (23.976024627685547, [24.0], Fraction(24000, 1001)),
    ],
)
def test_the_rate_of_a_cut(
    desk: Any, make: Any, start: float | None, rates: list[float], rate: Fraction
) -> None:
    track = make.track(*[make.clip(5, rate=r) for r in rates])
    timeline = make.timeline(track, start=None)
    if start is not None:
        timeline["global_start_time"] = make.time(start * 3600, start)
    cut = desk.read(timeline).cuts[0]
    assert cut.rate == rate
    assert ("guessed" in cut.rate_note) == (min(rates) > 1000)


def test_a_sound_rate_is_never_the_cuts_while_there_is_a_picture(desk: Any, make: Any) -> None:
    sound = make.track(make.clip(48000, rate=50.0), kind="Audio")
    cut = desk.read(make.timeline(sound, make.track(make.clip(5, rate=25.0)), start=None)).cuts[0]
    assert cut.rate == 25


def test_drop_frame_is_read_from_metadata(desk: Any, make: Any) -> None:
    timeline = make.timeline(make.track(make.clip(5)))
    assert not desk.read(timeline).cuts[0].drop_frame
    timeline["tracks"]["metadata"] = {"fcp_xml": {"timecode": {"displayformat": "DF"}}}
    assert desk.read(timeline).cuts[0].drop_frame


def test_schemas_of_older_days_and_of_others(desk: Any, make: Any) -> None:
    old = make.clip(5) | {"OTIO_SCHEMA": "Clip.1", "media_reference": None}
    del old["media_references"]
    filler = make.gap(5) | {"OTIO_SCHEMA": "Filler.1"}
    unknown = {"OTIO_SCHEMA": "Sticker.7", "metadata": {"x": 1}}
    long = {"OTIO_SCHEMA": "Sticker.7", "source_range": make.range(0, 5)}
    track = make.track(old, unknown, filler, long) | {"OTIO_SCHEMA": "Sequence.1"}
    items = desk.read(make.timeline(track)).cuts[0].tracks[0].items
    assert [(i.kind, i.start, i.end) for i in items] == [
        (ItemKind.CLIP, 0, 5),
        (ItemKind.HOLE, 5, 10),
        (ItemKind.CLIP, 10, 15),
    ]


def test_a_shared_object_is_read_wherever_it_is_named(desk: Any, make: Any) -> None:
    one, two = make.clip(5), make.clip(5)
    one["media_references"]["DEFAULT_MEDIA"]["OTIO_REF_ID"] = "ExternalReference-1"
    two["media_references"]["DEFAULT_MEDIA"] = {
        "OTIO_SCHEMA": "SerializableObjectRef.1",
        "id": "ExternalReference-1",
    }
    first, second = desk.read(make.timeline(make.track(one, two))).cuts[0].tracks[0].items
    assert first.media == second.media


def test_clips_that_do_not_say_how_long_they_are(desk: Any, make: Any) -> None:
    whole = make.clip(5) | {"source_range": None}
    vague = make.clip(5, source_range=None, media_references={})
    document = desk.read(make.timeline(make.track(vague, whole)))
    assert [(i.start, i.end) for i in document.cuts[0].tracks[0].items] == [(0, 10000)]
    assert "do not say how long" in document.notes[0]


def test_a_nameless_timeline_is_named_by_its_stack_or_file(desk: Any, make: Any) -> None:
    timeline = make.timeline(make.track(make.clip(5)), name="")
    assert desk.read(timeline).cuts[0].name == "scene"
    timeline["tracks"]["name"] = "Scene 4"
    assert desk.read(timeline).cuts[0].name == "Scene 4"
