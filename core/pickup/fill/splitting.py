"""Gaps longer than their model films, divided before anything is ordered."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pickup.errors import RequestError
from pickup.fill.ordering import LAST_RESORT, Models
from pickup.providers.catalog import estimate_shot, fit, longest_frames
from pickup.shots.pieces import MOST_PIECES, even, in_pieces, longest_first
from pickup.timing import nominal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.cut.gap import Gap
    from pickup.fill.prepare import PlannedCut
    from pickup.providers.card import ModelCard
    from pickup.shots.request import FrameRef, ShotRequest


def split_long(planned: PlannedCut, models: Models | None = None) -> PlannedCut:
    """The plan with each shot that is too long for its model as several, and a note of it.

    Raises:
        RequestError: a model is not known, or retired.
    """
    models = models or Models()
    shots: list[ShotRequest] = []
    gaps: dict[str, Gap] = {}
    notes = list(planned.notes)
    taken = {shot.id for shot in planned.shots}
    for shot in planned.shots:
        gap = planned.gaps[shot.gap.id]
        card, lengths = _lengths(shot, models)
        if card is None:
            shots.append(shot)
            gaps[gap.id] = gap
            continue
        named = shot.model_copy(update={"model": card.name})
        made = in_pieces(planned.cut, named, gap, lengths, taken)
        shots += [piece for piece, _ in made]
        gaps |= {part.id: part for _, part in made}
        notes.append(_note(shot, card, max(lengths), [piece.id for piece, _ in made]))
    return replace(planned, shots=shots, gaps=gaps, notes=tuple(notes))


def _lengths(shot: ShotRequest, models: Models) -> tuple[ModelCard | None, Sequence[int]]:
    """The model of a shot that is to be divided, and the pieces' lengths; None where it is not.

    Only the last piece has a last frame: a model that needs one cannot make the others.
    """
    seen = _with_frames(shot)
    card = _maker(seen, models)
    if card is None or card.needs_last or fit(card, seen).seconds:
        return None, ()
    longest = longest_frames(card, seen)
    if not 0 < shot.frames <= longest * MOST_PIECES:
        return None, ()
    return card, _cheaper(card, seen, even(shot.frames, longest), longest)


def _maker(shot: ShotRequest, models: Models) -> ModelCard | None:
    """The model that would film the shot if it were short."""
    if shot.model:
        return models.named(shot.model)[1]
    name = models.default(shot)
    if name.partition(":")[0] == LAST_RESORT:
        try:
            name = models.default(shot.model_copy(update={"frames": nominal(shot.rate)}))
        except RequestError:
            return None
    return models.named(name)[1]


def _cheaper(card: ModelCard, shot: ShotRequest, evenly: list[int], longest: int) -> list[int]:
    """Even pieces, unless it saves money to fill the longest ones first."""
    greedy = longest_first(shot.frames, longest)
    if greedy[-1] < nominal(shot.rate):
        return evenly  # a piece of less than a second is no shot
    return greedy if _price(card, shot, greedy) < _price(card, shot, evenly) else evenly


def _price(card: ModelCard, shot: ShotRequest, lengths: Sequence[int]) -> Decimal:
    prices = [estimate_shot(card, shot.model_copy(update={"frames": n})) for n in lengths]
    return sum((price or Decimal(0) for price in prices), Decimal(0))


def _with_frames(shot: ShotRequest) -> ShotRequest:
    """The shot as it will be once its reference frames are extracted: some models ask for them."""
    found = {
        side: ref.model_copy(update={"file": ref.file or "later"})
        for side, ref in (("first_frame", shot.first_frame), ("last_frame", shot.last_frame))
        if ref is not None and _is_here(ref)
    }
    return shot.model_copy(update=found)


def _is_here(ref: FrameRef) -> bool:
    return bool(ref.path) and Path(ref.path).exists()


def _note(shot: ShotRequest, card: ModelCard, longest: int, names: Sequence[str]) -> str:
    seconds = float(shot.frames / shot.rate)
    return (
        f"The gap at {shot.gap.timecode} is {seconds:.1f} seconds long and {card.name} films "
        f"{float(longest / shot.rate):.1f} of them at once: it is filmed in {len(names)} pieces, "
        f"{names[0]} to {names[-1]}, each from the last frame of the one before."
    )
