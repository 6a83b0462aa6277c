"""A reference frame says how wide its pixels are, and the local model believes it."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from pickup.media.images import png


@pytest.mark.parametrize("aspect", [Fraction(16, 15), Fraction(4, 3), Fraction(10, 11)])
def test_pixels_that_are_not_square_are_told(aspect):
    with Image.open(io.BytesIO(png(np.zeros((8, 8, 3), np.uint8), aspect))) as picture:
        across, down = picture.info["aspect"]
        assert Fraction(down, across) == aspect
        picture.load()


def test_square_pixels_need_no_word():
    with Image.open(io.BytesIO(png(np.zeros((8, 8, 3), np.uint8)))) as picture:
        assert "aspect" not in picture.info


def test_a_squeezed_reference_is_shown_in_its_own_shape(tmp_path):
    """1440×1080 at 4:3 pixels fills 1920×1080: nothing of it is cut away."""
    from pickup.providers.animatic.pictures import Raster, open_picture

    rgb = np.zeros((108, 144, 3), np.uint8)
    rgb[:, :4] = rgb[:, -4:] = 255
    path = tmp_path / "ref.png"
    path.write_bytes(png(rgb, Fraction(4, 3)))
    picture = open_picture(path, Raster(192, 108, Fraction(1)))
    luma = picture.planes[0]
    assert luma[54, 2] > 200
    assert luma[54, -3] > 200
