"""Small footage whose frames carry their numbers, and cuts made of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import opentimelineio as otio

from pickup.timing import frames_to_timecode

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WIDTH, HEIGHT, BITS = 96, 64, 12


def numbered(number: int, tint: int = 0) -> NDArray[np.uint8]:
    """A frame that says its number in a row of black and white blocks, above a plain ground."""
    frame = np.full((HEIGHT, WIDTH, 3), (90 + tint, 120, 160 - tint), np.uint8)
    for bit in range(BITS):
        shade = 235 if number >> bit & 1 else 16
        frame[8:40, bit * 8 : bit * 8 + 8] = shade
    return frame


def number_of(frame: NDArray[Any]) -> int:
    """The number that a frame says."""
    height, width = frame.shape[:2]
    rows = slice(height * 16 // HEIGHT, height * 32 // HEIGHT)
    block = width / BITS
    return sum(
        1 << bit
        for bit in range(BITS)
        if frame[rows, int((bit + 0.4) * block) : int((bit + 0.6) * block) + 1].mean() > 128
    )


def film(
    path: Path, frames: int, rate: Fraction, *, start: int = 0, codec: str = "libx264"
) -> Path:
    """A movie of numbered frames."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as movie:
        if start:
            movie.metadata["timecode"] = frames_to_timecode(start, rate)
        options = {"crf": "10", "g": "48", "bf": "3"} if codec == "libx264" else {}
        stream: Any = movie.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered(number), format="rgb24")
            movie.mux(stream.encode(frame))
        movie.mux(stream.encode())
    return path


@dataclass(frozen=True)
class Scene:
    """A cut on disk, and what is known of it."""

    cut: Path
    rate: Fraction
    gaps: list[tuple[int, int]]


def scene(
    folder: Path, rate: Fraction | int = 24, lengths: tuple[int, ...] = (24, 30, 24), start: int = 0
) -> Scene:
    """Clips and gaps in turn, clips first, of numbered footage; every clip begins at frame 10."""
    exact = Fraction(rate)
    timeline = otio.schema.Timeline("Scene 4")
    if start:
        timeline.global_start_time = _time(start, exact)
    track = otio.schema.Track("Video 1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    position, gaps = 0, []
    for index, length in enumerate(lengths):
        if index % 2:
            track.append(otio.schema.Gap(duration=_time(length, exact)))
            gaps.append((position, length))
        else:
            media = film(folder / "media" / f"A{index:03d}.mov", length + 20, exact)
            reference = otio.schema.ExternalReference(str(media), _range(0, length + 20, exact))
            track.append(
                otio.schema.Clip(
                    name=f"A{index:03d}",
                    media_reference=reference,
                    source_range=_range(10, length, exact),
                )
            )
        position += length
    cut = folder / "scene.otio"
    otio.adapters.write_to_file(timeline, str(cut))
    return Scene(cut, exact, gaps)


def _time(frames: int, rate: Fraction) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, float(rate))


def _range(start: int, length: int, rate: Fraction) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start, rate), _time(length, rate))
