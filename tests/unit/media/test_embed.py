"""The XMP packet within a movie, where Adobe's programs look for it."""

from __future__ import annotations

import shutil
import struct
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pickup.errors import MediaError
from pickup.media.conform import ConformSpec, conform
from pickup.media.embed import embed_xmp
from pickup.media.frames import FrameReader
from pickup.media.provenance import movie_tags, xmp_packet

from .conftest import number_of, record, write_movie

if TYPE_CHECKING:
    from pathlib import Path

EXIFTOOL = shutil.which("exiftool")


def box(name: str, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), name.encode()) + body


def boxes(data: bytes) -> list[tuple[str, bytes]]:
    """A stranger's reading of a run of boxes: names and bodies."""
    found = []
    while data:
        size, name = struct.unpack_from(">I4s", data)
        assert 8 <= size <= len(data), name
        found.append((name.decode("latin-1"), data[8:size]))
        data = data[size:]
    return found


def inner(data: bytes, *names: str) -> bytes:
    for name in names:
        (data,) = (body for found, body in boxes(data) if found == name)
    return data


def delivered(take: Path, folder: Path, **changes: Any) -> Path:
    packet = xmp_packet(record(), reel="PICKUP01", scene="Scene 4")
    values: dict[str, Any] = {"frames": 12, "rate": Fraction(24), "width": 96, "height": 56}
    values |= {"start": 86_400, "reel": "PICKUP01", "metadata": movie_tags(record())}
    wanted = ConformSpec(**values, xmp=packet, **changes)
    return conform(take, wanted, folder / "sh010_t01", lambda _: None).path


@pytest.mark.parametrize("deliver", ["h264", "prores422hq"])
def test_the_packet_lies_in_the_movies_user_data(take: Path, tmp_path: Path, deliver: Any) -> None:
    path = delivered(take, tmp_path, deliver=deliver)
    packet = inner(path.read_bytes(), "moov", "udta", "XMP_")
    assert packet == xmp_packet(record(), reel="PICKUP01", scene="Scene 4")
    fields = {etree.QName(node).localname: node.text for node in etree.fromstring(packet).iter()}
    assert fields["scene"] == "Scene 4"
    assert fields["shotName"] == "sh010"
    assert fields["tapeName"] == "PICKUP01"
    assert fields["identifier"] == "g1"
    assert (fields["logComment"] or "").endswith("gap g1")


def test_ffmpeg_reads_the_packet_and_every_frame(take: Path, tmp_path: Path) -> None:
    path = delivered(take, tmp_path)
    with av.open(str(path), options={"export_xmp": "1"}) as movie:
        assert movie.metadata["xmp"].encode().strip(b"\0") == xmp_packet(
            record(), reel="PICKUP01", scene="Scene 4"
        )
        assert movie.metadata["synthetic"] == "true"
        assert movie.metadata["timecode"] == "01:00:00:00"
        assert movie.streams.data[0].metadata["reel_name"] == "PICKUP01"
    with FrameReader(path) as reader:
        assert [number_of(reader.read(index)) for index in (0, 11)] == [0, 11]


@pytest.mark.skipif(EXIFTOOL is None, reason="exiftool is not on this machine")
def test_exiftool_reads_every_field(take: Path, tmp_path: Path) -> None:
    assert EXIFTOOL is not None
    path = delivered(take, tmp_path)
    fields = ["-Description", "-Scene", "-ShotName", "-LogComment", "-TapeName", "-Identifier"]
    done = subprocess.run(
        [EXIFTOOL, "-s3", *(f"-XMP:{name[1:]}" for name in fields), str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "a <hand> & a pot",
        "Scene 4",
        "sh010",
        "Synthetic shot, p:m, take 1, seed 7, gap g1",
        "PICKUP01",
        "g1",
    ]
    checked = subprocess.run(
        [EXIFTOOL, "-validate", "-s3", str(path)], capture_output=True, text=True, check=True
    )
    assert checked.stdout.strip() == "OK"


def test_a_sequence_of_pictures_has_its_sidecar_alone(take: Path, tmp_path: Path) -> None:
    path = delivered(take, tmp_path, deliver="dpx")
    assert all(b"xpacket" not in file.read_bytes() for file in path.parent.iterdir())


def test_a_movie_without_a_packet_is_left_as_ffmpeg_wrote_it(tmp_path: Path) -> None:
    source = write_movie(tmp_path / "t.mov", 12)
    wanted = ConformSpec(8, Fraction(24), 96, 56, head=0, tail=0)
    path = conform(source, wanted, tmp_path / "s", lambda _: None).path
    assert "XMP_" not in [name for name, _ in boxes(inner(path.read_bytes(), "moov"))]


CASES = {
    "user data with other things in it": (
        box("mdat", b"12") + box("moov", box("mvhd") + box("udta", box("meta"))),
        ["mvhd", "udta"],
        ["meta", "XMP_"],
    ),
    "no user data yet": (box("mdat") + box("moov", box("mvhd")), ["mvhd", "udta"], ["XMP_"]),
    "user data before other things": (
        box("moov", box("udta") + box("trak", b"x" * 40)),
        ["udta", "trak"],
        ["XMP_"],
    ),
}


@pytest.mark.parametrize(("data", "index", "user"), CASES.values(), ids=CASES)
def test_where_the_packet_goes(
    tmp_path: Path, data: bytes, index: list[str], user: list[str]
) -> None:
    path = tmp_path / "a.mov"
    path.write_bytes(data)
    embed_xmp(path, b"<x/>")
    made = path.read_bytes()
    assert [name for name, _ in boxes(inner(made, "moov"))] == index
    assert [name for name, _ in boxes(inner(made, "moov", "udta"))] == user
    assert inner(made, "moov", "udta", "XMP_") == b"<x/>"
    before = boxes(data)[:-1]
    assert boxes(made)[:-1] == before


@pytest.mark.parametrize(
    "data",
    [
        b"",
        box("moov") + box("mdat", b"1234"),
        box("mdat") + box("moov")[:-1],
        b"not a movie at all, but a text",
    ],
    ids=["empty", "index first", "cut short", "text"],
)
def test_another_layout_is_refused_and_untouched(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mov"
    path.write_bytes(data)
    with pytest.raises(MediaError, match="no index at its end"):
        embed_xmp(path, b"<x/>")
    assert path.read_bytes() == data


def test_large_boxes_are_stepped_over(tmp_path: Path) -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 20) + b"abcd"
    path = tmp_path / "a.mov"
    path.write_bytes(large + box("moov"))
    embed_xmp(path, b"<x/>")
    assert path.read_bytes().startswith(large)
    assert path.read_bytes().endswith(b"<x/>")


@given(st.lists(st.sampled_from(["mvhd", "trak", "udta", "meta"]), unique=True), st.binary())
def test_all_else_keeps_its_place(names: list[str], packet: bytes) -> None:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.mov")
        index = box("moov", b"".join(box(name, box("abcd")) for name in names))
        path.write_bytes(box("mdat", b"frames") + index)
        embed_xmp(path, packet)
        made = boxes(inner(path.read_bytes(), "moov"))
    assert [name for name, _ in made] == names + ["udta"] * ("udta" not in names)
    assert all(body == box("abcd") for name, body in made if name != "udta")
