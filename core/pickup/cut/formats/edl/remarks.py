"""What the comment lines of an EDL say of the event that they follow."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pickup.cut.model import Marker
from pickup.timing import TimecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pickup.cut.formats.edl.clock import Clock
    from pickup.cut.formats.edl.events import Event

PICKUP_TAG = "PICKUP {"
"""How the comment begins by which a clip of ours is known again."""

_KEYS = (
    "FROM CLIP NAME",
    "TO CLIP NAME",
    "KEY CLIP NAME",
    "SOURCE FILE",
    "FROM CLIP",
    "TO CLIP",
    "FROM FILE",
    "TO FILE",
    "REEL",
    "COMMENT",
)
_VALUE = re.compile(r"^\**\s*(" + "|".join(_KEYS) + r")\s*:\s*(.*)$", re.IGNORECASE)
_LOC = re.compile(
    r"^\**\s*LOC\s*:\s*(\d{1,3}[:;.,]\d\d[:;.,]\d\d[:;.,]\d{1,3})\s*(.*)$",
    re.IGNORECASE | re.ASCII,
)
_RESOLVE_MARKER = re.compile(r"\|(C|M|D):([^|]*)")
_FINAL_CUT_REEL = re.compile(
    r"^\** ?FINAL CUT PRO REEL ?: ?(.*?) REPLACED BY ?: ?(.*)$", re.IGNORECASE
)
_FREEZE = re.compile(r"^[\s*]*FREEZE FRAME\s*$", re.IGNORECASE)
_MACHINE = re.compile(
    r"^[\s*]*(ASC_|M2\b|AUD\b|LOC\b|EFFECTS? NAME|BLEND,|AVX2? EFFECT|TIMEWARP EFFECT|FREEZE FRAME|"
    r"(FROM|TO) CLIP IS|FINAL CUT PRO REEL|PATCH |SPLIT:|REM\b|GPI\b|>>>|OPTICAL|FRAME RATE)",
    re.IGNORECASE,
)
_COLORS = frozenset(
    {"RED", "PINK", "ORANGE", "YELLOW", "GREEN", "CYAN", "BLUE", "PURPLE", "MAGENTA", "BLACK"}
    | {"WHITE", "ROSE", "LAVENDER", "SKY", "MINT", "LEMON", "SAND", "COCOA", "CREAM", "FUCHSIA"}
)


def clip_names(event: Event, leads_to: Event | None, *, follows: bool) -> tuple[str, str]:
    """The clip's name and the file's, as far as comments give them.

    Args:
        leads_to: the line whose dissolve leads away from this one; its comments speak of both.
        follows: whether the event comes second in its group, so that FROM means the first.
    """
    if event.is_transition:
        ours = ["TO CLIP NAME"] + ([] if follows else ["FROM CLIP NAME"])
        files = ["TO CLIP", "TO FILE", "SOURCE FILE"] + ([] if follows else ["FROM CLIP"])
        return _value(event, ours), _value(event, files, last=True)
    ours = ["FROM CLIP NAME", "KEY CLIP NAME", "TO CLIP NAME"]
    if event.edit in ("K", "KO"):
        ours.insert(0, ours.pop(1))
    files = ["FROM CLIP", "FROM FILE", "SOURCE FILE"]
    name, file = _value(event, ours), _value(event, files)
    if leads_to is not None:
        name = name or _value(leads_to, ["FROM CLIP NAME"])
        file = file or _value(leads_to, ["FROM CLIP", "FROM FILE"])
    return name, file


def _value(event: Event, keys: list[str], *, last: bool = False) -> str:
    """The comment under the first of the keys that there is one for."""
    found: dict[str, str] = {}
    for _, text in event.comments:
        if match := _VALUE.match(text):
            key = match[1].upper()
            if last or not found.get(key):
                found[key] = match[2]
    return next((found[key] for key in keys if found.get(key)), "")


def pickup_record(event: Event) -> dict[str, Any] | None:
    """The facts of a clip of ours."""
    for _, text in event.comments:
        match = _VALUE.match(text)
        if match and match[1].upper() == "COMMENT" and match[2].startswith(PICKUP_TAG):
            try:
                record = json.loads(match[2].removeprefix("PICKUP "))
            except (ValueError, RecursionError):
                return None
            return record if isinstance(record, dict) else None
    return None


def pickup_comment(metadata: Mapping[str, Any]) -> str:
    """The facts of a take in one line; the long ones travel in the file and beside it."""
    left_out = ("prompt", "negative", "source")
    facts = {k: v for k, v in metadata.items() if k not in left_out and v not in (None, "")}
    return "PICKUP " + json.dumps(facts, separators=(",", ":"), default=str)


def note_of(event: Event) -> str:
    """The editor's own words: COMMENT lines, and those that no program is known to write."""
    words = []
    for _, text in event.comments:
        match = _VALUE.match(text)
        if match is None:
            plain = "" if _MACHINE.match(text) or "|M:" in text else text.lstrip("* \t")
        else:
            plain = match[2] if match[1].upper() == "COMMENT" else ""
        if plain and not plain.startswith(PICKUP_TAG):
            words.append(plain)
    return "\n".join(words)


def original_reel(event: Event) -> str:
    """The reel before Final Cut Pro shortened it."""
    for _, text in event.comments:
        match = _FINAL_CUT_REEL.match(" ".join(text.split()))
        if match and match[2].upper() == event.reel.upper():
            return match[1]
    return event.reel


def is_frozen(event: Event) -> bool:
    return any(_FREEZE.match(text) for _, text in event.comments)


def markers_of(event: Event, start: int, clock: Clock) -> list[tuple[int | None, Marker]]:
    """The locators of an event, each with the record frame that it names, if it names one.

    Args:
        start: the event's first frame, from the cut's start; where a marker stands that names none.
    """
    found: list[tuple[int | None, Marker]] = []
    for _, text in event.comments:
        if match := _LOC.match(text):
            color, words = _color_of(match[2])
            try:
                frame = clock.record(match[1])
            except TimecodeError:
                frame = None
            found.append((frame, Marker(name=words, start=start, color=color)))
        elif "|M:" in text:
            found.append((None, _resolve_marker(text, start)))
    return found


def _color_of(text: str) -> tuple[str, str]:
    first, _, rest = text.partition(" ")
    first, _, tab_rest = first.partition("\t")
    if first.upper() in _COLORS:
        return first.upper(), f"{tab_rest} {rest}".strip()
    return "", text


def _resolve_marker(text: str, start: int) -> Marker:
    """A line of Resolve's marker list: `note |C:ResolveColorBlue |M:Marker 1 |D:24`."""
    parts = {key: part.strip() for key, part in _RESOLVE_MARKER.findall(text)}
    length = parts.get("D", "")
    return Marker(
        name=parts.get("M", ""),
        start=start,
        duration=int(length) if re.fullmatch(r"[0-9]{1,7}", length) else 0,
        comment=text.partition("|")[0].lstrip("* ").strip(),
        color=parts.get("C", "").removeprefix("ResolveColor").upper(),
    )
