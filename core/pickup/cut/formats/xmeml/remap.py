"""In and out points, ticks and the Time Remap filter, as Premiere writes them; see `retime`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.xmeml import compose
from pickup.cut.formats.xmeml.compose import el
from pickup.timing import to_frames

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from pickup.cut.model import Item

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Points:
    """What a clip item says of its source, in frames of the cut's rate unless noted.

    Attributes:
        point_in, point_out, duration: retimed frames.
        ticks: the source range.
        speed: signed.
        source: seconds from the media's start of what shows first.
        lead, trail: whether the item begins, ends in a transition.
    """

    point_in: int
    point_out: int
    duration: int
    ticks: tuple[int, int]
    speed: Fraction
    source: Fraction
    lead: bool
    trail: bool


def points_of(item: Item, rate: Fraction, lead: int, trail: int) -> Points:
    """The points of an item; a varying speed becomes its mean.

    Args:
        item: the clip.
        rate: of the cut.
        lead: frames from a transition's start to the item's, or -1 where it begins in none.
        trail: the same from its end to a transition's.
    """
    media_start = item.media.start if item.media else _ZERO
    source = item.source_time(item.start, rate) - media_start
    speed = item.speed
    if item.retime is not None:
        shown = item.source_time(item.end, rate) - item.source_time(item.start, rate)
        speed = shown * rate / item.duration
    pace = abs(speed) or Fraction(1)
    frame = 1 / ((item.media.rate if item.media else None) or rate)
    edge = source + frame if speed < 0 else source
    total = _whole_length(item, edge, pace, rate)
    point_in = to_frames(edge / pace, rate)
    if speed < 0:
        point_in = total - point_in
    begins = 0 <= lead <= point_in
    before, after = lead if begins else 0, max(trail, 0)
    point_in = max(0, point_in - before)
    length = before + item.duration + after
    ends = sorted(edge + offset * speed / rate for offset in (-before, item.duration + after))
    return Points(
        point_in=point_in,
        point_out=point_in + length,
        duration=max(total, point_in + length),
        ticks=(_ticks(ends[0]), _ticks(ends[1])),
        speed=speed,
        source=source,
        lead=begins,
        trail=trail >= 0,
    )


def _whole_length(item: Item, edge: Fraction, pace: Fraction, rate: Fraction) -> int:
    """Frames of the whole clip at its speed."""
    whole = item.media.duration if item.media else None
    if item.nested is not None:
        whole = item.nested.duration / item.nested.rate
    if whole is None or whole < edge:
        whole = edge + item.duration / rate * pace
    return max(1, to_frames(whole / pace, rate))


def _ticks(seconds: Fraction) -> int:
    return round(max(seconds, _ZERO) * compose.TICKS)


def remap_filter(points: Points, rate: Fraction, video: bool) -> Element:
    """The Time Remap filter of a constant speed, with the graph that its readers go by."""
    speed = points.speed
    values = {
        "variablespeed": "0",
        "speed": decimal(abs(speed) * 100),
        "reverse": compose.flag(speed < 0),
        "frameblending": "FALSE",
    }
    parameters = [
        el("parameter", el("parameterid", key), el("name", key), el("value", value))
        for key, value in values.items()
    ]
    total = points.duration * abs(speed)
    graph = (total, _ZERO) if speed < 0 else (_ZERO, total)
    if speed == 0:
        graph = (points.source * rate, points.source * rate)
    keyframes = (
        el("keyframe", el("when", when), el("value", decimal(value)))
        for when, value in zip((0, points.duration), graph, strict=True)
    )
    curve = el("interpolation", el("name", "FCPCurve"))
    parameters.append(
        el(
            "parameter",
            el("parameterid", "graphdict"),
            el("name", "graphdict"),
            *keyframes,
            curve,
        )
    )
    return el(
        "filter",
        el(
            "effect",
            el("name", "Time Remap"),
            el("effectid", "timeremap"),
            el("effectcategory", "motion"),
            el("effecttype", "motion"),
            el("mediatype", "video" if video else "audio"),
            *parameters,
        ),
    )


def decimal(value: Fraction) -> str:
    """A number in digits, as exact as they can say it."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.12g}"
