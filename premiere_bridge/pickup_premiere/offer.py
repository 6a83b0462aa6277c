"""What the panel in Premiere may have placed by its button: one list, agreed to once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from pickup_premiere.messages import Ready, ReadyTake

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pickup.hosts.base import Change
    from pickup_premiere.messages import SequenceInfo


@dataclass(frozen=True, slots=True)
class Offer:
    """A list as the panel shows it.

    Attributes:
        agreed: called once, from a thread of the line, when the button was pressed below it.
    """

    ready: Ready
    agreed: Callable[[], None]


def new_offer(
    changes: Sequence[Change], sequence: SequenceInfo, track: str, agreed: Callable[[], None]
) -> Offer:
    """These changes to a sequence, under a name of their own."""
    takes = [
        ReadyTake(shot=c.shot, take=c.take, where=c.where, frames=c.frames, instead=c.instead)
        for c in changes
    ]
    ready = Ready(
        offer=uuid4().hex, sequence=sequence.guid, name=sequence.name, track=track, takes=takes
    )
    return Offer(ready, agreed)
