"""What a person sees: tables and notes, drawn on a terminal, plain elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


def note(message: str) -> None:
    """Something worth knowing that is no result: it goes to stderr."""
    click.echo(f"Note: {message}", err=True)


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()
) -> None:
    """A table on a terminal; columns separated by tabs anywhere else."""
    rows = list(rows)
    if not sys.stdout.isatty():
        for row in [headings, *rows]:
            click.echo("\t".join(" ".join(cell.split()) for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        drawn.add_column(heading, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(" ".join(cell.split())) for cell in row))
    Console(highlight=False).print(drawn)
