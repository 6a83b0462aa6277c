"""A provider to test against, as awkward as the real ones, whose state several processes share.

Everything it knows lies in one folder, and every change is one system call, so that it stays right
when its users are killed at any instant, as a service does that runs elsewhere::

    jobs.log                each job that arrived, and what it cost, as a line of JSON
    polls/<id>              one byte for each poll
    cancelled/<id>          an empty file
    script/<n>.<step>.json  what is to go wrong next, in order; taken by whoever comes first

Accepting a job and charging for it is one line appended at once: there is no instant between.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from pickup.errors import ProviderError
from pickup.files import write_bytes
from pickup.providers.base import (
    FoundJob,
    JobState,
    JobStatus,
    ProviderRefusal,
    Refusal,
    SubmitUnknown,
)
from pickup.providers.card import ModelCard
from pickup.timing import to_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pickup.providers.base import Order

Step = Literal["submit", "poll", "fetch"]
Delivery = Literal["movie", "short", "long", "nothing", "page", "half"]

CARD = ModelCard(
    provider="fake",
    id="fake-1",
    title="Fake",
    first_frame=True,
    last_frame=True,
    prices={"": Decimal("0.10")},
)
"""Its one model, at ten cents a second."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of the bill."""

    job: str
    key: str
    usd: Decimal


@dataclass(frozen=True, slots=True)
class FakeJob:
    """What the service keeps of a job.

    Attributes:
        usd: what was charged for it, when it was accepted.
        slow: how many polls it stays running.
        statuses: states to answer with first, one a poll.
        delivery: what a fetch of it brings.
    """

    id: str
    key: str
    model: str
    prompt: str
    created: float
    usd: str
    slow: int = 0
    statuses: tuple[str, ...] = ()
    delivery: Delivery = "movie"


class FakeProvider:
    """Accepts orders, charges for each, and delivers small real movies.

    It is not idempotent, as most services are not: the same order sent twice is two jobs and two
    charges. The scripting methods (`…_next`) each concern one coming call, in the order scripted.

    Args:
        folder: where its state lies; made when it is first needed.
        slow: polls that every job stays running.
        remembers: whether `find` can list jobs; without, it answers None.
        clock: unix seconds.
    """

    name = "fake"
    local = False

    def __init__(
        self,
        folder: Path,
        *,
        slow: int = 0,
        remembers: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._slow = slow
        self._remembers = remembers
        self._clock = clock

    # What the test scripts and reads.

    def fail_next(self, kind: Refusal, *, at: Step = "submit", message: str = "") -> None:
        """The next call of a step is refused. At `poll` the job has failed for good."""
        self._script(at, {"refuse": kind.value, "message": message})

    def break_next(self, *, at: Step = "poll") -> None:
        """The next call of a step finds nobody there; asking again may help."""
        self._script(at, {"unreachable": True})

    def lose_next_answer(self, *, arrived: bool = True) -> None:
        """The next submission's answer is lost; the order `arrived` (and is charged) or did not."""
        self._script("submit", {"lost": True, "arrived": arrived})

    def deliver_next(self, delivery: Delivery) -> None:
        """What the next accepted job brings: a movie, one that is too short, nothing at all."""
        self._script("submit", {"delivery": delivery})

    def answer_next(self, *states: JobState, slow: int = 0) -> None:
        """What polls of the next accepted job say first, then that it runs for `slow` polls."""
        self._script("submit", {"statuses": [state.value for state in states], "slow": slow})

    def charges(self) -> list[Charge]:
        """The bill so far, oldest first."""
        return [Charge(job.id, job.key, Decimal(job.usd)) for job in self.jobs()]

    def jobs(self) -> list[FakeJob]:
        """Every job that arrived, oldest first."""
        path = self._folder / "jobs.log"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        read = (json.loads(line) for line in lines)
        return [FakeJob(**{**data, "statuses": tuple(data["statuses"])}) for data in read]

    # What the program calls.

    def cards(self) -> Sequence[ModelCard]:
        return (CARD,)

    def submit(self, order: Order) -> str:
        turn = self._turn("submit")
        if turn.get("refuse"):
            raise _refusal(turn)
        if turn.get("unreachable"):
            raise ProviderRefusal(Refusal.UNREACHABLE, "The fake is not there. Try again later.")
        if turn.get("lost") and not turn["arrived"]:
            raise SubmitUnknown(f"{order.request.id}: the fake did not answer.")
        job = self._accept(order, turn)
        if turn.get("lost"):
            raise SubmitUnknown(f"{order.request.id}: the fake did not answer.")
        return job.id

    def poll(self, job_id: str, order: Order) -> JobStatus:
        turn = self._turn("poll")
        if turn.get("unreachable"):
            raise ProviderError("The fake does not answer. Pickup asks again later.")
        job = self._known(job_id)
        if turn.get("refuse"):
            return JobStatus(JobState.FAILED, refusal=_refusal(turn))
        if self._cancelled(job_id).exists():
            return JobStatus(JobState.CANCELLED)
        polls = self._polls(job_id)
        self._append(f"polls/{job_id}", ".")
        if polls < len(job.statuses):
            return _status(JobState(job.statuses[polls]))
        waited = polls - len(job.statuses)
        if waited < job.slow:
            return JobStatus(JobState.RUNNING, progress=waited / job.slow)
        return JobStatus(
            JobState.DONE,
            progress=1.0,
            cost=Decimal(job.usd),
            detail={"file": None if job.delivery == "nothing" else f"{job_id}.mp4"},
        )

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        turn = self._turn("fetch")
        if turn.get("refuse"):
            raise _refusal(turn)
        if turn.get("unreachable"):
            raise ProviderError("The fake broke off its answer. Pickup asks again later.")
        job = self._known(job_id)
        progress(0.0)
        path = out.with_suffix(".mp4")
        write_bytes(path, _delivered(job, order))
        progress(1.0)
        return path

    def cancel(self, job_id: str, order: Order) -> bool:
        job = self._known(job_id)
        agreed = self._polls(job_id) <= job.slow + len(job.statuses)
        if agreed:
            self._append(f"cancelled/{job_id}", "")
        return agreed

    def find(self, order: Order, since: float) -> Sequence[FoundJob] | None:
        if not self._remembers:
            return None
        return [
            FoundJob(job.id, job.created, job.model, job.key, job.prompt)
            for job in self.jobs()
            if job.created >= since and job.key == order.key
        ]

    # Its folder.

    def _accept(self, order: Order, turn: dict[str, Any]) -> FakeJob:
        job = FakeJob(
            id=f"fake-{os.urandom(8).hex()}",
            key=order.key,
            model=order.model,
            prompt=order.request.text or order.request.words,
            created=self._clock(),
            usd=str(_price(order)),
            slow=turn.get("slow", 0) or self._slow,
            statuses=tuple(turn.get("statuses", ())),
            delivery=turn.get("delivery", "movie"),
        )
        self._append("jobs.log", json.dumps(asdict(job)) + "\n")
        return job

    def _append(self, name: str, text: str) -> None:
        """One write to a file opened for appending: lines of several processes never mix."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)

    def _known(self, job_id: str) -> FakeJob:
        for job in self.jobs():
            if job.id == job_id:
                return job
        raise ProviderRefusal(Refusal.LOST, f"The fake knows no job {job_id}. Order it again.")

    def _polls(self, job_id: str) -> int:
        path = self._folder / "polls" / job_id
        return path.stat().st_size if path.exists() else 0

    def _cancelled(self, job_id: str) -> Path:
        return self._folder / "cancelled" / job_id

    def _script(self, step: Step, turn: dict[str, Any]) -> None:
        folder = self._folder / "script"
        folder.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(len(list(folder.iterdir()))):
            try:
                path = folder / f"{number:06d}.{step}.json"
                with path.open("x", encoding="utf-8") as stream:
                    stream.write(json.dumps(turn))
            except FileExistsError:
                continue
            return

    def _turn(self, step: Step) -> dict[str, Any]:
        """The next scripted turn of a step, taken by exactly one caller; empty where none is."""
        for path in sorted((self._folder / "script").glob(f"*.{step}.json")):
            taken = path.with_suffix(f".{os.getpid()}")
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue
            turn: dict[str, Any] = json.loads(taken.read_text("utf-8"))
            return turn
        return {}


def _refusal(turn: dict[str, Any]) -> ProviderRefusal:
    kind = Refusal(turn["refuse"])
    said = turn["message"] or f"The fake refused ({kind.value}). Change the order and try again."
    return ProviderRefusal(kind, said, detail=f"scripted {kind.value}")


def _status(state: JobState) -> JobStatus:
    if state is JobState.FAILED:
        refused = ProviderRefusal(Refusal.FAILED, "The fake failed. Order the shot again.")
        return JobStatus(state, refusal=refused)
    return JobStatus(state)


def _price(order: Order) -> Decimal:
    length = to_seconds(order.request.frames, order.request.rate)
    price = CARD.prices[""] * length.numerator / length.denominator
    return price.quantize(Decimal("0.0001"))


def _delivered(job: FakeJob, order: Order) -> bytes:
    from pickup.testing.fakes.films import film_bytes

    request = order.request
    if job.delivery == "nothing":
        raise ProviderRefusal(
            Refusal.FAILED, f"{request.id}: the fake finished without a video. Order it again."
        )
    if job.delivery == "page":
        return b"<!doctype html><title>Sign in</title>"
    stretch = {"short": 0.5, "long": 2.0}.get(job.delivery, 1.0)
    film = film_bytes(float(to_seconds(request.frames, request.rate)) * stretch, request.rate)
    return film[: len(film) // 2] if job.delivery == "half" else film
