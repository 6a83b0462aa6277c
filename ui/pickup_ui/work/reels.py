"""What is played when a take is judged: its neighbours' real frames, the take, the neighbours.

A reel is a list of addresses; `FrameLoader` brings the pictures.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pickup.cut.neighbours import Finder
from pickup.errors import MediaError
from pickup.timing import nominal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pickup.cut.gap import Neighbour
    from pickup.fill.takes import Take
    from pickup.media.frames import FrameReader
    from pickup.shots.request import ShotRequest
    from pickup_ui.work.opening import Opened

_OPEN_FILES = 6


@dataclass(frozen=True, slots=True)
class Address:
    """A frame: a file, and the number in it as `FrameReader.find` takes it."""

    file: Path
    index: int
    rate: Fraction | None = None
    start_known: bool = True


@dataclass(frozen=True, slots=True)
class Reel:
    """Frames to be shown one after the other at the cut's rate.

    Attributes:
        frames: None where no picture can be had.
        start: of the first frame, counted from the sequence's start.
        joins: positions in `frames` of the take's first frame, and of the first one after it.
    """

    frames: tuple[Address | None, ...]
    start: int
    joins: tuple[int, int]
    rate: Fraction


class ReelMaker:
    """Makes reels of one cut; asked many times, it looks through the cut once."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._finder: Finder | None = None

    def reel(self, shot: ShotRequest, take: Take | None, around: int | None = None) -> Reel:
        """A shot with its surroundings; without a take, the hole as it is.

        Args:
            around: frames on each side; a second by default.
        """
        cut, gap = self._opened.cut, shot.gap
        if self._finder is None:
            self._finder = Finder(cut)
        span = nominal(cut.rate) if around is None else around
        first, end = gap.start, gap.start + gap.duration
        lead = min(span, first)
        head = [self._shown(self._finder.before(f)) for f in range(first - lead, first)]
        body = [self._of_take(take, i) for i in range(gap.duration)]
        tail = [self._shown(self._finder.after(f)) for f in range(end, end + span)]
        while tail and tail[-1] is None:
            tail.pop()
        return Reel((*head, *body, *tail), first - lead, (lead, lead + gap.duration), cut.rate)

    def _of_take(self, take: Take | None, index: int) -> Address | None:
        if take is None:
            return None
        frame = take.head + index
        file = take.file_of(self._opened.folder, frame)
        return Address(file, 0 if take.sequence_files else frame)

    @staticmethod
    def _shown(neighbour: Neighbour | None) -> Address | None:
        return address_of(neighbour)


def address_of(neighbour: Neighbour | None) -> Address | None:
    """Where a neighbour's frame lies; None where it is not on this machine."""
    if neighbour is None or neighbour.index < 0:
        return None
    file, index = neighbour.media.file_at(neighbour.index)
    if file is None:
        return None
    return Address(file, index, neighbour.rate, neighbour.media.start_known)


class FrameLoader:
    """Reads frames by address, at the size they are shown at. Used by one thread at a time."""

    def __init__(self) -> None:
        self._readers: OrderedDict[Path, FrameReader] = OrderedDict()

    def load(self, address: Address, width: int, height: int) -> NDArray[np.uint8] | None:
        """A frame as RGB that fits into `width`×`height`; None where it cannot be read."""
        try:
            reader = self._reader(address.file)
            at = reader.find(address.index, address.rate, start_known=address.start_known)
            rgb = reader.read(at)
        except (MediaError, OSError):
            return None
        return shrunk(rgb, width, height, reader.pixel_aspect)

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()

    def _reader(self, file: Path) -> FrameReader:
        from pickup.media.frames import FrameReader

        reader = self._readers.get(file)
        if reader is None:
            reader = self._readers[file] = FrameReader(file)
            while len(self._readers) > _OPEN_FILES:
                self._readers.popitem(last=False)[1].close()
        self._readers.move_to_end(file)
        return reader


def shrunk(rgb: NDArray[np.uint8], width: int, height: int, aspect: Fraction) -> NDArray[np.uint8]:
    """A picture with square pixels, no larger than asked, its proportions kept."""
    import cv2
    import numpy as np

    rows, columns = rgb.shape[:2]
    shown = float(columns * aspect)
    scale = min(width / shown, height / rows, 1.0)
    size = max(1, round(shown * scale)), max(1, round(rows * scale))
    if size == (columns, rows):
        return np.ascontiguousarray(rgb)
    return np.ascontiguousarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def load_all(
    loader: FrameLoader, wanted: Iterable[tuple[int, Address]], width: int, height: int
) -> list[tuple[int, NDArray[np.uint8] | None]]:
    """Several frames with the positions they are for."""
    return [(position, loader.load(address, width, height)) for position, address in wanted]
