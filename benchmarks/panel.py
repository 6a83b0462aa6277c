"""How quick the panel is: `python -m benchmarks.panel`.

Shown: from the start of `pickup panel` as a process of its own to the first picture. Strip: one
frame of scrolling and of zooming at 10,000 items. Block: the longest time in which the UI thread
answered nothing while 200 shots were made. Own work is what it computed in that time itself; held
is that and waiting for the interpreter, without waiting for a core (Linux tells), which depends on
what else the machine does.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from pickup.cut.model import Cut, Item, ItemKind, Marker, Track

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup_ui.panel import Panel

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ITEMS, SHOTS = 10_000, 200


def large_cut(items: int, tracks: int = 4, gap_every: int = 25) -> Cut:
    """A cut of many items on several tracks, with gaps through all of them here and there."""
    made = [Track("video" if number < 3 else "audio") for number in range(tracks)]
    each = items // tracks
    for number, track in enumerate(made):
        position = 0
        for index in range(each):
            length = 24 + (index * 7 + number * 5) % 40 if number else 48
            if track.kind == "video" and position // 48 % gap_every == gap_every - 1:
                position += 48 - position % 48
                continue
            end = position + length
            if track.kind == "video":
                # No picture reaches into the gaps.
                end = min(end, (position // 48 // gap_every * gap_every + gap_every - 1) * 48)
            name = f"A{number:03d}_C{index:04d}"
            kind = ItemKind.TITLE if index % 17 == 3 and number else ItemKind.CLIP
            track.items.append(Item(kind, name, position, max(end, position + 1)))
            position = max(end, position + 1)
    last = max(track.items[-1].end for track in made)
    markers = [Marker(f"note {n}", n * 960) for n in range(last // 960)]
    return Cut("Long", Fraction(24), 86400, tracks=made, markers=markers)


def shown() -> float:
    """Seconds from the start of a process to the first picture of the panel."""
    code = (
        "from pickup_ui.app import application\n"
        "from pickup_ui.panel import Panel\n"
        "app = application()\n"
        "panel = Panel()\n"
        "panel.show()\n"
        "app.processEvents()\n"
        "import time; print(time.time())\n"
        "panel.tasks.close()\n"
        "import os; os._exit(0)\n"
    )
    times = []
    for _ in range(3):
        began = time.time()
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        times.append(float(done.stdout.split()[-1]) - began)
    return min(times)


def strip_frames(panel: Panel) -> dict[str, float]:
    """Milliseconds a frame of the strip, median and worst of 120, scrolling and zooming."""
    from dataclasses import replace

    from pickup_ui.qt import QApplication
    from pickup_ui.work.opening import Preferences, look_at

    opened = panel.session.opened
    assert opened is not None
    document = replace(opened.document, cuts=[large_cut(ITEMS)])
    panel.session.show(look_at(opened.host, opened.folder, document, 0, Preferences()))
    panel.strip.resize(1280, 160)
    QApplication.processEvents()
    result = {"items": float(sum(len(lane.boxes) for lane in panel.strip.data.lanes))}
    panel.strip.fit()
    moves: dict[str, Callable[[int], None]] = {
        "whole": lambda n: panel.strip.redraw(),
        "zoom": lambda n: panel.strip.zoom(1.08 if n < 60 else 1 / 1.08, 640),
        "scroll": lambda n: panel.strip.scroll_by(40),
    }
    for name, move in moves.items():
        if name == "scroll":
            panel.strip.zoom(12, 640)
        times = []
        for number in range(120):
            began = time.perf_counter()
            move(number)
            panel.strip.repaint()
            times.append((time.perf_counter() - began) * 1000)
        result[f"{name} median ms"] = statistics.median(times)
        result[f"{name} worst ms"] = max(times)
    return result


class Watch:
    """Asks the UI thread for an answer as often as it can, and notes how long it took."""

    def __init__(self) -> None:
        from pickup_ui.qt import QTimer

        self.blocks: list[float] = []
        self.own: list[float] = []
        self.held: list[float] = []
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._waited = self._for_a_core()
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.blocks.append((now - self._last) * 1000)
        self.own.append((worked - self._worked) * 1000)
        waited = self._for_a_core()
        self.held.append(self.blocks[-1] - (waited - self._waited) * 1000)
        self._last, self._worked, self._waited = now, worked, waited
        time.sleep(0.0005)

    @staticmethod
    def _for_a_core() -> float:
        """Seconds that this thread was ready to run and had no core, in its whole life."""
        told = Path("/proc/thread-self/schedstat")
        return int(told.read_text("ascii").split()[1]) / 1e9 if told.exists() else 0.0

    def stop(self) -> None:
        self._timer.stop()


def long_order(panel: Panel, folder: Path, shots: int = SHOTS) -> dict[str, float]:
    """What the UI thread felt while many small shots were made."""
    from pickup_ui.qt import QApplication

    cut = many_gaps(folder, shots)
    panel.open(cut)
    _until(lambda: panel.session.opened is not None and len(panel.session.shots) == shots)
    _until(lambda: panel.tasks.running == 0)
    watch = Watch()
    began = time.perf_counter()
    panel.orders.order_wanted()
    _until(lambda: panel.orders.running)
    _until(lambda: not panel.orders.running, 600)
    for _ in range(20):
        QApplication.processEvents()
    watch.stop()
    blocks = sorted(watch.blocks)
    return {
        "shots made": float(sum(bool(s.takes) for s in panel.session.shots.values())),
        "seconds": time.perf_counter() - began,
        "longest block ms": blocks[-1],
        "longest own work ms": max(watch.own),
        "own work over 16 ms": float(sum(work > 16 for work in watch.own)),
        "longest held ms": max(watch.held),
        "held over 16 ms": float(sum(held > 16 for held in watch.held)),
        "99.9 % ms": blocks[int(len(blocks) * 0.999)],
        "over 16 ms": float(sum(block > 16 for block in blocks)),
        "beats": float(len(blocks)),
    }


def many_gaps(folder: Path, gaps: int) -> Path:
    """A cut of many short gaps between clips of one small film."""
    import opentimelineio as otio
    from tests.e2e.footage import film

    media = film(folder / "media" / "a.mov", 60, Fraction(24))
    timeline = otio.schema.Timeline("Many")
    track = otio.schema.Track("Video 1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)

    def span(start: int, length: int) -> otio.opentime.TimeRange:
        time_of = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time_of(start, 24), time_of(length, 24))

    for number in range(gaps):
        reference = otio.schema.ExternalReference(str(media), span(0, 60))
        track.append(otio.schema.Clip(f"c{number}", reference, span(number % 30, 24)))
        track.append(otio.schema.Gap(duration=otio.opentime.RationalTime(12, 24)))
    track.append(otio.schema.Clip("end", reference, span(0, 24)))
    path = folder / "many.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def _until(condition: object, seconds: float = 60) -> None:
    from pickup_ui.qt import QApplication

    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        QApplication.processEvents()
        if time.monotonic() > end:
            raise TimeoutError("the panel did not come to rest")


def main() -> int:
    shots = int(sys.argv[1]) if len(sys.argv) > 1 else SHOTS
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PICKUP_HOME"] = str(Path(folder) / "home")
        results: dict[str, object] = {"shown s": shown()}
        from pickup_ui.app import application
        from pickup_ui.panel import Panel

        application()
        panel = Panel()
        panel.show()
        panel.start()
        panel.open(many_gaps(Path(folder) / "small", 3))
        _until(lambda: panel.session.opened is not None and panel.tasks.running == 0)
        results["strip"] = strip_frames(panel)
        results["order"] = long_order(panel, Path(folder) / "many", shots)
        panel.close()
    print(json.dumps(results, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
