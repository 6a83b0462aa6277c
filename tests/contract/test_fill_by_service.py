"""`pickup fill` fills a whole cut by each service, its fake on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import opentimelineio as otio
import pytest
from tests.contract.benches import BENCHES, Bench

from pickup.testing.fakes import Misbehaviour, film_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.testing.fakes import Fake

ONE_EACH = [bench for bench in BENCHES if bench.name not in ("gemini-platform", "veo-gemini")]


def frames(start: int, count: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, 24), otio.opentime.RationalTime(count, 24)
    )


def scene(folder: Path, hole: int = 30) -> Path:
    """Two shots of real footage with a hole between them."""
    footage = folder / "footage.mp4"
    footage.write_bytes(film_bytes(4, width=320, height=180))
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for name in ("A", "", "B"):
        media = otio.schema.ExternalReference(footage.as_uri(), frames(0, 96))
        track.append(
            otio.schema.Clip(name, media, frames(12, 48))
            if name
            else otio.schema.Gap(source_range=frames(0, hole))
        )
    timeline = otio.schema.Timeline("scene")
    timeline.tracks.append(track)
    path = folder / "scene.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def pickup_fill(
    cut: Path, bench: Bench, fake: Fake, *more: str
) -> subprocess.CompletedProcess[str]:
    """`pickup fill`, as it is typed, with the service on loopback."""
    prefix = f"PICKUP_{bench.provider.name.upper().replace('-', '_')}"
    own = {f"{prefix}_BASE_URL": fake.url, f"{prefix}_API_KEY": fake.key, **bench.settings}
    model = f"{bench.provider.name}:{bench.model}"
    return subprocess.run(
        [sys.executable, "-m", "pickup", "fill", str(cut), "--model", model, "--yes", *more],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **own},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("bench", ONE_EACH, ids=lambda bench: bench.name)
def test_a_cut_is_filled_and_paid_for_once(bench: Bench, tmp_path: Path):
    cut, out = scene(tmp_path), tmp_path / "filled.otio"
    with bench.fake() as fake:
        fake.film = film_bytes(8, width=640, height=360)
        for _ in range(2):  # the second run finds everything done
            ended = pickup_fill(cut, bench, fake, "-o", str(out))
            assert ended.returncode == 0, ended.stderr
            assert fake.key not in ended.stdout + ended.stderr
        assert fake.charges == 1
        assert fake.surprises == []
    (track,) = otio.adapters.read_from_file(str(out)).video_tracks()
    placed = track[1]
    assert isinstance(placed, otio.schema.Clip)
    assert placed.source_range.duration.to_frames() == 30
    assert placed.metadata["pickup"]["model"].endswith(bench.model)
    kept = [path for path in tmp_path.rglob("*") if path.suffix in (".json", ".html", ".otio")]
    assert all(fake.key not in path.read_text("utf-8") for path in kept)


def test_a_page_instead_of_the_film_is_asked_past_and_never_paid_twice(tmp_path: Path):
    """A captive portal stands between for a while: the run says so, and the next one goes on."""
    cut = scene(tmp_path)
    bench = next(bench for bench in ONE_EACH if bench.name == "openai-videos")
    with bench.fake() as fake:
        fake.film = film_bytes(8, width=640, height=360)
        fake.fail_next(Misbehaviour.HTML, "fetch", 3)
        fake.fail_next(Misbehaviour.BUSY, "order")
        first, second = (pickup_fill(cut, bench, fake) for _ in range(2))
        assert first.returncode == 1
        assert "sent a web page instead of a film; run again" in first.stderr
        assert second.returncode == 0, second.stderr
        assert fake.charges == 1
