"""Edit decision lists: CMX 3600, File32, and what Avid, Final Cut and others made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.formats.edl.document import load
from pickup.cut.formats.edl.export import export_list
from pickup.cut.formats.edl.reader import read_cut
from pickup.cut.formats.edl.writer import write_into
from pickup.cut.model import CutFile
from pickup.errors import CutError

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
        notes = write_into(document.path, document.source, cut, placements, out)
        if cut.start + cut.duration >= document.source.clock.day:
            _prove(document.path, cut, placements, out)
        return notes

    def export(
        self, cut: Cut, placements: Sequence[Placement], out: Path, options: WriteOptions
    ) -> list[str]:
        return export_list(cut, placements, out)


def _prove(path: Path, cut: Cut, placements: Sequence[Placement], out: Path) -> None:
    """Read the result: which day an event is on is told by those before it, so a new one may upset.

    Raises:
        CutError: the clips do not lie where they were put.
    """
    try:
        again, _, _ = read_cut(out, load(out), cut.rate)
        seen = {(item.start, item.end) for track in again.video_tracks for item in track.items}
        if again.start == cut.start and all((p.start, p.end) in seen for p in placements):
            return
    except CutError:
        pass
    raise CutError(
        path,
        "its record times run through midnight in an order that takes no new events",
        hint="Write to another format, as with “-o cut.otio”.",
    )
