"""What the user may choose about placing, under `[resolve]` of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pickup.errors import RequestError
from pickup.home import settings


@dataclass(frozen=True, slots=True)
class PlaceSettings:
    """How clips are placed.

    Attributes:
        backup: duplicate the timeline first, and keep the duplicate.
        bin: where media goes in the media pool.
        color: clip colour of placed items.
        flag, marker: their colours, of Resolve's other set; an empty one is left out.
        exchange: a folder that the panel watches for timelines exported by hand; empty is none.
        as_graded: show models the frames as they are graded, not those of the source media.
        lut: a LUT that Resolve already lists, set on the first node; empty is none.
    """

    backup: bool = True
    bin: str = "Pickup"
    color: str = "Teal"
    flag: str = "Cyan"
    marker: str = "Cyan"
    as_graded: bool = False
    lut: str = ""
    exchange: str = ""

    @classmethod
    def load(cls) -> PlaceSettings:
        """Those of `settings.toml`.

        Raises:
            RequestError: an entry is not one of these, or not of its type.
        """
        given: Any = settings().get("resolve", {})
        if not isinstance(given, dict):
            raise RequestError("settings.toml: [resolve] is a table; correct it.")
        for key, value in given.items():
            wanted = type(getattr(cls(), key, None))
            if wanted is type(None) or not isinstance(value, wanted):
                known = ", ".join(cls.__dataclass_fields__)
                raise RequestError(
                    f"settings.toml: [resolve] {key} = {value!r} is not understood; "
                    f"it knows {known}."
                )
        return cls(**given)
