"""A home with farms, and workers that are surely gone when a test ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.e2e.crash.farm import Farm
from tests.e2e.crash.run_worker import Options

from pickup.jobs.ledger import Ledger

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pickup.jobs.orders import OrderRecord


class Site:
    """A home, its farms, and the workers that were started for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.farms = {name: Farm(folder / name, name) for name in ("farm", "other")}
        self.workers: list[subprocess.Popen[bytes]] = []

    def provider_of(self, name: str) -> Farm:
        return self.farms[name]

    def options(self, **changes: object) -> Options:
        farms = {name: str(farm.folder) for name, farm in self.farms.items()}
        given = {"home": str(self.home), "farms": farms, **changes}
        return Options(**given)  # type: ignore[arg-type]

    def start(self, **changes: object) -> subprocess.Popen[bytes]:
        worker = self.options(**changes).start()
        self.workers.append(worker)
        return worker

    def starter(self, **changes: object) -> Callable[[Ledger], None]:
        """For `fulfil(start=…)`."""

        def start(_: Ledger) -> None:
            if not self.workers or self.workers[-1].poll() is not None:
                self.start(**changes)

        return start

    def wait_for(
        self, ledger: Ledger, ready: Callable[[list[OrderRecord]], bool], seconds: float = 60
    ) -> list[OrderRecord]:
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            records = ledger.list()
            if ready(records):
                return records
            time.sleep(0.05)
        states = [(r.shot, r.state.value, r.reason) for r in ledger.list()]
        raise AssertionError(f"still waiting: {states}\n{self.options().log()[-3000:]}")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    place = Site(tmp_path)
    place.home.mkdir()
    yield place
    for worker in place.workers:
        worker.kill()
        worker.wait()


@pytest.fixture
def ledger(site: Site) -> Iterator[Ledger]:
    with Ledger.open(site.home, "") as book:
        yield book
