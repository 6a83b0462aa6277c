"""Where things lie: storylines, lanes, local time, transitions, nesting."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.unit.formats_fcpxml.documents import (
    ASSET,
    HD25,
    RESOURCES,
    SOUND,
    build,
    clip,
    gap,
    nested_of,
    ranges,
)

from pickup.cut.formats.base import ReadOptions
from pickup.cut.gaps import find_gaps
from pickup.cut.model import ItemKind, Raster

if TYPE_CHECKING:
    from tests.unit.formats_fcpxml.documents import Desk


def test_the_sequence_states_rate_raster_and_timecode(desk: Desk):
    resources = RESOURCES.replace('frameDuration="1/25s"', 'frameDuration="1001/30000s"')
    cut = desk.read(
        clip("3603600/1000s", "1001/30s"),
        resources=resources,
        sequence='format="r1" tcStart="3603600/1000s" tcFormat="DF"',
    )
    assert (cut.name, cut.rate, cut.start) == ("P", Fraction(30000, 1001), 108000)
    assert cut.drop_frame
    assert cut.raster == Raster(1920, 1080)
    assert cut.metadata["event"] == "E"
    assert ranges(cut) == [[(0, 1000)]]


def test_pixel_aspect_is_read(desk: Desk):
    resources = RESOURCES.replace('height="1080"', 'height="1080" paspH="4" paspV="3"')
    assert desk.read(clip("0s", "1s"), resources=resources).raster == Raster(
        1920, 1080, Fraction(4, 3)
    )


@pytest.mark.parametrize(
    ("fmt", "rate", "note"),
    [
        ('<format id="r1" name="FFVideoFormat1080i50"/>', Fraction(25), False),
        ('<format id="r1" name="FFVideoFormatRateUndefined"/>', Fraction(24), True),
        ("", Fraction(24), True),
    ],
)
def test_a_rate_left_out_is_found_and_said(desk: Desk, fmt: str, rate: Fraction, note: bool):
    document = desk.read_file(build(gap("0s", "1s"), resources=fmt))
    assert document.cuts[0].rate == rate
    assert bool(document.cuts[0].rate_note) == note == bool(document.notes)


def test_a_rate_left_out_is_that_of_the_media(desk: Desk):
    resources = (
        '<format id="r1" name="FFVideoFormatRateUndefined"/>'
        '<format id="r9" frameDuration="1/50s" width="1" height="1"/>'
        + ASSET.replace('format="r1"', 'format="r9"')
    )
    assert desk.read(clip("0s", "1s"), resources=resources).rate == 50


def test_the_spine_is_the_first_track(desk: Desk):
    cut = desk.read(clip("0s", "2s") + gap("2s", "1s") + clip("3s", "1s"))
    items = cut.video_tracks[0].items
    assert [(i.kind, i.start, i.end) for i in items] == [
        (ItemKind.CLIP, 0, 50),
        (ItemKind.HOLE, 50, 75),
        (ItemKind.CLIP, 75, 100),
    ]
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(50, 25)]


def test_items_without_an_offset_follow_each_other(desk: Desk):
    bare = '<asset-clip ref="r2" name="A" duration="2s"/>'
    assert ranges(desk.read(bare * 3)) == [[(0, 50), (50, 100), (100, 150)]]


def test_a_duration_left_out_is_the_medias(desk: Desk):
    assert ranges(desk.read('<asset-clip ref="r2" name="A"/>')) == [[(0, 5000)]]


def test_offsets_that_forget_the_timecode_count_from_zero(desk: Desk):
    cut = desk.read(clip("0s", "2s") + clip("2s", "1s"), sequence='format="r1" tcStart="3600s"')
    assert cut.start == 90000
    assert ranges(cut) == [[(0, 50), (50, 75)]]


@pytest.mark.parametrize(
    ("sequence", "first", "start", "where"),
    [
        ('format="r1"', 3600, 90000, [(0, 25), (75, 100)]),
        ('format="r1"', 36000, 900000, [(0, 25), (75, 100)]),
        ('format="r1"', 10, 0, [(250, 275), (325, 350)]),
        ('format="r1"', 0, 0, [(0, 25), (75, 100)]),
        ('format="r1" tcStart="0s"', 3600, 0, [(90000, 90025), (90075, 90100)]),
        ('format="r1" tcStart="3600s"', 3600, 90000, [(0, 25), (75, 100)]),
        ('format="r1" tcStart="3600s"', 3601, 90000, [(25, 50), (100, 125)]),
        ('format="r1" tcStart="3600s"', 0, 90000, [(0, 25), (75, 100)]),
    ],
)
def test_where_a_timecode_left_out_begins(
    desk: Desk, sequence: str, first: int, start: int, where: list[tuple[int, int]]
):
    spine = clip(f"{first}s", "1s") + clip(f"{first + 3}s", "1s")
    cut = desk.read(spine, sequence=sequence)
    assert (cut.start, ranges(cut)) == (start, [where])


@pytest.mark.parametrize("stated", ['tcStart="3600s"', ""])
def test_a_compound_clip_entered_at_its_start(desk: Desk, stated: str):
    inner = clip("3600s", "1s") + clip("3603s", "1s")
    media = (
        f'<media id="m1"><sequence format="r1" {stated}><spine>{inner}</spine></sequence></media>'
    )
    cut = desk.read(
        '<ref-clip ref="m1" offset="0s" duration="4s" name="compound"/>',
        resources=RESOURCES + media,
    )
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(25, 50)]


def test_connected_clips_stand_in_their_parents_time(desk: Desk):
    above = clip("101s", "2s", lane="1")
    assert ranges(desk.read(clip("0s", "4s", above))) == [[(0, 100)], [(25, 75)]]
    over_gap = gap("0s", "10s", clip("3602s", "2s", lane="1"))
    assert ranges(desk.read(over_gap)) == [[], [(50, 100)]]


def test_lanes_stack_as_final_cut_stacks_them(desk: Desk):
    inner = clip("100s", "1s", name="2.1", lane="1")
    under = clip("100s", "1s", name="2.-1", lane="-1")
    body = (
        clip("100s", "1s", inner + under, name="2", lane="2")
        + clip("100s", "1s", name="1", lane="1")
        + clip("100s", "1s", name="-1", lane="-1")
    )
    cut = desk.read(clip("0s", "4s", body, name="0"))
    assert [t.items[0].name for t in cut.video_tracks] == ["-1", "0", "1", "2.-1", "2", "2.1"]


def test_clips_that_overlap_in_a_lane_get_tracks_of_their_own(desk: Desk):
    body = (
        clip("100s", "2s", lane="1") + clip("101s", "2s", lane="1") + clip("102s", "1s", lane="1")
    )
    assert ranges(desk.read(clip("0s", "4s", body)))[1:] == [[(0, 50), (50, 75)], [(25, 75)]]


def test_a_secondary_storyline_counts_from_its_own_start(desk: Desk):
    story = f'<spine lane="1" offset="102s">{clip("0s", "1s")}{gap("1s", "1s")}{clip("2s", "1s")}'
    cut = desk.read(clip("0s", "8s", story + "</spine>"))
    assert ranges(cut)[1] == [(50, 75), (100, 125)]
    assert cut.video_tracks[1].items[1].kind is ItemKind.HOLE


def test_what_lies_before_the_sequence_is_cut_off(desk: Desk):
    cut = desk.read(clip("0s", "4s", clip("98s", "3s", lane="1", start="110s")))
    item = cut.video_tracks[1].items[0]
    assert [item.start, item.end, item.source_start] == [0, 25, 112]


def test_sub_frame_edges_meet(desk: Desk):
    cut = desk.read(clip("0s", "101/50s") + clip("101/50s", "1s"))
    assert ranges(cut) == [[(0, 51), (51, 76)]]


def test_conformed_clips_have_a_time_of_their_own(desk: Desk):
    resources = RESOURCES.replace('frameDuration="1/25s"', 'frameDuration="1/24s"')
    body = '<conform-rate srcFrameRate="25"/>' + clip("1102/10s", "1s", lane="1")
    cut = desk.read(clip("0s", "100s", body), resources=resources)
    assert ranges(cut)[1] == [(255, 279)]
    unscaled = body.replace("<conform-rate", '<conform-rate scaleEnabled="0"')
    assert ranges(desk.read(clip("0s", "100s", unscaled), resources=resources))[1] == [(245, 269)]


def test_transitions_lie_over_the_cut(desk: Desk):
    wipe = '<transition name="Wipe" offset="9/5s" duration="2/5s"/>'
    cut = desk.read(clip("0s", "2s") + wipe + clip("2s", "2s"))
    found = [i for i in cut.video_tracks[0].items if i.kind is ItemKind.TRANSITION]
    assert [(i.name, i.start, i.end) for i in found] == [("Wipe", 45, 55)]


def test_half_a_transition_over_a_gap_leaves_the_gap_whole(desk: Desk):
    fade = '<transition offset="9/5s" duration="2/5s"/>'
    back = '<transition offset="19/5s" duration="2/5s"/>'
    cut = desk.read(clip("0s", "2s") + fade + gap("2s", "2s") + back + clip("4s", "1s"))
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(50, 50)]
    found = [i for i in cut.video_tracks[0].items if i.kind is ItemKind.TRANSITION]
    assert [(i.start, i.end) for i in found] == [(45, 50), (100, 105)]


def test_a_transition_between_titles_shows_no_picture(desk: Desk):
    title = '<title ref="r5" offset="{}s" name="T" duration="2s"/>'
    fade = '<transition offset="9/5s" duration="2/5s"/>'
    gaps = find_gaps(desk.read(title.format(0) + fade + title.format(2))).gaps
    assert [(g.start, g.duration, g.kind.value) for g in gaps] == [(0, 100, "title")]


def test_a_crossfade_of_sound_shows_nothing(desk: Desk):
    fade = '<transition offset="1s" duration="1s"><filter-audio ref="r4"/></transition>'
    cut = desk.read(clip("0s", "2s") + fade)
    assert all(i.kind is not ItemKind.TRANSITION for i in cut.video_tracks[0].items)


def test_disabled_clips_show_nothing_and_their_connected_clips_do(desk: Desk):
    cut = desk.read(clip("0s", "4s", clip("101s", "1s", lane="1"), enabled="0"))
    assert not cut.video_tracks[0].items[0].enabled
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(0, 25), (50, 50)]


def test_sound_goes_to_audio_tracks(desk: Desk):
    sound = '<asset-clip ref="r3" lane="-1" offset="100s" name="S" duration="6s"/>'
    cut = desk.read(clip("0s", "4s", sound) + clip("4s", "1s", srcEnable="audio"))
    assert [t.kind for t in cut.tracks] == ["video", "audio", "audio"]
    assert cut.duration == 150
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(100, 50)]


def test_captions_are_no_picture(desk: Desk):
    caption = '<caption lane="1" offset="3600s" name="C" duration="2s"/>'
    cut = desk.read(gap("0s", "4s", caption) + clip("4s", "1s"))
    assert len(cut.video_tracks) == 1
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(0, 100)]


INNER = (
    '<media id="r9" name="Comp"><sequence format="r1" tcStart="10s"><spine>'
    + clip("10s", "2s")
    + gap("12s", "2s")
    + clip("14s", "2s")
    + "</spine></sequence></media>"
)


def test_compound_clips_are_looked_into(desk: Desk):
    ref = '<ref-clip ref="r9" offset="0s" name="C" start="11s" duration="4s"/>'
    cut = desk.read(ref, resources=RESOURCES + INNER)
    item = cut.video_tracks[0].items[0]
    assert item.kind is ItemKind.NESTED
    assert item.source_start == 1
    assert nested_of(item).name == "Comp"
    assert ranges(nested_of(item)) == [[(0, 50), (100, 150)]]
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(25, 50)]


def test_a_compound_clip_is_read_once_and_shared(desk: Desk):
    ref = '<ref-clip ref="r9" offset="{}s" name="C" start="10s" duration="4s"/>'
    cut = desk.read(ref.format(0) + ref.format(4), resources=RESOURCES + INNER)
    first, second = cut.video_tracks[0].items
    assert first.nested is second.nested


def test_a_compound_clip_may_play_faster(desk: Desk):
    body = '<timeMap><timept time="0s" value="0s"/><timept time="1s" value="2s"/></timeMap>'
    ref = f'<ref-clip ref="r9" offset="0s" name="C" start="5s" duration="3s">{body}</ref-clip>'
    cut = desk.read(ref, resources=RESOURCES + INNER)
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(25, 25)]


def test_sound_of_a_compound_clip_is_sound(desk: Desk):
    ref = '<ref-clip ref="r9" offset="0s" name="C" start="10s" duration="4s" srcEnable="audio"/>'
    cut = desk.read(ref, resources=RESOURCES + INNER)
    assert cut.video_tracks[0].items == []
    assert len(cut.audio_tracks) == 1


def test_all_projects_of_a_file_are_read(desk: Desk):
    text = build(clip("0s", "1s"))
    project = text[text.index("<project") : text.index("</event>")]
    document = desk.read_file(text.replace(project, project + project.replace('"P"', '"Q"')))
    assert [cut.name for cut in document.cuts] == ["P", "Q"]
    assert document.writer == "fcp"


def test_projects_stand_in_events_or_alone(desk: Desk):
    text = build(clip("0s", "1s"))
    head, tail = text.index("<library"), text.index("</library>") + len("</library>")
    project = text[text.index("<project") : text.index("</event>")]
    for body in (project, f"<event>{project}</event>"):
        document = desk.read_file(text[:head] + body + text[tail:])
        assert [cut.name for cut in document.cuts] == ["P"]


def test_a_file_of_clips_has_no_cut_and_says_so(desk: Desk):
    text = build("")
    event = text[text.index("<project") : text.index("</event>")]
    document = desk.read_file(text.replace(event, clip("0s", "1s")))
    assert document.cuts == []
    assert "no project" in document.notes[0]


def test_resolves_own_documents_are_known(desk: Desk):
    text = build(clip("0s", "1s")).replace('location="file:///L.fcpbundle/"', "")
    document = desk.read_file(text.replace('event name="E"', 'event name="T (Resolve)"'))
    assert document.writer == "resolve"


def test_bundles_are_read(desk: Desk):
    bundle = desk.folder / "a.fcpxmld"
    bundle.mkdir()
    (bundle / "Info.fcpxml").write_text(build(clip("0s", "1s")))
    document = desk.format.read(bundle, ReadOptions())
    assert document.path == bundle
    assert ranges(document.cuts[0]) == [[(0, 25)]]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_encodings(desk: Desk, codec: str):
    declared = {"utf-8-sig": "UTF-8", "latin-1": "ISO-8859-1"}.get(codec, "UTF-16")
    text = build(clip("0s", "1s", name="Füße")).replace('"UTF-8"', f'"{declared}"')
    document = desk.read_file(text.encode(codec))
    assert document.cuts[0].video_tracks[0].items[0].name == "Füße"


def test_sound_alone_leaves_an_empty_video_track(desk: Desk):
    spine = '<asset-clip ref="r3" offset="0s" name="S" duration="4s"/>'
    cut = desk.read(spine, resources=HD25 + SOUND)
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(0, 100)]
