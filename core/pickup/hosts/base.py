"""What a host must offer: a cut to read, and a place to put clips."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pickup.cut.model import CutFile
    from pickup.cut.placement import Placement


@dataclass(frozen=True, slots=True)
class Written:
    """What a host did.

    Attributes:
        path: the file written, or None where a host places clips live.
        notes: what the user should know.
        failed: why each clip that could not be placed was not, by its shot.
    """

    path: Path | None
    notes: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)


class Host(Protocol):
    """Where a cut comes from and goes back to.

    Attributes:
        name: for messages.
        cut_path: the file that the cut is known by; its `.pickup` folder lies beside it.
    """

    @property
    def name(self) -> str: ...

    @property
    def cut_path(self) -> Path: ...

    def read(self) -> CutFile: ...

    def write(self, document: CutFile, placements: Mapping[int, Sequence[Placement]]) -> Written:
        """Put clips into the cuts of a document, by their index in it. Nothing else changes."""
