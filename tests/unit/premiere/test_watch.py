"""The watch on the exchange folder: whole files, once each, and never our own."""

from __future__ import annotations

import queue
import shutil
import sys
import threading
import time
from pathlib import Path, PurePath
from typing import Any

import pytest
from benchmarks.xmeml_cuts import premiere_like
from tests.unit.premiere.conftest import fill_fast, written_by

from pickup.errors import RequestError
from pickup_premiere import watch
from pickup_premiere.exchange import ExchangeHost
from pickup_premiere.watch import ExchangeFolder, WatchOptions

QUICK: dict[str, Any] = {"settle": 0.15, "patience": 0.5, "interval": 0.05}


class Watched:
    """A watch whose arrivals can be waited for."""

    def __init__(self, folder, **options):
        self.arrivals: Any = queue.Queue()
        self.watch = ExchangeFolder(folder, self.arrivals.put, WatchOptions(**{**QUICK, **options}))

    def __enter__(self):
        self.watch.start()
        return self

    def __exit__(self, *error):
        self.watch.stop()

    def next(self, timeout=20.0):
        return self.arrivals.get(timeout=timeout)

    def quiet(self, seconds=0.6):
        with pytest.raises(queue.Empty):
            self.arrivals.get(timeout=seconds)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "exchange"
    made.mkdir()
    return made


@pytest.mark.parametrize("polling", [False, True])
def test_what_arrives_is_opened(folder, polling):
    with Watched(folder, polling=polling) as watched:
        (folder / "scene.xml").write_bytes(premiere_like(30))
        arrival = watched.next()
        assert arrival.path == folder / "scene.xml"
        assert arrival.document.cuts[0].name == "Long cut"
        assert arrival.error == ""
        watched.quiet()


def test_a_file_that_is_still_written_is_waited_for(folder):
    data = premiere_like(60)
    pieces = [data[i : i + len(data) // 6 + 1] for i in range(0, len(data), len(data) // 6 + 1)]
    with Watched(folder, patience=30.0) as watched:
        with (folder / "slow.xml").open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
                stream.flush()
                # Longer than it takes to settle: half a file is not read as a whole one.
                time.sleep(0.2)
                assert watched.arrivals.empty() or piece is pieces[-1]
        arrival = watched.next()
        assert len(arrival.document.cuts[0].video_tracks[0].items) == 60
        watched.quiet()


def test_a_file_that_stays_unreadable_is_told_of_once_with_the_reason(folder):
    with Watched(folder) as watched:
        (folder / "half.xml").write_bytes(premiere_like(30)[:4000])
        arrival = watched.next()
        assert arrival.document is None
        assert arrival.error.startswith("half.xml")
        watched.quiet()
        (folder / "half.xml").write_bytes(premiere_like(30))
        assert watched.next().document is not None


def test_exported_again_is_told_of_again(folder):
    path = folder / "scene.xml"
    with Watched(folder) as watched:
        path.write_bytes(premiere_like(30))
        watched.next()
        path.write_bytes(premiere_like(31))
        assert len(watched.next().document.cuts[0].video_tracks[0].items) == 31


def test_a_rename_into_place_counts(folder, tmp_path):
    aside = tmp_path / "aside.xml"
    aside.write_bytes(premiere_like(30))
    with Watched(folder) as watched:
        shutil.move(aside, folder / "moved.xml")
        assert watched.next().path.name == "moved.xml"


def test_what_we_write_ourselves_is_no_arrival(folder):
    path = folder / "scene.xml"
    path.write_bytes(premiere_like(60))
    made = fill_fast(path)
    with Watched(folder) as watched:
        out = written_by(ExchangeHost(path), made).path
        assert out.parent == folder
        watched.quiet()
        # The editor exports over it: now it is theirs.
        out.write_bytes(premiere_like(61))
        assert watched.next().path == out


def test_other_files_and_drafts_are_none_of_ours(folder):
    with Watched(folder) as watched:
        (folder / "notes.txt").write_text("x")
        (folder / "._scene.xml").write_bytes(premiere_like(5))
        (folder / "empty.xml").touch()
        (folder / "folder.xml").mkdir()
        watched.quiet(0.4)


def test_what_lay_there_is_told_of_if_asked(folder):
    (folder / "old.xml").write_bytes(premiere_like(5))
    with Watched(folder) as watched:
        watched.quiet(0.4)
    with Watched(folder, existing=True) as watched:
        assert watched.next().path.name == "old.xml"


def test_no_such_folder_is_one_sentence(tmp_path):
    with pytest.raises(RequestError, match="no such folder"):
        ExchangeFolder(tmp_path / "none", lambda arrival: None).start()


def test_a_folder_that_goes_away_ends_nothing(folder):
    with Watched(folder, polling=False) as watched:
        (folder / "a.xml").write_bytes(premiere_like(5))
        watched.next()
        shutil.rmtree(folder)
        watched.quiet(0.3)
    assert not [t for t in threading.enumerate() if t.name == "pickup-exchange"]


def test_a_folder_that_comes_back_is_watched_again_and_its_old_files_are_old(
    folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(watch, "_IDLE", 0.1)
    (folder / "old.xml").write_bytes(premiere_like(5))
    with Watched(folder, polling=False) as watched:
        folder.rename(tmp_path / "unplugged")
        watched.quiet(0.4)
        (tmp_path / "unplugged").rename(folder)
        watched.quiet(0.4)
        (folder / "new.xml").write_bytes(premiere_like(5))
        assert watched.next().path.name == "new.xml"


def test_network_drives_are_told_by_their_mount():
    mounts = (
        "/dev/sda1 / ext4 rw 0 0\n"
        "nas:/film /mnt/film nfs4 rw 0 0\n"
        "//nas/x /mnt/film\\040two cifs rw 0 0\n"
    )
    kind = watch._kind_of_mount
    assert kind(mounts, PurePath("/mnt/film/a")) == "nfs4"
    assert kind(mounts, PurePath("/mnt/film two/a")) == "cifs"
    assert kind(mounts, PurePath("/mnt/other")) == "ext4"
    assert kind("", PurePath("/mnt")) == ""
    assert watch.is_network(Path("//server/share"))


def test_without_the_library_one_sentence_says_what_to_install(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "watchdog.observers", None)
    with pytest.raises(RequestError, match=r"pickup-shots\[premiere\]"):
        ExchangeFolder(folder, lambda arrival: None).start()
