"""What is uploaded, and what is taken for a film."""

from __future__ import annotations

import gzip
import io
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pickup.errors import MediaError, ProviderError
from pickup.providers.base import ProviderRefusal, Refusal
from pickup.providers.downloads import Broken, download, film_suffix, keep
from pickup.providers.http import Client, Patience
from pickup.providers.uploads import data_url, upload_copy
from pickup.testing.fakes import Misbehaviour, film_bytes
from pickup.testing.fakes.server import Answer, Asked, Fake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


class TestUploads:
    def test_no_metadata_leaves(self, png):
        path = png("frame.png")
        assert b"secret location" in path.read_bytes()
        copy = upload_copy(path, (320, 180))
        assert b"secret location" not in copy
        assert opened(copy).info == {}

    @pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (1792, 1024), (64, 64)])
    def test_the_size_is_exact(self, png, size):
        assert opened(upload_copy(png("frame.png"), size)).size == size

    def test_a_wide_frame_is_fitted_whole(self, png):
        """Scaled to cover the wide raster again and cropped, the middle is the frame itself."""
        copy = opened(upload_copy(png("frame.png", (478, 200)), (1280, 720)))
        middle = copy.crop((0, (720 - 536) // 2 + 2, 1280, (720 + 536) // 2 - 2))
        assert middle.getextrema() == ((255, 255), (0, 0), (0, 0))

    def test_anamorphic_frames_are_stretched(self, tmp_path):
        path = tmp_path / "squeezed.png"
        Image.new("RGB", (90, 100), "green").save(path)
        copy = opened(upload_copy(path, (160, 90), Fraction(16, 9)))
        assert copy.getextrema() == ((0, 0), (128, 128), (0, 0))

    @pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "I;16", "1"])
    def test_every_kind_of_png(self, tmp_path, mode):
        path = tmp_path / "frame.png"
        Image.new(mode, (32, 18)).save(path)
        assert opened(upload_copy(path, (64, 36))).mode == "RGB"

    @pytest.mark.parametrize("data", [b"", b"text", b"\x89PNG\r\n\x1a\n" + bytes(20)])
    def test_what_is_no_picture_is_said(self, tmp_path, data):
        path = tmp_path / "frame.png"
        path.write_bytes(data)
        with pytest.raises(MediaError, match=r"frame\.png"):
            upload_copy(path, (64, 36))

    def test_a_frame_that_is_gone_is_said(self, tmp_path):
        with pytest.raises(MediaError, match=r"gone\.png"):
            upload_copy(tmp_path / "gone.png", (64, 36))

    def test_data_urls(self):
        assert data_url(b"abc") == "data:image/png;base64,YWJj"


class TestFilms:
    def test_a_film_is_known_by_its_bytes(self, tmp_path):
        path = tmp_path / "anything.exe"
        path.write_bytes(film_bytes())
        assert film_suffix("X", path) == ".mp4"

    @given(cut=st.integers(1, 600))
    def test_a_film_cut_short_is_noticed_wherever_it_is_cut(self, tmp_path_factory, cut):
        path = tmp_path_factory.mktemp("cut") / "film.mp4"
        path.write_bytes(film_bytes()[:-cut])
        with pytest.raises(Broken):
            film_suffix("X", path)

    @given(data=st.binary(max_size=300), start=st.sampled_from([b"", b"\0\0\0\x18ftyp", b"GIF8"]))
    def test_noise_is_never_a_film(self, tmp_path_factory, data, start):
        path = tmp_path_factory.mktemp("noise") / "film.mp4"
        path.write_bytes(start + data)
        with pytest.raises(ProviderError):
            film_suffix("X", path)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"<html>", "a web page"),
            (b'{"error": 1}', "JSON"),
            (b"\x89PNG\r\n\x1a\n", "a picture"),
            (b"", "an empty file"),
            (b"upstream connect error", "a text"),
            (b"\x7fELF\x02\x01", "something"),
        ],
    )
    def test_what_came_instead_is_named(self, tmp_path, data, words):
        with pytest.raises(ProviderRefusal, match=words) as caught:
            keep("Veo", tmp_path / "take.mp4", data)
        assert caught.value.kind is Refusal.FAILED
        assert list(tmp_path.iterdir()) == []

    def test_an_old_take_survives_a_bad_new_one(self, tmp_path):
        out = keep("Veo", tmp_path / "take.mp4", film_bytes())
        with pytest.raises(ProviderRefusal):
            keep("Veo", out, b"<html>")
        assert out.read_bytes() == film_bytes()


class Films(Fake):
    routes = (("GET", "/film", "fetch", "film_of"), ("GET", "/endless", "fetch", "endless"))

    def film_of(self, asked: Asked) -> Answer:
        return self.film_answer()

    def endless(self, asked: Asked) -> Answer:
        return Answer(200, bytes(3 * 2**20), "video/mp4")


class TestDownload:
    @pytest.fixture
    def films(self) -> Iterator[Films]:
        with Films(key="") as fake:
            yield fake

    def client(self, fake: Fake, quick: Patience) -> Client:
        return Client("p", "Service", fake.url, patience=quick)

    @pytest.mark.parametrize("body", [b"<html>log in</html>", b'{"status": "wait"}', b"", b"soon"])
    def test_words_of_another_do_not_end_what_is_paid(self, films, quick, tmp_path, body):
        """They are asked past a few times; then the run ends, and the next one asks again."""
        answers = [Answer(200, body, "text/html")] * 3
        films.film_of = lambda asked: answers.pop() if answers else films.film_answer()
        with pytest.raises(ProviderRefusal, match="run again") as caught:
            download(self.client(films, quick), "film", tmp_path / "t.mp4", print)
        assert caught.value.kind is Refusal.LOST
        assert list(tmp_path.iterdir()) == []
        out = download(self.client(films, quick), "film", tmp_path / "t.mp4", print)
        assert out.read_bytes() == films.film
        assert len(films.requests) == 4

    @pytest.mark.parametrize("status", [202, 204, 409, 425, 500, 503])
    def test_not_yet_is_asked_again(self, films, quick, tmp_path, status):
        answers = [Answer(status, b'{"status": "processing"}' if status != 204 else b"")]
        films.film_of = lambda asked: answers.pop() if answers else films.film_answer()
        out = download(self.client(films, quick), "film", tmp_path / "t.mp4", lambda part: None)
        assert out.read_bytes() == films.film

    @pytest.mark.parametrize("target", ["http://films.example/a.mp4", "ftp://films.example/a"])
    def test_an_unsafe_address_is_not_asked_and_nothing_is_paid_again(
        self, films, quick, tmp_path, target
    ):
        with pytest.raises(ProviderRefusal, match=r"not safe|no http") as caught:
            download(self.client(films, quick), target, tmp_path / "t.mp4", lambda part: None)
        assert caught.value.kind is Refusal.LOST
        films.redirect_to = target
        films.fail_next(Misbehaviour.REDIRECT, "fetch")
        with pytest.raises(ProviderRefusal) as caught:
            download(self.client(films, quick), "film", tmp_path / "t.mp4", lambda part: None)
        assert caught.value.kind is Refusal.LOST

    def test_a_zipped_film_is_unzipped(self, films, quick, tmp_path):
        zipped = Answer(200, gzip.compress(films.film), headers={"Content-Encoding": "gzip"})
        films.film_of = lambda asked: zipped
        told: list[float] = []
        out = download(self.client(films, quick), "film", tmp_path / "t.mp4", told.append)
        assert out.read_bytes() == films.film
        assert max(told) <= 1

    def test_progress_climbs_to_one(self, films, quick, tmp_path):
        told: list[float] = []
        download(self.client(films, quick), "film", tmp_path / "t.mp4", told.append)
        assert told == sorted(told)
        assert told[-1] == 1

    def test_too_large_is_refused_and_nothing_stays(self, films, quick, tmp_path: Path):
        with pytest.raises(ProviderRefusal, match="1 MB"):
            download(
                self.client(films, quick),
                "endless",
                tmp_path / "t.mp4",
                lambda f: None,
                limit=2**20,
            )
        assert list(tmp_path.iterdir()) == []

    def test_a_wrong_key_is_not_the_end(self, films, quick, tmp_path: Path):
        films.fail_next(Misbehaviour.KEY, "fetch")
        with pytest.raises(ProviderError, match="doctor") as caught:
            download(self.client(films, quick), "film", tmp_path / "t.mp4", lambda f: None)
        assert not isinstance(caught.value, ProviderRefusal)
