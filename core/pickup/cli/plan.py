"""`pickup plan`: all shots of a cut as one file that a person can read, edit and diff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pickup.cli.fill import marker_color, shot_options, shot_settings
from pickup.cli.options import FileType, cut_argument, kinds_option, reading_options
from pickup.cut.gap import FILLED_KINDS

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@cut_argument
@click.option("-o", "--output", type=FileType(), metavar="PLAN.json")
@kinds_option(FILLED_KINDS)
@shot_options
@reading_options
def plan(cut: Path | str, output: Path | None, **options: Any) -> None:
    """Write the plan of CUT: every shot, with its words and its reference frames.

    Edit it, then run “pickup fill CUT --plan PLAN.json”.
    """
    from pickup.cli.gaps import counted
    from pickup.cli.output import note, say
    from pickup.cli.reading import host_of
    from pickup.cut.gaps import GapOptions
    from pickup.fill.folder import PickupFolder
    from pickup.fill.ordering import foreseen
    from pickup.fill.run import keep_plan, make_plans, whole_plan, with_frames
    from pickup.fill.values import FillOptions, Silent
    from pickup.hosts.base import wants_of
    from pickup.hosts.file import check_writable
    from pickup.shots.plan import read_plan, write_plan

    if output is not None and output.exists():
        read_plan(output)  # Only a plan is written over, never a cut or anything else.
    host = host_of(cut, options["rate"])
    document = host.read()
    folder = PickupFolder.of(host.cut_path)
    check_writable(output.absolute() if output else folder.plan)
    wanted = FillOptions(
        gaps=GapOptions(
            options["min_frames"], options["kinds"], marker_color(options["marker_color"])
        ),
        shots=shot_settings(options),
        sequence=options["sequence"],
    )
    planned, slips = make_plans(document, folder, wanted, wants_of(host))
    planned = with_frames(planned, folder, Silent(), host)
    made = whole_plan(host, planned, foreseen(planned, folder, "h264"))
    if output is None:
        keep_plan(made, folder, None)
    else:
        write_plan(made, output)
    for message in [*document.notes, *made.notes]:
        note(message)
    if slips:
        note(f"{counted(slips, 'shorter hole')} left alone (see --min-frames).")
    missing = sum(1 for s in made.shots for f in (s.first_frame, s.last_frame) if f and f.reason)
    if missing:
        note(f"{counted(missing, 'reference frame')} could not be had; the plan says why.")
    say(f"{counted(len(made.shots), 'shot')} planned: {output or folder.plan}")
