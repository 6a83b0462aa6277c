"""The picture size of a cut that does not say it: that of the pictures beside its gaps."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.cut.builders import clip, cut, video
from tests.unit.media.conftest import numbered, write_movie

from pickup.cut.gaps import find_gaps
from pickup.cut.model import ImageSequence, Media, Raster
from pickup.fill.prepare import choose_raster
from pickup.media.images import png

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.model import Cut


def scene(*beside: Media) -> Cut:
    """A gap after each of the clips but the last."""
    return cut(video(*(clip(i * 60, i * 60 + 30, f"c{i}", media=m) for i, m in enumerate(beside))))


def chosen(scene_: Cut) -> tuple[Raster, str]:
    return choose_raster(scene_, find_gaps(scene_).gaps)


def of(path: Path, **more: Any) -> Media:
    return Media(url=str(path), path=path, rate=Fraction(25), **more)


def test_that_of_the_files_beside_the_gaps(tmp_path: Path):
    movie = write_movie(tmp_path / "a.mp4", 3, size=(320, 240), pixel_aspect=Fraction(4, 3))
    assert chosen(scene(of(movie), of(movie))) == (Raster(320, 240, Fraction(4, 3)), "")


def test_a_file_says_it_better_than_the_document(tmp_path: Path):
    movie = write_movie(tmp_path / "a.mp4", 3, size=(320, 240))
    told = of(movie, raster=Raster(1920, 1080))
    assert chosen(scene(told, told))[0] == Raster(320, 240)


@pytest.mark.parametrize("turn", [90, -90])
def test_a_phone_held_upright_makes_an_upright_cut(tmp_path: Path, turn: int):
    movie = write_movie(tmp_path / "a.mp4", 3, size=(320, 180), rotation=turn)
    assert chosen(scene(of(movie), of(movie)))[0] == Raster(180, 320)


def test_a_phone_held_upside_down_does_not(tmp_path: Path):
    movie = write_movie(tmp_path / "a.mp4", 3, size=(320, 180), rotation=180)
    assert chosen(scene(of(movie), of(movie)))[0] == Raster(320, 180)


def test_a_sequence_has_the_size_of_its_frames(tmp_path: Path):
    for number in range(1001, 1031):
        (tmp_path / f"shot.{number}.png").write_bytes(png(numbered(number, 204, 86)))
    frames = of(tmp_path, sequence=ImageSequence(str(tmp_path), "shot.", ".png", 1001, 4))
    assert chosen(scene(frames, frames))[0] == Raster(204, 86)


def test_most_of_the_neighbours_decide(tmp_path: Path):
    small = of(write_movie(tmp_path / "a.mp4", 3, size=(160, 90)))
    large = of(write_movie(tmp_path / "b.mp4", 3, size=(320, 180)))
    assert chosen(scene(small, large, large, large))[0] == Raster(320, 180)


def test_each_file_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from pickup.media import probe as module

    asked: list[dict[str, Any]] = []
    true = module.probe

    def probe(path: Path, **more: Any) -> module.Probe:
        asked.append(more)
        return true(path, **more)

    monkeypatch.setattr(module, "probe", probe)
    movie = of(write_movie(tmp_path / "a.mp4", 3))
    chosen(scene(movie, movie, movie, movie))
    assert asked == [{"counted": False}]


def test_media_that_is_not_here_has_the_documents_size(tmp_path: Path):
    away = of(tmp_path / "away.mov", raster=Raster(2048, 858))
    assert chosen(scene(away, away)) == (Raster(2048, 858), "")


def test_sound_alone_and_broken_files_have_none(tmp_path: Path):
    broken = tmp_path / "a.mov"
    broken.write_bytes(b"no movie")
    raster, note = chosen(scene(of(broken), of(broken)))
    assert raster == Raster(1920, 1080)
    assert "1920×1080 is taken" in note


def test_the_sequences_own_word_counts_first(tmp_path: Path):
    movie = of(write_movie(tmp_path / "a.mp4", 3))
    scene_ = scene(movie, movie)
    scene_.raster = Raster(4096, 2160)
    assert chosen(scene_) == (Raster(4096, 2160), "")
