"""Puts clips into a document and leaves every other byte of it as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pickup.cut.formats.xmeml import compose, spans
from pickup.cut.formats.xmeml.clips import ClipMaker, Ids, Lane
from pickup.cut.formats.xmeml.inserts import Inserts, Layout
from pickup.cut.formats.xmeml.lanes import TrackIndex, renumbered
from pickup.cut.formats.xmeml.source import XmemlSource
from pickup.cut.model import ItemKind
from pickup.cut.placement import TRACK_NAME
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element as Node

    from pickup.cut.formats.xmeml.inserts import Edit
    from pickup.cut.formats.xmeml.spans import Element
    from pickup.cut.model import Cut, CutFile, Item, Track
    from pickup.cut.placement import Placement

Key = tuple[str, int, int]

_TAIL = ("enabled", "locked", "outputchannelindex")
"""What follows the items of a track."""


def write(
    document: CutFile, cut: Cut, placements: Sequence[Placement], out: Path, target: str
) -> list[str]:
    """Write `document` with `placements` in `cut` to `out`; returns notes.

    Raises:
        CutError: a place is no longer free, a take is too short, or the document has changed.
    """
    source = document.source
    if not isinstance(source, XmemlSource):
        raise CutError(document.path, "the cut does not come from an xmeml document")
    if not placements:
        out.write_bytes(source.data)
        return []
    text = source.text
    surgeon = _Surgeon(
        document.path, cut, text, source, premiere=(target or document.writer) == "premiere"
    )
    edits = surgeon.operate(placements)
    out.write_bytes(source.spliced(edits))
    return surgeon.notes


@dataclass(slots=True)
class _Place:
    """A placement and where its picture goes.

    Attributes:
        track: index among the video tracks; one past the last is the new track.
        earlier: the clip of an earlier take that it replaces.
        earlier_sound: the sound of that clip, one item a channel.
    """

    placement: Placement
    track: int
    earlier: Item | None = None
    earlier_sound: list[Item] = field(default_factory=list)


class _Surgeon:
    """Works out the edits that one call of `write` makes."""

    def __init__(
        self, path: Path, cut: Cut, text: bytes, source: XmemlSource, *, premiere: bool
    ) -> None:
        self.path = path
        self.cut = cut
        self.text = text
        self.source = source
        self.premiere = premiere
        self.notes: list[str] = []
        self._sequence = spans.locate(path, text, cut.locator)
        self._layout = Layout.of(text, self._sequence)
        self._inserts = Inserts(self._layout)
        self._tracks, self._items = spans.by_number(self._sequence)
        self._new_video = compose.video_track(TRACK_NAME, premiere)
        self._new_audio: dict[int, list[Node]] = {}
        self._pictures = _placed_before(cut.video_tracks)
        self._sounds = _placed_before(cut.audio_tracks)
        self._indexes = {id(track): TrackIndex(track) for track in cut.tracks}
        self._starts: dict[int, list[int]] = {}
        self._inserted: dict[int, list[int]] = {}
        self._edits: list[Edit] = []

    def operate(self, placements: Sequence[Placement]) -> list[Edit]:
        places = self._places(placements)
        replaced = [
            item.locator
            for place in places
            for item in (place.earlier, *place.earlier_sound)
            if item is not None
        ]
        gone = set(replaced)
        files = {k: f for k, f in self.source.files.items() if f.home not in gone}
        self._maker = ClipMaker(Ids.of(self.text), self.premiere, self.cut.name, files)
        for place in places:
            self._put(place)
        self._add_tracks()
        self._rescue_files(gone)
        staying = (item for number, item in self._items.items() if number not in gone)
        self._edits += renumbered(self.text, staying, self._inserted)
        return self._edits + self._inserts.edits()

    def _places(self, placements: Sequence[Placement]) -> list[_Place]:
        """Where each goes, in the order of time; the places must be free."""
        places = []
        for placement in placements:
            self._check_take(placement)
            key = self._earlier(placement)
            if key is None:
                places.append(_Place(placement, self._track_for(placement)))
            else:
                sound = [item for _, item in self._sounds.get(key, [])]
                places.append(_Place(placement, *self._pictures[key][0], sound))
        places.sort(key=lambda place: (place.track, place.placement.start))
        for one, two in pairwise(places):
            if one.track == two.track and one.placement.end > two.placement.start:
                raise self._error(two.placement, "overlaps another placed clip")
        # Sound of all tracks shares tracks of its own, and lies there in the order of time.
        return sorted(places, key=lambda place: place.placement.start)

    def _check_take(self, placement: Placement) -> None:
        take = placement.take
        if placement.duration <= 0 or placement.start < 0:
            raise self._error(placement, "has no length")
        if take.frames < take.head + placement.duration:
            raise self._error(placement, f"needs more than the {take.frames} frames of its take")
        if take.sequence_files:
            self.notes.append(
                f"{placement.name}: an image sequence is referred to by its first file; where the "
                "editor takes it for a still, import it as a sequence and relink."
            )

    def _earlier(self, placement: Placement) -> Key | None:
        """The key of the clip that an earlier run placed into the same gap, if it did.

        After a recut the gap may have another length: the clip there gives way all the same.
        """
        gap = placement.take.metadata.get("gap")
        if not isinstance(gap, str):
            return None
        key = (gap, placement.start, placement.end)
        if key in self._pictures:
            return key
        over = [
            k
            for k in self._pictures
            if k[0] == gap and k[1] < placement.end and placement.start < k[2]
        ]
        return over[0] if len(over) == 1 and self._has_room(over[0], placement) else None

    def _has_room(self, key: Key, placement: Placement) -> bool:
        """Whether nothing but the clip of `key` lies where the placement is to go."""
        track, item = self._pictures[key][0]
        others = self.cut.video_tracks[track].items
        return len(self._pictures[key]) == 1 and not any(
            other is not item
            and other.kind is not ItemKind.HOLE
            and other.start < placement.end
            and placement.start < other.end
            for other in others
        )

    def _track_for(self, placement: Placement) -> int:
        tracks = self.cut.video_tracks
        if placement.track is None:
            top = tracks[-1] if tracks else None
            ours = top is not None and top.name == TRACK_NAME and self._is_free(top, placement)
            return len(tracks) - 1 if ours else len(tracks)
        if not 0 <= placement.track < len(tracks):
            raise self._error(placement, f"asks for video track {placement.track + 1}")
        if not self._is_free(tracks[placement.track], placement):
            raise self._error(placement, "lies where another clip already is")
        return placement.track

    def _is_free(self, track: Track, placement: Placement) -> bool:
        return self._indexes[id(track)].is_free(placement.start, placement.end)

    def _error(self, placement: Placement, reason: str) -> CutError:
        return CutError(
            self.path,
            f"the clip “{placement.name}” for frames {placement.start} to {placement.end} {reason}",
            hint="Plan this cut again.",
        )

    def _put(self, place: _Place) -> None:
        placement, earlier_sound = place.placement, place.earlier_sound
        channels = placement.take.audio_channels
        tracks: list[tuple[int, Node]] = []
        if channels == len(earlier_sound):
            audio = [self._lane_of(item) for item in earlier_sound]
        else:
            tracks = self._sound_tracks(channels)
            audio = [Lane(number, len(node.findall("clipitem")) + 1) for number, node in tracks]
        picture, sound = self._maker.make(placement, self._video_lane(place), audio)
        self._put_picture(place, picture)
        if tracks or not channels:
            self._edits += [self._layout.without(self._items[i.locator]) for i in earlier_sound]
            for (_, track), node in zip(tracks, sound, strict=True):
                track.append(node)
        else:
            for item, node in zip(earlier_sound, sound, strict=True):
                self._edits.append(self._layout.instead(self._items[item.locator], node))

    def _put_picture(self, place: _Place, picture: Node) -> None:
        if place.earlier is not None:
            self._edits.append(self._layout.instead(self._items[place.earlier.locator], picture))
        elif place.track == len(self.cut.video_tracks):
            self._new_video.append(picture)
        else:
            self._insert(place.track, place.placement, picture)

    def _video_lane(self, place: _Place) -> Lane:
        """Counted as the document will be: clips placed earlier in the track's time come first."""
        starts = self._starts.setdefault(place.track, [])
        if place.earlier is None:
            starts.append(place.placement.start)
        before = sum(1 for start in starts if start < place.placement.start)
        if place.track < len(self.cut.video_tracks):
            track = self.cut.video_tracks[place.track]
            before += self._indexes[id(track)].items_before(place.placement.start)
        return Lane(place.track + 1, before + 1)

    def _lane_of(self, item: Item) -> Lane:
        for index, track in enumerate(self.cut.audio_tracks):
            if item in track.items:
                return Lane(index + 1, self._indexes[id(track)].items_before(item.start) + 1)
        raise AssertionError(item.name)

    def _sound_tracks(self, channels: int) -> list[tuple[int, Node]]:
        """New audio tracks for takes with that many channels, with their numbers."""
        if not channels:
            return []
        if channels not in self._new_audio:
            self._new_audio[channels] = [
                compose.audio_track(TRACK_NAME, self.premiere, channel, channels)
                for channel in range(channels)
            ]
        order = [id(t) for tracks in self._new_audio.values() for t in tracks]
        first = len(self.cut.audio_tracks) + 1
        return [(first + order.index(id(t)), t) for t in self._new_audio[channels]]

    def _insert(self, index: int, placement: Placement, node: Node) -> None:
        """Between the neighbours in time."""
        track = self.cut.video_tracks[index]
        element = self._tracks[track.locator]
        before_it = self._indexes[id(track)].items_before(placement.start)
        self._inserted.setdefault(index + 1, []).append(before_it)
        ended = self._indexes[id(track)].last_ended(placement.start)
        if ended is not None:
            self._inserts.add(element, node, self._items[ended])
            return
        items = [child for child in element.children if child.ordinal >= 0]
        tail = next((c for c in element.children if c.tag in _TAIL), None)
        before = items[0] if items else tail
        after = element.children[-1] if element.children and before is None else None
        self._inserts.add(element, node, after, before)

    def _add_tracks(self) -> None:
        video = [self._new_video] if self._new_video.find("clipitem") is not None else []
        audio = [track for tracks in self._new_audio.values() for track in tracks]
        for track in video + audio:
            compose.track_flags(track)
        for index, track in enumerate(audio):
            track.append(compose.el("outputchannelindex", index % 2 + 1))
        media = self._sequence.first("media")
        if media is not None:
            self._add_to(media, "video", video)
            self._add_to(media, "audio", audio)
        elif video or audio:
            parts = [compose.el(k, *t) for k, t in (("video", video), ("audio", audio)) if t]
            after = self._sequence.children[-1] if self._sequence.children else None
            self._inserts.add(self._sequence, compose.el("media", *parts), after)

    def _add_to(self, media: Element, kind: str, tracks: list[Node]) -> None:
        parents = media.all(kind)
        if not tracks:
            return
        if not parents:
            video = media.all("video")
            after = video[-1] if kind == "audio" and video else None
            before = media.children[0] if media.children and after is None else None
            self._inserts.add(media, compose.el(kind, *tracks), after, before)
            return
        parent = parents[-1]
        existing = parent.all("track") or parent.children
        for track in tracks:
            self._inserts.add(parent, track, existing[-1] if existing else None)

    def _rescue_files(self, replaced: set[int]) -> None:
        """A file defined in a clip that goes, and used by one that stays, moves to the latter."""
        gone = [self._items[number] for number in replaced]
        for known in self.source.files.values():
            if known.home is None or known.home not in replaced:
                continue
            key = re.escape(escape(known.file_id, {'"': "&quot;"}).encode())
            home = self._items[known.home]
            full = re.compile(rb'<file\s+id="%s"[^>/]*>.*?</file>' % key, re.DOTALL)
            definition = full.search(self.text, home.start, home.end)
            if definition is None:
                continue
            for use in re.finditer(rb'<file\s+id="%s"\s*/>' % key, self.text):
                if not any(e.start <= use.start() < e.end for e in gone):
                    self._edits.append((*use.span(), definition[0].decode("utf-8")))
                    break


def _key(item: Item) -> Key | None:
    """What an earlier run placed: its gap and its place."""
    gap = item.pickup.get("gap") if item.pickup is not None else None
    return (gap, item.start, item.end) if isinstance(gap, str) else None


def _placed_before(tracks: list[Track]) -> dict[Key, list[tuple[int, Item]]]:
    """The clips of earlier runs with the index of their track."""
    found: dict[Key, list[tuple[int, Item]]] = {}
    for index, track in enumerate(tracks):
        for item in track.items:
            key = _key(item)
            if key is not None:
                found.setdefault(key, []).append((index, item))
    return found
