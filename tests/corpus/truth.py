"""`truth.tsv` of the corpus, and what Pickup finds, in the same shape."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pickup.cut.files import open_cut_file
from pickup.cut.gap import GapKind
from pickup.cut.gaps import GapOptions, find_gaps

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = {
    GapKind.EMPTY: "gap_positions",
    GapKind.SLUG: "black_positions",
    GapKind.TITLE: "title_only_positions",
}


@dataclass(frozen=True)
class Row:
    """The truth of one sequence, gaps of a kind as `start+length`, the first twelve."""

    path: str
    sequence: int
    kind: str
    count: int
    positions: dict[GapKind, tuple[str, ...]]


def rows(corpus: Path) -> list[Row]:
    with (corpus / "timelines" / "truth.tsv").open(encoding="utf-8", newline="") as stream:
        return [
            Row(
                line["path"],
                int(line["seq"] or 0),
                line["kind"],
                int(line["gaps_ge12"] or 0),
                {kind: tuple(line[column].split()) for kind, column in _COLUMNS.items()},
            )
            for line in csv.DictReader(stream, delimiter="\t")
        ]


def found(path: Path, sequence: int) -> dict[GapKind, tuple[str, ...]]:
    """What Pickup finds in a sequence of a file, in the truth's words."""
    cuts = open_cut_file(path).cuts
    if sequence >= len(cuts):
        return dict.fromkeys(_COLUMNS, ())
    gaps = find_gaps(cuts[sequence], GapOptions(min_frames=12)).gaps
    return {
        kind: tuple(f"{gap.start}+{gap.duration}" for gap in gaps if gap.kind is kind)[:12]
        for kind in _COLUMNS
    }
