"""Documents made here, construct by construct, as the editors write them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.xmeml import XmemlFormat
from pickup.cut.model import Raster
from pickup.cut.placement import Placement, TakeMedia

if TYPE_CHECKING:
    from pickup.cut.model import CutFile

RATE = "<rate><timebase>24</timebase><ntsc>FALSE</ntsc></rate>"


def rate(timebase: object = 24, ntsc: str | None = "FALSE") -> str:
    flag = "" if ntsc is None else f"<ntsc>{ntsc}</ntsc>"
    return f"<rate><timebase>{timebase}</timebase>{flag}</rate>"


def file(key: str = "file-1", url: str = "file://localhost/m/a.mov", inner: str = "") -> str:
    return (
        f'<file id="{key}"><name>{key}.mov</name><pathurl>{url}</pathurl>{RATE}'
        f"<duration>500</duration>{inner}<media><video><samplecharacteristics><width>1920</width>"
        "<height>1080</height></samplecharacteristics></video></media></file>"
    )


def clip(
    start: int,
    end: int,
    n: int = 1,
    point_in: int = 0,
    inner: str = "",
    body: str | None = None,
    at: str = RATE,
) -> str:
    length = (end - start) if start >= 0 and end >= 0 else 50
    return (
        f'<clipitem id="clipitem-{n}"><name>clip {n}</name><duration>500</duration>{at}'
        f"<start>{start}</start><end>{end}</end><in>{point_in}</in><out>{point_in + length}</out>"
        f"{file(f'file-{n}') if body is None else body}{inner}</clipitem>"
    )


def transition(start: int, end: int, alignment: str = "center", inner: str = "") -> str:
    return (
        f"<transitionitem><start>{start}</start><end>{end}</end>"
        f"<alignment>{alignment}</alignment>{inner}{RATE}</transitionitem>"
    )


def track(*items: str, tail: str = "<enabled>TRUE</enabled><locked>FALSE</locked>") -> str:
    return f"<track>{''.join(items)}{tail}</track>"


def sequence(
    *tracks: str,
    key: str = "sequence-1",
    at: str = RATE,
    audio: str = "",
    timecode: str = "",
    inner: str = "",
) -> str:
    return (
        f'<sequence id="{key}"><name>{key}</name><duration>0</duration>{at}<media><video><format>'
        f"<samplecharacteristics>{at}<width>1920</width><height>1080</height>"
        f"</samplecharacteristics></format>{''.join(tracks)}</video><audio>{audio}</audio></media>"
        f"{timecode}{inner}</sequence>"
    )


def xmeml(*children: str, version: int = 4) -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
    return f'{head}<xmeml version="{version}">{"".join(children)}</xmeml>\n'


def indented(document: str, newline: str = "\n") -> bytes:
    """The same document in lines, tabs before each."""
    from lxml import etree

    root = etree.fromstring(document.encode())
    etree.indent(root, space="\t")
    text = etree.tostring(root, encoding="UTF-8", xml_declaration=True).decode()
    return text.replace("\n", newline).encode()


def take(length: int, name: str = "g001_t01", **changes: Any) -> TakeMedia:
    values: dict[str, Any] = {
        "path": Path(f"/takes/Day 1/{name}.mov"),
        "name": name,
        "rate": Fraction(24),
        "frames": length + 16,
        "head": 8,
        "start": 86400,
        "drop_frame": False,
        "reel": "PK001",
        "raster": Raster(1920, 1080),
        "metadata": {
            "gap": name[:4],
            "shot": "s1",
            "take": name,
            "prompt": "a <wide> & quiet street",
        },
    }
    return TakeMedia(**{**values, **changes})


def placement(start: int, end: int, name: str = "g001_t01", **changes: Any) -> Placement:
    track_index = changes.pop("track", None)
    made = take(end - start, name, **changes)
    return Placement(start, end, name, (made,), track=track_index)


def written(document: CutFile, *placements: Placement, target: str = "") -> CutFile:
    out = document.path.with_name("filled.xml")
    options = WriteOptions(target=target)
    XmemlFormat().write(document, document.cuts[0], placements, out, options)
    return XmemlFormat().read(out, ReadOptions())
