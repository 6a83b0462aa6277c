"""Light and dark, with the restraint of an editing program: greys, one accent, colour for state."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from string import Template

from pickup_ui.models.shot_state import Status
from pickup_ui.models.strip import Paint
from pickup_ui.qt import QApplication, QColor, QFont, QFontDatabase, QGuiApplication, QPalette, Qt

Group, Role = QPalette.ColorGroup, QPalette.ColorRole


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one theme, as `#rrggbb`.

    Attributes:
        window, surface, raised: the ground, what lies on it, what can be pressed.
        text, dim: both readable on all three (4.5 : 1 and better).
        accent: of thin things, as the focus; 3 : 1 and better on all three.
        fill, on_fill: of what is filled with the accent, and of words on it.
        screen, on_screen: behind pictures, dark in both themes, and of words there.
        states: of a gap.
        boxes: of a clip on the strip; `text` is readable on each.
    """

    dark: bool
    window: str
    surface: str
    raised: str
    line: str
    text: str
    dim: str
    accent: str
    fill: str
    on_fill: str
    bad: str
    good: str
    lane: str
    screen: str
    on_screen: str
    playhead: str
    states: dict[Status, str]
    boxes: dict[Paint, str]


DARK = Colors(
    dark=True,
    window="#1b1c1f",
    surface="#242529",
    raised="#303237",
    line="#3d3f45",
    text="#dcdde1",
    dim="#a3a5ad",
    accent="#5b9fe8",
    fill="#2f6fbf",
    on_fill="#ffffff",
    bad="#ef7b72",
    good="#6cbf8b",
    lane="#212226",
    screen="#0e0f11",
    on_screen="#a3a5ad",
    playhead="#ff6b5e",
    states={
        Status.OPEN: "#e0a94a",
        Status.BUSY: "#5b9fe8",
        Status.FAILED: "#ef7b72",
        Status.READY: "#b495e6",
        Status.CHOSEN: "#6cbf8b",
        Status.PLACED: "#62b3af",
    },
    boxes={
        Paint.CLIP: "#456080",
        Paint.SOUND: "#3b6553",
        Paint.TITLE: "#6b5687",
        Paint.SLUG: "#3a3a3d",
        Paint.TRANSITION: "#5a5d66",
        Paint.NESTED: "#38686f",
        Paint.PICKUP: "#336a48",
        Paint.OFF: "#2e2f33",
        Paint.OFFLINE: "#7a4143",
    },
)

LIGHT = Colors(
    dark=False,
    window="#e9e9eb",
    surface="#f6f6f7",
    raised="#ffffff",
    line="#c4c5ca",
    text="#1f2023",
    dim="#5c5e66",
    accent="#2468b8",
    fill="#2468b8",
    on_fill="#ffffff",
    bad="#a8201a",
    good="#176338",
    lane="#dedfe2",
    screen="#17181a",
    on_screen="#a3a5ad",
    playhead="#d0342a",
    states={
        Status.OPEN: "#7d5300",
        Status.BUSY: "#1f5fab",
        Status.FAILED: "#a8201a",
        Status.READY: "#6f46b4",
        Status.CHOSEN: "#176338",
        Status.PLACED: "#145f5c",
    },
    boxes={
        Paint.CLIP: "#a9bfd9",
        Paint.SOUND: "#a9cdb9",
        Paint.TITLE: "#cbbbe2",
        Paint.SLUG: "#b9babd",
        Paint.TRANSITION: "#8b8d95",
        Paint.NESTED: "#a6cdd3",
        Paint.PICKUP: "#8fcfa9",
        Paint.OFF: "#d2d3d7",
        Paint.OFFLINE: "#e3b1af",
    },
)

_LEGIBLE = 4.5
"""Contrast of words that WCAG 2 asks for."""
_MARKERS = {
    "RED": "#d9534a",
    "ORANGE": "#dd8636",
    "YELLOW": "#c9a72c",
    "GREEN": "#55a35f",
    "CYAN": "#47a9b6",
    "BLUE": "#4f86d9",
    "PURPLE": "#8f6fd1",
    "MAGENTA": "#c05aa9",
    "PINK": "#d58aa6",
    "BLACK": "#5b5d65",
    "WHITE": "#b9bbc2",
}
"""OTIO's colours of markers, in tones that stand on both grounds."""

_current = DARK


def colors() -> Colors:
    """Those of the theme that is on."""
    return _current


def color(name: str) -> QColor:
    """One of them, by its name."""
    return QColor(getattr(_current, name))


def muted(color: str) -> QColor:
    """An editor's colour, toned so that names stay legible on it and gaps stand out."""
    return QColor(_muted(color, _current.text, _current.lane, 0.42 if _current.dark else 0.6))


@lru_cache(maxsize=256)
def _muted(color: str, text: str, ground: str, part: float) -> str:
    own, lane = _rgb(QColor(color)), _rgb(QColor(ground))
    while True:
        mixed = QColor(*(round(a * part + b * (1 - part)) for a, b in zip(own, lane, strict=True)))
        if contrast(mixed, QColor(text)) >= _LEGIBLE:
            return mixed.name()
        part *= 0.85


def contrast(one: QColor, other: QColor) -> float:
    """Of two colours, 1 to 21, as WCAG 2 counts it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    linear = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (color.redF(), color.greenF(), color.blueF())
    )
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def marker(name: str) -> QColor:
    """Of a marker, by OTIO's name for it or any that Qt knows; the accent for others."""
    known = QColor(_MARKERS.get(name.upper(), name.lower()))
    return known if known.isValid() else color("accent")


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def follow_system(app: QApplication) -> None:
    """Put the system's theme on, now and whenever it changes."""
    hints = QGuiApplication.styleHints()
    apply(app, dark=hints.colorScheme() != Qt.ColorScheme.Light)
    hints.colorSchemeChanged.connect(lambda scheme: apply(app, dark=scheme != Qt.ColorScheme.Light))


def apply(app: QApplication, *, dark: bool) -> None:
    """Put a theme on."""
    global _current
    _current = DARK if dark else LIGHT
    app.setStyle("Fusion")
    app.setPalette(_palette(_current))
    app.setStyleSheet(_sheet(_current))
    for widget in app.topLevelWidgets():
        widget.update()


def numbers_font(base: QFont) -> QFont:
    """For timecode: digits of one width, so that they do not dance."""
    font = QFont(base)
    families = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families()
    font.setFamilies([*families, *base.families()])
    return font


def _palette(c: Colors) -> QPalette:
    palette = QPalette()
    roles = {
        Role.Window: c.window,
        Role.WindowText: c.text,
        Role.Base: c.surface,
        Role.AlternateBase: c.lane,
        Role.Text: c.text,
        Role.PlaceholderText: c.dim,
        Role.Button: c.raised,
        Role.ButtonText: c.text,
        Role.ToolTipBase: c.raised,
        Role.ToolTipText: c.text,
        Role.Highlight: c.fill,
        Role.HighlightedText: c.on_fill,
        Role.Link: c.accent,
        Role.Light: c.raised,
        Role.Midlight: c.raised,
        Role.Mid: c.line,
        Role.Dark: c.line,
    }
    for role, value in roles.items():
        palette.setColor(role, QColor(value))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        palette.setColor(Group.Disabled, role, QColor(c.dim))
    return palette


def _drawing(name: str) -> str:
    """A small drawing, as style sheets want it: by the path of its file."""
    return f'"{Path(__file__).with_name(f"{name}.svg").as_posix()}"'


def _sheet(c: Colors) -> str:
    names = {field.name: getattr(c, field.name) for field in fields(c)}
    sheet = Template(Path(__file__).with_name("panel.qss").read_text("utf-8"))
    shade = "dark" if c.dark else "light"
    drawings = {way: _drawing(f"{way}-{shade}") for way in ("down", "up")}
    return sheet.substitute(names, **drawings, tick=_drawing("tick"), some=_drawing("some"))
