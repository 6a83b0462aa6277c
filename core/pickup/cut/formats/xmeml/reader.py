"""Reads a document into a `CutFile`, and tells who wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pickup.cut.formats.collecting import uncollected
from pickup.cut.formats.xmeml import raw as raws
from pickup.cut.formats.xmeml import source as sources
from pickup.cut.formats.xmeml.cuts import Builder
from pickup.cut.model import CutFile

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.formats.xmeml.raw import RawDocument, RawSequence
    from pickup.cut.formats.xmeml.source import XmemlSource

_NUMBERED = re.compile(r".+ \d+$")
"""Resolve's ids: the file's name, a space, a number."""

_NUMBERED_SEQUENCE = re.compile(r"sequence-\d+$")


def read(path: Path) -> CutFile:
    """Read a document.

    Raises:
        CutError: it cannot be read as xmeml.
    """
    source = sources.load(path)
    with uncollected():
        document = raws.parse(path, source.text)
        builder = Builder(path, document)
        cuts = builder.cuts()
        _note_files(document, source)
    return CutFile(path, "xmeml", cuts, source, writer_of(document), builder.notes)


def writer_of(document: RawDocument) -> str:
    """`premiere`, `resolve`, `hiero` or `fcp`, by the marks each leaves; empty if none shows."""
    sequences = list(document.sequences.values())
    if any(_is_premiere(each) for each in sequences):
        return "premiere"
    ids = list(document.files)
    names = [each.name for each in sequences]
    if any(name.endswith("(Resolve)") for name in names) or (
        ids and all(_NUMBERED.match(each) for each in ids)
    ):
        return "resolve"
    if sequences and all(each.attributes.get("id") == each.name for each in sequences):
        files = document.files
        if all(key == file.media.name for key, file in files.items()):
            return "hiero"
    if any(each.application.startswith("Final Cut") or each.uuid for each in sequences):
        return "fcp"
    return ""


def _is_premiere(sequence: RawSequence) -> bool:
    if any(name.startswith(("TL.", "MZ.", "Monitor.")) for name in sequence.attributes):
        return True
    if "explodedTracks" in sequence.attributes or _NUMBERED_SEQUENCE.match(
        sequence.attributes.get("id", "")
    ):
        return True
    return any("pproTicksIn" in i.fields for track in sequence.tracks for i in track.items[:1])


def _note_files(document: RawDocument, source: XmemlSource) -> None:
    """Remember the ids of files and masterclips by path, for the writer."""
    masters: dict[str, str] = {}
    for sequence in document.sequences.values():
        for track in sequence.tracks:
            for item in track.items:
                master = item.fields.get("masterclipid")
                if master and item.file:
                    masters.setdefault(item.file, master)
    for key, file in document.files.items():
        if file.media.path is not None and not key.startswith("\0"):
            known = sources.KnownFile(key, masters.get(key, ""), file.home)
            source.files.setdefault(str(file.media.path), known)
