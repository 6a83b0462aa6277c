"""The example scene: a chef cooks a dish that she remembers from her grandmother.

Six shots. Three were filmed; the close-up of her hands and the two shots of the flashback were not.
The editor has left words for them in markers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import opentimelineio as otio

from examples.kitchen import HEIGHT, SHOTS, WIDTH
from pickup.timing import frames_to_timecode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

RATE = Fraction(24000, 1001)
HOUR = 86400
HANDLES = 12

EDIT: list[tuple[str, int]] = [
    ("A001_C001_kitchen_wide", 72),
    ("pickup: close on her hands chopping parsley, warm lamp light, slow push in", 48),
    ("A001_C004_pot_simmer", 60),
    ("pickup: flashback, the grandmother's kitchen at golden hour, slow pan right", 54),
    ("pickup: the old recipe card, candlelight, hold", 42),
    ("A002_C002_plate", 72),
]
"""Clip names and lengths in frames, in the order of the cut; a gap has its marker's words."""


def make_scene(folder: Path) -> Path:
    """Write the scene's footage and its timeline into a folder; the timeline's path."""
    media = folder / "media"
    media.mkdir(parents=True, exist_ok=True)
    lengths = dict(EDIT)
    for number, (name, draw) in enumerate(SHOTS.items()):
        path = media / f"{name}.mov"
        if not path.exists():
            film(path, draw, lengths[name] + 2 * HANDLES, start=(number + 1) * HOUR)
    timeline = _timeline(media)
    cut = folder / "grandmothers_dish.otio"
    otio.adapters.write_to_file(timeline, str(cut))
    return cut


def film(
    path: Path, draw: Callable[[float], NDArray[np.uint8]], frames: int, *, start: int
) -> None:
    """A movie of a drawn shot, with its timecode."""
    with av.open(str(path), "w") as movie:
        movie.metadata["timecode"] = frames_to_timecode(start, RATE)
        stream = movie.add_stream("libx264", rate=RATE, options={"crf": "16", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(draw(number / (frames - 1)), format="rgb24")
            movie.mux(stream.encode(frame))
        movie.mux(stream.encode())


def _timeline(media: Path) -> otio.schema.Timeline:
    rate = float(RATE)
    timeline = otio.schema.Timeline(
        "Grandmother's dish", global_start_time=otio.opentime.RationalTime(HOUR, rate)
    )
    track = otio.schema.Track("Video 1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    position = 0
    hours = {name: (i + 1) * HOUR for i, name in enumerate(SHOTS)}
    for name, length in EDIT:
        if name in SHOTS:
            track.append(_clip(name, media, hours[name], length))
        else:
            timeline.tracks.markers.append(_marker(name, position, length))
            track.append(otio.schema.Gap(duration=otio.opentime.RationalTime(length, rate)))
        position += length
    return timeline


def _clip(name: str, media: Path, start: int, length: int) -> otio.schema.Clip:
    available = _range(start, length + 2 * HANDLES)
    reference = otio.schema.ExternalReference(str(media / f"{name}.mov"), available)
    return otio.schema.Clip(
        name=name, media_reference=reference, source_range=_range(start + HANDLES, length)
    )


def _marker(words: str, start: int, length: int) -> otio.schema.Marker:
    return otio.schema.Marker(
        name=words, marked_range=_range(start, length), color=otio.schema.MarkerColor.PINK
    )


def _range(start: int, length: int) -> otio.opentime.TimeRange:
    rate = float(RATE)
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(length, rate)
    )
