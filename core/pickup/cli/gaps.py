"""`pickup gaps`: what is missing from a cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from pickup.cli.options import cut_argument, kinds_option, reading_options
from pickup.cli.output import note, say, table
from pickup.cli.reading import Reading, read
from pickup.cut.gap import FILLED_KINDS
from pickup.timing import frames_to_timecode, rate_text

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.gap import Gap, Neighbour
    from pickup.cut.gaps import GapReport
    from pickup.cut.model import Cut


@click.command()
@cut_argument
@click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
@kinds_option(None)
@reading_options
def gaps(cut: Path | str, as_json: bool, **options: Any) -> None:
    """List the gaps of CUT: every stretch where no picture is visible."""
    reading = read(cut, **options)
    if as_json:
        click.echo(json.dumps(as_data(reading), indent=2, ensure_ascii=False))
        return
    for message in reading.document.notes:
        note(message)
    for sequence, report in reading.found:
        _print(sequence, report)


def as_data(reading: Reading) -> dict[str, Any]:
    """The JSON of `pickup gaps --json`, whose shape other programs rely on."""
    return {
        "cut": reading.document.path.name,
        "sequences": [
            {
                "name": cut.name,
                "rate": rate_text(cut.rate),
                "start": cut.start,
                "duration": cut.duration,
                "drop_frame": cut.drop_frame,
                "gaps": [_gap_data(gap, cut) for gap in report.gaps],
            }
            for cut, report in reading.found
        ],
    }


def _gap_data(gap: Gap, cut: Cut) -> dict[str, Any]:
    return {
        "id": gap.id,
        "start": gap.start,
        "duration": gap.duration,
        "timecode": timecode(gap.start, cut),
        "kind": gap.kind.value,
        "before": _neighbour_data(gap.before),
        "after": _neighbour_data(gap.after),
        "prompt": gap.words.text,
    }


def _neighbour_data(neighbour: Neighbour | None) -> dict[str, Any] | None:
    if neighbour is None:
        return None
    return {"name": neighbour.name, "frame": neighbour.frame, "media": neighbour.media.url}


def timecode(frame: int, cut: Cut) -> str:
    return frames_to_timecode(cut.start + frame, cut.rate, drop=cut.drop_frame)


def _print(cut: Cut, report: GapReport) -> None:
    filled = [gap for gap in report.gaps if gap.kind in FILLED_KINDS]
    rate = f"{float(cut.rate):.3f}".rstrip("0").rstrip(".")
    say(
        f"{cut.name or 'Untitled sequence'}: {counted(len(filled), 'gap')} to fill"
        f" in {timecode(cut.duration, _from_zero(cut))} at {rate} frames a second"
    )
    if cut.rate_note:
        note(f"The rate of “{cut.name}” is {cut.rate_note}.")
    if report.gaps:
        table(
            ["start", "frames", "kind", "before", "after", "words"],
            [
                (
                    timecode(gap.start, cut),
                    str(gap.duration),
                    gap.kind.value,
                    gap.before.name if gap.before else "–",
                    gap.after.name if gap.after else "–",
                    gap.words.text or "–",
                )
                for gap in report.gaps
            ],
            right={1},
        )
    if report.slips:
        note(f"{counted(report.slips, 'shorter hole')} left alone (see --min-frames).")
    for kind, count in report.others.items():
        note(f"{count} of kind {kind.value} not listed (see --kinds).")


def counted(number: int, thing: str) -> str:
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"


def _from_zero(cut: Cut) -> Cut:
    from dataclasses import replace

    return replace(cut, start=0)
