"""Where the elements of one sequence lie in the bytes; lxml builds trees, expat knows offsets.

Elements are numbered as `raw` numbers them, so that an item found by one is found in the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from pickup.cut.formats.xmeml.raw import ITEMS
from pickup.errors import CutError

if TYPE_CHECKING:
    from pathlib import Path

_TAG_END = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*>""")
_PATHS = ("media", "video", "audio", "track")


@dataclass(slots=True)
class Element:
    """An element's bytes.

    Attributes:
        start, end: from its `<` to behind its last `>`.
        inner: where its content begins, behind the start tag.
        inner_end: where its content ends; equal to `end` in an element that closes itself.
        children: those that matter for placing, in the document's order.
    """

    tag: str
    start: int
    inner: int
    ordinal: int = -1
    inner_end: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)

    @property
    def closes_itself(self) -> bool:
        return self.inner_end == self.end

    def first(self, tag: str) -> Element | None:
        return next((child for child in self.children if child.tag == tag), None)

    def all(self, tag: str) -> list[Element]:
        return [child for child in self.children if child.tag == tag]


def locate(path: Path, text: bytes, ordinal: int) -> Element:
    """The sequence with that number, with its media, tracks, items and their neighbours.

    Raises:
        CutError: the document has changed since it was read.
    """
    scanner = _Scanner(text, ordinal)
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.stop
    scanner.parser = parser
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise CutError(path, f"it is not well-formed XML ({error})", line=error.lineno) from None
    except _FoundError:
        pass
    if scanner.found is None:
        raise CutError(path, "the sequence to fill is no longer in the document")
    return scanner.found


def by_number(sequence: Element) -> tuple[dict[int, Element], dict[int, Element]]:
    """The tracks of a sequence, and the items on them, by their numbers."""
    tracks: dict[int, Element] = {}
    items: dict[int, Element] = {}
    media = sequence.first("media")
    for kind in ("video", "audio"):
        for parent in media.all(kind) if media else []:
            for track in parent.all("track"):
                tracks[track.ordinal] = track
                items.update({c.ordinal: c for c in track.children if c.ordinal >= 0})
    return tracks, items


class _FoundError(Exception):
    """The sequence has ended: the rest of the document does not matter."""


class _Scanner:
    """Keeps the elements on the way from the sequence to its items, and drops all others."""

    def __init__(self, text: bytes, wanted: int) -> None:
        self.parser: expat.XMLParserType
        self.found: Element | None = None
        self._text = text
        self._wanted = wanted
        self._counts = {"sequence": -1, "track": -1, "item": -1}
        self._kinds = {"sequence": "sequence", "track": "track", **dict.fromkeys(ITEMS, "item")}
        self._path: list[Element] = []
        self._deeper = 0

    def start(self, tag: str, _: dict[str, str]) -> None:
        kind = self._kinds.get(tag)
        if kind is not None:
            self._counts[kind] += 1
        if self._deeper:
            self._deeper += 1
        elif self._path:
            parent = self._path[-1]
            element = self._element(tag, kind)
            parent.children.append(element)
            if tag in _PATHS and parent.tag in ("sequence", *_PATHS):
                self._path.append(element)
            else:
                self._deeper = 1
        elif kind == "sequence" and self._counts[kind] == self._wanted:
            self.found = self._element(tag, kind)
            self._path.append(self.found)

    def stop(self, _: str) -> None:
        if self._deeper > 1:
            self._deeper -= 1
        elif self._deeper:
            self._deeper = 0
            self._close(self._path[-1].children[-1])
        elif self._path:
            self._close(self._path.pop())
            if not self._path:
                raise _FoundError

    def _element(self, tag: str, kind: str | None) -> Element:
        start = self.parser.CurrentByteIndex
        match = _TAG_END.match(self._text, start)
        assert match is not None  # the parser has just read this tag
        return Element(tag, start, match.end(), self._counts[kind] if kind else -1)

    def _close(self, element: Element) -> None:
        at = self.parser.CurrentByteIndex
        if self._text[element.inner - 2 : element.inner] == b"/>":
            element.inner_end = element.end = element.inner
        else:
            element.inner_end = at
            element.end = self._text.index(b">", at) + 1
