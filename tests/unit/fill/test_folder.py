"""The folder beside a cut, and which files are ours to write over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pickup.errors import RequestError
from pickup.fill.folder import PickupFolder, check_out, default_out, is_ours, remember

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    path = tmp_path / "scene.otio"
    path.write_text("the cut", "utf-8")
    return path


def written(cut: Path, name: str = "scene.filled.otio", text: str = "filled") -> Path:
    """A result as an earlier run left it."""
    out = cut.with_name(name)
    out.write_text(text, "utf-8")
    remember(cut, out)
    return out


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("scene.otio", "scene.pickup"),
        ("scene.filled.otio", "scene.pickup"),
        ("scene.filled-2.otio", "scene.pickup"),
        ("scene.filled-12.xml", "scene.pickup"),
        ("scene.v2.otio", "scene.v2.pickup"),
        ("scene.filled.v2.otio", "scene.filled.v2.pickup"),
        ("Timeline 1 (Resolve).fcpxmld", "Timeline 1 (Resolve).pickup"),
        ("ohne Endung", "ohne Endung.pickup"),
        ("シーン.edl", "シーン.pickup"),
    ],
)
def test_a_filled_cut_shares_the_folder_of_its_original(tmp_path: Path, name: str, folder: str):
    found = PickupFolder.of(tmp_path / name)
    assert found.root == tmp_path / folder


def test_all_lies_within(tmp_path: Path):
    folder = PickupFolder.of(tmp_path / "scene.otio")
    for path in (folder.plan, folder.frames, folder.takes, folder.report):
        assert path.parent == folder.root
    assert (folder.plan.name, folder.report.name) == ("plan.json", "report.html")


def test_nothing_is_made_by_asking(cut: Path):
    default_out(cut)
    check_out(cut, cut.with_name("other.otio"))
    assert not PickupFolder.of(cut).root.exists()


class TestDefaultOut:
    def test_beside_the_cut(self, cut: Path):
        assert default_out(cut) == cut.with_name("scene.filled.otio")
        assert default_out(cut, ".fcpxml") == cut.with_name("scene.filled.fcpxml")

    def test_over_what_an_earlier_run_has_written(self, cut: Path):
        out = written(cut)
        assert default_out(cut) == out

    def test_never_over_what_somebody_has_changed(self, cut: Path):
        written(cut).write_text("filled, and worked on", "utf-8")
        assert default_out(cut).name == "scene.filled-2.otio"
        written(cut, "scene.filled-2.otio").write_text("also changed", "utf-8")
        assert default_out(cut).name == "scene.filled-3.otio"

    def test_never_over_what_was_there_before(self, cut: Path):
        cut.with_name("scene.filled.otio").write_text("a stranger's", "utf-8")
        assert default_out(cut).name == "scene.filled-2.otio"

    def test_a_filled_cut_is_not_written_over_itself(self, cut: Path):
        out = written(cut)
        assert default_out(out).name == "scene.filled-2.otio"

    def test_what_was_removed_is_free_again(self, cut: Path):
        written(cut).unlink()
        assert default_out(cut).name == "scene.filled.otio"


class TestCheckOut:
    def test_a_new_name_and_an_empty_file_are_free(self, cut: Path):
        out = cut.with_name("mine.otio")
        check_out(cut, out)
        out.touch()
        check_out(cut, out)

    def test_ours_is_ours_until_somebody_changes_it(self, cut: Path):
        out = written(cut, "mine.otio")
        check_out(cut, out)
        out.write_text("changed", "utf-8")
        with pytest.raises(RequestError, match=r"mine\.otio exists, and is not as Pickup last"):
            check_out(cut, out)

    def test_a_strangers_is_refused_with_the_way_out(self, cut: Path):
        out = cut.with_name("theirs.otio")
        out.write_text("theirs", "utf-8")
        with pytest.raises(RequestError, match="Choose another name with -o"):
            check_out(cut, out)

    def test_the_cut_itself_is_never_free(self, cut: Path):
        with pytest.raises(RequestError, match=r"scene\.otio exists"):
            check_out(cut, cut)


class TestRemembering:
    def test_a_file_noted_before_it_has_its_name(self, cut: Path):
        aside = cut.with_name("aside")
        aside.write_text("filled", "utf-8")
        out = cut.with_name("scene.filled.otio")
        remember(cut, out, aside)
        aside.rename(out)
        assert is_ours(out)

    def test_several_results_are_kept_apart(self, cut: Path):
        one, two = written(cut), written(cut, "scene.filled.xml", "<xmeml/>")
        two.write_text("changed", "utf-8")
        assert is_ours(one)
        assert not is_ours(two)

    def test_a_bundle_counts_by_the_files_at_its_top(self, cut: Path):
        out = cut.with_name("scene.filled.fcpxmld")
        out.mkdir()
        (out / "Info.fcpxml").write_text("<fcpxml/>", "utf-8")
        remember(cut, out)
        assert is_ours(out)
        assert default_out(cut, ".fcpxmld") == out
        (out / "Info.fcpxml").write_text("<fcpxml>changed</fcpxml>", "utf-8")
        assert not is_ours(out)

    def test_it_is_found_from_any_folder_beside(self, cut: Path):
        out = cut.with_name("renamed.otio")
        out.write_text("filled", "utf-8")
        remember(cut, out)
        assert is_ours(out)
        assert is_ours(out, cut)

    def test_what_nobody_noted_is_not_ours(self, cut: Path):
        assert not is_ours(cut)
        assert not is_ours(cut.with_name("missing.otio"))

    @pytest.mark.parametrize("text", ["", "[]", "{", "\x00", "{" * 4000, '"text"'])
    def test_a_spoilt_note_claims_nothing_and_is_written_anew(self, cut: Path, text: str):
        out = written(cut)
        state = PickupFolder.of(cut).root / "state.json"
        state.write_text(text, "utf-8")
        assert not is_ours(out)
        remember(cut, out)
        assert is_ours(out)
        assert list(json.loads(state.read_text("utf-8"))) == [str(out)]
