"""Rational seconds, frame durations and Apple's format names."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.cut.formats.fcpxml.times import (
    frame_text,
    name_of,
    parse_time,
    raster_of_name,
    rate_of_name,
    time_text,
)
from pickup.cut.model import Raster
from pickup.timing import to_frames


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1001/24000s", Fraction(1001, 24000)),
        ("5s", Fraction(5)),
        ("0s", Fraction(0)),
        ("-3/2s", Fraction(-3, 2)),
        ("2.5s", Fraction(5, 2)),
        ("12", Fraction(12)),
        (" 3600s ", Fraction(3600)),
        ("8648640000/2400000s", Fraction(18018, 5)),
    ],
)
def test_times_are_exact(text: str, seconds: Fraction):
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "1/0s", "x", "1e9s", "1/2/3s", "NaN", "1" * 40, "1//2"])
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(ValueError, match=r".*"):
        parse_time(text)


@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6))
def test_times_come_back(seconds: Fraction):
    assert parse_time(time_text(seconds)) == seconds


@given(
    st.integers(0, 10**7),
    st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(60000, 1001), Fraction(24)]),
)
def test_frames_come_back(frames: int, rate: Fraction):
    assert to_frames(parse_time(frame_text(frames, rate)), rate) == frames


def test_divisors_fit_final_cut():
    text = time_text(Fraction(1, 3**40))
    assert int(text.split("/")[-1].rstrip("s")) < 1 << 31


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("FFVideoFormat1080p24", Fraction(24)),
        ("FFVideoFormat1080p2398", Fraction(24000, 1001)),
        ("FFVideoFormat720p2997", Fraction(30000, 1001)),
        ("FFVideoFormat1080i50", Fraction(25)),
        ("FFVideoFormat1080i5994", Fraction(30000, 1001)),
        ("FFVideoFormatDV720x576i50_16x9", Fraction(25)),
        ("FFVideoFormat3840x2160p60", Fraction(60)),
        ("FFVideoFormat4096x2160p11988", Fraction(120000, 1001)),
        ("FFVideoFormatRateUndefined", None),
        ("", None),
    ],
)
def test_rates_in_names(name: str, rate: Fraction | None):
    assert rate_of_name(name) == rate


@pytest.mark.parametrize(
    ("name", "raster"),
    [
        ("FFVideoFormat1080p24", Raster(1920, 1080)),
        ("FFVideoFormat720p2997", Raster(1280, 720)),
        ("FFVideoFormat3840x2160p60", Raster(3840, 2160)),
        ("FFVideoFormatRateUndefined", None),
    ],
)
def test_rasters_in_names(name: str, raster: Raster | None):
    assert raster_of_name(name) == raster


def test_usual_formats_are_named():
    assert name_of(Raster(1920, 1080), Fraction(24000, 1001)) == "FFVideoFormat1080p2398"
    assert name_of(Raster(1920, 1081), Fraction(25)) == ""
    assert name_of(Raster(1920, 1080, Fraction(4, 3)), Fraction(25)) == ""
