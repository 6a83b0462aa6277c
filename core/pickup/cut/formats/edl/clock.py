"""The rate of an EDL, which hardly any says, and what its timecodes mean at that rate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.base import LIMITS
from pickup.timing import (
    RateError,
    TimecodeError,
    nominal,
    parse_rate,
    rate_text,
    timecode_to_frames,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup.cut.formats.edl.document import EdlDocument

_STATED = re.compile(
    r"^\** ?(?:FRAME[ _-]?RATE|TIME[ _-]?BASE|FPS) ?[:=]? ?(\d{1,6}(?:\.\d{1,9})?(?:/\d{1,6})?)"
    r" ?(?:FPS|P)?$",
    re.IGNORECASE | re.ASCII,
)
_NTSC = Fraction(1000, 1001)
_ENOUGH = 40
"""So many timecodes of a 30-frame list cannot well all avoid its upper frame numbers."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How a list counts.

    Attributes:
        rate: frames per second.
        drop: whether record timecode drops numbers.
        note: how the rate was found; empty where the user gave it.
    """

    rate: Fraction
    drop: bool
    note: str

    @property
    def day(self) -> int:
        """Frames in the 24 hours after which timecode begins anew."""
        return timecode_to_frames("24:00:00:00", self.rate, drop=self.drop)

    def record(self, text: str) -> int:
        """The frame of a record timecode, or of a plain count of frames.

        Raises:
            TimecodeError: no timecode at this rate.
        """
        frame = int(text) if text.isdigit() else timecode_to_frames(text, self.rate, drop=self.drop)
        if abs(frame) > LIMITS.frames:
            raise TimecodeError(f"{text!r} lies beyond any timeline")
        return frame

    def source(self, text: str, drop: bool | None) -> tuple[Fraction, Fraction | None]:
        """The instant of a source timecode in seconds, and the media's rate where it differs.

        A frame number that the list's rate does not have shows that the media is faster.

        Raises:
            TimecodeError: no timecode at any rate.
        """
        if text.isdigit():
            return self.record(text) / self.rate, None
        try:
            return timecode_to_frames(text, self.rate, drop=drop) / self.rate, None
        except TimecodeError:
            highest = int(re.split(r"[:;.,]", text)[-1])
            rate = _guess(highest)
            if rate <= self.rate:
                raise
            return timecode_to_frames(text, rate, drop=False) / rate, rate


def clock_of(document: EdlDocument, rate: Fraction | None) -> Clock:
    """The clock of a list: the rate given, stated or, at last, deduced."""
    drops = _drops(document)
    if rate is not None:
        return Clock(rate, drops and _can_drop(rate), "")
    times = [time for event in document.events for time in event.times if not time.isdigit()]
    highest = max((_frame_number(time) for time in times), default=0)
    stated = _stated(document, highest)
    if stated is not None:
        note = f"{rate_text(stated)} frames a second, as a comment in the list says"
        return Clock(stated, drops and _can_drop(stated), note)
    if drops and highest < 25 and len(times) >= _ENOUGH:
        # Programs write FCM into lists at film and PAL rates too, where nothing can be dropped.
        drops = False
    seen = f"guessed from the highest frame number, {highest}"
    if drops:
        found = (30 if highest < 30 else 60) * _NTSC
        return Clock(found, True, f"{rate_text(found)} frames a second, as it is drop frame")
    found = _guess(highest)
    if nominal(found) % 30 == 0 and any(drop for _, drop in document.modes):
        found *= _NTSC
        seen += ", and as some of its sources are drop frame"
    return Clock(found, False, f"{rate_text(found)} frames a second, {seen}")


def _guess(highest: int) -> Fraction:
    """The rate with the fewest frames a second that has a frame of this number."""
    return Fraction(next((fps for fps in (24, 25, 30, 50, 60, 120) if highest < fps), 1000))


def _can_drop(rate: Fraction) -> bool:
    return rate.denominator == 1001 and nominal(rate) % 30 == 0


def _drops(document: EdlDocument) -> bool:
    """Whether the record timecode is drop frame: what the first FCM says, else its punctuation.

    Later FCM statements are about sources. A number that dropping would have skipped refutes it.
    """
    record = [time for event in document.events for time in event.times[2:]]
    if any(_is_dropped_number(time) for time in record):
        return False
    if document.modes:
        return document.modes[0][1]
    marked = sum(1 for time in record if re.search(r"[;,]\d+$", time))
    return marked * 2 > len(record)


def _is_dropped_number(time: str) -> bool:
    fields = re.split(r"[:;.,]", time)
    if len(fields) != 4:
        return False
    _, minutes, seconds, frames = (int(f) for f in fields[-4:])
    return minutes % 10 != 0 and seconds == 0 and frames < 2


def _frame_number(time: str) -> int:
    return int(re.split(r"[:;.,]", time)[-1])


def _stated(document: EdlDocument, highest: int) -> Fraction | None:
    """The rate that a comment states, if it has all the frame numbers there are."""
    for _, text in _all_remarks(document):
        if match := _STATED.match(" ".join(text.split())):
            try:
                rate = parse_rate(match[1])
            except RateError:
                continue
            if nominal(rate) > highest and 1 <= rate <= 1000:
                return rate
    return None


def _all_remarks(document: EdlDocument) -> Iterator[tuple[int, str]]:
    yield from document.remarks
    for event in document.events:
        yield from event.comments
