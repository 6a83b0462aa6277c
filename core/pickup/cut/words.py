"""The words that an editor left for a shot: in markers, in names, in notes.

A marker or a placeholder that begins with `pickup:` says outright that a shot is wanted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pickup.cut.gap import Words
from pickup.cut.model import ItemKind
from pickup.timing import FrameRange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pickup.cut.model import Item, Marker

_TAG = re.compile(r"^\s*pickup\s*:\s*", re.IGNORECASE)
_GENERIC = re.compile(
    r"^(gap|filler|picture data|sound data|slug|black( video)?|marker( \d+)?|clip( \d+)?|empty"
    r"|placeholder|offline|untitled|custom|solid|title|basic title|text\+?"
    r"|adjustment (clip|layer)|color matte|\d*)$",
    re.IGNORECASE,
)


def is_tagged(marker: Marker, color: str = "") -> bool:
    """Whether a marker says that a shot is wanted: by its words, or by the colour agreed on."""
    if color and marker.color.upper() == color.upper():
        return True
    return bool(_TAG.match(marker.name) or _TAG.match(marker.comment))


def is_placeholder(item: Item) -> bool:
    """Whether an item only holds the place of a shot that is wanted."""
    if item.pickup is not None and "take" not in item.pickup:
        return True
    return item.pickup is None and bool(_TAG.match(item.name) or _TAG.match(item.note))


def marker_range(marker: Marker) -> FrameRange:
    """A marker's frames; a point covers its frame."""
    return FrameRange(marker.start, marker.start + max(1, marker.duration))


def clean(text: str) -> str:
    """Words without the tag, and without names that a program gave."""
    text = " ".join(_TAG.sub("", text).split())
    return "" if _GENERIC.match(text) else text


def join(parts: Iterable[str]) -> str:
    """Parts as one text, none said twice."""
    said: list[str] = []
    for part in parts:
        text = clean(part)
        if text and not any(text in other for other in said):
            said = [other for other in said if other not in text]
            said.append(text)
    return ". ".join(
        text.rstrip(". ") if i < len(said) - 1 else text for i, text in enumerate(said)
    )


def words_of(markers: Iterable[Marker], items: Iterable[Item]) -> Words:
    """The editor's words for a stretch, from what lies over it.

    Args:
        markers: those over the stretch; tagged ones first.
        items: placeholders, gaps, slugs and titles there.
    """
    text = join(part for marker in markers for part in (marker.name, marker.comment))
    if text:
        return Words(text, "marker")
    for item in items:
        text = join([item.name, item.note])
        if item.pickup and item.pickup.get("prompt"):
            return Words(str(item.pickup["prompt"]), "metadata")
        if text:
            return Words(text, "gap" if item.kind is ItemKind.HOLE else "clip")
    return Words()
