"""`pickup fill`: the main job."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from pickup.cli.options import FileType, RasterType, cut_argument, kinds_option, reading_options
from pickup.cut.gap import FILLED_KINDS, GapKind

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.fill.values import FillOptions, FillResult, Retake
    from pickup.hosts.base import Host
    from pickup.hosts.file import FileHost

_DELIVERIES = ("h264", "prores422hq", "dpx", "exr")
_MOST_USD = 1_000_000_000
_CHANGES = ("remix", "extend", "upscale")
_TARGETS = ("resolve", "premiere", "fcp", "avid")


class MoneyType(click.ParamType[Decimal]):
    """An amount of US dollars."""

    name = "usd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> Decimal:
        try:
            amount = Decimal(str(value).removeprefix("$"))
        except InvalidOperation:
            self.fail(f"“{value}” is not an amount of dollars", param, ctx)
        if not amount.is_finite() or not 0 <= amount <= _MOST_USD:
            self.fail(f"“{value}” is not an amount of dollars", param, ctx)
        return amount


def shot_options(function: Any) -> Any:
    """What holds for all shots; `plan` and `fill` share it."""
    for option in reversed(
        [
            click.option(
                "--model", default="", metavar="ID", help="provider:model, or a provider."
            ),
            click.option("--look", type=FileType(), metavar="FILE", help="A look, as TOML."),
            click.option(
                "--raster", type=RasterType(), metavar="WxH", help="Picture size of the shots."
            ),
            click.option("--takes", type=click.IntRange(1, 64), default=1, show_default=True),
            click.option(
                "--handles",
                type=click.IntRange(0, 240),
                default=8,
                show_default=True,
                help="Frames to spare on each side.",
            ),
            click.option(
                "--no-lettering", is_flag=True, help="No name and words on the local model's shots."
            ),
        ]
    ):
        function = option(function)
    return function


@click.command()
@cut_argument
@click.option("-o", "--output", type=FileType(), metavar="OUT")
@click.option("--plan", type=FileType(), metavar="PLAN.json")
@click.option("--budget", type=MoneyType(), metavar="USD", help="Spend no more than this.")
@click.option("--deliver", type=click.Choice(_DELIVERIES), default="h264", show_default=True)
@click.option("--as", "target", type=click.Choice(_TARGETS), help="Shape the result for a program.")
@click.option("--retake", default="", metavar="SHOT", help="Make one more take of this shot.")
@click.option("--words", default="", metavar="TEXT", help="With --retake: the new take's words.")
@click.option(
    "--of",
    type=click.IntRange(1),
    metavar="TAKE",
    help="With --retake: make it from this take, where its model can.",
)
@click.option(
    "--change",
    type=click.Choice(_CHANGES),
    default="remix",
    show_default=True,
    help="With --of: what is done to that take.",
)
@click.option("--yes", is_flag=True, help="Agree to the cost and the uploads shown.")
@kinds_option(FILLED_KINDS)
@shot_options
@reading_options
def fill(
    cut: Path | str, output: Path | None, target: str | None, yes: bool, **options: Any
) -> int:
    """Fill the gaps of CUT, and write the filled cut beside it.

    “resolve:” is the timeline that is open in DaVinci Resolve, which is filled where it stands.
    """
    from pickup.cli.output import note
    from pickup.cli.progress import Bars
    from pickup.errors import PickupError
    from pickup.fill.folder import remember
    from pickup.fill.run import fill as run

    host = (
        _live(cut, output, target)
        if isinstance(cut, str)
        else _host(cut, output, target or "", options["rate"])
    )
    with Bars(agreed=yes) as bars:
        result = run(host, _options(options), bars)
    if result.out is not None:
        try:
            remember(host.cut_path, result.out)
        except PickupError as error:
            # The cut is filled all the same; a later run will only write beside it, not over it.
            note(str(error))
    _summary(result, f"“{host.cut_path.stem}”" if isinstance(cut, str) else cut.name)
    return 1 if result.failed else 0


def _live(cut: str, output: Path | None, target: str | None) -> Host:
    """The program whose open timeline is filled where it stands."""
    from pickup.hosts.registry import open_host

    if output is not None or target is not None:
        raise click.UsageError(f"“{cut}” is filled where it stands: leave out -o and --as.")
    return open_host(cut)


def _host(cut: Path, output: Path | None, target: str, rate: Any) -> FileHost:
    """The file to read and the one to write, checked before anything is ordered."""
    from pickup.cut.files import written_suffix
    from pickup.cut.formats import registry
    from pickup.cut.formats.base import ReadOptions, WriteOptions
    from pickup.fill.folder import check_out, default_out
    from pickup.hosts.file import FileHost, check_writable

    if output is None:
        output = default_out(cut, written_suffix(cut))
    else:
        registry.for_suffix(output)
        check_out(cut, output)
    if cut.exists():
        check_writable(output)
        check_writable(cut)
    return FileHost(cut.absolute(), output.absolute(), ReadOptions(rate), WriteOptions(target))


def _options(given: dict[str, Any]) -> FillOptions:
    from pickup.cut.gaps import GapOptions
    from pickup.fill.values import FillOptions

    kinds: frozenset[GapKind] = given["kinds"]
    return FillOptions(
        gaps=GapOptions(given["min_frames"], kinds, marker_color(given["marker_color"])),
        shots=shot_settings(given),
        sequence=given["sequence"],
        plan=given["plan"],
        deliver=given["deliver"],
        retake=_retake(given),
        budget=given["budget"],
    )


def _retake(given: dict[str, Any]) -> Retake | None:
    from pickup.fill.values import Retake

    if given["retake"]:
        return Retake(given["retake"], given["words"], given["of"] or 0, given["change"])
    if given["words"] or given["of"]:
        raise click.UsageError("--words and --of go with --retake SHOT.")
    return None


def marker_color(given: str) -> str:
    from pickup.home import settings

    return given or str(settings().get("marker_color", ""))


def shot_settings(given: dict[str, Any]) -> Any:
    """What `shot_options` gave, as the planner wants it."""
    from pickup.cut.model import Raster
    from pickup.fill.prepare import ShotSettings
    from pickup.providers.registry import resolve_model
    from pickup.shots.looks import read_look

    if given["model"]:
        resolve_model(given["model"])  # A model that is not known is told before any work.
    size = given["raster"]
    return ShotSettings(
        raster=Raster(*size) if size else None,
        model=given["model"],
        takes=given["takes"],
        handles=given["handles"],
        lettering=not given["no_lettering"],
        look=read_look(given["look"]) if given["look"] else None,
    )


def _summary(result: FillResult, cut: str) -> None:
    from pickup.cli.gaps import counted
    from pickup.cli.output import note, plain, say, table

    if result.filled:
        table(
            ["shot", "timecode", "frames", "model", "cost", "words"],
            [
                (
                    done.chosen.name,
                    done.shot.gap.timecode,
                    str(done.shot.frames),
                    f"{done.chosen.record.provider}:{done.chosen.record.model}",
                    f"${done.chosen.record.cost_usd:.2f}" if done.chosen.record.cost_usd else "–",
                    done.shot.text,
                )
                for done in result.filled
            ],
            right={2, 4},
        )
    for message in result.notes:
        note(message)
    if result.slips:
        note(f"{counted(result.slips, 'shorter hole')} left alone (see --min-frames).")
    for shot, reason in result.failed.items():
        click.echo(plain(f"pickup: {shot} was not filled: {reason.rstrip('.')}."), err=True)
    if result.out is not None:
        say(f"Filled cut: {result.out}")
        say(f"Report: {result.report}")
    elif result.filled:
        say(f"{counted(len(result.filled), 'clip')} placed on {cut}.")
        say(f"Report: {result.report}")
    elif not result.failed:
        say(f"{cut} has no gap to fill; nothing was written.")
