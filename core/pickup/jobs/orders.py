"""The values of the order book: an order, its states, and the moves between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pickup.errors import LedgerError
from pickup.shots.request import canonical_sha256

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from pickup.shots.request import ShotRequest


class OrderState(Enum):
    """Where an order stands.

    Attributes:
        INTENT: written down; nothing has been sent.
        SENDING: a process is sending it, or died while it did: the request may have left.
        SUBMITTED: the provider has accepted it, and its job id is known.
        FETCHED: the take's file has landed, and its hash is known.
        UNKNOWN: it may have been accepted and charged; never sent again without evidence.
        REFUSED: it was not accepted, by the provider or by the budget.
        FAILED: the provider accepted it and then could not make it.
        LOST: it was made, and can no longer be fetched.
        CANCELLED: a person has called it off.
    """

    INTENT = "intent"
    SENDING = "sending"
    SUBMITTED = "submitted"
    FETCHED = "fetched"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    FAILED = "failed"
    LOST = "lost"
    CANCELLED = "cancelled"

    @property
    def live(self) -> bool:
        """Whether something is still to be done without anybody being asked."""
        return self in LIVE


SENT = (OrderState.SENDING, OrderState.SUBMITTED, OrderState.FETCHED, OrderState.UNKNOWN)
"""The request has left, or may have: it is never sent again without evidence."""

LIVE = frozenset({OrderState.INTENT, OrderState.SENDING, OrderState.SUBMITTED})

TRANSITIONS: dict[OrderState, frozenset[OrderState]] = {
    OrderState.INTENT: frozenset({OrderState.SENDING, OrderState.REFUSED, OrderState.CANCELLED}),
    # Back to INTENT only where it is certain that nothing left.
    OrderState.SENDING: frozenset(
        {OrderState.SUBMITTED, OrderState.UNKNOWN, OrderState.REFUSED, OrderState.INTENT}
    ),
    OrderState.SUBMITTED: frozenset(
        {OrderState.FETCHED, OrderState.FAILED, OrderState.LOST, OrderState.CANCELLED}
    ),
    # The file was lost here: a paid one is fetched again, a local one is made again.
    OrderState.FETCHED: frozenset({OrderState.SUBMITTED, OrderState.INTENT}),
    # Found at the provider; proven never to have arrived, or a person's choice.
    OrderState.UNKNOWN: frozenset({OrderState.SUBMITTED, OrderState.INTENT, OrderState.CANCELLED}),
    # A person asks again.
    OrderState.REFUSED: frozenset({OrderState.INTENT}),
    OrderState.FAILED: frozenset({OrderState.INTENT}),
    OrderState.LOST: frozenset({OrderState.INTENT, OrderState.SUBMITTED}),
    OrderState.CANCELLED: frozenset({OrderState.INTENT}),
}


def check_transition(key: str, old: OrderState, new: OrderState, *, local: bool = False) -> None:
    """Raises `LedgerError` where the book has no such move.

    A local order may always begin again: its job died with its process and nobody was paid.
    """
    if local and new is OrderState.INTENT:
        return
    if new is not old and new not in TRANSITIONS[old]:
        raise LedgerError(
            f"Order {key[:12]} is {old.value} and cannot become {new.value}; "
            "“pickup jobs” shows where it stands."
        )


@dataclass(frozen=True, slots=True)
class TakeOrder:
    """One take that somebody wants.

    Attributes:
        request: the shot.
        model: `provider:id`.
        take: its number, from 1.
        first_frame, last_frame: PNG files, or None.
        pictures: PNG files of the request's reference images, those that the model takes.
        cut: the file that the shot is for.
        source: key of the older take that this one is made from.
        change: how, as `providers.base.Change` writes it; empty without a source.
    """

    request: ShotRequest
    model: str
    take: int = 1
    first_frame: Path | None = None
    last_frame: Path | None = None
    pictures: tuple[Path, ...] = ()
    cut: str = ""
    source: str = ""
    change: str = ""

    @property
    def provider(self) -> str:
        return self.model.partition(":")[0]

    @property
    def model_id(self) -> str:
        return self.model.partition(":")[2]

    @property
    def seed(self) -> int:
        """As `providers.base.Order.seed`."""
        return (self.request.seed + self.take - 1) % 2**32

    @property
    def key(self) -> str:
        """The idempotency key: the same order has the same key, on any day and any machine."""
        parts = {
            "provider": self.provider,
            "model": self.model_id,
            "request": self.request.sha256(),
            "shot": self.request.id,
            "take": self.take,
            "source": self.source,
        }
        return canonical_sha256(parts | ({"change": self.change} if self.change else {}))


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order as the ledger has it.

    Attributes:
        key: see `TakeOrder.key`.
        provider, model: who makes it, and the model's id there.
        local: made on this machine, for nothing.
        shot, take, seed: what is made.
        cut: the file it was first ordered for.
        source, change: key of the older take that it is made from, and how.
        request: the whole `ShotRequest` as JSON.
        first_frame, last_frame: PNG files in the store, or None.
        job_id: the provider's, empty until it has accepted.
        attempt: how often a person has asked for it, from 1.
        estimate_usd: what it may cost, reserved when it was written down.
        cost_usd: what the provider says it has cost, None until it does.
        file, sha256: the take, where it has landed.
        progress: 0 to 1, as the provider last said.
        reason: what a person should know of its state.
        in_hand: a worker has it, or is to take it up.
        worker: the process that sends or sent it.
        created, sent, updated: unix seconds; `sent` is 0 until it is.
    """

    key: str
    provider: str
    model: str
    local: bool
    shot: str
    take: int
    seed: int
    cut: str
    source: str
    change: str
    state: OrderState
    request: str
    request_sha256: str
    first_frame: Path | None
    last_frame: Path | None
    job_id: str
    attempt: int
    estimate_usd: Decimal
    cost_usd: Decimal | None
    file: Path | None
    sha256: str
    progress: float
    reason: str
    in_hand: bool
    worker: str
    created: float
    sent: float
    updated: float

    @property
    def model_name(self) -> str:
        """`provider:id`."""
        return f"{self.provider}:{self.model}"

    @property
    def provider_key(self) -> str:
        """The key that the provider gets: a new one each time that a person asks anew."""
        return self.key if self.attempt == 1 else f"{self.key}.{self.attempt}"


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Something has happened to an order.

    Attributes:
        fraction: how far it is, 0 to 1, or None where nobody knows.
        message: one sentence or a few words, for a person.
    """

    key: str
    shot: str
    take: int
    state: OrderState
    fraction: float | None = None
    message: str = ""


def event_of(record: OrderRecord) -> OrderEvent:
    """What there is to tell of an order as it stands."""
    return OrderEvent(
        record.key, record.shot, record.take, record.state, record.progress, record.reason
    )
