"""Documents that must be refused in one sentence, and encodings that must not."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest
from tests.unit.formats_xmeml.xmeml_documents import (
    clip,
    placement,
    sequence,
    track,
    written,
    xmeml,
)

from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.cut.model import CutFile

    Opened = Callable[[str | bytes], CutFile]

GOOD = xmeml(sequence(track(clip(0, 10), clip(20, 30, 2))))


def bomb(body: str) -> str:
    return GOOD.replace("<!DOCTYPE xmeml>", f"<!DOCTYPE xmeml [{body}]>").replace("clip 1", "&b;")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("not xml", "well-formed"),
        (GOOD[:-20], "well-formed"),
        ("<fcpxml version='1.9'/>", "FCPXML"),
        ("<filter/>", "root is <filter>"),
        ("<xmeml version='4'/>", "no sequence"),
        (bomb('<!ENTITY a "x"><!ENTITY b "&a;&a;">'), "entities"),
        (bomb('<!ENTITY b SYSTEM "file:///etc/passwd">'), "entities"),
        (xmeml("<a>" * 5000 + "</a>" * 5000), "well-formed"),
        (GOOD.replace("<timebase>24</timebase>", ""), "no frame rate"),
        (GOOD.replace("<start>20</start>", ""), "has no start"),
        (GOOD.replace("<end>30</end>", "<end>soon</end>"), "has no end"),
        (GOOD.replace("<end>30</end>", f"<end>{10**15}</end>"), "beyond any film"),
        (xmeml(sequence(track(clip(0, 9, body='<sequence id="sequence-1"/>')))), "holds itself"),
    ],
)
def test_refused_in_one_sentence(opened: Opened, document: str, words: str) -> None:
    with pytest.raises(CutError) as refusal:
        opened(document)
    message = str(refusal.value)
    assert words in message
    assert message.startswith("cut.xml")
    assert "\n" not in message


def test_a_refusal_names_the_line(opened: Opened) -> None:
    broken = GOOD.replace("><", ">\n<").replace("<start>20</start>", "")
    with pytest.raises(CutError) as refusal:
        opened(broken)
    line = broken[: broken.index('id="clipitem-2"')].count("\n") + 1
    assert refusal.value.line == line


@pytest.mark.parametrize(
    ("encode", "declared"),
    [
        (lambda text: codecs.BOM_UTF8 + text.encode(), "UTF-8"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: text.encode("utf-16-be"), "UTF-16"),
        (lambda text: text.encode("latin-1"), "ISO-8859-1"),
        (lambda text: text.encode("cp1252"), "UTF-8"),
        (lambda text: text.encode(), "UTF-16"),
        (lambda text: text.encode().replace(b"clip 1", b"clip\x0b1"), "UTF-8"),
    ],
)
def test_encodings_are_read_and_kept(
    opened: Opened, encode: Callable[[str], bytes], declared: str
) -> None:
    data = encode(GOOD.replace('"UTF-8"', f'"{declared}"').replace("clip 2", "Café"))
    document = opened(data)
    assert document.cuts[0].video_tracks[0].items[1].name == "Café"
    filled = written(document, placement(10, 20, track=0))
    result = filled.path.read_bytes()
    shared = next(n for n in range(len(data)) if data[n] != result[n])
    assert result.endswith(data[shared:])
    assert [i.name for i in filled.cuts[0].video_tracks[0].items][2] == "Café"


def test_a_missing_file_is_refused(opened: Opened) -> None:
    document = opened(GOOD)
    document.path.unlink()
    from pickup.cut.formats.base import ReadOptions
    from pickup.cut.formats.xmeml import XmemlFormat

    with pytest.raises(CutError, match="cannot be read"):
        XmemlFormat().read(document.path, ReadOptions())
