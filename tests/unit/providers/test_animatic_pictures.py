"""Reference pictures: read as they are, fitted as they are shown, moved without an edge."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.unit.providers.orders import Pixels, blotches, make_picture

from pickup.providers.animatic.camera import MARGIN, View
from pickup.providers.animatic.pictures import Canvas, Raster, open_picture, to_picture
from pickup.providers.base import ProviderRefusal, Refusal

if TYPE_CHECKING:
    from pathlib import Path

RASTER = Raster(160, 90)


def disc(size: tuple[int, int], shown: Fraction = Fraction(1)) -> Pixels:
    """A white disc that is round where pixels are `shown` wide."""
    width, height = size
    y, x = np.mgrid[:height, :width]
    across = (x - (width - 1) / 2) * float(shown)
    inside = np.hypot(across, y - (height - 1) / 2) < height * 0.3
    return np.repeat(np.where(inside, 255, 0).astype(np.uint8)[..., None], 3, axis=2)


def extent(luma: Pixels) -> tuple[int, int]:
    """Width and height of what is white."""
    white = luma > 120
    return int(white.any(axis=0).sum()), int(white.any(axis=1).sum())


def test_takes_a_picture_of_the_rasters_size_as_it_is(tmp_path: Path) -> None:
    path = make_picture(tmp_path / "a.png")
    whole = open_picture(path, RASTER).planes
    assert [plane.shape for plane in whole] == [(90, 160), (45, 80), (45, 80)]
    assert np.array_equal(whole[0], to_picture(blotches((160, 90), 1), RASTER).planes[0])


def test_follows_bt709_in_limited_range() -> None:
    red = np.full((90, 160, 3), (200, 40, 90), np.uint8)
    assert [int(plane[5, 5]) for plane in to_picture(red, RASTER).planes] == [83, 134, 196]


def test_keeps_chroma_whole_where_420_cannot_hold_it() -> None:
    odd = Raster(161, 91)
    assert odd.pixel_format == "yuv444p"
    assert {plane.shape for plane in to_picture(blotches((161, 91), 1), odd).planes} == {(91, 161)}


@pytest.mark.parametrize("size", [(400, 400), (90, 300), (1000, 90), (33, 21)])
def test_covers_the_raster_and_keeps_what_is_round_round(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    cv2.imwrite(str(tmp_path / "disc.png"), disc(size))
    wide, high = extent(open_picture(tmp_path / "disc.png", Raster(320, 320)).planes[0])
    assert wide == pytest.approx(high, abs=3)


def test_squeezes_a_square_picture_into_anamorphic_pixels(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "disc.png"), disc((1024, 576)))
    raster = Raster(720, 576, Fraction(64, 45))
    wide, high = extent(open_picture(tmp_path / "disc.png", raster).planes[0])
    assert wide * 64 / 45 == pytest.approx(high, rel=0.02)


def test_takes_a_picture_of_the_anamorphic_raster_for_squeezed_already(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "disc.png"), disc((720, 576), Fraction(64, 45)))
    raster = Raster(720, 576, Fraction(64, 45))
    wide, high = extent(open_picture(tmp_path / "disc.png", raster).planes[0])
    assert wide * 64 / 45 == pytest.approx(high, rel=0.02)


def test_believes_the_pixel_shape_that_a_png_declares(tmp_path: Path) -> None:
    # Two pixels across for one down: each is shown half as wide as high.
    path = tmp_path / "disc.png"
    cv2.imwrite(str(path), disc((400, 200), Fraction(1, 2)))
    body = b"pHYs" + struct.pack(">IIB", 2, 1, 0)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    whole = path.read_bytes()
    path.write_bytes(whole[:33] + chunk + whole[33:])
    wide, high = extent(open_picture(tmp_path / "disc.png", Raster(300, 300)).planes[0])
    assert wide == pytest.approx(high, abs=3)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "I;16", "1"])
def test_reads_every_kind_of_png(tmp_path: Path, mode: str) -> None:
    level = {"I;16": 40_000, "1": 1}.get(mode, 156)
    fill = (156, 156, 156, 255) if mode == "RGBA" else level
    image = Image.new("L", (160, 90), 156).convert("P") if mode == "P" else None
    (image or Image.new(mode, (160, 90), fill)).save(tmp_path / "a.png")
    luma = open_picture(tmp_path / "a.png", RASTER).planes[0]
    assert luma.min() == luma.max() == (235 if mode == "1" else 150)


def test_reads_sixteen_bits(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "deep.png"), np.full((90, 160, 3), 40_000, np.uint16))
    assert open_picture(tmp_path / "deep.png", RASTER).planes[0][3, 3] == 150


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut", "folder", "huge"])
def test_refuses_what_is_no_picture_by_its_name(tmp_path: Path, damage: str) -> None:
    path = make_picture(tmp_path / "outgoing.png")
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    elif damage == "huge":
        path.write_bytes(whole[:16] + (100_000).to_bytes(4, "big") * 2 + whole[24:])
    else:
        path.write_bytes({"empty": b"", "text": b"not a picture", "cut": whole[:30]}[damage])
    with pytest.raises(ProviderRefusal, match=r"outgoing\.png cannot be read") as caught:
        open_picture(path, RASTER)
    assert caught.value.kind is Refusal.FAILED
    assert "\n" not in str(caught.value)


def test_shows_the_very_picture_when_the_view_is_whole() -> None:
    picture = to_picture(blotches((160, 90), 1), RASTER)
    assert Canvas(picture).view(View()) is picture


@pytest.mark.parametrize("size", [(160, 90), (161, 91)])
def test_a_view_is_where_it_says_to_the_pixel(size: tuple[int, int]) -> None:
    raster = Raster(*size)
    picture = to_picture(blotches(size, 1), raster)
    seen = Canvas(picture).view(View(1.0, x=4 / size[0], y=2 / size[1]))
    step = raster.chroma
    for index, plane in enumerate(picture.planes):
        right, down = (4 // step, 2 // step) if index else (4, 2)
        inner = seen.planes[index][:-down, :-right].astype(int)
        assert np.abs(inner - plane[down:, right:]).max() <= 1


def test_enlarges_about_the_middle() -> None:
    picture = to_picture(disc((160, 90)), RASTER)
    seen = Canvas(picture).view(View(1.25)).planes[0]
    before, after = extent(picture.planes[0]), extent(seen)
    assert after[0] == pytest.approx(before[0] * 1.25, abs=2)
    rows = np.flatnonzero((seen > 120).any(axis=1))
    assert rows[0] + rows[-1] == pytest.approx(89, abs=1)


def test_luma_and_chroma_stay_together_when_enlarged() -> None:
    """A red disc on grey has the same outline in both."""
    rgb = np.where(disc((160, 90)) > 0, np.array([200, 60, 60], np.uint8), np.uint8(90))
    seen = Canvas(to_picture(rgb.astype(np.uint8), RASTER)).view(View(1.2, 0.03, -0.02))
    red = cv2.resize(seen.planes[2], (160, 90), interpolation=cv2.INTER_LINEAR).astype(float)
    y, x = np.mgrid[:90, :160]
    weight = np.clip(red - 135, 0, None)
    middle = (weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum()
    assert middle == pytest.approx((79.5 - 0.03 * 160 * 1.2, 44.5 + 0.02 * 90 * 1.2), abs=0.6)


def test_stays_sharp_at_half_a_pixel() -> None:
    """A bilinear window alone would halve the contrast of fine lines; ours keeps most of it."""
    lines = np.zeros((90, 160, 3), np.uint8)
    lines[:, ::4] = lines[:, 1::4] = 255
    picture = to_picture(lines, RASTER)
    seen = Canvas(picture).view(View(1.0, x=0.5 / 160)).planes[0][20:70, 20:140]
    assert np.ptp(seen.astype(int)) > 0.9 * np.ptp(picture.planes[0].astype(int))


def test_shows_no_black_beyond_the_edge() -> None:
    picture = to_picture(np.full((90, 160, 3), 180, np.uint8), RASTER)
    seen = Canvas(picture).view(View(1 / (1 + 2 * MARGIN)))
    assert {int(plane.min()) for plane in seen.planes} == {int(p.min()) for p in picture.planes}


def test_dissolves_from_one_to_the_other() -> None:
    dark, light = (to_picture(np.full((90, 160, 3), v, np.uint8), RASTER) for v in (40, 200))
    assert dark.dissolved(light, 0) is dark
    assert dark.dissolved(light, 1) is light
    levels = [int(p.planes[0][0, 0]) for p in (dark, dark.dissolved(light, 0.5), light)]
    assert levels[1] == pytest.approx((levels[0] + levels[2]) / 2, abs=1)
