"""Which gaps are divided, into how many pieces, and for which model."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.shots.test_planner import scene

from pickup.cut.gaps import find_gaps
from pickup.cut.model import Raster
from pickup.errors import RequestError
from pickup.fill.chains import rounds
from pickup.fill.ordering import Models, Wanted
from pickup.fill.prepare import PlannedCut, ShotSettings, plan_cut
from pickup.fill.splitting import split_long
from pickup.jobs.orders import TakeOrder
from pickup.providers.card import ModelCard
from pickup.testing.fake_provider import FakeProvider

EIGHT = ModelCard(
    provider="fake", id="eight", title="Eight", durations=(4, 6, 8), prices={"": Decimal("0.1")}
)


class OneModel(Models):
    """Every shot is made by one model."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self._card = card

    def named(self, name: str) -> tuple[Any, ModelCard]:
        return FakeProvider, self._card

    def default(self, shot: Any) -> str:
        return self._card.name


def planned(seconds: float, **asked: Any) -> PlannedCut:
    cut = scene(round(seconds * 24))
    wanted = ShotSettings(raster=Raster(1280, 720), **asked)
    return plan_cut(0, cut, "scene.otio", find_gaps(cut).gaps, wanted, {})


def lengths(seconds: float, card: ModelCard) -> list[float]:
    whole = planned(seconds)
    made = split_long(whole, OneModel(card))
    pieces = [shot for shot in made.shots if shot.gap.of]
    return [shot.frames / 24 for shot in pieces]


@pytest.mark.parametrize("seconds", [1, 4, 7.9, 8])
def test_what_a_model_films_at_once_stays_whole(seconds: float):
    whole = planned(seconds)
    made = split_long(whole, OneModel(EIGHT))
    assert made.shots == whole.shots
    assert made.gaps == whole.gaps
    assert made.notes == whole.notes


def test_longer_gaps_are_divided_where_that_costs_least():
    # 8 + 8 + 4 seconds bought, against 8 + 8 + 8 for three even pieces.
    assert lengths(20, EIGHT) == [8, 8, 4]
    # Sixteen either way: then the pieces are even.
    assert lengths(15, EIGHT) == [7.5, 7.5]


def test_no_piece_is_a_splinter():
    parts = lengths(16.25, EIGHT)
    assert min(parts) > 4
    assert sum(parts) == 16.25


@pytest.mark.parametrize(
    "card",
    [
        EIGHT.model_copy(update={"durations": ()}),
        EIGHT.model_copy(update={"durations": (), "max_seconds": 60}),
        EIGHT.model_copy(update={"needs_last": True}),
        EIGHT.model_copy(update={"durations": (2,)}),
    ],
    ids=["no end", "long enough", "needs a last frame", "too many pieces"],
)
def test_what_need_not_or_cannot_be_divided_stays_whole(card: ModelCard):
    assert lengths(24, card) == []


def test_a_person_is_told():
    made = split_long(planned(20), OneModel(EIGHT))
    (note,) = made.notes
    assert "01:00:02:00 is 20.0 seconds long" in note
    assert "fake:eight films 8.0 of them at once" in note
    assert "3 pieces, pk010 to pk012" in note


def test_pieces_have_their_gaps_and_their_model():
    made = split_long(planned(20), OneModel(EIGHT))
    for shot in made.shots:
        gap = made.gaps[shot.gap.id]
        assert (gap.start, gap.duration) == (shot.gap.start, shot.frames)
    assert {shot.model for shot in made.shots if shot.gap.of} == {"fake:eight"}
    # The second gap of the scene is short: it stays what it was.
    assert [shot.id for shot in made.shots] == ["pk010", "pk011", "pk012", "pk020"]


def test_without_a_key_the_local_model_films_it_whole():
    whole = planned(600)
    assert split_long(whole).shots == whole.shots


def test_with_a_key_a_long_gap_is_divided_rather_than_drawn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PICKUP_GEMINI_API_KEY", "k")
    made = split_long(planned(25))
    pieces = [shot for shot in made.shots if shot.gap.of]
    assert len(pieces) > 1
    assert {shot.model.partition(":")[0] for shot in pieces} == {"gemini"}


def test_a_model_that_nobody_knows_is_refused_by_name():
    with pytest.raises(RequestError, match="nobody"):
        split_long(planned(20, model="nobody:knows"))


def takes_of(made: PlannedCut, *, both: int = 1) -> list[Wanted]:
    return [
        Wanted(made.cut, shot, order=TakeOrder(shot, "fake:eight", take))
        for shot in made.shots
        for take in range(1, both + 1)
    ]


class TestRounds:
    def test_each_piece_comes_after_the_one_before(self):
        made = split_long(planned(20), OneModel(EIGHT))
        names = [[t.shot.id for t in together] for together in rounds(takes_of(made))]
        assert names == [["pk010", "pk020"], ["pk011"], ["pk012"]]

    def test_all_takes_of_a_piece_are_made_at_once(self):
        made = split_long(planned(15), OneModel(EIGHT))
        counts = [len(together) for together in rounds(takes_of(made, both=3))]
        assert counts == [6, 3]

    def test_what_is_there_already_is_not_waited_for(self):
        made = split_long(planned(20), OneModel(EIGHT))
        later = [take for take in takes_of(made) if take.shot.id == "pk012"]
        assert [len(together) for together in rounds(later)] == [1]

    def test_a_plan_that_runs_in_a_circle_ends(self):
        made = split_long(planned(15), OneModel(EIGHT))
        one, two = (take for take in takes_of(made) if take.shot.gap.of)
        assert two.shot.first_frame is not None
        back = two.shot.first_frame.model_copy(update={"media": "pickup:pk011"})
        shot = one.shot.model_copy(update={"first_frame": back})
        circle = [replace(one, shot=shot), two]
        assert sorted(t.shot.id for r in rounds(circle) for t in r) == ["pk010", "pk011"]

    def test_nothing_wanted_is_no_round(self):
        assert list(rounds([])) == []
