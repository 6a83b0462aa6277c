"""Changes to a document's bytes, made at known offsets and applied all at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pickup.cut.formats.fcpxml.markup import STEP

if TYPE_CHECKING:
    from pickup.cut.formats.fcpxml.document import Document, Node
    from pickup.cut.formats.fcpxml.markup import Element

_TAG = re.compile(rb"""<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")

_AFTER_ANCHORS = frozenset(("marker", "chapter-marker", "rating", "keyword")).union(
    ("analysis-marker", "hidden-clip-marker", "sync-source", "metadata", "reserved"),
    ("audio-channel-source", "audio-role-source", "audio-source", "audio-aux-source"),
    ("filter-video", "filter-video-mask", "filter-audio"),
)
"""What the DTDs of all versions want behind connected clips."""


class Edits:
    """Collects insertions and replacements; the bytes between them stay as they are."""

    def __init__(self, document: Document) -> None:
        self._data = document.data
        self._encoding = document.encoding
        self._parts: list[tuple[int, int, int, bytes]] = []

    def connect(self, parent: Node, elements: list[Element]) -> None:
        """Put connected clips into a story element, where its DTD wants them."""
        follower = next((c for c in parent.children if c.tag in _AFTER_ANCHORS), None)
        self.append(parent, elements, before=follower)

    def append(self, parent: Node, elements: list[Element], before: Node | None = None) -> None:
        """Put elements into `parent`: before a child of it, or at its end."""
        head = self._start_tag_end(parent)
        if self._data[head - 2 : head] == b"/>":
            self._open(parent, elements, head)
            return
        if before is not None:
            self._insert(before.at, elements, self._indent(before.at), closing=False)
        else:
            self._insert(parent.close, elements, self._indent(parent.close), closing=True)

    def after(self, node: Node, elements: list[Element]) -> None:
        """Put elements behind an element."""
        indent = self._indent(node.at)
        text = "".join(_line(indent) + element.render(indent) for element in elements)
        self.replace(self.end_of(node), self.end_of(node), text)

    def replace(self, start: int, end: int, text: str) -> None:
        data = text.encode(self._encoding, "xmlcharrefreplace")
        self._parts.append((start, end, len(self._parts), data))

    def remove(self, node: Node) -> None:
        """Take an element out, with the blank line that it would leave."""
        indent = self._indent(node.at)
        start = node.at - len(_line(indent).encode())
        self.replace(start if indent is not None else node.at, self.end_of(node), "")

    def indent_of(self, node: Node) -> str | None:
        return self._indent(node.at)

    def slice(self, node: Node) -> str:
        """An element as it stands in the document."""
        return self._data[node.at : self.end_of(node)].decode(self._encoding)

    def end_of(self, node: Node) -> int:
        """The offset behind an element."""
        head = self._start_tag_end(node)
        if self._data[head - 2 : head] == b"/>":
            return head
        return self._data.index(b">", node.close) + 1

    def applied(self) -> bytes:
        pieces: list[bytes] = []
        position = 0
        for start, end, _, data in sorted(self._parts):
            pieces += [self._data[position:start], data]
            position = max(position, end)
        return b"".join([*pieces, self._data[position:]])

    def _open(self, parent: Node, elements: list[Element], head: int) -> None:
        """`<gap/>` to `<gap>…</gap>`."""
        indent = self._indent(parent.at)
        inside = None if indent is None else indent + STEP
        text = "".join(_line(inside) + element.render(inside) for element in elements)
        self.replace(head - 2, head, f">{text}{_line(indent)}</{parent.tag}>")

    def _insert(
        self, at: int, elements: list[Element], indent: str | None, *, closing: bool
    ) -> None:
        """Before a child, or before a closing tag whose children stand one step deeper."""
        if indent is None:
            self.replace(at, at, "".join(element.render(None) for element in elements))
            return
        inside = indent + STEP if closing else indent
        lines = [element.render(inside) + "\n" for element in elements]
        if closing:
            text = STEP + inside.join(lines) + indent
        else:
            text = "".join(line + indent for line in lines)
        self.replace(at, at, text)

    def _start_tag_end(self, node: Node) -> int:
        match = _TAG.match(self._data, node.at)
        return match.end() if match else node.at

    def _indent(self, at: int) -> str | None:
        """The blanks before an offset, if nothing else stands before it on its line."""
        line = self._data.rfind(b"\n", 0, at) + 1
        blank = self._data[line:at]
        return None if blank.strip(b" \t") or not line else blank.decode("ascii")


def _line(indent: str | None) -> str:
    return "" if indent is None else "\n" + indent
