"""File exchange, the one way for the free edition from 21.1 on, which has no Python at all.

The editor exports the timeline into a folder; it is filled there like any other file, and the
result is imported by hand. The folder is polled: editors keep it on network drives too, where
systems tell nothing of changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pickup.cut.files import open_cut_file
from pickup.cut.formats.base import WriteOptions
from pickup.errors import CutError
from pickup.fill.folder import default_out
from pickup.hosts.file import FileHost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pickup.cut.model import CutFile
    from pickup.cut.placement import Placement
    from pickup.hosts.base import Written

ENDINGS = (".otio", ".xml", ".fcpxml")
"""What Resolve exports and imports, best first."""

_OURS = re.compile(r"\.filled(-\d+)?$")


def export_steps(folder: Path) -> tuple[str, ...]:
    """What to do in Resolve before filling."""
    return (
        "In DaVinci Resolve, open the timeline on the Edit page.",
        "Choose File ▸ Export ▸ Timeline….",
        "As the type, choose OpenTimelineIO (.otio).",
        f"Save it into {folder}.",
    )


def import_steps(filled: Path) -> tuple[str, ...]:
    """What to do in Resolve after filling; the original timeline stays as it is."""
    return (
        "In DaVinci Resolve, open the same project.",
        "Choose File ▸ Import ▸ Timeline….",
        f"Choose {filled}.",
        "Leave “Automatically import source clips into media pool” on, and press OK.",
    )


def by_hand() -> str:
    """The whole way by files, as a sentence; the one way where Resolve runs no Python."""
    return (
        "By files it works with every edition, and is the one way for the free one from 21.1 on: "
        "in Resolve choose File ▸ Export ▸ Timeline…, type OpenTimelineIO (.otio); run “pickup "
        "fill” on that file; then File ▸ Import ▸ Timeline… of the filled one, with "
        "“Automatically import source clips into media pool” on."
    )


@dataclass(slots=True)
class Watch:
    """A folder in which exported timelines appear.

    Attributes:
        folder: where to look.
        seen: size and time of each file at the last look; one that still grows is left alone.
        told: those that have been given out, as they were then.
    """

    folder: Path
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)
    told: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def look(self) -> list[Path]:
        """Timelines that are new or changed, whole, and not of our making."""
        found = []
        now = dict(self._files())
        for path, state in now.items():
            ready = self.seen.get(path) == state and self.told.get(path) != state
            if ready and _is_timeline(path):
                self.told[path] = state
                found.append(path)
        self.seen = now
        return sorted(found)

    def _files(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        try:
            paths = list(self.folder.iterdir())
        except OSError:
            return
        for path in paths:
            if path.suffix.lower() in ENDINGS and not _OURS.search(path.stem):
                try:
                    stat = path.stat()
                except OSError:
                    continue
                yield path, (stat.st_size, stat.st_mtime_ns)


def _is_timeline(path: Path) -> bool:
    try:
        return bool(open_cut_file(path).cuts)
    except CutError:
        return False


@dataclass(frozen=True, slots=True)
class ExchangeHost:
    """A timeline that Resolve exported; the filled one is written beside it, for its import.

    Attributes:
        cut_path: the exported file, never touched.
    """

    cut_path: Path
    name: str = "DaVinci Resolve by file exchange"

    @property
    def _file(self) -> FileHost:
        return FileHost(
            self.cut_path, default_out(self.cut_path), writing=WriteOptions(target="resolve")
        )

    def read(self) -> CutFile:
        return self._file.read()

    def write(self, document: CutFile, placements: Mapping[int, Sequence[Placement]]) -> Written:
        """Write the filled timeline; the notes are the steps of its import."""
        written = self._file.write(document, placements)
        if written.path is None:
            return written
        return replace(written, notes=(*written.notes, *import_steps(written.path)))
