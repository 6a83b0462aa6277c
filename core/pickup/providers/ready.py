"""Which services could take an order now, and what the others lack."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING

from pickup.home import home
from pickup.providers.keys import base_url, find_key, setting, variable

if TYPE_CHECKING:
    from collections.abc import Mapping

_REMOTE = ("gemini", "veo", "openai-videos", "openrouter", "fal")


def lacking(provider: str, environ: Mapping[str, str] | None = None) -> str:
    """What a provider that ships still needs, as a sentence; empty where it is ready."""
    env = os.environ if environ is None else environ
    if provider == "comfyui":
        return _without_workflow(env)
    if provider == "diffusers":
        installed = all(importlib.util.find_spec(name) for name in ("torch", "diffusers"))
        return "" if installed else 'It needs pip install "pickup-shots[diffusers]".'
    if provider not in _REMOTE or base_url(provider, env):
        return ""
    if provider == "openai-videos":
        return f"It needs {variable(provider, 'BASE_URL')}, for OpenAI has shut its own service."
    if provider == "veo" and not (
        setting("veo", "PROJECT", env) or env.get("GOOGLE_CLOUD_PROJECT")
    ):
        return "It needs GOOGLE_CLOUD_PROJECT and a token."
    if find_key(provider, env) is None and not env.get("CLOUDSDK_AUTH_ACCESS_TOKEN"):
        return (
            f"It needs a key in {variable(provider, 'API_KEY')}, or “pickup keys set {provider}”."
        )
    return ""


def ready_providers(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The services that a default may be chosen from: the user has set them up."""
    return tuple(name for name in _REMOTE if not lacking(name, environ))


def _without_workflow(env: Mapping[str, str]) -> str:
    if setting("comfyui", "WORKFLOW", env) or any((home() / "comfyui").glob("*.json")):
        return ""
    return (
        f"It needs a workflow: in ComfyUI choose “Export (API)”, and save it as "
        f"{home() / 'comfyui' / 'workflow.json'}."
    )
