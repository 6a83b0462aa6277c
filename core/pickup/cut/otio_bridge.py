"""Any cut as an `opentimelineio` timeline: for export, for other OTIO programs, and for tests.

Positions are whole frames of the cut; what the media say is kept in the media's own rate where that
loses nothing. What OTIO cannot say is listed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from pickup.cut.formats.otio.clips import Clock, Shape, clip_json, track_json
from pickup.cut.model import Item, ItemKind, TimeMap
from pickup.cut.placement import TRACK_NAME
from pickup.cut.urls import file_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pickup.cut.model import Cut, Marker, Media, Track
    from pickup.cut.placement import Placement

_GENERATORS = {ItemKind.SLUG: "black", ItemKind.TITLE: "Text"}


def to_timeline(cut: Cut, placements: Sequence[Placement] = ()) -> Any:
    """The cut, with the placements in it, as an `opentimelineio.schema.Timeline`."""
    return to_timeline_with_notes(cut, placements)[0]


def to_timeline_with_notes(
    cut: Cut,
    placements: Sequence[Placement] = (),
    target: str = "",
    bundle: Path | None = None,
) -> tuple[Any, list[str]]:
    """The timeline, and what of the cut it cannot say.

    Args:
        cut: any cut.
        placements: what goes into it.
        target: the host to write for.
        bundle: the folder that the placed media's paths are relative to.
    """
    builder = _Builder(target, bundle)
    return builder.timeline(cut, placements), builder.notes


def to_bytes(timeline: Any, target: str = "") -> bytes:
    """The timeline as OTIO writes it.

    For Premiere Pro with clips of the older schema: some of its versions read no other.
    """
    versions = {"target_schema_versions": {"Clip": 1}} if target == "premiere" else {}
    text: str = otio.adapters.write_to_string(timeline, "otio_json", **versions)
    return text.encode()


class _Builder:
    """Builds one timeline; `notes` collects what could not be said."""

    def __init__(self, target: str, bundle: Path | None) -> None:
        self.notes: list[str] = []
        self._shape = Shape.of("", "", target, bundle)

    def timeline(self, cut: Cut, placements: Sequence[Placement]) -> Any:
        timeline = otio.schema.Timeline(
            name=cut.name, global_start_time=_time(Fraction(cut.start), cut.rate)
        )
        if self._shape.target == "resolve":
            version = {"Resolve OTIO Meta Version": "1.0"}
            timeline.metadata["Resolve_OTIO"] = version
        if cut.drop_frame:
            timeline.metadata["drop_frame"] = True
        timeline.tracks = self._stack(cut, placements)
        self._say_raster(timeline, cut)
        if self._shape.target == "premiere":
            _measure_in_source_time(timeline)
            if any(len(p.takes) > 1 for p in placements):
                self.notes.append(
                    "Premiere Pro's OpenTimelineIO holds the chosen take of each shot; "
                    "the others are in the takes."
                )
        return timeline

    def _say_raster(self, timeline: Any, cut: Cut) -> None:
        """The picture's size, for which only Premiere Pro has words of its own."""
        if cut.raster is None:
            return
        if self._shape.target != "premiere":
            size = f"{cut.raster.width} x {cut.raster.height}"
            self.notes.append(f"OpenTimelineIO cannot say the picture's size, which is {size}.")
            return
        aspect = cut.raster.pixel_aspect
        timeline.metadata["PremierePro_OTIO"] = {"MetadataVersion": "1.0"}
        timeline.tracks.metadata["PremierePro_OTIO"] = {
            "VideoFrameRate": float(cut.rate),
            "VideoResolution": {"width": cut.raster.width, "height": cut.raster.height},
            "PixelAspectRatio": {
                "numerator": aspect.numerator,
                "denominator": aspect.denominator,
            },
        }

    def _stack(self, cut: Cut, placements: Sequence[Placement] = ()) -> Any:
        stack = otio.schema.Stack(name=cut.name)
        holes, above = _sorted_out(cut, placements)
        video = -1
        for track in cut.tracks:
            video += track.kind == "video"
            mine = holes.get(video, []) if track.kind == "video" else []
            stack.append(self._track(track, cut, mine))
        for row in _rows(above):
            layer = self._placed_track(row, cut)
            last = max((i for i, one in enumerate(cut.tracks) if one.kind == "video"), default=-1)
            stack.insert(last + 1, layer)
        stack.markers.extend(_marker(marker, cut.rate) for marker in cut.markers)
        return stack

    def _placed_track(self, placements: Sequence[Placement], cut: Cut) -> Any:
        layer = _from_json(track_json([], self._shape))
        layer.name = TRACK_NAME
        self._fill(layer, [(p.start, p.end, self._placed(p, cut)) for p in placements], cut.rate)
        return layer

    def _track(self, track: Track, cut: Cut, placements: Sequence[Placement]) -> Any:
        layer = otio.schema.Track(name=track.name, kind=track.kind.capitalize())
        layer.enabled = track.enabled
        solid: list[Item | Placement] = [
            item
            for item in track.items
            if item.kind is not ItemKind.TRANSITION
            and not (item.kind is ItemKind.HOLE and any(_overlap(item, p) for p in placements))
        ]
        solid = sorted([*solid, *placements], key=lambda thing: (thing.start, thing.end))
        kept = [
            (thing.start, thing.end, self._made(thing, cut))
            for thing in self._without_overlaps(solid, track, cut.rate)
        ]
        self._fill(layer, kept, cut.rate)
        self._add_transitions(layer, track, cut, kept)
        return layer

    def _made(self, thing: Item | Placement, cut: Cut) -> Any:
        return self._item(thing, cut) if isinstance(thing, Item) else self._placed(thing, cut)

    def _without_overlaps(
        self, solid: Sequence[Item | Placement], track: Track, rate: Fraction
    ) -> list[Item | Placement]:
        """OTIO's tracks hold one thing at a time: what lies over an earlier one begins after it."""
        kept: list[Item | Placement] = []
        for thing in solid:
            end = kept[-1].end if kept else thing.start
            if thing.start >= end or not isinstance(thing, Item):
                kept.append(thing)
                continue
            became = "begins where that ends" if thing.end > end else "was left out"
            self.notes.append(
                f"“{thing.name}” on the track “{track.name}” lies over its neighbour and {became}: "
                "OpenTimelineIO holds one item at a time on a track."
            )
            if thing.end > end:
                kept.append(_begun_later(thing, end, rate))
        return kept

    @staticmethod
    def _fill(layer: Any, entries: Iterable[tuple[int, int, Any]], rate: Fraction) -> None:
        at = 0
        for start, end, child in entries:
            if start > at:
                layer.append(otio.schema.Gap(duration=_time(Fraction(start - at), rate)))
            layer.append(child)
            at = end

    def _add_transitions(
        self, layer: Any, track: Track, cut: Cut, kept: list[tuple[int, int, Any]]
    ) -> None:
        """Each at the boundary that it covers; the one next to its middle where there are many."""
        edges = sorted({edge for start, end, _ in kept for edge in (start, end)} | {0})
        for item in track.items:
            if item.kind is not ItemKind.TRANSITION:
                continue
            inside = [edge for edge in edges if item.start <= edge <= item.end]
            if not inside:
                self.notes.append(
                    f"The transition at frame {item.start} stands at no cut and was left out."
                )
                continue
            edge = min(inside, key=lambda one: abs(2 * one - item.start - item.end))
            transition = otio.schema.Transition(
                name=item.name,
                transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
                in_offset=_time(Fraction(edge - item.start), cut.rate),
                out_offset=_time(Fraction(item.end - edge), cut.rate),
            )
            layer.insert(_index_at(layer, edge, cut.rate), transition)

    def _placed(self, placement: Placement, cut: Cut) -> Any:
        clock = Clock(cut.rate, _said(cut.rate))
        return _from_json(clip_json(placement, clock, self._shape))

    def _item(self, item: Item, cut: Cut) -> Any:
        rate, length = cut.rate, Fraction(item.duration)
        if item.kind is ItemKind.HOLE:
            made = otio.schema.Gap(name=item.name, duration=_time(length, rate))
        elif item.nested is not None:
            made = self._stack(item.nested)
            made.name = item.name
        else:
            made = otio.schema.Clip(name=item.name, media_reference=_reference(item, cut))
        if item.kind is not ItemKind.HOLE:
            start = _played_from(item, rate) * rate
            made.source_range = otio.opentime.TimeRange(_time(start, rate), _time(length, rate))
        made.enabled = item.switched_on
        if item.note:
            made.metadata["note"] = item.note
        if item.pickup is not None:
            made.metadata["pickup"] = dict(item.pickup)
        if item.retime is not None:
            self.notes.append(
                f"“{item.name}” changes its speed along the way, which OpenTimelineIO cannot say; "
                "it is written at normal speed."
            )
        elif item.speed == 0:
            made.effects.append(otio.schema.FreezeFrame())
        elif item.speed != 1:
            made.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(item.speed)))
        return made


def _measure_in_source_time(timeline: Any) -> None:
    """Premiere Pro's habit: a retimed clip's range is as long as what is played of its source.

    OTIO's own is the length on the timeline. This comes last, as it moves OTIO's idea of positions.
    """
    for clip in timeline.find_children(descended_from_type=otio.core.Item):
        for effect in clip.effects:
            if isinstance(effect, otio.schema.LinearTimeWarp) and effect.time_scalar:
                span = clip.source_range
                length = span.duration.value * abs(effect.time_scalar)
                duration = otio.opentime.RationalTime(length, span.duration.rate)
                clip.source_range = otio.opentime.TimeRange(span.start_time, duration)


def _begun_later(item: Item, start: int, rate: Fraction) -> Item:
    """The item without its first frames; its source stays in step."""
    gone = Fraction(start - item.start) / rate
    retime = item.retime
    if retime is not None:
        retime = TimeMap(tuple((x - gone, y) for x, y in retime.points))
    source = item.source_time(start, rate)
    return replace(item, start=start, source_start=source, retime=retime)


def _played_from(item: Item, rate: Fraction) -> Fraction:
    """The source time that `source_range` begins with: the earliest, also played backwards."""
    if item.retime is not None:
        return item.retime.source_at(Fraction(0))
    if item.speed < 0:
        return item.source_start + (item.duration - 1) / rate * item.speed
    return item.source_start


def _reference(item: Item, cut: Cut) -> Any:
    media = item.media
    if item.kind in _GENERATORS:
        kind = _GENERATORS[item.kind]
        return otio.schema.GeneratorReference(name=item.name, generator_kind=kind)
    if media is None:
        return otio.schema.MissingReference(name=item.name)
    available = _available(media, cut)
    if media.sequence is not None:
        return _image_sequence(media, available, cut)
    if media.missing or not media.url:
        missing = otio.schema.MissingReference(name=media.name, available_range=available)
        if media.url:
            missing.metadata["original_target_url"] = media.url
        return missing
    url = file_url(media.path) if media.path is not None else media.url
    external = otio.schema.ExternalReference(target_url=url, available_range=available)
    external.name = media.name
    if media.reel:
        external.metadata["reel"] = media.reel
    return external


def _image_sequence(media: Media, available: Any, cut: Cut) -> Any:
    sequence = media.sequence
    assert sequence is not None
    folder = file_url(media.path) if media.path is not None else media.url
    return otio.schema.ImageSequenceReference(
        target_url_base=folder.rstrip("/") + "/",
        name_prefix=sequence.prefix,
        name_suffix=sequence.suffix,
        start_frame=sequence.start_frame,
        frame_step=sequence.step,
        frame_zero_padding=sequence.zero_padding,
        rate=_said(media.rate or cut.rate),
        available_range=available,
    )


def _available(media: Media, cut: Cut) -> Any:
    if media.duration is None:
        return None
    rate = media.rate or cut.rate
    return otio.opentime.TimeRange(
        _time(media.start * rate, rate), _time(media.duration * rate, rate)
    )


def _marker(marker: Marker, rate: Fraction) -> Any:
    made = otio.schema.Marker(
        name=marker.name,
        marked_range=otio.opentime.TimeRange(
            _time(Fraction(marker.start), rate), _time(Fraction(max(0, marker.duration)), rate)
        ),
        color=marker.color or otio.schema.MarkerColor.GREEN,
        comment=marker.comment,
    )
    if marker.custom:
        made.metadata["custom"] = marker.custom
    return made


def _sorted_out(
    cut: Cut, placements: Sequence[Placement]
) -> tuple[dict[int, list[Placement]], list[Placement]]:
    """Placements by the video track whose hole they fill, and those for a track above."""
    holes: dict[int, list[Placement]] = {}
    above: list[Placement] = []
    for placement in sorted(placements, key=lambda one: one.start):
        index = placement.track
        if index is None or not _is_free(cut.video_tracks[index], placement):
            above.append(placement)
        else:
            holes.setdefault(index, []).append(placement)
    return holes, above


def _is_free(track: Track, placement: Placement) -> bool:
    """Whether nothing but the document's own gaps lies there, and none reaches out of it."""
    return all(item.kind is ItemKind.HOLE for item in track.items if _overlap(item, placement))


def _overlap(item: Item, placement: Placement) -> bool:
    return item.start < placement.end and placement.start < item.end


def _rows(placements: Sequence[Placement]) -> list[list[Placement]]:
    """As few rows as hold them side by side."""
    rows: list[list[Placement]] = []
    for placement in placements:
        row = next((one for one in rows if one[-1].end <= placement.start), None)
        if row is None:
            rows.append([placement])
        else:
            row.append(placement)
    return rows


def _index_at(layer: Any, edge: int, rate: Fraction) -> int:
    """The index of the child that begins at a frame."""
    at = 0
    for index, child in enumerate(layer):
        if at >= edge:
            return index
        if not isinstance(child, otio.schema.Transition):
            at += round(child.duration().rescaled_to(_said(rate)).value)
    return len(layer)


def _time(frames: Fraction, rate: Fraction) -> Any:
    return otio.opentime.RationalTime(float(frames), _said(rate))


def _said(rate: Fraction) -> float:
    return float(rate)


def _from_json(value: dict[str, Any]) -> Any:
    return otio.adapters.read_from_string(json.dumps(value), "otio_json")
