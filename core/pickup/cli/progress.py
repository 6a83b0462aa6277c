"""Progress bars on a terminal, silence elsewhere; and the question before money is spent."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import click

from pickup.cli.output import plain
from pickup.fill import consent

if TYPE_CHECKING:
    from collections.abc import Iterator
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
        """Show what will be spent and sent, and ask what the user has not agreed to already.

        Uploads are agreed to once for each service, money each time.
        """
        for shot, model, amount in bill.lines:
            price = "price unknown" if amount is None else f"up to ${amount:.2f}"
            _tell(f"{shot}: {model}, {price}")
        for upload in bill.uploads:
            _tell(f"Upload: {upload}")
        for rule in bill.rules:
            _tell(f"Mind: {rule}")
        _tell(f"In all {bill}.")
        if self._agreed:
            return True
        known = consent.allowed()
        new = [service for service in bill.services if service not in known]
        if not (new or bill.spends):
            return True
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        with self._paused():
            return self._asked(new, bill)

    def _asked(self, new: list[str], bill: Bill) -> bool:
        for service in new:
            if not click.confirm(
                f"May words and frames of your cuts go to {service}? You are asked this once; "
                f"“pickup uploads withdraw {service}” takes it back.",
                default=False,
                err=True,
            ):
                return False
        consent.allow(new)
        return not bill.spends or click.confirm("Order this?", default=False, err=True)

    @contextlib.contextmanager
    def _paused(self) -> Iterator[None]:
        if self._drawn is not None:
            self._drawn.stop()
        yield
        if self._drawn is not None:
            self._drawn.start()


def _tell(line: str) -> None:
    click.echo(plain(line), err=True)
