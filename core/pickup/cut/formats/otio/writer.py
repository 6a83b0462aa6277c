"""Puts clips into a document: cuts its text open where they go, and leaves all the rest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.otio.clips import (
    DEFAULT_KEY,
    Clock,
    Shape,
    reference_json,
    references_json,
    source_range,
    track_json,
)
from pickup.cut.formats.otio.context import Context
from pickup.cut.formats.otio.holes import Filling, Piece
from pickup.cut.formats.otio.text import (
    Edit,
    Style,
    apply,
    elements,
    end_of,
    locate,
    margin_at,
    members,
    set_members,
    value_at,
)
from pickup.cut.formats.otio.tracks import Window, window_of
from pickup.cut.placement import TRACK_NAME
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.formats.otio.context import Json
    from pickup.cut.formats.otio.reader import Place, Source
    from pickup.cut.formats.otio.text import Span
    from pickup.cut.formats.otio.values import Exact
    from pickup.cut.model import Cut, CutFile, Item, Track
    from pickup.cut.placement import Placement


def placed(
    document: CutFile,
    cut: Cut,
    placements: Sequence[Placement],
    target: str,
    bundle: Path | None = None,
) -> tuple[str, list[str]]:
    """The document's text with every placement in it, and notes for the user.

    Args:
        document: as it was read.
        cut: one of its cuts.
        placements: what goes into it.
        target: the host to write for; empty follows the document.
        bundle: the folder that paths are written relative to, where media travel along.
    """
    source: Source = document.source
    if not placements:
        return source.text, []
    writing = Writing(
        source.text,
        source.plain,
        cut,
        Context(document.path, document.path.parent, document.writer),
        Shape.of(source.text, document.writer, target, bundle),
    )
    writing.place(placements)
    return apply(source.text, writing.edits), writing.notes


def earlier_clip(cut: Cut, placement: Placement) -> tuple[Track, Item] | None:
    """The clip of an earlier run that a placement is a new take of: same frames, same gap."""
    gap = placement.take.metadata.get("gap")
    for track in cut.video_tracks:
        for item in track.items:
            if (item.start, item.end) != (placement.start, placement.end) or not item.pickup:
                continue
            if gap is not None and item.pickup.get("gap") == gap and "take" in item.pickup:
                return track, item
    return None


@dataclass(slots=True)
class Writing:
    """One writing of placements into one cut of a document.

    Attributes:
        text, plain: the document, as read and as it can be parsed.
        cut: the cut, as it was read from this document.
        edits: what is to change in the text.
        notes: for the user.
    """

    text: str
    plain: str
    cut: Cut
    context: Context
    shape: Shape
    edits: list[Edit] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fillings: dict[int, Filling | None] = field(default_factory=dict)
    style: Style = field(init=False)
    place_of: Place = field(init=False)
    clock: Clock = field(init=False)
    window: Window = field(init=False)

    def __post_init__(self) -> None:
        self.style = Style.of(self.text)
        self.place_of = self.cut.locator
        self.clock = Clock(self.cut.rate, self.place_of.said)
        self.window = Window()
        if self.place_of.schema == "Stack" and self._has_stack():
            stack = value_at(self.plain, self._span())
            self.window = window_of(stack, self.context, self.cut.rate)

    def place(self, placements: Sequence[Placement]) -> None:
        by_track: defaultdict[int, list[Placement]] = defaultdict(list)
        above: list[Placement] = []
        for placement in sorted(placements, key=lambda one: (one.start, one.end)):
            earlier = earlier_clip(self.cut, placement)
            if earlier is not None:
                self._add_takes(*earlier, placement)
            elif placement.track is None:
                above.append(placement)
            else:
                by_track[placement.track].append(placement)
        for index, wanted in by_track.items():
            rest = self._fill(index, wanted)
            above += rest
            self.notes += [
                f"“{one.name}” stands on the track {TRACK_NAME}: the hole in its own track does "
                "not begin and end on whole frames that are free there."
                for one in rest
            ]
        self._place_above(sorted(above, key=lambda one: one.start))
        for index, filling in self.fillings.items():
            if filling is not None:
                self._edit_track(filling, self.cut.video_tracks[index])

    # The way to things

    def _has_stack(self) -> bool:
        *parent, key = self.place_of.keys or ("",)
        if not key or not isinstance(key, str):
            return True
        spans = members(self.plain, locate(self.plain, parent)[0])
        return key in spans and self.plain[spans[key][0]] == "{"

    def _span(self, track: Track | None = None) -> Span:
        keys = (*self.place_of.keys, *(track.locator if track is not None else ()))
        try:
            begin, _ = locate(self.plain, keys)
        except (KeyError, IndexError):
            raise CutError(self.context.path, "the cut is not of this document") from None
        return begin, end_of(self.plain, begin)

    # Into a track's own holes

    def _fill(self, index: int, wanted: list[Placement]) -> list[Placement]:
        """Lays clips into the holes of a video track; returns those that do not fit there."""
        if not 0 <= index < len(self.cut.video_tracks):
            raise CutError(self.context.path, f"it has no video track {index + 1}")
        if index not in self.fillings:
            self.fillings[index] = self._filling(self.cut.video_tracks[index])
        filling = self.fillings[index]
        if filling is None:
            return wanted
        return [placement for placement in wanted if not filling.take(placement)]

    def _filling(self, track: Track) -> Filling | None:
        """The holes of a track; None for what is no track, or has nothing in it."""
        value = value_at(self.plain, self._span(track))
        if self.context.schemas.of(value) != "Track" or not value.get("children"):
            return None
        window = window_of(value, self.context, self.cut.rate)
        filling = Filling.of(value["children"], self.context, self.clock, self.shape)
        filling.origin = window.start + self.window.start
        filling.can_grow = window.end is None and self.window.end is None
        return filling

    def _edit_track(self, filling: Filling, track: Track) -> None:
        begin, _ = self._span(track)
        spans = elements(self.plain, members(self.plain, begin)["children"][0])
        for index in filling.changed:
            start, end = spans[index]
            margin = margin_at(self.text, start)
            said = filling.edits(
                index, self.text[start:end], self.plain[start:end], self.style, margin
            )
            if said:
                self.edits.append((start, end, self.style.between(margin).join(said)))
            else:
                # Covered by a clip that stands in an earlier gap: out, with the comma before it.
                self.edits.append((spans[index - 1][1], end, ""))
        at = spans[-1][1]
        margin = margin_at(self.text, spans[-1][0])
        for piece in filling.beyond():
            said_new = self.style.dump(self._piece(filling, piece), margin)
            self.edits.append((at, at, self.style.between(margin) + said_new))

    def _piece(self, filling: Filling, piece: Piece) -> Json:
        return filling.rest(piece) if piece.placement is None else filling.clip(piece)

    # Onto a track above all

    def _place_above(self, wanted: list[Placement]) -> None:
        tracks = self.cut.video_tracks
        if wanted and tracks and tracks[-1].name == TRACK_NAME and tracks[-1].enabled:
            wanted = self._fill(len(tracks) - 1, wanted)
        while wanted:
            filling = Filling.of([], self.context, self.clock, self.shape)
            filling.origin = self.window.start
            wanted = [placement for placement in wanted if not filling.take(placement)]
            if not filling.taken:
                raise CutError(
                    self.context.path, f"“{wanted[0].name}” would begin before the cut does"
                )
            children = [self._piece(filling, piece) for piece in filling.beyond()]
            length = self._padded_length()
            last = filling.taken[-1][2]
            if length > last and self.clock.can_say(length - last):
                children.append(filling.rest(Piece(last, length)))
            self._add_track(track_json(children, self.shape))

    def _padded_length(self) -> Exact:
        """To where the document pads its tracks with gaps; 0 where it does not."""
        if self.place_of.schema != "Stack" or not self._has_stack():
            return 0
        stack = value_at(self.plain, self._span())
        lengths: dict[bool, list[Exact]] = {True: [0], False: [0]}
        for track in stack.get("children") or []:
            if self.context.schemas.of(track) == "Track" and track.get("children"):
                filling = Filling.of(track["children"], self.context, self.clock, self.shape)
                lengths[filling.children[-1].schema == "Gap"].append(filling.length)
        padded = max(lengths[True])
        return padded if padded >= max(lengths[False]) else 0

    def _add_track(self, track: Json) -> None:
        if self.place_of.schema != "Stack":
            self._wrap(track)
            return
        if not self._has_stack():
            *parent, key = self.place_of.keys
            begin, _ = locate(self.plain, parent)
            stack = {str(key): self.style.dump(_stack([track]), margin_at(self.text, begin))}
            self.edits += set_members(self.plain, begin, stack, self.style)
            return
        begin, _ = self._span()
        spans = members(self.plain, begin)
        held = spans.get("children")
        layers = elements(self.plain, held[0]) if held and self.plain[held[0]] == "[" else []
        if not layers:
            margin = margin_at(self.text, begin) + self.style.indent
            children = {"children": self.style.dump([track], margin)}
            self.edits += set_members(self.plain, begin, children, self.style)
            return
        margin = margin_at(self.text, layers[0][0])
        said = self.style.dump(track, margin)
        glue = self.style.between(margin)
        video = self.cut.video_tracks
        if video:
            at = layers[video[-1].locator[1]][1]
            self.edits.append((at, at, glue + said))
        else:
            at = layers[0][0]
            self.edits.append((at, at, said + glue))

    def _wrap(self, track: Json) -> None:
        """Makes what stands alone the lower layer of a new stack."""
        begin, end = self._span()
        mark = "\0"
        said = self.style.dump(_stack([mark, track]), margin_at(self.text, begin))
        before, _, after = said.partition(self.style.dump(mark))
        self.edits += [(begin, begin, before), (end, end, after)]
        self.notes.append("The document held no timeline; it is now a stack with two layers.")

    # Onto a clip of an earlier run

    def _add_takes(self, track: Track, item: Item, placement: Placement) -> None:
        """Gives a placed clip more takes, the active one in front."""
        begin, _ = self._span(track)
        spans = members(self.plain, begin)
        at, _ = (
            elements(self.plain, spans["children"][0])[item.locator]
            if "children" in spans
            else (begin, 0)
        )
        clip = value_at(self.plain, (at, 0))
        margin = margin_at(self.text, at) + self.style.indent
        new: dict[str, Any] = {
            "metadata": {**(clip.get("metadata") or {}), "pickup": dict(placement.take.metadata)},
            "source_range": source_range(placement, self.clock),
        }
        if "media_references" in clip:
            before = clip["media_references"]
            new["media_references"] = references_json(placement, self.clock, self.shape, before)
            new["active_media_reference_key"] = DEFAULT_KEY
        else:
            new["media_reference"] = reference_json(placement.take, self.clock, self.shape)
            self.notes.append(
                f"“{placement.name}” shows its newest take only: "
                "the document's schema, Clip.1, holds no alternatives."
            )
        said = {
            key: self.style.dump(value, margin)
            for key, value in new.items()
            if key not in clip or clip[key] != value
        }
        self.edits += set_members(self.plain, at, said, self.style)


def _stack(children: list[Any]) -> Json:
    return {
        "OTIO_SCHEMA": "Stack.1",
        "metadata": {},
        "name": "tracks",
        "source_range": None,
        "effects": [],
        "markers": [],
        "enabled": True,
        "children": children,
    }
