"""How hosts plug into the panel: sources, those that know a file, and those that break."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pickup.errors import CutError, PickupError
from pickup.hosts.file import FileHost
from pickup_ui import hosts


class Source:
    name = "mine"

    def start(self, arrived: Any, told: Any) -> None:
        pass

    def stop(self) -> None:
        pass


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered here is gone afterwards."""
    monkeypatch.setattr(hosts, "_factories", {})


def names() -> list[str]:
    return [source.name for source in hosts.sources()[0]]


def test_a_source_that_is_registered_comes_after_those_that_ship():
    shipped = names()
    hosts.register("mine", Source)
    assert names() == [*shipped, "mine"]


def test_one_registered_under_a_shipped_name_takes_its_place():
    before = names()
    hosts.register("premiere", Source)
    assert len(names()) == len(before)
    assert "mine" in names()


@pytest.mark.parametrize(
    "error",
    [
        OSError("no folder"), ImportError("no library"), ValueError("odd"), RuntimeError("gone"),
        AttributeError("old"), KeyError("x"), AssertionError("no"), PickupError("no key"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_one_that_breaks_is_told_and_the_others_are_there(error: Exception):
    def broken() -> Any:
        raise error

    shipped = names()
    hosts.register("odd", broken)
    made, problems = hosts.sources()
    assert [source.name for source in made] == shipped
    assert problems == [f"odd is not available: {error}"]


def test_each_panel_has_sources_of_its_own():
    hosts.register("mine", Source)
    first, second = hosts.sources()[0][-1], hosts.sources()[0][-1]
    assert first is not second


class TestThePathOfACut:
    def test_a_plain_file_is_written_beside_itself(self, tmp_path: Path):
        host = hosts.host_of(tmp_path / "scene.otio")
        assert isinstance(host, FileHost)
        assert host.cut_path == tmp_path / "scene.otio"
        assert host.out == tmp_path / "scene.filled.otio"

    def test_what_can_only_be_read_is_written_as_what_can_be_written(self, tmp_path: Path):
        host = hosts.host_of(tmp_path / "scene.aaf")
        assert isinstance(host, FileHost)
        assert host.out.suffix != ".aaf"

    def test_a_relative_path_is_made_whole(self, tmp_path: Path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert hosts.host_of(Path("scene.otio")).cut_path == tmp_path / "scene.otio"

    def test_an_ending_nobody_knows_is_a_sentence(self, tmp_path: Path):
        with pytest.raises(CutError, match="no timeline format ends in"):
            hosts.host_of(tmp_path / "notes.txt")

    def test_sources_are_asked_in_turn_and_the_first_that_knows_it_counts(self, tmp_path: Path):
        asked: list[str] = []
        wanted = FileHost(tmp_path / "a.xml", tmp_path / "b.xml")

        class Knowing(Source):
            def __init__(self, name: str, answer: FileHost | None) -> None:
                self.name, self._answer = name, answer

            def host_of(self, path: Path) -> FileHost | None:
                asked.append(self.name)
                return self._answer

        brought = [
            Source(),
            Knowing("first", None),
            Knowing("second", wanted),
            Knowing("third", None),
        ]
        assert hosts.host_of(tmp_path / "a.xml", brought) is wanted
        assert asked == ["first", "second"]

    def test_what_no_source_knows_is_a_plain_file(self, tmp_path: Path):
        host = hosts.host_of(tmp_path / "a.xml", [Source()])
        assert isinstance(host, FileHost)
        assert host.out == tmp_path / "a.filled.xml"
