from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pickup.errors import LedgerError, ProviderError
from pickup.jobs import handover, reconcile
from pickup.jobs.money import NO_LIMITS
from pickup.jobs.orders import OrderState
from pickup.jobs.steps import Steps
from pickup.providers.base import FoundJob

from .conftest import Scripted, make_order

if TYPE_CHECKING:
    from pickup.jobs.ledger import Ledger
    from pickup.jobs.orders import OrderRecord

S = OrderState


def unknown(ledger: Ledger, shot: str = "sh010", **order: Any) -> OrderRecord:
    key = ledger.intend(make_order(shot, **order), Decimal(1)).key
    ledger.claim(key, "dead", NO_LIMITS)
    return ledger.move(key, S.UNKNOWN, reason="No answer came.")


def steps(ledger: Ledger, provider: Scripted) -> Steps:
    return Steps(ledger, lambda _: provider, "w")


def look(
    ledger: Ledger, record: OrderRecord, found: list[FoundJob] | None, *, waited: bool = True
) -> tuple[OrderRecord, bool]:
    provider = Scripted(found=found)
    return reconcile.reconcile(steps(ledger, provider), record.key, waited=waited)


def job(id_: str, **fields: Any) -> FoundJob:
    return FoundJob(id=id_, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "words of sh010"},
        {"prompt": "words  of\n sh010"},
        {"prompt": "words of sh010. Avoid: hats"},
        {"prompt": "words of s…"},
        {"prompt": "words of sh010", "model": "m"},
    ],
)
def test_an_orphan_with_our_request_is_adopted(ledger: Ledger, fields: dict[str, Any]) -> None:
    record, again = look(ledger, unknown(ledger), [job("j-7", **fields)], waited=False)
    assert (record.state, record.job_id, again) == (S.SUBMITTED, "j-7", False)
    assert "No answer came" in record.reason


def test_our_key_counts_for_more_than_words(ledger: Ledger) -> None:
    record = unknown(ledger)
    found = [job("a", prompt="words of sh010", created=1), job("b", key=record.key, created=2)]
    assert look(ledger, record, found)[0].job_id == "b"


@pytest.mark.parametrize(
    "fields",
    [
        {"key": "another"},
        {"prompt": "words of sh020"},
    ],
)
def test_jobs_of_others_prove_that_ours_never_arrived(
    ledger: Ledger, fields: dict[str, Any]
) -> None:
    record, again = look(ledger, unknown(ledger), [job("x", **fields)])
    assert (record.state, again) == (S.INTENT, False)
    assert "never arrived" in record.reason


def test_a_job_is_never_given_to_two_orders(ledger: Ledger) -> None:
    first, second = unknown(ledger, text="the same"), unknown(ledger, take=2, text="the same")
    found = [job("j", prompt="the same")]
    assert look(ledger, first, found)[0].job_id == "j"
    assert look(ledger, second, found)[0].state is S.INTENT


def test_two_orphans_go_to_two_orders_the_oldest_first(ledger: Ledger) -> None:
    records = [unknown(ledger, take=take, text="the same") for take in (1, 2)]
    found = [job("late", prompt="the same", created=9), job("early", prompt="the same", created=1)]
    assert [look(ledger, r, found)[0].job_id for r in records] == ["early", "late"]


def test_an_orphan_found_by_two_at_once_becomes_one_orders(ledger: Ledger) -> None:
    """Both have looked before either has adopted anything."""
    records = [unknown(ledger, take=take, text="the same") for take in (1, 2, 3)]
    adopted = [ledger.adopt(r.key, ["j1", "j2"], reason="found", worker="w") for r in records]
    assert [(r.state, r.job_id) for r in adopted] == [
        (S.SUBMITTED, "j1"),
        (S.SUBMITTED, "j2"),
        (S.UNKNOWN, ""),
    ]
    assert ledger.history(records[0].key)[-1].reason == "found"


@pytest.mark.parametrize(("words", "state"), [("the same", S.UNKNOWN), ("other", S.SUBMITTED)])
def test_a_job_that_may_be_of_an_order_just_being_sent_is_left_to_it(
    ledger: Ledger, words: str, state: OrderState
) -> None:
    """It has been accepted, and its own sender is about to write its id down."""
    sending = ledger.intend(make_order("sh010", take=2, text=words)).key
    lost = unknown(ledger, text="the same")
    ledger.claim(sending, "alive", NO_LIMITS)
    found = [job("its", prompt="the same")]
    record, again = look(ledger, lost, found)
    assert (record.state, again) == (state, state is S.UNKNOWN)
    ledger.move(sending, S.SUBMITTED, job_id="another" if state is S.SUBMITTED else "its")
    if again:
        assert look(ledger, lost, found)[0].state is S.INTENT, "by the record it never arrived"


def test_a_job_found_by_our_own_key_is_ours_whoever_is_sending(ledger: Ledger) -> None:
    sending = ledger.intend(make_order("sh010", take=2, text="the same")).key
    lost = unknown(ledger, text="the same")
    ledger.claim(sending, "alive", NO_LIMITS)
    record, again = look(ledger, lost, [job("j", key=lost.key, prompt="the same")])
    assert (record.job_id, again) == ("j", False)


def test_a_person_cannot_adopt_what_another_order_has(ledger: Ledger) -> None:
    first, second = unknown(ledger), unknown(ledger, "sh020")
    reconcile.adopt(ledger, first.key, "j")
    with pytest.raises(LedgerError, match=r"sh020 take 1: the job j is another order's"):
        reconcile.adopt(ledger, second.key, "j")
    assert ledger.get(second.key).state is S.UNKNOWN
    assert reconcile.adopt(ledger, second.key, "k").job_id == "k"


def test_an_empty_record_proves_nothing_at_once(ledger: Ledger) -> None:
    record, again = look(ledger, unknown(ledger), [], waited=False)
    assert (record.state, again) == (S.UNKNOWN, True)
    assert look(ledger, record, [], waited=True)[0].state is S.INTENT


def test_without_a_record_a_person_decides(ledger: Ledger) -> None:
    record, again = look(ledger, unknown(ledger), None)
    assert (record.state, again) == (S.UNKNOWN, False)
    for word in ("No answer came", "keeps no record", record.key[:12], "--adopt", "--resend"):
        assert word in record.reason
    assert look(ledger, record, None)[0].reason == record.reason, "told once, not over and over"


LONG = "A woman in a red coat crosses the square towards the fountain, "


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"model": "n"},
        {"prompt": LONG + "slowly", "model": "renamed-by-a-gateway"},
        {"prompt": LONG + "in no hurry at all"},
    ],
)
def test_jobs_that_may_be_ours_are_shown_and_nothing_is_sent(
    ledger: Ledger, fields: dict[str, Any]
) -> None:
    record = unknown(ledger, text=LONG + "slowly")
    record, again = look(ledger, record, [job("mystery", **fields)])
    assert (record.state, again) == (S.UNKNOWN, False)
    assert "mystery" in record.reason


@pytest.mark.parametrize("error", [ProviderError("Not now."), KeyError("data")])
def test_a_provider_that_cannot_be_asked_is_asked_later(ledger: Ledger, error: Exception) -> None:
    class Silent(Scripted):
        def find(self, order: Any, since: float) -> Any:
            raise error

    record, again = reconcile.reconcile(steps(ledger, Silent()), unknown(ledger).key, waited=True)
    assert (record.state, again) == (S.UNKNOWN, True)


def test_a_clock_that_jumped_does_not_hide_the_job(ledger: Ledger) -> None:
    """The job may bear a time long before the one at which we believe to have sent it."""
    asked: list[float] = []

    class Asks(Scripted):
        def find(self, order: Any, since: float) -> Any:
            asked.append(since)
            return [job("j", key=order.key, created=1.0)]

    record = unknown(ledger)
    after, _ = reconcile.reconcile(steps(ledger, Asks()), record.key, waited=True)
    assert after.job_id == "j"
    assert asked == [record.sent - 86400]


def settled(ledger: Ledger, record: OrderRecord) -> OrderRecord:
    (turn,) = handover.waiting(ledger)
    handover.take_up(ledger, [turn])
    handover.let_go(ledger, record.key, turn.number)
    return ledger.get(record.key)


def test_a_person_adopts(ledger: Ledger) -> None:
    record = reconcile.adopt(ledger, settled(ledger, unknown(ledger)).key[:10], "j-1")
    assert (record.state, record.job_id, record.in_hand) == (S.SUBMITTED, "j-1", True)


def test_a_person_sends_again(ledger: Ledger) -> None:
    record = reconcile.resend(ledger, settled(ledger, unknown(ledger)).key)
    assert (record.state, record.job_id, record.in_hand) == (S.INTENT, "", True)


def test_a_person_does_without(ledger: Ledger) -> None:
    record = reconcile.drop(ledger, unknown(ledger).key)
    assert record.state is S.CANCELLED
    assert ledger.spent() == 0


@pytest.mark.parametrize("act", [reconcile.resend, reconcile.drop])
def test_only_what_is_unknown_is_resolved(ledger: Ledger, act: Any) -> None:
    record = ledger.intend(make_order())
    with pytest.raises(LedgerError, match="is intent: only"):
        act(ledger, record.key)


def test_cancelling_what_was_not_sent_asks_nobody(ledger: Ledger) -> None:
    provider = Scripted()
    key = ledger.intend(make_order()).key
    assert reconcile.cancel(steps(ledger, provider), key).state is S.CANCELLED
    assert provider.cancels == []


@pytest.mark.parametrize("agrees", [True, False])
def test_cancelling_a_running_job_is_the_providers_to_grant(ledger: Ledger, agrees: bool) -> None:
    provider = Scripted(agrees=agrees)
    key = ledger.intend(make_order()).key
    steps(ledger, provider).submit(key)
    if agrees:
        assert reconcile.cancel(steps(ledger, provider), key).state is S.CANCELLED
    else:
        with pytest.raises(LedgerError, match="does not stop this job"):
            reconcile.cancel(steps(ledger, provider), key)
        assert ledger.get(key).state is S.SUBMITTED
    assert provider.cancels == ["job-1"]


def test_what_is_being_sent_cannot_be_cancelled(ledger: Ledger) -> None:
    key = ledger.intend(make_order()).key
    ledger.claim(key, "w", NO_LIMITS)
    with pytest.raises(LedgerError, match="is sending"):
        reconcile.cancel(steps(ledger, Scripted()), key)
