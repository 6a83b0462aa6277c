"""Shots that the editor asked for outright, by a placeholder or a tagged marker.

- A placeholder clip or gap asks for its own frames.
- A tagged marker with a length asks for that range of the hole that it lies over, or, where it lies
  over picture alone, for a shot on top of that picture.
- A tagged marker without a length asks for the hole that it lies over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.gap import GapKind
from pickup.cut.model import ItemKind
from pickup.cut.spans import Spans, subtract
from pickup.cut.words import is_placeholder, is_tagged, marker_range
from pickup.timing import FrameRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pickup.cut.model import Cut, Item, Marker

Stretch = tuple[FrameRange, GapKind]


def wanted_ranges(
    cut: Cut, stretches: Sequence[Stretch], marker_color: str, min_frames: int
) -> list[Stretch]:
    """`stretches` with the ranges that the editor asked for told apart as MARKED.

    Args:
        stretches: where no picture is visible, in order.
        marker_color: tags a marker besides the `pickup:` prefix.
        min_frames: a rest of a hole shorter than this goes with the marked range beside it.
    """
    tagged = [marker for marker in cut.markers if is_tagged(marker, marker_color)]
    clips = _visible_placeholders(cut)
    holes = [i for t in cut.video_tracks for i in t.items if _is_wanted_hole(i)]
    if not (tagged or clips or holes):
        return list(stretches)
    asked = Spans(
        [(marker_range(m), m.duration > 1) for m in tagged]
        + [(FrameRange(item.start, item.end), True) for item in holes]
    )
    taken = Spans([(where, None) for where in clips])
    result: list[Stretch] = [(where, GapKind.MARKED) for where in clips]
    for where, kind in stretches:
        for rest in subtract(where, [r for r, _ in taken.over(where)]):
            result.extend(_split(rest, kind, asked.over(rest), min_frames))
    hollow = Spans([(where, None) for where, _ in stretches])
    result.extend(_over_picture(cut, tagged, hollow, taken))
    return sorted(result, key=lambda stretch: stretch[0])


def _is_wanted_hole(item: Item) -> bool:
    return item.kind is ItemKind.HOLE and item.duration > 0 and is_placeholder(item)


def _visible_placeholders(cut: Cut) -> list[FrameRange]:
    """Where placeholder clips show, not hidden by picture on a higher track."""
    above: list[Spans[None]] = []
    found: list[FrameRange] = []
    for track in reversed(cut.video_tracks):
        if not track.enabled:
            continue
        shown = [i for i in track.items if i.visible]
        placeholders = [i for i in shown if i.kind is not ItemKind.TRANSITION and is_placeholder(i)]
        for item in placeholders:
            where = FrameRange(item.start, item.end)
            hidden = [r for layer in above for r, _ in layer.over(where)]
            found.extend(subtract(where, hidden))
        waiting = {id(item) for item in placeholders}
        above.append(
            Spans(
                [
                    (FrameRange(i.start, i.end), None)
                    for i in shown
                    if id(i) not in waiting and i.kind is not ItemKind.TITLE
                ]
            )
        )
    return sorted(found)


def _split(
    where: FrameRange, kind: GapKind, asked: list[tuple[FrameRange, bool]], min_frames: int
) -> Iterator[Stretch]:
    """A hole divided where the editor asked for a part of it."""
    parts = [r.intersection(where) for r, ranged in asked if ranged]
    if not parts:
        yield where, GapKind.MARKED if asked else kind
        return
    marked: list[FrameRange] = []
    position = where.start
    for part in parts:
        assert part is not None
        start = max(part.start, position)
        if start - position < min_frames:
            start = position
        if start < part.end:
            marked.append(FrameRange(start, part.end))
            position = part.end
    if where.end - position < min_frames:
        marked[-1] = FrameRange(marked[-1].start, where.end)
    for part in marked:
        yield part, GapKind.MARKED
    for rest in subtract(where, marked):
        yield rest, kind


def _over_picture(
    cut: Cut, tagged: Sequence[Marker], hollow: Spans[None], taken: Spans[None]
) -> Iterator[Stretch]:
    """Ranges asked for over picture, unless a clip of ours fills them already."""
    placed = Spans(
        [
            (FrameRange(i.start, i.end), None)
            for t in cut.video_tracks
            if t.enabled
            for i in t.items
            if i.enabled and i.pickup is not None and "take" in i.pickup
        ]
    )
    whole = FrameRange(0, cut.duration)
    last_end = 0
    for marker in sorted(tagged, key=lambda m: m.start):
        where = marker_range(marker).intersection(whole)
        if marker.duration <= 1 or where is None or where.start < last_end:
            continue
        if not (hollow.over(where) or taken.over(where) or placed.over(where)):
            last_end = where.end
            yield where, GapKind.MARKED
