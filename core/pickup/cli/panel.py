"""`pickup panel`: the window. The core knows no Qt, so the panel is found by name when wanted."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from pickup.errors import RequestError

_MISSING = 'The panel needs Qt, which is not installed; run: pip install "pickup-shots[ui]"'


@click.command()
@click.argument("cut", type=click.Path(path_type=Path), required=False)
@click.option(
    "--screenshot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.png",
    help="Write a picture of the panel and end.",
)
def panel(cut: Path | None, screenshot: Path | None) -> int:
    """Open the panel, with CUT if one is named."""
    if cut is not None and not cut.exists():
        raise RequestError(f"{cut.name}: there is no such file.")
    if screenshot is not None and not _has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
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
    status: int = app.run(cut, screenshot=screenshot)
    return status


def _has_display() -> bool:
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
