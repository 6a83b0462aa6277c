"""`pickup install premiere`: exchange folder and companion panel, and the steps that are left.

Adobe lets no program put a panel into Premiere by itself: Creative Cloud asks the user. What can be
laid ready is laid ready, and the rest is said.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

from pickup.errors import PickupError
from pickup.files import unwritable, write_bytes, written_aside
from pickup_premiere.pairing import Pairing
from pickup_premiere.places import (
    exchange_folder,
    journal_file,
    pairing_file,
    panel_folder,
    panel_package,
)

_EPOCH = (1980, 1, 1, 0, 0, 0)


def panel_source() -> Path:
    """The panel as it ships: within the package, or beside it in a checkout.

    Raises:
        PickupError: it is in neither place.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "uxp", here.parent / "uxp"):
        if (folder / "manifest.json").is_file():
            return folder
    raise PickupError("The panel for Premiere is not part of this installation; install it anew.")


def is_current(package: Path) -> bool:
    """Whether the package laid ready holds the panel that ships with this Pickup."""
    files = {path.name: path.read_bytes() for path in _files(panel_source())}
    return package.is_file() and package.read_bytes() == _packed(files)


def install(dry_run: bool = False, uninstall: bool = False) -> list[str]:
    """Lay everything ready, or take it away; what was or would be done, as lines.

    Raises:
        PickupError: a folder cannot be written, or holds what is not ours.
    """
    _check_ours()
    return _remove(dry_run) if uninstall else _place(dry_run)


def _place(dry_run: bool) -> list[str]:
    files = {path.name: path.read_bytes() for path in _files(panel_source())}
    exchange, panel, package = exchange_folder(), panel_folder(), panel_package()
    packed = _packed(files)
    lines = []
    if exchange.is_dir():
        lines.append(f"{exchange} is there: the exchange folder.")
    else:
        lines.append(_said(dry_run, "make", "Made", exchange) + " It is the exchange folder.")
    if package.is_file() and package.read_bytes() == packed and panel.is_dir():
        lines.append(f"{package} is up to date.")
    else:
        lines.append(_said(dry_run, "write", "Wrote", panel))
        lines.append(_said(dry_run, "write", "Wrote", package))
    if not dry_run:
        _write(exchange, panel, files, package, packed)
    return [*lines, *_steps(exchange, panel, package), *_pairing(dry_run)]


def _write(
    exchange: Path, panel: Path, files: dict[str, bytes], package: Path, packed: bytes
) -> None:
    try:
        exchange.mkdir(parents=True, exist_ok=True)
        with written_aside(panel) as aside:
            aside.unlink()
            aside.mkdir()
            for name, data in files.items():
                (aside / name).write_bytes(data)
    except OSError as error:
        raise unwritable(exchange, error) from error
    write_bytes(package, packed)


def _remove(dry_run: bool) -> list[str]:
    lines = []
    for path in (panel_folder(), panel_package(), pairing_file(), journal_file()):
        if not path.exists():
            continue
        lines.append(_said(dry_run, "remove", "Removed", path))
        if dry_run:
            continue
        try:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError as error:
            raise PickupError(
                f"{path}: cannot be removed ({error.strerror}). Remove it by hand."
            ) from error
    if not lines:
        return ["Nothing of Pickup for Premiere is here."]
    return [
        *lines,
        f"The exchange folder {exchange_folder()} stays: what lies in it is yours.",
        "To take the panel out of Premiere: Creative Cloud > Stock & Marketplace > Plugins > "
        "Manage plugins.",
    ]


def _steps(exchange: Path, panel: Path, package: Path) -> list[str]:
    return [
        "",
        "With every Premiere Pro:",
        f"  1. File > Export > Final Cut Pro XML, into {exchange}.",
        "  2. Fill it: in the panel (pickup panel), or with “pickup fill”.",
        "  3. File > Import the file that ends in .filled.xml.",
        "A Pickup panel that is open already has to be opened again once.",
        "",
        "With Premiere Pro 26.2 or later, the panel inside it saves the two menus:",
        f"  1. Open {package}; Creative Cloud asks whether to install it. It warns that the panel",
        "     does not come from its marketplace, which is true.",
        f"     Or, with Adobe's UXP Developer Tool: Add Plugin, {panel / 'manifest.json'}.",
        "  2. In Premiere: Window > UXP Plugins > Pickup.",
        "  3. Give it the token that pairs the two.",
    ]


def _pairing(dry_run: bool) -> list[str]:
    """The token, the one time that it can be shown."""
    pairing = Pairing(pairing_file())
    if pairing.is_made:
        return [
            "",
            "The panel is paired. For another token, run this with --uninstall, then again.",
        ]
    if dry_run:
        return ["", "Would show a token for the panel, once."]
    return ["", f"The token, shown this once: {pairing.new_token()}"]


def _check_ours() -> None:
    """A folder of that name without our manifest in it is somebody else's."""
    folder = panel_folder()
    if not folder.exists():
        return
    ours = json.loads((panel_source() / "manifest.json").read_text("utf-8"))["id"]
    try:
        theirs = json.loads((folder / "manifest.json").read_text("utf-8"))["id"]
    except (OSError, ValueError, KeyError, TypeError):
        theirs = None
    if theirs != ours:
        raise PickupError(
            f"{folder} is there already and not of Pickup's making. Rename it, then run again."
        )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _packed(files: dict[str, bytes]) -> bytes:
    """A .ccx is a zip of the panel's files; the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(zipfile.ZipInfo(name, _EPOCH), data)
    return stream.getvalue()


def _said(dry_run: bool, would: str, did: str, path: Path) -> str:
    return f"Would {would} {path}." if dry_run else f"{did} {path}."
