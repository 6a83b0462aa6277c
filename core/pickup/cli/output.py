"""What a person sees: tables and notes, drawn on a terminal, plain elsewhere."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


_HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """The text as one line that does nothing to a terminal.

    Names come from documents that nobody vouches for: what steers the terminal or turns the
    direction of writing around is replaced.
    """
    return _HARMFUL.sub("\ufffd", " ".join(text.split()))


def say(message: str) -> None:
    """A result, in one line."""
    click.echo(plain(message))


def note(message: str) -> None:
    """Something worth knowing that is no result: it goes to stderr."""
    click.echo(f"Note: {plain(message)}", err=True)


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()
) -> None:
    """A table on a terminal; columns separated by tabs anywhere else."""
    rows = list(rows)
    if not sys.stdout.isatty():
        for row in [headings, *rows]:
            click.echo("\t".join(plain(cell) for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        drawn.add_column(heading, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(plain(cell)) for cell in row))
    Console(highlight=False).print(drawn)
