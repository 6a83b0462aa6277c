"""Takes as they lie in the folder: what is written, what is read back, and what is not trusted."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.fill.made import RATE, Made

from pickup.errors import RequestError
from pickup.fill.takes import (
    NEXT,
    Take,
    choose,
    read_takes,
    stands,
    take_name,
    trimmed,
    usable,
    write_take,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def only(made: Made) -> Take:
    (take,) = read_takes(made.folder)
    return take


def sidecar(made: Made, name: str = "pk010_t01") -> Path:
    return made.folder.takes / f"{name}.json"


@pytest.mark.parametrize(
    ("shot", "take", "name"),
    [("pk010", 1, "pk010_t01"), ("pk010", 12, "pk010_t12"), ("a.b-c", 120, "a.b-c_t120")],
)
def test_a_take_is_called_by_its_shot_and_number(shot: str, take: int, name: str):
    assert take_name(shot, take) == name


def test_what_is_written_is_read_back(made: Made):
    made.take(1, changes=("from 25 to 24 frames a second",), audio_channels=2)
    take = only(made)
    write_take(made.folder, take)
    assert only(made) == take
    assert (take.name, take.rate, take.audio_channels) == ("pk010_t01", RATE, 2)
    assert take.changes == ("from 25 to 24 frames a second",)


def test_a_record_is_what_the_design_promises(made: Made):
    made.take(1)
    data = json.loads(sidecar(made).read_text("utf-8"))
    assert data["schema"] == "pickup.sidecar/1"
    assert set(data["record"]) == {
        *("schema", "shot", "gap", "take", "provider", "model", "prompt", "negative", "seed"),
        *("cost_usd", "created", "request_sha256", "source", "synthetic"),
    }
    assert data["record"]["synthetic"] is True
    assert set(data["record"]["source"]) == {"file", "sha256"}
    assert only(made).metadata() == data["record"]


def test_takes_come_by_shot_and_number(made: Made):
    for number, shot in ((10, "pk010"), (2, "pk020"), (2, "pk010"), (1, "pk020")):
        made.take(number, shot)
    names = [take.name for take in read_takes(made.folder)]
    assert names == ["pk010_t02", "pk010_t10", "pk020_t01", "pk020_t02"]
    assert [take.name for take in read_takes(made.folder, "pk020")] == names[2:]


def test_a_shot_is_not_taken_for_one_whose_name_begins_alike(made: Made):
    made.take(1)
    take = only(made)
    other = take.record.model_copy(update={"shot": "pk010_t"})
    write_take(made.folder, take.model_copy(update={"record": other}))
    assert [t.record.shot for t in read_takes(made.folder, "pk010")] == ["pk010"]


def test_no_folder_is_no_takes(made: Made):
    assert read_takes(made.folder) == []
    assert read_takes(made.folder, "pk010") == []


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"record": {}}', "\x00", "{" * 5000, '{"a": 1e999}'],
    ids=["empty", "open", "a list", "null", "bare", "zero", "deep", "huge"],
)
def test_a_spoilt_record_counts_as_none_and_hides_no_other(made: Made, text: str):
    made.take(1)
    made.take(2)
    sidecar(made).write_text(text, "utf-8")
    assert [take.name for take in read_takes(made.folder)] == ["pk010_t02"]


def test_bytes_that_are_no_text_count_as_none(made: Made):
    made.take(1)
    sidecar(made).write_bytes(b"\xff\xfe\x00{")
    assert read_takes(made.folder) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("unheard_of", 1), ("rate", "0"), ("schema", "pickup.sidecar/9"), ("frames", "many")],
)
def test_a_record_of_another_kind_counts_as_none(made: Made, field: str, value: Any):
    made.take(1)
    data = json.loads(sidecar(made).read_text("utf-8"))
    sidecar(made).write_text(json.dumps({**data, field: value}), "utf-8")
    assert read_takes(made.folder) == []


@pytest.mark.parametrize("file", ["/etc/passwd", "../../secret.mov", "a/../../b.mov"])
def test_a_record_points_only_into_the_folder(made: Made, file: str):
    made.take(1)
    data = json.loads(sidecar(made).read_text("utf-8"))
    sidecar(made).write_text(json.dumps({**data, "file": file}), "utf-8")
    assert read_takes(made.folder) == []


class TestFiles:
    def test_of_a_movie_every_frame_lies_in_it(self, made: Made):
        file = made.take(1)
        assert {only(made).file_of(made.folder, frame) for frame in (0, 7, 45)} == {file}

    @pytest.mark.parametrize(
        ("first", "frame", "name"),
        [
            ("pk010_t01/pk010_t01.0016.exr", 0, "pk010_t01.0016.exr"),
            ("pk010_t01/pk010_t01.0016.exr", 45, "pk010_t01.0061.exr"),
            ("pk010_t01/pk010_t01.0086399.dpx", 1, "pk010_t01.0086400.dpx"),
            ("pk010_t01/a.b.9999.exr", 1, "a.b.10000.exr"),
        ],
    )
    def test_of_a_sequence_each_frame_has_its_own(
        self, made: Made, first: str, frame: int, name: str
    ):
        made.take(1, file=first, sequence_files=46)
        file = only(made).file_of(made.folder, frame)
        assert file == made.folder.takes / "pk010_t01" / name

    def test_a_timeline_refers_to_it_whole(self, made: Made):
        file = made.take(1, audio_channels=2, sample_rate=44_100, drop_frame=False)
        media = only(made).media(made.folder)
        assert media.path == file.absolute()
        assert (media.name, media.rate, media.frames, media.head) == ("pk010_t01", RATE, 46, 8)
        assert (media.start, media.reel, media.audio_channels) == (16, "PK010T01", 2)
        assert (media.raster.width, media.raster.height) == (96, 64)
        assert media.metadata == only(made).metadata()

    def test_an_anamorphic_take_stays_so(self, made: Made):
        made.take(1, pixel_aspect=Fraction(4, 3))
        assert json.loads(sidecar(made).read_text("utf-8"))["pixel_aspect"] == "4/3"
        assert only(made).media(made.folder).raster.pixel_aspect == Fraction(4, 3)


class TestChoosing:
    def chosen(self, made: Made) -> list[str]:
        return [take.name for take in read_takes(made.folder) if take.chosen]

    def test_one_is_chosen_and_the_others_are_kept(self, made: Made):
        for number in (1, 2, 3):
            made.take(number)
        for number in (2, 3, 1):
            choose(made.folder, "pk010", number)
            assert self.chosen(made) == [f"pk010_t{number:02d}"]
        assert len(read_takes(made.folder)) == 3

    def test_each_shot_has_a_choice_of_its_own(self, made: Made):
        made.take(1)
        made.take(1, "pk020")
        choose(made.folder, "pk010", 1)
        choose(made.folder, "pk020", 1)
        assert self.chosen(made) == ["pk010_t01", "pk020_t01"]

    def test_choosing_anew_writes_nothing(self, made: Made):
        made.take(1)
        choose(made.folder, "pk010", 1)
        before = sidecar(made).stat().st_mtime_ns
        choose(made.folder, "pk010", 1)
        assert sidecar(made).stat().st_mtime_ns == before

    def test_what_is_not_there_is_refused_and_changes_nothing(self, made: Made):
        made.take(1)
        made.take(3)
        choose(made.folder, "pk010", 3)
        with pytest.raises(RequestError, match="Shot pk010 has no take 2; it has 1, 3"):
            choose(made.folder, "pk010", 2)
        assert self.chosen(made) == ["pk010_t03"]


class TestUsable:
    def test_as_long_as_the_gap_and_there(self, made: Made):
        file = made.take(1)
        (shot, _), take = made.planned().shots, only(made)
        assert usable(take, shot, made.folder)
        file.unlink()
        assert not usable(take, shot, made.folder)

    @pytest.mark.parametrize(
        "changes", [{"visible": 29}, {"rate": Fraction(25)}], ids=["length", "rate"]
    )
    def test_another_length_or_rate_is_not(self, made: Made, changes: dict[str, Any]):
        made.take(1, **changes)
        assert not usable(only(made), made.planned().shots[0], made.folder)

    def test_made_for_other_frames_only_where_a_person_says_so(self, made: Made):
        made.take(1)
        shot = made.planned().shots[0]
        elsewhere = shot.model_copy(update={"gap": shot.gap.model_copy(update={"id": "g1"})})
        assert not usable(only(made), elsewhere, made.folder)
        choose(made.folder, "pk010", 1, stands_for=NEXT)
        assert usable(only(made), elsewhere, made.folder)
        choose(made.folder, "pk010", 1, stands_for=elsewhere.sha256())
        assert stands(only(made), elsewhere)
        assert not stands(only(made), elsewhere.model_copy(update={"text": "otherwise"}))

    def test_standing_is_nothing_without_being_chosen(self, made: Made):
        made.take(1, stands_for=NEXT)
        assert not stands(only(made), made.planned().shots[0])


class TestTrimming:
    def test_it_shows_other_frames_of_the_same_file(self, made: Made):
        made.take(1, chosen=True)
        take = trimmed(only(made), 2, 5, 33)
        assert (take.name, take.file, take.head, take.visible) == (
            "pk010_t02",
            "pk010_t01.mov",
            5,
            33,
        )
        assert not take.chosen
        assert take.record.cost_usd == 0
        assert take.changes[-1] == "trimmed from pk010_t01"

    def test_no_order_takes_it_for_its_own(self, made: Made):
        made.take(1)
        one, two = (trimmed(only(made), 2, 5, n) for n in (30, 31))
        hashes = {only(made).record.request_sha256, *(t.record.request_sha256 for t in (one, two))}
        assert len(hashes) == 3

    @pytest.mark.parametrize(("head", "visible"), [(-1, 30), (8, 0), (8, 39), (46, 1), (0, -3)])
    def test_beyond_its_handles_it_has_no_frames(self, made: Made, head: int, visible: int):
        made.take(1)
        with pytest.raises(RequestError, match="pk010_t01 has 46 frames"):
            trimmed(only(made), 2, head, visible)

    def test_to_the_last_frame_it_has(self, made: Made):
        made.take(1)
        assert trimmed(only(made), 2, 0, 46).visible == 46


def test_a_take_is_a_value(made: Made):
    made.take(1)
    take = only(made)
    with pytest.raises(ValueError, match="frozen"):
        take.chosen = True
    assert take == only(made)
    assert asdict(take.media(made.folder))["frames"] == 46
