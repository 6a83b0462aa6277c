"""The look's grade on its way: look, plan, placement, and the files that hold it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import opentimelineio as otio
import pytest
from tests.e2e.footage import scene

from pickup.cli.main import run
from pickup.cut.placement import Grade
from pickup.errors import PlanError
from pickup.shots.looks import read_look
from pickup.shots.plan import read_plan

if TYPE_CHECKING:
    from pathlib import Path

LOOK = 'lut = "Kodak.cube"\ncdl = { slope = [1.1, 1.0, 0.9], saturation = 0.8 }\n'


def look(folder: Path, text: str = LOOK) -> Path:
    path = folder / "warm.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_grade_is_no_part_of_what_is_filmed(tmp_path: Path):
    made = scene(tmp_path)
    shas = []
    for more in ((), ("--look", str(look(tmp_path)))):
        plan = tmp_path / "p.json"
        plan.unlink(missing_ok=True)
        assert run(["plan", str(made.cut), "-o", str(plan), *more]) == 0
        shot = read_plan(plan).shots[0]
        shas.append(shot.sha256())
    assert shas[0] == shas[1]
    assert shot.lut == "Kodak.cube"
    assert shot.cdl is not None
    assert shot.cdl.slope == (1.1, 1.0, 0.9)


def test_an_otio_carries_the_cdl_as_its_adapters_do(tmp_path: Path):
    made = scene(tmp_path)
    assert run(["fill", str(made.cut), "--look", str(look(tmp_path))]) == 0
    (track,) = otio.adapters.read_from_file(str(tmp_path / "scene.filled.otio")).video_tracks()
    clip = track[1]
    assert clip.metadata["cdl"]["asc_sat"] == 0.8
    assert list(clip.metadata["cdl"]["asc_sop"]["slope"]) == [1.1, 1.0, 0.9]
    assert "cdl" not in track[0].metadata


def test_an_edl_carries_it_in_comments_that_others_read(tmp_path: Path):
    made = scene(tmp_path)
    out = tmp_path / "out.edl"
    assert run(["fill", str(made.cut), "-o", str(out), "--look", str(look(tmp_path))]) == 0
    text = out.read_text("utf-8")
    assert "* ASC_SOP (1.1000 1.0000 0.9000)(0.0000 0.0000 0.0000)(1.0000 1.0000 1.0000)" in text
    assert "* ASC_SAT 0.8000" in text
    (track,) = otio.adapters.read_from_file(str(out), rate=24).video_tracks()
    graded = [clip for clip in track if "cdl" in clip.metadata]
    assert len(graded) == 1
    assert graded[0].metadata["cdl"]["asc_sat"] == pytest.approx(0.8)


def test_without_a_look_nothing_is_written(tmp_path: Path):
    made = scene(tmp_path)
    assert run(["fill", str(made.cut)]) == 0
    assert "cdl" not in (tmp_path / "scene.filled.otio").read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "cdl = { slope = [1, 1] }",
        "cdl = { slope = [-1, 1, 1] }",
        "cdl = { offset = [nan, 0, 0] }",
        "cdl = { power = [inf, 1, 1] }",
        "cdl = { saturation = -1 }",
        "cdl = { gamma = 2 }",
        "cdl = 3",
        "lut = 3",
    ],
)
def test_what_is_no_grade_is_refused(tmp_path: Path, text: str):
    with pytest.raises(PlanError, match=r"warm\.toml"):
        read_look(look(tmp_path, text))


def test_a_grade_that_changes_nothing_is_none():
    assert not Grade("any.cube").has_cdl
    assert Grade(saturation=0.5).has_cdl
    assert Grade(slope=(1, 1, 1.001)).has_cdl


def test_the_plan_may_be_edited(tmp_path: Path):
    made, plan = scene(tmp_path), tmp_path / "p.json"
    assert run(["plan", str(made.cut), "-o", str(plan)]) == 0
    data = json.loads(plan.read_text("utf-8"))
    data["shots"][0]["cdl"] = {"saturation": 0.5}
    plan.write_text(json.dumps(data), "utf-8")
    assert run(["fill", str(made.cut), "--plan", str(plan)]) == 0
    assert '"asc_sat": 0.5' in (tmp_path / "scene.filled.otio").read_text("utf-8")
