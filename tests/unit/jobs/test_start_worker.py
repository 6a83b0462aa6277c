"""How a front end starts a worker: detached, with its home, and with a log that stays small."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pickup.errors import RequestError
from pickup.jobs import client

if TYPE_CHECKING:
    from pickup.jobs.ledger import Ledger


class Process:
    """What was started; it lives until told otherwise."""

    def __init__(self, command: list[str], **given: Any) -> None:
        self.command, self.given = command, given
        self.ended: int | None = None
        given["stdout"].write(b"hello from the worker\n")

    def poll(self) -> int | None:
        return self.ended


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    made: list[Process] = []

    def start(command: list[str], **given: Any) -> Process:
        made.append(Process(command, **given))
        return made[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(client, "_started", {})
    return made


def test_it_runs_the_worker_and_nothing_but(ledger: Ledger, started: list[Process]) -> None:
    client.start_worker(ledger)
    (process,) = started
    assert process.command == [sys.executable, "-m", "pickup.jobs.worker"]
    assert process.given["stdin"] == subprocess.DEVNULL


def test_it_outlives_whoever_started_it(ledger: Ledger, started: list[Process]) -> None:
    client.start_worker(ledger)
    if sys.platform == "win32":
        assert started[0].given["creationflags"]
    else:
        assert started[0].given["start_new_session"] is True


def test_it_has_the_same_home_store_and_source(
    ledger: Ledger, started: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/some/where")
    monkeypatch.setenv("FAL_KEY", "k")
    client.start_worker(ledger)
    environment = started[0].given["env"]
    assert environment["PICKUP_HOME"] == str(ledger.home)
    assert environment["PICKUP_STORE"] == str(ledger.store)
    assert environment["PICKUP_DATABASE_URL"] == ""
    assert environment["FAL_KEY"] == "k"
    first, *others = environment["PYTHONPATH"].split(os.pathsep)
    assert (Path(first) / "pickup" / "jobs" / "worker.py").is_file()
    assert others == ["/some/where"]
    assert os.environ["PYTHONPATH"] == "/some/where", "our own environment is as it was"


def test_what_it_says_is_kept_and_added_to(ledger: Ledger, started: list[Process]) -> None:
    for _ in range(2):
        client.start_worker(ledger)
    log = ledger.home / "worker.log"
    assert log.read_text("utf-8") == "hello from the worker\n" * 2


def test_a_log_that_has_grown_steps_aside(
    ledger: Ledger, started: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LOG_BYTES", 100)
    log = ledger.home / "worker.log"
    log.write_text("x" * 101, "utf-8")
    client.start_worker(ledger)
    assert (ledger.home / "worker.old.log").read_text("utf-8") == "x" * 101
    assert log.read_text("utf-8") == "hello from the worker\n"


def test_one_that_is_about_to_work_counts_as_alive(ledger: Ledger, started: list[Process]) -> None:
    assert not client.alive(ledger)
    client.start_worker(ledger)
    assert client.alive(ledger)
    assert not client.at_work(ledger)
    started[0].ended = 1
    assert not client.alive(ledger)


def test_it_is_seen_to_that_there_is_one_and_not_two(
    ledger: Ledger, started: list[Process]
) -> None:
    for _ in range(3):
        client.see_to(ledger)
    assert len(started) == 1
    started[0].ended = 0
    client.see_to(ledger)
    assert len(started) == 2


def test_without_its_parts_none_is_started(
    ledger: Ledger, started: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RequestError, match=r'pip install "pickup-shots\[cloud\]"'):
        client.start_worker(ledger)
    assert started == []
    assert not (ledger.home / "worker.log").exists()


def test_why_a_worker_does_not_start_is_its_own_last_word(ledger: Ledger) -> None:
    assert "it said nothing" in client._why_not(ledger)
    (ledger.home / "worker.log").write_text("Traceback\n\nNo space left.\n \n", "utf-8")
    told = client._why_not(ledger)
    assert "does not start (No space left.)" in told
    assert str(ledger.home / "worker.log") in told
