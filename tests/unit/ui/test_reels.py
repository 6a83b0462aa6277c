"""Which frames are played when a take is judged, and the small pictures beside the gaps."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.e2e.footage import film, number_of
from tests.unit.ui.conftest import LONG, Desk, lay_take

from pickup_ui.models.thumbnails import HEIGHT, WIDTH, Thumbnails
from pickup_ui.work import reels
from pickup_ui.work.colour import steps_at_joins
from pickup_ui.work.reels import Address, FrameLoader, Reel, ReelMaker, load_all, shrunk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def maker(open_desk: Desk) -> ReelMaker:
    made = open_desk.session.reels()
    assert isinstance(made, ReelMaker)
    return made


class TestTheReel:
    def test_a_second_on_each_side_or_as_much_as_there_is(self, open_desk, maker):
        shot = open_desk.session.shots["pk020"].shot  # 68 to 84, of 108
        reel = maker.reel(shot, None)
        assert (reel.start, reel.joins, len(reel.frames)) == (44, (24, 40), 64)
        long = maker.reel(shot, None, around=500)
        assert (long.start, long.joins) == (0, (68, 84))
        assert len(long.frames) == 108, "what lies after the end is not played"

    def test_the_takes_frames_lie_after_its_handles(self, open_desk, maker):
        take = lay_take(open_desk.session, "pk010")
        reel = maker.reel(open_desk.session.shots["pk010"].shot, take)
        first, end = reel.joins
        numbers = [address.index for address in reel.frames[first:end]]
        assert numbers == list(range(take.head, take.head + 20))

    def test_a_take_of_images_has_a_file_for_each(self, open_desk, maker):
        take = lay_take(open_desk.session, "pk010")
        images = take.model_copy(update={"file": "pk010_t01/a.0100.dpx", "sequence_files": 36})
        reel = maker.reel(open_desk.session.shots["pk010"].shot, images)
        addresses = reel.frames[reel.joins[0] : reel.joins[1]]
        assert [address.file.name for address in addresses[:2]] == ["a.0108.dpx", "a.0109.dpx"]
        assert {address.index for address in addresses} == {0}

    def test_what_it_addresses_is_what_it_shows(self, open_desk, maker):
        take = lay_take(open_desk.session, "pk010")
        reel = maker.reel(open_desk.session.shots["pk010"].shot, take)
        loader = FrameLoader()
        positions = [0, 23, 24, 43, 44, 67]
        wanted = [(p, address) for p in positions if (address := reel.frames[p]) is not None]
        assert len(wanted) == len(positions)
        found = load_all(loader, wanted, 96, 64)
        loader.close()
        # Clips begin at frame 10 of their media; the take after eight handles.
        shown = [number_of(rgb) for _, rgb in found if rgb is not None]
        assert shown == [10, 33, 8, 27, 10, 33]


class TestLoading:
    def test_a_frame_beyond_the_end_or_a_file_that_is_gone_is_none(self, tmp_path: Path):
        movie = film(tmp_path / "a.mov", 5, Fraction(24))
        loader = FrameLoader()
        assert loader.load(Address(movie, 4), 96, 64) is not None
        assert loader.load(Address(movie, 5), 96, 64) is None
        assert loader.load(Address(tmp_path / "gone.mov", 0), 96, 64) is None
        (tmp_path / "text.mov").write_text("no movie", "utf-8")
        assert loader.load(Address(tmp_path / "text.mov", 0), 96, 64) is None
        loader.close()

    def test_only_so_many_files_are_open_at_once(self, tmp_path: Path):
        loader = FrameLoader()
        movies = [film(tmp_path / f"{n}.mov", 2, Fraction(24)) for n in range(9)]
        for movie in [*movies, movies[0]]:
            assert loader.load(Address(movie, 1), 96, 64) is not None
        assert len(loader._readers) == reels._OPEN_FILES
        assert list(loader._readers)[-1] == movies[0]
        loader.close()
        assert not loader._readers

    @pytest.mark.parametrize(
        ("size", "aspect", "room", "shown"),
        [
            ((1920, 1080), Fraction(1), (640, 360), (640, 360)),
            ((1920, 1080), Fraction(1), (640, 640), (640, 360)),
            ((720, 576), Fraction(16, 15), (384, 288), (384, 288)),
            ((1440, 1080), Fraction(4, 3), (960, 960), (960, 540)),
            ((96, 64), Fraction(1), (640, 360), (96, 64)),
            ((4000, 2), Fraction(1), (100, 100), (100, 1)),
        ],
    )
    def test_it_is_made_to_fit_and_keeps_its_shape(self, size, aspect, room, shown):
        rgb = np.zeros((size[1], size[0], 3), np.uint8)
        rows, columns = shrunk(rgb, room[0], room[1], aspect).shape[:2]
        assert (columns, rows) == shown


class TestTheStepAtTheJoins:
    def grey(self, folder: Path, name: str, shade: int) -> Path:
        from PIL import Image

        Image.new("RGB", (96, 64), (shade,) * 3).save(folder / name)
        return folder / name

    def test_it_is_measured_across_each_join(self, tmp_path: Path):
        dark, light = self.grey(tmp_path, "d.png", 60), self.grey(tmp_path, "l.png", 160)
        frames = [Address(file, 0) for file in (dark, dark, light, light)]
        first, last = steps_at_joins(Reel(tuple(frames), 0, (1, 2), Fraction(24)))
        assert first == pytest.approx(0)
        assert last is not None
        assert last > 20

    @pytest.mark.parametrize("joins", [(0, 2), (1, 4)])
    def test_at_an_end_of_the_cut_there_is_none(self, tmp_path: Path, joins: tuple[int, int]):
        grey = Address(self.grey(tmp_path, "g.png", 90), 0)
        steps = steps_at_joins(Reel((grey,) * 4, 0, joins, Fraction(24)))
        assert sorted(step is None for step in steps) == [False, True]

    def test_a_picture_that_cannot_be_had_is_no_step(self, tmp_path: Path):
        grey = Address(self.grey(tmp_path, "g.png", 90), 0)
        gone = Address(tmp_path / "gone.png", 0)
        reel = Reel((gone, grey, None, grey), 0, (1, 2), Fraction(24))
        assert steps_at_joins(reel) == (None, None)


class TestThumbnails:
    @pytest.fixture
    def small(self, open_desk: Desk) -> Thumbnails:
        return Thumbnails(open_desk.tasks, open_desk.tasks)

    def test_it_is_asked_for_once_and_then_there(self, small, open_desk, cut, qtbot):
        address = Address(next((cut.parent / "media").glob("*")), 3)
        assert small.get(address) is None
        assert small.get(address) is None
        assert open_desk.tasks.running == 1
        with qtbot.waitSignal(small.arrived, timeout=LONG):
            pass
        image: Any = small.get(address)
        assert (image.width(), image.height()) <= (WIDTH, HEIGHT)
        assert small.known(address)

    def test_what_cannot_be_had_is_not_asked_for_again(self, small, open_desk, tmp_path, qtbot):
        gone = Address(tmp_path / "gone.mov", 0)
        small.get(gone)
        with qtbot.waitSignal(small.arrived, timeout=LONG):
            pass
        assert small.known(gone)
        assert small.get(gone) is None
        assert open_desk.tasks.running == 0

    def test_nothing_to_show_is_known_to_be_nothing(self, small, open_desk):
        assert small.get(None) is None
        assert small.known(None)
        assert open_desk.tasks.running == 0

    def test_those_seen_longest_ago_are_let_go(self, small, cut, qtbot, monkeypatch):
        monkeypatch.setattr("pickup_ui.models.thumbnails._KEPT", 3)
        movie = next((cut.parent / "media").glob("*"))
        addresses = [Address(movie, n) for n in range(5)]
        for address in addresses:
            small.get(address)
            qtbot.waitUntil(lambda a=address: small.known(a), timeout=LONG)
            small.get(addresses[0])
        assert small.known(addresses[0]), "it was looked at again and again"
        assert [small.known(a) for a in addresses[1:]] == [False, False, True, True]
