"""A document's sequences as cuts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.fcpxml.content import origin_of
from pickup.cut.formats.fcpxml.document import Document, Invalid, Node
from pickup.cut.formats.fcpxml.resources import Resources, VideoFormat
from pickup.cut.formats.fcpxml.story import Story
from pickup.cut.model import Cut, CutFile
from pickup.timing import rate_text, to_frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_NESTING = 20
"""Compound clips within compound clips; each level is walked by recursion."""

_FALLBACK = Fraction(24)


class Reader:
    """Reads the sequences of one document; a compound clip's is read once and shared."""

    def __init__(self, document: Document, folder: Path) -> None:
        self._document = document
        self._resources = Resources(document.root, folder)
        self._compounds: dict[int, Cut | None] = {}
        self._under_way: list[int] = []

    def cuts(self) -> list[Cut]:
        return [self._cut(sequence, info) for sequence, info in _sequences(self._document.root)]

    def _cut(self, sequence: Node, info: dict[str, str]) -> Cut:
        rate, shape, how = self._shape(sequence)
        start = sequence.time("tcStart")
        start = origin_of(sequence) if start is None else start
        cut = Cut(
            name=info.get("name", ""),
            rate=rate,
            start=to_frames(start, rate),
            drop_frame=sequence.get("tcFormat") == "DF",
            raster=shape.raster,
            rate_note=how,
            metadata=_metadata(sequence, info),
        )
        if abs(cut.start) > LIMITS.frames:
            raise Invalid("tcStart lies beyond thirty days", sequence.line)
        Story(cut, self._resources, self._compound).lay_out(sequence)
        return cut

    def _compound(self, media: Node) -> Cut | None:
        """The cut of a compound clip's media.

        Raises:
            Invalid: it contains itself, or compound clips are nested too deep.
        """
        key = id(media)
        if key in self._under_way:
            raise Invalid(
                f"the compound clip “{media.get('name')[:80]}” contains itself", media.line
            )
        if len(self._under_way) >= MAX_NESTING:
            raise Invalid(
                f"compound clips are nested more than {MAX_NESTING} deep",
                media.line,
                "Break some of them apart.",
            )
        if key not in self._compounds:
            self._under_way.append(key)
            sequence = media.child("sequence")
            name = {"name": media.get("name")}
            self._compounds[key] = self._cut(sequence, name) if sequence else None
            self._under_way.pop()
        return self._compounds[key]

    def _shape(self, sequence: Node) -> tuple[Fraction, VideoFormat, str]:
        """Rate and raster of a sequence, and how the rate was found if it is not stated."""
        shape = self._resources.format(sequence.get("format"))
        if shape.rate is not None:
            return shape.rate, shape, ""
        for node in sequence.walk():
            rate = self._resources.media(node.get("ref")).rate if node.get("ref") else None
            if rate is not None:
                how = f"{rate_text(rate)}, that of its first media; its format states none"
                return rate, shape, how
        return _FALLBACK, shape, f"{_FALLBACK}, assumed: the format states none"


def read_document(document: Document, path: Path) -> CutFile:
    """The cuts of a parsed document that lies at `path`."""
    cuts = Reader(document, path if document.bundle else path.parent).cuts()
    notes = [f"The rate of “{cut.name}” is {cut.rate_note}." for cut in cuts if cut.rate_note]
    if not cuts:
        notes.append("The file has no project: only clips of an event, or resources.")
    writer = _writer(document.root)
    return CutFile(path, "fcpxml", cuts, source=document, writer=writer, notes=notes)


def _sequences(root: Node) -> Iterator[tuple[Node, dict[str, str]]]:
    """Sequences that are timelines, with the attributes of what holds them."""
    waiting: list[tuple[Node, dict[str, str]]] = [(root, {})]
    while waiting:
        node, info = waiting.pop()
        if node.tag == "sequence":
            yield node, info
            continue
        if node.tag == "event":
            info = {"event": node.get("name")}
        elif node.tag == "project":
            info = {**info, **node.attrs}
        inside = [c for c in node.children if c.tag in ("library", "event", "project", "sequence")]
        waiting.extend((child, info) for child in reversed(inside))


def _metadata(sequence: Node, info: dict[str, str]) -> dict[str, str]:
    found = {key: info[key] for key in ("event", "uid", "modDate") if info.get(key)}
    for key in ("audioLayout", "audioRate", "renderFormat", "keywords"):
        if sequence.get(key):
            found[key] = sequence.get(key)
    if sequence.note:
        found["note"] = sequence.note
    return found


def _writer(root: Node) -> str:
    for node in root.walk():
        if node.tag == "event" and "(Resolve)" in node.get("name"):
            return "resolve"
        if node.tag == "library" and ".fcpbundle" in node.get("location"):
            return "fcp"
        if node.tag == "sequence":
            break
    return ""
