"""Documents that are broken, or meant to do harm: one sentence, no more."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.formats_fcpxml.documents import RESOURCES, Desk, build, clip, gap

from pickup.cut.formats.base import ReadOptions
from pickup.cut.gaps import find_gaps
from pickup.errors import CutError, PickupError

if TYPE_CHECKING:
    from pathlib import Path


def refused(desk: Desk, text: str | bytes) -> CutError:
    with pytest.raises(CutError) as caught:
        desk.read_file(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "empty|no element"),
        (b"hello", "well-formed"),
        (b"<fcpxml", "well-formed"),
        (b"<fcpxml version='1.9'><a></b></fcpxml>", "well-formed"),
        (b"<xmeml/>", "not FCPXML"),
        (b"\xff\xfe<\0a", "UTF-16"),
        (b"\x00\x01\x02", "well-formed"),
        (b"<?xml version='1.0' encoding='klingon'?><fcpxml/>", "encoding"),
        (b"<?xml version='1.0' encoding='utf-8'?><fcpxml a='\xff'/>", "well-formed"),
    ],
)
def test_what_is_no_document(desk: Desk, text: bytes, reason: str):
    error = refused(desk, text)
    assert any(part in str(error) for part in reason.split("|"))
    assert str(error).startswith("cut.fcpxml")


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;',
    ],
)
def test_entities_are_refused(desk: Desk, subset: str):
    text = build(clip("0s", "1s")).replace("<!DOCTYPE fcpxml>", f"<!DOCTYPE fcpxml [{subset}]>")
    assert "entity" in str(refused(desk, text))


def test_an_external_dtd_is_not_fetched(desk: Desk):
    doctype = '<!DOCTYPE fcpxml SYSTEM "http://127.0.0.1:1/x.dtd">'
    text = build(clip("0s", "1s")).replace("<!DOCTYPE fcpxml>", doctype)
    assert desk.read_file(text).cuts


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('duration="1s"', 'duration="soon"', "duration=“soon” is not a time"),
        ('duration="1s"', 'duration="1/0s"', "is not a time"),
        ('offset="0s"', 'offset="99999999s"', "thirty days"),
        ('lane="1"', 'lane="top"', "is not a lane"),
        ('lane="1"', 'lane="99999999999"', "is not a lane"),
        ('frameDuration="1/25s"', 'frameDuration="0s"', "not a length of time"),
        ('frameDuration="1/25s"', 'frameDuration="-1s"', "not a length of time"),
        ('frameDuration="1/25s"', 'frameDuration="1/99999999s"', "too short"),
        ('frameDuration="1/25s"', 'frameDuration="9999s"', "too long"),
        ('tcStart="0s"', 'tcStart="99999999s"', "thirty days"),
        ("<spot/>", '<conform-rate srcFrameRate="fast"/>', "is not a frame rate"),
        ("<spot/>", '<timeMap><timept time="x" value="0s"/></timeMap>', "is not a time"),
    ],
)
def test_broken_values_are_named_with_their_line(desk: Desk, old: str, new: str, reason: str):
    text = build("\n\n" + clip("0s", "1s", "<spot/>" + clip("100s", "1s", lane="1")))
    assert old in text
    error = refused(desk, text.replace(old, new, 1))
    assert reason in str(error)
    assert error.line is not None


def test_depth_is_bounded(desk: Desk):
    deep = "".join(clip("0s", "1s").replace("</asset-clip>", "") for _ in range(5000))
    assert "deep" in str(refused(desk, build(deep + "</asset-clip>" * 5000)))


def test_depth_just_within_the_bound_is_read(desk: Desk):
    spine = ""
    for _ in range(80):
        spine = clip("100s", "1s", spine, lane="1")
    assert len(desk.read(spine.replace(' lane="1"', "", 1)).video_tracks) == 80


def compound(name: str, *refs: str) -> str:
    inner = "".join(
        f'<ref-clip ref="{r}" offset="{n}s" duration="1s"/>' for n, r in enumerate(refs)
    )
    return (
        f'<media id="{name}" name="{name}"><sequence format="r1"><spine>{inner}</spine>'
        "</sequence></media>"
    )


def test_a_compound_clip_within_itself(desk: Desk):
    media = compound("a", "b") + compound("b", "a")
    text = build('<ref-clip ref="a" offset="0s" duration="1s"/>', resources=RESOURCES + media)
    assert "contains itself" in str(refused(desk, text))


def test_compound_clips_nested_too_deep(desk: Desk):
    media = "".join(compound(f"c{n}", f"c{n + 1}") for n in range(500))
    text = build('<ref-clip ref="c0" offset="0s" duration="1s"/>', resources=RESOURCES + media)
    assert "nested more than" in str(refused(desk, text))


def test_compound_clips_that_multiply(desk: Desk):
    media = "".join(compound(f"c{n}", *[f"c{n + 1}"] * 10) for n in range(19))
    text = build('<ref-clip ref="c0" offset="0s" duration="1s"/>', resources=RESOURCES + media)
    began = time.perf_counter()
    find_gaps(desk.read_file(text).cuts[0])
    assert time.perf_counter() - began < 5


def test_what_is_not_there(desk: Desk, tmp_path: Path):
    with pytest.raises(CutError, match="cannot be read"):
        desk.format.read(tmp_path / "no.fcpxml", ReadOptions())
    empty = tmp_path / "e.fcpxmld"
    empty.mkdir()
    with pytest.raises(CutError, match="Info"):
        desk.format.read(empty, ReadOptions())


def test_content_decides(desk: Desk):
    assert desk.format.sniff(build("").encode())
    assert desk.format.sniff(build("").encode("utf-16"))
    assert not desk.format.sniff(b"<?xml version='1.0'?><xmeml version='5'>")


VALUES = ["", "0", "0s", "-5s", "1/0s", "9" * 30, "r1", "r2", "a", "-1", "1", "NaN", "3/7s", "1e5"]
POINT = '<timept time="{}s" value="{}s"/>'
RICH = build(
    clip(
        "0s",
        "2s",
        '<timeMap><timept time="0s" value="0s"/><timept time="9s" value="4s"/></timeMap>',
    )
    + '<transition offset="1s" duration="2s"/>'
    + gap("2s", "2s", f'<spine lane="1" offset="3600s">{clip("0s", "1s")}</spine>')
    + '<ref-clip ref="a" offset="4s" start="0s" duration="1s"/>'
    + '<mc-clip ref="m" offset="5s" duration="1s"><mc-source angleID="x"/></mc-clip>'
    + f'<audition offset="6s">{clip("0s", "1s")}</audition>'
    + '<clip offset="7s" duration="1s"><conform-rate srcFrameRate="24"/>'
    + '<video ref="r2" offset="0s" duration="9s"/><marker start="1s" value="m"/></clip>',
    resources=RESOURCES
    + compound("a", "b")
    + '<media id="m"><multicam format="r1"><mc-angle angleID="x">'
    + clip("0s", "9s")
    + "</mc-angle></multicam></media>",
)
QUOTED = [i for i, c in enumerate(RICH) if c == '"']


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(QUOTED) // 2 - 1), st.sampled_from(VALUES)),
        min_size=1,
        max_size=4,
    )
)
def test_no_value_brings_the_reader_down(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, str]]
):
    desk = Desk(tmp_path_factory.mktemp("fuzz"))
    text = RICH
    for index, value in sorted(edits, reverse=True):
        text = text[: QUOTED[2 * index] + 1] + value + text[QUOTED[2 * index + 1] :]
    with contextlib.suppress(PickupError):
        for cut in desk.read_file(text).cuts:
            find_gaps(cut)
