"""Cut files: opened by what they are, and written beside, never over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.formats import registry
from pickup.cut.formats.base import LIMITS, ReadOptions, WriteOptions
from pickup.errors import CutError
from pickup.files import written_aside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement

_HEAD = 4096

_FOLDERS = {".otiod", ".fcpxmld", ".fcpxml"}
"""The endings of bundles that are folders."""

_BUNDLES = {".otioz", ".aaf"}
"""The endings of files that may hold media as well; their formats know what is too much."""

_STRANGE = {
    "premiere": ("Premiere Pro", ("fcpxml",), ".xml"),
    "fcp": ("Final Cut Pro", ("otio", "otioz", "otiod", "aaf"), ".fcpxml"),
    "avid": ("Media Composer", ("xmeml", "fcpxml"), ".edl"),
}
"""The program that a target is, the formats that it cannot import, and one that it can."""


def open_cut_file(path: Path, options: ReadOptions | None = None) -> CutFile:
    """Read a timeline of any format known.

    Raises:
        CutError: not there, not readable, or not a timeline.
    """
    if "://" in str(path) or str(path).lower().startswith(("http:/", "https:/", "file:/")):
        raise CutError(path, "this is an address, not a file", hint="Download it first.")
    try:
        name = registry.detect(path, _head(path))
        return registry.load(name).read(path, options or ReadOptions())
    except CutError as error:
        if error.hint:
            raise
        hint = "Export the timeline again."
        raise CutError(error.path, error.reason, line=error.line, hint=hint) from error


def _head(path: Path) -> bytes:
    """The first bytes of an existing, sensible file; nothing of a bundle folder."""
    try:
        if path.is_dir():
            if path.suffix.lower() not in _FOLDERS:
                raise CutError(path, "this is a folder, not a file", hint="Name the file in it.")
            return b""
        if not path.exists():
            raise CutError(path, "there is no such file", hint="Check the name and the folder.")
        if not path.is_file():
            raise CutError(path, "this is not an ordinary file", hint="Name a timeline's file.")
        size = path.stat().st_size
        if size == 0:
            raise CutError(path, "the file is empty", hint="Export the timeline again.")
        if size > LIMITS.document_bytes and path.suffix.lower() not in _BUNDLES:
            raise CutError(
                path,
                f"the file is too large for a timeline ({size >> 20} MB)",
                hint="Export a shorter part of it.",
            )
        with path.open("rb") as stream:
            return stream.read(_HEAD)
    except OSError as error:
        reason = f"it cannot be read ({error.strerror})"
        raise CutError(path, reason, hint="Check the name, and who may read the file.") from error


def pick_cuts(document: CutFile, sequence: str = "") -> list[Cut]:
    """The cuts of a file, or the one that `sequence` names.

    Raises:
        CutError: there is none of that name; the message lists those there are.
    """
    if not sequence:
        return document.cuts
    chosen = [cut for cut in document.cuts if cut.name == sequence]
    if not chosen:
        names = ", ".join(f"“{cut.name}”" for cut in document.cuts) or "none"
        raise CutError(
            document.path, f"there is no sequence “{sequence}”", hint=f"The file has {names}."
        )
    return chosen


def written_suffix(path: Path) -> str:
    """The ending that a filled cut of the file `path` has, where the user does not say.

    Raises:
        CutError: no format has the file's ending, or the file cannot be read.
    """
    name = registry.for_suffix(path)
    if path.is_file():
        name = registry.detect(path, _head(path))
    return registry.written_suffix(name, path.suffix)


def written_format(document: CutFile, out: Path) -> str:
    """The key of the format that `out` asks for by its ending.

    The document's own ending asks for its own format: `.xml` is the ending of two.

    Raises:
        CutError: no format has that ending.
    """
    name, suffix = registry.for_suffix(out), out.suffix.lower()
    own = suffix == document.path.suffix.lower() and registry.is_named(document.format, suffix)
    return document.format if own else name


def save_cut(
    document: CutFile,
    cut: Cut,
    placements: Sequence[Placement],
    out: Path,
    options: WriteOptions | None = None,
) -> list[str]:
    """Write the document with `placements` put into `cut`, in the format that `out` ends in.

    The original is never touched, and `out` appears whole or not at all.

    Returns:
        What the user should know, above all what another format cannot say.
    """
    options = options or WriteOptions()
    name = written_format(document, out)
    if out.exists() and document.path.exists() and out.samefile(document.path):
        raise CutError(out, "this is the cut itself", hint="Give another name with -o.")
    target = registry.load(name)
    with written_aside(out) as aside:
        try:
            if name == document.format:
                notes = target.write(document, cut, placements, aside, options)
            else:
                notes = [*target.export(cut, placements, aside, options), *_switched_off(cut, name)]
        except CutError as error:
            if error.path != aside:
                raise
            # The name that is known to the user.
            raise CutError(out, error.reason, line=error.line, hint=error.hint) from error
    return [*notes, *_unread(name, out, options.target)]


def _switched_off(cut: Cut, name: str) -> list[str]:
    """What to say of that which would hide all below it, were it written as what it is not."""
    count = sum(item.transparent for track in cut.video_tracks for item in track.items)
    if not count or name == "edl":
        return []
    return [f"Adjustment layers and clips of opacity 0 are disabled in the new file: {count}."]


def _unread(name: str, out: Path, target: str) -> list[str]:
    """What to say where the program that the result is for reads no such files."""
    program, strange, better = _STRANGE.get(target, ("", (), ""))
    if name not in strange:
        return []
    return [f"{program} reads no {out.suffix} files; give it “-o {out.stem}{better}”."]
