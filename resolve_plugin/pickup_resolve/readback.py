"""The timeline read back: what has landed, what landed wrong, and whether anything has moved.

What Resolve answers to an append is not believed. A clip has landed when an item of ours, and no
other, stands on exactly its frames and begins with the right one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_resolve.errors import MovedError, ResolveError
from pickup_resolve.removal import find_ours, remove
from pickup_resolve.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup_resolve.api import MediaItem, Timeline
    from pickup_resolve.snapshot import Range, Stand
    from pickup_resolve.wanted import Wanted


class ReadBack:
    """Compares a timeline with what it was before.

    Args:
        timeline: the one on which clips are placed.
        before: what stood there.

    Attributes:
        now: the newest snapshot.
        media: our clips in the media pool.
        names: of their files.
    """

    def __init__(self, timeline: Timeline, before: Snapshot) -> None:
        self.before = before
        self.now = before
        self.media: list[MediaItem] = []
        self.names: set[str] = set()
        self._timeline = timeline
        self._checked: set[Stand] = set()
        self._restless: set[Range] = set()

    def look(self, wanted: Sequence[Wanted]) -> None:
        """Find what has landed, and remove what has landed wrong.

        Raises:
            MovedError: something that was there is not where it was.
            ResolveError: what is wrong does not let itself be removed.
        """
        self.now = Snapshot.take(self._timeline)
        if self._settle(wanted):
            self.now = Snapshot.take(self._timeline)
            if left := self._settle(wanted):
                names = ", ".join(f"{s.kind} {s.track} at {s.start}" for s in left[:3])
                raise ResolveError(
                    f"Resolve does not remove what it put in wrong places ({names})."
                )

    def clear(self) -> bool:
        """Take off all that is ours and new; whether the timeline is then as it was."""
        self.now = Snapshot.take(self._timeline)
        if self._remove(list(self.now.added(self.before))):
            self.now = Snapshot.take(self._timeline)
            self._remove(list(self.now.added(self.before)))
            self.now = Snapshot.take(self._timeline)
        return not self._moved() and not self._ours(list(self.now.added(self.before)))

    def is_free(self, wanted: Wanted) -> bool:
        """Whether nothing stood in a clip's place at the last look."""
        where = wanted.kind, wanted.track, wanted.start, wanted.end
        return not self.now.overlapping(*where)

    def _settle(self, wanted: Sequence[Wanted]) -> list[Stand]:
        """See what landed, remove what landed wrong; the stands that had to be removed."""
        moved = self._moved()
        if moved:
            one = moved[0]
            raise MovedError(
                f"While clips were placed, {len(moved)} that stood on the timeline have moved or "
                f"gone, first the one on {one.kind} track {one.track} at frame {one.start}."
            )
        added = list(self.now.added(self.before))
        for clip in wanted:
            if clip.item is not None and clip.stand in self.before.items:
                continue  # a retake, in its old place
            clip.stand = next((stand for stand in added if self._is_right(clip, stand)), None)
            clip.item = self.now.items[clip.stand] if clip.stand is not None else None
        right = {clip.stand for clip in wanted}
        strays = self._remove([stand for stand in added if stand not in right])
        for stand, media in strays.items():
            for clip in wanted:
                if clip.stand is None and clip.kind == stand.kind and clip.shows(media):
                    clip.learn_from(stand)
        return list(strays)

    def _moved(self) -> list[Stand]:
        """What is not where it was; an id that changes by itself is no sign of that."""
        standing = {one.range for one in self.now.items}
        moved = self.now.moved(self.before, self._restless & standing)
        if moved:
            self._restless |= self.now.restless(Snapshot.take(self._timeline))
            moved = self.now.moved(self.before, self._restless & standing)
        return moved

    def _is_right(self, wanted: Wanted, stand: Stand) -> bool:
        if not wanted.is_at(stand):
            return False
        if stand in self._checked:
            return True
        if not wanted.shows_right(self.now.items[stand]):
            wanted.reason = "Resolve began it with another frame than it was told"
            return False
        self._checked.add(stand)
        return True

    def _ours(self, stands: Sequence[Stand]) -> dict[Stand, str]:
        return find_ours(self.now, stands, self.media, self.names)

    def _remove(self, stands: Sequence[Stand]) -> dict[Stand, str]:
        found = self._ours(stands)
        if found:
            remove(self._timeline, [self.now.items[stand] for stand in found])
        return found
