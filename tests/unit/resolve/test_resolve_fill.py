"""The whole job on the fake: read, plan, film with the local model, conform, place, read back."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.e2e.footage import HEIGHT, WIDTH, film
from tests.unit.resolve.ways import bridged, direct

from pickup.cut.model import Raster
from pickup.fill.prepare import ShotSettings
from pickup.fill.run import fill
from pickup.fill.values import FillOptions, Retake, Silent
from pickup_resolve.exchange import ExchangeHost
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve
from pickup_resolve.testing.items import FakeMediaPoolItem, FakeTimelineItem
from pickup_resolve.testing.otio import write_otio

if TYPE_CHECKING:
    from pathlib import Path

NTSC = Fraction(24000, 1001)
GAPS = [(20, 38), (58, 70)]


@pytest.fixture
def fake(tmp_path: Path) -> FakeResolve:
    """Twenty frames of footage on either side of gaps of 18 and 12 frames."""
    fake = FakeResolve((20, 2, 1, 6), studio=False, rate=NTSC)
    (media,) = fake.project._pool.ImportMedia([str(film(tmp_path / "A004.mov", 90, NTSC))])
    items = fake.timeline._tracks["video"][0].items
    for name, start, left in (("A", 0, 0), ("B", 38, 30), ("C", 70, 60)):
        at = fake.timeline._start + start
        item = FakeTimelineItem(fake, fake.timeline, name, at, at + 20, media=media)
        item._left = left
        items.append(item)
    return fake


def options(**more) -> FillOptions:
    raster = Raster(WIDTH, HEIGHT)
    return FillOptions(
        shots=ShotSettings(model="animatic", raster=raster, lettering=False),
        budget=Decimal(0),
        **more,
    )


def placed(fake: FakeResolve) -> list[tuple[FakeTimelineItem, FakeMediaPoolItem]]:
    """The items that wear our colour, with what they show."""
    items = fake.timeline._tracks["video"][0].sorted()
    return [(item, item._media) for item in items if item._media and item._color]


@pytest.mark.parametrize("way", [direct, bridged])
def test_the_gaps_of_the_open_timeline_are_filled(tmp_path: Path, fake, way):
    with way(fake) as resolve:
        host = ResolveHost(resolve)
        result = fill(host, options(), Silent())
        again = fill(host, options(), Silent())
    assert not result.failed
    assert len(result.filled) == 2
    origin = fake.timeline._start
    assert [(i._start - origin, i._end - origin) for i, _ in placed(fake)] == GAPS
    for item, media in placed(fake):
        record = json.loads(media._third["pickup.record"])
        assert record["synthetic"] is True
        assert media._facts.frames == item._end - item._start + 16
        assert item._left == 8
    assert not again.filled
    assert not again.failed


def test_a_shot_is_retaken_where_it_stands(tmp_path: Path, fake):
    with direct(fake) as resolve:
        host = ResolveHost(resolve)
        shot = fill(host, options(), Silent()).filled[0].shot.id
        result = fill(host, options(retake=Retake(shot)), Silent())
    assert not result.failed
    first, media = placed(fake)[0]
    assert (len(first._takes), first._take) == (2, 2)
    assert media._name.startswith(f"{shot}_t02")
    assert len(placed(fake)) == 2


def test_by_files_the_result_imports_exact_and_online(tmp_path: Path, fake):
    exported = tmp_path / "Scene 4.otio"
    write_otio(fake.timeline, exported)
    result = fill(ExchangeHost(exported), options(), Silent())
    assert not result.failed
    imported = fake.import_by_hand(result.out)
    items = imported._tracks["video"][0].sorted()
    edges = [(item._start - imported._start, item._end - imported._start) for item in items]
    assert edges == [(0, 20), (20, 38), (38, 58), (58, 70), (70, 90)]
    assert all(item._media is not None for item in items)
    assert [item._left for item in items] == [0, 8, 30, 8, 60]
