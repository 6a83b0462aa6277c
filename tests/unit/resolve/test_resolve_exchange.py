"""File exchange: the folder is watched, the result imports with its media, the menus are named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.unit.resolve.scenes import RATES, build, check, placements

from pickup.cut.gaps import find_gaps
from pickup.hosts.file import FileHost
from pickup_resolve.exchange import ExchangeHost, Watch, export_steps, import_steps
from pickup_resolve.testing.otio import write_otio

if TYPE_CHECKING:
    from pathlib import Path


def export(scene, folder: Path) -> Path:
    """What the editor does by hand."""
    path = folder / "Scene 4.otio"
    write_otio(scene.timeline, path)
    return path


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_the_filled_file_imports_exact_and_online(tmp_path: Path, rate):
    scene = build(tmp_path, (), rate, (21, 1, 0, 14), studio=False)
    exported = export(scene, tmp_path)
    before = exported.read_bytes()
    host = ExchangeHost(exported)
    document = host.read()
    wanted = placements(tmp_path, document.cuts[0])
    scene.fake.calls.clear()
    written = host.write(document, {0: wanted})
    assert written.path == tmp_path / "Scene 4.filled.otio"
    assert written.notes[-4:] == import_steps(written.path)
    assert not scene.fake.calls
    assert exported.read_bytes() == before

    imported = scene.fake.import_by_hand(written.path)
    imported._name = "Scene 4"
    for placement in wanted:
        start = imported._start + placement.start
        (item,) = [i for i in imported._tracks["video"][0].items if i._start == start
                   and i._kind == "clip"]  # fmt: skip
        assert item._media is not None
        assert item._media._properties["File Path"] == str(placement.take.path)
        item._name = placement.take.path.name
    assert check(scene, wanted, set()) == 12


def test_nothing_to_place_writes_nothing(tmp_path: Path):
    scene = build(tmp_path)
    host = ExchangeHost(export(scene, tmp_path))
    assert host.write(host.read(), {0: []}).path is None


def test_the_watch_gives_out_each_export_once_it_is_whole(tmp_path: Path):
    scene = build(tmp_path)
    watch = Watch(tmp_path / "in")
    assert watch.look() == []
    watch.folder.mkdir()
    path = export(scene, watch.folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    assert watch.look() == []
    assert watch.look() == []  # it stands still, and is no timeline
    path.write_bytes(whole)
    assert watch.look() == []  # it has just grown
    assert watch.look() == [path]
    assert watch.look() == []
    os.utime(path, ns=(1, 1))
    watch.look()
    assert watch.look() == [path]  # exported again


def test_the_watch_leaves_our_own_files_and_others_alone(tmp_path: Path):
    scene = build(tmp_path)
    path = export(scene, tmp_path)
    for name in ("Scene 4.filled.otio", "Scene 4.filled-2.otio", "notes.txt"):
        (tmp_path / name).write_bytes(path.read_bytes())
    watch = Watch(tmp_path)
    watch.look()
    assert watch.look() == [path]


def test_the_steps_name_menus_and_files(tmp_path: Path):
    assert any("File ▸ Export ▸ Timeline" in step for step in export_steps(tmp_path))
    assert any(str(tmp_path) in step for step in export_steps(tmp_path))
    steps = import_steps(tmp_path / "a.filled.otio")
    assert any("File ▸ Import ▸ Timeline" in step for step in steps)
    assert any("a.filled.otio" in step for step in steps)


def test_a_file_that_resolve_wrote_is_filled_by_the_plain_file_host_as_well(tmp_path: Path):
    scene = build(tmp_path)
    host = FileHost(export(scene, tmp_path), tmp_path / "out.otio")
    document = host.read()
    wanted = placements(tmp_path, document.cuts[0])
    host.write(document, {0: wanted})
    again = FileHost(tmp_path / "out.otio", tmp_path / "x.otio").read()
    assert not find_gaps(again.cuts[0]).gaps
