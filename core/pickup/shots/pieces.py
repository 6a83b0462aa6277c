"""A gap longer than a model films, as several shots that follow one another without a cut.

Each piece but the first begins on the last frame of the one before, so the editor sees one shot.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from pickup.shots.planner import gap_ref
from pickup.shots.request import FOLLOWS, FrameRef

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pickup.cut.gap import Gap
    from pickup.cut.model import Cut
    from pickup.shots.request import ShotRequest

MOST_PIECES = 10
"""What would need more is a scene: the editor divides it better by markers."""

_ONWARD = "The shot continues without a cut from its first frame."


def even(frames: int, longest: int) -> list[int]:
    """Lengths that differ by a frame at most, none above `longest`."""
    count = -(-frames // longest)
    return [frames * (n + 1) // count - frames * n // count for n in range(count)]


def longest_first(frames: int, longest: int) -> list[int]:
    """As many of the longest as there is room for, then the rest."""
    whole, rest = divmod(frames, longest)
    return [longest] * whole + ([rest] if rest else [])


def in_pieces(
    cut: Cut, shot: ShotRequest, gap: Gap, lengths: Sequence[int], taken: Collection[str]
) -> list[tuple[ShotRequest, Gap]]:
    """The shots that fill a gap together, each with the piece of the gap that it fills.

    Args:
        lengths: frames of each, as long as the gap in all.
        taken: names that other shots have.
    """
    made: list[tuple[ShotRequest, Gap]] = []
    for offset, length in zip(accumulate(lengths, initial=0), lengths, strict=False):
        piece, number = gap.piece(offset, length), len(made)
        last = number + 1 == len(lengths)
        told: dict[str, object] = {
            "gap": gap_ref(cut, piece),
            "frames": length,
            "last_frame": shot.last_frame if last else None,
        }
        if made:
            name = _name(shot.id, number, taken)
            told |= {
                "id": name,
                "text": f"{shot.text[:31_000]} {_ONWARD}".strip(),
                "first_frame": _end_of(made[-1][0], name),
            }
        made.append((shot.model_copy(update=told), piece))
    return made


def _name(first: str, number: int, taken: Collection[str]) -> str:
    """pk011 and pk012 after pk010: numbers by tens leave room for them."""
    match = re.fullmatch(r"(.*?)(\d+)", first)
    if match and match[2].endswith("0"):
        name = f"{match[1]}{int(match[2]) + number:0{len(match[2])}d}"
        if name not in taken:
            return name
    return f"{first[:60]}_{number + 1}"


def _end_of(shot: ShotRequest, name: str) -> FrameRef:
    return FrameRef(
        name=shot.id,
        media=f"{FOLLOWS}{shot.id}",
        frame=shot.frames - 1,
        index=shot.frames - 1,
        file=f"frames/{name}_first.png",
    )
