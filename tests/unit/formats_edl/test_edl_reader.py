"""What a list means: positions, rates, black, transitions, speeds, names, markers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pickup.cut.formats.base import ReadOptions
from pickup.cut.formats.edl import EdlFormat
from pickup.cut.gap import GapKind
from pickup.cut.gaps import find_gaps
from pickup.cut.model import Cut, Item, ItemKind
from pickup.errors import CutError

if TYPE_CHECKING:
    from .conftest import ReadText

HEAD = "TITLE: Scene 4\nFCM: NON-DROP FRAME\n\n"


def clips(cut: Cut) -> list[Item]:
    return [i for t in cut.video_tracks for i in t.items if i.kind is not ItemKind.TRANSITION]


def gaps(cut: Cut) -> list[tuple[int, int, str]]:
    return [(g.start, g.duration, g.kind.value) for g in find_gaps(cut).gaps]


def test_time_runs_from_the_first_event(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A1 V C 10:00:00:00 10:00:02:00 01:00:04:00 01:00:06:00\n"
        "* FROM CLIP NAME: wide\n"
        "002  A2 V C 11:00:00:00 11:00:01:00 01:00:08:12 01:00:09:12\n"
    ).cuts[0]
    assert (cut.name, cut.rate, cut.start, cut.duration) == ("Scene 4", Fraction(24), 86496, 132)
    assert gaps(cut) == [(48, 60, "empty")]
    first = clips(cut)[0]
    assert first.name == "wide"
    assert first.source_frame(0, cut.rate) == 864000
    assert first.media is not None
    assert first.media.reel == "A1"
    assert not first.media.missing
    assert clips(cut)[1].name == "A2"


def test_unsorted_events_are_sorted_and_overlaps_stacked(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A V C 00:00:00:00 00:00:02:00 01:00:10:00 01:00:12:00\n"
        "002  B V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n"
        "003  C V C 00:00:00:00 00:00:02:00 01:00:01:00 01:00:03:00\n"
        "004  D V C 00:00:00:00 00:00:01:00 01:00:11:00 01:00:12:00\n"
    ).cuts[0]
    names = [[item.name for item in track.items] for track in cut.video_tracks]
    assert names == [["B", "A"], ["C", "D"]]
    assert gaps(cut) == [(72, 168, "empty")]


@pytest.mark.parametrize(
    ("frame", "rate"),
    [(22, 24), (23, 24), (24, 25), (25, 30), (29, 30), (30, 50), (49, 50), (50, 60), (59, 60)],
)
def test_rate_from_the_highest_frame_number(read_text: ReadText, frame: int, rate: int) -> None:
    cut = read_text(
        HEAD + f"001  A V C 00:00:00:00 00:00:02:{frame} 01:00:00:00 01:00:02:00\n"
    ).cuts[0]
    assert cut.rate == rate
    assert str(frame) in cut.rate_note


@pytest.mark.parametrize(
    ("line", "rate"),
    [
        ("* FRAME RATE: 24000/1001", Fraction(24000, 1001)),
        ("FRAME RATE: 23.976", Fraction(24000, 1001)),
        ("* FPS: 25", Fraction(25)),
        ("* FRAME RATE: 5", Fraction(24)),
        ("* FRAME RATE: 0/0", Fraction(24)),
        ("* FROM CLIP NAME: YE31B 48FPS", Fraction(24)),
    ],
)
def test_rate_that_a_comment_states(read_text: ReadText, line: str, rate: Fraction) -> None:
    event = "001  A V C 00:00:00:00 00:00:02:10 01:00:00:00 01:00:02:10\n"
    assert read_text(f"{HEAD}{line}\n{event}").cuts[0].rate == rate
    assert read_text(f"{HEAD}{event}{line}\n").cuts[0].rate == rate


def test_given_rate_wins_and_says_nothing(read_text: ReadText) -> None:
    text = HEAD + "001  A V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n"
    cut = read_text(text, Fraction(25)).cuts[0]
    assert (cut.rate, cut.rate_note, cut.start, cut.duration) == (Fraction(25), "", 90000, 50)


def test_record_frame_beyond_the_given_rate(read_text: ReadText) -> None:
    text = HEAD + "001  A V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:28\n"
    with pytest.raises(CutError, match=r"line 4.*25 frames a second") as caught:
        read_text(text, Fraction(25))
    assert caught.value.line == 4


def test_source_faster_than_the_cut(read_text: ReadText) -> None:
    text = HEAD + "001  A V C 00:00:01:27 00:00:02:00 01:00:00:00 01:00:02:00\n"
    item = clips(read_text(text, Fraction(24)).cuts[0])[0]
    assert item.media is not None
    assert item.media.rate == 30
    assert item.source_start == Fraction(57, 30)


@pytest.mark.parametrize(
    ("fcm", "times"),
    [
        ("FCM: DROP FRAME\n", "01:00:59:20 01:01:00:02"),
        ("fcm: drop frame\n", "01:00:59:20 01:01:00:02"),
        ("", "01;00;59;20 01;01;00;02"),
        ("", "01:00:59;20 01:01:00;02"),
    ],
)
def test_drop_frame(read_text: ReadText, fcm: str, times: str) -> None:
    cut = read_text(f"TITLE: x\n{fcm}001  A V C 00:00:00:00 00:00:00:29 {times}\n").cuts[0]
    assert cut.drop_frame
    assert cut.rate == Fraction(30000, 1001)
    assert cut.duration == 10
    assert cut.start == 107892 + 59 * 30 + 20


def test_drop_frame_at_sixty(read_text: ReadText) -> None:
    text = "FCM: DROP FRAME\n001  A V C 00:00:00:00 00:00:00:50 01:00:59:50 01:01:00:04\n"
    cut = read_text(text).cuts[0]
    assert (cut.rate, cut.duration) == (Fraction(60000, 1001), 10)


def test_drop_frame_refuted_by_a_number_that_drops(read_text: ReadText) -> None:
    text = "FCM: DROP FRAME\n001  A V C 00:00:00:00 00:00:00:29 01:00:00:00 01:01:00:00\n"
    cut = read_text(text).cuts[0]
    assert not cut.drop_frame
    assert cut.duration == 1800


def test_sources_in_drop_frame_are_counted_so(read_text: ReadText) -> None:
    cut = read_text(
        "FCM: NON-DROP FRAME\n001  A V C 00:01:00:05 00:01:01:05 01:00:00:00 01:00:01:00\n"
        "FCM: DROP FRAME\n002  B V C 00:01:00:05 00:01:01:29 01:00:01:00 01:00:02:00\n"
    ).cuts[0]
    assert (cut.rate, cut.drop_frame) == (Fraction(30000, 1001), False)
    assert [i.source_frame(i.start, cut.rate) for i in clips(cut)] == [1805, 1803]


def test_black_and_dissolves(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001        BL V     C        00:00:00:00 00:00:00:00 01:00:00:00 01:00:00:00\n"
        "001  A        V     D    024 10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n"
        "* TO CLIP NAME: first\n"
        "002  A        V     C        10:00:02:00 10:00:02:00 01:00:02:00 01:00:02:00\n"
        "002  B        V     W012 012 10:00:00:00 10:00:02:00 01:00:02:00 01:00:04:00\n"
        "* FROM CLIP NAME: first\n* TO CLIP NAME: second\n"
        "003  B        V     C        10:00:02:00 10:00:02:00 01:00:04:00 01:00:04:00\n"
        "003  BL       V     D    024 00:00:00:00 00:00:02:00 01:00:04:00 01:00:06:00\n"
        "* FROM CLIP NAME: second\n"
    ).cuts[0]
    items = cut.video_tracks[0].items
    assert [(i.kind.value, i.name, i.start, i.end) for i in items] == [
        ("transition", "Dissolve", 0, 24),
        ("clip", "first", 0, 48),
        ("transition", "Wipe", 48, 60),
        ("clip", "second", 48, 96),
        ("slug", "BL", 96, 144),
    ]
    assert gaps(cut) == [(96, 48, "slug")]


def test_dissolve_with_blank_type_and_longer_than_its_event(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A V C 10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n"
        "001  B V   030 10:00:00:00 10:00:01:00 01:00:01:00 01:00:02:00\n"
        "* FROM CLIP NAME: a\n* TO CLIP NAME: b\n"
    ).cuts[0]
    items = cut.video_tracks[0].items
    assert [(i.kind.value, i.name, i.start, i.end) for i in items] == [
        ("clip", "a", 0, 24),
        ("transition", "Dissolve", 24, 48),
        ("clip", "b", 24, 48),
    ]


def test_key_lies_over_its_background(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A V K B   10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n"
        "001  T V K 010 10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n"
        "* FROM CLIP NAME: ground\n* KEY CLIP NAME: letters\n"
    ).cuts[0]
    assert [[i.name for i in t.items] for t in cut.video_tracks] == [["A"], ["letters"]]


@pytest.mark.parametrize(
    ("pace", "speed", "first"),
    [
        ("048.0", Fraction(2), 864000),
        ("012.0", Fraction(1, 2), 864000),
        ("000.0", Fraction(0), 864000),
        ("-024.0", Fraction(-1), 864095),
        ("- 24.0", Fraction(-1), 864095),
        ("+24.5", Fraction(49, 48), 864000),
    ],
)
def test_speeds(read_text: ReadText, pace: str, speed: Fraction, first: int) -> None:
    cut = read_text(
        HEAD + "001  TAPE     V     C        10:00:00:00 10:00:04:00 01:00:00:00 01:00:04:00\n"
        f"M2   TAPE           {pace}                10:00:00:00\n"
    ).cuts[0]
    item = clips(cut)[0]
    assert item.speed == speed
    assert item.source_frame(0, cut.rate) == first


def test_speed_goes_to_its_reel(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A        V     C        10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n"
        "001  B        V     D    010 11:00:00:00 11:00:01:00 01:00:01:00 01:00:02:00\n"
        "M2   A              048.0                10:00:00:00\n"
        "M2   B              012.0                11:00:00:00\n"
        "002  B        V     C        10:00:00:00 10:00:01:00 01:00:02:00 01:00:03:00\n"
        "* * FREEZE FRAME\n"
    ).cuts[0]
    assert [i.speed for i in clips(cut)] == [2, Fraction(1, 2), 0]


def test_names_files_reels_and_notes(read_text: ReadText) -> None:
    items = clips(
        read_text(
            HEAD + "001  A V C 10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n"
            "*FROM CLIP NAME:  take 1 \n*SOURCE FILE: A001.mov\n* COMMENT: too dark\n"
            "*ASC_SOP (1 1 1)(0 0 0)(1 1 1)\n* VFX 117 add mountains\n"
            "FINAL CUT PRO REEL: A-1 REPLACED BY: A\n"
            "002  AX V C 10:00:00:00 10:00:01:00 01:00:01:00 01:00:02:00\n"
            "* FROM CLIP: S:\\shots\\b 1.exr\n* from clip name: b\n"
            "003  AX V C 10:00:00:00 10:00:01:00 01:00:02:00 01:00:03:00\n"
            "* SOURCE FILE: /media/c.mov\n"
        ).cuts[0]
    )
    media = [item.media for item in items]
    assert [item.name for item in items] == ["take 1", "b", "/media/c.mov"]
    assert [m.name for m in media if m] == ["A001.mov", "b 1.exr", "c.mov"]
    assert [m.reel for m in media if m] == ["A-1", "AX", "AX"]
    assert [m.path for m in media if m] == [None, Path("S:/shots/b 1.exr"), Path("/media/c.mov")]
    assert items[0].note == "too dark\nVFX 117 add mountains"


def test_markers(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A V C 10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n"
        "* LOC: 01:00:00:12 RED     ANIM FIX\n"
        "*LOC: 01:00:00:14 GREEN\n"
        "LOC: 01:00:00:16 pickup: her hands\n"
        "002  B V C 10:00:00:00 10:00:01:00 01:00:03:00 01:00:04:00\n"
        "* LOC: 00:00:00:02 YELLOW elsewhere\n"
        "a remark |C:ResolveColorBlue |M:Marker 1 |D:24\n"
        "* LOC: 01:00:02:00 CYAN pickup: close on her hands\n"
    ).cuts[0]
    assert [(m.name, m.start, m.duration, m.color, m.comment) for m in cut.markers] == [
        ("ANIM FIX", 12, 0, "RED", ""),
        ("", 14, 0, "GREEN", ""),
        ("pickup: her hands", 16, 0, "", ""),
        ("pickup: close on her hands", 48, 0, "CYAN", ""),
        ("elsewhere", 72, 0, "YELLOW", ""),
        ("Marker 1", 72, 24, "BLUE", "a remark"),
    ]
    found = find_gaps(cut).gaps
    assert [(g.start, g.duration, g.kind) for g in found] == [(24, 48, GapKind.MARKED)]
    assert found[0].words.text == "close on her hands"


def test_audio_lies_beside_and_is_cut_to_the_picture(read_text: ReadText) -> None:
    document = read_text(
        HEAD + "001  A AA/V C 10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n"
        "002  M A3 C 10:00:00:00 10:00:09:00 00:59:59:00 01:00:08:00\n"
        "003  N NONE C 10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n"
        "AUD   4\n"
    )
    cut = document.cuts[0]
    assert [t.name for t in cut.tracks] == ["V1", "A1", "A2", "A3", "A4"]
    music = cut.audio_tracks[2].items[0]
    assert (music.start, music.end, music.source_start) == (0, 48, Fraction(36001))
    assert cut.duration == 48
    assert clips(cut)[0].media.has_audio  # type: ignore[union-attr]
    assert any("Sound" in note for note in document.notes)


def test_sound_alone_has_nothing_to_fill(read_text: ReadText) -> None:
    document = read_text(HEAD + "001  M A C 10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00\n")
    assert document.cuts[0].duration == 0
    assert gaps(document.cuts[0]) == []
    assert "no video events" in document.notes[0]


def test_tracks_of_their_own(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A V1 C 10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n"
        "002  B V2 C 10:00:00:00 10:00:01:00 01:00:03:00 01:00:04:00\n"
    ).cuts[0]
    assert [(t.name, len(t.items)) for t in cut.video_tracks] == [("V1", 1), ("V2", 1)]
    assert gaps(cut) == [(24, 48, "empty")]


def test_a_list_runs_through_midnight(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A V C 10:00:00:00 10:00:02:00 23:59:57:00 23:59:58:00\n"
        "002  B V C 10:00:00:00 10:00:02:00 23:59:59:00 00:00:01:00\n"
        "003  C V C 10:00:00:00 10:00:02:00 00:00:03:00 00:00:04:00\n"
    ).cuts[0]
    assert cut.duration == 7 * 24
    assert gaps(cut) == [(24, 24, "empty"), (96, 48, "empty")]


def test_times_in_frames(read_text: ReadText) -> None:
    cut = read_text(HEAD + "001  A V C 0 24 100 124\n002  B V C 5 29 160 184\n").cuts[0]
    assert (cut.start, cut.duration, gaps(cut)) == (100, 84, [(24, 36, "empty")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_endings(read_text: ReadText, encoding: str, ending: str) -> None:
    text = (
        "TITLE: Szene Ä\nFCM: NON-DROP FRAME\n"
        "001  A V C 10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n* FROM CLIP NAME: Größe\n"
    ).replace("\n", ending)
    cut = read_text(text.encode(encoding)).cuts[0]
    assert (cut.name, clips(cut)[0].name) == ("Szene Ä", "Größe")


def test_junk_is_kept_and_ignored(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A V C 10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00\n"
        "REM Permission is hereby granted\n>>> SOURCE A /x\nSPLIT: AUDIO DELAY= 00:00:00:05\n\0\n"
    ).cuts[0]
    assert cut.duration == 24


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        (b"", "no events", None),
        (b"hello\nworld\n", "no events", None),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not text", None),
        (b"TITLE: x\n001  A V C 01:00:00:00 01:00:01:00 01:00:00:00\n", "four timecodes", 2),
        (
            b"TITLE: x\n001  A V C 01:00:00:00 01:00:01:00 01:00:02:00 01:00:01:00\n",
            "ends before it begins",
            2,
        ),
        (
            b"\n\n001  A V C 01:70:00:00 01:00:01:00 01:00:02:00 01:00:03:00\n",
            "is not a timecode",
            3,
        ),
        (
            b"\n\n001  A V C 01:00:00:00 01:00:01:00 01:00:99:00 01:00:03:00\n",
            "is not a timecode",
            3,
        ),
    ],
)
def test_refusals_name_the_line(
    read_text: ReadText, text: bytes, words: str, line: int | None
) -> None:
    with pytest.raises(CutError, match=words) as caught:
        read_text(text)
    assert caught.value.line == line
    assert str(caught.value).startswith("list.edl")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CutError, match="cannot be read"):
        EdlFormat().read(tmp_path / "none.edl", ReadOptions())


def test_empty_list_is_an_empty_cut(read_text: ReadText) -> None:
    assert read_text(HEAD).cuts[0].duration == 0


def test_sniffing() -> None:
    assert EdlFormat().sniff(b"\xef\xbb\xbfTITLE: x")
    assert EdlFormat().sniff("TITLE: x".encode("utf-16"))
    assert not EdlFormat().sniff(b"<?xml")
