"""What has become of each shot after the editor has recut the sequence and exported it again.

The pickups that stand in the new cut are recognised by what they carry; then they are taken out,
and the holes which that leaves are what the editor now wants filled. A shot without a clip is
looked for by what its gap lay between. All functions here are pure, but for `look_again`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from pickup.cut.gap import DEFAULT_MIN_FRAMES, FILLED_KINDS
from pickup.timing import FrameRange
from pickup_premiere.earlier import earlier_shots, folders_beside
from pickup_premiere.evidence import Evidence, Finding, GapMatcher, ItemReader, same_media
from pickup_premiere.stretches import stretches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.gap import Gap
    from pickup.cut.model import Cut, Item
    from pickup.fill.folder import PickupFolder
    from pickup.fill.takes import Take
    from pickup_premiere.earlier import EarlierShot


class Verdict(Enum):
    """What a recut means for a shot."""

    SAME = "same"
    """It stands, or belongs, where it did, and fits."""
    MOVED = "moved"
    """It fits, elsewhere or at the length that the editor has given it."""
    RETRIM = "re-trim"
    """Its gap has changed, and the handles of the take reach: other in and out points do."""
    RETAKE = "new take"
    """Its gap has changed by more than the take has frames for."""
    GONE = "gone"
    """Nothing of it is left in the cut."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """An earlier shot in the new cut.

    Attributes:
        by: what it was recognised by; None where it is gone.
        where: the frames of the new cut that it is to fill; None where it is gone.
        gap: the stretch without picture that `where` is, or is a part of; None where there is none.
        item: its clip in the new cut, if it stands there.
        take: the one placed, else the one chosen, if there is any.
        head: the frame of the take's file, counted from 0, to show first; None for a new take.
        copies: where else the editor has put it.
        notes: what the editor should know, in sentences.
    """

    shot: EarlierShot
    verdict: Verdict
    by: Evidence | None = None
    where: FrameRange | None = None
    item: Item | None = None
    take: Take | None = None
    head: int | None = None
    copies: tuple[FrameRange, ...] = ()
    notes: tuple[str, ...] = ()
    gap: Gap | None = None

    @property
    def moved(self) -> int:
        """Frames by which its start has moved."""
        return self.where.start - self.shot.start if self.where else 0

    @property
    def grown(self) -> int:
        """Frames by which its gap is longer than it was planned; negative when shorter."""
        return self.where.duration - self.shot.duration if self.where else 0


@dataclass(frozen=True, slots=True)
class Recut:
    """All earlier shots in the order of the old cut, and the gaps that none of them is for."""

    shots: tuple[Recognised, ...]
    new_gaps: tuple[Gap, ...] = ()


def look_again(export: Path, cut: Cut) -> tuple[PickupFolder, Recut]:
    """The shots made earlier for an exported cut, as they stand in it now.

    The folder with the most of them counts, for an export may come under another name. What lies
    at the same place alone proves nothing there: another film begins with a hole too.
    """
    own, *others = folders_beside(export)
    best = own, recognise(cut, earlier_shots(own, cut))
    if not _is_related(best[1], cut):
        best = own, Recut((), best[1].new_gaps)
    for folder in others:
        recut = recognise(cut, earlier_shots(folder, cut))
        if _known(recut) > _known(best[1]) and _is_sure(recut):
            best = folder, recut
    return best


def _is_related(recut: Recut, cut: Cut) -> bool:
    """Whether the shots of a folder are of this sequence, by its name or by what was found."""
    sequences = {f.shot.request.gap.sequence for f in recut.shots if f.shot.request is not None}
    return cut.name in sequences or "" in sequences or _is_sure(recut)


def _is_sure(recut: Recut) -> bool:
    return any(
        found.by not in (None, Evidence.OVERLAP)
        and not (found.by is Evidence.NEIGHBOURS and None in (found.shot.before, found.shot.after))
        for found in recut.shots
    )


def recognise(cut: Cut, earlier: Sequence[EarlierShot]) -> Recut:
    """What has become of each shot in `cut`.

    One of which only the takes tell, and that is not found, may belong to another sequence: it is
    left out.
    """
    findings = ItemReader(earlier).read(cut)
    known = {gap for shot in earlier for gap in shot.gaps}
    holes = stretches(cut, [finding.item for finding in findings], known)
    homes = _homes(findings, holes)
    open_ = [s for s in holes if s.id not in {h.gap.id for h in homes if h.gap}]
    standing = {home.finding.shot.id for home in homes}
    matched = GapMatcher(cut.rate).match([s for s in earlier if s.id not in standing], open_)
    shots = []
    for shot in earlier:
        mine = [home for home in homes if home.finding.shot.id == shot.id]
        if mine:
            shots.append(_standing(cut, mine))
        elif shot.id in matched:
            shots.append(_awaited(cut, shot, *matched[shot.id]))
        elif shot.planned:
            shots.append(Recognised(shot, Verdict.GONE, take=shot.chosen))
    taken = {gap.id for gap, _ in matched.values()}
    new = tuple(gap for gap in open_ if gap.id not in taken and _is_wanted(gap))
    return Recut(tuple(shots), new)


def summary(recut: Recut) -> str:
    """One sentence on the earlier shots, or nothing where there are none."""
    if not recut.shots:
        return ""
    words = {
        Verdict.SAME: "as it was",
        Verdict.MOVED: "moved",
        Verdict.RETRIM: "to be re-trimmed from handles",
        Verdict.RETAKE: "in need of a new take",
        Verdict.GONE: "no longer in the cut",
    }
    parts = []
    for verdict, word in words.items():
        names = [found.shot.id for found in recut.shots if found.verdict is verdict]
        if names:
            which = "" if verdict is Verdict.SAME or len(names) > 8 else f" ({', '.join(names)})"
            parts.append(f"{len(names)} {word}{which}")
    verdicts = {found.verdict for found in recut.shots}
    steps = [
        step
        for verdict, step in (
            (Verdict.RETRIM, " Those re-trimmed have a take of their own: place it."),
            (Verdict.RETAKE, " Order new takes for those that need one."),
        )
        if verdict in verdicts
    ]
    return f"Of {len(recut.shots)} shots made earlier: {', '.join(parts)}.{''.join(steps)}"


@dataclass(frozen=True, slots=True)
class _Home:
    """A clip of ours, or its pieces.

    Attributes:
        where: what it is to fill: its part of a stretch without picture, else its own range.
        stands: from the first frame that it covers now to the last.
        whole: whether it covers all between; pieces may have come apart.
    """

    finding: Finding
    gap: Gap | None
    where: FrameRange
    stands: FrameRange
    whole: bool = True


def _known(recut: Recut) -> int:
    return sum(shot.verdict is not Verdict.GONE for shot in recut.shots)


def _is_wanted(gap: Gap) -> bool:
    return gap.duration >= DEFAULT_MIN_FRAMES and gap.kind in FILLED_KINDS


def _homes(findings: Sequence[Finding], holes: Sequence[Gap]) -> list[_Home]:
    """Each clip with the stretch that it covers most of; clips in one stretch share it out."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    homes = []
    by_id = {gap.id: gap for gap in holes}
    for finding in findings:
        own = FrameRange(finding.item.start, finding.item.end)
        best = max(holes, key=lambda gap: _overlap(gap.range, own), default=None)
        if best is None or _overlap(best.range, own) <= 0:
            homes.append(_Home(finding, None, own, own))
        else:
            groups[best.id].append(finding)
    for key, group in groups.items():
        homes += _shared_out(by_id[key], group)
    return homes


def _shared_out(gap: Gap, group: list[Finding]) -> list[_Home]:
    """A stretch among the clips in it.

    The outer ones reach its ends, and a hole between two belongs to the one before it. Pieces of
    one shot, cut apart, are one again.
    """
    group.sort(key=lambda finding: finding.item.start)
    runs: list[list[Finding]] = []
    for finding in group:
        if runs and runs[-1][-1].shot.id == finding.shot.id:
            runs[-1].append(finding)
        else:
            runs.append([finding])
    homes = []
    start = gap.start
    for index, run in enumerate(runs):
        following = runs[index + 1][0].item.start if index + 1 < len(runs) else gap.end
        end = max(start + 1, min(following, gap.end))
        stands = FrameRange(run[0].item.start, max(finding.item.end for finding in run))
        whole = sum(finding.item.duration for finding in run) >= stands.duration
        homes.append(_Home(run[0], gap, FrameRange(start, end), stands, whole))
        start = end
    return homes


def _overlap(one: FrameRange, other: FrameRange) -> int:
    return min(one.end, other.end) - max(one.start, other.start)


def _standing(cut: Cut, homes: list[_Home]) -> Recognised:
    """The verdict on a shot that has a clip in the cut."""
    home = max(homes, key=_meant)
    finding, where = home.finding, home.where
    shot, item = finding.shot, finding.item
    copies = tuple(h.where for h in homes if h is not home)
    take = shot.take(finding.take)
    notes = _notes(shot, home.gap, copies)
    verdict, head = Verdict.RETAKE, _head_in(cut, item, take, where.start)
    if home.stands == where and home.whole:
        same = (where.start, where.duration) == (shot.start, shot.duration)
        verdict = Verdict.SAME if same else Verdict.MOVED
    elif _reaches(take, head, where.duration):
        verdict = Verdict.RETRIM
    else:
        head = None
    return Recognised(shot, verdict, finding.by, where, item, take, head, copies, notes, home.gap)


def _meant(home: _Home) -> tuple[bool, bool, int, int]:
    """Of several clips of a shot, the one in its own gap; else the longest, the least moved."""
    shot, item = home.finding.shot, home.finding.item
    there = home.gap is not None and home.gap.id in shot.gaps
    return home.gap is not None, there, item.duration, -abs(item.start - shot.start)


def _head_in(cut: Cut, item: Item, take: Take | None, frame: int) -> int | None:
    """The frame of the file that shows at `frame`, as the editor's own placing has it."""
    if take is None or item.speed != 1 or item.retime is not None:
        return None
    if item.media is None:
        return take.head + frame - item.start
    seconds = item.source_time(frame, cut.rate) - item.media.start
    return int((seconds * take.rate + Fraction(1, 1000)) // 1)


def _awaited(cut: Cut, shot: EarlierShot, gap: Gap, by: Evidence) -> Recognised:
    """The verdict on a shot that has no clip in the cut, whose gap has been found again."""
    take = shot.chosen
    shift = GapMatcher(cut.rate).head_shift(shot, gap)
    notes = _notes(shot, gap, ())
    grown = gap.duration - shot.duration
    known = partial(Recognised, shot, by=by, where=gap.range, take=take, notes=notes, gap=gap)
    if take is None:
        return known(verdict=Verdict.RETAKE)
    if not grown and not shift:
        verdict = Verdict.SAME if gap.start == shot.start else Verdict.MOVED
        return known(verdict=verdict, head=take.head)
    head: int | None = take.head - shift if shift is not None else None
    if shift is None:
        # Nothing says at which end it changed: as it was, or as near to it as the file goes.
        head = max(0, min(take.head, take.frames - gap.duration))
    if _reaches(take, head, gap.duration):
        return known(verdict=Verdict.RETRIM, head=head)
    return known(verdict=Verdict.RETAKE)


def _reaches(take: Take | None, head: int | None, frames: int) -> bool:
    return take is not None and head is not None and 0 <= head <= take.frames - frames


def _notes(shot: EarlierShot, gap: Gap | None, copies: tuple[FrameRange, ...]) -> tuple[str, ...]:
    notes = []
    if gap is not None:
        for word, old, new in (
            ("before", shot.before, gap.before),
            ("after", shot.after, gap.after),
        ):
            if old is not None and (new is None or not same_media(old, new)):
                notes.append(f"The clip {word} {shot.id} is another one than when it was made.")
    if copies:
        notes.append(f"{shot.id} stands in the cut {len(copies) + 1} times.")
    return tuple(notes)
