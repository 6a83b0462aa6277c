"""Any layout of clips, as a document of each format: its gaps are found, filled, and no more."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from tests.unit.formats_cross.layouts import (
    Block,
    Lane,
    Layout,
    as_edl,
    as_fcpxml,
    as_otio,
    as_xmeml,
    layouts,
    single,
)

from pickup.cut.files import open_cut_file, save_cut
from pickup.cut.gap import GapKind
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import ItemKind, Raster
from pickup.cut.placement import Placement, TakeMedia

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.cut.gap import Gap
    from pickup.cut.model import Cut

    Writes = Callable[[Layout], str]

EMPTY = GapOptions(kinds=frozenset({GapKind.EMPTY}))
FORMATS = [("cut.otio", as_otio), ("cut.xml", as_xmeml), ("cut.fcpxml", as_fcpxml)]


def opened(folder: str, name: str, text: str) -> Cut:
    path = Path(folder, name)
    path.write_text(text, encoding="utf-8")
    return open_cut_file(path).cuts[0]


def found(cut: Cut) -> list[tuple[int, int]]:
    return [(gap.start, gap.duration) for gap in find_gaps(cut, EMPTY).gaps]


def filler(cut: Cut, gap: Gap) -> Placement:
    take = TakeMedia(
        path=Path(f"/takes/{gap.id}.mov"),
        name=gap.id,
        rate=cut.rate,
        frames=gap.duration + 8,
        head=4,
        start=1500,
        drop_frame=False,
        reel=f"PU{gap.start}",
        raster=Raster(640, 360),
        metadata={"schema": 1, "shot": gap.id, "gap": gap.id, "take": "t1", "synthetic": True},
    )
    return Placement(gap.start, gap.end, gap.id, (take,), track=gap.track)


def blocks(cut: Cut) -> set[tuple[str, int, int, bool]]:
    """The clips that are not ours."""
    return {
        (item.name, item.start, item.end, item.enabled)
        for track in cut.tracks
        for item in track.items
        if item.kind is ItemKind.CLIP and item.pickup is None
    }


def check(name: str, write: Writes, layout: Layout) -> None:
    """Read, compare, fill, read again."""
    with tempfile.TemporaryDirectory() as folder:
        text = write(layout)
        cut = opened(folder, name, text)
        assert (cut.rate, cut.duration) == (layout.rate, layout.duration)
        assert found(cut) == layout.gaps()
        document = open_cut_file(Path(folder, name))
        mine = document.cuts[0]
        placements = [filler(mine, gap) for gap in find_gaps(mine, EMPTY).gaps]
        out = Path(folder, f"out{Path(name).suffix}")
        save_cut(document, mine, placements, out)
        again = open_cut_file(out).cuts[0]
        assert found(again) == []
        assert (again.duration, again.start, again.rate) == (cut.duration, cut.start, cut.rate)
        assert blocks(again) == blocks(cut)
        placed = {(i.start, i.end) for t in again.video_tracks for i in t.items if i.pickup}
        assert placed == {(p.start, p.end) for p in placements}
        assert Path(folder, name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(("name", "write"), FORMATS)
@settings(deadline=None, max_examples=60)
@given(layout=layouts())
def test_any_layout(name: str, write: Writes, layout: Layout) -> None:
    check(name, write, layout)


@settings(deadline=None, max_examples=60)
@given(layout=single())
def test_any_list(layout: Layout) -> None:
    check("cut.edl", as_edl, layout)


@pytest.mark.parametrize(("name", "write"), FORMATS)
@pytest.mark.parametrize(
    "layout",
    [
        Layout((Lane(()),)),
        Layout((Lane(()),), sound=200),
        Layout((Lane((Block(0, 1),)),), sound=200),
        Layout((Lane((Block(30, 60),)),)),
        Layout((Lane((Block(0, 40, enabled=False),)),)),
        Layout((Lane((Block(0, 40),), enabled=False), Lane((Block(10, 20),)))),
        Layout((Lane((Block(0, 20), Block(20, 40, enabled=False), Block(40, 60))),)),
        Layout((Lane((Block(0, 20), Block(50, 60))), Lane((Block(20, 35),)))),
        Layout((Lane((Block(0, 20), Block(31, 60))),)),
        Layout((Lane((Block(0, 20), Block(32, 60))),)),
        Layout((Lane(()), Lane(()), Lane((Block(15, 40), Block(60, 80))))),
    ],
)
def test_the_edges(name: str, write: Writes, layout: Layout) -> None:
    check(name, write, layout)


@settings(deadline=None, max_examples=30)
@given(layout=layouts())
def test_all_formats_see_the_same(layout: Layout) -> None:
    with tempfile.TemporaryDirectory() as folder:
        seen = [found(opened(folder, name, write(layout))) for name, write in FORMATS]
    assert seen[0] == seen[1] == seen[2]
