"""What Premiere itself says of a sequence, held against the file that it exported.

Its export drops what it cannot write: a graphic that becomes a hole in the file is no gap, and a
shot made for it would be paid for in vain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.formats.xmeml.elements import TICKS
from pickup.cut.gap import GapKind
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import ItemKind
from pickup.timing import frames_to_timecode

if TYPE_CHECKING:
    from fractions import Fraction

    from pickup.cut.gap import Gap
    from pickup.cut.model import Cut
    from pickup_premiere.messages import Sent

_ONLY_EMPTY = GapOptions(kinds=frozenset({GapKind.EMPTY}))
Stretch = tuple[int, int]


def lost_in_export(sent: Sent, cut: Cut) -> list[str]:
    """A sentence for each gap of the file where Premiere has something on a track."""
    holes = _holes(sent, cut.rate, len(cut.video_tracks))
    return [
        f"At {_timecode(cut, gap)} the export has a gap of {gap.duration} frames, but in Premiere "
        "something lies there that it did not write; look before you order a shot."
        for gap in find_gaps(cut, _ONLY_EMPTY).gaps
        if not _known(cut, gap) and not any(a <= gap.start and gap.end <= b for a, b in holes)
    ]


def _holes(sent: Sent, rate: Fraction, tracks: int) -> list[Stretch]:
    """Where no track has anything, in frames."""
    found: list[Stretch] = [(0, max((_frame(e.end, rate) for e in sent.empties), default=0))]
    for track in range(tracks):
        free = [
            (_frame(e.start, rate), _frame(e.end, rate)) for e in sent.empties if e.track == track
        ]
        found = [(max(a, c), min(b, d)) for a, b in found for c, d in free if max(a, c) < min(b, d)]
    return found


def _frame(ticks: int, rate: Fraction) -> int:
    return round(ticks * rate / TICKS)


def _known(cut: Cut, gap: Gap) -> bool:
    """Whether the file holds something there that shows nothing: what is switched off."""
    return any(
        item.kind is not ItemKind.HOLE and item.start < gap.end and gap.start < item.end
        for track in cut.video_tracks
        for item in track.items
    )


def _timecode(cut: Cut, gap: Gap) -> str:
    return frames_to_timecode(cut.start + gap.start, cut.rate, drop=cut.drop_frame)
