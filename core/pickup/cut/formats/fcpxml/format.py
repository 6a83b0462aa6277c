"""The format as the rest of Pickup sees it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.collecting import uncollected
from pickup.cut.formats.fcpxml.document import Document, Invalid, parse
from pickup.cut.formats.fcpxml.reader import read_document
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.formats.base import ReadOptions, WriteOptions
    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement

_INFO = "Info.fcpxml"


class FcpxmlFormat:
    """FCPXML 1.5 to 1.13 and its neighbours, as a file or a `.fcpxmld` bundle."""

    name = "fcpxml"
    suffixes = (".fcpxml", ".fcpxmld")

    def sniff(self, head: bytes) -> bool:
        """Whether a file begins like FCPXML, in UTF-8 or UTF-16."""
        return b"<fcpxml" in head.replace(b"\0", b"")

    def read(self, path: Path, options: ReadOptions) -> CutFile:
        """Every project of a file.

        Raises:
            CutError: it cannot be read.
        """
        del options
        file = _document_file(path)
        try:
            with uncollected():
                document = parse(_bytes_of(file))
                document.bundle = file != path
                return read_document(document, path)
        except Invalid as error:
            raise CutError(path, error.reason, line=error.line, hint=error.hint) from error

    def write(
        self,
        document: CutFile,
        cut: Cut,
        placements: Sequence[Placement],
        out: Path,
        options: WriteOptions,
    ) -> list[str]:
        """The document with the clips connected over their gaps; all other bytes stay."""
        from pickup.cut.formats.fcpxml.insert import inserted

        del options
        source: Document = document.source
        try:
            data, notes = inserted(source, cut, placements, out)
        except Invalid as error:
            raise CutError(document.path, error.reason, line=error.line, hint=error.hint) from error
        _write(out, source.file_bytes(data), document.path if source.bundle else None)
        return notes

    def export(
        self, cut: Cut, placements: Sequence[Placement], out: Path, options: WriteOptions
    ) -> list[str]:
        """A new document from a cut of any origin."""
        from pickup.cut.formats.fcpxml.export import exported

        del options
        data, notes = exported(cut, placements, out)
        _write(out, data, None)
        return notes


def _document_file(path: Path) -> Path:
    """The XML of a file or a bundle."""
    if not path.is_dir():
        return path
    inside = sorted(path.glob("*.fcpxml"), key=lambda file: file.name != _INFO)
    if not inside:
        raise CutError(
            path, f"this bundle has no {_INFO}", hint="Export it again from Final Cut Pro."
        )
    return inside[0]


def _bytes_of(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if size > LIMITS.document_bytes:
            raise CutError(file, f"the file is too large for a timeline ({size >> 20} MB)")
        return file.read_bytes()
    except OSError as error:
        raise CutError(file, f"cannot be read ({error.strerror})") from error


def _write(out: Path, data: bytes, bundle: Path | None) -> None:
    """Into a file, or into a bundle folder that takes along what lay beside the XML."""
    if out.suffix.lower() != ".fcpxmld":
        out.write_bytes(data)
        return
    if out.is_file():
        out.unlink()
    if bundle is not None:
        shutil.copytree(bundle, out, dirs_exist_ok=True)
        _document_file(out).write_bytes(data)
    else:
        out.mkdir(parents=True, exist_ok=True)
        (out / _INFO).write_bytes(data)
