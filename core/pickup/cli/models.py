"""`pickup models`: what can film a shot, what it costs, and until when."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from pickup.providers.card import ModelCard

_TABLE_WIDTH = 160
"""Columns of a terminal in which the table keeps its shape."""

Row = tuple[tuple[str, ...], bool]
"""The cells of a model, and whether it is gone."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
@click.option("--all", "every", is_flag=True, help="Retired models of long ago as well.")
def models(as_json: bool, every: bool) -> None:
    """List the models, those that are gone with what to use instead."""
    from pickup.cli.output import note
    from pickup.providers.registry import load_all

    providers, problems = load_all()
    today = date.today()
    cards = [card for provider in providers.values() for card in provider.cards()]
    if as_json:
        click.echo(json.dumps([_plain(card, today) for card in cards], indent=2))
    else:
        _show([c for c in cards if every or not _long_gone(c, today)], today)
    for problem in problems:
        note(problem.reason)


def _plain(card: ModelCard, today: date) -> dict[str, object]:
    return card.model_dump(mode="json") | {"name": card.name, "retired": card.retired_on(today)}


def _long_gone(card: ModelCard, today: date) -> bool:
    return card.shutdown is not None and (today - card.shutdown).days > 365


def _show(cards: Iterable[ModelCard], today: date) -> None:
    rows = [(_row(card, today), card.retired_on(today)) for card in cards]
    headings = ["model", "frames bound", "length", "sizes", "sound", "$ a second", "state"]
    if not sys.stdout.isatty():
        for row in [headings, *(row for row, _ in rows)]:
            click.echo("\t".join(row))
        return
    from rich.console import Console

    console = Console(highlight=False)
    draw = _table if console.width >= _TABLE_WIDTH else _list
    draw(console, headings, rows)


def _table(console: Console, headings: Sequence[str], rows: Iterable[Row]) -> None:
    from rich import box
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        # A name is there to be typed: it stays in one piece.
        drawn.add_column(heading, overflow="fold", no_wrap=index == 0)
    for row, retired in rows:
        drawn.add_row(*row, style="dim" if retired else "")
    console.print(drawn)


def _list(console: Console, headings: Sequence[str], rows: Iterable[Row]) -> None:
    """The same for a terminal too narrow for a table."""
    from rich.padding import Padding
    from rich.text import Text

    for (name, *cells), retired in rows:
        facts = [
            f"{heading} {cell}"
            for heading, cell in zip(headings[1:], cells, strict=True)
            if cell not in ("–", "any", "active")
        ]
        console.print(Text(name, "dim" if retired else "bold"))
        console.print(Padding(Text(" · ".join(facts), "dim" if retired else ""), (0, 0, 1, 2)))


def _row(card: ModelCard, today: date) -> tuple[str, ...]:
    bound = [word for word, has in (("first", card.first_frame), ("last", card.last_frame)) if has]
    return (
        card.name,
        " + ".join(bound) or "–",
        _length(card),
        ", ".join(card.resolutions or card.sizes) or "any",
        "yes" if card.audio else "–",
        _prices(card),
        _state(card, today),
    )


def _length(card: ModelCard) -> str:
    if card.durations:
        return "/".join(f"{seconds:g}" for seconds in card.durations) + " s"
    if card.max_seconds:
        return f"{card.min_seconds:g}–{card.max_seconds:g} s"
    return "any"


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
