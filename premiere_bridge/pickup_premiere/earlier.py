"""What is known of the shots made for a cut: from its plans, and from the takes in its folder."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pickup.errors import PlanError
from pickup.fill.folder import PickupFolder
from pickup.fill.takes import read_takes
from pickup.shots.plan import read_plan
from pickup.timing import nominal
from pickup_premiere.delivery import delivered_stem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pickup.cut.model import Cut
    from pickup.fill.takes import Take
    from pickup.shots.request import FrameRef, ShotRequest

GAP_ID = re.compile(r"\bg[0-9a-f]{10}\b")
_PLANS = ("plan.previous.json", "plan.json")


@dataclass(frozen=True, slots=True)
class Side:
    """The frame beside a gap when its shot was planned, in the media's own numbering."""

    name: str
    media: str
    frame: int


@dataclass(frozen=True, slots=True)
class EarlierShot:
    """A shot that was planned, and perhaps filmed and placed.

    Attributes:
        gaps: every id that its gap has had.
        start: frames from the start of the sequence, when last planned.
        takes: by number.
        planned: whether a plan still tells of it; else only what its takes say is known.
        request: as the newest plan has it.
    """

    id: str
    gaps: frozenset[str]
    start: int
    duration: int
    before: Side | None = None
    after: Side | None = None
    takes: tuple[Take, ...] = ()
    planned: bool = True
    request: ShotRequest | None = None

    @property
    def end(self) -> int:
        return self.start + self.duration

    @property
    def chosen(self) -> Take | None:
        """The take that is placed; the newest where none was chosen."""
        chosen = next((take for take in self.takes if take.chosen), None)
        return chosen or (self.takes[-1] if self.takes else None)

    def take(self, number: int | None) -> Take | None:
        """The take of that number, else the chosen one."""
        return next((t for t in self.takes if t.record.take == number), None) or self.chosen


def earlier_shots(folder: PickupFolder, cut: Cut | None = None) -> list[EarlierShot]:
    """The shots of a folder, in the order of the cut.

    Args:
        folder: of plans and takes.
        cut: only the shots of this sequence, where the plans know it; its timecode places the
            shots whose plan was overwritten by later ones.
    """
    requests = [request for name in _PLANS for request in _planned(folder.root / name)]
    sequences = {request.gap.sequence for request in requests}
    named = cut.name if cut is not None and cut.name in sequences else ""
    shots: dict[str, EarlierShot] = {}
    for request in requests:
        if not named or request.gap.sequence in ("", named):
            known = shots.get(request.id)
            gaps = (known.gaps if known else frozenset()) | {request.gap.id}
            shots[request.id] = _of(request, gaps)
    takes = read_takes(folder)
    for take in takes:
        if all(request.id != take.record.shot for request in requests):
            shots[take.record.shot] = _of_take(take, cut.start if cut is not None else 0)
    return sorted(
        (_with_takes(shot, takes) for shot in shots.values()), key=lambda shot: shot.start
    )


def stems_of(take: Take) -> tuple[str, ...]:
    """What the media file of a take may be called: in its folder, or copied for Premiere."""
    stem = take.file.rpartition("/")[2].rpartition(".")[0]
    return (stem, take.name, delivered_stem(take.name, take.sha256))


def folders_beside(export: Path) -> list[PickupFolder]:
    """The folder of the export itself first, then those of the other cuts that lie beside it.

    An editor who exports a new version under another name still means the shots of the old one.
    """
    own = PickupFolder.of(export)
    others = sorted(p for p in own.root.parent.glob("*.pickup") if p.is_dir() and p != own.root)
    return [own, *(PickupFolder(path) for path in others)]


def _planned(path: Path) -> tuple[ShotRequest, ...]:
    """The shots of a plan; one that is not there or is spoilt has none."""
    try:
        return read_plan(path).shots
    except PlanError:
        return ()


def _of(request: ShotRequest, gaps: frozenset[str]) -> EarlierShot:
    return EarlierShot(
        id=request.id,
        gaps=gaps,
        start=request.gap.start,
        duration=request.gap.duration,
        before=_side(request.first_frame),
        after=_side(request.last_frame),
        request=request,
    )


def _of_take(take: Take, first: int) -> EarlierShot:
    """What a take alone says: its length, and its place by its timecode."""
    start, hour = take.start + take.head - first, 3600 * nominal(take.rate)
    if first < take.head and hour <= start < hour + take.head:
        start -= hour  # its handles would have lain before midnight
    return EarlierShot(take.record.shot, frozenset(), max(0, start), take.visible, planned=False)


def _side(frame: FrameRef | None) -> Side | None:
    return None if frame is None else Side(frame.name, frame.media, frame.frame)


def _with_takes(shot: EarlierShot, takes: Iterable[Take]) -> EarlierShot:
    mine = tuple(take for take in takes if take.record.shot == shot.id)
    return replace(shot, gaps=shot.gaps | {take.record.gap for take in mine}, takes=mine)
