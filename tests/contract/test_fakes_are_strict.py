"""The fakes refuse what the services would refuse; so a provider that pleases them is right."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import pytest
import requests
from PIL import Image

from pickup.testing.fakes import Fake, Misbehaviour, Outcome
from pickup.testing.fakes.comfyui import FakeComfyUI
from pickup.testing.fakes.fal import FakeFal
from pickup.testing.fakes.gemini import FakeGemini, FakeGeminiPlatform
from pickup.testing.fakes.openai_videos import FakeOpenAIVideos
from pickup.testing.fakes.openrouter import FakeOpenRouter
from pickup.testing.fakes.veo import FakeVeoGemini, FakeVeoVertex

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def png(width: int = 8, height: int = 8) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


B64 = base64.b64encode(png()).decode()
VERTEX = "/projects/p/locations/us/publishers/google/models/veo-3.1-generate-001:predictLongRunning"
SEEDANCE = "/bytedance/seedance-2.0/image-to-video"
VEO_FAL = "/fal-ai/veo3.1/fast/first-last-frame-to-video"


def omni(**form: Any) -> dict[str, Any]:
    return {"model": "m", "input": "a dog", "response_format": {"type": "video", **form}}


def veo(instance: Any = None, **parameters: Any) -> dict[str, Any]:
    return {"instances": [{"prompt": "a dog", **(instance or {})}], "parameters": parameters}


def tagged(words: str, images: int) -> dict[str, Any]:
    blocks = [{"type": "image", "data": B64, "mime_type": "image/png"}] * images
    return {"model": "m", "input": [*blocks, {"type": "text", "text": words}]}


HEADERS: dict[type[Fake], Callable[[str], dict[str, str]]] = {
    FakeFal: lambda key: {"Authorization": f"Key {key}"},
    FakeGemini: lambda key: {"x-goog-api-key": key},
    FakeVeoGemini: lambda key: {"x-goog-api-key": key},
}


def ask(fake: Fake, method: str, path: str, **body: Any) -> requests.Response:
    header = HEADERS.get(type(fake), lambda key: {"Authorization": f"Bearer {key}"})
    url = path if path.startswith("http") else fake.root + fake.prefix + path
    return requests.request(method, url, headers=header(fake.key), timeout=5, **body)


GOOD: list[tuple[type[Fake], str, dict[str, Any]]] = [
    (FakeOpenAIVideos, "/videos", {"prompt": "a dog", "seconds": "8", "size": "1280x720"}),
    (FakeOpenAIVideos, "/videos", {"prompt": "x" * 32_000}),
    (FakeGemini, "/interactions", omni(duration="6s", resolution="1080p", delivery="uri")),
    (FakeGemini, "/interactions", tagged("<FIRST_FRAME> <LAST_FRAME> a dog", 2)),
    (FakeGeminiPlatform, "/interactions", omni(delivery="inline")),
    (FakeVeoVertex, VERTEX, veo(durationSeconds=8, resolution="1080p", seed=5)),
    (FakeVeoVertex, VERTEX, veo({"image": {"bytesBase64Encoded": B64}}, durationSeconds=4)),
    (FakeVeoGemini, "/models/m:predictLongRunning", veo(durationSeconds=6)),
    (FakeOpenRouter, "/videos", {"model": "m", "prompt": "p", "duration": 5, "seed": 1}),
    (FakeFal, SEEDANCE, {"prompt": "p", "image_url": f"data:image/png;base64,{B64}"}),
    (FakeFal, "/someone/unknown", {"prompt": "p", "anything": 1}),
]
BAD: list[tuple[type[Fake], str, dict[str, Any], int]] = [
    (FakeOpenAIVideos, "/videos", {"model": "sora-2"}, 400),
    (FakeOpenAIVideos, "/videos", {"prompt": ""}, 400),
    (FakeOpenAIVideos, "/videos", {"prompt": "x" * 32_001}, 400),
    (FakeOpenAIVideos, "/videos", {"prompt": "p", "seconds": 8}, 400),
    (FakeOpenAIVideos, "/videos", {"prompt": "p", "seconds": "7"}, 400),
    (FakeOpenAIVideos, "/videos", {"prompt": "p", "last_frame": "x"}, 400),
    (FakeOpenAIVideos, "/videos/edits", {"prompt": "p", "video": {"id": "none"}}, 404),
    (FakeOpenAIVideos, "/videos/extensions", {"prompt": "p", "video": {"id": "none"}}, 400),
    (FakeOpenAIVideos, "/videos/none/remix", {"prompt": "p"}, 404),
    (FakeGemini, "/interactions", omni(duration=6), 400),
    (FakeGemini, "/interactions", omni(duration="2s"), 400),
    (FakeGemini, "/interactions", omni(duration="16s"), 400),
    (FakeGemini, "/interactions", omni(resolution="480p"), 400),
    (FakeGemini, "/interactions", omni(aspect_ratio="4:3"), 400),
    (FakeGemini, "/interactions", omni(delivery="mail"), 400),
    (FakeGemini, "/interactions", omni(fps=25), 400),
    (FakeGemini, "/interactions", {**omni(), "temperature": 1}, 400),
    (FakeGemini, "/interactions", tagged("<LAST_FRAME> a dog", 1), 400),
    (FakeGemini, "/interactions", tagged("<FIRST_FRAME> <LAST_FRAME> a dog", 1), 400),
    (
        FakeGemini,
        "/interactions",
        {**omni(), "generation_config": {"video_config": {"task": "dance"}}},
        400,
    ),
    (FakeGemini, "/interactions", {**omni(), "previous_interaction_id": "none"}, 404),
    (FakeGeminiPlatform, "/interactions", omni(delivery="uri"), 400),
    (FakeVeoVertex, VERTEX, veo(durationSeconds=5), 400),
    (FakeVeoVertex, VERTEX, veo(durationSeconds=4, resolution="1080p"), 400),
    (FakeVeoVertex, VERTEX, veo({"referenceImages": []}, durationSeconds=4), 400),
    (FakeVeoVertex, VERTEX, veo({"lastFrame": {"bytesBase64Encoded": B64}}), 400),
    (FakeVeoVertex, VERTEX, veo({"image": {}, "video": {}}), 400),
    (FakeVeoVertex, VERTEX, veo(aspectRatio="1:1"), 400),
    (FakeVeoVertex, VERTEX, veo(fps=25), 400),
    (FakeVeoGemini, "/models/m:predictLongRunning", veo(seed=5), 400),
    (FakeVeoGemini, "/models/m:predictLongRunning", veo(generateAudio=True), 400),
    (FakeOpenRouter, "/videos", {"prompt": "p"}, 400),
    (FakeOpenRouter, "/videos", {"model": "m", "prompt": "p", "duration": "5"}, 400),
    (FakeOpenRouter, "/videos", {"model": "m", "prompt": "p", "aspect_ratio": "2:1"}, 400),
    (FakeOpenRouter, "/videos", {"model": "m", "prompt": "p", "resolution": "999p"}, 400),
    (FakeOpenRouter, "/videos", {"model": "m", "prompt": "p", "frame_images": [{}]}, 400),
    (FakeFal, SEEDANCE, {"prompt": "p"}, 400),
    (FakeFal, SEEDANCE, {"prompt": "p", "image_url": "https://elsewhere.example/a.png"}, 422),
    (FakeFal, SEEDANCE, {"prompt": "p", "image_url": "x", "first_frame_url": "x"}, 400),
    (
        FakeFal,
        VEO_FAL,
        {"prompt": "p", "first_frame_url": "x", "last_frame_url": "x", "duration": 8},
        422,
    ),
]


@pytest.mark.parametrize(("kind", "path", "body"), GOOD)
def test_what_a_service_takes_is_taken_and_charged(kind: type[Fake], path: str, body: Any):
    with kind() as fake:
        assert ask(fake, "POST", path, json=body).status_code in (200, 202)
        assert fake.charges == 1
        assert fake.surprises == []


@pytest.mark.parametrize(("kind", "path", "body", "status"), BAD)
def test_what_a_service_refuses_is_refused(kind: type[Fake], path: str, body: Any, status: int):
    with kind() as fake:
        reply = ask(fake, "POST", path, json=body)
        assert reply.status_code == status, reply.text
        assert fake.charges == 0
        assert isinstance(reply.json(), dict)


@pytest.mark.parametrize("kind", [FakeOpenAIVideos, FakeGemini, FakeOpenRouter, FakeFal])
def test_nobody_orders_with_another_key(kind: type[Fake]):
    with kind() as fake:
        path = next(path for one, path, _ in GOOD if one is kind)
        url = fake.root + fake.prefix + path
        for headers in ({}, {"Authorization": "Bearer other"}, {"x-goog-api-key": "other"}):
            assert requests.post(url, json={}, headers=headers, timeout=5).status_code == 401
        assert fake.charges == 0


@pytest.mark.parametrize(
    ("size", "picture", "status"),
    [("1280x720", (1280, 720), 200), ("1280x720", (1279, 720), 400), (None, (720, 1280), 200)],
)
def test_an_input_reference_must_match_the_size(size, picture, status: int):
    with FakeOpenAIVideos() as fake:
        fields: dict[str, Any] = {"prompt": (None, "a dog")}
        fields |= {"size": (None, size)} if size else {}
        fields["input_reference"] = ("a.png", png(*picture), "image/png")
        assert ask(fake, "POST", "/videos", files=fields).status_code == status


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_list_is_turned_page_by_page(limit: int):
    with FakeOpenAIVideos() as fake:
        ids = [ask(fake, "POST", "/videos", json={"prompt": "p"}).json()["id"] for _ in range(3)]
        for number, job in enumerate(ids):
            fake.jobs[job].created = 1000 + number
        seen: list[str] = []
        more, after = True, ""
        while more:
            query = f"?limit={limit}" + (f"&after={after}" if after else "")
            page = ask(fake, "GET", f"/videos{query}").json()
            seen += [video["id"] for video in page["data"]]
            more, after = page["has_more"], page["last_id"]
        assert seen == list(reversed(ids))


def test_a_running_job_is_not_deleted_and_a_finished_one_is():
    with FakeOpenAIVideos(polls=1) as fake:
        job = ask(fake, "POST", "/videos", json={"prompt": "p"}).json()["id"]
        assert ask(fake, "DELETE", f"/videos/{job}").status_code == 409
        assert ask(fake, "GET", f"/videos/{job}/content").status_code == 404
        for _ in range(2):
            ask(fake, "GET", f"/videos/{job}")
        assert ask(fake, "GET", f"/videos/{job}/content").content == fake.film
        assert ask(fake, "DELETE", f"/videos/{job}").json()["deleted"] is True
        assert ask(fake, "GET", f"/videos/{job}").status_code == 404


@pytest.mark.parametrize(
    ("graph", "fault"),
    [
        ({"1": {"class_type": "Magic", "inputs": {}}}, "unknown node Magic"),
        ({"1": {"class_type": "SaveVideo", "inputs": {}}}, "Required input is missing"),
        ({"1": {"class_type": "LoadImage", "inputs": {"image": "no.png"}}}, "Invalid image file"),
        (
            {"1": {"class_type": "CreateVideo", "inputs": {"images": ["9", 0], "fps": 24}}},
            "Bad linked input",
        ),
    ],
)
def test_comfyui_names_the_node_at_fault(graph: Any, fault: str):
    with FakeComfyUI() as fake:
        reply = ask(fake, "POST", "/prompt", json={"prompt": graph})
        assert reply.status_code == 400
        assert fault in reply.text
        assert "1" in reply.json()["node_errors"]
        assert fake.charges == 0


def test_comfyui_keeps_a_job_id_of_the_clients_own():
    with FakeComfyUI(polls=0) as fake:
        form = {"image": ("a.png", png(), "image/png"), "subfolder": (None, "in")}
        assert ask(fake, "POST", "/upload/image", files=form).json()["name"] == "a.png"
        graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "in/a.png"}}}
        body = {"prompt": graph, "prompt_id": "mine"}
        assert ask(fake, "POST", "/prompt", json=body).json()["prompt_id"] == "mine"
        assert list(ask(fake, "GET", "/history/mine").json()) == ["mine"]
        assert ask(fake, "GET", "/history/other").json() == {}


@pytest.mark.parametrize("name", [".png", "../secret", "gap_00001_.mp4/../x"])
def test_comfyui_hands_out_its_film_alone(name: str):
    with FakeComfyUI() as fake:
        assert ask(fake, "GET", "/view", params={"filename": name}).status_code == 404


@pytest.mark.parametrize(
    ("what", "status"),
    [
        (Misbehaviour.BUSY, 429),
        (Misbehaviour.ERROR, 500),
        (Misbehaviour.UNAVAILABLE, 503),
        (Misbehaviour.HTML, 200),
        (Misbehaviour.NO_ROUTE, 404),
        (Misbehaviour.BLOCKED, 403),
        (Misbehaviour.KEY, 401),
        (Misbehaviour.BALANCE, 402),
        (Misbehaviour.MODERATION, 400),
    ],
)
def test_a_fake_misbehaves_once_as_it_is_told(what: Misbehaviour, status: int):
    with FakeOpenRouter() as fake:
        fake.fail_next(what, "order")
        body = {"model": "m", "prompt": "p"}
        assert ask(fake, "POST", "/videos", json=body).status_code == status
        assert fake.charges == 0
        assert ask(fake, "POST", "/videos", json=body).status_code == 202
        assert fake.charges == 1
        assert fake.surprises == []


@pytest.mark.parametrize("what", [Misbehaviour.RESET, Misbehaviour.LOSE_ANSWER])
def test_a_lost_answer_is_charged_and_a_lost_question_is_not(what: Misbehaviour):
    with FakeOpenRouter() as fake:
        fake.fail_next(what, "order")
        with pytest.raises(requests.ConnectionError):
            ask(fake, "POST", "/videos", json={"model": "m", "prompt": "p"})
        assert fake.charges == (1 if what is Misbehaviour.LOSE_ANSWER else 0)


def test_a_till_outlives_the_fake(tmp_path: Path):
    till = tmp_path / "till"
    for _ in range(2):
        with FakeOpenRouter(till=till) as fake:
            ask(fake, "POST", "/videos", json={"model": "m", "prompt": "p"})
    with FakeOpenRouter(till=till) as fake:
        assert fake.charges == 2
        assert fake.jobs == {}


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.DONE, "completed"),
        (Outcome.FAILED, "failed"),
        (Outcome.MODERATION, "failed"),
        (Outcome.EXPIRED, "expired"),
        (Outcome.NO_FILM, "completed"),
    ],
)
def test_a_job_ends_as_it_is_told(outcome: Outcome, status: str):
    with FakeOpenRouter(polls=0) as fake:
        fake.outcome_next(outcome)
        job = ask(fake, "POST", "/videos", json={"model": "m", "prompt": "p"}).json()["id"]
        ended = ask(fake, "GET", f"/videos/{job}").json()
        assert ended["status"] == status
        assert bool(ended.get("unsigned_urls")) is (outcome is Outcome.DONE)
        content = ask(fake, "GET", f"/videos/{job}/content").status_code
        assert content == (404 if outcome is Outcome.NO_FILM else 200)


def test_fal_keeps_what_is_put_into_its_storage():
    with FakeFal() as fake:
        body = {"file_name": "a.png", "content_type": "image/png"}
        slot = ask(fake, "POST", "/storage/upload/initiate", json=body).json()
        assert requests.get(slot["file_url"], timeout=5).status_code == 404
        requests.put(slot["upload_url"], data=png(), timeout=5)
        assert requests.get(slot["file_url"], timeout=5).content == png()
        order = {"prompt": "p", "image_url": slot["file_url"]}
        told = ask(fake, "POST", SEEDANCE, json=order).json()
        assert told["status_url"].startswith(f"{fake.root}/bytedance/seedance-2.0/requests/")
        assert ask(fake, "PUT", told["cancel_url"]).status_code == 202
        assert "cancelled" in ask(fake, "GET", told["status_url"]).json()["error"]
