"""A short gap between pictures of one scene is bridged by their motion, any other is not."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.providers.orders import blotches, psnr

from pickup.providers.animatic.bridge import LONGEST, Bridge, bridge, similarity
from pickup.providers.animatic.pictures import Picture, Raster, to_picture

SIZE = (320, 180)


def picture(seed: int, shift: int = 0, size: tuple[int, int] = SIZE) -> Picture:
    return to_picture(blotches(size, seed, shift), Raster(*size))


def test_tells_a_moved_scene_from_another() -> None:
    moved, other = similarity(picture(1), picture(1, 12)), similarity(picture(1), picture(2))
    assert min(moved) > 0.85
    assert min(other) < 0.5


def test_bridges_only_a_short_gap_between_like_pictures() -> None:
    assert bridge(picture(1), picture(1, 12), 1.0)
    assert bridge(picture(1), picture(1, 12), LONGEST + 0.1) is None
    assert bridge(picture(1), picture(2), 1.0) is None


def test_bridges_nothing_where_there_is_too_little_to_see() -> None:
    small = picture(1, size=(40, 24))
    assert bridge(small, small, 1.0) is None


def test_takes_plain_pictures_for_alike_only_when_they_are() -> None:
    levels = (np.full((180, 320, 3), level, np.uint8) for level in (60, 61, 180))
    dark, same, light = (to_picture(level, Raster(*SIZE)) for level in levels)
    assert bridge(dark, same, 1.0)
    assert bridge(dark, light, 1.0) is None


@pytest.mark.parametrize("size", [SIZE, (321, 181), (1280, 720)])
def test_moves_where_a_dissolve_would_double(size: tuple[int, int]) -> None:
    first, last = picture(1, 0, size), picture(1, 16, size)
    true = picture(1, 8, size).planes[0][20:-20, 40:-40]
    moved = Bridge(first, last).at(0.5).planes[0][20:-20, 40:-40]
    mixed = first.dissolved(last, 0.5).planes[0][20:-20, 40:-40]
    assert psnr(moved, true) > psnr(mixed, true) + 6
    assert psnr(moved, true) > 32


def test_is_the_pictures_themselves_at_its_ends_and_near_them_nearly() -> None:
    first, last = picture(1), picture(1, 12)
    between = Bridge(first, last)
    assert between.at(0.0) is first
    assert between.at(1.0) is last
    assert psnr(between.at(0.02).planes[0], first.planes[0]) > 30
    assert psnr(between.at(0.98).planes[0], last.planes[0]) > 30


def test_keeps_colour_with_what_moves() -> None:
    middle = Bridge(picture(1), picture(1, 16)).at(0.5)
    true = picture(1, 8)
    for index in (1, 2):
        seen, wanted = (p.planes[index][10:-10, 20:-20].astype(int) for p in (middle, true))
        assert np.abs(seen - wanted).mean() < 1.5


def test_believes_the_other_picture_where_something_is_uncovered() -> None:
    """A square moves over a still ground: half-way there is one square, and the ground is whole."""
    ground = blotches(SIZE, 3) // 3
    ends = []
    for left in (80, 120):
        pixels = ground.copy()
        pixels[60:120, left : left + 60] = 230
        ends.append(to_picture(pixels, Raster(*SIZE)))
    middle = Bridge(*ends).at(0.5).planes[0]
    bright = (middle[65:115] > 150).mean(axis=0)
    columns = np.flatnonzero(bright > 0.5)
    assert columns.size == pytest.approx(60, abs=8)
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(129.5, abs=5)
