from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pickup.errors import LedgerError, ProviderError
from pickup.jobs import handover
from pickup.jobs.flow import Flow, Pace
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState
from pickup.jobs.steps import Steps
from pickup.providers.base import FoundJob, JobState, JobStatus, ProviderRefusal, Refusal

from .conftest import Scripted, make_order

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pickup.jobs.ledger import Ledger

S = OrderState
QUICK = Pace(first=0.01, per_job=0.0, unreachable=(0.01, 0.01), trouble=0.01, grace=0.02, threads=2)


def flow_of(ledger: Ledger, provider: Scripted, pace: Pace = QUICK) -> Flow:
    return Flow(Steps(ledger, lambda _: provider, "w"), pace)


def order(ledger: Ledger, shot: str = "sh010") -> str:
    return ledger.intend(make_order(shot), Decimal(1)).key


def run(*work: Coroutine[Any, Any, str]) -> list[str]:
    async def all_of_it() -> list[str]:
        return await asyncio.wait_for(asyncio.gather(*work), 30)

    return asyncio.run(all_of_it())


async def whole(flow: Flow, key: str) -> str:
    state = await flow.place(key, "scripted")
    return await flow.collect(key, "scripted") if state == "submitted" else state


def test_an_order_is_placed_and_collected(ledger: Ledger) -> None:
    provider = Scripted(statuses=[JobStatus(JobState.QUEUED), JobStatus(JobState.RUNNING, 0.5)])
    key = order(ledger)
    assert run(whole(flow_of(ledger, provider), key)) == ["fetched"]
    assert ledger.get(key).state is S.FETCHED


def test_a_door_that_nobody_answers_is_tried_a_few_times(ledger: Ledger) -> None:
    away = [ProviderRefusal(Refusal.UNREACHABLE, "Nobody there.") for _ in range(9)]
    provider = Scripted(submit_errors=list(away))
    key = order(ledger)
    assert run(whole(flow_of(ledger, provider), key)) == ["refused"]
    assert len(provider.submits) == 3
    assert ledger.get(key).reason == "Nobody there."
    provider.submit_errors[1:] = []
    again = order(ledger)
    assert run(whole(flow_of(ledger, provider), again)) == ["fetched"]


def full(seconds: float | None) -> ProviderRefusal:
    return ProviderRefusal(Refusal.QUOTA, "Too many requests.", retry_after=seconds)


@pytest.mark.parametrize("seconds", [None, 0.02])
def test_a_quota_is_waited_out_and_not_a_refusal(ledger: Ledger, seconds: float | None) -> None:
    provider = Scripted(submit_errors=[full(seconds) for _ in range(6)])
    key = order(ledger)
    pace = replace(QUICK, unreachable=(), room=0.01, quota=20)
    assert run(flow_of(ledger, provider, pace).place(key, "scripted")) == ["submitted"]
    assert len(provider.submits) == 7


@pytest.mark.parametrize(("seconds", "offers"), [(3600.0, 1), (None, 4)])
def test_a_quota_that_lasts_too_long_is_refused(
    ledger: Ledger, seconds: float | None, offers: int
) -> None:
    provider = Scripted(submit_errors=[full(seconds) for _ in range(30)])
    key = order(ledger)
    pace = replace(QUICK, room=0.05, quota=0.5)
    assert run(flow_of(ledger, provider, pace).place(key, "scripted")) == ["refused"]
    assert 1 <= len(provider.submits) <= offers
    assert "Too many requests" in ledger.get(key).reason


@pytest.mark.parametrize(("asked", "state"), [(3600.0, "refused"), (0.02, "submitted")])
def test_while_others_are_made_a_wait_beyond_all_patience_is_refused_too(
    ledger: Ledger, asked: float, state: str
) -> None:
    provider = Scripted(statuses=[JobStatus(JobState.RUNNING) for _ in range(500)])
    pace = replace(QUICK, room=0.01, quota=20)
    flow = flow_of(ledger, provider, pace)
    made, more = order(ledger), order(ledger, "sh020")

    async def both() -> str:
        assert await flow.place(made, "scripted") == "submitted"
        collecting = asyncio.create_task(flow.collect(made, "scripted"))
        await asyncio.sleep(0)
        provider.submit_errors.append(full(asked))
        try:
            return await flow.place(more, "scripted")
        finally:
            collecting.cancel()

    assert run(both()) == [state]


def test_a_provider_that_makes_two_at_once_makes_all_in_the_end(ledger: Ledger) -> None:
    class Two(Scripted):
        running = 0

        def submit(self, order: Any) -> str:
            if self.running == 2:
                raise ProviderRefusal(Refusal.QUOTA, "Two at once.")
            self.running += 1
            return super().submit(order)

        def fetch(self, *args: Any) -> Any:
            self.running -= 1
            return super().fetch(*args)

    provider = Two(statuses=[JobStatus(JobState.RUNNING) for _ in range(30)])
    pace = Pace(first=0.02, per_job=0.0, unreachable=(0.2,), room=0.02, threads=1)
    flow = flow_of(ledger, provider, pace)
    keys = [order(ledger, f"sh{n}") for n in range(6)]
    assert run(*(whole(flow, key) for key in keys)) == ["fetched"] * 6
    assert provider.running == 0


def test_an_unknown_order_is_sent_again_only_after_its_grace(ledger: Ledger) -> None:
    provider = Scripted(submit_errors=[ProviderError("Cut off.")], found=[])
    key = order(ledger)
    pace = Pace(first=0.01, grace=0.3, trouble=0.01)
    begun = time.monotonic()
    assert run(whole(flow_of(ledger, provider, pace), key)) == ["fetched"]
    assert time.monotonic() - begun > 0.3
    assert len(provider.submits) == 2


def test_an_orphan_is_adopted_and_not_sent_again(ledger: Ledger) -> None:
    key = order(ledger)
    provider = Scripted(
        submit_errors=[ProviderError("Cut off.")], found=[FoundJob("orphan", key=key)]
    )
    assert run(whole(flow_of(ledger, provider), key)) == ["fetched"]
    assert (len(provider.submits), ledger.get(key).job_id) == (1, "orphan")


def test_what_nobody_can_tell_is_left_unknown(ledger: Ledger) -> None:
    provider = Scripted(submit_errors=[ProviderError("Cut off.")], found=None)
    assert run(whole(flow_of(ledger, provider), order(ledger))) == ["unknown"]
    assert len(provider.submits) == 1


def test_a_record_that_cannot_be_read_is_asked_for_a_few_times(ledger: Ledger) -> None:
    asked: list[float] = []

    class Silent(Scripted):
        def find(self, order: Any, since: float) -> Any:
            asked.append(since)
            raise ProviderError("Not now.")

    provider = Silent(submit_errors=[ProviderError("Cut off.")])
    assert run(whole(flow_of(ledger, provider), order(ledger))) == ["unknown"]
    assert len(asked) == QUICK.asks


def test_a_download_that_fails_is_tried_again_and_not_paid_again(ledger: Ledger) -> None:
    provider = Scripted(fetch_errors=[ProviderError("Cut."), ProviderError("Cut.")])
    assert run(whole(flow_of(ledger, provider), order(ledger))) == ["fetched"]
    assert (len(provider.submits), provider.fetched) == (1, 1)


def test_a_book_in_trouble_is_waited_for(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    key = order(ledger)
    real = ledger.claim
    refused: list[int] = []

    def claim(*args: Any) -> Any:
        if len(refused) < 3:
            refused.append(1)
            raise LedgerError("The order book is locked.")
        return real(*args)

    monkeypatch.setattr(ledger, "claim", claim)
    provider = Scripted()
    assert run(whole(flow_of(ledger, provider), key)) == ["fetched"]
    assert (len(refused), len(provider.submits)) == (3, 1)


def test_a_hanging_provider_holds_up_its_own_orders_alone(ledger: Ledger) -> None:
    release = threading.Event()

    class Hangs(Scripted):
        def submit(self, order: Any) -> str:
            release.wait(20)
            return super().submit(order)

    providers = {"stuck": Hangs(name="stuck"), "scripted": Scripted()}
    flow = Flow(Steps(ledger, providers.__getitem__, "w"), QUICK)
    stuck = [ledger.intend(make_order(f"s{n}", model="stuck:m")).key for n in range(6)]
    free = [order(ledger, f"f{n}") for n in range(6)]

    async def free_ones() -> str:
        states = await asyncio.gather(*(whole(flow, key) for key in free))
        waiting = {ledger.get(key).state for key in stuck}
        release.set()
        assert waiting <= {S.INTENT, S.SENDING}
        return ",".join(sorted(set(states)))

    results = run(free_ones(), *(flow.place(key, "stuck") for key in stuck))
    assert results == ["fetched", *["submitted"] * 6]


def test_waiting_costs_no_thread(ledger: Ledger) -> None:
    provider = Scripted(statuses=[JobStatus(JobState.RUNNING) for _ in range(300)])
    flow = flow_of(ledger, provider, Pace(first=0.3, per_job=0.0, threads=3))
    keys = [order(ledger, f"sh{n}") for n in range(60)]
    most: list[int] = []

    async def count() -> str:
        for _ in range(20):
            most.append(threading.active_count())
            await asyncio.sleep(0.05)
        return "counted"

    assert run(count(), *(whole(flow, key) for key in keys))[1:] == ["fetched"] * 60
    assert max(most) < 20


def test_many_jobs_are_asked_after_more_rarely(ledger: Ledger) -> None:
    flow = flow_of(ledger, Scripted(), Pace())
    waits = []
    for jobs in (1, 200, 500):
        flow._polled["scripted"] = jobs
        waits.append(flow._wait("scripted", time.monotonic(), None))
    assert waits[0] == 0.5
    assert waits[1] <= 20, "a tenth of a second for each of 200 at most"
    assert 500 / waits[2] < 8, "polls a second"


def test_a_provider_that_asks_for_patience_gets_it(ledger: Ledger) -> None:
    flow = flow_of(ledger, Scripted(), Pace())
    flow._polled["scripted"] = 1
    status = JobStatus(JobState.RUNNING, retry_after=17.0)
    assert flow._wait("scripted", time.monotonic(), status) == 17.0
    assert flow._wait("scripted", time.monotonic() - 1000, None) == pytest.approx(20, abs=1)
    assert flow._wait("scripted", time.monotonic() - 100_000, None) == 30.0


def test_a_cancelled_order_is_let_alone(ledger: Ledger) -> None:
    provider = Scripted()
    key = order(ledger)
    ledger.move(key, S.CANCELLED)
    assert run(whole(flow_of(ledger, provider), key)) == ["cancelled"]
    assert provider.submits == []


def test_cancelling_ends_the_wait(ledger: Ledger) -> None:
    provider = Scripted(statuses=[JobStatus(JobState.RUNNING) for _ in range(10_000)])
    key = order(ledger)

    async def cancel() -> str:
        while ledger.get(key).state is not S.SUBMITTED:
            await asyncio.sleep(0.01)
        ledger.move(key, S.CANCELLED)
        return "cancelled"

    results = run(whole(flow_of(ledger, provider), key), cancel())
    assert results == ["cancelled", "cancelled"]


def test_who_leaves_sends_nothing_more(ledger: Ledger) -> None:
    provider = Scripted()
    flow = flow_of(ledger, provider)
    flow.draining = True
    key = order(ledger)

    async def a_moment() -> str:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(flow.place(key, "scripted"), 0.2)
        return "waited"

    assert run(a_moment()) == ["waited"]
    assert ledger.get(key).state is S.INTENT
    assert flow.sending == 0


def test_letting_go_is_written_down(ledger: Ledger) -> None:
    key = order(ledger)
    (turn,) = handover.waiting(ledger)
    handover.take_up(ledger, [turn])
    ledger.claim(key, "w", NO_LIMITS)
    ledger.move(key, S.UNKNOWN)

    async def go() -> str:
        await flow_of(ledger, Scripted()).let_go(key, "scripted", turn.number)
        return "gone"

    run(go())
    assert not ledger.get(key).in_hand
