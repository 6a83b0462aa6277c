"""What orders will cost, from the models' cards, before anything is sent."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pickup.errors import RequestError
from pickup.home import settings
from pickup.jobs.money import Limits

if TYPE_CHECKING:
    from pickup.providers.base import Provider
    from pickup.providers.card import ModelCard
    from pickup.shots.request import ShotRequest


def limits(budget: Decimal | None = None) -> Limits:
    """A run's budget beside the monthly cap of the settings (`month_usd`)."""
    return Limits(budget=budget, month=_amount(settings().get("month_usd")))


def estimate(card: ModelCard, request: ShotRequest) -> Decimal:
    """USD that one take of `request` may cost; rather too much than too little."""
    if card.local or not card.prices:
        return Decimal(0)
    return _price(card, request) * Decimal(str(billed_seconds(card, request)))


def billed_seconds(card: ModelCard, request: ShotRequest) -> float:
    """The length that will be made: the shortest the model offers that covers shot and handles."""
    exact = (request.frames + 2 * request.handles) / request.rate
    if card.durations:
        return min((d for d in card.durations if d >= exact), default=max(card.durations))
    longest = card.max_seconds or math.inf
    return max(min(math.ceil(exact), longest), card.min_seconds)


def card_of(provider: Provider, model: str) -> ModelCard:
    """The card of a provider's model.

    Raises:
        RequestError: it offers none of that name; its models are named.
    """
    cards = provider.cards()
    for card in cards:
        if card.id == model:
            return card
    known = ", ".join(card.name for card in cards) or "none"
    raise RequestError(f"There is no model “{provider.name}:{model}”; {provider.name} has {known}.")


def _price(card: ModelCard, request: ShotRequest) -> Decimal:
    """Of the step that the shot's raster needs; the dearest where that cannot be told."""
    lines = {int(step): price for name, price in card.prices.items() if (step := _lines(name))}
    short_side = min(request.width, request.height)
    enough = [step for step in lines if step >= short_side]
    if enough:
        return lines[min(enough)]
    return max(card.prices.values())


def _lines(resolution: str) -> int:
    match = re.fullmatch(r"(\d+)p", resolution)
    if match:
        return int(match[1])
    return {"4k": 2160, "2k": 1440}.get(resolution.lower(), 0)


def _amount(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        if not isinstance(value, bool):
            return Decimal(str(value))
    except ArithmeticError:
        pass
    raise RequestError(f"month_usd in settings.toml is not an amount of dollars: {value}.")
