"""OTIO files as a format of Pickup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.formats.otio.reader import read_document
from pickup.cut.formats.otio.writer import placed
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.formats.base import ReadOptions, WriteOptions
    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement


def read_bytes(path: Path) -> bytes:
    """Raises `CutError` where the file cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CutError(path, f"it cannot be read ({error.strerror or error})") from error


_BLANK = b"\xef\xbb\xbf \t\r\n"


class OtioFormat:
    """`.otio`: one JSON document. See `pickup.cut.formats.base.Format`."""

    name: str = "otio"
    suffixes: tuple[str, ...] = (".otio", ".json")

    def sniff(self, head: bytes) -> bool:
        return head.lstrip(_BLANK).startswith(b"{") and b'"OTIO_SCHEMA"' in head

    def read(self, path: Path, options: ReadOptions) -> CutFile:
        return read_document(path, read_bytes(path), path.parent)

    def write(
        self,
        document: CutFile,
        cut: Cut,
        placements: Sequence[Placement],
        out: Path,
        options: WriteOptions,
    ) -> list[str]:
        text, notes = placed(document, cut, placements, options.target)
        out.write_bytes(document.source.encode(text))
        return notes

    def export(
        self, cut: Cut, placements: Sequence[Placement], out: Path, options: WriteOptions
    ) -> list[str]:
        from pickup.cut import otio_bridge

        timeline, notes = otio_bridge.to_timeline_with_notes(cut, placements, options.target)
        out.write_bytes(otio_bridge.to_bytes(timeline, options.target))
        return notes
