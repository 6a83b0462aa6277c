"""Where Pickup keeps what must outlive a run: the order book, the takes, the settings."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pickup.errors import RequestError
from pickup.files import read_text


def home() -> Path:
    """`PICKUP_HOME`, or the platform's folder for a user's data. Not created here."""
    named = os.environ.get("PICKUP_HOME", "")
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("pickup", appauthor=False))


def store() -> Path:
    """Where takes lie: the home, or `PICKUP_STORE`, a folder that a whole team can see."""
    named = os.environ.get("PICKUP_STORE", "")
    return Path(named).expanduser().absolute() if named else home()


def settings() -> dict[str, Any]:
    """What the user has written into `settings.toml` of the home; empty where there is none.

    Raises:
        RequestError: the file is not TOML.
    """
    path = home() / "settings.toml"
    try:
        return tomllib.loads(read_text(path))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise RequestError(
            f"{path}: the settings cannot be read ({error}). Correct or remove the file."
        ) from None
