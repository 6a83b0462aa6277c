"""Names and versions of OTIO's schemas: which are known, which are other names for one.

The list is OpenTimelineIO 0.18.1's type registry, and `Marker.3` of the release after it, which
differs from `Marker.2` only in that a colour is an object with a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pickup.errors import CutError

if TYPE_CHECKING:
    from pathlib import Path

ALIASES = {
    "Filler": "Gap",
    "Sequence": "Track",
    "SerializeableCollection": "SerializableCollection",
}

VERSIONS = {
    "Clip": 2,
    "Effect": 1,
    "ExternalReference": 1,
    "FreezeFrame": 1,
    "Gap": 1,
    "GeneratorReference": 1,
    "ImageSequenceReference": 1,
    "LinearTimeWarp": 1,
    "Marker": 3,
    "MediaReference": 1,
    "MissingReference": 1,
    "RationalTime": 1,
    "SerializableCollection": 1,
    "Stack": 1,
    "TimeEffect": 1,
    "TimeRange": 1,
    "Timeline": 1,
    "Track": 1,
    "Transition": 1,
}
"""The newest version of each that this reader understands."""

COMPOSITIONS = ("Stack", "Track")


class Schemas:
    """Names the schema of every object of one document.

    Raises:
        CutError: from `of`, for a schema that is newer than known or no schema at all.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, tuple[str, int]] = {}

    def of(self, value: Any) -> str:
        """Its name in today's words; empty for what is no OTIO object."""
        return self.versioned(value)[0]

    def versioned(self, value: Any) -> tuple[str, int]:
        said = value.get("OTIO_SCHEMA") if isinstance(value, dict) else None
        if said is None:
            return "", 0
        try:
            return self._known[said]
        except (KeyError, TypeError):
            known = self._parse(said)
        self._known[said] = known
        return known

    def _parse(self, said: object) -> tuple[str, int]:
        name, dot, version = said.rpartition(".") if isinstance(said, str) else ("", "", "")
        if not (dot and name and version.isascii() and version.isdigit() and len(version) < 10):
            raise CutError(self._path, f"{said!r} is no schema of OpenTimelineIO")
        name = ALIASES.get(name, name)
        if int(version) > VERSIONS.get(name, int(version)):
            raise CutError(
                self._path,
                f"it uses {said}, newer than {name}.{VERSIONS[name]}, the newest that is known",
                hint="Export it for OpenTimelineIO 0.18 or older.",
            )
        return name, int(version)
