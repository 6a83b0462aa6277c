"""A cut as values: what every reader makes, and all that the rest of Pickup sees of a timeline.

A file is a `CutFile`; each of its sequences is a `Cut`; a cut has tracks of items. Positions are
whole frames at the cut's rate counted from the start of the sequence; source times are exact
seconds.
The document itself stays beside the values (`CutFile.source`), so that a writer can put clips into
it and leave the rest alone; an item remembers its place there in `locator`, which only the format
that made it understands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class ItemKind(Enum):
    """What an item shows."""

    CLIP = "clip"
    """Picture, or sound on an audio track."""
    TITLE = "title"
    """Letters over whatever is below."""
    SLUG = "slug"
    """Black on purpose: a black or slug generator."""
    TRANSITION = "transition"
    """Drawn by the NLE over a cut; it shows something for all its length."""
    NESTED = "nested"
    """A sequence within the sequence; `Item.nested` says which."""
    HOLE = "hole"
    """A gap that the document spells out. It shows nothing, but may carry the editor's words."""


@dataclass(frozen=True, slots=True)
class Raster:
    """Width and height in pixels, and the pixel aspect ratio."""

    width: int
    height: int
    pixel_aspect: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class ImageSequence:
    """A numbered sequence of files, as OTIO's `ImageSequenceReference` names it."""

    base: str
    prefix: str
    suffix: str
    start_frame: int
    zero_padding: int
    step: int = 1

    def file_name(self, index: int) -> str:
        """The file of the frame `index`, counted from 0."""
        number = self.start_frame + index * self.step
        sign = "-" if number < 0 else ""
        return f"{self.prefix}{sign}{abs(number):0{self.zero_padding}d}{self.suffix}"


@dataclass(frozen=True, slots=True)
class Media:
    """The file behind a clip.

    Attributes:
        url: as the document writes it; empty where it names no file.
        path: the local file meant, whether or not it exists; None for a remote or unnamed one.
        name: what to call it.
        rate: the file's own frames per second, if the document says it.
        start: its first frame's timecode, in seconds.
        start_known: the document says `start`; where it does not, source times are timecodes of
            the file, whose first one only the file knows.
        duration: its length in seconds.
        reel: tape or reel name.
        raster: its picture's size, if the document says it.
        sequence: set when the media is a numbered sequence of images.
        missing: the document itself says that the media is missing.
        has_audio: the document says that the file has sound.
    """

    url: str = ""
    path: Path | None = None
    name: str = ""
    rate: Fraction | None = None
    start: Fraction = Fraction(0)
    duration: Fraction | None = None
    reel: str = ""
    raster: Raster | None = None
    sequence: ImageSequence | None = None
    missing: bool = False
    has_audio: bool = False
    start_known: bool = True

    def file_at(self, index: int) -> tuple[Path | None, int]:
        """The file that holds the frame `index`, counted from `start`, and its number in it."""
        if self.path is None or self.sequence is None:
            return self.path, index
        if not self.start_known and index >= self.sequence.start_frame:
            index -= self.sequence.start_frame
        folder = self.path if self.path.is_dir() else self.path.parent
        name = self.sequence.file_name(index).replace("\\", "/").rpartition("/")[2]
        return folder / name, 0


@dataclass(frozen=True, slots=True)
class TimeMap:
    """A retime: which source instant shows at an instant of the item.

    Attributes:
        points: (seconds from the item's start, source seconds in the media's timecode), ascending
            in the first; linear between, and continued at the slope of the outermost pieces. A
            single point is a freeze frame.
    """

    points: tuple[tuple[Fraction, Fraction], ...]

    def source_at(self, offset: Fraction) -> Fraction:
        points = self.points
        if len(points) == 1:
            return points[0][1]
        index = 1
        while index < len(points) - 1 and points[index][0] <= offset:
            index += 1
        (x0, y0), (x1, y1) = points[index - 1], points[index]
        return y0 if x1 == x0 else y0 + (offset - x0) * (y1 - y0) / (x1 - x0)


@dataclass(slots=True)
class Item:
    """One thing on a track.

    Attributes:
        kind: what it shows.
        name: as the editor sees it.
        start, end: frames of the cut, half-open, from the sequence's start.
        enabled: a disabled item shows nothing.
        transparent: neither does one that lets all that is below it through: an adjustment layer,
            a clip of opacity 0.
        media: the file behind a clip.
        source_start: seconds, in the media's timecode (or the nested cut's time from its start),
            of what shows at the item's first frame, in playing direction.
        speed: source seconds per timeline second; negative plays backwards, 0 freezes.
        retime: set instead of `speed` where the speed varies.
        nested: the inner cut of a NESTED item.
        note: free text that the editor left on it (comments, log notes).
        pickup: `metadata["pickup"]` of a clip placed earlier by us.
        color: the editor's colour for it, `#rrggbb`; empty where it has none.
        locator: its place in the source document, for the writer of that format.
    """

    kind: ItemKind
    name: str
    start: int
    end: int
    enabled: bool = True
    media: Media | None = None
    source_start: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    retime: TimeMap | None = None
    nested: Cut | None = None
    note: str = ""
    pickup: Mapping[str, Any] | None = None
    color: str = ""
    locator: Any = None
    transparent: bool = False

    @property
    def duration(self) -> int:
        return self.end - self.start

    @property
    def switched_on(self) -> bool:
        """Whether it is enabled where a format can say neither adjustment nor opacity."""
        return self.enabled and not self.transparent

    @property
    def visible(self) -> bool:
        """Whether it shows anything at all, as far as it is not hidden by what lies above."""
        return self.switched_on and self.kind is not ItemKind.HOLE and self.end > self.start

    def source_time(self, frame: int, rate: Fraction) -> Fraction:
        """Seconds in the media's timecode that show at `frame` of a cut at `rate`.

        Frames outside the item continue into its handles.
        """
        offset = (frame - self.start) / rate
        if self.retime is not None:
            return self.retime.source_at(offset)
        return self.source_start + offset * self.speed

    def source_frame(self, frame: int, rate: Fraction) -> int:
        """The frame of the media's timecode, at its own rate, that shows at `frame`.

        A thousandth of a frame is allowed for: documents round source times to their own grid.
        """
        media_rate = self.media.rate if self.media and self.media.rate else rate
        return math.floor(self.source_time(frame, rate) * media_rate + Fraction(1, 1000))


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker on the cut or on one of its items, laid onto the cut's frames.

    Attributes:
        start: frame of the cut, from the sequence's start.
        duration: frames; 0 and 1 are both a point.
        color: OTIO's upper-case colour name, or empty.
        custom: data that the host hides from the editor (Resolve's customData).
    """

    name: str
    start: int
    duration: int = 0
    comment: str = ""
    color: str = ""
    custom: str = ""


@dataclass(slots=True)
class Track:
    """A track, its items in time order, transitions among them."""

    kind: str  # "video" or "audio"
    name: str = ""
    enabled: bool = True
    locked: bool = False
    items: list[Item] = field(default_factory=list)
    locator: Any = None


@dataclass(slots=True)
class Cut:
    """One sequence.

    Attributes:
        rate: frames per second.
        start: the first frame's timecode, as frames.
        tracks: bottom first within a kind.
        raster: the sequence's picture size, where the document says it.
        rate_note: how the rate was found, where the document does not state it.
        metadata: what a reader found worth keeping; keys are the format's own words.
    """

    name: str
    rate: Fraction
    start: int = 0
    drop_frame: bool = False
    tracks: list[Track] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    raster: Raster | None = None
    rate_note: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    locator: Any = None

    @property
    def video_tracks(self) -> list[Track]:
        return [track for track in self.tracks if track.kind == "video"]

    @property
    def audio_tracks(self) -> list[Track]:
        return [track for track in self.tracks if track.kind == "audio"]

    @property
    def duration(self) -> int:
        """Frames from the start to the end of the last item of any kind; padding is none."""
        return max(
            (i.end for track in self.tracks for i in track.items if i.kind is not ItemKind.HOLE),
            default=0,
        )


@dataclass(slots=True)
class CutFile:
    """A document with one or more cuts.

    Attributes:
        path: the file read.
        format: the key of its format in `pickup.cut.formats`.
        cuts: the sequences an editor would call timelines; nested ones hang on their items.
        source: the document as its format keeps it (bytes, JSON), for writing in place.
        writer: who wrote the document (`"resolve"`, `"premiere"`, `"fcp"`, `"avid"`), if it shows.
        notes: what the user should know of the reading.
    """

    path: Path
    format: str
    cuts: list[Cut]
    source: Any = None
    writer: str = ""
    notes: list[str] = field(default_factory=list)
