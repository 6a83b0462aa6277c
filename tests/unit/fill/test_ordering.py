"""Which takes are wanted, which are there already, and what the others cost and send."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from tests.unit.fill.made import Made, Service, offer

from pickup.errors import RequestError
from pickup.files import sha256_of
from pickup.fill.choices import choose_by_hand
from pickup.fill.ordering import (
    LAST_RESORT,
    Models,
    Wanted,
    Wants,
    bill,
    check_retake,
    foreseen,
    wanted_takes,
)
from pickup.fill.prepare import picture_file
from pickup.fill.values import Retake
from pickup.home import home
from pickup.jobs.ledger import Ledger
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState, TakeOrder
from pickup.providers.addresses import is_private
from pickup.providers.registry import resolve_model
from pickup.shots.request import FrameRef, Reference

if TYPE_CHECKING:
    from pathlib import Path

S = OrderState


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    offer(monkeypatch, Service)
    return Made(tmp_path)


def wants(made: Made, retake: Retake | None = None, **changes: Any) -> Wants:
    changes.setdefault("model", "fake:fake-1")
    planned = made.planned(**changes)
    return wanted_takes(replace(planned, shots=planned.shots[:1]), made.folder, "h264", retake)


def numbers(found: Wants) -> list[int]:
    return [take.order.take for take in found.takes if take.order is not None]


def order_of(take: Wanted) -> TakeOrder:
    assert take.order is not None
    return take.order


def as_made_by(made: Made, take: Wanted, number: int, **changes: Any) -> None:
    """A take in the folder, as that order made it."""
    request = order_of(take).request
    made.take(number)
    from pickup.fill.takes import read_takes, write_take

    (found,) = [t for t in read_takes(made.folder) if t.record.take == number]
    record = found.record.model_copy(
        update={"request_sha256": request.sha256(), "provider": "fake", "model": "fake-1"}
    )
    write_take(
        made.folder,
        found.model_copy(update={"record": record, "order": order_of(take).key, **changes}),
    )


class TestWhichTakes:
    def test_one_where_there_is_none(self, made: Made):
        (take,) = wants(made).takes
        order = order_of(take)
        assert (order.take, order.model, order.cut) == (1, "fake:fake-1", "scene.pickup")
        assert order.request.model == "fake:fake-1"
        assert (order.source, order.change, take.ready, take.older) == ("", "", None, frozenset())

    def test_as_many_as_are_asked_for_each_with_its_seed(self, made: Made):
        found = wants(made, takes=4, seed=2**32 - 2)
        orders = [order_of(take) for take in found.takes]
        assert numbers(found) == [1, 2, 3, 4]
        assert [order.seed for order in orders] == [2**32 - 2, 2**32 - 1, 0, 1]
        assert len({order.key for order in orders}) == 4

    def test_what_was_made_of_this_very_request_counts(self, made: Made):
        first, second = wants(made, takes=2).takes
        as_made_by(made, first, 1)
        as_made_by(made, second, 2)
        again = wants(made, takes=3)
        assert numbers(again) == [1, 2, 3], "the same orders, which cost nothing, and one more"
        assert [order_of(take).key for take in again.takes[:2]] == [
            order_of(first).key,
            order_of(second).key,
        ]

    def test_other_words_make_a_take_of_another_number(self, made: Made):
        as_made_by(made, wants(made).takes[0], 1)
        (take,) = wants(made, text="in the rain").takes
        assert order_of(take).take == 2
        assert take.older == {1}

    def test_another_model_makes_another_take(self, made: Made):
        as_made_by(made, wants(made).takes[0], 1)
        assert numbers(wants(made, model=LAST_RESORT)) == [2]

    def test_a_take_of_another_gap_is_not_this_ones(self, made: Made):
        first = wants(made).takes[0]
        as_made_by(made, first, 1)
        shot = made.planned().shots[0]
        moved = shot.gap.model_copy(update={"id": "g0000000000"})
        assert numbers(wants(made, gap=moved)) == [2]

    def test_a_retake_is_one_more_however_many_there_are(self, made: Made):
        for take in wants(made, takes=2).takes:
            as_made_by(made, take, order_of(take).take)
        assert numbers(wants(made, Retake("pk010")))[-1] == 3
        assert numbers(wants(made, Retake("pk010", words="dusk"), text="dusk")) == [3]

    def test_a_retake_of_another_shot_is_none_of_this(self, made: Made):
        as_made_by(made, wants(made).takes[0], 1)
        assert numbers(wants(made, Retake("pk020"))) == [1]

    def test_a_changed_take_remade_keeps_what_it_was_made_from(self, made: Made):
        first = wants(made).takes[0]
        as_made_by(made, first, 1, made_from="k" * 64, made_by="extend:4")
        (again,) = wants(made).takes
        assert (order_of(again).source, order_of(again).change) == ("k" * 64, "extend:4")


class TestRefusals:
    def test_a_model_that_cannot_is_said_without_the_shots_name(self, made: Made):
        found = wants(made, model="fal:fal-ai/veo3.1/first-last-frame-to-video")
        assert found.takes == []
        assert list(found.refused) == ["pk010"]
        assert not found.refused["pk010"].startswith("pk010")

    @pytest.mark.parametrize(
        ("model", "said"),
        [
            ("nobody:m", "nobody"),
            ("fake:other", "other"),
            ("openai-videos:sora-2-pro", "2026-09-24"),
        ],
    )
    def test_a_model_that_is_not_or_no_longer_there(self, made: Made, model: str, said: str):
        with pytest.raises(RequestError, match=said):
            wants(made, model=model)

    def test_a_model_that_makes_nothing_of_old_takes(self, made: Made):
        as_made_by(made, wants(made).takes[0], 1)
        found = wants(made, Retake("pk010", of=1, change="upscale"))
        assert found.takes == []
        assert "pk010" in found.refused

    def test_the_others_are_ordered_all_the_same(self, made: Made):
        planned = made.planned(model="fal:fal-ai/veo3.1/first-last-frame-to-video")
        planned.shots[1] = planned.shots[1].model_copy(update={"model": "fake:fake-1"})
        found = wanted_takes(planned, made.folder, "h264")
        assert (list(found.refused), [t.shot.id for t in found.takes]) == (["pk010"], ["pk020"])


class TestDefaultModel:
    def test_the_users_own_choice(self, made: Made):
        home().mkdir(parents=True, exist_ok=True)
        (home() / "settings.toml").write_text('model = "fake:fake-1"', "utf-8")
        assert Models().default(made.planned().shots[0]) == "fake:fake-1"
        (take,) = wants(made, model="").takes
        assert order_of(take).model == "fake:fake-1"

    def test_without_a_key_the_local_one(self, made: Made):
        assert Models().default(made.planned().shots[0]) == LAST_RESORT

    def test_with_a_key_what_the_shot_needs(self, made: Made, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("PICKUP_GEMINI_API_KEY", "k")
        shot = (
            made.planned()
            .shots[0]
            .model_copy(
                update={
                    "first_frame": FrameRef(file="frames/a.png"),
                    "last_frame": FrameRef(file="frames/b.png"),
                }
            )
        )
        name = Models().default(shot)
        assert name.startswith("gemini:")
        _, card = Models().named(name)
        assert card.first_frame
        assert card.last_frame

    def test_each_is_looked_up_once(self, made: Made, monkeypatch: pytest.MonkeyPatch):
        asked: list[str] = []

        def resolve(name: str) -> Any:
            asked.append(name)
            return resolve_model(name)

        monkeypatch.setattr("pickup.fill.ordering.resolve_model", resolve)
        models = Models()
        assert models.named("fake:fake-1") is models.named("fake:fake-1")
        assert asked == ["fake:fake-1"]


class TestBill:
    def test_each_take_its_price_and_what_it_sends(self, made: Made):
        cost = bill(wants(made, takes=2).takes)
        assert [(name, model) for name, model, _ in cost.lines] == [
            ("pk010 take 1", "fake:fake-1"),
            ("pk010 take 2", "fake:fake-1"),
        ]
        # 30 frames and two handles of 8 at 24 a second, ten cents a second.
        prices = {price for _, _, price in cost.lines}
        assert len(prices) == 1
        assert Decimal("0.125") <= (prices.pop() or 0) <= Decimal("0.20")
        assert cost.services == ("fake",)
        assert cost.uploads == ("pk010: its words go to fake",)

    def test_the_frames_are_named_as_an_editor_would(self, made: Made):
        made.folder.frames.mkdir(parents=True)
        refs: dict[str, Any] = {}
        for side in ("first", "last"):
            file = f"frames/pk010_{side}.png"
            (made.folder.root / file).write_bytes(b"png")
            refs[f"{side}_frame"] = FrameRef(file=file)
        (line,) = bill(wants(made, **refs).takes).uploads
        assert "its words" in line
        assert "frame before" in line
        assert "frame after" in line

    @pytest.mark.parametrize(
        ("first", "last", "needs_first", "sent"),
        [
            (True, True, False, "its words, the frame before and the frame after"),
            (True, False, False, "its words and the frame before"),
            (False, False, False, "its words"),
            (False, True, True, "its words and the frame after"),
        ],
    )
    def test_only_what_the_model_joins_to_is_sent(self, made: Made, first, last, needs_first, sent):
        made.folder.frames.mkdir(parents=True)
        refs: dict[str, Any] = {}
        for side in ("first", "last"):
            file = f"frames/pk010_{side}.png"
            (made.folder.root / file).write_bytes(b"png")
            refs[f"{side}_frame"] = FrameRef(file=file)
        (take,) = wants(made, **refs).takes
        assert take.card is not None
        facts = {"first_frame": first, "last_frame": last, "last_needs_first": needs_first}
        card = take.card.model_copy(update=facts)
        (line,) = bill([replace(take, card=card)]).uploads
        assert line == f"pk010: {sent} go to fake"

    def test_what_may_not_be_uploaded_is_told_once(self, made: Made):
        rules = ("No faces.", "No minors.")
        takes = wants(made, takes=2).takes
        assert takes[0].card is not None
        card = takes[0].card.model_copy(update={"upload_rules": rules})
        cost = bill([replace(take, card=card) for take in takes])
        assert cost.rules == tuple(f"fake:fake-1: {rule}" for rule in rules)

    def test_a_local_model_costs_and_sends_nothing(self, made: Made):
        cost = bill(wants(made, model=LAST_RESORT).takes)
        assert (cost.lines, cost.uploads, cost.services) == ((), (), ())

    def test_nothing_wanted_asks_nothing(self, made: Made):
        assert bill([]).total == 0
        assert not (home() / "ledger.sqlite").exists()

    @pytest.mark.parametrize(
        ("state", "paid"),
        [(S.INTENT, True), (S.SENDING, False), (S.SUBMITTED, False), (S.UNKNOWN, False)],
    )
    def test_what_has_left_before_is_not_paid_again(self, made: Made, state: S, paid: bool):
        found = wants(made)
        order = order_of(found.takes[0])
        with Ledger.open() as ledger:
            ledger.intend(order, Decimal(1))
            if state is not S.INTENT:
                ledger.claim(order.key, "w", NO_LIMITS)
            if state in (S.SUBMITTED, S.UNKNOWN):
                ledger.move(order.key, state, job_id="j")
        assert bool(bill(found.takes).lines) is paid

    def test_what_failed_is_paid_again(self, made: Made):
        found = wants(made)
        order = order_of(found.takes[0])
        with Ledger.open() as ledger:
            ledger.intend(order, Decimal(1))
            ledger.move(order.key, S.REFUSED, reason="moderation")
        assert len(bill(found.takes).lines) == 1

    def test_one_made_from_an_older_take_sends_no_frames(self, made: Made):
        (take,) = wants(made).takes
        changed = replace(take, order=replace(order_of(take), source="k" * 64))
        (line,) = bill([changed]).uploads
        assert "frame" not in line

    def test_reference_images_are_named(
        self, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("PICKUP_GEMINI_API_KEY", "k")
        path = tmp_path / "anna.png"
        Image.new("RGB", (40, 30)).save(path)
        image = Reference(name="Anna", path=str(path), sha256=sha256_of(path))
        picture_file(image, made.folder).parent.mkdir(parents=True)
        picture_file(image, made.folder).write_bytes(path.read_bytes())
        found = wants(made, references=(image,), model="gemini")
        assert order_of(found.takes[0]).pictures == (picture_file(image, made.folder),)
        assert "Anna" in bill(found.takes).uploads[0]

    def test_an_own_server_whose_price_nobody_knows_is_free(
        self, made: Made, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("PICKUP_OPENAI_VIDEOS_BASE_URL", "http://127.0.0.1:9/v1")
        assert is_private("http://127.0.0.1:9/v1")
        cost = bill(wants(made, model="openai-videos:my-model").takes)
        assert cost.total == 0
        assert cost.unpriced == ()

    def test_a_strangers_server_whose_price_nobody_knows_is_not(
        self, made: Made, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("PICKUP_OPENAI_VIDEOS_BASE_URL", "https://videos.example/v1")
        cost = bill(wants(made, model="openai-videos:my-model").takes)
        assert cost.unpriced == ("openai-videos:my-model",)
        assert cost.spends


class TestForeseen:
    def test_cost_uploads_and_refusals_stand_in_the_plan(self, made: Made):
        planned = made.planned(model="fake:fake-1")
        planned.shots[1] = planned.shots[1].model_copy(update={"model": "openai-videos:sora-2"})
        with pytest.raises(RequestError, match="sora-2"):
            foreseen([planned], made.folder, "h264")
        planned.shots[1] = planned.shots[1].model_copy(
            update={"model": "fal:fal-ai/veo3.1/first-last-frame-to-video"}
        )
        said = foreseen([planned], made.folder, "h264")
        assert said[0].startswith("Filming this will cost up to $0.")
        assert "Upload: pk010: its words go to fake." in said
        assert any(line.startswith("pk020: ") for line in said)

    def test_a_free_plan_says_nothing_of_money(self, made: Made):
        assert foreseen([made.planned(model=LAST_RESORT)], made.folder, "h264") == ()

    def test_a_take_chosen_by_hand_costs_nothing_more(self, made: Made):
        made.take(1)
        planned = made.planned(model="fake:fake-1", text="words that are new")
        assert any("pk010" in line for line in foreseen([planned], made.folder, "h264"))
        choose_by_hand(made.folder, "pk010", 1)
        assert not any("pk010" in line for line in foreseen([planned], made.folder, "h264"))


class TestCheckRetake:
    def test_the_shot_has_to_be_there(self, made: Made):
        with pytest.raises(RequestError, match="no shot “pk090” to retake; this cut has pk010, pk"):
            check_retake(Retake("pk090"), [made.planned()], made.folder)
        with pytest.raises(RequestError, match="this cut has none"):
            check_retake(Retake("pk010"), [], made.folder)

    def test_so_has_the_take_that_it_is_made_from(self, made: Made):
        made.take(2)
        check_retake(Retake("pk010", of=2), [made.planned()], made.folder)
        with pytest.raises(RequestError, match="Shot pk010 has no take 1; it has 2"):
            check_retake(Retake("pk010", of=1), [made.planned()], made.folder)
        with pytest.raises(RequestError, match="it has none"):
            check_retake(Retake("pk020", of=1), [made.planned()], made.folder)
