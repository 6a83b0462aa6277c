"""Clips put into a list: only new lines, in the list's own hand, exact to the frame."""

from __future__ import annotations

import difflib
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from pickup.cut.gaps import find_gaps
from pickup.cut.model import ItemKind
from pickup.errors import CutError

from .conftest import placement

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.model import CutFile

    from .conftest import Fill, ReadText

AVID = (
    "TITLE:   Scene 4 \r\n"
    "FCM: NON-DROP FRAME\r\n"
    "001  A001     V     C        10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00 \r\n"
    "* FROM CLIP NAME:  wide \r\n"
    "002  A002     V     C        11:00:00:00 11:00:02:00 01:00:04:00 01:00:06:00 \r\n"
    "* FROM CLIP NAME:  close \r\n"
    "003  A003     V     C        12:00:00:00 12:00:01:00 01:00:08:00 01:00:09:00 \r\n"
)


def inserted(before: bytes, after: bytes) -> list[str]:
    """The lines that came in; fails if any line went or changed."""
    old, new = (data.decode("latin-1").splitlines(keepends=True) for data in (before, after))
    diff = [line for line in difflib.ndiff(old, new) if not line.startswith(("  ", "?"))]
    assert not [line for line in diff if line.startswith("-")]
    return [line[2:] for line in diff]


def test_fill_inserts_lines_and_nothing_else(read_text: ReadText, fill: Fill) -> None:
    document = read_text(AVID)
    cut = document.cuts[0]
    data, notes = fill(document, placement(cut, 96 + 48, 192), placement(cut, 48, 96))
    assert inserted(AVID.encode(), data) == [
        "004  PK48     V     C        00:01:00:08 00:01:02:08 01:00:02:00 01:00:04:00 \r\n",
        "* FROM CLIP NAME: Pickup s48\r\n",
        "* SOURCE FILE: s48.mov\r\n",
        '* COMMENT: PICKUP {"schema":1,"shot":"s48","gap":"g48","take":"t1","model":"sora-2",'
        '"synthetic":true}\r\n',
        "005  PK144    V     C        00:01:00:08 00:01:02:08 01:00:06:00 01:00:08:00 \r\n",
        "* FROM CLIP NAME: Pickup s144\r\n",
        "* SOURCE FILE: s144.mov\r\n",
        '* COMMENT: PICKUP {"schema":1,"shot":"s144","gap":"g144","take":"t1","model":"sora-2",'
        '"synthetic":true}\r\n',
    ]
    assert notes == []
    again = read_text(data).cuts[0]
    assert find_gaps(again).gaps == ()
    items = again.video_tracks[0].items
    assert [(i.name, i.start, i.end) for i in items] == [
        ("wide", 0, 48),
        ("Pickup s48", 48, 96),
        ("close", 96, 144),
        ("Pickup s144", 144, 192),
        ("A003", 192, 216),
    ]
    assert items[1].pickup == {
        "schema": 1,
        "shot": "s48",
        "gap": "g48",
        "take": "t1",
        "model": "sora-2",
        "synthetic": True,
    }
    assert items[1].source_frame(48, again.rate) == 24 * 60 + 8
    assert items[1].note == ""
    assert items[1].media is not None
    assert (items[1].media.name, items[1].media.reel) == ("s48.mov", "PK48")


def test_a_free_number_is_used(read_text: ReadText, fill: Fill) -> None:
    text = AVID.replace("002  A002", "005  A002").replace("003  A003", "006  A003")
    document = read_text(text)
    cut = document.cuts[0]
    data, _ = fill(document, placement(cut, 48, 96), placement(cut, 144, 192))
    numbers = [line[:3] for line in inserted(text.encode(), data) if line[0].isdigit()]
    assert numbers == ["002", "007"]


def test_numbers_past_the_field(read_text: ReadText, fill: Fill) -> None:
    text = AVID.replace("003  A003", "999  A003")
    document = read_text(text)
    cut = document.cuts[0]
    data, _ = fill(document, placement(cut, 48, 96), placement(cut, 144, 192))
    numbers = [line[:3] for line in inserted(text.encode(), data) if line[0].isdigit()]
    assert numbers == ["003", "004"]
    assert find_gaps(read_text(data).cuts[0]).gaps == ()


STYLES = {
    "file32": (
        "TITLE: x\nFCM: NON-DROP FRAME\n"
        "000001  CAMERA_A_LONG_REEL               V     C        "
        "10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00 \n*FROM CLIP NAME:  A\n"
        "000002  CAMERA_B_LONG_REEL               V     C        "
        "10:00:00:00 10:00:02:00 01:00:04:00 01:00:06:00 \n*FROM CLIP NAME:  B",
        "000003  PK48                             V     C        "
        "00:01:00:08 00:01:02:08 01:00:02:00 01:00:04:00 \n*FROM CLIP NAME: Pickup s48\n",
    ),
    "tabs": (
        "TITLE: x\r001\tA\tV\tC\t10:00:00:00\t10:00:02:00\t01:00:00:00\t01:00:02:00\r"
        "002\tB\tV\tC\t10:00:00:00\t10:00:02:00\t01:00:04:00\t01:00:06:00\r",
        "003\tPK48\tV\tC\t00:01:00:08\t00:01:02:08\t01:00:02:00\t01:00:04:00\r",
    ),
    "no numbers": (
        "TITLE: x\nA V C 10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n"
        "B V C 10:00:00:00 10:00:02:00 01:00:04:00 01:00:06:00\n",
        "PK48 V C 00:01:00:08 00:01:02:08 01:00:02:00 01:00:04:00\n",
    ),
    "other marks": (
        "TITLE: x\n01 A V1 C 10.00.00.00 10.00.02.00 01.00.00.00 01.00.02.00\n"
        "02 B V1 C 10.00.00.00 10.00.02.00 01.00.04.00 01.00.06.00\n",
        "03 PK48 V1 C 00.01.00.08 00.01.02.08 01.00.02.00 01.00.04.00\n",
    ),
    "frames": (
        "TITLE: x\n001  A  V  C  0 48 100 148\n002  B  V  C  0 48 196 244\n",
        "003  PK48 V C 1448 1496 148 196\n",
    ),
    "blank lines between": (
        "TITLE: x\n\n001  A V C 10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n* a\n\n"
        "002  B V C 10:00:00:00 10:00:02:00 01:00:04:00 01:00:06:00\n",
        "\n003  PK48 V C 00:01:00:08 00:01:02:08 01:00:02:00 01:00:04:00\n",
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_new_lines_are_in_the_lists_own_hand(read_text: ReadText, fill: Fill, style: str) -> None:
    text, expected = STYLES[style]
    document = read_text(text)
    data, _ = fill(document, placement(document.cuts[0], 48, 96))
    new = data.decode()
    assert expected in new
    at = new.index(expected)
    end = new.index("}", at) + 2
    assert new[:at] + new[end:] == text
    assert find_gaps(read_text(data).cuts[0]).gaps == ()


def test_encoding_is_kept(read_text: ReadText, fill: Fill) -> None:
    text = AVID.replace("wide", "Größe").encode("cp1252")
    document = read_text(text)
    put = placement(document.cuts[0], 48, 96, note="Hände 手\nzweite Zeile")
    data, _ = fill(document, put)
    assert "* COMMENT: Hände ?\r\n".encode("cp1252") in data
    assert [line for line in inserted(text, data) if "zweite Zeile" in line]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_is_kept(read_text: ReadText, fill: Fill, encoding: str) -> None:
    document = read_text(AVID.encode(encoding))
    data, _ = fill(document, placement(document.cuts[0], 48, 96))
    assert data.decode(encoding).startswith("TITLE:   Scene 4")
    assert "\ufeff" not in data.decode(encoding)


def test_a_last_line_without_an_ending_stays_so(read_text: ReadText, fill: Fill) -> None:
    text = (
        "TITLE: x\n001  A V1 C 10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n"
        "002  B V2 C 10:00:00:00 10:00:02:00 01:00:01:00 01:00:02:00"
    )
    document = read_text(text)
    data, _ = fill(document, placement(document.cuts[0], 36, 48))
    assert data.decode().startswith(text + "\n003  PK36 V3 C 00:01:00:08 ")
    assert data.endswith(b"}")


def drop_frame_list(fcm: str, times: tuple[str, str, str, str]) -> str:
    a, b, c, d = times
    return (
        f"TITLE: x\n{fcm}001  A        V     C        00:00:00:00 00:00:10:00 {a} {b}\n"
        f"002  B        V     C        00:00:00:00 00:00:10:00 {c} {d}\n"
    )


def test_drop_frame(read_text: ReadText, fill: Fill) -> None:
    times = ("01:00:00;00", "01:00:50;00", "01:01:10;00", "01:01:20;00")
    document = read_text(drop_frame_list("FCM: DROP FRAME\n", times))
    cut = document.cuts[0]
    assert cut.rate == Fraction(30000, 1001)
    gap = find_gaps(cut).gaps[0]
    assert (gap.start, gap.duration) == (1500, 598)
    data, _ = fill(document, placement(cut, gap.start, gap.start + gap.duration))
    assert b" 01:00:50;00 01:01:10;00\n" in data
    assert data.count(b"FCM") == 1
    assert find_gaps(read_text(data).cuts[0]).gaps == ()


def test_mode_is_said_where_the_take_counts_otherwise(read_text: ReadText, fill: Fill) -> None:
    times = ("01:00:00:00", "01:00:50:00", "01:01:10:00", "01:01:20:00")
    text = drop_frame_list("FCM: DROP FRAME\n", times)
    document = read_text(text)
    cut = document.cuts[0]
    put = placement(cut, 1500, 2098, drop=False, timecode=1795)
    data, _ = fill(document, put)
    new = inserted(text.encode(), data)
    assert (new[0], new[-1]) == ("FCM: NON-DROP FRAME\n", "FCM: DROP FRAME\n")
    assert "00:01:00:03 00:01:20:01 01:00:50:00 01:01:10:00" in new[1]
    again = read_text(data).cuts[0]
    assert (again.drop_frame, find_gaps(again).gaps) == (True, ())
    assert again.video_tracks[0].items[1].source_frame(1500, cut.rate) == 1803


def test_over_picture_needs_a_second_channel(
    read_text: ReadText, fill: Fill, tmp_path: Path
) -> None:
    document = read_text(AVID)
    with pytest.raises(CutError, match=r"01:00:00:12.*-o cut\.otio"):
        fill(document, placement(document.cuts[0], 12, 36))
    assert not (tmp_path / "filled.edl").exists()


def test_over_picture_on_the_channel_above(read_text: ReadText, fill: Fill) -> None:
    text = AVID.replace("A003     V ", "A003     V2")
    document = read_text(text)
    data, _ = fill(document, placement(document.cuts[0], 12, 36))
    assert inserted(text.encode(), data)[0].startswith("004  PK12     V2    C ")
    tracks = read_text(data).cuts[0].video_tracks
    assert [(i.name, i.start) for i in tracks[1].items] == [("Pickup s12", 12), ("A003", 192)]


def test_two_shots_in_one_place_are_refused(read_text: ReadText, fill: Fill) -> None:
    document = read_text(AVID)
    cut = document.cuts[0]
    with pytest.raises(CutError, match="one picture track"):
        fill(document, placement(cut, 48, 96), placement(cut, 60, 72))


def test_a_take_of_another_rate_is_refused(read_text: ReadText, fill: Fill) -> None:
    document = read_text(AVID)
    cut = document.cuts[0]
    put = placement(cut, 48, 96)
    cut.rate = Fraction(25)
    with pytest.raises(CutError, match="another rate"):
        fill(document, put)


def refilled(document: CutFile, fill: Fill) -> bytes:
    return fill(document, placement(document.cuts[0], 48, 96, reel="SECOND"))[0]


def test_another_take_replaces_the_earlier_one(read_text: ReadText, fill: Fill) -> None:
    once, _ = fill(read_text(AVID), placement(read_text(AVID).cuts[0], 48, 96))
    by_user = once.replace(
        b"* SOURCE FILE: s48.mov\r\n", b"* SOURCE FILE: s48.mov\r\n* checked\r\n"
    )
    twice = refilled(read_text(by_user), fill)
    assert twice.count(b"PICKUP {") == 1
    assert b"PK48" not in twice
    assert b"* checked\r\n" in twice
    assert b"004  SECOND   V " in twice
    items = read_text(twice).cuts[0].video_tracks[0].items
    assert [i.name for i in items] == ["wide", "Pickup s48", "close", "A003"]
    assert refilled(read_text(twice), fill) == twice


def test_reels_are_made_to_fit(read_text: ReadText, fill: Fill) -> None:
    document = read_text(AVID)
    cut = document.cuts[0]
    data, notes = fill(
        document,
        placement(cut, 48, 96, reel="Pickup-shot-1"),
        placement(cut, 144, 192, reel="Pickup-shot-2"),
    )
    items = [i for i in read_text(data).cuts[0].video_tracks[0].items if i.pickup]
    assert [i.media.reel for i in items if i.media] == ["PICKUP_S", "PICKUP_2"]
    assert notes == [
        "Reels are shortened in the list, as EDLs ask: "
        "Pickup-shot-1 as PICKUP_S, Pickup-shot-2 as PICKUP_2."
    ]


@pytest.mark.parametrize("reel", ["BL", "ax", "black"])
def test_no_reel_means_black(read_text: ReadText, fill: Fill, reel: str) -> None:
    document = read_text(AVID)
    data, _ = fill(document, placement(document.cuts[0], 48, 96, reel=reel))
    placed = read_text(data).cuts[0].video_tracks[0].items[1]
    assert placed.kind is ItemKind.CLIP
    assert placed.media is not None
    assert placed.media.reel not in ("BL", "AX", "BLACK")


def test_sound_and_other_takes_are_told(read_text: ReadText, fill: Fill) -> None:
    document = read_text(AVID)
    _, notes = fill(document, placement(document.cuts[0], 48, 96, audio=2, takes=3))
    assert len(notes) == 2
    assert "sound" in notes[0]


def test_unsorted_list(read_text: ReadText, fill: Fill) -> None:
    lines = AVID.splitlines(keepends=True)
    text = "".join([*lines[:2], lines[6], lines[4], lines[5], lines[2], lines[3]])
    document = read_text(text)
    data, _ = fill(document, placement(document.cuts[0], 48, 96))
    new = data.decode().splitlines(keepends=True)
    assert new[:7] == text.splitlines(keepends=True)
    assert find_gaps(read_text(data).cuts[0]).gaps[0].start == 144


def test_sound_between_and_comments_stay_with_their_events(read_text: ReadText, fill: Fill) -> None:
    text = AVID.replace(
        "002  A002",
        "002  M001     AA    C        10:00:00:00 10:00:09:00 01:00:00:00 01:00:09:00 \r\n"
        "AUD  3\r\nFCM: NON-DROP FRAME\r\n003  A002",
    ).replace("003  A003", "004  A003")
    document = read_text(text)
    data, _ = fill(document, placement(document.cuts[0], 48, 96))
    again = read_text(data).cuts[0]
    assert inserted(text.encode(), data)[0].startswith("005  PK48")
    assert [t.name for t in again.tracks] == ["V1", "A1", "A2", "A3"]
    assert again.video_tracks[0].items[0].name == "wide"


def test_ten_thousand_events(read_text: ReadText, fill: Fill) -> None:
    def at(second: int) -> str:
        return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}:00"

    text = "TITLE: long\n" + "".join(
        f"{n + 1:06d}  R{n:<7} V     C        {at(0)} {at(1)} {at(2 * n)} {at(2 * n + 1)}\n"
        for n in range(10_000)
    )
    document = read_text(text)
    cut = document.cuts[0]
    puts = [placement(cut, 48 * n + 24, 48 * n + 48) for n in range(0, 9_999, 100)]
    data, _ = fill(document, *puts)
    assert len(inserted_count(text, data.decode())) == 4 * len(puts)


def inserted_count(before: str, after: str) -> list[str]:
    """As `inserted`, for long lists."""
    known = iter(before.splitlines())
    waiting = next(known)
    new = []
    for line in after.splitlines():
        if line == waiting:
            waiting = next(known, "")
        else:
            new.append(line)
    assert waiting == ""
    return new
