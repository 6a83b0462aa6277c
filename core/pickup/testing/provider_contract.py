"""What every provider must keep, as checks that anyone can run on theirs; pytest is not needed.

With pytest::

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_keeps_the_contract(check, tmp_path):
        check(Subject(MyProvider, make_order, tmp_path))

The checks hold for any provider: they say nothing of what a movie shows. A check that needs a
refusal is given an order that the provider is known to refuse (`make_refused`).
"""

from __future__ import annotations

import itertools
import json
import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import av

from pickup.errors import PickupError
from pickup.providers.base import JobState, JobStatus, ProviderRefusal, Refusal
from pickup.providers.card import ModelCard
from pickup.timing import to_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pickup.providers.base import FoundJob, Order, Provider


class ContractBroken(AssertionError):
    """A provider does not keep the contract; the text says which part, and what it did instead."""


@dataclass(frozen=True)
class Subject:
    """A provider on trial.

    Attributes:
        make_provider: a new instance on each call, over the same service.
        make_order: an order that it can fill; the same one on each call.
        folder: where it may write.
        make_refused: an order that it must refuse when submitted or fetched, or None.
        secrets: its keys, which must never be shown.
        exact: whether its movies have the ordered frames, handles and raster to the pixel.
        seconds_off: how far the length may be off where it is not exact.
        patience: polls until the movie must be done.
        wait: seconds between polls.
    """

    make_provider: Callable[[], Provider]
    make_order: Callable[[], Order]
    folder: Path
    make_refused: Callable[[], Order] | None = None
    secrets: Sequence[str] = ()
    exact: bool = False
    seconds_off: float = 1.0
    patience: int = 100
    wait: float = 0.0
    heard: list[str] = field(default_factory=list)


def has_a_name(subject: Subject) -> None:
    provider = subject.make_provider()
    _must(
        bool(re.fullmatch(r"[a-z0-9][a-z0-9-]*", provider.name)), f"its name is {provider.name!r}"
    )
    _must(isinstance(provider.local, bool), "`local` is not a bool")


def shows_valid_cards(subject: Subject) -> None:
    provider = subject.make_provider()
    cards = list(provider.cards())
    _must(bool(cards), "it offers no model")
    _must(len({card.id for card in cards}) == len(cards), "two of its cards share an id")
    for card in cards:
        _must(card.provider == provider.name, f"{card.name} is a card of another provider")
        _must(card.local == provider.local, f"{card.name} differs from the provider in `local`")
        _must(not (card.local and card.prices), f"{card.name} is local and has a price")
        _must(ModelCard.model_validate_json(card.model_dump_json()) == card, f"{card.name} as JSON")
    _must(
        subject.make_order().model in {card.id for card in cards}, "the order's model has no card"
    )


def names_its_jobs(subject: Subject) -> None:
    """A job id is text; a local provider derives it from the order, so each take has its own."""
    provider, order = subject.make_provider(), subject.make_order()
    first = provider.submit(order)
    _must(isinstance(first, str) and bool(first.strip()), f"its job id is {first!r}")
    if provider.local:
        again = subject.make_provider().submit(subject.make_order())
        _must(again == first, f"the same order is {first} once and {again} then")
        other = _another_take(order)
        _must(provider.submit(other) != first, "two takes of a shot share a job id")


def delivers_a_movie(subject: Subject) -> None:
    """Each step by a new instance, as after a crash: a provider keeps nothing between the calls."""
    order = subject.make_order()
    job = subject.make_provider().submit(order)
    status = _wait(subject, job, order)
    shown: list[float] = []
    out = subject.folder / "contract" / "take.mov"
    path = subject.make_provider().fetch(job, order, status, out, shown.append)
    _must(path.parent == out.parent and path.stem == out.stem, f"it wrote {path} instead of {out}")
    _must(path.is_file(), f"it says it wrote {path}, which is not there")
    _must([p.name for p in out.parent.iterdir()] == [path.name], "it left other files behind")
    _must(all(0 <= part <= 1 for part in shown), f"its progress is {shown}")
    _must(shown == sorted(shown), "its progress goes backwards")
    _measure(subject, order, path)


def fetches_again(subject: Subject) -> None:
    """A fetch that was cut off is repeated; the second gives a movie just the same."""
    provider, order = subject.make_provider(), subject.make_order()
    job = provider.submit(order)
    status = _wait(subject, job, order)
    for name in ("one", "two"):
        path = provider.fetch(job, order, status, subject.folder / f"{name}.mov", lambda _: None)
        _measure(subject, order, path)


def answers_polls_in_json(subject: Subject) -> None:
    """What a poll says is kept in the ledger, so its detail must be JSON."""
    provider, order = subject.make_provider(), subject.make_order()
    status = provider.poll(provider.submit(order), order)
    _must(isinstance(status, JobStatus), f"its poll gives {type(status).__name__}")
    _must(status.progress is None or 0 <= status.progress <= 1, f"progress is {status.progress}")
    _must((status.state is JobState.FAILED) == (status.refusal is not None), "FAILED and refusal")
    subject.heard.append(json.dumps(dict(status.detail)))


def cancels_or_says_not(subject: Subject) -> None:
    provider, order = subject.make_provider(), subject.make_order()
    agreed = provider.cancel(provider.submit(order), order)
    _must(isinstance(agreed, bool), f"cancel gives {agreed!r}")


def finds_jobs_or_says_not(subject: Subject) -> None:
    provider, order = subject.make_provider(), subject.make_order()
    before = time.time() - 300
    job = provider.submit(order)
    found: Sequence[FoundJob] | None = provider.find(order, before)
    if found is None:
        return
    _must(job in [one.id for one in found], f"it lists jobs, but not {job}, just submitted")
    later = provider.find(order, time.time() + 86_400)
    _must(not later, "it lists jobs from before the time that was asked for")


def refuses_in_one_sentence(subject: Subject) -> None:
    """A refusal is a `ProviderRefusal` with its kind, and a next step; never a traceback."""
    if subject.make_refused is None:
        return
    order = subject.make_refused()
    out = subject.folder / "refused.mov"
    try:
        job = subject.make_provider().submit(order)
        status = _wait(subject, job, order)
        subject.make_provider().fetch(job, order, status, out, lambda _: None)
    except ProviderRefusal as refusal:
        _must(isinstance(refusal.kind, Refusal), f"the kind of its refusal is {refusal.kind!r}")
        text = str(refusal)
        _must(bool(text) and "\n" not in text and text.endswith("."), f"its refusal reads {text!r}")
        subject.heard.extend((text, repr(refusal), refusal.detail))
    else:
        raise ContractBroken("it filled an order that it must refuse")
    left = [path.name for path in subject.folder.glob("*refused*")]
    _must(not left, f"a refusal left {left} behind")


def tells_of_a_lost_job(subject: Subject) -> None:
    """A job that the service does not know is a refusal or a failure, never another's movie."""
    provider, order = subject.make_provider(), subject.make_order()
    if provider.local:
        return
    try:
        status = provider.poll("contract-no-such-job", order)
    except PickupError as error:
        subject.heard.append(str(error))
    else:
        _must(status.state is JobState.FAILED, f"an unknown job is {status.state.value}")


def keeps_its_secrets(subject: Subject) -> None:
    """No key in what it shows of itself; run last, it also looks at what the other checks heard."""
    provider = subject.make_provider()
    shown = [repr(provider), str(provider), *(repr(card) for card in provider.cards())]
    for text, secret in itertools.product((*shown, *subject.heard), subject.secrets):
        _must(secret not in text, "it shows its key")


CHECKS: tuple[Callable[[Subject], None], ...] = (
    has_a_name,
    shows_valid_cards,
    names_its_jobs,
    delivers_a_movie,
    fetches_again,
    answers_polls_in_json,
    cancels_or_says_not,
    finds_jobs_or_says_not,
    refuses_in_one_sentence,
    tells_of_a_lost_job,
    keeps_its_secrets,
)


def run(subject: Subject) -> list[str]:
    """Every check on one subject; the parts of the contract that it breaks, as sentences."""
    broken = []
    for check in CHECKS:
        try:
            check(subject)
        except (ContractBroken, PickupError) as error:
            broken.append(f"{check.__name__}: {error}")
    return broken


def _must(kept: bool, otherwise: str) -> None:
    if not kept:
        raise ContractBroken(otherwise)


def _another_take(order: Order) -> Order:
    return replace(order, take=order.take + 1, key=f"{order.key}-other")


def _wait(subject: Subject, job: str, order: Order) -> JobStatus:
    for _ in range(subject.patience):
        status = subject.make_provider().poll(job, order)
        if status.state is JobState.DONE:
            return status
        if status.refusal is not None:
            raise status.refusal
        _must(status.state is not JobState.CANCELLED, "a job that nobody cancelled is cancelled")
        time.sleep(subject.wait)
    raise ContractBroken(f"after {subject.patience} polls the job is not done")


def _measure(subject: Subject, order: Order, path: Path) -> None:
    request = order.request
    with av.open(str(path)) as movie:
        _must(bool(movie.streams.video), f"{path.name} has no picture")
        stream = movie.streams.video[0]
        frames = sum(1 for _ in movie.decode(stream))
        size, rate = (stream.width, stream.height), stream.average_rate
    _must(frames > 0 and bool(rate), f"{path.name} has no frames")
    if subject.exact:
        wanted = request.frames + 2 * request.handles
        _must(frames == wanted, f"{path.name} has {frames} frames instead of {wanted}")
        _must(size == (request.width, request.height), f"{path.name} is {size[0]}×{size[1]}")
        _must(rate == request.rate, f"{path.name} runs at {rate} instead of {request.rate}")
        return
    off = abs(frames / float(rate or 1) - float(to_seconds(request.frames, request.rate)))
    _must(off <= subject.seconds_off, f"{path.name} is {off:.2f} s off the ordered length")
