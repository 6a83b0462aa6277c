"""The vendors' own clients take our fakes for the services they were made for."""

from __future__ import annotations

import gc
import io
import warnings
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from pickup.testing.fakes import Outcome
from pickup.testing.fakes.fal import FakeFal
from pickup.testing.fakes.gemini import FakeGemini
from pickup.testing.fakes.openai_videos import FakeOpenAIVideos
from pickup.testing.fakes.veo import FakeVeoVertex

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.testing.fakes import Fake


def tidy(fake: Fake) -> None:
    assert fake.surprises == []


def test_openai():
    openai = pytest.importorskip("openai", reason="openai is its own client")
    with FakeOpenAIVideos() as fake, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with openai.OpenAI(base_url=fake.url, api_key=fake.key) as client:
            video = client.videos.create(
                model="sora-2", prompt="A dog", seconds="4", size="1280x720"
            )
            assert video.status == "queued"
            client.videos.retrieve(video.id)
            done = client.videos.retrieve(video.id)
            assert done.status == "completed"
            assert client.videos.download_content(video.id).read() == fake.film
            assert [found.id for found in client.videos.list()] == [video.id]
            again = client.videos.remix(video.id, prompt="A cat")
            assert again.remixed_from_video_id == video.id
            assert client.videos.delete(video.id).deleted
        tidy(fake)


def test_openai_sees_the_refusals_as_its_own():
    openai = pytest.importorskip("openai", reason="openai is its own client")
    with FakeOpenAIVideos() as fake, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with (
            openai.OpenAI(base_url=fake.url, api_key="wrong") as client,
            pytest.raises(openai.AuthenticationError),
        ):
            client.videos.create(model="sora-2", prompt="A dog")
        fake.outcome_next(Outcome.MODERATION)
        with openai.OpenAI(base_url=fake.url, api_key=fake.key) as client:
            video = client.videos.create(model="sora-2", prompt="A dog")
            client.videos.retrieve(video.id)
            failed = client.videos.retrieve(video.id)
            assert failed.error.code == "moderation_blocked"


def test_openai_orders_the_rest_and_turns_pages():
    openai = pytest.importorskip("openai", reason="openai is its own client")
    picture = io.BytesIO()
    Image.new("RGB", (1280, 720)).save(picture, "PNG")
    with FakeOpenAIVideos(polls=0) as fake, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with openai.OpenAI(base_url=fake.url, api_key=fake.key) as client:
            first = client.videos.create(
                prompt="A dog",
                size="1280x720",
                input_reference=("first.png", picture.getvalue(), "image/png"),
            )
            edited = client.videos.edit(prompt="at dusk", video=("a.mp4", fake.film))
            longer = client.videos.extend(prompt="on", seconds="8", video=("a.mp4", fake.film))
            listed = [video.id for video in client.videos.list(limit=1)]
            assert {first.id, edited.id, longer.id} == set(listed)
            assert len(listed) == fake.charges == 3
            assert fake.requests[0].form()["input_reference"][1] == picture.getvalue()
            with pytest.raises(openai.NotFoundError):
                client.videos.retrieve("video_none")
        tidy(fake)


def test_google_genai_sees_a_held_back_film_and_cancels():
    genai = pytest.importorskip("google.genai", reason="google-genai is its own client")
    with FakeGemini() as fake:
        options = {"base_url": fake.root, "api_version": "v1beta"}
        client = genai.Client(api_key=fake.key, http_options=options)
        order = {"model": "gemini-omni-1.2-flash", "background": True, "input": "a dog"}
        fake.outcome_next(Outcome.MODERATION)
        held = client.interactions.create(**order)
        client.interactions.get(held.id)
        done = client.interactions.get(held.id)
        assert done.status == "completed"
        assert "real person" in done.steps[-1].content[0].text
        called_off = client.interactions.create(**order)
        client.interactions.cancel(called_off.id)
        assert client.interactions.get(called_off.id).status == "cancelled"
        client.close()
        tidy(fake)


def test_google_genai_veo_held_back_on_vertex():
    genai = pytest.importorskip("google.genai", reason="google-genai is its own client")
    credentials = pytest.importorskip("google.oauth2.credentials")
    with FakeVeoVertex(key="TOKEN", polls=0) as fake:
        client = genai.Client(
            vertexai=True,
            project="p",
            location="us-central1",
            credentials=credentials.Credentials(token="TOKEN"),
            http_options={"base_url": fake.root, "api_version": "v1"},
        )
        fake.outcome_next(Outcome.MODERATION)
        operation = client.models.generate_videos(
            model="veo-3.1-generate-001",
            source={"prompt": "a dog"},
            config={"duration_seconds": 8, "seed": 5, "negative_prompt": "blur"},
        )
        done = client.operations.get(operation)
        assert done.done
        assert done.response.rai_media_filtered_count == 1
        client.close()
        tidy(fake)


def test_google_genai_interactions():
    genai = pytest.importorskip("google.genai", reason="google-genai is its own client")
    with FakeGemini() as fake:
        client = genai.Client(
            api_key=fake.key,
            http_options={"base_url": fake.root, "api_version": "v1beta"},
        )
        made = client.interactions.create(
            model="gemini-omni-1.2-flash",
            background=True,
            input="a dog runs",
            response_format={"type": "video", "duration": "6s", "delivery": "uri"},
        )
        assert made.id in fake.jobs
        client.interactions.get(made.id)
        done = client.interactions.get(made.id)
        assert done.status == "completed"
        client.close()
        tidy(fake)


def test_google_genai_veo_on_vertex():
    genai = pytest.importorskip("google.genai", reason="google-genai is its own client")
    credentials = pytest.importorskip("google.oauth2.credentials")
    with FakeVeoVertex(key="TOKEN") as fake:
        client = genai.Client(
            vertexai=True,
            project="p",
            location="us-central1",
            credentials=credentials.Credentials(token="TOKEN"),
            http_options={"base_url": fake.root, "api_version": "v1"},
        )
        operation = client.models.generate_videos(
            model="veo-3.1-generate-001",
            source={"prompt": "a dog runs"},
            config={"number_of_videos": 1, "duration_seconds": 8, "aspect_ratio": "16:9"},
        )
        assert operation.name in fake.jobs
        client.operations.get(operation)
        done = client.operations.get(operation)
        assert done.done
        assert done.response.generated_videos[0].video.video_bytes == fake.film
        client.close()
        tidy(fake)


def test_fal_client_uploads_and_cancels(monkeypatch: pytest.MonkeyPatch):
    fal_client = pytest.importorskip("fal_client", reason="fal-client is its own client")
    with FakeFal() as fake:
        monkeypatch.setattr("fal_client.client.QUEUE_URL_FORMAT", fake.url + "/")
        client = fal_client.SyncClient(key=fake.key)
        model = "bytedance/seedance-2.0/image-to-video"
        still = {"prompt": "A dog", "image_url": "data:image/png;base64,AAAA"}
        handle = client.submit(model, still)
        handle.cancel()
        assert fake.jobs[handle.request_id].cancelled
        fake.outcome_next(Outcome.MODERATION)
        refused = client.submit(model, still)
        with pytest.raises(fal_client.FalClientError):
            refused.get()
        client._client.close()
        gc.collect()
        tidy(fake)


def test_fal_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    fal_client = pytest.importorskip("fal_client", reason="fal-client is its own client")
    with FakeFal() as fake:
        monkeypatch.setattr("fal_client.client.QUEUE_URL_FORMAT", fake.url + "/")
        monkeypatch.setattr("fal_client.client.REST_URL", fake.url)
        client = fal_client.SyncClient(key=fake.key)
        handle = client.submit(
            "bytedance/seedance-2.0/image-to-video",
            {"prompt": "A dog", "image_url": "data:image/png;base64,AAAA"},
        )
        assert isinstance(handle.status(), fal_client.Queued)
        assert handle.get(interval=0.01)["video"]["url"].startswith(fake.root)
        client._client.close()
        gc.collect()
        tidy(fake)
