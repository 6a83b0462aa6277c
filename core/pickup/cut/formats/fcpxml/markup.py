"""Elements to be written, as XML text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STEP = "    "


@dataclass(slots=True)
class Element:
    """An element; attributes that are None are left out."""

    tag: str
    attrs: dict[str, str | None] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""
    raw: list[str] = field(default_factory=list)
    """Children as they stood in a document, written after the first child `note`."""

    def render(self, indent: str | None) -> str:
        """As text; on one line where `indent` is None, else its lines begin with it."""
        head = self.tag + "".join(
            f' {name}="{escape(value)}"' for name, value in self.attrs.items() if value is not None
        )
        if self.text:
            return f"<{head}>{escape(self.text, attribute=False)}</{self.tag}>"
        inside = None if indent is None else indent + STEP
        parts = [child.render(inside) for child in self.children]
        if self.raw:
            at = 1 if self.children and self.children[0].tag == "note" else 0
            parts[at:at] = self.raw
        if not parts:
            return f"<{head}/>"
        if indent is None:
            return f"<{head}>{''.join(parts)}</{self.tag}>"
        lines = "".join(f"\n{inside}{part}" for part in parts)
        return f"<{head}>{lines}\n{indent}</{self.tag}>"


def escape(text: str, *, attribute: bool = True) -> str:
    """Text fit for an attribute in double quotes, or for an element."""
    text = _UNSAYABLE.sub("", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if attribute:
        text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return text.replace("\r", "&#13;")
