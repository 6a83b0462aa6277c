"""The host that is a file: several sequences, other formats, and places that cannot be written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.formats_otio.conftest import Made
from tests.unit.formats_xmeml.xmeml_documents import clip, sequence, track, xmeml

from pickup.cut.files import open_cut_file
from pickup.cut.gaps import find_gaps
from pickup.errors import CutError, PickupError, RequestError
from pickup.hosts.base import Foresees, Limited, wants_of
from pickup.hosts.file import FileHost, check_writable
from pickup.hosts.registry import is_live, open_host

if TYPE_CHECKING:
    from pathlib import Path

MAKE = Made()


def two_otio() -> str:
    tracks = [MAKE.track(MAKE.clip(24), MAKE.gap(24), MAKE.clip(24)) for _ in range(2)]
    both = [MAKE.timeline(t, name=n) for t, n in zip(tracks, ("Reel 1", "Reel 2"), strict=True)]
    return json.dumps({"OTIO_SCHEMA": "SerializableCollection.1", "children": both})


def two_xmeml() -> str:
    one = sequence(track(clip(0, 24, 1), clip(48, 72, 2)), key="sequence-1")
    other = sequence(track(clip(0, 24, 3), clip(48, 72, 4)), key="sequence-2")
    return xmeml(one, other)


def host_of(folder: Path, name: str, text: str, out: str = "") -> FileHost:
    path = folder / name
    path.write_text(text)
    return FileHost(path, folder / (out or f"{path.stem}.filled{path.suffix}"))


@pytest.mark.parametrize(("name", "text"), [("a.otio", two_otio()), ("a.xml", two_xmeml())])
class TestSeveralSequences:
    def test_all_are_filled_in_one_file(self, tmp_path: Path, name: str, text: str):
        host = host_of(tmp_path, name, text)
        each = [MAKE.placement(24, 48, 0)]
        written = host.write(host.read(), {0: each, 1: each})
        assert written.path == host.out
        cuts = open_cut_file(host.out).cuts
        assert [len(find_gaps(one).gaps) for one in cuts] == [0, 0]
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, host.out.name])

    def test_the_others_stay_as_they_are(self, tmp_path: Path, name: str, text: str):
        host = host_of(tmp_path, name, text)
        host.write(host.read(), {0: [], 1: [MAKE.placement(24, 48, 0)]})
        cuts = open_cut_file(host.out).cuts
        assert [len(find_gaps(one).gaps) for one in cuts] == [1, 0]

    def test_nothing_to_place_writes_nothing(self, tmp_path: Path, name: str, text: str):
        host = host_of(tmp_path, name, text)
        assert host.write(host.read(), {0: [], 1: []}).path is None
        assert not host.out.exists()

    def test_another_format_takes_one_of_them(self, tmp_path: Path, name: str, text: str):
        host = host_of(tmp_path, name, text, "out.edl")
        document = host.read()
        each = [MAKE.placement(24, 48, 0)]
        with pytest.raises(CutError, match=r"one sequence.*Choose one with --sequence"):
            host.write(document, {0: each, 1: each})
        assert not host.out.exists()
        assert host.write(document, {1: each}).path == host.out


class TestForeseeing:
    def test_it_is_a_host_that_foresees(self, tmp_path: Path):
        host = host_of(tmp_path, "a.otio", two_otio())
        assert isinstance(host, Foresees)

    def test_it_has_no_marks_that_limit_it(self, tmp_path: Path):
        host = host_of(tmp_path, "a.otio", two_otio())
        assert not isinstance(host, Limited)
        (gap,) = find_gaps(host.read().cuts[0]).gaps
        assert wants_of(host)(gap)

    @pytest.mark.parametrize("deliver", ["h264", "prores422hq", "dpx", "exr"])
    @pytest.mark.parametrize("out", ["b.otio", "b.xml", "b.edl"])
    def test_what_can_be_written_passes(self, tmp_path: Path, out: str, deliver: str):
        host = host_of(tmp_path, "a.otio", two_otio(), out)
        host.foresee(host.read(), [1], deliver)

    def test_what_cannot_is_refused(self, tmp_path: Path):
        host = host_of(tmp_path, "a.otio", two_otio(), "b.fcpxml")
        document = host.read()
        host.foresee(document, [0], "h264")
        with pytest.raises(CutError, match=r"\.fcpxml knows no image sequences.*exr"):
            host.foresee(document, [0], "exr")
        with pytest.raises(CutError, match="“Reel 1”, “Reel 2” have gaps"):
            host.foresee(document, [0, 1], "h264")


class TestWritable:
    def test_a_folder_that_is_not_there_yet_can_be_made(self, tmp_path: Path):
        check_writable(tmp_path / "new" / "deep" / "out.otio")
        assert list(tmp_path.iterdir()) == []

    def test_a_file_in_the_way(self, tmp_path: Path):
        (tmp_path / "file").write_text("x")
        with pytest.raises(PickupError, match=r"nothing can be written there.*-o"):
            check_writable(tmp_path / "file" / "out.otio")


class TestHostsOfPrograms:
    @pytest.mark.parametrize(
        ("said", "live"),
        [
            ("resolve:", True),
            ("resolve:inout", True),
            ("scene.otio", False),
            ("C:\\cuts\\scene.otio", False),
            ("resolve", False),
            ("file:///a.otio", False),
            ("nuke:", False),
            ("resolve://x", False),
        ],
    )
    def test_what_names_one(self, said: str, live: bool):
        assert is_live(said) is live

    @pytest.mark.parametrize("said", ["nuke:x", "scene.otio", ""])
    def test_one_that_nobody_offers(self, said: str):
        with pytest.raises(RequestError, match="it knows “resolve:”"):
            open_host(said)

    def test_one_that_a_front_end_offers(self, monkeypatch: pytest.MonkeyPatch):
        offered = {"echo": "tests.unit.hosts.test_file_host:Echo"}
        monkeypatch.setattr("pickup.hosts.registry._SHIPPED", offered)
        host: Any = open_host("echo:reel 1:b")
        assert host.rest == "reel 1:b"


class Echo:
    """A host that remembers how it was asked for."""

    def __init__(self, rest: str) -> None:
        self.rest = rest
