"""The clip items of one placement: its picture, and its sound linked to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pickup.cut.formats.xmeml import compose
from pickup.cut.formats.xmeml.compose import ClipSpec, FileSpec
from pickup.cut.formats.xmeml.record import logging_of, marker_words
from pickup.cut.formats.xmeml.source import KnownFile
from pickup.cut.urls import localhost_url

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from pickup.cut.placement import Placement, TakeMedia

_NUMBERED = re.compile(rb"\b(clipitem|file|masterclip|sequence)-(\d{1,9})\b")
_LABEL = "Lavender"
"""Of placed clips: a colour that neither picture nor sound has by default."""


@dataclass(slots=True)
class Ids:
    """Ids that no element of the document has."""

    taken: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, text: bytes) -> Ids:
        """Any text that looks like an id counts as one: a number skipped costs nothing."""
        taken: dict[str, int] = {}
        for kind, digits in set(_NUMBERED.findall(text)):
            name = kind.decode("ascii")
            taken[name] = max(taken.get(name, 0), int(digits))
        return cls(taken)

    def next(self, kind: str) -> str:
        self.taken[kind] = self.taken.get(kind, 0) + 1
        return f"{kind}-{self.taken[kind]}"


@dataclass(frozen=True, slots=True)
class Lane:
    """A place on a track: both count from 1, among the tracks of a kind and the track's items.

    Generators and transitions count as items: links in Premiere's own exports say so.
    """

    track: int
    clip: int


@dataclass(slots=True)
class ClipMaker:
    """Makes the elements of placements; a file is defined by the first clip that uses it.

    Attributes:
        scene: what the log calls the scene: the sequence, as the XMP in the media does.
    """

    ids: Ids
    premiere: bool
    scene: str
    files: dict[str, KnownFile] = field(default_factory=dict)

    def make(
        self, placement: Placement, video: Lane, audio: list[Lane]
    ) -> tuple[Element, list[Element]]:
        """The picture's element and one for each channel of sound; `audio` has their lanes."""
        lanes = [("video", video), *(("audio", lane) for lane in audio)]
        keys = [self.ids.next("clipitem") for _ in lanes]
        body, master = self._file(placement.take)
        logging = {**logging_of(placement), "scene": self.scene}
        made = []
        for index, key in enumerate(keys):
            spec = self._spec(placement, key, master, index)
            spec.body = body if index == 0 else compose.el("file", id=body.attrib["id"])
            spec.logging = logging
            if audio:
                spec.links = [
                    compose.link_element(other, kind, lane.track, lane.clip)
                    for other, (kind, lane) in zip(keys, lanes, strict=True)
                ]
            made.append(compose.clip_element(spec))
        return made[0], made[1:]

    def _spec(self, placement: Placement, key: str, master: str, channel: int) -> ClipSpec:
        take = placement.take
        point_out = take.head + placement.duration
        ticks = (
            compose.frame_ticks(take.head, take.rate),
            compose.frame_ticks(point_out, take.rate),
        )
        channel_type = "stereo" if take.audio_channels == 2 else "mono"
        return ClipSpec(
            key=key,
            name=placement.name,
            rate=take.rate,
            start=placement.start,
            end=placement.end,
            point_in=take.head,
            point_out=point_out,
            duration=take.frames,
            body=None,
            masterclip=master,
            ticks=ticks if self.premiere else None,
            video=channel == 0,
            channel_type=channel_type if channel and self.premiere else "",
            sourcetrack=channel,
            markers=self._markers(placement, channel),
            comment="" if self.premiere else placement.note,
            label=_LABEL,
        )

    def _markers(self, placement: Placement, channel: int) -> list[Element]:
        """The ids once more, for Premiere: markers come back from it where log notes do not."""
        if channel or not self.premiere:
            return []
        words = marker_words(placement.take.metadata)
        head = placement.take.head
        return [compose.marker_element(placement.name, words, head)] if words else []

    def _file(self, take: TakeMedia) -> tuple[Element, str]:
        """The file in full the first time, by its id after that, and its masterclip."""
        known = self.files.get(str(take.path))
        if known is not None:
            return compose.el("file", id=known.file_id), known.masterclip
        master = self.ids.next("masterclip") if self.premiere else ""
        known = KnownFile(self.ids.next("file"), master)
        self.files[str(take.path)] = known
        spec = FileSpec(
            key=known.file_id,
            name=take.path.name,
            url=localhost_url(take.path),
            rate=take.rate,
            duration=take.frames,
            start=take.start,
            drop_frame=take.drop_frame,
            reel=take.reel,
            raster=take.raster,
            channels=take.audio_channels,
            sample_rate=take.sample_rate,
        )
        return compose.file_element(spec, self.premiere), master
