"""Fills every timeline of a folder and checks what came of it: `make corpus`.

For each file: no gap of the filled kinds is left, nothing that was there has moved, and the
document is the editor's own with clips inserted. Shots are made small: the timelines count here.

    python -m benchmarks.corpus [--across] [FOLDER] [NAME-PART …]

With `--across` each is written as every other format instead.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import across
from pickup.cut.files import open_cut_file
from pickup.cut.gap import FILLED_KINDS
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import ItemKind, Raster
from pickup.errors import PickupError
from pickup.fill.prepare import ShotSettings
from pickup.fill.run import fill
from pickup.fill.values import FillOptions, Silent
from pickup.hosts.file import FileHost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pickup.cut.model import CutFile, Item

SUFFIXES = (".otio", ".otioz", ".otiod", ".xml", ".fcpxml", ".fcpxmld", ".edl")
LONGEST = 20_000
"""Frames; a longer gap is filled in the same way, and only takes longer."""


def main(arguments: list[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    over = "--across" in given
    given = [argument for argument in given if argument != "--across"]
    default = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    corpus = Path(os.environ.get("PICKUP_CORPUS", default)) / "timelines"
    if given and Path(given[0]).is_dir():
        corpus, given = Path(given[0]), given[1:]
    if not corpus.is_dir():
        print("The corpus is not here; PICKUP_CORPUS names its folder.")
        return 0
    if over:
        return 1 if across.run(_files(corpus, given), corpus) else 0
    counts = {"filled": 0, "full": 0, "refused": 0, "WRONG": 0}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PICKUP_HOME"] = str(Path(folder) / "home")
        for number, path in enumerate(_files(corpus, given)):
            state, detail = _try(path, Path(folder) / str(number))
            counts[state] += 1
            print(f"{state:8} {path.relative_to(corpus)}  {detail}", flush=True)
    print(", ".join(f"{number} {state}" for state, number in counts.items()))
    return 1 if counts["WRONG"] else 0


def _files(corpus: Path, parts: list[str]) -> Iterator[Path]:
    for path in sorted(corpus.rglob("*")):
        if path.suffix.lower() in SUFFIXES and (not parts or any(p in str(path) for p in parts)):
            yield path


def _try(path: Path, folder: Path) -> tuple[str, str]:
    folder.mkdir(parents=True)
    started = time.monotonic()
    cut = folder / path.name
    if path.is_dir():
        return "refused", "a bundle is tried by its own tests"
    cut.write_bytes(path.read_bytes())
    host = FileHost(cut, folder / f"out{path.suffix}")
    options = FillOptions(shots=ShotSettings(raster=Raster(64, 36), handles=2, lettering=False))
    try:
        before = open_cut_file(cut)
        longest = max((c.duration for c in before.cuts), default=0)
        if longest > LONGEST * 10:
            return "refused", f"{longest} frames are more than this check has time for"
        result = fill(host, options, Silent())
        if result.failed:
            return "WRONG", f"not filled: {result.failed}"
        if result.out is None:
            return "full", ""
        wrong = list(_problems(cut, result.out, before))
    except PickupError as error:
        return "refused", str(error)
    detail = f"{len(result.filled)} shots, {time.monotonic() - started:.1f} s"
    return ("WRONG", "; ".join(wrong)[:600]) if wrong else ("filled", detail)


def _problems(cut: Path, out: Path, before: CutFile) -> Iterator[str]:
    after = open_cut_file(out)
    if cut.read_bytes() != before.path.read_bytes():
        yield "the original was changed"
    for old, new in zip(before.cuts, after.cuts, strict=True):
        left = find_gaps(new, GapOptions(kinds=FILLED_KINDS)).gaps
        if left:
            yield f"gaps are left at {[(g.start, g.duration, g.kind.value) for g in left]}"
        if (old.rate, old.start, old.duration) != (new.rate, new.start, new.duration):
            yield f"the sequence has changed: {(old.duration, new.duration)}"
        moved = _items(old.video_tracks) - _items(new.video_tracks)
        if moved:
            yield f"moved or lost: {sorted(moved)[:3]}"
    yield from _document_problems(cut, out)


def _items(tracks: Iterable[Any]) -> set[tuple[int, str, int, int]]:
    return {
        (index, item.name, item.start, item.end)
        for index, track in enumerate(tracks)
        for item in track.items
        if item.kind is not ItemKind.HOLE and not _ours(item)
    }


def _ours(item: Item) -> bool:
    return item.pickup is not None and "take" in item.pickup


def _document_problems(cut: Path, out: Path) -> Iterator[str]:
    """That the old document is the new one without what was inserted."""
    if cut.suffix.lower() == ".otio":
        old, new = (list(_objects(json.loads(p.read_text("utf-8-sig")))) for p in (cut, out))
        kept = iter(new)
        lost = [o for o in old if not any(o == n for n in kept)]
        if lost:
            yield f"changed objects: {lost[0][:200]}"
        return
    mark = b"\n" if cut.suffix.lower() == ".edl" else b">"
    rest = iter(out.read_bytes().split(mark))
    for piece in cut.read_bytes().split(mark):
        if not any(_same(piece, other, mark) for other in rest):
            yield f"a piece of the document is gone: {piece[:120]!r}"
            return


def _same(piece: bytes, other: bytes, mark: bytes) -> bool:
    if piece == other:
        return True
    # An event's number may change, and a self-closed element may be opened.
    if mark == b"\n":
        return piece[:1].isdigit() and piece.split(None, 1)[1:] == other.split(None, 1)[1:]
    # White space before a tag belongs to what was inserted there as much as to the tag.
    return other.strip() in (piece.strip(), piece.strip().rstrip(b"/").strip())


def _objects(node: Any) -> Iterator[str]:
    """Every clip, transition and marker of an OTIO document that is not ours, in order."""
    if isinstance(node, list):
        for value in node:
            yield from _objects(value)
    elif isinstance(node, dict):
        kind = str(node.get("OTIO_SCHEMA", "")).split(".")[0]
        ours = "pickup" in (node.get("metadata") or {})
        if kind in ("Clip", "Transition") and not ours:
            yield json.dumps(node)
        if kind == "Marker":
            # A gap's marker stands on the clip that fills it, in that clip's own time.
            yield json.dumps({k: v for k, v in node.items() if k != "marked_range"})
        for value in node.values():
            yield from _objects(value)


if __name__ == "__main__":
    sys.exit(main())
