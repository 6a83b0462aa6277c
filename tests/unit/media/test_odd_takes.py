"""Takes and media as nobody would make them on purpose: alpha, odd sound, uneven frames, HDR."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from tests.unit.media.conftest import number_of, numbered, write_movie

from pickup.media.conform import ConformSpec, conform
from pickup.media.frames import FrameReader
from pickup.media.images import read_image
from pickup.media.probe import probe

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

COLOUR = (200, 100, 50)


def spec(frames: int = 10, deliver: Any = "h264", **more: Any) -> ConformSpec:
    return ConformSpec(frames, Fraction(25), 192, 112, head=0, tail=0, deliver=deliver, **more)


def conformed(source: Path, wanted: ConformSpec, folder: Path) -> list[NDArray[np.uint8]]:
    made = conform(source, wanted, folder / "take", lambda _: None)
    if made.sequence_files:
        return [read_image(file) for file in sorted(made.path.parent.iterdir())]
    with FrameReader(made.path) as reader:
        return [reader.read(index) for index in range(made.frames)]


def with_alpha(path: Path, codec: str, pixel_format: str) -> Path:
    """Three frames: opaque, half transparent and wholly transparent thirds of one colour."""
    rgba = np.full((112, 192, 4), 255, np.uint8)
    rgba[..., :3] = COLOUR
    rgba[:, 64:128, 3], rgba[:, 128:, 3] = 128, 0
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 192, 112, pixel_format
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(rgba, format="rgba")
            output.mux(stream.encode(frame.reformat(format=pixel_format)))
        output.mux(stream.encode(None))
    return path


ALPHA = [
    ("a.mov", "prores_ks", "yuva444p10le"),
    ("a.mkv", "ffv1", "bgra"),
    ("b.mkv", "ffv1", "yuva420p"),
    ("b.mov", "qtrle", "argb"),
]


def near(found: NDArray[np.uint8], wanted: tuple[float, ...]) -> bool:
    return bool(np.abs(found.astype(float) - wanted).max() <= 6)


@pytest.mark.parametrize(("name", "codec", "pixel_format"), ALPHA, ids=[a[2] for a in ALPHA])
class TestTransparency:
    def test_it_lies_on_black(self, tmp_path: Path, name: str, codec: str, pixel_format: str):
        with FrameReader(with_alpha(tmp_path / name, codec, pixel_format)) as reader:
            rgb = reader.read(1)
        assert near(rgb[56, 32], COLOUR)
        assert near(rgb[56, 96], (100, 50, 25))
        assert near(rgb[56, 160], (0, 0, 0))

    def test_in_a_take_too(self, tmp_path: Path, name: str, codec: str, pixel_format: str):
        source = with_alpha(tmp_path / name, codec, pixel_format)
        first, *_ = conformed(source, spec(3, "prores422hq"), tmp_path)
        assert near(first[56, 32], COLOUR)
        assert near(first[56, 160], (0, 0, 0))


def test_the_thirds_stay_where_they_are_when_turned(tmp_path: Path):
    path = with_alpha(tmp_path / "a.mov", "qtrle", "argb")
    turned = tmp_path / "turned.mov"
    with av.open(str(path)) as source, av.open(str(turned), "w") as output:
        stream: Any = output.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                output.mux(packet)
    with FrameReader(turned) as reader:
        rgb = reader.read(0)
    assert rgb.shape == (192, 112, 3)
    assert near(rgb[160, 56], COLOUR)
    assert near(rgb[32, 56], (0, 0, 0))


class TestUnevenFrames:
    """Of sixty frames, those from 10 to 19 were never recorded."""

    kept = (*range(10), *range(20, 60))

    def source(self, folder: Path) -> Path:
        return write_movie(
            folder / "uneven.mp4",
            len(self.kept),
            stamps=self.kept,
            time_base=Fraction(1, 25),
            picture=lambda at: numbered(self.kept[at]),
        )

    @pytest.mark.parametrize("deliver", ["h264", "dpx"])
    def test_a_take_shows_at_each_instant_what_stood_there(self, tmp_path: Path, deliver: Any):
        frames = conformed(self.source(tmp_path), spec(40, deliver), tmp_path)
        shown = [number_of(frame) for frame in frames]
        assert len(shown) == 40
        for index, number in enumerate(shown):
            there = max(n for n in self.kept if n <= index)
            assert abs(number - there) <= 1 or (10 <= index < 20 and number == 9), index

    def test_it_is_told(self, tmp_path: Path):
        made = conform(self.source(tmp_path), spec(40), tmp_path / "take", lambda _: None)
        assert "made its uneven frames even" in made.changes


class TestSound:
    def source(self, folder: Path, layout: str, delay: float = 0.0) -> Path:
        """Two seconds of picture, with a tone in every channel that begins after `delay`."""
        path = folder / "sound.mov"
        with av.open(str(path), "w") as output:
            stream: Any = output.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = 192, 112, "yuv420p"
            audio: Any = output.add_stream("pcm_s16le", rate=44100, layout=layout)
            for index in range(50):
                frame = av.VideoFrame.from_ndarray(numbered(index), format="rgb24")
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
            channels = audio.codec_context.layout.nb_channels
            wave = (np.sin(np.arange(88200) * 2 * np.pi * 440 / 44100) * 16000).astype(np.int16)
            for start in range(0, 88200, 4410):
                piece = np.repeat(wave[start : start + 4410], channels)[None, :]
                sound = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(piece), format="s16", layout=layout
                )
                sound.sample_rate = 44100
                sound.pts, sound.time_base = start + int(delay * 44100), Fraction(1, 44100)
                output.mux(audio.encode(sound))
            output.mux(audio.encode(None))
        return path

    def loudness(self, path: Path) -> NDArray[np.float64]:
        """Of each tenth of a second, over all channels."""
        with av.open(str(path)) as movie:
            parts = [frame.to_ndarray() for frame in movie.decode(audio=0)]
            channels = movie.streams.audio[0].channels
        samples = np.concatenate(parts, axis=1).reshape(-1, channels).astype(float) / 2**31
        tenths = len(samples) // 4800
        loud: NDArray[np.float64] = np.abs(samples[: tenths * 4800]).reshape(tenths, -1).max(axis=1)
        return loud

    @pytest.mark.parametrize(("layout", "channels"), [("mono", 1), ("stereo", 2), ("5.1", 6)])
    @pytest.mark.parametrize("deliver", ["h264", "prores422hq"])
    def test_channels_are_kept(self, tmp_path: Path, layout: str, channels: int, deliver: Any):
        source = self.source(tmp_path, layout)
        made = conform(source, spec(25, deliver, audio=True), tmp_path / "take", lambda _: None)
        found = probe(made.path)
        assert (made.audio_channels, made.sample_rate) == (channels, 48000)
        assert (found.audio_channels, found.sample_rate) == (channels, 48000)
        assert self.loudness(made.path).min() > 0.3

    def test_sound_that_begins_late_begins_late(self, tmp_path: Path):
        source = self.source(tmp_path, "stereo", delay=0.5)
        made = conform(source, spec(40, audio=True), tmp_path / "take", lambda _: None)
        loud = self.loudness(made.path)
        assert loud[:4].max() < 0.01
        assert loud[6:15].min() > 0.3

    @pytest.mark.parametrize("deliver", ["dpx", "exr"])
    def test_pictures_alone_have_none(self, tmp_path: Path, deliver: Any):
        source = self.source(tmp_path, "stereo")
        made = conform(source, spec(3, deliver, audio=True), tmp_path / "take", lambda _: None)
        assert not made.has_audio


@pytest.mark.parametrize(("transfer", "name"), [(16, "smpte2084"), (18, "arib-std-b67")])
def test_a_take_in_hdr_is_brought_down_to_the_cuts_colours(
    tmp_path: Path, transfer: int, name: str
):
    path = tmp_path / "hdr.mov"
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 192, 112, "yuv420p10le"
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 9, transfer, 9
        context.color_range = 1
        for _ in range(3):
            grey = np.full((112, 192, 3), 60, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            output.mux(stream.encode(frame.reformat(format="yuv420p10le")))
        output.mux(stream.encode(None))
    assert probe(path).colour.transfer == name
    made = conform(path, spec(3), tmp_path / "take", lambda _: None)
    assert probe(made.path).colour.transfer == "bt709"
    with FrameReader(made.path) as reader:
        red, green, blue = (int(part) for part in reader.read(1)[56, 96])
    assert max(red, green, blue) - min(red, green, blue) <= 2  # grey stays grey
    assert 0 < green < 255
