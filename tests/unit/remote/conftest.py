from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from pickup.providers.base import Order
from pickup.providers.http import Patience
from pickup.shots.request import FrameRef, GapRef, ShotRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUICK = Patience(
    connect=1, read=0.3, order=0.3, call=1.5, download=3, pause=0.01, longest_pause=1.2, tries=3
)
"""Waits that make a hanging service a matter of half a second."""


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the keys of whoever runs it."""
    import keyring
    from keyring.backends.null import Keyring

    keyring.set_keyring(Keyring())


def shot(**changes: Any) -> ShotRequest:
    frames = changes.pop("frames", 48)
    facts = {
        "id": "S010",
        "gap": GapRef(id="g1", start=96, duration=frames),
        "text": "A dog runs along the beach at dawn.",
        "frames": frames,
        "rate": Fraction(24),
        "width": 1280,
        "height": 720,
        "handles": 8,
        "seed": 7,
        **changes,
    }
    return ShotRequest.model_validate(facts)


@pytest.fixture
def png(tmp_path: Path) -> Callable[..., Path]:
    """Makes a PNG that carries metadata."""

    def make(name: str, size: tuple[int, int] = (320, 180), colour: str = "red") -> Path:
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_text("Comment", "secret location")
        path = tmp_path / name
        Image.new("RGB", size, colour).save(path, pnginfo=info)
        return path

    return make


@pytest.fixture
def ordered(png: Callable[..., Path]) -> Callable[..., Order]:
    """Makes an order, with both frames unless told otherwise."""

    def make(model: str, *, both: bool = True, take: int = 1, **changes: Any) -> Order:
        first, last = (png("first.png"), png("last.png", colour="blue")) if both else (None, None)
        frames = {"first_frame": first, "last_frame": last}
        refs = {name: FrameRef(file=str(path)) for name, path in frames.items() if path}
        source = changes.pop("source_job", "")
        request = shot(**refs, **changes)
        return Order(request, model, take, "key-1", first, last, source)

    return make


@pytest.fixture
def quick() -> Patience:
    return QUICK
