"""What a placement is about to do, on disk, so that one that was killed can be undone.

It is written before the first change and removed after the last check. A journal that is found at
the next start means that a timeline is half done.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import filelock

from pickup.errors import PickupError
from pickup.files import write_text
from pickup.home import home
from pickup_resolve.errors import BusyError
from pickup_resolve.takes import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pickup_resolve.snapshot import Range, Stand

_SCHEMA = "pickup.resolve.journal/1"


@dataclass(slots=True)
class Journal:
    """One placement.

    Attributes:
        project, timeline: ids.
        timeline_name: for messages.
        before: ids of all items that stood on the timeline.
        ranges: where they stood, as kind, track, start and end: ids may change with a restart.
        clips: name and media path of each clip to come.
        tracks: how many there were of each kind.
        backup: name of the duplicate, once it is made.
        retakes: where items stood that get further takes, and the takes that they had.
    """

    project: str
    timeline: str
    timeline_name: str
    before: list[str] = field(default_factory=list)
    ranges: list[list[str | int]] = field(default_factory=list)
    clips: dict[str, list[str]] = field(default_factory=dict)
    tracks: dict[str, int] = field(default_factory=dict)
    backup: str = ""
    retakes: list[list[str | int]] = field(default_factory=list)
    schema: str = _SCHEMA

    @property
    def path(self) -> Path:
        return folder() / f"{_safe(self.timeline)}.json"

    @property
    def media(self) -> set[str]:
        """Paths of all media that it places."""
        return {path for paths in self.clips.values() for path in paths}

    def keep(self, stand: Stand, chosen: Chosen) -> None:
        """Note the takes of an item, before they are changed."""
        self.retakes.append([*stand.range, chosen.count, chosen.selected])

    def kept(self) -> dict[Range, Chosen]:
        """The takes that items had, by where they stand."""
        return {
            (str(kind), int(track), int(start), int(end)): Chosen(int(count), int(selected))
            for kind, track, start, end, count, selected in self.retakes
        }

    def write(self) -> None:
        write_text(self.path, json.dumps(asdict(self), indent=1) + "\n")

    def close(self) -> None:
        self.path.unlink(missing_ok=True)


@contextlib.contextmanager
def alone(patience: float = 5.0) -> Iterator[None]:
    """Let no other Pickup of this user place or undo meanwhile; a process that dies lets go.

    Args:
        patience: seconds to wait for another one.

    Raises:
        BusyError: another one is at it.
    """
    folder().mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder() / "placing.lock")
    try:
        lock.acquire(timeout=patience)
    except filelock.Timeout:
        raise BusyError(
            "Another Pickup is placing clips in Resolve. Wait until it is done, then run again."
        ) from None
    try:
        yield
    finally:
        lock.release()


def folder() -> Path:
    return home() / "resolve" / "journals"


def pending() -> list[Journal]:
    """Placements that were begun and not ended; one that cannot be read is told as an error.

    Raises:
        PickupError: a journal is spoilt.
    """
    paths = sorted(folder().glob("*.json")) if folder().is_dir() else []
    return [_read(path) for path in paths]


def _read(path: Path) -> Journal:
    try:
        journal = Journal(**json.loads(path.read_text("utf-8")))
        reason = "" if journal.schema == _SCHEMA else f"it is of schema {journal.schema}"
    except (OSError, ValueError, TypeError) as error:
        reason = str(error)
    if reason:
        raise PickupError(
            f"{path}: the record of an interrupted placement cannot be read ({reason}). "
            "Check the timeline in Resolve, then remove this file."
        )
    return journal


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in name) or "timeline"
