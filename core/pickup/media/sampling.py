"""Which frame of a take shows at each frame of the conformed clip: pure arithmetic, no media.

A take is seldom at the cut's rate and seldom as long as its gap. It is sampled in time: each frame
of the clip shows the take's frame nearest to its instant. Nothing is blended or invented.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from pickup.timing import rate_text

RELABEL = Fraction(1, 500)
"""Rates this close (24 and 23.976) are played frame for frame."""

STRETCH = Fraction(1, 20)
"""The most that a take is slowed or hastened to fit; beyond it, motion looks wrong."""

HASTEN = Fraction(1)
"""The most that a take is hastened so that it ends on the frame it was made to end on.

Models make no less than three or four seconds. Twice the speed is seen; a join that jumps is worse.
"""

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class TakeLength:
    """What a take offers, in its own frames.

    Attributes:
        frames: all of them.
        rate: a second's worth.
        head, tail: how many of them lie before the first and after the last visible one.
    """

    frames: int
    rate: Fraction
    head: int = 0
    tail: int = 0

    @property
    def visible(self) -> int:
        return max(1, self.frames - self.head - self.tail)


@dataclass(frozen=True, slots=True)
class Sampling:
    """The map from frames of the clip to frames of the take.

    Attributes:
        first: the take's frame that shows at the clip's visible frame 0.
        step: frames of the take for each frame of the clip.
        last: the take's last frame, which is held when the clip goes on.
        head, tail: handle frames of the clip that the take can give.
        changes: what was done to the take's timing, one sentence each.
    """

    first: int
    step: Fraction
    last: int
    head: int
    tail: int
    changes: tuple[str, ...] = ()

    def source(self, frame: int) -> int:
        """The take's frame for a frame of the clip, counted from the first visible one."""
        return min(max(self.first + math.floor(frame * self.step + _HALF), 0), self.last)


def sample(
    take: TakeLength,
    frames: int,
    rate: Fraction,
    *,
    head: int = 0,
    tail: int = 0,
    fit_ends: bool = False,
) -> Sampling:
    """How a take fills `frames` at `rate`, with up to `head` and `tail` handle frames.

    Args:
        take: must have a frame beyond its own head.
        frames: visible frames of the clip.
        rate: the clip's.
        head, tail: handles wanted.
        fit_ends: the take was made to end on a frame that is the next one in the cut, so its last
            visible frame must land on the clip's.
    """
    natural, changes = _natural_step(take.rate, rate)
    step = _fitted_step(take, frames, natural, fit_ends)
    if abs(step / natural - 1) > Fraction(1, 1000):
        word = "slowed" if step < natural else "hastened"
        changes.append(f"{word} by {float(abs(step / natural - 1)) * 100:.1f} % to fit its gap")
    # The take's pictures last until its end, so that is where holding begins and handles stop.
    beyond = math.ceil((take.frames - take.head) / step) - 1
    held = max(0, frames - 1 - beyond)
    if held:
        changes.append(f"padded {held} {_frames(held)} by holding the last")
    given_tail = max(0, min(tail, beyond - (frames - 1)))
    left = math.floor((beyond - (frames - 1) - given_tail) * step) - take.tail
    if left > 0:
        changes.append(f"trimmed {left} {_frames(left)} at its end")
    if fit_ends and step == natural and take.visible - 1 > (frames - 1) * step + 1:
        changes.append("it ends before the last frame that it was made to reach")
    given_head = min(head, math.floor(take.head / step))
    return Sampling(take.head, step, take.frames - 1, given_head, given_tail, tuple(changes))


def _natural_step(source: Fraction, rate: Fraction) -> tuple[Fraction, list[str]]:
    """Frames of the take for one of the clip at true speed, and what to say of it."""
    if source == rate:
        return Fraction(1), []
    between = f"{_rate(source)} to {_rate(rate)} frames a second"
    if abs(source / rate - 1) <= RELABEL:
        return Fraction(1), [f"relabelled from {between}, frame for frame"]
    return source / rate, [f"retimed from {between}, each frame the nearest in time"]


def _fitted_step(take: TakeLength, frames: int, natural: Fraction, fit_ends: bool) -> Fraction:
    """The natural step, or the one that brings the last frames together where that is allowed."""
    if frames < 2 or take.visible < 2:
        return natural
    fitted = Fraction(take.visible - 1, frames - 1)
    short = (frames - 1) * natural >= take.visible
    faster = HASTEN if fit_ends else STRETCH
    allowed = -STRETCH <= fitted / natural - 1 <= faster
    return fitted if allowed and (fit_ends or short) else natural


def _rate(rate: Fraction) -> str:
    return rate_text(rate) if rate.denominator == 1 else f"{float(rate):.3f}".rstrip("0")


def _frames(count: int) -> str:
    return "frame" if count == 1 else "frames"
