"""The editor's clip colours, from the formats and programs that have them, to the strip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from tests.unit.cut.builders import clip, video

from pickup.cut.files import open_cut_file
from pickup.cut.labels import PREMIERE, RESOLVE, named, of_parts

if TYPE_CHECKING:
    from pathlib import Path

XML = """<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE xmeml><xmeml version="4"><sequence>
<name>S</name><duration>100</duration><rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>
<media><video><track>{items}</track></video></media></sequence></xmeml>"""
ITEM = """<clipitem id="c{n}"><name>A{n}</name><start>{start}</start><end>{end}</end><in>0</in>
<out>20</out><rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>{label}</clipitem>"""


def xml_of(folder: Path, *labels: str) -> Path:
    items = "".join(
        ITEM.format(n=n, start=30 * n, end=30 * n + 20, label=label)
        for n, label in enumerate(labels)
    )
    path = folder / "cut.xml"
    path.write_text(XML.format(items=items), "utf-8")
    return path


def colors(path: Path) -> list[str]:
    (cut,) = open_cut_file(path).cuts
    return [item.color for item in cut.video_tracks[0].items if item.name]


def test_the_labels_of_a_premiere_xml(tmp_path: Path):
    said = [
        "<labels><label2>Iris</label2></labels>",
        "<labels><label2> forest </label2></labels>",
        "<labels><label>Good Take</label></labels>",
        "<labels><label2>Heliotrope</label2></labels>",
        "",
    ]
    assert colors(xml_of(tmp_path, *said)) == ["#729acc", "#51b858", "", "", ""]


@pytest.mark.parametrize(
    ("color", "wanted"),
    [
        ({"OTIO_SCHEMA": "Color.1", "r": 1.0, "g": 0.5, "b": 0, "a": 1, "name": "x"}, "#ff8000"),
        ({"r": 1.0}, ""),
        ({"r": 2.0, "g": 0, "b": 0}, ""),
        ({"r": "1", "g": 0, "b": 0}, ""),
        ("RED", ""),
        (None, ""),
    ],
)
def test_the_colour_of_an_otio_clip(tmp_path: Path, color: Any, wanted: str):
    import json

    span = otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(48, 24)
    )
    timeline = otio.schema.Timeline("T")
    timeline.tracks.append(otio.schema.Track("V1", [otio.schema.Clip("A", None, span)]))
    data = json.loads(timeline.to_json_string())
    data["tracks"]["children"][0]["children"][0]["color"] = color
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(data), "utf-8")
    assert colors(path) == [wanted]


@pytest.mark.parametrize("table", [PREMIERE, RESOLVE])
def test_every_name_has_a_colour(table: dict[str, str]):
    assert len(table) == 16
    for name, color in table.items():
        assert len(color) == 7
        assert int(color[1:], 16) >= 0
        assert named(name.upper(), table) == color
    assert named("nobody", table) == ""


def test_parts_are_rounded_and_nonsense_is_none():
    assert of_parts(0, 1, 0.2) == "#00ff33"
    assert of_parts(True, 0, 0) == ""
    assert of_parts(float("nan"), 0, 0) == ""
    assert of_parts(-0.1, 0, 0) == ""


class TestOnTheStrip:
    @pytest.fixture
    def lane(self):
        pytest.importorskip("PySide6")
        from pickup_ui.models.strip import Lane

        return Lane

    def test_clips_wear_their_colour(self, lane):
        made = lane(video(clip(0, 10, color="#729acc"), clip(10, 20)), 1)
        assert [box.color for box in made.seen(0, 20, 0.1)] == ["#729acc", ""]

    def test_what_is_off_or_ours_looks_as_it_always_does(self, lane):
        off = clip(0, 10, color="#729acc", enabled=False)
        ours = clip(10, 20, color="#729acc", pickup={"shot": "pk010"})
        assert [box.color for box in lane(video(off, ours), 1).seen(0, 20, 0.1)] == ["", ""]

    def test_those_too_narrow_to_be_told_apart_take_the_first_ones(self, lane):
        track = video(*(clip(n, n + 1, color="#729acc" if n else "#51b858") for n in range(50)))
        (box,) = lane(track, 1).seen(0, 50, 100)
        assert (box.start, box.end, box.color) == (0, 50, "#51b858")

    @pytest.mark.parametrize("dark", [True, False])
    def test_names_stay_legible_on_every_colour(self, lane, dark, qapp):
        from pickup_ui import theme

        theme.apply(qapp, dark=dark)
        text = theme.color("text")
        for color in {*PREMIERE.values(), *RESOLVE.values()}:
            assert contrast(theme.muted(color), text) > 3.0, color


def contrast(one: Any, other: Any) -> float:
    """Of two colours, as WCAG 2 reckons it."""

    def light(color: Any) -> float:
        parts: tuple[float, ...] = (color.redF(), color.greenF(), color.blueF())
        red, green, blue = (
            p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)
