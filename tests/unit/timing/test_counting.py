"""Timecode held against a clock that is counted forwards, label by label."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.timing import (
    COMMON_RATES,
    RateError,
    TimecodeError,
    frames_to_timecode,
    nominal,
    parse_rate,
    snap_rate,
    timecode_to_frames,
    to_frames,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def drop_labels(fps: int) -> Iterator[str]:
    """The labels of drop-frame timecode, by its rule (SMPTE ST 12-1): the first `fps / 15` numbers
    of a minute are left out, but not in every tenth."""
    width = len(str(fps - 1))
    minute = 0
    while True:
        for second in range(60):
            for frame in range(fps):
                if second == 0 and frame < fps // 15 and minute % 10:
                    continue
                hours, rest = divmod(minute, 60)
                yield f"{hours:02d}:{rest:02d}:{second:02d};{frame:0{max(2, width)}d}"
        minute += 1


@pytest.mark.parametrize("rate", ["30000/1001", "60000/1001", "120000/1001"])
def test_drop_frame_counts_as_its_rule_says(rate: str):
    exact = parse_rate(rate)
    fps = nominal(exact)
    for frame, label in enumerate(islice(drop_labels(fps), fps * 60 * 11 + 99)):
        if frame % 997 in (0, 1) or label.endswith((f":59;{fps - 1}", ";02", ";04", ";08")):
            assert frames_to_timecode(frame, exact, drop=True) == label
            assert timecode_to_frames(label, exact) == frame


@given(st.integers(0, 10_000_000), st.sampled_from(COMMON_RATES), st.booleans())
def test_a_timecode_names_its_frame_within_a_day(frame: int, rate: Fraction, drop: bool):
    text = frames_to_timecode(frame, rate, drop=drop)
    day = timecode_to_frames("24:00:00:00", rate, drop=";" in text)
    assert timecode_to_frames(text, rate) == frame % day


@given(st.integers(-1_000_000, -1), st.sampled_from(COMMON_RATES))
def test_before_zero_it_has_a_sign(frame: int, rate: Fraction):
    text = frames_to_timecode(frame, rate)
    assert text.startswith("-")
    assert timecode_to_frames(text, rate) == frame


@given(st.sampled_from(COMMON_RATES), st.fractions(0, 100_000))
def test_neighbours_share_an_edge_and_leave_no_frame_out(rate: Fraction, seconds: Fraction):
    """Whatever an instant rounds to, a clip that ends there and one that begins there agree."""
    frame = to_frames(seconds, rate)
    assert abs(frame - seconds * rate) <= Fraction(1, 2)
    assert to_frames(seconds + 1 / rate, rate) == frame + 1


@pytest.mark.parametrize("half", [Fraction(1, 2), Fraction(3, 2), Fraction(-1, 2), Fraction(-3, 2)])
def test_halves_go_up_on_both_sides_of_zero(half: Fraction):
    assert to_frames(half / 24, Fraction(24)) == half + Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "rate", "frame"),
    [
        ("01:00:00.12", "25", 90012),
        ("01:00:00,12", "30000/1001", 107904),
        (" 1:0:0:0 ", "25", 90000),
        ("100:00:00:00", "24", 8640000),
        ("00:00:00:119", "120", 119),
        ("00:01:00;00", "25", 1500),
        ("23:59:59:23", "24000/1001", 2073599),
    ],
)
def test_however_programs_write_it(text: str, rate: str, frame: int):
    assert timecode_to_frames(text, parse_rate(rate)) == frame


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("00:60:00:00", "25"),
        ("00:00:60:00", "25"),
        ("00:00:00:25", "25"),
        ("00:00:00", "25"),
        ("00:00:00:00:00", "25"),
        ("--1:00:00:00", "25"),
        ("٠٠:٠٠:٠٠:٢٤", "24"),
        ("1e3:00:00:00", "24"),
    ],
)
def test_what_names_no_frame(text: str, rate: str):
    with pytest.raises(TimecodeError, match="not a timecode"):
        timecode_to_frames(text, parse_rate(rate))


@pytest.mark.parametrize("text", ["24/0", "-24", "1e2", "24fps", "9" * 40, "0x18", "24 / 1", "²⁴"])
def test_what_is_no_rate(text: str):
    with pytest.raises(RateError):
        parse_rate(text)


@pytest.mark.parametrize(
    ("near", "exact"),
    [
        (23.98, Fraction(24000, 1001)),
        (14.985, Fraction(15000, 1001)),
        (47.952, Fraction(48000, 1001)),
        (89.91, Fraction(90000, 1001)),
        (71.99, Fraction(72)),
        (99.99, Fraction(100)),
        (12.5, Fraction(25, 2)),
        (18, Fraction(18)),
    ],
)
def test_a_rate_that_was_rounded(near: float, exact: Fraction):
    assert snap_rate(near) == exact
