"""Real documents against gaps that were computed from them without this program."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from tests.unit.formats_fcpxml.documents import placed
from tests.unit.formats_fcpxml.test_fcpxml_insert import deleted, others

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.fcpxml import FcpxmlFormat
from pickup.cut.gap import GapKind
from pickup.cut.gaps import GapOptions, find_gaps

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.model import Cut

pytestmark = pytest.mark.corpus


def rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "timelines" / "truth.tsv").open() as stream:
        table = csv.DictReader(stream, delimiter="\t")
        return [row for row in table if row["kind"].startswith("fcpxml")]


def positions(cut: Cut, kind: GapKind) -> str:
    found = find_gaps(cut, GapOptions(kinds=frozenset([kind]))).gaps
    return " ".join(f"{gap.start}+{gap.duration}" for gap in found)


def test_gaps_agree_with_the_truth(corpus: Path):
    wrong = []
    for row in rows(corpus):
        cuts = FcpxmlFormat().read(corpus / "timelines" / row["path"], ReadOptions()).cuts
        if not row["rate"]:
            assert cuts == []
            continue
        cut = cuts[int(row["seq"])]
        seen = {
            "gap_positions": positions(cut, GapKind.EMPTY),
            "black_positions": positions(cut, GapKind.SLUG),
            "title_only_positions": positions(cut, GapKind.TITLE),
            "duration_frames": str(cut.duration),
            "start_frame": str(cut.start),
        }
        wrong += [(row["path"], key, row[key], got) for key, got in seen.items() if row[key] != got]
    assert wrong == []


def test_filling_inserts_only(corpus: Path, tmp_path: Path):
    form = FcpxmlFormat()
    out = tmp_path / "out.fcpxml"
    for row in rows(corpus):
        if not row["rate"]:
            continue
        path, number = corpus / "timelines" / row["path"], int(row["seq"])
        document = form.read(path, ReadOptions())
        cut = document.cuts[number]
        wanted = GapOptions(kinds=frozenset([GapKind.EMPTY, GapKind.TITLE]))
        gaps = find_gaps(cut, wanted).gaps
        placements = [
            placed(g.start, g.end, name=f"S{n}", rate=cut.rate, track=g.track)
            for n, g in enumerate(gaps)
        ]
        before = others(cut)
        form.write(document, cut, placements, out, WriteOptions())
        back = form.read(out, ReadOptions()).cuts[number]
        assert others(back) == before
        assert find_gaps(back, wanted).gaps == ()
        if path.stat().st_size < 30_000:
            gone = deleted(path.read_bytes(), out.read_bytes())
            assert set(gone) <= {"/"}, row["path"]
