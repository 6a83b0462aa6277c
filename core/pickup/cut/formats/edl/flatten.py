"""A cut of many tracks as the one picture track of an EDL: what is on top, stretch by stretch."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from pickup.cut.formats.edl.skyline import Skyline
from pickup.cut.model import Item, ItemKind
from pickup.cut.placement import Placement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.cut.model import Cut, Track

Shown: TypeAlias = Item | Placement
"""What an event may show."""

_UNLIKE_A_DISSOLVE = re.compile(r"wipe|iris|slide|push|zoom|spin|peel|page|cube", re.IGNORECASE)
_PICTURE = (ItemKind.CLIP, ItemKind.NESTED, ItemKind.SLUG)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one event shows.

    Attributes:
        start, end: frames of the cut, half-open.
        shown: an item, or a clip that is being placed.
        dissolve: frames of the dissolve at its start, 0 for a cut.
        leaving: what the dissolve leads away from; None is black.
    """

    start: int
    end: int
    shown: Shown
    dissolve: int = 0
    leaving: Item | None = None


@dataclass(slots=True)
class Flat:
    """The stretches in order, and what had to be left out of them."""

    stretches: list[Stretch] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def flatten(cut: Cut, placements: Sequence[Placement]) -> Flat:
    """The one track that shows what the cut shows with `placements` in it."""
    skyline: Skyline[Shown] = Skyline()
    tracks = [track for track in cut.video_tracks if track.enabled]
    items = [item for track in tracks for item in track.items if item.visible]
    titles = [item for item in items if item.kind is ItemKind.TITLE]
    # Titles let the picture through, so they show only where there is none.
    for item in [*titles, *(item for item in items if item.kind in _PICTURE)]:
        skyline.lay(item.start, item.end, item)
    for placement in placements:
        skyline.lay(placement.start, placement.end, placement)
    flat = Flat()
    dissolves: dict[int, tuple[int, Item | None]] = {}
    undrawn = 0
    for track in tracks:
        clips = _Clips(track)
        for item in track.items:
            if item.kind is ItemKind.TRANSITION and item.enabled and item.duration > 0:
                undrawn += not _draw(skyline, clips, item, dissolves)
    for start, end, shown in _joined(skyline, set(dissolves)):
        length, leaving = dissolves.get(start, (0, None))
        flat.stretches.append(Stretch(start, end, shown, min(length, end - start), leaving))
    _tell(flat, cut, items, undrawn)
    return flat


class _Clips:
    """A track's clips, asked which of them begins last before a frame."""

    def __init__(self, track: Track) -> None:
        clips = [i for i in track.items if i.kind in _PICTURE and i.visible]
        self._clips = sorted(clips, key=lambda item: item.start)
        self._starts = [item.start for item in self._clips]

    def begun_before(self, frame: int) -> Item | None:
        index = bisect_left(self._starts, frame)
        return self._clips[index - 1] if index else None


def _draw(
    skyline: Skyline[Shown],
    clips: _Clips,
    transition: Item,
    dissolves: dict[int, tuple[int, Item | None]],
) -> bool:
    """Turn a transition into a dissolve at its start, if nothing but its two clips shows there."""
    first, last = transition.start, transition.end
    leaving, arriving = clips.begun_before(first), clips.begun_before(last)
    leaving = leaving if leaving and first <= leaving.end <= last else None
    arriving = arriving if arriving and first <= arriving.start and last <= arriving.end else None
    if leaving is None and arriving is None:
        return False
    if arriving is None:
        arriving = Item(ItemKind.SLUG, "BL", first, last)
    over = skyline.over(first, last)
    if any(shown is not leaving and shown is not arriving for shown in over):
        return False
    skyline.lay(first, last, arriving)
    dissolves[first] = (last - first, leaving)
    return True


def _joined(skyline: Skyline[Shown], breaks: set[int]) -> list[tuple[int, int, Shown]]:
    """Adjoining stretches of one thing as one, but for those that a dissolve begins."""
    joined: list[tuple[int, int, Shown]] = []
    for _, run in groupby(skyline.stretches(), key=lambda stretch: id(stretch[2])):
        for start, end, shown in run:
            if joined and joined[-1][2] is shown and joined[-1][1] == start and start not in breaks:
                joined[-1] = (joined[-1][0], end, shown)
            else:
                joined.append((start, end, shown))
    return joined


def _tell(flat: Flat, cut: Cut, items: list[Item], undrawn: int) -> None:
    """List what an EDL cannot say."""
    seen = {id(stretch.shown) for stretch in flat.stretches}
    shown = [stretch.shown for stretch in flat.stretches if isinstance(stretch.shown, Item)]
    hidden = [i for i in items if i.kind in (*_PICTURE, ItemKind.TITLE) and id(i) not in seen]
    titles = sum(1 for i in hidden if i.kind is ItemKind.TITLE)
    silent = sum(1 for track in cut.audio_tracks if track.items)
    nested = len({id(i) for i in shown if i.kind is ItemKind.NESTED})
    varying = len({id(i) for i in shown if i.retime is not None})
    disabled = sum(1 for t in cut.tracks for i in t.items if not (i.enabled and t.enabled))
    transparent = sum(1 for t in cut.video_tracks for i in t.items if i.enabled and i.transparent)
    for count, words in (
        (titles, "titles over picture"),
        (len(hidden) - titles, "clips hidden under others"),
        (undrawn, "transitions that an EDL cannot say"),
        (silent, "audio tracks"),
        (disabled, "disabled clips"),
        (transparent, "adjustment layers and transparent clips"),
    ):
        if count:
            flat.lost.append(f"The EDL leaves out {words}: {count}.")
    wiped = sum(
        1
        for track in cut.video_tracks
        for item in track.items
        if item.kind is ItemKind.TRANSITION and _UNLIKE_A_DISSOLVE.search(item.name)
    )
    lettered = len({id(i) for i in shown if i.kind is ItemKind.TITLE})
    if any(marker.duration > 1 for marker in cut.markers):
        flat.lost.append("Markers of an EDL have no length.")
    if missing := sum(item.media is not None and item.media.missing for item in shown):
        flat.lost.append(f"The EDL cannot say that media are missing: {missing}.")
    if wiped:
        flat.lost.append(f"Transitions are dissolves in the EDL, whatever they were: {wiped}.")
    if lettered:
        flat.lost.append(f"Titles over nothing are single events in the EDL: {lettered}.")
    if nested:
        flat.lost.append(f"Nested sequences are single events in the EDL: {nested}.")
    if varying:
        flat.lost.append(f"Clips of varying speed have their average speed in the EDL: {varying}.")
