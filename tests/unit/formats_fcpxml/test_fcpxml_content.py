"""What clips show: media, generators, titles, retimes, markers, words, records."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.formats_fcpxml.documents import RESOURCES, clip, gap, media_of

from pickup.cut.gaps import find_gaps
from pickup.cut.model import ItemKind, Raster

if TYPE_CHECKING:
    from tests.unit.formats_fcpxml.documents import Desk

    from pickup.cut.model import Cut, Item

SOLID = ".../Generators.localized/Solids.localized/Custom.localized/Custom.motn"


def only(cut: Cut) -> Item:
    (item,) = [i for t in cut.tracks for i in t.items]
    return item


def test_media_is_described(desk: Desk):
    item = only(desk.read(clip("0s", "2s", start="110s")))
    assert media_of(item).path == Path("/m/a b.mov")
    assert [media_of(item).start, media_of(item).duration, media_of(item).rate] == [100, 200, 25]
    assert media_of(item).raster == Raster(1920, 1080)
    assert media_of(item).has_audio
    assert item.source_start == 110
    assert item.source_frame(10, Fraction(25)) == 2760


def test_the_source_of_older_versions_is_an_attribute(desk: Desk):
    asset = '<asset id="r2" name="A" src="file:///m/old.mov" hasVideo="1" format="r1"/>'
    resources = '<format id="r1" frameDuration="1/25s"/>' + asset
    item = only(desk.read(clip("0s", "1s"), resources=resources, version="1.8"))
    assert media_of(item).path == Path("/m/old.mov")


def test_the_original_media_comes_before_the_proxy(desk: Desk):
    reps = '<media-rep kind="proxy-media" src="file:///p.mov"/><media-rep src="file:///o.mov"/></asset>'
    resources = (
        '<format id="r1" frameDuration="1/25s"/><asset id="r2" hasVideo="1" format="r1">' + reps
    )
    assert media_of(only(desk.read(clip("0s", "1s"), resources=resources))).url == "file:///o.mov"


def test_a_start_left_out_is_the_medias(desk: Desk):
    item = only(desk.read('<asset-clip ref="r2" offset="0s" name="A" duration="2s"/>'))
    assert item.source_start == 100


@pytest.mark.parametrize("ref", ["r99", "r5", "r1"])
def test_media_that_is_not_there_is_missing(desk: Desk, ref: str):
    cut = desk.read(clip("0s", "2s", ref=ref))
    assert media_of(only(cut)).missing
    assert [g.kind.value for g in find_gaps(cut).gaps] == ["offline"]


def generator(name: str, uid: str, body: str = "") -> tuple[str, str]:
    resources = RESOURCES + f'<effect id="r8" name="{name}" uid="{uid}"/>'
    return f'<video ref="r8" offset="0s" name="{name}" duration="2s">{body}</video>', resources


@pytest.mark.parametrize(
    ("name", "uid", "body", "kind"),
    [
        ("Clouds", ".../Clouds.motn", "", ItemKind.CLIP),
        ("Black", ".../x.motn", "", ItemKind.SLUG),
        ("Slug", ".../x.motn", "", ItemKind.SLUG),
        ("Custom", SOLID, "", ItemKind.SLUG),
        ("Custom", SOLID, '<param name="Color" value="0 0 0"/>', ItemKind.SLUG),
        ("Custom", SOLID, '<param name="Color" value="1 0 0"/>', ItemKind.CLIP),
        ("Custom", SOLID, '<param name="Color" value="red"/>', ItemKind.CLIP),
    ],
)
def test_generators(desk: Desk, name: str, uid: str, body: str, kind: ItemKind):
    spine, resources = generator(name, uid, body)
    assert only(desk.read(spine, resources=resources)).kind is kind


def test_titles_say_their_letters(desk: Desk):
    text = '<text>loose <text-style ref="ts1">SHOT:  city</text-style></text>'
    item = only(desk.read(f'<title ref="r5" offset="0s" name="T" duration="2s">{text}</title>'))
    assert (item.kind, item.note) == (ItemKind.TITLE, "loose SHOT: city")


def test_notes_are_read(desk: Desk):
    holes = desk.read(gap("0s", "2s", "<note> rain at night </note>") + clip("2s", "1s"))
    assert holes.video_tracks[0].items[0].note == "rain at night"
    assert only(desk.read(clip("0s", "1s", "<note>good</note>"))).note == "good"


def test_the_pick_of_an_audition_counts(desk: Desk):
    picks = '<asset-clip ref="r2" name="one" start="100s" duration="2s"/>'
    picks += '<asset-clip ref="r2" name="two" start="100s" duration="9s"/>'
    cut = desk.read(f'<audition offset="0s">{picks}</audition>' + clip("2s", "1s"))
    assert [(i.name, i.start, i.end) for i in cut.video_tracks[0].items] == [
        ("one", 0, 50),
        ("A", 50, 75),
    ]


def test_connected_auditions_stand_in_their_own_lane(desk: Desk):
    pick = '<asset-clip ref="r2" name="one" start="100s" duration="2s"/>'
    cut = desk.read(gap("0s", "8s", f'<audition lane="1" offset="3601s">{pick}</audition>'))
    assert [(i.start, i.end) for i in cut.video_tracks[1].items] == [(25, 75)]


def test_an_audition_without_a_pick_is_nothing(desk: Desk):
    assert len(desk.items('<audition offset="0s"/>' + clip("0s", "1s"))) == 1


CLIP = '<clip offset="0s" name="C" start="{}" duration="2s">{}</clip>'


def test_clips_show_what_they_contain(desk: Desk):
    inner = '<video ref="r2" offset="100s" start="100s" duration="50s"><audio ref="r2" lane="-1"/>'
    item = only(desk.read(CLIP.format("103s", inner + "</video>")))
    assert media_of(item).url == "file:///m/a%20b.mov"
    assert item.source_start == 103


def test_clips_may_lay_their_media_elsewhere(desk: Desk):
    inner = '<video ref="r2" offset="0s" start="120s" duration="50s"/>'
    assert only(desk.read(CLIP.format("3s", inner))).source_start == 123


def test_clips_of_sound_are_sound(desk: Desk):
    inner = '<gap offset="0s" duration="9s"><audio ref="r3" lane="-1" offset="0s"/></gap>'
    cut = desk.read(CLIP.format("0s", inner))
    assert cut.video_tracks[0].items == []
    assert media_of(only(cut)).url == "file:///m/s.wav"


def test_picture_over_a_gap_in_a_clip_is_picture(desk: Desk):
    inner = '<gap offset="0s" duration="9s"><video ref="r2" lane="1" offset="0s"/></gap>'
    assert len(desk.read(CLIP.format("0s", inner)).video_tracks[0].items) == 1


def test_an_empty_clip_is_missing(desk: Desk):
    assert media_of(only(desk.read(CLIP.format("0s", "")))).missing


def test_what_is_connected_to_a_clip_lies_above_it(desk: Desk):
    inner = '<video ref="r2" offset="100s" start="100s" duration="50s"/>'
    above = clip("101s", "1/2s", lane="1", name="above")
    cut = desk.read(CLIP.format("100s", inner + above))
    assert [t.items[0].name for t in cut.video_tracks] == ["C", "above"]


def test_synchronised_clips_show_their_storyline(desk: Desk):
    spine = f"<spine>{clip('0s', '9s')}</spine>"
    sound = '<asset-clip ref="r3" lane="-1" offset="0s" name="S" duration="2s"/>'
    cut = desk.read(f'<sync-clip offset="0s" name="Y" duration="2s">{spine}{sound}</sync-clip>')
    assert media_of(cut.video_tracks[0].items[0]).url == "file:///m/a%20b.mov"
    assert cut.video_tracks[0].items[0].source_start == 100
    assert len(cut.audio_tracks) == 1


def multicam(source: str, attrs: str = "") -> tuple[str, str]:
    other = clip("2s", "50s", ref="r7", start="0s")
    media = (
        '<asset id="r7" hasVideo="1" format="r1"><media-rep src="file:///m/two.mov"/></asset>'
        '<media id="r9"><multicam format="r1" tcStart="0s">'
        f'<mc-angle name="one" angleID="a1">{clip("0s", "60s")}</mc-angle>'
        f'<mc-angle name="two" angleID="a2">{gap("0s", "2s")}{other}</mc-angle>'
        '<mc-angle name="snd" angleID="a3"><asset-clip ref="r3" offset="0s" duration="9s"/>'
        "</mc-angle></multicam></media>"
    )
    return (
        f'<mc-clip ref="r9" offset="0s" start="5s" duration="2s"{attrs}>{source}</mc-clip>',
        RESOURCES + media,
    )


@pytest.mark.parametrize(
    ("source", "url", "start"),
    [
        ("", "file:///m/a%20b.mov", 105),
        ('<mc-source angleID="a2" srcEnable="video"/>', "file:///m/two.mov", 3),
        (
            '<mc-source angleID="a3" srcEnable="audio"/><mc-source angleID="a2" srcEnable="all"/>',
            "file:///m/two.mov",
            3,
        ),
        ('<mc-source angleID="zz"/>', "file:///m/a%20b.mov", 105),
    ],
)
def test_multicam_clips_show_the_chosen_angle(desk: Desk, source: str, url: str, start: int):
    spine, resources = multicam(source)
    item = only(desk.read(spine, resources=resources))
    assert media_of(item).url == url
    assert item.source_start == start


def test_multicam_sound_is_sound(desk: Desk):
    spine, resources = multicam('<mc-source angleID="a3"/>')
    assert desk.read(spine, resources=resources).video_tracks[0].items == []
    spine, resources = multicam("", ' srcEnable="audio"')
    assert desk.read(spine, resources=resources).video_tracks[0].items == []


def test_multicam_clips_without_media_are_missing(desk: Desk):
    assert media_of(only(desk.read('<mc-clip ref="r9" offset="0s" duration="2s"/>'))).missing
    resources = RESOURCES + '<media id="r9"><multicam format="r1"/></media>'
    item = only(desk.read('<mc-clip ref="r9" offset="0s" duration="2s"/>', resources=resources))
    assert media_of(item).missing


def time_map(*points: tuple[str, str]) -> str:
    inner = "".join(f'<timept time="{t}" value="{v}"/>' for t, v in points)
    return f"<timeMap>{inner}</timeMap>"


def test_constant_speed(desk: Desk):
    body = time_map(("50s", "100s"), ("150s", "300s"))
    item = only(desk.read(clip("0s", "2s", body, start="60s")))
    assert [item.source_start, item.speed, item.retime] == [120, 2, None]


def test_reverse(desk: Desk):
    body = time_map(("0s", "300s"), ("200s", "100s"))
    item = only(desk.read(clip("0s", "2s", body, start="10s")))
    assert [item.source_start, item.speed] == [290, -1]


def test_holds_and_ramps(desk: Desk):
    body = time_map(("0s", "100s"), ("1s", "101s"), ("3s", "101s"), ("4s", "103s"))
    item = only(desk.read(clip("0s", "4s", body, start="0s")))
    assert item.retime is not None
    seen = [item.source_time(f, Fraction(25)) for f in (0, 25, 50, 75, 100)]
    assert seen == [100, 101, 101, 101, 103]


def test_a_freeze(desk: Desk):
    item = only(desk.read(clip("0s", "4s", time_map(("0s", "107s"), ("9s", "107s")), start="0s")))
    assert [item.source_start, item.speed] == [107, 0]
    item = only(desk.read(clip("0s", "4s", time_map(("0s", "107s")), start="0s")))
    assert [item.source_start, item.speed] == [107, 0]


def test_a_conformed_clip_plays_frame_by_frame(desk: Desk):
    resources = RESOURCES.replace('frameDuration="1/25s"', 'frameDuration="1/24s"')
    body = '<conform-rate srcFrameRate="23.98"/>'
    item = only(desk.read(clip("0s", "4s", body), resources=resources))
    assert item.speed == Fraction(1001, 1000)


def test_markers_are_laid_onto_the_cut(desk: Desk):
    marks = (
        '<marker start="101s" duration="1/25s" value="plain" note="words"/>'
        '<marker start="102s" duration="1s" value="todo" completed="0"/>'
        '<marker start="103s" value="done" completed="1"/>'
        '<chapter-marker start="103s" value="chapter" posterOffset="0s"/>'
        '<marker start="150s" value="trimmed away"/>'
    )
    cut = desk.read(gap("0s", "1s") + clip("1s", "4s", marks))
    assert [(m.name, m.start, m.duration, m.color, m.comment) for m in cut.markers] == [
        ("plain", 50, 1, "BLUE", "words"),
        ("todo", 75, 25, "RED", ""),
        ("done", 100, 0, "GREEN", ""),
        ("chapter", 100, 0, "ORANGE", ""),
    ]


def test_markers_of_conformed_clips_are_rescaled(desk: Desk):
    resources = RESOURCES.replace('frameDuration="1/25s"', 'frameDuration="1/24s"')
    body = '<conform-rate srcFrameRate="25"/><marker start="110s" value="m"/>'
    cut = desk.read(clip("0s", "60s", body), resources=resources)
    assert cut.markers[0].start == 250


def test_keywords_keep_to_their_clip(desk: Desk):
    cut = desk.read(clip("0s", "2s", '<keyword start="90s" duration="99s" value="rain"/>'))
    assert [(m.name, m.start, m.duration) for m in cut.markers] == [("rain", 0, 50)]


def test_markers_of_gaps_give_their_words(desk: Desk):
    mark = '<marker start="3601s" duration="1/25s" value="wide of the harbour"/>'
    found = find_gaps(desk.read(gap("0s", "4s", mark) + clip("4s", "1s"))).gaps
    assert found[0].words.text == "wide of the harbour"


def test_markers_of_the_sequence(desk: Desk):
    extra = '<marker start="1s" value="here"/>'
    assert [m.start for m in desk.read(clip("0s", "2s"), extra=extra).markers] == [25]


@pytest.mark.parametrize("start", ["5000000000000000s", "-5000000000000000s"])
@pytest.mark.parametrize("tag", ["marker", "chapter-marker", "keyword"])
def test_a_marker_beyond_all_time_marks_nothing(desk: Desk, start: str, tag: str):
    far = f'<{tag} start="{start}" duration="1/25s" value="far"/>'
    cut = desk.read(clip("0s", "4s", far + '<marker start="101s" value="near"/>'))
    assert [(m.name, m.start) for m in cut.markers] == [("near", 25)]
    assert desk.read(clip("0s", "4s"), extra=far).markers == []


def test_a_marker_that_never_ends_marks_nothing(desk: Desk):
    endless = '<keyword start="101s" duration="5000000000000000s" value="all"/>'
    assert desk.read(clip("0s", "4s", endless)).markers == []


def test_sequence_notes_are_kept(desk: Desk):
    cut = desk.read(clip("0s", "2s"), extra="<note>cut 3</note>")
    assert cut.metadata["note"] == "cut 3"


def test_our_own_clips_are_known(desk: Desk):
    record = json.dumps({"shot": "S1", "take": 2}).replace('"', "&quot;")
    body = f'<metadata><md key="com.pickup.record" value="{record}"/></metadata>'
    assert only(desk.read(clip("0s", "2s", body))).pickup == {"shot": "S1", "take": 2}


@pytest.mark.parametrize("value", ["", "[1]", "{", "[" * 50_000, "null"])
def test_a_broken_record_is_none(desk: Desk, value: str):
    body = f'<metadata><md key="com.pickup.record" value="{value}"/></metadata>'
    assert only(desk.read(clip("0s", "2s", body))).pickup is None


@pytest.mark.parametrize(
    ("attrs", "sound"),
    [
        ('hasVideo="1" hasAudio="1"', False),
        ('hasAudio="1"', True),
        ('hasVideo="0"', True),
        ("", False),
        ('src="file:///x.WAV"', True),
        ('src="file:///x.mov"', False),
    ],
)
def test_what_is_sound(desk: Desk, attrs: str, sound: bool):
    resources = f'<format id="r1" frameDuration="1/25s"/><asset id="r2" {attrs}/>'
    cut = desk.read(clip("0s", "1s"), resources=resources)
    assert (not cut.video_tracks[0].items) == sound
