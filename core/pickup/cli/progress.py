"""Progress bars on a terminal, silence elsewhere; and the question before money is spent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from pickup.fill.values import Bill


class Bars:
    """A `fill.values.Watcher` for people at a terminal.

    Args:
        agreed: the user has said --yes.
    """

    def __init__(self, *, agreed: bool) -> None:
        self._agreed = agreed
        self._drawn: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
            from rich.progress import TimeRemainingColumn as Remaining

            self._drawn = Progress(
                TextColumn("{task.description:<17}"),
                BarColumn(),
                MofNCompleteColumn(),
                Remaining(),
                TextColumn("[dim]{task.fields[detail]}", markup=True),
                console=Console(stderr=True),
            )
            self._drawn.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn is not None:
            self._drawn.stop()

    def begin(self, what: str, total: int) -> None:
        if self._drawn is not None and total:
            self._tasks[what] = self._drawn.add_task(what, total=total, detail="")

    def advance(self, what: str, done: float, detail: str = "") -> None:
        if self._drawn is not None and what in self._tasks:
            from rich.markup import escape

            self._drawn.update(self._tasks[what], completed=done, detail=escape(detail[:60]))

    def agree(self, bill: Bill) -> bool:
        """Show what will be spent and sent, and ask, unless the user has agreed already."""
        for shot, model, amount in bill.lines:
            price = "price unknown" if amount is None else f"up to ${amount:.2f}"
            click.echo(f"{shot}: {model}, {price}", err=True)
        for upload in bill.uploads:
            click.echo(f"Upload: {upload}", err=True)
        click.echo(f"In all {bill}.", err=True)
        if self._agreed:
            return True
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        if self._drawn is not None:
            self._drawn.stop()
        agreed = click.confirm("Order this?", default=False, err=True)
        if self._drawn is not None:
            self._drawn.start()
        return agreed
