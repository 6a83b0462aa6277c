"""Small pictures of the frames beside the gaps, read when they are first seen."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from pickup_ui.models.player import image_of
from pickup_ui.qt import QImage, QObject, Signal
from pickup_ui.work.reels import FrameLoader

if TYPE_CHECKING:
    from pickup_ui.tasks import Tasks
    from pickup_ui.work.reels import Address

WIDTH, HEIGHT = 384, 216

_KEPT = 600


class Thumbnails(QObject):
    """Pictures by address.

    Signals:
        arrived: one or more have come.
    """

    arrived = Signal()

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._loader = FrameLoader()
        self._images: OrderedDict[Address, QImage | None] = OrderedDict()
        self._asked: set[Address] = set()

    def get(self, address: Address | None) -> QImage | None:
        """The picture if it is there; else it is asked for, and `arrived` follows."""
        if address is None:
            return None
        if address in self._images:
            self._images.move_to_end(address)
            return self._images[address]
        if address not in self._asked:
            self._asked.add(address)
            op = partial(self._loader.load, address, WIDTH, HEIGHT)
            self._tasks.run(op, partial(self._arrived, address), lane="thumbnails")
        return None

    def known(self, address: Address | None) -> bool:
        """Whether it was tried: a picture that is not there then cannot be had."""
        return address is None or address in self._images

    def _arrived(self, address: Address, rgb: object) -> None:
        self._asked.discard(address)
        self._images[address] = image_of(rgb)  # type: ignore[arg-type]
        while len(self._images) > _KEPT:
            self._images.popitem(last=False)
        self.arrived.emit()
