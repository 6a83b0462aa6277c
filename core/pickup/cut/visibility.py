"""What shows where: one sorted sweep over all video tracks together.

Linear-logarithmic in items. Nested sequences are swept once each and their result is laid into
every place that uses them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from pickup.cut.model import ItemKind
from pickup.errors import PickupError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup.cut.model import Cut, Item

MAX_SPANS = 20_000_000
"""Bound on spans in one sweep: nested sequences can multiply without end."""


class Shows(IntEnum):
    """What a stretch shows, the strongest of all that lies there."""

    NOTHING = 0
    TITLE = 1
    SLUG = 2
    OFFLINE = 3
    PICTURE = 4


Span = tuple[int, int, Shows]
"""Start and end in frames, half-open, and what shows."""

_KINDS = {
    ItemKind.TITLE: Shows.TITLE,
    ItemKind.SLUG: Shows.SLUG,
    ItemKind.TRANSITION: Shows.PICTURE,
}


class Sweep:
    """Sweeps a cut, remembering every nested cut that it has met."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Cut, list[Span]]] = {}
        self._under_way: set[int] = set()
        self._spans = 0

    def stretches(self, cut: Cut) -> list[Span]:
        """The cut from its start to its end as adjoining stretches, like joined with like.

        Raises:
            PickupError: sequences nest within themselves, or multiply beyond all sense.
        """
        known = self._known.get(id(cut))
        if known is not None:
            return known[1]
        if id(cut) in self._under_way:
            raise PickupError(f"The sequence “{cut.name}” is nested within itself; unnest it.")
        self._under_way.add(id(cut))
        spans = [span for item in visible_items(cut) for span in self._spans_of(item, cut)]
        self._under_way.discard(id(cut))
        result = _merge(spans, cut.duration)
        self._known[id(cut)] = (cut, result)
        return result

    def _spans_of(self, item: Item, cut: Cut) -> Iterator[Span]:
        if item.kind is ItemKind.NESTED and item.nested is not None:
            spans: Iterator[Span] = self._nested_spans(item, item.nested, cut.rate)
        else:
            spans = iter([(item.start, item.end, shows(item))])
        for span in spans:
            self._spans += 1
            if self._spans > MAX_SPANS:
                raise PickupError(
                    f"The sequences nested in “{cut.name}” multiply without end; "
                    "flatten them before filling."
                )
            yield span

    def _nested_spans(self, item: Item, inner: Cut, rate: Fraction) -> Iterator[Span]:
        """The inner cut's stretches as seen through the window that `item` opens on it."""
        stretches = self.stretches(inner)
        for window in _windows(item, rate):
            if window.speed == 0:
                frame = math.floor(window.source * inner.rate + Fraction(1, 1000))
                yield window.start, window.end, _shown_at(stretches, frame)
                continue
            for inner_start, inner_end, what in stretches:
                if what is Shows.NOTHING:
                    continue
                at = sorted(
                    window.at + (edge / inner.rate - window.source) / window.speed * rate
                    for edge in (inner_start, inner_end)
                )
                start = max(window.start, _nearest(at[0]))
                end = min(window.end, _nearest(at[1]))
                if start < end:
                    yield start, end, what


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of a nested item that plays at one speed.

    Attributes:
        start, end: whole frames of the outer cut.
        at: the exact frame at which it begins.
        source: inner seconds there.
        speed: inner seconds per second.
    """

    start: int
    end: int
    at: Fraction
    source: Fraction
    speed: Fraction


def _windows(item: Item, rate: Fraction) -> Iterator[_Window]:
    """A nested item in parts of one speed each."""
    points = item.retime.points if item.retime is not None else ()
    if len(points) < 2:
        speed = item.speed if item.retime is None else Fraction(0)
        source = item.source_time(item.start, rate)
        yield _Window(item.start, item.end, Fraction(item.start), source, speed)
        return
    bends = [item.start + x * rate for x, _ in points[1:-1]]
    edges = [Fraction(item.start), *bends, Fraction(item.end)]
    for (low, high), ((x0, y0), (x1, y1)) in zip(pairwise(edges), pairwise(points), strict=True):
        at = max(low, Fraction(item.start))
        start, end = _nearest(at), min(_nearest(high), item.end)
        if start < end and x0 < x1:
            speed = (y1 - y0) / (x1 - x0)
            source = y0 + ((at - item.start) / rate - x0) * speed
            yield _Window(start, end, at, source, speed)


def _nearest(frame: Fraction) -> int:
    return math.floor(frame + Fraction(1, 2))


def _shown_at(stretches: list[Span], frame: int) -> Shows:
    index = bisect_right(stretches, frame, key=lambda span: span[0]) - 1
    inside = index >= 0 and frame < stretches[index][1]
    return stretches[index][2] if inside else Shows.NOTHING


def visible_items(cut: Cut) -> Iterator[Item]:
    """Enabled items of enabled video tracks that show something or other."""
    for track in cut.tracks:
        if track.kind == "video" and track.enabled:
            for item in track.items:
                if item.visible:
                    yield item


def shows(item: Item) -> Shows:
    """What one item that is not nested shows."""
    known = _KINDS.get(item.kind)
    if known is not None:
        return known
    if item.media is not None and item.media.missing:
        return Shows.OFFLINE
    return Shows.PICTURE


def _merge(spans: list[Span], duration: int) -> list[Span]:
    """Overlapping spans to adjoining stretches, the strongest winning."""
    events: list[tuple[int, int, Shows]] = []
    for start, end, what in spans:
        events.append((max(0, start), 1, what))
        events.append((min(end, duration), -1, what))
    events.sort(key=lambda event: event[0])
    counts = [0] * len(Shows)
    result: list[Span] = []
    position = 0
    for frame, change, what in events:
        if frame > position:
            _append(result, position, frame, _strongest(counts))
            position = frame
        counts[what] += change
    if position < duration:
        _append(result, position, duration, Shows.NOTHING)
    return result


def _append(result: list[Span], start: int, end: int, what: Shows) -> None:
    if result and result[-1][2] is what:
        start = result.pop()[0]
    result.append((start, end, what))


def _strongest(counts: list[int]) -> Shows:
    for what in (Shows.PICTURE, Shows.OFFLINE, Shows.SLUG, Shows.TITLE):
        if counts[what]:
            return what
    return Shows.NOTHING
