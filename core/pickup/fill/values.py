"""What goes into a fill, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from pickup.cut.gap import FILLED_KINDS
from pickup.cut.gaps import GapOptions
from pickup.fill.prepare import ShotSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.model import Cut
    from pickup.fill.takes import Take
    from pickup.media.spec import Deliver
    from pickup.providers.card import ChangeKind
    from pickup.shots.request import ShotRequest


@dataclass(frozen=True, slots=True)
class Retake:
    """One more take of a shot.

    Attributes:
        shot: its id.
        words: what to change, as the new prompt; empty keeps the old one.
        of: number of the take to make it from; 0 films it anew.
        change: how it is made from that one.
    """

    shot: str
    words: str = ""
    of: int = 0
    change: ChangeKind = "remix"


@dataclass(frozen=True, slots=True)
class FillOptions:
    """What the user asked for.

    Attributes:
        sequence: only the sequence of this name; empty is all.
        plan: an edited plan to follow, or None to make one.
        retake: one more take of a shot, if that is wanted.
        budget: USD that this run may spend at most, or None.
    """

    gaps: GapOptions = field(default_factory=lambda: GapOptions(kinds=FILLED_KINDS))
    shots: ShotSettings = field(default_factory=ShotSettings)
    sequence: str = ""
    plan: Path | None = None
    deliver: Deliver = "h264"
    retake: Retake | None = None
    budget: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """What a run would spend and send, shown before anything is.

    Attributes:
        lines: shot, model and estimate in USD, for each take to be ordered from a service; None
            where nobody knows the price.
        uploads: what leaves the machine, as sentences.
        services: the providers that it goes to.
        rules: what these models' makers do not allow to be uploaded, as sentences.
    """

    lines: tuple[tuple[str, str, Decimal | None], ...] = ()
    uploads: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        return sum((amount or Decimal(0) for _, _, amount in self.lines), Decimal(0))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Models in it whose price nobody knows."""
        return tuple(dict.fromkeys(model for _, model, amount in self.lines if amount is None))

    @property
    def spends(self) -> bool:
        """Whether it costs money, or may: then it is agreed to each time."""
        return self.total > 0 or bool(self.unpriced)

    def __str__(self) -> str:
        """What it comes to, for people."""
        if not self.unpriced:
            return f"up to ${self.total:.2f}"
        more = " and ".join(self.unpriced)
        return f"up to ${self.total:.2f}, and what {more} costs, which nobody here knows"


@dataclass(frozen=True, slots=True)
class FilledShot:
    """A shot that now stands in the cut.

    Attributes:
        chosen: the take placed; `takes` are all that there are of the shot.
    """

    cut: Cut
    shot: ShotRequest
    takes: tuple[Take, ...]
    chosen: Take


@dataclass(frozen=True, slots=True)
class FillResult:
    """What a run did.

    Attributes:
        out: the file written, or None where there was nothing to do.
        failed: why each other shot was not filled, by its id.
        slips: holes too short to fill.
    """

    out: Path | None = None
    report: Path | None = None
    filled: tuple[FilledShot, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    slips: int = 0
    notes: tuple[str, ...] = ()


class Watcher(Protocol):
    """Who is told how a run is doing, and asked before money or pictures leave."""

    def begin(self, what: str, total: int) -> None:
        """A new stretch of work, of `total` units."""

    def advance(self, what: str, done: float, detail: str = "") -> None:
        """`done` of the units are done."""

    def agree(self, bill: Bill) -> bool:
        """Whether the user wants what a service will do and charge."""


class Silent:
    """A watcher that says nothing, and agrees to nothing that costs."""

    def begin(self, what: str, total: int) -> None: ...

    def advance(self, what: str, done: float, detail: str = "") -> None: ...

    def agree(self, bill: Bill) -> bool:
        return not bill.lines and not bill.uploads


def sentences(messages: Sequence[str]) -> tuple[str, ...]:
    """Messages without repetition, in their order."""
    return tuple(dict.fromkeys(messages))
