"""`pickup panel`: the window. The core knows no Qt, so the panel is found by name when wanted."""

from __future__ import annotations

import os
import sys
from ctypes.util import find_library
from importlib import import_module
from pathlib import Path

import click

from pickup.cli.options import CutType
from pickup.errors import RequestError
from pickup.hosts.registry import open_host

_MISSING = 'The panel needs Qt, which is not installed; run: pip install "pickup-shots[ui]"'


@click.command()
@click.argument("cut", type=CutType(), required=False)
@click.option(
    "--screenshot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.png",
    help="Write a picture of the panel and end.",
)
def panel(cut: Path | str | None, screenshot: Path | None) -> int:
    """Open the panel, with CUT if one is named; “resolve:” is what is open in DaVinci Resolve."""
    live = open_host(cut) if isinstance(cut, str) else None
    if isinstance(cut, Path) and not cut.exists():
        raise RequestError(f"{cut.name}: there is no such file.")
    _choose_platform(screenshot is not None)
    try:
        app = import_module("pickup_ui.app")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("PySide6", "shiboken6", "pickup_ui"):
            raise
        raise RequestError(_MISSING) from None
    except ImportError as error:
        raise RequestError(
            f"The panel cannot start: Qt lacks a library of this system ({error}). "
            "Install it, or reinstall PySide6."
        ) from None
    status: int = app.run(None if live else cut, host=live, screenshot=screenshot)
    return status


def _choose_platform(picture: bool) -> None:
    """A picture needs no screen; a window does, and Qt would end the process without one."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        if not picture:
            raise RequestError("There is no display to open the panel on; start it on a desktop.")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    elif find_library("xcb-cursor") is None:
        if not picture:
            raise RequestError(
                "The panel needs a library that this system lacks; run: apt install libxcb-cursor0"
            )
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
