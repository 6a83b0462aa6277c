"""Cuts as Premiere exports them, filled as fast as a test can: with takes of no bytes to decode."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks.xmeml_cuts import premiere_like
from tests.unit.premiere.lines import Line

from pickup.cut.files import open_cut_file
from pickup.cut.gap import FILLED_KINDS, GapKind
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.files import sha256_of
from pickup.fill.folder import PickupFolder
from pickup.fill.placing import filled_shots, placements
from pickup.fill.prepare import PlannedCut, ShotSettings, known_names, plan_cut
from pickup.fill.takes import PickupRecord, SourceFile, Take, read_takes, write_take
from pickup.shots.plan import Plan, write_plan
from pickup_premiere.placing import PlaceJob, new_job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement
    from pickup.shots.request import ShotRequest


@dataclass
class Filled:
    """A cut with its takes in the folder: all that a fill leaves behind, but for real pictures."""

    document: CutFile
    folder: PickupFolder
    planned: list[PlannedCut]

    @property
    def cut(self) -> Cut:
        return self.document.cuts[self.planned[0].index]

    @property
    def shots(self) -> list[ShotRequest]:
        return [shot for cut in self.planned for shot in cut.shots]

    def placements(self) -> dict[int, list[Placement]]:
        return placements(self.planned, filled_shots(self.planned, self.folder, {}), self.folder)


def fill_fast(
    path: Path,
    sequence: int = 0,
    *,
    audio: int = 0,
    kinds: frozenset[GapKind] = FILLED_KINDS,
) -> Any:
    """Plan a cut and lay a take of each shot into its folder."""
    document = open_cut_file(path)
    folder = PickupFolder.of(path)
    cut = document.cuts[sequence]
    gaps = find_gaps(cut, GapOptions(kinds=kinds)).gaps
    planned = plan_cut(sequence, cut, path.name, gaps, ShotSettings(), known_names(folder))
    write_plan(Plan(cut=path.name, sequence=cut.name, shots=tuple(planned.shots)), folder.plan)
    for shot in planned.shots:
        lay_take(folder, shot, cut, audio=audio)
    return Filled(document, folder, [planned])


def written_by(host: Any, made: Any) -> Any:
    """What a host has written of all takes chosen."""
    return host.write(made.document, made.placements())


def read_back(path: Any) -> Any:
    return open_cut_file(path)


def lay_take(
    folder: PickupFolder, shot: ShotRequest, cut: Cut, number: int = 1, *, audio: int = 0
) -> Take:
    file = folder.takes / f"{shot.id}_t{number:02d}.mp4"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(f"not a picture, but the bytes of {shot.id} {number}".encode())
    file.with_suffix(".xmp").write_bytes(b"<x/>")
    record = PickupRecord(
        shot=shot.id, gap=shot.gap.id, take=number, provider="animatic", model="animatic",
        prompt=shot.text, seed=shot.seed, cost_usd=0, created="2026-01-01T00:00:00+00:00",
        request_sha256="0" * 64, source=SourceFile(file=file.name, sha256="0" * 64),
    )  # fmt: skip
    take = Take(
        record=record, file=file.name, sha256=sha256_of(file), deliver="h264", rate=shot.rate,
        frames=shot.frames + 2 * shot.handles, visible=shot.frames, head=shot.handles,
        start=cut.start + shot.gap.start + 3600 * 24, drop_frame=cut.drop_frame,
        reel="PK010T01", width=shot.width, height=shot.height, pixel_aspect=shot.pixel_aspect,
        audio_channels=audio, chosen=not any(t.chosen for t in read_takes(folder, shot.id)),
    )  # fmt: skip
    write_take(folder, take)
    return take


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """What Premiere would export: 120 clips with four holes."""
    path = tmp_path / "exchange" / "Long cut.xml"
    path.parent.mkdir()
    path.write_bytes(premiere_like(120))
    return path


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """A server that listens, on a port of its own."""
    made = Line(tmp_path)
    yield made
    made.server.stop()


@pytest.fixture
def job(export: Path) -> PlaceJob:
    """Four clips that are to be placed."""
    made = fill_fast(export)
    return new_job(made.cut, made.placements()[0], "guid-1")


@pytest.fixture
def otio_export(tmp_path: Path) -> Path:
    """The same idea as OTIO: two clips with a hole between them, relative and foreign parts."""
    path = tmp_path / "exchange" / "Scene.otio"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(_otio()), "utf-8")
    return path


def _range(start: float, duration: float) -> dict[str, object]:
    def time(value: float) -> dict[str, object]:
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": 24.0, "value": value}

    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": time(start),
        "duration": time(duration),
    }


def _clip(name: str) -> dict[str, object]:
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": name,
        "source_range": _range(86400, 48),
        "metadata": {"PremierePro_OTIO": {"LinkID": "1"}, "somebody": {"else": 1}},
        "effects": [],
        "markers": [],
        "enabled": True,
        "active_media_reference_key": "DEFAULT_MEDIA",
        "media_references": {
            "DEFAULT_MEDIA": {
                "OTIO_SCHEMA": "ExternalReference.1",
                "target_url": f"media/{name} b.mov",
                "available_range": _range(86400, 480),
                "metadata": {},
                "name": name,
            }
        },
    }


def _otio() -> dict[str, object]:
    gap = {
        "OTIO_SCHEMA": "Gap.1", "name": "", "source_range": _range(0, 48), "metadata": {},
        "effects": [], "markers": [], "enabled": True,
    }  # fmt: skip
    track = {
        "OTIO_SCHEMA": "Track.1", "name": "Video 1", "kind": "Video", "enabled": True,
        "children": [_clip("A001"), gap, _clip("A002")], "metadata": {}, "effects": [],
        "markers": [], "source_range": None,
    }  # fmt: skip
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "name": "Scene",
        "metadata": {"PremierePro_OTIO": {"MetadataVersion": "1.0"}},
        "global_start_time": {"OTIO_SCHEMA": "RationalTime.1", "rate": 24.0, "value": 86400.0},
        "tracks": {
            "OTIO_SCHEMA": "Stack.1", "name": "Scene", "children": [track], "metadata": {},
            "effects": [], "markers": [], "source_range": None, "enabled": True,
        },
    }  # fmt: skip
