"""What is asked of an order, and its news: light values, apart from the ordering itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from pickup.fill.folder import PickupFolder
    from pickup.fill.takes import Take
    from pickup.media.spec import Deliver


@dataclass(frozen=True, slots=True)
class Job:
    """What holds for all takes that are made together.

    Attributes:
        budget: USD that they may cost in all; None is no limit of this job.
    """

    folder: PickupFolder
    deliver: Deliver
    budget: Decimal | None = None


class Phase(Enum):
    """Where a take that was ordered stands."""

    WAITING = "waiting"
    MAKING = "making"
    CONFORMING = "conforming"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Step:
    """News of one take.

    Attributes:
        fraction: of its phase, 0 to 1, or None where nobody knows.
        message: what a person should know; the reason where it failed.
        take: set when it is ready.
    """

    shot: str
    number: int
    phase: Phase
    fraction: float | None = None
    message: str = ""
    take: Take | None = None
    key: str = ""
