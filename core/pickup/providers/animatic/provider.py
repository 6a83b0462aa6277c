"""The animatic as a provider. What it films with is imported only when it films."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pickup.providers.base import FoundJob, JobState, JobStatus
from pickup.providers.card import ModelCard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pickup.providers.base import Order

_CARD = ModelCard(
    provider="animatic",
    id="animatic-1",
    handles=True,
    title="Animatic",
    first_frame=True,
    last_frame=True,
    seed=True,
    local=True,
)


class AnimaticProvider:
    """Films a take on this machine, the same pixels for the same order.

    There is nothing to wait for and nothing to lose: `submit` only names the job after its order,
    `poll` says that it is done, and `fetch` films it. The movie has the request's frames and its
    handles on both sides, at its rate and raster: H.264 in MOV, nearly lossless, 4:2:0, BT.709.

    `fetch` raises `ProviderRefusal` when a reference picture cannot be read or nothing can be
    encoded, and `PickupError` when the file cannot be written.
    """

    name = "animatic"
    local = True

    def cards(self) -> Sequence[ModelCard]:
        return (_CARD,)

    def submit(self, order: Order) -> str:
        identity = f"{order.request.sha256()}:{order.model}:{order.take}:{order.key}"
        return f"animatic-{hashlib.sha256(identity.encode()).hexdigest()[:24]}"

    def poll(self, job_id: str, order: Order) -> JobStatus:
        return JobStatus(JobState.DONE, progress=1.0)

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        from pickup.providers.animatic.film import film
        from pickup.providers.animatic.movie import write_movie

        return write_movie(order, film(order), out, progress)

    def cancel(self, job_id: str, order: Order) -> bool:
        """Nothing runs between the calls, so a cancelled job is simply never fetched."""
        return True

    def find(self, order: Order, since: float) -> Sequence[FoundJob] | None:
        return None
