"""OTIO's bundles: a document with its media in one zip file or one folder.

The media of a zip are unpacked where frames can be read from them: once, into the cache of the
user's Pickup folder, and only those that a video track plays.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.otio.document import OtioFormat, read_bytes
from pickup.cut.formats.otio.reader import read_document
from pickup.cut.formats.otio.writer import placed
from pickup.errors import CutError
from pickup.files import written_aside
from pickup.home import home

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pickup.cut.formats.base import ReadOptions, WriteOptions
    from pickup.cut.formats.otio.reader import Source
    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement, TakeMedia

CONTENT = "content.otio"
MEDIA = "media"
VERSION = "version.txt"
_VERSION_TEXT = "1.0.0"
_PIECE = 1 << 20
_MOST_PACKED = 1000
"""More times its packed size a member never unpacks to; deflate reaches 1030 on zeros alone."""

_STAMP = (1980, 1, 1, 0, 0, 0)
"""Bundles of the same things are the same bytes."""


@dataclass(frozen=True, slots=True)
class _Bundled:
    """Placements whose media lie inside a bundle, and the files to copy there by their names."""

    placements: list[Placement]
    files: dict[str, Path]


def _bundled(placements: Sequence[Placement], taken: set[str], root: Path) -> _Bundled:
    """Gives every take a name of its own under `media/`.

    Args:
        placements: with takes outside of the bundle.
        taken: the names of the bundle's members.
        root: stands for the bundle's own folder in the paths of the takes.
    """
    files: dict[str, Path] = {}

    def moved(take: TakeMedia) -> TakeMedia:
        sources = _files_of(take)
        serial, folder = 1, f"{MEDIA}/{take.path.parent.name}" if take.sequence_files else MEDIA
        names = [f"{folder}/{source.name}" for source in sources]
        while any(n in taken or files.get(n, s) != s for n, s in zip(names, sources, strict=True)):
            serial += 1
            names = _numbered(folder, sources, serial, bool(take.sequence_files))
        files.update(zip(names, sources, strict=True))
        return replace(take, path=root / names[0])

    said = [
        replace(placement, takes=tuple(moved(take) for take in placement.takes))
        for placement in placements
    ]
    return _Bundled(said, files)


def _numbered(folder: str, sources: list[Path], serial: int, in_folder: bool) -> list[str]:
    """Names that are free: a sequence moves to another folder, a movie takes a number."""
    if in_folder:
        return [f"{folder}_{serial}/{source.name}" for source in sources]
    return [f"{folder}/{source.stem}_{serial}{source.suffix}" for source in sources]


def _files_of(take: TakeMedia) -> list[Path]:
    """The files of a take; for a sequence those that follow its first by number."""
    if not take.sequence_files:
        return [take.path]
    digits = len(take.path.stem) - len(take.path.stem.rstrip("0123456789"))
    prefix = take.path.stem[: len(take.path.stem) - digits]
    first = int(take.path.stem[-digits:]) if digits else 0
    return [
        take.path.with_name(f"{prefix}{first + index:0{digits}d}{take.path.suffix}")
        for index in range(take.sequence_files)
    ]


def _written(
    document: CutFile, cut: Cut, bundled: _Bundled, root: Path, target: str
) -> tuple[bytes, list[str]]:
    """The changed document, with paths relative to the bundle."""
    source: Source = document.source
    text, notes = placed(document, cut, bundled.placements, target, root)
    return source.encode(text), notes


class OtiodFormat(OtioFormat):
    """`.otiod`: a folder with `content.otio` and `media/`."""

    name = "otiod"
    suffixes = (".otiod",)

    def sniff(self, head: bytes) -> bool:
        return False

    def read(self, path: Path, options: ReadOptions) -> CutFile:
        if not path.is_dir():
            raise CutError(path, "it is not a folder")
        return read_document(path, read_bytes(path / CONTENT), path, self.name)

    def write(
        self,
        document: CutFile,
        cut: Cut,
        placements: Sequence[Placement],
        out: Path,
        options: WriteOptions,
    ) -> list[str]:
        inside = {one.relative_to(document.path).as_posix() for one in document.path.rglob("*")}
        bundled = _bundled(placements, inside, document.path)
        data, notes = _written(document, cut, bundled, document.path, options.target)
        with _fresh_folder(out):
            shutil.copytree(document.path, out, symlinks=True, dirs_exist_ok=True)
            _lay(out, data, bundled.files)
        return notes

    def export(
        self, cut: Cut, placements: Sequence[Placement], out: Path, options: WriteOptions
    ) -> list[str]:
        bundled = _bundled(placements, set(), out)
        data, notes = _exported(cut, bundled, out, options)
        with _fresh_folder(out):
            _lay(out, data, bundled.files)
            (out / VERSION).write_text(_VERSION_TEXT)
        return notes


@contextmanager
def _fresh_folder(out: Path) -> Iterator[None]:
    """`out` as an empty folder, even where a temporary file stands; removed if the block fails."""
    if not out.is_dir():
        out.unlink(missing_ok=True)
        out.mkdir(parents=True)
    try:
        yield
    except OSError:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _lay(folder: Path, content: bytes, files: dict[str, Path]) -> None:
    (folder / CONTENT).write_bytes(content)
    (folder / MEDIA).mkdir(exist_ok=True)
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)


def _exported(
    cut: Cut, bundled: _Bundled, root: Path, options: WriteOptions
) -> tuple[bytes, list[str]]:
    """A whole new document; the placed media are relative to the bundle, others stay outside."""
    from pickup.cut import otio_bridge

    timeline, notes = otio_bridge.to_timeline_with_notes(
        cut, bundled.placements, options.target, root
    )
    return otio_bridge.to_bytes(timeline, options.target), notes


class OtiozFormat(OtioFormat):
    """`.otioz`: a zip with `content.otio`, `media/` and `version.txt`."""

    name = "otioz"
    suffixes = (".otioz",)

    def sniff(self, head: bytes) -> bool:
        return head.startswith(b"PK\x03\x04") and CONTENT.encode() in head

    def read(self, path: Path, options: ReadOptions) -> CutFile:
        with _opened(path) as bundle:
            data = _member(path, bundle, CONTENT)
            base = _cache_of(path)
            document = read_document(path, data, base, self.name)
            for name in sorted(_played(document, base)):
                if name in bundle.namelist():
                    _unpack(path, bundle, name, base / name)
        return document

    def write(
        self,
        document: CutFile,
        cut: Cut,
        placements: Sequence[Placement],
        out: Path,
        options: WriteOptions,
    ) -> list[str]:
        with _opened(document.path) as bundle, zipfile.ZipFile(out, "w") as target:
            bundled = _bundled(placements, set(bundle.namelist()), document.path)
            data, notes = _written(document, cut, bundled, document.path, options.target)
            for info in bundle.infolist():
                if info.filename == CONTENT:
                    _put(target, CONTENT, data)
                else:
                    _copy_member(document.path, bundle, info, target)
            _put_media(target, bundled.files)
        return notes

    def export(
        self, cut: Cut, placements: Sequence[Placement], out: Path, options: WriteOptions
    ) -> list[str]:
        bundled = _bundled(placements, set(), out)
        data, notes = _exported(cut, bundled, out, options)
        with zipfile.ZipFile(out, "w") as target:
            _put(target, VERSION, _VERSION_TEXT.encode())
            _put(target, CONTENT, data)
            _put_media(target, bundled.files)
        return notes


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A bundle, whose flaws become a `CutError` whenever they show."""
    try:
        with zipfile.ZipFile(path) as bundle:
            yield bundle
    except FileNotFoundError:
        raise CutError(path, "it is not there") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise CutError(path, f"it is not a whole zip file ({error})") from None


def _member(path: Path, bundle: zipfile.ZipFile, name: str) -> bytes:
    """A member's bytes; never more than a document may have."""
    try:
        info = bundle.getinfo(name)
    except KeyError:
        raise CutError(path, f"it holds no {name}") from None
    _check(path, info)
    if info.file_size > LIMITS.document_bytes:
        raise CutError(path, f"its {name} is larger than {LIMITS.document_bytes >> 20} MB")
    with bundle.open(info) as stream:
        return stream.read(LIMITS.document_bytes + 1)


def _check(path: Path, info: zipfile.ZipInfo) -> None:
    """Refuses members that are packed beyond belief."""
    if info.file_size > _PIECE and info.file_size > info.compress_size * _MOST_PACKED:
        raise CutError(path, f"its {info.filename} unpacks to {info.file_size >> 20} MB of nothing")


def _cache_of(path: Path) -> Path:
    """Where a bundle's media are unpacked: a folder that changes when the file does."""
    try:
        stat = path.stat()
    except OSError as error:
        raise CutError(path, f"it cannot be read ({error.strerror or error})") from error
    identity = f"{path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}".encode()
    return home() / "bundles" / hashlib.sha256(identity).hexdigest()[:24]


def _played(document: CutFile, base: Path) -> set[str]:
    """Names of the members that the video tracks play; none of them leads out of the bundle."""
    names: set[str] = set()
    for cut in document.cuts:
        for track in cut.video_tracks:
            for item in track.items:
                media = item.media
                if media is None or media.path is None:
                    continue
                paths = [media.path]
                if media.sequence is not None:
                    rate, length = media.rate or cut.rate, media.duration or 0
                    count = min(int(length * rate) + 1, 100_000)
                    paths = [media.path / media.sequence.file_name(i) for i in range(count)]
                names |= {name for one in paths if (name := _inside(one, base))}
    return names


def _inside(path: Path, base: Path) -> str:
    """The path within the bundle; empty for one outside of it."""
    normal = os.path.normpath(path)
    try:
        return PurePosixPath(Path(normal).relative_to(os.path.normpath(base))).as_posix()
    except ValueError:
        return ""


def _unpack(path: Path, bundle: zipfile.ZipFile, name: str, to: Path) -> None:
    """Unpacks a member once, and no more of it than it says."""
    info = bundle.getinfo(name)
    if info.is_dir() or (to.is_file() and to.stat().st_size == info.file_size):
        return
    _check(path, info)
    with written_aside(to) as aside, bundle.open(info) as stream, aside.open("wb") as out:
        shutil.copyfileobj(stream, out, _PIECE)


def _copy_member(
    path: Path, bundle: zipfile.ZipFile, info: zipfile.ZipInfo, target: zipfile.ZipFile
) -> None:
    """Copies a member with its name, its date and its kind of packing."""
    _check(path, info)
    same = zipfile.ZipInfo(info.filename, info.date_time)
    same.compress_type = info.compress_type
    same.external_attr = info.external_attr
    same.comment = info.comment
    if info.is_dir():
        target.writestr(same, b"")
        return
    same.file_size = info.file_size
    with bundle.open(info) as stream, target.open(same, "w") as out:
        shutil.copyfileobj(stream, out, _PIECE)


def _put(target: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    target.writestr(info, data)


def _put_media(target: zipfile.ZipFile, files: dict[str, Path]) -> None:
    """Media go in unpacked, as OTIO's own adapter does it: they do not get smaller."""
    for name, source in files.items():
        info = zipfile.ZipInfo(name, _STAMP)
        info.external_attr = 0o644 << 16
        info.file_size = source.stat().st_size
        with source.open("rb") as stream, target.open(info, "w") as out:
            shutil.copyfileobj(stream, out, _PIECE)
