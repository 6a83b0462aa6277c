"""Every error Pickup raises, as one tree.

::

    PickupError                 the root; `str()` of it is one sentence for the user
    ├── RequestError            what was asked for is wrong          (exit status 2)
    │   ├── CutError            a timeline cannot be read or written
    │   └── PlanError           a plan is not a plan, or no longer fits its cut
    ├── MediaError              a media file cannot be read, decoded or written
    ├── ProviderError           a model could not deliver; see `providers.base` for its kinds
    ├── LedgerError             the order book cannot be read or written
    └── BudgetError             an order would cost more than was allowed

A message names the thing, the cause and the next step. It never holds a key.
"""

from __future__ import annotations

from pathlib import Path

_LONGEST = 600


def _short(text: str) -> str:
    """On one line and of a sentence's length, whatever a document's own words brought into it."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


class PickupError(Exception):
    """The root. Its text is one sentence that a film editor can act on."""

    exit_status = 1


class RequestError(PickupError):
    """What was asked for is wrong; nothing was done."""

    exit_status = 2


class CutError(RequestError):
    """A timeline cannot be read, or cannot be written.

    Args:
        path: the timeline's file.
        reason: the cause, without the file's name and without a full stop.
        line: where in the file, counted from 1, if it is known.
        hint: the next step, as a sentence of its own.
    """

    def __init__(
        self, path: Path | str, reason: str, *, line: int | None = None, hint: str = ""
    ) -> None:
        self.path = Path(path)
        self.reason = reason = _short(reason)
        self.line = line
        self.hint = hint
        where = f"{self.path.name}, line {line}" if line else self.path.name
        super().__init__(f"{where}: {reason}." + (f" {_short(hint)}" if hint else ""))


class PlanError(RequestError):
    """A plan is not a plan, or no longer fits its cut."""


class MediaError(PickupError):
    """A media file cannot be read, decoded or written."""

    def __init__(self, path: Path | str, reason: str, *, hint: str = "") -> None:
        self.path = Path(path)
        self.reason = reason = _short(reason)
        super().__init__(f"{self.path.name}: {reason}." + (f" {hint}" if hint else ""))


class ProviderError(PickupError):
    """A model could not deliver."""


class LedgerError(PickupError):
    """The order book cannot be read or written."""


class BudgetError(PickupError):
    """An order would cost more than was allowed."""
