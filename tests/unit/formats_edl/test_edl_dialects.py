"""Whole lists in the hands of the programs that write them, and any list against its frames."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pickup.cut.formats.base import ReadOptions
from pickup.cut.formats.edl import EdlFormat
from pickup.cut.gaps import find_gaps
from pickup.cut.model import ItemKind

from .conftest import placement

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.model import Cut

    from .conftest import Fill, ReadText

AVID = """\
TITLE:   REEL 2 LOCK.COPY.01
FCM: NON-DROP FRAME
001  A043C004_140205_R2R1             V     C        10:21:40:03 10:21:42:01 02:00:00:00 02:00:01:22
* FROM CLIP NAME:  24-1A (A)
* LOC: 02:00:01:02 RED     R2_0010
002  BL                               V     C        00:00:00:00 00:00:02:00 02:00:01:22 02:00:03:22
003  A044C001_140205_R2R1             V     C        11:00:00:00 11:00:01:00 02:00:03:22 02:00:04:22
M2   A044C001_140205_R2R1             048.0                11:00:00:00
* FROM CLIP NAME:  24-2-1
004  A044C009_140205_R2R1             V     C        11:10:00:00 11:10:01:00 02:00:06:22 02:00:07:22
* FROM CLIP NAME:  24-3-1
* ASC_SOP (1.0 1.0 1.0)(0.0 0.0 0.0)(1.0 1.0 1.0)
* ASC_SAT 1.0
"""

FCP7 = (
    """\
TITLE: Untitled Sequence
FCM: NON-DROP FRAME

001  AX       V     C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME: INTRO.MOV

002  AX       V     C        00:00:05:00 00:00:05:00 01:00:02:00 01:00:02:00
002  TAPE2    V     D    012 04:00:00:00 04:00:02:00 01:00:02:00 01:00:04:00
EFFECTS NAME IS CROSS DISSOLVE
* FROM CLIP NAME: INTRO.MOV
* TO CLIP NAME: SCENE 2

003  TAPE2    AA/V  C        04:10:00:00 04:10:01:00 01:00:05:00 01:00:06:00
AUD   3   4
REEL TAPE2 IS CLIP SCENE2.MOV
"""
    + "\0" * 8
)

PREMIERE = """\
TITLE: Cut 4
FCM: NON-DROP FRAME

000001  A001C003_1301        V     C        01:00:00:00 01:00:04:00 00:00:00:00 00:00:04:00
* FROM CLIP NAME: A001C003.mxf
FINAL CUT PRO REEL: A001C003_1301 REPLACED BY: 001

000002  A001C004_1301        V     C        01:00:10:00 01:00:12:00 00:00:06:00 00:00:08:00
M2      A001C004_1301                   -024.0                01:00:10:00
* FROM CLIP NAME: A001C004.mxf

000003  A001C004_1301        A     C        01:00:10:00 01:00:22:00 00:00:00:00 00:00:12:00
* FROM CLIP NAME: A001C004.mxf
"""

RESOLVE = """\
TITLE: Timeline 1
FCM: NON-DROP FRAME

001  A001_C01 V     C        14:02:11:10 14:02:13:10 01:00:00:00 01:00:02:00
* FROM CLIP NAME: A001_C010_0101AB.mov

002  A001_C02 V     C        14:12:00:00 14:12:01:00 01:00:03:00 01:00:04:00
* FROM CLIP NAME: A001_C020_0101AB.mov
 |C:ResolveColorBlue |M:hole here |D:1

003  A001_C03 V     C        14:13:00:00 14:13:01:00 01:00:04:00 01:00:05:00
"""

BLANK_TYPES = """\
TITLE: TV ROUGH
FCM: DROP FRAME
001  T01      V     C        01;00;00;00 01;00;02;00 01;00;00;00 01;00;02;00
FCM: NON-DROP FRAME
002  T01      V     C        01:00:10:00 01:00:10:00 01;00;02;00 01;00;02;00
002  T02      V          015 02:00:00:00 02:00:02:00 01;00;02;00 01;00;04;00
003  T02      V     W001 010 02:00:10:00 02:00:12:00 01;00;05;00 01;00;07;00
"""

FRAMES = """\
TITLE: Turnover
FCM: NON-DROP FRAME

001  AX       V     C        1001        1049        00:00:00:00 00:00:02:00
* FROM CLIP NAME: sh010_v01.mov
002  AX       V     C        1001        1025        00:00:03:00 00:00:04:00
"""

Found = list[tuple[int, int, str]]
LISTS: dict[str, tuple[str, Fraction, int, int, Found]] = {
    "Avid": (AVID, Fraction(24), 172800, 190, [(46, 48, "slug"), (118, 48, "empty")]),
    "Final Cut Pro 7": (FCP7, Fraction(24), 86400, 144, [(96, 24, "empty")]),
    "Premiere": (PREMIERE, Fraction(24), 0, 192, [(96, 48, "empty")]),
    "Resolve": (RESOLVE, Fraction(24), 86400, 120, [(48, 24, "empty")]),
    "a rough cut": (
        BLANK_TYPES,
        Fraction(30000, 1001),
        107892,
        210,
        [(120, 30, "empty")],
    ),
    "sources in frames": (FRAMES, Fraction(24), 0, 96, [(48, 24, "empty")]),
}


def found(cut: Cut) -> Found:
    return [(gap.start, gap.duration, gap.kind.value) for gap in find_gaps(cut).gaps]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read(read_text: ReadText, name: str) -> None:
    text, rate, start, duration, gaps = LISTS[name]
    cut = read_text(text).cuts[0]
    assert (cut.rate, cut.start, cut.duration) == (rate, start, duration)
    assert found(cut) == gaps


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", LISTS)
def test_its_gaps_are_filled_and_its_lines_stay(
    read_text: ReadText, fill: Fill, name: str, ending: str
) -> None:
    text = LISTS[name][0].replace("\n", ending)
    document = read_text(text)
    cut = document.cuts[0]
    holes = [gap for gap in find_gaps(cut).gaps if gap.kind.value == "empty"]
    data, _ = fill(document, *(placement(cut, gap.start, gap.end) for gap in holes))
    kept = iter(data.decode().split(ending))
    assert all(any(line == other for other in kept) for line in text.split(ending))
    again = read_text(data).cuts[0]
    assert [gap for gap in found(again) if gap[2] == "empty"] == []
    assert (again.rate, again.start, again.duration) == (cut.rate, cut.start, cut.duration)


def test_the_words_of_each(read_text: ReadText) -> None:
    avid = read_text(AVID).cuts[0]
    assert [(m.start, m.name) for m in avid.markers] == [(26, "R2_0010")]
    assert [i.speed for i in avid.video_tracks[0].items if i.kind is ItemKind.CLIP][1] == 2
    final = read_text(FCP7).cuts[0]
    assert [i.name for i in final.video_tracks[0].items if i.kind is ItemKind.CLIP][:2] == [
        "INTRO.MOV",
        "SCENE 2",
    ]
    assert len(final.audio_tracks) == 4
    premiere = read_text(PREMIERE).cuts[0]
    assert premiere.video_tracks[0].items[1].speed == -1
    resolve = read_text(RESOLVE).cuts[0]
    assert [m.name for m in resolve.markers] == ["hole here"]


def timecode(frames: int) -> str:
    seconds, frame = divmod(frames, 25)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame:02d}"


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.integers(0, 60),
        st.sampled_from(["V", "V", "V", "V2", "B", "A", "AA/V", "NONE"]),
        st.sampled_from(["TAPE", "TAPE", "TAPE", "BL"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=150)
@given(events=EVENTS)
def test_any_list_shows_what_its_frames_show(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, int, str, str]]
) -> None:
    """Events anywhere, over each other and in any order, against a second implementation."""
    lines = ["TITLE: any", "* FRAME RATE: 25"]
    shown = ["."] * 400
    for number, (start, length, channels, reel) in enumerate(events, 1):
        record = f"{timecode(90000 + start)} {timecode(90000 + start + length)}"
        source = f"{timecode(0)} {timecode(length)}"
        lines.append(f"{number:03d}  {reel}  {channels}  C  {source} {record}")
        if channels in ("V", "V2", "B", "AA/V"):
            for frame in range(start, start + length):
                if reel == "TAPE" or shown[frame] == ".":
                    shown[frame] = "P" if reel == "TAPE" else "b"
    seen = [frame for frame, letter in enumerate(shown) if letter != "."]
    path: Path = tmp_path_factory.mktemp("edl") / "any.edl"
    path.write_text("\n".join(lines) + "\n")
    cut = EdlFormat().read(path, ReadOptions()).cuts[0]
    if not seen:
        assert (cut.duration, found(cut)) == (0, [])
        return
    text = "".join(shown[seen[0] : seen[-1] + 1])
    assert (cut.start, cut.duration) == (90000 + seen[0], len(text))
    letters = {ItemKind.CLIP: "P", ItemKind.SLUG: "b"}
    got = ["."] * len(text)
    for track in cut.video_tracks:
        for item in track.items:
            for frame in range(item.start, item.end):
                got[frame] = "P" if "P" in (got[frame], letters[item.kind]) else "b"
    assert "".join(got) == text
    assert found(cut) == runs(text)


def runs(text: str) -> Found:
    kinds = {".": "empty", "b": "slug"}
    result: Found = []
    start = 0
    for frame in range(1, len(text) + 1):
        if frame == len(text) or text[frame] != text[start]:
            if text[start] in kinds and frame - start >= 12:
                result.append((start, frame - start, kinds[text[start]]))
            start = frame
    return result
