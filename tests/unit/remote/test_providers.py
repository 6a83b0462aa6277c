"""What is peculiar to single providers; what holds for all stands in the contract tests."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pickup.errors import ProviderError, RequestError
from pickup.home import home
from pickup.providers import catalog
from pickup.providers.base import Change, JobState, JobStatus, ProviderRefusal, Refusal
from pickup.providers.comfyui import ComfyUIProvider
from pickup.providers.fal import FalProvider
from pickup.providers.gemini import GeminiProvider
from pickup.providers.openai_videos import OpenAIVideosProvider
from pickup.providers.openrouter import OpenRouterProvider
from pickup.providers.veo import VeoProvider
from pickup.testing.fakes import Misbehaviour, Outcome
from pickup.testing.fakes.comfyui import FakeComfyUI
from pickup.testing.fakes.fal import FakeFal
from pickup.testing.fakes.gemini import FakeGemini
from pickup.testing.fakes.openai_videos import FakeOpenAIVideos
from pickup.testing.fakes.openrouter import FakeOpenRouter
from pickup.testing.fakes.server import Refused
from pickup.testing.fakes.veo import FakeVeoVertex

WORKFLOW = Path(__file__).parents[2] / "contract" / "wan_workflow.json"


def nothing(fraction: float) -> None:
    """Progress that nobody watches."""


def shelf(fake: FakeOpenAIVideos, newest_first: bool, says_more: bool, page: int) -> Any:
    """A list as some server keeps it: in its own order, with pages of its own size."""

    def turn(asked: Any) -> dict[str, Any]:
        jobs = sorted(fake.jobs.values(), key=lambda job: job.created, reverse=newest_first)
        ids = [job.id for job in jobs]
        start = ids.index(asked.query["after"]) + 1 if "after" in asked.query else 0
        shown = [{"id": job.id, "created_at": job.created} for job in jobs[start : start + page]]
        more = {"has_more": start + page < len(jobs)} if says_more else {}
        return {"data": shown, **more}

    return turn


class TestOpenAI:
    def made(self, fake: FakeOpenAIVideos, quick, **env: str) -> OpenAIVideosProvider:
        settings = {"PICKUP_OPENAI_VIDEOS_BASE_URL": fake.url, "OPENAI_API_KEY": fake.key, **env}
        return OpenAIVideosProvider(settings, patience=quick)

    def test_openais_own_service_is_gone(self, ordered, quick):
        provider = OpenAIVideosProvider({"OPENAI_API_KEY": "k"}, patience=quick)
        with pytest.raises(ProviderRefusal, match="2026-09-24") as caught:
            provider.submit(ordered("sora-2"))
        assert "gemini:gemini-omni-1.2-flash" in str(caught.value)

    def test_another_server_has_the_same_model_alive(self, quick):
        with FakeOpenAIVideos() as fake:
            (card, _) = self.made(fake, quick).cards()
            assert card.status == "active"
            assert card.shutdown is None

    @pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
    def test_a_base_url_with_or_without_its_version(self, ordered, quick, suffix):
        with FakeOpenAIVideos() as fake:
            env = {"PICKUP_OPENAI_VIDEOS_BASE_URL": fake.root + suffix}
            assert self.made(fake, quick, **env).submit(ordered("sora-2", both=False))

    def test_a_local_server_needs_no_key(self, ordered, quick):
        with FakeOpenAIVideos(key="") as fake:
            provider = OpenAIVideosProvider(
                {"PICKUP_OPENAI_VIDEOS_BASE_URL": fake.url}, patience=quick
            )
            provider.submit(ordered("wan-2.2", both=False))
            assert "authorization" not in fake.requests[-1].headers

    def test_the_first_frame_matches_the_size_exactly(self, ordered, quick):
        with FakeOpenAIVideos() as fake:
            provider = self.made(fake, quick)
            provider.submit(ordered("sora-2", width=2048, height=858))
            form = fake.requests[-1].form()
            assert form["size"][1] == b"1280x720"
            assert form["seconds"][1] == b"4"
            assert fake.surprises == []

    def test_a_server_without_a_list_is_not_taken_for_an_empty_one(self, ordered, quick):
        with FakeOpenAIVideos() as fake:
            fake.lists = False
            assert self.made(fake, quick).find(ordered("sora-2", both=False), 0) is None

    def test_a_server_that_knows_edits_and_no_remix(self, ordered, quick, monkeypatch):
        def unknown(self, asked, job_id):
            raise Refused(404, self.error(404, "not_found", "no such route"))

        monkeypatch.setattr(FakeOpenAIVideos, "remix", unknown)
        with FakeOpenAIVideos() as fake:
            provider = self.made(fake, quick)
            first = provider.submit(ordered("sora-2", both=False))
            provider.submit(ordered("sora-2", both=False, source_job=first))
            assert fake.requests[-1].path.endswith("/videos/edits")
            assert fake.requests[-1].json()["video"] == {"id": first}
            assert fake.charges == 2

    def test_a_long_list_is_read_to_its_end(self, ordered, quick):
        with FakeOpenAIVideos() as fake:
            for number in range(230):
                fake.accept(f"video_{number}", "sora-2", f"prompt {number}", {}).created = number
            found = self.made(fake, quick).find(ordered("sora-2", both=False), 400)
            assert found is not None
            assert len(found) == 130

    @pytest.mark.parametrize("newest_first", [True, False])
    @pytest.mark.parametrize("says_more", [True, False])
    @pytest.mark.parametrize("page", [1, 3, 100])
    def test_a_list_in_any_order_is_read_whole(
        self, ordered, quick, monkeypatch, newest_first, says_more, page
    ):
        with FakeOpenAIVideos() as fake:
            for number in range(7):
                fake.accept(f"video_{number}", "sora-2", "p", {}).created = 1000 + 100 * number
            monkeypatch.setattr(fake, "list", shelf(fake, newest_first, says_more, page))
            found = self.made(fake, quick).find(ordered("sora-2", both=False), 1700)
            assert found is not None
            assert {job.id for job in found} == {"video_4", "video_5", "video_6"}

    @pytest.mark.parametrize(("jobs", "whole"), [(3, True), (40, False)])
    def test_a_list_that_does_not_turn_over(self, ordered, quick, monkeypatch, jobs, whole):
        """A few jobs are all there are; of many, who knows."""
        with FakeOpenAIVideos() as fake:
            for number in range(jobs):
                fake.accept(f"video_{number}", "sora-2", "p", {}).created = 1000
            turn = shelf(fake, True, False, 100)
            monkeypatch.setattr(fake, "list", lambda asked: turn(replace(asked, query={})))
            found = self.made(fake, quick).find(ordered("sora-2", both=False), 0)
            assert (found is not None and len(found) == jobs) is whole

    def test_a_list_that_promises_more_and_brings_none_proves_nothing(
        self, ordered, quick, monkeypatch
    ):
        with FakeOpenAIVideos() as fake:
            fake.accept("video_1", "sora-2", "p", {})
            monkeypatch.setattr(
                fake, "list", lambda asked: {"data": [{"id": "video_1"}], "has_more": True}
            )
            assert self.made(fake, quick).find(ordered("sora-2", both=False), 0) is None

    def test_ids_that_are_numbers(self, ordered, quick, monkeypatch):
        with FakeOpenAIVideos() as fake:
            order = ordered("sora-2", both=False)
            monkeypatch.setattr(fake, "create", lambda asked: {"id": 12345, "status": "queued"})
            assert self.made(fake, quick).submit(order) == "12345"
            monkeypatch.setattr(
                fake, "list", lambda asked: {"data": [{"id": 7}], "has_more": False}
            )
            assert [job.id for job in self.made(fake, quick).find(order, 0) or ()] == ["7"]

    def test_a_remix_extension_and_deletion(self, ordered, quick):
        with FakeOpenAIVideos() as fake:
            provider = self.made(fake, quick)
            first = provider.submit(ordered("sora-2", both=False))
            later = ordered("sora-2", both=False, source_job=first)
            longer = replace(later, change=Change("extend", 8))
            made = [provider.submit(later), provider.submit(longer)]
            assert len({first, *made}) == fake.charges == 3
            remix, extension = fake.asked("order")[1:]
            assert remix.path.endswith(f"/videos/{first}/remix")
            assert extension.json()["seconds"] == "8"
            assert extension.json()["video"] == {"id": first}
            assert provider.cancel(first, later) is False
            assert provider.poll(first, later).state is not JobState.DONE
            assert provider.poll(first, later).state is JobState.DONE
            assert provider.delete(first)


class TestGemini:
    def test_a_film_that_is_still_filed_away_is_waited_for(self, ordered, quick, tmp_path: Path):
        with FakeGemini(polls=0) as fake:
            provider = GeminiProvider(
                {"PICKUP_GEMINI_BASE_URL": fake.url, "GEMINI_API_KEY": fake.key}, patience=quick
            )
            order = ordered("gemini-omni-1.2-flash", both=False)
            job = provider.submit(order)
            status = provider.poll(job, order)
            fake.filing_polls = 1
            with pytest.raises(ProviderError, match="filing") as caught:
                provider.fetch(job, order, status, tmp_path / "t.mp4", nothing)
            assert not isinstance(caught.value, ProviderRefusal)
            assert provider.fetch(job, order, status, tmp_path / "t.mp4", nothing).exists()

    def test_edit_extend_and_upscale(self, ordered, quick):
        with FakeGemini() as fake:
            provider = GeminiProvider(
                {"PICKUP_GEMINI_BASE_URL": fake.url, "GEMINI_API_KEY": fake.key}, patience=quick
            )
            model = "gemini-omni-1.2-flash"
            job = provider.submit(ordered(model, both=False))
            later = ordered(model, both=False, source_job=job)
            provider.submit(later)
            provider.submit(replace(later, change=Change("extend", 7)))
            provider.submit(replace(later, change=Change("upscale")))
            tasks = [
                asked.json()["generation_config"]["video_config"]["task"]
                for asked in fake.asked("order")
            ]
            assert tasks == ["text_to_video", "edit", "extend", "upscale"]
            assert fake.requests[1].json()["previous_interaction_id"] == job
            assert fake.requests[2].json()["response_format"]["duration"] == "7s"
            assert fake.surprises == []

    def test_the_key_travels_in_googles_own_header(self, ordered, quick):
        with FakeGemini() as fake:
            provider = GeminiProvider(
                {"PICKUP_GEMINI_BASE_URL": fake.root, "GEMINI_API_KEY": fake.key}, patience=quick
            )
            provider.submit(ordered("gemini-omni-1.2-flash", both=False))
            headers = fake.requests[-1].headers
            assert headers["x-goog-api-key"] == fake.key
            assert "authorization" not in headers

    @pytest.mark.parametrize(
        ("env", "start"),
        [
            ({}, "https://generativelanguage.googleapis.com/v1beta"),
            (
                {"PICKUP_GEMINI_PROJECT": "p"},
                "https://aiplatform.googleapis.com/v1beta1",
            ),
            (
                {
                    "GOOGLE_GENAI_USE_VERTEXAI": "true",
                    "GOOGLE_CLOUD_PROJECT": "p",
                    "GOOGLE_CLOUD_LOCATION": "europe-west4",
                },
                "https://europe-west4-aiplatform.googleapis.com/v1beta1",
            ),
        ],
    )
    def test_its_two_doors(self, env, start):
        provider = GeminiProvider({**env, "PICKUP_GEMINI_API_KEY": "k"})
        assert provider.client.base == start


class TestVeo:
    def test_vertex_without_a_project_says_what_to_set(self, ordered, quick):
        provider = VeoProvider({"GEMINI_API_KEY": "k"}, patience=quick)
        with pytest.raises(ProviderRefusal, match="GOOGLE_CLOUD_PROJECT"):
            provider.submit(ordered("veo-3.1-generate-001", both=False))

    def test_the_geminis_apis_own_veo_is_gone(self, ordered, quick):
        provider = VeoProvider({"GEMINI_API_KEY": "k"}, patience=quick)
        with pytest.raises(ProviderRefusal, match="2026-10-22"):
            provider.submit(ordered("veo-3.1-generate-preview", both=False))

    def test_a_server_of_ones_own_needs_no_project(self, ordered, quick, tmp_path: Path):
        with FakeVeoVertex(polls=0) as fake:
            provider = VeoProvider(
                {"PICKUP_VEO_BASE_URL": fake.root, "PICKUP_VEO_API_KEY": fake.key}, patience=quick
            )
            order = ordered("veo-3.1-generate-001", both=False)
            job = provider.submit(order)
            status = provider.poll(job, order)
            out = provider.fetch(job, order, status, tmp_path / "t.mp4", nothing)
            assert out.read_bytes() == fake.film

    def test_a_film_in_a_bucket(self, ordered, quick, tmp_path: Path):
        with FakeVeoVertex(polls=0) as fake:
            provider = VeoProvider(
                {
                    "PICKUP_VEO_BASE_URL": fake.url,
                    "PICKUP_VEO_API_KEY": fake.key,
                    "PICKUP_VEO_PROJECT": "p",
                    "PICKUP_VEO_BUCKET": "gs://bucket/",
                    "PICKUP_VEO_STORAGE_URL": fake.url,
                },
                patience=quick,
            )
            order = ordered("veo-3.1-generate-001", both=False)
            job = provider.submit(order)
            status = provider.poll(job, order)
            assert status.detail == {"uri": "gs://bucket/film.mp4"}
            out = provider.fetch(job, order, status, tmp_path / "t.mp4", nothing)
            assert out.read_bytes() == fake.film

    def test_a_stranger_cannot_send_the_token_to_another_host(self, quick, monkeypatch):
        """A bucket named by a server of one's own is asked without the token."""
        seen: list[object] = []
        monkeypatch.setattr(
            "pickup.providers.google.download", lambda client, *rest: seen.append(client.key)
        )
        for env, known in (({"PICKUP_VEO_BASE_URL": "http://127.0.0.1:1"}, False), ({}, True)):
            provider = VeoProvider({"PICKUP_VEO_API_KEY": "k", **env}, patience=quick)
            provider.bring(provider.door(True), "gs://b/f.mp4", home(), nothing)
            assert (seen.pop() is not None) is known

    def test_garbled_base64_is_a_refusal(self, tmp_path: Path):
        with pytest.raises(ProviderRefusal, match="garbled"):
            VeoProvider({}).keep_inline("!!!", tmp_path / "t.mp4")
        with pytest.raises(ProviderRefusal, match="web page"):
            VeoProvider({}).keep_inline(base64.b64encode(b"<html>").decode(), tmp_path / "t.mp4")


class TestOpenRouter:
    def made(self, fake: FakeOpenRouter, quick) -> OpenRouterProvider:
        env = {"PICKUP_OPENROUTER_BASE_URL": fake.url, "OPENROUTER_API_KEY": fake.key}
        return OpenRouterProvider(env, patience=quick)

    def test_models_are_those_it_lists(self, quick):
        with FakeOpenRouter() as fake:
            film, silent = self.made(fake, quick).cards()
        assert film.name == "openrouter:maker/film-1"
        assert film.durations == (4, 6, 8)
        assert film.prices == {"720p": Decimal("0.08"), "1080p": Decimal("0.12")}
        assert film.last_frame
        assert silent.prices == {}
        assert not silent.last_frame
        assert catalog.estimate(silent, 5) is None

    def test_a_list_that_is_not_to_be_had_is_no_disaster(self, ordered, quick):
        with FakeOpenRouter() as fake:
            fake.fail_next(Misbehaviour.HTML, "models", 3)
            provider = self.made(fake, quick)
            assert provider.cards() == ()
            assert provider.submit(ordered("maker/film-1", both=False))
        assert OpenRouterProvider({}).cards() == ()

    def test_each_model_gets_what_it_takes(self, ordered, quick):
        with FakeOpenRouter() as fake:
            provider = self.made(fake, quick)
            provider.submit(ordered("maker/silent-1"))
            body = fake.requests[-1].json()
            assert body["size"] == "1280x720"
            assert body["duration"] == 5
            assert [frame["frame_type"] for frame in body["frame_images"]] == ["first_frame"]
            assert not {"seed", "generate_audio", "resolution"} & set(body)

    def test_the_cost_is_exact(self, ordered, quick):
        with FakeOpenRouter(polls=0) as fake:
            provider = self.made(fake, quick)
            order = ordered("maker/film-1", both=False)
            status = provider.poll(provider.submit(order), order)
            assert status.cost == Decimal("0.48")

    @pytest.mark.parametrize("cost", [True, "much", float("nan"), -3, None, [1]])
    def test_a_cost_that_is_none(self, ordered, quick, cost):
        with FakeOpenRouter(polls=0) as fake:
            fake.cost = cost
            provider = self.made(fake, quick)
            order = ordered("maker/film-1", both=False)
            assert provider.poll(provider.submit(order), order).cost is None


class TestFal:
    def made(self, fake: FakeFal, quick, **env: str) -> FalProvider:
        settings = {"PICKUP_FAL_BASE_URL": fake.url, "FAL_KEY": fake.key, **env}
        return FalProvider(settings, patience=quick)

    def test_frames_go_by_the_storage(self, ordered, quick):
        with FakeFal() as fake:
            provider = self.made(fake, quick, PICKUP_FAL_STORAGE_URL=fake.url)
            provider.submit(ordered("bytedance/seedance-2.0/image-to-video"))
            body = fake.requests[-1].json()
            assert body["image_url"].startswith(f"{fake.root}/files/")
            assert len(fake.files) == 2
            assert all(data.startswith(b"\x89PNG") for data in fake.files.values())
            assert body["duration"] == "4"
            assert fake.surprises == []

    def test_a_storage_that_is_down_means_that_nothing_was_ordered(self, ordered, quick):
        with FakeFal() as fake:
            fake.fail_next(Misbehaviour.RESET, "put")
            provider = self.made(fake, quick, PICKUP_FAL_STORAGE_URL=fake.url)
            with pytest.raises(ProviderRefusal) as caught:
                provider.submit(ordered("bytedance/seedance-2.0/image-to-video"))
            assert caught.value.kind is Refusal.UNREACHABLE
            assert fake.charges == 0

    def test_an_upscaler_takes_the_film_of_an_older_take(self, ordered, quick):
        with FakeFal(polls=0) as fake:
            provider = self.made(fake, quick)
            model = "fal-ai/flashvsr/upscale/video"
            with pytest.raises(ProviderRefusal, match="films nothing"):
                provider.submit(ordered(model))
            job = provider.submit(ordered("bytedance/seedance-2.0/image-to-video"))
            provider.submit(ordered(model, source_job=job))
            body = fake.requests[-1].json()
            assert body["video_url"].startswith(f"{fake.root}/files/")
            assert body["upscale_factor"] == 2

    def test_names_of_the_users_own(self, ordered, quick):
        home().mkdir(parents=True, exist_ok=True)
        (home() / "fal_fields.toml").write_text('["a/b"]\nfirst = "picture"\nduration = "length"\n')
        with FakeFal() as fake:
            self.made(fake, quick).submit(ordered("a/b"))
            assert set(fake.requests[-1].json()) == {"prompt", "picture", "length"}

    @pytest.mark.parametrize("text", ["not toml [", "a = 3"])
    def test_a_broken_table_is_said(self, ordered, quick, text):
        home().mkdir(parents=True, exist_ok=True)
        (home() / "fal_fields.toml").write_text(text)
        with FakeFal() as fake, pytest.raises(RequestError, match="fal_fields"):
            self.made(fake, quick).submit(ordered("a/b"))

    @pytest.mark.parametrize("model", ["one", "../../x", "a/b?c", "a//b", "a/b#c"])
    def test_a_name_that_is_no_endpoint(self, ordered, quick, model):
        with FakeFal() as fake:
            with pytest.raises(ProviderRefusal, match="endpoint"):
                self.made(fake, quick).submit(ordered(model))
            assert fake.requests == []


class TestComfyUI:
    def test_local_means_this_machine(self):
        assert ComfyUIProvider({}).local
        there = ComfyUIProvider({"PICKUP_COMFYUI_BASE_URL": "http://192.168.1.9:8188"})
        assert not there.local
        assert not there.card("workflow").local
        assert catalog.estimate(there.card("workflow"), 8) == 0

    def test_every_workflow_is_a_model(self):
        folder = home() / "comfyui"
        folder.mkdir(parents=True)
        for name in ("wide", "workflow", "anime"):
            (folder / f"{name}.json").write_text("{}")
        assert [card.id for card in ComfyUIProvider({}).cards()] == ["workflow", "anime", "wide"]

    @pytest.mark.parametrize(
        ("ignored", "refused"), [(["12"], True), (["99"], False), (None, False)]
    )
    def test_a_workflow_accepted_but_for_its_film(
        self, ordered, quick, monkeypatch, ignored, refused
    ):
        """The server says yes where any output could run, a preview for one."""
        graph = json.loads(WORKFLOW.read_text("utf-8"))
        (saver,) = (n for n, node in graph.items() if node["class_type"] == "SaveVideo")
        fault: dict[str, Any] = {
            "errors": [{"message": "Required input is missing", "details": "video"}]
        }
        outputs = [saver if number == "12" else number for number in ignored or ()]
        fault |= {"dependent_outputs": outputs, "class_type": "CreateVideo"}
        with FakeComfyUI() as fake:
            take, errors = fake.prompt, {"8": fault} if ignored else {}
            monkeypatch.setattr(fake, "prompt", lambda a: {**take(a), "node_errors": errors})
            settings = {"PICKUP_COMFYUI_BASE_URL": fake.url, "PICKUP_COMFYUI_API_KEY": fake.key}
            settings["PICKUP_COMFYUI_WORKFLOW"] = str(WORKFLOW)
            provider = ComfyUIProvider(settings, patience=quick)
            if not refused:
                assert provider.submit(ordered("workflow")) in fake.jobs
                return
            with pytest.raises(ProviderRefusal, match=r"CreateVideo.*is missing video") as caught:
                provider.submit(ordered("workflow"))
            assert caught.value.kind is Refusal.UNSUPPORTED
            assert all(job.cancelled for job in fake.jobs.values())

    def test_a_model_name_does_not_lead_out_of_the_folder(self, ordered, quick):
        provider = ComfyUIProvider({}, patience=quick)
        with pytest.raises((RequestError, ProviderRefusal)) as caught:
            provider.submit(ordered("../../../etc/passwd", both=False))
        assert str(home() / "comfyui" / "passwd.json") in str(caught.value)


def test_outcomes_of_a_till_outlive_the_fake(ordered, quick, tmp_path: Path):
    """A crash test counts charges over several processes."""
    till = tmp_path / "till"
    for _ in range(2):
        with FakeOpenAIVideos(till=till) as fake:
            fake.outcome_next(Outcome.DONE)
            env = {"PICKUP_OPENAI_VIDEOS_BASE_URL": fake.url, "OPENAI_API_KEY": fake.key}
            OpenAIVideosProvider(env, patience=quick).submit(ordered("sora-2", both=False))
    with FakeOpenAIVideos(till=till) as fake:
        assert fake.charges == 2
    assert JobStatus(JobState.DONE).detail == {}
