from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.providers.base import JobState, Refusal
from pickup.providers.limits import Limiter, TryLater, retry_after
from pickup.providers.refusals import kind_of, refuse
from pickup.providers.replies import (
    dig,
    error_of,
    id_at,
    list_at,
    number_at,
    percent_at,
    state_of,
    text_at,
    words_of,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
KEYS = st.sampled_from(["error", "message", "detail", "status", "code", "video", "url"])
REPLIES = st.recursive(
    JSON, lambda inner: st.dictionaries(KEYS, inner, max_size=4) | st.lists(inner, max_size=2)
)


@given(REPLIES)
def test_no_reply_can_break_the_reading_of_it(reply):
    assert isinstance(words_of(reply), str)
    assert "\n" not in words_of(reply)
    assert len(words_of(reply)) <= 300
    assert isinstance(text_at(reply, "error", "message"), str)
    assert isinstance(list_at(reply, "error", 0), list)
    assert isinstance(refuse("X", 400, reply, about="S1").kind, Refusal)
    assert state_of(dig(reply, "status")) in JobState
    progress = percent_at(reply, "code")
    assert progress is None or 0 <= progress <= 1


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", JobState.QUEUED),
        ("IN_QUEUE", JobState.QUEUED),
        ("pending", JobState.QUEUED),
        ("processing", JobState.RUNNING),
        ("levitating", JobState.RUNNING),
        (None, JobState.RUNNING),
        (7, JobState.RUNNING),
        ("Completed", JobState.DONE),
        (" In-Queue ", JobState.QUEUED),
        ("not started", JobState.QUEUED),
        ("timed out", JobState.FAILED),
        ("TIMEOUT", JobState.FAILED),
        ("stopped", JobState.CANCELLED),
        ("succeeded", JobState.DONE),
        ("failed", JobState.FAILED),
        ("canceled", JobState.CANCELLED),
    ],
)
def test_words_for_states(word, state):
    assert state_of(word) is state


@pytest.mark.parametrize("value", [True, "nan", "inf", "many", None, [], 1e400])
def test_what_is_no_number(value):
    assert number_at({"n": value}, "n") is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"code": "moderation_blocked"}}, Refusal.MODERATION),
        (400, {"error": {"status": "PROHIBITED_CONTENT", "message": "no"}}, Refusal.MODERATION),
        (400, [{"error": {"message": "blocked by safety filters"}}], Refusal.MODERATION),
        (422, {"detail": [{"loc": ["body"], "msg": "flagged: nsfw"}]}, Refusal.MODERATION),
        (429, {"error": {"code": "insufficient_quota"}}, Refusal.BALANCE),
        (429, {"error": {"status": "RESOURCE_EXHAUSTED"}}, Refusal.QUOTA),
        (403, {"detail": "User is locked. Reason: Exhausted balance."}, Refusal.BALANCE),
        (402, "", Refusal.BALANCE),
        (401, {}, Refusal.KEY),
        (403, {}, Refusal.KEY),
        (400, {"error": {"message": "API key not valid"}}, Refusal.KEY),
        (404, {"error": {"message": "model is no longer available"}}, Refusal.UNSUPPORTED),
        (400, {"error": {"message": "seconds must be 4, 8 or 12"}}, Refusal.UNSUPPORTED),
        (410, {}, Refusal.EXPIRED),
        (418, {}, Refusal.FAILED),
        (None, {"error": {"message": "GPU on fire"}}, Refusal.FAILED),
        (None, {"error": {"message": "Request moderated"}}, Refusal.MODERATION),
        (
            422,
            {"detail": [{"loc": ["body", "image_url"], "msg": "No.", "type": "content_policy_v"}]},
            Refusal.MODERATION,
        ),
        (422, {"detail": [{"loc": ["body"], "msg": "missing", "type": "m"}]}, Refusal.UNSUPPORTED),
        (422, {"detail": [None, 1, "x", {"type": 7}]}, Refusal.UNSUPPORTED),
        (400, {"error": {"message": "No.", "details": [{"reason": "SAFETY"}]}}, Refusal.MODERATION),
        (400, [{"error": {"message": "It violates our terms."}}], Refusal.MODERATION),
        (400, {"error": {"message": "violates a constraint of the size"}}, Refusal.UNSUPPORTED),
        (429, {"error": {"message": "You exceeded your current quota"}}, Refusal.QUOTA),
        (429, {"error": {"code": "insufficient_quota", "message": "x"}}, Refusal.BALANCE),
    ],
)
def test_refusals_are_told_apart(status, body, kind):
    assert kind_of(status, body) is kind


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ("The image shows a real person: blocked by moderation", "without frames"),
        (
            "Veo could not generate videos: the input image violates Vertex AI's usage guidelines.",
            "without frames",
        ),
        ("The generated video was blocked: it may show a minor.", "soften"),
        ("Moderation: a celebrity's likeness in the picture", "without frames"),
        ("The prompt was blocked by moderation", "change them"),
        ("The generated video was filtered by safety", "soften"),
    ],
)
def test_moderation_says_which_input_and_what_to_change(said, cure):
    assert cure in str(refuse("Veo", 400, {"error": {"message": said}}))


def test_every_kind_has_a_sentence_with_a_next_step():
    for kind in Refusal:
        text = str(refuse("Veo", None, "", about="S010", kind=kind))
        assert text.startswith("S010: Veo ")
        assert text.endswith(".")


class TestRetryAfter:
    def test_seconds(self):
        assert retry_after({"Retry-After": "7"}) == 7

    def test_a_date(self):
        seconds = retry_after({"Retry-After": formatdate(time.time() + 30, usegmt=True)})
        assert seconds is not None
        assert 28 <= seconds <= 31

    @pytest.mark.parametrize(
        ("headers", "body", "seconds"),
        [
            ({"Retry-After": "0.25"}, None, 0.25),
            ({"retry-after-ms": "1500"}, None, 1.5),
            ({"Retry-After": "2", "retry-after-ms": "1500"}, None, 2),
            ({}, {"error": {"details": [{}, {"retryDelay": "34s"}]}}, 34),
            ({}, [{"error": {"details": [{"retryDelay": "0.5s"}]}}], 0.5),
            ({}, {"error": {"details": [{"retryDelay": "soon"}, None, 7]}}, None),
            ({}, {"error": "too many"}, None),
            ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, 0),
        ],
    )
    def test_every_form_of_it(self, headers, body, seconds):
        assert retry_after(headers, body) == seconds

    @pytest.mark.parametrize("text", ["", "soon", "-5", "Fri, 99 Nov", "1e9", "²", "1_000"])
    def test_nonsense(self, text):
        assert retry_after({"Retry-After": text}) is None

    def test_never_more_than_a_day(self):
        assert retry_after({"Retry-After": "99999999"}) == 86_400


class TestLimiter:
    def test_spaces_requests_out(self):
        limiter = Limiter(600)
        before = time.monotonic()
        for _ in range(64):
            limiter.wait(5)
        assert 0.2 < time.monotonic() - before < 2

    def test_a_pause_holds_for_all(self):
        limiter = Limiter(0)
        limiter.wait(0)
        limiter.pause(30)
        with pytest.raises(TryLater) as caught:
            limiter.wait(1)
        assert 29 < caught.value.retry_after <= 30


@pytest.mark.parametrize(
    ("value", "found"),
    [("x", "x"), (7, "7"), (0, "0"), (True, ""), (None, ""), (1.5, ""), ([], ""), ({}, "")],
)
def test_ids_may_be_numbers(value, found):
    assert id_at({"id": value}, "id") == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"error": {"code": 1}}, {"code": 1}),
        ([{"error": {"code": 2}}], {"code": 2}),
        ({"error": "text"}, {}),
        ([], {}),
        ([1], {}),
        (None, {}),
    ],
)
def test_the_error_of_a_reply_in_both_of_its_shapes(value, found):
    assert error_of(value) == found
