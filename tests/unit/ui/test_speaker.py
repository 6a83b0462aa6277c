"""The device, by a QtMultimedia of the test's own: what is asked of it, and what it is given."""

from __future__ import annotations

import enum
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pickup.errors import PickupError
from pickup_ui.models import speaker


class Kind(enum.Enum):
    UInt8, Int16, Int32, Float = range(1, 5)


class Form:
    """`QAudioFormat`."""

    SampleFormat = Kind

    def __init__(self, rate: int = 44_100, channels: int = 2, kind: Kind = Kind.Float) -> None:
        self._rate, self._channels, self._kind = rate, channels, kind

    def sampleRate(self) -> int:
        return self._rate

    def channelCount(self) -> int:
        return self._channels

    def setChannelCount(self, channels: int) -> None:
        self._channels = channels

    def sampleFormat(self) -> Kind:
        return self._kind

    def setSampleFormat(self, kind: Kind) -> None:
        self._kind = kind

    def bytesPerFrame(self) -> int:
        return self._channels * {Kind.Int16: 2, Kind.Float: 4}[self._kind]

    def bytesForDuration(self, microseconds: int) -> int:
        return self._rate * microseconds // 1_000_000 * self.bytesPerFrame()


class Device:
    def __init__(self, form: Form, takes: set[Kind], there: bool = True) -> None:
        self.form, self.takes, self.there = form, takes, there

    def isNull(self) -> bool:
        return not self.there

    def description(self) -> str:
        return "Monitors"

    def preferredFormat(self) -> Form:
        return self.form

    def isFormatSupported(self, form: Form) -> bool:
        return form.sampleFormat() in self.takes


class Error(enum.Enum):
    NoError, OpenError, UnderrunError, FatalError = range(4)


class Sink:
    """`QAudioSink` in push mode: holds what it was given until the test lets it play."""

    last: Sink

    def __init__(self, device: Device, form: Form) -> None:
        self.form, self.data, self.state, self.wrong = form, b"", "stopped", Error.NoError
        self.size = 0
        Sink.last = self

    def setBufferSize(self, size: int) -> None:
        self.size = size

    def bufferSize(self) -> int:
        return self.size

    def bytesFree(self) -> int:
        return self.size - len(self.data)

    def start(self) -> Any:
        self.state = "active"

        def write(data: bytes) -> int:
            taken = data[: self.bytesFree()]
            self.data += taken
            return len(taken)

        return SimpleNamespace(write=write)

    def error(self) -> Error:
        return self.wrong

    def reset(self) -> None:
        self.data = b""

    def stop(self) -> None:
        self.state = "stopped"


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    made = Device(Form(), {Kind.Int16, Kind.Float})
    module = ModuleType("PySide6.QtMultimedia")
    outputs = SimpleNamespace(defaultAudioOutput=lambda: made)
    names = {"QMediaDevices": outputs, "QAudioFormat": Form, "QAudioSink": Sink}
    module.__dict__.update(names, QtAudio=SimpleNamespace(Error=Error))
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", module)
    return made


def found() -> Any:
    made = speaker.speaker()
    assert not isinstance(made, str), made
    return made


def test_no_device_is_a_sentence(device: Device):
    device.there = False
    assert speaker.speaker() == "This system has no sound device."


def test_one_that_takes_neither_is_named(device: Device):
    device.takes = {Kind.UInt8}
    assert speaker.speaker() == "Monitors takes no samples that the panel can give."


@pytest.mark.parametrize(("channels", "used"), [(1, 1), (2, 2), (8, 2), (0, 1)])
def test_the_devices_own_rate_and_two_channels_at_most(device: Device, channels: int, used: int):
    device.form = Form(96_000, channels)
    made = found()
    assert (made.rate, made.channels) == (96_000, used)


def test_whole_numbers_are_given_as_they_are(device: Device):
    made = found()
    made.start()
    samples = np.array([[1, -2], [300, 32767]], np.int16)
    assert made.give(samples) == 2
    assert np.frombuffer(Sink.last.data, np.int16).tolist() == [1, -2, 300, 32767]


def test_where_only_floats_are_taken_they_are_made(device: Device):
    device.takes = {Kind.Float}
    made = found()
    made.start()
    assert made.give(np.array([[16384, -32768]], np.int16)) == 1
    assert np.frombuffer(Sink.last.data, np.float32).tolist() == [0.5, -1.0]


def test_it_holds_a_fifth_of_a_second_and_counts_in_samples(device: Device):
    made = found()
    made.start()
    assert made.room() == 44_100 // 5
    assert made.give(np.zeros((100, 2), np.int16)) == 100
    assert (made.room(), made.waiting()) == (8720, 100)
    assert made.give(np.zeros((100_000, 2), np.int16)) == 8720
    assert made.room() == 0
    Sink.last.data = Sink.last.data[8000:]
    assert made.waiting() == 8820 - 2000


def test_stopped_it_forgets_what_waits_and_can_begin_anew(device: Device):
    made = found()
    assert made.give(np.zeros((5, 2), np.int16)) == 0, "not before it is started"
    made.start()
    made.give(np.zeros((5, 2), np.int16))
    made.stop()
    assert (Sink.last.state, Sink.last.data) == ("stopped", b"")
    assert made.lost()
    made.start()
    assert not made.lost()


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (Error.NoError, False),
        (Error.UnderrunError, False),
        (Error.OpenError, True),
        (Error.FatalError, True),
    ],
)
def test_only_a_device_that_is_gone_is_lost(device: Device, error: Error, lost: bool):
    made = found()
    made.start()
    Sink.last.wrong = error
    assert made.lost() is lost


class TestWhatIsInstalled:
    @pytest.fixture(autouse=True)
    def _asked_for_real(self, monkeypatch: pytest.MonkeyPatch, real_lacking: Any) -> None:
        monkeypatch.setattr(speaker, "lacking", real_lacking)

    def test_without_addons_it_says_what_to_run(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        assert speaker.lacking() == ('To hear sound, install it: pip install "pickup-shots[sound]"')

    def test_asking_imports_nothing(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
        monkeypatch.delitem(sys.modules, "PySide6.QtMultimedia", raising=False)
        assert speaker.lacking() == ""
        assert "PySide6.QtMultimedia" not in sys.modules

    def test_a_library_that_is_missing_is_named(self, monkeypatch: pytest.MonkeyPatch):
        def broken(name: str) -> None:
            raise ImportError("libpulse.so.0: cannot open shared object file")

        monkeypatch.setattr("importlib.import_module", broken)
        with pytest.raises(PickupError, match="cannot be played: libpulse"):
            speaker.prepare()
