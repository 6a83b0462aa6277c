"""What goes wrong between Pickup and DaVinci Resolve, named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.errors import PickupError

if TYPE_CHECKING:
    from collections.abc import Sequence


class ResolveError(PickupError):
    """Resolve could not be reached, or would not do what was asked. One sentence for the user."""


class NoResolveError(ResolveError):
    """There is no way into Resolve: it is not running, or its edition does not let us in."""


class BusyError(ResolveError):
    """Another Pickup is placing clips."""


class ResolveCallError(ResolveError):
    """A call to Resolve failed, or answered what it never should.

    Attributes:
        call: the method.
        arguments: as they were given.
        build: product and version of Resolve.
    """

    def __init__(self, call: str, arguments: Sequence[object], build: str, reason: str) -> None:
        self.call = call
        self.arguments = tuple(arguments)
        self.build = build
        given = ", ".join(_short(one) for one in arguments)
        super().__init__(
            f"{build} did not do {call}({given}): {reason}. "
            "Close any dialog that is open in Resolve, then run again."
        )


class MovedError(ResolveError):
    """Something that had stood on the timeline before no longer stands there."""


class LostError(ResolveError):
    """A timeline is not as it was, and could not be brought back; its journal is kept."""


def _short(value: object) -> str:
    if isinstance(value, str | int | float | dict | list | None):
        text = repr(value)
        return text if len(text) <= 80 else f"{text[:77]}…"
    return type(value).__name__
