"""A stranger's reader of FCP7 XML: what is known that Premiere needs, and nothing of Pickup's.

It knows no class of the project, only the document; whatever it complains of is one sentence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TICKS = 254_016_000_000
ITEMS = ("clipitem", "generatoritem", "transitionitem")
ORDER = (
    *("masterclipid", "name", "enabled", "duration", "rate", "start", "end", "in", "out"),
    *("pproTicksIn", "pproTicksOut", "alphatype", "pixelaspectratio", "anamorphic", "file"),
    *("sequence", "compositemode", "filter", "marker", "sourcetrack", "link", "logginginfo"),
    *("colorinfo", "labels"),
)
URL = re.compile(r"file://localhost/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})+")

Node = Any


class Stranger:
    """A document, and what is wrong with it.

    Attributes:
        new: which clip items are held to all that is asked of new ones.
    """

    def __init__(self, path: Path, new: Callable[[Node], bool]) -> None:
        self.root: Node = etree.fromstring(path.read_bytes())
        self.new = new
        self.wrong: list[str] = []
        self.files = {f.get("id"): f for f in self.root.iter("file") if len(f)}
        self.clips = {c.get("id"): c for c in self.root.iter("clipitem")}
        self._ids()
        self._masters()
        for sequence in self.root.iter("sequence"):
            if len(sequence):
                self._sequence(sequence)

    def say(self, where: Node, what: str) -> None:
        self.wrong.append(f"{where.tag} {where.get('id')}: {what}")

    def _ids(self) -> None:
        for tag in ("clipitem", "sequence", "generatoritem", "clip", "file"):
            seen: set[str | None] = set()
            for node in (n for n in self.root.iter(tag) if len(n) and n.get("id")):
                if node.get("id") in seen:
                    self.say(node, "defined twice")
                seen.add(node.get("id"))
        known: set[str | None] = set()
        for node in self.root.iter("file"):
            if len(node):
                known.add(node.get("id"))
            elif node.get("id") not in known:
                self.say(node, "used before it is defined")

    def _masters(self) -> None:
        """One file id a path, one master clip a file."""
        by_path, by_master, by_file = (defaultdict(set) for _ in range(3))
        for key, file in self.files.items():
            by_path[file.findtext("pathurl")].add(key)
        for clip in self.root.iter("clipitem"):
            master, file = clip.findtext("masterclipid"), clip.find("file")
            if master and file is not None:
                by_master[master].add(file.get("id"))
                by_file[file.get("id")].add(master)
        for name, found in (("path", by_path), ("master clip", by_master), ("file", by_file)):
            for key, values in found.items():
                if key and len(values) > 1:
                    self.wrong.append(f"{name} {key} belongs to {sorted(map(str, values))}")

    def _rate(self, node: Node) -> Fraction:
        base, ntsc = node.findtext("rate/timebase"), node.findtext("rate/ntsc")
        if base is None or not base.isdigit() or ntsc not in ("TRUE", "FALSE"):
            self.say(node, f"the rate {base} {ntsc}")
            return Fraction(1)
        return Fraction(int(base)) * (Fraction(1000, 1001) if ntsc == "TRUE" else 1)

    def _timecode(self, node: Node, rate: Fraction) -> None:
        code = node.find("timecode")
        if code is None:
            self.say(node, "no timecode")
            return
        text, drop = code.findtext("string"), code.findtext("displayformat") == "DF"
        if drop != (";" in text):
            self.say(node, f"{text} is not how drop frame is written")
        hours, minutes, seconds, frames = map(int, re.split("[:;]", text))
        base = round(rate)
        number = ((hours * 60 + minutes) * 60 + seconds) * base + frames
        if drop:
            passed = hours * 60 + minutes
            number -= 2 * (base // 30) * (passed - passed // 10)
        if number != int(code.findtext("frame")):
            self.say(node, f"{text} is frame {number}, not {code.findtext('frame')}")

    def _sequence(self, sequence: Node) -> None:
        rate = self._rate(sequence)
        self._timecode(sequence, rate)
        form = sequence.find("media/video/format/samplecharacteristics")
        if form is None or not form.findtext("width") or not form.findtext("height"):
            self.say(sequence, "no picture format")
        for kind in ("video", "audio"):
            for track in sequence.findall(f"media/{kind}/track"):
                end = 0
                for clip in filter(self.new, track.findall("clipitem")):
                    self._clip(clip, rate, kind)
                    if int(clip.findtext("start")) < end:
                        self.say(clip, "lies before the end of the one before")
                    end = int(clip.findtext("end"))
        self._links(sequence)

    def _links(self, sequence: Node) -> None:
        """Every link of the sequence leads to the clip that it names, old ones too."""
        for clip in sequence.findall("media/*/track/clipitem"):
            for link in clip.findall("link"):
                named, index = link.findtext("linkclipref"), link.findtext("clipindex")
                if named not in self.clips:
                    self.say(clip, f"linked to {named}, which is not there")
                elif index is not None:
                    tracks = sequence.findall(f"media/{link.findtext('mediatype')}/track")
                    track = tracks[int(link.findtext("trackindex")) - 1]
                    item = [i for i in track if i.tag in ITEMS][int(index) - 1]
                    if item.get("id") != named:
                        self.say(clip, f"its link to {named} leads to {item.get('id')}")

    def _clip(self, clip: Node, rate: Fraction, kind: str) -> None:
        order = [ORDER.index(child.tag) for child in clip]
        if order != sorted(order):
            self.say(clip, "its fields are in another order")
        number = {k: int(clip.findtext(k)) for k in ("start", "end", "in", "out", "duration")}
        if self._rate(clip) != rate:
            self.say(clip, "is on another grid than its sequence")
        if number["out"] - number["in"] != number["end"] - number["start"]:
            self.say(clip, "shows another number of frames than it is long")
        if not 0 <= number["in"] < number["out"] <= number["duration"]:
            self.say(clip, "shows frames that there are not")
        for edge in ("In", "Out"):
            if Fraction(int(clip.findtext(f"pproTicks{edge}"))) != (
                number[edge.lower()] * TICKS / rate
            ):
                self.say(clip, f"its ticks {edge} are of another frame")
        self._media(clip, self.files[clip.find("file").get("id")], rate, kind)
        for field in ("description", "scene", "shottake", "lognote"):
            if not clip.findtext(f"logginginfo/{field}"):
                self.say(clip, f"no {field} in its log")

    def _media(self, clip: Node, file: Node, rate: Fraction, kind: str) -> None:
        if self._rate(file) != rate or int(file.findtext("duration")) < int(clip.findtext("out")):
            self.say(clip, "its file has another rate, or is too short")
        if not URL.fullmatch(file.findtext("pathurl")):
            self.say(clip, f"the address {file.findtext('pathurl')}")
        self._timecode(file, rate)
        if not file.findtext("timecode/reel/name"):
            self.say(clip, "its file has no reel")
        if file.find("media/video/samplecharacteristics/width") is None:
            self.say(clip, "its picture has no size")
        channels = int(file.findtext("media/audio/channelcount") or 0)
        if (file.find("media/audio") is not None) != bool(channels):
            self.say(clip, "declares sound that it has not")
        if len(clip.findall("link")) != (channels + 1 if channels else 0):
            self.say(clip, f"has {channels} channels and {len(clip.findall('link'))} links")
        if (kind == "audio") != (clip.find("sourcetrack/trackindex") is not None):
            self.say(clip, "its source track")


def is_pickup(clip: Node) -> bool:
    return bool(re.match(r"pk\d+_t\d+$", clip.findtext("name") or ""))


def complaints(path: Path) -> list[str]:
    """What Premiere would stumble over, with all asked of the pickups on the tracks."""
    return Stranger(path, lambda c: is_pickup(c) and c.getparent().getparent().tag != "media").wrong


def without_pickups(path: Path) -> Any:
    """The document as nested values, its pickups and the tracks that they alone lie on taken out.

    Where a link's clip stands on its track is left out: it stands behind a pickup now.
    """
    root: Node = etree.fromstring(path.read_bytes())
    for clip in [c for c in root.iter("clipitem") if is_pickup(c)]:
        clip.getparent().remove(clip)
    for track in [t for t in root.iter("track") if "Pickup" in (t.get("MZ.TrackName"), name(t))]:
        if track.find("clipitem") is None:
            track.getparent().remove(track)
    return tuple(_values(root))


def name(track: Node) -> str | None:
    found: str | None = track.findtext("name")
    return found


def _values(node: Node) -> Iterator[Any]:
    if not isinstance(node.tag, str):
        return
    text = "" if node.tag == "clipindex" else (node.text or "").strip()
    yield node.tag, tuple(sorted(node.attrib.items())), text
    for child in node:
        yield from _values(child)
