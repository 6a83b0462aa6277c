"""OTIO as Resolve writes and reads it: the shape of its export, and what an import keeps."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.timing import snap_rate

if TYPE_CHECKING:
    from pathlib import Path

    from pickup_resolve.testing.items import FakeTimelineItem
    from pickup_resolve.testing.program import FakeResolve
    from pickup_resolve.testing.timeline import FakeTimeline, FakeTrack

Json = dict[str, Any]


def _time(value: float | Fraction, rate: Fraction) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(value)}


def _range(start: float | Fraction, duration: int, rate: Fraction) -> Json:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "duration": _time(duration, rate),
        "start_time": _time(start, rate),
    }


def write_otio(timeline: FakeTimeline, path: Path, *, off: int = 0) -> None:
    """Export a timeline.

    Args:
        timeline: what to export.
        path: the file.
        off: frames by which the first clip with room is longer than it is on the timeline.
    """
    tracks = [*timeline._tracks["video"], *timeline._tracks["audio"]]
    end = max((item._end for track in tracks for item in track.items), default=timeline._start)
    rate = timeline._rate
    document = {
        "OTIO_SCHEMA": "Timeline.1",
        "metadata": {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}},
        "name": "",
        "global_start_time": _time(timeline._start, rate),
        "tracks": {
            **_composed("Stack.1", ""),
            "markers": [_marker(f, m, rate) for f, m in sorted(timeline._markers.items())],
            "children": [
                _track(track, timeline, end, off if n == 0 else 0) for n, track in enumerate(tracks)
            ],
        },
    }
    path.write_text(json.dumps(document, indent=1), "utf-8")


def _composed(schema: str, name: str) -> Json:
    return {
        "OTIO_SCHEMA": schema,
        "metadata": {},
        "name": name,
        "source_range": None,
        "effects": [],
        "markers": [],
        "enabled": True,
    }


def _marker(frame: float, marker: Json, rate: Fraction) -> Json:
    return {
        "OTIO_SCHEMA": "Marker.2",
        "metadata": {"Resolve_OTIO": {"Keywords": [], "Note": marker["note"]}},
        "name": marker["name"],
        "color": marker["color"].upper(),
        "comment": "",
        "marked_range": _range(frame, int(marker["duration"]), rate),
    }


def _gap(frames: int, rate: Fraction) -> Json:
    return {**_composed("Gap.1", ""), "source_range": _range(0, frames, rate)}


def _track(track: FakeTrack, timeline: FakeTimeline, end: int, off: int) -> Json:
    rate, at = timeline._rate, timeline._start
    children: list[Json] = []
    items = track.sorted()
    for item in items:
        if item._kind == "transition":
            continue
        if item._start > at:
            children.append(_gap(item._start - at, rate))
        children += _crossing(items, item._start, rate)
        children.append(_clip(item, rate, off))
        off, at = 0, item._end
    ending = [one for one in items if one._kind == "transition" and one._end == at]
    children += [_transition(one, rate) for one in ending if one._transition[1] == 0]
    if at < end or not children:
        children.append(_gap(end - at, rate))
    kind = track.kind.title()
    said: Json = {"Locked": track.locked}
    if kind == "Audio":
        said |= {"Audio Type": "Stereo", "SoloOn": False}
    return {
        **_composed("Track.1", track.name),
        "metadata": {"Resolve_OTIO": said},
        "enabled": track.enabled,
        "children": children,
        "kind": kind,
    }


def _crossing(items: list[FakeTimelineItem], cut: int, rate: Fraction) -> list[Json]:
    """Transitions over the cut at a frame."""
    here = [
        item
        for item in items
        if item._kind == "transition" and item._start + item._transition[0] == cut
    ]
    return [_transition(item, rate) for item in here]


def _transition(item: FakeTimelineItem, rate: Fraction) -> Json:
    before, after = item._transition
    return {
        "OTIO_SCHEMA": "Transition.1",
        "metadata": {"Resolve_OTIO": {"Transition Type": item._name}},
        "name": item._name,
        "in_offset": _time(before, rate),
        "out_offset": _time(after, rate),
        "transition_type": "SMPTE_Dissolve",
    }


def _compound(item: FakeTimelineItem, rate: Fraction, off: int) -> Json:
    """A compound clip: a stack in the track, its window in inner time from 0."""
    length = item._end - item._start + off
    inner = {**_composed("Track.1", "Video 1"), "kind": "Video", "children": [_gap(length, rate)]}
    said = {"Sequence Type": "Compound Clip", "Sequence Fps": float(rate), "Sequence ID": "x"}
    return {
        **_composed("Stack.1", item._name),
        "metadata": {"Resolve_OTIO": said},
        "source_range": _range(0, length, rate),
        "enabled": item._enabled,
        "children": [inner],
    }


def _clip(item: FakeTimelineItem, rate: Fraction, off: int) -> Json:
    if item._kind == "compound":
        return _compound(item, rate, off)
    media = item._media
    length = item._end - item._start + off
    clip = {
        **_composed("Clip.2", item._name),
        "metadata": {"Resolve_OTIO": {}},
        "enabled": item._enabled,
        "active_media_reference_key": "DEFAULT_MEDIA",
    }
    if media is None:
        missing = {"OTIO_SCHEMA": "MissingReference.1", "metadata": {}, "name": item._name}
        reference: Json = {**missing, "available_range": None, "available_image_bounds": None}
        start = Fraction(0)
    else:
        facts = media._facts
        start = (Fraction(facts.start) + item._left) / facts.fps * rate
        reference = {
            "OTIO_SCHEMA": "ExternalReference.1",
            "metadata": {},
            "name": media._name,
            "available_range": _range(facts.start, facts.frames, facts.fps),
            "available_image_bounds": None,
            "target_url": media._properties["File Path"],
        }
    clip["source_range"] = _range(start, length, rate)
    clip["media_references"] = {"DEFAULT_MEDIA": reference}
    return clip


def read_otio(world: FakeResolve, path: Path) -> FakeTimeline:
    """Import a timeline: tracks, gaps, cuts; media that is there comes online."""
    from pickup_resolve.testing.timeline import FakeTimeline

    document = json.loads(path.read_text("utf-8"))
    first = document["global_start_time"]
    rate = snap_rate(first["rate"])
    timeline = FakeTimeline(world, path.stem, rate, round(first["value"]))
    timeline._tracks = {"video": [], "audio": [], "subtitle": []}
    for layer in document["tracks"]["children"]:
        track = timeline._add_track(layer["kind"].lower(), layer["name"])
        at = timeline._start
        for child in layer["children"]:
            at = _placed(world, timeline, track, child, at)
    return timeline


def _placed(
    world: FakeResolve, timeline: FakeTimeline, track: FakeTrack, child: Json, at: int
) -> int:
    from pickup_resolve.testing.items import FakeTimelineItem

    schema = child["OTIO_SCHEMA"].partition(".")[0]
    if schema == "Transition":
        before, after = (round(child[k]["value"]) for k in ("in_offset", "out_offset"))
        track.items.append(
            FakeTimelineItem(
                world,
                timeline,
                child["name"],
                at - before,
                at + after,
                kind="transition",
                transition=(before, after),
            )
        )
        return at
    end: int = at + round(child["source_range"]["duration"]["value"])
    if schema == "Clip":
        reference = child["media_references"][child["active_media_reference_key"]]
        url = reference.get("target_url", "")
        pool = world.project._pool
        media = next(
            (c for c in pool._root._all_clips() if c._properties["File Path"] == url), None
        ) or (pool._imported(url) if url else None)
        item = FakeTimelineItem(world, timeline, child["name"], at, end, media=media)
        item._enabled = child["enabled"]
        item._left = _head(child, reference, timeline._rate)
        track.items.append(item)
    elif schema != "Gap":
        raise ValueError(f"import aborted: unknown schema {schema}")
    return end


def _head(clip: Json, reference: Json, rate: Fraction) -> int:
    """Frames of the file before the first one shown, from times that both hold its timecode."""
    available = reference.get("available_range")
    if available is None:
        return 0
    start, first = clip["source_range"]["start_time"], available["start_time"]
    seconds: float = start["value"] / start["rate"] - first["value"] / first["rate"]
    return round(seconds * float(rate))
