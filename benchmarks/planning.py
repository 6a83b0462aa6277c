"""Planning a large cut, against OpenTimelineIO's own read of the same file.

Both are whole processes, imports included: what an editor waits for.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.cuts import resolve_like
from benchmarks.timing import seconds

OTIO_READ = "import sys, opentimelineio as o; o.adapters.read_from_file(sys.argv[1])"
PLAN = """
import sys
from pathlib import Path
from pickup.cut.files import open_cut_file
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.gap import FILLED_KINDS
from pickup.cut.model import Raster
from pickup.shots.planner import PlanSettings, plan_shots
document = open_cut_file(Path(sys.argv[1]))
for cut in document.cuts:
    gaps = find_gaps(cut, GapOptions(kinds=FILLED_KINDS)).gaps
    plan_shots(cut, "cut", gaps, PlanSettings(raster=Raster(1920, 1080)))
"""
SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'items':>8} {'MB':>6} {'OTIO reads':>11} {'Pickup plans':>13} {'ratio':>6}")
        per_item = {}
        for items in SIZES:
            path = Path(folder) / f"{items}.otio"
            path.write_text(json.dumps(resolve_like(items), indent=4), "utf-8")
            runs = 3 if items < SIZES[-1] else 1
            read, plan = (seconds(c, str(path), runs=runs) for c in (OTIO_READ, PLAN))
            per_item[items] = plan / items
            size = path.stat().st_size / 1e6
            print(f"{items:>8} {size:>6.0f} {read:>9.2f} s {plan:>11.2f} s {plan / read:>6.2f}")
        growth = per_item[SIZES[-1]] / per_item[SIZES[1]]
        print(f"an item of {SIZES[-1]:,} costs {growth:.2f} times one of {SIZES[1]:,}")


if __name__ == "__main__":
    main()
