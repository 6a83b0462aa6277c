"""Every request body is valid by what the vendors publish. Skipped where their texts are absent."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from tests.contract.benches import BENCHES, Bench
from tests.contract.test_remote_contract import QUICK, follow, make_order

from pickup.providers.base import Change, JobState
from pickup.shots.request import Reference
from pickup.testing.fakes.openrouter import MODELS
from pickup.testing.fakes.server import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pickup.testing.fakes import Asked, Fake


@pytest.fixture(scope="session")
def specs(corpus: Path) -> Path:
    folder = corpus.parent / "reference" / "specs"
    if not folder.is_dir():
        pytest.skip("the vendors' specifications are not here")
    return folder


def bench_of(name: str) -> Bench:
    return next(bench for bench in BENCHES if bench.name == name)


def validate(spec: Any, schema: str, body: Any) -> None:
    """Against a schema of an OpenAPI document, with no property but those it names."""
    reference = {"$ref": f"#/components/schemas/{schema}"}
    Draft202012Validator({**reference, "components": spec["components"]}).validate(body)
    known = set(spec["components"]["schemas"][schema]["properties"])
    assert set(body) <= known


def ordered(name: str, folder: Path, **changes: Any) -> Iterator[tuple[Fake, Asked]]:
    bench = bench_of(name)
    with bench.fake() as fake:
        provider = bench.made(fake, QUICK)
        for both in (True, False):
            order = make_order(bench, folder, both=both, **changes)
            assert follow(provider, provider.submit(order), order).state is JobState.DONE
        for asked in fake.asked("order"):
            yield fake, asked


RASTERS = [(1280, 720), (1080, 1920), (3840, 2160), (2048, 858)]


@pytest.mark.corpus
@pytest.mark.parametrize(("width", "height"), RASTERS)
def test_openai_videos(specs: Path, tmp_path: Path, width: int, height: int):
    spec = json.loads((specs / "openai-videos-openapi.json").read_text("utf-8"))
    for _, asked in ordered("openai-videos", tmp_path, width=width, height=height):
        form = {name: file or data.decode() for name, (file, data) in asked.form().items()}
        validate(spec, "CreateVideoMultipartBody", form)


@pytest.mark.corpus
def test_openai_videos_as_json_and_its_other_orders(specs: Path, tmp_path: Path):
    spec = json.loads((specs / "openai-videos-openapi.json").read_text("utf-8"))
    bench = bench_of("openai-videos")
    with bench.fake() as fake:
        provider = bench.made(fake, QUICK, PICKUP_OPENAI_VIDEOS_BODY="json")
        order = make_order(bench, tmp_path)
        job = provider.submit(order)
        validate(spec, "CreateVideoJsonBody", fake.requests[-1].json())
        later = type(order)(**{**_facts(order), "source_job": job})
        for name, call in (
            ("CreateVideoRemixBody", provider.submit),
            ("CreateVideoEditJsonBody", partial(_without_remix, provider, fake)),
            (
                "CreateVideoExtendJsonBody",
                lambda order: provider.submit(replace(order, change=Change("extend", 8))),
            ),
        ):
            call(later)
            validate(spec, name, fake.requests[-1].json())
        reply = provider.client.call("ask", "GET", f"videos/{job}")
        validate(spec, "VideoResource", reply)
        validate(spec, "VideoListResource", provider.client.call("ask", "GET", "videos"))
        follow(provider, job, order)
        assert provider.delete(job)


def _without_remix(provider: Any, fake: Any, order: Any) -> None:
    """An edit is what the provider falls back on where a server knows no remix."""

    def unknown(asked: Asked, job_id: str) -> Any:
        raise Refused(404, fake.error(404, "not_found", "no such route"))

    fake.remix = unknown
    provider.submit(order)
    del fake.remix


@pytest.mark.corpus
@pytest.mark.parametrize(("width", "height"), RASTERS)
def test_openrouter(specs: Path, tmp_path: Path, width: int, height: int):
    yaml = pytest.importorskip("yaml", reason="the specification is YAML")
    spec = yaml.safe_load((specs / "openrouter-videos-openapi.yaml").read_text("utf-8"))
    for fake, asked in ordered("openrouter", tmp_path, width=width, height=height):
        validate(spec, "VideoGenerationRequest", asked.json())
        validate(spec, "VideoModelsListResponse", {"data": MODELS})
        assert fake.surprises == []


@pytest.mark.corpus
def test_gemini_as_its_own_sdk_writes_it(specs: Path, tmp_path: Path):
    captured = _captures(specs)["omni"]["body"]
    _, asked = next(ordered("gemini", tmp_path))
    body = asked.json()
    assert _shape(body) - {"labels.pickup"} == _shape(captured)
    content = body["input"][0]["content"]
    assert [block["type"] for block in content] == ["image", "image", "text"]
    assert base64.b64decode(content[0]["data"]).startswith(b"\x89PNG")
    assert content[2]["text"].startswith("<FIRST_FRAME> <LAST_FRAME> ")
    assert body["response_format"]["duration"] == "3s"


@pytest.mark.corpus
def test_veo_as_its_own_sdk_writes_it(specs: Path, tmp_path: Path):
    captures = _captures(specs)
    bench = bench_of("veo-vertex")
    with bench.fake() as fake:
        provider = bench.made(fake, QUICK, PICKUP_VEO_BUCKET="gs://b/")
        order = make_order(bench, tmp_path)
        job = provider.submit(order)
        body = fake.requests[-1].json()
        assert _shape(body) <= _shape(captures["veo-vertex"]["body"])
        assert set(body["instances"][0]) == {"prompt", "image", "lastFrame"}
        image = Reference(name="Anna", sha256="0" * 64)
        seen = order.request.model_copy(update={"references": (image,)})
        assert order.first_frame is not None
        pictured = replace(order, request=seen, pictures=(order.first_frame,))
        provider.submit(replace(pictured, first_frame=None, last_frame=None))
        shape = _shape(fake.requests[-1].json()["instances"])
        assert {name.replace("bytesBase64Encoded", "gcsUri") for name in shape} == _shape(
            captures["veo-vertex-ref"]["body"]["instances"]
        )
        for _ in range(4):
            provider.poll(job, order)
        provider.submit(replace(order, source_job=job, change=Change("extend", 7)))
        assert _shape(fake.requests[-1].json()["instances"]) == _shape(
            captures["veo-vertex-ext"]["body"]["instances"]
        )
        provider.poll(job, order)
        assert _shape(fake.requests[-1].json()) == _shape(captures["veo-vertex-op"]["body"])
        assert fake.requests[-1].path.endswith(":fetchPredictOperation")


@pytest.mark.corpus
def test_comfyui_takes_what_it_has_given_before(specs: Path):
    """The history that a real server wrote is understood."""
    from pickup.providers.comfyui import _film

    example = json.loads((specs / "comfyui-history-example.json").read_text("utf-8"))
    assert _film(example["history_success_example"]) == {
        "filename": "gap_00001_.mp4",
        "subfolder": "otio",
        "type": "output",
    }


def _captures(specs: Path) -> dict[str, Any]:
    data = json.loads((specs / "google-genai-wire-captures.json").read_text("utf-8"))
    return {entry["case"]: entry for entry in data["requests"]}


def _shape(value: Any, start: str = "") -> set[str]:
    """The paths to all values, lists taken as one."""
    if isinstance(value, dict):
        below = ((f"{start}.{key}" if start else key, item) for key, item in value.items())
        return {path for key, item in below for path in _shape(item, key)}
    if isinstance(value, list):
        return {path for item in value for path in _shape(item, start)}
    return {start}


def _facts(order: Any) -> dict[str, Any]:
    return {name: getattr(order, name) for name in type(order).__dataclass_fields__}
