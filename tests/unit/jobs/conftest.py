"""Orders to try the order book with, and a provider that lives in the test's own process."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pickup.errors import PickupError
from pickup.jobs.ledger import Ledger
from pickup.jobs.orders import TakeOrder
from pickup.providers.base import FoundJob, JobState, JobStatus, Order
from pickup.providers.card import ModelCard
from pickup.shots.request import GapRef, ShotRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass
class Scripted:
    """Answers as it is told, and remembers what it was asked."""

    name: str = "scripted"
    local: bool = False
    price: str = "0.10"
    submits: list[Order] = field(default_factory=list)
    submit_errors: list[BaseException] = field(default_factory=list)
    statuses: list[JobStatus | PickupError] = field(default_factory=list)
    fetch_errors: list[PickupError] = field(default_factory=list)
    found: list[FoundJob] | None = None
    fetched: int = 0
    cancels: list[str] = field(default_factory=list)
    agrees: bool = True

    def cards(self) -> list[ModelCard]:
        prices = {} if self.local else {"": Decimal(self.price)}
        return [ModelCard(provider=self.name, id="m", local=self.local, prices=prices)]

    def submit(self, order: Order) -> str:
        self.submits.append(order)
        if self.submit_errors:
            raise self.submit_errors.pop(0)
        return f"job-{len(self.submits)}"

    def poll(self, job_id: str, order: Order) -> JobStatus:
        answer = self.statuses.pop(0) if self.statuses else JobStatus(JobState.DONE)
        if isinstance(answer, PickupError):
            raise answer
        return answer

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        if self.fetch_errors:
            raise self.fetch_errors.pop(0)
        progress(0.5)
        self.fetched += 1
        out.write_bytes(f"film of {job_id} take {order.take}".encode())
        return out

    def cancel(self, job_id: str, order: Order) -> bool:
        self.cancels.append(job_id)
        return self.agrees

    def find(self, order: Order, since: float) -> list[FoundJob] | None:
        return self.found


def make_order(
    shot: str = "sh010", take: int = 1, model: str = "scripted:m", **fields: Any
) -> TakeOrder:
    words = fields.pop("text", f"words of {shot}")
    request = ShotRequest(
        id=shot,
        gap=GapRef(id=f"gap-{shot}", start=10, duration=48),
        text=words,
        frames=48,
        rate=24,  # type: ignore[arg-type]
        width=320,
        height=180,
        handles=0,
        seed=7,
    )
    return TakeOrder(request, model, take, **fields)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "home", "") as book:
        yield book
