"""Movies whose every frame carries its own number, as bars that survive any codec."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 12
WIDTH, HEIGHT = 192, 112

MakeMovie = Callable[..., Path]


def numbered(number: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A picture of `number`: twelve vertical bars, white for 1, the highest bit on the left."""
    bars = np.array([(number >> (BITS - 1 - i)) & 1 for i in range(BITS)], np.uint8)
    columns = np.arange(width) * BITS // width
    row = 16 + bars[columns] * 220
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (height, width, 3)))


def number_of(rgb: NDArray[Any]) -> int:
    """The number in a picture of any size, black bars above and below not in the middle."""
    height, width = rgb.shape[:2]
    middle = rgb[height // 2, :, :3].astype(float).mean(axis=1)
    high = 255 if rgb.dtype == np.uint8 else 65535
    centres = [int((i + 0.5) * width / BITS) for i in range(BITS)]
    return int("".join("1" if middle[c] > high / 2 else "0" for c in centres), 2)


def write_movie(
    path: Path,
    frames: int = 60,
    *,
    codec: str = "libx264",
    rate: Fraction = Fraction(25),
    stamps: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    options: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    pixel_format: str = "yuv420p",
    pixel_aspect: Fraction = Fraction(1),
    timecode: str = "",
    reel: str = "",
    gop: int = 60,
    tone: int = 0,
    rotation: int = 0,
    picture: Callable[[int], NDArray[np.uint8]] | None = None,
) -> Path:
    """A movie; frame i shows i unless `picture` says otherwise, with a tone of `tone` channels."""
    with av.open(str(path), "w", options=container or {}) as output:
        if timecode:
            output.metadata["timecode"] = timecode
        stream: Any = output.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        stream.codec_context.gop_size = gop
        stream.codec_context.sample_aspect_ratio = pixel_aspect
        if time_base:
            stream.codec_context.time_base = time_base
        if reel:
            stream.metadata["reel_name"] = reel
        if rotation:
            stream.set_display_rotation(rotation)
        sound = output.add_stream("aac", rate=44100) if tone else None
        for index in range(frames):
            rgb = picture(index) if picture else numbered(index, *size)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format=pixel_format)
            frame.pts = stamps[index] if stamps else index
            frame.time_base = time_base or 1 / rate
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if sound is not None:
            write_tone(output, sound, float(frames / rate))
    return path


def write_tone(output: Any, stream: Any, seconds: float) -> None:
    """A 440 Hz sine at half level."""
    total = int(seconds * 44100)
    wave = (np.sin(np.arange(total) * 2 * np.pi * 440 / 44100) * 0.5).astype(np.float32)
    for start in range(0, total, 1024):
        piece = np.stack([wave[start : start + 1024]] * 2)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(piece), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = 44100, start, Fraction(1, 44100)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


@pytest.fixture(scope="session")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 numbered frames at 24, with sound, as a provider would send them."""
    return write_movie(tmp_path_factory.mktemp("take") / "take.mp4", 60, rate=Fraction(24), tone=2)


def record() -> dict[str, Any]:
    text = '{"schema": "pickup.clip/1", "shot": "sh010", "gap": "g1", "take": 1, "provider": "p"}'
    return {
        **json.loads(text),
        "model": "m",
        "prompt": "a <hand> & a pot",
        "seed": 7,
        "created": "2026-11-22T10:00:00Z",
        "synthetic": True,
    }
