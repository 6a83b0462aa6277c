"""Against a ComfyUI of one's own: `PICKUP_TEST_COMFYUI=http://127.0.0.1:8188` names it.

The workflow uses nodes that need no weights, so that a server on a CPU will do.
"""

from __future__ import annotations

import copy
import json
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import pytest
from tests.contract.benches import BENCHES
from tests.contract.test_remote_contract import make_order

from pickup.providers.base import JobState, JobStatus, ProviderRefusal, Refusal
from pickup.providers.comfyui import ComfyUIProvider

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pickup.providers.base import Order

SERVER = os.environ.get("PICKUP_TEST_COMFYUI", "")
pytestmark = pytest.mark.skipif(not SERVER, reason="PICKUP_TEST_COMFYUI names no real ComfyUI")


def node(kind: str, title: str = "", **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": title}}


GRAPH = {
    "1": node("LoadImage", "first_image", image="none.png"),
    "2": node("LoadImage", "last_image", image="none.png"),
    "3": node("RepeatImageBatch", "Long", image=["1", 0], amount=24),
    "4": node("ImageBatch", image1=["3", 0], image2=["2", 0]),
    "5": node("CreateVideo", images=["4", 0], fps=24.0),
    "6": node("SaveVideo", video=["5", 0], filename_prefix="pickup/t", format="mp4", codec="h264"),
    "7": node("PreviewImage", images=["1", 0]),
}


@pytest.fixture
def provider_of(tmp_path: Path) -> Callable[..., ComfyUIProvider]:
    def make(graph: dict[str, Any] = GRAPH) -> ComfyUIProvider:
        file = tmp_path / "flow.json"
        file.write_text(json.dumps(graph), "utf-8")
        file.with_suffix(".toml").write_text('[inputs]\nframes = ["Long", "amount"]\n', "utf-8")
        return ComfyUIProvider(
            {"PICKUP_COMFYUI_BASE_URL": SERVER, "PICKUP_COMFYUI_WORKFLOW": str(file)}
        )

    return make


@pytest.fixture
def order(tmp_path: Path) -> Order:
    bench = next(bench for bench in BENCHES if bench.name == "comfyui")
    return replace(make_order(bench, tmp_path), key=f"real-{time.time_ns()}")


def follow(provider: ComfyUIProvider, job: str, order: Order) -> JobStatus:
    for _ in range(600):
        status = provider.poll(job, order)
        if status.state not in (JobState.QUEUED, JobState.RUNNING):
            return status
        time.sleep(0.1)
    raise AssertionError("the job never ended")


def test_a_take_is_made_once(provider_of, order: Order, tmp_path: Path):
    provider = provider_of()
    job = provider.submit(order)
    assert provider.submit(order) == job
    assert [found.id for found in provider.find(order, 0) or ()] == [job]
    status = follow(provider, job, order)
    assert status.state is JobState.DONE
    out = provider.fetch(job, order, status, tmp_path / "take.mp4", lambda part: None)
    with av.open(str(out)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 49
        assert film.streams.video[0].average_rate == 24


@pytest.mark.parametrize("fault", ["video", "class"])
def test_a_workflow_that_saves_no_film_is_refused_with_the_node(
    provider_of, order: Order, fault: str
):
    """The server itself says yes to the first of these, for its preview could run."""
    graph = copy.deepcopy(GRAPH)
    if fault == "video":
        del graph["5"]["inputs"]["images"]
    else:
        graph["5"]["class_type"] = "NoSuchNode"
    with pytest.raises(ProviderRefusal, match=r"CreateVideo|NoSuchNode") as caught:
        provider_of(graph).submit(order)
    assert caught.value.kind is Refusal.UNSUPPORTED


def test_one_that_waits_can_be_called_off_and_a_strange_one_is_lost(provider_of, order: Order):
    provider = provider_of()
    job = provider.submit(order)
    assert provider.cancel(job, order) or follow(provider, job, order).state is JobState.DONE
    strange = provider.poll("11111111-1111-5111-8111-111111111111", order)
    assert strange.refusal is not None
    assert strange.refusal.kind is Refusal.LOST
    provider.knock()
