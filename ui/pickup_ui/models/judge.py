"""Judging: a reel that plays at the cut's rate, one or two takes beside each other."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from pickup_ui.models import speaker
from pickup_ui.models.player import Player
from pickup_ui.models.sound import Sound
from pickup_ui.qt import QElapsedTimer, QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from pickup.fill.takes import Take
    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState
    from pickup_ui.work.reels import Reel

_AHEAD = 48
"""Pictures asked for while playing."""


class Compare(Enum):
    """How the second take is shown beside the first."""

    OFF = "off"
    SIDE = "side"
    WIPE = "wipe"


class Judge(QObject):
    """What the viewer shows of the shot that is looked at, and what is heard.

    Args:
        parent: the session by default.
        sound: where it is heard; the system's own device by default.

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

    def __init__(
        self, session: Session, parent: QObject | None = None, *, sound: Sound | None = None
    ) -> None:
        super().__init__(parent or session)
        self.session, self.tasks = session, session.tasks
        self.sound = sound or Sound(
            session.tasks, speaker.speaker, speaker.prepare, speaker.lacking(), self
        )
        self.sound.on = session.settings.kept.sound
        self.sound.ready.connect(self._hear)
        self.size = (640, 360)
        self.position = 0
        self.speed = 0
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
        if session.current:
            self._look(session.current)

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

    @property
    def loop(self) -> bool:
        """After the end it begins again."""
        return self.sound.loop

    @loop.setter
    def loop(self, loop: bool) -> None:
        self.sound.loop = loop

    @property
    def audible(self) -> bool:
        """Whether it is heard when it is played."""
        return self.sound.on and not self.sound.problem

    def set_sound(self, on: bool) -> None:
        """Hear it, or not; remembered."""
        self.sound.set_on(on)
        self.session.settings.set(sound=on)
        self._keep_time()
        self._hear()

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
        self._keep_time()
        self._hear()
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
        self._keep_time()
        self._hear()
        self._timer.start(max(4, int(500 / float(self.reel.rate * abs(speed)))))
        self._fetch()
        self.playing_changed.emit()

    def stop(self) -> None:
        if self.playing:
            self.speed = 0
            self._timer.stop()
            self.sound.stop()
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
        reel = self.session.reels().reel(state.shot, self._take(name))
        player.show(reel, name)
        if player is self.main:
            self._take_sound(reel)

    def _set_other(self) -> None:
        """Compare with the chosen take, else any other, else the hole."""
        state = self.state
        names = [t.name for t in state.takes if t.name != self.main.take] if state else []
        self._set(self.other, names[-1] if names else "")

    def _take_sound(self, reel: Reel) -> None:
        """The sound of another reel; what plays goes on at the frame where it is."""
        opened = self.session.opened
        assert opened is not None
        cut = opened.cut

        def mix(rate: int, channels: int) -> NDArray[np.int16]:
            from pickup_ui.work.sounds import mix_reel

            return mix_reel(cut, reel, rate, channels)

        self.sound.show(mix, reel.rate)
        self._keep_time()
        self._hear()

    def _hear(self) -> None:
        """Sound from here on, at the cut's own speed alone."""
        if self.speed == 1:
            self.sound.start(self.position)
        else:
            self.sound.stop()

    def _keep_time(self) -> None:
        """Count the time from here."""
        self._from = self.position
        self._clock.start()

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
        self.sound.feed()
        position = self._due(self.reel.rate)
        if not 0 <= position < self.length:
            if not self.loop:
                # A beat that comes late may lie far beyond: the last frame is shown all the same.
                end = self.length - 1 if self.speed > 0 else 0
                self.stop()
                self.seek(end)
                return
            position %= self.length
        if position == self.position:
            return
        skipped = abs(position - self.position) - abs(self.speed)
        if 0 < skipped < self.length // 2:
            self.late += skipped
        self.position = position
        self._shown()

    def _due(self, rate: Fraction) -> int:
        """The position for now: what is heard, else by the clock on the wall."""
        heard = self.sound.frame()
        if heard is None:
            moved = self._clock.elapsed() * float(rate) / 1000 * self.speed
            return self._from + int(moved)
        # Should the sound break off, the wall clock goes on from what was heard last.
        self._from = heard
        self._clock.start()
        return heard

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

        def measure() -> tuple[float | None, float | None]:
            from pickup_ui.work.colour import steps_at_joins

            return steps_at_joins(reel)

        def measured(steps: tuple[float | None, float | None]) -> None:
            if self.main.take == name:
                self.steps = steps
                self.step_changed.emit()

        self.tasks.run(measure, measured)
