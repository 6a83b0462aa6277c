"""`pickup fill` at a service, stopped and killed in the middle, and run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.e2e.crash.run_worker import ROOT
from tests.e2e.footage import scene

from pickup.jobs import notice
from pickup.jobs.ledger import Ledger
from pickup.jobs.orders import OrderState
from pickup.testing.fakes import film_bytes
from pickup.testing.fakes.openai_videos import FakeOpenAIVideos

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SLOW = 10**6
"""Polls: the service is done with a job when the test says so."""


class Desk:
    """An editor's terminal, a cut with two gaps, and a service on loopback."""

    def __init__(self, folder: Path, fake: FakeOpenAIVideos) -> None:
        self.cut = scene(folder, 24, (24, 30, 24, 30, 24)).cut
        self.fake = fake
        self.home = folder / "home"
        self.settings = {
            "PICKUP_HOME": str(self.home),
            "PICKUP_OPENAI_VIDEOS_BASE_URL": fake.url,
            "PICKUP_OPENAI_VIDEOS_API_KEY": fake.key,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "core"), str(ROOT)]),
        }

    def fill(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "pickup", "fill", str(self.cut), "--yes"),
                *("--model", "openai-videos:m", "--raster", "640x360"),
            ],
            env={**os.environ, **self.settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell's background job ignores interrupts, and passes that on.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def until(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        give_up = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < give_up, self.states()
            time.sleep(0.05)

    def states(self) -> list[OrderState]:
        with Ledger.open(self.home, "") as ledger:
            return [record.state for record in ledger.list()]

    def kill_worker(self) -> None:
        pid = int(notice.read(self.home)["pid"])
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: not Path(f"/proc/{pid}/cmdline").is_file() or _zombie(pid))

    def finished(self, run: subprocess.Popen[str]) -> str:
        out, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
        return out

    def takes(self) -> list[str]:
        folder = self.cut.with_suffix(".pickup") / "takes"
        return sorted(path.name for path in folder.glob("*.mov"))


def _zombie(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.is_file() and "State:\tZ" in status.read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    if sys.platform != "linux":
        pytest.skip("looks for its processes in /proc")
    with FakeOpenAIVideos() as fake:
        fake.film = film_bytes(4, width=640, height=360)
        fake.polls = SLOW
        made = Desk(tmp_path, fake)
        yield made
        if made.home.is_dir() and notice.read(made.home):
            notice.ask_to_leave(made.home, str(notice.read(made.home)["worker"]))


def test_an_interrupt_leaves_the_orders_and_the_next_run_goes_on(desk: Desk) -> None:
    run = desk.fill()
    desk.until(lambda: desk.fake.charges == 2)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=30)
    assert (run.returncode, out) == (130, "")
    assert err.strip().splitlines()[-1] == (
        "pickup: Stopped; nothing that was done is lost. Run the same command to go on."
    )
    assert not desk.cut.with_name("scene.filled.otio").exists()
    desk.fake.polls = 1
    out = desk.finished(desk.fill())
    assert "Filled cut:" in out
    assert desk.fake.charges == 2
    assert desk.takes() == ["pk010_t01.mov", "pk020_t01.mov"]


def test_all_killed_before_the_download_the_finished_takes_are_found_again(desk: Desk) -> None:
    run = desk.fill()
    desk.until(lambda: desk.fake.charges == 2 and set(desk.states()) == {OrderState.SUBMITTED})
    run.kill()
    run.communicate()
    desk.kill_worker()
    desk.fake.polls = 0  # meanwhile the service is done with both
    out = desk.finished(desk.fill())
    assert "pk010_t01" in out
    assert desk.fake.charges == 2
    assert desk.states() == [OrderState.FETCHED] * 2
    with Ledger.open(desk.home, "") as ledger:
        ids = {record.job_id for record in ledger.list()}
    assert ids == set(desk.fake.jobs)


def test_a_run_killed_while_it_conforms_orders_nothing_anew(desk: Desk) -> None:
    desk.fake.polls = 0
    run = desk.fill()
    desk.until(lambda: desk.states() == [OrderState.FETCHED] * 2)
    run.kill()
    run.communicate()
    desk.finished(desk.fill())
    assert desk.fake.charges == 2
    sidecars = sorted(desk.cut.with_suffix(".pickup").glob("takes/*.json"))
    records = [json.loads(path.read_text("utf-8")) for path in sidecars]
    assert [record["record"]["take"] for record in records] == [1, 1]
    left = [p.name for p in desk.cut.parent.rglob("*") if p.name.startswith(".pickup-")]
    assert left == []
