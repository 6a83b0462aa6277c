"""Lettering: legible, inside the frame, never longer than three lines, never an empty box."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pickup.providers.animatic import lettering as module
from pickup.providers.animatic.lettering import Lettering, letter_corner, letter_slate
from pickup.providers.animatic.pictures import Picture, Raster, to_picture

RASTER = Raster(1280, 720)
RASTERS = [RASTER, Raster(720, 576, Fraction(16, 11)), Raster(1080, 1920), Raster(321, 181)]


def plain(level: int, raster: Raster = RASTER) -> Picture:
    return to_picture(np.full((raster.height, raster.width, 3), level, np.uint8), raster)


def marked(lettering: Lettering | None, raster: Raster = RASTER, level: int = 100) -> np.ndarray:
    """Where the lettering shows."""
    assert lettering
    before, after = plain(level, raster), None
    after = lettering.over(before, 1.0)
    return np.abs(after.planes[0].astype(int) - before.planes[0]) > 30


@pytest.mark.parametrize("raster", RASTERS, ids=str)
def test_stays_in_the_safe_corner(raster: Raster) -> None:
    rows, columns = np.nonzero(marked(letter_corner("SH010", "Close on her hands", raster), raster))
    assert rows.min() > raster.height * 0.6
    assert rows.max() < raster.height * 0.97
    assert columns.min() > raster.width * 0.02
    assert columns.max() < raster.width * 0.9


@pytest.mark.parametrize("raster", RASTERS, ids=str)
def test_stands_centred_on_a_slate(raster: Raster) -> None:
    rows, columns = np.nonzero(marked(letter_slate("SH010", "Close on her hands", raster), raster))
    assert rows.min() > raster.height * 0.5
    assert (columns.min() + columns.max()) / 2 == pytest.approx(raster.width / 2, rel=0.03)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_is_legible_on_every_ground(level: int) -> None:
    lettering = letter_corner("SH010", "Close on her hands", RASTER)
    assert lettering
    left, top, right, bottom = lettering.box
    shown = lettering.over(plain(level), 1.0).planes[0][top:bottom, left:right].astype(int)
    assert np.ptp(shown) > 100


def test_leaves_the_colour_of_what_is_not_lettered() -> None:
    picture = to_picture(np.full((720, 1280, 3), (180, 60, 60), np.uint8), RASTER)
    lettering = letter_corner("SH010", "words", RASTER)
    assert lettering
    left, top, right, bottom = lettering.box
    outside = np.ones((720, 1280), bool)
    outside[top:bottom, left:right] = False
    shown = lettering.over(picture, 1.0)
    assert np.array_equal(shown.planes[0][outside], picture.planes[0][outside])
    assert lettering.over(picture, 0.0) is picture


def test_fades() -> None:
    lettering = letter_corner("SH010", "words", RASTER)
    assert lettering
    spans = [np.ptp(lettering.over(plain(20), o).planes[0].astype(int)) for o in (0.2, 0.5, 1.0)]
    assert spans[0] < spans[1] < spans[2]


def test_letters_nothing_where_nothing_could_be_read() -> None:
    assert letter_corner("SH010", "words", Raster(160, 90)) is None
    assert letter_slate("SH010", "words", Raster(160, 90)) is None


def test_wraps_long_words_to_three_lines_with_an_ellipsis() -> None:
    font = module._latin(20)
    lines = module._wrapped("she remembers the garden of her grandmother " * 9, font, 300)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert not lines[0].endswith("…")
    assert all(font.getlength(line) <= 300 for line in lines)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.integers(40, 900))
def test_no_line_is_wider_than_allowed(text: str, width: int) -> None:
    words, font = module._drawable(text, 18)
    lines = module._wrapped(words, font, width)
    assert len(lines) <= 3
    assert all(font.getlength(line) <= width for line in lines)


def test_breaks_within_a_word_that_is_too_long() -> None:
    font = module._latin(20)
    lines = module._wrapped("x" * 200, font, 300)
    assert len(lines) == 3
    assert lines[0] == "x" * len(lines[0])


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_draws_only_signs_that_its_face_has(text: str) -> None:
    words, font = module._drawable(text, 16)
    empty = bytes(font.getmask("\U0010fffe"))
    assert not any(bytes(font.getmask(sign)) == empty for sign in words if sign != " ")


def test_strips_an_accent_rather_than_the_letter() -> None:
    words, _ = module._drawable("Großmutters Küche — «déjà vu»", 16)
    assert words == "Großmutters Küche — «déjà vu»"
    assert module._drawable("ḡ", 16)[0] in ("ḡ", "g")


def test_leaves_out_what_no_face_can_draw_with_its_comma(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FACES", ())
    module._drawable.cache_clear()
    assert module._drawable("the kitchen, 夜の台所, at night \U0001f319", 16)[0] == (
        "the kitchen, at night"
    )
    module._drawable.cache_clear()


@pytest.mark.parametrize("words", ["", "   ", "夜" * 40, "a\nb\tc\x00\x07", "‮abc", "😀"])
def test_takes_any_words(words: str) -> None:
    for raster in RASTERS:
        for letter in (letter_corner, letter_slate):
            lettering = letter("SH010", words, raster)
            assert lettering
            assert lettering.over(plain(90, raster), 1.0)
