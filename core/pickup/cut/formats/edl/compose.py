"""The lines of new events, in the hand of the list that they go into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pickup.cut.formats.edl.events import Event, parse_event
from pickup.cut.formats.edl.remarks import pickup_comment
from pickup.timing import frames_to_timecode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from pickup.cut.formats.edl.document import EdlDocument
    from pickup.cut.placement import Grade, Placement

CMX_REEL = 8
"""Signs in a reel of CMX 3600; programs that allow more show it by using more."""

_LONG_REEL = 32
_RESERVED = ("AX", "BL", "BLK", "BLACK")
"""No reels, but no reel and black."""

_PLAIN = "001  AX       V     C        00:00:00:00 00:00:00:00 00:00:00:00 00:00:00:00"


@dataclass(frozen=True, slots=True)
class Style:
    """How a list writes.

    Attributes:
        template: one of its own cuts, whose columns a new event takes over.
        star: what its comments begin with.
        reel_length: signs that its reels may have.
        spaced: whether blank lines stand between its events.
    """

    template: Event
    star: str = "* "
    reel_length: int = CMX_REEL
    spaced: bool = False

    def event_line(
        self, number: str, reel: str, channels: str, edit: str, times: Sequence[str]
    ) -> str:
        """An event in the columns of the template; a field that is too long pushes the rest."""
        old, layout = self.template.text, self.template.layout
        fields = [
            (layout.number, number if self.template.number else ""),
            (layout.reel, reel),
            (layout.channels, channels),
            (layout.edit, edit),
            *zip(layout.times, times, strict=True),
        ]
        line, position = "", 0
        for (start, end), value in fields:
            between = old[position:start]
            if line and not between.strip(" "):
                between = " " * max(1, start - len(line))
            line += between + value
            position = end
        return line + (old[position:] if old[position:].isspace() else "")

    def time(self, index: int, frame: int, rate: Fraction, *, drop: bool) -> str:
        """A timecode with the punctuation that the template has in its time of that index."""
        like = self.template.times[index]
        if like.isdigit():
            return str(frame)
        text = frames_to_timecode(frame, rate, drop=drop)
        parts = re.split(r"[:;]", text)
        parts[0] = f"{int(parts[0]) % 24:02d}" if not parts[0].startswith("-") else parts[0]
        marks = [*re.findall(r"[:;.,]", like), ""]
        return "".join(part + mark for part, mark in zip(parts, marks, strict=True))

    def comment(self, key: str, text: str) -> str:
        return f"{self.star}{key}: {' '.join(text.split())}"

    def _cdl(self, grade: Grade) -> list[str]:
        """An ASC CDL, as lists carry it in comments."""
        if not grade.has_cdl:
            return []
        triples = (grade.slope, grade.offset, grade.power)
        sop = "".join("(" + " ".join(f"{v:.4f}" for v in triple) + ")" for triple in triples)
        return [f"{self.star}ASC_SOP {sop}", f"{self.star}ASC_SAT {grade.saturation:.4f}"]

    def remarks(self, placement: Placement) -> list[str]:
        """The comment lines of a placed clip."""
        take = placement.take
        lines = [
            self.comment("FROM CLIP NAME", placement.name),
            self.comment("SOURCE FILE", take.path.name),
        ]
        lines += self._cdl(placement.grade)
        lines += [self.comment("COMMENT", note) for note in placement.note.splitlines() if note]
        lines.append(self.comment("COMMENT", pickup_comment(take.metadata)))
        return lines


def plain_style(*, drop: bool = False) -> Style:
    """CMX 3600 as the manual has it, for a list that is new."""
    text = re.sub(r":00(?= |$)", ";00", _PLAIN) if drop else _PLAIN
    event = parse_event(0, text)
    assert event is not None
    return Style(event)


def style_of(document: EdlDocument) -> Style:
    """The style of a list that is there; that of the manual where it has no cut to copy."""
    cuts = [e for e in document.events if e.edit == "C" and e.video_channel is not None]
    named = [e for e in cuts if not e.is_black and e.reel.upper() != "AX" and e.number]
    template = (named or cuts or [plain_style().template])[0]
    comments = [text for event in document.events for _, text in event.comments]
    stars = [text for text in comments if text.startswith("*")]
    tight = sum(1 for text in stars if not text.startswith("* "))
    groups = document.groups
    spaced = sum(
        1 for group in groups[1:] if not document.text.lines[group[0].line - 1].text.strip()
    )
    long = any(len(event.reel) > CMX_REEL for event in document.events)
    return Style(
        template=template,
        star="*" if tight * 2 > len(stars) else "* ",
        reel_length=_LONG_REEL if long else CMX_REEL,
        spaced=spaced * 2 > len(groups) - 1 > 0,
    )


class Reels:
    """Gives reels names that a list can hold, one name to one reel."""

    def __init__(self, length: int, taken: Iterable[str] = ()) -> None:
        self._length = length
        self._names: dict[str, str] = {}
        self._taken = {name.upper() for name in taken}

    def name(self, reel: str) -> str:
        """Letters, digits and underscores, no longer than the list allows, and no other's name."""
        if reel not in self._names:
            plain = re.sub(r"[^A-Z0-9_]+", "_", reel.upper()).strip("_") or "PICKUP"
            short = plain[: self._length]
            count = 1
            while short in _RESERVED or (short in self._taken and (short != plain or count > 1)):
                count += 1
                short = plain[: self._length - len(str(count))] + str(count)
            self._names[reel] = short
            self._taken.add(short)
        return self._names[reel]
