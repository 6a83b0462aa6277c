"""Kills workers, at every boundary of an order and at random instants, and counts the charges.

Run by itself: ``python -m tests.e2e.crash.chaos --kills 500``. The script imports what a worker
needs once and forks each worker from there, so that a life and a death take about a second.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.e2e.crash.farm import Farm, kill_self, take_order

from pickup.files import sha256_of
from pickup.jobs.flow import Pace
from pickup.jobs.fulfil import describe
from pickup.jobs.ledger import Ledger
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState
from pickup.jobs.worker import Worker, end

BOUNDARIES = (
    "before claim",
    "claimed",
    "accepted",
    "before reconcile",
    "accepted",
    "orphan found",
    "job id committed",
    "before poll",
    "polled",
    "before fetch",
    "fetched aside",
    "file landed",
    "file committed",
    "cost committed",
)
PACE = Pace(first=0.05, per_job=0.0, grace=0.3, trouble=0.1)
PATIENCE = 60.0


@dataclass
class Report:
    """What the kills have led to."""

    kills: int = 0
    orders: int = 0
    fetched: int = 0
    double_charges: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    boundaries: list[str] = field(default_factory=list)


class Chaos:
    """One home, two services (one of which keeps no record), and many short-lived workers."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.home = folder / "home"
        self.farms = {
            "farm": Farm(folder / "farm"),
            "amnesiac": Farm(folder / "amnesiac", "amnesiac", records=False),
        }
        self.random = random.Random(seed)
        self.report = Report()

    def order(self, count: int, forgetful: float = 0.0) -> None:
        """As a front end does it; this share of the orders from the service without a record."""
        for _ in range(count):
            self.report.orders += 1
            name = "amnesiac" if self.random.random() < forgetful else "farm"
            farm, (card,) = self.farms[name], self.farms[name].cards()
            order = take_order(f"sh{self.report.orders:04d}", card.name)
            with Ledger.open(self.home, "") as ledger:
                ledger.reserve([describe(order, farm, card, ledger)], NO_LIMITS)

    def start(self, crash_at: str = "") -> int:
        """A worker in a process of its own; its process id."""
        pid = os.fork()
        if pid:
            return pid

        def boundary(name: str) -> None:
            if name == crash_at:
                kill_self()

        worker = Worker(
            Ledger.open(self.home, ""),
            self.farms.__getitem__,
            pace=PACE,
            boundary=boundary,
            idle=0.5,
        )
        worker.run()
        end(0)
        raise AssertionError

    def crash_at(self, boundary: str) -> None:
        """Let a worker die where it first meets `boundary`."""
        self.order(2)
        pid = self.start(boundary)
        if _ended(pid, PATIENCE) == -signal.SIGKILL:
            self.report.kills += 1
            self.report.boundaries.append(boundary)

    def crash_soon(self) -> None:
        """Let a worker die at any instant, from its first on."""
        self.order(self.random.randint(0, 2), forgetful=0.25)
        pid = self.start()
        time.sleep(self.random.uniform(0.0, 1.6))
        os.kill(pid, signal.SIGKILL)
        if _ended(pid, PATIENCE) == -signal.SIGKILL:
            self.report.kills += 1

    def finish(self) -> Report:
        """Let one worker live, and look at what there is."""
        if _ended(self.start(), PATIENCE) != 0:
            raise SystemExit("the last worker did not end well")
        with Ledger.open(self.home, "") as ledger:
            records = ledger.list()
        charges: Counter[str] = Counter()
        for farm in self.farms.values():
            charges.update(farm.charges())
        self.report.double_charges = [key for key, times in charges.items() if times > 1]
        for record in records:
            file = record.file
            if record.state is OrderState.FETCHED and file and sha256_of(file) == record.sha256:
                self.report.fetched += 1
            elif record.state is OrderState.UNKNOWN and record.provider == "amnesiac":
                self.report.unknown[record.shot] = record.reason
            else:
                self.report.lost.append(f"{record.shot}: {record.state.value} {record.reason}")
        return self.report


def run(kills: int, seed: int, folder: Path) -> Report:
    chaos = Chaos(folder, seed)
    for boundary in BOUNDARIES:
        chaos.crash_at(boundary)
    while chaos.report.kills < kills:
        chaos.crash_soon()
    return chaos.finish()


def _ended(pid: int, patience: float) -> int:
    """The exit status of a child; negative where a signal ended it."""
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = run(asked.kills, asked.seed, Path(folder))
    print(json.dumps({**asdict(report), "seconds": round(time.monotonic() - begun, 1)}, indent=1))
    return 1 if report.double_charges or report.lost else 0


if __name__ == "__main__":
    sys.exit(main())
