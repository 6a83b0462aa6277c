"""Sound from far into a long file: to the sample, and without decoding what lies before."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from pickup.media.sound import SAMPLE_RATE, SoundReader

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 40


def clicks(path: Path, codec: str, rate: int = SAMPLE_RATE) -> Path:
    """A click at each half second, as high as its number, above silence."""
    with av.open(str(path), "w") as movie:
        sound: Any = movie.add_stream(codec, rate=rate)
        sound.layout = "mono"
        samples = np.zeros(SECONDS * rate, np.float32)
        for n in range(1, SECONDS * 2):
            samples[n * rate // 2 : n * rate // 2 + 48] = 0.2 + n / 200
        for start in range(0, len(samples), 1024):
            frame = AudioFrame.from_ndarray(samples[None, start : start + 1024], "fltp", "mono")
            frame.sample_rate, frame.pts = rate, start
            frame.time_base = Fraction(1, rate)
            movie.mux(sound.encode(frame))
        movie.mux(sound.encode(None))
    return path


def read(path: Path, start: Fraction, seconds: float = 1) -> np.ndarray[Any, Any]:
    with SoundReader(path, start, Fraction(1)) as reader:
        whole = reader.read(round(seconds * SAMPLE_RATE)).to_ndarray()
    return np.asarray(whole[0] / 2**31, np.float64)


@pytest.mark.parametrize(
    ("name", "codec", "tolerance"),
    [
        ("a.wav", "pcm_s16le", 0),
        ("a.mov", "pcm_s24le", 0),
        ("a.flac", "flac", 0),
        ("a.m4a", "aac", 96),
    ],
)
@pytest.mark.parametrize("start", [Fraction(3), Fraction(25), Fraction(77, 2) - Fraction(1, 3)])
def test_what_begins_there_is_what_lies_there(tmp_path, name, codec, tolerance, start):
    sound = read(clicks(tmp_path / name, codec), start)
    first = int(np.argmax(sound > 0.12))
    number = -(-start * 2 // 1)
    assert abs(first - round((number / Fraction(2) - start) * SAMPLE_RATE)) <= tolerance
    top = sound[first : first + 40].max()
    assert top == pytest.approx(0.2 + float(number) / 200, abs=0.002 if not tolerance else 0.12)


def test_it_does_not_decode_what_lies_before(tmp_path, monkeypatch):
    path = clicks(tmp_path / "a.mov", "pcm_s16le")
    reader = SoundReader(path, Fraction(35), Fraction(1))
    real, decoded = reader._graph, []

    def noted(frame: Any) -> Any:
        decoded.append(float(frame.time))
        return real(frame)

    monkeypatch.setattr(reader, "_graph", noted)
    with reader:
        reader.read(100)
    assert 33 < decoded[0] <= 34.1


def test_beyond_the_end_is_silence(tmp_path):
    assert not read(clicks(tmp_path / "a.wav", "pcm_s16le"), Fraction(SECONDS + 5)).any()


def test_another_rate_is_brought_to_ours(tmp_path):
    sound = read(clicks(tmp_path / "a.wav", "pcm_s16le", 44_100), Fraction(25))
    loud = np.flatnonzero(sound > 0.2)
    assert loud[0] < 4
    assert abs(loud[loud > 1000][0] - SAMPLE_RATE // 2) < 4
