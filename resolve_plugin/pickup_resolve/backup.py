"""The duplicate of a timeline that is made before anything is placed on it, and its return."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from pickup_resolve.errors import ResolveError
from pickup_resolve.snapshot import Snapshot

if TYPE_CHECKING:
    from pickup_resolve.api import Project, Timeline


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
