"""What the adapters share: a format's cuts as OTIO's timelines, and back."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from pickup.cut import otio_bridge
from pickup.cut.formats import registry
from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.otio.reader import read_document
from pickup.errors import PickupError
from pickup.files import written_aside
from pickup.timing import RateError, parse_rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup.cut.model import CutFile

_log = logging.getLogger("pickup")

SOURCE_KEY = "pickup_source"
"""Where a timeline's metadata says which document it was read from."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """The functions that OTIO asks an adapter's module for.

    A document of several sequences is a `SerializableCollection` of timelines. Each says under
    `metadata["pickup_source"]` where it comes from: `path` (the document, which is left as it is),
    `format`, `writer`, `sequence`, `rate_note` and `notes`. What a format cannot say is logged as
    a warning of the logger `pickup`.

    Attributes:
        format: the key of the format in `pickup.cut.formats`.
        suffix: of its files.
    """

    format: str
    suffix: str

    def read_from_file(self, filepath: str, rate: str = "") -> Any:
        """A timeline, or a collection of them.

        Args:
            filepath: the document.
            rate: to read a list of events at, which does not state it.

        Raises:
            OTIOError: not a document of the format, or a broken one.
        """
        with _as_otio_errors():
            options = ReadOptions(parse_rate(str(rate)) if rate else None)
            document = registry.load(self.format).read(Path(filepath), options)
            return self._object(document, str(Path(filepath).absolute()))

    def read_from_string(self, input_str: str | bytes, rate: str = "") -> Any:
        """As `read_from_file`, but that relative media paths have no folder to start from."""
        data = input_str.encode() if isinstance(input_str, str) else input_str
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"text{self.suffix}"
            path.write_bytes(data)
            with _as_otio_errors():
                options = ReadOptions(parse_rate(str(rate)) if rate else None)
                return self._object(registry.load(self.format).read(path, options), "")

    def write_to_file(self, input_otio: Any, filepath: str, target: str = "") -> str:
        """A whole new document.

        Args:
            input_otio: a timeline, or what OTIO's own JSON can hold and a cut can be read from.
            filepath: is written whole or not at all.
            target: the program to shape it for: `resolve`, `premiere`, `fcp` or `avid`.

        Raises:
            OTIOError: it holds no timeline or several, or cannot be said in the format.
        """
        with _as_otio_errors():
            cut = _only_cut(input_otio)
            with written_aside(Path(filepath)) as aside:
                notes = registry.load(self.format).export(cut, (), aside, WriteOptions(target))
            for note in notes:
                _log.warning(note)
        return filepath

    def write_to_string(self, input_otio: Any, target: str = "") -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"text{self.suffix}"
            self.write_to_file(input_otio, str(path), target)
            return path.read_text("utf-8")

    def _object(self, document: CutFile, path: str) -> Any:
        timelines = []
        for cut in document.cuts:
            timeline, notes = otio_bridge.to_timeline_with_notes(cut)
            timeline.metadata[SOURCE_KEY] = {
                "path": path,
                "format": document.format,
                "writer": document.writer,
                "sequence": cut.name,
                "rate_note": cut.rate_note,
                "notes": [*document.notes, *notes],
            }
            timelines.append(timeline)
        if len(timelines) == 1:
            return timelines[0]
        collection = otio.schema.SerializableCollection(name=document.path.stem)
        collection.extend(timelines)
        return collection


def _only_cut(value: Any) -> Any:
    data = otio.adapters.write_to_string(value, "otio_json").encode()
    cuts = read_document(Path("timeline.otio"), data, Path.cwd()).cuts
    if len(cuts) != 1:
        raise otio.exceptions.NotSupportedError(
            f"{len(cuts)} timelines do not go into one document. Write each to a file of its own."
        )
    return cuts[0]


@contextlib.contextmanager
def _as_otio_errors() -> Iterator[None]:
    """Refusals as the errors that users of OTIO expect."""
    try:
        yield
    except (PickupError, RateError) as error:
        raise otio.exceptions.OTIOError(str(error)) from error
