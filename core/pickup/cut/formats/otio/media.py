"""The media references of clips, and what kind of thing a clip shows."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.otio.context import metadata_of, objects, text_of
from pickup.cut.model import ImageSequence, ItemKind, Media
from pickup.cut.urls import local_path

if TYPE_CHECKING:
    from pickup.cut.formats.otio.context import Context, Json

_TITLE = re.compile(
    r"^(text\+?|(basic |scroll |multi)?titles?|lower third.*|.*\btext|.*\btitler?|captions?"
    r"|subtitles?|credits?|rich ?text)$",
    re.IGNORECASE,
)
_RESOLVE_TITLES = {"Text", "Text+", "MultiText", "Scroll", "Title", "Titles", "Rich Text"}
_BLACK = re.compile(r"\b(black|slug)|^(black|slug)", re.IGNORECASE)
_SOLID = re.compile(r"solid|colou?r ?matte|fill", re.IGNORECASE)
_REEL_KEYS = ("reel", "reel_name", "reel name", "reelname", "tape", "tape name", "tape_name")


def active_reference(clip: Json, version: int) -> Json | None:
    """The media reference that a clip plays, of either schema version."""
    if version < 2 and "media_references" not in clip:
        found = clip.get("media_reference")
    else:
        references = clip.get("media_references")
        key = clip.get("active_media_reference_key", "DEFAULT_MEDIA")
        if not (isinstance(references, dict) and isinstance(key, str)):
            return None
        found = references.get(key)
    return found if isinstance(found, dict) else None


def kind_of_clip(clip: Json, reference: Json | None, context: Context) -> ItemKind:
    """Picture, letters or black."""
    if reference is None:
        return ItemKind.CLIP
    schema = context.schemas.of(reference)
    if schema == "GeneratorReference":
        return _kind_of_generator(clip, reference)
    if schema == "MissingReference" and context.writer == "resolve":
        nameless = not text_of(metadata_of(reference, "Resolve_OTIO"), "Media Url")
        if nameless and text_of(clip, "name") in _RESOLVE_TITLES:
            return ItemKind.TITLE
    if context.writer == "premiere" and _has_premiere_text(clip):
        return ItemKind.TITLE
    return ItemKind.CLIP


def _kind_of_generator(clip: Json, reference: Json) -> ItemKind:
    kind = text_of(reference, "generator_kind")
    names = [kind, text_of(reference, "name"), text_of(clip, "name")]
    if any(_BLACK.search(name) for name in names[: 1 if _TITLE.match(kind) else 3]):
        return ItemKind.SLUG
    if _SOLID.search(kind) and _is_black(reference.get("parameters")):
        return ItemKind.SLUG
    if _TITLE.match(kind) or _has_premiere_text(clip):
        return ItemKind.TITLE
    return ItemKind.CLIP


def _is_black(parameters: Any) -> bool:
    """Whether a generator's colour is black: `color` as numbers, the last of four being alpha."""
    if not isinstance(parameters, dict):
        return False
    for key, value in parameters.items():
        if key.lower() not in ("color", "colour", "fillcolor"):
            continue
        if isinstance(value, dict):
            value = [value.get(part) for part in ("r", "g", "b")]
        if isinstance(value, str):
            return value.lower() in ("black", "#000000", "#000")
        return isinstance(value, list) and len(value) >= 3 and all(v == 0 for v in value[:3])
    return False


def _has_premiere_text(clip: Json) -> bool:
    return any(
        metadata_of(effect, "PremierePro_OTIO").get("MatchName") == "AE.ADBE Text"
        for effect in objects(clip, "effects")
    )


def read_media(clip: Json, reference: Json | None, context: Context) -> Media:
    """The file behind a clip."""
    if reference is None:
        return Media(missing=True)
    schema = context.schemas.of(reference)
    available = context.times.range(reference.get("available_range"))
    sequence = None
    if schema == "ImageSequenceReference":
        sequence = _image_sequence(reference)
    url = text_of(reference, "target_url") if sequence is None else sequence.base
    if schema == "MissingReference":
        url = text_of(metadata_of(reference, "Resolve_OTIO"), "Media Url") or text_of(
            metadata_of(reference), "original_target_url"
        )
    rate = available.rate if available else None
    if sequence is not None and reference.get("rate"):
        rate = context.times.rate(reference["rate"])
    missing = schema in ("MissingReference", "MediaReference")
    return Media(
        url=url,
        path=local_path(url or ("." if sequence else ""), context.base),
        name=text_of(reference, "name") or _file_name(url) or text_of(clip, "name"),
        rate=rate,
        start=available.start if available else Fraction(0),
        duration=available.duration if available else None,
        reel=_reel(reference) or _reel(clip),
        sequence=sequence,
        start_known=available is not None,
        missing=missing or (schema == "ExternalReference" and not url),
    )


def _image_sequence(reference: Json) -> ImageSequence:
    def number(key: str, default: int) -> int:
        value = reference.get(key)
        return value if isinstance(value, int) and abs(value) < 1 << 31 else default

    return ImageSequence(
        base=text_of(reference, "target_url_base"),
        prefix=text_of(reference, "name_prefix"),
        suffix=text_of(reference, "name_suffix"),
        start_frame=number("start_frame", 1),
        zero_padding=min(max(number("frame_zero_padding", 0), 0), 32),
        step=number("frame_step", 1),
    )


def _file_name(url: str) -> str:
    return PurePosixPath(url.replace("\\", "/")).name


def _reel(value: Json) -> str:
    """A reel name in metadata, at the top or in one vendor's part."""
    metadata = metadata_of(value)
    parts = [metadata, *(part for part in metadata.values() if isinstance(part, dict))]
    for part in parts:
        for key, said in part.items():
            if isinstance(said, str) and said and key.lower() in _REEL_KEYS:
                return said
    return ""
