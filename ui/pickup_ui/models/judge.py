"""Judging: a reel that plays at the cut's rate, one or two takes beside each other."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

from pickup_ui.qt import QElapsedTimer, QImage, QObject, Qt, QTimer, Signal
from pickup_ui.work.reels import FrameLoader, load_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pickup.fill.takes import Take
    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState
    from pickup_ui.work.reels import Reel

_MEMORY = 320_000_000
"""Bytes of pictures kept for playing."""

_BATCH = 8
"""Frames read by one op: short, so that a jump elsewhere is not kept waiting."""

_AHEAD = 48


class Compare(Enum):
    """How the second take is shown beside the first."""

    OFF = "off"
    SIDE = "side"
    WIPE = "wipe"


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

    def close(self) -> None:
        self._judge.tasks.run(self._loader.close, lane="pictures")

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
        while self._bytes > _MEMORY and len(self._pictures) > _AHEAD:
            far = max(self._pictures, key=lambda p: abs(p - here))
            image = self._pictures.pop(far)
            self._asked.discard(far)
            self._bytes -= image.sizeInBytes() if image else 0


class Judge(QObject):
    """What the viewer shows of the shot that is looked at.

    Signals:
        reel_changed: another take, or another shot.
        frame_changed: another position, or its picture has come.
        playing_changed: it plays, or stands.
        step_changed: the colour steps at the joins are known.
    """

    reel_changed = Signal()
    frame_changed = Signal()
    playing_changed = Signal()
    step_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.tasks = session, session.tasks
        self.size = (640, 360)
        self.position = 0
        self.speed = 0
        self.loop = True
        self.compare = Compare.OFF
        self.steps: tuple[float | None, float | None] | None = None
        self.late = 0
        self.main, self.other = Player(self), Player(self)
        self._shot = ""
        self._clock = QElapsedTimer()
        self._from = 0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        session.current_changed.connect(self._look)
        session.shot_changed.connect(self._maybe)
        session.playhead_changed.connect(self._follow)

    # What is shown.

    @property
    def state(self) -> ShotState | None:
        return self.session.state_of(self._shot)

    @property
    def reel(self) -> Reel | None:
        return self.main.reel

    @property
    def take(self) -> Take | None:
        """The take that is shown."""
        return self._take(self.main.take)

    @property
    def other_take(self) -> Take | None:
        return self._take(self.other.take)

    @property
    def length(self) -> int:
        return len(self.reel.frames) if self.reel else 0

    @property
    def playing(self) -> bool:
        return self.speed != 0

    def show_take(self, name: str) -> None:
        """Show a take of the present shot; an empty name shows the hole as it is."""
        self._set(self.main, name)
        if self.other.take == name:
            self._set_other()
        self._measure()
        self.reel_changed.emit()
        self._fetch()

    def next_take(self, by: int = 1) -> None:
        state = self.state
        if state is None or not state.takes:
            return
        names = [take.name for take in state.takes]
        at = names.index(self.main.take) + by if self.main.take in names else 0
        self.show_take(names[at % len(names)])

    def set_compare(self, how: Compare) -> None:
        self.compare = how
        if how is not Compare.OFF and self.other.reel is None:
            self._set_other()
        self.reel_changed.emit()
        self._fetch()

    def compare_with(self, name: str) -> None:
        """Another take to compare with; an empty name is the hole, as before."""
        self._set(self.other, name)
        self.reel_changed.emit()
        self._fetch()

    def set_size(self, width: int, height: int) -> None:
        """The viewer's pixels; pictures are read anew when it has grown by much."""
        width, height = min(max(width, 160), 1280), min(max(height, 90), 720)
        old = self.size
        if width > old[0] * 1.25 or height > old[1] * 1.25 or width < old[0] / 2:
            self.size = (width, height)
            self.main.forget()
            self.other.forget()
            self._fetch()

    # Moving and playing.

    def seek(self, position: int) -> None:
        """Show one position; playing goes on from there."""
        if not self.length:
            return
        self.position = max(0, min(position, self.length - 1))
        self._from = self.position
        if self.playing:
            self._clock.restart()
        self._shown()

    def step(self, by: int) -> None:
        """Frame by frame."""
        self.stop()
        self.seek(self.position + by)

    def to_join(self, which: int) -> None:
        """To the take's first frame, or to its last."""
        if self.reel is not None:
            self.stop()
            self.seek(self.reel.joins[0] if which == 0 else self.reel.joins[1] - 1)

    def play(self, speed: int = 1) -> None:
        """Play at the cut's rate times `speed`; negative is backwards."""
        if not self.length or self.reel is None:
            return
        self.speed, self.late = speed, 0
        self._from = self.position
        self._clock.start()
        self._timer.start(max(4, int(500 / float(self.reel.rate * abs(speed)))))
        self._fetch()
        self.playing_changed.emit()

    def stop(self) -> None:
        if self.playing:
            self.speed = 0
            self._timer.stop()
            self.playing_changed.emit()

    def toggle(self) -> None:
        if self.playing:
            self.stop()
        else:
            self.play()

    def shuttle(self, direction: int) -> None:
        """J and L: play that way, twice as fast each time; the other way stops first."""
        if self.speed * direction < 0:
            self.stop()
        elif self.speed == 0:
            self.play(direction)
        else:
            self.play(max(-8, min(8, self.speed * 2)))

    def close(self) -> None:
        self.stop()
        self.main.close()
        self.other.close()

    def arrived(self, player: Player) -> None:
        """Pictures of a player have come."""
        if player.has(self.position) or not self.playing:
            self.frame_changed.emit()

    # Inside.

    def _take(self, name: str) -> Take | None:
        state = self.state
        return next((t for t in state.takes if t.name == name), None) if state else None

    def _look(self, shot: str) -> None:
        self.stop()
        self._shot = shot
        self.compare = Compare.OFF
        self.other.show(None, "")
        state = self.state
        if state is None:
            self.main.show(None, "")
            self.reel_changed.emit()
            return
        best = state.chosen or next(
            (t for t in reversed(state.takes) if t.name not in state.rejected), None
        )
        self._set(self.main, best.name if best else "")
        self.position = self.reel.joins[0] if self.reel else 0
        self._measure()
        self.reel_changed.emit()
        self._fetch()

    def _maybe(self, shot: str) -> None:
        """A first take has come of what is looked at: show it."""
        state = self.state
        if shot != self._shot or state is None:
            return
        if not self.main.take and state.takes:
            self.show_take(state.takes[-1].name)
        else:
            self.reel_changed.emit()

    def _set(self, player: Player, name: str) -> None:
        state = self.state
        if state is None:
            player.show(None, "")
            return
        player.show(self.session.reels().reel(state.shot, self._take(name)), name)

    def _set_other(self) -> None:
        """Compare with the chosen take, else any other, else the hole."""
        state = self.state
        names = [t.name for t in state.takes if t.name != self.main.take] if state else []
        self._set(self.other, names[-1] if names else "")

    def _follow(self, frame: int) -> None:
        """The playhead was moved on the strip."""
        if self.reel is not None and not self.playing:
            position = frame - self.reel.start
            if 0 <= position < self.length and position != self.position:
                self.position = position
                self.frame_changed.emit()
                self._fetch()

    def _beat(self) -> None:
        if self.reel is None:
            return
        moved = int(self._clock.elapsed() * float(self.reel.rate) / 1000 * self.speed)
        position = self._from + moved
        if not 0 <= position < self.length:
            if not self.loop:
                self.stop()
                return
            position %= self.length
        if position == self.position:
            return
        skipped = abs(position - self.position) - abs(self.speed)
        if 0 < skipped < self.length // 2:
            self.late += skipped
        self.position = position
        self._shown()

    def _shown(self) -> None:
        self._fetch()
        self.frame_changed.emit()
        if self.reel is not None:
            self.session.set_playhead(self.reel.start + self.position)

    def _fetch(self) -> None:
        if not self.length:
            return
        ahead = range(self.position, self.position + _AHEAD)
        if self.speed < 0:
            ahead = range(self.position, self.position - _AHEAD, -1)
        span = _AHEAD if self.playing else 6
        positions = [p % self.length for p in ahead[:span]]
        self.main.fetch(positions)
        if self.compare is not Compare.OFF:
            self.other.fetch(positions)

    def _measure(self) -> None:
        """Ask for the colour steps at the joins."""
        self.steps = None
        reel, name = self.reel, self.main.take
        self.step_changed.emit()
        if reel is None or not name:
            return
        first, end = reel.joins
        pairs = [(first - 1, first), (end - 1, end)]
        addresses = [
            tuple(reel.frames[p] if 0 <= p < len(reel.frames) else None for p in pair)
            for pair in pairs
        ]

        def measure() -> tuple[float | None, float | None]:
            from pickup_ui.work.colour import step

            loader = FrameLoader()
            try:
                found: list[float | None] = []
                for one, other in addresses:
                    a = loader.load(one, 320, 180) if one else None
                    b = loader.load(other, 320, 180) if other else None
                    found.append(step(a, b) if a is not None and b is not None else None)
            finally:
                loader.close()
            return found[0], found[1]

        def measured(steps: tuple[float | None, float | None]) -> None:
            if self.main.take == name:
                self.steps = steps
                self.step_changed.emit()

        self.tasks.run(measure, measured)


def image_of(rgb: NDArray[np.uint8] | None) -> QImage | None:
    """An RGB array as a picture of Qt's, with memory of its own."""
    if rgb is None:
        return None
    rows, columns = rgb.shape[:2]
    image = QImage(rgb.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)
