"""Where this host keeps what is its own."""

from __future__ import annotations

from pathlib import Path

from pickup.errors import RequestError
from pickup.home import home, settings

_TABLE = "premiere"
_NAME = "Pickup Exchange"


def exchange_folder() -> Path:
    """The folder that Premiere exports to: `[premiere] exchange` of the settings, else Documents.

    Raises:
        RequestError: the settings cannot be read, or name no path there.
    """
    table = settings().get(_TABLE, {})
    named = table.get("exchange", "") if isinstance(table, dict) else ""
    if not isinstance(named, str):
        raise RequestError(f"{home() / 'settings.toml'}: [premiere] exchange is to be a path.")
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_documents_dir()) / _NAME


def pairing_file() -> Path:
    """What is left of the token that pairs the panel in Premiere with this side."""
    return home() / "premiere" / "pairing"


def journal_file() -> Path:
    """The last placing in Premiere."""
    return home() / "premiere" / "place.json"


def panel_folder() -> Path:
    """The companion panel, for Adobe's developer tool."""
    return home() / "premiere" / "panel"


def panel_package() -> Path:
    """The companion panel, for Creative Cloud."""
    return home() / "premiere" / "Pickup.ccx"
