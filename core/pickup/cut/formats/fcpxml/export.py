"""A whole new document from a cut of any origin.

The lowest video track becomes the primary storyline, its holes gap elements. All other items are
connected to whatever lies in it where they begin: upper tracks above, sound below.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.fcpxml.assets import Shelf, placed_clip
from pickup.cut.formats.fcpxml.document import Invalid
from pickup.cut.formats.fcpxml.markup import Element
from pickup.cut.formats.fcpxml.parts import Parts, marker_element
from pickup.cut.formats.fcpxml.retime import ZERO
from pickup.cut.formats.fcpxml.times import frame_text, time_text
from pickup.cut.model import Item, ItemKind, Raster
from pickup.cut.placement import Placement
from pickup.errors import CutError
from pickup.timing import to_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.model import Cut, Track

_VERSION = (1, 10)
_RASTER = Raster(1920, 1080)
_MAX_NESTING = 20
_GAP_START = Fraction(3600)


def exported(cut: Cut, placements: Sequence[Placement], out: Path) -> tuple[bytes, list[str]]:
    """A document's bytes, and what the format cannot say.

    Raises:
        CutError: it cannot hold what was asked for.
    """
    exporter = _Exporter()
    try:
        sequence = exporter.sequence(cut, placements)
    except Invalid as error:
        raise CutError(out, error.reason, hint=error.hint) from error
    project = Element("project", {"name": cut.name or out.stem}, [sequence])
    event = Element("event", {"name": str(cut.metadata.get("event") or "Pickup")}, [project])
    resources = Element("resources", {}, exporter.shelf.added)
    version = f"{_VERSION[0]}.{_VERSION[1]}"
    root = Element("fcpxml", {"version": version}, [resources, Element("library", {}, [event])])
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n\n'
    return f"{head}{root.render('')}\n".encode(), list(dict.fromkeys(exporter.notes))


@dataclass(slots=True)
class _Cell:
    """A stretch of the primary storyline and its element."""

    start: int
    end: int
    element: Element
    local: Fraction
    connected: list[Element] = field(default_factory=list)
    markers: list[Element] = field(default_factory=list)

    def finished(self) -> Element:
        """The element, with what is connected to it and its markers where the DTD wants them."""
        target = self.element.children[0] if self.element.tag == "audition" else self.element
        metadata = [child for child in target.children if child.tag == "metadata"]
        rest = [child for child in target.children if child.tag != "metadata"]
        target.children = [*rest, *self.connected, *self.markers, *metadata]
        return self.element


class _Exporter:
    """Writes sequences; those nested in them become compound clips."""

    def __init__(self) -> None:
        self.shelf = Shelf(_VERSION, set(), {})
        self.notes: list[str] = []
        self._compounds: dict[int, str] = {}
        self._under_way: list[int] = []

    def sequence(self, cut: Cut, placements: Sequence[Placement]) -> Element:
        spine = _Spine(cut, placements, self).element()
        if cut.raster is None:
            self.notes.append(
                f"The picture size of “{cut.name}” is not known; 1920 x 1080 is written."
            )
        attrs = {
            "format": self.shelf.format(cut.rate, cut.raster or _RASTER),
            "tcStart": frame_text(cut.start, cut.rate),
            "tcFormat": "DF" if cut.drop_frame else "NDF",
        }
        return Element("sequence", dict(attrs), [spine])

    def compound(self, cut: Cut) -> str:
        """The id of the media of an inner cut, written once."""
        key = id(cut)
        if key in self._under_way or len(self._under_way) >= _MAX_NESTING:
            raise Invalid(f"the sequence “{cut.name}” is nested too deep or within itself")
        if key not in self._compounds:
            self._under_way.append(key)
            sequence = self.sequence(cut, ())
            self._under_way.pop()
            self._compounds[key] = self.shelf.new_id()
            attrs = {"id": self._compounds[key], "name": cut.name}
            self.shelf.added.append(Element("media", dict(attrs), [sequence]))
        return self._compounds[key]


class _Spine:
    """The primary storyline of one cut, and all that is connected to it."""

    def __init__(self, cut: Cut, placements: Sequence[Placement], exporter: _Exporter) -> None:
        self._cut = cut
        self._rate = cut.rate
        self._notes = exporter.notes
        self._shelf = exporter.shelf
        self._parts = Parts(cut.rate, exporter.shelf, exporter.notes, exporter.compound)
        self._cells: list[_Cell] = []
        tracks = cut.video_tracks
        self._base = tracks[0] if tracks else None
        self._loose: list[tuple[Item | Placement, int, bool, bool]] = []
        own = self._sorted_out(tracks, placements)
        end = max([cut.duration, *(p.end for p in placements)])
        self._lay(own, end)

    def element(self) -> Element:
        for thing, lane, picture, shown in self._loose:
            self._connect(thing, lane, picture=picture, shown=shown)
        self._mark()
        children = [cell.finished() for cell in self._cells]
        if self._base is not None:
            children = self._with_transitions(children, self._base)
        return Element("spine", {}, children)

    def _sorted_out(
        self, tracks: list[Track], placements: Sequence[Placement]
    ) -> list[Item | Placement]:
        """What makes up the primary storyline; all else goes to a lane."""
        top = max(1, len(tracks))
        own: list[Item | Placement] = []
        rest: list[tuple[Item | Placement, int, bool, bool]] = []
        for placement in placements:
            lane = top if placement.track is None else placement.track
            rest.append((placement, lane, True, True))
        for lane, track in enumerate(tracks):
            rest.extend((item, lane, True, track.enabled) for item in _solid(track))
        for thing, lane, picture, shown in sorted(rest, key=lambda r: (r[0].start, r[0].end)):
            if lane == 0 and (not own or own[-1].end <= thing.start):
                own.append(thing)
            else:
                self._loose.append((thing, lane or 1, picture, shown))
        for number, track in enumerate(self._cut.audio_tracks):
            sounds = ((item, -1 - number, False, track.enabled) for item in _solid(track))
            self._loose.extend(sounds)
        self._note_transitions(tracks)
        return own

    def _note_transitions(self, tracks: list[Track]) -> None:
        lost = sum(item.kind is ItemKind.TRANSITION for track in tracks[1:] for item in track.items)
        lost += sum(
            item.kind is ItemKind.TRANSITION
            for track in self._cut.audio_tracks
            for item in track.items
        )
        if lost:
            self._notes.append(
                f"{lost} transitions above the lowest video track or in sound become cuts."
            )

    def _lay(self, own: list[Item | Placement], end: int) -> None:
        """Cells without a hole from the sequence's start to its end."""
        holes = [i for i in self._base.items if i.kind is ItemKind.HOLE] if self._base else []
        position = 0
        for thing in own:
            self._gaps(position, thing.start, holes)
            where = {"offset": self._offset(thing.start)}
            element, local = self._element(thing, where, picture=True, shown=self._shown)
            self._cells.append(_Cell(thing.start, thing.end, element, local))
            position = thing.end
        self._gaps(position, end, holes)

    @property
    def _shown(self) -> bool:
        return self._base is None or self._base.enabled

    def _gaps(self, start: int, end: int, holes: list[Item]) -> None:
        """Gap elements, divided where the cut spells its holes out."""
        edges = {start, end}
        for hole in holes:
            edges |= {edge for edge in (hole.start, hole.end) if start < edge < end}
        cuts = sorted(edges)
        for begin, until in itertools.pairwise(cuts):
            hole_here = next((h for h in holes if h.start <= begin < h.end), None)
            words = hole_here.note if hole_here else ""
            name = hole_here.name if hole_here and hole_here.name else "Gap"
            attrs = {
                "name": name,
                "offset": self._offset(begin),
                "start": time_text(_GAP_START),
                "duration": frame_text(until - begin, self._rate),
            }
            note = [Element("note", text=words)] if words.strip() else []
            self._cells.append(_Cell(begin, until, Element("gap", dict(attrs), note), _GAP_START))

    def _connect(self, thing: Item | Placement, lane: int, *, picture: bool, shown: bool) -> None:
        cell = self._cell_at(thing.start)
        if cell is None:
            return
        where = {"lane": str(lane), "offset": time_text(self._local(cell, thing.start))}
        element, _ = self._element(thing, where, picture=picture, shown=shown)
        cell.connected.append(element)

    def _element(
        self, thing: Item | Placement, where: dict[str, str], *, picture: bool, shown: bool
    ) -> tuple[Element, Fraction]:
        if isinstance(thing, Placement):
            local = to_seconds(thing.take.start + thing.take.head, thing.take.rate)
            return placed_clip(thing, self._shelf, dict(where)), local
        return self._parts.element(thing, dict(where), picture=picture, shown=shown)

    def _mark(self) -> None:
        for marker in self._cut.markers:
            cell = self._cell_at(marker.start)
            if cell is None:
                self._notes.append(
                    f"The marker “{marker.name}” lies beyond the cut; it is left out."
                )
                continue
            if marker.color not in ("", "RED", "GREEN", "ORANGE"):
                self._notes.append("FCPXML cannot say the colours of markers.")
            start = self._local(cell, marker.start)
            cell.markers.append(marker_element(marker, start, self._rate))

    def _with_transitions(self, children: list[Element], track: Track) -> list[Element]:
        """Transitions of the primary storyline put between the clips that they join."""
        result = list(children)
        lost = 0
        for item in reversed([i for i in track.items if i.kind is ItemKind.TRANSITION]):
            index = self._join(item)
            if index is None:
                lost += 1
            else:
                result.insert(index, self._parts.transition(item, self._offset(item.start)))
        if lost:
            self._notes.append(f"{lost} transitions without a cut or media to join become cuts.")
        return result

    def _join(self, item: Item) -> int | None:
        """The index of the cell that a transition leads to, if it can be drawn there."""
        for index, cell in enumerate(self._cells):
            if item.start <= cell.start <= item.end and index:
                before = self._cells[index - 1]
                gaps = "gap" in (before.element.tag, cell.element.tag)
                return index if not gaps and _has_handles(self._cut, item, cell.start) else None
        return None

    def _cell_at(self, frame: int) -> _Cell | None:
        index = bisect_right(self._cells, frame, key=lambda cell: cell.start) - 1
        cell = self._cells[index] if index >= 0 else None
        return cell if cell is not None and frame < cell.end else None

    def _local(self, cell: _Cell, frame: int) -> Fraction:
        return cell.local + to_seconds(frame - cell.start, self._rate)

    def _offset(self, frame: int) -> str:
        return frame_text(self._cut.start + frame, self._rate)


def _solid(track: Track) -> list[Item]:
    bare = (ItemKind.TRANSITION, ItemKind.HOLE)
    return [item for item in track.items if item.kind not in bare and item.duration > 0]


def _has_handles(whole: Cut, transition: Item, cut: int) -> bool:
    """Whether the media on both sides of a cut reaches as far as a transition over it."""
    items = _solid(whole.video_tracks[0])
    before = next((item for item in items if item.end == cut), None)
    after = next((item for item in items if item.start == cut), None)
    return (
        before is not None
        and after is not None
        and _reaches(before, transition.end - cut, whole.rate, after=True)
        and _reaches(after, cut - transition.start, whole.rate, after=False)
    )


def _reaches(item: Item, frames: int, rate: Fraction, *, after: bool) -> bool:
    """Whether an item's media goes on for `frames` beyond its end or its start."""
    media = item.media
    if frames <= 0 or media is None:
        return True
    if media.missing or not media.duration:
        return not media.missing
    at = item.source_time(item.end + frames if after else item.start - frames, rate)
    return ZERO <= at - media.start <= media.duration
