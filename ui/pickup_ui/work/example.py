"""A small scene drawn on the spot, so that a first look needs neither a cut, media nor a key."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.files import written_aside

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

RATE, HOUR, SIZE, HANDLES = 24, 86400, (640, 360), 12

EDIT: tuple[tuple[str, int, str], ...] = (
    ("A001_harbour_wide", 48, ""),
    ("", 36, "close on the rope around the bollard, evening light, slow push in"),
    ("A001_boat", 48, ""),
    ("", 30, "gulls over the water, pan left"),
    ("A002_lighthouse", 48, ""),
)
"""Clip, frames, and the words for a gap, in the order of the cut."""

_DUSK = ((46, 62, 104), (226, 138, 92))


def make_example(folder: Path) -> Path:
    """Draw the footage and write the timeline; its path. What is there already is kept."""
    import opentimelineio as otio

    media = folder / "media"
    media.mkdir(parents=True, exist_ok=True)
    timeline = otio.schema.Timeline("Harbour", global_start_time=_time(HOUR))
    track = otio.schema.Track("Video 1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    position = 0
    for number, (name, frames, words) in enumerate(EDIT):
        if name:
            path = media / f"{name}.mov"
            if not path.exists():
                _film(path, frames + 2 * HANDLES, number)
            reference = otio.schema.ExternalReference(
                str(path), _range((number + 1) * HOUR, frames + 2 * HANDLES)
            )
            shown = _range((number + 1) * HOUR + HANDLES, frames)
            track.append(otio.schema.Clip(name, reference, shown))
        else:
            track.append(otio.schema.Gap(duration=_time(frames)))
            marker = otio.schema.Marker(f"pickup: {words}", _range(position, frames))
            timeline.tracks.markers.append(marker)
        position += frames
    cut = folder / "harbour.otio"
    otio.adapters.write_to_file(timeline, str(cut))
    return cut


def _film(path: Path, frames: int, scene: int) -> None:
    import av

    from pickup.timing import frames_to_timecode

    with written_aside(path) as aside, av.open(str(aside), "w", format="mov") as movie:
        movie.metadata["timecode"] = frames_to_timecode((scene + 1) * HOUR, Fraction(RATE))
        stream: Any = movie.add_stream("libx264", rate=RATE, options={"crf": "18"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(_draw(scene, number / frames), format="rgb24")
            movie.mux(stream.encode(picture))
        movie.mux(stream.encode())


def _draw(scene: int, at: float) -> NDArray[np.uint8]:
    """A harbour at dusk: sky, sun on the water, and what the scene is about."""
    import cv2
    import numpy as np

    width, height = SIZE
    ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    sky = np.array(_DUSK[0], np.float32) * (1 - ramp) + np.array(_DUSK[1], np.float32) * ramp
    frame = np.ascontiguousarray(np.broadcast_to(sky, (height, width, 3)))
    horizon = 210
    sun = (round(420 - 40 * at - 60 * scene), horizon - 18)
    cv2.circle(frame, sun, 26, (255, 214, 150), -1, cv2.LINE_AA)
    water = frame[horizon:][::-1] * 0.55
    frame[horizon:] = water[: height - horizon]
    for line in range(horizon + 6, height, 9):
        reach = 24 + (line - horizon) // 2
        shift = round(10 * np.sin(line * 0.7 + at * 9))
        start, end = (sun[0] - reach + shift, line), (sun[0] + reach + shift, line)
        cv2.line(frame, start, end, (250, 190, 130), 1, cv2.LINE_AA)
    dark = (26, 28, 40)
    if scene == 0:
        cv2.rectangle(frame, (0, horizon - 40), (150, horizon + 6), dark, -1)
        cv2.rectangle(frame, (30, horizon - 78), (92, horizon), dark, -1)
    elif scene == 2:
        x = round(180 + 90 * at)
        hull = np.array([(x, 232), (x + 130, 232), (x + 106, 262), (x + 22, 262)], np.int32)
        cv2.fillPoly(frame, [hull], dark, cv2.LINE_AA)
        cv2.line(frame, (x + 60, 232), (x + 60, 140), dark, 4, cv2.LINE_AA)
    else:
        cv2.rectangle(frame, (476, 90), (506, horizon + 8), dark, -1)
        cv2.circle(frame, (491, 84), round(14 + 8 * abs(0.5 - at)), (255, 236, 190), -1)
    return frame.clip(0, 255).astype(np.uint8)


def _time(frames: int) -> Any:
    import opentimelineio as otio

    return otio.opentime.RationalTime(frames, RATE)


def _range(start: int, frames: int) -> Any:
    import opentimelineio as otio

    return otio.opentime.TimeRange(_time(start), _time(frames))
