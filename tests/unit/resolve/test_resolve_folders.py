"""Where takes lie: by ids, which last, and not by names, which change."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.resolve.scenes import build, placements

from pickup.home import home
from pickup_resolve.api import Resolve
from pickup_resolve.errors import ResolveError
from pickup_resolve.folders import cut_path, plain, project_folder, share, unshare
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve, Lie

ID = "5d0c8f3e-1111-4a2b-9c3d-000000000001"


def test_a_project_that_is_renamed_keeps_its_folder():
    before = project_folder("Kitchen", ID)
    assert before == home() / "resolve" / f"Kitchen-{ID}"
    before.mkdir(parents=True)
    assert project_folder("Kitchen (locked)", ID) == before
    assert project_folder("Kitchen", ID[:-1] + "2") != before


def test_two_projects_of_one_name_have_folders_of_their_own():
    other = ID[:-1] + "2"
    assert project_folder("Kitchen", ID) != project_folder("Kitchen", other)


def test_a_timeline_that_is_renamed_keeps_its_folder(tmp_path: Path):
    before = cut_path(tmp_path, "Scene 4", "t-1")
    assert before == tmp_path / "t-1" / "Scene 4.otio"
    before.with_suffix(".pickup").mkdir(parents=True)
    assert cut_path(tmp_path, "Scene 4 v2", "t-1") == before
    assert cut_path(tmp_path, "Scene 4", "t-2") == tmp_path / "t-2" / "Scene 4.otio"


def test_a_duplicate_of_a_duplicate_shares_the_first_folder(tmp_path: Path):
    share(tmp_path, "t-1", "t-2")
    share(tmp_path, "t-2", "t-3")
    assert cut_path(tmp_path, "Scene 4", "t-3") == cut_path(tmp_path, "Scene 4", "t-1")
    unshare(tmp_path, "t-3")
    unshare(tmp_path, "t-3")
    assert cut_path(tmp_path, "Scene 4", "t-3").parent.name == "t-3"
    assert cut_path(tmp_path, "Scene 4", "t-2").parent.name == "t-1"


def test_what_a_spoilt_note_says_leads_nowhere_else(tmp_path: Path):
    (tmp_path / "t-1.shares").write_text("../../../etc")
    assert cut_path(tmp_path, "x", "t-1").parent.parent == tmp_path


@given(st.text(max_size=200), st.text(max_size=20))
def test_any_name_is_one_part_of_a_path(name, also):
    made = plain(name, also.replace("/", "").replace("\\", "").replace(".", ""))
    assert "/" not in made
    assert "\\" not in made
    assert made not in (".", "..")
    assert len(made) <= 80


@pytest.mark.parametrize("named", ["Küche 🎬", "日本語", "CON", "a/../b", "x" * 300, "tab\there"])
def test_whatever_the_timeline_is_called_its_file_can_be_written(tmp_path: Path, named):
    scene = build(tmp_path)
    scene.timeline._name = named
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    assert document.cuts[0].name == named
    assert host.cut_path.is_file()
    assert home() in host.cut_path.parents


def test_takes_are_found_again_after_the_duplicate_has_taken_the_timelines_place(tmp_path: Path):
    scene = build(tmp_path, (Lie.RIPPLES,))
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    host.cut_path.with_suffix(".pickup").mkdir()
    with pytest.raises(ResolveError, match=r"kept as “Scene 4 \(changed\)”"):
        host.write(document, {0: placements(tmp_path, document.cuts[0])})
    restored = ResolveHost(Resolve.of(scene.fake))
    assert restored.timeline_id != host.timeline_id
    assert restored.cut_path == host.cut_path


def test_takes_are_found_when_the_editor_goes_back_to_the_duplicate(tmp_path: Path):
    scene = build(tmp_path)
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    host.cut_path.with_suffix(".pickup").mkdir()
    host.write(document, {0: placements(tmp_path, document.cuts[0])})
    (duplicate,) = [one for one in scene.fake.project._timelines if "before Pickup" in one._name]
    scene.fake.project._current = duplicate
    assert ResolveHost(Resolve.of(scene.fake)).cut_path == host.cut_path


def test_no_note_is_left_of_a_duplicate_that_was_dropped(tmp_path: Path):
    scene = build(tmp_path)
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    wanted = placements(tmp_path, document.cuts[0])
    for one in wanted:
        one.take.path.unlink()
    assert len(host.write(document, {0: wanted}).failed) == 12
    assert len(scene.fake.project._timelines) == 1
    assert list(home().rglob("*.shares")) == []


def test_two_timelines_of_one_name_do_not_share_takes():
    fake = FakeResolve()
    first = ResolveHost(Resolve.of(fake))
    other = fake.timeline._copy("Scene 4")
    fake.project._timelines.append(other)
    fake.project._current = other
    second = ResolveHost(Resolve.of(fake))
    assert first.cut_path.name == second.cut_path.name == "Scene 4.otio"
    assert first.cut_path != second.cut_path
    with pytest.raises(ResolveError, match="of another timeline"):
        first.read()
    with pytest.raises(ResolveError, match="of another timeline"):
        first.shot_at_playhead()
    with pytest.raises(ResolveError, match="of another timeline"):
        first.grab(0, Path("x.png"))
