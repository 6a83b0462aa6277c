"""A paid service that lives in a folder, so that processes which are killed cannot forget it.

A job is charged for by the one atomic act of its file's appearing. Whoever asks for the same key
twice is charged twice: the service is of no help, the order book has to see to it.
"""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pickup.providers.base import FoundJob, JobState, JobStatus, Order, ProviderRefusal, Refusal
from pickup.providers.card import ModelCard
from pickup.shots.request import GapRef, ShotRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests

    from pickup.jobs.orders import TakeOrder

_local = threading.local()


@dataclass
class Farm:
    """The service, and the provider that speaks to it.

    Attributes:
        folder: where its jobs are; the processes that share it share the service.
        records: whether it has a list of jobs to look orders up in.
        seconds: how long a job takes.
        hangs: whether every question hangs.
        door: a URL that is asked at each poll.
    """

    folder: Path
    name: str = "farm"
    records: bool = True
    seconds: float = 0.3
    hangs: bool = False
    door: str = ""
    local: bool = False

    def cards(self) -> list[ModelCard]:
        return [ModelCard(provider=self.name, id="m", prices={"": Decimal("0.05")})]

    def submit(self, order: Order) -> str:
        self._hang()
        if order.source_job:
            self._job(order.source_job)
        job = {
            "key": order.key,
            "prompt": order.request.text,
            "at": time.time(),
            "made": f"{order.change} of {order.source_job}" if order.source_job else "",
        }
        job_id = uuid.uuid4().hex
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f"{job_id}.part"
        aside.write_text(json.dumps(job))
        aside.rename(self.folder / f"{job_id}.job")
        return job_id

    def poll(self, job_id: str, order: Order) -> JobStatus:
        self._hang()
        if self.door:
            self._session().get(f"{self.door}/{job_id}", timeout=30).json()
        job = self._job(job_id)
        if time.time() - job["at"] < self.seconds:
            return JobStatus(JobState.RUNNING, progress=0.5)
        return JobStatus(JobState.DONE, 1.0, Decimal("0.10"))

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        self._job(job_id)
        with out.open("wb") as stream:
            for _ in range(20):
                stream.write(job_id.encode() * 100)
                stream.flush()
                progress(0.5)
        return out

    def cancel(self, job_id: str, order: Order) -> bool:
        return False

    def find(self, order: Order, since: float) -> list[FoundJob] | None:
        self._hang()
        if not self.records:
            return None
        jobs = self.jobs().items()
        return [FoundJob(id_, job["at"], "m", prompt=job["prompt"]) for id_, job in jobs]

    def charges(self) -> Counter[str]:
        """How often each key was charged."""
        return Counter(job["key"] for job in self.jobs().values())

    def jobs(self) -> dict[str, dict[str, Any]]:
        """What was ordered and charged, by its job id."""
        return {path.stem: json.loads(path.read_text()) for path in self.folder.glob("*.job")}

    def _job(self, job_id: str) -> dict[str, Any]:
        try:
            job: dict[str, Any] = json.loads((self.folder / f"{job_id}.job").read_text())
        except FileNotFoundError:
            raise ProviderRefusal(Refusal.LOST, "The farm knows no such job.") from None
        return job

    def _session(self) -> requests.Session:
        if not hasattr(_local, "session"):
            import requests

            _local.session = requests.Session()
        session: requests.Session = _local.session
        return session

    def _hang(self) -> None:
        while self.hangs:
            time.sleep(60)


def take_order(shot: str, model: str = "farm:m", take: int = 1) -> TakeOrder:
    """An order like any other; the prompt names the shot, as the farm gives only that back."""
    from pickup.jobs.orders import TakeOrder

    request = ShotRequest(
        id=shot,
        gap=GapRef(id=f"gap-{shot}", start=0, duration=48),
        text=f"what happens in {shot}",
        frames=48,
        rate=24,  # type: ignore[arg-type]
        width=320,
        height=180,
        handles=0,
    )
    return TakeOrder(request, model, take, cut="scene.otio")


def kill_self() -> None:
    """As if the power had gone."""
    os.kill(os.getpid(), 9)
