"""No answer of a service, however strange, breaks a provider, shows a key or orders twice."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.benches import BENCHES, Bench
from tests.contract.test_remote_contract import QUICK, make_order

from pickup.errors import PickupError
from pickup.providers.base import Change, FoundJob, JobState, JobStatus, ProviderRefusal, Refusal
from pickup.providers.base import SubmitUnknown as Unknown
from pickup.testing.fakes.server import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pickup.testing.fakes import Asked, Fake

KEY = "sk-4711-secret"
HASTY = replace(QUICK, pause=0.0, tries=1)

words = st.sampled_from(
    [
        *("completed", "failed", "expired", "queued", "", "FAILED", KEY, f"wrong key {KEY}"),
        *("http://films.example/a.mp4", "https://films.invalid/a", "gs://b/c.mp4", "../../x", "\0"),
        *("\x1b[31mred", "<html>", "a" * 5000, "{}", "moderation", "🎬", "no such job"),
    ]
)
names = st.sampled_from(
    [
        *("id", "status", "error", "code", "message", "data", "video", "url", "response", "videos"),
        *("steps", "content", "type", "uri", "errors", "outputs", "history", "queue_running"),
        *("detail", "loc", "msg", "name", "done", "usage", "cost", "unsigned_urls", "progress"),
        *("request_id", "response_url", "prompt_id", "images", "filename", "raiMediaFilteredCount"),
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)
answers = st.builds(
    lambda status, value, kind: (status, value, kind),
    st.sampled_from([200, 200, 200, 201, 202, 204, 400, 402, 403, 404, 409, 410, 422, 429, 500]),
    values,
    st.sampled_from(["application/json", "text/html", "video/mp4", ""]),
)
calmly = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(params=BENCHES, ids=lambda bench: bench.name)
def bench(request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.param
    return found


@pytest.fixture
def fake(bench: Bench) -> Iterator[Fake]:
    with bench.fake(key=KEY) as made:
        yield made


def says(fake: Any, answer: tuple[int, Any, str]) -> list[Asked]:
    """The service says this to everything from now on; what it was asked."""
    status, value, kind = answer
    body, heard = json.dumps(value).encode(), []

    def always(asked: Asked) -> tuple[Answer, None]:
        heard.append(asked)
        return Answer(status, body, kind), None

    fake.answer = always
    return heard


def clean(*shown: object) -> None:
    for text in map(str, shown):
        assert KEY not in text
        assert "\x1b" not in text
        assert "\n" not in text


class TestWhateverIsSaid:
    @calmly
    @given(answer=answers)
    def test_to_an_order(self, bench: Bench, fake: Fake, tmp_path: Path, answer):
        """Accepted, refused or unknown; and never more than one request that could be charged."""
        order = make_order(bench, tmp_path, both=bench.needs_first)
        orders = []
        says(fake, answer)
        real = fake.answer
        fake.answer = lambda asked: orders.append(asked) or real(asked)  # type: ignore[method-assign, func-returns-value]
        try:
            job = bench.made(fake, HASTY).submit(order)
        except (ProviderRefusal, Unknown) as no:
            clean(no, repr(no), getattr(no, "detail", ""))
        else:
            assert isinstance(job, str)
            assert job
        sent = [asked for asked in orders if asked.method == "POST" and b"dog" in asked.body]
        assert len(sent) <= 1

    @calmly
    @given(answer=answers)
    def test_to_a_question(self, bench: Bench, fake: Fake, tmp_path: Path, answer):
        order = make_order(bench, tmp_path, both=False)
        provider = bench.made(fake, HASTY)
        says(fake, answer)
        try:
            status = provider.poll("a/requests/b" if bench.name == "fal" else "job-1", order)
        except PickupError as error:
            kind = getattr(error, "kind", None)
            assert kind not in (Refusal.FAILED, Refusal.UNSUPPORTED, Refusal.UNREACHABLE)
            clean(error, repr(error), getattr(error, "detail", ""))
        else:
            assert isinstance(status, JobStatus)
            assert (status.state is JobState.FAILED) == (status.refusal is not None)
            assert status.progress is None or 0 <= status.progress <= 1
            json.dumps(dict(status.detail))
            clean(status.refusal or "")

    @calmly
    @given(answer=answers)
    def test_to_a_fetch(self, bench: Bench, fake: Fake, tmp_path: Path, answer):
        """What is no film ends in one sentence, and leaves no file."""
        order = make_order(bench, tmp_path, both=False)
        provider, folder = bench.made(fake, HASTY), tmp_path / "takes"
        says(fake, answer)
        job = "a/requests/b" if bench.name == "fal" else "job-1"
        with pytest.raises(PickupError) as caught:
            provider.fetch(job, order, JobStatus(JobState.DONE), folder / "t.mp4", lambda _: None)
        clean(caught.value, repr(caught.value))
        assert not folder.exists() or list(folder.iterdir()) == []

    @calmly
    @given(answer=answers)
    def test_to_the_rest(self, bench: Bench, fake: Fake, tmp_path: Path, answer):
        order = make_order(bench, tmp_path, both=False)
        provider = bench.made(fake, HASTY)
        says(fake, answer)
        job = "a/requests/b" if bench.name == "fal" else "job-1"
        assert provider.cancel(job, order) in (True, False)
        with contextlib.suppress(PickupError):
            found = provider.find(order, 0)
            assert found is None or all(isinstance(one, FoundJob) for one in found)
        assert all(card.provider == provider.name for card in provider.cards())
        with contextlib.suppress(PickupError):
            provider.knock()


class TestWhateverIsWanted:
    @calmly
    @given(
        frames=st.integers(1, 500),
        raster=st.tuples(st.integers(16, 4096), st.integers(16, 4096)),
        takes=st.integers(1, 9),
        seed=st.integers(0, 2**32 - 1),
        audio=st.booleans(),
    )
    def test_an_order_is_as_the_service_wants_it_or_is_not_sent(
        self, bench: Bench, fake: Fake, tmp_path: Path, frames, raster, takes, seed, audio
    ):
        width, height = raster
        order = make_order(
            bench,
            tmp_path,
            both=bench.needs_first,
            frames=frames,
            width=width,
            height=height,
            seed=seed,
            audio=audio,
        )
        before, job, kind = len(fake.jobs), "", None
        try:
            job = bench.made(fake, QUICK).submit(replace(order, take=takes, key=f"key-{seed}"))
        except ProviderRefusal as refusal:
            kind = refusal.kind
        assert (kind is Refusal.UNSUPPORTED and len(fake.jobs) == before) or job
        assert fake.surprises == []

    def test_a_change_of_a_take_that_is_gone_is_refused(
        self, bench: Bench, fake: Fake, tmp_path: Path
    ):
        """A take is changed where it is; where it is not, nothing new is filmed in its stead."""
        order = make_order(bench, tmp_path, both=False)
        provider = bench.made(fake, QUICK)
        able = provider.card(bench.model).changes
        if not able:
            pytest.skip("this model changes no takes")
        kind = able[0]
        gone = replace(order, source_job="gone", change=Change(kind, 7 if kind == "extend" else 0))
        with pytest.raises((ProviderRefusal, Unknown)) as caught:
            provider.submit(gone)
        clean(caught.value)
        assert fake.charges == 0

    def test_takes_differ_by_their_seeds(self, bench: Bench, fake: Fake, tmp_path: Path):
        card = bench.made(fake, QUICK).card(bench.model)
        order = make_order(bench, tmp_path, both=bench.needs_first)
        bodies = []
        for take in (1, 2):
            job = bench.made(fake, QUICK).submit(replace(order, take=take, key=f"key-{take}"))
            (kept,) = (one for name, one in fake.jobs.items() if job.endswith(name))
            bodies.append(json.dumps(kept.body, default=str))
            fake.jobs.clear()
        told = [body.replace("key-1", "").replace("key-2", "") for body in bodies]
        assert (told[0] != told[1]) or not card.seed
