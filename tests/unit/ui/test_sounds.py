"""What a reel sounds like: whose sound, from where in its file, and when."""

from __future__ import annotations

import wave
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from hypothesis import given
from hypothesis import strategies as st
from tests.e2e.footage import numbered

from pickup.cut.model import Cut, Item, ItemKind, Media, TimeMap, Track
from pickup_ui.work.reels import Address, Reel
from pickup_ui.work.sounds import LONGEST_SECONDS, Piece, mix_reel, pieces_of

if TYPE_CHECKING:
    from pathlib import Path

FPS, RATE = 24, 48_000


def level(seconds: Any) -> Any:
    """A sample's height says its time in the file: a hundredth for each second."""
    return np.asarray(seconds) / 100


def talkie(path: Path, seconds: float = 4, fps: Fraction | int = FPS, timecode: str = "") -> Path:
    """A movie whose sound says when it is."""
    with av.open(str(path), "w") as movie:
        if timecode:
            movie.metadata["timecode"] = timecode
        picture: Any = movie.add_stream("mpeg4", rate=Fraction(fps))
        picture.width, picture.height, picture.pix_fmt = 96, 64, "yuv420p"
        sound: Any = movie.add_stream("pcm_s16le", rate=RATE)
        sound.layout = "stereo"
        for number in range(round(seconds * fps)):
            movie.mux(picture.encode(av.VideoFrame.from_ndarray(numbered(number), "rgb24")))
        times = np.arange(round(seconds * RATE)) / RATE
        samples = (np.repeat(level(times)[:, None], 2, axis=1) * 32767).astype(np.int16)
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = RATE
        movie.mux(sound.encode(frame))
        for stream in (picture, sound):
            movie.mux(stream.encode(None))
    return path


def recording(path: Path, seconds: float = 4, *, value: float | None = None) -> Path:
    """A mono sound file, of one level or saying when it is."""
    times = np.arange(round(seconds * RATE)) / RATE
    heights = level(times) if value is None else np.full(len(times), value)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((heights * 32767).astype("<i2").tobytes())
    return path


def silent_film(path: Path) -> Path:
    with av.open(str(path), "w") as movie:
        picture: Any = movie.add_stream("mpeg4", rate=FPS)
        picture.width, picture.height, picture.pix_fmt = 96, 64, "yuv420p"
        movie.mux(picture.encode(av.VideoFrame.from_ndarray(numbered(0), "rgb24")))
        movie.mux(picture.encode(None))
    return path


def reel_of(*parts: tuple[Path | None, int, int], start: int = 0, hole: int = 1) -> Reel:
    """A reel of runs of frames: file, first frame, how many; the part `hole` is the gap."""
    frames: list[Address | None] = []
    joins = (0, 0)
    for number, (file, first, count) in enumerate(parts):
        if number == hole:
            joins = (len(frames), len(frames) + count)
        frames += [Address(file, first + i) if file else None for i in range(count)]
    return Reel(tuple(frames), start, joins, Fraction(FPS))


def heard(mix: np.ndarray[Any, Any], frame: float, rate: int = RATE) -> float:
    """The level at a frame of the reel."""
    return float(mix[round(frame / FPS * rate)].mean()) / 32767


PLAIN = Cut("plain", Fraction(FPS))


class TestWithoutTracks:
    """The pictures' own files are heard."""

    def test_each_stretch_sounds_from_where_its_pictures_are(self, tmp_path):
        clip, take = talkie(tmp_path / "a.mov"), talkie(tmp_path / "t.mov")
        reel = reel_of((clip, 10, 24), (take, 8, 12), (clip, 60, 24))
        mix = mix_reel(PLAIN, reel, RATE, 2)
        assert mix.shape == (60 * 2000, 2)
        for frame, source in ((0, 10), (12, 22), (23, 33), (24.5, 8.5), (35, 19), (36.5, 60.5)):
            assert heard(mix, frame) == pytest.approx(level(source / FPS), abs=2e-4), frame

    def test_the_hole_is_silent(self, tmp_path):
        clip = talkie(tmp_path / "a.mov")
        mix = mix_reel(PLAIN, reel_of((clip, 10, 24), (None, 0, 12), (clip, 60, 24)), RATE, 2)
        assert not mix[24 * 2000 + 100 : 36 * 2000 - 100].any()
        assert mix[1000].any()

    def test_a_cut_between_two_places_of_one_file_is_two_runs(self, tmp_path):
        clip = talkie(tmp_path / "a.mov")
        reel = reel_of((clip, 0, 6), (clip, 40, 6), (None, 0, 4), hole=2)
        mix = mix_reel(PLAIN, reel, RATE, 2)
        assert heard(mix, 3) == pytest.approx(level(3 / FPS), abs=2e-4)
        assert heard(mix, 9) == pytest.approx(level(43 / FPS), abs=2e-4)

    def test_media_of_another_rate_keep_their_speed(self, tmp_path):
        clip = talkie(tmp_path / "a.mov", fps=25)
        numbers = [int(n * 25 / FPS) for n in range(24)]
        frames = tuple(Address(clip, n) for n in numbers)
        reel = Reel((*frames, None), 0, (24, 25), Fraction(FPS))
        (piece,) = pieces_of(PLAIN, reel)
        assert piece.tempo == 1
        mix = mix_reel(PLAIN, reel, RATE, 2)
        assert heard(mix, 20) == pytest.approx(level(20 / FPS), abs=2e-4)

    @pytest.mark.parametrize(("step", "pieces"), [(2, [Fraction(2)]), (-1, []), (0, []), (9, [])])
    def test_what_is_retimed(self, tmp_path, step, pieces):
        """Twice as fast is heard so; backwards, frozen or racing is not."""
        clip = talkie(tmp_path / "a.mov")
        frames = tuple(Address(clip, 50 + step * n) for n in range(4))
        found = pieces_of(PLAIN, Reel((*frames, None), 0, (4, 5), Fraction(FPS)))
        assert [piece.tempo for piece in found] == pieces

    def test_files_that_are_gone_or_dumb_are_silence(self, tmp_path):
        dumb = silent_film(tmp_path / "dumb.mov")
        (tmp_path / "broken.mov").write_bytes(b"no movie")
        reel = reel_of((tmp_path / "gone.mov", 0, 8), (dumb, 0, 8), (tmp_path / "broken.mov", 0, 8))
        assert {piece.file for piece in pieces_of(PLAIN, reel)} <= {dumb}
        assert mix_reel(PLAIN, reel, RATE, 2).shape == (0, 2)

    def test_frames_that_a_document_counts_its_own_way(self, tmp_path):
        """At its own rate, and from the file's timecode where it knows no start."""
        clip = talkie(tmp_path / "a.mov", timecode="01:00:00:00")
        hour = 3600 * FPS
        known = tuple(Address(clip, 2 * n, Fraction(48)) for n in range(24))
        by_code = tuple(Address(clip, hour + n, None, start_known=False) for n in range(24))
        for frames in (known, by_code):
            mix = mix_reel(PLAIN, Reel((*frames, None), 0, (24, 25), Fraction(FPS)), RATE, 2)
            # The instant of a frame is allowed a quarter of one.
            assert heard(mix, 20) == pytest.approx(level(20 / FPS), abs=3e-4)


class TestTracks:
    """A cut with sound of its own is heard as it was edited."""

    def cut(self, *items: Item, enabled: bool = True) -> Cut:
        tracks = [Track("video"), Track("audio", items=list(items), enabled=enabled)]
        return Cut("edited", Fraction(FPS), tracks=tracks)

    def clip(self, file: Path, start: int, end: int, source: int = 0, **more: Any) -> Item:
        media = Media(path=file, start=more.pop("media_start", Fraction(0)))
        seconds = Fraction(source, FPS) + media.start
        return Item(ItemKind.CLIP, "a", start, end, media=media, source_start=seconds, **more)

    def test_it_runs_on_under_the_gap_and_the_take_comes_on_top(self, tmp_path):
        music = recording(tmp_path / "music.wav", value=0.25)
        take = talkie(tmp_path / "t.mov")
        reel = reel_of((None, 0, 24), (take, 8, 12), (None, 0, 24), start=100)
        mix = mix_reel(self.cut(self.clip(music, 90, 180)), reel, RATE, 2)
        around, under = heard(mix, 12), heard(mix, 30)
        assert around > 0.15
        assert under == pytest.approx(around + level(14 / FPS), abs=1e-3)

    def test_the_neighbours_own_sound_is_not_heard_then(self, tmp_path):
        voice, clip = recording(tmp_path / "v.wav", value=0.1), talkie(tmp_path / "a.mov")
        reel = reel_of((clip, 10, 24), (None, 0, 12), (clip, 60, 24))
        mix = mix_reel(self.cut(self.clip(voice, 0, 6)), reel, RATE, 2)
        assert heard(mix, 3) > 0.05
        assert heard(mix, 12) == 0

    @pytest.mark.parametrize("media_start", [Fraction(0), Fraction(3600)])
    def test_timecode_and_trims_are_heeded(self, tmp_path, media_start):
        file = recording(tmp_path / "v.wav")
        item = self.clip(file, 12, 60, source=24, media_start=media_start)
        reel = reel_of((None, 0, 24), (None, 0, 12), (None, 0, 24), start=20)
        (piece,) = pieces_of(self.cut(item), reel)
        assert (piece.at, piece.length) == (Fraction(0), Fraction(40, FPS))
        assert piece.start == Fraction(24 + 8, FPS)
        mono = mix_reel(self.cut(item), reel, RATE, 1)
        assert heard(mono, 10) == pytest.approx(level((32 + 10) / FPS), abs=2e-4)
        assert not mono[41 * 2000 :].any()

    @pytest.mark.parametrize(("name", "code"), [("a.mov", 3600), ("a.mov", 0), ("v.wav", 0)])
    def test_a_document_that_gives_timecodes_alone(self, tmp_path, name, code):
        if name == "a.mov":
            file = talkie(tmp_path / name, timecode="01:00:00:00")
        else:
            file = recording(tmp_path / name)
        media = Media(path=file, start_known=False)
        item = Item(ItemKind.CLIP, "a", 0, 24, media=media, source_start=Fraction(code) + 1)
        (piece,) = pieces_of(self.cut(item), reel_of((None, 0, 24), (None, 0, 1)))
        assert piece.start == 1

    def test_what_is_off_is_not_heard(self, tmp_path):
        file = recording(tmp_path / "v.wav")
        reel = reel_of((None, 0, 24), (None, 0, 12))
        off = self.clip(file, 0, 24, enabled=False)
        assert pieces_of(self.cut(off), reel) == []
        assert pieces_of(self.cut(self.clip(file, 0, 24), enabled=False), reel) == []
        assert pieces_of(self.cut(self.clip(file, 40, 60)), reel) == []

    @pytest.mark.parametrize(
        ("more", "tempos"),
        [
            ({"speed": Fraction(3, 2)}, [Fraction(3, 2)]),
            ({"speed": Fraction(-1)}, []),
            ({"speed": Fraction(0)}, []),
            ({"speed": Fraction(8)}, []),
            (
                {"retime": TimeMap(((Fraction(0), Fraction(0)), (Fraction(1), Fraction(2))))},
                [Fraction(2)],
            ),
        ],
    )
    def test_retimed_sound(self, tmp_path, more, tempos):
        item = self.clip(recording(tmp_path / "v.wav"), 0, 24, **more)
        found = pieces_of(self.cut(item), reel_of((None, 0, 24), (None, 0, 1)))
        assert [piece.tempo for piece in found] == tempos

    def test_nested_sequences_are_listened_into(self, tmp_path):
        file = recording(tmp_path / "v.wav")
        inner = self.cut(self.clip(file, 10, 30, source=2))
        outer = Item(ItemKind.NESTED, "n", 5, 45, source_start=Fraction(4, FPS), nested=inner)
        (piece,) = pieces_of(self.cut(outer), reel_of((None, 0, 24), (None, 0, 24)))
        # Frame 5 shows frame 4 of the inner cut, whose sound begins at its frame 10.
        assert piece == Piece(
            file, Fraction(11, FPS), Fraction(20, FPS), Fraction(2, FPS), Fraction(1)
        )

    def test_a_sequence_within_itself_ends(self):
        inner = self.cut()
        item = Item(ItemKind.NESTED, "n", 0, 24, nested=inner)
        inner.tracks[1].items.append(item)
        assert pieces_of(inner, reel_of((None, 0, 24), (None, 0, 1))) == []

    def test_two_loud_ones_are_clipped_and_do_not_wrap(self, tmp_path):
        loud = recording(tmp_path / "l.wav", value=0.9)
        mix = mix_reel(
            self.cut(self.clip(loud, 0, 24), self.clip(loud, 0, 24)),
            reel_of((None, 0, 24), (None, 0, 1)), RATE, 2,
        )  # fmt: skip
        assert int(mix[20_000, 0]) == 32767

    @given(st.lists(st.tuples(st.integers(-30, 90), st.integers(1, 60)), max_size=6),
           st.integers(0, 40), st.integers(1, 60))  # fmt: skip
    def test_no_piece_leaves_the_reel(self, spans, start, frames):
        from pathlib import Path

        items = [self.clip(Path("v.wav"), max(0, a), max(0, a) + n) for a, n in spans]
        reel = Reel((None,) * frames, start, (0, 1), Fraction(FPS))
        for piece in pieces_of(self.cut(*items), reel):
            assert 0 <= piece.at < piece.at + piece.length <= Fraction(frames, FPS)


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_it_is_resampled_to_the_device(tmp_path, rate):
    clip = talkie(tmp_path / "a.mov")
    mix = mix_reel(PLAIN, reel_of((clip, 10, 24), (clip, 40, 24)), rate, 2)
    assert len(mix) == 2 * rate
    assert heard(mix, 12, rate) == pytest.approx(level(22 / FPS), abs=3e-4)
    assert heard(mix, 36, rate) == pytest.approx(level(52 / FPS), abs=3e-4)


def test_a_reel_too_long_to_mix_is_silent(tmp_path):
    clip = talkie(tmp_path / "a.mov")
    frames = (Address(clip, 0),) * (LONGEST_SECONDS * FPS + 1)
    assert len(mix_reel(PLAIN, Reel(frames, 0, (0, 1), Fraction(FPS)), RATE, 2)) == 0
