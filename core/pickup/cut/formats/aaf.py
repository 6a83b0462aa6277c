"""AAF, read through otio-aaf-adapter in a process of its own.

The adapter prints, sets up logging, raises whatever it meets and can be led astray by a broken
file; a process contains all of that. What it makes is OTIO, which our own reader turns into cuts.
It loses the drop-frame flag and, without a track number on it, the start timecode; both are fetched
from the file itself. It asks of markers what only Avid's say; others are told it in a copy.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.base import LIMITS
from pickup.errors import CutError
from pickup.timing import nominal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pickup.cut.formats.base import ReadOptions, WriteOptions
    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement

_SECONDS = 600
_MEMORY = 8 << 30
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Of the compound files that AAF is kept in."""

_TOO_BIG = ("MemoryError", "RecursionError", "OverflowError")
_REASONS = {
    "AAFAdapterError": "it holds something that the AAF reader does not know",
    "AAFValidationError": "the cut is not of a shape that an AAF can be made of here",
    "NotSupportedError": "it holds something that the AAF reader does not know",
    "CompositionError": "its parts contradict each other",
}
_OTHER = "it is broken, or no AAF that can be read here"


class AafFormat:
    """The AAF format, as `pickup.cut.formats.base.Format` asks for it."""

    name = "aaf"
    suffixes = (".aaf",)

    def sniff(self, head: bytes) -> bool:
        """Whether a file is a compound file."""
        return head.startswith(_MAGIC)

    def read(self, path: Path, options: ReadOptions) -> CutFile:
        from pickup.cut.formats.otio.reader import read_document

        _check(path)
        answer = _run("read", path)
        document = read_document(path, json.dumps(answer["otio"]).encode(), path.parent, self.name)
        document.writer = document.writer or "avid"
        for cut in document.cuts:
            start, fps, drop = answer["timecodes"].get(cut.name, (0, 0, False))
            if fps == nominal(cut.rate):
                cut.start = cut.start or start
                cut.drop_frame = drop
            _trust_references(cut)
        return document

    def write(
        self,
        document: CutFile,
        cut: Cut,
        placements: Sequence[Placement],
        out: Path,
        options: WriteOptions,
    ) -> list[str]:
        raise CutError(
            document.path,
            "an AAF cannot be changed in place",
            hint="Write to another format, as with “-o cut.otio”, “-o cut.xml” or “-o cut.edl”.",
        )

    def export(
        self, cut: Cut, placements: Sequence[Placement], out: Path, options: WriteOptions
    ) -> list[str]:
        from pickup.cut.formats import registry

        _need_adapter(out)
        with tempfile.TemporaryDirectory() as folder:
            between = Path(folder) / "cut.otio"
            notes = registry.load("otio").export(cut, placements, between, options)
            _run("write", between, out)
        return [*notes, "The AAF refers to its media by file; relink them after the import."]


def _trust_references(cut: Cut) -> None:
    """Take clips without a file name for present: Avid keeps media by its id, not by its path."""
    for track in cut.tracks:
        for item in track.items:
            if item.media is not None and item.media.missing:
                item.media = replace(item.media, missing=False)
            if item.nested is not None:
                _trust_references(item.nested)


def _check(path: Path) -> None:
    """Refuse at once what cannot be an AAF.

    Raises:
        CutError: unreadable, far too large, or not a compound file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(len(_MAGIC))
    except OSError as error:
        raise CutError(path, f"cannot be read ({error.strerror or error})") from error
    if size > LIMITS.bundle_bytes:
        raise CutError(path, "is too large; export it with linked instead of embedded media")
    if head != _MAGIC:
        raise CutError(path, "is not an AAF file", hint="Export the timeline again.")
    _need_adapter(path)


def _need_adapter(path: Path) -> None:
    if importlib.util.find_spec("otio_aaf_adapter") is None:
        raise CutError(
            path, "AAF needs an extra part", hint='Run: pip install "pickup-shots[aaf]".'
        )


def _run(verb: str, path: Path, out: Path | None = None) -> Mapping[str, Any]:
    """What the adapter answers, asked in another process.

    Raises:
        CutError: it failed, took too long or died.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-P", "-m", __name__, verb, str(path), str(answer)]
        command += [str(out)] if out else []
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        subject = out or path
        try:
            subprocess.run(
                command, env=environment, capture_output=True, timeout=_SECONDS, check=False
            )
            said: dict[str, Any] = json.loads(answer.read_bytes())
        except subprocess.TimeoutExpired as error:
            raise CutError(subject, f"took longer than {_SECONDS // 60} minutes") from error
        except (OSError, ValueError) as error:
            raise CutError(subject, "the AAF adapter broke down over it") from error
    if "error" in said:
        raise _refusal(subject, said["error"], said["text"])
    return said


def _refusal(path: Path, kind: str, text: str) -> CutError:
    """The adapter's exception as a sentence."""
    if kind in _TOO_BIG:
        return CutError(path, "it asks for more memory or depth than a timeline ever needs")
    reason = _REASONS.get(kind, _OTHER)
    detail = " ".join(text.split()).rstrip(".")[:200] if kind in _REASONS else ""
    return CutError(
        path, f"{reason} ({detail})" if detail else reason, hint="Export as XML or OTIO instead."
    )


def _answer(verb: str, path: str, out: str) -> dict[str, Any]:
    """Do the work, in the process made for it."""
    import opentimelineio as otio

    if verb == "write":
        timeline = otio.adapters.read_from_file(path, adapter_name="otio_json")
        otio.adapters.write_to_file(timeline, out, adapter_name="AAF", use_empty_mob_ids=True)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        told = _with_markers_told(path, folder)
        read = otio.adapters.read_from_file(told, adapter_name="AAF")
    return {"otio": json.loads(read.to_json_string(indent=-1)), "timecodes": _timecodes(path)}


def _with_markers_told(path: str, folder: str) -> str:
    """The file, or a copy of it whose markers say all that the adapter asks of them.

    DaVinci Resolve's belong to no track, and have their name where Avid notes its user; the adapter
    refuses a file with one such marker.
    """
    import aaf2

    with aaf2.open(path) as file:
        if not any(_lacking(marker) for marker in _markers(file)):
            return path
    copy = str(Path(folder) / "told.aaf")
    shutil.copyfile(path, copy)
    with aaf2.open(copy, "rw") as file:
        for marker in _markers(file):
            lacking = _lacking(marker)
            words = [str(marker.getvalue("Comment", "") or "")]
            if "DescribedSlots" in lacking:
                words.insert(0, str(marker.getvalue("CommentMarkerUser", "") or ""))
                marker["DescribedSlots"].value = {0}  # no slot: a marker of the whole timeline
            if lacking:
                marker["Comment"].value = ". ".join(word for word in words if word) or "Marker"
    return copy


def _lacking(marker: Any) -> list[str]:
    return [key for key in ("DescribedSlots", "Comment") if marker.getvalue(key, None) is None]


def _markers(file: Any) -> Iterator[Any]:
    """The markers of every composition."""
    import aaf2

    for mob in file.content.compositionmobs():
        for slot in mob.slots:
            if isinstance(slot, aaf2.mobslots.EventMobSlot):
                segment = slot.segment
                parts = segment.components if hasattr(segment, "components") else [segment]
                yield from (p for p in parts if isinstance(p, aaf2.components.DescriptiveMarker))


def _timecodes(path: str) -> dict[str, tuple[int, int, bool]]:
    """Start, frames a second and drop-frame flag of each composition's timecode, by its name."""
    import aaf2

    found: dict[str, tuple[int, int, bool]] = {}
    with aaf2.open(path) as file:
        for mob in file.content.toplevel():
            slots = [
                slot for slot in mob.slots if isinstance(slot.segment, aaf2.components.Timecode)
            ]
            # The others say the same moment in film or PAL counting.
            slots.sort(key=lambda slot: slot.get("PhysicalTrackNumber") is None)
            if slots:
                code = slots[0].segment
                found[str(mob.name)] = (int(code.start), int(code.fps), bool(code.drop))
    return found


def _limit_memory() -> None:
    """Let a broken file exhaust the limit instead of the machine."""
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, hard))


def _main(verb: str, path: str, answer: str, out: str = "") -> None:
    _limit_memory()
    try:
        result = _answer(verb, path, out)
    # The adapter has no bound on what it raises; this process exists to catch it.
    except Exception as error:  # noqa: BLE001
        result = {"error": type(error).__name__, "text": str(error)}
    Path(answer).write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    _main(*sys.argv[1:])
