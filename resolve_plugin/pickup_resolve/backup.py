"""The duplicate of a timeline that is made before anything is placed on it, and its return."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from pickup_resolve.errors import ResolveError
from pickup_resolve.folders import share, unshare
from pickup_resolve.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from pickup_resolve.api import Project, Timeline


class Backup:
    """The duplicate of a timeline from before a placing; it has its part in the timeline's takes.

    Args:
        project: the open one.
        timeline: of which it is.
        takes: the project's folder of takes, where there is one.

    Attributes:
        name: of the duplicate; empty while there is none.
    """

    def __init__(self, project: Project, timeline: Timeline, takes: Path | None) -> None:
        self.name = ""
        self._project, self._timeline, self._takes = project, timeline, takes
        self._made: Timeline | None = None

    def make(self, name: str) -> None:
        """Duplicate the timeline, whose name is given.

        Raises:
            ResolveError: Resolve makes none.
        """
        self._made, self.name = make_backup(self._project, self._timeline, name)
        if self._takes is not None:
            share(self._takes, self._timeline.id(), self._made.id())

    def drop(self) -> None:
        """Delete it, where it was made."""
        if self._made is None:
            return
        if self._takes is not None:
            unshare(self._takes, self._made.id())
        self._project.pool().delete_timeline(self._made)

    def shows(self, now: Snapshot) -> bool:
        """Whether it is as the timeline is now: what has changed had then changed before it."""
        return self._made is not None and Snapshot.take(self._made).same_ranges(now)

    def restore(self, before: Snapshot) -> str:
        """Put it in the timeline's place; the name under which that one is kept.

        Raises:
            ResolveError: there is none, it is not what the timeline was, or cannot be opened.
        """
        if self._made is None:
            raise ResolveError(
                "The timeline is not as it was, and there is no duplicate of it. "
                "Undo in Resolve, or reload the project without saving."
            )
        return restore(self._project, self._timeline, self._made, before)


def make_backup(project: Project, timeline: Timeline, name: str) -> tuple[Timeline, str]:
    """A duplicate under a name of its own, and that name; the original stays the current timeline.

    Raises:
        ResolveError: Resolve makes none, or does not come back to the original.
    """
    stamp = datetime.now().strftime("%Y-%m-%d %H.%M.%S")
    # Resolve answers None for a name that exists, without saying so.
    for wanted in (f"{name} before Pickup {stamp}", f"{name} before Pickup {uuid4().hex[:8]}"):
        made = timeline.duplicate(wanted)
        ensure_current(project, timeline)
        if made is not None:
            return made, wanted
    raise ResolveError(
        f"Resolve made no duplicate of “{name}”, so nothing was placed. Duplicate it by hand and "
        'set "backup = false" under [resolve] in settings.toml, then run again.'
    )


def ensure_current(project: Project, timeline: Timeline) -> None:
    """Make a timeline the current one: clips are placed nowhere else.

    Raises:
        ResolveError: another one stays current.
    """
    current = project.timeline()
    if current is not None and current.id() == timeline.id():
        return
    project.make_current(timeline)
    current = project.timeline()
    if current is None or current.id() != timeline.id():
        raise ResolveError(
            f"Resolve does not open the timeline “{timeline.name()}”. Open it and run again."
        )


def restore(project: Project, damaged: Timeline, backup: Timeline, before: Snapshot) -> str:
    """Put the backup in the place of the timeline; the name under which that one is kept.

    Raises:
        ResolveError: the backup is not what the timeline was, or cannot be opened.
    """
    name = damaged.name()
    ensure_current(project, backup)
    if not Snapshot.take(backup).same_ranges(before):
        raise ResolveError(
            f"“{name}” has changed, and its duplicate “{backup.name()}” is not as it was either. "
            "Undo in Resolve, or reload the project without saving."
        )
    changed = _rename(damaged, f"{name} (changed)")
    _rename(backup, name)
    return changed


def _rename(timeline: Timeline, wanted: str) -> str:
    """Give a timeline a name, or one like it where another timeline has that; the name it has."""
    for name in (wanted, *(f"{wanted} {number}" for number in range(2, 100))):
        timeline.rename(name)
        if timeline.name() == name:
            return name
    return timeline.name()
