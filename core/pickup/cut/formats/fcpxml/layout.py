"""Lanes to tracks.

A lane is named by its path: `()` is the primary storyline, `(2,)` lane 2 of it, `(2, -1)` what is
connected below an item of lane 2. Paths padded with zeros sort as Final Cut stacks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from pickup.cut.model import Item, ItemKind, Track

if TYPE_CHECKING:
    from collections.abc import Sequence

Lane = tuple[int, ...]


@dataclass(slots=True)
class Strip:
    """Items that stay on one track: a connected clip, or a whole storyline."""

    lane: Lane
    items: list[Item]

    @property
    def start(self) -> int:
        return min(item.start for item in self.items)

    @property
    def end(self) -> int:
        return max(item.end for item in self.items)


def tracks_of(strips: Sequence[Strip], kind: str) -> list[Track]:
    """Strips as tracks, bottom first; what overlaps in one lane gets a track of its own."""
    lanes: dict[Lane, list[Strip]] = {(): []} if kind == "video" else {}
    for strip in strips:
        lanes.setdefault(strip.lane, []).append(strip)
    depth = max((len(lane) for lane in lanes), default=0)
    tracks: list[Track] = []
    for lane in sorted(lanes, key=lambda path: path + (0,) * (depth - len(path))):
        for items in _packed(lanes[lane]) or [[]]:
            tracks.append(Track(kind, _name(lane), items=items, locator=lane))
    return tracks


def _name(lane: Lane) -> str:
    return "Lane " + ".".join(map(str, lane)) if lane else "Primary storyline"


def _packed(strips: list[Strip]) -> list[list[Item]]:
    """Each strip on the lowest track that is free by then."""
    rows: list[list[Item]] = []
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    for strip in sorted(strips, key=lambda strip: strip.start):
        while busy and busy[0][0] <= strip.start:
            heappush(free, heappop(busy)[1])
        row = heappop(free) if free else len(rows)
        if row == len(rows):
            rows.append([])
        rows[row].extend(sorted(strip.items, key=lambda item: (item.start, item.end)))
        heappush(busy, (strip.end, row))
    return rows


def settled_transitions(items: list[Item]) -> list[Item]:
    """A storyline with its transitions reduced to where they show picture.

    Final Cut lays a transition over both its neighbours. The half over a gap is drawn from the
    clip's handles as it fades; the edit stays where the gap begins, and the hole is as long as the
    gap that the editor sees. Between neighbours that have no picture it shows none.
    """
    solid = [item for item in items if item.kind is not ItemKind.TRANSITION]
    index = 0
    for item in items:
        if item.kind is not ItemKind.TRANSITION:
            index += 1
            continue
        before = solid[index - 1] if index else None
        after = solid[index] if index < len(solid) else None
        if before is not None and after is not None and before.end < after.start:
            before, after = (None, after) if item.end > after.start else (before, None)
        if not (_pictured(before) or _pictured(after)):
            item.enabled = False
        elif after is not None and not _pictured(before):
            item.start = max(item.start, after.start)
        elif before is not None and not _pictured(after):
            item.end = min(item.end, before.end)
    return [item for item in items if item.start < item.end]


def _pictured(item: Item | None) -> bool:
    bare = (ItemKind.HOLE, ItemKind.TITLE, ItemKind.SLUG)
    return item is not None and item.visible and item.kind not in bare
