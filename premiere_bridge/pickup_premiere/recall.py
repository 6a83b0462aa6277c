"""A recut as the panel works on it: each earlier shot at its gap as that is now, re-trimmed.

A re-trim is a take of its own, of the same file: so it is judged, chosen and placed like any other,
and the way back is to choose the one before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pickup.cut.neighbours import Finder
from pickup.errors import PickupError
from pickup.fill.placed import PlacedShot, Recalled
from pickup.fill.takes import choose, read_takes, trimmed, write_take
from pickup.shots.planner import gap_ref
from pickup_premiere.recut import Verdict, look_again

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.gap import Gap
    from pickup.cut.model import Cut
    from pickup.fill.folder import PickupFolder
    from pickup.fill.takes import Take
    from pickup.shots.request import ShotRequest
    from pickup_premiere.recut import Recognised


def recall(export: Path, cut: Cut) -> Recalled:
    """The shots made earlier for an exported cut, with the takes that their gaps now need.

    Pieces of a divided gap are left to be planned anew.
    """
    folder, recut = look_again(export, cut)
    finder = Finder(cut)
    shots, notes = [], []
    for found in recut.shots:
        request, gap = found.shot.request, _gap(found, cut, finder)
        if request is None or gap is None or request.gap.of:
            continue
        if found.verdict is Verdict.RETRIM and found.take is not None:
            try:
                notes += _retrim(found, folder)
            except PickupError as error:
                notes.append(str(error))
        now = request.model_copy(update={"gap": gap_ref(cut, gap), "frames": gap.duration})
        shots.append(PlacedShot(now, gap, _stands(found)))
    return Recalled(folder, tuple(shots), tuple(notes))


def _gap(found: Recognised, cut: Cut, finder: Finder) -> Gap | None:
    """The gap that a shot is to fill now, under the id that its takes were made for."""
    request, gap, where = found.shot.request, found.gap, found.where
    if request is None or gap is None or where is None:
        return None
    if where != gap.range:
        gap = replace(
            gap,
            start=where.start,
            duration=where.duration,
            before=finder.before(where.start - 1),
            after=finder.after(where.end) if where.end < cut.duration else None,
        )
    return replace(gap, id=_id_of(found, request))


def _id_of(found: Recognised, request: ShotRequest) -> str:
    return found.take.record.gap if found.take is not None else request.gap.id


def _stands(found: Recognised) -> int:
    """The take whose clip stands in the cut and is not to be made anew."""
    if found.item is None or found.take is None or found.verdict is Verdict.RETAKE:
        return 0
    return found.take.record.take


def _retrim(found: Recognised, folder: PickupFolder) -> list[str]:
    """See that there is a take with the frames that the gap now shows; what was done.

    It takes the choice over from the one it is cut from.
    """
    take, where = found.take, found.where
    assert take is not None
    assert where is not None
    assert found.head is not None
    takes = read_takes(folder, found.shot.id)
    wanted = (take.file, found.head, where.duration)
    if any((t.file, t.head, t.visible) == wanted for t in takes):
        return []
    number = 1 + max(t.record.take for t in takes)
    made = trimmed(take, number, found.head, where.duration)
    write_take(folder, made)
    if _is_chosen(take, takes):
        choose(folder, found.shot.id, number)
    return [
        f"{made.name} is {take.name} trimmed anew from its handles: {where.duration} frames "
        f"instead of {take.visible}."
    ]


def _is_chosen(take: Take, takes: list[Take]) -> bool:
    """Whether a take is the one of its shot that counts; where none was chosen, the newest does."""
    chosen = next((t for t in takes if t.chosen), takes[-1])
    return chosen.record.take == take.record.take
