"""The fake is as awkward as it is told to be, and its bill is right whoever is killed."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import av
import pytest
from tests.unit.providers.orders import make_order

from pickup.errors import ProviderError
from pickup.providers.base import JobState, ProviderRefusal, Refusal, SubmitUnknown
from pickup.testing.fake_provider import Delivery, FakeProvider

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.providers.base import JobStatus

ORDER = make_order(frames=48)


def nothing(_: float) -> None: ...


def fetch(fake: FakeProvider, job: str, folder: Path) -> Path:
    return fake.fetch(job, ORDER, fake.poll(job, ORDER), folder / "take.mov", nothing)


def seconds(path: Path) -> float:
    with av.open(str(path)) as movie:
        return sum(1 for _ in movie.decode(video=0)) / 24


def test_charges_for_each_order_it_accepts(tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path)
    ids = [fake.submit(ORDER), fake.submit(ORDER)]
    assert len(set(ids)) == 2
    assert [(c.job, c.key, c.usd) for c in fake.charges()] == [
        (job, "key-1", Decimal("0.2000")) for job in ids
    ]


def test_shares_its_state_with_other_processes(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from pickup.testing.fake_provider import FakeProvider as F;"
        "from tests.unit.providers.orders import make_order as m;"
        "print(F(pathlib.Path(sys.argv[1])).submit(m(frames=48)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    fake = FakeProvider(tmp_path)
    assert [job.id for job in fake.jobs()] == [done.stdout.strip()]
    assert seconds(fetch(fake, done.stdout.strip(), tmp_path / "out")) == 2


def test_counts_right_when_many_submit_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: FakeProvider(tmp_path).submit(ORDER), range(64)))
    assert {charge.job for charge in FakeProvider(tmp_path).charges()} == ids
    assert len(ids) == 64


def test_gives_each_scripted_turn_to_one_caller(tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path)
    for _ in range(5):
        fake.fail_next(Refusal.QUOTA)

    def submit(_: int) -> bool:
        try:
            FakeProvider(tmp_path).submit(ORDER)
        except ProviderRefusal:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(submit, range(20))) == [False] * 5 + [True] * 15
    assert len(fake.charges()) == 15


@pytest.mark.parametrize("kind", list(Refusal))
def test_refuses_as_scripted_and_charges_nothing(tmp_path: Path, kind: Refusal) -> None:
    fake = FakeProvider(tmp_path)
    fake.fail_next(kind)
    with pytest.raises(ProviderRefusal) as caught:
        fake.submit(ORDER)
    assert caught.value.kind is kind
    assert fake.charges() == []
    assert fake.submit(ORDER)


def test_loses_the_answer_of_an_order_that_arrived_or_did_not(tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path)
    for arrived in (True, False):
        fake.lose_next_answer(arrived=arrived)
        with pytest.raises(SubmitUnknown):
            fake.submit(ORDER)
    assert len(fake.charges()) == 1
    found = fake.find(ORDER, 0)
    assert found
    assert [(job.id, job.key) for job in found] == [(fake.jobs()[0].id, ORDER.key)]


def test_remembers_nothing_where_it_is_told_so(tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path, remembers=False)
    fake.submit(ORDER)
    assert fake.find(ORDER, 0) is None


def test_lists_only_jobs_since_and_of_the_order(tmp_path: Path) -> None:
    now = [100.0]
    fake = FakeProvider(tmp_path, clock=lambda: now[0])
    fake.submit(ORDER)
    now[0] = 200.0
    job = fake.submit(ORDER)
    assert [one.id for one in fake.find(ORDER, 150.0) or ()] == [job]


def states(fake: FakeProvider, job: str, count: int) -> list[JobStatus]:
    return [fake.poll(job, ORDER) for _ in range(count)]


def test_is_as_slow_as_told(tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path, slow=2)
    answers = states(fake, fake.submit(ORDER), 4)
    assert [a.state.value for a in answers] == ["running", "running", "done", "done"]
    assert [a.progress for a in answers] == [0.0, 0.5, 1.0, 1.0]
    assert answers[-1].cost == Decimal("0.2000")


def test_says_the_scripted_states_first(tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path)
    fake.answer_next(JobState.QUEUED, JobState.FAILED, slow=1)
    answers = states(fake, fake.submit(ORDER), 4)
    assert [a.state.value for a in answers] == ["queued", "failed", "running", "done"]
    assert answers[1].refusal
    assert fake.poll(fake.submit(ORDER), ORDER).state is JobState.DONE


def test_fails_and_breaks_off_at_later_steps(tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path)
    job = fake.submit(ORDER)
    fake.break_next()
    with pytest.raises(ProviderError):
        fake.poll(job, ORDER)
    fake.fail_next(Refusal.MODERATION, at="poll", message="A face was seen. Use another frame.")
    status = fake.poll(job, ORDER)
    assert status.refusal
    assert (status.state, str(status.refusal)) == (
        JobState.FAILED,
        "A face was seen. Use another frame.",
    )
    fake.fail_next(Refusal.EXPIRED, at="fetch")
    with pytest.raises(ProviderRefusal):
        fetch(fake, job, tmp_path / "out")
    assert seconds(fetch(fake, job, tmp_path / "out")) == 2


@pytest.mark.parametrize(("delivery", "expected"), [("movie", 2), ("short", 1), ("long", 4)])
def test_delivers_the_length_it_is_told(
    tmp_path: Path, delivery: Delivery, expected: float
) -> None:
    fake = FakeProvider(tmp_path)
    fake.deliver_next(delivery)
    assert seconds(fetch(fake, fake.submit(ORDER), tmp_path / "out")) == expected


def test_delivers_what_is_no_movie(tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path)
    for delivery in ("page", "half"):
        fake.deliver_next(delivery)
        path = fetch(fake, fake.submit(ORDER), tmp_path / "out")
        with pytest.raises(av.FFmpegError):
            seconds(path)
    fake.deliver_next("nothing")
    with pytest.raises(ProviderRefusal, match="without a video"):
        fetch(fake, fake.submit(ORDER), tmp_path / "out")


def test_cancels_what_still_runs(tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path, slow=3)
    job = fake.submit(ORDER)
    assert fake.cancel(job, ORDER)
    assert fake.poll(job, ORDER).state is JobState.CANCELLED
    done = FakeProvider(tmp_path)
    other = done.submit(ORDER)
    states(done, other, 2)
    assert not done.cancel(other, ORDER)


def test_knows_no_job_of_others(tmp_path: Path) -> None:
    with pytest.raises(ProviderRefusal) as caught:
        FakeProvider(tmp_path).poll("somebody-elses", ORDER)
    assert caught.value.kind is Refusal.LOST
