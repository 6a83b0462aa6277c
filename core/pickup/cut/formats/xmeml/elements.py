"""Small readings of xmeml elements: texts, whole numbers, rates, timecodes, colours."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pickup.timing import (
    RateError,
    TimecodeError,
    nominal,
    snap_rate,
    timecode_to_frames,
)

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

TICKS = 254_016_000_000
"""Premiere's ticks in a second."""

_LAST_OF_NTSC = {14, 23, 29, 47, 59, 89, 119, 239}
"""Whole parts of the NTSC rates, which some writers give as the timebase."""

Tree = dict[str, Any]
"""An element's children by name; see `tree_of`."""

_LISTED = frozenset(("filter", "marker", "parameter", "keyframe"))
_UNREAD = frozenset(("link", "colorinfo"))

_PALETTE = {
    (0x71, 0x86, 0x37): "GREEN",
    (0, 255, 0): "GREEN",
    (0xD2, 0x2C, 0x36): "RED",
    (255, 0, 0): "RED",
    (0xAF, 0x8B, 0xB1): "PURPLE",
    (160, 32, 240): "PURPLE",
    (0xE9, 0x6F, 0x24): "ORANGE",
    (0xD0, 0xA1, 0x2B): "YELLOW",
    (255, 255, 0): "YELLOW",
    (255, 255, 255): "WHITE",
    (0x42, 0x8D, 0xFC): "BLUE",
    (0, 0, 255): "BLUE",
    (0x19, 0xF4, 0xD6): "CYAN",
    (0, 255, 255): "CYAN",
    (255, 0, 255): "MAGENTA",
    (255, 192, 203): "PINK",
    (0, 0, 0): "BLACK",
}
_ASPECTS = {
    "square": Fraction(1),
    "ntsc-601": Fraction(10, 11),
    "pal-601": Fraction(59, 54),
    "dvcprohd-720p": Fraction(4, 3),
    "dvcprohd-1080i60": Fraction(3, 2),
    "dvcprohd-1080i50": Fraction(4, 3),
    "hd-(960x720)": Fraction(4, 3),
    "hd-(1280x1080)": Fraction(3, 2),
    "hd-(1440x1080)": Fraction(4, 3),
}


def tree_of(element: Element) -> Tree:
    """What is below an element, as values: one pass is far faster than many searches.

    A leaf is its text, anything else a `Tree`; white space between elements is no text here. Of
    elements of the same name the first counts, but those in `_LISTED` are lists.
    """
    made: Tree = {}
    for child in element:
        tag = child.tag
        if tag in _UNREAD:
            continue
        value: str | Tree | None = child.text
        if value is None:
            value = tree_of(child) if len(child) else ""
        if tag in _LISTED:
            made.setdefault(tag, []).append(value if isinstance(value, dict) else {})
        elif tag not in made:
            made[tag] = value
    return made


def child_of(tree: Tree, path: str) -> Tree | None:
    """The branch at a path of names; a leaf has none."""
    for name in path.split("/"):
        found = tree.get(name)
        if found is None:
            return None
        tree = found if isinstance(found, dict) else {}
    return tree


def text_of(tree: Tree | None, name: str) -> str:
    """The text of a leaf, without the space around it; empty where it is not there."""
    text = tree.get(name) if tree else None
    return text.strip() if isinstance(text, str) else ""


def is_true(text: str) -> bool:
    return text.strip().upper() in ("TRUE", "1", "YES")


def is_false(text: str) -> bool:
    return text.strip().upper() in ("FALSE", "0", "NO")


@lru_cache(maxsize=4096)
def number(text: str) -> Fraction | None:
    """A number as xmeml writes it (`48`, `1055.0`), or None."""
    try:
        return Fraction(text) if len(text) < 40 and "/" not in text else None
    except (ValueError, OverflowError):
        return None


def whole(text: str) -> int | None:
    """The frame that a text counts, or None where it is no number."""
    try:
        return int(text) if len(text) < 24 else None
    except ValueError:
        value = number(text) if "e" not in text.lower() else None
        return None if value is None else round(value)


@lru_cache(maxsize=512)
def exact_rate(timebase: str, ntsc: str) -> Fraction | None:
    """The rate that a timebase and an ntsc flag mean, or None where they mean none.

    The flag turns 30 into 30000/1001. Where a writer put 29 or 29.97 for the timebase, the rate is
    NTSC whatever the flag says: nothing is cut at 29 frames a second.
    """
    base = number(timebase.strip())
    if base is None or not 1 <= base <= 1000:
        return None
    if base.denominator != 1:
        return snap_rate(base)
    if base in _LAST_OF_NTSC:
        return (base + 1) * Fraction(1000, 1001)
    return base * Fraction(1000, 1001) if is_true(ntsc) else base


def rate_of(tree: Tree | None) -> Fraction | None:
    """The rate that the branch `rate` of an element says."""
    rate = tree.get("rate") if tree else None
    if not isinstance(rate, dict):
        return None
    return exact_rate(text_of(rate, "timebase"), text_of(rate, "ntsc"))


def timecode_start(element: Tree | None, fallback: Fraction) -> tuple[Fraction, bool]:
    """Seconds and drop-frame flag of a `timecode`; its frame count is trusted over its text."""
    if element is None:
        return Fraction(0), False
    rate = rate_of(element) or fallback
    text = text_of(element, "string")
    drop = text_of(element, "displayformat").upper() == "DF"
    frame = whole(text_of(element, "frame"))
    if frame is None:
        try:
            frame = timecode_to_frames(text, rate, drop=drop or ";" in text)
        except (TimecodeError, RateError):
            frame = 0
    return frame / rate, drop


def pixel_aspect(element: Tree | None) -> Fraction:
    """The shape of a pixel from `samplecharacteristics`."""
    word = text_of(element, "pixelaspectratio").lower()
    value = number(word)
    aspect = _ASPECTS.get(word, value if value and 0 < value < 10 else Fraction(1))
    if word.endswith("-601") and is_true(text_of(element, "anamorphic")):
        aspect *= Fraction(4, 3)
    return aspect


def aspect_word(aspect: Fraction) -> str:
    """The inverse of `pixel_aspect`; pixels of a shape that xmeml has no word for are square."""
    return next((word for word, known in _ASPECTS.items() if known == aspect), "square")


def colour_name(marker: Tree) -> str:
    """OTIO's name of a marker's colour: Premiere's `pproColor` (ABGR) or FCP's `color`."""
    packed = whole(text_of(marker, "pproColor"))
    colour = child_of(marker, "color")
    if packed is not None:
        rgb = (packed & 255, packed >> 8 & 255, packed >> 16 & 255)
    elif colour is not None:
        red, green, blue = (whole(text_of(colour, part)) or 0 for part in ("red", "green", "blue"))
        rgb = (red, green, blue)
    else:
        return ""
    return _PALETTE[min(_PALETTE, key=lambda known: _distance(known, rgb))]


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def rate_fields(rate: Fraction) -> dict[str, Any]:
    """`timebase` and `ntsc` of a rate; one that xmeml cannot say becomes the whole rate nearby."""
    return {
        "timebase": str(nominal(rate)),
        "ntsc": "TRUE" if rate.denominator == 1001 else "FALSE",
    }
