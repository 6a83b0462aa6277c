"""What `pickup doctor` says of DaVinci Resolve: the launcher, the way in, what is half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.errors import PickupError
from pickup_resolve import journal
from pickup_resolve.install import MENU_NAME, scripts_folder
from pickup_resolve.launchers import pickup_launcher

if TYPE_CHECKING:
    from collections.abc import Iterator

Line = tuple[str, bool | None, str]
"""What was looked at, whether it is well, and what was found; None where not everybody needs it."""


def checks() -> Iterator[Line]:
    """A line for each; nothing in Resolve is changed."""
    yield "Resolve launcher", *_launcher()
    yield "Resolve connection", *_connection()
    yield "Resolve placements", *_placements()


def _launcher() -> tuple[bool | None, str]:
    menu = scripts_folder() / MENU_NAME
    if not menu.is_file():
        return None, "not installed; run “pickup install resolve” to have it in Resolve's menu"
    try:
        pickup_launcher.read_environment(pickup_launcher.environment_file())
    except pickup_launcher.Missing as error:
        return False, str(error)
    return True, str(menu)


def _connection() -> tuple[bool | None, str]:
    from pickup_resolve.connect import connect

    try:
        return True, connect().way
    except PickupError as error:
        return None, str(error)


def _placements() -> tuple[bool, str]:
    try:
        waiting = journal.pending()
    except PickupError as error:
        return False, str(error)
    if not waiting:
        return True, "none is half done"
    names = ", ".join(f"“{one.timeline_name}” ({len(one.clips)} clips)" for one in waiting)
    return False, f"interrupted on {names}; the next fill of that timeline undoes it first"
