"""What a format must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction
    from pathlib import Path

    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user may add where a document leaves something open.

    Attributes:
        rate: the rate to read an EDL at, which does not state it.
    """

    rate: Fraction | None = None


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How the result is shaped.

    Attributes:
        target: `"resolve"`, `"premiere"`, `"fcp"` or `"avid"`; empty follows the document's writer.
    """

    target: str = ""


class Format(Protocol):
    """A document format.

    `write` puts `placements` into the document that `cut` came from and writes the result to `out`,
    which it may assume to be a fresh temporary path: the caller renames it. Nothing but the
    placed clips changes. It returns notes for the user.

    `export` writes a whole new document of this format from a cut read from another one; what the
    format cannot say is listed in the notes it returns.
    """

    name: str
    suffixes: tuple[str, ...]

    def sniff(self, head: bytes) -> bool:
        """Whether a file that begins with `head` (4 KiB) is of this format."""

    def read(self, path: Path, options: ReadOptions) -> CutFile:
        """Raises `CutError`, and nothing else, on a document it cannot read."""

    def write(
        self,
        document: CutFile,
        cut: Cut,
        placements: Sequence[Placement],
        out: Path,
        options: WriteOptions,
    ) -> list[str]: ...

    def export(
        self, cut: Cut, placements: Sequence[Placement], out: Path, options: WriteOptions
    ) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what an untrusted document may ask for; each is far above real work.

    Attributes:
        document_bytes: size of a document; 100,000 clips of Resolve are 900 MB of OTIO.
        bundle_bytes: size of a file that may hold sound beside the document, as an AAF does.
        depth: nesting of elements, objects or sequences.
        frames: length of a cut: 30 days at 120 frames a second.
    """

    document_bytes: int = 1 << 30
    bundle_bytes: int = 1 << 30
    depth: int = 200
    frames: int = 30 * 24 * 3600 * 120


LIMITS = Limits()
