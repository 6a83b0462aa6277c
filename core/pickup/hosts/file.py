"""The host that is a file: read from one name, written beside it under another."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pickup.cut.files import open_cut_file, save_cut, written_format
from pickup.cut.formats import registry
from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.errors import CutError, PickupError
from pickup.files import unwritable
from pickup.hosts.base import Written
from pickup.media.spec import SEQUENCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pickup.cut.model import CutFile
    from pickup.cut.placement import Placement


@dataclass(frozen=True, slots=True)
class FileHost:
    """A cut in a file.

    Attributes:
        cut_path: the editor's file, never touched.
        out: the file to write, of any format that can be written.
    """

    cut_path: Path
    out: Path
    reading: ReadOptions = field(default_factory=ReadOptions)
    writing: WriteOptions = field(default_factory=WriteOptions)
    name: str = "file"

    def read(self) -> CutFile:
        return open_cut_file(self.cut_path, self.reading)

    def foresee(self, document: CutFile, wanted: Sequence[int], deliver: str) -> None:
        """Refuse now what `write` would refuse after all has been filmed and paid for.

        Raises:
            CutError: the file asked for cannot hold it.
        """
        name = written_format(document, self.out)
        if name != document.format:
            self._require_one(document, wanted)
        elif not registry.is_written_in_place(name):
            hint = "Write to another format, as with “-o cut.otio”, “-o cut.xml” or “-o cut.edl”."
            raise CutError(
                document.path, f"an {name.upper()} cannot be changed in place", hint=hint
            )
        if deliver in SEQUENCES and not registry.takes_sequences(name):
            raise CutError(
                self.out,
                f"{self.out.suffix} knows no image sequences, so shots cannot be {deliver} in it",
                hint="Deliver prores422hq or h264, or write to another format with -o.",
            )

    def write(self, document: CutFile, placements: Mapping[int, Sequence[Placement]]) -> Written:
        """Write `out`, whole or not at all."""
        wanted = [index for index, clips in placements.items() if clips]
        if not wanted:
            return Written(None)
        if written_format(document, self.out) != document.format:
            return self._export(document, placements, wanted)
        notes: list[str] = []
        try:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".pickup-", dir=self.out.parent) as folder:
                for step, index in enumerate(wanted):
                    last = step == len(wanted) - 1
                    out = self.out if last else Path(folder) / f"{step}{self.out.suffix}"
                    notes += save_cut(
                        document, document.cuts[index], placements[index], out, self.writing
                    )
                    if not last:
                        # The next sequence is put into what has just been written.
                        document = open_cut_file(out, self.reading)
        except OSError as error:
            raise unwritable(self.out, error) from error
        return Written(self.out, tuple(notes))

    def _export(
        self,
        document: CutFile,
        placements: Mapping[int, Sequence[Placement]],
        wanted: Sequence[int],
    ) -> Written:
        self._require_one(document, wanted)
        index = wanted[0]
        notes = save_cut(document, document.cuts[index], placements[index], self.out, self.writing)
        return Written(self.out, tuple(notes))

    def _require_one(self, document: CutFile, wanted: Sequence[int]) -> None:
        if len(wanted) > 1:
            names = ", ".join(f"“{document.cuts[i].name}”" for i in wanted)
            raise CutError(
                self.out,
                f"another format takes one sequence, and {names} have gaps",
                hint="Choose one with --sequence.",
            )


def check_writable(path: Path) -> None:
    """Raises `PickupError` when nothing can be written beside `path`, before anything is spent.

    A folder that is not there yet is made when there is something to put into it.
    """
    folder = path.parent
    try:
        while not folder.exists():
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise PickupError(
            f"{folder}: nothing can be written there ({error.strerror or error}). "
            "Choose another place with -o."
        ) from error
