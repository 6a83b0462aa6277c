"""`pickup fill` of a gap longer than a model films: pieces, each from the end of the one before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
import opentimelineio as otio
import pytest
from tests.contract.benches import BENCHES
from tests.contract.test_fill_by_service import scene

from pickup.media.images import read_image
from pickup.testing.fakes import film_bytes
from pickup.testing.fakes.server import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLE = 500
"""Frames at 24: more than any of these models films at once."""


@dataclass
class Studio:
    """A cut with one long hole, and a service on loopback."""

    cut: Path
    fake: Any
    model: str
    settings: dict[str, str]

    def pickup(self, command: str, *more: str) -> tuple[int, str]:
        ended = subprocess.run(
            [sys.executable, "-m", "pickup", command, str(self.cut), *more],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **self.settings},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr

    def fill(self, *more: str) -> tuple[int, str]:
        return self.pickup("fill", "--model", self.model, "--yes", *more)

    @property
    def folder(self) -> Path:
        return self.cut.with_suffix(".pickup")

    def plan(self) -> list[dict[str, Any]]:
        shots: list[dict[str, Any]] = json.loads((self.folder / "plan.json").read_text())["shots"]
        return shots


@contextmanager
def studio(folder: Path, name: str, seconds: float = 15) -> Iterator[Studio]:
    bench = next(bench for bench in BENCHES if bench.name == name)
    with bench.fake() as fake:
        fake.film = film_bytes(seconds, width=320, height=180)
        prefix = f"PICKUP_{bench.provider.name.upper().replace('-', '_')}"
        own = {f"{prefix}_BASE_URL": fake.url, f"{prefix}_API_KEY": fake.key, **bench.settings}
        model = f"{bench.provider.name}:{bench.model}"
        yield Studio(scene(folder, HOLE), fake, model, own)


def placed(cut: Path) -> list[otio.schema.Clip]:
    filled = otio.adapters.read_from_file(str(cut.with_name("scene.filled.otio")))
    (track,) = filled.video_tracks()
    return [item for item in track if "pickup" in item.metadata]


def last_visible(clip: otio.schema.Clip) -> Any:
    """The clip's last frame as the cut shows it."""
    media = clip.media_reference
    first = int((clip.source_range.start_time - media.available_range.start_time).value)
    wanted = first + int(clip.source_range.duration.value) - 1
    with av.open(media.target_url.removeprefix("file://")) as movie:
        for number, frame in enumerate(movie.decode(video=0)):
            if number == wanted:
                return frame.to_ndarray(format="rgb24").astype(int)
    raise AssertionError(f"there is no frame {wanted}")


@pytest.mark.parametrize("service", ["fal", "gemini", "veo-vertex", "openrouter"])
def test_a_long_gap_is_filled_whole_and_each_piece_paid_once(service: str, tmp_path: Path):
    with studio(tmp_path, service) as made:
        for _ in range(2):  # the second run finds everything done
            code, said = made.fill()
            assert code == 0, said
        shots = made.plan()
        assert made.fake.charges == len(shots) > 1
        assert made.fake.surprises == []
    clips = placed(made.cut)
    assert sum(int(clip.source_range.duration.value) for clip in clips) == HOLE
    assert [clip.name.partition("_")[0] for clip in clips] == [shot["id"] for shot in shots]
    assert [shot["id"] for shot in shots][:2] == ["pk010", "pk011"]


def test_a_piece_begins_on_the_frame_that_the_one_before_shows_last(tmp_path: Path):
    with studio(tmp_path, "fal") as made:
        code, said = made.fill()
        assert code == 0, said
        bodies = [asked.json() for asked in made.fake.asked("order")]
    first, second = placed(made.cut)
    start = read_image(made.folder / "frames" / "pk011_first.png").astype(int)
    assert abs(start - last_visible(first)).mean() < 3
    assert bodies[1]["image_url"] != bodies[0]["image_url"]
    assert "end_image_url" not in bodies[0], "only the last piece ends where the gap ends"
    assert "end_image_url" in bodies[1]
    assert "continues without a cut" in bodies[1]["prompt"]
    assert "continues without a cut" not in bodies[0]["prompt"]
    assert second.metadata["pickup"]["shot"] == "pk011"


def test_the_plan_shows_the_pieces_and_what_all_of_them_cost(tmp_path: Path):
    with studio(tmp_path, "fal") as made:
        code, said = made.pickup("plan", "--model", made.model)
        assert code == 0, said
        assert "20.8 seconds long" in said
        assert "2 pieces, pk010 to pk011" in said
        assert "pk010: its words and the frame before go to fal" in said
        assert "pk011: its words, the frame before and the frame after go to fal" in said, (
            "the frame that does not exist yet is told of as well"
        )
        assert made.fake.charges == 0
        assert made.plan()[1]["gap"]["of"] == made.plan()[0]["gap"]["id"]


def test_a_budget_that_holds_the_first_piece_alone_pays_for_none(tmp_path: Path):
    with studio(tmp_path, "fal") as made:
        code, said = made.fill("--budget", "2")
        assert code == 1
        assert "budget of this run is $2.00" in said
        assert made.fake.charges == 0


def test_an_edited_plan_of_pieces_is_followed(tmp_path: Path):
    with studio(tmp_path, "fal") as made:
        assert made.pickup("plan", "--model", made.model)[0] == 0
        path = made.folder / "plan.json"
        plan = json.loads(path.read_text())
        plan["shots"][1] |= {"words": "she turns", "text": "She turns.", "words_from": "person"}
        path.write_text(json.dumps(plan))
        code, said = made.pickup("fill", "--plan", str(path), "--yes")
        assert code == 0, said
        assert [a.json()["prompt"] for a in made.fake.asked("order")][1] == "She turns."
    assert sum(int(clip.source_range.duration.value) for clip in placed(made.cut)) == HOLE


def test_a_piece_whose_beginning_was_refused_waits_unpaid(tmp_path: Path):
    with studio(tmp_path, "fal") as made:
        made.fake.outcome_next(Outcome.MODERATION)
        code, said = made.fill()
        assert code == 1
        assert "pk011" in said
        assert "last frame of pk010, which has not been filmed" in said
        assert len(made.fake.asked("order")) == 1
        code, said = made.fill()
        assert code == 0, said
        assert len(made.fake.asked("order")) == 3


def test_one_more_take_of_a_piece_begins_where_the_other_did(tmp_path: Path):
    with studio(tmp_path, "fal") as made:
        assert made.fill()[0] == 0
        code, said = made.fill("--retake", "pk011")
        assert code == 0, said
        assert made.fake.charges == 3
        takes = sorted(path.stem for path in (made.folder / "takes").glob("pk011_t*.json"))
        assert takes == ["pk011_t01", "pk011_t02"]
        sent = [asked.json()["image_url"] for asked in made.fake.asked("order")]
        assert sent[0] != sent[1] == sent[2]
