"""Sound and its clock, with an output of the test's own: what is given, what is heard, and when."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st

from pickup_ui.models.sound import Sound
from pickup_ui.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

RATE, FPS = 2400, Fraction(24)
"""A hundred samples a frame."""


class Speaker:
    """An output that plays as much as the test lets it."""

    rate, channels = RATE, 2

    def __init__(self, buffer: int = 480) -> None:
        self.buffer = buffer
        self.played: list[NDArray[np.int16]] = []
        self.given = self.heard = self.starts = 0
        self.running = self.gone = False

    def start(self) -> None:
        assert not self.running
        self.running, self.given, self.heard, self.played = True, 0, 0, []
        self.starts += 1

    def room(self) -> int:
        return self.buffer - (self.given - self.heard)

    def give(self, samples: NDArray[np.int16]) -> int:
        assert self.running
        taken = samples[: self.room()]
        self.played.append(taken.copy())
        self.given += len(taken)
        return len(taken)

    def waiting(self) -> int:
        return self.given - self.heard

    def lost(self) -> bool:
        return self.gone

    def stop(self) -> None:
        self.running = False

    def play(self, samples: int) -> None:
        """Time passes."""
        self.heard = min(self.given, self.heard + samples)

    def first(self) -> int:
        """The first sample given, which says its place in the mix."""
        return int(self.played[0][0, 0])


class Now:
    """Seconds that pass when they are told to."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def numbered(frames: int) -> NDArray[np.int16]:
    """A mix whose every sample is its own number."""
    return np.repeat(np.arange(frames * 100, dtype=np.int16)[:, None], 2, axis=1)


def mixer(frames: int) -> Callable[[int, int], NDArray[np.int16]]:
    def mix(rate: int, channels: int) -> NDArray[np.int16]:
        assert (rate, channels) == (RATE, 2)
        return numbered(frames)

    return mix


@pytest.fixture
def tasks(qapp: Any) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()
    shiboken6.delete(made)


class Bench:
    """A sound, its output, and a way to wait for its mixing."""

    def __init__(self, tasks: Tasks, qtbot: Any, found: Any = None) -> None:
        self.speaker, self.now, self._qtbot = Speaker(), Now(), qtbot
        self.looked: list[int] = []
        self.asked = 0

        def find() -> Any:
            self.looked.append(1)
            return found or self.speaker

        self.sound = Sound(tasks, find, lambda: None, now=self.now)
        self.sound.ready.connect(lambda: self.sound.start(self.asked))

    def play(self, frame: int = 0, frames: int = 20) -> Speaker:
        """Show a reel of so many frames, and wait until it is heard from `frame` on."""
        self.asked = frame
        self.sound.show(mixer(frames), FPS)
        self.sound.start(frame)
        self._qtbot.waitUntil(lambda: self.sound.running)
        return self.speaker


@pytest.fixture
def bench(tasks: Tasks, qtbot: Any) -> Bench:
    return Bench(tasks, qtbot)


def test_nothing_is_looked_for_before_something_is_played(bench, qtbot):
    bench.sound.show(mixer(20), FPS)
    qtbot.wait(20)
    assert bench.looked == []
    bench.sound.start(0)
    qtbot.waitUntil(lambda: bench.sound.running)
    assert bench.looked == [1]


def test_it_begins_at_the_frame_asked_for_and_fills_the_buffer(bench):
    speaker = bench.play(7)
    assert speaker.first() == 700
    assert speaker.room() == 0
    assert bench.sound.frame() == 7


def test_the_picture_is_where_the_ear_is_and_not_where_the_buffer_is(bench):
    speaker = bench.play(3)
    speaker.play(199)
    bench.sound.feed()
    assert bench.sound.frame() == 4
    speaker.play(1)
    assert bench.sound.frame() == 5


def test_it_loops_without_a_seam(bench):
    speaker = bench.play(18)
    for _ in range(30):
        speaker.play(100)
        bench.sound.feed()
    given = np.concatenate(speaker.played)[:, 0]
    assert list(given[:400]) == [*range(1800, 2000), *range(200)]
    assert np.all(np.diff(given.astype(int)) % 2000 == 1)
    assert bench.sound.frame() == (18 + 30) % 20


def test_without_a_loop_it_comes_to_the_end_and_says_so(bench):
    speaker = bench.play(17)
    bench.sound.loop = False
    speaker.play(speaker.given)
    bench.sound.feed()
    # What was given before knew of a loop; from now on nothing follows the last sample.
    frames = []
    for _ in range(10):
        speaker.play(100)
        bench.sound.feed()
        frames.append(bench.sound.frame())
    assert max(frames) >= 20
    assert speaker.waiting() == 0


def test_switched_off_it_stops_at_once_and_starts_no_more(bench):
    speaker = bench.play()
    told = []
    bench.sound.changed.connect(lambda: told.append(bench.sound.on))
    bench.sound.set_on(False)
    assert not speaker.running
    assert bench.sound.frame() is None
    bench.sound.start(0)
    assert not bench.sound.running
    bench.sound.set_on(True)
    bench.sound.start(5)
    assert speaker.first() == 500
    assert told == [False, True]


def test_another_reel_is_mixed_at_once_where_the_output_is_known(bench, qtbot):
    bench.play()
    bench.sound.show(mixer(10), FPS)
    assert not bench.sound.running
    with qtbot.waitSignal(bench.sound.ready):
        pass
    assert bench.speaker.starts == 2
    assert bench.looked == [1]


def test_the_mix_of_a_reel_that_is_shown_no_more_is_dropped(bench, tasks, qtbot):
    bench.play()
    mixed = []

    def of(name: str) -> Callable[[int, int], NDArray[np.int16]]:
        def mix(rate: int, channels: int) -> NDArray[np.int16]:
            mixed.append(name)
            return numbered(5)

        return mix

    ready = []
    bench.sound.ready.connect(lambda: ready.append(1))
    for name in "abcdef":
        bench.sound.show(of(name), FPS)
    qtbot.waitUntil(lambda: tasks.running == 0)
    assert mixed[-1] == "f"
    assert ready == [1]


def test_a_reel_without_sound_plays_by_the_clock_on_the_wall(bench, qtbot):
    bench.sound.show(lambda rate, channels: np.zeros((0, channels), np.int16), FPS)
    bench.sound.start(0)
    with qtbot.waitSignal(bench.sound.ready):
        pass
    assert not bench.sound.running
    assert bench.sound.frame() is None
    assert bench.sound.problem == ""


def test_a_device_that_goes_is_looked_for_anew(bench, qtbot):
    speaker = bench.play()
    speaker.gone = True
    bench.sound.feed()
    assert not bench.sound.running
    assert bench.sound.problem == ""
    speaker.gone = False
    bench.sound.start(0)
    qtbot.waitUntil(lambda: bench.sound.running)
    assert bench.looked == [1, 1]


def test_a_device_that_plays_nothing_does_not_hold_the_picture(bench):
    bench.play()
    bench.now.seconds = 2.9
    bench.sound.feed()
    assert bench.sound.running
    bench.now.seconds = 3.1
    bench.sound.feed()
    assert bench.sound.frame() is None
    assert bench.sound.problem == "The sound device does not play."


def test_one_that_plays_slowly_is_waited_for(bench):
    speaker = bench.play()
    for second in range(1, 20):
        bench.now.seconds = float(second)
        speaker.play(1)
        bench.sound.feed()
    assert bench.sound.running


def test_without_a_device_it_says_so_once_and_looks_again_when_switched_on(tasks, qtbot):
    bench = Bench(tasks, qtbot, found="This system has no sound device.")
    bench.sound.show(mixer(5), FPS)
    with qtbot.waitSignal(bench.sound.changed):
        bench.sound.start(0)
    assert bench.sound.problem == "This system has no sound device."
    bench.sound.start(0)
    qtbot.wait(20)
    assert bench.looked == [1]
    bench.sound.set_on(True)
    assert bench.sound.problem == ""
    with qtbot.waitSignal(bench.sound.changed):
        bench.sound.start(0)
    assert bench.looked == [1, 1]


def test_what_is_not_installed_stays_so(tasks):
    sound = Sound(tasks, lambda: pytest.fail("looked"), lambda: None, "Install it.")
    sound.show(mixer(5), FPS)
    sound.start(0)
    sound.set_on(False)
    sound.set_on(True)
    assert sound.problem == sound.lacking == "Install it."
    assert tasks.running == 0


def test_a_mix_that_fails_is_a_sentence(bench, qtbot, capsys):
    def breaks(rate: int, channels: int) -> Any:
        raise MemoryError("too long")

    bench.sound.show(breaks, FPS)
    with qtbot.waitSignal(bench.sound.changed):
        bench.sound.start(0)
    assert "MemoryError: too long" in bench.sound.problem
    assert "Traceback" in capsys.readouterr().err


@given(
    st.integers(0, 39),
    st.lists(st.tuples(st.integers(0, 700), st.booleans()), min_size=1, max_size=40),
    st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(60)]),
)
def test_what_is_given_is_always_the_mix_in_turn(start, beats, fps):
    """However unevenly the device plays and the panel feeds it, no sample is lost or doubled."""
    speaker = Speaker(buffer=500)
    sound = Sound.__new__(Sound)
    Sound.__init__(sound, None, lambda: speaker, lambda: None, now=Now())  # type: ignore[arg-type]
    samples = round(40 / fps * RATE)
    sound._output, sound._rate, sound._mixer = speaker, fps, mixer(40)
    sound._mix = np.repeat(np.arange(samples, dtype=np.int16)[:, None], 2, axis=1)
    sound.start(start)
    for played, fed in beats:
        speaker.play(played)
        if fed:
            sound.feed()
    given_now = np.concatenate(speaker.played)[:, 0].astype(int)
    first = round(start / fps * RATE) % samples
    assert list(given_now) == [(first + n) % samples for n in range(len(given_now))]
    heard = (first + speaker.heard) % samples
    frame = sound.frame()
    assert frame is not None
    assert frame == pytest.approx(heard / RATE * float(fps), abs=1.001)
    assert 0 <= frame <= 40
