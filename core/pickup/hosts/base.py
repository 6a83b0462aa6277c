"""What a host must offer: a cut to read, and a place to put clips."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pickup.cut.gap import Gap
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


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that placing does.

    Attributes:
        where: timecode in.
        track: name; empty for a new one of our own.
        instead: the take that stands there from an earlier placing, or empty.
        alternatives: other takes that come along with the clip.
    """

    shot: str
    take: str
    where: str
    frames: int
    track: str
    instead: str = ""
    alternatives: int = 0


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


@runtime_checkable
class Limited(Protocol):
    """A host whose marks limit what is filled: in and out points, a selection, the playhead."""

    def wants(self, gap: Gap) -> bool:
        """Of a gap of the cut that was read last."""


def wants_of(host: Host) -> Callable[[Gap], bool]:
    """Whether a gap is to be filled, as far as the host's marks go."""
    return host.wants if isinstance(host, Limited) else lambda _: True


@runtime_checkable
class Foresees(Protocol):
    """A host that knows beforehand what it could not write."""

    def foresee(self, document: CutFile, wanted: Sequence[int], deliver: str) -> None:
        """Refuse what `write` would refuse of clips for the cuts `wanted`.

        Raises:
            PickupError: with the reason, before anything is ordered.
        """


@runtime_checkable
class Announces(Protocol):
    """A host that chooses where placed clips go, and can say so beforehand."""

    @property
    def track(self) -> str:
        """Name of the track that placed clips get; empty where they go into the holes."""

    def will_write(self) -> Path | None:
        """The file that the next `write` makes; None where it places live."""


@runtime_checkable
class ShowsFrames(Protocol):
    """A host that can show a frame of its timeline, grade and all.

    Attributes:
        as_graded: whether that is wanted also of media that can be decoded here.
    """

    @property
    def as_graded(self) -> bool: ...

    def grab(self, frame: int, path: Path) -> Path:
        """Write a frame as PNG, counted from the timeline's start.

        Raises:
            PickupError: it cannot be had.
        """


@runtime_checkable
class HasPlayhead(Protocol):
    """A host whose playhead can be asked for."""

    def shot_at_playhead(self) -> str:
        """The shot of the clip of ours that it stands on; empty where there is none."""
