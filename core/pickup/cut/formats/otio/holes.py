"""Filling holes in a track: which gaps a clip takes the place of, and what is left of them.

A gap is cut into what remains before and after the clip, so that the lengths add up exactly and
nothing behind moves. What the editor wrote on the gap stays with the largest remainder; where
nothing remains it goes onto the clip as markers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.otio.clips import Clock, clip_json, gap_json
from pickup.cut.formats.otio.text import apply, members
from pickup.cut.formats.otio.tracks import length_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.cut.formats.otio.clips import Shape
    from pickup.cut.formats.otio.context import Context, Json
    from pickup.cut.formats.otio.text import Edit, Style
    from pickup.cut.formats.otio.values import Exact
    from pickup.cut.placement import Placement

_SHOWN_KEYS = {"OTIO_SCHEMA", "source_range", "markers", "enabled"}


@dataclass(slots=True)
class Child:
    """A child of a track: its JSON, and where it lies in exact frames of the track's time."""

    value: Any
    schema: str
    start: Exact
    end: Exact
    before: Exact = 0
    after: Exact = 0

    @property
    def is_open(self) -> bool:
        return self.schema == "Gap" and self.end > self.start


@dataclass(slots=True)
class Piece:
    """What stands in a gap's place, in order: a rest of it, or a clip."""

    start: Exact
    end: Exact
    placement: Placement | None = None


@dataclass(slots=True)
class Filling:
    """The children of one track with clips laid into its gaps.

    Attributes:
        context: the document.
        clock: the cut's rate.
        shape: how the document writes things.
        children: the track's.
        origin: the frame of the track's time at which the cut begins.
        can_grow: whether clips may stand behind the last child.
        taken: (placement, start, end) of those that fit, in the track's time.
    """

    context: Context
    clock: Clock
    shape: Shape
    children: list[Child]
    origin: Exact = 0
    can_grow: bool = True
    taken: list[tuple[Placement, Exact, Exact]] = field(default_factory=list)
    _starts: list[Exact] = field(init=False)
    _reach: Exact = field(init=False)

    @classmethod
    def of(cls, values: Sequence[Any], context: Context, clock: Clock, shape: Shape) -> Filling:
        children: list[Child] = []
        at: Exact = 0
        for value in values:
            schema = context.schemas.of(value)
            if schema == "Transition":
                offsets = [
                    context.times.frames(value[key], clock.rate) if value.get(key) else 0
                    for key in ("in_offset", "out_offset")
                ]
                children.append(Child(value, schema, at, at, *offsets))
                continue
            length = length_of(value, context, clock.rate)
            children.append(Child(value, schema, at, at + length))
            at += length
        return cls(context, clock, shape, children)

    @property
    def length(self) -> Exact:
        return self.children[-1].end if self.children else 0

    def __post_init__(self) -> None:
        self._starts = [child.start for child in self.children]
        self._reach = max((max(c.before, c.after) for c in self.children), default=0)

    def near(self, start: Exact, end: Exact) -> range:
        """Indices of all children that can touch a stretch."""
        first = bisect_right(self._starts, start - self._reach) - 1
        return range(max(0, first), bisect_left(self._starts, end + self._reach))

    def gaps_under(self, start: Exact, end: Exact) -> list[int]:
        """Indices of the gaps that a stretch lies over."""
        return [
            index
            for index in self.near(start, end)
            if (child := self.children[index]).is_open and child.start < end and start < child.end
        ]

    @property
    def changed(self) -> list[int]:
        """Indices of the gaps that clips are laid into."""
        return sorted({i for _, start, end in self.taken for i in self.gaps_under(start, end)})

    def take(self, placement: Placement) -> bool:
        """Accepts a placement if it can stand here without moving anything by any fraction."""
        start, end = placement.start + self.origin, placement.end + self.origin
        if start < 0 or any(start < e and s < end for _, s, e in self.taken):
            return False
        if end > self.length and not self.can_grow:
            return False
        for index in self.near(start, end):
            child = self.children[index]
            low, high = child.start - child.before, child.end + child.after
            if low < end and start < high and not child.is_open:
                return False
        self.taken.append((placement, start, end))
        self.taken.sort(key=lambda entry: entry[1])
        if self._is_exact(start, end):
            return True
        self.taken = [entry for entry in self.taken if entry[0] is not placement]
        return False

    def _is_exact(self, start: Exact, end: Exact) -> bool:
        """Whether the rests of all gaps that are touched can be written without rounding."""
        touched = [self.children[index] for index in self.gaps_under(start, end)]
        pieces = [(c, piece) for c in touched for piece in self.pieces(c.start, c.end)]
        if any(p.placement is None and self._clock_of(c, p) is None for c, p in pieces):
            return False
        beyond = self.beyond() if end > self.length else []
        return all(p.placement or self.clock.can_say(p.end - p.start) for p in beyond)

    def pieces(self, start: Exact, end: Exact | None) -> list[Piece]:
        """What stands between two frames; a clip is listed where it begins."""
        at, pieces = start, []
        for placement, begin, stop in self.taken:
            if stop <= start or (end is not None and begin >= end):
                continue
            if begin > at:
                pieces.append(Piece(at, begin))
            if begin >= start:
                pieces.append(Piece(begin, stop, placement))
            at = stop if end is None else min(stop, end)
        if end is not None and at < end:
            pieces.append(Piece(at, end))
        return pieces

    def beyond(self) -> list[Piece]:
        """What stands behind the last child."""
        return self.pieces(self.length, None)

    def _clock_of(self, child: Child, piece: Piece) -> Clock | None:
        """The rate to write a rest of a gap at: the gap's own, else the cut's."""
        said = child.value["source_range"]["duration"]["rate"]
        own = Clock(self.context.times.rate(said), said)
        frames = piece.end - piece.start
        if own.can_say(Fraction(frames) * own.rate / self.clock.rate):
            return own
        return self.clock if self.clock.can_say(frames) else None

    def edits(self, index: int, text: str, plain: str, style: Style, margin: str) -> list[str]:
        """The texts that stand in the place of the gap at `index`, whose own text is given."""
        child = self.children[index]
        pieces = self.pieces(child.start, child.end)
        rests = [piece for piece in pieces if piece.placement is None]
        keeper = max(rests, key=lambda piece: piece.end - piece.start, default=None)
        said: list[str] = []
        for piece in pieces:
            if piece is keeper:
                said.append(self._trimmed(child, piece, text, plain, style))
            elif piece.placement is None:
                clock = self._clock_of(child, piece) or self.clock
                said.append(style.dump(self._gap(piece, clock), margin))
            else:
                said.append(style.dump(self.clip(piece), margin))
        return said

    def _gap(self, piece: Piece, clock: Clock) -> Json:
        length = Fraction(piece.end - piece.start) * clock.rate / self.clock.rate
        return gap_json(clock, length, self.shape)

    def rest(self, piece: Piece) -> Json:
        """A new gap."""
        return self._gap(piece, self.clock)

    def clip(self, piece: Piece) -> Json:
        """A new clip, with the words of all gaps that it covers from end to end."""
        assert piece.placement is not None
        take = piece.placement.take
        markers: list[Json] = []
        for index in self.gaps_under(piece.start, piece.end):
            child = self.children[index]
            if all(p.placement is not None for p in self.pieces(child.start, child.end)):
                first = next(e for e in self.taken if e[2] > child.start)
                if first[0] is piece.placement:
                    at = take.start + take.head + child.start - piece.start
                    markers += self._words_of(child, at)
        return clip_json(piece.placement, self.clock, self.shape, markers)

    def _words_of(self, child: Child, at: Exact) -> list[Json]:
        """A covered gap's markers and other words, from frame `at` of the clip's source on."""
        gap, clock = child.value, self.clock
        begin = self.context.times.frames(gap["source_range"]["start_time"], clock.rate)
        markers: list[Json] = []
        for marker in gap.get("markers") or []:
            key = "marked_range" if "marked_range" in marker else "range"
            marked = marker.get(key)
            if not isinstance(marked, dict):
                continue
            start = self.context.times.frames(marked["start_time"], clock.rate)
            moved = {**marked, "start_time": clock.time(at + start - begin)}
            markers.append({**marker, key: moved})
        rest = {key: value for key, value in gap.items() if key not in _SHOWN_KEYS and value}
        if rest and rest != {"name": "Gap"}:
            name = rest.pop("name", "")
            markers.append(
                {
                    "OTIO_SCHEMA": "Marker.2",
                    "metadata": rest.pop("metadata", {}) | ({"gap": rest} if rest else {}),
                    "name": name,
                    "color": "",
                    "marked_range": clock.range(at, min(child.end - child.start, 1)),
                    "comment": "",
                }
            )
        return markers

    def _trimmed(self, child: Child, piece: Piece, text: str, plain: str, style: Style) -> str:
        """The gap's own text with a shorter `source_range`; its markers keep their instants."""
        clock = self._clock_of(child, piece) or self.clock
        factor = clock.rate / self.clock.rate
        length = Fraction(piece.end - piece.start) * factor
        spans = members(plain, members(plain, 0)["source_range"][0])
        edits = _time_edits(plain, spans["duration"][0], clock.time(length), style)
        if child.value.get("markers") and piece.start > child.start:
            said = child.value["source_range"]["start_time"]
            own = Clock(self.context.times.rate(said["rate"]), said["rate"])
            moved = Fraction(piece.start - child.start) * own.rate / self.clock.rate
            start = own.time(self.context.times.frames(said, own.rate) + moved)
            edits += _time_edits(plain, spans["start_time"][0], start, style)
        return apply(text, edits)


def _time_edits(plain: str, at: int, time: Json, style: Style) -> list[Edit]:
    """Edits that make the `RationalTime` at `at` another; a number that stays is not touched."""
    spans = members(plain, at)
    edits: list[Edit] = []
    for key in ("rate", "value"):
        said, new = plain[slice(*spans[key])], time[key]
        if float(said) != new:
            whole = said.lstrip("-").isdigit() and new == int(new)
            edits.append((*spans[key], style.dump(int(new) if whole else new)))
    return edits
