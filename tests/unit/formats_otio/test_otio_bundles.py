"""Bundles keep every member, gain the placed media, and can do no harm when they are hostile."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.otio import OtiodFormat, OtiozFormat
from pickup.errors import CutError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def take_file(tmp_path: Path) -> Path:
    path = tmp_path / "takes" / "a.mov"
    path.parent.mkdir()
    path.write_bytes(b"the take")
    return path


def content(make: Any, url: str = "media/a.mov") -> str:
    clip = make.clip(24)
    clip["media_references"]["DEFAULT_MEDIA"]["target_url"] = url
    return json.dumps(make.timeline(make.track(clip, make.gap(48))), indent=4)


@pytest.fixture
def zipped(tmp_path: Path, make: Any) -> Path:
    path = tmp_path / "scene.otioz"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("version.txt", "1.0.0", zipfile.ZIP_DEFLATED)
        bundle.writestr("content.otio", content(make), zipfile.ZIP_DEFLATED)
        bundle.writestr("media/a.mov", b"picture" * 1000)
        bundle.writestr("media/unused.mov", b"never unpacked")
    return path


@pytest.fixture
def folder(tmp_path: Path, make: Any) -> Path:
    path = tmp_path / "scene.otiod"
    (path / "media").mkdir(parents=True)
    (path / "content.otio").write_text(content(make))
    (path / "media" / "a.mov").write_bytes(b"picture")
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def test_the_media_of_a_zip_can_be_read_as_files(zipped: Path) -> None:
    item = OtiozFormat().read(zipped, ReadOptions()).cuts[0].tracks[0].items[0]
    assert item.media is not None
    assert item.media.path is not None
    assert item.media.path.read_bytes() == b"picture" * 1000
    assert not item.media.path.with_name("unused.mov").exists()
    assert list(zipped.parent.iterdir()) == [zipped]


def test_a_zip_gains_the_take_and_keeps_all_else(
    zipped: Path, make: Any, take_file: Path, tmp_path: Path
) -> None:
    form = OtiozFormat()
    document = form.read(zipped, ReadOptions())
    out = tmp_path / "out.otioz"
    placement = make.placement(24, 72, 0, takes=(make.take(48, path=take_file),))
    form.write(document, document.cuts[0], [placement], out, WriteOptions())
    before, after = members(zipped), members(out)
    assert after.pop("media/a_2.mov") == b"the take"
    assert {**before, "content.otio": after["content.otio"]} == after
    timeline = otio.adapters.read_from_file(str(out))
    assert timeline.tracks[0][1].media_reference.target_url == "media/a_2.mov"
    again = form.read(out, ReadOptions()).cuts[0].tracks[0].items[1]
    assert again.media is not None
    assert again.media.path is not None
    assert again.media.path.read_bytes() == b"the take"


def test_a_folder_gains_the_take_and_keeps_all_else(
    folder: Path, make: Any, take_file: Path, tmp_path: Path
) -> None:
    form = OtiodFormat()
    document = form.read(folder, ReadOptions())
    assert document.cuts[0].tracks[0].items[0].media.path == folder / "media/a.mov"  # type: ignore[union-attr]
    out = tmp_path / "out.otiod"
    out.touch()
    placement = make.placement(24, 72, 0, takes=(make.take(48, path=take_file),))
    form.write(document, document.cuts[0], [placement], out, WriteOptions())
    assert (out / "media/a.mov").read_bytes() == b"picture"
    assert (out / "media/a_2.mov").read_bytes() == b"the take"
    timeline = otio.adapters.read_from_file(str(out))
    assert timeline.tracks[0][1].media_reference.target_url == "media/a_2.mov"
    assert (folder / "content.otio").read_text() == content(make)


def test_a_sequence_of_images_goes_into_a_folder_of_its_own(
    zipped: Path, make: Any, tmp_path: Path
) -> None:
    images = tmp_path / "g1"
    images.mkdir()
    for number in range(1000, 1064):
        (images / f"g1.{number:07d}.exr").write_bytes(b"%d" % number)
    take = make.take(48, path=images / "g1.0001000.exr", sequence_files=64)
    form = OtiozFormat()
    document = form.read(zipped, ReadOptions())
    out = tmp_path / "out.otioz"
    placement = make.placement(24, 72, 0, takes=(take,))
    form.write(document, document.cuts[0], [placement], out, WriteOptions())
    assert members(out)["media/g1/g1.0001063.exr"] == b"1063"
    media = form.read(out, ReadOptions()).cuts[0].tracks[0].items[1].media
    assert media is not None
    assert media.path is not None
    assert media.sequence is not None
    assert (media.path / media.sequence.file_name(63)).read_bytes() == b"1063"


@pytest.mark.parametrize("kind", ["otioz", "otiod"])
def test_a_cut_is_exported_as_a_whole_new_bundle(
    desk: Any, make: Any, take_file: Path, tmp_path: Path, kind: str
) -> None:
    form = OtiozFormat() if kind == "otioz" else OtiodFormat()
    cut = desk.read(make.timeline(make.track(make.clip(10), make.gap(48)))).cuts[0]
    out = tmp_path / f"new.{kind}"
    placement = make.placement(10, 58, 0, takes=(make.take(48, path=take_file),))
    assert form.export(cut, [placement], out, WriteOptions()) == []
    items = form.read(out, ReadOptions()).cuts[0].tracks[0].items
    assert [(i.start, i.end) for i in items] == [(0, 10), (10, 58)]
    assert items[1].media is not None
    assert items[1].media.path is not None
    assert items[1].media.path.read_bytes() == b"the take"


@pytest.mark.parametrize("url", ["../../out.mov", "media/../../../out.mov", "/etc/hosts"])
def test_no_member_leads_out_of_the_cache(tmp_path: Path, make: Any, url: str) -> None:
    path = tmp_path / "evil.otioz"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("content.otio", content(make, url))
        bundle.writestr(url, b"evil")
    OtiozFormat().read(path, ReadOptions())
    assert not list(tmp_path.parent.rglob("out.mov"))


def test_a_bomb_is_refused(tmp_path: Path, make: Any) -> None:
    path = tmp_path / "bomb.otioz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("content.otio", b" " * (50 << 20))
    with pytest.raises(CutError, match="unpacks to 50 MB"):
        OtiozFormat().read(path, ReadOptions())


def test_what_is_no_bundle_is_refused(tmp_path: Path, zipped: Path) -> None:
    text = tmp_path / "text.otioz"
    text.write_text("no zip")
    empty = tmp_path / "empty.otioz"
    zipfile.ZipFile(empty, "w").close()
    cut = tmp_path / "cut.otioz"
    cut.write_bytes(zipped.read_bytes()[:-60])
    for path in (text, empty, cut, tmp_path / "none.otioz"):
        with pytest.raises(CutError):
            OtiozFormat().read(path, ReadOptions())
    for path in (text, tmp_path / "none.otiod"):
        with pytest.raises(CutError):
            OtiodFormat().read(path, ReadOptions())
    (tmp_path / "hollow.otiod").mkdir()
    with pytest.raises(CutError):
        OtiodFormat().read(tmp_path / "hollow.otiod", ReadOptions())


def test_a_damaged_document_in_a_zip_is_refused(zipped: Path) -> None:
    data = bytearray(zipped.read_bytes())
    at = data.index(b"content.otio") + 60
    data[at : at + 20] = bytes(20)
    zipped.write_bytes(data)
    with pytest.raises(CutError):
        OtiozFormat().read(zipped, ReadOptions())
