"""Opening a cut's file and writing beside it: what is refused, in what words, and what is left."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.formats_otio.conftest import Made

from pickup.cut.files import open_cut_file, pick_cuts, save_cut
from pickup.cut.formats import base
from pickup.cut.formats.base import WriteOptions
from pickup.errors import CutError, PickupError

MAKE = Made()


def document(**more: Any) -> str:
    track = MAKE.track(MAKE.clip(24), MAKE.gap(24), MAKE.clip(24))
    return json.dumps(MAKE.timeline(track, **more))


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    path = tmp_path / "scene.otio"
    path.write_text(document())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(CutError) as caught:
        open_cut_file(path)
    return str(caught.value)


class TestOpening:
    @pytest.mark.parametrize(
        "address",
        [
            "https://host/scene.otio",
            "http://host/scene.otio",
            "file:///etc/passwd",
        ],
    )
    def test_an_address_is_no_file(self, address: str):
        assert "this is an address, not a file. Download it first" in refusal(Path(address))

    def test_nothing_there(self, tmp_path: Path):
        assert "there is no such file. Check the name" in refusal(tmp_path / "none.otio")

    def test_an_empty_file(self, tmp_path: Path):
        (tmp_path / "a.otio").touch()
        assert "the file is empty. Export the timeline again" in refusal(tmp_path / "a.otio")

    @pytest.mark.parametrize("name", ["a.otio", "a.xml", "a.edl", "a.aaf", "a.otioz"])
    def test_a_folder(self, tmp_path: Path, name: str):
        (tmp_path / name).mkdir()
        assert "this is a folder, not a file. Name the file in it" in refusal(tmp_path / name)

    @pytest.mark.parametrize("name", ["a.mov", "a", "a.otio.bak", "a.prproj"])
    def test_an_ending_that_nobody_knows(self, tmp_path: Path, name: str):
        (tmp_path / name).write_text(document())
        said = refusal(tmp_path / name)
        assert "no timeline format ends in" in said
        assert ".fcpxml" in said

    def test_a_file_larger_than_any_timeline(self, cut: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("pickup.cut.files.LIMITS", base.Limits(document_bytes=100))
        assert "too large for a timeline (0 MB). Export a shorter part" in refusal(cut)

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path):
        os.mkfifo(tmp_path / "a.otio")
        assert "this is not an ordinary file" in refusal(tmp_path / "a.otio")

    def test_a_name_that_no_file_can_have(self, tmp_path: Path):
        assert "cannot be read" in refusal(tmp_path / ("a" * 300 + ".otio"))

    def test_every_refusal_says_what_to_do(self, tmp_path: Path):
        (tmp_path / "a.otio").write_text('{"OTIO_SCHEMA": "Timeline.1", "tracks": 7}')
        assert refusal(tmp_path / "a.otio").endswith("Export the timeline again.")


class TestPicking:
    def test_all_or_the_one_that_is_named(self, tmp_path: Path):
        both = [json.loads(document(name=name)) for name in ("Reel 1", "Reel 2")]
        path = tmp_path / "a.otio"
        path.write_text(json.dumps({"OTIO_SCHEMA": "SerializableCollection.1", "children": both}))
        found = open_cut_file(path)
        assert [one.name for one in pick_cuts(found)] == ["Reel 1", "Reel 2"]
        assert [one.name for one in pick_cuts(found, "Reel 2")] == ["Reel 2"]
        with pytest.raises(
            CutError, match=r"no sequence “Reel 3”. The file has “Reel 1”, “Reel 2”"
        ):
            pick_cuts(found, "Reel 3")


class TestSaving:
    def save(self, cut: Path, out: Path, target: str = "") -> list[str]:
        found = open_cut_file(cut)
        return save_cut(found, found.cuts[0], [MAKE.placement(24, 48)], out, WriteOptions(target))

    @pytest.mark.parametrize("link", [False, True])
    def test_never_over_the_cut_itself(self, cut: Path, link: bool):
        out = cut
        if link:
            out = cut.with_name("link.otio")
            out.hardlink_to(cut)
        before = cut.read_bytes()
        with pytest.raises(CutError, match=r"this is the cut itself. Give another name with -o"):
            self.save(cut, out)
        assert cut.read_bytes() == before

    @pytest.mark.parametrize(
        ("suffix", "target", "said"),
        [
            (".fcpxml", "premiere", "Premiere Pro reads no .fcpxml files; give it “-o out.xml”."),
            (".otio", "fcp", "Final Cut Pro reads no .otio files; give it “-o out.fcpxml”."),
            (".xml", "avid", "Media Composer reads no .xml files; give it “-o out.edl”."),
        ],
    )
    def test_a_target_that_reads_no_such_files(
        self, cut: Path, suffix: str, target: str, said: str
    ):
        out = cut.with_name(f"out{suffix}")
        assert said in self.save(cut, out, target)
        assert out.is_file()

    @pytest.mark.parametrize(
        ("suffix", "target"), [(".xml", "premiere"), (".fcpxml", "fcp"), (".otio", "resolve")]
    )
    def test_nothing_is_said_of_one_that_does(self, cut: Path, suffix: str, target: str):
        assert not any(
            "reads no" in note for note in self.save(cut, cut.with_name(f"o{suffix}"), target)
        )

    def test_a_failure_leaves_nothing_behind(self, cut: Path, monkeypatch: pytest.MonkeyPatch):
        def fail(*_: Any) -> list[str]:
            raise CutError(Path(str(_[4])), "it cannot be said", hint="Say it otherwise.")

        monkeypatch.setattr("pickup.cut.formats.otio.OtioFormat.write", fail)
        before = sorted(cut.parent.iterdir())
        with pytest.raises(CutError, match=r"out\.otio: it cannot be said\. Say it otherwise"):
            self.save(cut, cut.with_name("out.otio"))
        assert sorted(cut.parent.iterdir()) == before

    def test_an_older_result_stays_when_a_new_one_fails(
        self, cut: Path, monkeypatch: pytest.MonkeyPatch
    ):
        out = cut.with_name("out.otio")
        out.write_text("the last one")

        def fail(*_: Any) -> list[str]:
            raise CutError(cut, "no")

        monkeypatch.setattr("pickup.cut.formats.otio.OtioFormat.write", fail)
        with pytest.raises(PickupError):
            self.save(cut, out)
        assert out.read_text() == "the last one"
