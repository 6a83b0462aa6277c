"""The elements Pickup writes, in the order and with the fields that Premiere writes and reads.

Source in and out are on the sequence's grid and the media's rate equals it, so the ways in which
editors disagree about them coincide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from pickup.cut.formats.xmeml.elements import TICKS as TICKS
from pickup.cut.formats.xmeml.elements import aspect_word, rate_fields
from pickup.timing import frames_to_timecode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from pickup.cut.model import Raster

_UNSAYABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MARKS = re.compile("[&<>\r\n\t]")
"""Few texts hold any, and to look once is cheaper than to replace six times."""

_BREAKS = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
Part = Element | str | int | None


def el(tag: str, *parts: Part, **attributes: str) -> Element:
    """An element with children or text; parts that are None are left out."""
    made = Element(tag, {key.replace("_", "."): value for key, value in attributes.items()})
    for part in parts:
        if isinstance(part, Element):
            made.append(part)
        elif part is not None:
            made.text = str(part) if isinstance(part, int) else sayable(part)
    return made


def sayable(text: str) -> str:
    """The text with blanks for the characters that XML forbids."""
    return _UNSAYABLE.sub(" ", text)


def flag(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def render(element: Element, indent: str, unit: str, newline: str) -> str:
    """Text of an element whose first line stands where it is put.

    Args:
        element: to be written.
        indent: of the line it stands on; of no use where `newline` is empty.
        unit: one step of indentation.
        newline: of the document, or empty for a document that is one line.
    """
    pieces: list[str] = []
    _say(pieces, element, newline + indent if newline else "", unit if newline else "")
    return "".join(pieces)


def _say(pieces: list[str], element: Element, start: str, unit: str) -> None:
    tag, attributes = element.tag, ""
    if element.attrib:
        attributes = "".join(
            f' {key}="{escape(value, {**_BREAKS, chr(34): "&quot;"})}"'
            for key, value in element.attrib.items()
        )
    if len(element):
        inner = start + unit
        pieces.append(f"<{tag}{attributes}>")
        for child in element:
            pieces.append(inner)
            _say(pieces, child, inner, unit)
        pieces.append(f"{start}</{tag}>")
    elif element.text:
        text = element.text
        said = escape(text, _BREAKS) if _MARKS.search(text) else text
        pieces.append(f"<{tag}{attributes}>{said}</{tag}>")
    else:
        pieces.append(f"<{tag}{attributes}/>" if attributes else f"<{tag}></{tag}>")


@lru_cache(maxsize=64)
def rate_element(rate: Fraction) -> Element:
    """A `<rate>`; one element serves everywhere, since nobody changes what is being written."""
    return el("rate", *(el(key, value) for key, value in rate_fields(rate).items()))


def timecode_element(
    frame: int, rate: Fraction, drop: bool, reel: str | None, premiere: bool
) -> Element:
    text = frames_to_timecode(frame, rate, drop=drop)
    if drop and premiere:
        text = text.replace(":", ";")
    return el(
        "timecode",
        rate_element(rate),
        el("string", text),
        el("frame", frame),
        el("displayformat", "DF" if drop else "NDF"),
        None if reel is None else el("reel", el("name", reel)),
    )


def picture_element(raster: Raster | None, rate: Fraction | None) -> Element:
    """`samplecharacteristics` of a picture."""
    made = el("samplecharacteristics", None if rate is None else rate_element(rate))
    if raster is not None:
        made.extend(
            [
                el("width", raster.width),
                el("height", raster.height),
                el("anamorphic", "FALSE"),
                el("pixelaspectratio", aspect_word(raster.pixel_aspect)),
                el("fielddominance", "none"),
            ]
        )
    return made


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A `<file>`: what is known of a media file. `duration` counts frames at `rate`."""

    key: str
    name: str
    url: str
    rate: Fraction | None = None
    duration: int | None = None
    start: int = 0
    drop_frame: bool = False
    reel: str = ""
    raster: Raster | None = None
    channels: int = 0
    sample_rate: int = 48000
    picture: bool = True


def file_element(spec: FileSpec, premiere: bool) -> Element:
    """The full definition. Sound is declared only where there is some: it would not link else."""
    media = el("media")
    if spec.picture:
        media.append(el("video", picture_element(spec.raster, spec.rate)))
    if spec.channels:
        sound = el("samplecharacteristics", el("depth", 16), el("samplerate", spec.sample_rate))
        media.append(el("audio", sound, el("channelcount", spec.channels)))
    timecode = None
    if spec.rate is not None:
        timecode = timecode_element(
            spec.start, spec.rate, spec.drop_frame, spec.reel or None, premiere
        )
    return el(
        "file",
        el("name", spec.name),
        el("pathurl", spec.url) if spec.url else None,
        None if spec.rate is None else rate_element(spec.rate),
        None if spec.duration is None else el("duration", spec.duration),
        timecode,
        media,
        id=spec.key,
    )


@dataclass(slots=True)
class ClipSpec:
    """A `<clipitem>` in its element order.

    Attributes:
        point_in, point_out: in frames of `rate`, retimed where there is a retime.
        duration: of the whole clip, in the same frames.
        ticks: the source range in Premiere's ticks, where the document has such.
        body: the `<file>` or `<sequence>` it plays.
        sourcetrack: the channel of the file that an audio item plays, counted from 1.
        logging: `logginginfo`; None leaves it out.
        comment: for editors that show `comments` and not `logginginfo`.
    """

    key: str
    name: str
    rate: Fraction
    start: int
    end: int
    point_in: int
    point_out: int
    duration: int
    body: Element | None
    enabled: bool = True
    masterclip: str = ""
    ticks: tuple[int, int] | None = None
    video: bool = True
    channel_type: str = ""
    sourcetrack: int = 0
    filters: list[Element] = field(default_factory=list)
    markers: list[Element] = field(default_factory=list)
    links: list[Element] = field(default_factory=list)
    logging: Mapping[str, str] | None = None
    comment: str = ""
    label: str = ""


def clip_element(spec: ClipSpec) -> Element:
    attributes = {"id": spec.key}
    if spec.channel_type:
        attributes["premiereChannelType"] = spec.channel_type
    made = el(
        "clipitem",
        el("masterclipid", spec.masterclip) if spec.masterclip else None,
        el("name", spec.name),
        el("enabled", flag(spec.enabled)),
        el("duration", spec.duration),
        rate_element(spec.rate),
        el("start", spec.start),
        el("end", spec.end),
        el("in", spec.point_in),
        el("out", spec.point_out),
        *_ticks(spec.ticks),
        *_picture_flags(spec),
        spec.body,
        *spec.filters,
        *spec.markers,
        _sourcetrack(spec.sourcetrack),
        *spec.links,
        _logging(spec.logging),
        el("comments", el("mastercomment1", spec.comment)) if spec.comment else None,
        el("labels", el("label2", spec.label)) if spec.label else None,
    )
    made.attrib.update(attributes)
    return made


def _ticks(ticks: tuple[int, int] | None) -> list[Element]:
    return [] if ticks is None else [el("pproTicksIn", ticks[0]), el("pproTicksOut", ticks[1])]


def _picture_flags(spec: ClipSpec) -> list[Element]:
    if not spec.video or spec.ticks is None:
        return []
    return [
        el("alphatype", "none"),
        el("pixelaspectratio", "square"),
        el("anamorphic", "FALSE"),
    ]


def _sourcetrack(channel: int) -> Element | None:
    if not channel:
        return None
    return el("sourcetrack", el("mediatype", "audio"), el("trackindex", channel))


def _logging(values: Mapping[str, str] | None) -> Element | None:
    if values is None:
        return None
    keys = ("description", "scene", "shottake", "lognote")
    return el("logginginfo", *(el(key, values.get(key, "")) for key in keys))


def link_element(key: str, kind: str, track: int, clip: int) -> Element:
    """One member of a link group; `track` and `clip` count from 1."""
    return el(
        "link",
        el("linkclipref", key),
        el("mediatype", kind),
        el("trackindex", track),
        el("clipindex", clip),
        el("groupindex", 1) if kind == "audio" else None,
    )


def marker_element(name: str, comment: str, frame: int) -> Element:
    """A point marker; on a clip its frame is counted in the clip's source."""
    return el("marker", el("comment", comment), el("name", name), el("in", frame), el("out", -1))


def frame_ticks(frames: int, rate: Fraction) -> int:
    return round(frames * TICKS / rate)


def video_track(name: str, premiere: bool) -> Element:
    track = el("track")
    if premiere:
        track.attrib.update(
            {
                "TL.SQTrackShy": "0",
                "TL.SQTrackExpandedHeight": "25",
                "TL.SQTrackExpanded": "0",
                "MZ.TrackTargeted": "0",
                "MZ.TrackName": name,
            }
        )
    elif name:
        track.append(el("name", name))
    return track


def audio_track(name: str, premiere: bool, channel: int, channels: int) -> Element:
    """One channel of a track; Premiere shows two of a stereo track as one."""
    track = video_track(name, premiere)
    if premiere:
        stereo = channels == 2
        track.attrib.update(
            {
                "currentExplodedTrackIndex": str(channel) if stereo else "0",
                "totalExplodedTrackCount": "2" if stereo else "1",
                "premiereTrackType": "Stereo" if stereo else "Mono",
            }
        )
    return track


def track_flags(track: Element, enabled: bool = True, locked: bool = False) -> None:
    """What ends every track."""
    track.append(el("enabled", flag(enabled)))
    track.append(el("locked", flag(locked)))
