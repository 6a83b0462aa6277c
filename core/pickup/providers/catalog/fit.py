"""What to ask a model for, so that its take covers a shot: length, raster, and the price of it.

A take is cut to its gap later; so it may be longer and larger than needed, never shorter.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pickup.providers.card import CardRule, ModelCard
    from pickup.shots.request import Reference, ShotRequest


@dataclass(frozen=True, slots=True)
class Fit:
    """What to ask for.

    Attributes:
        seconds: length to order; 0 where the model makes nothing long enough.
        size: `1280x720`, one of the card's sizes; empty where the card names none.
        ratio: `16:9`, one of the card's ratios; empty where the card names none.
        resolution: `720p`, one of the card's; empty where the card names none.
        width, height: the raster in square pixels that these mean, even numbers.
    """

    seconds: int
    size: str
    ratio: str
    resolution: str
    width: int
    height: int


class Lengths(NamedTuple):
    """The lengths a model makes: fixed `steps`, or whole seconds up to `top` (0: without end)."""

    steps: tuple[float, ...]
    bottom: float
    top: float
    because: str = ""

    @property
    def longest(self) -> float:
        return max(self.steps, default=self.top)


def fit(card: ModelCard, request: ShotRequest) -> Fit:
    """The nearest ratio, the smallest resolution not below the cut's, the smallest length."""
    shape = display_ratio(request)
    size = _nearest_size(card.sizes, request)
    ratio = min(card.ratios, key=lambda name: _distance(ratio_of(name), shape), default="")
    resolution = _enough_lines(card.resolutions, request)
    width, height = _raster(size, ratio, resolution, request)
    seconds = seconds_for(lengths(card, request, resolution), request)
    return Fit(seconds, size, ratio, resolution, width, height)


def seconds_for(made: Lengths, request: ShotRequest) -> int:
    """The smallest length that fills the gap: handles are welcome, but they are not bought."""
    gap = Fraction(request.frames) / request.rate
    if made.steps:
        enough = [step for step in made.steps if step >= gap]
        return math.ceil(min(enough, default=0))
    seconds = max(math.ceil(gap), math.ceil(made.bottom))
    return 0 if made.top and seconds > math.floor(made.top) else seconds


def longest_frames(card: ModelCard, request: ShotRequest) -> int:
    """The most frames of the request's rate that the model makes at once; 0 is without end.

    Whichever of its frames are bound: where both are, some make less.
    """
    resolution = fit(card, request).resolution
    either = (request, request.model_copy(update={"last_frame": None}))
    ends = [lengths(card, shot, resolution).longest for shot in either]
    whole = [math.floor(end) for end in ends if end]
    return math.floor(min(whole) * request.rate) if whole else 0


def free_seconds(request: ShotRequest) -> Fraction:
    """The length to film where it costs nothing.

    A take that is bound to end on the last frame is as long as the gap, so that it ends there; an
    open one gets a handle at its end.
    """
    tail = 0 if has_frame(request, "last") else request.handles
    return Fraction(request.frames + tail) / request.rate


def binds_last(card: ModelCard, request: ShotRequest) -> bool:
    """Whether a take of this model will end on the request's last frame."""
    with_first = has_frame(request, "first") or not card.last_needs_first
    return card.last_frame and has_frame(request, "last") and with_first


def pictures_taken(card: ModelCard, request: ShotRequest) -> tuple[Reference, ...]:
    """Those of the request's reference images that the model will be shown.

    Where it takes either these or frames, the frames count: a shot must join above all.
    """
    framed = has_frame(request, "first") or has_frame(request, "last")
    if card.references_or_frames and framed:
        return ()
    return request.pictures[: card.references]


def frames_taken(card: ModelCard, request: ShotRequest) -> tuple[str, ...]:
    """`first` and `last`: those of the request's frames that the model will be shown."""
    first = card.first_frame and has_frame(request, "first")
    last = card.last_frame and has_frame(request, "last") and (first or not card.last_needs_first)
    return tuple(name for name, taken in (("first", first), ("last", last)) if taken)


def lengths(card: ModelCard, request: ShotRequest, resolution: str) -> Lengths:
    """The lengths that the card allows for this request, its rules applied."""
    made = Lengths(card.durations, card.min_seconds, card.max_seconds)
    for rule in card.rules:
        if rule.references and not pictures_taken(card, request):
            continue
        if _holds(rule, request, resolution):
            made = Lengths(
                rule.durations or made.steps,
                made.bottom,
                rule.max_seconds or made.top,
                rule.because or made.because,
            )
    return made


def estimate(
    card: ModelCard, seconds: float, resolution: str = "", *, audio: bool = False
) -> Decimal | None:
    """USD for one take; None where nobody knows the price.

    Where the resolution has no price of its own, the dearest is taken: an estimate may be too
    high, never too low.
    """
    if card.local:
        return Decimal(0)
    if not card.prices:
        return None
    names = [f"{resolution}+audio", resolution, ""] if audio else [resolution, ""]
    price = next((card.prices[n] for n in names if n in card.prices), max(card.prices.values()))
    return (price * Decimal(str(seconds))).quantize(Decimal("0.0001"))


def estimate_shot(card: ModelCard, request: ShotRequest, *, seconds: int = 0) -> Decimal | None:
    """USD for all takes of a shot, as they would be ordered; None where nobody knows the price.

    Args:
        seconds: the length to order where it is not what the shot needs, as for an extension.
    """
    asked = fit(card, request)
    name = asked.size if asked.size in card.prices else asked.resolution
    seconds = seconds or asked.seconds or math.ceil(Fraction(request.frames) / request.rate)
    one = estimate(card, seconds, name, audio=request.audio)
    return None if one is None else one * request.takes


def display_ratio(request: ShotRequest) -> Fraction:
    """Width by height of the picture as it is seen, anamorphic pixels stretched."""
    return Fraction(request.width, request.height) * request.pixel_aspect


def ratio_of(name: str) -> Fraction:
    """`16:9` or `1280x720` as a fraction."""
    width, height = pair_of(name)
    return Fraction(width, height)


def pair_of(name: str) -> tuple[int, int]:
    """The two whole numbers of `1280x720` or `16:9`."""
    match = re.fullmatch(r"([1-9]\d{0,4})[x:]([1-9]\d{0,4})", name.strip())
    if not match:
        raise ValueError(f"{name!r} is neither a size nor a ratio")
    return int(match[1]), int(match[2])


def lines_of(resolution: str) -> int:
    """The short side that a quality step means: 720 for `720p`, 2160 for `4K`."""
    match = re.fullmatch(r"(\d{1,5})\s*([kKpPiI]?)", resolution.strip())
    if not match:
        return 0
    number = int(match[1])
    return {1: 1080, 2: 1440}.get(number, number * 540) if match[2] in "kK" and match[2] else number


def _holds(rule: CardRule, request: ShotRequest, resolution: str) -> bool:
    if rule.resolutions and resolution not in rule.resolutions:
        return False
    return not rule.both_frames or (has_frame(request, "first") and has_frame(request, "last"))


def has_frame(request: ShotRequest, which: str) -> bool:
    """Whether the PNG of the `first` or the `last` frame is there to be sent."""
    frame = request.first_frame if which == "first" else request.last_frame
    return frame is not None and bool(frame.file)


def _distance(ratio: Fraction, other: Fraction) -> float:
    return round(abs(math.log(ratio / other)), 2)


def _nearest_size(sizes: Iterable[str], request: ShotRequest) -> str:
    shape = display_ratio(request)
    near = list(sizes)
    if not near:
        return ""
    best = min(_distance(ratio_of(name), shape) for name in near)
    near = [name for name in near if _distance(ratio_of(name), shape) == best]
    return _smallest_enough(((min(pair_of(name)), name) for name in near), _short_side(request))


def _enough_lines(resolutions: Iterable[str], request: ShotRequest) -> str:
    steps = [(lines_of(name), name) for name in resolutions]
    return _smallest_enough(iter(steps), _short_side(request)) if steps else ""


def _smallest_enough(steps: Iterator[tuple[int, str]], needed: int) -> str:
    ordered = sorted(steps, key=lambda step: step[0])
    return next((name for lines, name in ordered if lines >= needed), ordered[-1][1])


def _short_side(request: ShotRequest) -> int:
    return min(round(request.width * request.pixel_aspect), request.height)


def _raster(size: str, ratio: str, resolution: str, request: ShotRequest) -> tuple[int, int]:
    if size:
        return pair_of(size)
    shape = ratio_of(ratio) if ratio else display_ratio(request)
    short = lines_of(resolution) or _short_side(request)
    if shape >= 1:
        return _even(short * shape), _even(Fraction(short))
    return _even(Fraction(short)), _even(short / shape)


def _even(value: Fraction) -> int:
    return max(2, round(value / 2) * 2)
