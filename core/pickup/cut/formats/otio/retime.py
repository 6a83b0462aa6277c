"""Speed effects: how long a retimed clip is on the timeline, and which source instant it starts at.

OTIO says that an item lasts as long as its `source_range`, whatever its effects. Premiere writes
the source's own length there: the clip lasts that, divided by the scalar.

A negative scalar plays backwards from the end of what is played, so the first frame shows the last
source frame; OTIO leaves this open, and Resolve and its own renderers agree on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.otio.context import objects
from pickup.errors import CutError

if TYPE_CHECKING:
    from pickup.cut.formats.otio.context import Context, Json
    from pickup.cut.formats.otio.values import Exact

_NO_RETIME = "Effect.1"
"""Nearly every effect of a large cut."""

VARIABLE = "retime"
"""The key under which `Context.met` counts retimes whose speed varies."""


@dataclass(frozen=True, slots=True)
class Retime:
    """A constant speed; `varies` says that the document holds more than that."""

    speed: Fraction = Fraction(1)
    varies: bool = False


NORMAL = Retime()


def read_retime(item: Json, context: Context) -> Retime:
    """The speed of an item, all its speed effects together."""
    effects = item.get("effects")
    if not effects:
        return NORMAL
    speed, varies = Fraction(1), False
    for effect in objects(item, "effects"):
        if effect.get("OTIO_SCHEMA") == _NO_RETIME or effect.get("enabled") is False:
            continue
        schema = context.schemas.of(effect)
        if schema == "FreezeFrame":
            speed = Fraction(0)
        elif schema == "LinearTimeWarp":
            speed *= _scalar(effect, context)
        elif schema == "TimeEffect":
            varies = True
    if not varies and speed == 1:
        return NORMAL
    return Retime(speed, varies)


def _scalar(effect: Json, context: Context) -> Fraction:
    value = effect.get("time_scalar", 1)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise CutError(context.path, f"a time warp has the speed {value!r}")
    if abs(value) > 1_000_000:
        raise CutError(context.path, "a time warp is faster than a million times")
    return Fraction(value).limit_denominator(1_000_000)


def shown_length(length: Exact, item: Json, context: Context) -> Exact:
    """How long the item lasts on the timeline, by the habit of the document's writer."""
    if context.writer != "premiere" or not item.get("effects"):
        return length
    speed = abs(read_retime(item, context).speed)
    return length if speed in (0, 1) else Fraction(length) / speed


def first_source_time(start: Fraction, length: Exact, speed: Fraction, rate: Fraction) -> Fraction:
    """Source seconds at the first frame of an item of `length` frames that plays from `start`."""
    return start + (length - 1) / rate * -speed if speed < 0 else start
