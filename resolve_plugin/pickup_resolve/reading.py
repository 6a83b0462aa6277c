"""The current timeline as a cut: Resolve's own OTIO, laid over what the interface says.

The OTIO knows media, source times and retimes; the interface knows which tracks are enabled and
locked, drop frame, the raster, and the data hidden in markers. Both know where every item stands,
and must agree; where they do not, it is said.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from uuid import uuid4

from pickup.cut.files import open_cut_file
from pickup.cut.labels import RESOLVE, named
from pickup.cut.model import ItemKind, Marker, Raster
from pickup.errors import CutError
from pickup.files import write_bytes
from pickup.timing import FrameRange, TimecodeError, frames_to_timecode, timecode_to_frames
from pickup_resolve.bin import record_of, shows
from pickup_resolve.boundary import whole
from pickup_resolve.errors import ResolveError

if TYPE_CHECKING:
    from pickup.cut.model import Cut, CutFile, Item, Track
    from pickup_resolve.api import Placed, Resolve, Timeline

MOST_ASKED = 1_000
"""Calls for more than where items stand: their takes beside holes first, then their colours."""

_FRESH = ".export-"

Ranges = dict[tuple[str, int], list[tuple[int, int]]]
"""Absolute ranges on each track, by kind and number from 1."""


def read_timeline(resolve: Resolve, timeline: Timeline, path: Path) -> CutFile:
    """The current timeline.

    Args:
        resolve: the program.
        timeline: the one that is open.
        path: where its OTIO is kept; the cut is known by it from then on.

    Raises:
        ResolveError: Resolve does not export it.
    """
    _export(resolve, timeline, path)
    try:
        document = open_cut_file(path)
    except CutError as error:
        raise ResolveError(
            f"What Resolve exported of “{timeline.name()}” is not a timeline ({error.reason})."
        ) from error
    cut = document.cuts[0]
    cut.name = timeline.name()
    document.notes += _overlay(cut, timeline)
    return document


def _export(resolve: Resolve, timeline: Timeline, path: Path) -> None:
    """Export to a fresh name, and copy: Resolve may keep the file that it wrote open."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{_FRESH}*.otio"):
        _discard(left)
    fresh = path.with_name(f"{_FRESH}{uuid4().hex}.otio")
    kind, subtype = resolve.constant("EXPORT_OTIO"), resolve.constant("EXPORT_NONE")
    try:
        timeline.export(str(fresh), kind, subtype)
        data = fresh.read_bytes() if fresh.is_file() else b""
    finally:
        _discard(fresh)
    if not data:
        raise ResolveError(
            f"{resolve.build} exported no file of “{timeline.name()}”. Export it by hand "
            "(File ▸ Export ▸ Timeline…, OTIO) and fill that file."
        )
    write_bytes(path, data)


def _discard(fresh: Path) -> None:
    # On Windows a file that is open cannot be removed: the next export does it.
    with contextlib.suppress(PermissionError):
        fresh.unlink(missing_ok=True)


def _overlay(cut: Cut, timeline: Timeline) -> list[str]:
    """Add to a cut what only the interface knows; the disagreements, as sentences."""
    notes = _clock(cut, timeline)
    cut.raster = _raster(timeline) or cut.raster
    own: Ranges = {}
    seen: list[tuple[Track, list[Placed]]] = []
    for kind, tracks in (("video", cut.video_tracks), ("audio", cut.audio_tracks)):
        count = timeline.tracks(kind)
        if count != len(tracks):
            notes.append(
                f"Resolve has {count} {kind} tracks, and its OTIO {len(tracks)}: "
                "what is on the others is not seen."
            )
        for number, track in enumerate(tracks[:count], 1):
            track.enabled = timeline.is_enabled(kind, number)
            track.locked = timeline.is_locked(kind, number)
            placed = timeline.placed(kind, number)
            own[kind, number] = _lay(track, placed, cut.start)
            if kind == "video":
                seen.append((track, placed))
    notes += _disagreements(cut, own)
    notes += _more(cut, timeline, seen)
    _markers(cut, timeline)
    return notes


def _clock(cut: Cut, timeline: Timeline) -> list[str]:
    """Drop frame from the timecode's look; rate and start must be those of the OTIO."""
    notes = []
    cut.drop_frame = ";" in timeline.start_timecode()
    start = timeline.start()
    if start != cut.start:
        notes.append(f"Resolve starts the timeline at frame {start}, and its OTIO at {cut.start}.")
    rate = timeline.rate()
    if rate is not None and rate != cut.rate:
        notes.append(f"Resolve plays the timeline at {float(rate):g}, its OTIO says {cut.rate}.")
    return notes


def _raster(timeline: Timeline) -> Raster | None:
    size = [timeline.setting(f"timelineResolution{side}") for side in ("Width", "Height")]
    try:
        width, height = (round(float(one)) for one in size)
    except ValueError:
        return None
    return Raster(width, height) if min(width, height) > 0 else None


def _lay(track: Track, items: list[Placed], origin: int) -> list[tuple[int, int]]:
    """The ranges of a track's items; those that show a take of ours get its record."""
    ours = {(item.start, item.end): item for item in track.items if _may_be_ours(item.media)}
    for one in items:
        item = ours.get((one.start - origin, one.end - origin))
        media = one.item.media() if item is not None else None
        if item is not None and media is not None:
            item.pickup = record_of(media)
    return [(one.start, one.end) for one in items]


def _more(cut: Cut, timeline: Timeline, seen: list[tuple[Track, list[Placed]]]) -> list[str]:
    """What is asked of single items, as far as the calls for it go; disagreements as sentences."""
    left, notes = MOST_ASKED, []
    for track, placed in seen:
        beside = _beside(track, placed, cut.start)[:left]
        left -= len(beside)
        notes += _takes(cut, timeline, beside)
    for track, placed in seen:
        if len(placed) <= left:
            left -= len(placed)
            _colour(track, timeline, placed, cut.start)
    return notes


def _beside(track: Track, placed: list[Placed], origin: int) -> list[tuple[Item, Placed]]:
    """The clips with nothing on one side of them: their frames are what a model is shown."""
    solid = [one for one in track.items if one.kind not in (ItemKind.HOLE, ItemKind.TRANSITION)]
    starts, ends = {one.start for one in solid}, {one.end for one in solid}
    where = {(one.start - origin, one.end - origin): one for one in placed}
    return [
        (one, where[one.start, one.end])
        for one in solid
        if one.kind is ItemKind.CLIP and (one.start, one.end) in where
        if one.end not in starts or one.start not in ends
    ]


def _takes(cut: Cut, timeline: Timeline, beside: list[tuple[Item, Placed]]) -> list[str]:
    """Of items with takes, the OTIO has one: it must be the one that is chosen."""
    notes = []
    counts = timeline.takes([placed.item for _, placed in beside])
    for (item, placed), count in zip(beside, counts, strict=True):
        media = placed.item.media() if count > 1 else None
        said, path = media.path() if media is not None else "", item.media and item.media.path
        # Of a sequence of images, the path is the folder that they lie in.
        if said and path and not (shows(said, path) or PurePath(said).parent == path):
            at = frames_to_timecode(placed.start, cut.rate, drop=cut.drop_frame)
            notes.append(
                f"At {at}, Resolve shows another take ({PurePath(said).name}) than its OTIO "
                f"({path.name}), whose frames are read; look there before you order a shot."
            )
    return notes


def _colour(track: Track, timeline: Timeline, items: list[Placed], origin: int) -> None:
    """The editor's clip colours; a build or a menu script that does not tell them leaves none."""
    if not items:
        return
    try:
        names = timeline.colors([one.item for one in items])
    except ResolveError:
        return
    found = {
        (one.start - origin, one.end - origin): named(name, RESOLVE)
        for one, name in zip(items, names, strict=True)
    }
    for item in track.items:
        item.color = found.get((item.start, item.end), "") or item.color


def _may_be_ours(media: object) -> bool:
    """Whether media lies in a folder of takes: only such clips are asked for their record."""
    path = getattr(media, "path", None)
    if not isinstance(path, Path):
        return False
    # Of a sequence of images, the path is the folder that they lie in.
    return any(folder.suffix == ".pickup" for folder in (path, *path.parents))


def _disagreements(cut: Cut, own: Ranges) -> list[str]:
    notes = []
    for kind, tracks in (("video", cut.video_tracks), ("audio", cut.audio_tracks)):
        for number, track in enumerate(tracks, 1):
            said = Counter(own.get((kind, number), []))
            read = Counter(
                (cut.start + item.start, cut.start + item.end)
                for item in track.items
                if item.kind is not ItemKind.HOLE
            )
            for only, where in ((said - read, "Resolve"), (read - said, "its OTIO")):
                if only:
                    start, end = min(only)
                    notes.append(
                        f"On {kind} track {number}, {only.total()} of the items stand only in "
                        f"{where}, first that of frames {start} to {end}; look there."
                    )
    return notes


def _markers(cut: Cut, timeline: Timeline) -> None:
    """The timeline's markers with what the OTIO leaves out; clips' markers stay as they are."""
    known = {(marker.start, marker.name): n for n, marker in enumerate(cut.markers)}
    for frame, said in sorted(timeline.markers().items()):
        name, custom = str(said.get("name", "")), str(said.get("customData", ""))
        place = known.get((frame, name))
        if place is not None:
            cut.markers[place] = replace(cut.markers[place], custom=custom)
            continue
        cut.markers.append(
            Marker(
                name=name,
                start=frame,
                duration=round(float(said.get("duration", 1))),
                comment=str(said.get("note", "")),
                color=str(said.get("color", "")).upper(),
                custom=custom,
            )
        )
    cut.markers.sort(key=lambda marker: marker.start)


def window(timeline: Timeline, cut: Cut, limit: str) -> FrameRange:
    """The frames of the cut to which the editor's marks limit the filling.

    Args:
        timeline: Resolve's.
        cut: as it was read.
        limit: `inout`, `playhead`, or `selected`: from the first selected clip to the last.

    Raises:
        ResolveError: there is no such mark.
    """
    return {"inout": _marked, "playhead": _playhead, "selected": _selected}[limit](timeline, cut)


def _marked(timeline: Timeline, cut: Cut) -> FrameRange:
    marks = timeline.marks().get("video") or {}
    first, last = whole(marks.get("in")), whole(marks.get("out"))
    if first is None and last is None:
        raise ResolveError("The timeline has no in or out point. Set one (I, O), or fill all.")
    start = max(0, first or 0)
    return FrameRange(start, cut.duration if last is None else max(start, last + 1))


def _playhead(timeline: Timeline, cut: Cut) -> FrameRange:
    try:
        at = timecode_to_frames(timeline.timecode(), cut.rate, drop=cut.drop_frame) - cut.start
        at %= _day(cut)  # Timecode begins anew at midnight; frames do not.
    except TimecodeError:
        raise ResolveError(
            "Resolve does not tell where the playhead is. Open the Edit page and run again."
        ) from None
    return FrameRange(at, at + 1)


def _day(cut: Cut) -> int:
    """Frames from one midnight of timecode to the next."""
    last = timecode_to_frames("23:59:59:00", cut.rate, drop=cut.drop_frame)
    return last + timecode_to_frames("00:00:01:00", cut.rate)


def _selected(timeline: Timeline, cut: Cut) -> FrameRange:
    edges = [
        (start - cut.start, end - cut.start)
        for start, end in ((item.start(), item.end()) for item in timeline.selected())
        if start is not None and end is not None
    ]
    if not edges:
        raise ResolveError("No clip is selected in Resolve, or this build does not tell.")
    return FrameRange(min(start for start, _ in edges), max(end for _, end in edges))
