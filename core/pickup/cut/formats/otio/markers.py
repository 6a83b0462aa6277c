"""Markers of stacks, tracks and items, laid onto the frames of the cut."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.otio.context import metadata_of, objects, text_of
from pickup.cut.model import Marker
from pickup.timing import to_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup.cut.formats.otio.context import Context, Json
    from pickup.cut.formats.otio.values import Range


def markers_on_cut(
    value: Json, context: Context, rate: Fraction, start: int, length: int
) -> Iterator[Marker]:
    """Markers of a timeline or its stack.

    Args:
        value: what carries them.
        context: the document.
        rate: the cut's rate.
        start: the cut's first timecode, as frames. Some programs count their markers from it.
        length: frames of the cut.
    """
    for marker, marked in _marked(value, context):
        at = to_frames(marked.start, rate)
        if start > 0 and at >= start and at > length:
            at -= start
        yield _laid(marker, at, to_frames(marked.duration, rate))


def markers_on_track(
    value: Json, context: Context, rate: Fraction, origin: Fraction
) -> Iterator[Marker]:
    """Markers of a track, whose own time begins `origin` seconds before the cut's."""
    for marker, marked in _marked(value, context):
        at = to_frames(marked.start - origin, rate)
        yield _laid(marker, at, to_frames(marked.duration, rate))


def markers_on_item(
    value: Json,
    context: Context,
    rate: Fraction,
    *,
    at: Fraction,
    length: Fraction,
    source: Fraction,
    speed: Fraction,
) -> Iterator[Marker]:
    """Markers of an item, which stand in its source time; those outside of it are not shown.

    Args:
        value: what carries them.
        context: the document.
        rate: the cut's rate.
        at: seconds from the cut's start to the item's.
        length: seconds that the item lasts.
        source: source seconds at its first frame.
        speed: source seconds per second.
    """
    for marker, marked in _marked(value, context):
        offset = (marked.start - source) / speed if speed else Fraction(0)
        if not 0 <= offset < length and 0 <= marked.start < length:
            offset = marked.start
        if 0 <= offset < length:
            duration = marked.duration / abs(speed) if speed else marked.duration
            yield _laid(
                marker,
                to_frames(at + offset, rate),
                to_frames(min(duration, length - offset), rate),
            )


def _marked(value: Json, context: Context) -> Iterator[tuple[Json, Range]]:
    for marker in objects(value, "markers"):
        if context.schemas.of(marker) != "Marker":
            continue
        marked = context.times.range(marker.get("marked_range", marker.get("range")))
        if marked is not None:
            yield marker, marked


def _laid(marker: Json, start: int, duration: int) -> Marker:
    resolve = metadata_of(marker, "Resolve_OTIO")
    keywords = resolve.get("Keywords")
    words = [text_of(marker, "comment") or text_of(resolve, "Note")]
    if isinstance(keywords, list):
        words.append(", ".join(word for word in keywords if isinstance(word, str)))
    return Marker(
        name=text_of(marker, "name"),
        start=start,
        duration=duration,
        comment="; ".join(word for word in words if word),
        color=_color(marker.get("color")),
    )


def _color(color: Any) -> str:
    """A colour's name; newer versions of the schema hold it as an object."""
    name = color.get("name") if isinstance(color, dict) else color
    return name.upper() if isinstance(name, str) else ""
