"""Which format a file is of. Formats are imported when a file asks for them, not before."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from pickup.errors import CutError

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.formats.base import Format

# The endings of a format, the usual one first; an ending of two asks for the upper one.
_FORMATS: dict[str, tuple[tuple[str, ...], str]] = {
    "otio": ((".otio", ".json"), "pickup.cut.formats.otio:OtioFormat"),
    "otioz": ((".otioz",), "pickup.cut.formats.otio:OtiozFormat"),
    "otiod": ((".otiod",), "pickup.cut.formats.otio:OtiodFormat"),
    "xmeml": ((".xml",), "pickup.cut.formats.xmeml:XmemlFormat"),
    "fcpxml": ((".fcpxml", ".fcpxmld", ".xml"), "pickup.cut.formats.fcpxml:FcpxmlFormat"),
    "edl": ((".edl",), "pickup.cut.formats.edl:EdlFormat"),
    "aaf": ((".aaf",), "pickup.cut.formats.aaf:AafFormat"),
}


_GZIP = b"\x1f\x8b"

_WRITTEN_AS = {"aaf": ".otio"}
"""Formats that are read and cannot be written in place, and what a filled cut becomes instead."""


_WITHOUT_SEQUENCES = frozenset(["fcpxml"])
"""Formats that cannot name media that are numbered pictures."""


def takes_sequences(name: str) -> bool:
    """Whether a clip of that format may be an image sequence."""
    return name not in _WITHOUT_SEQUENCES


def is_written_in_place(name: str) -> bool:
    """Whether clips can be put into a document of that format."""
    return name not in _WRITTEN_AS


def names() -> list[str]:
    """The keys of all formats."""
    return list(_FORMATS)


def load(name: str) -> Format:
    """The format called `name`, imported now."""
    module, _, attribute = _FORMATS[name][1].partition(":")
    return cast("Format", getattr(import_module(module), attribute)())


def is_named(name: str, suffix: str) -> bool:
    """Whether files of that format may have that ending."""
    return suffix.lower() in _FORMATS[name][0]


def written_suffix(name: str, suffix: str) -> str:
    """The ending that a filled cut has, where the user does not say.

    Args:
        name: the format that the cut is of.
        suffix: the ending that it has; kept unless it is another format's.
    """
    return _WRITTEN_AS.get(name, suffix if is_named(name, suffix) else _FORMATS[name][0][0])


def for_suffix(path: Path) -> str:
    """The key of the format that `path`'s ending asks for.

    Raises:
        CutError: no format has that ending; the message lists those that are known.
    """
    for name, (suffixes, _) in _FORMATS.items():
        if path.suffix.lower() in suffixes:
            return name
    known = ", ".join(sorted({s for suffixes, _ in _FORMATS.values() for s in suffixes}))
    raise CutError(
        path, f"no timeline format ends in “{path.suffix}”", hint=f"Pickup knows {known}."
    )


def detect(path: Path, head: bytes) -> str:
    """The key of the format of an existing file, by its ending and what it begins with.

    `.xml` is FCPXML as often as xmeml, and files get wrong endings: what plainly begins like
    another format is that.

    Raises:
        CutError: no format has the ending, or the file is packed.
    """
    name = for_suffix(path)
    if head.startswith(_GZIP):
        raise CutError(path, "it is packed (gzip)", hint="Unpack it, and give what comes out.")
    if head and not load(name).sniff(head):
        return next((other for other in names() if load(other).sniff(head)), name)
    return name
