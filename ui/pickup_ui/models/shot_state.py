"""One gap as the panel shows it: its shot, its takes, and where its orders stand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from pickup_ui.work.steps import Phase

if TYPE_CHECKING:
    from pickup.cut.gap import Gap
    from pickup.fill.takes import Take
    from pickup.shots.request import ShotRequest
    from pickup_ui.work.steps import Step


class Status(Enum):
    """What a gap is waiting for, at a glance."""

    OPEN = "open"
    """Nothing has been ordered."""
    BUSY = "busy"
    """A take is being made."""
    FAILED = "failed"
    """The last order brought nothing; the reason is known."""
    READY = "ready"
    """There are takes to judge."""
    CHOSEN = "chosen"
    """One is chosen, and not yet placed."""
    PLACED = "placed"
    """The chosen one stands in the written cut."""


@dataclass(slots=True)
class ShotState:
    """A gap and everything that is known of it.

    Attributes:
        shot: as edited.
        wanted: it is ordered together with the others.
        takes: those that fit, by number.
        rejected: names of takes turned down.
        steps: the last news of each take on order, by its number.
        reason: why the last order brought nothing.
        placed: name of the take that stands in the written cut.
    """

    gap: Gap
    shot: ShotRequest
    wanted: bool = True
    takes: tuple[Take, ...] = ()
    rejected: set[str] = field(default_factory=set)
    steps: dict[int, Step] = field(default_factory=dict)
    reason: str = ""
    placed: str = ""

    @property
    def id(self) -> str:
        return self.shot.id

    @property
    def chosen(self) -> Take | None:
        return next((take for take in self.takes if take.chosen), None)

    @property
    def busy(self) -> bool:
        """Something of it is under way, so that it cannot be ordered again."""
        return bool(self.steps)

    @property
    def status(self) -> Status:
        if self.busy:
            return Status.BUSY
        chosen = self.chosen
        if chosen is not None:
            return Status.PLACED if self.placed == chosen.name else Status.CHOSEN
        if self.reason:
            return Status.FAILED
        if any(take.name not in self.rejected for take in self.takes):
            return Status.READY
        return Status.OPEN

    @property
    def fraction(self) -> float:
        """How far its takes on order are, 0 to 1."""
        if not self.steps:
            return 0.0
        return sum(_part(step) for step in self.steps.values()) / len(self.steps)

    def heard(self, step: Step) -> None:
        """Take in the news of one take."""
        if step.phase in (Phase.WAITING, Phase.MAKING, Phase.CONFORMING):
            before = self.steps.get(step.number)
            if before is not None and before.phase is step.phase:
                # Made and then fetched, a take counts twice from nothing; a bar never goes back.
                most = max(before.fraction or 0.0, step.fraction or 0.0)
                step = replace(step, fraction=most)
            self.steps[step.number] = step
            return
        self.steps.pop(step.number, None)
        if step.phase is Phase.READY and step.take is not None:
            others = [t for t in self.takes if t.record.take != step.number]
            self.takes = tuple(sorted([*others, step.take], key=lambda t: t.record.take))
            self.reason = ""
        elif step.phase is Phase.FAILED:
            self.reason = step.message


def _part(step: Step) -> float:
    """The making counts for nine tenths; bars that stand still at the end annoy."""
    if step.phase is Phase.WAITING:
        return 0.0
    if step.phase is Phase.MAKING:
        return 0.9 * (step.fraction or 0.0)
    return 0.9 + 0.1 * (step.fraction or 0.0)
