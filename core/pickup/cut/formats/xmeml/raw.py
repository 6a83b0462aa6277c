"""An xmeml document as plain records, read in one stream.

Elements are read as they end and emptied at once, so that memory follows the number of clips and
not the size of the document. References (`<file id/>`, `<sequence id/>`) may point forward, so
they stay ids here; `cuts` resolves them when the whole document is known.

Sequences, tracks and items are numbered as they begin, each kind from 0 through the whole document:
the same numbers that `spans` finds in the bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from lxml import etree

from pickup.cut.formats.xmeml.elements import (
    Tree,
    child_of,
    colour_name,
    is_true,
    pixel_aspect,
    rate_of,
    text_of,
    timecode_start,
    tree_of,
    whole,
)
from pickup.cut.formats.xmeml.filters import is_faded_out
from pickup.cut.formats.xmeml.retime import Remap, remap_of
from pickup.cut.model import Media, Raster
from pickup.cut.urls import local_path
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lxml.etree import _Element as Element

ITEMS = ("clipitem", "generatoritem", "transitionitem")
"""The elements that are items of a track."""

_WATCHED = ("xmeml", "sequence", "track", "clip", "angle", "file", *ITEMS)


@dataclass(slots=True)
class RawMarker:
    """A marker; `end` is -1 for a point."""

    name: str
    comment: str
    start: int
    end: int
    color: str


@dataclass(slots=True)
class RawItem:
    """An item as its element says it; -1 stands for a bound that a transition gives."""

    tag: str
    ordinal: int
    line: int
    key: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    rate: Fraction | None = None
    remap: Remap | None = None
    file: str = ""
    sequence: str = ""
    note: str = ""
    lognote: str = ""
    description: str = ""
    label: str = ""
    effect: tuple[str, ...] = ()
    black: bool = False
    faded_out: bool = False
    markers: list[RawMarker] = field(default_factory=list)


@dataclass(slots=True)
class RawTrack:
    """A track and its items in the document's order."""

    kind: str
    ordinal: int
    name: str = ""
    enabled: str = ""
    locked: str = ""
    items: list[RawItem] = field(default_factory=list)


@dataclass(slots=True)
class RawSequence:
    """A sequence that is defined, not merely referred to."""

    key: str
    ordinal: int
    line: int
    nested: bool
    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    rates: tuple[Fraction | None, ...] = ()
    timecode: tuple[Fraction, bool] | None = None
    raster: Raster | None = None
    uuid: str = ""
    application: str = ""
    markers: list[RawMarker] = field(default_factory=list)
    tracks: list[RawTrack] = field(default_factory=list)


@dataclass(slots=True)
class RawFile:
    """A `<file>`: its media, what the NLE made it from if no file, and where it is defined."""

    media: Media
    made_from: str = ""
    home: int | None = None


@dataclass(slots=True)
class _Open:
    """An element that has begun: the record being filled for it."""

    tag: str
    record: RawItem | RawTrack | RawSequence | str


@dataclass(slots=True)
class RawDocument:
    """Everything that the stream gave.

    Attributes:
        top: keys of the sequences outside of clip items, in the document's order.
        clips: masterclip id to file id.
        items: those defined, by id; OpenTimelineIO's adapter refers to one for its equals.
    """

    version: str = ""
    sequences: dict[str, RawSequence] = field(default_factory=dict)
    top: list[str] = field(default_factory=list)
    files: dict[str, RawFile] = field(default_factory=dict)
    clips: dict[str, str] = field(default_factory=dict)
    items: dict[str, RawItem] = field(default_factory=dict)


def parse(path: Path, text: bytes) -> RawDocument:
    """Read a document.

    Raises:
        CutError: it is not well-formed, not xmeml, or nested beyond reason.
    """
    reader = _Reader(path)
    stream = etree.iterparse(
        io.BytesIO(text),
        events=("start", "end"),
        tag=_WATCHED,
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        collect_ids=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        for event, element in stream:
            if event == "start":
                reader.begin(element)
            else:
                reader.end(element)
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        raise CutError(path, f"it is not well-formed XML ({_plain(error)})", line=line) from None
    root = stream.root
    if root is None or root.tag != "xmeml":
        raise CutError(path, _what_it_is(root), hint="Export Final Cut Pro XML from the editor.")
    return reader.document


def _plain(error: etree.XMLSyntaxError) -> str:
    return str(error.msg or "unreadable").partition(", line ")[0].rstrip(".")


def _what_it_is(root: Element | None) -> str:
    name = root.tag if root is not None else "nothing"
    known = {
        "fcpxml": "FCPXML, the newer Final Cut Pro X format",
        "PremiereData": "a Premiere project",
        "mlt": "an MLT project (Kdenlive, Shotcut)",
        "html": "a web page",
    }.get(str(name))
    return f"it is not xmeml but {known}" if known else f"it is not xmeml: its root is <{name}>"


class _Reader:
    """Takes the stream's events in their order and fills a `RawDocument`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = RawDocument()
        self._open: list[_Open] = []
        self._counts = {"sequence": 0, "track": 0, "item": 0}
        self._begin: dict[str, Callable[[Element], RawItem | RawTrack | RawSequence | str]] = {
            "sequence": self._begin_sequence,
            "track": self._begin_track,
            **dict.fromkeys(ITEMS, self._begin_item),
        }
        self._end = {
            "sequence": self._end_sequence,
            "track": self._end_track,
            "clip": self._end_clip,
            "angle": self._end_angle,
            "file": self._end_file,
            **dict.fromkeys(ITEMS, self._end_item),
        }

    def begin(self, element: Element) -> None:
        tag = element.tag
        if tag == "xmeml":
            self.document.version = element.get("version", "")
            return
        start = self._begin.get(tag)
        self._open.append(_Open(tag, start(element) if start else ""))

    def end(self, element: Element) -> None:
        if element.tag == "xmeml":
            return
        closed = self._open.pop()
        self._end[element.tag](element, closed.record)
        del element[:]

    def _number(self, kind: str) -> int:
        self._counts[kind] += 1
        return self._counts[kind] - 1

    def _begin_sequence(self, element: Element) -> RawSequence:
        ordinal = self._number("sequence")
        nested = any(isinstance(each.record, RawItem) for each in self._open)
        key = element.get("id") or f"\0{ordinal}"
        return RawSequence(key, ordinal, _line(element), nested, attributes=_attributes(element))

    def _begin_track(self, element: Element) -> RawTrack:
        parent = element.getparent()
        kind = parent.tag if parent is not None else ""
        name = element.get("MZ.TrackName", "")
        return RawTrack(str(kind), self._number("track"), name)

    def _begin_item(self, element: Element) -> RawItem:
        key = element.get("id", "")
        return RawItem(element.tag, self._number("item"), _line(element), key)

    def _end_sequence(self, element: Element, record: object) -> None:
        assert isinstance(record, RawSequence)
        holder = self._open[-1].record if self._open else None
        if isinstance(holder, RawItem):
            holder.sequence = record.key
        tree = tree_of(element)
        defined = "media" in tree or "rate" in tree
        if not record.nested and record.key not in self.document.top:
            self.document.top.append(record.key)
        if not defined or record.key in self.document.sequences:
            return
        _fill_sequence(record, tree)
        self.document.sequences[record.key] = record

    def _end_track(self, element: Element, record: object) -> None:
        assert isinstance(record, RawTrack)
        tree = tree_of(element)
        record.name = record.name or text_of(tree, "name")
        record.enabled = text_of(tree, "enabled")
        record.locked = text_of(tree, "locked")
        holder = self._open[-1].record if self._open else None
        if isinstance(holder, RawSequence) and record.kind in ("video", "audio"):
            holder.tracks.append(record)

    def _end_item(self, element: Element, record: object) -> None:
        assert isinstance(record, RawItem)
        holder = self._open[-1].record if self._open else None
        if isinstance(holder, RawTrack) and self._in_sequence():
            fill_item(record, tree_of(element))
            holder.items.append(record)
            if record.key and record.fields:
                self.document.items.setdefault(record.key, record)

    def _in_sequence(self) -> bool:
        return len(self._open) > 1 and isinstance(self._open[-2].record, RawSequence)

    def _end_clip(self, element: Element, record: object) -> None:
        key = element.get("id")
        if key and isinstance(record, str) and record:
            self.document.clips.setdefault(key, record)

    def _end_angle(self, element: Element, record: object) -> None:
        """The angle of a multiclip that is seen decides which file the item plays."""
        holders = (e.record for e in reversed(self._open) if isinstance(e.record, RawItem))
        holder = next(holders, None)
        seen = is_true(text_of(tree_of(element), "activevideoangle"))
        if holder is not None and seen and isinstance(record, str) and record:
            holder.file = record

    def _end_file(self, element: Element, record: object) -> None:
        home = next((e.record for e in reversed(self._open) if isinstance(e.record, RawItem)), None)
        key = element.get("id") or f"\0{len(self.document.files)}"
        if len(element):
            ordinal = home.ordinal if home else None
            self.document.files.setdefault(key, _file(tree_of(element), self.path.parent, ordinal))
        if home is not None and not home.file:
            home.file = key
        for each in self._open:
            if each.tag in ("clip", "angle") and not each.record:
                each.record = key


def _line(element: Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 0


def _attributes(element: Element) -> dict[str, str]:
    return {str(key): str(value) for key, value in element.items()}


def _fill_sequence(record: RawSequence, tree: Tree) -> None:
    form = child_of(tree, "media/video/format/samplecharacteristics")
    timecode = child_of(tree, "timecode")
    record.name = text_of(tree, "name")
    record.uuid = text_of(tree, "uuid")
    record.rates = (rate_of(tree), rate_of(form), rate_of(timecode))
    record.raster = _raster(form)
    application = child_of(form, "codec/appspecificdata") if form else None
    record.application = text_of(application, "appname")
    rate = next((each for each in record.rates if each), None)
    if timecode is not None and rate is not None:
        record.timecode = timecode_start(timecode, rate)
    record.markers = [marker_of(each) for each in tree.get("marker", [])]


def fill_item(record: RawItem, tree: Tree) -> None:
    """Take over the children of an item."""
    record.fields = {tag: text.strip() for tag, text in tree.items() if isinstance(text, str)}
    record.rate = rate_of(tree)
    record.markers = [marker_of(each) for each in tree.get("marker", [])]
    if "filter" in tree:
        record.remap = remap_of(tree["filter"])
        record.faded_out = is_faded_out(tree["filter"])
    logging = child_of(tree, "logginginfo") or {}
    record.label = text_of(child_of(tree, "labels") or {}, "label2")
    record.lognote = text_of(logging, "lognote")
    record.description = text_of(logging, "description")
    lines = [
        f"{word} {text_of(logging, part)}"
        for word, part in (("scene", "scene"), ("shot", "shottake"))
        if text_of(logging, part)
    ]
    comments = child_of(tree, "comments") or {}
    lines += [text_of(comments, part) for part in comments if text_of(comments, part)]
    record.note = "\n".join(lines)
    effect = child_of(tree, "effect")
    if effect:
        names = ("name", "effectid", "effectcategory", "effecttype")
        record.effect = tuple(text_of(effect, name).lower() for name in names)
        record.black = _is_black(effect)


def _is_black(effect: Tree) -> bool:
    """Whether a generator's only colour is black."""
    for parameter in effect.get("parameter", []):
        value = parameter.get("value")
        if isinstance(value, dict) and "red" in value:
            return all(whole(text_of(value, c)) == 0 for c in ("red", "green", "blue"))
    return False


def marker_of(element: Tree) -> RawMarker:
    start, end = whole(text_of(element, "in")), whole(text_of(element, "out"))
    return RawMarker(
        text_of(element, "name"),
        text_of(element, "comment"),
        0 if start is None else start,
        -1 if end is None else end,
        colour_name(element),
    )


def _file(element: Tree, base: Path, home: int | None) -> RawFile:
    rate = rate_of(element)
    picture = child_of(element, "media/video/samplecharacteristics") or element
    timecode = child_of(element, "timecode")
    fallback = rate or rate_of(timecode) or rate_of(picture)
    url = text_of(element, "pathurl")
    made_from = text_of(element, "mediaSource")
    length = whole(text_of(element, "duration"))
    start = timecode_start(timecode, fallback)[0] if fallback else Fraction(0)
    media = Media(
        url=url,
        path=local_path(url, base),
        name=text_of(element, "name"),
        rate=rate,
        start=start,
        duration=length / rate if rate and length and length > 0 else None,
        reel=text_of(child_of(element, "timecode/reel"), "name"),
        raster=_raster(picture),
        missing=not url and not made_from,
        has_audio=child_of(element, "media/audio") is not None,
    )
    return RawFile(media, made_from, home)


def _raster(characteristics: Tree | None) -> Raster | None:
    width = whole(text_of(characteristics, "width"))
    height = whole(text_of(characteristics, "height"))
    if not width or not height or not (0 < width <= 100_000 and 0 < height <= 100_000):
        return None
    return Raster(width, height, pixel_aspect(characteristics))
