"""Options that several commands share, and how they are read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pickup.cut.gap import DEFAULT_MIN_FRAMES, FILLED_KINDS, GapKind
from pickup.errors import RequestError
from pickup.hosts.registry import is_live
from pickup.timing import RateError, parse_rate

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


class FileType(click.ParamType[Path]):
    """The name of a file that is here, or could be: no address, and nothing no file is called."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> Path:
        text = str(value)
        if "://" in text or text.lower().startswith(("http:/", "https:/", "file:/")):
            raise RequestError(f"{text}: this is an address, not a file. Download it first.")
        if "\0" in text or not Path(text).name:
            raise RequestError(f"“{text}” is not the name of a file. Check what you typed.")
        return Path(text)


class CutType(click.ParamType[Path | str]):
    """A file, or the timeline that is open in a program, as text: `resolve:`."""

    name = "cut"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> Path | str:
        if is_live(str(value)):
            return str(value)
        return FileType().convert(value, param, ctx)


cut_argument = click.argument("cut", type=CutType())


class RateType(click.ParamType[Fraction]):
    """A frame rate: 24, 23.976, 24000/1001."""

    name = "rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> Fraction:
        if len(str(value)) > 40:
            self.fail("this is not a frame rate; write it as 24, 23.976 or 24000/1001", param, ctx)
        try:
            return parse_rate(str(value))
        except RateError as error:
            self.fail(f"{error}; write it as 24, 23.976 or 24000/1001", param, ctx)


class KindsType(click.ParamType[frozenset[GapKind]]):
    """Kinds of gaps, separated by commas; `all` is every kind."""

    name = "kinds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> frozenset[GapKind]:
        if isinstance(value, frozenset):
            return value
        if value == "all":
            return frozenset(GapKind)
        try:
            return frozenset(GapKind(part.strip().lower()) for part in value.split(","))
        except ValueError:
            known = ", ".join(kind.value for kind in GapKind)
            self.fail(f"“{value}” is not a list of kinds; they are {known}, or all", param, ctx)


class RasterType(click.ParamType[tuple[int, int]]):
    """A picture size: 1920x1080."""

    name = "raster"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        width, _, height = str(value).lower().replace("×", "x").partition("x")
        if width.isdecimal() and height.isdecimal():
            size = int(width), int(height)
            if min(size) >= 16 and max(size) <= 16_384:
                return size
        self.fail(f"“{value}” is not a picture size; write it as 1920x1080", param, ctx)


def reading_options(function: F) -> F:
    """How a cut is read: which sequence, which gaps."""
    for option in reversed(
        [
            click.option("--sequence", default="", metavar="NAME", help="Only this sequence."),
            click.option(
                "--min-frames",
                type=click.IntRange(1),
                default=DEFAULT_MIN_FRAMES,
                show_default=True,
                help="Shorter holes are editing slips and left alone.",
            ),
            click.option(
                "--marker-color",
                default="",
                metavar="COLOUR",
                help="Markers of this colour ask for a shot, as those with “pickup:” do.",
            ),
            click.option("--rate", type=RateType(), help="The rate of an EDL that does not say."),
        ]
    ):
        function = option(function)
    return function


def kinds_option(default: frozenset[GapKind] | None) -> Callable[[F], F]:
    return click.option(
        "--kinds",
        type=KindsType(),
        default=default,
        metavar="KIND,…",
        help="Kinds of gaps: empty, marked, slug, title, offline, or all."
        + (" [default: empty,marked]" if default == FILLED_KINDS else ""),
    )
