"""Every item stands where OTIO itself says, at every rate and in every mix of rates."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pickup.cut.model import Cut, ItemKind

if TYPE_CHECKING:
    from pathlib import Path

RATES = [23.976, 24000 / 1001, 24.0, 25.0, 29.97, 30000 / 1001, 30.0, 48.0, 50.0, 59.94, 60.0]
ot = otio.opentime

relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def spans(rate: float) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda start, length: ot.TimeRange(
            ot.RationalTime(start, rate), ot.RationalTime(length, rate)
        ),
        st.integers(0, 90000),
        st.integers(1, 400),
    )


def items(rate: float) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(lambda r: otio.schema.Gap(source_range=r), spans(rate)),
        st.builds(lambda r: otio.schema.Clip(name="c", source_range=r), spans(rate)),
    )


def transition(rate: float, before: int, after: int) -> Any:
    return otio.schema.Transition(
        in_offset=ot.RationalTime(before, rate), out_offset=ot.RationalTime(after, rate)
    )


@st.composite
def timelines(draw: st.DrawFn, mixed: bool) -> Any:
    rate = draw(st.sampled_from(RATES))
    timeline = otio.schema.Timeline("t", global_start_time=ot.RationalTime(0, rate))
    for kind in draw(st.lists(st.sampled_from(["Video", "Audio"]), min_size=1, max_size=3)):
        track = otio.schema.Track(kind=kind)
        for item in draw(
            st.lists(
                st.sampled_from(RATES).flatmap(items) if mixed else items(rate),
                min_size=1,
                max_size=12,
            )
        ):
            if track and isinstance(track[-1], otio.schema.Clip) and draw(st.booleans()):
                track.append(transition(rate, draw(st.integers(0, 9)), draw(st.integers(0, 9))))
            track.append(item)
        timeline.tracks.append(track)
    return timeline


def read(timeline: Any, desk: Any) -> Cut:
    cut: Cut = desk.read(timeline.to_json_string()).cuts[0]
    return cut


@relaxed
@given(timelines(mixed=False))
def test_places_are_otios_own_at_one_rate(session_desk: Any, timeline: Any) -> None:
    cut = read(timeline, session_desk)
    for track, ours in zip(timeline.tracks, cut.tracks, strict=True):
        found = {item.locator: item for item in ours.items}
        for index, _child in enumerate(track):
            said = track.range_of_child_at_index(index)
            start = max(0, round(said.start_time.value))
            end = round(said.start_time.value + said.duration.value)
            if end > start:
                assert (found[index].start, found[index].end) == (start, end)
        assert len(ours.items) <= len(track)


@relaxed
@given(timelines(mixed=True))
def test_places_are_within_a_rounding_of_otios_in_mixed_rates(
    session_desk: Any, timeline: Any
) -> None:
    """OTIO adds floats, and takes 23.976 for what it is; a frame's boundary may fall either way."""
    cut = read(timeline, session_desk)
    for track, ours in zip(timeline.tracks, cut.tracks, strict=True):
        solid = [item for item in ours.items if item.kind is not ItemKind.TRANSITION]
        assert all(one.end == two.start for one, two in itertools.pairwise(solid))
        for item in solid:
            said = track.range_of_child_at_index(item.locator)
            start = Fraction(said.start_time.to_seconds()) * cut.rate
            assert abs(start - item.start) <= Fraction(6, 10) + abs(start) / 4000


def test_lengths_in_other_rates_add_up_without_drift(desk: Any, make: Any) -> None:
    children = [make.clip(1001.0, rate=30000 / 1001), make.clip(25.0, rate=25.0)] * 500
    track = desk.read(make.timeline(make.track(*children), start=None)).cuts[0].tracks[0]
    assert track.items[-1].end == round(500 * (1001 + Fraction(30000, 1001)))


def test_inexact_numbers_are_taken_to_the_last_bit(desk: Any, make: Any) -> None:
    track = make.track(make.clip(20.000000000000004, start=91046.625), make.clip(0.5), make.gap(4))
    cut = desk.read(make.timeline(track)).cuts[0]
    assert [(i.start, i.end) for i in cut.tracks[0].items] == [(0, 20), (20, 21), (21, 25)]
    assert cut.tracks[0].items[0].source_start == Fraction(91046.625) / 24


def test_a_track_of_very_many_gaps_is_read(desk: Any, make: Any) -> None:
    gap = json.dumps(make.gap(1))
    text = json.dumps(make.timeline(make.track("@"), start=None)).replace(
        '"@"', ",".join([gap] * 30_000)
    )
    assert len(desk.read(text).cuts[0].tracks[0].items) == 30_000


def test_a_trimmed_track_shows_its_window(desk: Any, make: Any) -> None:
    track = make.track(
        make.clip(10, start=100), make.gap(5), make.clip(10), source_range=make.range(4, 14)
    )
    items = desk.read(make.timeline(track)).cuts[0].tracks[0].items
    assert [(i.kind, i.start, i.end) for i in items] == [
        (ItemKind.CLIP, 0, 6),
        (ItemKind.HOLE, 6, 11),
        (ItemKind.CLIP, 11, 14),
    ]
    assert items[0].source_start == Fraction(104, 24)


def test_a_timecode_kept_as_a_trim_trims_nothing(desk: Any, make: Any) -> None:
    track = make.track(make.clip(10), source_range=make.range(-86243, 10))
    document = desk.read(make.timeline(track))
    assert [(i.start, i.end) for i in document.cuts[0].tracks[0].items] == [(0, 10)]
    assert "trim was ignored" in document.notes[0]


def test_a_trimmed_stack_shows_its_window_of_every_track(desk: Any, make: Any) -> None:
    timeline = make.timeline(make.track(make.clip(10), make.clip(10)), make.track(make.gap(20)))
    timeline["tracks"]["source_range"] = make.range(5, 10)
    cut = desk.read(timeline).cuts[0]
    assert [(i.start, i.end) for i in cut.tracks[0].items] == [(0, 5), (5, 10)]
    assert [(i.start, i.end) for i in cut.tracks[1].items] == [(0, 10)]


def test_transitions_lie_around_their_cut_and_never_before_the_start(desk: Any, make: Any) -> None:
    track = make.track(
        make.transition(5, 3), make.clip(10), make.transition(2, 4), make.clip(10),
        make.transition(3, 6),
    )  # fmt: skip
    items = desk.read(make.timeline(track)).cuts[0].tracks[0].items
    seen = [(i.start, i.end) for i in items if i.kind is ItemKind.TRANSITION]
    assert seen == [(0, 3), (8, 14), (17, 26)]
    assert [i.start for i in items] == sorted(i.start for i in items)


def test_nested_cuts_keep_their_own_rate_and_window(desk: Any, make: Any) -> None:
    inner = make.stack(
        make.track(make.clip(50, rate=25.0)), source_range=make.range(6, 24), name="scene 2"
    )
    alone = make.track(make.clip(10), make.clip(10), source_range=make.range(12, 4))
    cut = desk.read(make.timeline(make.track(make.clip(12), inner, alone))).cuts[0]
    _, nested, track = cut.tracks[0].items
    assert (nested.kind, nested.start, nested.end) == (ItemKind.NESTED, 12, 36)
    assert nested.source_start == Fraction(6, 24)
    assert nested.nested.rate == 25
    assert nested.nested.tracks[0].items[0].end == 50
    assert (track.start, track.end, track.source_start) == (36, 40, Fraction(12, 24))
    assert [i.end for i in track.nested.tracks[0].items] == [10, 20]


def test_a_nested_cut_without_a_range_is_as_long_as_what_it_holds(desk: Any, make: Any) -> None:
    inner = make.stack(make.track(make.clip(7)), make.track(make.clip(9), make.transition(1, 2)))
    cut = desk.read(make.timeline(make.track(inner, make.clip(1)))).cuts[0]
    assert [(i.start, i.end) for i in cut.tracks[0].items] == [(0, 11), (11, 12)]


def test_reading_takes_time_in_proportion(session_desk: Any, make: Any, tmp_path: Path) -> None:
    """Ten times the items in less than twenty times the time: room for a busy machine."""
    import time

    def seconds(count: int) -> float:
        clips = [make.clip(10.0)] * count
        path = session_desk.put(make.timeline(make.track(*clips)), f"{count}.otio")
        best = 1e9
        for _ in range(3):
            begin = time.perf_counter()
            session_desk.read(path.read_text())
            best = min(best, time.perf_counter() - begin)
        return best

    assert seconds(4_000) < 20 * seconds(400)
