"""Elements put between others: the offsets, and the document's own way of breaking lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pickup.cut.formats.xmeml.compose import render

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Node

    from pickup.cut.formats.xmeml.spans import Element

    _Group = tuple[Element, Element | None, Element | None, list[Node]]

Edit = tuple[int, int, str]
"""Start and end of what is replaced, and what by."""


@dataclass(slots=True)
class Layout:
    """How the document is laid out: its newline (empty where it has none) and one indentation."""

    text: bytes
    newline: str
    unit: str

    @classmethod
    def of(cls, text: bytes, sequence: Element) -> Layout:
        breaks = text.find(b"\n")
        newline = "" if breaks < 0 else "\r\n" if text[breaks - 1 : breaks] == b"\r" else "\n"
        layout = cls(text, newline, "\t")
        outer = layout.indent(sequence.start)
        inner = layout.indent(sequence.children[0].start) if sequence.children else None
        if outer is not None and inner is not None and inner.startswith(outer):
            layout.unit = inner[len(outer) :]
        return layout

    def indent(self, at: int) -> str | None:
        """The white space that begins the line on which `at` is the first thing, else None."""
        start = at
        while start > 0 and self.text[start - 1] in b" \t":
            start -= 1
        first = start == 0 or self.text[start - 1 : start] == b"\n"
        return self.text[start:at].decode("ascii") if first and self.newline else None

    def after(self, sibling: Element, nodes: list[Node]) -> Edit:
        indent = self.indent(sibling.start)
        lead = "" if indent is None else self.newline + indent
        texts = (lead + self._render(node, indent) for node in nodes)
        return sibling.end, sibling.end, "".join(texts)

    def before(self, sibling: Element, nodes: list[Node]) -> Edit:
        indent = self.indent(sibling.start)
        trail = "" if indent is None else self.newline + indent
        texts = (self._render(node, indent) + trail for node in nodes)
        return sibling.start, sibling.start, "".join(texts)

    def inside(self, parent: Element, nodes: list[Node]) -> Edit:
        """Into an element without children; one that closes itself is opened."""
        outer = self.indent(parent.start)
        indent = None if outer is None else outer + self.unit
        lead = "" if indent is None else self.newline + indent
        body = "".join(lead + self._render(node, indent) for node in nodes)
        trail = "" if outer is None else self.newline + outer
        if parent.closes_itself:
            return parent.end - 2, parent.end, f">{body}{trail}</{parent.tag}>"
        blank = self.text[parent.inner : parent.inner_end]
        return parent.inner, parent.inner, body if b"\n" in blank else body + trail

    def instead(self, element: Element, node: Node) -> Edit:
        return element.start, element.end, self._render(node, self.indent(element.start))

    def without(self, element: Element) -> Edit:
        """The element gone, with the line it stood on."""
        indent = self.indent(element.start)
        start = element.start
        if indent is not None:
            start -= len(indent) + (1 if start > len(indent) else 0)
            if self.text[start - 1 : start] == b"\r":
                start -= 1
        return start, element.end, ""

    def _render(self, node: Node, indent: str | None) -> str:
        if indent is None:
            return render(node, "", "", "")
        return render(node, indent, self.unit, self.newline)


@dataclass(slots=True)
class Inserts:
    """Nodes to be put into elements, gathered so that neighbours become one edit."""

    layout: Layout
    _groups: dict[tuple[int, int, int], _Group] = field(default_factory=dict)

    def add(
        self, parent: Element, node: Node, after: Element | None, before: Element | None = None
    ) -> None:
        """Put `node` behind `after`, else before `before`, else alone into `parent`."""
        anchor = (
            parent.start,
            after.end if after else -1,
            before.start if before and not after else -1,
        )
        self._groups.setdefault(anchor, (parent, after, before, []))[3].append(node)

    def edits(self) -> list[Edit]:
        made = []
        for parent, after, before, nodes in self._groups.values():
            if after is not None:
                made.append(self.layout.after(after, nodes))
            elif before is not None:
                made.append(self.layout.before(before, nodes))
            else:
                made.append(self.layout.inside(parent, nodes))
        return made
