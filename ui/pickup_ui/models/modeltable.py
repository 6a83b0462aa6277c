"""The catalog as rows for a person to look through: living models first, retired ones faint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pickup_ui.models.models import ability
from pickup_ui.strings import tr

if TYPE_CHECKING:
    from pickup.providers.card import ModelCard
    from pickup_ui.models.models import Catalog


@dataclass(frozen=True, slots=True)
class Row:
    """One model.

    Attributes:
        cells: name, lengths, frames it joins, price a second, until when.
        tip: what else is known of it.
        faint: it is retired, or cannot be used yet.
    """

    cells: tuple[str, str, str, str, str]
    tip: str
    faint: bool


def ordered(catalog: Catalog, today: date | None = None) -> list[ModelCard]:
    """Those that can be used first, then those without a key, then the retired ones, by title."""
    day = today or date.today()

    def order(card: ModelCard) -> tuple[bool, bool, str, str]:
        unset = card.provider not in catalog.keyed
        return card.retired_on(day), unset, (card.title or card.name).casefold(), card.name

    return sorted(catalog.cards.values(), key=order)


def choosable(catalog: Catalog, today: date | None = None) -> list[ModelCard]:
    """Those of them that can film a gap, now or with a key."""
    day = today or date.today()
    return [card for card in ordered(catalog, day) if card.films and not card.retired_on(day)]


def model_rows(catalog: Catalog, today: date | None = None) -> list[Row]:
    """The catalog in that order."""
    day = today or date.today()
    return [
        _row(card, day, usable=card.provider in catalog.keyed) for card in ordered(catalog, day)
    ]


def _row(card: ModelCard, day: date, *, usable: bool) -> Row:
    retired = card.retired_on(day)
    joins = [
        name
        for name, has in ((tr("first"), card.first_frame), (tr("last"), card.last_frame))
        if has
    ]
    facts = [card.name, ability(card)]
    if card.references:
        facts.append(tr("up to {n} reference pictures", n=card.references))
    facts += card.upload_rules
    if retired and card.successor:
        facts.append(tr("use {name} instead", name=card.successor))
    if not usable:
        facts.append(tr("not set up yet"))
    return Row(
        (
            card.title or card.name,
            _lengths(card),
            " + ".join(joins) or "–",
            _price(card),
            _until(card, retired=retired),
        ),
        "\n".join([*facts, *card.sources]),
        retired or not usable,
    )


def _lengths(card: ModelCard) -> str:
    if card.durations:
        return "/".join(f"{seconds:g}" for seconds in card.durations)
    return f"{card.min_seconds:g}–{card.max_seconds:g}" if card.max_seconds else tr("any")


def _price(card: ModelCard) -> str:
    if card.local:
        return tr("free")
    if not card.prices:
        return tr("not known")
    low, high = min(card.prices.values()), max(card.prices.values())
    return _dollars(low) if low == high else f"{_dollars(low)}–{_dollars(high)}"


def _dollars(amount: Decimal) -> str:
    """Cents at least, and what is beyond them where it says something."""
    cents = amount.quantize(Decimal("0.01"))
    return f"{cents:f}" if cents == amount else f"{amount.normalize():f}"


def _until(card: ModelCard, *, retired: bool) -> str:
    if retired:
        return tr("retired {when}", when=card.shutdown or "").strip()
    return str(card.shutdown) if card.shutdown else "–"
