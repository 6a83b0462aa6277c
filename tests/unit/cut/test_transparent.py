"""What lets all that is below it through, and nested sequences at speeds that vary."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cut.builders import clip, cut, item, video

from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import Cut, Item, ItemKind, TimeMap
from pickup.cut.transparent import is_transparent_name


def ranges(scene: Cut) -> list[tuple[int, int]]:
    return [(gap.start, gap.duration) for gap in find_gaps(scene, GapOptions(min_frames=1)).gaps]


class TestTransparent:
    def test_an_adjustment_layer_over_everything_hides_no_gap(self):
        layer = clip(0, 144, "Adjustment Layer", transparent=True)
        scene = cut(video(clip(0, 48), clip(96, 144)), video(layer))
        (gap,) = find_gaps(scene).gaps
        assert (gap.start, gap.duration, gap.kind.value, gap.track) == (48, 48, "empty", 0)

    def test_the_frames_beside_a_gap_are_of_the_pictures_below(self):
        layer = clip(0, 144, "Adjustment Layer", transparent=True)
        scene = cut(video(clip(0, 48, "out"), clip(96, 144, "in")), video(layer))
        (gap,) = find_gaps(scene).gaps
        assert gap.before is not None
        assert gap.after is not None
        assert (gap.before.name, gap.after.name) == ("out", "in")

    def test_a_clip_of_no_opacity_takes_its_place_but_shows_nothing(self):
        scene = cut(video(clip(0, 48), clip(48, 96, transparent=True), clip(96, 144)))
        (gap,) = find_gaps(scene).gaps
        assert (gap.start, gap.duration, gap.track) == (48, 48, None)

    def test_it_counts_for_the_length(self):
        assert ranges(cut(video(clip(0, 48), clip(48, 60, transparent=True)))) == [(48, 12)]

    def test_a_placeholder_below_is_not_hidden(self):
        layer = clip(0, 96, transparent=True)
        scene = cut(video(clip(0, 48), clip(48, 96, "pickup: rain")), video(layer))
        (gap,) = find_gaps(scene).gaps
        assert (gap.start, gap.kind.value) == (48, "marked")


@pytest.mark.parametrize(
    "name",
    [
        "Adjustment Layer",
        "adjustment clip 12",
        "Einstellungsebene",
        "Calque d'effets",
        "Capa de ajuste 02",
        "Livello di regolazione",
        "調整レイヤー",
        "调整图层",
        "Корректирующий слой",
    ],
)
def test_names_of_adjustment_layers(name: str):
    assert is_transparent_name("", name)


@pytest.mark.parametrize(
    "name", ["", "Layer", "The adjustment bureau", "adjustment layer test.mov", "Black Video"]
)
def test_other_names_are_none(name: str):
    assert not is_transparent_name(name)


def nested(speeds: TimeMap | None, inner: Cut, length: int, **more: Fraction) -> Cut:
    held = item(ItemKind.NESTED, 0, length, "inner", nested=inner, retime=speeds, **more)
    return cut(video(held))


class TestNestedAtOtherSpeeds:
    inner = cut(video(clip(0, 24), clip(48, 96)))
    """A hole from frame 24 to 48."""

    def test_a_hole_lasts_as_long_as_the_speed_there_makes_it(self):
        # Two seconds at half speed, then double speed.
        ramp = TimeMap(
            (
                (Fraction(0), Fraction(0)),
                (Fraction(3), Fraction(3, 2)),
                (Fraction(4), Fraction(7, 2)),
            )
        )
        # Half speed until frame 72, which shows inner frame 36; the other half goes twice as fast.
        assert ranges(nested(ramp, self.inner, 96)) == [(48, 24 + 6)]

    @pytest.mark.parametrize(("frame", "found"), [(10, []), (30, [(0, 40)]), (200, [(0, 40)])])
    def test_a_freeze_shows_the_inner_frame_that_it_holds(self, frame, found):
        start = Fraction(frame, 24)
        assert ranges(nested(None, self.inner, 40, speed=Fraction(0), source_start=start)) == found

    def test_a_freeze_counts_in_frames_of_the_inner_cut(self):
        slow = cut(video(clip(0, 12), clip(24, 48)), rate=12)
        start = Fraction(18, 12)  # inner frame 18 is in the hole; frame 36 of the outer is not
        found = ranges(nested(None, slow, 40, speed=Fraction(0), source_start=start))
        assert found == [(0, 40)]


def looked_at(held: Item, inner: Cut, frame: int) -> bool:
    """Whether the inner frame that shows at `frame` has a picture."""
    instant = held.source_time(frame, Fraction(24)) * 24
    position = math.floor(instant)
    return any(i.start <= position < i.end for t in inner.tracks for i in t.items)


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 4)), min_size=2, max_size=5),
    st.lists(st.tuples(st.integers(9, 24), st.integers(9, 24)), min_size=1, max_size=4),
    st.integers(4, 60),
)
def test_a_ramp_agrees_with_looking_at_every_frame(steps, layout, length):
    x, y, points = 0, 0, [(Fraction(0), Fraction(0))]
    for frames, speed in steps:
        x, y = x + frames * 4, y + frames * 4 * speed
        points.append((Fraction(x, 24), Fraction(y, 24)))
    position, items = 0, []
    for hole, picture in layout:
        items.append(clip(position + hole, position + hole + picture))
        position += hole + picture
    inner = cut(video(*items))
    held = item(ItemKind.NESTED, 0, length, nested=inner, retime=TimeMap(tuple(points)))
    swept = [True] * length
    for start, duration in ranges(cut(video(held))):
        swept[start : start + duration] = [False] * duration
    looked = [looked_at(held, inner, frame) for frame in range(length)]
    for frame in range(1, length - 1):
        if looked[frame - 1] == looked[frame] == looked[frame + 1]:  # an edge may round
            assert swept[frame] == looked[frame], frame
