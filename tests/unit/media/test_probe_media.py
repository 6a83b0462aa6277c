"""What files say of themselves, and what is made of it."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pickup.cut.model import Raster
from pickup.media.colour import BT709, standard_tags
from pickup.media.frames import FrameReader
from pickup.media.images import thumbnail
from pickup.media.picture import COVER, fit
from pickup.media.probe import probe
from pickup.media.smpte import pack_timecode, unpack_timecode
from pickup.timing import TimecodeError

from .conftest import number_of, numbered, write_movie

if TYPE_CHECKING:
    from pathlib import Path


def test_a_movies_facts(tmp_path: Path) -> None:
    path = write_movie(
        tmp_path / "m.mov", 48, rate=Fraction(24000, 1001), timecode="01:00:02:05",
        reel="A004C012", pixel_aspect=Fraction(4, 3), tone=2,
    )  # fmt: skip
    found = probe(path)
    assert (found.width, found.height, found.codec) == (192, 112, "h264")
    assert (found.rate, found.frames) == (Fraction(24000, 1001), 48)
    assert found.duration == Fraction(48 * 1001, 24000)
    assert (found.start, found.drop_frame, found.reel) == (86_400 + 53, False, "A004C012")
    assert found.pixel_aspect == Fraction(4, 3)
    assert (found.audio_channels, found.sample_rate) == (2, 44100)
    assert not found.still
    assert not found.interlaced


def test_drop_frame_is_seen(tmp_path: Path) -> None:
    path = write_movie(tmp_path / "m.mov", 5, rate=Fraction(30000, 1001), timecode="01:00:00;00")
    assert (probe(path).start, probe(path).drop_frame) == (107_892, True)


def test_a_file_without_timecode_has_none(take: Path) -> None:
    assert probe(take).start is None


@pytest.mark.corpus
def test_a_last_frame_of_odd_length_does_not_bend_the_rate(corpus: Path) -> None:
    found = probe(corpus / "media" / "mdn_stream-of-water.mp4")
    assert (found.rate, found.frames, found.variable_rate) == (Fraction(30000, 1001), 90, False)


@pytest.mark.corpus
def test_every_file_of_the_corpus_is_probed_and_its_ends_are_read(corpus: Path) -> None:
    for path in sorted((corpus / "media").iterdir()):
        if path.suffix == ".tsv":
            continue
        found = probe(path)
        if not found.width:
            continue
        size = (found.height, found.width)
        shape = (*(size[::-1] if found.rotation % 180 else size), 3)
        with FrameReader(path) as reader:
            for index in (0, (found.frames or 1) - 1):
                assert reader.read(index).shape == shape


@given(
    st.integers(0, 24 * 3600 * 60 - 1),
    st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001)]),
    st.booleans(),
)
def test_packed_timecode_comes_back(frame: int, rate: Fraction, drop: bool) -> None:
    frame %= 24 * 3600 * round(rate) * 999 // 1000
    drop = drop and rate.denominator == 1001
    words = pack_timecode(frame, rate, drop=drop)
    assert words is not None
    assert unpack_timecode(words, rate) == (frame, drop)


def test_packed_timecode_is_in_decimal_digits() -> None:
    assert pack_timecode(86_400 + 5 * 24 + 10, Fraction(24)) == (0x01000510, 0)
    assert pack_timecode(0, Fraction(120)) is None
    with pytest.raises(TimecodeError):
        unpack_timecode((0xFFFFFFFF, 0), Fraction(24))


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(16, 5000), st.integers(16, 5000))
def test_a_fit_covers_or_shows_all(width: int, height: int, wide: int, high: int) -> None:
    source, target = Raster(width, height), Raster(wide, high)
    placed = fit(source, target)
    shape, wanted = Fraction(width, height), Fraction(wide, high)
    if abs(shape / wanted - 1) < COVER:
        assert placed.width >= wide
        assert placed.height >= high
    else:
        assert placed.width <= wide
        assert placed.height <= high
        assert wide in (placed.width,) or high in (placed.height,)
    assert placed.width >= 1
    assert placed.height >= 1


@pytest.mark.parametrize(
    ("size", "primaries"),
    [((720, 480), "smpte170m"), ((720, 576), "bt470bg"), ((1280, 720), "bt709")],
)
def test_what_is_guessed_by_size(size: tuple[int, int], primaries: str) -> None:
    assert standard_tags(*size).primaries == primaries
    assert (standard_tags(*size) == BT709) == (size[1] == 720)


def test_a_thumbnail_is_small_and_in_proportion() -> None:
    with Image.open(io.BytesIO(thumbnail(numbered(1234, 960, 540), 192))) as small:
        assert small.format == "JPEG"
        assert small.size == (192, 108)
        assert number_of(np.asarray(small)) == 1234
