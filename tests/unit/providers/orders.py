"""Orders and pictures for the tests of providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from pickup.providers.animatic import AnimaticProvider
from pickup.providers.base import Order
from pickup.shots.request import GapRef, Prompt, ShotRequest

if TYPE_CHECKING:
    from pathlib import Path

Pixels = npt.NDArray[np.uint8]


def make_order(
    *,
    first: Path | None = None,
    last: Path | None = None,
    take: int = 1,
    camera: str = "",
    light: str = "",
    **shot: Any,
) -> Order:
    shot = {"frames": 24, "rate": "24", "width": 160, "height": 90, "handles": 4, **shot}
    request = ShotRequest(
        **{
            "id": "SH010",
            "gap": GapRef(id="gap-1", start=0, duration=shot["frames"]),
            "prompt": Prompt(camera=camera, light=light),
            **shot,
        }
    )
    return Order(request, "animatic-1", take, "key-1", first, last)


def blotches(size: tuple[int, int], seed: int, shift: int = 0) -> Pixels:
    """Soft, colourful blotches, RGB, all its own for each seed; `shift` looks further right."""
    width, height = size
    noise = np.random.default_rng(seed).random((height, width + 64, 3), np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), max(2.0, height / 24))
    soft = (soft - soft.min()) / (soft.max() - soft.min())
    pixels: Pixels = (30 + soft[:, 32 + shift : 32 + shift + width] * 190).astype(np.uint8)
    return pixels


def make_picture(
    path: Path, *, size: tuple[int, int] = (160, 90), seed: int = 1, shift: int = 0
) -> Path:
    cv2.imwrite(str(path), blotches(size, seed, shift)[..., ::-1])
    return path


def film_order(order: Order, folder: Path) -> list[Pixels]:
    """The take as RGB frames, filmed through the provider's four steps."""
    provider = AnimaticProvider()
    job = provider.submit(order)
    path = provider.fetch(
        job, order, provider.poll(job, order), folder / "take.mov", lambda _: None
    )
    with av.open(str(path)) as movie:
        return [_rgb(frame) for frame in movie.decode(video=0)]


def _rgb(frame: av.VideoFrame) -> Pixels:
    return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)


def psnr(one: Pixels, other: Pixels) -> float:
    error = float(np.mean((one.astype(np.float64) - other) ** 2))
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))
