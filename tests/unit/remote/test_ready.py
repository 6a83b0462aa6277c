from __future__ import annotations

import pytest

from pickup.home import home
from pickup.providers.catalog import choose_default
from pickup.providers.ready import lacking, ready_providers


def test_a_bare_machine_is_ready_for_no_service():
    assert ready_providers({}) == ()
    for name in ("gemini", "veo", "openai-videos", "openrouter", "fal", "comfyui"):
        assert lacking(name, {}).endswith(".")
    assert lacking("animatic", {}) == ""
    assert lacking("a-plugin", {}) == ""


@pytest.mark.parametrize(
    ("name", "env"),
    [
        ("gemini", {"GEMINI_API_KEY": "k"}),
        ("fal", {"FAL_KEY": "k"}),
        ("openrouter", {"PICKUP_OPENROUTER_API_KEY": "k"}),
        ("openai-videos", {"PICKUP_OPENAI_VIDEOS_BASE_URL": "http://127.0.0.1:8000/v1"}),
        ("veo", {"GOOGLE_CLOUD_PROJECT": "p", "CLOUDSDK_AUTH_ACCESS_TOKEN": "t"}),
    ],
)
def test_what_is_set_up_is_ready(name, env):
    assert name in ready_providers(env)


def test_a_gemini_key_alone_means_gemini_and_not_veo(ordered):
    """Veo reads the same key, is cheaper by the second, and does nothing without a project."""
    ready = ready_providers({"GEMINI_API_KEY": "k"})
    assert choose_default(ordered("").request, ready).provider == "gemini"


def test_an_openai_key_alone_is_not_enough():
    assert "BASE_URL" in lacking("openai-videos", {"OPENAI_API_KEY": "k"})


def test_a_workflow_in_the_home_will_do():
    folder = home() / "comfyui"
    folder.mkdir(parents=True)
    (folder / "workflow.json").write_text("{}")
    assert lacking("comfyui", {}) == ""
    assert lacking("comfyui", {"PICKUP_COMFYUI_WORKFLOW": "/w.json"}) == ""
