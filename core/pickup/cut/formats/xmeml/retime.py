"""Which source instant a clip item shows: in and out points, ticks, and the Time Remap filter.

In a retimed item `in` and `out` count frames of the *retimed* clip; the filter's graph maps them to
source frames (`when` to `value`). Premiere's ticks give the source itself and are trusted first.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.xmeml.elements import TICKS, is_true, number, text_of
from pickup.cut.formats.xmeml.filters import active_effects, parameter_name
from pickup.cut.model import TimeMap

if TYPE_CHECKING:
    from pickup.cut.formats.xmeml.elements import Tree

_ONE = Fraction(1)
Keys = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Remap:
    """A Time Remap filter: `speed` is signed, 1 is normal; `keys` are (retimed, source) frames."""

    speed: Fraction
    variable: bool
    keys: Keys


@dataclass(frozen=True, slots=True)
class Timing:
    """What the item says of its source.

    Attributes:
        rate: frames per second that `point_in`, `duration` and the graph count in.
        point_in: `in`.
        duration: of the whole retimed clip, if it is said.
        ticks: `pproTicksIn` and `pproTicksOut`.
        remap: the retime, if there is one.
    """

    rate: Fraction
    point_in: Fraction
    duration: Fraction | None
    ticks: tuple[int, int] | None
    remap: Remap | None


@dataclass(frozen=True, slots=True)
class Source:
    """Seconds from the media's first frame at the item's first frame, and how it goes on."""

    start: Fraction
    speed: Fraction = _ONE
    retime: TimeMap | None = None


def remap_of(filters: list[Tree]) -> Remap | None:
    """The retime among an item's filters; None where there is none or it does nothing."""
    for effect in active_effects(filters):
        if "timeremap" in text_of(effect, "effectid").lower().replace(" ", ""):
            remap = _remap(effect)
            if remap.speed != 1 or remap.variable:
                return remap
    return None


def _remap(effect: Tree) -> Remap:
    values: dict[str, str] = {}
    keys: Keys = ()
    for parameter in effect.get("parameter", []):
        name = parameter_name(parameter)
        values[name] = text_of(parameter, "value")
        if name == "graphdict":
            keys = _keys(parameter)
    percent = number(values.get("speed", ""))
    speed = Fraction(100 if percent is None else percent) / 100
    if is_true(values.get("reverse", "")):
        speed = -abs(speed)
    variable = is_true(values.get("variablespeed", "")) and len(keys) > 1
    return Remap(speed, variable, keys)


def _keys(parameter: Tree) -> Keys:
    pairs = {}
    for key in parameter.get("keyframe", []):
        when, value = number(text_of(key, "when")), number(text_of(key, "value"))
        if when is not None and value is not None:
            pairs[when] = value
    return tuple(sorted(pairs.items()))


def source_of(
    timing: Timing, lead: Fraction, media_rate: Fraction, media_start: Fraction
) -> Source:
    """What the item shows.

    Args:
        timing: what it says.
        lead: seconds from the instant that `in` belongs to, to the item's first visible frame: an
            item that begins in a transition counts `in` from the transition's start.
        media_rate: frames per second of the media.
        media_start: seconds of the media's first timecode; the result counts from there.
    """
    remap = timing.remap
    if remap is None:
        return Source(media_start + _forward(timing, _ONE) + lead)
    at = timing.point_in + lead * timing.rate
    if remap.variable:
        return Source(
            media_start + _value_at(remap.keys, at) / timing.rate,
            retime=_time_map(remap.keys, at, timing.rate, media_start),
        )
    if remap.speed < 0:
        end = _backward(timing, remap, at)
        return Source(media_start + end - 1 / media_rate, remap.speed)
    if remap.speed == 0 and len(remap.keys) > 1:
        return Source(media_start + _value_at(remap.keys, at) / timing.rate, Fraction(0))
    return Source(media_start + _forward(timing, remap.speed) + lead * remap.speed, remap.speed)


def _forward(timing: Timing, speed: Fraction) -> Fraction:
    if timing.ticks is not None:
        return Fraction(timing.ticks[0], TICKS)
    return timing.point_in * (speed or _ONE) / timing.rate


def _backward(timing: Timing, remap: Remap, at: Fraction) -> Fraction:
    """Seconds of the end of the first source frame shown; it plays from there towards 0.

    Premiere's ticks are kept only where they agree with the graph to two frames: some builds count
    them from the end of the media.
    """
    if len(remap.keys) > 1:
        end = _value_at(remap.keys, at) / timing.rate
    else:
        total = timing.duration if timing.duration is not None else at
        end = max(total - at, Fraction(0)) * abs(remap.speed) / timing.rate
    if timing.ticks is not None and at == timing.point_in:
        told = Fraction(timing.ticks[1], TICKS)
        if abs(told - end) <= 2 / timing.rate:
            return told
    return end


def _value_at(keys: Keys, at: Fraction) -> Fraction:
    return TimeMap(keys).source_at(at)


def _time_map(keys: Keys, at: Fraction, rate: Fraction, start: Fraction) -> TimeMap:
    return TimeMap(tuple(((when - at) / rate, start + value / rate) for when, value in keys))
