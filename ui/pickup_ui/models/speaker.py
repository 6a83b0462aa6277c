"""The system's sound device by QtMultimedia, which is imported when something is first played.

QtMultimedia is in PySide6-Addons, a large package of which the panel needs nothing else, so the
panel goes without it where it is not installed.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from pickup.errors import PickupError
from pickup_ui.strings import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtMultimedia import QAudioDevice, QAudioFormat

    from pickup_ui.models.sound import Output

_MODULE = "PySide6.QtMultimedia"

_BUFFER_SECONDS = 0.2
"""What is given ahead: longer than the panel is ever busy, short enough to stop at once."""


def lacking() -> str:
    """What to install before anything can be heard; empty where it is there."""
    if importlib.util.find_spec(_MODULE) is not None:
        return ""
    return tr("To hear sound, install it: {command}", command='pip install "pickup-shots[sound]"')


def prepare() -> None:
    """Import QtMultimedia; an op, for it takes longer than the panel may be busy.

    Raises:
        PickupError: it is there, but a library that it needs is not.
    """
    try:
        importlib.import_module(_MODULE)
    except ImportError as error:
        raise PickupError(f"Sound cannot be played: {error}.") from error


def speaker() -> Output | str:
    """The system's default output, or why there is none."""
    from PySide6.QtMultimedia import QMediaDevices

    device = QMediaDevices.defaultAudioOutput()
    if device.isNull():
        return tr("This system has no sound device.")
    form = _format(device)
    if form is None:
        return tr("{device} takes no samples that the panel can give.", device=device.description())
    return _Speaker(device, form)


def _format(device: QAudioDevice) -> QAudioFormat | None:
    """16 bits or floats in one or two channels at the device's own rate."""
    from PySide6.QtMultimedia import QAudioFormat

    formats = QAudioFormat.SampleFormat
    form = device.preferredFormat()
    form.setChannelCount(min(2, max(1, form.channelCount())))
    for kind in (formats.Int16, formats.Float):
        form.setSampleFormat(kind)
        if device.isFormatSupported(form):
            return form
    return None


class _Speaker:
    """See `sound.Output`."""

    def __init__(self, device: QAudioDevice, form: QAudioFormat) -> None:
        from PySide6.QtMultimedia import QAudioFormat, QAudioSink

        self.rate, self.channels = form.sampleRate(), form.channelCount()
        self._floats = form.sampleFormat() == QAudioFormat.SampleFormat.Float
        self._bytes = form.bytesPerFrame()
        self._sink = QAudioSink(device, form)
        self._sink.setBufferSize(form.bytesForDuration(round(_BUFFER_SECONDS * 1_000_000)))
        self._pipe: Any = None

    def start(self) -> None:
        self._pipe = self._sink.start()

    def room(self) -> int:
        return self._sink.bytesFree() // self._bytes

    def give(self, samples: NDArray[np.int16]) -> int:
        data = (samples / 32768).astype("float32") if self._floats else samples
        return 0 if self._pipe is None else max(0, self._pipe.write(data.tobytes())) // self._bytes

    def waiting(self) -> int:
        return (self._sink.bufferSize() - self._sink.bytesFree()) // self._bytes

    def lost(self) -> bool:
        from PySide6.QtMultimedia import QtAudio

        fine = (QtAudio.Error.NoError, QtAudio.Error.UnderrunError)
        return self._pipe is None or self._sink.error() not in fine

    def stop(self) -> None:
        self._pipe = None
        self._sink.reset()
        self._sink.stop()
