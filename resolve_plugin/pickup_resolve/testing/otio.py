"""OTIO as Resolve writes it: the shape of its export."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup_resolve.testing.lies import Lie
from pickup_resolve.testing.media import SEQUENCE

if TYPE_CHECKING:
    from pickup_resolve.testing.items import FakeMediaPoolItem, FakeTimelineItem
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
            children += _crossing(items, at, rate)  # out of what stands there, to nothing
            children.append(_gap(item._start - at, rate))
        children += _crossing(items, item._start, rate)
        children.append(_clip(item, rate, off))
        off, at = 0, item._end
    ending = [one for one in items if one._kind == "transition" and one._end == at]
    children += [_transition(one, rate) for one in ending if one._transition[1] == 0]
    padded = Lie.EXPORT_UNPADDED not in timeline._world.lies
    if (at < end and padded) or not children:
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
    length = item._end - item._start + off
    clip = {
        **_composed("Clip.2", item._name),
        "metadata": {"Resolve_OTIO": {}},
        "enabled": item._enabled,
        "active_media_reference_key": "DEFAULT_MEDIA",
        "effects": _retime(item),
    }
    media, start, left = item._media, Fraction(0), item._left
    if item._takes and item._is(Lie.EXPORT_FIRST_TAKE):
        media, left, _ = item._takes[0]
    if media is None:
        missing = {"OTIO_SCHEMA": "MissingReference.1", "metadata": {}, "name": item._name}
        reference: Json = {**missing, "available_range": None, "available_image_bounds": None}
    else:
        facts = media._facts
        start = (Fraction(facts.start) + left) / facts.fps * rate
        reference = _reference(media, rate)
    # 0.1 + 0.2 is not 0.3: what was whole comes out a little beside it.
    shaken = float(start) * (1 + 2e-16) + 4e-15 if item._is(Lie.EXPORT_FRACTIONS) else start
    clip["source_range"] = _range(shaken, length, rate)
    clip["media_references"] = {"DEFAULT_MEDIA": reference}
    return clip


def _retime(item: FakeTimelineItem) -> list[Json]:
    if item._speed == 1:
        return []
    warp = {"OTIO_SCHEMA": "LinearTimeWarp.1", "name": "", "effect_name": "LinearTimeWarp"}
    return [{**warp, "metadata": {}, "enabled": True, "time_scalar": item._speed}]


def _reference(media: FakeMediaPoolItem, rate: Fraction) -> Json:
    facts, path = media._facts, Path(media._properties["File Path"])
    available = _range(0, 1, rate) if facts.still else _range(facts.start, facts.frames, facts.fps)
    said: Json = {
        "metadata": {},
        "name": media._name,
        "available_range": available,
        "available_image_bounds": None,
    }
    numbered = SEQUENCE.match(path.name)
    if numbered is None:
        return {**said, "OTIO_SCHEMA": "ExternalReference.1", "target_url": str(path)}
    prefix, first, _, suffix = numbered.groups()
    return {
        **said,
        "OTIO_SCHEMA": "ImageSequenceReference.1",
        "target_url_base": str(path.parent),
        "name_prefix": prefix,
        "name_suffix": suffix,
        "start_frame": int(first),
        "frame_step": 1,
        "frame_zero_padding": len(first),
        "rate": float(facts.fps),
        "missing_frame_policy": "error",
    }
