"""The resources that new clips need, each written once, and the clips themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pickup.cut.formats.fcpxml.document import RECORD_KEY, Invalid
from pickup.cut.formats.fcpxml.markup import Element
from pickup.cut.formats.fcpxml.times import frame_text, name_of, time_text
from pickup.cut.urls import file_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from pickup.cut.model import Media, Raster
    from pickup.cut.placement import Placement, TakeMedia

_STUDIO = "com.apple.proapps.studio."
_ROLE = "Pickup"
_FASTEST = 1000
"""Frames a second that a format may have."""


class Shelf:
    """Makes `format`, `asset` and other resources with ids of their own.

    Args:
        version: of the document.
        ids: every id taken; grows.
        formats: ids of formats that are there, by rate and raster.
    """

    def __init__(
        self,
        version: tuple[int, int],
        ids: set[str],
        formats: Mapping[tuple[Fraction | None, Raster | None], str],
    ) -> None:
        self.version = version
        self.added: list[Element] = []
        self.ids = ids
        self._formats = dict(formats)
        self._assets: dict[str, str] = {}
        self._next = 1

    def new_id(self) -> str:
        while f"r{self._next}" in self.ids:
            self._next += 1
        name = f"r{self._next}"
        self.ids.add(name)
        return name

    def format(self, rate: Fraction | None, raster: Raster | None) -> str:
        """The id of a format, an equal one where there is one."""
        key = (rate, raster)
        if key not in self._formats:
            self._formats[key] = self.new_id()
            self.added.append(_format(self._formats[key], rate, raster))
        return self._formats[key]

    def effect(self, name: str, uid: str) -> str:
        """The id of a new effect."""
        if uid not in self._assets:
            self._assets[uid] = self.new_id()
            attrs = {"id": self._assets[uid], "name": name, "uid": uid}
            self.added.append(Element("effect", dict(attrs)))
        return self._assets[uid]

    def take(self, take: TakeMedia) -> str:
        """The id of a take's asset."""
        if take.sequence_files:
            raise Invalid(
                f"Final Cut Pro has no image sequences, which {take.path.name} is one of",
                hint="Deliver prores422hq or h264 instead.",
            )
        url = file_url(take.path)
        if url not in self._assets:
            attrs: dict[str, str | None] = {
                "name": take.name,
                "start": frame_text(take.start, take.rate),
                "duration": frame_text(take.frames, take.rate),
                "hasVideo": "1",
                "format": self.format(take.rate, take.raster),
                "hasAudio": None,
                "audioSources": None,
                "audioChannels": None,
                "audioRate": None,
            }
            if take.audio_channels:
                channels, rate = str(take.audio_channels), str(take.sample_rate)
                attrs |= {"hasAudio": "1", "audioSources": "1"}
                attrs |= {"audioChannels": channels, "audioRate": rate}
            metadata = _metadata({f"{_STUDIO}reel": take.reel, RECORD_KEY: _record(take)})
            self._asset(url, attrs, metadata)
        return self._assets[url]

    def media(self, media: Media, *, picture: bool, length: Fraction) -> str:
        """The id of the asset of a file that a cut of another format names."""
        picture = picture or media.rate is not None or media.raster is not None
        key = f"{media.url or media.name}|{picture}"
        if key not in self._assets:
            duration = media.duration or length
            # Sound has its sample rate for a rate; such a format no picture has.
            rate = media.rate if picture and media.rate and media.rate <= _FASTEST else None
            attrs: dict[str, str | None] = {
                "name": media.name or media.url.rsplit("/", 1)[-1],
                "start": time_text(media.start),
                "duration": time_text(duration),
                "hasVideo": "1" if picture else None,
                "format": self.format(rate, media.raster) if rate else None,
                "hasAudio": "1" if media.has_audio or not picture else None,
            }
            url = file_url(media.path) if media.path else (media.url or "file:///missing")
            metadata = _metadata({f"{_STUDIO}reel": media.reel})
            self._asset(key, attrs, metadata, url)
        return self._assets[key]

    def _asset(
        self, key: str, attrs: dict[str, str | None], metadata: list[Element], url: str = ""
    ) -> None:
        self._assets[key] = self.new_id()
        url = url or key
        element = Element("asset", {"id": self._assets[key], **attrs}, metadata)
        if self.version >= (1, 9):
            kind = {"kind": "original-media", "src": url}
            element.children = [Element("media-rep", dict(kind)), *metadata]
        else:
            element.attrs["src"] = url
        self.added.append(element)


def placed_clip(
    placement: Placement, shelf: Shelf, where: Mapping[str, str | None], *, record: bool = True
) -> Element:
    """A placement's clip, an audition where it has several takes, the chosen one first.

    Args:
        where: its `lane` and `offset`.
        record: whether the clip itself carries the record of its take.
    """
    order = [placement.take, *(t for t in placement.takes if t is not placement.take)]
    if len(order) == 1:
        return _clip(placement, order[0], shelf, where, record=record)
    clips = [_clip(placement, take, shelf, {}, record=record) for take in order]
    return Element("audition", dict(where), clips)


def _clip(
    placement: Placement,
    take: TakeMedia,
    shelf: Shelf,
    where: Mapping[str, str | None],
    *,
    record: bool,
) -> Element:
    if take.frames - take.head < placement.duration:
        raise Invalid(f"{take.path.name} is shorter than its gap", hint="Conform the take again.")
    ref = shelf.take(take)
    times: dict[str, str | None] = {
        "start": frame_text(take.start + take.head, take.rate),
        "duration": frame_text(placement.duration, take.rate),
    }
    words = placement.note or str(take.metadata.get("prompt") or "")
    note = [Element("note", text=words)] if words.strip() else []
    name = placement.name if take is placement.take else take.name
    metadata = _metadata(
        {
            f"{_STUDIO}reel": take.reel,
            f"{_STUDIO}shot": str(take.metadata.get("shot") or placement.name),
            RECORD_KEY: _record(take) if record else "",
        }
    )
    shape = shelf.format(take.rate, take.raster)
    clock = "DF" if take.drop_frame else "NDF"
    if shelf.version < (1, 6):
        inner = _components(take, ref)
        attrs = {**where, "name": name, **times, "format": shape, "tcFormat": clock}
        return Element("clip", attrs, [*note, inner, *metadata])
    attrs = {**where, "ref": ref, "name": name, **times, "format": shape, "tcFormat": clock}
    attrs["audioRole"] = "effects" if take.audio_channels else None
    attrs["videoRole"] = _ROLE
    return Element("asset-clip", attrs, [*note, *metadata])


def _components(take: TakeMedia, ref: str) -> Element:
    """What a clip is made of before version 1.6, which has no `asset-clip`."""
    begin = frame_text(take.start, take.rate)
    span = {"ref": ref, "offset": begin, "start": begin}
    span["duration"] = frame_text(take.frames, take.rate)
    sound = []
    if take.audio_channels:
        channels = ", ".join(str(n + 1) for n in range(take.audio_channels))
        sound = [Element("audio", {**span, "lane": "-1", "role": "effects", "srcCh": channels})]
    return Element("video", {**span, "role": _ROLE}, sound)


def _format(name: str, rate: Fraction | None, raster: Raster | None) -> Element:
    attrs: dict[str, str | None] = {"id": name}
    if rate is not None:
        attrs["name"] = (name_of(raster, rate) if raster else "") or None
        attrs["frameDuration"] = f"{rate.denominator}/{rate.numerator}s"
    if raster is not None:
        attrs |= {"width": str(raster.width), "height": str(raster.height)}
        if raster.pixel_aspect != 1:
            attrs["paspH"] = str(raster.pixel_aspect.numerator)
            attrs["paspV"] = str(raster.pixel_aspect.denominator)
        attrs["colorSpace"] = "1-1-1 (Rec. 709)"
    return Element("format", attrs)


def _metadata(values: Mapping[str, str]) -> list[Element]:
    pairs = [Element("md", {"key": key, "value": value}) for key, value in values.items() if value]
    return [Element("metadata", {}, pairs)] if pairs else []


def _record(take: TakeMedia) -> str:
    if not take.metadata:
        return ""
    return json.dumps(dict(take.metadata), ensure_ascii=False, separators=(",", ":"), default=str)
