"""Which frame of a file a document means that counts at its own rate, or from a timecode."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.formats_otio.conftest import Made
from tests.unit.media.conftest import number_of, numbered, write_movie

from pickup.cut.files import open_cut_file
from pickup.cut.gaps import find_gaps
from pickup.cut.model import ImageSequence, Media
from pickup.media.frames import FrameReader, extract_frame
from pickup.media.images import png, read_image

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.gap import Neighbour

MAKE = Made()


def movie(folder: Path, rate: str = "25", timecode: str = "", frames: int = 150) -> Path:
    name = f"{rate.replace('/', '_')}{bool(timecode)}.mov"
    return write_movie(folder / name, frames, rate=Fraction(rate), timecode=timecode)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf")


@pytest.mark.parametrize(
    ("said", "true"),
    [
        ("25", "60"),
        ("24", "30000/1001"),
        ("60", "25"),
        ("24000/1001", "50"),
        ("12", "24"),
        ("25", "25"),
    ],
)
def test_another_rate_means_the_same_instant(shelf: Path, said: str, true: str):
    wanted, real = Fraction(said), Fraction(true)
    with FrameReader(movie(shelf, true)) as reader:
        for index in (0, 1, 7, 23, 48):
            found = reader.find(index, wanted)
            assert number_of(reader.read(found)) == math.floor(index * real / wanted)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_file_that_dropped_frames_shows_what_stands_at_the_instant(tmp_path: Path, suffix: str):
    """Of 120 frames at 25, those from 20 to 29 and the fiftieth were never recorded."""
    kept = [n for n in range(120) if not 20 <= n < 30 and n != 50]
    path = write_movie(
        tmp_path / f"phone{suffix}",
        len(kept),
        stamps=kept,
        time_base=Fraction(1, 25),
        picture=lambda at: numbered(kept[at]),
    )
    with FrameReader(path) as reader:
        for index in (0, 19, 20, 25, 29, 30, 31, 48, 50, 51, 90, 119):
            there = max(n for n in kept if n <= index)
            assert number_of(reader.read(reader.find(index, Fraction(25)))) == there, index


def test_in_files_that_are_counted_an_instant_is_a_frame_too(tmp_path: Path):
    path = write_movie(tmp_path / "old.avi", 100, codec="mpeg4", rate=Fraction(25))
    with FrameReader(path) as reader:
        found = [number_of(reader.read(reader.find(at, Fraction(60)))) for at in (0, 1, 2, 3, 60)]
    assert found == [0, 0, 0, 1, 25]


@pytest.mark.parametrize(("said", "true"), [("24", "24000/1001"), ("30", "30000/1001")])
def test_a_relabelled_rate_means_the_same_frame(shelf: Path, said: str, true: str):
    with FrameReader(movie(shelf, true)) as reader:
        assert reader.find(140, Fraction(said)) == 140
        assert reader.find(140, None) == 140


@pytest.mark.parametrize(
    ("index", "known", "found"),
    [(90010, False, 10), (10, False, 10), (10, True, 10), (90010, True, 90010)],
    ids=["timecode", "from zero", "known", "known beyond"],
)
def test_a_start_that_only_the_file_knows(shelf: Path, index: int, known: bool, found: int):
    with FrameReader(movie(shelf, timecode="01:00:00:00")) as reader:
        assert reader.start == 90000
        assert reader.find(index, Fraction(25), start_known=known) == found


def test_any_frame_of_a_still_is_the_still(tmp_path: Path):
    file = tmp_path / "still.png"
    file.write_bytes(png(numbered(77)))
    with FrameReader(file) as reader:
        assert [reader.find(at, Fraction(25)) for at in (-5, 0, 90000)] == [0, 0, 90000]
        assert number_of(reader.read(90000)) == 77


class TestSequences:
    sequence = ImageSequence("", "shot.", ".png", 1001, 4)

    @pytest.mark.parametrize(
        ("index", "known", "name"),
        [
            (0, True, "shot.1001.png"),
            (9, True, "shot.1010.png"),
            (1010, False, "shot.1010.png"),
            (9, False, "shot.1010.png"),
            (1001, True, "shot.2002.png"),
        ],
    )
    def test_the_file_of_a_frame(self, tmp_path: Path, index: int, known: bool, name: str):
        media = Media(path=tmp_path, sequence=self.sequence, start_known=known)
        assert media.file_at(index) == (tmp_path / name, 0)

    def test_no_name_leads_out_of_the_folder(self, tmp_path: Path):
        hostile = ImageSequence("", "../../etc/", ".png", 1, 0)
        media = Media(path=tmp_path, sequence=hostile)
        assert media.file_at(0) == (tmp_path / "1.png", 0)

    def test_media_without_a_file(self):
        assert Media(url="https://x/a.mov").file_at(3) == (None, 3)


def beside(path: Path) -> tuple[Neighbour, Neighbour]:
    (gap,) = find_gaps(open_cut_file(path).cuts[0]).gaps
    assert gap.before is not None
    assert gap.after is not None
    return gap.before, gap.after


def shown(neighbour: Neighbour, folder: Path) -> int:
    out = folder / "out.png"
    extract_frame(neighbour.media, neighbour.index, out, neighbour.rate)
    return number_of(read_image(out))


def otio_clip(file: Path, start: float, frames: float, rate: float = 24.0) -> Any:
    reference = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": str(file)}
    return MAKE.clip(frames, start, rate, media_references={"DEFAULT_MEDIA": reference})


class TestThroughDocuments:
    def test_otio_that_says_nothing_of_its_media(self, shelf: Path, tmp_path: Path):
        """A cut at 24 of a file at 60 that begins at an hour: source times are timecodes."""
        file = movie(shelf, "60", timecode="01:00:00:00")
        clips = [otio_clip(file, 86400 + 12, 24), MAKE.gap(24), otio_clip(file, 86400, 24)]
        cut = tmp_path / "cut.otio"
        cut.write_text(json.dumps(MAKE.timeline(MAKE.track(*clips))))
        before, after = beside(cut)
        # Frame 35 of the cut's counting is at 35/24 s, where frame 87 of 60 a second shows.
        assert (shown(before, tmp_path), shown(after, tmp_path)) == (87, 0)

    def test_an_edl_that_names_its_files(self, shelf: Path, tmp_path: Path):
        file = movie(shelf, timecode="01:00:00:00")
        event = "{:03d}  A001     V     C        {} {} {} {}\n* FROM CLIP: {}\n"
        cut = tmp_path / "cut.edl"
        cut.write_text(
            "TITLE: Scene\nFCM: NON-DROP FRAME\n* FRAME RATE: 25\n"
            + event.format(1, "01:00:01:05", "01:00:02:05", "00:00:00:00", "00:00:01:00", file)
            + event.format(2, "01:00:03:00", "01:00:04:00", "00:00:02:00", "00:00:03:00", file)
        )
        before, after = beside(cut)
        assert (shown(before, tmp_path), shown(after, tmp_path)) == (54, 75)

    def test_otio_that_knows_where_its_media_begins(self, shelf: Path, tmp_path: Path):
        file = movie(shelf, timecode="01:00:00:00")
        reference = {
            "OTIO_SCHEMA": "ExternalReference.1",
            "target_url": str(file),
            "available_range": MAKE.range(0, 150, 25.0),
        }
        known = {"media_references": {"DEFAULT_MEDIA": reference}}
        clips = [
            MAKE.clip(24, 12, 25.0, **known),
            MAKE.gap(24, 25.0),
            MAKE.clip(24, 3, 25.0, **known),
        ]
        cut = tmp_path / "cut.otio"
        cut.write_text(json.dumps(MAKE.timeline(MAKE.track(*clips), start=None)))
        before, after = beside(cut)
        assert (shown(before, tmp_path), shown(after, tmp_path)) == (35, 3)
