"""FCPXML's numbers: rational seconds, frame durations, and what Apple's format names mean."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from pickup.cut.model import Raster
from pickup.timing import snap_rate

_TIME = re.compile(r"^\s*(-?\d{1,20})(?:/(\d{1,20})|(\.\d{1,18}))?\s*s?\s*$", re.ASCII)
_NAME = re.compile(r"(?:(\d{3,5})x)?(\d{3,4})([ip])(\d{2,5})(?:_|$)", re.ASCII)

_MAX_DIVISOR = (1 << 31) - 1
_NANO = 1_000_000_000

_WIDTHS = {480: 720, 540: 960, 576: 720, 720: 1280, 1080: 1920}
_STANDARD = {(1920, 1080): "1080", (1280, 720): "720", (3840, 2160): "3840x2160"}
_RATE_NAMES = {
    Fraction(24000, 1001): "2398",
    Fraction(30000, 1001): "2997",
    Fraction(60000, 1001): "5994",
    **{Fraction(n): str(n) for n in (24, 25, 30, 50, 60)},
}


@lru_cache(maxsize=1 << 16)
def parse_time(text: str) -> Fraction:
    """Seconds in `"1001/24000s"`, `"5s"` or `"2.5s"`.

    Raises:
        ValueError: not a time.
    """
    match = _TIME.match(text)
    if match is None:
        raise ValueError(text)
    whole, divisor, decimals = match.groups()
    if divisor is None:
        return Fraction(whole + (decimals or ""))
    if int(divisor) == 0:
        raise ValueError(text)
    return Fraction(int(whole), int(divisor))


def time_text(seconds: Fraction) -> str:
    """The inverse of `parse_time`, in lowest terms; Final Cut's divisors have 32 bits."""
    if seconds.denominator > _MAX_DIVISOR:
        seconds = Fraction(round(seconds * _NANO), _NANO)
    n, d = seconds.numerator, seconds.denominator
    return f"{n}s" if d == 1 else f"{n}/{d}s"


def frame_text(frames: int, rate: Fraction) -> str:
    """Whole frames as Final Cut writes them, on the rate's own denominator: `"48048/24000s"`."""
    if frames % rate.numerator == 0:
        return time_text(Fraction(frames) / rate)
    if rate.denominator == 1:
        return f"{frames * 100}/{rate.numerator * 100}s"
    return f"{frames * rate.denominator}/{rate.numerator}s"


def rate_of_name(name: str) -> Fraction | None:
    """Frames per second in a name such as `FFVideoFormat1080i5994`; fields are paired."""
    match = _NAME.search(name)
    if match is None:
        return None
    digits, interlaced = match[4], match[3] == "i"
    number = Fraction(int(digits), 100) if len(digits) > 3 else Fraction(int(digits))
    if number <= 0:
        return None
    return snap_rate(number) / (2 if interlaced and number >= 48 else 1)


def raster_of_name(name: str) -> Raster | None:
    """The picture's size in a name such as `FFVideoFormat1080p24`."""
    match = _NAME.search(name)
    if match is None:
        return None
    height = int(match[2])
    width = int(match[1]) if match[1] else _WIDTHS.get(height)
    return Raster(width, height) if width else None


def name_of(raster: Raster, rate: Fraction) -> str:
    """Apple's name of a usual format, or nothing."""
    size = _STANDARD.get((raster.width, raster.height))
    speed = _RATE_NAMES.get(rate)
    return f"FFVideoFormat{size}p{speed}" if size and speed and raster.pixel_aspect == 1 else ""
