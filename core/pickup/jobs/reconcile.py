"""Finds out what became of an order whose answer was lost.

Where nobody can tell, a person decides. Nothing here is sent again unless the provider's own
record, or that person, says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from pickup.errors import LedgerError, ProviderError
from pickup.jobs.handover import hand_over
from pickup.jobs.orders import OrderRecord, OrderState
from pickup.jobs.steps import whole
from pickup.jobs.tables import orders
from pickup.shots.request import ShotRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pickup.jobs.ledger import Ledger
    from pickup.jobs.steps import Steps
    from pickup.providers.base import FoundJob

S = OrderState
ALIKE = 40
"""Prompts that begin with so many same characters may be one prompt, worded anew on its way."""
SINCE_SECONDS = 24 * 3600
"""How far before the order its job is looked for: a clock may have jumped meanwhile."""


def reconcile(steps: Steps, key: str, *, waited: bool) -> tuple[OrderRecord, bool]:
    """Ask the provider's record for an UNKNOWN order; the order, and whether to ask again later.

    Args:
        steps: what to work with.
        key: the order's.
        waited: so long has passed since it was sent that it would have arrived by now. Without
            it, an empty answer proves nothing.
    """
    record = steps.ledger.get(key)
    if record.state is not S.UNKNOWN:
        return record, False
    steps.boundary("before reconcile")
    provider = steps.provider_of(record.provider)
    try:
        with whole(provider):
            found = provider.find(steps.order(record), record.sent - SINCE_SECONDS)
    except ProviderError as error:
        return _note(steps, record, f"{_why(record)}; {error}"), True
    if found is None:
        reason = f"{_why(record)}, and {record.provider} keeps no record to look it up in"
        return _note(steps, record, f"{reason}. {choices(key)}"), False
    ours, doubtful = sort_out(steps.ledger, record, found)
    if ours:
        steps.boundary("orphan found")
        jobs = [job.id for job in ours]
        reason = f"found in {record.provider}'s record after {_why(record)}"
        words, by_key = _words(record.request), bool(ours[0].key)

        def alike(request: str) -> bool:
            return not by_key and _likeness(_words(request), words) is not False

        worker = steps.worker
        after = steps.ledger.adopt(key, jobs, reason=reason, worker=worker, alike=alike)
        return after, after.state is S.UNKNOWN
    if doubtful:
        some = ", ".join(job.id for job in doubtful[:5])
        reason = f"{_why(record)}; {record.provider} has jobs that may be it: {some}"
        return _note(steps, record, f"{reason}. {choices(key)}"), False
    if not waited:
        return record, True
    reason = f"sent again: by {record.provider}'s own record it never arrived"
    return steps.ledger.move(
        key, S.INTENT, expect=(S.UNKNOWN,), worker=steps.worker, reason=reason
    ), False


def sort_out(
    ledger: Ledger, record: OrderRecord, found: Iterable[FoundJob]
) -> tuple[list[FoundJob], list[FoundJob]]:
    """The jobs that are surely this order's, oldest first, and those that may be.

    A job is another's when the book has it under another order, or when its key or its prompt is
    clearly not this order's. Only a job that is clearly another's proves anything.
    """
    words = _words(record.request)
    listed = sorted(found, key=lambda job: job.created)
    taken = _owned(ledger, record, [job.id for job in listed])
    ours, doubtful = [], []
    for job in listed:
        if job.key:
            if job.key == record.provider_key:
                ours.append(job)
        elif job.id not in taken:
            like = _likeness(job.prompt, words)
            if like is True and job.model in ("", record.model):
                ours.append(job)
            elif like is not False:  # a gateway may name the model, or word the prompt, anew
                doubtful.append(job)
    ours.sort(key=lambda job: not job.key)
    return ours, doubtful


def choices(key: str) -> str:
    """What a person can do about an order that nobody can explain."""
    return (
        f"Look at the provider's site, then run “pickup jobs resolve {key[:12]}” with --adopt JOB "
        "if it is there, --resend if it is not, or --drop to do without it."
    )


def adopt(ledger: Ledger, key: str, job_id: str) -> OrderRecord:
    """A person has found the job at the provider: it is waited for and fetched.

    Raises:
        LedgerError: the order is not unknown, or the job is another order's.
    """
    record = ledger.adopt(_only_unknown(ledger, key).key, [job_id], reason="adopted by hand")
    if record.state is S.UNKNOWN:
        raise LedgerError(
            f"{record.shot} take {record.take}: the job {job_id} is another order's already; "
            "“pickup jobs” lists which. Look for one that no order has."
        )
    hand_over(ledger, record.key)
    return ledger.get(record.key)


def resend(ledger: Ledger, key: str) -> OrderRecord:
    """A person wants the order sent again, whatever became of it: it may be paid for once more."""
    record = ledger.get(key)
    if record.state not in (S.UNKNOWN, S.LOST):
        raise LedgerError(_wrong_state(record, "only an unknown or lost order can be sent again"))
    record = ledger.move(
        record.key, S.INTENT, expect=(record.state,), job_id="", reason="sent again by hand"
    )
    hand_over(ledger, record.key)
    return ledger.get(record.key)


def drop(ledger: Ledger, key: str) -> OrderRecord:
    """A person does without it."""
    record = _only_unknown(ledger, key)
    return ledger.move(record.key, S.CANCELLED, expect=(S.UNKNOWN,), reason="dropped by hand")


def cancel(steps: Steps, key: str) -> OrderRecord:
    """Call an order off, at the provider too where it has accepted it.

    Raises:
        LedgerError: it is past calling off, or the provider would not.
        ProviderError: the provider cannot be asked now.
    """
    record = steps.ledger.get(key)
    if record.state is S.SUBMITTED:
        provider = steps.provider_of(record.provider)
        with whole(provider):
            agreed = provider.cancel(record.job_id, steps.order(record))
        if not agreed:
            raise LedgerError(
                f"{record.shot} take {record.take}: {record.provider} does not stop this job; "
                "it goes on and is fetched when it is done."
            )
    elif record.state is not S.INTENT:
        raise LedgerError(_wrong_state(record, "only a waiting or running order can be cancelled"))
    after = steps.ledger.move(
        record.key, S.CANCELLED, expect=(record.state,), reason="cancelled by hand"
    )
    if after.state is not S.CANCELLED:
        raise LedgerError(_wrong_state(after, "it moved on meanwhile"))
    return after


def _note(steps: Steps, record: OrderRecord, reason: str) -> OrderRecord:
    if record.reason == reason:
        return record
    return steps.ledger.move(record.key, S.UNKNOWN, expect=(S.UNKNOWN,), reason=reason)


def _why(record: OrderRecord) -> str:
    """The first cause of the doubt, without what was added to it since."""
    return record.reason.split("; ")[0].split(", and ")[0].rstrip(".") or "its answer was lost"


def _only_unknown(ledger: Ledger, key: str) -> OrderRecord:
    record = ledger.get(key)
    if record.state is not S.UNKNOWN:
        raise LedgerError(_wrong_state(record, "only an unknown order can be resolved"))
    return record


def _wrong_state(record: OrderRecord, rule: str) -> str:
    return f"{record.shot} take {record.take} is {record.state.value}: {rule}."


def _owned(ledger: Ledger, record: OrderRecord, ids: Sequence[str]) -> set[str]:
    """Which of these jobs other orders have."""
    query = sa.select(orders.c.job_id).where(
        orders.c.provider == record.provider,
        orders.c.job_id.in_(ids),
        orders.c.key != record.key,
    )
    with ledger.read() as connection:
        return set(connection.scalars(query))


def _words(request: str) -> str:
    """What a provider has of a request, given as JSON, as its prompt."""
    shot = ShotRequest.model_validate_json(request)
    return shot.text.strip() or shot.words.strip()


def _likeness(theirs: str, ours: str) -> bool | None:
    """Whether a prompt that a provider gives back is ours; None where that cannot be told.

    It may have been cut short or added to on its way.
    """
    given, sent = " ".join(theirs.split()).rstrip("….").casefold(), " ".join(ours.split())
    sent = sent.rstrip(".").casefold()
    if not given or not sent:
        return None
    if sent in given or sent.startswith(given):
        return True
    return None if given[:ALIKE] == sent[:ALIKE] else False
