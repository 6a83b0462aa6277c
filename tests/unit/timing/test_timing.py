"""Exact time: rates, timecode and ranges."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio.opentime import RationalTime, to_timecode

from pickup.timing import (
    COMMON_RATES,
    FrameRange,
    RateError,
    TimecodeError,
    frames_to_timecode,
    parse_rate,
    rate_text,
    snap_rate,
    timecode_to_frames,
    to_frames,
    to_seconds,
)

NTSC_24 = Fraction(24000, 1001)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (23.976, NTSC_24),
        (23.98, NTSC_24),
        (23.976023976023978, NTSC_24),
        (24000 / 1001, NTSC_24),
        ("24000/1001", NTSC_24),
        (24, Fraction(24)),
        (24.0, Fraction(24)),
        ("29.97", Fraction(30000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (59.9401, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (12.5, Fraction(25, 2)),
        (48000, Fraction(48000)),
    ],
)
def test_rates_are_exact_however_they_are_written(written, meant):
    assert snap_rate(written) == meant


@pytest.mark.parametrize("nonsense", [0, -24, float("nan"), float("inf"), "fast", "1/0", "", None])
def test_what_is_no_rate_is_refused(nonsense):
    with pytest.raises(RateError):
        snap_rate(nonsense)


@given(st.sampled_from(COMMON_RATES))
def test_rates_survive_as_text_and_as_float(rate):
    assert parse_rate(rate_text(rate)) == rate
    assert snap_rate(float(rate)) == rate


@given(st.integers(0, 10_000_000), st.sampled_from(COMMON_RATES))
def test_frames_survive_as_seconds(frame, rate):
    assert to_frames(to_seconds(frame, rate), rate) == frame


@given(
    st.integers(0, 2_073_599),
    st.sampled_from(
        [
            (NTSC_24, False),
            (Fraction(25), False),
            (Fraction(50), False),
            (Fraction(30000, 1001), False),
            (Fraction(30000, 1001), True),
            (Fraction(60000, 1001), True),
        ]
    ),
)
def test_timecode_agrees_with_opentimelineio(frame, kind):
    rate, drop = kind
    expected = to_timecode(RationalTime(frame, float(rate)), float(rate), drop)
    text = frames_to_timecode(frame, rate, drop=drop)
    assert text == expected
    assert timecode_to_frames(text, rate) == frame


def test_drop_frame_skips_labels_and_no_frames():
    rate = Fraction(30000, 1001)
    assert frames_to_timecode(1800, rate, drop=True) == "00:01:00;02"
    assert timecode_to_frames("00:01:00;02", rate) == 1800
    assert timecode_to_frames("01:00:00;00", rate) == 107892
    assert timecode_to_frames("01:00:00:00", rate) == 108000


def test_drop_frame_is_ignored_where_a_rate_has_none():
    assert frames_to_timecode(1500, Fraction(25), drop=True) == "00:01:00:00"


def test_the_clock_goes_round():
    assert frames_to_timecode(24 * 3600 * 25 + 1, Fraction(25)) == "00:00:00:01"


def test_three_digits_above_a_hundred_frames():
    assert frames_to_timecode(119, Fraction(120)) == "00:00:00:119"


@pytest.mark.parametrize("text", ["", "1:2", "00:00:61:00", "00:00:00:24", "aa:bb:cc:dd"])
def test_what_is_no_timecode_is_refused(text):
    with pytest.raises(TimecodeError):
        timecode_to_frames(text, Fraction(24))


def test_ranges_are_half_open():
    left, right = FrameRange(0, 10), FrameRange(10, 20)
    assert not left.overlaps(right)
    assert left.intersection(right) is None
    assert FrameRange(5, 15).intersection(right) == FrameRange(10, 15)
    assert FrameRange(0, 20).contains(right)
    assert right.duration == 10
