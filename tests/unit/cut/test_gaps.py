"""Gaps: what counts as one, what is known of it, and that a sweep agrees with looking at frames."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cut.builders import audio, clip, cut, item, offline, video

from pickup.cut.gap import GapKind
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import Cut, ItemKind, Marker, Media, TimeMap, Track
from pickup.errors import PickupError


def ranges(cut_: Cut, **options: object) -> list[tuple[int, int, str]]:
    report = find_gaps(cut_, GapOptions(**{"min_frames": 1, **options}))  # type: ignore[arg-type]
    return [(gap.start, gap.duration, gap.kind.value) for gap in report.gaps]


def test_a_hole_between_clips_is_a_gap():
    assert ranges(cut(video(clip(0, 48), clip(96, 144)))) == [(48, 48, "empty")]


def test_picture_on_any_track_fills_the_hole():
    assert ranges(cut(video(clip(0, 48), clip(96, 144)), video(clip(40, 100)))) == []


def test_a_gap_runs_from_the_start_and_to_the_end_of_the_last_item_of_any_kind():
    assert ranges(cut(video(clip(10, 20)), audio(clip(0, 50)))) == [
        (0, 10, "empty"),
        (20, 30, "empty"),
    ]


def test_padding_at_the_end_is_no_gap():
    assert ranges(cut(video(clip(0, 48), item(ItemKind.HOLE, 48, 500)))) == []


def test_disabled_items_and_tracks_show_nothing_but_count_for_the_length():
    disabled = cut(
        video(clip(0, 24), clip(24, 48, enabled=False)), video(clip(0, 96), enabled=False)
    )
    assert ranges(disabled) == [(24, 72, "empty")]


def test_a_transition_shows_something():
    fade = item(ItemKind.TRANSITION, 40, 60)
    assert ranges(cut(video(clip(0, 48), fade, clip(96, 120)))) == [(60, 36, "empty")]


@pytest.mark.parametrize(
    ("cover", "kind"),
    [
        (item(ItemKind.SLUG, 48, 96), "slug"),
        (item(ItemKind.TITLE, 48, 96), "title"),
        (offline(48, 96), "offline"),
    ],
)
def test_kinds(cover, kind):
    assert ranges(cut(video(clip(0, 48), clip(96, 144)), video(cover))) == [(48, 48, kind)]


def test_kinds_beside_one_another_are_gaps_of_their_own():
    layered = cut(video(clip(0, 24), clip(96, 120)), video(item(ItemKind.TITLE, 48, 72)))
    assert ranges(layered) == [(24, 24, "empty"), (48, 24, "title"), (72, 24, "empty")]


def test_short_holes_are_counted_and_left_alone():
    report = find_gaps(cut(video(clip(0, 24), clip(30, 48), clip(60, 72))))
    assert [gap.start for gap in report.gaps] == [48]
    assert report.slips == 1


def test_kinds_not_asked_for_are_counted():
    layered = cut(video(clip(0, 24), item(ItemKind.SLUG, 24, 48), clip(96, 120)))
    report = find_gaps(layered, GapOptions(kinds=frozenset({GapKind.EMPTY})))
    assert [gap.start for gap in report.gaps] == [48]
    assert report.others == {GapKind.SLUG: 1}


class TestNeighbours:
    def test_frames_are_those_of_the_source_at_the_cut(self):
        media = Media(url="/m/a.mov", rate=Fraction(24), start=Fraction(3600))
        before = clip(0, 48, "A", media=media, source_start=Fraction(3610))
        after = clip(96, 144, "B", media=media, source_start=Fraction(3620))
        gap = find_gaps(cut(video(before, after))).gaps[0]
        assert gap.before is not None
        assert gap.after is not None
        assert (gap.before.name, gap.before.frame, gap.before.index) == ("A", 86400 + 287, 287)
        assert (gap.after.name, gap.after.frame, gap.after.index) == ("B", 86400 + 480, 480)

    @pytest.mark.parametrize(
        ("more", "index"),
        [
            ({"speed": Fraction(2)}, 94),
            ({"speed": Fraction(-1), "source_start": Fraction(4)}, 49),
            ({"speed": Fraction(0), "source_start": Fraction(2)}, 48),
            ({"retime": TimeMap(((Fraction(0), Fraction(1)), (Fraction(2), Fraction(2))))}, 47),
        ],
    )
    def test_retimes(self, more, index):
        gap = find_gaps(cut(video(clip(0, 48, "A", **more), clip(96, 120)))).gaps[0]
        assert gap.before is not None
        assert gap.before.index == index

    def test_media_of_another_rate(self):
        media = Media(url="/m/a.mov", rate=Fraction(50))
        gap = find_gaps(cut(video(clip(0, 25, media=media), clip(50, 75)), rate=25)).gaps[0]
        assert gap.before is not None
        assert gap.before.index == 48

    def test_the_topmost_picture_counts(self):
        layered = cut(video(clip(0, 48, "low"), clip(96, 120)), video(clip(24, 48, "high")))
        gap = find_gaps(layered).gaps[0]
        assert gap.before is not None
        assert gap.before.name == "high"

    def test_a_fade_out_leads_on_into_the_handles_of_its_clip(self):
        faded = video(clip(0, 48, "A"), item(ItemKind.TRANSITION, 44, 52), clip(96, 120, "B"))
        gap = find_gaps(cut(faded)).gaps[0]
        assert gap.before is not None
        assert (gap.start, gap.before.name, gap.before.index) == (52, "A", 51)

    def test_a_fade_in_begins_in_the_handles_of_its_clip(self):
        fade = item(ItemKind.TRANSITION, 90, 100)
        b = clip(96, 120, "B", source_start=Fraction(1))
        gap = find_gaps(cut(video(clip(0, 48, "A"), fade, b))).gaps[0]
        assert gap.after is not None
        assert (gap.end, gap.after.name, gap.after.index) == (90, "B", 18)

    def test_none_at_the_ends(self):
        gaps = find_gaps(cut(video(clip(48, 96)), audio(clip(0, 144)))).gaps
        assert gaps[0].before is None
        assert gaps[1].after is None


class TestNested:
    def inner(self) -> Cut:
        return cut(video(clip(0, 24, "in1"), clip(48, 72, "in2")))

    def test_a_hole_in_a_nested_sequence_is_a_gap(self):
        outer = cut(video(item(ItemKind.NESTED, 100, 172, nested=self.inner()), clip(0, 100)))
        assert ranges(outer) == [(124, 24, "empty")]
        gap = find_gaps(outer).gaps[0]
        assert gap.before is not None
        assert gap.after is not None
        assert (gap.before.name, gap.before.index) == ("in1", 23)
        assert (gap.after.name, gap.after.index) == ("in2", 0)
        assert gap.track is None

    def test_only_the_window_shows(self):
        window = item(ItemKind.NESTED, 0, 30, nested=self.inner(), source_start=Fraction(36, 24))
        assert ranges(cut(video(window))) == [(0, 12, "empty")]

    def test_what_runs_past_the_inner_end_shows_nothing(self):
        window = item(ItemKind.NESTED, 0, 100, nested=self.inner(), source_start=Fraction(2))
        assert ranges(cut(video(window))) == [(24, 76, "empty")]

    def test_retimed_and_reversed(self):
        fast = item(ItemKind.NESTED, 0, 36, nested=self.inner(), speed=Fraction(2))
        assert ranges(cut(video(fast))) == [(12, 12, "empty")]
        back = item(
            ItemKind.NESTED,
            0,
            72,
            nested=self.inner(),
            speed=Fraction(-1),
            source_start=Fraction(3),
        )
        assert ranges(cut(video(back))) == [(24, 24, "empty")]

    def test_another_rate_inside(self):
        inner = cut(video(clip(0, 25), clip(50, 75)), rate=25)
        assert ranges(cut(video(item(ItemKind.NESTED, 0, 72, nested=inner)))) == [(24, 24, "empty")]

    def test_a_sequence_within_itself_is_refused(self):
        loop = self.inner()
        loop.tracks.append(video(item(ItemKind.NESTED, 0, 10, nested=loop)))
        with pytest.raises(PickupError, match="nested within itself"):
            find_gaps(loop)

    def test_sequences_that_multiply_without_end_are_refused(self, monkeypatch):
        monkeypatch.setattr("pickup.cut.visibility.MAX_SPANS", 1000)
        level = self.inner()
        for _ in range(20):
            level = cut(
                video(
                    item(ItemKind.NESTED, 0, level.duration, nested=level),
                    item(ItemKind.NESTED, level.duration, 2 * level.duration, nested=level),
                )
            )
        with pytest.raises(PickupError, match="multiply"):
            find_gaps(level)


class TestHome:
    def test_the_lowest_track_with_a_hole_there(self):
        both = cut(video(clip(0, 48), clip(96, 120)), video(clip(0, 48), clip(96, 120)))
        assert find_gaps(both).gaps[0].track == 0

    def test_a_track_with_a_neighbour_goes_before_one_without(self):
        two = cut(video(clip(0, 10)), video(clip(10, 48), clip(96, 120)))
        assert find_gaps(two).gaps[0].track == 1

    @pytest.mark.parametrize("change", [{"locked": True}, {"enabled": False}])
    def test_locked_and_disabled_tracks_are_left_alone(self, change):
        alone = cut(video(clip(0, 48), clip(96, 120), **change), audio(clip(0, 120)))
        assert all(gap.track is None for gap in find_gaps(alone).gaps)

    def test_a_disabled_clip_keeps_its_place(self):
        held = cut(video(clip(0, 48), clip(48, 96, enabled=False), clip(96, 120)))
        assert find_gaps(held).gaps[0].track is None


class TestIds:
    def scene(self, shift: int = 0, length: int = 48) -> Cut:
        return cut(
            video(
                clip(0, 48 + shift, "X"),
                clip(48 + shift, 96 + shift, "A"),
                clip(96 + length + shift, 240 + length + shift, "B"),
            )
        )

    def test_stable_when_the_gap_moves_and_new_when_it_changes(self):
        first, moved, longer = (
            find_gaps(c).gaps[0].id
            for c in (self.scene(), self.scene(shift=30), self.scene(length=50))
        )
        assert first == moved
        assert first != longer

    def test_unique_even_where_all_is_alike(self):
        media = Media(url="/m/a.mov", rate=Fraction(24))
        alike = video(*[clip(i * 48, i * 48 + 24, "A", media=media) for i in range(6)])
        ids = [gap.id for gap in find_gaps(cut(alike)).gaps]
        assert len(set(ids)) == 5


class TestWords:
    def scene(self, *markers: Marker, hole: str = "") -> Cut:
        items = [clip(0, 48), clip(96, 144)]
        if hole:
            items.insert(1, item(ItemKind.HOLE, 48, 96, hole))
        return cut(video(*items), markers=list(markers))

    def only(self, scene: Cut) -> tuple[str, str, str]:
        (gap,) = find_gaps(scene).gaps
        return gap.kind.value, gap.words.text, gap.words.origin

    def test_a_marker_over_the_gap(self):
        note = Marker("Insert", 60, 0, "close on her hands")
        assert self.only(self.scene(note)) == ("empty", "Insert. close on her hands", "marker")

    def test_a_marker_elsewhere_says_nothing(self):
        assert self.only(self.scene(Marker("other", 20)))[1] == ""

    def test_a_name_that_a_program_gave_says_nothing(self):
        assert self.only(self.scene(Marker("Marker 1", 60), hole="Gap"))[1] == ""

    def test_the_gaps_own_name(self):
        assert self.only(self.scene(hole="the pot boils over")) == (
            "empty",
            "the pot boils over",
            "gap",
        )

    def test_a_tagged_marker_marks_the_gap(self):
        tagged = Marker("pickup: close on her hands", 60)
        assert self.only(self.scene(tagged)) == ("marked", "close on her hands", "marker")

    def test_a_colour_agreed_on_marks_too(self):
        report = find_gaps(
            self.scene(Marker("hands", 60, color="PINK")), GapOptions(marker_color="pink")
        )
        assert report.gaps[0].kind is GapKind.MARKED

    def test_tagged_ranges_divide_a_hole(self):
        scene = self.scene(Marker("pickup: one", 48, 24), Marker("pickup: two", 72, 20))
        gaps = find_gaps(scene).gaps
        assert [(g.start, g.duration, g.words.text) for g in gaps] == [
            (48, 24, "one"),
            (72, 24, "two"),
        ]

    def test_a_range_leaves_what_it_does_not_cover(self):
        scene = self.scene(Marker("pickup: one", 64, 16))
        assert ranges(scene, min_frames=12) == [
            (48, 16, "empty"),
            (64, 16, "marked"),
            (80, 16, "empty"),
        ]

    def test_a_range_over_picture_asks_for_a_shot_on_top(self):
        scene = self.scene(Marker("pickup: hands", 10, 20))
        assert ranges(scene) == [(10, 20, "marked"), (48, 48, "empty")]
        assert find_gaps(scene).gaps[0].track is None

    def test_a_range_that_our_clip_fills_asks_for_nothing_more(self):
        scene = self.scene(Marker("pickup: hands", 10, 20))
        scene.tracks.append(video(clip(10, 30, "pk010", pickup={"take": 1})))
        assert ranges(scene) == [(48, 48, "empty")]

    def test_a_placeholder_is_a_wanted_shot_unless_hidden(self):
        held = cut(video(clip(0, 48), clip(48, 96, "pickup: rain on glass"), clip(96, 120)))
        assert ranges(held) == [(48, 48, "marked")]
        assert find_gaps(held).gaps[0].words.text == "rain on glass"
        held.tracks.append(video(clip(60, 96, "filled")))
        assert ranges(held) == [(48, 12, "marked")]

    def test_an_offline_placeholder_is_marked_and_not_offline(self):
        held = cut(video(clip(0, 48), offline(48, 96, "pickup: rain"), clip(96, 120)))
        assert ranges(held) == [(48, 48, "marked")]

    def test_a_named_gap_asks_for_itself(self):
        assert self.only(self.scene(hole="pickup: hands"))[:2] == ("marked", "hands")


KINDS = [ItemKind.CLIP, ItemKind.TITLE, ItemKind.SLUG, ItemKind.TRANSITION, ItemKind.HOLE]


@st.composite
def tracks(draw: st.DrawFn, depth: int = 1) -> Track:
    items, position = [], 0
    for _ in range(draw(st.integers(0, 5))):
        position += draw(st.integers(0, 6))
        length = draw(st.integers(1, 8))
        kinds = [*KINDS, ItemKind.NESTED] if depth else KINDS
        kind = draw(st.sampled_from(kinds))
        made = item(kind, position, position + length, f"i{position}")
        made.enabled = draw(st.booleans()) or draw(st.booleans())
        if kind is ItemKind.CLIP:
            made.media = Media(missing=draw(st.booleans()))
        if kind is ItemKind.NESTED:
            made.nested = draw(cuts(depth - 1))
            made.source_start = Fraction(draw(st.integers(0, 4)), 24)
        items.append(made)
        position += length
    kind_ = draw(st.sampled_from(["video", "video", "audio"]))
    return Track(kind_, items=items, enabled=draw(st.integers(0, 5)) > 0)


@st.composite
def cuts(draw: st.DrawFn, depth: int = 1) -> Cut:
    return cut(*draw(st.lists(tracks(depth), max_size=4)))


STRENGTH = ["empty", "title", "slug", "offline", "picture"]


def shown_at(cut_: Cut, frame: int) -> int:
    """What shows at a frame, found by looking at it."""
    best = 0
    for track in cut_.video_tracks:
        for it in track.items:
            if not (track.enabled and it.enabled and it.start <= frame < it.end):
                continue
            if it.nested is not None:
                inner = frame - it.start + int(it.source_start * 24)
                best = max(best, shown_at(it.nested, inner) if inner < it.nested.duration else 0)
            elif it.kind is ItemKind.CLIP:
                best = max(best, 3 if it.media is not None and it.media.missing else 4)
            else:
                best = max(
                    best,
                    {ItemKind.TITLE: 1, ItemKind.SLUG: 2, ItemKind.TRANSITION: 4}.get(it.kind, 0),
                )
    return best


@given(cuts())
def test_the_sweep_agrees_with_looking_at_every_frame(random_cut: Cut):
    expected = [STRENGTH[shown_at(random_cut, frame)] for frame in range(random_cut.duration)]
    swept = ["picture"] * random_cut.duration
    for start, duration, kind in ranges(random_cut):
        assert set(swept[start : start + duration]) == {"picture"}
        swept[start : start + duration] = [kind] * duration
    assert swept == expected
