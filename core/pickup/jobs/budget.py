"""What orders will cost, from the models' cards, before anything is sent."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pickup.errors import RequestError
from pickup.home import settings
from pickup.jobs.money import Limits
from pickup.providers.base import Change
from pickup.providers.catalog.fit import estimate_shot

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.providers.base import Provider
    from pickup.providers.card import ModelCard
    from pickup.shots.request import ShotRequest


def limits(budget: Decimal | None = None) -> Limits:
    """A run's budget beside the monthly cap of the settings (`month_usd`)."""
    return Limits(budget=budget, month=_amount(settings().get("month_usd")))


def estimate(card: ModelCard, request: ShotRequest, change: str = "") -> Decimal:
    """USD that one take of `request` may cost, rather too much than too little.

    A model whose price nobody knows, as one on the user's own server, counts as free.

    Args:
        change: how it is made from an older take; an extension is paid by what it adds.
    """
    added = Change.parse(change).seconds
    cost = estimate_shot(card, request.model_copy(update={"takes": 1}), seconds=added)
    return Decimal(0) if cost is None else cost


def card_of(provider: Provider, model: str) -> ModelCard:
    """The card of a provider's model.

    Raises:
        RequestError: it offers none of that name; its models are named.
    """
    cards = provider.cards()
    for card in cards:
        if card.id == model:
            return card
    maker: Callable[[str], ModelCard] | None = getattr(provider, "card", None)
    if maker is not None:  # a provider that takes models which it does not list
        return maker(model)
    known = ", ".join(card.name for card in cards) or "none"
    raise RequestError(f"There is no model “{provider.name}:{model}”; {provider.name} has {known}.")


def _amount(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        amount = Decimal("nan") if isinstance(value, bool) else Decimal(str(value))
    except ArithmeticError:
        amount = Decimal("nan")
    if not amount.is_finite() or amount < 0:
        raise RequestError(f"month_usd in settings.toml is not an amount of dollars: {value}.")
    return amount
