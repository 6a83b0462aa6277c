"""What a clip says of itself, in its sidecar and its tags."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pickup.errors import MediaError, PickupError
from pickup.media.conform import ConformSpec, conform
from pickup.media.provenance import (
    log_note,
    movie_tags,
    source_type,
    write_sidecar,
    xmp_packet,
)

from .conftest import record

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
    "iptc": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "pickup": "https://pickup-shots.org/ns/1.0/",
}


def text(root: etree._Element, path: str) -> str | None:
    found = root.find(f".//{path}", NAMES)
    return found.text if found is not None else None


def test_the_sidecar_feeds_the_fields_that_premiere_shows(tmp_path: Path) -> None:
    path = write_sidecar(tmp_path / "sh010.mov", record(), reel="PICKUP01", scene="Scene 4")
    assert path == tmp_path / "sh010.xmp"
    root = etree.fromstring(path.read_bytes())
    assert text(root, "dc:description/rdf:Alt/rdf:li") == "a <hand> & a pot"
    assert text(root, "dc:identifier") == "g1"
    assert text(root, "xmpDM:shotName") == "sh010"
    assert text(root, "xmpDM:scene") == "Scene 4"
    assert text(root, "xmpDM:tapeName") == "PICKUP01"
    assert text(root, "xmpDM:logComment") == "Synthetic shot, p:m, take 1, seed 7, gap g1"
    kind = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert text(root, "iptc:DigitalSourceType") == kind


def test_the_whole_record_comes_back(tmp_path: Path) -> None:
    root = etree.fromstring(write_sidecar(tmp_path / "a.mov", record()).read_bytes())
    assert json.loads(text(root, "pickup:record") or "") == record()


def test_the_packet_is_marked_for_scanners() -> None:
    packet = xmp_packet(record())
    assert packet.startswith(b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>')
    assert packet.endswith(b'<?xpacket end="w"?>\n')


@given(st.text(st.characters(), max_size=200))
def test_no_prompt_breaks_the_sidecar(prompt: str) -> None:
    root = etree.fromstring(xmp_packet({"prompt": prompt, "provider": "p"}))
    kept = root.findtext(".//{https://pickup-shots.org/ns/1.0/}record")
    assert json.loads(kept or "")["prompt"] == prompt


def test_the_local_model_is_an_algorithm_and_the_others_are_trained() -> None:
    assert source_type({"provider": "animatic"}).endswith("/algorithmicMedia")
    assert source_type({"provider": "gemini"}).endswith("/trainedAlgorithmicMedia")


def test_a_note_says_only_what_is_known() -> None:
    assert log_note({}) == "Synthetic shot"
    assert log_note({"provider": "p", "seed": 0}) == "Synthetic shot, p, seed 0"


def test_the_movie_carries_its_record(take: Path, tmp_path: Path) -> None:
    wanted = ConformSpec(5, Fraction(24), 96, 56, metadata=movie_tags(record()))
    made = conform(take, wanted, tmp_path / "s", lambda _: None)
    with av.open(str(made.path)) as movie:
        tags = movie.metadata
    assert json.loads(tags["pickup"]) == record()
    assert tags["synthetic"] == "true"
    assert tags["comment"].startswith("Synthetic shot")
    assert tags["description"] == "a <hand> & a pot"


@pytest.mark.parametrize("bad", [{"seed": float("nan")}, {"source": object()}])
def test_a_record_that_is_not_json(tmp_path: Path, bad: dict[str, Any]) -> None:
    with pytest.raises(MediaError, match="cannot hold the take's record"):
        write_sidecar(tmp_path / "a.mov", bad)
    assert list(tmp_path.iterdir()) == []


def test_a_sidecar_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PickupError, match="cannot be written"):
        write_sidecar(tmp_path / "file" / "a.mov", record())
