"""Stacks and tracks as cuts and tracks, every item at its place.

Places are added up as exact frames of the cut, whatever rates the items are written in, and turned
into whole frames only at an item's boundaries: neighbours never drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.otio.context import metadata_of, text_of, words_of
from pickup.cut.formats.otio.markers import markers_on_cut, markers_on_item, markers_on_track
from pickup.cut.formats.otio.media import active_reference, kind_of_clip, read_media
from pickup.cut.formats.otio.rates import ASSUMED, FoundRate, rate_of_items, track_kind
from pickup.cut.formats.otio.retime import (
    VARIABLE,
    first_source_time,
    read_retime,
    shown_length,
)
from pickup.cut.formats.otio.schema import COMPOSITIONS
from pickup.cut.formats.otio.transparent import is_transparent
from pickup.cut.labels import of_parts
from pickup.cut.model import Cut, Item, ItemKind, Marker, Track
from pickup.errors import CutError
from pickup.timing import to_frames

if TYPE_CHECKING:
    from pickup.cut.formats.otio.context import Context, Json
    from pickup.cut.formats.otio.values import Exact

LENGTHLESS = "lengthless"
"""The key under which `Context.met` counts clips that do not say how long they are."""

ELSEWHERE = "elsewhere"
"""… and compositions whose `source_range` lies outside of what they hold."""

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Window:
    """What of a composition is seen, in exact frames of its own time; `end` None is without end."""

    start: Exact = 0
    end: Exact | None = None


def length_of(value: Any, context: Context, rate: Fraction, depth: int = 0) -> Exact:
    """How long a child of a track lasts there, in frames of `rate`."""
    schema, version = context.schemas.versioned(value)
    if not schema or schema == "Transition":
        return 0
    said = context.times.duration(value.get("source_range"), rate)
    if said is not None:
        return shown_length(said, value, context)
    if schema == "Clip":
        reference = active_reference(value, version) or {}
        said = context.times.duration(reference.get("available_range"), rate)
        if said is None:
            context.met[LENGTHLESS] += 1
            return 0
        return shown_length(said, value, context)
    return content_length(value, context, rate, depth) if schema in COMPOSITIONS else 0


def content_length(value: Json, context: Context, rate: Fraction, depth: int = 0) -> Exact:
    """How long all that a composition holds is, before its `source_range`."""
    context.within(depth)
    children = context.children(value)
    lengths = [length_of(child, context, rate, depth + 1) for child in children]
    if context.schemas.of(value) == "Stack":
        return max(lengths, default=0)
    ends: Exact = 0
    for child, key in ((children[:1], "in_offset"), (children[-1:], "out_offset")):
        if child and context.schemas.of(child[0]) == "Transition":
            ends += _offset(child[0], key, context, rate)
    return sum(lengths, ends)


def window_of(value: Json, context: Context, rate: Fraction, depth: int = 0) -> Window:
    """What a composition's `source_range` lets be seen of it.

    One that lies outside of all it holds is no trim: some programs keep a timecode there.
    """
    span = context.times.range(value.get("source_range"))
    if span is None:
        return Window()
    start, length = span.start * rate, span.duration * rate
    if start >= content_length(value, context, rate, depth) or start + length <= 0:
        context.met[ELSEWHERE] += 1
        return Window()
    return Window(start, start + length)


def read_cut(
    value: Json,
    context: Context,
    *,
    name: str,
    found: FoundRate | None = None,
    start: int = 0,
    depth: int = 0,
    trimmed: bool = True,
) -> Cut:
    """A stack, or anything that can stand alone in its place, as a cut.

    Args:
        value: a stack, a track, a clip.
        context: the document.
        name: the cut's name.
        found: its rate, where it is known before its items are read.
        start: its first timecode, as frames.
        depth: how deep it is nested.
        trimmed: whether its own `source_range` trims it; that of a nested one belongs to the item.
    """
    context.within(depth)
    found = found or rate_of_items(value, context) or ASSUMED
    cut = Cut(name, found.rate, start, rate_note=found.note)
    is_stack = context.schemas.of(value) == "Stack"
    window = Window()
    if is_stack and trimmed:
        window = window_of(value, context, found.rate)
    layers = context.children(value) if is_stack else [value]
    for index, layer in enumerate(layers):
        reader = TrackReader(context, found.rate, depth, outer=window)
        track = reader.read(layer, trimmed=is_stack or trimmed)
        track.locator = ("children", index) if is_stack else ()
        cut.tracks.append(track)
        cut.markers += reader.markers
    if is_stack:
        cut.markers += markers_on_cut(value, context, found.rate, start, cut.duration)
    cut.markers = sorted(dict.fromkeys(cut.markers), key=lambda marker: marker.start)
    return cut


@dataclass(slots=True)
class TrackReader:
    """Reads one layer of a stack: a track, or an item that stands there alone.

    Attributes:
        outer: what of the stack is seen.
        markers: those met, on the cut's frames.
    """

    context: Context
    rate: Fraction
    depth: int
    outer: Window = Window()
    markers: list[Marker] = field(default_factory=list)
    _origin: Exact = 0
    _low: Exact = 0
    _high: Exact | None = None

    def read(self, layer: Any, *, trimmed: bool) -> Track:
        """The layer as a track; `trimmed` says whether its own `source_range` trims it."""
        is_track = self.context.schemas.of(layer) == "Track"
        window = Window()
        if is_track and trimmed:
            window = window_of(layer, self.context, self.rate, self.depth)
        self._aim(window)
        if not is_track:
            track = Track("video")
            self._read_items([layer], track)
            return track
        track = Track(
            kind=track_kind(layer),
            name=text_of(layer, "name"),
            enabled=layer.get("enabled") is not False,
            locked=metadata_of(layer, "Resolve_OTIO").get("Locked") is True,
        )
        self._read_items(self.context.children(layer), track)
        origin = self._origin / self.rate
        self.markers += markers_on_track(layer, self.context, self.rate, origin)
        return track

    def _aim(self, window: Window) -> None:
        """Where the track's time lies in the cut's, and what of it is seen."""
        outer = self.outer
        self._origin = window.start + outer.start
        self._low = max(0, -outer.start)
        ends = []
        if window.end is not None:
            ends.append(window.end - window.start - outer.start)
        if outer.end is not None:
            ends.append(outer.end - outer.start)
        self._high = min(ends) if ends else None

    def _read_items(self, children: list[Any], track: Track) -> None:
        context, at = self.context, -self._origin
        for index, child in enumerate(children):
            schema, version = context.schemas.versioned(child)
            if schema == "Transition":
                item = self._transition(child, at)
            else:
                length = length_of(child, context, self.rate, self.depth)
                item = self._item(child, schema, version, at, length) if length else None
                at += length
                if at > LIMITS.frames:
                    raise CutError(context.path, "a track is longer than 30 days")
            if item is not None:
                item.locator = index
                track.items.append(item)
        track.items.sort(key=lambda item: item.start)

    def _seen(self, at: Exact, end: Exact) -> tuple[int, int, Exact]:
        """Whole frames of what is seen of a stretch, and how much its head was trimmed."""
        begin = max(at, self._low)
        if self._high is not None:
            end = min(end, self._high)
        return _whole(begin), _whole(end), begin - at

    def _transition(self, value: Json, at: Exact) -> Item | None:
        before = _offset(value, "in_offset", self.context, self.rate)
        after = _offset(value, "out_offset", self.context, self.rate)
        start, end, _ = self._seen(at - before, at + after)
        if end <= start:
            return None
        enabled = value.get("enabled") is not False
        return Item(ItemKind.TRANSITION, text_of(value, "name"), start, end, enabled)

    def _item(
        self, value: Json, schema: str, version: int, at: Exact, length: Exact
    ) -> Item | None:
        start, end, head = self._seen(at, at + length)
        if end <= start:
            return None
        metadata = metadata_of(value)
        pickup = metadata.get("pickup") if metadata else None
        item = Item(
            ItemKind.HOLE if schema == "Gap" else ItemKind.CLIP,
            text_of(value, "name"),
            start,
            end,
            enabled=value.get("enabled") is not False,
            note=words_of(metadata) if metadata else "",
            pickup=pickup if isinstance(pickup, dict) else None,
            color=_color(value.get("color")),
        )
        begin = Fraction(0)
        span = self.context.times.range(value.get("source_range"))
        if schema == "Clip":
            reference = active_reference(value, version)
            item.media = read_media(value, reference, self.context)
            item.kind = kind_of_clip(value, reference, self.context)
            item.transparent = is_transparent(value, reference, item.media)
            begin = span.start if span else item.media.start
        elif schema in COMPOSITIONS:
            item.kind = ItemKind.NESTED
            item.nested = self._nested(value)
            item.transparent = is_transparent(value, None, None)
            begin = self._nested_start(value)
        elif span is not None:
            begin = span.start
        self._play(item, value, begin, at, length, head)
        return item

    def _play(
        self, item: Item, value: Json, begin: Fraction, at: Exact, length: Exact, head: Exact
    ) -> None:
        """Sets what shows at the item's first frame, and lays its markers."""
        rate = self.rate
        retime = read_retime(value, self.context)
        self.context.met[VARIABLE] += retime.varies
        first = first_source_time(begin, length, retime.speed, rate)
        item.speed = retime.speed
        item.source_start = first + head / rate * retime.speed if head else first
        if value.get("markers"):
            self.markers += markers_on_item(
                value,
                self.context,
                rate,
                at=(at + head) / Fraction(rate),
                length=(length - head) / Fraction(rate),
                source=item.source_start,
                speed=retime.speed,
            )

    def _nested(self, value: Json) -> Cut:
        nested = read_cut(
            value,
            self.context,
            name=text_of(value, "name"),
            found=rate_of_items(value, self.context) or FoundRate(self.rate, float(self.rate)),
            depth=self.depth + 1,
            trimmed=False,
        )
        nested.rate_note = ""
        return nested

    def _nested_start(self, value: Json) -> Fraction:
        window = window_of(value, self.context, self.rate, self.depth)
        return Fraction(window.start) / self.rate


def _offset(value: Json, key: str, context: Context, rate: Fraction) -> Exact:
    said = value.get(key)
    offset = 0 if said is None else context.times.frames(said, rate)
    if offset < 0:
        raise CutError(context.path, f"a transition has a negative {key}")
    return offset


def _whole(frames: Exact) -> int:
    return frames if isinstance(frames, int) else to_frames(frames, _ONE)


def _color(value: Any) -> str:
    """An item's own colour, which OpenTimelineIO 0.18 knows."""
    if not isinstance(value, dict):
        return ""
    return of_parts(value.get("r"), value.get("g"), value.get("b"))
