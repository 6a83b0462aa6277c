"""Finds every gap of a cut: each stretch in which no picture is visible, and each shot wanted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pickup.cut.gap import DEFAULT_MIN_FRAMES, Gap, GapKind, gap_id
from pickup.cut.marks import wanted_ranges
from pickup.cut.model import ItemKind
from pickup.cut.neighbours import Finder
from pickup.cut.spans import Spans
from pickup.cut.visibility import Shows, Sweep
from pickup.cut.words import is_placeholder, is_tagged, marker_range, words_of
from pickup.timing import FrameRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.cut.gap import Neighbour, Words
    from pickup.cut.model import Cut, Item, Track

_KINDS = {
    Shows.NOTHING: GapKind.EMPTY,
    Shows.TITLE: GapKind.TITLE,
    Shows.SLUG: GapKind.SLUG,
    Shows.OFFLINE: GapKind.OFFLINE,
}


@dataclass(frozen=True, slots=True)
class GapOptions:
    """What counts.

    Attributes:
        min_frames: shorter holes are counted and left alone.
        kinds: those wanted; None is all.
        marker_color: an OTIO colour name that tags a marker as a wanted shot, besides `pickup:`.
    """

    min_frames: int = DEFAULT_MIN_FRAMES
    kinds: frozenset[GapKind] | None = None
    marker_color: str = ""


@dataclass(frozen=True, slots=True)
class GapReport:
    """The gaps of a cut, in its order.

    Attributes:
        slips: how many stretches of the kinds wanted were too short.
        others: how many gaps there are of kinds that were not asked for.
    """

    gaps: tuple[Gap, ...]
    slips: int = 0
    others: Counter[GapKind] = field(default_factory=Counter)


def find_gaps(cut: Cut, options: GapOptions | None = None) -> GapReport:
    """Every gap of a cut.

    Raises:
        PickupError: nested sequences that contain themselves or multiply beyond all sense.
    """
    options = options or GapOptions()
    stretches = [
        (FrameRange(start, end), _KINDS[what])
        for start, end, what in Sweep().stretches(cut)
        if what is not Shows.PICTURE
    ]
    stretches = wanted_ranges(cut, stretches, options.marker_color, options.min_frames)
    long_enough = [(r, kind) for r, kind in stretches if r.duration >= options.min_frames]
    wanted = [(r, kind) for r, kind in long_enough if not options.kinds or kind in options.kinds]
    short = [kind for r, kind in stretches if r.duration < options.min_frames]
    return GapReport(
        gaps=tuple(_Describer(cut, options.marker_color).describe(wanted)),
        slips=sum(1 for kind in short if not options.kinds or kind in options.kinds),
        others=Counter(k for _, k in long_enough if options.kinds and k not in options.kinds),
    )


class _Describer:
    """Adds to bare ranges what is around them, the editor's words, the track and the id."""

    def __init__(self, cut: Cut, marker_color: str) -> None:
        self._cut = cut
        self._finder = Finder(cut)
        self._markers = Spans([(marker_range(m), m) for m in cut.markers])
        self._tagged = {id(m) for m in cut.markers if is_tagged(m, marker_color)}
        self._worded = Spans(
            (FrameRange(item.start, item.end), item)
            for track in cut.video_tracks
            for item in track.items
            if _may_hold_words(item)
        )
        self._tracks = [(index, _Occupied(track)) for index, track in enumerate(cut.video_tracks)]

    def describe(self, stretches: Sequence[tuple[FrameRange, GapKind]]) -> list[Gap]:
        seen: Counter[str] = Counter()
        end = self._cut.duration  # asked once: it looks at every item
        gaps = []
        for where, kind in stretches:
            before = self._finder.before(where.start - 1)
            after = self._finder.after(where.end) if where.end < end else None
            key = _identity(where, before, after)
            seen[key] += 1
            gaps.append(
                Gap(
                    id=gap_id(f"{key}#{seen[key]}"),
                    start=where.start,
                    duration=where.duration,
                    kind=kind,
                    before=before,
                    after=after,
                    words=self._words(where, kind),
                    track=self._home(where),
                )
            )
        return gaps

    def _words(self, where: FrameRange, kind: GapKind) -> Words:
        markers = [marker for _, marker in self._markers.over(where)]
        markers.sort(key=lambda m: (id(m) not in self._tagged, m.start))
        if kind is GapKind.MARKED and any(id(m) in self._tagged for m in markers):
            markers = [m for m in markers if id(m) in self._tagged]
        items = [item for _, item in self._worded.over(where)]
        if kind is GapKind.EMPTY:
            items = [item for item in items if item.kind is ItemKind.HOLE]
        return words_of(markers, items)

    def _home(self, where: FrameRange) -> int | None:
        """The lowest track in which the range is a hole, one with a neighbour beside it first."""
        free = [(index, track) for index, track in self._tracks if track.is_free(where)]
        touching = [index for index, track in free if track.touches(where)]
        if touching:
            return touching[0]
        return next((index for index, track in free if track.has_items), None)


class _Occupied:
    """Which frames of a track hold an item of any kind, shown or not."""

    def __init__(self, track: Track) -> None:
        taken = [(i.start, i.end) for i in track.items if i.kind is not ItemKind.HOLE]
        self._usable = track.enabled and not track.locked
        self.has_items = bool(taken)
        self._starts = sorted(start for start, _ in taken)
        self._ends = sorted(end for _, end in taken)

    def is_free(self, where: FrameRange) -> bool:
        begun = bisect_left(self._starts, where.end)
        ended = bisect_right(self._ends, where.start)
        return self._usable and begun == ended

    def touches(self, where: FrameRange) -> bool:
        return _has(self._starts, where.end) or _has(self._ends, where.start)


def _has(values: list[int], value: int) -> bool:
    index = bisect_left(values, value)
    return index < len(values) and values[index] == value


def _may_hold_words(item: Item) -> bool:
    if item.kind in (ItemKind.HOLE, ItemKind.SLUG, ItemKind.TITLE) or is_placeholder(item):
        return True
    return item.enabled and item.media is not None and item.media.missing


def _identity(where: FrameRange, before: Neighbour | None, after: Neighbour | None) -> str:
    """What a gap is, wherever it stands: its length and the frames that it lies between.

    A frame is known by its file's name and its number: clips are renamed, and media moved to other
    drives, without the gap becoming another. Between nothing and nothing only its place tells it
    from another.
    """
    sides = [f"{_file_name(n)}|{n.frame}" if n else "-" for n in (before, after)]
    place = "" if before or after else str(where.start)
    return "|".join([str(where.duration), *sides, place])


def _file_name(neighbour: Neighbour) -> str:
    """The file's own name, whichever way the document writes its address; else the clip's."""
    media = neighbour.media
    if media.sequence is not None:
        return media.sequence.prefix or neighbour.name
    name = unquote(media.url).replace("\\", "/").rstrip("/").rpartition("/")[2]
    return name or media.name or neighbour.name
