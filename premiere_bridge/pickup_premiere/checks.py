"""What `pickup doctor` says of Premiere Pro: the exchange folder, the panel, what is half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.errors import PickupError
from pickup.hosts.file import check_writable
from pickup_premiere.install import is_current
from pickup_premiere.pairing import Pairing
from pickup_premiere.places import exchange_folder, journal_file, pairing_file, panel_package
from pickup_premiere.placing import Journal
from pickup_premiere.watch import is_network

if TYPE_CHECKING:
    from collections.abc import Iterator

Line = tuple[str, bool | None, str]
"""What was looked at, whether it is well, and what was found; None where not everybody needs it."""

_INSTALL = "run “pickup install premiere”"


def checks() -> Iterator[Line]:
    """A line for each; Premiere itself cannot be asked."""
    yield "Premiere exchange folder", *_exchange()
    yield "Premiere panel", *_panel()
    yield "Premiere placing", *_placing()


def _exchange() -> tuple[bool | None, str]:
    try:
        folder = exchange_folder()
        if not folder.is_dir():
            return None, f"{folder} is not there; {_INSTALL} to have Premiere's exports watched"
        check_writable(folder / "Scene.filled.xml")
    except PickupError as error:
        return False, str(error)
    how = "; a network drive, so it is looked at every few moments" if is_network(folder) else ""
    return True, f"{folder}{how}"


def _panel() -> tuple[bool | None, str]:
    package = panel_package()
    if not package.is_file():
        return None, f"not laid ready; {_INSTALL}"
    if not is_current(package):
        return False, f"{package} is of another version; {_INSTALL}, then open it once more"
    if not Pairing(pairing_file()).is_made:
        return False, f"has no token; {_INSTALL} with --uninstall, then again"
    return True, f"{package}, with a token"


def _placing() -> tuple[bool, str]:
    job = Journal(journal_file()).read()
    if job is None:
        return True, "none is half done"
    return not job.is_open, job.sentence()
