"""Gaps to shots: a pure function from what was found to what shall be filmed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pickup.errors import PlanError
from pickup.shots.looks import Look
from pickup.shots.plan import Plan
from pickup.shots.request import FrameRef, GapRef, Prompt, ShotRequest
from pickup.shots.wording import from_neighbours, full_text
from pickup.timing import frames_to_timecode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pickup.cut.gap import Gap, Neighbour
    from pickup.cut.model import Cut, Raster

_NUMBERED = re.compile(r"pk(\d+)$")


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """What holds for all shots of a plan.

    Attributes:
        raster: picture size of every shot.
        model: `provider:model`, or empty for the default.
        known: shot ids by gap id from an older plan of the cut, so that shots keep their names.
    """

    raster: Raster
    model: str = ""
    takes: int = 1
    handles: int = 8
    lettering: bool = True
    look: Look | None = None
    known: Mapping[str, str] = field(default_factory=dict)


def plan_shots(cut: Cut, cut_name: str, gaps: Sequence[Gap], settings: PlanSettings) -> Plan:
    """One shot for each gap, in the order of the cut.

    Args:
        cut_name: the cut's file name, for people.
    """
    names = _names(gaps, settings.known)
    shots = tuple(_shot(cut, gap, names[gap.id], settings) for gap in gaps)
    return Plan(cut=cut_name, sequence=cut.name, shots=shots)


def _names(gaps: Sequence[Gap], known: Mapping[str, str]) -> dict[str, str]:
    """pk010, pk020 … in the order of the cut; a known gap keeps its name."""
    taken = set(known.values())
    numbers = [int(m[1]) for m in map(_NUMBERED.match, taken) if m]
    number = (max(numbers, default=0) // 10) * 10
    names: dict[str, str] = {}
    given: set[str] = set()
    for gap in gaps:
        name = known.get(gap.id, "")
        if name and name not in given:
            names[gap.id] = name
            given.add(name)
            continue
        number += 10
        names[gap.id] = f"pk{number:03d}"
    return names


def _shot(cut: Cut, gap: Gap, name: str, settings: PlanSettings) -> ShotRequest:
    words = gap.words.text
    text = words or from_neighbours(gap, cut.rate)
    look = settings.look or Look()
    prompt = look.over(Prompt())
    return ShotRequest.model_validate(
        {
            "id": name,
            "gap": gap_ref(cut, gap),
            "words": words[:20_000],
            "words_from": gap.words.origin or "neighbours",
            "prompt": prompt,
            "text": full_text(text, prompt, look.characters)[:32_000],
            "negative": look.negative,
            "characters": look.characters,
            "references": look.references,
            "lut": look.lut,
            "cdl": look.cdl,
            "frames": gap.duration,
            "rate": cut.rate,
            "width": settings.raster.width,
            "height": settings.raster.height,
            "pixel_aspect": settings.raster.pixel_aspect,
            "first_frame": _frame_ref(gap.before),
            "last_frame": _frame_ref(gap.after),
            "handles": settings.handles,
            "seed": int(gap.id[1:9], 16),
            "model": settings.model,
            "takes": settings.takes,
            "lettering": settings.lettering,
        }
    )


def gap_ref(cut: Cut, gap: Gap) -> GapRef:
    """Where a gap stands now."""
    return GapRef(
        id=gap.id,
        sequence=cut.name,
        start=gap.start,
        duration=gap.duration,
        timecode=frames_to_timecode(cut.start + gap.start, cut.rate, drop=cut.drop_frame),
        kind=gap.kind.value,
        track=gap.track,
        of=gap.of,
        offset=gap.offset,
    )


def _frame_ref(neighbour: Neighbour | None) -> FrameRef | None:
    if neighbour is None:
        return None
    media = neighbour.media
    return FrameRef(
        name=neighbour.name,
        media=media.url,
        path=str(media.path) if media.path else "",
        frame=neighbour.frame,
        index=neighbour.index,
        reason="" if media.path else "the cut names no file for it",
    )


def fit_to_cut(
    plan: Plan, cut: Cut, gaps: Sequence[Gap]
) -> tuple[list[ShotRequest], dict[str, str]]:
    """The plan's shots as they stand in the cut now, and why the others no longer fit.

    Raises:
        PlanError: the plan is of another sequence.
    """
    if plan.sequence and plan.sequence != cut.name:
        raise PlanError(
            f"The plan is of the sequence “{plan.sequence}”, not of “{cut.name}”; "
            "make one for this cut with “pickup plan”."
        )
    by_id = {gap.id: gap for gap in gaps}
    fitting: list[ShotRequest] = []
    refused: dict[str, str] = {}
    names: set[str] = set()
    taken: dict[str, list[Gap]] = {}
    for shot in plan.shots:
        gap = gap_of(shot, by_id)
        if gap is None:
            refused[shot.id] = _why_not(shot, cut, gaps)
        elif shot.frames != gap.duration:
            refused[shot.id] = _other_length(gap, shot)
        elif shot.rate != cut.rate:
            refused[shot.id] = (
                f"it is planned at {shot.rate} frames a second, the cut has {cut.rate}"
            )
        elif shot.id in names or _overlaps(gap, taken.get(gap.of or gap.id, ())):
            refused[shot.id] = "the plan has two shots of this name or for this gap"
        else:
            names.add(shot.id)
            taken.setdefault(gap.of or gap.id, []).append(gap)
            fitting.append(shot.model_copy(update={"gap": gap_ref(cut, gap)}))
    return fitting, refused


def gap_of(shot: ShotRequest, gaps: Mapping[str, Gap]) -> Gap | None:
    """The gap that a shot was planned for, or its piece of one; None where there is none now."""
    if not shot.gap.of:
        return gaps.get(shot.gap.id)
    whole = gaps.get(shot.gap.of)
    if whole is None or shot.gap.offset + shot.gap.duration > whole.duration:
        return None
    return whole.piece(shot.gap.offset, shot.gap.duration)


def _overlaps(gap: Gap, others: Iterable[Gap]) -> bool:
    return any(gap.start < other.end and other.start < gap.end for other in others)


def _other_length(gap: Gap, shot: ShotRequest) -> str:
    return f"the gap is now {gap.duration} frames long, the plan says {shot.gap.duration}"


def _why_not(shot: ShotRequest, cut: Cut, gaps: Sequence[Gap]) -> str:
    start, end = shot.gap.start, shot.gap.start + shot.gap.duration
    overlapping = [gap for gap in gaps if gap.start < end and start < gap.end]
    if not overlapping:
        return f"there is no gap at {shot.gap.timecode} any more"
    gap = overlapping[0]
    if shot.gap.of:
        return "the gap that it is a piece of is not what it was"
    if gap.duration != shot.gap.duration:
        return _other_length(gap, shot)
    if gap.start != start:
        now = frames_to_timecode(cut.start + gap.start, cut.rate, drop=cut.drop_frame)
        return f"the gap has moved from {shot.gap.timecode} to {now} and lies between other frames"
    return f"the frames around the gap at {shot.gap.timecode} have changed"
