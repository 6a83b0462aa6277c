"""What a model would do for a shot: the prompt as its provider gets it, what it can, its price."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.ui.conftest import LONG, Desk

from pickup.errors import PickupError
from pickup.providers import catalog
from pickup.providers.card import ModelCard
from pickup.providers.registry import load
from pickup.shots.request import FrameRef
from pickup_ui.models.models import Catalog, ability, as_sent, read_catalog, with_frames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.shots.request import ShotRequest


def card(**facts: object) -> ModelCard:
    return ModelCard.model_validate({"provider": "a", "id": "m", "title": "M", **facts})


@pytest.fixture
def shot(open_desk: Desk) -> ShotRequest:
    return open_desk.session.shots["pk010"].shot


class TestThePromptAsItIsSent:
    def test_plain_words_go_as_they_are(self, shot):
        assert as_sent(card(), shot) == "rain on glass"

    def test_what_shall_not_be_seen_goes_in_a_field_of_its_own_where_there_is_one(self, shot):
        asked = shot.model_copy(update={"negative": "people"})
        assert as_sent(card(negative=True), asked) == "rain on glass\nNot: people"
        assert as_sent(card(), asked) == "rain on glass"

    @pytest.mark.parametrize(
        ("facts", "tags"),
        [
            ({"first_frame": True, "last_frame": True}, "<FIRST_FRAME> <LAST_FRAME> "),
            ({"first_frame": True}, "<FIRST_FRAME> "),
            ({"last_frame": True}, "<LAST_FRAME> "),
            ({}, ""),
        ],
    )
    def test_gemini_is_told_which_image_is_which(self, shot, facts, tags):
        made = card(provider="gemini", **facts)
        assert as_sent(made, with_frames(shot), load("gemini")) == f"{tags}rain on glass"  # type: ignore[arg-type]

    def test_a_last_frame_that_needs_a_first_one_does_not_go_alone(self, shot):
        made = card(provider="gemini", first_frame=True, last_frame=True, last_needs_first=True)
        alone = with_frames(shot.model_copy(update={"first_frame": None}))
        assert as_sent(made, alone, load("gemini")) == "rain on glass"  # type: ignore[arg-type]

    def test_it_is_what_the_provider_does_send(self, shot, tmp_path, monkeypatch):
        """The same words by both ways, with frames."""
        from PIL import Image

        from pickup.providers.base import Order

        monkeypatch.setenv("PICKUP_GEMINI_API_KEY", "k")
        provider: Any = load("gemini")
        for name in ("first", "last"):
            Image.new("RGB", (96, 64)).save(tmp_path / f"{name}.png")
        made = next(c for c in provider.cards() if c.first_frame and c.last_frame)
        order = Order(
            request=shot, model=made.id, take=1, key="k",
            first_frame=tmp_path / "first.png", last_frame=tmp_path / "last.png",
        )  # fmt: skip
        card_of_it, asked = provider.asked(order)
        body = provider._ordered(order, card_of_it, asked)
        sent = [part["text"] for part in body["input"][0]["content"] if part["type"] == "text"]
        assert sent == [as_sent(made, with_frames(shot), provider)]

    def test_the_card_shows_it_again_with_every_word(self, open_desk):
        model = next(
            c.name
            for c in open_desk.models.catalog.cards.values()
            if c.provider == "gemini" and c.first_frame and c.last_frame
        )
        session = open_desk.session
        session.edit("pk010", "", model=model)
        for words in ("f", "fo", "fog"):
            session.edit("pk010", "words", "words", words=words, words_from="person")
            offer = open_desk.models.offer(session.shots["pk010"].shot)
            assert offer.sent == f"<FIRST_FRAME> <LAST_FRAME> {words}"
        session.edit("pk010", "", model="animatic")
        assert open_desk.models.offer(session.shots["pk010"].shot).sent == "fog"


class TestAbility:
    @pytest.mark.parametrize(
        ("facts", "said"),
        [
            ({"first_frame": True, "last_frame": True, "seed": True},
             "joins both frames, any length, keeps the seed"),
            ({"first_frame": True, "durations": (4, 8), "audio": True},
             "joins the first frame, up to 8 s, sound, no seed"),
            ({"last_frame": True, "max_seconds": 7.5},
             "joins the last frame, up to 7.5 s, no seed"),
            ({}, "joins no frame, any length, no seed"),
        ],
    )  # fmt: skip
    def test_in_a_few_words(self, facts, said):
        assert ability(card(**facts)) == said


class TestFramesThatAreToCome:
    def ref(self, **facts: Any) -> FrameRef:
        return FrameRef(path="/a/b.mov", **facts)

    @pytest.mark.parametrize(
        ("facts", "there"),
        [({}, True), ({"reason": "offline"}, False), ({"file": "frames/x.png"}, True)],
    )
    def test_one_that_can_be_extracted_counts_as_there(self, shot, facts, there):
        seen = with_frames(shot.model_copy(update={"first_frame": self.ref(**facts)}))
        assert bool(seen.first_frame and seen.first_frame.file) is there

    def test_nothing_to_come_is_the_same_object(self, shot):
        bare = shot.model_copy(update={"first_frame": None, "last_frame": None})
        assert with_frames(bare) is bare


class TestOffers:
    def test_worked_out_together_they_are_known_until_the_shot_changes(self, open_desk, qtbot):
        models, shots = open_desk.models, [s.shot for s in open_desk.session.shots.values()]
        assert all(models.known(shot) is None for shot in shots)
        with qtbot.waitSignal(models.changed_offers, timeout=LONG):
            models.work_out(shots)
        assert [models.known(shot).model for shot in shots] == ["animatic:animatic-1"] * 2
        other = shots[0].model_copy(update={"seed": 5})
        assert models.known(other) is None

    def test_what_goes_wrong_is_told_and_they_can_be_worked_out_again(
        self, open_desk, qtbot, monkeypatch
    ):
        models, shots = open_desk.models, [s.shot for s in open_desk.session.shots.values()]

        def broken(*_: Any) -> Any:
            raise PickupError("The catalog is spoilt.")

        with monkeypatch.context() as spoilt, qtbot.waitSignal(open_desk.tasks.failed) as told:
            spoilt.setattr("pickup.providers.catalog.check", broken)
            models.work_out(shots)
        assert told.args == ["The catalog is spoilt."]
        with qtbot.waitSignal(models.changed_offers, timeout=LONG):
            models.work_out(shots)
        assert all(models.known(shot) for shot in shots)

    def test_a_catalog_read_anew_meanwhile_is_what_counts(self, open_desk, qtbot, monkeypatch):
        models, shots = open_desk.models, [s.shot for s in open_desk.session.shots.values()]
        read, begun = threading.Event(), threading.Event()
        real = catalog.check

        def slow(*args: Any) -> Any:
            begun.set()
            assert read.wait(LONG / 1000)
            return real(*args)

        monkeypatch.setattr(catalog, "check", slow)
        models.work_out(shots)
        assert begun.wait(LONG / 1000)
        with qtbot.waitSignal(models.changed, timeout=LONG):
            models.read()
        with qtbot.waitSignal(models.changed_offers, timeout=LONG):
            read.set()
        assert [models.known(shot) for shot in shots] == [None, None]

    def test_before_the_catalog_is_read_nothing_is_said_against_a_model(self, desk, shot):
        offer = desk.models.offer(shot)
        assert offer.problems or offer.can  # the desk of `shot` has read it already
        desk.models.catalog = Catalog()
        fresh = shot.model_copy(update={"seed": 9})
        assert desk.models.offer(fresh).problems == ()
        assert desk.models.offer(fresh).can == "Reading the catalog …"

    def test_a_provider_alone_is_its_first_model_that_lives(self, open_desk, shot):
        catalog = Catalog(
            {
                c.name: c
                for c in (card(id="old", status="retired"), card(id="new"), card(id="newer"))
            }
        )
        open_desk.models.catalog = catalog
        found = open_desk.models.card("a", shot)
        assert found is not None
        assert found.id == "new"
        assert open_desk.models.card("b", shot) is None

    def test_without_a_key_it_says_so(self, open_desk, shot):
        name = next(c.name for c in open_desk.models.catalog.cards.values() if c.provider == "fal")
        assert not open_desk.models.offer(shot, name).keyed
        assert open_desk.models.offer(shot, "animatic").keyed

    def test_the_price_is_of_one_take(self, open_desk, shot):
        dear = next(
            c for c in open_desk.models.catalog.cards.values()
            if c.prices and c.status == "active" and c.first_frame and c.last_frame
        )  # fmt: skip
        one = open_desk.models.offer(shot.model_copy(update={"takes": 1}), dear.name).price_each
        three = open_desk.models.offer(shot.model_copy(update={"takes": 3}), dear.name).price_each
        assert one == three
        assert isinstance(one, Decimal)
        assert one > 0

    def test_problems_and_notes_do_not_name_the_shot_again(self, open_desk, shot):
        def all_said(offer: Any) -> Sequence[str]:
            return (*offer.problems, *offer.notes)

        for name in open_desk.models.catalog.cards:
            said = all_said(open_desk.models.offer(shot, name))
            assert not [text for text in said if text.startswith("pk010")]


class TestReadingTheCatalog:
    def test_one_that_breaks_is_told_and_the_others_stay(self, monkeypatch: pytest.MonkeyPatch):
        from pickup.errors import PickupError
        from pickup.providers.fal import FalProvider

        def breaks(self: object) -> object:
            raise PickupError("the list of models cannot be read.")

        monkeypatch.setattr(FalProvider, "cards", breaks)
        catalog = read_catalog()
        assert "fal: the list of models cannot be read." in catalog.problems
        assert any(c.provider == "gemini" for c in catalog.cards.values())
        assert not any(c.provider == "fal" for c in catalog.cards.values())

    def test_gemini_is_known_to_say_more(self):
        assert set(read_catalog().reword) == {"gemini"}
