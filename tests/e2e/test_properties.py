"""Whatever the cut, the sum is exact: gaps gone, shots as long as they were, nothing else moved."""

from __future__ import annotations

import json
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pickup.cli.main import run
from pickup.cut.files import open_cut_file
from pickup.cut.gap import FILLED_KINDS
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.fill.takes import PickupRecord, SourceFile, Take, take_name, write_take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(48),
    Fraction(60000, 1001),
    Fraction(120000, 1001),
]

LENGTH = st.integers(1, 40)


def moment(frames: int, rate: float) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, rate)


def stretch(start: int, frames: int, rate: float) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(moment(start, rate), moment(frames, rate))


@st.composite
def clips(draw: DrawFn, rate: float, name: str) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(
        f"media/{name}.mov", stretch(draw(st.integers(0, 90_000)), 10_000, rate)
    )
    start = round(reference.available_range.start_time.value) + draw(st.integers(0, 200))
    clip = otio.schema.Clip(name, reference, stretch(start, draw(LENGTH), rate))
    clip.enabled = draw(st.integers(0, 5)) > 0
    if draw(st.integers(0, 4)) == 0:
        speed = draw(st.sampled_from([-1.0, 0.5, 2.0]))
        clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    elif draw(st.integers(0, 8)) == 0:
        clip.effects.append(otio.schema.FreezeFrame())
    return clip


@st.composite
def tracks(draw: DrawFn, rate: float, name: str, levels: int) -> otio.schema.Track:
    track = otio.schema.Track(name, kind=otio.schema.TrackKind.Video)
    for index in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["clip", "clip", "gap", "gap", "nested"]))
        label = f"{name}-{index}"
        if kind == "gap":
            track.append(otio.schema.Gap(duration=moment(draw(LENGTH), rate)))
        elif kind == "nested" and levels:
            stack = otio.schema.Stack(label)
            for lane in range(draw(st.integers(1, 2))):
                stack.append(draw(tracks(rate, f"{label}-{lane}", levels - 1)))
            track.append(stack)
        else:
            track.append(draw(clips(rate, label)))
    if draw(st.booleans()):
        _dissolve(draw, track, rate)
    return track


def _dissolve(draw: DrawFn, track: otio.schema.Track, rate: float) -> None:
    """A transition between two neighbours that are long enough for it."""
    places = [
        index
        for index in range(1, len(track))
        if all(
            isinstance(item, otio.schema.Clip) and item.source_range.duration.value >= 4
            for item in track[index - 1 : index + 1]
        )
    ]
    if places:
        half = moment(draw(st.integers(1, 2)), rate)
        transition = otio.schema.Transition(
            "dissolve", "SMPTE_Dissolve", in_offset=half, out_offset=half
        )
        track.insert(draw(st.sampled_from(places)), transition)


@st.composite
def cuts(draw: DrawFn) -> otio.schema.Timeline:
    rate = float(draw(st.sampled_from(RATES)))
    timeline = otio.schema.Timeline("Any cut")
    if draw(st.booleans()):
        timeline.global_start_time = moment(draw(st.integers(0, 200_000)), rate)
    for number in range(draw(st.integers(1, 3))):
        track = draw(tracks(rate, f"V{number + 1}", 1))
        track.enabled = draw(st.integers(0, 5)) > 0
        timeline.tracks.append(track)
    if draw(st.booleans()):
        sound = otio.schema.Track("A1", kind=otio.schema.TrackKind.Audio)
        sound.append(otio.schema.Clip("sound", source_range=stretch(0, draw(LENGTH), rate)))
        timeline.tracks.append(sound)
    return timeline


def filmed_at_once(planned: Sequence[Any], folder: Any, *_: Any) -> None:
    """In place of ordering and conforming: a file and a record for every shot."""
    for cut in planned:
        for shot in cut.shots:
            name = take_name(shot.id, 1)
            record = PickupRecord(
                shot=shot.id,
                gap=shot.gap.id,
                take=1,
                provider="animatic",
                model="animatic-1",
                prompt=shot.text,
                seed=shot.seed,
                cost_usd=0,
                created="2026-01-01T00:00:00+00:00",
                request_sha256=shot.sha256(),
                source=SourceFile(file=f"{name}.mov", sha256="0" * 64),
            )
            take = Take(
                record=record,
                file=f"{name}.mov",
                sha256="0" * 64,
                deliver="h264",
                rate=cut.cut.rate,
                frames=shot.frames + 2 * shot.handles,
                visible=shot.frames,
                head=shot.handles,
                start=max(0, cut.cut.start + shot.gap.start - shot.handles),
                drop_frame=False,
                reel="PK",
                width=shot.width,
                height=shot.height,
                pixel_aspect=shot.pixel_aspect,
            )
            folder.takes.mkdir(parents=True, exist_ok=True)
            (folder.takes / f"{name}.mov").write_bytes(b"a movie")
            write_take(folder, take)


def gaps_in(path: Path) -> list[tuple[int, int]]:
    (cut,) = open_cut_file(path).cuts
    found = find_gaps(cut, GapOptions(kinds=FILLED_KINDS)).gaps
    return [(gap.start, gap.duration) for gap in found]


def placed_in(path: Path) -> list[tuple[int, int]]:
    (cut,) = open_cut_file(path).cuts
    items = [i for t in cut.video_tracks for i in t.items if i.pickup is not None]
    return sorted((item.start, item.duration) for item in items)


def _range(item: Any) -> Any:
    if isinstance(item, otio.schema.Transition):
        return item.in_offset, item.out_offset
    return item.range_in_parent()


def others(path: Path) -> dict[str, list[Any]]:
    """Everything but holes and placed clips, by OTIO's own reckoning."""
    timeline = otio.adapters.read_from_file(str(path))
    found = {}
    for track in timeline.tracks:
        if track.name == "Pickup":
            continue
        found[track.name] = [
            (type(item).__name__, item.name, item.to_json_string(), str(_range(item)))
            for item in track
            if not isinstance(item, otio.schema.Gap) and "pickup" not in item.metadata
        ]
    return found


def check_sum(timeline: otio.schema.Timeline, *options: str) -> None:
    """Fill a cut in a folder of its own, and add everything up."""
    with tempfile.TemporaryDirectory() as name:
        cut = Path(name) / "cut.otio"
        otio.adapters.write_to_file(timeline, str(cut))
        original, wanted = cut.read_bytes(), gaps_in(cut)
        assert run(["fill", str(cut), "--no-lettering", *options]) == 0
        assert cut.read_bytes() == original
        filled = cut.with_name("cut.filled.otio")
        assert filled.exists() == bool(wanted)
        if not wanted:
            return
        assert placed_in(filled) == sorted(wanted)
        assert gaps_in(filled) == []
        assert others(filled) == others(cut)
        result = otio.adapters.read_from_file(str(filled))
        before = timeline.tracks.duration()
        assert result.tracks.duration().rescaled_to(before.rate) == before
        assert result.global_start_time == timeline.global_start_time
        placed = [c for c in result.find_clips() if "pickup" in c.metadata]
        lengths = sorted(round(clip.duration().value) for clip in placed)
        assert lengths == sorted(duration for _, duration in wanted)
        written = filled.read_bytes()
        assert run(["fill", str(filled), "--no-lettering", *options]) == 0
        assert filled.read_bytes() == written
        assert not filled.with_name("cut.filled-2.otio").exists()


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(cuts())
def test_the_sum_is_exact(timeline):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pickup.fill.run._order", filmed_at_once)
        check_sum(timeline)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(cuts())
def test_the_sum_is_exact_with_real_film(timeline):
    check_sum(timeline, "--raster", "32x32", "--handles", "0")


def test_the_check_sees_what_is_wrong(tmp_path):
    """A clip a frame too short would be found."""
    timeline = otio.schema.Timeline("Any cut")
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    track.extend([otio.schema.Clip("a", source_range=stretch(0, 24, 24.0))])
    track.append(otio.schema.Gap(duration=moment(30, 24.0)))
    track.append(otio.schema.Clip("b", source_range=stretch(0, 24, 24.0)))
    timeline.tracks.append(track)
    cut = tmp_path / "cut.otio"
    otio.adapters.write_to_file(timeline, str(cut))
    assert run(["fill", str(cut), "--no-lettering", "--raster", "32x32"]) == 0
    filled = tmp_path / "cut.filled.otio"
    data = json.loads(filled.read_text("utf-8"))
    placed = data["tracks"]["children"][0]["children"][1]
    placed["source_range"]["duration"]["value"] -= 1
    filled.write_text(json.dumps(data), "utf-8")
    assert placed_in(filled) != gaps_in(cut)
    assert others(filled) != others(cut)
