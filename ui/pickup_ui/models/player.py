"""One reel's pictures, brought as they are needed and let go again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pickup_ui.qt import QImage
from pickup_ui.work.reels import FrameLoader, load_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pickup_ui.models.judge import Judge
    from pickup_ui.work.reels import Reel

_MEMORY = 320_000_000
"""Bytes of pictures kept for playing."""

_BATCH = 8
"""Frames read by one op: short, so that a jump elsewhere is not kept waiting."""

_LEAST = 48
"""Pictures kept whatever they weigh."""


class Player:
    """One reel's pictures, brought as they are needed.

    Attributes:
        reel: None while there is nothing to show.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._loader = FrameLoader()
        self.reel: Reel | None = None
        self.take = ""
        self._pictures: dict[int, QImage | None] = {}
        self._asked: set[int] = set()
        self._generation = 0
        self._bytes = 0

    def show(self, reel: Reel | None, take: str) -> None:
        self.reel, self.take = reel, take
        self.forget()

    def forget(self) -> None:
        """Bring the pictures anew, as at another size."""
        self._generation += 1
        self._pictures.clear()
        self._asked.clear()
        self._bytes = 0

    def picture(self, position: int) -> QImage | None:
        return self._pictures.get(position)

    def has(self, position: int) -> bool:
        """Whether a position is known, be it that there is no picture."""
        return position in self._pictures or (
            self.reel is not None
            and 0 <= position < len(self.reel.frames)
            and self.reel.frames[position] is None
        )

    def fetch(self, positions: Sequence[int]) -> None:
        """Have pictures brought, if they are not there or on their way."""
        if self.reel is None:
            return
        frames = self.reel.frames
        wanted = [
            (p, frames[p])
            for p in positions
            if 0 <= p < len(frames) and frames[p] is not None and p not in self._asked
        ]
        for start in range(0, len(wanted), _BATCH):
            batch: Any = wanted[start : start + _BATCH]
            self._asked |= {p for p, _ in batch}
            width, height = self._judge.size
            op = partial(load_all, self._loader, batch, width, height)
            arrived = partial(self._arrived, self._generation)
            self._judge.tasks.run(op, arrived, lane="pictures")

    def _arrived(
        self, generation: int, pictures: list[tuple[int, NDArray[np.uint8] | None]]
    ) -> None:
        if generation != self._generation:
            return
        for position, rgb in pictures:
            image = image_of(rgb)
            self._pictures[position] = image
            self._bytes += image.sizeInBytes() if image else 0
        self._trim()
        self._judge.arrived(self)

    def _trim(self) -> None:
        """Let go of what is farthest from what is shown."""
        here = self._judge.position
        while self._bytes > _MEMORY and len(self._pictures) > _LEAST:
            far = max(self._pictures, key=lambda p: abs(p - here))
            image = self._pictures.pop(far)
            self._asked.discard(far)
            self._bytes -= image.sizeInBytes() if image else 0


def image_of(rgb: NDArray[np.uint8] | None) -> QImage | None:
    """An RGB array as a picture of Qt's, with memory of its own."""
    if rgb is None:
        return None
    rows, columns = rgb.shape[:2]
    image = QImage(rgb.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)
