"""Takes that a person has chosen stay, and nothing is ordered in their place.

A take is normally asked for anew when its request has changed: other words in the cut, other
frames beside the gap. One that was chosen by hand after that stands for the shot as it is then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pickup.fill.takes import NEXT, Take, choose, read_takes, stands, usable, write_take

if TYPE_CHECKING:
    from pickup.fill.folder import PickupFolder
    from pickup.fill.prepare import PlannedCut
    from pickup.media.spec import Deliver
    from pickup.shots.request import ShotRequest


def choose_by_hand(folder: PickupFolder, shot: str, number: int) -> None:
    """Have a take placed by the next fill, whatever its shot has become since it was made.

    Raises:
        RequestError: the shot has no take of that number.
    """
    choose(folder, shot, number, stands_for=NEXT)


def hold_to(planned: PlannedCut, folder: PickupFolder, deliver: Deliver) -> list[str]:
    """Have each take chosen for the next fill stand for its shot as it is in this one.

    Returns:
        Notes of what these takes are not.
    """
    notes = []
    for shot in planned.shots:
        take = _standing(shot, folder)
        if take is None:
            continue
        if take.stands_for == NEXT:
            write_take(folder, take.model_copy(update={"stands_for": shot.sha256()}))
        if take.deliver != deliver:
            notes.append(f"{take.name} was chosen as it is: it stays {take.deliver}.")
    return notes


def without_standing(planned: PlannedCut, folder: PickupFolder) -> PlannedCut:
    """The plan without the shots whose chosen take stands: these are not filmed."""
    shots = [shot for shot in planned.shots if _standing(shot, folder) is None]
    return replace(planned, shots=shots)


def _standing(shot: ShotRequest, folder: PickupFolder) -> Take | None:
    """The take that a person has chosen for this shot as it is; None where more are wanted."""
    takes = [take for take in read_takes(folder, shot.id) if usable(take, shot, folder)]
    if len(takes) < shot.takes:
        return None
    return next((take for take in takes if stands(take, shot)), None)
