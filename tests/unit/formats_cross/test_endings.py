"""Which format a file is of, and is written in: `.xml` is the ending of two."""

from __future__ import annotations

import gzip
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.formats_cross.layouts import (
    Block,
    Lane,
    Layout,
    as_edl,
    as_fcpxml,
    as_otio,
    as_xmeml,
)

from pickup.cut.files import open_cut_file, save_cut, written_format, written_suffix
from pickup.cut.gaps import find_gaps
from pickup.cut.model import Raster
from pickup.cut.placement import Placement, TakeMedia
from pickup.errors import CutError
from pickup.hosts.file import FileHost

if TYPE_CHECKING:
    from collections.abc import Callable

    Wrote = Callable[[str, str], Path]
    Writes = Callable[[Layout], str]

HOLED = Layout((Lane((Block(0, 20), Block(50, 60))),))
NAMED = [
    ("a.otio", as_otio, "otio"),
    ("a.json", as_otio, "otio"),
    ("a.OTIO", as_otio, "otio"),
    ("a.xml", as_xmeml, "xmeml"),
    ("a.XML", as_xmeml, "xmeml"),
    ("a.xml", as_fcpxml, "fcpxml"),
    ("a.fcpxml", as_fcpxml, "fcpxml"),
    ("a.FCPXML", as_fcpxml, "fcpxml"),
    ("a.edl", as_edl, "edl"),
    ("a.EDL", as_edl, "edl"),
]
MISNAMED = [
    ("a.fcpxml", as_xmeml, "xmeml", ".xml"),
    ("a.otio", as_xmeml, "xmeml", ".xml"),
    ("a.otio", as_fcpxml, "fcpxml", ".fcpxml"),
    ("a.xml", as_otio, "otio", ".otio"),
    ("a.fcpxml", as_otio, "otio", ".otio"),
    ("a.edl", as_otio, "otio", ".otio"),
    ("a.xml", as_edl, "edl", ".edl"),
    ("a.edl", as_xmeml, "xmeml", ".xml"),
    ("a.otioz", as_otio, "otio", ".otio"),
    ("a.otiod", as_otio, "otio", ".otio"),
    ("a.aaf", as_xmeml, "xmeml", ".xml"),
]
"""Files that somebody gave a wrong ending, and the right one."""


def filler(start: int = 20, end: int = 50) -> Placement:
    take = TakeMedia(
        path=Path("/takes/g.mov"),
        name="g",
        rate=Fraction(25),
        frames=end - start,
        head=0,
        start=0,
        drop_frame=False,
        reel="PU",
        raster=Raster(640, 360),
        metadata={"schema": 1, "shot": "s", "gap": "g", "take": "t"},
    )
    return Placement(start, end, "g", (take,), track=0)


@pytest.mark.parametrize(("name", "write", "format_name"), NAMED)
def test_content_decides_what_is_read_and_written(
    wrote: Wrote, name: str, write: Writes, format_name: str
) -> None:
    path = wrote(name, write(HOLED))
    document = open_cut_file(path)
    assert document.format == format_name
    out = path.with_name(f"out{path.suffix}")
    assert written_format(document, out) == format_name
    save_cut(document, document.cuts[0], [filler()], out)
    again = open_cut_file(out)
    assert again.format == format_name
    assert not find_gaps(again.cuts[0]).gaps


@pytest.mark.parametrize(("name", "write", "format_name"), NAMED)
def test_the_host_keeps_the_format_too(
    wrote: Wrote, name: str, write: Writes, format_name: str
) -> None:
    path = wrote(name, write(HOLED))
    host = FileHost(path, path.with_name(f"out{path.suffix}"))
    written = host.write(host.read(), {0: [filler()]})
    assert written.path is not None
    again = open_cut_file(written.path)
    assert again.format == format_name
    assert not find_gaps(again.cuts[0]).gaps


@pytest.mark.parametrize(("name", "write", "format_name", "right"), MISNAMED)
def test_a_wrong_ending_is_put_right_beside_it(
    wrote: Wrote, name: str, write: Writes, format_name: str, right: str
) -> None:
    path = wrote(name, write(HOLED))
    assert written_suffix(path) == right
    host = FileHost(path, path.with_name(f"out{right}"))
    document = host.read()
    assert document.format == format_name
    host.write(document, {0: [filler()]})
    again = open_cut_file(host.out)
    assert again.format == format_name
    assert not find_gaps(again.cuts[0]).gaps


@pytest.mark.parametrize(("name", "write", "format_name"), NAMED)
def test_a_right_ending_is_kept(wrote: Wrote, name: str, write: Writes, format_name: str) -> None:
    path = wrote(name, write(HOLED))
    assert written_suffix(path) == path.suffix
    assert open_cut_file(path).format == format_name


def test_an_ending_that_is_asked_for_counts_also_where_the_cut_has_it_wrongly(wrote: Wrote) -> None:
    document = open_cut_file(wrote("a.edl", as_otio(HOLED)))
    out = document.path.with_name("out.edl")
    save_cut(document, document.cuts[0], [filler()], out)
    assert open_cut_file(out).format == "edl"


def test_fcpxml_named_xml_keeps_every_element(wrote: Wrote) -> None:
    path = wrote("a.xml", as_fcpxml(HOLED))
    document = open_cut_file(path)
    out = path.with_name("a.filled.xml")
    save_cut(document, document.cuts[0], [filler()], out)
    kept = iter(out.read_text().split(">"))
    lost = [
        piece
        for piece in path.read_text().split(">")
        if not any(piece.strip().rstrip("/") == other.strip().rstrip("/") for other in kept)
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("suffix", "format_name"),
    [(".otio", "otio"), (".fcpxml", "fcpxml"), (".edl", "edl"), (".xml", "xmeml")],
)
def test_another_ending_asks_for_its_format(wrote: Wrote, suffix: str, format_name: str) -> None:
    name, write = ("a.fcpxml", as_fcpxml) if suffix == ".xml" else ("a.xml", as_xmeml)
    document = open_cut_file(wrote(name, write(HOLED)))
    out = document.path.with_name(f"out{suffix}")
    assert written_format(document, out) == format_name
    save_cut(document, document.cuts[0], [filler()], out)
    assert open_cut_file(out).format == format_name


def test_an_ending_that_nobody_knows_is_refused(wrote: Wrote) -> None:
    document = open_cut_file(wrote("a.otio", as_otio(HOLED)))
    with pytest.raises(CutError, match=r"no timeline format ends in “.txt”"):
        written_format(document, Path("out.txt"))


@pytest.mark.parametrize("name", ["a.xml", "a.otio", "a.fcpxml", "a.edl"])
def test_a_packed_file_is_to_be_unpacked(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(as_otio(HOLED).encode()))
    with pytest.raises(CutError, match=r"it is packed \(gzip\)\. Unpack it"):
        open_cut_file(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_bundle_that_lost_its_letter_is_still_a_bundle(tmp_path: Path, compression: int) -> None:
    path = tmp_path / "a.otio"
    with zipfile.ZipFile(path, "w", compression) as bundle:
        bundle.writestr("content.otio", as_otio(HOLED))
        bundle.writestr("version.txt", "1.0.0")
    document = open_cut_file(path)
    assert document.format == "otioz"
    assert len(find_gaps(document.cuts[0]).gaps) == 1


@pytest.mark.parametrize("name", ["a.xml", "a.otio", "a.fcpxml"])
def test_what_is_like_no_format_is_judged_by_its_ending(wrote: Wrote, name: str) -> None:
    path = wrote(name, "neither this nor that")
    with pytest.raises(CutError, match=r"not (well-formed XML|JSON)"):
        open_cut_file(path)
