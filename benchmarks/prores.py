"""Compares FFmpeg's two ProRes encoders on the material given: speed, quality and size as ratios.

    python -m benchmarks.prores CLIP … [--frames N]

Without a clip it takes noise and a moving gradient. PSNR is of the luma at 10 bits.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.video.frame import VideoFrame

from pickup.media.opening import open_movie

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENCODERS = ("prores_aw", "prores_ks")
SIZE = (1920, 1080)


@dataclass(frozen=True)
class Result:
    frames_per_second: float
    psnr: float
    bytes_per_frame: float


def clip_frames(path: Path, count: int) -> list[VideoFrame]:
    """The clip's first frames at 1080p, 10-bit 4:2:2."""
    frames = []
    with open_movie(path) as container:
        for frame in container.decode(container.streams.video[0]):
            frames.append(frame.reformat(*SIZE, format="yuv422p10le"))
            if len(frames) == count:
                break
    return frames


def made_frames(kind: str, count: int) -> list[VideoFrame]:
    width, height = SIZE
    random = np.random.default_rng(1)
    frames = []
    for index in range(count):
        if kind == "noise":
            rgb = random.integers(0, 256, (height, width, 3), np.uint8)
        else:
            ramp = (np.arange(width) * 255 // width + index) % 256
            rgb = np.broadcast_to(ramp[None, :, None], (height, width, 3)).astype(np.uint8)
        frames.append(
            VideoFrame.from_ndarray(np.ascontiguousarray(rgb)).reformat(format="yuv422p10le")
        )
    return frames


def luma(frame: VideoFrame) -> NDArray[np.float32]:
    plane = frame.planes[0]
    buffer: Any = plane
    values: NDArray[np.uint16] = np.frombuffer(buffer, np.uint16).reshape(
        plane.height, plane.line_size // 2
    )
    luma_values: NDArray[np.float32] = values[:, : plane.width].astype(np.float32)
    return luma_values


def measure(encoder: str, frames: list[VideoFrame]) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mov"
        started = time.perf_counter()
        with av.open(str(path), "w") as container:
            stream: Any = container.add_stream(encoder, rate=25, options={"profile": "3"})
            stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv422p10le"
            for index, frame in enumerate(frames):
                frame.pts, frame.time_base = index, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        seconds = time.perf_counter() - started
        with open_movie(path) as container:
            errors = [
                float(np.mean((luma(a) - luma(b)) ** 2))
                for a, b in zip(container.decode(video=0), frames, strict=True)
            ]
        psnr = 10 * math.log10(1023**2 / max(1e-9, sum(errors) / len(errors)))
        return Result(len(frames) / seconds, psnr, path.stat().st_size / len(frames))


def report(name: str, frames: list[VideoFrame]) -> None:
    aw, ks = (measure(encoder, frames) for encoder in ENCODERS)
    print(
        f"{name:32} speed aw/ks {aw.frames_per_second / ks.frames_per_second:5.2f}"
        f" ({aw.frames_per_second:.1f} and {ks.frames_per_second:.1f} fps)"
        f"  PSNR {aw.psnr:.2f} and {ks.psnr:.2f} dB"
        f"  size aw/ks {aw.bytes_per_frame / ks.bytes_per_frame:4.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--frames", type=int, default=24)
    arguments = parser.parse_args()
    for clip in arguments.clips:
        report(clip.name, clip_frames(clip, arguments.frames))
    if not arguments.clips:
        for kind in ("gradient", "noise"):
            report(kind, made_frames(kind, arguments.frames))


if __name__ == "__main__":
    main()
