"""Time, exactly: the only place that converts.

Rates are fractions (24000/1001), positions are whole frames at a stated rate, ranges are half-open,
and instants at different rates are compared in seconds as fractions. Floats and timecode appear
only when shown to a person.
"""

from pickup.timing.ranges import FrameRange
from pickup.timing.rates import (
    COMMON_RATES,
    RateError,
    nominal,
    parse_rate,
    rate_text,
    snap_rate,
    to_frames,
    to_seconds,
)
from pickup.timing.timecode import TimecodeError, frames_to_timecode, timecode_to_frames

__all__ = [
    "COMMON_RATES",
    "FrameRange",
    "RateError",
    "TimecodeError",
    "frames_to_timecode",
    "nominal",
    "parse_rate",
    "rate_text",
    "snap_rate",
    "timecode_to_frames",
    "to_frames",
    "to_seconds",
]
