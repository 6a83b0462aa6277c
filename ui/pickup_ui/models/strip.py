"""The timeline strip as data: what is drawn of a cut between two frames, quickly at any zoom.

Items are kept sorted, track by track; what can be seen is found by bisection. Where items are
narrower than a pixel, one box stands for all that begin within it, so that a frame costs by its
width in pixels and never by the length of the cut.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pickup.cut.model import ItemKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pickup.cut.model import Cut, Item, Marker, Track


_PIXELS = 2.0
"""What is narrower than this is drawn together with what follows."""


class Paint(Enum):
    """What a box of the strip is, for its colour."""

    CLIP = "clip"
    SOUND = "sound"
    TITLE = "title"
    SLUG = "slug"
    TRANSITION = "transition"
    NESTED = "nested"
    PICKUP = "pickup"
    OFF = "off"
    OFFLINE = "offline"


_PAINTS = {
    ItemKind.TITLE: Paint.TITLE,
    ItemKind.SLUG: Paint.SLUG,
    ItemKind.TRANSITION: Paint.TRANSITION,
    ItemKind.NESTED: Paint.NESTED,
}


@dataclass(frozen=True, slots=True)
class Box:
    """Something to draw from frame `start` to `end`; without a name where several are one.

    Attributes:
        color: the editor's own for it, `#rrggbb`, or empty.
    """

    start: int
    end: int
    paint: Paint
    name: str = ""
    color: str = ""


class Lane:
    """One track's boxes, in time order."""

    def __init__(self, track: Track, number: int) -> None:
        sound = track.kind == "audio"
        self.sound = sound
        self.name = track.name or f"{'A' if sound else 'V'}{number}"
        self.short = f"{'A' if sound else 'V'}{number}"
        boxes = [
            _box(item, track)
            for item in track.items
            if item.kind is not ItemKind.HOLE and item.end > item.start
        ]
        boxes.sort(key=lambda box: box.start)
        self.boxes = boxes
        self._starts = [box.start for box in boxes]
        # Ends rise with starts on a track but for rare overlaps; the running maximum always does.
        self._ends: list[int] = []
        latest = 0
        for box in boxes:
            latest = max(latest, box.end)
            self._ends.append(latest)

    def seen(self, start: float, end: float, frames_per_pixel: float) -> Iterator[Box]:
        """The boxes between two frames; those too narrow to be told apart become one."""
        boxes, starts = self.boxes, self._starts
        least = frames_per_pixel * _PIXELS
        index, last = bisect_right(self._ends, start), bisect_left(starts, end)
        while index < last:
            box = boxes[index]
            if box.end - box.start >= least:
                yield box
                index += 1
                continue
            reach = box.start + least
            following = max(index + 1, bisect_left(starts, reach, index + 1, last))
            latest = max(boxes[following - 1].end, box.end)
            alone = following == index + 1
            yield Box(box.start, latest, box.paint, box.name if alone else "", box.color)
            index = following


def _box(item: Item, track: Track) -> Box:
    paint = _paint(item, track)
    # What says how a clip stands counts more than the colour that somebody gave it.
    own = item.color if paint in (Paint.CLIP, Paint.SOUND, Paint.NESTED, Paint.TITLE) else ""
    return Box(item.start, item.end, paint, item.name, own)


def _paint(item: Item, track: Track) -> Paint:
    if not (item.enabled and track.enabled):
        return Paint.OFF
    if item.pickup is not None:
        return Paint.PICKUP
    if track.kind == "audio":
        return Paint.SOUND
    if item.media is not None and item.media.missing:
        return Paint.OFFLINE
    return _PAINTS.get(item.kind, Paint.CLIP)


class StripData:
    """A cut, ready to be drawn: video lanes from the top down, then sound.

    Attributes:
        duration: frames.
        markers: by their start.
    """

    def __init__(self, cut: Cut | None = None) -> None:
        self.duration = cut.duration if cut else 0
        video = [Lane(t, i) for i, t in enumerate(cut.video_tracks if cut else (), 1)]
        sound = [Lane(t, i) for i, t in enumerate(cut.audio_tracks if cut else (), 1)]
        self.lanes: list[Lane] = [*reversed(video), *sound]
        self.markers: list[Marker] = sorted(cut.markers, key=lambda m: m.start) if cut else []
        self._marks = [marker.start for marker in self.markers]

    def markers_seen(self, start: float, end: float, frames_per_pixel: float) -> Iterator[Marker]:
        """Markers between two frames, one a pixel at most."""
        index, last = bisect_left(self._marks, start), bisect_right(self._marks, end)
        while index < last:
            yield self.markers[index]
            reach = self._marks[index] + frames_per_pixel
            index = max(index + 1, bisect_left(self._marks, reach, index + 1, last))


class View:
    """Which part of a cut a strip of some width shows.

    Attributes:
        first: the frame at the left edge.
        scale: pixels a frame.
    """

    MOST = 24.0
    """Pixels a frame at the closest."""

    def __init__(self) -> None:
        self.duration = 0
        self.width = 1
        self.first = 0.0
        self.scale = 1.0

    @property
    def frames_per_pixel(self) -> float:
        return 1 / self.scale

    @property
    def last(self) -> float:
        """The frame at the right edge."""
        return self.first + self.width / self.scale

    def fit_scale(self) -> float:
        return self.width / max(1.0, self.duration * 1.02)

    def fit(self) -> None:
        """Show the whole cut."""
        self.first, self.scale = 0.0, min(self.MOST, self.fit_scale())

    def resize(self, width: int) -> None:
        """Another width; a cut that was shown whole stays so."""
        whole = self.scale <= min(self.MOST, self.fit_scale()) * 1.001
        self.width = max(1, width)
        if whole:
            self.fit()
        self._settle()

    def zoom(self, factor: float, at: float) -> None:
        """Closer or farther, the frame under pixel `at` staying where it is."""
        frame = self.frame(at)
        least = min(self.MOST, self.fit_scale())
        self.scale = max(least, min(self.MOST, self.scale * factor))
        self.first = frame - at / self.scale
        self._settle()

    def scroll(self, pixels: float) -> None:
        self.first += pixels / self.scale
        self._settle()

    def reveal(self, start: float, end: float) -> None:
        """Scroll so that a stretch is seen, and no farther than needed."""
        margin = self.width * 0.1 / self.scale
        if start - margin < self.first or end + margin > self.last:
            if end - start > (self.last - self.first) * 0.8:
                self.first = start - margin
            else:
                self.first = (start + end) / 2 - (self.last - self.first) / 2
            self._settle()

    def x(self, frame: float) -> float:
        return (frame - self.first) * self.scale

    def frame(self, x: float) -> float:
        return self.first + x / self.scale

    def _settle(self) -> None:
        room = self.duration * 1.02 - self.width / self.scale
        self.first = max(0.0, min(self.first, max(0.0, room)))


def ruler_step(frames_per_pixel: float, fps: int, least: int = 90) -> int:
    """Frames between the labels of a ruler, so that they are at least `least` pixels apart."""
    steps: Sequence[int] = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600, 7200)
    for seconds in steps:
        if seconds * fps >= least * frames_per_pixel:
            return seconds * fps
    return steps[-1] * fps
