"""From records to cuts: references resolved, transitions cut, sources computed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.xmeml.elements import TICKS, is_false, is_true, number, whole
from pickup.cut.formats.xmeml.record import from_lognote
from pickup.cut.formats.xmeml.retime import Timing, source_of
from pickup.cut.labels import PREMIERE, named
from pickup.cut.model import Cut, Item, ItemKind, Marker, Media, Track
from pickup.cut.transparent import is_transparent_name
from pickup.errors import CutError
from pickup.timing import rate_text, to_frames

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.formats.xmeml.raw import (
        RawDocument,
        RawFile,
        RawItem,
        RawMarker,
        RawSequence,
        RawTrack,
    )

_BLACK = re.compile(
    r"\b(black|slug|schwarz\w*|noire?|negro|nero|preto|svart\w*|zwart\w*)\b"
    r"|ブラック|黑|검정|검은|ч[её]рн",
    re.IGNORECASE,
)
"""“Black Video” in Premiere's languages."""

_TITLE = re.compile(
    r"text|title|crawl|lower.?(3rd|third)|typewriter|subtitle|caption", re.IGNORECASE
)
_ZERO = Fraction(0)
_NOWHERE = "Sound that says no place on the timeline was left out."


@dataclass(slots=True)
class Span:
    """Where an item stands.

    Attributes:
        start, end: frames of the cut at the edit, half-open.
        lead: frames from the instant that `in` belongs to, to `start`.
    """

    start: int
    end: int
    lead: int = 0


@dataclass(slots=True)
class Builder:
    """Makes cuts from one document's records; a sequence used twice is one `Cut`."""

    path: Path
    document: RawDocument
    notes: list[str] = field(default_factory=list)
    _made: dict[str, Cut] = field(default_factory=dict)
    _making: list[str] = field(default_factory=list)

    def cuts(self) -> list[Cut]:
        """One cut for each sequence that an editor would call a timeline.

        Raises:
            CutError: there is none, or one makes no sense.
        """
        tops = [self.document.sequences.get(key) for key in self.document.top]
        found = [self.cut(raw) for raw in tops if raw is not None]
        if not found:
            raise CutError(
                self.path,
                "the document holds no sequence",
                hint="Select a sequence in the editor and export it again.",
            )
        return found

    def cut(self, raw: RawSequence) -> Cut:
        if raw.key in self._made:
            return self._made[raw.key]
        if raw.key in self._making or len(self._making) >= LIMITS.depth:
            raise CutError(self.path, f"the sequence “{raw.name}” holds itself", line=raw.line)
        self._making.append(raw.key)
        rate, rate_note = self._rate(raw)
        start, drop = raw.timecode or (_zero_point(raw), False)
        cut = Cut(
            name=raw.name,
            rate=rate,
            start=to_frames(start, rate),
            drop_frame=drop,
            raster=raw.raster,
            rate_note=rate_note,
            locator=raw.ordinal,
        )
        cut.metadata = {"id": raw.attributes.get("id", ""), "uuid": raw.uuid}
        cut.markers = [_marker(each, 0) for each in raw.markers]
        cut.tracks = [self._track(cut, each) for each in raw.tracks]
        cut.markers.sort(key=lambda marker: marker.start)
        self._making.pop()
        self._made[raw.key] = cut
        return cut

    def _rate(self, raw: RawSequence) -> tuple[Fraction, str]:
        own, form, timecode = raw.rates or (None, None, None)
        rate = own or form or timecode
        note = ""
        if rate is None:
            items = (item.rate for track in raw.tracks for item in track.items)
            rate = next((each for each in items if each), None)
            note = f"{rate_text(rate)}, from the first clip that says one" if rate else ""
        elif own and own.denominator == 1:
            ntsc = own * Fraction(1000, 1001)
            if raw.timecode and raw.timecode[1] and own % 30 == 0:
                return ntsc, f"{rate_text(ntsc)}, because its timecode drops frames"
        if rate is None:
            raise CutError(
                self.path,
                f"the sequence “{raw.name}” has no frame rate",
                line=raw.line,
                hint="Export it again from the editor.",
            )
        return rate, note

    def _track(self, cut: Cut, raw: RawTrack) -> Track:
        track = Track(
            kind=raw.kind,
            name=raw.name,
            enabled=not is_false(raw.enabled),
            locked=is_true(raw.locked),
            locator=raw.ordinal,
        )
        items = [self._defined(item) for item in raw.items]
        if raw.kind != "video":
            items = self._placed(items)
        for span, item in zip(self._spans(cut, items), items, strict=True):
            made = self._item(cut, item, span)
            track.items.append(made)
            cut.markers += _item_markers(cut, item, made, span)
        track.items.sort(key=lambda item: (item.start, item.end))
        return track

    def _defined(self, item: RawItem) -> RawItem:
        """The item, or in its place the one that it refers to by its id."""
        known = None if item.fields else self.document.items.get(item.key)
        return replace(known, ordinal=item.ordinal, line=item.line) if known else item

    def _placed(self, items: list[RawItem]) -> list[RawItem]:
        """The items of a track of sound that say where they stand.

        Small tools write sound without a place. It can hide no gap, so it refuses no document.
        """
        placed = [item for item in items if not _is_nowhere(item)]
        if len(placed) < len(items) and _NOWHERE not in self.notes:
            self.notes.append(_NOWHERE)
        return placed

    def _spans(self, cut: Cut, items: list[RawItem]) -> list[Span]:
        """The items' bounds, those in transitions put at the edit."""
        bounds = [self._bounds(item) for item in items]
        spans: list[Span] = []
        for index, (item, (start, end)) in enumerate(zip(items, bounds, strict=True)):
            length = _length(cut, item)
            before = _transition(items, bounds, index - 1) if start < 0 else None
            after = _transition(items, bounds, index + 1) if end < 0 else None
            lead = 0
            if before is not None:
                edit = _edit(cut, items[index - 1], before)
                start, lead = edit, edit - before[0]
            if after is not None:
                end = _edit(cut, items[index + 1], after)
            if start < 0:
                start = max(0, end - length) if end >= 0 else max((s.end for s in spans), default=0)
            if end < 0:
                end = start + length
            spans.append(Span(start, max(start, end), lead))
        return spans

    def _bounds(self, item: RawItem) -> tuple[int, int]:
        start, end = (whole(item.fields.get(name, "")) for name in ("start", "end"))
        if start is None or end is None:
            missing = "start" if start is None else "end"
            name = item.fields.get("name", "")
            raise CutError(self.path, f"the {item.tag} “{name}” has no {missing}", line=item.line)
        if max(start, end) > LIMITS.frames:
            raise CutError(self.path, "a clip lies days beyond any film", line=item.line)
        if 0 <= end < start:
            raise CutError(self.path, "a clip ends before it begins", line=item.line)
        return start, end

    def _item(self, cut: Cut, raw: RawItem, span: Span) -> Item:
        fields = raw.fields
        file = self.document.files.get(raw.file or self._master_file(raw))
        nested = self._nested(raw)
        kind = ItemKind.NESTED if nested is not None else kind_of(raw, file)
        item = Item(
            kind=kind,
            name=fields.get("name") or (raw.effect[0] if raw.effect else ""),
            start=span.start,
            end=span.end,
            enabled=not is_false(fields.get("enabled", "")),
            nested=nested,
            pickup=from_lognote(raw.lognote, raw.description),
            color=named(raw.label, PREMIERE),
            locator=raw.ordinal,
            transparent=raw.faded_out or _lets_through(raw, file),
        )
        notes = [raw.description, "" if item.pickup else raw.lognote, raw.note.strip()]
        item.note = "\n".join(note for note in notes if note)
        if kind is ItemKind.CLIP:
            item.media = _media(raw, file)
        if kind in (ItemKind.CLIP, ItemKind.NESTED) and raw.tag == "clipitem":
            self._source(cut, raw, span, item)
        return item

    def _master_file(self, raw: RawItem) -> str:
        return self.document.clips.get(raw.fields.get("masterclipid", ""), "")

    def _nested(self, raw: RawItem) -> Cut | None:
        if not raw.sequence:
            return None
        inner = self.document.sequences.get(raw.sequence)
        return None if inner is None else self.cut(inner)

    def _source(self, cut: Cut, raw: RawItem, span: Span, item: Item) -> None:
        rate = raw.rate or cut.rate
        fields = raw.fields
        point_in = number(fields.get("in", "")) or _ZERO
        ticks = whole(fields.get("pproTicksIn", "")), whole(fields.get("pproTicksOut", ""))
        media = item.media
        timing = Timing(
            rate=rate,
            point_in=max(point_in, _ZERO),
            duration=number(fields.get("duration", "")),
            ticks=None if ticks[0] is None or ticks[1] is None else (ticks[0], ticks[1]),
            remap=raw.remap,
        )
        source = source_of(
            timing,
            span.lead / cut.rate if span.lead else _ZERO,
            (media.rate if media else None) or rate,
            media.start if media else _ZERO,
        )
        item.source_start, item.speed, item.retime = source.start, source.speed, source.retime


def kind_of(raw: RawItem, file: RawFile | None) -> ItemKind:
    """What an item shows.

    A clip that Premiere made itself says so in `mediaSource`: its black video is a slug;
    bars, leaders and graphics are pictures like any other.
    """
    if raw.tag == "transitionitem":
        return ItemKind.TRANSITION
    name = raw.fields.get("name", "")
    if raw.tag == "generatoritem":
        words = " ".join(raw.effect)
        if "slug" in words or raw.black or _BLACK.search(" ".join(raw.effect[:2])):
            return ItemKind.SLUG
        return ItemKind.TITLE if _TITLE.search(words) else ItemKind.CLIP
    if file is not None and file.made_from.lower() == "slug":
        plain = file.made_from if not (name or file.media.name) else f"{name} {file.media.name}"
        return ItemKind.SLUG if _BLACK.search(plain) else ItemKind.CLIP
    return ItemKind.CLIP


def _lets_through(raw: RawItem, file: RawFile | None) -> bool:
    """Whether it is an adjustment layer, which has no file of its own."""
    name = raw.fields.get("name", "")
    if raw.tag == "generatoritem":
        return is_transparent_name(name, *raw.effect[:1])
    if raw.tag != "clipitem" or (file is not None and file.media.url):
        return False
    return is_transparent_name(name, file.media.name if file else "")


def _media(raw: RawItem, file: RawFile | None) -> Media:
    if file is not None:
        return file.media
    name = raw.fields.get("name", "")
    return Media(name=name, missing=raw.tag == "clipitem")


def _is_nowhere(item: RawItem) -> bool:
    return not (item.fields.get("start") or item.fields.get("end"))


def _length(cut: Cut, item: RawItem) -> int:
    """Frames of the cut between an item's in and out."""
    point_in, point_out = (number(item.fields.get(name, "")) for name in ("in", "out"))
    if point_in is None or point_out is None or point_out <= point_in:
        return 0
    return min(to_frames((point_out - point_in) / (item.rate or cut.rate), cut.rate), LIMITS.frames)


def _transition(
    items: list[RawItem], bounds: list[tuple[int, int]], index: int
) -> tuple[int, int] | None:
    """The bounds of the transition at `index`, if there is one with both."""
    if not 0 <= index < len(items) or items[index].tag != "transitionitem":
        return None
    start, end = bounds[index]
    return (start, end) if 0 <= start <= end else None


def _edit(cut: Cut, transition: RawItem, bounds: tuple[int, int]) -> int:
    """The frame at which one clip becomes the next within a transition."""
    start, end = bounds
    alignment = transition.fields.get("alignment", "center").lower()
    if alignment.startswith("start"):
        return start
    if alignment.startswith("end"):
        return end
    ticks = whole(transition.fields.get("cutPointTicks", ""))
    offset = None if ticks is None else to_frames(Fraction(ticks, TICKS), cut.rate)
    if offset is None:
        offset = whole(transition.fields.get("cutPoint", ""))
    if offset is not None and 0 <= offset <= end - start:
        return start + offset
    return (start + end) // 2


def _item_markers(cut: Cut, raw: RawItem, item: Item, span: Span) -> list[Marker]:
    """Markers on a clip, which count like its `in`, laid onto the cut unless trimmed off."""
    if not raw.markers:
        return []
    rate = raw.rate or cut.rate
    point_in = whole(raw.fields.get("in", "")) or 0
    found = []
    for each in raw.markers:
        at = item.start - span.lead + to_frames((each.start - point_in) / rate, cut.rate)
        if item.start <= at < item.end:
            marker = _marker(each, at - each.start)
            found.append(marker)
    return found


def _marker(raw: RawMarker, shift: int) -> Marker:
    length = raw.end - raw.start if raw.end > raw.start else 0
    return Marker(raw.name, raw.start + shift, length, raw.comment, raw.color)


def _zero_point(raw: RawSequence) -> Fraction:
    """Premiere's own start of a sequence, for the files that lack the timecode."""
    return Fraction(whole(raw.attributes.get("MZ.ZeroPoint", "")) or 0, TICKS)
