"""What is right before and right after a stretch: the topmost picture, and its exact frame."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pickup.cut.gap import Neighbour
from pickup.cut.model import ItemKind, Media

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from pickup.cut.model import Cut, Item, Track

_PICTURES = (ItemKind.CLIP, ItemKind.NESTED)
_MAX_DEPTH = 64


class Finder:
    """Answers what shows at a frame of a cut, in logarithmic time a track."""

    def __init__(self, cut: Cut, depth: int = 0) -> None:
        self._cut = cut
        self._depth = depth
        self._inner: dict[int, Finder] = {}
        enabled = [t for t in cut.tracks if t.kind == "video" and t.enabled]
        self._layers = [_Layer(track) for track in reversed(enabled)]

    def before(self, frame: int) -> Neighbour | None:
        """The picture that shows at `frame`, the last before a gap."""
        return self._at(frame, leaving=True) if frame >= 0 else None

    def after(self, frame: int) -> Neighbour | None:
        """The picture that shows at `frame`, the first after a gap."""
        return self._at(frame, leaving=False)

    def _at(self, frame: int, *, leaving: bool) -> Neighbour | None:
        for layer in self._layers:
            item = layer.picture_at(frame, leaving=leaving)
            if item is not None:
                found = self._neighbour(item, frame, leaving=leaving)
                if found is not None:
                    return found
        return None

    def _neighbour(self, item: Item, frame: int, *, leaving: bool) -> Neighbour | None:
        rate = self._cut.rate
        if item.nested is not None:
            if self._depth >= _MAX_DEPTH:
                return None
            inner = self._inner.get(id(item.nested))
            if inner is None:
                inner = self._inner[id(item.nested)] = Finder(item.nested, self._depth + 1)
            return inner._at(_inner_frame(item, frame, rate), leaving=leaving)
        media = item.media or Media(name=item.name)
        number = item.source_frame(frame, rate)
        first = round(media.start * (media.rate or rate))
        return Neighbour(
            name=item.name or media.name,
            frame=number,
            index=number - first,
            media=media,
            note=item.note,
            duration=item.duration,
            rate=media.rate or rate,
        )


class _Layer:
    """A track's pictures and transitions, ready to be asked."""

    def __init__(self, track: Track) -> None:
        shown = [i for i in track.items if i.visible]
        self._pictures = sorted((i for i in shown if i.kind in _PICTURES), key=lambda i: i.start)
        self._starts = [i.start for i in self._pictures]
        self._transitions = sorted(
            (i for i in shown if i.kind is ItemKind.TRANSITION), key=lambda i: i.start
        )
        self._transition_starts = [i.start for i in self._transitions]

    def picture_at(self, frame: int, *, leaving: bool) -> Item | None:
        """The clip that shows at `frame`, one that a transition draws from its handles included.

        A transition that leads into or out of a gap shows one clip alone: the one it comes from
        when leaving, the one it goes to when arriving.
        """
        index = bisect_right(self._starts, frame)
        for item in self._behind(self._pictures, index):
            if item.start <= frame < item.end:
                return item
        at = bisect_right(self._transition_starts, frame)
        for transition in self._behind(self._transitions, at):
            if transition.start <= frame < transition.end:
                if leaving:
                    return self._pictures[index - 1] if index else None
                return self._pictures[index] if index < len(self._pictures) else None
        return None

    @staticmethod
    def _behind(items: list[Item], index: int) -> Iterator[Item]:
        """The few items that start last before a position; on one track hardly any overlap."""
        for i in range(index - 1, max(-1, index - 4), -1):
            yield items[i]


def _inner_frame(item: Item, frame: int, rate: Fraction) -> int:
    inner = item.nested
    assert inner is not None
    return int((item.source_time(frame, rate) * inner.rate + inner.rate / 1000) // 1)
