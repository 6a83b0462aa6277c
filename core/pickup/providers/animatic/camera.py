"""The words of a camera move, and the move itself. Pure arithmetic; no picture is touched here.

A move is read from cinema terms ("slow push in", "pan left", "crane up"). Everyday words share
many of them (a frying pan, a crane on the roof, she holds his hand), so free text needs the whole
term, while the camera slot of a prompt may be brief.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

_ZOOM = 0.20
"""How much larger a full push makes the picture."""
_TRAVEL = 0.085
"""How far a full pan goes, in frame widths."""
_FULL_AFTER = 4.0
"""Seconds that a full move takes; a shorter take moves less, so that nothing rushes."""
_BACK = 0.55
"""Share of a zoom that may show what lies outside the picture, where nothing was filmed."""
MARGIN = 0.085
"""How far beyond its edge a picture is continued, as a share of its size, on each side."""


@dataclass(frozen=True, slots=True)
class View:
    """What the camera sees of a picture: enlarged by `zoom`, its centre moved by (x, y) frames."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Move:
    """A camera move, over the whole take.

    Attributes:
        zoom: exponent of the picture's growth; positive comes nearer.
        x, y: travel of the view, in frames; positive is right and down.
        shake: amplitude of a hand's unrest, in frames.
    """

    zoom: float = 0.0
    x: float = 0.0
    y: float = 0.0
    shake: float = 0.0

    def departing(self, at: float, seed: int = 0, seconds: float = 1.0) -> View:
        """The view at `at` (0 to 1) of a picture that is seen whole at 0."""
        return self._view(smooth(at), at, seed, seconds)

    def arriving(self, at: float, seed: int = 0, seconds: float = 1.0) -> View:
        """The view at `at` of a picture that is seen whole at 1."""
        return self._view(smooth(at) - 1.0, at, seed, seconds)

    def scaled(self, by: float) -> Move:
        return Move(self.zoom * by, self.x * by, self.y * by, self.shake)

    def _view(self, eased: float, at: float, seed: int, seconds: float) -> View:
        power = self.zoom * eased
        zoom = math.exp(power if power > 0 else power * _BACK)
        sway_x, sway_y = _hand(at, seconds, seed)
        held = min(1.0, max(0.0, at))
        envelope = self.shake * 4 * held * (1 - held)
        x = self.x * eased + sway_x * envelope
        y = self.y * eased + sway_y * envelope
        # A move sideways keeps to the picture by coming nearer, a move outward to its continuation.
        away = max(abs(x), abs(y))
        inner = 1.0 + 2.0 * max(0.0, away - MARGIN / 4)
        outer = 1.0 / (1.0 + 2.0 * max(0.0, MARGIN - away))
        return View(max(zoom, inner if zoom >= 1.0 else outer), x, y)


def smooth(at: float) -> float:
    """Ease in and out: 0 to 1 with no speed at either end; held outside."""
    at = min(1.0, max(0.0, at))
    return at * at * (3.0 - 2.0 * at)


def read_move(*sources: str, camera: str = "", seconds: float = _FULL_AFTER) -> Move:
    """The move that the words ask for; the first source that asks for any decides.

    Args:
        sources: free text, most telling first.
        camera: a prompt's camera slot, in which a term may stand alone ("pan", "hold").
        seconds: length of the take.
    """
    pace = min(1.0, max(0.45, seconds / _FULL_AFTER))
    for text, brief in ((camera, True), *((source, False) for source in sources)):
        move = _asked(text, brief)
        if move is not None:
            return move.scaled(pace)
    return Move(zoom=0.35 * _ZOOM).scaled(pace)


_SIDE = r"(?:\s+\w+){0,2}?\s+(?:to\s+the\s+)?"
_TERMS: tuple[tuple[str, Move], ...] = (
    (r"\b(push|dolly|track|move|creep|truck)(es|s|ing)?[\s-]+(slowly\s+)?(in|forward|closer)\b"
     r"(?!\s+(the|a|his|her|my|their)\b)", Move(zoom=_ZOOM)),
    (r"\b(push|dolly|track)(es|ing|s)?[\s-]+in\s+on\b|\bcrash[\s-]+zoom\b", Move(zoom=_ZOOM)),
    (r"\bzoom(s|ing)?[\s-]+in\b|\bpush-?in\b", Move(zoom=_ZOOM)),
    (r"\bzoom(s|ing)?[\s-]+(back[\s-]+)?out\b|\bpull[\s-]?(out|back)\b", Move(zoom=-_ZOOM)),
    (r"\b(pull|dolly|track|move)(s|es|ing)?[\s-]+(slowly\s+)?(out|back|backwards?|away)\b"
     r"(?!\s+(the|a|his|her|my|their)\b)", Move(zoom=-_ZOOM)),
    (rf"\b(pan|truck|dolly|track|slid|whip[\s-]pan)(e|s|es|ning|ing)?{_SIDE}left\b"
     r"(?!\s+(on|in|by|over|behind|out)\b)|\bleftward\s+pan\b", Move(x=-_TRAVEL)),
    (rf"\b(pan|truck|dolly|track|slid|whip[\s-]pan)(e|s|es|ning|ing)?{_SIDE}right\b"
     r"|\brightward\s+pan\b", Move(x=_TRAVEL)),
    (r"\b(slow|quick|gentle|whip)[\s-]+pan\b(?!.*\b(left|right)\b)"
     r"|\bpan(s|ning)?\s+(across|over\s+to|along)\b|\bcamera\s+pans?\b(?!.*\b(left|right)\b)",
     Move(x=_TRAVEL)),
    (r"\b(tracking|travelling|traveling|trucking)\s+shot\b(?!.*\bleft\b)", Move(x=_TRAVEL)),
    (r"\b(arc|orbit)(s|ing)?\s+(around|shot|left|right)\b", Move(x=_TRAVEL, zoom=0.4 * _ZOOM)),
    (r"\b(tilt|crane|pedestal|boom|jib)(s|ing)?(\s+shot)?[\s-]+(slowly\s+)?up(wards?)?\b"
     r"|\bcamera\s+rises\b", Move(y=-_TRAVEL)),
    (r"\b(tilt|crane|pedestal|boom|jib)(s|ing)?(\s+shot)?[\s-]+(slowly\s+)?down(wards?)?\b"
     r"|\bcamera\s+descends\b", Move(y=_TRAVEL)),
    (r"\bhand[\s-]?held\b|\bshaky\b|\bshoulder[\s-]?(cam|rig|mounted)", Move(shake=0.005)),
)  # fmt: skip
_BRIEF: tuple[tuple[str, Move], ...] = (
    (r"\bpan(s|ning)?\b(?!.*\b(left|right)\b)", Move(x=_TRAVEL)),
    (r"\btilt(s|ing)?\b(?!.*\b(up|down)\w*\b)", Move(y=-_TRAVEL)),
    (r"\b(crane|jib|boom|pedestal)(s|ing)?\b(?!.*\b(up|down)\w*\b)", Move(y=-_TRAVEL)),
    (r"\b(zoom|dolly|push|creep)(s|es|ing)?\b(?!.*\b(out|back|away|left|right|in)\b)",
     Move(zoom=_ZOOM)),
    (r"\b(pull)(s|ing)?\b(?!.*\b(out|back)\b)", Move(zoom=-_ZOOM)),
    (r"\btrack(s|ing)?\b(?!.*\b(left|right|in|out|back|shot)\b)", Move(x=_TRAVEL)),
)  # fmt: skip
_STILL = (
    r"\b(static|locked([\s-]?(off|down))?|stationary|fixed)\s+(camera|shot|frame|tripod|wide|angle"
    r"|medium|close)|\blocked[\s-](off|down)\b|\bstill\s+camera\b|\bon\s+(a\s+)?tripod\b"
    r"|\bcamera\s+(is\s+)?(static|still|holds|locked)\b|\bhold\s+on\b"
    r"|\b(no|without)\s+(any\s+)?(camera\s+)?mov(e|es|ement|ing)\b"
)
_BRIEF_STILL = r"\b(static|hold(s|ing)?|lock(ed)?|still|fixed|tripod|stationary)\b"
_DENIED = r"\b(no|not|never|without|don'?t|avoid)\s+(any\s+|a\s+)?(\w+ing\s+)?"
_WEAK = r"\b(slow(ly)?|gentl[ey]|slight(ly)?|subtl[ey]|soft(ly)?|creep(s|ing)?|imperceptibl[ey])\b"
_STRONG = r"\b(fast|quick(ly)?|rapid(ly)?|whip|crash|dramatic(ally)?|swift(ly)?|sudden(ly)?)\b"


@lru_cache(maxsize=256)
def _asked(text: str, brief: bool) -> Move | None:
    """The move a text asks for: terms add up, "hold" is a move of nothing, None is no wish."""
    text = " ".join(text.casefold().split())[:2_000]
    found: Move | None = None
    for pattern, term in (*_TERMS, *(_BRIEF if brief else ())):
        if re.search(pattern, text) and not re.search(_DENIED + f"(?:{pattern})", text):
            found = _joined(found or Move(), term)
    if found is None:
        still = _STILL + ("|" + _BRIEF_STILL if brief else "")
        return Move() if re.search(still, text) else None
    strength = 0.6 if re.search(_WEAK, text) else 1.4 if re.search(_STRONG, text) else 1.0
    return found.scaled(strength)


def _joined(one: Move, other: Move) -> Move:
    """Two terms at once; saying the same thing twice does not double it."""
    return replace(
        one,
        zoom=one.zoom or other.zoom,
        x=one.x or other.x,
        y=one.y or other.y,
        shake=one.shake or other.shake,
    )


def _hand(at: float, seconds: float, seed: int) -> tuple[float, float]:
    """The unrest of a hand, about -1 to 1: slow breathing below, a little tremor above."""
    time = at * seconds
    sway = []
    for axis in (0, 1):
        phase = ((seed + 1) * (0.618 + 0.217 * axis)) % 1.0 * 2 * math.pi
        sway.append(
            0.6 * math.sin(2 * math.pi * (0.43 + 0.07 * axis) * time + phase)
            + 0.3 * math.sin(2 * math.pi * (1.13 - 0.11 * axis) * time + 2.1 * phase)
            + 0.1 * math.sin(2 * math.pi * 2.7 * time + 3.3 * phase)
        )
    return sway[0], sway[1]
