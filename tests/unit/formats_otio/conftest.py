"""Makes documents and takes for the tests of OTIO's formats."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.otio import OtioFormat
from pickup.cut.model import CutFile, Raster
from pickup.cut.placement import Placement, TakeMedia

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


class Made:
    """Builds OTIO's JSON by hand, so that tests say what a file holds and not how OTIO puts it."""

    def time(self, value: float, rate: float = 24.0) -> Json:
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}

    def range(self, start: float, duration: float, rate: float = 24.0) -> Json:
        return {
            "OTIO_SCHEMA": "TimeRange.1",
            "duration": self.time(duration, rate),
            "start_time": self.time(start, rate),
        }

    def gap(self, duration: float, rate: float = 24.0, **more: Any) -> Json:
        span = self.range(0.0, duration, rate)
        return {"OTIO_SCHEMA": "Gap.1", "metadata": {}, "name": "", "source_range": span} | more

    def clip(self, duration: float, start: float = 0.0, rate: float = 24.0, **more: Any) -> Json:
        reference = {
            "OTIO_SCHEMA": "ExternalReference.1",
            "target_url": "/media/a.mov",
            "available_range": self.range(0.0, 10000.0, rate),
        }
        return {
            "OTIO_SCHEMA": "Clip.2",
            "metadata": {},
            "name": "a",
            "source_range": self.range(start, duration, rate),
            "effects": [],
            "markers": [],
            "enabled": True,
            "media_references": {"DEFAULT_MEDIA": reference},
            "active_media_reference_key": "DEFAULT_MEDIA",
        } | more

    def transition(self, before: float, after: float, rate: float = 24.0) -> Json:
        return {
            "OTIO_SCHEMA": "Transition.1",
            "metadata": {},
            "name": "dissolve",
            "in_offset": self.time(before, rate),
            "out_offset": self.time(after, rate),
            "transition_type": "SMPTE_Dissolve",
        }

    def track(self, *children: Json, kind: str = "Video", **more: Any) -> Json:
        track: Json = {"OTIO_SCHEMA": "Track.1", "metadata": {}, "name": kind}
        return track | {"children": list(children), "kind": kind} | more

    def stack(self, *tracks: Json, **more: Any) -> Json:
        return {"OTIO_SCHEMA": "Stack.1", "children": list(tracks)} | more

    def timeline(self, *tracks: Json, start: float | None = 86400.0, **more: Any) -> Json:
        timeline: Json = {"OTIO_SCHEMA": "Timeline.1", "metadata": {}, "name": "Scene"}
        if start is not None:
            timeline["global_start_time"] = self.time(start)
        return timeline | {"tracks": self.stack(*tracks)} | more

    def take(self, frames: int, rate: Fraction = Fraction(24), **more: Any) -> TakeMedia:
        values: Json = {
            "path": Path("/show/scene.pickup/takes/g1 t1.mov"),
            "name": "g1_t1",
            "rate": rate,
            "frames": frames + 16,
            "head": 8,
            "start": 0,
            "drop_frame": False,
            "reel": "PK000001",
            "raster": Raster(1920, 1080),
            "metadata": {"gap": "g1", "take": 1, "synthetic": True},
        }
        return TakeMedia(**(values | more))

    def placement(self, start: int, end: int, track: int | None = None, **more: Any) -> Placement:
        takes = more.pop("takes", (self.take(end - start),))
        return Placement(start, end, more.pop("name", "g1"), takes, track=track, **more)


class Desk:
    """Reads and writes documents in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, value: Any, name: str = "scene.otio", indent: int | None = 4) -> Path:
        path = self.folder / name
        path.write_text(value if isinstance(value, str) else json.dumps(value, indent=indent))
        return path

    def read(self, value: Any, name: str = "scene.otio", indent: int | None = 4) -> CutFile:
        return OtioFormat().read(self.put(value, name, indent), ReadOptions())

    def write(
        self, document: CutFile, *placements: Placement, target: str = "", cut: int = 0
    ) -> tuple[str, list[str]]:
        out = self.folder / "out.otio"
        notes = OtioFormat().write(
            document, document.cuts[cut], placements, out, WriteOptions(target)
        )
        return out.read_bytes().decode(), notes


@pytest.fixture(scope="session")
def make() -> Made:
    return Made()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def session_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """For hypothesis, which runs one test many times."""
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def refused(desk: Desk) -> Callable[[Any], str]:
    """The message with which a document is refused."""
    from pickup.errors import CutError

    def refuse(value: Any) -> str:
        with pytest.raises(CutError) as caught:
            desk.read(value)
        assert str(caught.value).startswith("scene.otio")
        return str(caught.value)

    return refuse
