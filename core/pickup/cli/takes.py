"""`pickup takes`: what there is of each shot, and which one is placed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pickup.cli.options import cut_argument

if TYPE_CHECKING:
    from pickup.fill.takes import Take


@click.command()
@cut_argument
@click.option("--choose", metavar="TAKE", help="Place this take at the next fill, as pk010_t02.")
def takes(cut: Path | str, choose: str | None) -> None:
    """List the takes made for CUT."""
    from pickup.cli.output import say, table
    from pickup.cli.reading import host_of
    from pickup.errors import CutError, RequestError
    from pickup.fill.choices import choose_by_hand
    from pickup.fill.folder import PickupFolder
    from pickup.fill.takes import read_takes

    path = cut if isinstance(cut, Path) else host_of(cut).cut_path
    name = cut.name if isinstance(cut, Path) else cut
    folder = PickupFolder.of(path)
    if choose:
        shot, _, number = choose.rpartition("_t")
        if not shot or not number.isdecimal():
            raise RequestError(f"“{choose}” does not name a take; they are called like pk010_t02.")
        choose_by_hand(folder, shot, int(number))
    found = read_takes(folder)
    if not found:
        if not (path.exists() or folder.root.exists() or path is not cut):
            raise CutError(path, "there is no such file", hint="Check the name and the folder.")
        say(f"{name} has no takes yet; “pickup fill {name}” makes some.")
        return
    table(
        ["take", "", "frames", "model", "cost", "file", "made from", "conformed", "words"],
        [
            (
                take.name,
                "chosen" if take.chosen else "",
                str(take.visible),
                f"{take.record.provider}:{take.record.model}",
                f"${take.record.cost_usd:.2f}" if take.record.cost_usd else "–",
                take.file,
                _lineage(take, found),
                "; ".join(take.changes) or "–",
                take.record.prompt,
            )
            for take in found
        ],
        right={2, 4},
    )
    if choose:
        say(f"Run “pickup fill {name}” again to place it.")


def _lineage(take: Take, others: list[Take]) -> str:
    """The older take that it was made from, and how."""
    if not take.made_from:
        return "–"
    older = next((o.name for o in others if o.order == take.made_from), take.made_from[:12])
    return f"{older}, {take.made_by.partition(':')[0]}"
