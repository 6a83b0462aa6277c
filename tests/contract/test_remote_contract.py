"""What holds for every remote provider, whatever its protocol and however its service behaves."""

from __future__ import annotations

import io
import threading
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import pytest
from PIL import Image
from tests.contract.benches import BENCHES, Bench

from pickup.errors import MediaError, PickupError, ProviderError
from pickup.files import sha256_of
from pickup.providers.base import (
    JobState,
    JobStatus,
    Order,
    ProviderRefusal,
    Refusal,
    SubmitUnknown,
)
from pickup.providers.http import Patience
from pickup.shots.request import FrameRef, GapRef, ShotRequest
from pickup.testing.fakes import Misbehaviour as M
from pickup.testing.fakes import Outcome, film_bytes
from pickup.testing.fakes.server import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pickup.testing.fakes import Fake

QUICK = Patience(
    connect=1, read=0.3, order=0.8, call=1.5, download=3, pause=0.01, longest_pause=1.2, tries=3
)


@pytest.fixture(autouse=True)
def no_keyring() -> None:
    import keyring
    from keyring.backends.null import Keyring

    keyring.set_keyring(Keyring())


@pytest.fixture(params=BENCHES, ids=lambda bench: bench.name)
def bench(request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.param
    return found


@pytest.fixture
def fake(bench: Bench) -> Iterator[Fake]:
    with bench.fake() as made:
        made.retry_after = "0"
        yield made
    assert made.surprises == [], "the provider asked for what the protocol does not have"


@pytest.fixture
def provider(bench: Bench, fake: Fake) -> Any:
    return bench.made(fake, QUICK)


@pytest.fixture
def order(bench: Bench, tmp_path: Path) -> Order:
    """Without frames where it may be, for their copies take longer than all the rest."""
    return make_order(bench, tmp_path, both=bench.needs_first)


def make_order(bench: Bench, folder: Path, *, both: bool = True, **changes: Any) -> Order:
    frames: dict[str, Path | None] = {"first_frame": None, "last_frame": None}
    if both:
        for name, colour in (("first_frame", "red"), ("last_frame", "blue")):
            path = folder / f"{name}.png"
            Image.new("RGB", (320, 180), colour).save(path)
            frames[name] = path
    facts = {
        "id": "S010",
        "gap": GapRef(id="g1", start=0, duration=changes.get("frames", 48)),
        "text": "A dog runs along the beach.",
        "negative": "blur",
        "frames": 48,
        "rate": Fraction(24),
        "width": 640,
        "height": 360,
        "seed": 7,
        **{name: FrameRef(file=str(path)) for name, path in frames.items() if path},
        **changes,
    }
    request = ShotRequest.model_validate(facts)
    return Order(request, bench.model, 1, "key-1", frames["first_frame"], frames["last_frame"])


def follow(provider: Any, job: str, order: Order) -> JobStatus:
    """Polls until the job has ended."""
    for _ in range(12):
        status: JobStatus = provider.poll(job, order)
        if status.state not in (JobState.QUEUED, JobState.RUNNING):
            return status
    raise AssertionError("the job never ended")


def refused(status: JobStatus) -> Refusal:
    assert status.state is JobState.FAILED
    assert status.refusal
    assert str(status.refusal).startswith("S010: ")
    assert "\n" not in str(status.refusal)
    return status.refusal.kind


class TestGoodDay:
    def test_a_take_is_ordered_once_and_brought_home(self, bench, provider, fake, tmp_path):
        order = make_order(bench, tmp_path)
        job = provider.submit(order)
        first = provider.poll(job, order)
        assert first.state in (JobState.QUEUED, JobState.RUNNING)
        status = follow(provider, job, order)
        assert status.state is JobState.DONE
        told: list[float] = []
        out = provider.fetch(job, order, status, tmp_path / "take.mp4", told.append)
        assert out == tmp_path / "take.mp4"
        assert out.read_bytes() == fake.film
        assert len(sha256_of(out)) == 64
        assert all(0 <= fraction <= 1 for fraction in told)
        assert fake.charges == 1
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    def test_nothing_is_kept_between_the_steps(self, bench, fake, order, tmp_path):
        """Another process takes over at every step, and knows only what the ledger knows."""
        job = bench.made(fake, QUICK).submit(order)
        status = follow(bench.made(fake, QUICK), job, order)
        bare = JobStatus(JobState.DONE)
        for number, known in enumerate((status, bare)):
            out = tmp_path / f"take{number}.mp4"
            bench.made(fake, QUICK).fetch(job, order, known, out, lambda fraction: None)
            assert out.read_bytes() == fake.film
        assert fake.charges == 1

    def test_without_frames(self, bench, provider, fake, tmp_path):
        if bench.needs_first:
            with pytest.raises(ProviderRefusal, match="first frame") as caught:
                provider.submit(make_order(bench, tmp_path, both=False))
            assert caught.value.kind is Refusal.UNSUPPORTED
            assert fake.requests == []
        else:
            order = make_order(bench, tmp_path, both=False)
            assert follow(provider, provider.submit(order), order).state is JobState.DONE

    def test_the_status_is_plain_json(self, provider, order):
        import json

        status = follow(provider, provider.submit(order), order)
        assert json.loads(json.dumps(dict(status.detail))) == dict(status.detail)

    def test_upright_film(self, bench, provider, tmp_path):
        order = make_order(bench, tmp_path, both=bench.needs_first, width=360, height=640)
        assert follow(provider, provider.submit(order), order).state is JobState.DONE

    def test_many_at_once(self, bench, provider, fake, tmp_path):
        orders = [make_order(bench, tmp_path, both=bench.needs_first)] * 8
        jobs: list[str] = []
        threads = [
            threading.Thread(target=lambda order=order: jobs.append(provider.submit(order)))
            for order in orders
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(jobs) == 8


class TestOrderGoesWrong:
    @pytest.mark.parametrize("what", [M.LOSE_ANSWER, M.HANG, M.ERROR, M.HTML, M.BREAK_OFF])
    def test_a_lost_answer_is_unknown(self, provider, fake, order, what):
        fake.fail_next(what, "order")
        with pytest.raises(SubmitUnknown, match="S010"):
            provider.submit(order)
        assert len(fake.asked("order")) == 1, "an order is never sent twice by itself"

    def test_an_answer_without_an_id_is_unknown(self, provider, fake, order):
        for body in (b"[]", b"{}", b'{"id": null, "name": null}', b'[{"id": "x"}]', b'"x"'):
            fake.answer = lambda asked, body=body: (Answer(200, body), None)
            with pytest.raises(SubmitUnknown, match="S010"):
                provider.submit(order)

    def test_busy_is_waited_for(self, provider, fake, order):
        fake.fail_next(M.BUSY, "order")
        provider.submit(order)
        assert fake.charges == 1

    @pytest.mark.parametrize(
        ("what", "kind"),
        [
            (M.MODERATION, Refusal.MODERATION),
            (M.BALANCE, Refusal.BALANCE),
            (M.KEY, Refusal.KEY),
        ],
    )
    def test_refusals_are_told_apart(self, provider, fake, order, what, kind):
        fake.fail_next(what, "order")
        with pytest.raises(ProviderRefusal) as caught:
            provider.submit(order)
        assert caught.value.kind is kind
        assert fake.key not in f"{caught.value} {caught.value.detail}"
        assert fake.charges == 0

    def test_nobody_there(self, bench, order):
        with bench.fake() as gone:
            provider = bench.made(gone, QUICK)
        with pytest.raises(ProviderRefusal) as caught:
            provider.submit(order)
        assert caught.value.kind is Refusal.UNREACHABLE

    def test_too_long_a_gap_is_refused_before_anything_is_sent(self, bench, fake, tmp_path):
        provider = bench.made(fake, QUICK)
        card = provider.card(bench.model)
        if not card.durations and not card.max_seconds:
            pytest.skip("this model knows no longest length")
        with pytest.raises(ProviderRefusal, match="at most") as caught:
            provider.submit(make_order(bench, tmp_path, frames=24 * 3600))
        assert caught.value.kind is Refusal.UNSUPPORTED
        assert fake.asked("order") == []

    def test_no_words(self, bench, provider, fake, tmp_path):
        with pytest.raises(ProviderRefusal, match="no words"):
            provider.submit(make_order(bench, tmp_path, text=" "))
        assert fake.charges == 0

    def test_a_frame_that_is_no_picture(self, bench, provider, fake, tmp_path):
        order = make_order(bench, tmp_path)
        assert order.first_frame
        order.first_frame.write_bytes(b"not a png")
        with pytest.raises(MediaError, match=r"first_frame\.png"):
            provider.submit(order)
        assert fake.charges == 0


class TestPollGoesWrong:
    @pytest.mark.parametrize("what", [M.RESET, M.HANG, M.UNAVAILABLE, M.BREAK_OFF, M.BUSY])
    def test_is_asked_again(self, provider, fake, order, what):
        job = provider.submit(order)
        fake.fail_next(what, "poll")
        assert provider.poll(job, order).state in (
            *(JobState.QUEUED, JobState.RUNNING),
            JobState.DONE,  # where the answer that broke off was already counted
        )

    @pytest.mark.parametrize("what", [M.ERROR, M.HTML, M.UNAVAILABLE, M.RESET])
    def test_a_service_that_is_down_does_not_end_the_job(self, provider, fake, order, what):
        job = provider.submit(order)
        fake.fail_next(what, "poll", 3)
        with pytest.raises(ProviderError) as caught:
            provider.poll(job, order)
        assert not isinstance(caught.value, ProviderRefusal)
        fake.behave()
        assert follow(provider, job, order).state is JobState.DONE
        assert fake.charges == 1

    def test_a_long_pause_is_told(self, bench, fake, order):
        provider = bench.made(fake, QUICK)
        job = provider.submit(order)
        fake.retry_after = "30"
        fake.fail_next(M.BUSY, "poll")
        status = provider.poll(job, order)
        assert status.state is JobState.RUNNING
        assert status.retry_after
        assert 25 < status.retry_after <= 30

    def test_a_wrong_key_does_not_end_the_job(self, provider, fake, order):
        job = provider.submit(order)
        fake.fail_next(M.KEY, "poll")
        with pytest.raises(ProviderRefusal) as caught:
            provider.poll(job, order)
        assert caught.value.kind is Refusal.KEY

    def test_a_job_that_nobody_knows_is_lost(self, provider, fake, order):
        job = provider.submit(order)
        fake.jobs.clear()
        assert refused(provider.poll(job, order)) is Refusal.LOST

    def test_a_page_that_a_proxy_puts_up_does_not_end_the_job(self, bench, provider, fake, order):
        job = provider.submit(order)
        for what in (M.NO_ROUTE, M.BLOCKED):
            fake.fail_next(what, "poll")
            with pytest.raises(ProviderError) as caught:
                provider.poll(job, order)
            final = (Refusal.LOST, Refusal.EXPIRED, Refusal.MODERATION, Refusal.FAILED)
            assert getattr(caught.value, "kind", None) not in (*final, Refusal.UNSUPPORTED)
        assert follow(provider, job, order).state is JobState.DONE

    @pytest.mark.parametrize("status", [302, 400, 401, 402, 403, 405, 409, 418, 425, 451])
    def test_only_a_word_on_the_job_ends_it(self, provider, fake, order, status):
        """Whatever stands between may answer anything, and call it what it likes."""
        job = provider.submit(order)
        said = b'{"error": {"message": "blocked by policy: sensitive content"}}'
        if status == 400:
            said = b"<html><h1>Bad Request</h1></html>"
        page = Answer(status, said, headers={"Location": "http://portal.example/login"})
        real, fake.answer = fake.answer, lambda asked: (page, None)
        with pytest.raises(ProviderError) as caught:
            provider.poll(job, order)
        final = (Refusal.LOST, Refusal.EXPIRED, Refusal.MODERATION, Refusal.FAILED)
        assert getattr(caught.value, "kind", None) not in (*final, Refusal.UNSUPPORTED)
        fake.answer = real
        assert follow(provider, job, order).state is JobState.DONE

    @pytest.mark.parametrize("job", ["../../etc/passwd", "a/b?c=d", "", "..", "x" * 900])
    def test_an_id_never_leads_elsewhere(self, provider, fake, order, job, tmp_path):
        out = tmp_path / "take.mp4"
        with pytest.raises(PickupError):
            provider.fetch(job, order, JobStatus(JobState.DONE), out, lambda fraction: None)
        assert all("etc/passwd" not in asked.path for asked in fake.requests)
        fake.surprises.clear()


class TestEndings:
    @pytest.mark.parametrize(
        ("outcome", "kind"),
        [
            (Outcome.FAILED, Refusal.FAILED),
            (Outcome.MODERATION, Refusal.MODERATION),
        ],
    )
    def test_failures_are_told_apart(self, provider, fake, order, outcome, kind):
        fake.outcome_next(outcome)
        status = follow(provider, provider.submit(order), order)
        assert refused(status) is kind

    def test_completed_without_a_film_is_a_failure(self, provider, fake, order, tmp_path):
        fake.outcome_next(Outcome.NO_FILM)
        job = provider.submit(order)
        status = follow(provider, job, order)
        if status.state is JobState.DONE:
            with pytest.raises(ProviderRefusal) as caught:
                provider.fetch(job, order, status, tmp_path / "t.mp4", lambda fraction: None)
            assert caught.value.kind in (Refusal.FAILED, Refusal.EXPIRED)
        else:
            assert refused(status) is Refusal.FAILED

    def test_an_expired_result(self, provider, fake, order, tmp_path):
        fake.outcome_next(Outcome.EXPIRED)
        job = provider.submit(order)
        status = follow(provider, job, order)
        if status.state is JobState.DONE:
            with pytest.raises(ProviderRefusal) as caught:
                provider.fetch(job, order, status, tmp_path / "t.mp4", lambda fraction: None)
            assert caught.value.kind is Refusal.EXPIRED
        else:
            assert refused(status) is Refusal.EXPIRED

    def test_a_status_nobody_knows_still_runs(self, provider, fake, order):
        fake.outcome_next(Outcome.STRANGE)
        job = provider.submit(order)
        states = [provider.poll(job, order).state for _ in range(3)]
        assert set(states) <= {JobState.QUEUED, JobState.RUNNING}
        assert follow(provider, job, order).state is JobState.DONE

    def test_completed_twice_is_completed_once(self, provider, fake, order, tmp_path):
        fake.outcome_next(Outcome.TWICE)
        job = provider.submit(order)
        status = follow(provider, job, order)
        again = provider.poll(job, order)
        assert status.state is again.state is JobState.DONE
        for known in (status, again):
            provider.fetch(job, order, known, tmp_path / "take.mp4", lambda fraction: None)
        assert (tmp_path / "take.mp4").read_bytes() == fake.film
        assert fake.charges == 1


class TestFilmGoesWrong:
    @pytest.fixture
    def done(self, bench, provider, order) -> tuple[str, JobStatus]:
        if not bench.downloads:
            pytest.skip("the film comes inside the reply")
        job = provider.submit(order)
        return job, follow(provider, job, order)

    @pytest.mark.parametrize(
        "what", [M.BREAK_OFF, M.TRUNCATE, M.RESET, M.HANG, M.UNAVAILABLE, M.ERROR]
    )
    def test_a_broken_film_is_fetched_again(self, provider, fake, order, done, tmp_path, what):
        fake.fail_next(what, "fetch")
        out = provider.fetch(*done[:1], order, done[1], tmp_path / "t.mp4", lambda fraction: None)
        assert out.read_bytes() == fake.film

    @pytest.mark.parametrize("what", [M.TRUNCATE, M.BREAK_OFF])
    def test_what_stays_broken_leaves_nothing_behind(
        self, provider, fake, order, done, tmp_path, what
    ):
        fake.fail_next(what, "fetch", 3)
        folder = tmp_path / "takes"
        with pytest.raises(ProviderError) as caught:
            provider.fetch(done[0], order, done[1], folder / "t.mp4", lambda fraction: None)
        assert not isinstance(caught.value, ProviderRefusal)
        assert list(folder.iterdir()) == []

    @pytest.mark.parametrize(("what", "kind"), [(M.WRONG_TYPE, "FAILED"), (M.HTML, "LOST")])
    def test_what_is_no_film_is_refused(self, provider, fake, order, done, tmp_path, what, kind):
        """A page of somebody between does not make the shot fail, for it would be paid again."""
        fake.fail_next(what, "fetch", 3)
        folder = tmp_path / "takes"
        with pytest.raises(ProviderRefusal) as caught:
            provider.fetch(done[0], order, done[1], folder / "t.mp4", lambda fraction: None)
        assert caught.value.kind is Refusal[kind]
        assert list(folder.iterdir()) == []

    def test_the_suffix_says_what_it_is(self, provider, fake, order, done, tmp_path):
        buffer = io.BytesIO()
        with (
            av.open(io.BytesIO(film_bytes()), "r") as source,
            av.open(buffer, "w", format="matroska") as made,
        ):
            stream = made.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    made.mux(packet)
        fake.film = buffer.getvalue()
        out = provider.fetch(done[0], order, done[1], tmp_path / "t.mp4", lambda fraction: None)
        assert out == tmp_path / "t.mkv"
        assert not (tmp_path / "t.mp4").exists()

    def test_the_key_does_not_follow_the_film_elsewhere(
        self, bench, provider, fake, order, done, tmp_path
    ):
        with bench.fake(key="") as elsewhere:
            fake.redirect_to = elsewhere.root + "/film"
            fake.fail_next(M.REDIRECT, "fetch", 3)
            with pytest.raises(PickupError):
                provider.fetch(done[0], order, done[1], tmp_path / "t.mp4", lambda fraction: None)
            assert elsewhere.requests
            for asked in elsewhere.requests:
                assert fake.key not in str(asked.headers)


class TestRest:
    def test_cancelling(self, bench, provider, fake, order):
        job = provider.submit(order)
        agreed = provider.cancel(job, order)
        assert agreed is bench.cancels
        if agreed:
            assert provider.poll(job, order).state is JobState.CANCELLED

    def test_cancelling_when_nobody_answers(self, bench, fake, provider, order):
        job = provider.submit(order)
        fake.fail_next(M.RESET, "cancel")
        assert provider.cancel(job, order) is False

    def test_an_order_whose_answer_was_lost_is_found(self, bench, provider, fake, order):
        found = provider.find(order, 0.0)
        if not bench.listed:
            assert found is None
            return
        assert found == []
        fake.fail_next(M.LOSE_ANSWER, "order")
        with pytest.raises(SubmitUnknown):
            provider.submit(order)
        (job,) = provider.find(order, 0.0)
        assert job.id in fake.jobs
        assert job.prompt == order.request.text or job.key == order.key
        assert follow(provider, job.id, order).state is JobState.DONE

    def test_its_cards_are_of_its_name(self, bench, provider):
        for card in provider.cards():
            assert card.provider == provider.name
        assert provider.card(bench.model).id == bench.model

    def test_no_key_is_said_with_the_way_out(self, bench, order):
        if not bench.needs_key:
            pytest.skip("a server on this machine needs no key")
        provider = bench.provider(dict(bench.settings), patience=QUICK)
        with pytest.raises(ProviderRefusal, match=r"PICKUP_|retired|shut down|pickup models"):
            provider.submit(order)
