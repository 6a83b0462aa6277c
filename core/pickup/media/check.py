"""Opens what was just written and compares it with what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.errors import MediaError
from pickup.media.frames import FrameReader
from pickup.media.images import open_image
from pickup.media.movie import movie_tags
from pickup.media.probe import probe
from pickup.media.sequences import file_name
from pickup.media.smpte import day_timecode
from pickup.timing import timecode_to_frames

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pickup.media.spec import ConformSpec


def check_movie(
    aside: Path, path: Path, spec: ConformSpec, frames: int, start: int, channels: int
) -> None:
    """Compare a movie with its promise, and decode its last frame.

    Args:
        aside: the file.
        path: what to call it.
        spec: the promise.
        frames, start, channels: the same, handles included.

    Raises:
        MediaError: it is not what was asked for.
    """
    found = probe(aside)
    wanted = {
        "frames": (found.frames, frames),
        "frames a second": (found.rate, spec.rate),
        "size": ((found.width, found.height), (spec.width, spec.height)),
        "pixel aspect": (found.pixel_aspect, spec.pixel_aspect),
        "timecode": (found.start, _in_day(start, spec)),
        "reel": (found.reel, spec.reel),
        "colour": (found.colour, movie_tags(spec)),
        "sound channels": (found.audio_channels, channels),
    }
    _compare(path, wanted)
    with FrameReader(aside) as reader:
        reader.read(frames - 1)


def _in_day(start: int, spec: ConformSpec) -> int:
    """A frame's number as a timecode that runs over at midnight names it."""
    return timecode_to_frames(day_timecode(start, spec.rate, drop=spec.drop_frame), spec.rate)


def check_sequence(folder: Path, stem: str, spec: ConformSpec, frames: int, start: int) -> None:
    """Compare a sequence with its promise.

    Raises:
        MediaError: a file is missing, or is not what was asked for.
    """
    files = sorted(folder.iterdir())
    names = [file_name(stem, start + index, spec.deliver) for index in range(frames)]
    if [file.name for file in files] != names:
        raise MediaError(folder, f"holds {len(files)} files, not the {frames} asked for")
    for file in files:
        picture = open_image(file)
        size = (picture.spec().width, picture.spec().height)
        picture.close()
        _compare(file, {"size": (size, (spec.width, spec.height))})


def _compare(path: Path, wanted: Mapping[str, tuple[object, object]]) -> None:
    for name, (found, asked) in wanted.items():
        if found != asked:
            raise MediaError(path, f"was written with {name} {found}, not {asked}")
