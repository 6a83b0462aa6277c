"""The holes of a recut once our own clips are taken out of it: what the editor now wants filled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pickup.cut.gap import DEFAULT_MIN_FRAMES, GapKind
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import ItemKind
from pickup_premiere.earlier import GAP_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pickup.cut.gap import Gap
    from pickup.cut.model import Cut, Item, Track


def stretches(cut: Cut, ours: Iterable[Item], known: Collection[str]) -> list[Gap]:
    """Every stretch without picture but ours, however short.

    Args:
        ours: the clips of earlier shots.
        known: ids of gaps that have not changed since.
    """
    found = find_gaps(_without(cut, ours), GapOptions(min_frames=1)).gaps
    return _with_slips(found, known)


def _with_slips(gaps: Sequence[Gap], known: Collection[str]) -> list[Gap]:
    """A slip beside a wanted shot is part of it: its neighbour was trimmed, its marker was not."""
    made: list[Gap] = []
    for gap in gaps:
        last = made[-1] if made else None
        if last is None or last.end != gap.start:
            made.append(gap)
        elif _is_slip(gap, known) and _is_marked(last, known):
            made[-1] = replace(last, duration=last.duration + gap.duration, after=gap.after)
        elif _is_slip(last, known) and _is_marked(gap, known):
            whole = last.duration + gap.duration
            made[-1] = replace(gap, start=last.start, duration=whole, before=last.before)
        else:
            made.append(gap)
    return made


def _is_slip(gap: Gap, known: Collection[str]) -> bool:
    empty = gap.kind is GapKind.EMPTY and gap.id not in known
    return empty and gap.duration < DEFAULT_MIN_FRAMES


def _is_marked(gap: Gap, known: Collection[str]) -> bool:
    return gap.kind is GapKind.MARKED and gap.id not in known


def _without(cut: Cut, gone: Iterable[Item]) -> Cut:
    """The cut without some items, the transitions to and from them, and our markers on them."""
    ids = {id(item) for item in gone}

    def kept(track: Track) -> list[Item]:
        ours = [item for item in track.items if id(item) in ids]
        return [
            item
            for item in track.items
            if id(item) not in ids
            and not (
                item.kind is ItemKind.TRANSITION
                and any(item.start <= o.end and item.end >= o.start for o in ours)
            )
        ]

    # What they say of a take is no wish for another one.
    markers = [marker for marker in cut.markers if not GAP_ID.search(marker.comment)]
    tracks = [replace(track, items=kept(track)) for track in cut.tracks]
    return replace(cut, tracks=tracks, markers=markers)
