"""What a placed clip says of itself in the fields an NLE keeps, and how it is recognised again.

Xmeml has no room for free metadata. The log note takes the record as JSON behind one word, the
description takes the prompt; both are columns that the editor sees, and Premiere writes them back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.xmeml.compose import sayable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pickup.cut.placement import Placement

_WORD = "pickup "


def logging_of(placement: Placement) -> dict[str, str]:
    """The `logginginfo` of a placed clip. Xmeml knows no alternatives: their names are noted."""
    record = dict(placement.take.metadata)
    if len(placement.takes) > 1:
        others = [t for index, t in enumerate(placement.takes) if index != placement.active]
        record["alternatives"] = [take.path.name for take in others]
    prompt = str(record.get("prompt") or "")
    description = prompt or placement.note
    words = [str(record[key]) for key in ("shot", "take") if record.get(key)]
    return {
        "description": description,
        "shottake": " ".join(words),
        "lognote": to_lognote(record, description),
    }


def marker_words(record: Mapping[str, Any]) -> str:
    """`Synthetic, shot pk010, take 1, gap g0123456789`; empty where there is no gap to name.

    It does not begin with the tag by which a marker asks for a shot.
    """
    if not record.get("gap"):
        return ""
    words = [f"{key} {record[key]}" for key in ("shot", "take", "gap") if record.get(key)]
    return ", ".join(["Synthetic", *words])


def to_lognote(record: Mapping[str, Any], description: str) -> str:
    """The record as text; the prompt is left out where the description carries it whole."""
    kept = {"prompt": "", **record}
    if description and kept["prompt"] == sayable(description).strip():
        del kept["prompt"]
    return _WORD + json.dumps(kept, ensure_ascii=True, separators=(",", ":"), default=str)


def from_lognote(lognote: str, description: str) -> dict[str, Any] | None:
    """The record of a clip placed earlier, or None for the editor's own notes."""
    if not lognote.startswith(_WORD + "{"):
        return None
    try:
        record = json.loads(lognote[len(_WORD) :])
    except (ValueError, RecursionError):
        return None
    if record.setdefault("prompt", description) == "":
        del record["prompt"]
    return dict(record)
