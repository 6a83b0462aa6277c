"""What a model card says, in words for a table: a row of many models, or all of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pickup.providers.card import CardRule, ModelCard

HEADINGS = ("model", "frames bound", "length", "sizes", "sound", "$ a second", "state")


def row(card: ModelCard, today: date) -> tuple[str, ...]:
    """One line of the table, under `HEADINGS`."""
    return (
        card.name,
        _bound(card),
        _length(card),
        ", ".join(card.resolutions or card.sizes) or "any",
        "yes" if card.audio else "–",
        _prices(card),
        _state(card, today),
    )


def whole(card: ModelCard, today: date) -> Iterator[tuple[str, str]]:
    """Every fact with its name; an empty one is not known, or not so."""
    yield "title", card.title
    yield "state", _state(card, today)
    yield "released", str(card.released or "")
    yield "length", _length(card)
    for rule in card.rules:
        yield "", rule.because or _limit(rule)
    yield "frames a second", ", ".join(card.rates) or "any"
    yield "sizes", ", ".join(card.sizes)
    yield "ratios", ", ".join(card.ratios)
    yield "resolutions", ", ".join(card.resolutions)
    yield "frames bound", _bound(card)
    yield "can do", ", ".join(_abilities(card))
    yield "prompt", f"up to {card.max_prompt} characters" if card.max_prompt else ""
    yield "$ a second", _prices(card)
    yield "keeps a take for", f"{card.link_hours:g} hours" if card.link_hours else ""
    for rule_text in card.upload_rules:
        yield "uploads", rule_text
    for source in card.sources:
        yield "source", source


def _bound(card: ModelCard) -> str:
    bound = [word for word, has in (("first", card.first_frame), ("last", card.last_frame)) if has]
    frames = " + ".join(bound)
    if not card.references:
        return frames or "–"
    between = " or " if card.references_or_frames else ", "
    return f"{frames}{between if frames else ''}{card.references} images"


def _abilities(card: ModelCard) -> Iterator[str]:
    words = {"audio": "sound", "seed": "a seed", "negative": "a negative prompt"}
    yield from (word for name, word in words.items() if getattr(card, name))
    for change in card.changes:
        seconds = "/".join(map(str, card.extensions)) if change == "extend" else ""
        yield f"{change} a take" + (f" by {seconds} s" if seconds else "")


def _length(card: ModelCard) -> str:
    if card.durations:
        return "/".join(f"{seconds:g}" for seconds in card.durations) + " s"
    if card.max_seconds:
        return f"{card.min_seconds:g}–{card.max_seconds:g} s"
    return "any"


def _limit(rule: CardRule) -> str:
    lengths = "/".join(f"{seconds:g}" for seconds in rule.durations) or f"{rule.max_seconds:g}"
    where = [*rule.resolutions]
    where += ["between two frames"] if rule.both_frames else []
    where += ["with reference images"] if rule.references else []
    return f"{' or '.join(where)}: {lengths} s"


def _prices(card: ModelCard) -> str:
    if card.local or not card.prices:
        return "free" if card.local else "unknown"
    return ", ".join(f"{name} {price}".strip() for name, price in card.prices.items())


def _state(card: ModelCard, today: date) -> str:
    if card.retired_on(today):
        when = f" {card.shutdown}" if card.shutdown else ""
        return f"retired{when}" + (f", use {card.successor}" if card.successor else "")
    if card.shutdown:
        return f"{card.status} until {card.shutdown}"
    return card.status
