"""Reading and writing a long Final Cut Pro 7 XML, against otio-fcp-adapter on the same cut.

The work alone is timed, best of the runs, each in a process of its own; imports are not counted on
either side. Pickup writes twice: gaps filled in place, and a whole new document.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.xmeml_cuts import premiere_like

CLIPS = 10_000
_TIMED = """
import sys, time
from pathlib import Path
{setup}
started = time.perf_counter()
{work}
print(time.perf_counter() - started)
"""
_OTIO = "import opentimelineio as otio; otio.adapters.available_adapter_names()"
_OTIO_READ = "made = otio.adapters.read_from_file(sys.argv[1], 'fcp_xml')"
_PICKUP = """
from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.xmeml import XmemlFormat
import pickup.cut.formats.xmeml.writer
path, out = Path(sys.argv[1]), Path(sys.argv[2])
"""
_PICKUP_READ = "document = XmemlFormat().read(path, ReadOptions())"
_PLACEMENTS = """
from pickup.cut.gaps import find_gaps
from pickup.cut.model import Raster
from pickup.cut.placement import Placement, TakeMedia
cut = document.cuts[0]
def put(gap):
    take = TakeMedia(Path("/t") / f"{gap.id}.mov", gap.id, cut.rate, gap.duration, 0, cut.start,
                     False, "PK", Raster(1920, 1080), metadata={"gap": gap.id})
    return Placement(gap.start, gap.end, gap.id, (take,), track=gap.track)
placements = [put(gap) for gap in find_gaps(cut).gaps]
"""
_FILL = "XmemlFormat().write(document, cut, placements, out, WriteOptions())"
_EXPORT = "XmemlFormat().export(cut, placements, out, WriteOptions())"


def measured(setup: str, work: str, *arguments: str, runs: int) -> float:
    """Seconds that `work` takes, the best of the runs."""
    code = _TIMED.format(setup=setup, work=work)
    command = [sys.executable, "-c", code, *arguments]
    return min(
        float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        for _ in range(runs)
    )


def compare(clips: int, runs: int) -> dict[str, float]:
    """Seconds by what was done."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "long.xml", Path(folder) / "out.xml"
        path.write_bytes(premiere_like(clips))
        names = (str(path), str(out))
        filled = f"{_PICKUP}{_PICKUP_READ}{_PLACEMENTS}"
        otio_write = "otio.adapters.write_to_file(made, sys.argv[2], 'fcp_xml')"
        return {
            "otio-fcp-adapter reads": measured(_OTIO, _OTIO_READ, *names, runs=1),
            "Pickup reads": measured(_PICKUP, _PICKUP_READ, *names, runs=runs),
            "otio-fcp-adapter writes": measured(
                f"{_OTIO}\n{_OTIO_READ}", otio_write, *names, runs=1
            ),
            "Pickup fills": measured(filled, _FILL, *names, runs=runs),
            "Pickup exports": measured(filled, _EXPORT, *names, runs=runs),
        }


def main(clips: int = CLIPS, runs: int = 3) -> None:
    took = compare(clips, runs)
    print(f"{clips} clips")
    for what, seconds in took.items():
        print(f"{what:>25} {seconds:8.2f} s")
    read = took["otio-fcp-adapter reads"] / took["Pickup reads"]
    fill, export = (
        took["otio-fcp-adapter writes"] / took[f"Pickup {verb}"] for verb in ("fills", "exports")
    )
    print(f"faster: read {read:.1f} times, fill {fill:.1f} times, export {export:.1f} times")


if __name__ == "__main__":
    main()
