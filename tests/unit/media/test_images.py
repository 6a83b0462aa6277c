"""Single pictures: what is read of them, upright and on black, and what is none."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import OpenImageIO as oiio
import pytest
from PIL import Image, ImageOps

from pickup.errors import MediaError
from pickup.media.images import is_image, png, read_image, thumbnail
from pickup.media.probe import probe

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WIDTH, HEIGHT = 48, 32


def picture() -> NDArray[np.uint8]:
    """No two of its corners are alike, so that every turn and flip shows."""
    across = np.linspace(0, 255, WIDTH)[None, :, None]
    down = np.linspace(0, 255, HEIGHT)[:, None, None]
    parts = np.broadcast_arrays(across, down, (across + down) / 2)
    return np.concatenate([part[..., :1] for part in parts], axis=2).astype(np.uint8)


def save(path: Path, pixels: NDArray[Any], mode: str = "RGB", **more: Any) -> Path:
    Image.fromarray(pixels, mode).save(path, **more)
    return path


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_a_picture_is_read_whatever_its_file_is_called(tmp_path: Path, suffix: str):
    path = save(tmp_path / f"a.{suffix}", picture()).rename(tmp_path / "called.mov")
    assert is_image(path)
    assert np.array_equal(read_image(path), picture())


def test_webp_is_a_picture(tmp_path: Path):
    path = save(tmp_path / "a.webp", picture(), lossless=True)
    assert is_image(path)
    assert np.array_equal(read_image(path), picture())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_that_was_held_otherwise(tmp_path: Path, orientation: int):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = io.BytesIO()
    Image.fromarray(picture()).save(data, "TIFF", exif=exif)
    path = tmp_path / "a.tif"
    path.write_bytes(data.getvalue())
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data.getvalue())))
    assert upright is not None
    assert np.array_equal(read_image(path), np.asarray(upright.convert("RGB")))
    turned = probe(path).rotation % 180 != 0
    assert turned == (orientation >= 5)


def test_grey_is_grey_in_all_three(tmp_path: Path):
    grey = picture()[..., 0]
    found = read_image(save(tmp_path / "a.png", grey, "L"))
    assert found.shape == (HEIGHT, WIDTH, 3)
    assert all(np.array_equal(found[..., part], grey) for part in range(3))


def test_what_is_transparent_shows_black(tmp_path: Path):
    clear = np.dstack([picture(), np.zeros((HEIGHT, WIDTH), np.uint8)])
    clear[:, : WIDTH // 2, 3] = 255
    found = read_image(save(tmp_path / "a.png", clear, "RGBA"))
    assert np.array_equal(found[:, : WIDTH // 2], picture()[:, : WIDTH // 2])
    assert not found[:, WIDTH // 2 :].any()


def test_sixteen_bits_become_eight(tmp_path: Path):
    deep = picture().astype(np.uint16) * 257
    path = tmp_path / "a.tif"
    output = oiio.ImageOutput.create(str(path))
    assert output is not None
    output.open(str(path), oiio.ImageSpec(WIDTH, HEIGHT, 3, "uint16"))
    output.write_image(deep)
    output.close()
    assert np.array_equal(read_image(path), picture())


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0, 70000.0])
def test_light_that_no_monitor_shows_is_clipped(tmp_path: Path, bad: float):
    light = np.full((HEIGHT, WIDTH, 3), 0.18, np.float32)
    light[:, WIDTH // 2 :] = bad
    path = tmp_path / "a.exr"
    output = oiio.ImageOutput.create(str(path))
    assert output is not None
    output.open(str(path), oiio.ImageSpec(WIDTH, HEIGHT, 3, "float"))
    output.write_image(light)
    output.close()
    found = read_image(path)
    assert set(found[:, WIDTH // 2 :].ravel().tolist()) <= {0, 255}
    # Middle grey, with the gamma of a monitor.
    assert set(found[:, : WIDTH // 2].ravel().tolist()) == {round(0.18 ** (1 / 2.4) * 255)}


class TestNoPictures:
    @pytest.mark.parametrize("data", [b"", b"GIF89a", b"RIFF\0\0\0\0AVI LIST", b"text"])
    def test_other_files_are_none(self, tmp_path: Path, data: bytes):
        path = tmp_path / "a.png"
        path.write_bytes(data)
        assert not is_image(path)

    @pytest.mark.parametrize("keep", [20, 60, 200])
    def test_a_picture_that_is_cut_off(self, tmp_path: Path, keep: int):
        whole = save(
            tmp_path / "a.png", np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
        )
        path = tmp_path / "cut.png"
        path.write_bytes(whole.read_bytes()[:keep])
        assert is_image(path)
        with pytest.raises(MediaError, match=r"cut\.png"):
            read_image(path)

    def test_a_picture_of_a_size_that_no_machine_holds(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("pickup.media.opening.MAX_PIXELS", WIDTH * HEIGHT - 1)
        path = save(tmp_path / "a.bmp", picture())
        with pytest.raises(MediaError, match="48×32, which cannot be decoded"):
            read_image(path)

    def test_nothing_there(self, tmp_path: Path):
        with pytest.raises(MediaError, match=r"the file is not there\. Relink the media"):
            is_image(tmp_path / "none.png")


class TestPng:
    def test_the_same_bytes_for_the_same_pixels(self):
        assert png(picture()) == png(picture())

    @pytest.mark.parametrize("aspect", [Fraction(1), Fraction(64, 45), Fraction(10, 11)])
    def test_pixels_that_are_not_square_are_told(self, tmp_path: Path, aspect: Fraction):
        path = tmp_path / "a.png"
        path.write_bytes(png(picture(), aspect))
        assert np.array_equal(read_image(path), picture())
        found = Image.open(path)
        across, down = found.info.get("aspect", (1, 1))
        assert Fraction(down, across) == aspect
        assert found.tobytes() == picture().tobytes()

    @pytest.mark.parametrize(("width", "size"), [(24, (24, 16)), (480, (48, 32)), (1, (1, 1))])
    def test_a_thumbnail_keeps_its_shape_and_never_grows(self, width: int, size: tuple[int, int]):
        found = Image.open(io.BytesIO(thumbnail(picture(), width)))
        assert (found.format, found.size) == ("JPEG", size)
