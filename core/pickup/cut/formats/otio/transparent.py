"""Clips of OTIO documents that show nothing of their own: adjustment layers, and opacity 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.formats.otio.context import metadata_of, objects, text_of
from pickup.cut.transparent import is_transparent_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup.cut.formats.otio.context import Json
    from pickup.cut.model import Media

_OPACITY = ("opac", "deckkraft", "不透明", "непрозрачн", "불투명")
"""How Premiere's languages begin the word; the effect has a blend mode beside it."""


def is_transparent(clip: Json, reference: Json | None, media: Media | None) -> bool:
    """Whether a clip lets all that is below it through.

    Args:
        clip: a clip, or a composition, which has no reference.
        reference: its active media reference.
        media: what was read of it; an adjustment layer has no file.
    """
    if clip.get("effects") and any(value == 0 for value in _opacities(clip)):
        return True
    if media is None or media.url:
        return False
    kind = text_of(reference, "generator_kind") if reference else ""
    return is_transparent_name(text_of(clip, "name"), media.name, kind)


def _opacities(clip: Json) -> Iterator[float]:
    """Opacities that stay the same all along, as Resolve and Premiere write them."""
    for effect in objects(clip, "effects"):
        if effect.get("enabled") is False:
            continue
        resolve = metadata_of(effect, "Resolve_OTIO")
        if resolve.get("Enabled") is not False:
            for parameter in objects(resolve, "Parameters"):
                if parameter.get("Parameter ID") == "opacity" and not parameter.get("Key Frames"):
                    yield from _number(parameter.get("Parameter Value"))
        premiere = metadata_of(effect, "PremierePro_OTIO")
        if premiere.get("MatchName") == "AE.ADBE Opacity":
            for parameter in objects(premiere, "Parameters"):
                word = text_of(parameter, "DisplayName").lower()
                start = parameter.get("StartValue")
                if word.startswith(_OPACITY) and not parameter.get("Keyframes"):
                    yield from _number(start.get("Value") if isinstance(start, dict) else None)


def _number(value: object) -> Iterator[float]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield value
