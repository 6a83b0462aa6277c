"""Kills workers and front ends, at every boundary of an order and at random instants.

Then it counts the charges. What is ordered are new takes, several of a shot, and remixes,
extensions and upscales of older ones; from a service with a record of its jobs, and from another.

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
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.crash.farm import Farm, kill_self, take_order

from pickup.files import sha256_of
from pickup.jobs.flow import Pace
from pickup.jobs.fulfil import describe, fulfil
from pickup.jobs.ledger import Ledger
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState
from pickup.jobs.worker import Worker, end
from pickup.shots.request import ShotRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pickup.jobs.orders import TakeOrder

BOUNDARIES = (
    "enqueued",
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
    "let go",
)
CHANGES = ("remix", "extend:4", "upscale")
PACE = Pace(first=0.05, per_job=0.0, grace=0.3, trouble=0.1)
PATIENCE = 60.0


@dataclass
class Report:
    """What the kills have led to."""

    kills: int = 0
    front_ends: int = 0
    orders: int = 0
    changed: int = 0
    fetched: int = 0
    double_charges: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    boundaries: list[str] = field(default_factory=list)


class Chaos:
    """One home, two services (one of which keeps no record), and many short-lived processes."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.home = folder / "home"
        self.farms = {
            "farm": Farm(folder / "farm"),
            "amnesiac": Farm(folder / "amnesiac", "amnesiac", records=False),
        }
        self.random = random.Random(seed)
        self.shots = 0
        self.report = Report()

    def wanted(self, count: int, forgetful: float = 0.0) -> list[TakeOrder]:
        """New orders; this share of them from the service without a record."""
        wanted: list[TakeOrder] = []
        for _ in range(count):
            self.shots += 1
            name = "amnesiac" if self.random.random() < forgetful else "farm"
            takes = self.random.choice((1, 1, 2, 3))  # of one shot: alike in the farm's record
            wanted += [take_order(f"sh{self.shots:04d}", f"{name}:m", 1 + n) for n in range(takes)]
        return wanted

    def changes(self, count: int) -> list[TakeOrder]:
        """Orders for takes that are made from older ones."""
        with Ledger.open(self.home, "") as ledger:
            older = ledger.list(states=[OrderState.FETCHED])
        made = []
        for source in self.random.sample(older, min(count, len(older))):
            order = take_order(source.shot, source.model_name, self.random.randint(10, 10**6))
            change = self.random.choice(CHANGES)
            made.append(replace(order, source=source.key, change=change))
        return made

    def order(self, wanted: list[TakeOrder]) -> None:
        """As a front end does it that then leaves."""
        with Ledger.open(self.home, "") as ledger:
            for order in wanted:
                farm = self.farms[order.provider]
                (card,) = farm.cards()
                ledger.reserve([describe(order, farm, card, ledger)], NO_LIMITS)

    def worker(self, crash_at: str = "") -> int:
        """A worker in a process of its own; its process id."""

        def boundary(name: str) -> None:
            if name == crash_at:
                kill_self()

        def work() -> None:
            Worker(
                Ledger.open(self.home, ""),
                self.farms.__getitem__,
                pace=PACE,
                boundary=boundary,
                idle=0.5,
            ).run()

        return _forked(work)

    def front_end(self, wanted: list[TakeOrder]) -> int:
        """A front end that orders and waits; its process id."""

        def watch() -> None:
            with Ledger.open(self.home, "") as ledger:
                find = self.farms.__getitem__
                fulfil(wanted, ledger, lambda _: None, provider_of=find, start=lambda _: None)

        return _forked(watch)

    def crash_at(self, boundary: str, wanted: Sequence[TakeOrder] = ()) -> None:
        """Let a worker die where it first meets `boundary`."""
        self.order([*wanted] or [*self.wanted(1), *self.changes(1), *self.wanted(1)])
        if _ended(self.worker(boundary), PATIENCE) == -signal.SIGKILL:
            self.report.kills += 1
            self.report.boundaries.append(boundary)

    def crash_soon(self) -> None:
        """Let a worker die at any instant, from its first on, and now and then a front end too."""
        wanted = self.wanted(self.random.randint(0, 2), forgetful=0.25)
        wanted += self.changes(self.random.randint(0, 1))
        watching = self.front_end(wanted) if self.random.random() < 0.3 else 0
        if not watching:
            self.order(wanted)
        working = self.worker()
        for pid in self.random.sample([working, watching], 2):
            time.sleep(self.random.uniform(0.0, 0.8))
            if pid:
                os.kill(pid, signal.SIGKILL)
        if _ended(working, PATIENCE) == -signal.SIGKILL:
            self.report.kills += 1
        if watching and _ended(watching, PATIENCE) == -signal.SIGKILL:
            self.report.kills += 1
            self.report.front_ends += 1

    def settle(self) -> None:
        """Let one worker live until there is nothing more to do."""
        if _ended(self.worker(), 5 * PATIENCE) != 0:
            raise SystemExit("a worker that was let live did not end well")

    def finish(self) -> Report:
        """Settle what is left, and look at what there is."""
        self.settle()
        with Ledger.open(self.home, "") as ledger:
            records = ledger.list()
        report = self.report
        report.orders = len(records)
        for record in records:
            file = record.file
            if record.state is OrderState.FETCHED and file and sha256_of(file) == record.sha256:
                report.fetched += 1
                report.changed += bool(record.source)
            elif record.state is OrderState.UNKNOWN and record.provider == "amnesiac":
                report.unknown[f"{record.shot} take {record.take}"] = record.reason
            else:
                report.lost.append(f"{record.shot}: {record.state.value} {record.reason}")
        owners = Counter(record.job_id for record in records if record.job_id)
        report.lost += [f"{job} belongs to {n} orders" for job, n in owners.items() if n > 1]
        wanted = Counter(ShotRequest.model_validate_json(r.request).text for r in records)
        for farm in self.farms.values():
            if farm.records:
                # By words: takes that are alike may have got each other's job.
                paid = Counter(job["prompt"] for job in farm.jobs().values())
                report.double_charges += [words for words in paid if paid[words] > wanted[words]]
                report.lost += [f"{job} is nobody's" for job in farm.jobs() if job not in owners]
            else:
                report.double_charges += [key for key, n in farm.charges().items() if n > 1]
        return report


def run(kills: int, seed: int, folder: Path) -> Report:
    chaos = Chaos(folder, seed)
    for boundary in BOUNDARIES:
        chaos.crash_at(boundary)
    chaos.settle()
    chaos.crash_at("accepted", chaos.wanted(2, forgetful=1.0))
    while chaos.report.kills < kills:
        chaos.crash_soon()
    return chaos.finish()


def _forked(work: Callable[[], None]) -> int:
    """Do it in a process of its own, whose id it is."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    finally:
        end(status)
    raise AssertionError


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
