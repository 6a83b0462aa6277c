"""What a reader must understand of each construct."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.unit.formats_xmeml.xmeml_documents import (
    clip,
    file,
    rate,
    sequence,
    track,
    transition,
    xmeml,
)

from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import ItemKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pickup.cut.model import Cut, CutFile

    First = Callable[[str | bytes], Cut]
    Opened = Callable[[str | bytes], CutFile]

NTSC = Fraction(1000, 1001)


def gaps(cut: Cut) -> list[tuple[int, int, str]]:
    found = find_gaps(cut, GapOptions(min_frames=1)).gaps
    return [(g.start, g.end, g.kind.value) for g in found]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (rate(24), Fraction(24)),
        (rate(24, "TRUE"), 24 * NTSC),
        (rate(30, "TRUE"), 30 * NTSC),
        (rate(60, "TRUE"), 60 * NTSC),
        (rate(25, None), Fraction(25)),
        (rate(23, "TRUE"), 24 * NTSC),
        (rate(29, None), 30 * NTSC),
        (rate("29.97", "TRUE"), 30 * NTSC),
        (rate(15), Fraction(15)),
        (rate(10), Fraction(10)),
    ],
)
def test_rates_are_exact(first: First, written: str, meant: Fraction) -> None:
    assert first(xmeml(sequence(track(clip(0, 10)), at=written))).rate == meant


def timecode(text: str, frame: str, form: str, at: str) -> str:
    return (
        f"<timecode>{at}<string>{text}</string>{frame}<displayformat>{form}</displayformat>"
        "</timecode>"
    )


def test_start_comes_from_the_frame_count_before_the_text(first: First) -> None:
    ntsc = rate(30, "TRUE")
    code = timecode("01;00;00;00", "<frame>107892</frame>", "DF", ntsc)
    cut = first(xmeml(sequence(track(clip(0, 10)), at=ntsc, timecode=code)))
    assert (cut.start, cut.drop_frame) == (107892, True)


def test_start_comes_from_the_text_where_there_is_no_frame_count(first: First) -> None:
    ntsc = rate(30, "TRUE")
    code = timecode("01;00;00;00", "", "DF", ntsc)
    assert first(xmeml(sequence(track(clip(0, 10)), at=ntsc, timecode=code))).start == 107892


def test_a_timecode_at_another_rate_is_rescaled(first: First) -> None:
    code = timecode("00:00:02:00", "<frame>60</frame>", "NDF", rate(30))
    assert first(xmeml(sequence(track(clip(0, 10)), timecode=code))).start == 48


def test_drop_frame_makes_a_rate_without_the_flag_ntsc(first: First) -> None:
    code = timecode("00;00;00;00", "<frame>0</frame>", "DF", rate(30, None))
    cut = first(xmeml(sequence(track(clip(0, 10)), at=rate(30, None), timecode=code)))
    assert cut.rate == 30 * NTSC
    assert "drops" in cut.rate_note


def test_length_comes_from_items_and_holes_are_gaps(first: First) -> None:
    cut = first(xmeml(sequence(track(clip(10, 30), clip(40, 90, 2)))))
    assert cut.duration == 90
    assert gaps(cut) == [(0, 10, "empty"), (30, 40, "empty")]


def test_sound_counts_for_the_length(first: First) -> None:
    cut = first(xmeml(sequence(track(clip(0, 30)), audio=track(clip(0, 50, 2)))))
    assert gaps(cut) == [(30, 50, "empty")]


@pytest.mark.parametrize(
    ("alignment", "inner", "edit"),
    [
        ("start", "", 40),
        ("end", "", 60),
        ("start-black", "", 40),
        ("end-black", "", 60),
        ("center", "", 50),
        ("center", f"<cutPointTicks>{254016000000 * 12 // 24}</cutPointTicks>", 52),
        ("center", "<cutPoint>5</cutPoint>", 45),
    ],
)
def test_bounds_in_transitions(first: First, alignment: str, inner: str, edit: int) -> None:
    between = transition(40, 60, alignment, inner)
    cut = first(xmeml(sequence(track(clip(0, -1), between, clip(-1, 100, 2, point_in=7)))))
    one, two = (i for i in cut.video_tracks[0].items if i.kind is ItemKind.CLIP)
    assert (one.start, one.end) == (0, edit)
    assert (two.start, two.end) == (edit, 100)
    assert two.source_start == Fraction(7 + edit - 40, 24)
    assert gaps(cut) == []


def test_a_fade_over_nothing_shows_something(first: First) -> None:
    cut = first(xmeml(sequence(track(transition(10, 20, "start-black"), clip(-1, 50)))))
    assert gaps(cut) == [(0, 10, "empty")]


def test_disabled_clips_and_tracks_show_nothing(first: First) -> None:
    off = "<enabled>FALSE</enabled>"
    below = track(clip(0, 20), clip(20, 40, 2, inner=off), clip(40, 60, 3))
    cut = first(xmeml(sequence(below, track(clip(20, 40, 4), tail=off))))
    assert gaps(cut) == [(20, 40, "empty")]
    assert not cut.video_tracks[1].enabled


def test_locked_and_named_tracks(first: First) -> None:
    named = track(clip(0, 9), tail="<locked>TRUE</locked>").replace(
        "<track>", '<track MZ.TrackName="VFX">'
    )
    made = first(xmeml(sequence(named))).video_tracks[0]
    assert (made.name, made.locked, made.enabled) == ("VFX", True, True)


def generator(name: str, category: str = "", colour: tuple[int, int, int] | None = None) -> str:
    parameter = ""
    if colour is not None:
        red, green, blue = colour
        parameter = (
            "<parameter><parameterid>fillcolor</parameterid><value><alpha>0</alpha>"
            f"<red>{red}</red><green>{green}</green><blue>{blue}</blue></value></parameter>"
        )
    return (
        f"<generatoritem><name>{name}</name><start>0</start><end>48</end><in>0</in><out>48</out>"
        f"<effect><name>{name}</name><effectid>{name}</effectid>"
        f"<effectcategory>{category}</effectcategory>{parameter}</effect></generatoritem>"
    )


def made_by_premiere(name: str, source: str) -> str:
    body = (
        f'<file id="file-7"><name>{name}</name><mediaSource>{source}</mediaSource>'
        "<media><video/></media></file>"
    )
    return clip(0, 48, body=body).replace("<name>clip 1</name>", f"<name>{name}</name>")


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (generator("Slug"), ItemKind.SLUG),
        (generator("Color", "Matte", (0, 0, 0)), ItemKind.SLUG),
        (generator("Color", "Matte", (65, 80, 37)), ItemKind.CLIP),
        (generator("Text", "Text"), ItemKind.TITLE),
        (generator("Outline Text"), ItemKind.TITLE),
        (generator("Bars and Tone", "Bars"), ItemKind.CLIP),
        (made_by_premiere("Black Video", "Slug"), ItemKind.SLUG),
        (made_by_premiere("Schwarzvideo", "Slug"), ItemKind.SLUG),
        (made_by_premiere("HD Bars and Tone", "Slug"), ItemKind.CLIP),
        (made_by_premiere("Graphic", "GraphicAndType"), ItemKind.CLIP),
    ],
)
def test_what_generators_show(first: First, item: str, kind: ItemKind) -> None:
    assert first(xmeml(sequence(track(item)))).video_tracks[0].items[0].kind is kind


def test_a_clip_without_file_or_sequence_is_missing(first: First) -> None:
    item = first(xmeml(sequence(track(clip(0, 9, body=""))))).video_tracks[0].items[0]
    assert item.kind is ItemKind.CLIP
    assert item.media is not None
    assert item.media.missing


def test_files_are_known_by_id_wherever_they_are_defined(first: First) -> None:
    ahead = clip(0, 9, body='<file id="file-9"/>')
    cut = first(xmeml(sequence(track(ahead, clip(9, 18, 2, body=file("file-9", "file:///x.mov"))))))
    one, two = (item.media for item in cut.video_tracks[0].items)
    assert one == two
    assert one is not None
    assert str(one.path) == "/x.mov"


def test_media_says_all_it_knows(first: First) -> None:
    inner = (
        f"<timecode>{rate(24)}<string>01:00:00:00</string><frame>86400</frame>"
        "<displayformat>NDF</displayformat><reel><name>A004</name></reel></timecode>"
    )
    body = file("file-3", "file://localhost/Volumes/Day%201/%C3%A9.mov", inner)
    item = (
        first(xmeml(sequence(track(clip(0, 9, point_in=12, body=body))))).video_tracks[0].items[0]
    )
    media = item.media
    assert media is not None
    assert str(media.path) == "/Volumes/Day 1/é.mov"
    assert (media.duration, media.reel) == (Fraction(500, 24), "A004")
    assert media.start == 3600
    assert media.raster is not None
    assert item.source_start == 3600 + Fraction(1, 2)
    assert item.source_frame(0, Fraction(24)) == 86412


def remap(speed: str, reverse: str = "FALSE", variable: str = "0", graph: str = "") -> str:
    values = {"speed": speed, "reverse": reverse, "variablespeed": variable}
    parameters = "".join(
        f"<parameter><parameterid>{key}</parameterid><value>{value}</value></parameter>"
        for key, value in values.items()
    )
    keys = "".join(
        f"<keyframe><when>{pair.split(':')[0]}</when><value>{pair.split(':')[1]}</value></keyframe>"
        for pair in graph.split()
    )
    graphdict = f"<parameter><parameterid>graphdict</parameterid>{keys}</parameter>"
    return (
        f"<filter><effect><effectid>timeremap</effectid>{parameters}{graphdict}</effect></filter>"
    )


def retimed(first: First, inner: str, point_in: int = 100) -> tuple[object, list[int]]:
    """The speed, and the source frames at the first three frames of the item."""
    item = first(xmeml(sequence(track(clip(0, 9, point_in=point_in, inner=inner)))))
    made = item.video_tracks[0].items[0]
    return made.speed, [made.source_frame(frame, Fraction(24)) for frame in range(3)]


def test_speed_counts_in_retimed_frames(first: First) -> None:
    assert retimed(first, remap("200")) == (2, [200, 202, 204])
    assert retimed(first, remap("50")) == (Fraction(1, 2), [50, 50, 51])


def test_ticks_are_the_source_itself(first: First) -> None:
    tick = 254016000000 // 24
    ticks = f"<pproTicksIn>{201 * tick}</pproTicksIn><pproTicksOut>{219 * tick}</pproTicksOut>"
    assert retimed(first, remap("200") + ticks) == (2, [201, 203, 205])


def test_reverse_plays_from_the_graph(first: First) -> None:
    graph = "0:500 100:400 109:391 500:1"
    assert retimed(first, remap("100", "TRUE", "0", graph)) == (-1, [399, 398, 397])
    assert retimed(first, remap("-100")) == (-1, [399, 398, 397])


def test_freeze_holds_one_frame(first: First) -> None:
    assert retimed(first, remap("0", graph="0:33 500:33")) == (0, [33, 33, 33])


def test_varying_speed_is_a_map(first: First) -> None:
    speed, frames = retimed(first, remap("100", variable="1", graph="0:0 100:50 300:450"))
    assert (speed, frames) == (1, [50, 52, 54])


def test_a_clip_at_its_own_rate(first: First) -> None:
    slow = clip(0, 48, point_in=15, at=rate(30))
    assert first(xmeml(sequence(track(slow)))).video_tracks[0].items[0].source_start == Fraction(
        1, 2
    )


def test_nested_sequences_hang_on_their_items(opened: Opened) -> None:
    inner = sequence(track(clip(5, 20, 9)), key="sequence-2")
    one = clip(0, 20, 1, body=inner)
    two = clip(20, 40, 2, body='<sequence id="sequence-2"/>')
    document = opened(xmeml(sequence(track(one, two))))
    assert [cut.name for cut in document.cuts] == ["sequence-1"]
    items = document.cuts[0].video_tracks[0].items
    assert [item.kind for item in items] == [ItemKind.NESTED] * 2
    assert items[0].nested is items[1].nested is not None
    assert gaps(document.cuts[0]) == [(0, 5, "empty"), (20, 25, "empty")]


def test_every_sequence_of_a_project_is_a_cut(opened: Opened) -> None:
    master = "<masterclipid>masterclip-1</masterclipid>"
    bins = (
        f"<project><name>p</name><children><clip id='masterclip-1'><media><video><track>"
        f"{clip(-1, -1, 8, body=file('file-8'))}</track></video></media></clip><bin><children>"
        f"{sequence(track(clip(0, 9, 1, body='', inner=master)))}"
        f"{sequence(track(clip(0, 9, 2)), key='sequence-2')}</children></bin></children></project>"
    )
    document = opened(xmeml(bins))
    assert [cut.name for cut in document.cuts] == ["sequence-1", "sequence-2"]
    media = document.cuts[0].video_tracks[0].items[0].media
    assert media is not None
    assert media.name == "file-8.mov"


def test_markers_of_sequence_and_clip_lie_on_the_cut(first: First) -> None:
    def marker(name: str, start: int, end: int, inner: str = "") -> str:
        return (
            f"<marker><comment>{name}!</comment><name>{name}</name><in>{start}</in>"
            f"<out>{end}</out>{inner}</marker>"
        )

    on_clip = marker("c", 30, -1) + marker("trimmed", 5, -1)
    red = "<pproColor>4281740498</pproColor>"
    item = clip(100, 150, point_in=20, inner=on_clip)
    cut = first(xmeml(sequence(track(item), inner=marker("s", 40, 52, red))))
    assert [(m.name, m.start, m.duration, m.color) for m in cut.markers] == [
        ("s", 40, 12, "RED"),
        ("c", 110, 0, ""),
    ]
    assert cut.markers[0].comment == "s!"


def test_notes_are_the_editors_words(first: First) -> None:
    inner = (
        "<logginginfo><description>wide</description><scene>4</scene><lognote>good</lognote>"
        "</logginginfo><comments><mastercomment1>again</mastercomment1></comments>"
    )
    item = first(xmeml(sequence(track(clip(0, 9, inner=inner))))).video_tracks[0].items[0]
    assert item.note.split("\n") == ["wide", "good", "scene 4", "again"]
    assert item.pickup is None


@pytest.mark.parametrize(
    ("document", "writer"),
    [
        (xmeml(sequence(track(clip(0, 9)))), "premiere"),
        (xmeml(sequence(track(clip(0, 9)), key="s").replace("<name>s<", "<name>s (Resolve)<")),
         "resolve"),
        (xmeml(sequence(track(clip(0, 9, body=file("a 2"))), key="s"), version=5), "resolve"),
        (xmeml(sequence(track(clip(0, 9, body=file("a").replace("a.mov", "a"))), key="h")),
         "hiero"),
        (xmeml(sequence(track(clip(0, 9)), key="f").replace("<name>f<", "<uuid>U</uuid><name>g<")),
         "fcp"),
    ],
)  # fmt: skip
def test_the_writer_shows(opened: Opened, document: str, writer: str) -> None:
    assert opened(document).writer == writer


def test_a_multiclip_plays_its_active_angle(first: First) -> None:
    angles = "".join(
        f"<angle><activevideoangle>{seen}</activevideoangle>"
        f"<clip id='c{n}'>{file(f'file-{n}')}</clip></angle>"
        for n, seen in ((4, "FALSE"), (5, "TRUE"), (6, "FALSE"))
    )
    body = f"<multiclip id='m'>{angles}</multiclip>"
    item = first(xmeml(sequence(track(clip(0, 9, body=body))))).video_tracks[0].items[0]
    assert item.media is not None
    assert item.media.name == "file-5.mov"


def test_relative_paths_belong_to_the_document(first: First, tmp_path: Path) -> None:
    item = first(xmeml(sequence(track(clip(0, 9, body=file("f", "a%20b.mov"))))))
    media = item.video_tracks[0].items[0].media
    assert media is not None
    assert media.path in (tmp_path / "a b.mov", tmp_path / "a%20b.mov")
