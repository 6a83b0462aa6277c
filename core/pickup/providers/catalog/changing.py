"""Whether a model can make a take from an older one, and what is ordered then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.errors import RequestError
from pickup.providers.base import Change
from pickup.providers.catalog.catalog import cards

if TYPE_CHECKING:
    from pickup.providers.card import ChangeKind, ModelCard
    from pickup.shots.request import ShotRequest


def change_of(
    card: ModelCard, request: ShotRequest, kind: ChangeKind, *, maker: str, have: int
) -> Change:
    """What to order where an older take shall be changed instead of filming anew.

    A local model remixes by filming anew from the new words.

    Args:
        maker: the provider of the older take.
        have: its frames from the first visible one on, at the shot's rate.

    Raises:
        RequestError: the model cannot do it; the sentence says what would work.
    """
    if maker != card.provider:
        raise RequestError(
            f"that take was made by {maker}, and {card.provider} cannot change it; "
            f"choose a model of {maker}, or leave out --of to film it anew"
        )
    if kind not in card.changes and not (card.local and kind == "remix"):
        able = [one.name for one in cards(card.provider) if kind in one.changes]
        instead = f"{' or '.join(able[:3])} can" if able else "film it anew, without --of"
        raise RequestError(f"{card.name} cannot {kind} a take; {instead}")
    return _extension(card, request, have) if kind == "extend" else Change(kind)


def too_old(card: ModelCard, request: ShotRequest, created: str) -> list[str]:
    """That the service may not have an older take any more, as a sentence.

    Args:
        created: when the take was made, in ISO form.
    """
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(created)
    except (ValueError, TypeError):
        return []
    if not card.link_hours or age < timedelta(hours=card.link_hours):
        return []
    return [
        f"{request.id}: {card.provider} keeps a take for {card.link_hours:g} hours, and this one "
        "is older; if it is refused, film it anew, without --of."
    ]


def _extension(card: ModelCard, request: ShotRequest, have: int) -> Change:
    missing = request.frames - have
    if missing <= 0:
        raise RequestError("that take is as long as its shot already, so nothing is to be added")
    needed = Fraction(missing) / request.rate
    enough = [step for step in card.extensions if step >= needed]
    if not enough:
        raise RequestError(
            f"{card.name} adds {max(card.extensions, default=0)} seconds at most, and "
            f"{float(needed):.1f} are missing"
        )
    return Change("extend", min(enough))
