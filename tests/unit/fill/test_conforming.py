"""A delivered take made to fit its gap once, and recognised when it fits already."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import pytest
from tests.e2e.footage import film
from tests.unit.fill.made import RATE, Made

from pickup.errors import MediaError
from pickup.files import sha256_of
from pickup.fill.conforming import conform_take, fits, noticeable, visible_start
from pickup.fill.takes import Take, read_takes, write_take
from pickup.jobs.ledger import Ledger
from pickup.jobs.orders import OrderRecord, TakeOrder
from pickup.providers.card import ModelCard
from pickup.timing import frames_to_timecode

if TYPE_CHECKING:
    from pathlib import Path

CARD = ModelCard(provider="fake", id="m", first_frame=True)
HANDLED = CARD.model_copy(update={"handles": True})


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def delivered(made: Made, tmp_path: Path, *, frames: int = 46, **changes: Any) -> OrderRecord:
    """A fulfilled order whose file the model has filmed."""
    shot = made.planned().shots[0]
    order = TakeOrder(shot, "fake:m", changes.pop("take", 1))
    with Ledger.open() as ledger:
        record = ledger.intend(order, Decimal("0.40"))
    file = film(tmp_path / "delivered.mp4", frames, RATE)
    return replace(record, file=file, sha256=sha256_of(file), updated=1_764_000_000.0, **changes)


def conformed(made: Made, record: OrderRecord, **given: Any) -> Take:
    shot = given.pop("shot", made.planned().shots[0])
    card, deliver = given.pop("card", HANDLED), given.pop("deliver", "h264")
    return conform_take(
        record, shot, made.cut, made.folder, deliver, card, given.pop("told", lambda _: None)
    )


def test_it_is_as_long_as_the_gap_and_its_handles(made: Made, tmp_path: Path):
    take = conformed(made, delivered(made, tmp_path))
    assert (take.frames, take.visible, take.head) == (46, 30, 8)
    with av.open(str(made.folder.takes / take.file)) as movie:
        assert sum(1 for _ in movie.decode(video=0)) == 46
        assert movie.streams.video[0].average_rate == RATE


def test_its_record_says_where_it_comes_from(made: Made, tmp_path: Path):
    record = delivered(made, tmp_path, cost_usd=Decimal("0.35"))
    take = conformed(made, record)
    assert read_takes(made.folder) == [take]
    told = take.record
    assert (told.shot, told.take, told.provider, told.model) == ("pk010", 1, "fake", "m")
    assert (told.cost_usd, told.seed) == (0.35, record.seed)
    assert told.created == "2025-11-24T16:00:00+00:00"
    assert told.request_sha256 == record.request_sha256
    assert (told.source.file, told.source.sha256) == ("delivered.mp4", record.sha256)
    assert take.order == record.key
    xmp = (made.folder.takes / "pk010_t01.xmp").read_text("utf-8")
    assert "trainedAlgorithmicMedia" in xmp


def test_what_was_not_reported_counts_as_estimated(made: Made, tmp_path: Path):
    assert conformed(made, delivered(made, tmp_path)).record.cost_usd == 0.4


def test_the_facts_travel_in_the_file_too(made: Made, tmp_path: Path):
    take = conformed(made, delivered(made, tmp_path))
    with av.open(str(made.folder.takes / take.file)) as movie:
        told = json.dumps(dict(movie.metadata))
    assert take.record.request_sha256 in told


def test_progress_is_told_from_nothing_to_all(made: Made, tmp_path: Path):
    told: list[float] = []
    conformed(made, delivered(made, tmp_path), told=told.append)
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1


def test_a_clip_of_another_length_is_conformed_and_said(made: Made, tmp_path: Path):
    take = conformed(made, delivered(made, tmp_path, frames=20), card=CARD)
    assert take.visible == 30
    assert take.changes


@pytest.mark.parametrize(
    ("frames", "rate", "seen"),
    [
        (46, RATE, ""),
        (100, RATE, ""),
        (20, RATE, "padded"),
        (46, Fraction(30), "retimed"),
    ],
)
def test_what_an_editor_would_see_is_told(made: Made, tmp_path: Path, frames, rate, seen: str):
    """A take that is merely longer or larger is cut and scaled without a word in the run."""
    order = delivered(made, tmp_path)
    file = film(tmp_path / "other.mp4", frames, rate)
    take = conformed(made, replace(order, file=file, sha256=sha256_of(file)), card=CARD)
    told = noticeable(take)
    assert any(text.startswith(seen) for text in told) if seen else told == []
    assert set(told) <= set(take.changes)


def test_a_take_made_again_gets_a_name_of_its_own(made: Made, tmp_path: Path):
    """An editor's program may have the older file open."""
    record = delivered(made, tmp_path)
    first = conformed(made, record)
    kept = (made.folder.takes / first.file).read_bytes()
    longer = made.planned(frames=20).shots[0]
    second = conformed(made, record, shot=longer)
    assert second.file != first.file
    assert second.file.startswith("pk010_t01_")
    assert (made.folder.takes / first.file).read_bytes() == kept
    assert [take.file for take in read_takes(made.folder)] == [second.file]


def test_a_choice_survives_conforming_again(made: Made, tmp_path: Path):
    record = delivered(made, tmp_path)
    write_take(made.folder, conformed(made, record).model_copy(update={"chosen": True}))
    assert conformed(made, record, shot=made.planned(frames=20).shots[0]).chosen


def test_what_is_no_film_is_an_error_of_media(made: Made, tmp_path: Path):
    record = delivered(made, tmp_path)
    assert record.file is not None
    record.file.write_bytes(b"<!doctype html><title>Sign in</title>")
    with pytest.raises(MediaError):
        conformed(made, record)
    assert read_takes(made.folder) == []
    assert [p for p in made.folder.root.rglob("*") if p.is_file()] == []


class TestFitting:
    def fit(self, made: Made, take: Take, deliver: Any = "h264", **changes: Any) -> bool:
        return fits(take, made.planned(**changes).shots[0], made.cut, made.folder, deliver)

    def test_what_was_made_so_fits(self, made: Made, tmp_path: Path):
        take = conformed(made, delivered(made, tmp_path))
        assert self.fit(made, take)
        assert self.fit(made, take, text="other words"), "words change no frame of it"

    @pytest.mark.parametrize("card", [CARD, HANDLED], ids=["no handles", "handles"])
    def test_whatever_its_model_delivers(self, made: Made, tmp_path: Path, card: ModelCard):
        assert self.fit(made, conformed(made, delivered(made, tmp_path), card=card))

    @pytest.mark.parametrize(
        "changes",
        [{"frames": 29}, {"width": 128}, {"handles": 4}, {"pixel_aspect": Fraction(2)}],
        ids=["length", "width", "handles", "aspect"],
    )
    def test_another_shape_does_not(self, made: Made, tmp_path: Path, changes: dict[str, Any]):
        assert not self.fit(made, conformed(made, delivered(made, tmp_path)), **changes)

    def test_neither_does_another_delivery(self, made: Made, tmp_path: Path):
        take = conformed(made, delivered(made, tmp_path))
        assert not self.fit(made, take, "prores422hq")

    def test_nor_a_file_that_is_gone_or_changed(self, made: Made, tmp_path: Path):
        take = conformed(made, delivered(made, tmp_path))
        path = made.folder.takes / take.file
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + b"\0")
        assert not self.fit(made, take)
        path.unlink()
        assert not self.fit(made, take)

    def test_nor_one_whose_gap_has_moved_to_another_timecode(self, made: Made, tmp_path: Path):
        take = conformed(made, delivered(made, tmp_path))
        shot = made.planned().shots[0]
        moved = shot.model_copy(update={"gap": shot.gap.model_copy(update={"start": 100})})
        assert not fits(take, moved, made.cut, made.folder, "h264")


class TestTimecode:
    @pytest.mark.parametrize(
        ("start", "gap", "handles", "frame"),
        [
            (86400, 24, 8, 86424),
            (0, 24, 8, 24),
            (0, 8, 8, 8),
            (0, 7, 8, 86400 + 7),
            (0, 0, 8, 86400),
            (0, 0, 0, 0),
        ],
    )
    def test_that_of_its_place_and_an_hour_later_before_midnight(
        self, made: Made, start: int, gap: int, handles: int, frame: int
    ):
        cut = replace(made.cut, start=start)
        assert visible_start(cut, gap, handles) == frame

    @pytest.mark.parametrize("rate", [Fraction(24000, 1001), 25, Fraction(30000, 1001), 60])
    def test_an_hour_is_one_on_the_clock(self, made: Made, rate: Any):
        cut = replace(made.cut, rate=Fraction(rate), start=0)
        assert frames_to_timecode(visible_start(cut, 0, 8), cut.rate) == "01:00:00:00"

    def test_the_file_begins_a_handle_earlier(self, made: Made, tmp_path: Path):
        take = conformed(made, delivered(made, tmp_path))
        assert take.start == 24 - 8
        with av.open(str(made.folder.takes / take.file)) as movie:
            tracks = [movie.metadata, *(stream.metadata for stream in movie.streams)]
        assert "00:00:00:16" in [track.get("timecode") for track in tracks]


@pytest.mark.parametrize(
    ("shot", "take", "reel"),
    [
        ("pk010", 1, "PK010T01"),
        ("pk010", 12, "PK010T12"),
        ("a-long.name_of-a-shot", 1, "ALONGT01"),
        ("x", 103, "XT103"),
        ("Ärmel".replace("Ä", "A"), 2, "ARMELT02"),
    ],
)
def test_a_reel_is_what_even_an_edl_can_hold(
    made: Made, tmp_path: Path, shot: str, take: int, reel: str
):
    request = made.planned(id=shot).shots[0]
    record = delivered(made, tmp_path, take=take)
    found = conformed(made, record, shot=request)
    assert found.reel == reel
    assert len(found.reel) <= 8
