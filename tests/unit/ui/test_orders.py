"""Ordering with a maker that the test plays: what is told, when, and what becomes of a shot."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.ui.conftest import LONG, Desk, lay_take

from pickup.errors import PickupError
from pickup.jobs.ledger import Ledger
from pickup.jobs.orders import OrderState
from pickup_ui.hosts import host_of
from pickup_ui.models.orders import missing
from pickup_ui.models.shot_state import Status
from pickup_ui.work import ordering, workshop
from pickup_ui.work.steps import Job, Phase, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Maker:
    """Stands for the process that makes takes: it says what the test lets it say."""

    def __init__(self) -> None:
        self.asked: list[list[tuple[str, int]]] = []
        self.go = threading.Event()
        self.script: Callable[[Maker, Any], None] = lambda maker, tell: None
        self.stopped = False
        self.called_off: Any = ()

    def __call__(
        self, job: Job, wanted: Any, tell: Any, should_stop: Any, called_off: Any = ()
    ) -> None:
        self.wanted, self.called_off, self.budget = list(wanted), called_off, job.budget
        self.keys = {take.shot.id: take.order.key for take in wanted}
        mine = [(take.shot.id, take.order.take) for take in wanted]
        self.asked.append(mine)  # the test goes on from here
        while not self.go.wait(0.01):
            if should_stop():
                self.stopped = True
                for take in wanted:
                    tell(self.step(take.shot.id, Phase.STOPPED, number=take.order.take))
                return
        settled: set[tuple[str, int]] = set()

        def heard(step: Step) -> None:
            if step.phase in (Phase.READY, Phase.FAILED, Phase.STOPPED):
                settled.add((step.shot, step.number))
            tell(step)

        self.script(self, heard)
        for shot, number in mine:
            if (shot, number) not in settled:
                tell(self.step(shot, Phase.STOPPED, number=number))

    def step(
        self, shot: str, phase: Phase, part: float | None = None, said: str = "", number: int = 1
    ) -> Step:
        return Step(shot, number, phase, part, said, key=self.keys[shot])


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    made = Maker()
    monkeypatch.setattr(workshop, "make_apart", made)
    return made


def begun(desk: Desk, maker: Maker, qtbot: Any, *shots: str) -> None:
    """Order, and wait until the maker has the orders."""
    before = len(maker.asked)
    if shots:
        desk.orders.order(shots)
    else:
        desk.orders.order_wanted()
    qtbot.waitUntil(lambda: len(maker.asked) > before, timeout=LONG)


def ended(desk: Desk, maker: Maker, qtbot: Any) -> None:
    with qtbot.waitSignal(desk.orders.finished, timeout=LONG):
        maker.go.set()


def statuses(desk: Desk) -> list[Status]:
    return [state.status for state in desk.session.shots.values()]


class TestProgress:
    def test_from_the_first_moment_a_shot_is_busy_and_cannot_be_ordered(
        self, open_desk, maker, qtbot
    ):
        begun(open_desk, maker, qtbot)
        assert statuses(open_desk) == [Status.BUSY] * 2
        assert open_desk.orders.orderable() == []
        assert open_desk.orders.counts == (0, 2)
        open_desk.orders.order(["pk010", "pk020"])
        open_desk.orders.order_wanted()
        ended(open_desk, maker, qtbot)
        assert len(maker.asked) == 1

    def test_each_phase_moves_the_bar_on(self, open_desk, maker, qtbot):
        fractions: list[float] = []
        open_desk.orders.progress.connect(lambda done, total, part: fractions.append(part))
        gate = threading.Semaphore(0)

        def script(maker: Maker, tell: Any) -> None:
            for phase, part in (
                (Phase.MAKING, 0.5),
                (Phase.CONFORMING, 0.0),
                (Phase.CONFORMING, 1.0),
            ):
                tell(maker.step("pk010", phase, part))
                gate.acquire(timeout=5)

        maker.script = script
        begun(open_desk, maker, qtbot)
        maker.go.set()
        for expected in (0.225, 0.45, 0.5):
            qtbot.waitUntil(
                lambda e=expected: abs(open_desk.orders.fraction() - e) < 1e-6, timeout=LONG
            )
            gate.release()
        qtbot.waitUntil(lambda: not open_desk.orders.running, timeout=LONG)
        assert fractions == sorted(fractions)

    def test_of_much_news_at_once_the_newest_counts_and_all_of_it_arrives(
        self, open_desk, maker, qtbot
    ):
        """A thousand words on two takes are two changes on the screen, not a thousand."""
        changes: list[str] = []

        def script(maker: Maker, tell: Any) -> None:
            for n in range(1000):
                tell(maker.step("pk010", Phase.MAKING, n / 1000))
                tell(maker.step("pk020", Phase.MAKING, n / 1000))
            tell(maker.step("pk010", Phase.FAILED, None, "no"))

        maker.script = script
        begun(open_desk, maker, qtbot)
        open_desk.session.shot_changed.connect(changes.append)
        ended(open_desk, maker, qtbot)
        assert len(changes) < 60
        assert open_desk.session.shots["pk010"].reason == "no"

    def test_after_the_end_nothing_is_counted_any_more(self, open_desk, maker, qtbot):
        begun(open_desk, maker, qtbot)
        ended(open_desk, maker, qtbot)
        assert open_desk.orders.counts[1] == 0
        assert open_desk.orders.fraction() == 0.0


class TestFailing:
    REASON = "the service refused the first frame: a face in it"

    def refused(self, desk: Desk, maker: Maker, qtbot: Any) -> None:
        def script(maker: Maker, tell: Any) -> None:
            tell(maker.step("pk010", Phase.FAILED, None, self.REASON))
            tell(maker.step("pk020", Phase.STOPPED))

        maker.script = script
        begun(desk, maker, qtbot)
        ended(desk, maker, qtbot)
        maker.go.clear()

    def test_the_reason_stands_in_the_services_words(self, open_desk, maker, qtbot):
        self.refused(open_desk, maker, qtbot)
        assert statuses(open_desk) == [Status.FAILED, Status.OPEN]
        assert open_desk.session.shots["pk010"].reason == self.REASON

    def test_what_failed_is_ordered_again_with_the_others(self, open_desk, maker, qtbot):
        self.refused(open_desk, maker, qtbot)
        assert [state.id for state in open_desk.orders.orderable()] == ["pk010", "pk020"]
        begun(open_desk, maker, qtbot, "pk010")
        assert maker.asked[-1] == [("pk010", 1)]
        ended(open_desk, maker, qtbot)

    def test_other_words_take_the_reason_away_and_undo_does_not_bring_a_busy_shot_back(
        self, open_desk, maker, qtbot
    ):
        self.refused(open_desk, maker, qtbot)
        open_desk.session.edit("pk010", "words", words="no face", words_from="person")
        assert open_desk.session.shots["pk010"].status is Status.OPEN

    def test_what_could_not_be_ordered_at_all_is_told_once_and_on_each_shot(
        self, open_desk, maker, qtbot
    ):
        def script(maker: Maker, tell: Any) -> None:
            raise PickupError("The order book cannot be written.")

        maker.script = script
        begun(open_desk, maker, qtbot)
        ended(open_desk, maker, qtbot)
        assert statuses(open_desk) == [Status.FAILED] * 2
        assert open_desk.told == ["The order book cannot be written."]

    def test_a_take_that_is_there_stays_where_a_later_one_fails(self, open_desk, maker, qtbot):
        take = lay_take(open_desk.session, "pk010")
        open_desk.session.edit("pk010", "", takes=2)
        maker.script = lambda maker, tell: tell(
            maker.step("pk010", Phase.FAILED, None, "no", number=2)
        )
        begun(open_desk, maker, qtbot, "pk010")
        ended(open_desk, maker, qtbot)
        state = open_desk.session.shots["pk010"]
        assert state.takes == (take,)
        assert (state.status, state.reason) == (Status.FAILED, "no")


class TestCallingOff:
    def test_all_of_it_is_left_and_can_be_ordered_again(self, open_desk, maker, qtbot):
        begun(open_desk, maker, qtbot)
        with qtbot.waitSignal(open_desk.orders.finished, timeout=LONG):
            open_desk.orders.cancel_all()
        assert maker.stopped
        assert statuses(open_desk) == [Status.OPEN] * 2
        begun(open_desk, maker, qtbot)
        assert maker.asked[0] == maker.asked[1]
        ended(open_desk, maker, qtbot)

    def test_a_local_one_is_told_to_the_maker_by_its_key(self, open_desk, maker, qtbot):
        begun(open_desk, maker, qtbot)
        open_desk.orders.cancel("pk020")
        assert set(maker.called_off) == {maker.keys["pk020"]}
        ended(open_desk, maker, qtbot)
        maker.go.clear()
        begun(open_desk, maker, qtbot, "pk020")
        assert maker.keys["pk020"] not in maker.called_off, "asked for again, it is wanted again"
        ended(open_desk, maker, qtbot)

    def test_one_at_a_service_is_called_off_there_or_says_why_not(
        self, open_desk, maker, qtbot, monkeypatch
    ):
        asked: list[str] = []

        def cancel(key: str) -> str:
            asked.append(key)
            return "fal has it in hand already."

        monkeypatch.setattr(ordering, "cancel", cancel)
        begun(open_desk, maker, qtbot, "pk010")
        open_desk.orders._local.clear()
        open_desk.orders.cancel("pk010")
        qtbot.waitUntil(lambda: bool(open_desk.told), timeout=LONG)
        assert asked == [maker.keys["pk010"]]
        assert open_desk.told == ["fal has it in hand already."]
        ended(open_desk, maker, qtbot)

    def test_a_shot_without_orders_is_none(self, open_desk):
        open_desk.orders.cancel("pk010")
        open_desk.orders.cancel("nothing")
        assert open_desk.tasks.running == 0


class TestClosedAndOpenedAgain:
    def reopened(self, desk: Desk, cut: Path, qtbot: Any) -> None:
        with qtbot.waitSignal(desk.session.opened_changed, timeout=LONG):
            desk.session.open(host_of(cut))

    def test_what_is_in_the_order_book_is_taken_up_by_itself(
        self, open_desk, maker, cut, qtbot, monkeypatch
    ):
        """A panel that was killed after it had written its orders down."""
        opened = open_desk.session.snapshot()
        asked = ordering.quote(opened, opened.shots, "h264")
        with Ledger.open() as ledger:
            ordering._write_down(asked.wanted, ledger, ordering._caps(None))
        self.reopened(open_desk, cut, qtbot)
        qtbot.waitUntil(lambda: bool(maker.asked), timeout=LONG)
        assert maker.asked == [[("pk010", 1), ("pk020", 1)]]
        assert statuses(open_desk) == [Status.BUSY] * 2
        ended(open_desk, maker, qtbot)

    def test_what_a_person_called_off_is_not_taken_up_again(self, open_desk, maker, cut, qtbot):
        opened = open_desk.session.snapshot()
        asked = ordering.quote(opened, opened.shots, "h264")
        with Ledger.open() as ledger:
            ordering._write_down(asked.wanted, ledger, ordering._caps(None))
        gone = asked.wanted[0].order
        assert gone is not None
        assert ordering.cancel(gone.key) == ""
        with Ledger.open() as ledger:
            assert ledger.get(gone.key).state is OrderState.CANCELLED
        self.reopened(open_desk, cut, qtbot)
        qtbot.waitUntil(lambda: bool(maker.asked), timeout=LONG)
        assert maker.asked == [[("pk020", 1)]]
        ended(open_desk, maker, qtbot)

    def test_a_cut_opened_while_orders_run_resumes_when_they_have_ended(
        self, open_desk, maker, cut, qtbot
    ):
        begun(open_desk, maker, qtbot)
        self.reopened(open_desk, cut, qtbot)
        qtbot.waitUntil(lambda: maker.stopped, timeout=LONG)
        qtbot.waitUntil(lambda: not open_desk.orders.running, timeout=LONG)
        assert open_desk.orders.counts == (0, 0)

    def test_the_quote_of_a_cut_that_is_open_no_more_is_dropped(
        self, open_desk, maker, cut, tmp_path, qtbot
    ):
        other = tmp_path / "other" / "other.otio"
        other.parent.mkdir()
        other.write_bytes(cut.read_bytes())
        open_desk.orders.order_wanted()
        self.reopened(open_desk, other, qtbot)
        qtbot.waitUntil(lambda: open_desk.tasks.running == 0, timeout=LONG)
        assert maker.asked == []
        assert statuses(open_desk) == [Status.OPEN] * 2


class TestHowManyAreMissing:
    def test_what_was_made_from_the_shot_as_it_is_counts(self, open_desk):
        state = open_desk.session.shots["pk010"]
        assert missing(state) == 1
        lay_take(open_desk.session, "pk010")
        assert missing(state) == 0
        open_desk.session.edit("pk010", "", takes=3)
        assert missing(state) == 2

    @pytest.mark.parametrize(
        "change", [{"text": "other"}, {"seed": 77}, {"negative": "people"}, {"model": "fal:x"}]
    )
    def test_what_was_made_from_another_does_not(self, open_desk, change):
        lay_take(open_desk.session, "pk010")
        open_desk.session.edit("pk010", "", **change)
        assert missing(open_desk.session.shots["pk010"]) == 1

    def test_one_more_is_asked_for_where_all_are_there(self, open_desk, maker, qtbot):
        lay_take(open_desk.session, "pk010")
        before = len(maker.asked)
        open_desk.orders.order_one("pk010")
        assert open_desk.session.shots["pk010"].shot.takes == 2
        qtbot.waitUntil(lambda: len(maker.asked) > before, timeout=LONG)
        ended(open_desk, maker, qtbot)
        open_desk.session.undo.undo()
        assert open_desk.session.shots["pk010"].shot.takes == 1


def test_nothing_is_ordered_without_a_cut(desk):
    desk.orders.order_wanted()
    desk.orders.agree()
    desk.orders.cancel_all()
    assert desk.orders.summary().count == 0
    assert desk.tasks.running == 0
