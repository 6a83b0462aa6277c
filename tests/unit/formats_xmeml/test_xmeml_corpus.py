"""Real documents: their gaps are those found without this program, and fill to nothing."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.xmeml import XmemlFormat
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import Raster
from pickup.cut.placement import Placement, TakeMedia

if TYPE_CHECKING:
    from pickup.cut.model import Cut

COLUMNS = {"empty": "gap_positions", "slug": "black_positions", "title": "title_only_positions"}


def rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "timelines" / "truth.tsv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream, delimiter="\t") if row["kind"] == "xmeml"]


def found(cut: Cut) -> dict[str, list[str]]:
    by_kind = defaultdict(list)
    for gap in find_gaps(cut, GapOptions(min_frames=12)).gaps:
        by_kind[gap.kind.value].append(f"{gap.start}+{gap.duration}")
    return by_kind


@pytest.mark.corpus
def test_gaps_agree_with_the_truth(corpus: Path) -> None:
    assert rows(corpus)
    for row in rows(corpus):
        path = corpus / "timelines" / row["path"]
        cut = XmemlFormat().read(path, ReadOptions()).cuts[int(row["seq"])]
        gaps = found(cut)
        assert cut.duration == int(row["duration_frames"]), row["path"]
        assert len(gaps["empty"]) == int(row["gaps_ge12"]), row["path"]
        for kind, column in COLUMNS.items():
            assert gaps[kind][:12] == row[column].split(), (row["path"], kind)


@pytest.mark.corpus
def test_filling_only_adds_lines(corpus: Path, tmp_path: Path) -> None:
    for row in rows(corpus):
        path = corpus / "timelines" / row["path"]
        document = XmemlFormat().read(path, ReadOptions())
        cut = document.cuts[int(row["seq"])]
        out = tmp_path / path.name
        placements = [
            Placement(gap.start, gap.end, gap.id, (_take(cut, gap.id, gap.duration),))
            for gap in find_gaps(cut).gaps
        ]
        XmemlFormat().write(document, cut, placements, out, WriteOptions())
        after = iter(out.read_bytes().splitlines())
        assert all(any(line == other for other in after) for line in path.read_bytes().splitlines())
        filled = XmemlFormat().read(out, ReadOptions()).cuts[int(row["seq"])]
        assert not find_gaps(filled).gaps, row["path"]


def _take(cut: Cut, name: str, frames: int) -> TakeMedia:
    return TakeMedia(
        path=Path(f"/takes/{name}.mov"),
        name=name,
        rate=cut.rate,
        frames=frames,
        head=0,
        start=cut.start,
        drop_frame=cut.drop_frame,
        reel="PK",
        raster=cut.raster or Raster(1920, 1080),
        audio_channels=2,
        metadata={"gap": name, "take": "t1"},
    )
