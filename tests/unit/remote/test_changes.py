"""What is ordered where an older take is changed, and what is refused before anything is sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from pickup.errors import RequestError
from pickup.jobs.budget import estimate
from pickup.providers import catalog
from pickup.providers.base import Change
from pickup.providers.card import ModelCard
from pickup.shots.request import FrameRef, GapRef, ShotRequest

if TYPE_CHECKING:
    from pickup.providers.card import ChangeKind


def shot(frames: int = 240) -> ShotRequest:
    gap = GapRef(id="gap", start=0, duration=frames)
    return ShotRequest(
        id="pk010",
        gap=gap,
        text="fog",
        frames=frames,
        rate=Fraction(24),
        width=1280,
        height=720,
    )


@pytest.mark.parametrize(
    "change", [Change(), Change("extend", 7), Change("upscale")], ids=lambda change: str(change)
)
def test_it_is_written_down_and_read_again(change: Change):
    assert Change.parse(str(change)) == change


def test_an_older_book_knows_remixes_alone():
    assert Change.parse("") == Change("remix")


@pytest.mark.parametrize(
    ("frames", "have", "seconds"),
    [(240, 192, 3), (240, 96, 6), (240, 168, 3), (241, 168, 4), (240, 0, 10)],
)
def test_an_extension_adds_what_is_missing_and_no_more(frames: int, have: int, seconds: int):
    card = catalog.card("gemini", "gemini-omni-1.2-flash")
    change = catalog.change_of(card, shot(frames), "extend", maker="gemini", have=have)
    assert change == Change("extend", seconds)


@pytest.mark.parametrize(
    ("model", "kind", "maker", "have", "told"),
    [
        ("gemini:gemini-omni-1.2-flash", "extend", "gemini", 240, "as long as its shot already"),
        ("gemini:gemini-omni-1.2-flash", "extend", "gemini", -24, "adds 10 seconds at most"),
        ("gemini:gemini-omni-1.2-flash", "remix", "animatic", 96, "made by animatic"),
        ("gemini:gemini-omni-1.1-flash", "upscale", "gemini", 96, "gemini-omni-1.2-flash can"),
        ("veo:veo-3.1-generate-001", "remix", "veo", 96, "cannot remix a take"),
        ("openrouter:google/veo-3.1", "remix", "openrouter", 96, "without --of"),
    ],
)
def test_what_cannot_be_had_is_told(model: str, kind: ChangeKind, maker: str, have: int, told: str):
    provider, _, name = model.partition(":")
    card = ModelCard(provider=provider, id=name)
    if provider != "openrouter":
        card = catalog.card(provider, name)
    with pytest.raises(RequestError, match=told):
        catalog.change_of(card, shot(), kind, maker=maker, have=have)


def test_a_local_model_remixes_by_filming_anew():
    card = ModelCard(provider="animatic", id="animatic-1", local=True)
    made = catalog.change_of(card, shot(), "remix", maker="animatic", have=240)
    assert made == Change("remix")
    with pytest.raises(RequestError, match="cannot extend"):
        catalog.change_of(card, shot(), "extend", maker="animatic", have=100)


def test_an_extension_costs_what_it_adds():
    card = catalog.card("veo", "veo-3.1-generate-001")
    whole, added = estimate(card, shot(192)), estimate(card, shot(192), "extend:7")
    assert (str(whole), str(added)) == ("3.2000", "2.8000")


def test_an_upscaler_films_nothing_and_is_nobodys_default():
    card = catalog.card("fal", "fal-ai/flashvsr/upscale/video")
    (problem,) = catalog.check(card, shot(96), date(2026, 11, 23))
    assert "films nothing" in problem
    assert catalog.check(card, shot(96), date(2026, 11, 23), filming=False) == []
    joined = shot(96).model_copy(update={"first_frame": FrameRef(file="frames/a.png")})
    chosen = catalog.choose_default(joined, ["fal"], today=date(2026, 11, 23))
    assert "flashvsr" not in chosen.name


def test_a_retired_model_changes_nothing_either():
    card = catalog.card("gemini", "gemini-omni-flash-preview")
    problems = catalog.check(card, shot(96), date(2026, 11, 23), filming=False)
    assert "was retired on" in problems[0]


@pytest.mark.parametrize(
    ("hours", "created", "told"),
    [
        (48, datetime.now(UTC) - timedelta(hours=50), True),
        (48, datetime.now(UTC) - timedelta(hours=40), False),
        (0, datetime(2020, 1, 1, tzinfo=UTC), False),
    ],
)
def test_a_take_that_its_service_may_have_thrown_away_is_told_of(hours, created, told):
    card = ModelCard(provider="gemini", id="m", link_hours=hours)
    said = catalog.too_old(card, shot(), created.isoformat(timespec="seconds"))
    assert bool(said) is told
    assert all("48 hours" in text and "without --of" in text for text in said)


@pytest.mark.parametrize("created", ["", "yesterday", "2026-11-01T00:00:00"])
def test_a_take_without_a_sensible_date_is_not_judged(created):
    card = ModelCard(provider="gemini", id="m", link_hours=1)
    assert catalog.too_old(card, shot(), created) == []
