"""New clips put into a document, connected over the gaps that they fill.

A spine has no holes: a gap in it is an element. A clip connected to that gap fills it, and nothing
else moves. Where a spine ends early or leaves time out, a gap is put there to connect to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.fcpxml.assets import Shelf, placed_clip
from pickup.cut.formats.fcpxml.document import Document, Invalid, Node
from pickup.cut.formats.fcpxml.edits import Edits
from pickup.cut.formats.fcpxml.markup import Element
from pickup.cut.formats.fcpxml.resources import Resources, record_of
from pickup.cut.formats.fcpxml.times import time_text
from pickup.cut.model import ItemKind
from pickup.timing import to_frames, to_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.formats.fcpxml.story import Located, Seat
    from pickup.cut.model import Cut, Item, Raster
    from pickup.cut.placement import Placement

_GAP_START = Fraction(3600)
"""Where Final Cut begins a gap's own time."""


def inserted(
    document: Document, cut: Cut, placements: Sequence[Placement], out: Path
) -> tuple[bytes, list[str]]:
    """The document's bytes with `placements` in `cut`, and notes for the user.

    Raises:
        Invalid: the format cannot hold what was asked for.
    """
    shelf = Shelf(document.version, set(document.ids), _formats(document.root, out))
    writer = _Writer(document, cut, shelf)
    for placement in sorted(placements, key=lambda p: (p.start, p.end)):
        writer.place(placement)
    return writer.finish(), writer.notes


class _Writer:
    def __init__(self, document: Document, cut: Cut, shelf: Shelf) -> None:
        located: Located = cut.locator
        self.notes: list[str] = []
        self._document = document
        self._cut = cut
        self._shelf = shelf
        self._located = located
        self._edits = Edits(document)
        self._seats = sorted(located.seats, key=lambda seat: seat.start)
        self._starts = [to_frames(seat.start, cut.rate) for seat in self._seats]
        self._connected: dict[int, tuple[Node, list[Element]]] = {}
        self._unseated: dict[int, list[Placement]] = defaultdict(list)
        self._lanes = Lanes(cut)
        self._replaced: set[int] = set()

    def place(self, placement: Placement) -> None:
        """Put one clip in: over an earlier clip of ours, or onto its gap."""
        if self._retake(placement):
            return
        index = bisect_right(self._starts, placement.start) - 1
        seat = self._seats[index] if index >= 0 else None
        if seat is None or to_frames(seat.end, self._cut.rate) <= placement.start:
            self._unseated[index].append(placement)
            return
        at = to_seconds(placement.start, self._cut.rate)
        where = {
            "lane": str(self._lanes.take(placement)),
            "offset": time_text(seat.clock.local(at)),
        }
        element = placed_clip(placement, self._shelf, where)
        self._connected.setdefault(id(seat.node), (seat.node, []))[1].append(element)

    def finish(self) -> bytes:
        for index, placements in self._unseated.items():
            self._fill_hole(index, placements)
        for node, elements in self._connected.values():
            self._edits.connect(node, elements)
        self._drop_orphans()
        if self._shelf.added:
            self._add_resources(self._shelf.added)
        return self._edits.applied()

    def _fill_hole(self, index: int, placements: list[Placement]) -> None:
        """Where the spine says nothing: a gap for the hole, which the clips connect to."""
        spine, rate = self._located.spine, self._cut.rate
        if spine is None:
            raise Invalid("the sequence has no spine", self._located.sequence.line)
        start = self._seats[index].end if index >= 0 else Fraction(0)
        last = to_seconds(max(p.end for p in placements), rate)
        following = self._seats[index + 1] if index + 1 < len(self._seats) else None
        end = following.start if following else last
        gap = Element(
            "gap",
            {
                "name": "Gap",
                "offset": time_text(self._located.origin + start),
                "start": time_text(_GAP_START),
                "duration": time_text(end - start),
            },
        )
        for placement in placements:
            at = to_seconds(placement.start, rate) - start + _GAP_START
            where = {"lane": str(self._lanes.take(placement)), "offset": time_text(at)}
            gap.children.append(placed_clip(placement, self._shelf, where))
        if following is not None:
            self._edits.append(spine, [gap], before=_first_of(spine, following))
        else:
            self._edits.append(spine, [gap])

    def _retake(self, placement: Placement) -> bool:
        """Replace the bytes of a clip that we put at these frames before."""
        item = self._earlier(placement)
        if item is None:
            return False
        node: Node = item.locator
        outer = self._audition_of(node) or node
        kept = [child for child in node.children if child.tag not in ("note", "metadata")]
        where = {name: outer.attrs.get(name) for name in ("lane", "offset")}
        element = placed_clip(placement, self._shelf, where)
        if self._document.version < (1, 6):
            kept = [child for child in kept if child.tag != "video"]
        if kept:
            first = element.children[0] if element.tag == "audition" else element
            if first.attrs["start"] != node.get("start"):
                self.notes.append(
                    f"“{item.name}” stays below its new take: markers or clips are attached to it."
                )
                return False
            first.raw = [self._edits.slice(child) for child in kept]
        text = element.render(self._edits.indent_of(outer))
        self._edits.replace(outer.at, self._edits.end_of(outer), text)
        self._replaced.update(id(inner) for inner in outer.walk())
        return True

    def _earlier(self, placement: Placement) -> Item | None:
        shot = placement.take.metadata.get("shot")
        for track in self._cut.video_tracks:
            for item in track.items:
                if item.pickup is None or (item.start, item.end) != (
                    placement.start,
                    placement.end,
                ):
                    continue
                free = id(item.locator) not in self._replaced
                if free and (not shot or item.pickup.get("shot") in (None, shot)):
                    return item
        return None

    def _audition_of(self, node: Node) -> Node | None:
        found = (n for n in self._located.sequence.walk() if n.tag == "audition")
        return next((n for n in found if any(child is node for child in n.children)), None)

    def _drop_orphans(self) -> None:
        """Assets of ours that only replaced clips referred to."""
        if not self._replaced:
            return
        nodes = list(self._document.root.walk())
        gone = {n.get("ref") for n in nodes if id(n) in self._replaced}
        used = {n.get("ref") for n in nodes if id(n) not in self._replaced}
        for node in nodes:
            if node.tag == "asset" and node.get("id") in gone - used and record_of(node):
                self._edits.remove(node)

    def _add_resources(self, elements: list[Element]) -> None:
        root = self._document.root
        section = next((n for n in root.walk() if n.tag == "resources"), None)
        if section is not None:
            self._edits.append(section, elements)
            return
        options = root.child("import-options")
        before = None if options else next(iter(root.children), None)
        holder = [Element("resources", {}, elements)]
        if options is not None:
            self._edits.after(options, holder)
        else:
            self._edits.append(root, holder, before=before)


class Lanes:
    """Chooses lanes for new clips, seeing what lies over and under them."""

    def __init__(self, cut: Cut) -> None:
        self._paths: list[tuple[int, ...]] = [track.locator or () for track in cut.video_tracks]
        self._taken = [
            (path[0] if path else 0, item.start, item.end)
            for path, track in zip(self._paths, cut.video_tracks, strict=True)
            for item in track.items
            if item.kind is not ItemKind.HOLE
        ]
        self._taken.extend(
            (track.locator[0], item.start, item.end)
            for track in cut.audio_tracks
            if track.locator
            for item in track.items
        )
        self._taken.sort(key=lambda entry: entry[1])
        self._longest = max((end - start for _, start, end in self._taken), default=0)
        self._begins = [entry[1] for entry in self._taken]

    def take(self, placement: Placement) -> int:
        """A lane for a clip: above all there, or where its track's hole is."""
        lanes = self._over(placement.start, placement.end)
        lane = self._choose(placement.track, lanes)
        index = bisect_right(self._begins, placement.start)
        self._taken.insert(index, (lane, placement.start, placement.end))
        self._begins.insert(index, placement.start)
        self._longest = max(self._longest, placement.duration)
        return lane

    def _choose(self, track: int | None, lanes: set[int]) -> int:
        top = max([0, *lanes]) + 1
        if track is None or not 0 <= track < len(self._paths):
            return top
        path = self._paths[track]
        own = path[0] if path else 0
        above = [lane for lane in lanes if lane > own]
        if not above:
            return max(own, 0) + 1 if own in lanes or own == 0 else own
        if own != 0:
            return own if own not in lanes else top
        if min(above) > 1:
            return min(above) - 1
        if own in lanes:
            return top
        return next(lane for lane in range(-1, min([0, *lanes]) - 2, -1) if lane not in lanes)

    def _over(self, start: int, end: int) -> set[int]:
        """Lanes with an item between two frames."""
        index = bisect_right(self._begins, end - 1)
        found: set[int] = set()
        while index > 0 and self._taken[index - 1][1] > start - self._longest - 1:
            index -= 1
            lane, begin, until = self._taken[index]
            if begin < end and start < until:
                found.add(lane)
        return found


def _formats(root: Node, out: Path) -> dict[tuple[Fraction | None, Raster | None], str]:
    """Formats that are there, by what they say; those with a projection are none of ours."""
    resources = Resources(root, out.parent)
    found: dict[tuple[Fraction | None, Raster | None], str] = {}
    for section in (n for n in root.walk() if n.tag == "resources"):
        for node in section.all("format"):
            plain = not node.get("projection") or node.get("projection") == "none"
            if plain and node.get("frameDuration") and not node.get("fieldOrder"):
                shape = resources.format(node.get("id"))
                found.setdefault((shape.rate, shape.raster), node.get("id"))
    return found


def _first_of(spine: Node, following: Seat) -> Node:
    """The child of a spine to put a gap before; a transition goes with what follows it."""
    index = next(i for i, child in enumerate(spine.children) if child is following.outer)
    previous = spine.children[index - 1] if index else None
    return previous if previous is not None and previous.tag == "transition" else following.outer
