"""The shipped contract suite, on the animatic and the fake; and that it notices what breaks it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.providers.orders import make_order, make_picture

from pickup.errors import ProviderError
from pickup.providers.animatic import AnimaticProvider
from pickup.providers.base import FoundJob, JobState, JobStatus, Order, Refusal
from pickup.testing import provider_contract as contract
from pickup.testing.fake_provider import FakeProvider
from pickup.testing.provider_contract import CHECKS, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@pytest.fixture
def animatic(tmp_path: Path) -> Subject:
    neighbours = [make_picture(tmp_path / f"{n}.png", seed=n) for n in (1, 2)]
    (tmp_path / "out").mkdir(exist_ok=True)
    return Subject(
        AnimaticProvider,
        partial(make_order, first=neighbours[0], last=neighbours[1], width=96, height=54),
        tmp_path / "out",
        make_refused=partial(make_order, first=tmp_path / "gone.png"),
        exact=True,
    )


@pytest.fixture
def fake(tmp_path: Path) -> Subject:
    def refused() -> Order:
        FakeProvider(tmp_path / "service").fail_next(Refusal.MODERATION)
        return fakes_order()

    (tmp_path / "out").mkdir(exist_ok=True)
    return Subject(
        partial(FakeProvider, tmp_path / "service", slow=2),
        fakes_order,
        tmp_path / "out",
        make_refused=refused,
        secrets=("sk-secret",),
        seconds_off=0.05,
    )


def fakes_order() -> Order:
    return replace(make_order(), model="fake-1")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_animatic_keeps_the_contract(
    animatic: Subject, check: Callable[[Subject], None]
) -> None:
    check(animatic)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_fake_keeps_the_contract(fake: Subject, check: Callable[[Subject], None]) -> None:
    check(fake)


def test_runs_as_a_whole_without_pytest(fake: Subject, animatic: Subject) -> None:
    for name, subject in (("fake", fake), ("animatic", animatic)):
        assert contract.run(replace(subject, folder=subject.folder / name)) == []


class Nameless(AnimaticProvider):
    name = "No Name"


class Cardless(AnimaticProvider):
    def cards(self) -> Sequence[Any]:
        return ()


class Forgetful(AnimaticProvider):
    _count = 0

    def submit(self, order: Order) -> str:
        type(self)._count += 1
        return f"job-{self._count}"


class Truncating(AnimaticProvider):
    def fetch(self, job_id: str, order: Order, *args: Any) -> Path:
        half = order.request.frames // 2
        gap = order.request.gap.model_copy(update={"duration": half})
        request = order.request.model_copy(update={"frames": half, "gap": gap})
        return super().fetch(job_id, replace(order, request=request), *args)


class Elsewhere(AnimaticProvider):
    def fetch(self, job_id: str, order: Order, status: JobStatus, out: Path, *args: Any) -> Path:
        return super().fetch(job_id, order, status, out.with_name("other.mov"), *args)


class Littering(AnimaticProvider):
    def fetch(self, job_id: str, order: Order, status: JobStatus, out: Path, *args: Any) -> Path:
        path = super().fetch(job_id, order, status, out, *args)
        out.with_name("part").write_text("")
        return path


class Endless(AnimaticProvider):
    def poll(self, job_id: str, order: Order) -> JobStatus:
        return JobStatus(JobState.RUNNING)


class Boundless(AnimaticProvider):
    def poll(self, job_id: str, order: Order) -> JobStatus:
        return JobStatus(JobState.DONE, progress=100.0)


class Vague(AnimaticProvider):
    def cancel(self, job_id: str, order: Order) -> bool:
        return None  # type: ignore[return-value]


class Amnesiac(AnimaticProvider):
    def find(self, order: Order, since: float) -> Sequence[FoundJob] | None:
        return []


class Willing(AnimaticProvider):
    def fetch(self, job_id: str, order: Order, *args: Any) -> Path:
        return super().fetch(job_id, replace(order, first_frame=None), *args)


class Talkative(AnimaticProvider):
    def __repr__(self) -> str:
        return "Talkative(key='sk-secret')"


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (Nameless, contract.has_a_name),
        (Cardless, contract.shows_valid_cards),
        (Forgetful, contract.names_its_jobs),
        (Truncating, contract.delivers_a_movie),
        (Truncating, contract.fetches_again),
        (Elsewhere, contract.delivers_a_movie),
        (Littering, contract.delivers_a_movie),
        (Endless, contract.delivers_a_movie),
        (Boundless, contract.answers_polls_in_json),
        (Vague, contract.cancels_or_says_not),
        (Amnesiac, contract.finds_jobs_or_says_not),
        (Willing, contract.refuses_in_one_sentence),
        (Talkative, contract.keeps_its_secrets),
    ],
    ids=lambda value: value.__name__,
)
def test_notices_a_provider_that_breaks_it(
    animatic: Subject, broken: type[AnimaticProvider], check: Callable[[Subject], None]
) -> None:
    subject = replace(animatic, make_provider=broken, secrets=("sk-secret",))
    with pytest.raises(contract.ContractBroken):
        check(subject)
    assert any(line.startswith(check.__name__) for line in contract.run(subject))


def test_notices_a_stranger_whose_unknown_jobs_are_done(fake: Subject) -> None:
    class Obliging(FakeProvider):
        def poll(self, job_id: str, order: Order) -> JobStatus:
            return JobStatus(JobState.DONE)

    subject = replace(fake, make_provider=partial(Obliging, fake.folder))
    with pytest.raises(contract.ContractBroken, match="unknown job is done"):
        contract.tells_of_a_lost_job(subject)


def test_lets_other_errors_through(fake: Subject) -> None:
    """A provider that cannot be asked at all is not judged."""

    class Absent(FakeProvider):
        def submit(self, order: Order) -> str:
            raise ProviderError("The network is down. Try again later.")

    absent = replace(fake, make_provider=partial(Absent, fake.folder))
    with pytest.raises(ProviderError):
        contract.delivers_a_movie(absent)
    assert "delivers_a_movie: The network is down. Try again later." in contract.run(absent)
