"""What is heard when a take is judged: the cut's sound around and under it, and the take's own.

A reel lasts seconds, so its whole sound is mixed at once, off the UI thread, at the rate of the
device that plays it. Where the cut has no sound of its own, its pictures' files are heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.model import ItemKind
from pickup.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pickup.cut.model import Cut, Item
    from pickup_ui.work.reels import Address, Reel

LONGEST_SECONDS = 300
"""A longer reel is not mixed: it would take too much memory, and nobody judges so long a shot."""

_DEPTH = 8
_SLOWEST, _FASTEST = Fraction(1, 2), Fraction(4)
"""Tempos at which sound is still worth hearing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file's sound in its place.

    Attributes:
        at, length: seconds of the reel.
        start: seconds in the file, from its first picture.
        tempo: seconds of the file for each second of the reel.
    """

    file: Path
    at: Fraction
    length: Fraction
    start: Fraction
    tempo: Fraction = Fraction(1)


def mix_reel(cut: Cut, reel: Reel, rate: int, channels: int) -> NDArray[np.int16]:
    """The sound of a reel as (samples, channels); no samples where nothing can be heard.

    Args:
        rate: samples a second.
        channels: 1 or 2.
    """
    import numpy as np

    seconds = len(reel.frames) / reel.rate
    if seconds > LONGEST_SECONDS:
        return np.zeros((0, channels), np.int16)
    whole = np.zeros((round(seconds * rate), channels), np.float32)
    heard = False
    for piece in pieces_of(cut, reel):
        try:
            sound = _sound(piece, rate, channels)
        except (MediaError, IndexError):  # not here, or without a sound stream
            continue
        first = round(piece.at * rate)
        room = whole[first : first + len(sound)]
        room += sound[: len(room)]
        heard = True
    if not heard:
        return np.zeros((0, channels), np.int16)
    return (whole.clip(-1, 1) * 32767).astype(np.int16)


def pieces_of(cut: Cut, reel: Reel) -> list[Piece]:
    """What sounds in a reel: the tracks of the cut, else its neighbours' files; and the take."""
    first, end = reel.joins
    take = list(_runs(reel, first, end))
    if any(item.kind is not ItemKind.HOLE for t in cut.audio_tracks for item in t.items):
        stop = reel.start + len(reel.frames)
        return [*_of_tracks(cut, reel.start, stop, Fraction(0), 0), *take]
    return [*_runs(reel, 0, first), *take, *_runs(reel, end, len(reel.frames))]


def _of_tracks(cut: Cut, start: int, end: int, at: Fraction, depth: int) -> Iterator[Piece]:
    """The sound of a cut's tracks between two frames, laid down at a second of the reel."""
    for track in cut.audio_tracks:
        for item in track.items if track.enabled else ():
            low, high = max(start, item.start), min(end, item.end)
            if item.enabled and low < high:
                yield from _of_item(cut, item, low, high, at + (low - start) / cut.rate, depth)


def _of_item(
    cut: Cut, item: Item, low: int, high: int, at: Fraction, depth: int
) -> Iterator[Piece]:
    length = (high - low) / cut.rate
    begins, ends = item.source_time(low, cut.rate), item.source_time(high, cut.rate)
    tempo = (ends - begins) / length
    if item.nested is not None:
        inner = item.nested
        if depth < _DEPTH and tempo == 1:
            yield from _of_tracks(
                inner, round(begins * inner.rate), round(ends * inner.rate), at, depth + 1
            )
    elif item.media is not None and item.media.path is not None and _bearable(tempo):
        start = begins - item.media.start
        if not item.media.start_known:
            start = _from_its_start(item.media.path, start)
        yield Piece(item.media.path, at, length, start, tempo)


def _runs(reel: Reel, start: int, end: int) -> Iterator[Piece]:
    """Stretches of frames that follow each other in one file."""
    position = start
    while position < end:
        address = reel.frames[position]
        after = position + 1
        if address is not None:
            while after < end and _follows(reel.frames[after - 1], reel.frames[after]):
                after += 1
            yield from _of_run(reel, position, after)
        position = after


def _follows(one: Address | None, other: Address | None) -> bool:
    return (
        one is not None
        and other is not None
        and one.file == other.file
        and 0 < other.index - one.index <= _FASTEST
    )


def _of_run(reel: Reel, start: int, end: int) -> Iterator[Piece]:
    first, last, steps = reel.frames[start], reel.frames[end - 1], end - start - 1
    assert first is not None
    assert last is not None
    if not steps:
        return
    begins, ends = _seconds_at(first), _seconds_at(last)
    if begins is None or ends is None:
        return
    tempo = (ends - begins) * reel.rate / steps
    # Numbers are whole: a frame more or less is no change of speed.
    if abs(tempo - 1) < Fraction(3, 2 * steps):
        tempo = Fraction(1)
    if _bearable(tempo):
        length = (end - start) / reel.rate
        yield Piece(first.file, start / reel.rate, length, begins, tempo)


def _bearable(tempo: Fraction) -> bool:
    return _SLOWEST <= tempo <= _FASTEST


def _seconds_at(address: Address) -> Fraction | None:
    """When a frame shows, from its file's first; None where that is no movie that can be read."""
    from pickup.media.frames import FrameReader

    try:
        with FrameReader(address.file) as reader:
            at = reader.find(address.index, address.rate, start_known=address.start_known)
            return Fraction(at) / reader.rate if reader.rate else None
    except MediaError:
        return None


def _from_its_start(file: Path, timecode: Fraction) -> Fraction:
    """Seconds from a file's first picture, of which the document gives the timecode alone."""
    from pickup.media.frames import FrameReader

    try:
        with FrameReader(file) as reader:
            begins = Fraction(reader.start) / reader.rate if reader.rate else Fraction(0)
    except MediaError:  # A recording without pictures counts from its beginning.
        return timecode
    return timecode - begins if timecode >= begins else timecode


def _sound(piece: Piece, rate: int, channels: int) -> NDArray[np.float32]:
    """A piece as (samples, channels) at `rate`, -1 to 1."""
    import numpy as np
    from av.audio.resampler import AudioResampler

    from pickup.media.sound import SAMPLE_RATE, SoundReader

    layout = "stereo" if channels == 2 else "mono"
    resampler = AudioResampler(format="fltp", layout=layout, rate=rate)
    left, parts = round(piece.length * SAMPLE_RATE), []
    with SoundReader(piece.file, piece.start, piece.tempo) as reader:
        while left > 0:
            now = min(left, SAMPLE_RATE)
            parts += resampler.resample(reader.read(now))
            left -= now
    parts += resampler.resample(None)
    empty = np.zeros((channels, 0), np.float32)
    return np.concatenate([empty, *(part.to_ndarray() for part in parts)], axis=1, dtype="f4").T
