"""Real files of many programs: our places are OTIO's, and what is written is only added."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.otio import OtioFormat, OtiozFormat
from pickup.cut.model import CutFile, ItemKind

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.corpus


def documents(corpus: Path) -> list[Path]:
    found = sorted((corpus / "timelines").glob("*/*.otio"))
    assert len(found) >= 30
    return found


def read(path: Path) -> CutFile:
    return OtioFormat().read(path, ReadOptions())


def known(path: Path) -> Any:
    """OTIO's own reading; newer markers, which it refuses, are taken back a version."""
    text = path.read_text()
    text = re.sub(r'"Marker\.3"', '"Marker.2"', text)
    value = json.loads(re.sub(r'("color":\s*)\{[^{}]*\}', r'\1"RED"', text).replace(": Inf", ": 1"))
    return otio.adapters.read_from_string(json.dumps(value), "otio_json")


def test_every_item_stands_where_otio_says(corpus: Path) -> None:
    checked = 0
    for path in documents(corpus):
        timeline, cut = known(path), read(path).cuts[0]
        if not isinstance(timeline, otio.schema.Timeline):
            continue
        assert len(cut.tracks) == len(timeline.tracks), path.name
        for track, ours in zip(timeline.tracks, cut.tracks, strict=True):
            for item in ours.items:
                said = track.range_of_child_at_index(item.locator)
                start = Fraction(said.start_time.to_seconds()) * cut.rate
                end = start + Fraction(said.duration.to_seconds()) * cut.rate
                slack = Fraction(51, 100) + start / 4000
                assert abs(item.start - max(start, Fraction(0))) <= slack, (path.name, item.name)
                assert abs(item.end - end) <= slack, (path.name, item.name)
                checked += 1
    assert checked > 150


def test_nothing_with_a_length_is_left_out(corpus: Path) -> None:
    for path in documents(corpus):
        timeline, document = known(path), read(path)
        if not isinstance(timeline, otio.schema.Timeline):
            continue
        for track, ours in zip(timeline.tracks, document.cuts[0].tracks, strict=True):
            long = [c for c in track if c.duration().value > 0]
            assert len(ours.items) == len(long), path.name


def test_whatever_is_placed_the_rest_stays(corpus: Path, make: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    for path in documents(corpus):
        document = read(path)
        cut = document.cuts[0]
        holes = [
            (index, item)
            for index, track in enumerate(cut.video_tracks)
            for item in track.items
            if item.kind is ItemKind.HOLE and item.duration >= 3
        ]
        end = cut.duration
        placements = [
            make.placement(
                item.start + 1, item.end - 1, index, name=f"p{number}",
                takes=(make.take(item.duration - 2, rate=cut.rate, metadata={"gap": number}),),
            )
            for number, (index, item) in enumerate(holes)
        ]  # fmt: skip
        top = make.placement(end, end + 24, name="top", takes=(make.take(24, rate=cut.rate),))
        placements.append(top)
        OtioFormat().write(document, cut, placements, out, WriteOptions())
        again = read(out).cuts[0]
        placed = {i.name: (i.start, i.end) for t in again.tracks for i in t.items if i.pickup}
        assert placed == {p.name: (p.start, p.end) for p in placements}, path.name

        def solid(of: Any) -> list[Any]:
            return [
                (t.kind, i.kind, i.name, i.start, i.end, i.source_start)
                for t in of.tracks
                for i in t.items
                if i.kind is not ItemKind.HOLE and not i.pickup
            ]

        assert solid(again) == solid(cut), path.name


def test_resolves_own_export_is_read_whole(corpus: Path) -> None:
    document = read(corpus / "timelines/resolve-export/resolve_native_export_effects.otio")
    cut = document.cuts[0]
    assert document.writer == "resolve"
    assert cut.rate == 24
    assert (cut.start, cut.duration) == (86400, 1125)
    assert len(cut.video_tracks) == 8
    assert sum(i.media is not None and i.media.missing for i in cut.video_tracks[4].items) == 4


def test_a_real_bundle_shows_its_pictures(corpus: Path) -> None:
    path = corpus / "timelines/mrv2/MultipleMediaRefs.otioz"
    for item in OtiozFormat().read(path, ReadOptions()).cuts[0].tracks[0].items:
        assert item.media is not None
        assert item.media.path is not None
        assert item.media.path.read_bytes().startswith(b"\x89PNG")
