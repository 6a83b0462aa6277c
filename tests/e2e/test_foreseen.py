"""What cannot be written in the end is refused at the start, before anything is filmed or paid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.unit.formats_aaf.test_aaf import make as make_aaf
from tests.unit.formats_fcpxml.documents import build
from tests.unit.formats_otio.conftest import Made

from pickup.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

MAKE = Made()
CLIP = '<asset-clip ref="r2" offset="{}s" duration="2s" start="100s"/>'
FCPXML = build(CLIP.format(0) + '<gap offset="2s" duration="2s"/>' + CLIP.format(4))


def two_timelines() -> str:
    track = MAKE.track(MAKE.clip(24), MAKE.gap(24), MAKE.clip(24))
    both = [MAKE.timeline(track, name=name) for name in ("Reel 1", "Reel 2")]
    return json.dumps({"OTIO_SCHEMA": "SerializableCollection.1", "children": both})


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Runs `pickup fill` and gives what it says; nothing may have been made."""

    def go(cut: Path, *options: str) -> str:
        before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
        assert run(["fill", str(cut), *options]) == 2
        found = capsys.readouterr()
        assert found.out == ""
        assert not list(tmp_path.glob("*.pickup/takes/*"))
        assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
        return found.err

    return go


@pytest.mark.parametrize("deliver", ["dpx", "exr"])
def test_an_image_sequence_in_fcpxml(tmp_path: Path, refused, deliver: str):
    cut = tmp_path / "cut.fcpxml"
    cut.write_text(FCPXML)
    said = refused(cut, "--deliver", deliver)
    assert f".fcpxml knows no image sequences, so shots cannot be {deliver}" in said
    assert "prores422hq" in said


def test_an_image_sequence_in_a_new_fcpxml(tmp_path: Path, refused):
    cut = tmp_path / "cut.otio"
    track = MAKE.track(MAKE.clip(24), MAKE.gap(24), MAKE.clip(24))
    cut.write_text(json.dumps(MAKE.timeline(track)))
    out = tmp_path / "out.fcpxml"
    assert "knows no image sequences" in refused(cut, "--deliver", "dpx", "-o", str(out))


def test_two_sequences_in_another_format(tmp_path: Path, refused):
    cut = tmp_path / "cut.otio"
    cut.write_text(two_timelines())
    said = refused(cut, "-o", str(tmp_path / "out.xml"))
    assert "“Reel 1”, “Reel 2” have gaps" in said
    assert "--sequence" in said


def test_an_aaf_into_itself(tmp_path: Path, refused):
    pytest.importorskip("otio_aaf_adapter")
    cut = make_aaf(tmp_path / "cut.aaf", "24", drop=False)
    said = refused(cut, "-o", str(tmp_path / "out.aaf"))
    assert "an AAF cannot be changed in place" in said
    assert "-o cut.otio" in said
