"""Final Cut Pro 7 XML (xmeml 4 and 5), as Premiere, Resolve, Final Cut and Hiero write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.formats.collecting import uncollected
from pickup.cut.formats.xmeml import export, reader, writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.formats.base import ReadOptions, WriteOptions
    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement


class XmemlFormat:
    """The `Format` of xmeml documents."""

    name = "xmeml"
    suffixes: tuple[str, ...] = (".xml",)

    def sniff(self, head: bytes) -> bool:
        return b"<xmeml" in head.replace(b"\0", b"")

    def read(self, path: Path, options: ReadOptions) -> CutFile:
        return reader.read(path)

    def write(
        self,
        document: CutFile,
        cut: Cut,
        placements: Sequence[Placement],
        out: Path,
        options: WriteOptions,
    ) -> list[str]:
        return writer.write(document, cut, placements, out, options.target)

    def export(
        self, cut: Cut, placements: Sequence[Placement], out: Path, options: WriteOptions
    ) -> list[str]:
        with uncollected():
            return export.export(cut, placements, out, options.target)
