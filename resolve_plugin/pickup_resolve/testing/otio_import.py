"""OTIO as Resolve reads it: what an import keeps, and what it refuses without a reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pickup.timing import snap_rate

if TYPE_CHECKING:
    from pathlib import Path

    from pickup_resolve.testing.items import FakeMediaPoolItem
    from pickup_resolve.testing.program import FakeResolve
    from pickup_resolve.testing.timeline import FakeTimeline, FakeTrack

Json = dict[str, Any]


def read_otio(world: FakeResolve, path: Path, *, media: bool) -> FakeTimeline:
    """Import a timeline: tracks, gaps, cuts, speeds, markers; other metadata is dropped.

    Args:
        world: the program.
        path: the file.
        media: whether files that are there come online.

    Raises:
        ValueError: a schema is not known, a file's path is no plain absolute one, or times do not
            lie in the media's own.
        LookupError, TypeError: what Resolve wants is missing.
    """
    from pickup_resolve.testing.timeline import FakeTimeline

    document = json.loads(path.read_text("utf-8"))
    first = document["global_start_time"]
    rate = snap_rate(first["rate"])
    timeline = FakeTimeline(world, path.stem, rate, round(first["value"]))
    timeline._tracks = {"video": [], "audio": [], "subtitle": []}
    for layer in document["tracks"]["children"]:
        track = timeline._add_track(layer["kind"].lower(), layer["name"])
        track.locked = bool(_said(layer).get("Locked"))
        at = timeline._start
        for child in layer["children"]:
            at = _placed(world, timeline, track, child, at, media)
    for marker in document["tracks"]["markers"]:
        where = marker["marked_range"]
        timeline._markers[float(where["start_time"]["value"])] = {
            "color": marker["color"].title(),
            "name": marker["name"],
            "note": _said(marker).get("Note", ""),
            "duration": max(1, round(where["duration"]["value"])),
            "customData": "",
        }
    return timeline


def _said(part: Json) -> Json:
    found: Json = part["metadata"].get("Resolve_OTIO", {})
    return found


def _placed(
    world: FakeResolve,
    timeline: FakeTimeline,
    track: FakeTrack,
    child: Json,
    at: int,
    online: bool,
) -> int:
    """Put a part of a track in its place; where the next one begins."""
    from pickup_resolve.testing.items import FakeTimelineItem

    schema = child["OTIO_SCHEMA"].partition(".")[0]
    if schema == "Transition":
        before, after = (round(child[k]["value"]) for k in ("in_offset", "out_offset"))
        item = FakeTimelineItem(
            world, timeline, child["name"], at - before, at + after, kind="transition",
            transition=(before, after),
        )  # fmt: skip
        track.items.append(item)
        return at
    end: int = at + round(child["source_range"]["duration"]["value"])
    if schema == "Gap":
        return end
    if schema == "Stack":
        item = FakeTimelineItem(world, timeline, child["name"], at, end, kind="compound")
    elif schema == "Clip":
        reference = child["media_references"][child["active_media_reference_key"]]
        media = _media(world, reference) if online else None
        item = FakeTimelineItem(world, timeline, child["name"], at, end, media=media)
        item._left = _head(child, reference, world)
        item._speed = _speed(child)
    else:
        raise ValueError(f"import aborted: unknown schema {schema}")
    item._enabled = child["enabled"]
    track.items.append(item)
    return end


def _media(world: FakeResolve, reference: Json) -> FakeMediaPoolItem | None:
    """The clip of the pool that shows a file, imported where it is not there yet."""
    url = _shown(reference)
    if not url:
        return None
    if "://" in url:
        raise ValueError("only plain paths are understood")
    pool = world.project._pool
    known = (one for one in pool._root._all_clips() if one._properties["File Path"] == url)
    return next(known, None) or pool._imported(_as_imported(reference) or url)


def _shown(reference: Json) -> str:
    given = _as_imported(reference)
    if given is None:
        return str(reference.get("target_url", ""))
    first, last = given["StartIndex"], given["EndIndex"]
    width = reference["frame_zero_padding"]
    numbers = f"[{first:0{width}d}-{last:0{width}d}]"
    name = f"{reference['name_prefix']}{numbers}{reference['name_suffix']}"
    return f"{reference['target_url_base']}/{name}"


def _as_imported(reference: Json) -> Json | None:
    """An image sequence as `ImportMedia` takes it; None for anything else."""
    if not reference["OTIO_SCHEMA"].startswith("ImageSequenceReference"):
        return None
    prefix, suffix = reference["name_prefix"], reference["name_suffix"]
    width, first = reference["frame_zero_padding"], reference["start_frame"]
    count = round(reference["available_range"]["duration"]["value"])
    pattern = f"{reference['target_url_base']}/{prefix}%0{width}d{suffix}"
    return {"FilePath": pattern, "StartIndex": first, "EndIndex": first + count - 1}


def _speed(child: Json) -> float:
    warps = (one for one in child["effects"] if one["OTIO_SCHEMA"].startswith("LinearTimeWarp"))
    return next((float(one["time_scalar"]) for one in warps), 1.0)


def _head(clip: Json, reference: Json, world: FakeResolve) -> int:
    """Frames of the file before the first one shown, from times that both hold its timecode.

    Raises:
        ValueError: the clip begins before its media does.
    """
    available = reference.get("available_range")
    if available is None:
        if reference["OTIO_SCHEMA"].startswith("Missing"):
            return 0
        raise ValueError("a reference without its available_range")
    start, first = clip["source_range"]["start_time"], available["start_time"]
    seconds: float = start["value"] / start["rate"] - first["value"] / first["rate"]
    if seconds < -1e-6:
        raise ValueError("the clip begins before its media")
    return round(seconds * float(first["rate"]))
