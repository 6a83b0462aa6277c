"""From the statements of an EDL to a cut.

Time runs from the first video event to the last. Events that lie over each other go on further
tracks, a later one above an earlier one, as a recorder would have laid them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.edl.clock import Clock, clock_of
from pickup.cut.formats.edl.remarks import (
    clip_names,
    is_frozen,
    markers_of,
    note_of,
    original_reel,
    pickup_record,
)
from pickup.cut.formats.edl.skyline import Skyline
from pickup.cut.model import Cut, Item, ItemKind, Media, Track
from pickup.cut.urls import local_path
from pickup.errors import CutError
from pickup.timing import FrameRange, TimecodeError, nominal

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.formats.edl.document import EdlDocument
    from pickup.cut.formats.edl.events import Event
    from pickup.cut.model import Marker


@dataclass(frozen=True, slots=True)
class Placed:
    """An event on the record side.

    Attributes:
        where: frames of record timecode.
        group, index: the lines that it belongs with, and its place among them.
    """

    event: Event
    where: FrameRange
    group: list[Event]
    index: int

    @property
    def next(self) -> Event | None:
        """The line whose dissolve or wipe leads away from this one."""
        following = self.group[self.index + 1 : self.index + 2]
        return following[0] if following and following[0].is_transition else None


@dataclass(frozen=True, slots=True)
class Reading:
    """A list as understood, kept beside the cut for the writer."""

    document: EdlDocument
    clock: Clock
    placed: list[Placed]


class _Builder:
    """Turns events into items and lays them on tracks."""

    def __init__(self, path: Path, clock: Clock, span: FrameRange) -> None:
        self._path = path
        self._clock = clock
        self._span = span
        self._video: dict[int, Channel] = {}
        self._audio: dict[int, Channel] = {}
        self.trimmed = False

    def add(self, placed: Placed) -> None:
        event = placed.event
        sources = self._sources(event)
        if not placed.where.duration:
            return
        if event.video_channel is not None:
            channel = self._video.setdefault(event.video_channel, Channel(event.video_channel))
            channel.lay(self._picture(placed, sources))
        where = placed.where.intersection(self._span)
        for number in event.audio_channels:
            self.trimmed |= where != placed.where
            if where is not None and not event.is_black:
                item = self._clip(placed, where, sources)
                self._audio.setdefault(number, Channel(number)).lay([item])

    def tracks(self) -> list[Track]:
        return [
            track
            for kind, channels in (("video", self._video), ("audio", self._audio))
            for number in sorted(channels)
            for track in channels[number].as_tracks(kind)
        ]

    def markers(self, all_placed: list[Placed]) -> list[Marker]:
        """Locators on the cut; one that names no frame of it stands where its event does."""
        markers = []
        for placed in all_placed:
            start = max(0, min(placed.where.start, self._span.end) - self._span.start)
            for frame, marker in markers_of(placed.event, start, self._clock):
                if frame is not None and self._span.start <= frame < self._span.end:
                    marker = replace(marker, start=frame - self._span.start)
                markers.append(marker)
        return sorted(markers, key=lambda marker: marker.start)

    def _picture(self, placed: Placed, sources: _Sources) -> list[Item]:
        """The clip or black of an event, before it the transition that leads into it."""
        event, where = placed.event, placed.where
        start, end = where.start - self._span.start, where.end - self._span.start
        if event.is_black:
            # A fade to black ends in black on purpose; all of it belongs to the black.
            return [Item(ItemKind.SLUG, event.reel, start, end, locator=event.line)]
        items = [self._clip(placed, where, sources)]
        if event.is_transition:
            name = "Wipe" if event.edit.startswith("W") else "Dissolve"
            until = min(end, start + event.length)
            items.insert(0, Item(ItemKind.TRANSITION, name, start, until, locator=event.line))
        return items

    def _clip(self, placed: Placed, where: FrameRange, sources: _Sources) -> Item:
        event = placed.event
        name, file = clip_names(event, placed.next, follows=placed.index > 0)
        is_path = file.startswith(("/", "\\\\", "file:")) or file[1:3] in (":\\", ":/")
        skipped = (where.start - placed.where.start) / self._clock.rate
        return Item(
            kind=ItemKind.CLIP,
            name=name or file or event.reel,
            start=where.start - self._span.start,
            end=where.end - self._span.start,
            media=Media(
                url=file if is_path else "",
                path=local_path(file, self._path.parent) if is_path else None,
                name=re.split(r"[/\\]", file)[-1] if is_path else file or name or event.reel,
                rate=sources.rate,
                reel=original_reel(event),
                start_known=False,
                has_audio=event.video_channel is not None and bool(event.audio_channels),
            ),
            source_start=sources.start + skipped * sources.speed,
            speed=sources.speed,
            note=note_of(event),
            pickup=pickup_record(event),
            locator=event.line,
        )

    def _sources(self, event: Event) -> _Sources:
        """Where in its source an event begins and how fast it plays.

        Raises:
            CutError: a source timecode that is none at any rate.
        """
        clock = self._clock
        try:
            start, rate = clock.source(event.times[0], event.drop)
            end, _ = clock.source(event.times[1], event.drop)
        except TimecodeError as error:
            raise CutError(
                self._path, f"{error}", line=event.line + 1, hint="Correct its source timecode."
            ) from error
        speed = Fraction(1)
        if event.motion is not None:
            speed = Fraction(event.motion.frames_per_second) / nominal(clock.rate)
        elif is_frozen(event):
            speed = Fraction(0)
        if speed < 0 and end > start:
            # Both ends are written in the order of the source; play begins at the last frame.
            start = end - 1 / (rate or clock.rate)
        return _Sources(start, speed, rate)


@dataclass(frozen=True, slots=True)
class _Sources:
    """The source side of an event: its first instant in seconds, its speed, a rate of its own."""

    start: Fraction
    speed: Fraction
    rate: Fraction | None


@dataclass(slots=True)
class Channel:
    """One channel of the list; events that overlap make it several tracks."""

    number: int
    tracks: list[list[Item]] = field(default_factory=list)
    _top: Skyline[int] = field(default_factory=Skyline)

    def lay(self, items: list[Item]) -> None:
        """Put an event's items on the lowest track above all that they lie over."""
        clip = items[-1]
        layer = max(self._top.lay(clip.start, clip.end, 0), default=-1) + 1
        self._top.lay(clip.start, clip.end, layer)
        while len(self.tracks) <= layer:
            self.tracks.append([])
        self.tracks[layer].extend(items)

    def as_tracks(self, kind: str) -> list[Track]:
        letter = kind[0].upper()
        name = f"{letter}{self.number}"
        tracks = []
        for layer, items in enumerate(self.tracks):
            items.sort(key=lambda item: (item.start, item.kind is not ItemKind.TRANSITION))
            label = name if layer == 0 else f"{name} ({layer + 1})"
            tracks.append(Track(kind=kind, name=label, items=items, locator=self.number))
        return tracks


def read_cut(
    path: Path, document: EdlDocument, rate: Fraction | None
) -> tuple[Cut, Reading, list[str]]:
    """The cut of a list, the list as understood, and what the user should know of it.

    Raises:
        CutError: a timecode that its rate cannot have, or an event that ends before it begins.
    """
    clock = clock_of(document, rate)
    placed = _place_all(path, document, clock)
    video = [p for p in placed if p.event.video_channel is not None and p.where.duration]
    start = min((p.where.start for p in video), default=0)
    end = max((p.where.end for p in video), default=0)
    cut = Cut(
        name=document.title or path.stem,
        rate=clock.rate,
        start=start,
        drop_frame=clock.drop,
        rate_note=clock.note,
    )
    builder = _Builder(path, clock, FrameRange(start, end))
    for one in placed:
        builder.add(one)
    cut.tracks = builder.tracks()
    cut.markers = builder.markers(placed)
    notes = []
    if not video:
        notes.append("The list has no video events, so there is nothing to fill.")
    elif builder.trimmed:
        notes.append("Sound before the first and after the last video event was left out.")
    return cut, Reading(document, clock, placed), notes


def _place_all(path: Path, document: EdlDocument, clock: Clock) -> list[Placed]:
    """Every event on the record side; a list that runs through midnight goes on from there."""
    placed: list[Placed] = []
    half = clock.day // 2
    midnight = 0
    for group in document.groups:
        for index, event in enumerate(group):
            where = _record_range(path, event, clock)
            before = placed[-1].where if placed else where
            is_late = before.end > clock.day - clock.day // 24
            if not midnight and is_late and before.start - where.start > half:
                midnight = clock.day
            if midnight and where.start < half:
                where = FrameRange(where.start + midnight, where.end + midnight)
            placed.append(Placed(event, where, group, index))
    return placed


def _record_range(path: Path, event: Event, clock: Clock) -> FrameRange:
    """The frames that an event takes in the recording."""
    try:
        start, end = (clock.record(time) for time in event.times[2:])
    except TimecodeError as error:
        raise CutError(
            path,
            f"{error}",
            line=event.line + 1,
            hint="Read the list at the rate that it was cut at.",
        ) from error
    # Some number on beyond midnight; the list as a whole tells which day an event is on.
    days = start - start % clock.day
    start, end = start - days, end - days if end >= days else end
    if end < start and start - end > clock.day // 2:
        end += clock.day
    if end < start and event.is_black:
        # Final Cut Pro writes such black where an edit begins before the one that it follows.
        end = start
    if end < start:
        raise CutError(
            path,
            "the event ends before it begins",
            line=event.line + 1,
            hint="Correct its record timecode.",
        )
    return FrameRange(start, end)
