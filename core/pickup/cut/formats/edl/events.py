"""The event lines of an EDL: CMX 3600 and what thirty years of programs made of it.

An event line is read from its right end, where its form is firm: four timecodes, the length of a
transition, the edit type, the channels. What is left is the number and the reel, which may be
anything, spaces included. `C`, `D`, `W…` and `K…` are cuts, dissolves, wipes and keys; Avid leaves
the type of a dissolve blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

_TIME = r"-?\d{1,3}[:;.,]\d{1,2}[:;.,]\d{1,2}[:;.,]\d{1,3}"
_TIMES = re.compile(rf"(?<!\S)({_TIME})\s+({_TIME})\s+({_TIME})\s+({_TIME})(?!\S)", re.ASCII)
_COUNTS = re.compile(r"(?<!\S)(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*$", re.ASCII)
_MIXED = re.compile(rf"(?<!\S)(\d{{1,9}})\s+(\d{{1,9}})\s+({_TIME})\s+({_TIME})(?!\S)", re.ASCII)
_TOKEN = re.compile(r"\S+")
_TIMELIKE = re.compile(r"^[-\w]*[:;]\w*[:;][\w:;.,]*$")
_NUMBER = re.compile(r"^\d{1,9}[A-Z]?$", re.IGNORECASE | re.ASCII)
_LENGTH = re.compile(r"^\d{1,5}$", re.ASCII)
_EDIT = re.compile(r"^(C|D|W\d{0,4}|K[BO]?)$", re.IGNORECASE | re.ASCII)
_CHANNELS = re.compile(r"^(NONE|B|[AV][AV\d/,+&-]*)$", re.IGNORECASE | re.ASCII)
_LONGEST = 2000


class BrokenEvent(ValueError):
    """A line that means to be an event and is none; its text is the cause."""


Field = tuple[int, int]
"""Where a field stands in its line."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of an event line stand; a field that is missing is empty."""

    number: Field
    reel: Field
    channels: Field
    edit: Field
    times: tuple[Field, Field, Field, Field]


@dataclass(slots=True)
class Motion:
    """An M2 line: the speed at which a reel plays, in frames a second."""

    reel: str
    frames_per_second: str
    entry: str


@dataclass(slots=True)
class Event:
    """One event line, with the lines that speak about it.

    Attributes:
        line: index of its line in the document, from 0.
        edit: upper case: `C`, `D`, `W001`, `K`, `KB`, `KO`, or empty where it is blank.
        length: frames of its transition, 0 for a cut.
        times: source in and out, record in and out, as written.
        drop: the frame code mode (FCM) in force where it stands; None where none was said.
        comments: (line, text) of the lines that follow it, up to the next event.
        audio: channels added by `AUD` lines.
    """

    line: int
    text: str
    number: str
    reel: str
    channels: str
    edit: str
    length: int
    times: tuple[str, str, str, str]
    layout: Layout
    drop: bool | None = None
    comments: list[tuple[int, str]] = field(default_factory=list)
    motion: Motion | None = None
    audio: set[int] = field(default_factory=set)

    @property
    def in_frames(self) -> bool:
        """Whether its times, or those of its source, are counts of frames, not timecodes."""
        return self.times[0].isdigit()

    @property
    def is_transition(self) -> bool:
        """A dissolve or wipe from what lies before; Avid leaves its type blank."""
        return self.length > 0 and not self.edit.startswith(("C", "K"))

    @property
    def is_black(self) -> bool:
        return self.reel.upper() in ("BL", "BLK", "BLACK")

    @property
    def video_channel(self) -> int | None:
        """1 for V, 2 for V2; None for an event of sound alone."""
        channels = self.channels.upper()
        if channels == "B":
            return 1
        match = re.search(r"V(\d{0,3})", channels)
        return max(1, int(match[1] or 1)) if match else None

    @property
    def audio_channels(self) -> list[int]:
        """1 for A, 1 and 2 for AA, 3 for A3."""
        channels = self.channels.upper()
        found = set(self.audio)
        if channels == "B":
            found.add(1)
        for run, digits in re.findall(r"(A+)(\d{0,3})", channels):
            found |= {int(digits)} if digits else set(range(1, min(len(run), 24) + 1))
        return sorted(number for number in found if number > 0)


def parse_event(line: int, text: str) -> Event | None:
    """The event of a line, or None for a line of any other kind.

    Raises:
        BrokenEvent: the line means to be an event, but is broken.
    """
    if len(text) > _LONGEST or not text or text.lstrip()[:1] in ("", "*", ">"):
        return None
    match = _TIMES.search(text) or _COUNTS.search(text) or _MIXED.search(text)
    if match is None:
        _refuse_broken(text)
        return None
    tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(text, 0, match.start())]
    event = _from_tokens(line, text, tokens, match)
    if event is None:
        if not _NUMBER.match(text.split()[0]) or match.re is _COUNTS:
            return None
        raise BrokenEvent("the event has no channel or edit type that is known")
    if event.in_frames and not (event.number and event.edit):
        return None
    return event


def _from_tokens(line: int, text: str, tokens: list[Field], times: re.Match[str]) -> Event | None:
    words = [text[start:end] for start, end in tokens]
    length = 0
    if len(words) > 1 and _LENGTH.match(words[-1]) and _ends_with_type(words[:-1]):
        length = int(words.pop())
    edit = ""
    count = _edit_words(words)
    edit = "".join(words[len(words) - count :]).upper()
    words = words[: len(words) - count]
    if not words or not _CHANNELS.match(words[-1]):
        return None
    at = len(words) - 1
    numbered = bool(words[:at]) and bool(_NUMBER.match(words[0]))
    first = 1 if numbered else 0
    end = tokens[at][0]
    number = tokens[0] if numbered else (tokens[0][0], tokens[0][0])
    reel = (tokens[first][0], tokens[at - 1][1]) if at > first else (end, end)
    layout = Layout(
        number=number,
        reel=reel,
        channels=tokens[at],
        edit=(tokens[at + 1][0], tokens[at + count][1]) if count else (tokens[at][1],) * 2,
        times=(times.span(1), times.span(2), times.span(3), times.span(4)),
    )
    return Event(
        line=line,
        text=text,
        number=text[slice(*number)],
        reel=text[slice(*reel)],
        channels=text[slice(*layout.channels)],
        edit=edit,
        length=length,
        times=(times[1], times[2], times[3], times[4]),
        layout=layout,
    )


def _edit_words(words: list[str]) -> int:
    """How many of the last words are the edit type: none where it is blank, two for `K B`."""
    last = [word.upper() for word in words[-3:]]
    if len(last) == 3 and _CHANNELS.match(last[0]):
        if last[1] == "K" and last[2] in ("B", "O"):
            return 2
        if last[1] == "W" and _LENGTH.match(last[2]):
            return 2
    return 1 if last and _EDIT.match(last[-1]) else 0


def _ends_with_type(words: list[str]) -> bool:
    return bool(_edit_words(words) or _CHANNELS.match(words[-1]))


def _refuse_broken(text: str) -> None:
    """Raise for a line that begins like an event but lacks its four timecodes."""
    words = text.split()
    if not _NUMBER.match(words[0]):
        return
    times = sum(1 for word in words if _TIMELIKE.match(word))
    looks_typed = any(
        _CHANNELS.match(channel) and _EDIT.match(edit) for channel, edit in pairwise(words[2:])
    )
    if times >= 2 or (looks_typed and times):
        raise BrokenEvent("the event does not have four timecodes that can be read")
