"""The dated catalog: what every model can do and costs, until when, and who says so.

Models vanish with months' notice and prices move, so they are data: shipped as TOML, corrected by
the user's own `catalog.toml`, and widened by what a provider's API lists.
"""

from __future__ import annotations

from pickup.providers.catalog.catalog import card, cards, load
from pickup.providers.catalog.changing import change_of, too_old
from pickup.providers.catalog.choice import check, choose_default, notes
from pickup.providers.catalog.fit import (
    Fit,
    binds_last,
    display_ratio,
    estimate,
    estimate_shot,
    fit,
    frames_taken,
    free_seconds,
    lines_of,
    longest_frames,
    pictures_taken,
)

__all__ = [
    "Fit",
    "binds_last",
    "card",
    "cards",
    "change_of",
    "check",
    "choose_default",
    "display_ratio",
    "estimate",
    "estimate_shot",
    "fit",
    "frames_taken",
    "free_seconds",
    "lines_of",
    "load",
    "longest_frames",
    "notes",
    "pictures_taken",
    "too_old",
]
