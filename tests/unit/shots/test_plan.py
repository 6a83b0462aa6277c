"""A plan as a file: asked for a shot, written, and refused in a sentence where it is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.cut.builders import clip, cut, video

from pickup.cut.gaps import find_gaps
from pickup.cut.model import Raster
from pickup.errors import PlanError
from pickup.shots.plan import Plan, read_plan, write_plan
from pickup.shots.planner import PlanSettings, plan_shots

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def plan() -> Plan:
    scene = cut(video(clip(0, 48), clip(96, 144), clip(200, 240)))
    return plan_shots(
        scene, "scene.otio", find_gaps(scene).gaps, PlanSettings(raster=Raster(1920, 1080))
    )


def refusal(path: Path) -> str:
    with pytest.raises(PlanError) as caught:
        read_plan(path)
    return str(caught.value)


class TestShots:
    def test_by_its_id_or_its_gaps(self, plan: Plan):
        first, second = plan.shots
        assert plan.shot(first.id) is first
        assert plan.shot(second.gap.id) is second

    def test_one_that_is_none_is_told_those_there_are(self, plan: Plan):
        with pytest.raises(PlanError, match=r"no shot “pk99”.*scene\.otio; it has pk010, pk020"):
            plan.shot("pk99")

    def test_a_plan_without_shots(self):
        with pytest.raises(PlanError, match="it has none"):
            Plan(cut="a.otio").shot("pk010")


class TestFiles:
    def test_a_person_can_read_it(self, plan: Plan, tmp_path: Path):
        path = tmp_path / "plan.json"
        write_plan(plan.model_copy(update={"notes": ("Größe “unklar”",)}), path)
        text = path.read_text("utf-8")
        assert "Größe “unklar”" in text
        assert text.startswith('{\n  "schema": "pickup.plan/1",\n  "cut": "scene.otio"')
        assert text.endswith("}\n")
        assert read_plan(path).shots == plan.shots

    def test_a_byte_order_mark_does_no_harm(self, plan: Plan, tmp_path: Path):
        path = tmp_path / "plan.json"
        write_plan(plan, path)
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        assert read_plan(path) == plan

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "not JSON"),
            ("{", "not JSON"),
            ("[" * 100_000, "nests without end"),
            ("[]", "not a valid plan"),
            ('{"schema": "pickup.plan/2", "cut": "a"}', "schema"),
            ('{"schema": "pickup.plan/1"}', "cut: Field required"),
            ('{"schema": "pickup.plan/1", "cut": "a", "extra": 1}', "extra"),
            ('{"schema": "pickup.plan/1", "cut": "a", "shots": [{}, {}]}', "more)"),
        ],
        ids=["empty", "cut off", "deep", "a list", "later", "no cut", "unknown", "empty shots"],
    )
    def test_what_is_no_plan(self, tmp_path: Path, text: str, said: str):
        path = tmp_path / "plan.json"
        path.write_text(text)
        found = refusal(path)
        assert found.startswith("plan.json: ")
        assert said in found
        assert found.endswith("make a new one with “pickup plan”.")

    def test_nothing_there(self, tmp_path: Path):
        assert "there is no such plan" in refusal(tmp_path / "none.json")

    def test_a_folder(self, tmp_path: Path):
        assert "cannot be read" in refusal(tmp_path)

    def test_bytes_that_are_no_text(self, tmp_path: Path):
        path = tmp_path / "plan.json"
        path.write_bytes(b'{"cut": "\xff\xfe"}')
        assert "not JSON" in refusal(path)
