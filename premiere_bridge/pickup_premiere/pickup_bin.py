"""Only the pickups: a bin with their clips, and a short sequence with each at its place.

For editors who will not have a second copy of their sequence: they copy the clips from this one
and paste them into their own, at the same timecode.
"""

from __future__ import annotations

import copy
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from pickup.cut.formats.xmeml import compose, export
from pickup.cut.model import Cut
from pickup.files import written_aside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from pickup.cut.placement import Placement

BIN = "Pickup"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
_ATTRIBUTES = ("id", "ref")


def write_bin(cuts: Sequence[tuple[Cut, Sequence[Placement]]], out: Path) -> list[str]:
    """Write a project with one bin to `out`; returns what the user should know."""
    bin_ = compose.el("bin", compose.el("name", BIN))
    children = compose.el("children")
    bin_.append(children)
    notes: list[str] = []
    for number, (cut, placements) in enumerate(cuts):
        sequence, said = _sequence(cut, placements, number)
        for clip in _master_clips(sequence):
            children.append(clip)
        children.append(sequence)
        notes += said
    project = compose.el("project", compose.el("name", BIN), compose.el("children", bin_))
    root = compose.el("xmeml", project)
    root.set("version", "4")
    with written_aside(out) as aside:
        text = _HEAD + compose.render(root, "", "\t", "\n") + "\n"
        aside.write_text(text, "utf-8", newline="\n")
    return notes


def _sequence(cut: Cut, placements: Sequence[Placement], number: int) -> tuple[Element, list[str]]:
    """The sequence of the pickups alone, on the timebase and timecode of the cut."""
    alone = Cut(
        name=f"{cut.name} {BIN.lower()}s",
        rate=cut.rate,
        start=cut.start,
        drop_frame=cut.drop_frame,
        raster=cut.raster or placements[0].take.raster,
    )
    flat = [replace(placement, track=None) for placement in placements]
    with tempfile.TemporaryDirectory(prefix="pickup-") as folder:
        path = Path(folder) / "pickups.xml"
        notes = export.export(alone, flat, path, "premiere")
        sequence = ElementTree.parse(path).getroot().find("sequence")
    assert sequence is not None
    for element in sequence.iter():
        element.text = (element.text or "").strip() or None
        element.tail = None
        _renumber(element, number)
    return sequence, notes


def _renumber(element: Element, number: int) -> None:
    """Ids of one document are one space: those of a second sequence get a letter of their own."""
    if not number:
        return
    for name in _ATTRIBUTES:
        if name in element.attrib:
            element.set(name, f"{element.attrib[name]}-{number + 1}")
    if element.tag in ("masterclipid", "linkclipref") and element.text:
        element.text = f"{element.text}-{number + 1}"


def _master_clips(sequence: Element) -> list[Element]:
    """A clip of the bin for each file, which takes over the file's definition."""
    made: dict[str, Element] = {}
    for item in sequence.iter("clipitem"):
        body, master = item.find("file"), item.findtext("masterclipid")
        if body is None or master is None or not len(body):
            continue
        whole = copy.deepcopy(body)
        index = list(item).index(body)
        item[index] = compose.el("file", id=body.attrib["id"])
        made[master] = _master_clip(master, item, whole)
    return list(made.values())


def _master_clip(master: str, item: Element, body: Element) -> Element:
    """In and out stand on the clip, so that the editor sees the part that was placed."""
    media = compose.el("media", compose.el("video", compose.el("track", _part(item, body, "v"))))
    channels = int(body.findtext("media/audio/channelcount") or 0)
    if channels:
        audio = compose.el("audio")
        for channel in range(1, channels + 1):
            part = _part(item, compose.el("file", id=body.attrib["id"]), f"a{channel}")
            source = compose.el("mediatype", "audio"), compose.el("trackindex", channel)
            part.append(compose.el("sourcetrack", *source))
            audio.append(compose.el("track", part))
        media.append(audio)
    rate = copy.deepcopy(item.find("rate"))
    made = compose.el(
        "clip",
        compose.el("masterclipid", master),
        compose.el("ismasterclip", "TRUE"),
        compose.el("duration", item.findtext("duration")),
        rate,
        compose.el("in", item.findtext("in")),
        compose.el("out", item.findtext("out")),
        compose.el("name", item.findtext("name")),
        media,
        copy.deepcopy(item.find("logginginfo")),
        copy.deepcopy(item.find("labels")),
        id=master,
    )
    made.set("explodedTracks", "true")
    return made


def _part(item: Element, body: Element, suffix: str) -> Element:
    return compose.el(
        "clipitem",
        compose.el("masterclipid", item.findtext("masterclipid")),
        compose.el("name", item.findtext("name")),
        copy.deepcopy(item.find("rate")),
        body,
        id=f"{item.attrib['id']}-{suffix}",
    )
