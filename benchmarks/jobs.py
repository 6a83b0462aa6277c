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
from pathlib import Path
from typing import Any

from tests.e2e.crash.farm import Farm, take_order
from tests.e2e.crash.run_worker import Options

from pickup.jobs.fulfil import describe
from pickup.jobs.ledger import Ledger
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState

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


def overhead(folder: Path, count: int, seconds: float = 10.0) -> dict[str, float]:
    """From the service's being done with the last of `count` jobs to its file's being here."""
    farm = Farm(folder / "farm", seconds=seconds)
    worker = Options(
        str(folder / "home"), {"farm": str(farm.folder)}, seconds=seconds, idle=None, pace=None
    ).start()
    try:
        with Ledger.open(folder / "home", "") as ledger:
            order(ledger, farm, count)
            landed = wait_for(ledger, OrderState.FETCHED)
        jobs = [json.loads(path.read_text()) for path in farm.folder.glob("*.job")]
        done = max(job["at"] for job in jobs) + seconds
        late = landed - done
        return {
            "jobs": count,
            "seconds": round(late, 2),
            "seconds a job": round(late / count, 4),
        }
    finally:
        worker.kill()
        worker.wait()


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
