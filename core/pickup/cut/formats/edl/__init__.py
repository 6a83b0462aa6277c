"""Edit decision lists: CMX 3600, File32, and what Avid, Final Cut and others made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.formats.edl.document import load
from pickup.cut.formats.edl.export import export_list
from pickup.cut.formats.edl.reader import read_cut
from pickup.cut.formats.edl.writer import write_into
from pickup.cut.model import CutFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.formats.base import ReadOptions, WriteOptions
    from pickup.cut.model import Cut
    from pickup.cut.placement import Placement

__all__ = ["EdlFormat"]


class EdlFormat:
    """The EDL format, as `pickup.cut.formats.base.Format` asks for it."""

    name = "edl"
    suffixes = (".edl",)

    def sniff(self, head: bytes) -> bool:
        """Whether a text begins as lists do."""
        text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").upper()
        return text.startswith((b"TITLE:", b"FCM:"))

    def read(self, path: Path, options: ReadOptions) -> CutFile:
        document = load(path)
        cut, reading, notes = read_cut(path, document, options.rate)
        return CutFile(path=path, format=self.name, cuts=[cut], source=reading, notes=notes)

    def write(
        self,
        document: CutFile,
        cut: Cut,
        placements: Sequence[Placement],
        out: Path,
        options: WriteOptions,
    ) -> list[str]:
        return write_into(document.path, document.source, cut, placements, out)

    def export(
        self, cut: Cut, placements: Sequence[Placement], out: Path, options: WriteOptions
    ) -> list[str]:
        return export_list(cut, placements, out)
