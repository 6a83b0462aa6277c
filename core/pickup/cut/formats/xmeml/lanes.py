"""Where things stand on a track: asked once for each placed clip, and once for each old link."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from pickup.cut.model import ItemKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pickup.cut.formats.xmeml.inserts import Edit
    from pickup.cut.formats.xmeml.spans import Element
    from pickup.cut.model import Track

_LINK = re.compile(rb"<link>.*?</link>", re.DOTALL)
_VIDEO = re.compile(rb"<mediatype>\s*video\s*</mediatype>")
_TRACK = re.compile(rb"<trackindex>\s*(\d{1,6})\s*</trackindex>")
_CLIP = re.compile(rb"<clipindex>\s*(\d{1,6})\s*</clipindex>")


class TrackIndex:
    """A track's items by where they begin and end."""

    def __init__(self, track: Track) -> None:
        clips = sorted(
            (item.start, item.end)
            for item in track.items
            if item.kind not in (ItemKind.TRANSITION, ItemKind.HOLE)
        )
        self._starts = [start for start, _ in clips]
        self._reached = list(accumulate((end for _, end in clips), max))
        # A transition is an item too, and one that begins with a clip stands before it.
        self._begins = sorted(
            item.start + (item.kind is not ItemKind.TRANSITION)
            for item in track.items
            if item.kind is not ItemKind.HOLE
        )
        ends = sorted((item.end, item.locator) for item in track.items)
        self._ends = [end for end, _ in ends]
        self._last = list(accumulate((number for _, number in ends), max))

    def is_free(self, start: int, end: int) -> bool:
        """Whether no clip touches the range."""
        before = bisect_left(self._starts, end)
        return not before or self._reached[before - 1] <= start

    def items_before(self, frame: int) -> int:
        """How many items the document has on this track before one that begins at `frame`."""
        return bisect_right(self._begins, frame)

    def last_ended(self, frame: int) -> int | None:
        """The number of the item that is last in the document among those over by `frame`."""
        ended = bisect_right(self._ends, frame)
        return self._last[ended - 1] if ended else None


def renumbered(
    text: bytes, items: Iterable[Element], inserted: Mapping[int, list[int]]
) -> Iterator[Edit]:
    """Edits by which links go on to name the clips that stand behind inserted ones.

    Args:
        text: of the document.
        items: those of the sequence that stay.
        inserted: by the number of a video track from 1, the items that stood before each new one.
    """
    for item in items if inserted else ():
        # A nested sequence has links of its own, which come before those of its clip.
        own = max(item.start, text.rfind(b"</sequence>", item.start, item.end))
        for link in _LINK.finditer(text, own, item.end):
            track, clip = _TRACK.search(link[0]), _CLIP.search(link[0])
            if track is None or clip is None or not _VIDEO.search(link[0]):
                continue
            number = int(clip[1])
            pushed = sum(before < number for before in inserted.get(int(track[1]), ()))
            if pushed:
                at = link.start()
                yield at + clip.start(1), at + clip.end(1), str(number + pushed)
