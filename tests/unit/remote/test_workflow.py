from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pickup.errors import RequestError
from pickup.providers.comfyui_workflow import read_workflow

WAN = Path(__file__).parents[2] / "contract" / "wan_workflow.json"


def graph() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(WAN.read_text("utf-8"))
    return found


def saved(folder: Path, data: Any, mapping: str = "") -> Path:
    path = folder / "flow.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    if mapping:
        path.with_suffix(".toml").write_text(mapping, "utf-8")
    return path


def test_places_are_found_by_what_feeds_what():
    assert dict(read_workflow(WAN).inputs) == {
        "prompt": ("4", "text"),
        "negative": ("5", "text"),
        "first_image": ("6", "image"),
        "last_image": ("7", "image"),
        "width": ("8", "width"),
        "height": ("8", "height"),
        "frames": ("8", "length"),
        "seed": ("9", "seed"),
    }


def test_titles_come_before_wiring(tmp_path):
    data = graph()
    data["20"] = {
        "class_type": "PrimitiveString",
        "inputs": {"value": ""},
        "_meta": {"title": "Prompt"},
    }
    assert read_workflow(saved(tmp_path, data)).inputs["prompt"] == ("20", "value")


def test_the_users_word_comes_before_all(tmp_path):
    mapping = (
        '[inputs]\nprompt = ["5", "text"]\nseed = ["KSampler", "steps"]\n'
        'width = ["Wan First Last Frame", "height"]\n[film]\nrate = "24000/1001"\nstep = 8\n'
    )
    flow = read_workflow(saved(tmp_path, graph(), mapping))
    assert flow.inputs["prompt"] == ("5", "text")
    assert flow.inputs["seed"] == ("9", "steps")
    assert flow.inputs["width"] == ("8", "height")
    assert flow.rate == Fraction(24000, 1001)
    assert flow.step == 8


def test_lengths_lie_on_the_models_lattice():
    flow = read_workflow(WAN)
    assert flow.rate == 16
    for seconds in (Fraction(1, 24), Fraction(2), Fraction(1001, 240), Fraction(5)):
        frames = flow.frames(seconds)
        assert frames % 4 == 1
        assert Fraction(frames, 16) >= seconds
    assert flow.frames(Fraction(5)) == 81
    assert flow.raster(1080) == 1088 or flow.raster(1080) == 1072


def test_filling_leaves_the_original_alone():
    flow = read_workflow(WAN)
    filled = flow.filled({"prompt": "a dog", "first_image": "a.png", "last_image": "b.png"})
    assert filled["4"]["inputs"]["text"] == "a dog"
    assert flow.graph["4"]["inputs"]["text"] == ""
    assert filled["8"]["inputs"]["width"] == 832, "what is not given stays as exported"


def test_an_image_that_is_not_there_is_taken_out_with_its_links():
    filled = read_workflow(WAN).filled({"prompt": "x", "first_image": "a.png"})
    assert "7" not in filled
    assert "end_image" not in filled["8"]["inputs"]
    assert filled["8"]["inputs"]["start_image"] == ["6", 0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("no json", "cannot be read"),
        ({"nodes": [], "links": []}, "Export"),
        ({}, "no workflow"),
        ([1], "no workflow"),
        ({"1": {"class_type": 5, "inputs": {}}}, "no workflow"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_what_is_no_workflow_is_said_in_one_sentence(tmp_path, data, words):
    with pytest.raises(RequestError, match=words) as caught:
        read_workflow(saved(tmp_path, data))
    assert "flow.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("not toml [", "cannot be read"),
        ('[inputs]\nwords = ["4", "text"]', "no input"),
        ('[inputs]\nprompt = ["Nobody", "text"]', "Nobody"),
        ('[inputs]\nprompt = "4"', "a node and an input"),
        ("inputs = 3", "heading"),
        ('[film]\nrate = "fast"', "numbers"),
        ("[film]\nstep = [1]", "numbers"),
    ],
)
def test_a_broken_mapping_is_said(tmp_path, mapping, words):
    with pytest.raises(RequestError, match=words):
        read_workflow(saved(tmp_path, graph(), mapping))


def test_no_workflow_says_how_to_get_one(tmp_path):
    with pytest.raises(RequestError, match="PICKUP_COMFYUI_WORKFLOW"):
        read_workflow(tmp_path / "none.json")
