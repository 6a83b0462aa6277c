"""After a placement that was killed: what is half done is shown, and undone.

The takes themselves are safe in the folder and the ledger; whoever fills again places them again
without ordering anything.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from pickup.cut.placement import TRACK_NAME
from pickup_resolve import journal as journals
from pickup_resolve.backup import ensure_current
from pickup_resolve.bin import shows
from pickup_resolve.errors import ResolveError
from pickup_resolve.removal import remove, sweep
from pickup_resolve.snapshot import Snapshot
from pickup_resolve.takes import put_back
from pickup_resolve.view import edit_page

if TYPE_CHECKING:
    from pickup_resolve.api import Project, Resolve, Timeline, TimelineItem
    from pickup_resolve.journal import Journal


_LEFT = "An earlier placement was interrupted."


def settle(resolve: Resolve) -> list[str]:
    """Undo every interrupted placement of the open project; what was done, as sentences.

    Raises:
        ResolveError: one could not be undone; its journal is kept.
    """
    project = resolve.project()
    if not _waiting(project):
        return []
    with journals.alone():
        # Looked up anew: another Pickup may have been placing until now, and have closed its own.
        waiting = _waiting(project)
        timelines = {timeline.id(): timeline for timeline in project.timelines()}
        notes = []
        for one in waiting:
            timeline = timelines.get(one.timeline)
            if timeline is not None:
                notes.append(f"{_LEFT} {undo(resolve, timeline, one)}")
            one.close()
        return notes


def _waiting(project: Project) -> list[Journal]:
    key = project.id()
    return [one for one in journals.pending() if one.project == key]


def undo(resolve: Resolve, timeline: Timeline, journal: Journal) -> str:
    """Take a placement's clips off a timeline again; what was done, as sentences.

    The editor's page, timeline and playhead are as before afterwards.

    Raises:
        ResolveError: Resolve does not remove them.
    """
    project = resolve.project()
    current = project.timeline() or timeline
    with edit_page(resolve, current):
        ensure_current(project, timeline)
        said = _undo(resolve, timeline, journal)
        ensure_current(project, current)
    return said


def _undo(resolve: Resolve, timeline: Timeline, journal: Journal) -> str:
    retaken = journal.kept()
    if retaken and not put_back(Snapshot.take(timeline), retaken):
        raise ResolveError(
            f"Resolve does not switch back to the earlier takes on “{journal.timeline_name}”. "
            "Choose them by hand, then run again."
        )
    found = _half_done(timeline, journal)
    if found:
        remove(timeline, found)
        if _half_done(timeline, journal):
            raise ResolveError(
                f"Resolve does not remove the {len(found)} clips that were placed on "
                f"“{journal.timeline_name}”. Remove them by hand, then run again."
            )
    for kind, count in journal.tracks.items():
        sweep(timeline, kind, count, TRACK_NAME)
    resolve.manager().save()
    gone = _gone(journal, Snapshot.take(timeline))
    text = (
        f"{len(found)} of the {len(journal.clips)} clips placed on “{journal.timeline_name}” were "
        "there, and were taken off."
    )
    if retaken:
        text += f" {len(retaken)} that stood there show their earlier take again."
    if gone:
        text += f" {gone} other items have changed since it began."
    return text + (f" “{journal.backup}” shows it as it was." if journal.backup else "")


def _gone(journal: Journal, now: Snapshot) -> int:
    """How many of the items that stood there are neither known by their id nor by their place."""
    ids, ranges = now.ids(), {one.range for one in now.items}
    places = [tuple(one) for one in journal.ranges]
    if not places:
        return len(set(journal.before) - ids)
    return sum(
        id not in ids and place not in ranges
        for id, place in zip(journal.before, places, strict=True)
    )


def _half_done(timeline: Timeline, journal: Journal) -> list[TimelineItem]:
    """Items of the placement: of its media, and not there when it began."""
    now = Snapshot.take(timeline)
    known, ranges = set(journal.before), {tuple(one) for one in journal.ranges}
    files = [PurePath(path) for path in journal.media]
    found = []
    for stand, item in now.items.items():
        if stand.id not in known and stand.range not in ranges:
            media = item.media()
            path = media.path() if media is not None else ""
            if any(shows(path, file) for file in files):
                found.append(item)
    return found
