"""Holes of a recut: a wanted shot whose neighbour was trimmed, while its marker stayed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pickup.cut.gap import GapKind
from pickup.cut.model import Cut, Item, ItemKind, Marker, Media, Track
from pickup_premiere.stretches import stretches

RATE = Fraction(24)
Spans = list[tuple[int, int, str]]


def cut(clips: list[tuple[int, int]], wishes: list[tuple[int, int]]) -> Cut:
    items = [
        Item(ItemKind.CLIP, f"a{a}", a, b, media=Media(url=f"/a{a}.mov", name=f"a{a}.mov"))
        for a, b in clips
    ]
    markers = [Marker("pickup: hands", a, b - a) for a, b in wishes]
    return Cut("Scene", RATE, tracks=[Track("video", "V1", items=items)], markers=markers)


def found(made: Cut, known: tuple[str, ...] = ()) -> Spans:
    return [(g.start, g.end, g.kind.value) for g in stretches(made, [], known)]


@pytest.mark.parametrize(
    ("clips", "wanted"),
    [
        ([(0, 72), (120, 200)], [(72, 120, "marked")]),
        ([(0, 67), (120, 200)], [(67, 120, "marked")]),
        ([(0, 72), (126, 200)], [(72, 126, "marked")]),
        ([(0, 70), (125, 200)], [(70, 125, "marked")]),
        # More than a slip is a gap of its own: the wish was for the marked frames.
        ([(0, 60), (120, 200)], [(60, 72, "empty"), (72, 120, "marked")]),
        ([(0, 78), (120, 200)], [(78, 120, "marked")]),
    ],
)
def test_a_slip_beside_a_wish_is_part_of_it(clips: list[tuple[int, int]], wanted: Spans) -> None:
    assert found(cut(clips, [(72, 120)])) == wanted


def test_the_neighbours_are_those_of_the_whole() -> None:
    (gap,) = stretches(cut([(0, 67), (126, 200)], [(72, 120)]), [], ())
    assert gap.before is not None
    assert gap.after is not None
    assert (gap.before.frame, gap.after.name) == (66, "a126")
    assert gap.kind is GapKind.MARKED
    assert gap.words.text == "hands"


def test_two_wishes_that_touch_stay_two() -> None:
    made = cut([(0, 67), (170, 200)], [(72, 120), (120, 165)])
    assert found(made) == [(67, 120, "marked"), (120, 170, "marked")]


def test_what_was_there_before_the_recut_stays_as_it_was() -> None:
    made = cut([(0, 67), (120, 200)], [(72, 120)])
    slip, wish = [g.id for g in stretches(made, [], tuple(ids(made)))]
    assert found(made, (slip,)) == found(made, (wish,)) == [(67, 72, "empty"), (72, 120, "marked")]


def ids(made: Cut) -> list[str]:
    from pickup.cut.gaps import GapOptions, find_gaps

    return [gap.id for gap in find_gaps(made, GapOptions(min_frames=1)).gaps]


def test_our_clips_and_their_dissolves_and_markers_are_not_there() -> None:
    made = cut([(0, 72), (120, 200)], [])
    ours = Item(ItemKind.CLIP, "pk010_t01", 72, 120, media=Media(url="/pk", name="pk"))
    fade = Item(ItemKind.TRANSITION, "Cross Dissolve", 66, 78)
    made.tracks.append(Track("video", "Pickup", items=[fade, ours]))
    made.markers.append(Marker("pk010_t01", 72, 1, "Synthetic, shot pk010, gap g0123456789"))
    assert found(made) == []
    (gap,) = stretches(made, [ours], ())
    assert (gap.start, gap.end, gap.kind, gap.words.text) == (72, 120, GapKind.EMPTY, "")
