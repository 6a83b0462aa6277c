"""Whatever is placed wherever: nothing else moves, and the document only gains."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pickup.timing import snap_rate

if TYPE_CHECKING:
    from fractions import Fraction

    from pickup.cut.model import Cut, Track
    from pickup.cut.placement import Placement

RATES = [23.976, 24000 / 1001, 24, 25.0, 29.97, 30.0, 50, 60000 / 1001]


@st.composite
def documents(draw: st.DrawFn) -> tuple[Any, float]:
    """An OTIO timeline with names that tell its clips apart, and its rate."""
    rate = draw(st.sampled_from(RATES))
    serial = 0
    timeline = otio.schema.Timeline("t", global_start_time=otio.opentime.RationalTime(0, rate))
    for _ in range(draw(st.integers(1, 3))):
        track = otio.schema.Track(kind="Video")
        for kind, length in draw(
            st.lists(
                st.tuples(st.sampled_from(["gap", "clip", "dissolve"]), st.integers(1, 60)),
                max_size=10,
            )
        ):
            serial += 1
            span = otio.opentime.TimeRange(
                otio.opentime.RationalTime(0, rate), otio.opentime.RationalTime(length, rate)
            )
            if kind == "gap":
                track.append(otio.schema.Gap(source_range=span))
            elif kind == "clip":
                track.append(otio.schema.Clip(name=f"c{serial}", source_range=span))
            elif track and not isinstance(track[-1], otio.schema.Transition):
                short = otio.opentime.RationalTime(length // 8, rate)
                track.append(otio.schema.Transition(name=f"x{serial}", in_offset=short,
                                                    out_offset=short))  # fmt: skip
        timeline.tracks.append(track)
    return timeline, rate


@st.composite
def placings(draw: st.DrawFn) -> list[tuple[int, int, int | None]]:
    """Ranges one behind the other, each in a track or on top."""
    at, found = 0, []
    for skip, length in draw(
        st.lists(st.tuples(st.integers(0, 50), st.integers(1, 60)), min_size=1, max_size=5)
    ):
        found.append((at + skip, at + skip + length, draw(st.sampled_from([None, 0, 1, 2]))))
        at += skip + length
    return found


def places(timeline: Any) -> dict[str, tuple[float, float]]:
    """Where OTIO says that everything with a name stands, in seconds."""
    found = {}
    for track in timeline.tracks:
        for index, child in enumerate(track):
            if child.name:
                said = track.range_of_child_at_index(index)
                found[child.name] = (said.start_time.value, said.duration.value)
    return found


def without_placed(tracks: list[Any]) -> list[list[str]]:
    return [
        [c["name"] for c in track["children"] if c["name"] and not c["name"].startswith("p")]
        for track in tracks
        if track["name"] != "Pickup"
    ]


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(documents(), placings())
def test_nothing_else_moves(
    session_desk: Any, make: Any, document: tuple[Any, float],
    wanted: list[tuple[int, int, int | None]],
) -> None:  # fmt: skip
    timeline, said = document
    rate: Fraction = snap_rate(said)
    read = session_desk.read(timeline.to_json_string())
    count = len(read.cuts[0].video_tracks)
    placements = [
        make.placement(
            start, end, None if track is None or track >= count else track,
            name=f"p{i}", takes=(make.take(end - start, rate=rate, metadata={"gap": i}),),
        )
        for i, (start, end, track) in enumerate(wanted)
    ]  # fmt: skip
    text, _ = session_desk.write(read, *placements)
    result = otio.adapters.read_from_string(text, "otio_json")
    before, after = places(timeline), places(result)
    assert {name: after[name] for name in before} == before
    assert without_placed(json.loads(text)["tracks"]["children"]) == without_placed(
        json.loads(timeline.to_json_string())["tracks"]["children"]
    )
    again = session_desk.read(text).cuts[0]
    assert_all_stand(again, placements)
    for placement in placements:
        assert after[placement.name] == (placement.start, placement.duration)


def assert_all_stand(cut: Cut, placements: list[Placement]) -> None:
    def found(track: Track) -> dict[str, tuple[int, int]]:
        return {i.name: (i.start, i.end) for i in track.items if i.pickup}

    everything: dict[str, tuple[int, int]] = {}
    for track in cut.video_tracks:
        everything |= found(track)
    assert everything == {p.name: (p.start, p.end) for p in placements}
