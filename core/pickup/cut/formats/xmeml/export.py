"""A whole new document from any cut, in the shape that Premiere imports online and in silence.

What xmeml cannot say is collected as notes for the user, never dropped without a word.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pickup.cut.formats.xmeml import compose
from pickup.cut.formats.xmeml.clips import ClipMaker, Ids, Lane
from pickup.cut.formats.xmeml.compose import ClipSpec, FileSpec, el
from pickup.cut.formats.xmeml.record import to_lognote
from pickup.cut.formats.xmeml.remap import points_of, remap_filter
from pickup.cut.model import Item, ItemKind, Media, Raster
from pickup.cut.placement import TRACK_NAME
from pickup.cut.urls import localhost_url
from pickup.timing import nominal, rate_text, to_frames

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from pickup.cut.model import Cut, Marker, Track
    from pickup.cut.placement import Placement

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
_RASTER = Raster(1920, 1080)
_SPACE = uuid.UUID("0b0f5d0e-6a0e-4a53-9c5e-8b1b7f6f3a11")


def export(cut: Cut, placements: Sequence[Placement], out: Path, target: str) -> list[str]:
    """Write `cut` with `placements` in it to `out`; returns what could not be said."""
    exporter = _Exporter(premiere=target in ("", "premiere"))
    sequence = exporter.sequence(cut, placements)
    root = el("xmeml", sequence)
    root.set("version", "4" if exporter.premiere else "5")
    out.write_text(_HEAD + compose.render(root, "", "\t", "\n") + "\n", "utf-8", newline="\n")
    return exporter.notes


@dataclass(slots=True)
class _Exporter:
    """Makes the elements of a cut; every id and every file is given out once for the document."""

    premiere: bool
    notes: list[str] = field(default_factory=list)
    ids: Ids = field(default_factory=Ids)
    _files: dict[str, str] = field(default_factory=dict)
    _sequences: dict[int, str] = field(default_factory=dict)

    def sequence(self, cut: Cut, placements: Sequence[Placement] = ()) -> Element:
        """The element of a cut: in full the first time, by its id after that."""
        known = self._sequences.get(id(cut))
        if known is not None:
            return el("sequence", id=known)
        key = self._sequences[id(cut)] = self.ids.next("sequence")
        if any(track.items for track in cut.audio_tracks):
            self._note("which clips of sound and picture are linked; sound keeps its first channel")
        if cut.rate.denominator not in (1, 1001):
            self._note(f"the rate {rate_text(cut.rate)} is written as {nominal(cut.rate)}")
        for _ in (marker for marker in cut.markers if marker.color):
            self._note("the colours of markers")
        media = el("media", *self._media(cut, placements))
        length = max([cut.duration, *(p.end for p in placements)])
        made = el(
            "sequence",
            el("uuid", str(uuid.uuid5(_SPACE, f"{key} {cut.name} {length}"))),
            el("duration", length),
            compose.rate_element(cut.rate),
            el("name", cut.name),
            media,
            compose.timecode_element(cut.start, cut.rate, cut.drop_frame, None, self.premiere),
            *(self._marker(marker) for marker in cut.markers),
            id=key,
        )
        if self.premiere:
            made.set("explodedTracks", "true")
        return made

    def _media(self, cut: Cut, placements: Sequence[Placement]) -> list[Element]:
        form = compose.picture_element(cut.raster or _RASTER, cut.rate)
        if cut.raster is None:
            self._note("the picture's size, which the cut does not say: 1920 x 1080 is assumed")
        video = el("video", el("format", form))
        sound = el("samplecharacteristics", el("depth", 16), el("samplerate", 48000))
        audio = el("audio", el("numOutputChannels", 2), el("format", sound))
        pictures = [self._track(cut, track) for track in cut.video_tracks]
        sounds = [self._track(cut, track) for track in cut.audio_tracks]
        new = self._place(cut, placements, pictures, len(sounds))
        for parent, tracks in ((video, pictures + new[0]), (audio, sounds + new[1])):
            parent.extend(tracks or [el("track")])
        for tracks, flags in ((pictures, cut.video_tracks), (sounds, cut.audio_tracks)):
            for element, track in zip(tracks, flags, strict=False):
                compose.track_flags(element, track.enabled, track.locked)
        for element in [*new[0], *new[1]]:
            compose.track_flags(element)
        return [video, audio]

    def _place(
        self, cut: Cut, placements: Sequence[Placement], pictures: list[Element], sounds: int
    ) -> tuple[list[Element], list[Element]]:
        """Put the placed clips on the tracks; returns the tracks added for them."""
        maker = ClipMaker(self.ids, self.premiere, cut.name)
        top: list[Element] = []
        audio: dict[int, list[Element]] = {}
        for placement in sorted(placements, key=lambda p: p.start):
            if placement.track is None or placement.track >= len(pictures):
                top = top or [compose.video_track(TRACK_NAME, self.premiere)]
                track, number = top[0], len(pictures) + 1
            else:
                track, number = pictures[placement.track], placement.track + 1
            channels = placement.take.audio_channels
            if channels and channels not in audio:
                audio[channels] = [
                    compose.audio_track(TRACK_NAME, self.premiere, c, channels)
                    for c in range(channels)
                ]
            order = [node for nodes in audio.values() for node in nodes]
            own = audio.get(channels, [])
            lanes = [Lane(sounds + order.index(node) + 1, _items(node) + 1) for node in own]
            at = _position(track, placement.start)
            picture, sound = maker.make(placement, Lane(number, _items(track, at) + 1), lanes)
            track.insert(at, picture)
            for node, clip in zip(own, sound, strict=True):
                node.append(clip)
        return top, [node for nodes in audio.values() for node in nodes]

    def _track(self, cut: Cut, track: Track) -> Element:
        video = track.kind == "video"
        if video:
            made = compose.video_track(track.name, self.premiere)
        else:
            made = compose.audio_track(track.name, self.premiere, 0, 1)
        items = [i for i in track.items if i.kind is not ItemKind.HOLE and i.end > i.start]
        items.sort(key=lambda i: (i.start, i.kind is not ItemKind.TRANSITION, i.end))
        for before, item, after in zip([None, *items], items, [*items[1:], None], strict=False):
            if item.kind is ItemKind.TRANSITION:
                made.append(self._transition(cut, track, item, video))
            elif item.kind in (ItemKind.SLUG, ItemKind.TITLE):
                made.append(self._generator(cut, item))
            else:
                made.append(self._clip(cut, item, _joint(before, item, after), video))
        return made

    def _transition(self, cut: Cut, track: Track, item: Item, video: bool) -> Element:
        """A dissolve over the edit beneath it; other drawings are named but come out as one."""
        if item.name and "dissolve" not in item.name.lower() and video:
            self._note(f"the transition “{item.name}”, which becomes a cross dissolve")
        alignment = _alignment(track, item)
        name = "Cross Dissolve" if video else "Cross Fade (+3dB)"
        return el(
            "transitionitem",
            el("start", item.start),
            el("end", item.end),
            el("alignment", alignment),
            el("cutPointTicks", _cut_point(cut, track, item)) if alignment == "center" else None,
            compose.rate_element(cut.rate),
            el(
                "effect",
                el("name", name),
                el("effectid", name if video else "KGAudioTransCrossFade3dB"),
                el("effectcategory", "Dissolve") if video else None,
                el("effecttype", "transition"),
                el("mediatype", "video" if video else "audio"),
                el("wipecode", 0),
                el("wipeaccuracy", 100),
                el("startratio", 0),
                el("endratio", 1),
                el("reverse", "FALSE"),
            ),
        )

    def _generator(self, cut: Cut, item: Item) -> Element:
        slug = item.kind is ItemKind.SLUG
        if not slug:
            self._note(f"the look of the title “{item.name}”; its name and place are kept")
        kind = "Slug" if slug else "Text"
        return el(
            "generatoritem",
            el("name", item.name or kind),
            el("enabled", compose.flag(item.switched_on)),
            el("duration", item.duration),
            el("start", item.start),
            el("end", item.end),
            el("in", 0),
            el("out", item.duration),
            compose.rate_element(cut.rate),
            el(
                "effect",
                el("name", kind),
                el("effectid", kind),
                el("effectcategory", "Slug" if slug else "Text"),
                el("effecttype", "generator"),
                el("mediatype", "video"),
            ),
            id=self.ids.next("clipitem"),
        )

    def _clip(self, cut: Cut, item: Item, joint: tuple[int, int], video: bool) -> Element:
        """A clip; bounds within transitions are -1, and its source runs on under them."""
        if item.retime is not None:
            self._note(f"the varying speed of “{item.name}”, which plays at its mean speed")
        points = points_of(item, cut.rate, *joint)
        spec = ClipSpec(
            key=self.ids.next("clipitem"),
            name=item.name,
            rate=cut.rate,
            start=-1 if points.lead else item.start,
            end=-1 if points.trail else item.end,
            point_in=points.point_in,
            point_out=points.point_out,
            duration=points.duration,
            body=self._body(item, video),
            enabled=item.switched_on,
            ticks=points.ticks if self.premiere else None,
            video=video,
            sourcetrack=0 if video or item.nested else 1,
            filters=[remap_filter(points, cut.rate, video)] if points.speed != 1 else [],
            logging=_logging(item),
        )
        return compose.clip_element(spec)

    def _body(self, item: Item, video: bool) -> Element | None:
        if item.nested is not None:
            return self.sequence(item.nested)
        media = item.media
        if media is None or not (media.url or media.path or media.name):
            self._note(f"the media of “{item.name}”, which is missing")
            return None
        if media.missing:
            self._note(f"that the media of “{item.name}” is missing; its path is written")
        if media.sequence is not None:
            self._note(f"the image sequence of “{item.name}”, referred to by its first file")
        return self._file(media, video)

    def _file(self, media: Media, video: bool) -> Element:
        url = localhost_url(media.path) if media.path is not None else media.url
        known = self._files.get(url or media.name)
        if known is not None:
            return el("file", id=known)
        key = self._files[url or media.name] = self.ids.next("file")
        rate = media.rate
        spec = FileSpec(
            key=key,
            name=media.name or (media.path.name if media.path else "media"),
            url=url,
            rate=rate,
            duration=to_frames(media.duration, rate) if rate and media.duration else None,
            start=to_frames(media.start, rate) if rate else 0,
            reel=media.reel,
            raster=media.raster,
            channels=2 if media.has_audio or not video else 0,
            picture=video or media.raster is not None,
        )
        return compose.file_element(spec, self.premiere)

    def _marker(self, marker: Marker) -> Element:
        end = marker.start + marker.duration if marker.duration > 1 else -1
        return el(
            "marker",
            el("comment", marker.comment),
            el("name", marker.name),
            el("in", marker.start),
            el("out", end),
        )

    def _note(self, what: str) -> None:
        note = f"xmeml cannot say {what}."
        if note not in self.notes:
            self.notes.append(note)


def _alignment(track: Track, transition: Item) -> str:
    """Where the edit lies in a transition, and whether it comes from or goes to black."""
    clips = [item for item in track.items if item.kind is not ItemKind.TRANSITION]
    begins = any(transition.start <= c.start <= transition.end for c in clips)
    ends = any(transition.start <= c.end <= transition.end for c in clips)
    if begins and not ends:
        return "start-black"
    if ends and not begins:
        return "end-black"
    if any(c.start == transition.start for c in clips):
        return "start"
    if any(c.end == transition.end for c in clips):
        return "end"
    return "center"


def _cut_point(cut: Cut, track: Track, transition: Item) -> int:
    """Ticks from the transition's start to the edit in it."""
    starts = (i.start for i in track.items if i.kind is not ItemKind.TRANSITION)
    within = (s for s in starts if transition.start <= s <= transition.end)
    edit = next(within, (transition.start + transition.end) // 2)
    return compose.frame_ticks(edit - transition.start, cut.rate)


def _joint(before: Item | None, item: Item, after: Item | None) -> tuple[int, int]:
    """Frames from a transition's start to the item's, and from the item's end to a transition's.

    Both are -1 where there is no transition.
    """
    lead = trail = -1
    if before is not None and before.kind is ItemKind.TRANSITION:
        lead = item.start - before.start if before.start <= item.start <= before.end else -1
    if after is not None and after.kind is ItemKind.TRANSITION:
        trail = after.end - item.end if after.start <= item.end <= after.end else -1
    return lead, trail


def _logging(item: Item) -> dict[str, str] | None:
    if item.pickup is not None:
        prompt = str(item.pickup.get("prompt") or "")
        return {"description": prompt, "lognote": to_lognote(item.pickup, prompt)}
    return {"description": item.note} if item.note else None


def _position(track: Element, start: int) -> int:
    """Where in a track's element an item that begins at `start` stands in time order."""
    for index, other in enumerate(track):
        begins = other.findtext("start")
        if begins is not None and int(begins) >= start:
            return index
    return len(track)


def _items(track: Element, before: int | None = None) -> int:
    """The items of a track's element, or those before a position; its name is none."""
    return sum(1 for child in track[:before] if child.find("start") is not None)
