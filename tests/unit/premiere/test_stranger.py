"""What is handed to Premiere, in the eyes of a reader that knows nothing of Pickup."""

from __future__ import annotations

import shutil
import unicodedata
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import unescape

import pytest
from benchmarks.xmeml_cuts import premiere_like
from tests.unit.premiere.conftest import fill_fast, written_by
from tests.unit.premiere.premiere_reader import complaints, without_pickups

from pickup.cut.formats.base import WriteOptions
from pickup.cut.formats.xmeml import XmemlFormat
from pickup.cut.gap import GapKind
from pickup.cut.model import Cut, Item, ItemKind, Media, Raster, Track
from pickup_premiere.exchange import ExchangeHost, ExchangeOptions

if TYPE_CHECKING:
    from pathlib import Path

NTSC = Fraction(1000, 1001)
RATES = {
    "23.976": (24 * NTSC, False),
    "24": (Fraction(24), False),
    "25": (Fraction(25), False),
    "29.97": (30 * NTSC, False),
    "29.97 DF": (30 * NTSC, True),
    "30": (Fraction(30), False),
    "50": (Fraction(50), False),
    "59.94": (60 * NTSC, False),
    "59.94 DF": (60 * NTSC, True),
    "60": (Fraction(60), False),
}
WAYS = {
    "own track": ExchangeOptions(),
    "holes": ExchangeOptions(own_track=False),
    "bin": ExchangeOptions(only_pickups=True),
}


def exported(path: Path, rate: Fraction, *, drop: bool, start: int) -> Path:
    """A cut of two tracks with three holes, as an export of that rate."""

    def clip(begin: int, end: int, number: int) -> Item:
        media = Media(
            url=f"/m/A{number:03d}.mov", name=f"A{number:03d}.mov", rate=rate,
            start=Fraction(1000) / rate, duration=Fraction(5000) / rate,
            raster=Raster(1280, 720),
        )  # fmt: skip
        name = f"A{number:03d}"
        return Item(
            ItemKind.CLIP, name, begin, end, media=media, source_start=Fraction(1010) / rate
        )

    dissolve = Item(ItemKind.TRANSITION, "Cross Dissolve", 95, 105)
    low = [clip(24, 100, 1), dissolve, clip(100, 200, 2), clip(260, 300, 3), clip(420, 500, 4)]
    high = [clip(210, 250, 5), clip(330, 400, 6)]
    tracks = [Track("video", "V1", items=low), Track("video", "V2", items=high)]
    cut = Cut("Scene 4", rate, start=start, drop_frame=drop, raster=Raster(1280, 720))
    cut.tracks = [*tracks, Track("audio", "A1", items=[])]
    XmemlFormat().export(cut, [], path, WriteOptions(target="premiere"))
    return path


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("rate", RATES)
def test_at_every_rate(tmp_path: Path, rate: str, way: str) -> None:
    fps, drop = RATES[rate]
    hour = 107_892 * round(fps / 30) if drop else 3600 * round(fps)
    path = exported(tmp_path / "Scene 4.xml", fps, drop=drop, start=hour)
    assert complaints(path) == []
    made = fill_fast(path)
    assert len(made.shots) == 3
    out = written_by(ExchangeHost(path, options=WAYS[way]), made).path
    assert complaints(out) == []
    if way != "bin":
        assert without_pickups(out) == without_pickups(path)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_with_sound(tmp_path: Path, channels: int, way: str) -> None:
    path = exported(tmp_path / "Scene 4.xml", Fraction(25), drop=False, start=90_000)
    made = fill_fast(path, audio=channels)
    out = written_by(ExchangeHost(path, options=WAYS[way]), made).path
    assert complaints(out) == []
    if way != "bin":
        assert without_pickups(out) == without_pickups(path)


NAMES = {
    "marks": "R&D <cut> \"q\" $1 'x' #2?",
    "percent": "100%20 done",
    "composed": unicodedata.normalize("NFC", "Überblick é"),
    "decomposed": unicodedata.normalize("NFD", "Überblick é"),
    "picture": "Finale 😀",
    "long": "a" * 120,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_of_all_kinds(tmp_path: Path, name: str, way: str) -> None:
    from dataclasses import replace

    folder = tmp_path / name
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this system has no such names")
    path = exported(folder / f"{name[:40]}.xml", Fraction(24), drop=False, start=0)
    text = path.read_text("utf-8").replace(
        "Scene 4", name.replace("&", "&amp;").replace("<", "&lt;")
    )
    path.write_text(text, "utf-8")
    made = fill_fast(path)
    options = replace(WAYS[way], media_folder=tmp_path / "media")
    out = written_by(ExchangeHost(path, options=options), made).path
    assert complaints(out) == []
    assert name in unescape(out.read_text("utf-8"))


DOCUMENTS: dict[str, Any] = {
    "as it is": lambda text: text.encode(),
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "CR LF": lambda text: text.replace("\n", "\r\n").encode(),
    "one line": lambda text: text.replace("\n", "").replace("\t", "").encode(),
    "UTF-16": lambda text: text.replace('"UTF-8"', '"UTF-16"').encode("utf-16"),
    "a name of two lines": lambda text: text.replace("Long cut", "Long&#13;cut", 1).encode(),
}


@pytest.mark.parametrize("way", ["own track", "holes"])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_documents_of_all_kinds(tmp_path: Path, kind: str, way: str) -> None:
    path = tmp_path / "Long cut.xml"
    path.write_bytes(DOCUMENTS[kind](premiere_like(60).decode()))
    made = fill_fast(path)
    out = written_by(ExchangeHost(path, options=WAYS[way]), made).path
    assert complaints(out) == []
    assert without_pickups(out) == without_pickups(path)
    assert out.read_bytes()[:3] == path.read_bytes()[:3]


def test_a_project_of_several_sequences(tmp_path: Path) -> None:
    path = tmp_path / "Project.xml"
    one = premiere_like(60).decode()
    body = one[one.index("<sequence") : one.rindex("</xmeml>")]
    second = body
    for kind in ("sequence", "clipitem", "file", "masterclip"):
        second = second.replace(f"{kind}-", f"{kind}-9")
    second = second.replace("Long cut", "Second reel").replace("/A0", "/B0")
    head = one[: one.index("<sequence")]
    bins = f"<project><name>Film</name><children>{body}{second}</children></project>"
    path.write_text(f"{head}{bins}</xmeml>", "utf-8")
    before = without_pickups(path)
    for index in (0, 1):
        made = fill_fast(path, index)
        out = written_by(ExchangeHost(path), made).path
        assert complaints(out) == []
        assert without_pickups(out) == before
        assert len(made.document.cuts) == 2


def test_a_filled_cut_is_filled_further(tmp_path: Path) -> None:
    """Three takes in turn, each into what the one before has left."""
    from tests.unit.premiere.conftest import lay_take

    from pickup.fill.takes import choose

    path = exported(tmp_path / "Scene 4.xml", Fraction(25), drop=False, start=90_000)
    made = fill_fast(path, audio=2)
    before = without_pickups(path)
    for number in (1, 2, 3):
        if number > 1:
            for shot in made.shots:
                lay_take(made.folder, shot, made.cut, number, audio=number % 2)
                choose(made.folder, shot.id, number)
        out = written_by(ExchangeHost(path), made).path
        assert complaints(out) == []
        assert without_pickups(out) == before


@pytest.mark.corpus
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("channels", [0, 2])
@pytest.mark.parametrize(
    "name",
    [
        "premiere/nick_filtered_premiere.xml",
        "otio-fcp-adapter/premiere_example.xml",
        "otio-fcp-adapter/premiere_generators.xml",
        "otio-fcp-adapter/premiere_enable_property.xml",
    ],
)
def test_real_exports(corpus: Path, tmp_path: Path, name: str, channels: int, way: str) -> None:
    path = tmp_path / name.rpartition("/")[2]
    shutil.copy(corpus / "timelines" / name, path)
    made = fill_fast(path, audio=channels, kinds=frozenset(GapKind))
    out = written_by(ExchangeHost(path, options=WAYS[way]), made).path
    theirs = complaints(path) if way != "bin" else []
    assert complaints(out) == theirs
    if way != "bin":
        assert without_pickups(out) == without_pickups(path)
