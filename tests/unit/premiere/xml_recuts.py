"""Recuts of real documents: the numbers in the XML changed as Premiere would export them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from pathlib import Path


class XmlRecut:
    """The first sequence of an xmeml document, to be edited and saved."""

    def __init__(self, path: Path) -> None:
        self.root: Any = etree.fromstring(path.read_bytes())
        self.sequence: Any = next(self.root.iter("sequence"))

    def tracks(self, kind: str = "video") -> list[Any]:
        return list(self.sequence.findall(f"media/{kind}/track"))

    def ripple(self, frame: int, by: int) -> None:
        """All that begins at or after a frame, moved."""
        media = self.sequence.findall("media/video/track") + self.tracks("audio")
        for item in (i for t in media for i in t):
            if item.tag not in ("clipitem", "transitionitem", "generatoritem"):
                continue
            for tag in ("start", "end"):
                found = item.find(tag)
                if found is not None and int(found.text) >= frame + (tag == "end"):
                    found.text = str(int(found.text) + by)
        for marker in self.sequence.findall("marker"):
            for tag in ("in", "out"):
                if int(marker.findtext(tag)) >= frame:
                    marker.find(tag).text = str(int(marker.findtext(tag)) + by)

    def trim_out(self, frame: int, by: int) -> int:
        """Every picture that ends at `frame` ends `by` frames earlier; how many did."""
        done = 0
        for track in self.tracks():
            for item in track.findall("clipitem"):
                if int(item.findtext("end")) == frame:
                    rate = (
                        int(item.findtext("pproTicksOut") or 0)
                        - int(item.findtext("pproTicksIn") or 0)
                    ) // (int(item.findtext("out")) - int(item.findtext("in")))
                    _add(item, "end", -by)
                    _add(item, "out", -by)
                    _add(item, "pproTicksOut", -by * rate)
                    done += 1
        return done

    def forget(self, *tags: str) -> None:
        """Take fields off the clips of the top track, as another export might."""
        for item in self.tracks()[-1].findall("clipitem"):
            for tag in tags:
                for found in item.findall(tag):
                    item.remove(found)

    def rename(self, name: str) -> None:
        for item in self.tracks()[-1].findall("clipitem"):
            item.find("name").text = name

    def without_top(self) -> None:
        top = self.tracks()[-1]
        top.getparent().remove(top)

    def save(self, path: Path) -> Path:
        head = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
        path.write_bytes(head + etree.tostring(self.root))
        return path


def _add(item: Any, tag: str, by: int) -> None:
    found = item.find(tag)
    if found is not None:
        found.text = str(int(found.text) + by)
