"""The words of a prompt: the editor's own, else a plain account of what lies around the gap."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from pickup.cut.gap import Gap, Neighbour
    from pickup.shots.request import Character, Prompt

_SLOTS = ("subject", "action", "place", "light", "camera", "style")


def from_neighbours(gap: Gap, rate: Fraction) -> str:
    """An honest prompt for a gap without words: that it joins its neighbours, and for how long."""
    length = f"{float(gap.duration / rate):.1f} seconds"
    before, after = _clip(gap.before), _clip(gap.after)
    if before and after:
        joins = f"leads from {before} to {after}"
    elif before:
        joins = f"follows {before}"
    elif after:
        joins = f"opens the sequence and leads to {after}"
    else:
        return f"A quiet establishing shot of {length}."
    return f"A shot of {length} that {joins}, in the same place, light and style."


def _clip(neighbour: Neighbour | None) -> str:
    if neighbour is None:
        return ""
    name = PurePath(neighbour.name).stem or "the clip beside it"
    note = " ".join(neighbour.note.split())[:200]
    return f"“{name}” ({note})" if note and note not in name else f"“{name}”"


def full_text(words: str, prompt: Prompt, characters: Sequence[Character] = ()) -> str:
    """The whole prompt as plain text: the words, who appears, the slots that they do not say."""
    parts = [words.strip()] if words.strip() else []
    for who in characters:
        if who.words.strip() and who.appears_in(words):
            parts.append(f"{who.name}: {who.words.strip()}")
    for slot in _SLOTS:
        value = getattr(prompt, slot).strip()
        if value and value.lower() not in words.lower():
            parts.append(
                value if slot in ("subject", "action") else f"{slot.capitalize()}: {value}"
            )
    return ". ".join(part.rstrip(". ") for part in parts) + ("." if len(parts) > 1 else "")
