"""What a provider must offer, and the values that pass between it and the order book.

A provider is driven in four steps, each of which may be the last thing before a crash::

    submit ─▶ (job id is committed) ─▶ poll … poll ─▶ fetch ─▶ (file and hash are committed)

A provider holds no state of its own between them: everything it needs is in its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from pickup.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from pickup.providers.card import ChangeKind, ModelCard
    from pickup.shots.request import ShotRequest


class Refusal(Enum):
    """Why a provider did not deliver, told apart because the cure differs."""

    MODERATION = "moderation"
    QUOTA = "quota"
    BALANCE = "balance"
    UNSUPPORTED = "unsupported"
    KEY = "key"
    EXPIRED = "expired"
    LOST = "lost"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


class ProviderRefusal(ProviderError):
    """The provider has answered, and the answer is no. Nothing was charged unless it says so.

    Args:
        kind: why.
        message: one sentence for the user, with the next step.
        detail: the provider's own words.
        retry_after: seconds after which asking again may help, where the provider says so.
    """

    def __init__(
        self,
        kind: Refusal,
        message: str,
        *,
        detail: str = "",
        retry_after: float | None = None,
    ) -> None:
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
        super().__init__(message)


class SubmitUnknown(ProviderError):
    """A submission whose answer was lost: it may have been accepted and charged.

    Never answered by sending again; the order becomes `unknown` and is reconciled.
    """


class JobState(Enum):
    """What a provider says of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to an older take's film instead of filming anew.

    Attributes:
        kind: `remix` by other words, `extend` beyond its end, `upscale` to the cut's raster.
        seconds: what an extension adds.
    """

    kind: ChangeKind = "remix"
    seconds: int = 0

    def __str__(self) -> str:
        """As the order book has it: `remix`, `extend:7`."""
        return f"{self.kind}:{self.seconds}" if self.seconds else self.kind

    @classmethod
    def parse(cls, text: str) -> Change:
        kind, _, seconds = text.partition(":")
        return cls(cast("ChangeKind", kind or "remix"), int(seconds or 0))


REMIX = Change()


@dataclass(frozen=True, slots=True)
class Order:
    """One take to make, as a provider gets it.

    Attributes:
        request: the shot.
        model: the model's id within the provider.
        take: number of the take, from 1; part of the seed and of the idempotency key.
        key: idempotency key; sent along wherever the protocol has room for our own id.
        first_frame, last_frame: PNG files, or None.
        source_job: the provider's job id of an older take, whose film is to be changed.
        change: how; means nothing without a `source_job`.
        pictures: PNG files of the request's reference images, in their order.
    """

    request: ShotRequest
    model: str
    take: int
    key: str
    first_frame: Path | None = None
    last_frame: Path | None = None
    source_job: str = ""
    change: Change = REMIX
    pictures: tuple[Path, ...] = ()

    @property
    def seed(self) -> int:
        """The shot's seed, moved on by the take's number so that takes differ."""
        return (self.request.seed + self.take - 1) % 2**32


@dataclass(frozen=True, slots=True)
class JobStatus:
    """An answer to a poll.

    Attributes:
        progress: 0 to 1, or None where the provider does not say.
        cost: in USD, where the provider reports it.
        retry_after: seconds that the provider asks to wait before the next poll.
        refusal: set when `state` is FAILED.
        detail: what `fetch` needs besides the job id (links, indices); JSON.
    """

    state: JobState
    progress: float | None = None
    cost: Decimal | None = None
    retry_after: float | None = None
    refusal: ProviderRefusal | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundJob:
    """A job in the provider's own list, for reconciling an order whose answer was lost.

    Attributes:
        created: unix seconds, 0 where unknown.
        key: our idempotency key, where the provider keeps it.
        prompt: the prompt it was made from, where the provider gives it back.
    """

    id: str
    created: float = 0.0
    model: str = ""
    key: str = ""
    prompt: str = ""


@runtime_checkable
class Rewords(Protocol):
    """A provider that says more than the shot's own words, and tells what before it is sent."""

    def reworded(self, text: str, frames: Sequence[str], pictures: int) -> str:
        """The prompt as it leaves.

        Args:
            frames: `first` and `last`, those that go with it.
            pictures: how many reference images go with it.
        """


class Provider(Protocol):
    """Who generates.

    Attributes:
        name: the key it is registered under, and the part before `:` in a model's name.
        local: True where nothing leaves the machine and nothing costs money.
    """

    name: str
    local: bool

    def cards(self) -> Sequence[ModelCard]:
        """The models it offers, from the catalog and, where its API lists them, from there."""

    def submit(self, order: Order) -> str:
        """Place an order; the provider's job id.

        Raises:
            ProviderRefusal: answered no; nothing was accepted.
            SubmitUnknown: no answer came back.
        """

    def poll(self, job_id: str, order: Order) -> JobStatus:
        """Where a job stands. Raises `ProviderError` when it cannot be asked now."""

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        """Bring the finished video to `out` (its suffix may be changed); the file written."""

    def cancel(self, job_id: str, order: Order) -> bool:
        """Ask to stop a job; whether the provider agreed."""

    def find(self, order: Order, since: float) -> Sequence[FoundJob] | None:
        """Jobs since a unix time that may be `order`'s; None where the provider keeps no record."""
