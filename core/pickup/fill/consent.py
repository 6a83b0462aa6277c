"""Which services may have words and frames of the user's cuts.

Asked once for each service and kept in the home with its date; it can be withdrawn at any time.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from pickup.errors import RequestError
from pickup.files import read_text, write_text
from pickup.home import home

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def allowed() -> dict[str, str]:
    """The day of each agreement, as ISO text, by the provider's name.

    Raises:
        RequestError: the file cannot be read; nothing is taken for agreed to then.
    """
    path = _file()
    try:
        found = json.loads(read_text(path))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise RequestError(
            f"{path}: what may be uploaded cannot be read ({error}). Remove the file; you are "
            "then asked again."
        ) from None
    if not isinstance(found, dict) or not all(isinstance(day, str) for day in found.values()):
        raise RequestError(f"{path}: this is no list of services. Remove the file.")
    return found


def allow(services: Iterable[str]) -> None:
    """Remember that the user has agreed to uploads to these services."""
    today = date.today().isoformat()
    known = allowed()
    _keep({**dict.fromkeys(services, today), **known})


def withdraw(service: str) -> bool:
    """Ask again before anything goes to this service; whether it had been agreed to."""
    known = allowed()
    there = known.pop(service, None) is not None
    if there:
        _keep(known)
    return there


def _keep(known: dict[str, str]) -> None:
    home().mkdir(parents=True, exist_ok=True)
    write_text(_file(), json.dumps(known, indent=2, sort_keys=True) + "\n")


def _file() -> Path:
    return home() / "uploads.json"
