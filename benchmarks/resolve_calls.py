"""Calls to DaVinci Resolve, counted on the fake: reading 2,000 items, placing 12 clips among 60.

Run by ``python -m benchmarks.resolve_calls``. A call to Resolve takes from one to some ten
milliseconds, so that their number is what an editor waits for.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.unit.resolve.scenes import GROUPS, build, placements

from pickup_resolve.api import Resolve
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve
from pickup_resolve.testing.items import FakeTimelineItem

ITEMS = 2000
PER_ITEM, PER_CLIP, ONCE = 3.0, 12, 40


def reading() -> float:
    """Calls an item to read a long timeline."""
    fake = FakeResolve()
    track = fake.timeline._tracks["video"][0]
    for number in range(ITEMS):
        start = 86400 + 30 * number
        track.items.append(
            FakeTimelineItem(fake, fake.timeline, f"T{number}", start, start + 29, kind="title")
        )
    ResolveHost(Resolve.of(fake)).read()
    return fake.calls.total() / ITEMS


def placing(folder: Path) -> tuple[int, int]:
    """Calls to place a clip in every gap of the scene: its own, and those of three snapshots."""
    scene = build(folder)
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    wanted = placements(folder, document.cuts[0])
    before = sum(len(items) for items in scene.before.values())
    scene.fake.calls.clear()
    host.write(document, {0: wanted})
    snapshots = 3 * (before + 2 * (before + GROUPS)) + 3 * 6
    return scene.fake.calls.total() - snapshots, snapshots


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PICKUP_HOME"] = str(Path(folder, "home"))
        per_item = reading()
        own, snapshots = placing(Path(folder))
    allowed = PER_CLIP * GROUPS + ONCE
    print(f"reading {ITEMS} items     {per_item:.3f} calls an item, at most {PER_ITEM:.0f}")
    print(
        f"placing {GROUPS} clips       {own} calls, at most {allowed} ({PER_CLIP} a clip + {ONCE})"
    )
    print(f"  and three snapshots  {snapshots} calls, 3 for each item that stands there")
    return 0 if per_item <= PER_ITEM and own <= allowed else 1


if __name__ == "__main__":
    sys.exit(main())
