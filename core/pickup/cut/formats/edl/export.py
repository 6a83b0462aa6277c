"""A new CMX 3600 list from a cut that came from another format."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.edl.compose import Reels, Style, plain_style
from pickup.cut.formats.edl.flatten import flatten
from pickup.cut.formats.edl.remarks import pickup_comment
from pickup.cut.formats.edl.writer import sound_notes
from pickup.cut.model import Item, ItemKind
from pickup.errors import CutError
from pickup.files import write_text
from pickup.timing import nominal, rate_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.formats.edl.flatten import Shown, Stretch
    from pickup.cut.model import Cut
    from pickup.cut.placement import Placement

_MOST_EVENTS = 999_999


def export_list(cut: Cut, placements: Sequence[Placement], out: Path) -> list[str]:
    """Write the cut as a list to `out`; returns what the list cannot say.

    Raises:
        CutError: the cut has more events than a list can number.
    """
    flat = flatten(cut, placements)
    if len(flat.stretches) > _MOST_EVENTS:
        raise CutError(out, "the cut has more events than an EDL can number")
    lines = [
        f"TITLE: {' '.join(cut.name.split()) or 'Untitled'}",
        f"FCM: {'DROP FRAME' if cut.drop_frame else 'NON-DROP FRAME'}",
        "",
    ]
    writer = _Exporter(cut)
    markers = sorted(cut.markers, key=lambda marker: marker.start)
    for number, stretch in enumerate(flat.stretches, start=1):
        lines += writer.event(number, stretch)
        if number == 1:
            # Not in the head, where OTIO's adapter refuses comments.
            lines.append(f"* FRAME RATE: {rate_text(cut.rate)}")
        last = number == len(flat.stretches)
        while markers and (last or markers[0].start < stretch.end):
            marker = markers.pop(0)
            at = writer.record(marker.start)
            words = " ".join(f"{marker.name} {marker.comment}".split())
            lines.append(f"* LOC: {at} {marker.color or 'RED':<7} {words}".rstrip())
        lines.append("")
    write_text(out, "\n".join(lines))
    return [*flat.lost, *sound_notes(placements)]


@dataclass(frozen=True, slots=True)
class _Source:
    """The source side of an event, in frames of the cut's rate."""

    reel: str
    start: int
    end: int
    speed: Fraction


class _Exporter:
    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._style: Style = plain_style(drop=cut.drop_frame)
        self._reels = Reels(self._style.reel_length)

    def record(self, frame: int) -> str:
        """The timecode of a frame of the cut."""
        return self._time(frame + self._cut.start)

    def event(self, number: int, stretch: Stretch) -> list[str]:
        """The lines of one event."""
        start, end = self.record(stretch.start), self.record(stretch.end)
        source = self._source(stretch.shown, stretch.start, stretch.end)
        sides = [self._time(source.start), self._time(source.end)]
        edit, lines = "C", []
        if stretch.dissolve:
            edit = f"D    {stretch.dissolve:03d}"
            out = self._leaving(stretch)
            still = [self._time(out.start)] * 2
            lines.append(
                self._style.event_line(f"{number:03d}", out.reel, "V", "C", [*still, start, start])
            )
            if isinstance(stretch.leaving, Item):
                name = stretch.leaving.name
                lines.append(self._style.comment("FROM CLIP NAME", name))
        lines.append(
            self._style.event_line(f"{number:03d}", source.reel, "V", edit, [*sides, start, end])
        )
        if source.speed != 1:
            speed = float(source.speed * nominal(self._cut.rate))
            pace = f"{speed:0{6 if speed < 0 else 5}.1f}"
            lines.append(f"M2   {source.reel:<8}       {pace:<6}               {sides[0]}")
        return lines + self._remarks(stretch)

    def _leaving(self, stretch: Stretch) -> _Source:
        if stretch.leaving is None:
            return _Source("BL", 0, 0, Fraction(1))
        return self._source(stretch.leaving, stretch.start, stretch.start)

    def _source(self, shown: Shown, start: int, end: int) -> _Source:
        if not isinstance(shown, Item):
            take = shown.take
            first = take.start + take.head + start - shown.start
            reel = self._reels.name(take.reel or take.path.stem)
            return _Source(reel, first, first + end - start, Fraction(1))
        if shown.kind is ItemKind.SLUG:
            return _Source("BL", 0, end - start, Fraction(1))
        rate = self._cut.rate
        instant, speed = shown.source_time(start, rate), shown.speed
        if shown.retime is not None:
            length = (end - start) / rate
            speed = (shown.source_time(end, rate) - instant) / length if length else Fraction(1)
        first = max(0, math.floor(instant * rate + Fraction(1, 1000)))
        frames = max(1, math.ceil((end - start) * abs(speed))) if end > start else 0
        if speed < 0:
            first = max(0, first + 1 - frames)
        reel = self._reels.name(shown.media.reel) if shown.media and shown.media.reel else "AX"
        return _Source(reel, first, first + frames, speed)

    def _remarks(self, stretch: Stretch) -> list[str]:
        shown, style = stretch.shown, self._style
        if not isinstance(shown, Item):
            name, *others = style.remarks(shown)
            return [name.replace("FROM", "TO", 1) if stretch.dissolve else name, *others]
        if shown.kind is ItemKind.SLUG:
            return []
        key = "TO CLIP NAME" if stretch.dissolve else "FROM CLIP NAME"
        lines = [style.comment(key, shown.name)] if shown.name.strip() else []
        if shown.media is not None:
            file = shown.media.path.name if shown.media.path else shown.media.name
            file = re.split(r"[/\\]", file)[-1]
            lines += [style.comment("SOURCE FILE", file)] if file else []
        notes = [note for note in shown.note.splitlines() if note.strip()]
        lines += [style.comment("COMMENT", note) for note in notes]
        if shown.pickup:
            lines.append(style.comment("COMMENT", pickup_comment(shown.pickup)))
        return lines

    def _time(self, frame: int) -> str:
        return self._style.time(0, frame, self._cut.rate, drop=self._cut.drop_frame)
