"""Reference images: how many a model takes, beside what, and how each service is told of them."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from pickup.errors import MediaError
from pickup.files import sha256_of
from pickup.home import home
from pickup.providers import catalog
from pickup.providers.card import ModelCard
from pickup.providers.comfyui import ComfyUIProvider
from pickup.providers.gemini import GeminiProvider
from pickup.providers.openrouter import OpenRouterProvider
from pickup.providers.uploads import upload_picture
from pickup.providers.veo import VeoProvider
from pickup.shots.request import Reference
from pickup.testing.fakes.comfyui import FakeComfyUI
from pickup.testing.fakes.gemini import FakeGemini
from pickup.testing.fakes.openrouter import FakeOpenRouter
from pickup.testing.fakes.veo import FakeVeoVertex

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.providers.base import Order

CONTRACT = Path(__file__).parents[2] / "contract"
OMNI, VEO = "gemini-omni-1.2-flash", "veo-3.1-generate-001"


@pytest.fixture
def pictured(ordered: Callable[..., Order], png: Callable[..., Path]) -> Callable[..., Order]:
    """Makes an order with reference images."""

    def make(model: str, count: int, *, both: bool = False) -> Order:
        paths = tuple(png(f"ref{n}.png", colour=f"#0000{n + 16:02x}") for n in range(count))
        known = tuple(Reference(name=path.name, sha256=sha256_of(path)) for path in paths)
        return replace(ordered(model, both=both, references=known), pictures=paths)

    return make


def card(**facts: Any) -> ModelCard:
    return ModelCard(provider="p", id="m", first_frame=True, last_frame=True, **facts)


class TestWhatAModelTakes:
    def test_as_many_as_it_can_the_first_ones(self, pictured):
        request = pictured("m", 4).request
        taken = catalog.pictures_taken(card(references=3), request)
        assert [image.name for image in taken] == ["ref0.png", "ref1.png", "ref2.png"]
        assert catalog.pictures_taken(card(), request) == ()

    def test_frames_come_first_where_it_takes_either(self, pictured):
        either = card(references=3, references_or_frames=True)
        assert catalog.pictures_taken(either, pictured("m", 2, both=True).request) == ()
        assert len(catalog.pictures_taken(either, pictured("m", 2).request)) == 2

    def test_what_it_leaves_out_is_said(self, pictured):
        notes = catalog.notes(card(references=1), pictured("m", 3).request)
        assert notes == ["S010: p:m does not take ref1.png, ref2.png as a reference."]
        either = card(references=3, references_or_frames=True)
        (note,) = catalog.notes(either, pictured("m", 1, both=True).request)
        assert "ref0.png beside frames to join to" in note

    def test_veo_films_eight_seconds_with_pictures_and_four_without(self, pictured):
        veo = catalog.card("veo", VEO)
        assert catalog.fit(veo, pictured(VEO, 1).request).seconds == 8
        assert catalog.fit(veo, pictured(VEO, 0).request).seconds == 4


class TestGemini:
    @pytest.fixture
    def asked(self, quick, pictured):
        def ask(count: int, *, both: bool = False) -> Any:
            with FakeGemini() as fake:
                env = {"PICKUP_GEMINI_BASE_URL": fake.url, "GEMINI_API_KEY": fake.key}
                GeminiProvider(env, patience=quick).submit(pictured(OMNI, count, both=both))
                assert fake.surprises == []
                return fake.requests[0].json()

        return ask

    def test_pictures_alone_are_a_task_of_their_own(self, asked):
        body = asked(2)
        content = body["input"][0]["content"]
        assert body["generation_config"]["video_config"]["task"] == "reference_to_video"
        assert [block["type"] for block in content] == ["image", "image", "text"]
        assert content[-1]["text"].startswith("<IMAGE_REF_0> <IMAGE_REF_1> A dog")

    def test_beside_frames_each_picture_is_told_what_it_is(self, asked):
        body = asked(1, both=True)
        content = body["input"][0]["content"]
        assert body["generation_config"]["video_config"]["task"] == "image_to_video"
        assert [block["type"] for block in content] == ["image", "image", "image", "text"]
        assert content[-1]["text"].startswith(
            "[# Sources <FIRST_FRAME>@Image1 <LAST_FRAME>@Image2] "
            "[# References <IMAGE_REF_0>@Image3] A dog"
        )

    def test_no_more_than_it_takes(self, asked):
        most = catalog.card("gemini", OMNI).references
        kinds = [block["type"] for block in asked(most + 2)["input"][0]["content"]]
        assert kinds.count("image") == most

    def test_without_pictures_the_tags_are_what_they_were(self, asked):
        text = asked(0, both=True)["input"][0]["content"][-1]["text"]
        assert text.startswith("<FIRST_FRAME> <LAST_FRAME> A dog")


class TestVeo:
    @pytest.fixture
    def asked(self, quick, pictured):
        def ask(count: int, *, both: bool = False) -> Any:
            with FakeVeoVertex() as fake:
                env = {
                    "PICKUP_VEO_BASE_URL": fake.url,
                    "PICKUP_VEO_API_KEY": fake.key,
                    "GOOGLE_CLOUD_PROJECT": "p",
                }
                VeoProvider(env, patience=quick).submit(pictured(VEO, count, both=both))
                assert fake.surprises == []
                return fake.requests[0].json()

        return ask

    def test_pictures_are_assets_and_make_it_eight_seconds(self, asked):
        body = asked(2)
        images = body["instances"][0]["referenceImages"]
        assert [image["referenceType"] for image in images] == ["ASSET", "ASSET"]
        assert body["parameters"]["durationSeconds"] == 8

    def test_frames_to_join_to_come_first(self, asked):
        instance = asked(2, both=True)["instances"][0]
        assert "referenceImages" not in instance
        assert {"image", "lastFrame"} <= set(instance)


def test_openrouter_sends_them_where_the_users_catalog_says_so(quick, pictured):
    path = home() / "catalog.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '[[model]]\nprovider = "openrouter"\nid = "maker/film-1"\nfirst_frame = true\n'
        'references = 1\nsources = ["me, 2026-11-22"]\n',
        "utf-8",
    )
    with FakeOpenRouter() as fake:
        env = {"PICKUP_OPENROUTER_BASE_URL": fake.url, "OPENROUTER_API_KEY": fake.key}
        provider = OpenRouterProvider(env, patience=quick)
        provider.submit(pictured("maker/film-1", 2, both=True))
        body = fake.asked("order")[0].json()
    (sent,) = body["input_references"]
    assert sent["type"] == "image_url"
    assert sent["image_url"]["url"].startswith("data:image/png;base64,")
    assert body["frame_images"]


class TestComfyUI:
    @pytest.fixture
    def workflow(self, tmp_path: Path) -> Path:
        graph = json.loads((CONTRACT / "wan_workflow.json").read_text("utf-8"))
        for number, title in (("90", "Hero"), ("91", "reference_2")):
            node = {"class_type": "LoadImage", "inputs": {"image": "x.png"}}
            graph[number] = {**node, "_meta": {"title": title}}
        path = tmp_path / "flow.json"
        path.write_text(json.dumps(graph), "utf-8")
        path.with_suffix(".toml").write_text('[inputs]\nreference_1 = ["Hero", "image"]\n', "utf-8")
        return path

    def test_the_card_tells_what_the_workflow_takes(self, workflow: Path, quick):
        env = {"PICKUP_COMFYUI_WORKFLOW": str(workflow)}
        found = ComfyUIProvider(env, patience=quick).card("workflow")
        assert (found.references, found.first_frame, found.last_frame) == (2, True, True)

    def test_each_picture_goes_to_its_node(self, workflow: Path, quick, pictured):
        with FakeComfyUI(key="") as fake:
            env = {"PICKUP_COMFYUI_BASE_URL": fake.url, "PICKUP_COMFYUI_WORKFLOW": str(workflow)}
            provider = ComfyUIProvider(env, patience=quick)
            provider.submit(pictured("workflow", 2))
            graph = fake.asked("order")[0].json()["prompt"]
        assert graph["90"]["inputs"]["image"].endswith("reference_1.png")
        assert graph["91"]["inputs"]["image"].endswith("reference_2.png")

    def test_a_node_without_a_picture_is_taken_out(self, workflow: Path, quick, pictured):
        with FakeComfyUI(key="") as fake:
            env = {"PICKUP_COMFYUI_BASE_URL": fake.url, "PICKUP_COMFYUI_WORKFLOW": str(workflow)}
            ComfyUIProvider(env, patience=quick).submit(pictured("workflow", 1))
            graph = fake.asked("order")[0].json()["prompt"]
        assert "90" in graph
        assert "91" not in graph


class TestWhatLeavesTheMachine:
    def test_carries_no_metadata_and_is_no_larger_than_needed(self, png: Callable[..., Path]):
        sent = upload_picture(png("big.png", size=(5000, 1000)))
        assert b"secret location" not in sent
        with Image.open(io.BytesIO(sent)) as picture:
            assert picture.size == (2048, 410)

    def test_a_small_one_keeps_its_size(self, png: Callable[..., Path]):
        with Image.open(io.BytesIO(upload_picture(png("s.png", size=(30, 20))))) as picture:
            assert picture.size == (30, 20)

    def test_what_is_no_picture_is_refused(self, tmp_path: Path):
        path = tmp_path / "x.png"
        path.write_bytes(base64.b64decode("AAAA"))
        with pytest.raises(MediaError, match=r"x\.png"):
            upload_picture(path)
