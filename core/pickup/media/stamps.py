"""When frames show: rates and time stamps of a stream, read from its packets without decoding."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from pickup.media.opening import decoding, open_movie, video_stream
from pickup.timing import COMMON_RATES, RateError, snap_rate

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.stream import VideoStream

_COMMON = frozenset(COMMON_RATES)
_NEAR = Fraction(1, 50)

TIMELESS = frozenset({"avi", "h264", "hevc", "m4v", "mpeg", "mpegvideo", "obu"})
"""Demuxers that give no presentation times, or only the order of decoding as if it were one."""


def stream_rate(stream: VideoStream) -> Fraction:
    """A stream's nominal rate: its average, or the base rate where that is what was meant.

    A last frame of odd length, or a phone that drops a few, moves the average off the common rate
    that the file was shot at.
    """
    rates = [_snapped(r) for r in (stream.average_rate, stream.base_rate, stream.guessed_rate)]
    average, base, guessed = rates
    if average in _COMMON:
        return average
    if base in _COMMON and average is not None and abs(base / average - 1) < _NEAR:
        return base
    return average or guessed or base or Fraction(25)


def _snapped(rate: Fraction | None) -> Fraction | None:
    if rate is None or not 0 < rate <= 1000:
        return None
    try:
        return snap_rate(rate)
    except RateError:
        return None


@dataclass(frozen=True, slots=True)
class Stamps:
    """The count of a stream's frames.

    Attributes:
        frames: how many frames at the nominal rate it fills; None for none at all.
        variable: the frames do not come evenly.
    """

    frames: int | None
    variable: bool

    @classmethod
    def scan(cls, path: Path, rate: Fraction) -> Stamps:
        """Read all packets of the first video stream.

        Raises:
            MediaError: it cannot be opened.
        """
        with open_movie(path) as container, decoding(path):
            stream = video_stream(container, path)
            if stream is None or stream.time_base is None:
                return cls(None, False)
            packets = [
                (packet.pts, packet.duration or 0)
                for packet in container.demux(stream)
                if packet.size and not packet.is_discard
            ]
            times = sorted((pts, length) for pts, length in packets if pts is not None)
            if container.format.name in TIMELESS or len(times) < len(packets) or not times:
                return cls(len(packets) or None, False)
            return cls._timed(times, rate * stream.time_base)

    @classmethod
    def _timed(cls, times: list[tuple[int, int]], per_tick: Fraction) -> Stamps:
        """Count stamped packets; `per_tick` is frames per unit of time."""
        steps = [(b[0] - a[0]) * per_tick for a, b in pairwise(times)]
        # A container that counts milliseconds rounds each stamp by up to one of them.
        slack = max(Fraction(1, 4), per_tick)
        variable = any(abs(step - 1) > slack for step in steps)
        span = (times[-1][0] - times[0][0]) * per_tick
        length = max(Fraction(1), times[-1][1] * per_tick) if variable else Fraction(1)
        return cls(max(1, round(span + length)), variable)
