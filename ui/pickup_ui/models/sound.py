"""The sound of what is judged, and the clock that it gives: the picture follows what is heard.

Sound plays at the cut's own speed alone; shuttled, stepped or switched off there is none, and the
judge goes by the clock on the wall.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Protocol

from pickup_ui.qt import QObject, Signal
from pickup_ui.strings import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from pickup_ui.tasks import Tasks

    Mixer = Callable[[int, int], NDArray[np.int16]]

_STUCK_SECONDS = 3.0
"""A device that plays nothing for so long never will; the picture must not wait for it."""


class Output(Protocol):
    """A device that plays samples.

    Attributes:
        rate: samples a second.
        channels: 1 or 2.
    """

    @property
    def rate(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def start(self) -> None: ...

    def room(self) -> int:
        """How many samples it takes now without waiting."""

    def give(self, samples: NDArray[np.int16]) -> int:
        """How many of them it has taken."""

    def waiting(self) -> int:
        """Samples that were given and have not been heard."""

    def lost(self) -> bool:
        """Whether it has gone: unplugged, or taken by another program."""

    def stop(self) -> None: ...


class Sound(QObject):
    """One reel's sound.

    Attributes:
        on: the user wants to hear it.
        lacking: what must be installed first, as a sentence; empty where it is there.
        problem: why nothing can be heard, as a sentence; empty where it can.
        loop: after the end it begins again.

    Args:
        find: asked on the main thread for the output; or why there is none.
        prepare: an op that imports what `find` needs.
        now: monotonic seconds.

    Signals:
        changed: another `on` or `problem`.
        ready: the sound of the reel is mixed.
    """

    changed = Signal()
    ready = Signal()

    def __init__(
        self,
        tasks: Tasks,
        find: Callable[[], Output | str],
        prepare: Callable[[], None],
        lacking: str = "",
        parent: QObject | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._tasks, self._find, self._prepare = tasks, find, prepare
        self.lacking = self.problem = lacking
        self.on = self.loop = True
        self._output: Output | None = None
        self._mixer: Mixer | None = None
        self._mix: NDArray[np.int16] | None = None
        self._generation = 0
        self._asked = False
        self._rate: Fraction | None = None
        self._running = False
        self._from = self._given = 0
        self._moved = (0, 0.0)

    @property
    def running(self) -> bool:
        return self._running

    def set_on(self, on: bool) -> None:
        """Hear it or not; switched on again, a device that was missing is looked for anew."""
        if on:
            self.problem = self.lacking
        else:
            self.stop()
        self.on = on
        self.changed.emit()

    def show(self, mixer: Mixer | None, rate: Fraction | None = None) -> None:
        """Another reel; it is mixed now if the output is known, else when it is first played.

        Args:
            mixer: an op that gives the samples for a rate and a number of channels.
            rate: frames a second of the reel.
        """
        self.stop()
        self._generation += 1
        self._mixer, self._mix, self._rate, self._asked = mixer, None, rate, False
        if self._output is not None and self.on:
            self._begin_mixing()

    def start(self, frame: int) -> None:
        """Play from a frame of the reel on; where it is not mixed yet, `ready` follows."""
        self.stop()
        if not self.on or self.problem or self._mixer is None or self._rate is None:
            return
        if self._output is None:
            self._tasks.run(self._prepare, lambda _: self._look(), self._fail, lane="sound")
        elif self._mix is None:
            self._begin_mixing()
        elif len(self._mix):
            self._from, self._given = round(frame / self._rate * self._output.rate), 0
            self._from %= len(self._mix)
            self._moved = (0, self._now())
            self._running = True
            self._output.start()
            self.feed()

    def stop(self) -> None:
        if self._running and self._output is not None:
            self._running = False
            self._output.stop()

    def feed(self) -> None:
        """Give the output what it has room for; asked often while playing."""
        if not self._running or self._output is None or self._mix is None:
            return
        if self._output.lost():
            self.stop()
            # The next start looks for another one, which may have another rate.
            self._output, self._mix, self._asked = None, None, False
            return
        heard, since = self._moved
        if self._heard(self._output) != heard:
            self._moved = self._heard(self._output), self._now()
        elif self._now() - since > _STUCK_SECONDS:
            self.stop()
            self._fail(tr("The sound device does not play."))
            return
        room = self._output.room()
        while room > 0:
            at = self._from + self._given
            if not self.loop and at >= len(self._mix):
                return
            at %= len(self._mix)
            taken = self._output.give(self._mix[at : at + room])
            if not taken:
                return
            self._given += taken
            room -= taken

    def frame(self) -> int | None:
        """The frame of the reel that is heard now; None where nothing plays.

        Without a loop, the first one after the end when all has been heard.
        """
        if not self._running or self._output is None or self._mix is None or self._rate is None:
            return None
        heard = self._from + self._heard(self._output)
        if self.loop:
            heard %= len(self._mix)
        # Samples stand for whole frames but for rounding: half a sample is allowed for.
        return int((heard + 0.5) / self._output.rate * self._rate)

    def _heard(self, output: Output) -> int:
        """Samples heard since the start."""
        return max(0, self._given - output.waiting())

    def _look(self) -> None:
        if self._output is None:
            found = self._find()
            if isinstance(found, str):
                self._fail(found)
                return
            self._output = found
        self._begin_mixing()

    def _begin_mixing(self) -> None:
        if self._asked or self._mixer is None or self._output is None:
            return
        self._asked = True
        generation, mixer = self._generation, self._mixer
        rate, channels = self._output.rate, self._output.channels

        def mix() -> NDArray[np.int16] | None:
            # Gaps are looked through faster than they are mixed.
            return mixer(rate, channels) if generation == self._generation else None

        self._tasks.run(mix, partial(self._mixed, generation), self._fail, lane="sound")

    def _mixed(self, generation: int, mix: NDArray[np.int16] | None) -> None:
        if generation == self._generation and mix is not None:
            self._mix = mix
            self.ready.emit()

    def _fail(self, problem: str) -> None:
        self.problem = problem
        self.changed.emit()
