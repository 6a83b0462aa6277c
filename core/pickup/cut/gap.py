"""A gap, and what is known of it: values only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from pickup.timing import FrameRange

if TYPE_CHECKING:
    from fractions import Fraction

    from pickup.cut.model import Media


class GapKind(Enum):
    """Why no picture is visible."""

    EMPTY = "empty"
    SLUG = "slug"
    TITLE = "title"
    OFFLINE = "offline"
    MARKED = "marked"


FILLED_KINDS = frozenset({GapKind.EMPTY, GapKind.MARKED})
"""What is filled unless told otherwise."""

DEFAULT_MIN_FRAMES = 12
"""Shorter holes are editing slips."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The topmost picture right beside a gap.

    Attributes:
        name: the clip's name.
        frame: its frame there, in the media's own timecode and rate.
        index: the same frame counted from the media's `start`.
        rate: frames per second that both count.
        media: the file.
        note: what the editor noted on the clip.
        duration: frames of the cut for which the clip shows.
    """

    name: str
    frame: int
    index: int
    media: Media
    note: str = ""
    duration: int = 0
    rate: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What the editor left for a shot, and where it stood."""

    text: str = ""
    origin: str = ""  # "marker", "clip", "gap", "metadata", or empty


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a cut in which no picture is visible.

    Attributes:
        id: stable while the gap stays what it is: it is made from the frames around it and its
            length, not from its place.
        start: frames from the start of the sequence.
        duration: frames.
        track: index among the video tracks of the track whose hole this is, or None.
        of: id of the whole gap that this is a piece of, or empty.
        offset: frames from that gap's start to this piece.
    """

    id: str
    start: int
    duration: int
    kind: GapKind
    before: Neighbour | None = None
    after: Neighbour | None = None
    words: Words = Words()
    track: int | None = None
    of: str = ""
    offset: int = 0

    @property
    def end(self) -> int:
        return self.start + self.duration

    @property
    def range(self) -> FrameRange:
        return FrameRange(self.start, self.start + self.duration)

    def piece(self, offset: int, duration: int) -> Gap:
        """A part of it, for a shot of its own; the first one keeps the id of the whole.

        Raises:
            ValueError: it does not lie within.
        """
        if not 0 <= offset < offset + duration <= self.duration:
            raise ValueError(f"no piece of {self.id}: {duration} frames from {offset}")
        return replace(
            self,
            id=gap_id(f"{self.id}@{offset}") if offset else self.id,
            start=self.start + offset,
            duration=duration,
            before=None if offset else self.before,
            after=self.after if offset + duration == self.duration else None,
            of=self.id,
            offset=offset,
        )


def gap_id(identity: str) -> str:
    """A short id, the same for the same text: `g` and ten hexadecimal digits."""
    return "g" + hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:10]
