"""Small timelines of every format that is written as text, whose values a test may spoil."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Json = dict[str, Any]


def time(value: Any, rate: Any = 24) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": value, "rate": rate}


def span(length: Any, rate: Any = 24) -> Json:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": time(0, rate),
        "duration": time(length, rate),
    }


def clip(url: str = "media/a.mov", length: Any = 24, rate: Any = 24, name: str = "A001") -> Json:
    reference = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": url}
    return {
        "OTIO_SCHEMA": "Clip.1",
        "name": name,
        "source_range": span(length, rate),
        "media_reference": reference,
    }


def gap(length: Any = 30, rate: Any = 24) -> Json:
    return {"OTIO_SCHEMA": "Gap.1", "source_range": span(length, rate)}


def timeline(*items: Any, title: str = "Scene 4") -> Json:
    track = {"OTIO_SCHEMA": "Track.1", "name": "V1", "kind": "Video", "children": list(items)}
    stack = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [track]}
    return {"OTIO_SCHEMA": "Timeline.1", "name": title, "tracks": stack}


def otio(
    rate: str = "24",
    first: str = "24",
    hole: str = "30",
    url: str = "media/a.mov",
    name: str = "A001",
    title: str = "Scene 4",
) -> str:
    """Clip, hole, clip; times and rate are JSON texts, and put in as they are."""
    items = [
        clip(url, "@first", "@rate", name),
        gap("@hole", "@rate"),
        clip(url, 24, "@rate", name),
    ]
    text = json.dumps(timeline(*items, title=title))
    for key, value in (("rate", rate), ("first", first), ("hole", hole)):
        text = text.replace(f'"@{key}"', value)
    return text


def otioz(content: str | bytes, member: str = "content.otio") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("version.txt", "1.0.0")
        bundle.writestr(member, content)
    return out.getvalue()


def xmeml(
    rate: str = "24",
    first: str = "24",
    hole: str = "54",
    url: str = "media/a.mov",
    name: str = "A001",
    title: str = "Scene 4",
    head: str = "<!DOCTYPE xmeml>",
    extra: str = "",
) -> str:
    """Clip, hole, clip; `first` is where the first one ends, `hole` where the second begins."""
    said = f"<rate><timebase>{rate}</timebase><ntsc>FALSE</ntsc></rate>"

    def item(number: int, start: str, end: str) -> str:
        return (
            f'<clipitem id="c{number}"><name>{_xml(name)}</name><duration>100</duration>{said}'
            f"<start>{start}</start><end>{end}</end><in>0</in><out>24</out>"
            f'<file id="f{number}"><name>{_xml(name)}</name><pathurl>{_xml(url)}</pathurl>{said}'
            "<duration>100</duration></file></clipitem>"
        )

    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<xmeml version="5"><sequence id="s">'
        f"<name>{_xml(title)}</name><duration>78</duration>{said}<media><video><track>"
        f"{item(1, '0', first)}{item(2, hole, '78')}{extra}"
        "</track></video></media></sequence></xmeml>"
    )


def fcpxml(
    rate: str = "1/24s",
    first: str = "1s",
    hole: str = "30/24s",
    url: str = "media/a.mov",
    name: str = "A001",
    title: str = "Scene 4",
    head: str = "<!DOCTYPE fcpxml>",
    extra: str = "",
) -> str:
    """Clip, hole, clip; `rate` is the length of a frame."""

    def item(offset: str) -> str:
        return (
            f'<asset-clip ref="r2" name="{_xml(name)}" offset="{offset}" duration="{first}" '
            'format="r1"/>'
        )

    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<fcpxml version="1.9"><resources>'
        f'<format id="r1" frameDuration="{rate}" width="96" height="64"/>'
        f'<asset id="r2" name="{_xml(name)}" src="{_xml(url)}" start="0s" duration="10s" '
        f'hasVideo="1" format="r1"/>{extra}</resources><library><event name="e">'
        f'<project name="{_xml(title)}"><sequence format="r1" duration="78/24s" tcStart="0s">'
        f'<spine>{item("0s")}<gap name="Gap" offset="1s" start="0s" duration="{hole}"/>'
        f"{item('54/24s')}</spine></sequence></project></event></library></fcpxml>"
    )


def edl(
    first: str = "01:00:01:00",
    hole: str = "01:00:02:06",
    url: str = "media/a.mov",
    name: str = "A001",
    title: str = "SCENE 4",
) -> str:
    """Clip, hole, clip; `first` is where the first one ends, `hole` where the second begins."""
    source = "AX       V     C        00:00:00:00 00:00:01:00"
    words = f"* FROM CLIP NAME: {name}\n* SOURCE FILE: {url}\n"
    return (
        f"TITLE: {title}\nFCM: NON-DROP FRAME\n\n"
        f"001  {source} 01:00:00:00 {first}\n{words}002  {source} {hole} 01:00:03:06\n{words}"
    )


BUILDERS: dict[str, Callable[..., str]] = {
    ".otio": otio,
    ".xml": xmeml,
    ".fcpxml": fcpxml,
    ".edl": edl,
}


def bomb(root: str) -> str:
    """A DOCTYPE with a billion laughs."""
    levels = "".join(
        f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9)
    )
    return f'<!DOCTYPE {root} [<!ENTITY a "aaaaaaaaaa">{levels}]>'


def external(root: str) -> str:
    return f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def listing(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and what it holds; folders and links hold nothing."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        if path.is_file() and not path.is_symlink()
        else b""
        for path in sorted(folder.rglob("*"))
    }


def _xml(text: str) -> str:
    """The text as XML can hold it."""
    kept = "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
    return escape(kept, {'"': "&quot;"})


def broken_documents() -> list[Any]:
    """Name, content and the words of the refusal: timelines that cannot be read."""
    cases: dict[str, tuple[str, str | bytes, str]] = {}

    def add(label: str, suffix: str, data: str | bytes, reason: str) -> None:
        cases[f"{label}{suffix}"] = (f"cut{suffix}", data, reason)

    for suffix, build in BUILDERS.items():
        add("empty", suffix, b"", "empty")
        add("blank", suffix, b" \n" * 9, "empty|not well-formed|no events")
        add("zeros", suffix, b"\0" * 5000, "not JSON|not well-formed|binary")
        add("noise", suffix, bytes(range(256)) * 9, "not UTF-8|not well-formed|binary|no events")
        if suffix != ".edl":
            add("truncated", suffix, build()[:-40], "breaks off|not JSON|not well-formed")
    add("utf16", ".otio", otio().encode("utf-16"), "not UTF-8")
    add("latin1", ".otio", otio().encode().replace(b"Scene", b"Sc\xe8ne"), "not UTF-8")
    for root, build in (("xmeml", xmeml), ("fcpxml", fcpxml)):
        suffix = ".xml" if root == "xmeml" else ".fcpxml"
        add("bomb", suffix, build(head=bomb(root)), "entit")
        add("external", suffix, build(head=external(root)), "entit")
        for depth in (1000, 100_000):
            deep = "<group>" * depth + "</group>" * depth
            add(f"deep{depth}", suffix, build(extra=deep), "deep|depth")
            add(f"unclosed{depth}", suffix, f"<{root}>" + "<a>" * depth, "deep|depth")
    for depth in (1000, 100_000):
        nested = '{"OTIO_SCHEMA":"Stack.1","children":[' * depth + "]}" * depth
        metadata = f'{otio()[:-1]}, "metadata": {{"a":{"[" * depth}{"]" * depth}}}}}'
        add(f"deep{depth}", ".otio", nested, "too deep")
        add(f"metadata{depth}", ".otio", metadata, "too deep")
        add(f"metadata{depth}", ".otioz", otioz(metadata), "too deep")
    for value in ("0", "-24", "NaN", "Infinity", "-Infinity", "1e300", "1e-300", '"x"', "null"):
        add(f"rate {value}", ".otio", otio(rate=value), "rate")
    for value in ("-24", "NaN", "Infinity", "1e300", "9" * 400, '"x"', "null", "[]"):
        add(f"clip of {value[:9]}", ".otio", otio(first=value), "duration|a time is|30 days")
        add(f"gap of {value[:9]}", ".otio", otio(hole=value), "duration|a time is|30 days")
    for value in ("0", "-24", "NaN", "inf", "", "1e300", "9" * 400):
        add(f"rate {value[:9]}", ".xml", xmeml(rate=value), "frame rate")
    for value in ("NaN", "inf", "", "9" * 30, "9" * 5000, "999999999999"):
        add(f"end {value[:9]}{len(value)}", ".xml", xmeml(first=value), "no end|beyond any film")
    for value in ("0s", "-1/24s", "1/0s", "NaN", "", "1/99999999999s", "99999999s"):
        add(f"frame {value}", ".fcpxml", fcpxml(rate=value), "frame")
    for value in ("NaNs", "", "1/0s", "99999999999s"):
        add(f"clip of {value}", ".fcpxml", fcpxml(first=value), "not a time|thirty days")
    for value in ("-5s", "-1/24s"):
        add(f"clip of {value}", ".fcpxml", fcpxml(first=value), "negative duration")
        add(f"gap of {value}", ".fcpxml", fcpxml(hole=value), "negative duration")
    add("backwards", ".xml", xmeml(hole="90"), "ends before it begins")
    for value in ("99:99:99:99", "00:59:00:00", "x"):
        add(f"end {value}", ".edl", edl(first=value), "timecode")
    add("no zip", ".otioz", b"PK\3\4 no more", "zip")
    add("cut off", ".otioz", otioz(otio())[:-40], "zip")
    add("no timeline", ".otioz", otioz(otio(), "other.otio"), "content.otio")
    add("half a timeline", ".otioz", otioz(otio()[:300]), "not JSON|breaks off")
    add("zip bomb", ".otioz", otioz(b" " * (300 << 20)), "larger than|unpacks to")
    add("a file", ".otiod", "no folder", "not a folder")
    add("other", ".mov", otio(), "no timeline format")
    add("no ending", "", otio(), "no timeline format")
    return [pytest.param(*case, id=label) for label, case in cases.items()]
