"""Puts clips into an EDL: new lines go in, every other line stays as it is, to the byte.

Events are not renumbered. A new event takes a number that is free between its neighbours, or else
the next after the highest: the format asks only that events which do not belong together differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pickup.cut.formats.edl.compose import Reels, style_of
from pickup.cut.formats.edl.remarks import pickup_record
from pickup.cut.formats.edl.text import Line
from pickup.errors import CutError
from pickup.timing import FrameRange, frames_to_timecode, nominal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.formats.edl.events import Event
    from pickup.cut.formats.edl.reader import Placed, Reading
    from pickup.cut.model import Cut
    from pickup.cut.placement import Placement

_OWN_KEYS = ("FROM CLIP NAME:", "SOURCE FILE:", "COMMENT:")


@dataclass(slots=True)
class _Change:
    """What to do with one placement.

    Attributes:
        after: the line behind which its lines go; -1 is before the first event.
        replaces: an earlier event of ours that gives way.
    """

    placement: Placement
    where: FrameRange
    channels: str
    after: int
    replaces: Event | None = None
    number: str = ""
    lines: list[str] = field(default_factory=list)


def write_into(
    path: Path, reading: Reading, cut: Cut, placements: Sequence[Placement], out: Path
) -> list[str]:
    """Write the list with the placements in it to `out`; returns notes for the user.

    Raises:
        CutError: a clip would lie over picture and the list has a single video channel.
    """
    writer = _Writer(path, reading, cut)
    changes = [writer.plan(p) for p in sorted(placements, key=lambda p: (p.start, p.end))]
    writer.compose(changes)
    lines = writer.merged(changes)
    out.write_bytes(reading.document.text.encoded(lines))
    return writer.notes() + sound_notes(placements)


def sound_notes(placements: Sequence[Placement]) -> list[str]:
    """What an EDL does not take of the takes."""
    notes = []
    if any(p.take.audio_channels for p in placements):
        notes.append("The list takes the picture of the shots only; their sound is in their files.")
    if any(len(p.takes) > 1 for p in placements):
        notes.append("The list holds the chosen take of each shot; the others are in the takes.")
    return notes


class _Writer:
    def __init__(self, path: Path, reading: Reading, cut: Cut) -> None:
        self._path = path
        self._document = reading.document
        self._cut = cut
        self._style = style_of(self._document)
        self._reels = Reels(self._style.reel_length, (e.reel for e in self._document.events))
        self._video = [
            p for p in reading.placed if p.event.video_channel is not None and p.where.duration
        ]
        self._laid: list[tuple[FrameRange, int]] = []
        self._renamed: dict[str, str] = {}

    def plan(self, placement: Placement) -> _Change:
        """Where a placement goes. Nothing is written before all are known to have a place."""
        if placement.take.rate != self._cut.rate:
            raise CutError(self._path, f"the take “{placement.take.name}” has another rate")
        start = self._cut.start
        where = FrameRange(placement.start + start, placement.end + start)
        ours = self._earlier(placement, where)
        if ours is not None:
            return _Change(placement, where, ours.event.channels, ours.event.line, ours.event)
        channel = self._free_channel(where)
        self._laid.append((where, channel))
        return _Change(placement, where, self._channel_name(channel), self._line_before(where))

    def compose(self, changes: list[_Change]) -> None:
        """Give every change its number and its lines."""
        used = {int(e.number) for e in self._document.events if e.number.isdigit()}
        for change in changes:
            if change.replaces is not None:
                change.number = change.replaces.number
            else:
                change.number = self._number(change.after, used)
            change.lines = self._lines(change)

    def merged(self, changes: list[_Change]) -> list[Line]:
        """The document's lines with the new ones among them."""
        text = self._document.text
        gone = {n for c in changes if c.replaces for n in _own_lines(c.replaces)}
        first = self._document.groups[0][0].line if self._document.events else len(text.lines)
        waiting: dict[int, list[_Change]] = {}
        for change in changes:
            waiting.setdefault(change.after if change.after >= 0 else first - 1, []).append(change)
        lines: list[Line] = []
        for index in range(-1, len(text.lines)):
            if index >= 0 and index not in gone:
                lines.append(text.lines[index])
            for change in waiting.get(index, ()):
                _append(lines, self._block(change), text.ending)
        return lines

    def _block(self, change: _Change) -> list[str]:
        if change.replaces is not None:
            return change.lines
        before = [""] if self._style.spaced and change.after >= 0 else []
        after = [""] if self._style.spaced and change.after < 0 else []
        return before + change.lines + after

    def _earlier(self, placement: Placement, where: FrameRange) -> Placed | None:
        """An event of ours for the same shot or the same frames."""
        facts = placement.take.metadata
        for placed in self._video:
            record = pickup_record(placed.event)
            if record is None or not placed.where.overlaps(where):
                continue
            same = any(facts.get(k) and facts.get(k) == record.get(k) for k in ("shot", "gap"))
            if same or placed.where == where:
                return placed
        return None

    def _free_channel(self, where: FrameRange) -> int:
        """The channel to write on, above all picture in that range.

        Raises:
            CutError: there is picture, and the list knows no second channel.
        """
        numbers = {p.event.video_channel or 1 for p in self._video}
        covered = [p.event.video_channel or 1 for p in self._video if p.where.overlaps(where)]
        covered += [channel for laid, channel in self._laid if laid.overlaps(where)]
        if not covered:
            return min(numbers, default=1)
        if max(numbers) == 1:
            cut = self._cut
            at = frames_to_timecode(where.start, cut.rate, drop=cut.drop_frame)
            raise CutError(
                self._path,
                f"an EDL has one picture track, and the shot at {at} would lie over picture",
                hint="Write to another format, as with “-o cut.otio” or “-o cut.xml”.",
            )
        return max(covered) + 1

    def _channel_name(self, channel: int) -> str:
        names = [p.event.channels for p in self._video if p.event.video_channel == channel]
        plain = [name for name in names if not any(sign in "ABab" for sign in name)]
        return plain[0] if plain else "V" if channel == 1 else f"V{channel}"

    def _line_before(self, where: FrameRange) -> int:
        """The last line about the event that comes before this range in the recording."""
        earlier = [p for p in self._video if p.where.start < where.start]
        if not earlier:
            return -1
        last = max(earlier, key=lambda p: (p.where.start, p.event.line))
        return max(_last_line(event) for event in last.group)

    def _number(self, after: int, used: set[int]) -> str:
        """A free number, best between those of the neighbours, written as wide as theirs."""
        numbered = [e for e in self._document.events if e.number.isdigit()]
        before = [int(e.number) for e in numbered if e.line <= after]
        behind = [int(e.number) for e in numbered if e.line > after]
        low, high = (before or [0])[-1] + 1, (behind or [_beyond(used)])[0]
        width = len(self._style.template.number) or 3
        highest = max(used, default=0) + 1
        free = next((n for n in range(low, high) if n not in used), highest)
        if len(str(free)) > width:
            free = next((n for n in range(1, 10**width) if n not in used), free)
        used.add(free)
        return f"{free:0{width}d}"

    def _lines(self, change: _Change) -> list[str]:
        placement, take, style = change.placement, change.placement.take, self._style
        reel = self._reel(take.reel or take.path.stem)
        source = take.start + take.head
        frames = (source, source + placement.duration, change.where.start, change.where.end)
        drops = (take.drop_frame, take.drop_frame, self._cut.drop_frame, self._cut.drop_frame)
        times = [
            style.time(i, frame, self._cut.rate, drop=drop)
            for i, (frame, drop) in enumerate(zip(frames, drops, strict=True))
        ]
        line = style.event_line(change.number, reel, change.channels, "C", times)
        return self._in_mode(change, [line, *style.remarks(placement)])

    def _in_mode(self, change: _Change, lines: list[str]) -> list[str]:
        """The lines between FCM statements, where the mode in force is not the take's."""
        said = [drop for line, drop in self._document.modes if line <= change.after]
        wanted = change.placement.take.drop_frame
        can_differ = change.replaces is None and nominal(self._cut.rate) % 30 == 0
        if not said or said[-1] == wanted or not can_differ:
            return lines
        return [_mode(wanted), *lines, _mode(said[-1])]

    def _reel(self, reel: str) -> str:
        name = self._reels.name(reel)
        if name != reel:
            self._renamed[reel] = name
        return name

    def notes(self) -> list[str]:
        """What the user should know of the writing."""
        if not self._renamed:
            return []
        names = ", ".join(f"{reel} as {name}" for reel, name in self._renamed.items())
        return [f"Reels are shortened in the list, as EDLs ask: {names}."]


def _beyond(used: set[int]) -> int:
    """One past the number that follows the highest: the end of the free ones at a list's end."""
    return max(used, default=0) + 2


def _mode(drop: bool) -> str:
    return "FCM: DROP FRAME" if drop else "FCM: NON-DROP FRAME"


def _last_line(event: Event) -> int:
    return max([event.line, *(line for line, _ in event.comments)])


def _own_lines(event: Event) -> list[int]:
    """The lines that were written for a clip of ours."""
    comments = [
        line for line, text in event.comments if text.lstrip("* ").upper().startswith(_OWN_KEYS)
    ]
    return [event.line, *comments]


def _append(lines: list[Line], block: list[str], ending: str) -> None:
    """Add a block; a last line without an ending gets one, and the block's last is without."""
    open_end = bool(lines) and not lines[-1].ending
    if open_end:
        lines.append(Line("", ending))
    lines.extend(Line(text, ending) for text in block)
    if open_end:
        lines[-1] = Line(lines[-1].text, "")
