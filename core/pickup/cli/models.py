"""`pickup models`: what can film a shot, what it costs, and until when."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from pickup.cli import model_facts as facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from pickup.providers.base import Provider
    from pickup.providers.card import ModelCard

_TABLE_WIDTH = 160
"""Columns of a terminal in which the table keeps its shape."""

Row = tuple[tuple[str, ...], bool]
"""The cells of a model, and whether it is gone."""


@click.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
@click.option("--all", "every", is_flag=True, help="Retired models of long ago as well.")
def models(name: str, as_json: bool, every: bool) -> None:
    """List the models, those that are gone with what to use instead.

    NAME is a provider, or one model as provider:model, of which all is told that is known.
    """
    from pickup.cli.output import note
    from pickup.providers.registry import load, load_all

    provider, _, model = name.strip().partition(":")
    working, problems = ({provider: load(provider)}, []) if provider else load_all()
    today = date.today()
    cards = [_of(working[provider], model)] if model else _all(working.values())
    if as_json:
        click.echo(json.dumps([_plain(card, today) for card in cards], indent=2))
    elif model:
        _tell(cards[0], today)
    else:
        _show([c for c in cards if every or not _long_gone(c, today)], today)
    for problem in problems:
        note(problem.reason)


def _all(providers: Iterable[Provider]) -> list[ModelCard]:
    return [card for provider in providers for card in provider.cards()]


def _of(provider: Provider, model: str) -> ModelCard:
    """The card of a model, gone or not."""
    from pickup.providers.registry import card_of

    return card_of(provider, model)


def _plain(card: ModelCard, today: date) -> dict[str, object]:
    return card.model_dump(mode="json") | {"name": card.name, "retired": card.retired_on(today)}


def _long_gone(card: ModelCard, today: date) -> bool:
    return card.shutdown is not None and (today - card.shutdown).days > 365


def _tell(card: ModelCard, today: date) -> None:
    from pickup.cli.output import table

    table(["", card.name], [(name, fact) for name, fact in facts.whole(card, today) if fact])


def _show(cards: Iterable[ModelCard], today: date) -> None:
    from pickup.cli.output import plain

    rows = [(tuple(map(plain, facts.row(c, today))), c.retired_on(today)) for c in cards]
    if not sys.stdout.isatty():
        for row in [facts.HEADINGS, *(row for row, _ in rows)]:
            click.echo("\t".join(row))
        return
    from rich.console import Console

    console = Console(highlight=False)
    draw = _table if console.width >= _TABLE_WIDTH else _list
    draw(console, rows)


def _table(console: Console, rows: Iterable[Row]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for index, heading in enumerate(facts.HEADINGS):
        # A name is there to be typed: it stays in one piece.
        drawn.add_column(heading, overflow="fold", no_wrap=index == 0)
    for row, retired in rows:
        drawn.add_row(*map(Text, row), style="dim" if retired else "")
    console.print(drawn)


def _list(console: Console, rows: Iterable[Row]) -> None:
    """The same for a terminal too narrow for a table."""
    from rich.padding import Padding
    from rich.text import Text

    for (name, *cells), retired in rows:
        said = [
            f"{heading} {cell}"
            for heading, cell in zip(facts.HEADINGS[1:], cells, strict=True)
            if cell not in ("–", "any", "active")
        ]
        console.print(Text(name, "dim" if retired else "bold"))
        console.print(Padding(Text(" · ".join(said), "dim" if retired else ""), (0, 0, 1, 2)))
