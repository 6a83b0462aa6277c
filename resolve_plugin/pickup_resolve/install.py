"""`pickup install resolve`: one launcher into Resolve's scripts folder, and where we are.

Whatever Python file lies in that folder becomes a menu entry, so the launcher is the only one. It
is for one user and needs no administrator. Where our environment is stands in a JSON file in the
user's data folder, because the launcher runs in Resolve's Python and knows nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pickup import __version__
from pickup.errors import PickupError
from pickup.files import write_bytes, write_text
from pickup_resolve.launchers import pickup_launcher

if TYPE_CHECKING:
    from collections.abc import Mapping

MENU_NAME = "Pickup.py"
_MARK = b"Pickup's entry in Resolve's menu"
"""In every launcher of ours; a file of that name without it is somebody else's."""


def scripts_folder(
    platform: str = sys.platform, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> Path:
    """The folder of one user's scripts that show on all pages."""
    home = home or Path.home()
    product = Path("Blackmagic Design") / "DaVinci Resolve"
    if platform == "darwin":
        base = home / "Library" / "Application Support" / product
    elif platform == "win32":
        roaming = environ.get("APPDATA") or str(home / "AppData" / "Roaming")
        base = Path(roaming) / product / "Support"
    else:
        base = home / ".local" / "share" / "DaVinciResolve"
    return base / "Fusion" / "Scripts" / "Utility"


def environment() -> dict[str, object]:
    """What the launcher has to know of us."""
    return {
        "command": [sys.executable, "-m", "pickup", "panel"],
        "home": os.environ.get("PICKUP_HOME", ""),
        "version": __version__,
    }


def install(dry_run: bool = False, uninstall: bool = False) -> list[str]:
    """Put the launcher in place, or take it away; what was or would be done, as lines.

    Raises:
        PickupError: a file of that name is not ours, or the folder cannot be written.
    """
    menu = scripts_folder() / MENU_NAME
    record = pickup_launcher.environment_file()
    _check_ours(menu)
    if uninstall:
        return _uninstall(menu, record, dry_run)
    return _install(menu, record, dry_run)


def _install(menu: Path, record: Path, dry_run: bool) -> list[str]:
    launcher = Path(pickup_launcher.__file__).read_bytes()
    text = json.dumps(environment(), indent=2) + "\n"
    lines = []
    for path, same in ((menu, _holds(menu, launcher)), (record, _holds(record, text.encode()))):
        if same:
            lines.append(f"{path} is up to date.")
        else:
            would, did = ("replace", "Replaced") if path.exists() else ("write", "Wrote")
            lines.append(f"Would {would} {path}." if dry_run else f"{did} {path}.")
    if dry_run:
        return lines
    write_bytes(menu, launcher)
    write_text(record, text)
    return [
        *lines,
        "In DaVinci Resolve, choose Workspace ▸ Scripts ▸ Pickup.",
        "Free Resolve from 21.1 on has no Python; there, export the timeline and fill the file.",
    ]


def _uninstall(menu: Path, record: Path, dry_run: bool) -> list[str]:
    lines = []
    for path in (menu, record, *_leavings()):
        if not path.exists():
            continue
        lines.append(f"Would remove {path}." if dry_run else f"Removed {path}.")
        if not dry_run:
            try:
                path.unlink()
            except OSError as error:
                raise PickupError(
                    f"{path}: cannot be removed ({error.strerror}). Remove it by hand."
                ) from error
    return lines or ["Pickup is not installed in DaVinci Resolve for this user."]


def _leavings() -> list[Path]:
    """What the launcher has written when it ran: where its bridge was, and its logs."""
    logs = pickup_launcher.environment_file().with_name("logs")
    names = ("launcher.log", "launcher.log.1", "panel.log")
    return [pickup_launcher.session_file(), *(logs / name for name in names)]


def _check_ours(menu: Path) -> None:
    try:
        known = not menu.exists() or _MARK in menu.read_bytes()
    except OSError as error:
        raise PickupError(f"{menu}: cannot be read ({error.strerror}).") from error
    if not known:
        raise PickupError(
            f"{menu} is there already and not of Pickup's making. Rename it, then run again."
        )


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False
