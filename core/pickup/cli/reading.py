"""Reads a cut and finds its gaps, as every command about a cut begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pickup.cut.files import pick_cuts
from pickup.cut.formats.base import ReadOptions
from pickup.cut.gaps import GapOptions, GapReport, find_gaps
from pickup.home import settings
from pickup.hosts.base import wants_of

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from pickup.cut.gap import GapKind
    from pickup.cut.model import Cut, CutFile
    from pickup.hosts.base import Host


@dataclass(frozen=True, slots=True)
class Reading:
    """A cut file, and the gaps of each of its sequences."""

    document: CutFile
    found: list[tuple[Cut, GapReport]]


def host_of(cut: Path | str, rate: Fraction | None = None) -> Host:
    """Where a cut is read from: a file, or a program that is open; nothing is written to it.

    Raises:
        PickupError: the program cannot be reached.
    """
    if isinstance(cut, str):
        from pickup.hosts.registry import open_host

        return open_host(cut)
    from pickup.hosts.file import FileHost

    return FileHost(cut.absolute(), cut.absolute(), ReadOptions(rate))


def read(
    where: Path | str,
    *,
    sequence: str,
    min_frames: int,
    marker_color: str,
    rate: Fraction | None,
    kinds: frozenset[GapKind] | None,
) -> Reading:
    host = host_of(where, rate)
    document, wants = host.read(), wants_of(host)
    options = GapOptions(
        min_frames=min_frames,
        kinds=kinds,
        marker_color=marker_color or str(settings().get("marker_color", "")),
    )
    found = []
    for cut in pick_cuts(document, sequence):
        report = find_gaps(cut, options)
        found.append((cut, replace(report, gaps=tuple(gap for gap in report.gaps if wants(gap)))))
    return Reading(document, found)
