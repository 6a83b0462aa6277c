"""File exchange: the folder is watched, the result imports with its media, the menus are named."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from tests.unit.resolve.scenes import RATES, as_images, build, check, placements, ranges

from pickup.cut.gaps import find_gaps
from pickup.hosts.file import FileHost
from pickup_resolve.exchange import ExchangeHost, Watch, by_hand, export_steps, import_steps
from pickup_resolve.testing import Lie
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


IMPORTS = (Lie.IMPORT_OFFLINE, Lie.IMPORT_CANCELED)
EXPORTS = (Lie.EXPORT_UNPADDED, Lie.EXPORT_FRACTIONS, Lie.FLOAT_NUMBERS, Lie.NONE_LISTS)


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("lie", [*IMPORTS, *EXPORTS], ids=lambda lie: lie.name)
def test_by_hand_it_is_exact_whatever_the_scripting_says(tmp_path: Path, lie, rate):
    scene = build(tmp_path, (lie,), rate, (21, 1, 0, 14), studio=False)
    host = ExchangeHost(export(scene, tmp_path))
    document = host.read()
    wanted = placements(tmp_path, document.cuts[0])
    path = host.write(document, {0: wanted}).path
    assert path is not None
    imported = scene.fake.import_by_hand(path)
    origin = imported._start
    clips = {
        (item._start - origin, item._end - origin): item._media._properties["File Path"]
        for item in imported._tracks["video"][0].items
        if item._media is not None
    }
    for one in wanted:
        assert clips[one.start, one.end] == str(one.take.path)
    theirs = [(n, s, e) for n, s, e in ranges(imported)["video", 1] if "_t0" not in n]
    assert [one for one in theirs if not one[0].startswith("pk")] == scene.before["video", 1]
    assert ranges(imported)["audio", 1] == scene.before["audio", 1]
    assert ranges(imported)["video", 2] == scene.before["video", 2]
    assert imported._markers[30.0]["note"] == "here"


def test_a_sequence_of_images_comes_online_as_well(tmp_path: Path):
    scene = build(tmp_path, (), version=(21, 1, 0, 14), studio=False)
    host = ExchangeHost(export(scene, tmp_path))
    document = host.read()
    one = placements(tmp_path, document.cuts[0])[0]
    path = host.write(document, {0: [as_images(one, tmp_path / "seq")]}).path
    assert path is not None
    imported = scene.fake.import_by_hand(path)
    (item,) = [i for i in imported._tracks["video"][0].items
               if i._start - imported._start == one.start and i._kind == "clip"]  # fmt: skip
    assert item._media is not None
    last = 1000 + one.take.frames
    assert item._media._name == f"pk010_t01.[1001-{last}].dpx"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda clip: clip.update(OTIO_SCHEMA="Clip.9"), None),
        (lambda clip: clip.update(OTIO_SCHEMA="Strange.1"), "unknown schema"),
        (lambda clip: _reference(clip).update(target_url="file:///a.mov"), "plain paths"),
        (lambda clip: _reference(clip).update(available_range=None), "available_range"),
        (lambda clip: clip["source_range"]["start_time"].update(value=0.0), "before its media"),
    ],
)
def test_the_fake_imports_as_strictly_as_resolve(tmp_path: Path, spoil, why):
    scene = build(tmp_path, version=(20, 0, 0, 1))
    path = export(scene, tmp_path)
    document = json.loads(path.read_text())
    spoil(document["tracks"]["children"][0]["children"][0])
    path.write_text(json.dumps(document))
    pool = scene.fake.project._pool
    answer = pool.ImportTimelineFromFile(str(path), {"timelineName": "In"})
    assert (answer is None) == (why is not None)
    if why is not None:
        with pytest.raises(ValueError, match=why):
            scene.fake.import_by_hand(path)


def _reference(clip):
    return clip["media_references"]["DEFAULT_MEDIA"]


def test_an_import_under_a_name_that_exists_answers_nothing(tmp_path: Path):
    scene = build(tmp_path)
    path = export(scene, tmp_path)
    pool = scene.fake.project._pool
    assert pool.ImportTimelineFromFile(str(path), {}) is None
    assert pool.ImportTimelineFromFile(str(tmp_path / "gone.otio"), {}) is None
    with pytest.raises(TypeError, match="insertWithOffset"):
        pool.ImportTimelineFromFile(str(path), {"insertWithOffset": "00:00:00:00"})


def test_what_cannot_be_held_by_otio_is_lost_by_the_round_trip(tmp_path: Path):
    scene = build(tmp_path)
    item = scene.timeline._tracks["video"][0].sorted()[0]
    item._color, item._flags = "Teal", ["Cyan"]
    imported = scene.fake.import_by_hand(export(scene, tmp_path))
    same = imported._tracks["video"][0].sorted()[0]
    assert (same._start, same._color, same._flags) == (item._start, "", [])
    assert imported._markers[30.0]["customData"] == ""


@pytest.mark.parametrize("ending", [".otio", ".OTIO", ".xml", ".fcpxml"])
def test_every_kind_that_resolve_exports_is_watched_for(tmp_path: Path, ending, monkeypatch):
    path = tmp_path / f"Scene 4{ending}"
    path.write_text("a timeline")
    monkeypatch.setattr("pickup_resolve.exchange._is_timeline", lambda _: True)
    watch = Watch(tmp_path)
    assert watch.look() == []
    assert watch.look() == [path]


def test_a_folder_that_goes_and_comes_back_is_watched_on(tmp_path: Path):
    scene = build(tmp_path)
    folder = tmp_path / "share"
    folder.mkdir()
    path = export(scene, folder)
    watch = Watch(folder)
    watch.look()
    assert watch.look() == [path]
    folder.rename(tmp_path / "unplugged")
    assert watch.look() == []
    (tmp_path / "unplugged").rename(folder)
    watch.look()
    assert watch.look() == [], "it was given out already, and has not changed"


def test_a_file_that_vanishes_while_it_is_looked_at_is_no_error(tmp_path: Path, monkeypatch):
    path = export(build(tmp_path), tmp_path)
    found = type(path).stat

    def stat(self: Path, *, follow_symlinks: bool = True) -> object:
        if self.suffix == ".otio":
            raise FileNotFoundError(self)
        return found(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(type(path), "stat", stat)
    assert Watch(tmp_path).look() == []


def test_the_way_by_files_is_told_whole():
    said = by_hand()
    steps = ("File ▸ Export ▸ Timeline…", "OpenTimelineIO", "pickup fill", "File ▸ Import ▸")
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert "Automatically import source clips" in said
