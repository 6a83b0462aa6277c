"""Clip colours by the names that editors' programs give them, as they look there.

Premiere Pro's label colours are its defaults (Preferences ▸ Labels), which an XML names in
`label2`; DaVinci Resolve's are those of its Clip Color menu.
"""

from __future__ import annotations

from typing import Any

PREMIERE = {
    "violet": "#a690e0",
    "iris": "#729acc",
    "caribbean": "#29d698",
    "lavender": "#e384e3",
    "cerulean": "#2fbfde",
    "forest": "#51b858",
    "rose": "#f76fa4",
    "mango": "#eda63b",
    "purple": "#970097",
    "blue": "#3c3cff",
    "teal": "#008080",
    "magenta": "#e732e6",
    "tan": "#cec195",
    "green": "#1d7021",
    "brown": "#8b4513",
    "yellow": "#e2e264",
}
RESOLVE = {
    "orange": "#eb6e00",
    "apricot": "#ffa832",
    "yellow": "#d4ad1f",
    "lime": "#9fc615",
    "olive": "#5e9920",
    "green": "#448f65",
    "teal": "#019899",
    "navy": "#15527c",
    "blue": "#4376a1",
    "purple": "#9972a0",
    "violet": "#d05a97",
    "pink": "#e98cb5",
    "tan": "#b9af97",
    "beige": "#c69f77",
    "brown": "#996600",
    "chocolate": "#8c5a3f",
}


def named(name: str, colors: dict[str, str]) -> str:
    """`#rrggbb` of a colour's name; empty where nobody knows it."""
    return colors.get(name.strip().lower(), "")


def of_parts(red: Any, green: Any, blue: Any) -> str:
    """`#rrggbb` of three parts from 0 to 1; empty where they are none."""
    parts = (red, green, blue)
    if not all(
        isinstance(part, int | float) and not isinstance(part, bool) and 0 <= part <= 1
        for part in parts
    ):
        return ""
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
