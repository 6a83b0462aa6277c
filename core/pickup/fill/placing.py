"""Takes to placements: which take stands where, and what is an alternative of what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pickup.cut.placement import Grade, Placement
from pickup.errors import PlanError
from pickup.fill.placed import our_clips
from pickup.fill.prepare import PlannedCut
from pickup.fill.takes import read_takes, usable
from pickup.fill.values import FilledShot
from pickup.shots.plan import read_plan
from pickup.shots.wording import full_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.cut.model import Cut, CutFile, Item
    from pickup.fill.folder import PickupFolder
    from pickup.fill.values import Retake
    from pickup.shots.request import ShotRequest


def filled_shots(
    planned: Sequence[PlannedCut], folder: PickupFolder, failed: dict[str, str]
) -> list[FilledShot]:
    """Every shot that has a take fit to be placed; where none is chosen, the newest counts."""
    filled = []
    for cut in planned:
        for shot in cut.shots:
            takes = tuple(t for t in read_takes(folder, shot.id) if usable(t, shot, folder))
            if not takes:
                failed.setdefault(shot.id, "no take of it could be made")
                continue
            chosen = next((t for t in takes if t.chosen), takes[-1])
            filled.append(FilledShot(cut.cut, shot, takes, chosen))
    return filled


def placements(
    planned: Sequence[PlannedCut], filled: Sequence[FilledShot], folder: PickupFolder
) -> dict[int, list[Placement]]:
    """What a host is to put into each cut, by the cut's index in its document."""
    by_shot = {shot.shot.id: shot for shot in filled}
    result: dict[int, list[Placement]] = {}
    for cut in planned:
        for shot in cut.shots:
            done = by_shot.get(shot.id)
            if done is not None:
                result.setdefault(cut.index, []).append(_placement(done, folder))
    return result


def _placement(done: FilledShot, folder: PickupFolder) -> Placement:
    gap = done.shot.gap
    return Placement(
        start=gap.start,
        end=gap.start + gap.duration,
        name=done.chosen.name,
        takes=tuple(take.media(folder) for take in done.takes),
        active=done.takes.index(done.chosen),
        track=gap.track,
        note=done.shot.text,
        grade=_grade(done.shot),
    )


def _grade(shot: ShotRequest) -> Grade:
    cdl = shot.cdl
    if cdl is None:
        return Grade(shot.lut)
    return Grade(shot.lut, cdl.slope, cdl.offset, cdl.power, cdl.saturation)


def retakes_in(
    document: CutFile, folder: PickupFolder, planned: list[PlannedCut], retake: Retake
) -> list[PlannedCut]:
    """The plans with the shot to retake, which may stand in the cut already, filled before."""
    if any(shot.id == retake.shot for cut in planned for shot in cut.shots):
        return [_reworded(cut, retake) for cut in planned]
    for index, cut in enumerate(document.cuts):
        item = _placed(cut, retake.shot)
        if item is not None:
            shot = _planned_before(folder, retake.shot)
            gap = shot.gap.model_copy(update={"start": item.start, "duration": item.duration})
            placed = shot.model_copy(update={"gap": gap, "frames": item.duration})
            return [_reworded(_with_shot(planned, index, cut, placed), retake)]
    return planned


def _reworded(planned: PlannedCut, retake: Retake) -> PlannedCut:
    """The plan with the words that a person gave for the new take."""
    if not retake.words:
        return planned
    shots = [_saying(s, retake.words) if s.id == retake.shot else s for s in planned.shots]
    return replace(planned, shots=shots)


def _saying(shot: ShotRequest, words: str) -> ShotRequest:
    text = full_text(words, shot.prompt, shot.characters)
    return shot.model_copy(update={"words": words, "words_from": "person", "text": text})


def _placed(cut: Cut, shot: str) -> Item | None:
    return next((item for _, item, name in our_clips(cut) if name == shot), None)


def _planned_before(folder: PickupFolder, shot: str) -> ShotRequest:
    try:
        return read_plan(folder.plan).shot(shot)
    except PlanError as error:
        raise PlanError(
            f"{error} The shot stands in the cut, but without its plan there is nothing to "
            f"make another take from; it should be in {folder.plan}."
        ) from None


def _with_shot(
    planned: Sequence[PlannedCut], index: int, cut: Cut, shot: ShotRequest
) -> PlannedCut:
    for other in planned:
        if other.index == index:
            return replace(other, shots=[shot])
    return PlannedCut(index, cut, {}, [shot], {})
