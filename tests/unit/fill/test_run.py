"""A fill, step by step, on a host and a service that live in the test."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.fill.made import RASTER, Local, Made, Service, offer

from pickup.cut.model import CutFile
from pickup.errors import BudgetError, PlanError, RequestError
from pickup.fill.prepare import ShotSettings
from pickup.fill.run import MOST_SHOTS, fill, keep_plan, make_plans
from pickup.fill.takes import read_takes
from pickup.fill.values import Bill, FillOptions, FillResult, Retake, Silent
from pickup.home import home
from pickup.hosts.base import Written
from pickup.jobs.ledger import Ledger
from pickup.jobs.orders import OrderState
from pickup.providers.base import Refusal
from pickup.shots.plan import Plan, read_plan, write_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pickup.cut.gap import Gap
    from pickup.cut.placement import Placement
    from pickup.testing.fake_provider import FakeProvider

MODEL = ShotSettings(model="fake:fake-1", raster=RASTER)


@dataclass
class InMemory:
    """A host whose cut is a value; it remembers what was put into it."""

    made: Made
    notes: tuple[str, ...] = ()
    only: int | None = None
    name: str = "memory"
    placed: dict[int, list[Placement]] = field(default_factory=dict)

    @property
    def cut_path(self) -> Path:
        return self.made.cut_path

    def read(self) -> CutFile:
        return CutFile(self.cut_path, "otio", [self.made.cut], None, notes=list(self.notes))

    def write(self, document: CutFile, placements: Mapping[int, Sequence[Placement]]) -> Written:
        self.placed = {index: list(clips) for index, clips in placements.items()}
        return Written(self.cut_path.with_name("scene.filled.otio"), ("written",))

    def wants(self, gap: Gap) -> bool:
        return self.only is None or gap.start == self.only

    @property
    def names(self) -> list[str]:
        return [clip.name for clip in self.placed.get(0, [])]


@dataclass
class Customer(Silent):
    """A watcher who answers as told, and remembers what was shown."""

    agrees: bool = True
    bills: list[Bill] = field(default_factory=list)
    heard: list[tuple[str, float]] = field(default_factory=list)

    def advance(self, what: str, done: float, detail: str = "") -> None:
        self.heard.append((what, done))

    def agree(self, bill: Bill) -> bool:
        self.bills.append(bill)
        return self.agrees


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    return offer(monkeypatch, Service)


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    return offer(monkeypatch, Local)


def run(
    made: Made, host: InMemory | None = None, customer: Silent | None = None, **options: Any
) -> tuple[FillResult, InMemory]:
    host = host or InMemory(made)
    options.setdefault("shots", MODEL)
    return fill(host, FillOptions(**options), customer or Customer()), host


def states(made: Made) -> list[str]:
    with Ledger.open() as ledger:
        return [record.state.value for record in ledger.list()]


class TestTheWholeWay:
    def test_every_gap_is_filled_paid_once_and_placed(self, made: Made, service: FakeProvider):
        customer = Customer()
        result, host = run(made, customer=customer)
        assert (result.failed, host.names) == ({}, ["pk010_t01", "pk020_t01"])
        assert len(service.charges()) == 2
        assert [t.chosen for t in read_takes(made.folder)] == [True, True]
        assert len(customer.bills) == 1
        assert len(customer.bills[0].lines) == 2
        assert result.report is not None
        assert result.report.is_file()

    def test_what_was_spent_is_what_was_charged(self, made: Made, service: FakeProvider):
        run(made)
        charged = sum((charge.usd for charge in service.charges()), Decimal(0))
        with Ledger.open() as ledger:
            assert ledger.spent() == charged
        costs = [Decimal(str(take.record.cost_usd)) for take in read_takes(made.folder)]
        assert sum(costs) == charged

    def test_a_second_run_asks_and_orders_nothing(self, made: Made, service: FakeProvider):
        run(made)
        customer = Customer(agrees=False)
        result, host = run(made, customer=customer)
        assert customer.bills == []
        assert len(service.charges()) == 2
        assert (len(result.filled), host.names) == (2, ["pk010_t01", "pk020_t01"])

    def test_four_takes_have_four_seeds_and_the_first_is_placed(
        self, made: Made, service: FakeProvider
    ):
        _, host = run(made, InMemory(made, only=24), shots=replace(MODEL, takes=4))
        takes = read_takes(made.folder)
        seeds = [take.record.seed for take in takes]
        assert [b - a for a, b in itertools.pairwise(seeds)] == [1, 1, 1]
        assert len(service.charges()) == 4
        assert host.names == ["pk010_t01"]
        assert [take.name for take in host.placed[0][0].takes] == [take.name for take in takes]

    def test_a_local_model_asks_nobody(self, made: Made, local: FakeProvider):
        customer = Customer(agrees=False)
        _result, host = run(made, customer=customer)
        assert customer.bills == []
        assert len(host.names) == 2
        assert {what for what, _ in customer.heard} == {"Reference frames", "Filming", "Conforming"}

    def test_the_hosts_marks_limit_what_is_filled(self, made: Made, local: FakeProvider):
        result, host = run(made, InMemory(made, only=78))
        assert [shot.shot.gap.start for shot in result.filled] == [78]
        assert len(host.names) == 1

    def test_notes_of_all_who_have_some_come_once_each(self, made: Made, local: FakeProvider):
        result, _ = run(made, InMemory(made, notes=("read so", "read so")))
        assert result.notes.count("read so") == 1
        assert result.notes[-1] == "written"

    def test_a_cut_without_gaps_writes_nothing(self, made: Made, service: FakeProvider):
        result, host = run(made, InMemory(made, only=-1))
        assert (result.out, result.filled, host.placed) == (None, (), {})
        assert not made.folder.root.exists()


class TestMoney:
    def test_a_no_orders_nothing(self, made: Made, service: FakeProvider):
        with pytest.raises(RequestError, match=r"Not ordered: it would cost up to \$0\.\d\d"):
            run(made, customer=Customer(agrees=False))
        assert service.charges() == []
        assert not (home() / "ledger.sqlite").exists() or states(made) == []
        assert made.folder.plan.exists(), "the plan is there to be read"

    def test_the_silent_agree_to_nothing(self, made: Made, service: FakeProvider):
        with pytest.raises(RequestError, match=r"and go to fake\. Say --yes"):
            run(made, customer=Silent())
        assert service.charges() == []

    def test_over_the_budget_nothing_is_ordered(self, made: Made, service: FakeProvider):
        with pytest.raises(BudgetError, match=r"budget of this run is \$0\.10"):
            run(made, budget=Decimal("0.10"))
        assert service.charges() == []
        assert states(made) == []

    def test_within_the_budget_all_is(self, made: Made, service: FakeProvider):
        result, _ = run(made, budget=Decimal(1))
        assert len(result.filled) == 2

    def test_the_monthly_cap_counts_what_other_runs_have_spent(
        self, made: Made, service: FakeProvider
    ):
        home().mkdir(parents=True, exist_ok=True)
        (home() / "settings.toml").write_text("month_usd = 0.55", "utf-8")
        run(made, InMemory(made, only=24))
        run(made, InMemory(made, only=78))
        with pytest.raises(BudgetError, match=r"monthly cap is \$0\.55"):
            run(made, shots=replace(MODEL, takes=3))
        assert len(service.charges()) == 2

    @pytest.mark.parametrize("limit", ["budget", "month"])
    def test_a_price_that_nobody_knows_fits_no_limit(
        self, made: Made, monkeypatch: pytest.MonkeyPatch, limit: str
    ):
        monkeypatch.setenv("PICKUP_OPENAI_VIDEOS_BASE_URL", "https://videos.example/v1")
        monkeypatch.setenv("PICKUP_OPENAI_VIDEOS_API_KEY", "k")
        if limit == "month":
            home().mkdir(parents=True, exist_ok=True)
            (home() / "settings.toml").write_text("month_usd = 100", "utf-8")
        given: dict[str, Any] = {"budget": Decimal(100)} if limit == "budget" else {}
        with pytest.raises(BudgetError, match="Nobody here knows what openai-videos:mine costs"):
            run(made, shots=replace(MODEL, model="openai-videos:mine"), **given)


class TestWhatGoesWrong:
    def test_a_refused_shot_is_told_and_the_others_stand(self, made: Made, service: FakeProvider):
        service.fail_next(Refusal.MODERATION, message="The words name a person. Change them.")
        result, host = run(made)
        assert len(host.names) == 1
        reasons = list(result.failed.values())
        assert "The words name a person. Change them." in reasons
        assert len(service.charges()) == 1

    def test_what_was_refused_is_ordered_anew_by_the_next_run(
        self, made: Made, service: FakeProvider
    ):
        service.fail_next(Refusal.MODERATION)
        run(made)
        customer = Customer()
        result, host = run(made, customer=customer)
        assert (len(host.names), result.failed) == (2, {})
        assert len(customer.bills[0].lines) == 1
        assert len(service.charges()) == 2

    @pytest.mark.parametrize("delivery", ["page", "half", "nothing"])
    def test_a_delivery_that_is_no_film_fails_its_shot_alone(
        self, made: Made, service: FakeProvider, delivery: Any
    ):
        service.deliver_next(delivery)
        result, host = run(made)
        assert len(host.names) == 1
        assert len(result.failed) >= 1
        assert all("Traceback" not in reason for reason in result.failed.values())

    @pytest.mark.parametrize("delivery", ["short", "long"])
    def test_another_length_is_conformed_and_said(
        self, made: Made, service: FakeProvider, delivery: Any
    ):
        service.deliver_next(delivery)
        result, _ = run(made)
        assert len(result.filled) == 2
        assert any(shot.chosen.changes for shot in result.filled)
        assert {shot.chosen.visible for shot in result.filled} == {30}

    def test_a_lost_answer_is_unknown_and_never_sent_again(self, made: Made, service: FakeProvider):
        service.lose_next_answer()
        result, _ = run(made)
        assert sorted(states(made)) == ["fetched", "unknown"]
        (reason,) = [r for r in result.failed.values() if "pickup jobs resolve" in r]
        for choice in ("--adopt", "--resend", "--drop"):
            assert choice in reason
        customer = Customer()
        run(made, customer=customer)
        assert customer.bills == [] or not customer.bills[0].lines
        assert len(service.charges()) == 2

    def test_nothing_made_is_nothing_placed(self, made: Made, service: FakeProvider):
        for _ in range(2):
            service.fail_next(Refusal.MODERATION)
        result, host = run(made)
        assert host.names == []
        assert set(result.failed) >= {"pk010", "pk020"}
        assert result.filled == ()


class TestPlans:
    def test_the_plan_of_a_run_lies_in_the_folder(self, made: Made, local: FakeProvider):
        run(made)
        assert [shot.id for shot in read_plan(made.folder.plan).shots] == ["pk010", "pk020"]

    def test_an_edited_plan_is_followed_and_left_as_it_is(self, made: Made, local: FakeProvider):
        run(made)
        data = json.loads(made.folder.plan.read_text("utf-8"))
        data["shots"][0]["text"] = "fog on the quay"
        made.folder.plan.write_text(json.dumps(data), "utf-8")
        before = made.folder.plan.read_bytes()
        result, host = run(made, plan=made.folder.plan)
        assert made.folder.plan.read_bytes() == before
        assert host.names == ["pk010_t02", "pk020_t01"]
        assert result.filled[0].chosen.record.prompt == "fog on the quay"

    def test_a_plan_of_another_sequence_is_refused(self, made: Made, tmp_path: Path):
        plan = tmp_path / "other.json"
        shots = tuple(made.planned().shots)
        write_plan(Plan(cut="scene.otio", sequence="Scene 9", shots=shots), plan)
        with pytest.raises(RequestError, match=r"sequence “Scene 9”, which scene\.otio has n"):
            run(made, plan=plan)

    def test_what_is_no_plan_is_refused(self, made: Made, tmp_path: Path):
        plan = tmp_path / "cut.otio"
        plan.write_text('{"OTIO_SCHEMA": "Timeline.1"}', "utf-8")
        with pytest.raises(PlanError):
            run(made, plan=plan)

    def plan(self, made: Made, text: str = "") -> Plan:
        return Plan(cut="scene.otio", shots=tuple(made.planned(text=text or "x").shots))

    def test_a_plan_that_somebody_edited_steps_aside(self, made: Made):
        keep_plan(self.plan(made, "mine"), made.folder, None)
        keep_plan(self.plan(made, "anew"), made.folder, None)
        aside = made.folder.root / "plan.previous.json"
        assert read_plan(aside).shots[0].text == "mine"
        assert read_plan(made.folder.plan).shots[0].text == "anew"

    def test_the_same_plan_is_not_written_again(self, made: Made):
        keep_plan(self.plan(made), made.folder, None)
        before = made.folder.plan.stat().st_mtime_ns
        keep_plan(self.plan(made), made.folder, None)
        assert made.folder.plan.stat().st_mtime_ns == before
        assert not (made.folder.root / "plan.previous.json").exists()

    def test_a_spoilt_plan_steps_aside_too(self, made: Made):
        made.folder.root.mkdir()
        made.folder.plan.write_text("{", "utf-8")
        keep_plan(self.plan(made), made.folder, None)
        assert (made.folder.root / "plan.previous.json").read_text("utf-8") == "{"

    def test_more_shots_than_any_film_has_are_refused(
        self, made: Made, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("pickup.fill.run.MOST_SHOTS", 1)
        assert MOST_SHOTS == 10_000
        document = InMemory(made).read()
        with pytest.raises(RequestError, match="has 2 gaps to fill, and one run makes at most 1"):
            make_plans(document, made.folder, FillOptions())


class TestRetakes:
    def test_one_more_which_is_placed_and_the_old_one_kept(self, made: Made, service: FakeProvider):
        run(made)
        customer = Customer()
        _, host = run(made, customer=customer, retake=Retake("pk010"))
        assert host.names == ["pk010_t02", "pk020_t01"]
        assert [line[0] for line in customer.bills[0].lines] == ["pk010 take 2"]
        assert len(service.charges()) == 3

    def test_two_in_a_row_are_two(self, made: Made, local: FakeProvider):
        run(made)
        for number in (2, 3):
            _, host = run(made, retake=Retake("pk020"))
            assert host.names == ["pk010_t01", f"pk020_t{number:02d}"]

    def test_one_made_from_an_older_take_has_its_lineage(self, made: Made, local: FakeProvider):
        run(made)
        result, _ = run(made, retake=Retake("pk010", words="at dusk", of=1))
        first, second = (take for take in result.filled[0].takes)
        assert (second.made_from, second.made_by) == (first.order, "remix")
        with Ledger.open() as ledger:
            record = ledger.get(second.order)
        assert (record.source, record.change) == (first.order, "remix")

    def test_a_shot_that_is_not_there_is_refused_before_anything(
        self, made: Made, service: FakeProvider
    ):
        with pytest.raises(RequestError, match="no shot “pk030” to retake"):
            run(made, retake=Retake("pk030"))
        assert service.charges() == []

    def test_the_plan_of_the_cut_stays_that_of_the_cut(self, made: Made, local: FakeProvider):
        run(made)
        before = made.folder.plan.read_bytes()
        run(made, retake=Retake("pk010", words="at dusk"))
        assert made.folder.plan.read_bytes() == before


def test_an_order_that_was_called_off_is_told_as_it_stands(made: Made, service: FakeProvider):
    service.fail_next(Refusal.UNSUPPORTED, message="Ten seconds at most.")
    result, _ = run(made, InMemory(made, only=24))
    assert result.failed["pk010 take 1"] == "Ten seconds at most."
    with Ledger.open() as ledger:
        (record,) = ledger.list()
    assert record.state is OrderState.REFUSED
