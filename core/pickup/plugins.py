"""Parts of Pickup that the core does not import: found by name, loaded when they are wanted.

A front end offers them as entry points. Those that ship are named by who asks as well, so that a
checkout which was never installed has them; where their package is not there, they are left out.
"""

from __future__ import annotations

from importlib import metadata, util
from typing import TYPE_CHECKING, Any

from pickup.errors import PickupError

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a module may raise while it is imported.
_BREAKAGE = (AttributeError, ImportError, OSError, RuntimeError, SyntaxError, TypeError, ValueError)


def known(group: str, shipped: Mapping[str, str]) -> dict[str, str]:
    """`module:attribute` of every part of a group by its name; nothing is imported.

    Args:
        group: of entry points.
        shipped: those that ship with Pickup.
    """
    found = {
        name: target
        for name, target in shipped.items()
        if util.find_spec(target.partition(".")[0]) is not None
    }
    for entry in metadata.entry_points(group=group):
        found.setdefault(entry.name, entry.value.replace(" ", ""))
    return found


def load(name: str, target: str, group: str) -> Any:
    """A part, imported now.

    Raises:
        PickupError: it is broken; the sentence says which and why.
    """
    try:
        return metadata.EntryPoint(name, target, group).load()
    except _BREAKAGE as error:
        cause = " ".join(str(error).split()) or type(error).__name__
        raise PickupError(
            f"“{name}” ({target}) cannot be loaded: {cause}. Reinstall Pickup, or the package "
            "that brought it."
        ) from error
