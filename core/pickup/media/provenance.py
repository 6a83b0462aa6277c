"""Says what a clip is: tags and an XMP packet within the movie, and the same packet beside it.

Premiere and Resolve each read some of these fields and drop others; the whole record travels as
JSON in one property of our own. The mark of a synthetic picture is the IPTC's DigitalSourceType.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from pickup.errors import MediaError
from pickup.files import write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED = SOURCE_TYPES + "trainedAlgorithmicMedia"
"""Made by a model that was trained on samples."""
ALGORITHMIC = SOURCE_TYPES + "algorithmicMedia"
"""Made by a plain algorithm, as our local model does."""

_X = "adobe:ns:meta/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_DM = "http://ns.adobe.com/xmp/1.0/DynamicMedia/"
_XMP = "http://ns.adobe.com/xap/1.0/"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_PICKUP = "https://pickup-shots.org/ns/1.0/"
_XML = "http://www.w3.org/XML/1998/namespace"
_NAMES = {
    "x": _X, "rdf": _RDF, "dc": _DC, "xmpDM": _DM, "xmp": _XMP, "Iptc4xmpExt": _IPTC,
    "pickup": _PICKUP,
}  # fmt: skip

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TOOL = "Pickup"


def source_type(record: Mapping[str, Any]) -> str:
    """The IPTC term for a take: the local model is an algorithm, all others are trained."""
    return ALGORITHMIC if record.get("provider") == "animatic" else TRAINED


def log_note(record: Mapping[str, Any]) -> str:
    """One line for the fields that a host shows: synthetic, by whom, how to ask, and for what gap.

    An NLE that reads it from the file gives it back in its exports: the gap's id is known again.
    """
    model = ":".join(str(record[key]) for key in ("provider", "model") if record.get(key))
    take = f"take {record['take']}" if record.get("take") else ""
    seed = f"seed {record['seed']}" if record.get("seed") is not None else ""
    gap = f"gap {record['gap']}" if record.get("gap") else ""
    return ", ".join(part for part in ("Synthetic shot", model, take, seed, gap) if part)


def movie_tags(record: Mapping[str, Any]) -> dict[str, str]:
    """Metadata for the movie itself, in QuickTime's keys and FFmpeg's."""
    text, note = _text(record.get("prompt", "")), log_note(record)
    return {
        "description": text,
        "comment": note,
        "com.apple.quicktime.description": text,
        "com.apple.quicktime.comment": note,
        "synthetic": "true",
        "digital_source_type": source_type(record),
        "pickup": _json(record),
    }


def sidecar_path(clip: Path) -> Path:
    """`shot.xmp` beside `shot.mov`."""
    return clip.with_suffix(".xmp")


def write_sidecar(
    clip: Path, record: Mapping[str, Any], *, reel: str = "", scene: str = ""
) -> Path:
    """Write the XMP sidecar of a clip; its path.

    Args:
        clip: the movie, or the first file of a sequence.
        record: the fixed `metadata["pickup"]` record of the take.
        reel: the clip's tape name.
        scene: the sequence that the shot belongs to.

    Raises:
        MediaError: the record is not JSON.
        PickupError: the file cannot be written.
    """
    path = sidecar_path(clip)
    try:
        write_bytes(path, xmp_packet(record, reel=reel, scene=scene))
    except (TypeError, ValueError) as error:
        raise MediaError(path, f"cannot hold the take's record ({error})") from error
    return path


def xmp_packet(record: Mapping[str, Any], *, reel: str = "", scene: str = "") -> bytes:
    """The record as an XMP packet in UTF-8 (ISO 16684-1)."""
    root = etree.Element(f"{{{_X}}}xmpmeta", nsmap={"x": _X})
    rdf = etree.SubElement(root, f"{{{_RDF}}}RDF", nsmap=_NAMES)
    about = etree.SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""})
    _default_text(about, "description", _text(record.get("prompt", "")))
    _default_text(about, "title", _text(record.get("shot", "")))
    properties = {
        (_DC, "identifier"): record.get("gap", ""),
        (_DM, "scene"): scene,
        (_DM, "shotName"): record.get("shot", ""),
        (_DM, "tapeName"): reel,
        (_DM, "logComment"): log_note(record),
        (_XMP, "CreatorTool"): _TOOL,
        (_XMP, "CreateDate"): record.get("created", ""),
        (_IPTC, "DigitalSourceType"): source_type(record),
        (_PICKUP, "record"): _json(record),
    }
    for (space, name), value in properties.items():
        if value:
            etree.SubElement(about, f"{{{space}}}{name}").text = _text(value)
    body: bytes = etree.tostring(root, encoding="utf-8", pretty_print=True)
    head = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
    return head + body + b'<?xpacket end="w"?>\n'


def _default_text(parent: etree._Element, name: str, text: str) -> None:
    """A language alternative with one text, which is what XMP wants of descriptions and titles."""
    if not text:
        return
    holder = etree.SubElement(parent, f"{{{_DC}}}{name}")
    choices = etree.SubElement(holder, f"{{{_RDF}}}Alt")
    etree.SubElement(choices, f"{{{_RDF}}}li", {f"{{{_XML}}}lang": "x-default"}).text = text


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(dict(record), sort_keys=True, ensure_ascii=True, allow_nan=False)


def _text(value: object) -> str:
    """As text that XML can hold: control characters are not among it."""
    return _NOT_XML.sub("", str(value))
