"""Whether a model can film a shot, what it would lose, and which model to take by default.

All of it is told before anything is sent.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.errors import RequestError
from pickup.providers.catalog.catalog import cards as catalog_cards
from pickup.providers.catalog.fit import estimate_shot, fit, has_frame, lengths, pictures_taken
from pickup.providers.ready import lacking

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pickup.providers.card import ModelCard
    from pickup.shots.request import ShotRequest

_SOON = timedelta(days=14)
_LAST_RESORT = "animatic"
"""The drawing that stands in for a model; it fills a gap, but nobody with a model wants it."""


def check(
    card: ModelCard,
    request: ShotRequest,
    today: date | None = None,
    *,
    others: Iterable[ModelCard] | None = None,
    filming: bool = True,
) -> list[str]:
    """Why a model cannot film a shot, one sentence each with what would work; empty if it can.

    Args:
        others: the models that may be proposed instead; by default those of the catalog.
        filming: whether a shot is filmed; else an older take is changed, see `change_of`.
    """
    day = today or date.today()
    found = _retired(card, day) + (_impossible(card, request) if filming else [])
    if found and not card.retired_on(day):
        able = _able(request, day, catalog_cards() if others is None else others, card)
        found = [_with_choice(text, able) for text in found]
    return [f"{request.id}: {text}" for text in found]


def notes(card: ModelCard, request: ShotRequest, today: date | None = None) -> list[str]:
    """What a model that can film the shot will leave out, one sentence each."""
    found = []
    for which in ("first", "last"):
        bound = card.first_frame if which == "first" else card.last_frame
        if has_frame(request, which) and not bound:
            found.append(f"{card.name} does not join to the {which} frame")
    if has_frame(request, "last") and not has_frame(request, "first") and card.last_needs_first:
        found.append(f"{card.name} takes a last frame only with a first one, so it is left out")
    left_out = request.pictures[len(pictures_taken(card, request)) :]
    if left_out:
        names = ", ".join(image.name for image in left_out)
        why = "beside frames to join to" if card.references_or_frames else "as a reference"
        found.append(f"{card.name} does not take {names} {why}")
    if request.negative and not card.negative:
        found.append(f"{card.name} has no negative prompt, so it is left out")
    soon = (today or date.today()) + _SOON
    if card.shutdown and card.retired_on(soon):
        found.append(f"{card.name} will be shut down on {card.shutdown}")
    return [f"{request.id}: {text}." for text in found]


def choose_default(
    needs: ShotRequest,
    available: Iterable[str],
    *,
    today: date | None = None,
    cards: Iterable[ModelCard] | None = None,
) -> ModelCard:
    """The model for a shot: binds the frames there are, long enough, cheapest.

    Args:
        available: the names of the providers that can be used, with a key or locally.
        cards: the models to choose from; by default those of the catalog.

    Raises:
        RequestError: no model of these providers can film the shot; says which others could.
    """
    day = today or date.today()
    usable = set(available)
    offered = list(catalog_cards() if cards is None else cards)
    able = [c for c in offered if c.provider in usable and not check(c, needs, day, others=())]
    if able:
        return min(able, key=lambda card: _rank(card, needs, day))
    elsewhere = ", ".join(c.name for c in _able(needs, day, offered, None)[:3])
    raise RequestError(
        f"{needs.id}: no model of {', '.join(sorted(usable)) or 'any configured provider'} can "
        f"film {_seconds(needs)} seconds. "
        + (f"With a key, {elsewhere} could." if elsewhere else "Split the gap by a marker.")
    )


def _rank(card: ModelCard, needs: ShotRequest, day: date) -> tuple[object, ...]:
    """Smaller is better."""
    unbound = (has_frame(needs, "first") and not card.first_frame) + (
        has_frame(needs, "last") and not card.last_frame
    )
    price = estimate_shot(card, needs)
    return (
        card.provider == _LAST_RESORT,
        unbound,
        card.retired_on(day + _SOON),
        card.status != "active",
        price is None,
        price or Decimal(0),
        -(card.released or date.min).toordinal(),
        card.name,
    )


def _retired(card: ModelCard, day: date) -> list[str]:
    return [card.farewell()] if card.retired_on(day) else []


def _impossible(card: ModelCard, request: ShotRequest) -> list[str]:
    if not card.films:
        return [f"{card.name} films nothing; it upscales a take that is there"]
    found = []
    asked = fit(card, request)
    if not asked.seconds:
        made = lengths(card, request, asked.resolution)
        because = f" ({made.because})" if made.because else ""
        found.append(
            f"{card.name} makes {made.longest:g} seconds at most{because}, "
            f"and the gap is {_seconds(request)} long"
        )
    for which, needed in (("first", card.needs_first), ("last", card.needs_last)):
        if needed and not has_frame(request, which):
            found.append(f"{card.name} needs a {which} frame, and this gap has none")
    over = len(request.text) - card.max_prompt
    if card.max_prompt and over > 0:
        found.append(
            f"{card.name} takes a prompt of {card.max_prompt} characters, "
            f"and this one has {len(request.text)}: shorten it by {over} in the plan or the look"
        )
    if request.audio and not card.audio:
        found.append(f"{card.name} makes no sound")
    return found


def _able(
    request: ShotRequest, day: date, others: Iterable[ModelCard], but: ModelCard | None
) -> Sequence[ModelCard]:
    """The models that could film the shot, best first."""
    able = [
        other
        for other in others
        if (but is None or other.name != but.name)
        and not other.retired_on(day)
        and not _impossible(other, request)
    ]
    return sorted(able, key=lambda card: _rank(card, request, day))


def _with_choice(text: str, able: Sequence[ModelCard]) -> str:
    if not able:
        return f"{text}; split the gap by a marker, or leave out what it cannot do."
    ready = [card for card in able if not lacking(card.provider)]
    names = " or ".join(card.name for card in (ready or able)[:3])
    return f"{text}; {names} would do{'' if ready else ', once it is set up'}."


def _seconds(request: ShotRequest) -> str:
    return f"{float(Fraction(request.frames) / request.rate):.1f}"
