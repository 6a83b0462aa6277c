"""Every frame of every kind of file is the one that was asked for."""

from __future__ import annotations

import hashlib
import os
import random
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import OpenImageIO as oiio
import pytest
from PIL import Image

from pickup.cut.model import ImageSequence, Media
from pickup.errors import MediaError
from pickup.media.frames import EndOfMedia, FrameReader, extract_frame
from pickup.media.probe import probe

from .conftest import number_of, numbered, write_movie

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAMES = 120

KINDS: dict[str, dict[str, Any]] = {
    "h264_long_gop.mov": {"options": {"bf": "3", "x264-params": "keyint=60:scenecut=0"}},
    "h264_open_gop.mkv": {
        "options": {"bf": "3", "x264-params": "keyint=24:scenecut=0:open-gop=1"},
        "rate": Fraction(24000, 1001),
    },
    "h264_open_gop.ts": {"options": {"bf": "3", "x264-params": "keyint=24:scenecut=0:open-gop=1"}},
    "h264_59.mp4": {"rate": Fraction(60000, 1001), "options": {"bf": "2"}},
    "h264.avi": {"options": {"bf": "2"}},
    "h264.h264": {"options": {"bf": "2"}},
    "mpeg2.mpg": {"codec": "mpeg2video", "options": {"bf": "2"}, "gop": 12},
    "mpeg2.ts": {"codec": "mpeg2video", "options": {"bf": "2"}, "gop": 12},
    "mpeg2.mxf": {"codec": "mpeg2video", "options": {"bf": "2"}, "gop": 12},
    "prores.mov": {"codec": "prores_ks", "pixel_format": "yuv422p10le"},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}},
    "mjpeg.avi": {"codec": "mjpeg", "pixel_format": "yuvj420p"},
}


@pytest.fixture(scope="module", params=KINDS, ids=str)
def movie(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("movies") / request.param
    return write_movie(path, FRAMES, **KINDS[request.param])


def test_every_frame_in_order(movie: Path) -> None:
    with FrameReader(movie) as reader:
        assert [number_of(reader.read(i)) for i in range(FRAMES)] == list(range(FRAMES))


def test_any_frame_at_random(movie: Path) -> None:
    order = random.Random(3).sample(range(FRAMES), 24)
    with FrameReader(movie) as reader:
        assert [number_of(reader.read(i)) for i in order] == order


def test_the_first_request_may_be_anywhere(movie: Path) -> None:
    for index in (FRAMES - 1, 61, 23, 1):
        with FrameReader(movie) as reader:
            assert number_of(reader.read(index)) == index


def test_beyond_the_end_is_told_with_the_count(movie: Path) -> None:
    with FrameReader(movie) as reader:
        for index in (FRAMES, FRAMES + 1, 10**7):
            with pytest.raises(EndOfMedia, match=f"has {FRAMES} frames"):
                reader.read(index)
        # The reader is still of use afterwards.
        assert number_of(reader.read(5)) == 5


def test_probe_counts_what_can_be_read(movie: Path) -> None:
    found = probe(movie)
    assert found.frames == FRAMES
    assert not found.variable_rate
    assert found.rate == KINDS[movie.name].get("rate", Fraction(25))


def test_variable_rate_is_read_by_time(tmp_path: Path) -> None:
    # Milliseconds; at 25 a frame lasts 40: the third is held for five, later ones come unevenly.
    stamps = [0, 40, 80, 280, 320, 350, 400, 440, 520, 560, 600, 640]
    path = write_movie(
        tmp_path / "vfr.mkv",
        len(stamps),
        stamps=stamps,
        time_base=Fraction(1, 1000),
        options={"bf": "2"},
    )
    with FrameReader(path) as reader:
        reader.rate = Fraction(25)
        reader._tick = Fraction(25, 1000)
        shown = [number_of(reader.read(i)) for i in range(17)]
        back = [number_of(reader.read(i)) for i in (12, 3, 16, 7)]
    expected = [max(k for k, s in enumerate(stamps) if s <= i * 40 + 10) for i in range(17)]
    assert shown == expected
    assert back == [expected[i] for i in (12, 3, 16, 7)]
    assert probe(path).variable_rate


def test_a_transport_stream_that_starts_anywhere(tmp_path: Path) -> None:
    path = write_movie(
        tmp_path / "late.ts", 80, container={"output_ts_offset": "5000"}, options={"bf": "2"}
    )
    with FrameReader(path) as reader:
        assert [number_of(reader.read(i)) for i in (70, 0, 33, 34, 79)] == [70, 0, 33, 34, 79]


def test_a_movie_cut_in_mid_gop_by_its_edit_list(tmp_path: Path) -> None:
    whole = write_movie(tmp_path / "whole.mp4", 90, options={"bf": "2"}, gop=30)
    cut = tmp_path / "cut.mp4"
    with av.open(str(whole)) as source, av.open(str(cut), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        base = stream.time_base
        assert base is not None
        offset = int(Fraction(40, 25) / base)
        for packet in source.demux(stream):
            # Packets from the key frame 30 on are kept; time zero is frame 40.
            if (
                packet.dts is None
                or packet.pts is None
                or packet.pts < int(Fraction(30, 25) / base)
            ):
                continue
            packet.pts -= offset
            packet.dts -= offset
            packet.stream = copy
            target.mux(packet)
    with FrameReader(cut) as reader:
        first = number_of(reader.read(0))
        wanted = [0, 5, 30, 44, 12]
        assert [number_of(reader.read(i)) - first for i in wanted] == wanted
    assert probe(cut).frames == 90 - first


def test_reading_in_order_decodes_each_frame_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_movie(tmp_path / "m.mov", 60)
    with FrameReader(path) as reader:
        monkeypatch.setattr(reader, "_seek", lambda index: pytest.fail("it sought"))
        for index in range(60):
            reader.read(index)


def test_far_frames_are_reached_without_decoding_all_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_movie(tmp_path / "m.mov", 400, gop=20, options={"bf": "2"})
    with FrameReader(path) as reader:
        monkeypatch.setattr(reader, "_open", lambda: pytest.fail("it began again"))
        seen = 0
        original = reader._peek

        def counted(held: av.VideoFrame) -> av.VideoFrame | None:
            nonlocal seen
            seen += 1
            return original(held)

        monkeypatch.setattr(reader, "_peek", counted)
        assert number_of(reader.read(390)) == 390
        assert seen < 60


def colour_movie(path: Path, rgb: tuple[int, int, int], tags: tuple[int, ...], **more: Any) -> None:
    """A flat movie made with FFmpeg's own conversion into the coding that the tags name."""
    primaries, transfer, matrix, range_ = tags
    words = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020"}
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=25, options={"crf": "1"})
        stream.width, stream.height = more.get("size", (64, 48))
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.color_primaries, context.color_trc = primaries, transfer
        context.colorspace, context.color_range = more.get("said", matrix), range_
        flat = np.full((stream.height, stream.width, 3), rgb, np.uint8)
        graph = av.filter.Graph()
        steps = [
            graph.add_buffer(width=stream.width, height=stream.height,
                             format=av.VideoFormat("rgb24"), time_base=Fraction(1, 25)),
            graph.add("scale", f"out_color_matrix={words[matrix]}:out_range={range_}"),
            graph.add("format", "yuv420p"),
            graph.add("buffersink"),
        ]  # fmt: skip
        graph.link_nodes(*steps).configure()
        for index in range(3):
            frame = av.VideoFrame.from_ndarray(flat, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            graph.vpush(frame)
            output.mux(stream.encode(graph.vpull()))
        output.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("tags", "more"),
    [
        ((1, 1, 1, 1), {}),
        ((1, 1, 1, 2), {}),
        ((6, 6, 6, 1), {}),
        ((5, 6, 5, 2), {}),
        ((2, 2, 6, 1), {"said": 2}),
        ((2, 2, 1, 1), {"said": 2, "size": (1280, 720)}),
    ],
    ids=["709", "709 full", "601", "601 full", "SD guessed", "HD guessed"],
)
def test_colour_comes_back_as_it_went_in(
    tmp_path: Path, tags: tuple[int, ...], more: dict[str, Any]
) -> None:
    wanted = (200, 60, 90)
    colour_movie(tmp_path / "c.mov", wanted, tags, **more)
    with FrameReader(tmp_path / "c.mov") as reader:
        got = reader.read(1)[20, 20].astype(int)
    assert np.abs(got - wanted).max() <= 3, got


def test_a_wide_gamut_is_mapped_into_the_screens(tmp_path: Path) -> None:
    # The same numbers mean a stronger red in BT.2020 than in BT.709.
    colour_movie(tmp_path / "wide.mov", (180, 90, 90), (9, 1, 9, 1))
    with FrameReader(tmp_path / "wide.mov") as reader:
        red, green, blue = reader.read(0)[20, 20].astype(int)
    assert red > 185
    assert green < 88
    assert abs(green - blue) < 12


def test_a_phone_held_upright(tmp_path: Path) -> None:
    def corner(index: int) -> NDArray[np.uint8]:
        rgb = np.zeros((64, 96, 3), np.uint8)
        rgb[:20, :20] = 250
        return rgb

    for degrees, where in ((90, (80, 10)), (180, (50, 80)), (-90, (10, 50))):
        path = write_movie(
            tmp_path / f"r{degrees}.mov", 5, size=(96, 64), rotation=degrees, picture=corner
        )
        with FrameReader(path) as reader:
            rgb = reader.read(2)
        turned = abs(degrees) == 90
        assert rgb.shape == ((96, 64, 3) if turned else (64, 96, 3))
        assert rgb[where].min() > 200, degrees
        assert probe(path).rotation == degrees % 360


def test_extract_writes_a_png_of_the_frame(take: Path, tmp_path: Path) -> None:
    out = tmp_path / "frames" / "before.png"
    picture = extract_frame(Media(path=take), 37, out)
    with Image.open(out) as png:
        assert png.format == "PNG"
        assert number_of(np.asarray(png)) == 37
        assert png.size == (picture.width, picture.height)
    assert picture.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert picture.index == 37
    assert [p.name for p in out.parent.iterdir()] == ["before.png"]


def test_extract_gives_the_same_bytes_again(take: Path, tmp_path: Path) -> None:
    one = extract_frame(Media(path=take), 12, tmp_path / "a.png")
    two = extract_frame(Media(path=take), 12, tmp_path / "b.png")
    assert one.sha256 == two.sha256


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "dpx", "exr"])
def test_a_frame_of_a_numbered_sequence(tmp_path: Path, suffix: str) -> None:
    for number in (10, 12, 14):
        oiio_image = oiio.ImageBuf(numbered(number).astype(np.float32) / 255)
        assert oiio_image.write(str(tmp_path / f"s.{number:04d}.{suffix}"), "uint8")
    sequence = ImageSequence(str(tmp_path), "s.", f".{suffix}", 10, 4, step=2)
    media = Media(path=tmp_path, sequence=sequence)
    extract_frame(media, 2, tmp_path / "out.png")
    assert number_of(np.asarray(Image.open(tmp_path / "out.png"))) == 14
    with pytest.raises(MediaError, match=r"s\.0016.*not there"):
        extract_frame(media, 3, tmp_path / "no.png")
    assert not (tmp_path / "no.png").exists()


def test_a_still_shows_itself_at_every_frame(tmp_path: Path) -> None:
    Image.fromarray(numbered(77)).save(tmp_path / "still.jpg")
    extract_frame(Media(path=tmp_path / "still.jpg"), 5000, tmp_path / "o.png")
    assert number_of(np.asarray(Image.open(tmp_path / "o.png"))) == 77


def test_a_photograph_taken_sideways(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(numbered(5)).save(tmp_path / "side.jpg", exif=exif)
    with FrameReader(tmp_path / "side.jpg") as reader:
        turned = reader.read(0)
    with Image.open(tmp_path / "side.jpg") as picture:
        upright = np.asarray(picture.transpose(Image.Transpose.ROTATE_270))
    assert np.abs(turned.astype(int) - upright).max() < 12


def test_before_the_first_frame(take: Path) -> None:
    with FrameReader(take) as reader, pytest.raises(MediaError, match="no frame -1"):
        reader.read(-1)


def test_media_without_a_local_file(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="not a file on this machine"):
        extract_frame(Media(url="https://example.com/a.mov"), 0, tmp_path / "o.png")


@pytest.mark.parametrize("text", ["concat:a|b", "http://127.0.0.1:1/a.mp4", "pipe:0", "a\0b"])
def test_names_are_never_addresses(text: str) -> None:
    with pytest.raises(MediaError):
        FrameReader(Path(text))


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{}\n#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile '{}'\n",
    "list.mp4": "ffconcat version 1.0\nfile '{}'\n",
    "list.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011">{}</MPD>',
    "list.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns={}\nm=video 5004 RTP/AVP 96\n",
    "art.ans": "\x1b[31mroot:x:0:0{}",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_no_playlist_opens_other_files(tmp_path: Path, take: Path, name: str) -> None:
    (tmp_path / name).write_text(PLAYLISTS[name].format(take))
    with pytest.raises(MediaError) as error:
        FrameReader(tmp_path / name)
    assert "\n" not in str(error.value)


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mov")
    for path in (tmp_path / "pipe.mov", tmp_path, Path("/dev/zero")):
        with pytest.raises(MediaError, match="not a file of media"):
            FrameReader(path)


def test_damaged_files_say_so(take: Path, tmp_path: Path) -> None:
    whole = take.read_bytes()
    for name, data in {
        "empty.mov": b"",
        "half.mp4": whole[: len(whole) // 2],
        "noise.mov": random.Random(1).randbytes(20_000),
        "text.mov": b"not a movie at all\n" * 50,
        "bad.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        "bad.exr": b"\x76\x2f\x31\x01" + b"\xff" * 100,
    }.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(MediaError, match=name), FrameReader(tmp_path / name) as reader:
            reader.read(59)


def test_sound_has_no_frames(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "s.wav"), "w") as output:
        stream = output.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        output.mux(stream.encode(frame))
    with pytest.raises(MediaError, match="no picture"):
        FrameReader(tmp_path / "s.wav")
    assert probe(tmp_path / "s.wav").audio_channels == 1
