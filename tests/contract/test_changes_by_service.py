"""`pickup fill --retake --of --change`: a service makes a new take of an old one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from tests.contract.benches import BENCHES
from tests.contract.test_fill_by_service import frames, scene

from pickup.testing.fakes import film_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGER = 250
"""Frames: more than ten seconds, so more than the older take has."""


class Studio:
    """A cut filled once by a service on loopback, and the command to go on with."""

    def __init__(self, folder: Path, fake: Any, model: str, settings: dict[str, str]) -> None:
        self.cut, self.fake, self.model, self.settings = scene(folder), fake, model, settings

    def run(self, *more: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "pickup", "fill", *more, "--yes"]
        ended = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **self.settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr

    def sidecar(self, take: int) -> dict[str, Any]:
        text = (self.cut.with_suffix(".pickup") / "takes" / f"pk010_t{take:02d}.json").read_text()
        found: dict[str, Any] = json.loads(text)
        return found


@contextmanager
def studio(folder: Path, name: str, **more: str) -> Iterator[Studio]:
    bench = next(bench for bench in BENCHES if bench.name == name)
    with bench.fake() as fake:
        fake.film = film_bytes(8, width=640, height=360)
        prefix = f"PICKUP_{bench.provider.name.upper().replace('-', '_')}"
        own = {f"{prefix}_BASE_URL": fake.url, f"{prefix}_API_KEY": fake.key, **bench.settings}
        made = Studio(folder, fake, f"{bench.provider.name}:{bench.model}", {**own, **more})
        code, said = made.run(str(made.cut), "--model", made.model)
        assert code == 0, said
        yield made


def lengthened(path: Path) -> None:
    """The editor draws the placed clip out, over the next one."""
    timeline = otio.adapters.read_from_file(str(path))
    (track,) = timeline.video_tracks()
    start = track[1].source_range.start_time
    track[1].source_range = otio.opentime.TimeRange(start, frames(0, LONGER).duration)
    otio.adapters.write_to_file(timeline, str(path))


def test_a_remix_is_made_of_the_older_job(tmp_path: Path):
    with studio(tmp_path, "openai-videos") as made:
        first = made.sidecar(1)
        code, said = made.run(
            *(str(made.cut), "--retake", "pk010", "--of", "1", "--words", "at dusk"),
            *("--model", made.model),
        )
        assert code == 0, said
        remixes = [asked for asked in made.fake.asked("order") if asked.path.endswith("/remix")]
        assert [asked.json() for asked in remixes] == [{"prompt": "at dusk"}]
        second = made.sidecar(2)
        assert (second["made_from"], second["made_by"]) == (first["order"], "remix")
        assert made.fake.charges == 2  # the first take, and one more


def test_a_take_that_became_too_short_is_extended_by_its_own_model(tmp_path: Path):
    with studio(tmp_path, "gemini") as made:
        filled = made.cut.with_name("scene.filled.otio")
        lengthened(filled)
        made.fake.film = film_bytes(12, width=640, height=360)
        code, said = made.run(str(filled), "--retake", "pk010", "--of", "1", "--change", "extend")
        assert code == 0, said
        body = made.fake.asked("order")[-1].json()
        assert body["generation_config"]["video_config"]["task"] == "extend"
        assert body["previous_interaction_id"]
        seconds = int(body["response_format"]["duration"].removesuffix("s"))
        assert made.sidecar(2)["made_by"] == f"extend:{seconds}"
        assert made.sidecar(2)["visible"] == LONGER
        assert "pk010_first.png" not in said.split("Upload", 1)[-1]


def test_what_cannot_be_changed_is_refused_before_anything_is_sent(tmp_path: Path):
    with studio(tmp_path, "gemini") as made:
        retake = (str(made.cut), "--retake", "pk010", "--of", "1")
        for more, told in (
            (("--change", "extend"), "as long as its shot already"),
            (("--model", "animatic"), "made by gemini"),
            (("--model", "veo:veo-3.1-generate-001"), "made by gemini"),
        ):
            code, said = made.run(*retake, *more)
            assert code == 1
            assert told in said
            assert "Traceback" not in said
        assert made.fake.charges == 1
        assert len(made.fake.asked("order")) == 1
