"""What every part of the reader asks: the file's name for messages, its schemas and its times."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.otio.schema import Schemas
from pickup.cut.formats.otio.values import Times
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json = dict[str, Any]

_WORDS = {"note", "notes", "comment", "comments", "description", "prompt", "lognote", "log note"}


@dataclass(slots=True)
class Context:
    """One document being read.

    Attributes:
        path: the document.
        base: the folder that its relative media paths start from.
        writer: who wrote it, as `CutFile.writer`.
        met: how often something was met that the user is told of.
    """

    path: Path
    base: Path
    writer: str = ""
    met: Counter[str] = field(default_factory=Counter)
    schemas: Schemas = field(init=False)
    times: Times = field(init=False)

    def __post_init__(self) -> None:
        self.schemas = Schemas(self.path)
        self.times = Times(self.path)

    def children(self, value: Json) -> list[Any]:
        """A composition's children."""
        children = value.get("children")
        if children is None:
            return []
        if not isinstance(children, list):
            raise CutError(self.path, "the children of a track or stack are no list")
        return children

    def within(self, depth: int) -> None:
        """Refuses sequences nested beyond all sense."""
        if depth > LIMITS.depth:
            raise CutError(self.path, f"its sequences nest more than {LIMITS.depth} deep")


def text_of(value: Json, key: str) -> str:
    """A text member; empty where there is none."""
    text = value.get(key)
    if not isinstance(text, str):
        return ""
    # JSON can spell half a surrogate pair, which no file, plan or terminal can hold.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def objects(value: Json, key: str) -> list[Json]:
    """The objects in a list member."""
    listed = value.get(key)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def metadata_of(value: Json, vendor: str = "") -> Json:
    """Its metadata, or one vendor's part of it."""
    metadata = value.get("metadata")
    if vendor and isinstance(metadata, dict):
        metadata = metadata.get(vendor)
    return metadata if isinstance(metadata, dict) else {}


def words_of(metadata: Json) -> str:
    """The editor's words in metadata: notes, comments, descriptions, wherever programs put them."""
    return "; ".join(dict.fromkeys(_words(metadata, 3)))


def _words(metadata: Json, levels: int) -> Iterator[str]:
    for key, value in metadata.items():
        if key.lower() in _WORDS:
            listed = value if isinstance(value, list) else [value]
            for text in listed:
                if words := text_of({key: text}, key).strip():
                    yield words
        elif levels > 1 and isinstance(value, dict) and key != "pickup":
            yield from _words(value, levels - 1)
