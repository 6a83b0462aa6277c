"""The light that words name, and the slate it makes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.providers.animatic.light import PLAIN, Light, read_light
from pickup.providers.animatic.pictures import Raster
from pickup.providers.animatic.slate import Grain, draw_slate

RASTER = Raster(320, 180)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("INT. KITCHEN - NIGHT, by candlelight", "candle"),
        ("INT. KITCHEN - NIGHT", "night"),
        ("INT. KITCHEN - DAY", "interior"),
        ("EXT. FIELD - DAY", "day"),
        ("Golden hour on the beach", "golden hour"),
        ("at dusk", "dusk"),
        ("sunrise over the bay", "dawn"),
        ("under a bare bulb", "tungsten"),
        ("moonlit courtyard", "moonlight"),
        ("neon in the rain", "neon"),
        ("grey sky, drizzle", "overcast"),
        ("high noon", "noon"),
        ("the hospital corridor", "fluorescent"),
        ("a hand on a table", "plain"),
        ("in the afternoon", "day"),
        ("Knight and daybed", "plain"),
    ],
)
def test_reads_the_light_that_the_words_name(words: str, name: str) -> None:
    assert read_light(words).name == name


def test_prefers_the_first_source_that_names_one() -> None:
    assert read_light("", "a face", "at dusk", "at noon").name == "dusk"
    assert read_light() is PLAIN


@given(st.text(max_size=200))
def test_reads_any_text_at_all(text: str) -> None:
    assert isinstance(read_light(text), Light)


def luma(words: str, seed: int = 0, raster: Raster = RASTER) -> np.ndarray:
    return draw_slate(read_light(words), raster, seed).planes[0].astype(float)


def test_is_darker_at_night_than_at_noon_and_warm_by_candle() -> None:
    assert luma("night").mean() + 60 < luma("noon").mean()
    candle, moon = (draw_slate(read_light(w), RASTER, 0).planes for w in ("candle", "moonlight"))
    assert candle[2].mean() > 130 > moon[2].mean()


def test_lights_the_side_that_the_seed_chooses() -> None:
    left, right = luma("night", 0), luma("night", 1)
    assert left[:, :160].mean() > left[:, 160:].mean()
    assert right[:, :160].mean() < right[:, 160:].mean()


def test_draws_the_same_picture_for_any_pixel_shape() -> None:
    wide = luma("dusk", raster=Raster(720, 576, Fraction(64, 45)))
    square = luma("dusk", raster=Raster(1024, 576))
    narrow = square[:, np.linspace(0, 1023, 720).round().astype(int)]
    assert np.abs(wide - narrow).mean() < 1.5


def test_has_no_banding_wider_than_its_dither() -> None:
    row = luma("night", raster=Raster(1920, 1080))[300]
    runs = np.diff(np.flatnonzero(np.diff(row) != 0))
    assert runs.max() < 96


def test_grain_is_fine_and_repeats_only_with_seed_and_frame() -> None:
    picture = draw_slate(PLAIN, RASTER, 0)
    one, same = (Grain(RASTER, 4).over(picture, 6).planes[0] for _ in range(2))
    later = Grain(RASTER, 4).over(picture, 8).planes[0]
    assert np.array_equal(one, same)
    assert not np.array_equal(one, later)
    spread = (one.astype(int) - picture.planes[0]).std()
    assert 0.3 < spread < 2.5
