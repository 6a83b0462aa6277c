"""How far ComfyUI says it is, and that nothing it says can do harm."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.providers.base import JobState
from pickup.providers.comfyui import ComfyUIProvider
from pickup.providers.comfyui_progress import ProgressLine
from pickup.testing.fakes.comfyui import FakeComfyUI

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.providers.base import Order
    from pickup.providers.http import Patience

WORKFLOW = Path(__file__).parents[2] / "contract" / "wan_workflow.json"
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "data", "prompt_id", "nodes", "value", "max"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


class Line(ProgressLine):
    """One that only listens to the test."""

    def _listen(self) -> None:
        return


@pytest.fixture
def line() -> Line:
    line = Line("ws://127.0.0.1:9", {})
    assert line.of("job") is None
    return line


def state(*steps: tuple[float, float], job: str = "job") -> str:
    nodes = {str(n): {"value": value, "max": most} for n, (value, most) in enumerate(steps)}
    return json.dumps({"type": "progress_state", "data": {"prompt_id": job, "nodes": nodes}})


def test_the_steps_of_the_sampler_count(line: Line):
    line.heard(state((1, 1), (5, 20)))
    assert line.of("job") == 0.25


def test_a_sampler_that_has_not_begun_is_counted_in(line: Line):
    line.of("job", samplers=2)
    line.heard(state((20, 20)))
    assert line.of("job", samplers=2) == 0.5
    line.heard(state((20, 20), (10, 20)))
    assert line.of("job", samplers=2) == 0.75


def test_it_never_goes_back_and_never_says_done(line: Line):
    line.heard(state((15, 20)))
    line.heard(state((3, 20)))
    assert line.of("job") == 0.75
    line.heard(state((40, 20)))
    assert line.of("job") == 0.99


def test_older_servers_say_it_in_another_way(line: Line):
    data = {"prompt_id": "job", "value": 3, "max": 6, "node": "3"}
    line.heard(json.dumps({"type": "progress", "data": data}))
    assert line.of("job") == 0.5


def test_nodes_of_one_step_say_nothing(line: Line):
    line.heard(state((1, 1), (0, 1)))
    assert line.of("job") is None


def test_the_jobs_of_others_are_not_kept(line: Line):
    line.heard(state((5, 20), job="another"))
    assert line.of("job") is None
    assert line.of("another") is None


@given(JSON)
def test_whatever_is_said_does_no_harm(said: Any):
    line = Line("ws://127.0.0.1:9", {})
    line.of("job")
    line.heard(json.dumps(said))
    line.heard(json.dumps({"type": "progress_state", "data": {"prompt_id": "job", "nodes": said}}))
    part = line.of("job")
    assert part is None or 0 <= part <= 0.99


@pytest.mark.parametrize("said", ["", "{", "[" * 100_000, "null", "\x00"])
def test_what_is_no_json_is_passed_over(line: Line, said: str):
    line.heard(said)
    assert line.of("job") is None


def test_a_server_that_is_not_there_is_no_trouble():
    line = ProgressLine("ws://127.0.0.1:9/ws", {})
    assert line.of("job") is None
    time.sleep(0.2)
    assert line.of("job") is None


def test_a_running_job_says_how_far_it_is(quick: Patience, ordered: Callable[..., Order]):
    with FakeComfyUI(polls=1000) as fake:
        env = {
            "PICKUP_COMFYUI_BASE_URL": fake.url,
            "PICKUP_COMFYUI_API_KEY": fake.key,
            "PICKUP_COMFYUI_WORKFLOW": str(WORKFLOW),
        }
        provider = ComfyUIProvider(env, patience=quick)
        order = ordered("workflow")
        job = provider.submit(order)
        seen: list[float | None] = []
        give_up = time.monotonic() + 10
        while not any(seen) and time.monotonic() < give_up:
            status = provider.poll(job, order)
            assert status.state is JobState.RUNNING
            seen.append(status.progress)
            time.sleep(0.05)
        assert seen[-1] == 0.5
        (dialled,) = fake.asked("live")
        assert dialled.headers["authorization"] == f"Bearer {fake.key}"
        assert dialled.query["clientId"] == fake.asked("order")[0].json()["client_id"]
        assert fake.key not in repr(provider._line)
