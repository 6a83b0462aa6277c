"""Every timeline of a folder as every other format: `python -m benchmarks.corpus --across`.

Each is written and read again; the gaps must be where they were, or the format must refuse in one
sentence. Strangers read along: OTIO's stock adapters, wherever they can read at all.
"""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup.cut.files import open_cut_file, save_cut
from pickup.cut.gap import FILLED_KINDS
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import Raster
from pickup.cut.placement import Placement, TakeMedia
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pickup.cut.model import Cut, CutFile

TARGETS = (".otio", ".xml", ".fcpxml", ".edl")
_STOCK = {".otio": "otio_json", ".xml": "fcp_xml", ".fcpxml": "fcpx_xml", ".edl": "cmx_3600"}

Seen = Counter[tuple[str, int, int]]
"""Names and bounds of clips."""


def run(files: Iterable[Path], root: Path) -> int:
    """Print what became of each file; the number of wrong ones."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            for suffix, state, detail in tried(path, Path(folder)):
                counts[state] += 1
                if state != "same":
                    print(f"{state:8} {path.relative_to(root)} as {suffix}  {detail}", flush=True)
    print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())))
    return counts["DIFFERS"]


def tried(path: Path, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Each other format's suffix, what became of the cut there, and details."""
    try:
        document = open_cut_file(path)
    except CutError as error:
        yield "any", "refused", str(error)
        return
    for cut in document.cuts[:1]:
        for suffix in TARGETS:
            if suffix != path.suffix.lower():
                yield (suffix, *_written(document, cut, folder / f"across{suffix}"))


def _written(document: CutFile, cut: Cut, out: Path) -> tuple[str, str]:
    try:
        save_cut(document, cut, (), out)
    except CutError as error:
        return "refused", str(error)
    try:
        again = open_cut_file(out).cuts[0]
    except CutError as error:
        return "DIFFERS", f"cannot be read again: {error}"
    # A list begins with its first picture.
    shift = again.start - cut.start if out.suffix == ".edl" else 0
    was, now = _gaps(cut), [(start + shift, end + shift) for start, end in _gaps(again)]
    if out.suffix == ".edl":
        # What lies within a nested sequence is one event there, which is said.
        inner = [i for t in cut.video_tracks for i in t.items if i.nested is not None]
        was = [
            gap
            for gap in was
            if shift <= gap[0]
            and gap[1] <= shift + again.duration
            and not any(i.start <= gap[0] and gap[1] <= i.end for i in inner)
        ]
    if was != now:
        return "DIFFERS", f"gaps {sorted(set(was) ^ set(now))[:4]}"
    return "same", ""


def _gaps(cut: Cut) -> list[tuple[int, int]]:
    return [(gap.start, gap.end) for gap in find_gaps(cut, GapOptions(kinds=FILLED_KINDS)).gaps]


def filled(path: Path, out: Path) -> CutFile | None:
    """The document with every gap of its first cut filled, written to `out`; None if it is full."""
    document = open_cut_file(path)
    cut = document.cuts[0]
    gaps = find_gaps(cut, GapOptions(kinds=FILLED_KINDS)).gaps
    if not gaps:
        return None
    puts = [
        Placement(gap.start, gap.end, gap.id, (_take(cut, gap.id, gap.duration),), track=gap.track)
        for gap in gaps
    ]
    save_cut(document, cut, puts, out)
    return document


def _take(cut: Cut, name: str, frames: int) -> TakeMedia:
    return TakeMedia(
        path=Path(f"/takes/{name}.mov"),
        name=name,
        rate=cut.rate,
        frames=frames,
        head=0,
        start=max(0, cut.start),
        drop_frame=cut.drop_frame,
        reel="PK001",
        raster=cut.raster or Raster(1920, 1080),
        metadata={"gap": name, "take": "t1"},
    )


def stranger(path: Path, rate: float) -> Seen | None:
    """The clips of every picture track as OTIO's stock adapter sees them; None if it cannot read.

    Only the first timeline counts, and transitions that it shifts clips by stay with it.
    """
    import opentimelineio as otio

    name = _STOCK[path.suffix.lower()]
    options: dict[str, Any] = {"rate": rate} if name == "cmx_3600" else {}
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            made = otio.adapters.read_from_file(str(path), name, **options)
            if isinstance(made, otio.schema.SerializableCollection):
                made = next(t for t in made if isinstance(t, otio.schema.Timeline))
            return Counter(_clips(made))
    # The stock adapters raise whatever they stumble over.
    except Exception:  # noqa: BLE001
        return None
    finally:
        logging.disable(logging.NOTSET)


def _clips(timeline: Any) -> Iterator[tuple[str, int, int]]:
    import opentimelineio as otio

    for track in timeline.video_tracks():
        for child in track:
            if isinstance(child, otio.schema.Clip):
                where = child.range_in_parent()
                end = where.end_time_exclusive().value
                yield child.name, round(where.start_time.value), round(end)
