"""A worker's notice on the door of its home: who is at work, with which keys and addresses.

A front end that was given other keys or addresses than the living worker asks that one to make
room, and starts its own. What is under way goes on in the new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from pickup.errors import PickupError
from pickup.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

_PREFIXES = (
    "PICKUP_",
    "OPENAI_",
    "GEMINI_",
    "GOOGLE_",
    "FAL_",
    "OPENROUTER_",
    "COMFY",
    "CLOUDSDK_",
)


_SAME_FOR_ALL = ("PICKUP_HOME", "PICKUP_STORE", "PICKUP_DATABASE_URL")
"""Those who meet at one home agree on these; and a worker is given them explicitly."""


def lock_of(home: Path) -> Path:
    """Held by the operating system for as long as the worker of this home lives."""
    return home / "worker.lock"


def environment() -> str:
    """A fingerprint of what a worker reads from its environment; tells nothing of the values."""
    named = sorted(
        (name, value)
        for name, value in os.environ.items()
        if name.startswith(_PREFIXES) and name not in _SAME_FOR_ALL
    )
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def read(home: Path) -> dict[str, Any]:
    """The notice of the last worker; empty where there is none."""
    try:
        notice = json.loads((home / "worker.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return notice if isinstance(notice, dict) else {}


def ask_to_leave(home: Path, worker: str) -> None:
    write_text(home / "worker.leave", worker)


class Notice:
    """This worker's own notice.

    Args:
        home: where it hangs.
        worker: the worker's id.
        service: it was started on purpose, and makes room for nobody.
    """

    def __init__(self, home: Path, worker: str, *, service: bool) -> None:
        self._home = home
        self._worker = worker
        self._service = service

    def put_up(self) -> None:
        text = {"worker": self._worker, "pid": os.getpid(), "service": self._service}
        with contextlib.suppress(PickupError):  # a full disk must not keep it from its work
            write_text(
                self._home / "worker.json", json.dumps({**text, "environment": environment()})
            )

    def unwanted(self) -> bool:
        """Whether a front end asks for room, or the whole home has gone."""
        if not self._home.is_dir():
            return True
        try:
            asked = (self._home / "worker.leave").read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return False
        return asked == self._worker and not self._service

    def take_down(self) -> None:
        for name in ("worker.json", "worker.leave"):
            with contextlib.suppress(OSError):
                (self._home / name).unlink(missing_ok=True)
