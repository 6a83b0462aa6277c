"""Shots that stand in the cut already: found again by what their clips carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pickup.cut.gap import Gap, GapKind
from pickup.cut.neighbours import Finder
from pickup.errors import PlanError
from pickup.shots.plan import read_plan
from pickup.shots.planner import gap_ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pickup.cut.model import Cut, Item
    from pickup.fill.folder import PickupFolder
    from pickup.shots.request import ShotRequest


@dataclass(frozen=True, slots=True)
class PlacedShot:
    """A shot whose clip stands in the cut.

    Attributes:
        shot: as it was planned, where its clip stands now and as long as that is.
        gap: what would be there without the clip.
        take: number of the take that the clip shows; 0 where it does not say.
    """

    shot: ShotRequest
    gap: Gap
    take: int


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a host knows again of a cut that its editor has changed since.

    Attributes:
        folder: of plan and takes; the cut may come under another name than theirs.
        shots: with their gaps as they are now, under the ids that their takes know; `take` is 0
            where no clip stands, or where the one that stands cannot be made to fit.
        notes: what the user should know.
    """

    folder: PickupFolder
    shots: tuple[PlacedShot, ...] = ()
    notes: tuple[str, ...] = ()


@runtime_checkable
class Remembers(Protocol):
    """A host that recognises the shots of a cut after a recut."""

    def recall(self, cut: Cut) -> Recalled:
        """The shots made earlier, as they stand in `cut` now."""


def our_clips(cut: Cut) -> Iterator[tuple[int, Item, str]]:
    """Clips of ours with their track's index and their shot."""
    for index, track in enumerate(cut.video_tracks):
        for item in track.items:
            shot = item.pickup.get("shot") if item.pickup is not None else None
            if isinstance(shot, str) and shot and item.duration > 0:
                yield index, item, shot


def placed_shots(cut: Cut, folder: PickupFolder, but: Collection[str] = ()) -> list[PlacedShot]:
    """The shots that stand in a cut and in the folder's plan, in the order of the cut.

    Args:
        but: shots to leave out. Of a shot that stands there twice, the first counts.
    """
    ours = sorted(our_clips(cut), key=lambda found: found[1].start)
    if not ours or not folder.plan.exists():
        return []
    try:
        planned = {shot.id: shot for shot in read_plan(folder.plan).shots}
    except PlanError:
        return []  # A spoilt plan steps aside when the next one is written.
    finder, seen, found = Finder(cut), set(but), []
    for index, item, name in ours:
        shot = planned.get(name)
        if shot is None or name in seen:
            continue
        seen.add(name)
        gap = Gap(
            id=shot.gap.id,
            start=item.start,
            duration=item.duration,
            kind=GapKind(shot.gap.kind) if shot.gap.kind in _KINDS else GapKind.EMPTY,
            before=finder.before(item.start - 1),
            after=finder.after(item.end) if item.end < cut.duration else None,
            track=index,
        )
        now = shot.model_copy(update={"gap": gap_ref(cut, gap), "frames": item.duration})
        found.append(PlacedShot(now, gap, _number(item)))
    return found


_KINDS = {kind.value for kind in GapKind}


def _number(item: Item) -> int:
    take = item.pickup.get("take") if item.pickup is not None else None
    return take if isinstance(take, int) and not isinstance(take, bool) else 0
