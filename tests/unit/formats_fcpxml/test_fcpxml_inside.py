"""Clips that contain holes: what is not filled inside is seen from outside."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.unit.formats_fcpxml.documents import clip, gap, nested_of, placed

from pickup.cut.gaps import find_gaps
from pickup.cut.model import ItemKind

if TYPE_CHECKING:
    from tests.unit.formats_fcpxml.documents import Desk

    from pickup.cut.model import Cut

INSIDE = clip("0s", "2s") + gap("2s", "2s") + clip("4s", "2s", start="150s")


def sync(body: str, duration: str = "6s", start: str = "", tag: str = "sync-clip") -> str:
    first = f' start="{start}"' if start else ""
    return f'<{tag} offset="0s" name="Y" duration="{duration}"{first}>{body}</{tag}>'


def gaps(cut: Cut) -> list[tuple[int, int]]:
    return [(found.start, found.duration) for found in find_gaps(cut).gaps]


@pytest.mark.parametrize("tag", ["sync-clip", "clip"])
@pytest.mark.parametrize("body", [f"<spine>{INSIDE}</spine>", INSIDE], ids=["spine", "bare"])
def test_a_hole_inside_is_a_gap(desk: Desk, tag: str, body: str):
    assert gaps(desk.read(sync(body, tag=tag))) == [(50, 50)]


def test_the_frames_beside_it_are_those_inside(desk: Desk):
    (found,) = find_gaps(desk.read(sync(f"<spine>{INSIDE}</spine>"))).gaps
    assert found.before is not None
    assert found.after is not None
    assert (found.before.frame, found.after.frame) == (100 * 25 + 49, 150 * 25)


def test_only_the_part_that_shows_counts(desk: Desk):
    """From one second before the hole to one second after its beginning."""
    assert gaps(desk.read(sync(f"<spine>{INSIDE}</spine>", "2s", "1s"))) == [(25, 25)]
    assert gaps(desk.read(sync(f"<spine>{INSIDE}</spine>", "2s"))) == []


def test_a_picture_connected_over_the_hole_fills_it(desk: Desk):
    over = gap("2s", "2s", clip("3600s", "1s", lane="1"))
    body = clip("0s", "2s") + over + clip("4s", "2s")
    assert gaps(desk.read(sync(f"<spine>{body}</spine>"))) == [(75, 25)]


def test_sound_over_the_hole_does_not(desk: Desk):
    sound = '<asset-clip ref="r3" lane="-1" offset="3600s" duration="2s"/>'
    body = clip("0s", "2s") + gap("2s", "2s", sound) + clip("4s", "2s")
    assert gaps(desk.read(sync(f"<spine>{body}</spine>"))) == [(50, 50)]


def test_a_time_of_day_inside_counts_from_where_the_inside_begins(desk: Desk):
    body = clip("36000s", "2s") + gap("36002s", "2s") + clip("36004s", "2s")
    cut = desk.read(sync(f"<spine>{body}</spine>", "6s", "36000s"))
    assert gaps(cut) == [(50, 50)]
    (item,) = [i for t in cut.video_tracks for i in t.items]
    assert item.kind is ItemKind.NESTED
    assert nested_of(item).duration == 150
    assert item.source_start == Fraction(0)


def test_a_clip_without_holes_stays_what_it_is(desk: Desk):
    cut = desk.read(sync(f"<spine>{clip('0s', '6s')}</spine>"))
    (item,) = [i for t in cut.video_tracks for i in t.items]
    assert item.kind is ItemKind.CLIP
    assert item.media is not None


def test_a_clip_of_sound_alone_stays_sound(desk: Desk):
    sound = '<asset-clip ref="r3" offset="2s" duration="2s"/>'
    cut = desk.read(sync(f"<spine>{gap('0s', '2s')}{sound}</spine>", "4s") + clip("4s", "1s"))
    assert gaps(cut) == [(0, 100)]
    assert [i.kind for t in cut.audio_tracks for i in t.items] == [ItemKind.CLIP]


def test_it_is_filled_on_top_and_nothing_is_left(desk: Desk):
    document = desk.read_file(
        '<?xml version="1.0"?><fcpxml version="1.10"><resources>'
        '<format id="r1" frameDuration="1/25s"/><asset id="r2" start="100s" duration="200s" '
        'hasVideo="1" format="r1"><media-rep src="file:///m/a.mov"/></asset></resources>'
        '<project name="P"><sequence format="r1"><spine>'
        + sync(f"<spine>{INSIDE}</spine>")
        + "</spine></sequence></project></fcpxml>"
    )
    before = desk.folder.joinpath("cut.fcpxml").read_bytes()
    data, again, _ = desk.fill(document, [placed(50, 100)])
    assert gaps(again) == []
    kept = iter(data.split(b"<"))
    assert all(any(piece == other for other in kept) for piece in before.split(b"<"))
