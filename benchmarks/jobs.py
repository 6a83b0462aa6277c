"""The order book and its worker: 500 orders in flight, and how soon a finished take is here.

Run by ``python -m benchmarks.jobs``. The service is a folder, but each poll goes over HTTP on
loopback as a real one's does, so that what is measured is all that Pickup does for an order.
"""

from __future__ import annotations

import http.server
import json
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from tests.e2e.crash.farm import Farm, take_order
from tests.e2e.crash.run_worker import Options

from pickup.cut.model import Raster
from pickup.fill.prepare import ShotSettings
from pickup.fill.run import fill
from pickup.fill.values import FillOptions, Silent
from pickup.hosts.file import FileHost
from pickup.jobs.fulfil import describe
from pickup.jobs.ledger import Ledger
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState
from pickup.testing.fakes import film_bytes
from pickup.testing.fakes.openai_videos import FakeOpenAIVideos

if TYPE_CHECKING:
    from pickup.cut.model import CutFile
    from pickup.fill.values import Bill
    from pickup.hosts.base import Written
    from pickup.testing.fakes.server import FakeJob

IN_FLIGHT = 500
WATCHED_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


def order(ledger: Ledger, farm: Farm, count: int) -> None:
    (card,) = farm.cards()
    orders = [take_order(f"sh{n:04d}") for n in range(count)]
    ledger.reserve([describe(each, farm, card, ledger) for each in orders], NO_LIMITS)


def wait_for(ledger: Ledger, state: OrderState) -> float:
    """When the last order came into this state."""
    while True:
        records = ledger.list()
        if all(record.state is state for record in records):
            return max(record.updated for record in records)
        time.sleep(0.05)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def serve() -> tuple[http.server.ThreadingHTTPServer, str]:
    """What a poll is answered from."""

    class Answer(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = json.dumps({"id": self.path, "status": "in_progress", "progress": 50}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def in_flight(folder: Path) -> dict[str, float]:
    """What one worker needs while 500 jobs are being made elsewhere."""
    farm = Farm(folder / "farm")
    server, url = serve()
    options = Options(
        str(folder / "home"),
        {"farm": str(farm.folder)},
        seconds=1e9,
        idle=None,
        pace=None,
        door=url,
    )
    worker = options.start()
    begun = time.monotonic()
    try:
        with Ledger.open(folder / "home", "") as ledger:
            order(ledger, farm, IN_FLIGHT)
            wait_for(ledger, OrderState.SUBMITTED)
        submitted = time.monotonic() - begun
        time.sleep(30)  # until the polls are spread out
        before, since = cpu_seconds(worker.pid), time.monotonic()
        time.sleep(WATCHED_SECONDS)
        used = (cpu_seconds(worker.pid) - before) / (time.monotonic() - since)
        return {
            "seconds until 500 are submitted": round(submitted, 1),
            "percent of a core": round(100 * used, 2),
            "peak megabytes": round(peak_megabytes(worker.pid), 1),
        }
    finally:
        worker.kill()
        worker.wait()
        server.shutdown()


class Service(FakeOpenAIVideos):
    """A service on loopback that is done with each job so many seconds after it took it."""

    seconds = 10.0

    def _status(self, job: FakeJob) -> tuple[str, Any]:
        if time.time() - job.created < self.seconds:
            return "in_progress", None
        job.polls = self.polls + 1
        return super()._status(job)


class Clock(Silent):
    """A watcher that notes when each stretch of work began, and agrees to everything."""

    def __init__(self) -> None:
        self.begun: dict[str, float] = {}
        self.last = 0.0

    def begin(self, what: str, total: int) -> None:
        self.begun[what] = time.time()

    def advance(self, what: str, done: float, detail: str = "") -> None:
        self.last = time.time()

    def agree(self, bill: Bill) -> bool:
        return True


@dataclass
class Timed:
    """A file host that notes when the filled cut was there; the report comes after it."""

    file: FileHost
    name: str = "file"
    placing = placed = 0.0

    @property
    def cut_path(self) -> Path:
        return self.file.cut_path

    def read(self) -> CutFile:
        return self.file.read()

    def write(self, document: CutFile, placements: Any) -> Written:
        self.placing = time.time()
        written = self.file.write(document, placements)
        self.placed = time.time()
        return written


def cut_with(gaps: int, path: Path) -> Path:
    """Clips of two seconds with a gap of two seconds after each."""
    two_seconds = otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(48, 24)
    )
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for number in range(gaps):
        media = otio.schema.MissingReference()
        track.append(otio.schema.Clip(f"A{number:03d}", media, two_seconds))
        track.append(otio.schema.Gap(source_range=two_seconds))
    track.append(otio.schema.Clip("Z", otio.schema.MissingReference(), two_seconds))
    timeline = otio.schema.Timeline("cut")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(path))
    return path


def overhead(folder: Path, count: int) -> dict[str, float]:
    """From the service's being done with the last of `count` jobs to the clips on the timeline."""
    cut, clock = cut_with(count, folder / "cut.otio"), Clock()
    options = FillOptions(shots=ShotSettings(Raster(640, 360), model="openai-videos:bench"))
    with Service() as service:
        service.film = film_bytes(4, width=640, height=360)
        service.seconds = 10.0 if count == 1 else 30.0
        os.environ.update(
            PICKUP_HOME=str(folder / "home"),
            PICKUP_OPENAI_VIDEOS_BASE_URL=service.url,
            PICKUP_OPENAI_VIDEOS_API_KEY=service.key,
        )
        host = Timed(FileHost(cut, folder / "filled.otio"))
        result = fill(host, options, clock)
        done = max(job.created for job in service.jobs.values()) + service.seconds
    if len(result.filled) != count:
        raise SystemExit(f"{len(result.filled)} of {count} shots were filled: {result.failed}")
    here, conformed = clock.begun["Conforming"] - done, clock.last
    placed = host.placed - conformed
    return {
        "shots": count,
        "seconds until the files are here": round(here, 2),
        "seconds of conforming": round(conformed - clock.begun["Conforming"], 2),
        "seconds of placing and writing": round(placed, 2),
        "overhead, conforming apart": round(here + placed, 2),
        "a shot": round((here + placed) / count, 4),
    }


def main() -> int:
    results: dict[str, Any] = {}
    for name, measure in (
        ("500 in flight", in_flight),
        ("overhead of 1", lambda folder: overhead(folder, 1)),
        ("overhead of 200", lambda folder: overhead(folder, 200)),
    ):
        with tempfile.TemporaryDirectory() as folder:
            results[name] = measure(Path(folder))
            print(name, json.dumps(results[name]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
