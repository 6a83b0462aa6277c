"""Clip colours read from Resolve, and the look's LUT and CDL set on what is placed there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.unit.resolve.scenes import build, placements
from tests.unit.resolve.test_resolve_takes import begin

from pickup.cut.placement import Grade
from pickup_resolve.api import Resolve
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve
from pickup_resolve.testing.items import FakeTimelineItem

if TYPE_CHECKING:
    from pathlib import Path

WARM = Grade("", (1.02, 1, 0.97), (0, 0, 0.01), (1, 1, 1), 0.9)


def dressed(scene) -> list[FakeTimelineItem]:
    items = scene.timeline._tracks["video"][0].items
    return [item for item in items if item._color == "Teal"]


def test_the_cdl_of_the_look_is_set_on_what_is_placed(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    host.write(document, {0: [replace(one, grade=WARM) for one in wanted]})
    assert len(dressed(scene)) == len(wanted)
    for item in dressed(scene):
        assert item._cdl == {
            "NodeIndex": "1",
            "Slope": "1.02 1 0.97",
            "Offset": "0 0 0.01",
            "Power": "1 1 1",
            "Saturation": "0.9",
        }


def test_without_a_look_no_grade_is_touched(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    host.write(document, {0: wanted})
    assert {(item._lut, str(item._cdl)) for item in dressed(scene)} == {("", "{}")}


def test_the_lut_of_the_look_counts_before_that_of_the_settings(tmp_path: Path):
    scene = build(tmp_path)
    scene.fake.luts = {"Film Looks/Kodak.cube"}
    host, document, wanted = begin(scene)
    graded = [replace(one, grade=Grade("Film Looks/Kodak.cube")) for one in wanted]
    assert "LUT" not in " ".join(host.write(document, {0: graded}).notes)
    assert {item._lut for item in dressed(scene)} == {"Film Looks/Kodak.cube"}


def test_a_lut_that_resolve_does_not_list_is_said_once(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    graded = [replace(one, grade=Grade("gone.cube")) for one in wanted]
    notes = host.write(document, {0: graded}).notes
    assert sum("gone.cube" in note for note in notes) == 1
    assert len(dressed(scene)) == len(wanted), "the clips are there all the same"


def test_a_cdl_that_resolve_does_not_take_is_said_once(tmp_path: Path, monkeypatch):
    scene = build(tmp_path)
    monkeypatch.setattr(FakeTimelineItem, "SetCDL", lambda *a: False)
    host, document, wanted = begin(scene)
    notes = host.write(document, {0: [replace(one, grade=WARM) for one in wanted]}).notes
    assert sum("CDL" in note for note in notes) == 1


@pytest.fixture
def coloured() -> FakeResolve:
    fake = FakeResolve()
    track = fake.timeline._tracks["video"][0]
    for number, color in enumerate(("Teal", "", "Apricot", "No such colour")):
        start = fake.timeline._start + 30 * number
        item = FakeTimelineItem(fake, fake.timeline, f"T{number}", start, start + 30, kind="title")
        item._color = color
        track.items.append(item)
    return fake


def colors(fake: FakeResolve) -> list[str]:
    (cut,) = ResolveHost(Resolve.of(fake)).read().cuts
    return [item.color for item in cut.video_tracks[0].items]


def test_clip_colours_are_read(coloured: FakeResolve):
    assert colors(coloured) == ["#019899", "", "#ffa832", ""]


def test_a_build_that_does_not_tell_them_is_read_all_the_same(coloured: FakeResolve, monkeypatch):
    def gone(*_: object) -> str:
        raise AttributeError("GetClipColor")

    monkeypatch.setattr(FakeTimelineItem, "GetClipColor", gone)
    assert colors(coloured) == ["", "", "", ""]


def test_of_a_long_timeline_they_are_not_asked_for(coloured: FakeResolve):
    track = coloured.timeline._tracks["video"][0]
    for number in range(10, 1100):
        start = coloured.timeline._start + 30 * number
        item = FakeTimelineItem(coloured, coloured.timeline, "T", start, start + 30, kind="title")
        item._color = "Teal"
        track.items.append(item)
    assert set(colors(coloured)) == {""}
    assert coloured.calls["GetClipColor"] == 0


def test_placements_of_the_scene_have_no_grade_of_their_own(tmp_path: Path):
    scene = build(tmp_path)
    document = ResolveHost(Resolve.of(scene.fake)).read()
    assert {one.grade for one in placements(tmp_path, document.cuts[0])} == {Grade()}
