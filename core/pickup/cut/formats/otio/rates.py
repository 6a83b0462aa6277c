"""The rate of a cut, which OTIO does not state: found the way its writers mean it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.otio.context import metadata_of, text_of
from pickup.cut.formats.otio.media import active_reference
from pickup.cut.formats.otio.schema import COMPOSITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup.cut.formats.otio.context import Context, Json

_SLOWEST, _FASTEST = 5, 300
"""Video rates; above are those of sound and of clocks, below are seconds."""

_CLOCKS = {
    clock: Fraction(clock, 1000 if clock % 25000 == 0 else 1001)
    for clock in (24000, 25000, 30000, 50000, 60000, 120000)
}
"""Ticks a second as movie files count, and the rate whose frames are whole numbers of them: a
clock of 24000 is there for 24000/1001, where 24 would do with one of 24 or 600."""


@dataclass(frozen=True, slots=True)
class FoundRate:
    """A cut's rate, the number that the document writes for it, and how it was found."""

    rate: Fraction
    said: float | int
    note: str = ""


def stated_rate(timeline: Json, stack: Json, context: Context) -> FoundRate | None:
    """The rate in Premiere's metadata, or that of the first timecode."""
    start = timeline.get("global_start_time")
    said = [
        metadata_of(stack, "PremierePro_OTIO").get("VideoFrameRate"),
        metadata_of(timeline, "PremierePro_OTIO").get("VideoFrameRate"),
        start.get("rate") if isinstance(start, dict) else None,
    ]
    for number in said:
        if number is not None and _is_video(rate := context.times.rate(number)):
            return FoundRate(rate, number)
    return None


def rate_of_items(value: Json, context: Context) -> FoundRate | None:
    """The rate of the first picture, else of the first gap, else of the first sound."""
    seen: list[tuple[Fraction, float | int]] = []
    for schemas, kinds in (
        (("Clip",), ("video",)),
        (("Clip", "Gap"), ("video",)),
        (("Clip", "Gap"), ()),
    ):
        for said in _rates(value, context, schemas, kinds):
            rate = context.times.rate(said)
            if _is_video(rate):
                return FoundRate(rate, said)
            seen.append((rate, said))
            if len(seen) > 1000:
                break
    for rate, _ in seen:
        if rate in _CLOCKS:
            found = _CLOCKS[int(rate)]
            return FoundRate(found, float(found), f"guessed from a clock of {rate}")
    for rate, said in seen:
        if 1 <= rate <= _FASTEST:
            return FoundRate(rate, said)
    return None


ASSUMED = FoundRate(Fraction(24), 24.0, "not stated, 24 assumed")


def _is_video(rate: Fraction) -> bool:
    return _SLOWEST <= rate <= _FASTEST


def _rates(
    value: Json, context: Context, schemas: tuple[str, ...], kinds: tuple[str, ...]
) -> Iterator[Any]:
    """Rates as written of the items of some schemas, on tracks of some kinds (none: of all)."""
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        schema, version = context.schemas.versioned(one)
        if schema in COMPOSITIONS:
            if not (kinds and schema == "Track" and track_kind(one) not in kinds):
                waiting.extend(reversed(context.children(one)))
        elif schema in schemas:
            span = one.get("source_range")
            if span is None and schema == "Clip":
                span = (active_reference(one, version) or {}).get("available_range")
            duration = span.get("duration") if isinstance(span, dict) else None
            if isinstance(duration, dict) and "rate" in duration:
                yield duration["rate"]


def track_kind(track: Json) -> str:
    """In lower case; a track that does not say is a video track."""
    return (text_of(track, "kind") or "video").lower()
