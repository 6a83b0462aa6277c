"""A worker of the tests, in a process of its own: it knows the farms, and may be told to crash.

``python -m tests.e2e.crash.run_worker OPTIONS``, where OPTIONS is JSON; see `Options`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.crash.farm import Farm, kill_self

if TYPE_CHECKING:
    from pickup.jobs.ledger import Ledger

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Options:
    """What the worker is to be like.

    Attributes:
        home: its home.
        farms: folder of each farm by its name.
        url: of a Postgres.
        store: shared by workers of different homes.
        seconds: how long a job takes.
        hanging: farms that answer nothing.
        records: whether the farms keep a record.
        crash_at: a boundary at which it dies.
        full_at: a boundary at which the disk is full, for two seconds, and once.
        patience: seconds for which a locked ledger is waited for.
        review: seconds between two looks for workflows that came to nothing.
        idle: seconds after which it ends.
        pace: fields of `flow.Pace`, hurried; None is the real pace.
        door: a URL that is asked at each poll, as a real service would be.
        updated: it runs a newer program, with other code in it.
        clock: seconds by which its clock jumps at each look.
        kept_days: how long ended workflows are kept.
    """

    home: str
    farms: dict[str, str]
    url: str = ""
    store: str = ""
    seconds: float = 0.3
    hanging: list[str] = field(default_factory=list)
    records: bool = True
    crash_at: str = ""
    full_at: str = ""
    patience: float = 30.0
    review: float | None = None
    idle: float | None = 1.0
    pace: dict[str, float] | None = field(default_factory=dict)
    door: str = ""
    updated: bool = False
    clock: float = 0.0
    kept_days: float = 30

    def start(self) -> subprocess.Popen[bytes]:
        paths = [str(ROOT / "core"), str(ROOT)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        environment["PICKUP_STORE"] = self.store or self.home
        environment["PICKUP_HOME"] = self.home
        text = json.dumps(asdict(self))
        Path(self.home).mkdir(parents=True, exist_ok=True)
        with (Path(self.home) / "test-worker.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.crash.run_worker", text],
                cwd=ROOT,
                env=environment,
                stderr=log,
            )

    def log(self) -> str:
        return (Path(self.home) / "test-worker.log").read_text("utf-8", "replace")


def main(options: Options) -> None:
    if options.clock:
        _jump(options.clock)
    from pickup.errors import PickupError
    from pickup.jobs import worker as module
    from pickup.jobs.flow import Pace
    from pickup.jobs.ledger import Ledger

    if options.updated:
        _update()

    if options.review is not None:
        module.REVIEW_SECONDS = options.review

    full = [options.full_at]

    def boundary(name: str) -> None:
        if name == options.crash_at:
            kill_self()
        if name in full:
            full.remove(name)
            _fill_disk(2.0)

    farms = {
        name: Farm(
            Path(folder),
            name,
            records=options.records,
            seconds=options.seconds,
            hangs=name in options.hanging,
            door=options.door,
        )
        for name, folder in options.farms.items()
    }
    hurried = {"first": 0.05, "per_job": 0.0, "grace": 0.5, "trouble": 0.1}
    pace = {} if options.pace is None else {**hurried, **options.pace}
    try:
        ledger: Ledger = Ledger.open(url=options.url, busy_seconds=options.patience)
        worker = module.Worker(
            ledger,
            farms.__getitem__,
            pace=Pace(**pace),  # type: ignore[arg-type]
            boundary=boundary,
            idle=options.idle,
            kept=timedelta(days=options.kept_days),
        )
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        worker.run()
    except PickupError as error:
        print(error, file=sys.stderr, flush=True)
        module.end(error.exit_status)
    module.end(0)


def _update() -> None:
    """One workflow more: DBOS, asked to name the version by itself, would make up another."""
    from dbos import DBOS

    @DBOS.workflow(name="new_in_this_version")
    def new_in_this_version() -> None:
        pass


def _fill_disk(seconds: float) -> None:
    """No file of this process can grow until `seconds` have passed, as on a disk that is full."""
    import resource
    import threading

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    threading.Timer(seconds, resource.setrlimit, (resource.RLIMIT_FSIZE, before)).start()


def _jump(step: float) -> None:
    """A wall clock that leaps forwards and backwards by `step` seconds at each look."""
    import itertools
    import time

    real, signs = time.time, itertools.cycle((0, 1, -1))
    time.time = lambda: real() + step * next(signs)


if __name__ == "__main__":
    main(Options(**json.loads(sys.argv[1])))
