"""What clips refer to: formats, assets, effects, compound and multicam media."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.fcpxml.document import RECORD_KEY, Invalid
from pickup.cut.formats.fcpxml.times import raster_of_name, rate_of_name
from pickup.cut.model import Media, Raster
from pickup.cut.urls import local_path
from pickup.timing import RateError, snap_rate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pickup.cut.formats.fcpxml.document import Node

_SOUNDS = frozenset(
    (".wav", ".mp3", ".aac", ".m4a", ".aif", ".aiff", ".caf", ".flac", ".ogg", ".bwf", ".w64")
)
_REEL_KEY = "com.apple.proapps.studio.reel"
MISSING = Media(missing=True)


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """A `format` resource; what it leaves open is None."""

    rate: Fraction | None = None
    raster: Raster | None = None


class Resources:
    """The `resources` of a document, looked up by id."""

    def __init__(self, root: Node, folder: Path) -> None:
        self._folder = folder
        self._by_id: dict[str, Node] = {}
        self._formats: dict[str, VideoFormat] = {}
        self._media: dict[str, Media] = {}
        for section in _sections(root):
            for node in section.children:
                if node.get("id"):
                    self._by_id.setdefault(node.get("id"), node)

    def find(self, ref: str, tag: str) -> Node | None:
        """The resource of that id, if it is of that kind."""
        node = self._by_id.get(ref)
        return node if node is not None and node.tag == tag else None

    def format(self, ref: str) -> VideoFormat:
        known = self._formats.get(ref)
        if known is None:
            node = self.find(ref, "format")
            known = self._formats[ref] = _format_of(node) if node else VideoFormat()
        return known

    def media(self, ref: str) -> Media:
        """The file of an asset; missing where there is no such asset or it names no file."""
        known = self._media.get(ref)
        if known is None:
            node = self.find(ref, "asset")
            known = self._media[ref] = self._media_of(node) if node else MISSING
        return known

    def _media_of(self, node: Node) -> Media:
        url = source_of(node)
        shape = self.format(node.get("format"))
        return Media(
            url=url,
            path=local_path(url, self._folder),
            name=node.get("name"),
            rate=shape.rate,
            start=node.time("start") or Fraction(0),
            duration=node.time("duration") or None,
            start_known=node.time("start") is not None,
            reel=_metadata(node, _REEL_KEY),
            raster=shape.raster,
            missing=not url,
            has_audio=node.get("hasAudio") == "1",
        )

    def is_sound(self, ref: str) -> bool:
        """Whether an asset has sound and no picture."""
        node = self.find(ref, "asset")
        if node is None:
            return False
        video, audio = node.get("hasVideo"), node.get("hasAudio")
        if video or audio:
            return video != "1" and (audio == "1" or video == "0")
        return Path(source_of(node)).suffix.lower() in _SOUNDS and not node.get("format")


def source_of(asset: Node) -> str:
    """The URL of an asset: its own until 1.8, its original media's from 1.9 on."""
    if asset.get("src"):
        return asset.get("src")
    copies = [node for node in asset.all("media-rep") if node.get("src")]
    copies.sort(key=lambda node: node.get("kind") == "proxy-media")
    return copies[0].get("src") if copies else ""


def record_of(node: Node) -> Mapping[str, Any] | None:
    """The record of a clip or asset placed by us."""
    text = _metadata(node, RECORD_KEY)
    if not text:
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _metadata(node: Node, key: str) -> str:
    holder = node.child("metadata")
    found = (md.get("value") for md in holder.all("md") if md.get("key") == key) if holder else ()
    return next(iter(found), "")


def _sections(root: Node) -> list[Node]:
    """`resources` under the root; before version 1.3 under `project`."""
    return [node for node in root.walk() if node.tag == "resources"]


def _format_of(node: Node) -> VideoFormat:
    name = node.get("name")
    step = node.time("frameDuration")
    if step is not None and step <= 0:
        raise Invalid("frameDuration is not a length of time", node.line)
    try:
        rate = snap_rate(1 / step) if step else rate_of_name(name)
    except RateError:
        rate = Fraction(0)
    if rate is not None and not 1 <= rate <= 1000:
        raise Invalid("its frames are too long or too short for a film", node.line)
    return VideoFormat(rate, _raster_of(node) or raster_of_name(name))


def _raster_of(node: Node) -> Raster | None:
    sizes = [_count(node.get(name)) for name in ("width", "height")]
    if not all(0 < size <= 1_000_000 for size in sizes):
        return None
    shape = [_count(node.get(name)) for name in ("paspH", "paspV")]
    aspect = Fraction(shape[0], shape[1]) if all(shape) else Fraction(1)
    return Raster(sizes[0], sizes[1], aspect)


def _count(text: str) -> int:
    """A number of pixels; 0 for what can be none."""
    return int(text) if text.isdecimal() and len(text) < 9 else 0
