"""Each remote provider with its fake, set up the same way for the tests that hold for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup.providers.comfyui import ComfyUIProvider
from pickup.providers.fal import FalProvider
from pickup.providers.gemini import GeminiProvider
from pickup.providers.openai_videos import OpenAIVideosProvider
from pickup.providers.openrouter import OpenRouterProvider
from pickup.providers.veo import VeoProvider
from pickup.testing.fakes.comfyui import FakeComfyUI
from pickup.testing.fakes.fal import FakeFal
from pickup.testing.fakes.gemini import FakeGemini, FakeGeminiPlatform
from pickup.testing.fakes.openai_videos import FakeOpenAIVideos
from pickup.testing.fakes.openrouter import FakeOpenRouter
from pickup.testing.fakes.veo import FakeVeoGemini, FakeVeoVertex

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.providers.http import Patience
    from pickup.providers.remote import RemoteProvider
    from pickup.testing.fakes.server import Fake


@dataclass(frozen=True)
class Bench:
    """How to set a provider up against its fake.

    Attributes:
        downloads: whether its films come by a request of their own.
        listed: whether it can be asked for its jobs.
        cancels: whether a running job can be cancelled.
        needs_first: whether the model makes nothing without a first frame.
        needs_key: whether the service itself asks for a key.
    """

    name: str
    provider: type[RemoteProvider]
    fake: Callable[..., Fake]
    model: str
    settings: dict[str, str] = field(default_factory=dict)
    downloads: bool = True
    listed: bool = False
    cancels: bool = False
    needs_first: bool = False
    needs_key: bool = True

    def made(self, fake: Fake, patience: Patience, **settings: str) -> Any:
        variable = f"PICKUP_{self.provider.name.upper().replace('-', '_')}"
        env = {f"{variable}_BASE_URL": fake.url, f"{variable}_API_KEY": fake.key}
        return self.provider({**env, **self.settings, **settings}, patience=patience)


BENCHES = [
    Bench("openai-videos", OpenAIVideosProvider, FakeOpenAIVideos, "sora-2", listed=True),
    Bench("gemini", GeminiProvider, FakeGemini, "gemini-omni-1.2-flash", cancels=True),
    Bench(
        "gemini-platform",
        GeminiProvider,
        FakeGeminiPlatform,
        "gemini-omni-1.2-flash",
        {"PICKUP_GEMINI_PROJECT": "p"},
        downloads=False,
        cancels=True,
    ),
    Bench(
        "veo-vertex",
        VeoProvider,
        FakeVeoVertex,
        "veo-3.1-fast-generate-001",
        {"GOOGLE_CLOUD_PROJECT": "p"},
        downloads=False,
    ),
    Bench("veo-gemini", VeoProvider, FakeVeoGemini, "veo-3.1-fast-generate-preview"),
    Bench("openrouter", OpenRouterProvider, FakeOpenRouter, "maker/film-1"),
    Bench(
        "fal",
        FalProvider,
        FakeFal,
        "bytedance/seedance-2.0/image-to-video",
        cancels=True,
        needs_first=True,
    ),
    Bench(
        "comfyui",
        ComfyUIProvider,
        FakeComfyUI,
        "workflow",
        {"PICKUP_COMFYUI_WORKFLOW": str(Path(__file__).with_name("wan_workflow.json"))},
        listed=True,
        cancels=True,
        needs_key=False,
    ),
]
