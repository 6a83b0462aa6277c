"""An EDL as its statements: the title, the frame code modes, events and what is said about them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pickup.cut.formats.edl.events import BrokenEvent, Event, Motion, parse_event
from pickup.cut.formats.edl.text import END_OF_FILE, EdlText, load_text
from pickup.errors import CutError

if TYPE_CHECKING:
    from pathlib import Path

# All but the first are matched against text whose spaces are single, which keeps them linear.
_TITLE = re.compile(r"^TITLE\s*:\s*(.*)$", re.IGNORECASE)
_FCM = re.compile(r"^\*? ?FCM ?:? ?(NON)?[ _-]{0,3}DROP", re.IGNORECASE)
_MOTION = re.compile(
    r"^M2 (.*?) ?(?<!\S)([-+]? ?\d{1,6}(?:\.\d{0,6})?) (\d[\d:;.,]*)$",
    re.IGNORECASE | re.ASCII,
)
_AUD = re.compile(r"^AUD((?: \d{1,3})+)$", re.IGNORECASE | re.ASCII)


@dataclass(slots=True)
class EdlDocument:
    """A list as read.

    Attributes:
        remarks: (line, text) of the lines before the first event that are none of the others.
        modes: (line, drop frame) of each FCM statement.
    """

    text: EdlText
    title: str = ""
    events: list[Event] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)
    modes: list[tuple[int, bool]] = field(default_factory=list)

    @property
    def groups(self) -> list[list[Event]]:
        """Event lines that belong together: neighbours of one number, as of a dissolve."""
        groups: list[list[Event]] = []
        for event in self.events:
            if groups and event.number and groups[-1][-1].number == event.number:
                groups[-1].append(event)
            else:
                groups.append([event])
        return groups


def load(path: Path) -> EdlDocument:
    """Read the statements of a file.

    Raises:
        CutError: no text, no EDL, or an event line that is broken.
    """
    document = EdlDocument(load_text(path))
    for index, line in enumerate(document.text.lines):
        if line.text.startswith(END_OF_FILE):
            break
        # Final Cut Pro leaves zero bytes at the ends of its lists.
        text = line.text.replace("\0", " ")
        try:
            event = parse_event(index, text)
        except BrokenEvent as error:
            raise CutError(
                path, str(error), line=index + 1, hint="Correct the line or export the EDL again."
            ) from error
        if event is not None:
            event.drop = document.modes[-1][1] if document.modes else None
            document.events.append(event)
        elif text.strip():
            _add_statement(document, index, text)
    if not document.events and not document.title and not document.modes:
        raise CutError(
            path, "holds no events of an edit decision list", hint="Export it as a CMX 3600 EDL."
        )
    return document


def _add_statement(document: EdlDocument, index: int, text: str) -> None:
    """Put a line that is no event where it belongs."""
    events = document.events
    text = text.strip()
    words = " ".join(text.split())
    if match := _TITLE.match(text):
        document.title = document.title or match[1]
    elif match := _FCM.match(words):
        document.modes.append((index, not match[1]))
    elif not events:
        document.remarks.append((index, text))
    elif match := _MOTION.match(words):
        motion = Motion(match[1], match[2].replace(" ", ""), match[3])
        _moved(events, motion).motion = motion
        events[-1].comments.append((index, text))
    else:
        if match := _AUD.match(words):
            events[-1].audio.update(int(number) for number in match[1].split())
        events[-1].comments.append((index, text))


def _moved(events: list[Event], motion: Motion) -> Event:
    """The event that an M2 line is about: of its reel and entry, or at least of its reel."""
    number = events[-1].number
    group = [events[-1]]
    for event in reversed(events[-8:-1]):
        if not number or event.number != number:
            break
        group.append(event)
    of_reel = [e for e in group if _squeezed(e.reel) == _squeezed(motion.reel)]
    at_entry = [e for e in of_reel if _digits(e.times[0]) == _digits(motion.entry)]
    return (at_entry or of_reel or group)[0]


def _squeezed(reel: str) -> str:
    return "".join(reel.split()).upper()


def _digits(timecode: str) -> str:
    return re.sub(r"\D", "", timecode)
