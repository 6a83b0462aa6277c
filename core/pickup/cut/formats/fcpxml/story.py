"""A sequence laid out: every storyline, connected clip and marker, on the cut's frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.fcpxml.content import (
    Contents,
    Shown,
    active,
    contained,
    has_holes,
    is_faded_out,
    origin_of,
)
from pickup.cut.formats.fcpxml.document import STORY, Invalid, Node
from pickup.cut.formats.fcpxml.layout import Lane, Strip, settled_transitions, tracks_of
from pickup.cut.formats.fcpxml.resources import MISSING, record_of
from pickup.cut.formats.fcpxml.retime import ZERO, Clock, pace_of, retiming_of
from pickup.cut.model import Cut, Item, ItemKind, Marker
from pickup.timing import to_frames, to_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.cut.formats.fcpxml.resources import Resources

_MARKERS = ("marker", "chapter-marker", "keyword")


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an element of the primary storyline lies, kept for the writer.

    Attributes:
        outer: the element.
        node: the same; of an audition, its pick.
        start, end: seconds from the sequence's start.
        clock: its local time.
    """

    outer: Node
    node: Node
    start: Fraction
    end: Fraction
    clock: Clock


@dataclass(slots=True)
class Located:
    """The locator of a cut: its `sequence` and the seats of its primary storyline."""

    sequence: Node
    spine: Node | None
    origin: Fraction
    seats: list[Seat] = field(default_factory=list)


class Story:
    """Lays one sequence out.

    Args:
        cut: gets the tracks and markers.
        nested: gives the inner cut of a compound clip's media, None where it has none.
    """

    def __init__(
        self, cut: Cut, resources: Resources, nested: Callable[[Node], Cut | None]
    ) -> None:
        self._cut = cut
        self._rate = cut.rate
        self._resources = resources
        self._contents = Contents(resources, cut.rate)
        self._nested = nested
        self._video: list[Strip] = []
        self._audio: list[Strip] = []

    def lay_out(self, sequence: Node) -> None:
        spine = sequence.child("spine")
        origin = origin_of(sequence)
        located = Located(sequence, spine, origin)
        self._cut.locator = located
        self._markers(sequence, Clock(ZERO, origin), None)
        if spine is not None:
            self._spine(spine, Clock(ZERO, origin), (), located.seats)
        self._cut.tracks = tracks_of(self._video, "video") + tracks_of(self._audio, "audio")
        self._cut.markers.sort(key=lambda marker: marker.start)

    def lay_in(self, clip: Node) -> Fraction:
        """Lay out what a clip contains; gives the local time at which that begins."""
        inside = [child for child in clip.children if child.lane == 0]
        offsets = [part.time("offset") or ZERO for part in contained(clip)]
        origin = min(offsets, default=ZERO)
        for child in inside:
            if child.tag == "spine":
                self._spine(child, Clock(ZERO, origin), (), None)
            elif child.tag in STORY:
                self._single(child, (child.time("offset") or ZERO) - origin, ())
        self._cut.tracks = tracks_of(self._video, "video") + tracks_of(self._audio, "audio")
        return origin

    def _spine(self, spine: Node, clock: Clock, lane: Lane, seats: list[Seat] | None) -> None:
        """A storyline: its items one after another, each where its offset says."""
        items: list[Item] = []
        sounds: list[Item] = []
        cursor = clock.base
        for child in spine.children:
            if child.tag == "transition":
                item = self._transition(child, clock)
                if item is not None:
                    items.append(item)
            elif child.tag in STORY:
                offset = child.time("offset")
                start = cursor if offset is None else clock.at(offset)
                seat = self._element(child, start, lane, items, sounds)
                if seat is not None:
                    cursor = seat.end
                    if seats is not None:
                        seats.append(seat)
        items = settled_transitions(items)
        if items:
            self._video.append(Strip(lane, items))
        if sounds:
            self._audio.append(Strip(lane, sounds))

    def _element(
        self, outer: Node, start: Fraction, lane: Lane, items: list[Item], sounds: list[Item]
    ) -> Seat | None:
        """One story element and all that is connected to it."""
        node = active(outer)
        if node is None:
            return None
        end = start + self._contents.duration(node)
        local = self._contents.local_start(node)
        clock = Clock(start, local, pace_of(node, self._rate))
        item, picture = self._item(node, start, end)
        if item.start < item.end:
            (items if picture else sounds).append(item)
        self._markers(node, clock, item, words=picture)
        for child in node.children:
            if child.lane != 0:
                self._connected(child, clock, lane)
        return Seat(outer, node, start, end, clock)

    def _connected(self, node: Node, clock: Clock, lane: Lane) -> None:
        start = clock.at(node.time("offset") or ZERO)
        lane = (*lane, node.lane)
        if node.tag == "spine":
            self._spine(node, Clock(start, ZERO), lane, None)
        elif node.tag in STORY:
            self._single(node, start, lane)

    def _single(self, node: Node, start: Fraction, lane: Lane) -> None:
        """An element that belongs to no storyline."""
        items: list[Item] = []
        sounds: list[Item] = []
        self._element(node, start, lane, items, sounds)
        self._video.extend(Strip(lane, [item]) for item in items)
        self._audio.extend(Strip(lane, [item]) for item in sounds)

    def _item(self, node: Node, start: Fraction, end: Fraction) -> tuple[Item, bool]:
        """The element as an item, and whether it goes on a video track."""
        frames = self._frame(start, node), self._frame(end, node)
        if node.tag == "gap":
            hole = Item(ItemKind.HOLE, node.get("name"), *_cropped(frames), note=node.note)
            hole.locator = node
            return hole, True
        if node.tag == "ref-clip":
            item, shown = self._compound(node, frames)
        else:
            shown = self._contents.of(node)
            item = Item(shown.kind, node.get("name"), *frames, media=shown.media)
            if shown.picture and has_holes(node):
                shown = self._look_inside(item, node)
        item.enabled = node.get("enabled") != "0"
        item.transparent = shown.transparent or is_faded_out(node)
        item.note = node.note or (_letters(node) if node.tag == "title" else "")
        item.pickup = record_of(node)
        item.locator = node
        item.source_start, item.speed = shown.timing.start, shown.timing.speed
        item.retime = shown.timing.time_map()
        if item.start < 0:
            _crop(item, self._rate)
        return item, shown.picture

    def _compound(self, node: Node, frames: tuple[int, int]) -> tuple[Item, Shown]:
        media = self._resources.find(node.get("ref"), "media")
        inner = self._nested(media) if media is not None else None
        timing = retiming_of(node, self._contents.local_start(node), self._rate)
        picture = node.get("srcEnable") != "audio"
        name = node.get("name") or (media.get("name") if media else "")
        if inner is None or not picture:
            item = Item(ItemKind.CLIP, name, *frames, media=MISSING if inner is None else None)
            return item, Shown(item.media, timing, picture)
        origin = inner.locator.origin
        item = Item(ItemKind.NESTED, name, *frames, nested=inner)
        return item, Shown(None, timing.then(origin, ZERO, Fraction(1)))

    def _look_inside(self, item: Item, node: Node) -> Shown:
        """Make a clip that contains holes a nested sequence, so that they are seen."""
        inner = Cut(node.get("name"), self._rate)
        origin = Story(inner, self._resources, self._nested).lay_in(node)
        item.kind, item.media, item.nested = ItemKind.NESTED, None, inner
        timing = retiming_of(node, self._contents.local_start(node), self._rate)
        return Shown(None, timing.then(origin, ZERO, Fraction(1)))

    def _transition(self, node: Node, clock: Clock) -> Item | None:
        """None for a crossfade of sound alone."""
        if node.child("filter-audio") is not None and node.child("filter-video") is None:
            return None
        start = clock.at(node.time("offset") or ZERO)
        end = start + (node.time("duration") or ZERO)
        frames = _cropped((self._frame(start, node), self._frame(end, node)))
        if frames[0] >= frames[1]:
            return None
        return Item(ItemKind.TRANSITION, node.get("name"), *frames, locator=node)

    def _markers(self, node: Node, clock: Clock, item: Item | None, *, words: bool = True) -> None:
        """Markers of an element that lie in what it shows; `words` lets keywords in."""
        for child in node.children:
            if child.tag not in _MARKERS or (child.tag == "keyword" and not words):
                continue
            at = clock.at(child.time("start") or ZERO)
            length = child.time("duration") or ZERO
            start = to_frames(at, self._rate)
            end = max(start, to_frames(at + length / clock.pace, self._rate))
            if max(abs(start), end) > LIMITS.frames:
                continue  # It marks nothing, and Final Cut does not show it.
            if item is not None and child.tag == "keyword":
                start = max(start, item.start)
                end = max(start, min(end, item.end))
            if item is not None and not item.start <= start < item.end:
                continue
            comment = child.get("note")
            self._cut.markers.append(
                Marker(child.get("value"), start, end - start, comment, _color(child))
            )

    def _frame(self, seconds: Fraction, node: Node) -> int:
        frame = to_frames(seconds, self._rate)
        if abs(frame) > LIMITS.frames:
            raise Invalid("a clip lies beyond thirty days", node.line)
        return frame


def _cropped(frames: tuple[int, int]) -> tuple[int, int]:
    return max(0, frames[0]), max(0, frames[1])


def _crop(item: Item, rate: Fraction) -> None:
    """Take off what lies before the sequence begins."""
    offset = to_seconds(-item.start, rate)
    if item.retime is not None:
        points = tuple((x - offset, y) for x, y in item.retime.points)
        item.retime = type(item.retime)(points)
    item.source_start += offset * item.speed
    item.start, item.end = _cropped((item.start, item.end))


def _color(node: Node) -> str:
    """OTIO's name of the colour that Final Cut draws a marker in."""
    if node.tag == "chapter-marker":
        return "ORANGE"
    if node.tag == "keyword":
        return ""
    return {"0": "RED", "1": "GREEN"}.get(node.get("completed"), "BLUE")


def _letters(title: Node) -> str:
    """What a title says."""
    parts = (part for text in title.all("text") for part in (text, *text.all("text-style")))
    return " ".join(" ".join(part.text for part in parts).split())
