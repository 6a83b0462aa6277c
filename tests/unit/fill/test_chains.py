"""A shot that begins on the last frame of another: which frame that is, and when it is there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from tests.e2e.footage import film, number_of, numbered
from tests.unit.fill.made import RATE, Made

from pickup.errors import MediaError
from pickup.fill.chains import extract_end, prepare, rounds
from pickup.fill.ordering import Wanted
from pickup.fill.takes import choose
from pickup.jobs.orders import TakeOrder
from pickup.shots.request import FrameRef

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def shown(path: Path) -> int:
    with Image.open(path) as picture:
        return number_of(np.asarray(picture.convert("RGB")))


def filmed(made: Made, number: int = 1, *, frames: int = 46) -> None:
    film(made.take(number), frames, RATE)


def following(made: Made, *, source: str = "") -> Wanted:
    """The second shot, which begins on the end of the first."""
    ref = FrameRef(media="pickup:pk010", file="frames/pk020_first.png")
    shot = made.planned().shots[1].model_copy(update={"first_frame": ref})
    first = made.folder.frames / "pk020_first.png"
    return Wanted(made.cut, shot, order=TakeOrder(shot, "fake:m", first_frame=first, source=source))


def test_it_is_the_last_frame_that_shows_not_the_last_handle(made: Made, tmp_path: Path):
    filmed(made)
    extract_end("pk010", made.folder, tmp_path / "end.png")
    assert shown(tmp_path / "end.png") == 8 + 30 - 1


def test_of_the_chosen_take_and_else_of_the_newest(made: Made, tmp_path: Path):
    made.take(1, head=2)
    film(made.folder.takes / "pk010_t01.mov", 46, RATE)
    filmed(made, 2)
    out = tmp_path / "end.png"
    extract_end("pk010", made.folder, out)
    assert shown(out) == 37
    choose(made.folder, "pk010", 1)
    extract_end("pk010", made.folder, out)
    assert shown(out) == 31


def test_of_a_sequence_of_images(made: Made, tmp_path: Path):
    folder = made.folder.takes / "pk010_t01"
    folder.mkdir(parents=True)
    for frame in range(46):
        Image.fromarray(numbered(frame)).save(folder / f"pk010_t01.{16 + frame:04d}.png")
    made.take(1, file="pk010_t01/pk010_t01.0016.png", sequence_files=46)
    extract_end("pk010", made.folder, tmp_path / "end.png")
    assert shown(tmp_path / "end.png") == 37


def test_a_take_whose_file_is_gone_does_not_count(made: Made, tmp_path: Path):
    filmed(made, 1)
    made.take(2).unlink()
    extract_end("pk010", made.folder, tmp_path / "end.png")
    assert shown(tmp_path / "end.png") == 37


def test_without_a_take_it_is_said_what_to_do(made: Made, tmp_path: Path):
    with pytest.raises(MediaError, match=r"pk010, which has not been filmed\. Run it"):
        extract_end("pk010", made.folder, tmp_path / "end.png")
    assert not (tmp_path / "end.png").exists()


def test_a_take_that_is_no_film_is_an_error_of_media(made: Made, tmp_path: Path):
    made.take(1)
    with pytest.raises(MediaError):
        extract_end("pk010", made.folder, tmp_path / "end.png")


class TestPreparing:
    def test_what_follows_gets_its_frame(self, made: Made):
        filmed(made)
        prepare(following(made), made.folder)
        assert shown(made.folder.frames / "pk020_first.png") == 37

    def test_what_is_made_from_an_older_take_needs_none(self, made: Made):
        prepare(following(made, source="k" * 64), made.folder)
        assert not made.folder.frames.exists()

    def test_what_begins_on_footage_needs_none(self, made: Made):
        shot = made.planned().shots[0]
        prepare(Wanted(made.cut, shot, order=TakeOrder(shot, "fake:m")), made.folder)
        assert not made.folder.frames.exists()

    def test_its_round_comes_after_the_shot_that_it_follows(self, made: Made):
        first = made.planned().shots[0]
        before = Wanted(made.cut, first, order=TakeOrder(first, "fake:m"))
        after = following(made)
        assert [[t.shot.id for t in r] for r in rounds([after, before])] == [["pk010"], ["pk020"]]
        changed = replace(after, order=replace(after.order, source="k"))  # type: ignore[type-var]
        assert [len(r) for r in rounds([changed, before])] == [2]
