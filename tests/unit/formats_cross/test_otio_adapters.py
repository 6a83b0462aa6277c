"""Pickup's formats as adapters of OTIO, found as any plugin is."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from tests.unit.formats_cross.constructs import HOUR, clip, cut, everything, track

from pickup.cut import otio_adapters
from pickup.cut.files import open_cut_file, save_cut
from pickup.cut.model import CutFile
from pickup.cut.otio_bridge import to_timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = {"pickup_fcp7_xml": ".xml", "pickup_fcpxml": ".fcpxml", "pickup_cmx3600": ".edl"}
MANIFEST = Path(otio_adapters.__file__).with_name("plugin_manifest.json")


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Installed: a distribution on the path declares the entry point."""
    info = tmp_path / "site" / "plugged_in-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged-in\nVersion: 1.0\n")
    entry = "[opentimelineio.plugins]\npickup_again = pickup.cut.otio_adapters\n"
    (info / "entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(str(info.parent))
    otio.plugins.ActiveManifest(force_reload=True)
    yield
    monkeypatch.undo()
    otio.plugins.ActiveManifest(force_reload=True)


@pytest.fixture
def exported(tmp_path: Path) -> Any:
    def export(suffix: str) -> Path:
        made = everything()
        out = tmp_path / f"cut{suffix}"
        save_cut(CutFile(tmp_path / "none", "", [made]), made, (), out)
        return out

    return export


def clips(timeline: Any) -> list[tuple[str, float, float]]:
    """Name, start and end of each enabled picture clip on the lowest track."""
    return [
        (
            child.name,
            child.range_in_parent().start_time.value,
            child.range_in_parent().end_time_exclusive().value,
        )
        for child in timeline.video_tracks()[0]
        if isinstance(child, otio.schema.Clip) and child.enabled
    ]


@pytest.mark.usefixtures("plugged")
def test_found_by_the_entry_point() -> None:
    assert set(NAMES) <= set(otio.adapters.available_adapter_names())


@pytest.mark.usefixtures("plugged")
def test_stock_adapters_keep_their_suffixes(exported: Any) -> None:
    names = {s: otio.adapters.from_filepath(f"a.{s}").name for s in ("xml", "fcpxml", "edl")}
    assert names == {"xml": "fcp_xml", "fcpxml": "fcpx_xml", "edl": "cmx_3600"}
    assert otio.adapters.from_filepath("a.fcpxmld").name == "pickup_fcpxml"
    stock = otio.adapters.read_from_file(str(exported(".edl")), "cmx_3600", rate=24)
    assert stock.video_tracks()[0][0].name == "a001"


def test_suffixes_that_nobody_claims_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otio_adapters, "_STOCK", {"xml": ("no_such_package_here",)})
    manifest = otio_adapters.plugin_manifest()
    claimed = {adapter.name: list(adapter.suffixes) for adapter in manifest.adapters}
    assert claimed == {
        "pickup_fcp7_xml": ["xml"],
        "pickup_fcpxml": ["fcpxml", "fcpxmld"],
        "pickup_cmx3600": ["edl"],
    }


def test_the_manifest_can_be_named_by_its_path(exported: Any) -> None:
    """In a process of its own, as a user of OTIO would."""
    code = (
        "import sys, opentimelineio as o;"
        "made = o.adapters.read_from_file(sys.argv[1]);"
        "print(o.adapters.from_filepath('a.xml').name, made.metadata['pickup_source']['format'])"
    )
    environment = {
        **os.environ,
        "OTIO_PLUGIN_MANIFEST_PATH": str(MANIFEST),
        "PYTHONPATH": str(MANIFEST.parents[3]),
    }
    command = [sys.executable, "-c", code, str(exported(".xml"))]
    said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout.split() == ["pickup_fcp7_xml", "xmeml"]


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize(("name", "suffix"), NAMES.items())
def test_read_write_read(name: str, suffix: str, exported: Any, tmp_path: Path) -> None:
    path = exported(suffix)
    timeline = otio.adapters.read_from_file(path, name)
    source = timeline.metadata["pickup_source"]
    assert (source["path"], source["sequence"]) == (str(path), "Scene 4")
    assert timeline.global_start_time == otio.opentime.RationalTime(HOUR, 24)
    out = tmp_path / f"again{suffix}"
    otio.adapters.write_to_file(timeline, str(out), name)
    again = otio.adapters.read_from_file(out, name)
    assert clips(again) == clips(timeline)
    assert ("a001", 0, 48) in clips(timeline) or ("a001", 0, 24) in clips(timeline)
    assert ("last", 424, 448) in clips(again)
    text = otio.adapters.write_to_string(timeline, name)
    assert clips(otio.adapters.read_from_string(text, name)) == clips(timeline)


@pytest.mark.usefixtures("plugged")
def test_gaps_stay_where_they_were(exported: Any, tmp_path: Path) -> None:
    timeline = otio.adapters.read_from_file(exported(".fcpxml"), "pickup_fcpxml")
    holes = [c for c in timeline.video_tracks()[0] if isinstance(c, otio.schema.Gap)]
    starts = [hole.range_in_parent().start_time.value for hole in holes]
    assert {96.0, 400.0} <= set(starts)


@pytest.mark.usefixtures("plugged")
def test_several_sequences_are_a_collection(tmp_path: Path) -> None:
    made = cut(track(clip(0, 24, "a")))
    one = tmp_path / "one.xml"
    save_cut(CutFile(tmp_path / "none", "", [made]), made, (), one)
    text = one.read_text()
    start, end = text.index("<sequence"), text.index("</xmeml>")
    sequence = text[start:end]
    other = sequence.replace("sequence-1", "sequence-2").replace("Scene 4", "Scene 5")
    one.write_text(text[:end] + other.replace("file-1", "file-9") + text[end:])
    found = otio.adapters.read_from_file(one, "pickup_fcp7_xml")
    assert isinstance(found, otio.schema.SerializableCollection)
    assert [timeline.name for timeline in found] == ["Scene 4", "Scene 5"]
    with pytest.raises(otio.exceptions.OTIOError, match="2 timelines"):
        otio.adapters.write_to_file(found, str(tmp_path / "x.edl"), "pickup_cmx3600")


@pytest.mark.usefixtures("plugged")
def test_a_list_can_be_given_its_rate(exported: Any) -> None:
    text = exported(".edl").read_text().replace("* FRAME RATE: 24\n", "")
    timeline = otio.adapters.read_from_string(text, "pickup_cmx3600", rate="25")
    assert timeline.global_start_time.rate == 25


@pytest.mark.usefixtures("plugged")
def test_refusals_are_otios_errors(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text("<xmeml><sequence>")
    with pytest.raises(otio.exceptions.OTIOError, match=r"broken\.xml"):
        otio.adapters.read_from_file(broken, "pickup_fcp7_xml")
    with pytest.raises(otio.exceptions.OTIOError, match="frame rate"):
        otio.adapters.read_from_string("TITLE: x\n", "pickup_cmx3600", rate="fast")


@pytest.mark.usefixtures("plugged")
def test_what_is_lost_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    timeline = to_timeline(everything())
    with caplog.at_level(logging.WARNING, "pickup"):
        otio.adapters.write_to_file(timeline, str(tmp_path / "x.txt"), "pickup_cmx3600")
    assert any("audio" in record.message for record in caplog.records)
    copy = (tmp_path / "x.txt").rename(tmp_path / "x.edl")
    assert open_cut_file(copy).cuts[0].name == "Scene 4"


def test_the_manifest_is_as_otio_wants_it() -> None:
    said = json.loads(MANIFEST.read_text())
    assert said["OTIO_SCHEMA"] == "PluginManifest.1"
    for adapter in said["adapters"]:
        assert MANIFEST.with_name(adapter["filepath"]).is_file()
