"""Reads a cut and finds its gaps, as every command about a cut begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pickup.cut.files import open_cut_file, pick_cuts
from pickup.cut.formats.base import ReadOptions
from pickup.cut.gaps import GapOptions, GapReport, find_gaps
from pickup.home import settings

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from pickup.cut.gap import GapKind
    from pickup.cut.model import Cut, CutFile


@dataclass(frozen=True, slots=True)
class Reading:
    """A cut file, and the gaps of each of its sequences."""

    document: CutFile
    found: list[tuple[Cut, GapReport]]


def read(
    path: Path,
    *,
    sequence: str,
    min_frames: int,
    marker_color: str,
    rate: Fraction | None,
    kinds: frozenset[GapKind] | None,
) -> Reading:
    document = open_cut_file(path, ReadOptions(rate=rate))
    options = GapOptions(
        min_frames=min_frames,
        kinds=kinds,
        marker_color=marker_color or str(settings().get("marker_color", "")),
    )
    return Reading(
        document, [(cut, find_gaps(cut, options)) for cut in pick_cuts(document, sequence)]
    )
