"""The document as a light tree that knows the byte where each element begins and ends.

Expat reads it once: it reports byte offsets, which writing in place needs, and it fetches nothing.
Entities are refused. What says nothing of time or picture (effects, parameters, bookmarks) is
passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.fcpxml.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

MAX_DEPTH = min(100, LIMITS.depth)
"""Real documents are some twenty elements deep; readers of the tree call themselves."""

RECORD_KEY = "com.pickup.record"
"""The `md` key that holds the record of a clip placed by us, as JSON."""

STORY = frozenset(("asset-clip", "audio", "audition", "clip", "gap", "live-drawing")) | {
    "mc-clip",
    "ref-clip",
    "sync-clip",
    "title",
    "video",
}
"""Elements that take time in a storyline, transitions and captions apart."""

_CONTAINERS = STORY.union(
    ("fcpxml", "library", "event", "project", "resources", "media", "sequence", "multicam"),
    ("mc-angle", "spine", "asset", "metadata", "timeMap", "text", "transition", "caption"),
    ("adjust-blend",),
)
_WORDS = frozenset(["note", "text", "text-style"])
_KEYS = frozenset([RECORD_KEY, "com.apple.proapps.studio.reel"])
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)""")


class Invalid(Exception):
    """A document that cannot be meant; becomes a `CutError` where the file is known."""

    def __init__(self, reason: str, line: int | None = None, hint: str = "") -> None:
        self.reason, self.line, self.hint = reason, line, hint
        super().__init__(reason)


class Node:
    """An element.

    Attributes:
        at: byte offset of its `<`.
        close: byte offset of its `</`, or of what follows `/>`.
        text: its words, kept for notes and titles only.
    """

    __slots__ = ("at", "attrs", "children", "close", "line", "tag", "text")

    def __init__(self, tag: str, attrs: dict[str, str], line: int, at: int) -> None:
        self.tag, self.attrs, self.line, self.at = tag, attrs, line, at
        self.close = at
        self.children: list[Node] = []
        self.text = ""

    def get(self, name: str) -> str:
        return self.attrs.get(name, "")

    def time(self, name: str) -> Fraction | None:
        """An attribute in seconds, None where it is absent."""
        text = self.attrs.get(name)
        if text is None:
            return None
        try:
            return parse_time(text)
        except ValueError:
            raise Invalid(f"{name}=“{text[:60]}” is not a time", self.line) from None

    def child(self, tag: str) -> Node | None:
        return next((node for node in self.children if node.tag == tag), None)

    def all(self, *tags: str) -> Iterator[Node]:
        return (node for node in self.children if node.tag in tags)

    def walk(self) -> Iterator[Node]:
        """Itself and all below, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    @property
    def lane(self) -> int:
        text = self.attrs.get("lane")
        if not text:
            return 0
        try:
            lane = int(text)
        except ValueError:
            lane = 1 << 20
        if abs(lane) > 100_000:
            raise Invalid(f"lane=“{text[:60]}” is not a lane", self.line)
        return lane

    @property
    def note(self) -> str:
        node = self.child("note")
        return node.text.strip() if node else ""


@dataclass(slots=True)
class Document:
    """A parsed FCPXML file.

    Attributes:
        data: its bytes; UTF-16 is kept as UTF-8 here.
        codec: how the bytes stand in the file.
        encoding: how `data` is encoded.
        ids: every id that is taken.
        bundle: whether it came out of a `.fcpxmld` folder.
    """

    data: bytes
    root: Node
    codec: str = ""
    encoding: str = "utf-8"
    ids: set[str] = field(default_factory=set)
    bundle: bool = False

    @property
    def version(self) -> tuple[int, int]:
        match = re.match(r"^(\d{1,3})\.(\d{1,3})", self.root.get("version"))
        return (int(match[1]), int(match[2])) if match else (1, 10)

    def file_bytes(self, data: bytes) -> bytes:
        """`data`, edited, as it is to stand in a file."""
        return data.decode("utf-8").encode(self.codec) if self.codec else data


def parse(raw: bytes) -> Document:
    """Parse the bytes of an FCPXML file.

    Raises:
        Invalid: not XML, not FCPXML, hostile, or too deep.
    """
    codec, data = _transcoded(raw)
    builder = _Builder("utf-8" if codec else None)
    root = builder.build(data)
    if root.tag != "fcpxml":
        raise Invalid(f"this is <{root.tag[:40]}>, not FCPXML", root.line)
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:300])
    encoding = declared[1].decode("ascii") if declared and not codec else "utf-8"
    return Document(data, root, codec, encoding, builder.ids)


def _transcoded(raw: bytes) -> tuple[str, bytes]:
    """UTF-16 as UTF-8, so that offsets are those of ASCII markup."""
    codec = ""
    if raw[:2] == b"\xff\xfe" or raw[:4] == b"<\0?\0":
        codec = "utf-16-le"
    elif raw[:2] == b"\xfe\xff" or raw[:4] == b"\0<\0?":
        codec = "utf-16-be"
    try:
        return codec, raw.decode(codec).encode("utf-8") if codec else raw
    except UnicodeError:
        raise Invalid("its UTF-16 text is broken") from None


class _Builder:
    """Collects expat's events into `Node`s."""

    def __init__(self, encoding: str | None) -> None:
        self.ids: set[str] = set()
        self._stack: list[Node | None] = []
        self._root: Node | None = None
        parser = self._parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity

    def build(self, data: bytes) -> Node:
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code) or "broken"
            raise Invalid(
                f"this is not well-formed XML ({reason})", error.lineno, "Export it again."
            ) from None
        except (LookupError, ValueError) as error:
            raise Invalid(f"its text encoding cannot be read ({error})", 1) from None
        if self._root is None:
            raise Invalid("the document is empty")
        return self._root

    def _entity(self, name: str, *_: Any) -> None:
        raise Invalid(
            f"it declares the entity “{name[:40]}”, which no timeline needs",
            self._parser.CurrentLineNumber,
            "Export it again from the editing program.",
        )

    def _start(self, tag: str, attrs: dict[str, str]) -> None:
        stack = self._stack
        if len(stack) >= MAX_DEPTH:
            line = self._parser.CurrentLineNumber
            raise Invalid(f"elements are nested more than {MAX_DEPTH} deep", line)
        if "id" in attrs:
            self.ids.add(attrs["id"])
        node = None
        parent = stack[-1] if stack else None
        wanted = parent is not None and parent.tag in _CONTAINERS
        if not stack or (wanted and (tag != "md" or attrs.get("key") in _KEYS)):
            parser = self._parser
            node = Node(tag, attrs, parser.CurrentLineNumber, parser.CurrentByteIndex)
            if parent is None:
                self._root = node
            else:
                parent.children.append(node)
            if tag in _WORDS:
                parser.CharacterDataHandler = self._words
        stack.append(node)

    def _end(self, tag: str) -> None:
        node = self._stack.pop()
        if node is not None:
            node.close = self._parser.CurrentByteIndex
            above = self._stack[-1] if self._stack else None
            if tag in _WORDS and (above is None or above.tag not in _WORDS):
                self._parser.CharacterDataHandler = None

    def _words(self, text: str) -> None:
        node = self._stack[-1]
        if node is not None:
            node.text += text
