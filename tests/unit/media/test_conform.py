"""A conformed take is exactly what its gap asked for, in every form and at every rate."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import OpenImageIO as oiio
import pytest
from PIL import Image

from pickup.errors import MediaError, PickupError
from pickup.media.colour import BT709, ColourTags
from pickup.media.conform import Conformed, ConformSpec, conform
from pickup.media.frames import FrameReader
from pickup.media.images import read_image
from pickup.media.probe import probe

from .conftest import number_of, numbered, write_movie

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
    Fraction(120000, 1001),
    Fraction(15),
    Fraction(25, 2),
]


def spec(**changes: Any) -> ConformSpec:
    values: dict[str, Any] = {
        "frames": 30,
        "rate": Fraction(24),
        "width": 96,
        "height": 56,
        "start": 86_400,
        "reel": "PICKUP01",
    }
    return ConformSpec(**(values | changes))


def run(source: Path, wanted: ConformSpec, out: Path) -> Conformed:
    steps: list[float] = []
    result = conform(source, wanted, out, steps.append)
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, 1)
    return result


def numbers(path: Path, count: int) -> list[int]:
    with FrameReader(path) as reader:
        return [number_of(reader.read(i)) for i in range(count)]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("deliver", ["h264", "prores422hq"])
def test_a_movie_keeps_every_promise(
    take: Path, tmp_path: Path, deliver: Any, rate: Fraction
) -> None:
    wanted = spec(deliver=deliver, rate=rate, frames=25, head=0, tail=0, start=round(rate) * 3600)
    made = run(take, wanted, tmp_path / "shot")
    found = probe(made.path)
    assert (found.frames, found.rate) == (25, rate)
    assert (found.width, found.height, found.pixel_aspect) == (96, 56, Fraction(1))
    assert (found.start, found.reel) == (round(rate) * 3600, "PICKUP01")
    assert found.colour == ColourTags("smpte170m", "bt709", "smpte170m", "tv")
    assert found.codec == {"h264": "h264", "prores422hq": "prores"}[deliver]
    with av.open(str(made.path)) as movie:
        assert sum(1 for _ in movie.decode(video=0)) == 25
        stream: Any = movie.streams.video[0]
        assert stream.duration * stream.time_base == 25 / rate


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("deliver", ["dpx", "exr"])
def test_a_sequence_keeps_every_promise(
    take: Path, tmp_path: Path, deliver: Any, rate: Fraction
) -> None:
    start = round(rate) * 3600
    wanted = spec(deliver=deliver, rate=rate, frames=5, head=0, tail=2, start=start)
    made = run(take, wanted, tmp_path / "shot")
    files = sorted((tmp_path / "shot").iterdir())
    assert [f.name for f in files] == [f"shot.{start + i:011d}.{deliver}" for i in range(7)]
    assert (made.path, made.sequence_files, made.frames) == (files[0], 7, 7)
    header = oiio.ImageBuf(str(files[3])).spec()
    assert (header.width, header.height) == (96, 56)
    assert str(header.format) == {"dpx": "uint16", "exr": "half"}[deliver]
    if deliver == "dpx":
        assert header.get_int_attribute("oiio:BitsPerSample") == 10
        assert header.get_float_attribute("dpx:FrameRate") == pytest.approx(float(rate))
    else:
        assert Fraction(*header.getattribute("FramesPerSecond")) == rate
    found = probe(files[3])
    assert found.start == (start + 3 if round(rate) <= 80 else None)
    assert found.reel == "PICKUP01"


@pytest.mark.parametrize("deliver", ["dpx", "exr"])
def test_a_sequence_shows_the_takes_frames(tmp_path: Path, deliver: Any) -> None:
    source = write_movie(tmp_path / "t.mov", 12, size=(96, 56))
    made = run(source, spec(deliver=deliver, rate=Fraction(25), frames=12), tmp_path / "s")
    files = sorted(made.path.parent.iterdir())
    assert [number_of(read_image(f)) for f in files] == list(range(12))
    # White stays white, and mid grey is light of the 2.4th power in a linear file.
    pixels: Any = oiio.ImageBuf(str(files[1])).get_pixels(oiio.FLOAT)
    dark = pixels[20, 4, 0]
    assert dark == pytest.approx((16 / 255) ** (2.4 if deliver == "exr" else 1), abs=0.02)


def test_a_take_at_the_cuts_rate_is_used_frame_for_frame(take: Path, tmp_path: Path) -> None:
    made = run(take, spec(frames=40), tmp_path / "shot")
    assert (made.frames, made.head, made.tail, made.start) == (48, 0, 8, 86_400)
    assert numbers(made.path, 48) == list(range(48))
    assert made.changes == ("trimmed 12 frames at its end", "scaled 192×112 → 96×56")


def test_handles_on_both_sides_are_the_takes_own(take: Path, tmp_path: Path) -> None:
    wanted = spec(frames=40, source_head=10, source_tail=10, fit_ends=True)
    made = run(take, wanted, tmp_path / "shot")
    assert (made.frames, made.head, made.tail) == (56, 8, 8)
    assert made.start == 86_400 - 8
    assert probe(made.path).start == 86_400 - 8
    assert numbers(made.path, 56) == list(range(2, 58))


def test_no_timecode_below_zero(take: Path, tmp_path: Path) -> None:
    made = run(take, spec(frames=10, source_head=20, start=3), tmp_path / "shot")
    assert (made.head, made.start, probe(made.path).start) == (3, 0, 0)
    assert numbers(made.path, 2) == [17, 18]


def test_bound_ends_stay_at_the_ends(take: Path, tmp_path: Path) -> None:
    made = run(take, spec(frames=58, fit_ends=True), tmp_path / "shot")
    shown = numbers(made.path, 58)
    assert (shown[0], shown[-1], made.tail) == (0, 59, 0)
    assert any("hastened by 3.5 %" in change for change in made.changes)


def test_another_rate_is_sampled_in_time(take: Path, tmp_path: Path) -> None:
    made = run(take, spec(frames=50, rate=Fraction(30), tail=0), tmp_path / "shot")
    expected = [int(Fraction(i * 24, 30) + Fraction(1, 2)) for i in range(50)]
    assert numbers(made.path, 50) == expected


def test_too_short_a_take_holds_its_last_frame(take: Path, tmp_path: Path) -> None:
    made = run(take, spec(frames=90), tmp_path / "shot")
    assert numbers(made.path, 90)[55:62] == [55, 56, 57, 58, 59, 59, 59]
    assert "padded 30 frames by holding the last" in made.changes


def test_drop_frame_timecode_across_a_minute(take: Path, tmp_path: Path) -> None:
    rate = Fraction(30000, 1001)
    wanted = spec(rate=rate, frames=20, start=1790 + 107_892, drop_frame=True, tail=0)
    made = run(take, wanted, tmp_path / "shot")
    found = probe(made.path)
    assert (found.start, found.drop_frame) == (1790 + 107_892, True)


def test_timecode_runs_over_at_midnight(take: Path, tmp_path: Path) -> None:
    made = run(take, spec(frames=10, start=24 * 86_400 + 5), tmp_path / "shot")
    assert probe(made.path).start == 5


@pytest.mark.parametrize("deliver", ["h264", "prores422hq", "dpx", "exr"])
@pytest.mark.parametrize("size", [(97, 55), (96, 55), (97, 56), (16, 16)], ids=str)
def test_odd_rasters_are_kept(
    take: Path, tmp_path: Path, deliver: Any, size: tuple[int, int]
) -> None:
    wanted = spec(deliver=deliver, width=size[0], height=size[1], frames=3, tail=0)
    found = probe(run(take, wanted, tmp_path / "shot").path)
    assert (found.width, found.height) == size


@pytest.mark.parametrize("deliver", ["h264", "prores422hq"])
def test_high_definition_is_tagged_709(take: Path, tmp_path: Path, deliver: Any) -> None:
    wanted = spec(deliver=deliver, width=1280, height=720, frames=2, tail=0)
    assert probe(run(take, wanted, tmp_path / "shot").path).colour == BT709


def flat(size: tuple[int, int], rgb: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.full((size[1], size[0], 3), rgb, np.uint8)


@pytest.mark.parametrize("deliver", ["h264", "prores422hq", "dpx"])
@pytest.mark.parametrize("size", [(96, 56), (1280, 720)], ids=str)
def test_colour_stays_what_it_was(tmp_path: Path, deliver: Any, size: tuple[int, int]) -> None:
    # The take is SD, coded as BT.601; in HD the same colour has other numbers.
    colour = (200, 60, 90)
    source = write_movie(tmp_path / "t.mov", 4, picture=lambda _: flat((192, 112), colour))
    with FrameReader(source) as reader:
        before = reader.read(0)[50, 50].astype(int)
    made = run(
        source, spec(deliver=deliver, width=size[0], height=size[1], frames=2), tmp_path / "s"
    )
    with FrameReader(made.path) as reader:
        after = reader.read(0)[size[1] // 2, size[0] // 2].astype(int)
    assert np.abs(before - after).max() <= 3


def test_another_shape_is_shown_whole_with_bars(tmp_path: Path) -> None:
    source = write_movie(tmp_path / "t.mov", 4, picture=lambda _: flat((192, 112), (220, 220, 220)))
    made = run(source, spec(width=60, height=120, frames=2), tmp_path / "s")
    with FrameReader(made.path) as reader:
        column = reader.read(0)[:, 30].mean(axis=1)
    assert column[:36].max() < 20
    assert column[84:].max() < 20
    assert column[48:72].min() > 200
    assert "scaled 192×112 → 60×120 with black bars above and below" in made.changes


def test_nearly_the_same_shape_fills_the_raster(tmp_path: Path) -> None:
    source = write_movie(tmp_path / "t.mov", 4, picture=lambda _: flat((192, 112), (220, 220, 220)))
    made = run(source, spec(width=192, height=110, frames=2), tmp_path / "s")
    with FrameReader(made.path) as reader:
        assert reader.read(0).min() > 200


def test_anamorphic_rasters_show_circles_as_circles(tmp_path: Path) -> None:
    def square(_: int) -> NDArray[np.uint8]:
        rgb = flat((160, 120), (0, 0, 0))
        rgb[40:80, 60:100] = 240
        return rgb

    source = write_movie(tmp_path / "t.mov", 4, size=(160, 120), picture=square)
    wanted = spec(width=180, height=144, pixel_aspect=Fraction(16, 15), frames=2)
    made = run(source, wanted, tmp_path / "s")
    assert probe(made.path).pixel_aspect == Fraction(16, 15)
    with FrameReader(made.path) as reader:
        bright = reader.read(0)[..., 0] > 128
    width, height = bright.any(axis=0).sum(), bright.any(axis=1).sum()
    assert width * 16 / 15 == pytest.approx(height, rel=0.06)


def test_an_upright_phone_take_is_turned(tmp_path: Path) -> None:
    source = write_movie(
        tmp_path / "t.mov", 4, rotation=90, size=(112, 64),
        picture=lambda _: flat((112, 64), (220, 220, 220)),
    )  # fmt: skip
    made = run(source, spec(width=64, height=112, frames=2), tmp_path / "s")
    found = probe(made.path)
    assert (found.width, found.height, found.rotation) == (64, 112, 0)
    with FrameReader(made.path) as reader:
        assert reader.read(0).min() > 200


def heard(path: Path) -> NDArray[np.float64]:
    with av.open(str(path)) as movie:
        pieces = [frame.to_ndarray() for frame in movie.decode(audio=0)]
    return np.concatenate(pieces, axis=1).reshape(-1, 2).astype(float) / 2**31


@pytest.mark.parametrize("deliver", ["h264", "prores422hq"])
def test_sound_is_as_long_as_the_picture(take: Path, tmp_path: Path, deliver: Any) -> None:
    rate = Fraction(24000, 1001)
    made = run(take, spec(rate=rate, frames=41, audio=True, deliver=deliver), tmp_path / "s")
    assert (made.has_audio, made.audio_channels, made.sample_rate) == (True, 2, 48_000)
    sound = heard(made.path)
    assert len(sound) == round(made.frames * 48_000 / rate)
    loud = np.sqrt((sound[4800:-4800] ** 2).mean())
    assert loud == pytest.approx(0.5 / 2**0.5, rel=0.05)
    spectrum = np.abs(np.fft.rfft(sound[:, 0]))
    assert spectrum.argmax() * 48_000 / len(sound) == pytest.approx(440, abs=2)


def test_sound_falls_silent_where_the_take_ends(take: Path, tmp_path: Path) -> None:
    made = run(take, spec(frames=96, audio=True), tmp_path / "s")
    sound = heard(made.path)
    assert len(sound) == 96 * 2000
    assert np.abs(sound[-48_000:]).max() == 0


def test_sound_only_where_it_is_wanted(take: Path, tmp_path: Path) -> None:
    assert probe(run(take, spec(), tmp_path / "s").path).audio_channels == 0
    silent = write_movie(tmp_path / "t.mov", 40)
    assert not run(silent, spec(audio=True), tmp_path / "t").has_audio


def test_metadata_travels_in_the_movie(take: Path, tmp_path: Path) -> None:
    made = run(take, spec(metadata={"synthetic": "true", "comment": "take 1"}), tmp_path / "s")
    with av.open(str(made.path)) as movie:
        assert movie.metadata["synthetic"] == "true"
        assert movie.metadata["comment"] == "take 1"


@pytest.mark.parametrize("deliver", ["h264", "prores422hq", "dpx"])
def test_the_same_take_gives_the_same_bytes(take: Path, tmp_path: Path, deliver: Any) -> None:
    made = [run(take, spec(deliver=deliver), tmp_path / side / "s") for side in "ab"]
    one, two = (hashlib.sha256(m.path.read_bytes()).digest() for m in made)
    assert one == two


def test_a_still_is_held(tmp_path: Path) -> None:
    Image.fromarray(numbered(9)).save(tmp_path / "still.png")
    made = run(tmp_path / "still.png", spec(frames=6), tmp_path / "s")
    assert numbers(made.path, 6) == [9] * 6


def test_a_sequence_takes_the_place_of_an_older_one(take: Path, tmp_path: Path) -> None:
    run(take, spec(deliver="dpx", frames=5, tail=0), tmp_path / "s")
    run(take, spec(deliver="dpx", frames=3, tail=0), tmp_path / "s")
    assert len(list((tmp_path / "s").iterdir())) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["s"]


def test_a_name_with_dots_stays_whole(take: Path, tmp_path: Path) -> None:
    assert run(take, spec(), tmp_path / "sh010.v01").path.name == "sh010.v01.mov"


@pytest.mark.parametrize("deliver", ["h264", "dpx"])
def test_a_damaged_take_leaves_nothing_behind(take: Path, tmp_path: Path, deliver: Any) -> None:
    source = tmp_path / "half.mkv"
    whole = write_movie(tmp_path / "whole.mkv", 60, gop=10).read_bytes()
    source.write_bytes(whole[:300])
    (tmp_path / "whole.mkv").unlink()
    with pytest.raises(MediaError, match=r"half\.mkv"):
        conform(source, spec(deliver=deliver), tmp_path / "s", lambda _: None)
    assert [p.name for p in tmp_path.iterdir()] == ["half.mkv"]


@pytest.mark.parametrize("deliver", ["h264", "prores422hq", "dpx", "exr"])
def test_a_failure_midway_leaves_nothing_behind(take: Path, tmp_path: Path, deliver: Any) -> None:
    def stop(done: float) -> None:
        if done > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        conform(take, spec(deliver=deliver), tmp_path / "s", stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("deliver", ["h264", "prores422hq", "dpx"])
def test_a_full_disk_is_told_and_leaves_nothing_behind(
    take: Path, tmp_path: Path, deliver: Any
) -> None:
    resource = pytest.importorskip("resource", reason="only POSIX limits the size of files")
    # A limit on the size of files fails writes as a full disk does.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, limits[1]))
    try:
        with pytest.raises(PickupError) as error:
            conform(take, spec(deliver=deliver), tmp_path / "s", lambda _: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(take: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for deliver in ("h264", "dpx"):
        with pytest.raises(PickupError, match="cannot be written"):
            conform(take, spec(deliver=deliver), tmp_path / "file" / "s", lambda _: None)


def test_a_take_that_is_all_handle(take: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="all of them are handles"):
        conform(take, spec(source_head=60), tmp_path / "s", lambda _: None)


def test_an_unknown_form(take: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be delivered as 'gif'"):
        conform(take, spec(deliver="gif"), tmp_path / "s", lambda _: None)


def test_a_take_of_sound_alone_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "take.wav"), "w") as output:
        stream = output.add_stream("pcm_s16le", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.int16), "s16", "mono")
        frame.sample_rate = 48_000
        output.mux([*stream.encode(frame), *stream.encode(None)])
    with pytest.raises(MediaError, match=r"take\.wav.*holds sound but no picture"):
        conform(tmp_path / "take.wav", spec(), tmp_path / "shot", lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["take.wav"]


def test_an_older_sequence_stays_where_the_new_one_cannot_take_its_place(
    take: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = spec(frames=2, head=0, tail=0, deliver="dpx")
    folder = conform(take, wanted, tmp_path / "shot", lambda _: None).path.parent
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    replace = type(tmp_path).replace

    def held(self: Path, target: Path) -> Path:
        if target == folder and not self.name.endswith(".old"):
            raise PermissionError(13, "it is held by another program")
        return replace(self, target)

    monkeypatch.setattr(type(tmp_path), "replace", held)
    with pytest.raises(PickupError, match="held by another program"):
        conform(take, wanted, tmp_path / "shot", lambda _: None)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert list(tmp_path.iterdir()) == [folder]
