"""Event lines of every dialect, and lines that only look like events."""

from __future__ import annotations

import pytest

from pickup.cut.formats.edl.events import BrokenEvent, Event, parse_event

TIMES = "01:00:00:00 01:00:01:00 02:00:00:00 02:00:01:00"


def parsed(text: str) -> Event:
    event = parse_event(0, text)
    assert event is not None, text
    return event


@pytest.mark.parametrize(
    ("head", "number", "reel", "channels", "edit", "length"),
    [
        ("001  TAPE1    V     C        ", "001", "TAPE1", "V", "C", 0),
        ("001\tTAPE1\tV\tC\t", "001", "TAPE1", "V", "C", 0),
        ("000001 A001C004_130917 V C ", "000001", "A001C004_130917", "V", "C", 0),
        (
            "000003  BOONE_SMITH_ON_CAMERA_HOST_-720P V     C        ",
            "000003",
            "BOONE_SMITH_ON_CAMERA_HOST_-720P",
            "V",
            "C",
            0,
        ),
        ("000004  BOAT ON RIVER      V     C        ", "000004", "BOAT ON RIVER", "V", "C", 0),
        ("001        BL V     C        ", "001", "BL", "V", "C", 0),
        ("002  B V     D    010 ", "002", "B", "V", "D", 10),
        ("002  B V     W001    010 ", "002", "B", "V", "W001", 10),
        ("002  B V     W 001 010 ", "002", "B", "V", "W001", 10),
        ("002  B V      008 ", "002", "B", "V", "", 8),
        ("002  B V     K B      ", "002", "B", "V", "KB", 0),
        ("002  B V     K    020 ", "002", "B", "V", "K", 20),
        ("002  B V     KO   020 ", "002", "B", "V", "KO", 20),
        ("002  B B     C        ", "002", "B", "B", "C", 0),
        ("001  001      V     C        ", "001", "001", "V", "C", 0),
        ("1234 R V C ", "1234", "R", "V", "C", 0),
        ("001A R V C ", "001A", "R", "V", "C", 0),
        ("TAPE1 V C ", "", "TAPE1", "V", "C", 0),
        ("007 V C ", "007", "", "V", "C", 0),
        ("001  r1 v c ", "001", "r1", "v", "C", 0),
        ("001  R NONE C ", "001", "R", "NONE", "C", 0),
        ("001  R AA/V C ", "001", "R", "AA/V", "C", 0),
    ],
)
def test_fields_of_an_event(
    head: str, number: str, reel: str, channels: str, edit: str, length: int
) -> None:
    event = parsed(head + TIMES)
    assert (event.number, event.reel, event.channels) == (number, reel, channels)
    assert (event.edit, event.length) == (edit, length)
    assert list(event.times) == TIMES.split()
    assert event.text[slice(*event.layout.times[2])] == "02:00:00:00"


@pytest.mark.parametrize(
    ("channels", "video", "audio"),
    [
        ("V", 1, []), ("V1", 1, []), ("V2", 2, []), ("B", 1, [1]), ("A", None, [1]),
        ("A2", None, [2]), ("AA", None, [1, 2]), ("AA/V", 1, [1, 2]), ("A2/V", 1, [2]),
        ("VA1A2", 1, [1, 2]), ("NONE", None, []), ("A10", None, [10]), ("v2", 2, []),
    ],
)  # fmt: skip
def test_channels(channels: str, video: int | None, audio: list[int]) -> None:
    event = parsed(f"001 R {channels} C {TIMES}")
    assert event.video_channel == video
    assert event.audio_channels == audio


@pytest.mark.parametrize("mark", [":", ";", ".", ","])
def test_timecode_marks(mark: str) -> None:
    times = TIMES.replace(":", mark)
    assert list(parsed(f"001 R V C {times}").times) == times.split()


def test_times_as_counts_of_frames() -> None:
    event = parsed("001  AX       V     C        0 24 86400 86424")
    assert event.in_frames
    assert event.times == ("0", "24", "86400", "86424")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "TITLE: 001 V C",
        "* 001  R V C " + TIMES,
        ">>> SOURCE R " + TIMES,
        "FROM CLIP NAME: shot1",
        "DD509_0020|D:97",
        "LOC: 00:00:01:00 YELLOW DD509_0010|D:464",
        "AUD  3    4",
        "M2   FOO            035.0                01:00:00:00",
        "SPLIT:    AUDIO DELAY=  00:00:00:05",
        "12 angry men 1 2 3 4",
        "1957 V C",
        "see " + TIMES,
    ],
)
def test_other_lines_are_no_events(text: str) -> None:
    assert parse_event(0, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "001  R V C 01:00:00:00 01:00:01:00 02:00:00:00",
        "001  R V C 01:00:00:00 01:00:0x:00 02:00:00:00 02:00:01:00",
        "001  R V C 01:00:00:00",
        "001  R V C 01:00:00:00 01:00:01:00 02:00:00:00 02:00:01",
        "001  R X C " + TIMES,
        "001 " + TIMES,
    ],
)
def test_broken_events_are_refused(text: str) -> None:
    with pytest.raises(BrokenEvent):
        parse_event(0, text)


def test_transitions() -> None:
    assert parsed(f"2 B V D 010 {TIMES}").is_transition
    assert parsed(f"2 B V 010 {TIMES}").is_transition
    assert not parsed(f"2 B V D {TIMES}").is_transition
    assert not parsed(f"2 B V K 010 {TIMES}").is_transition


def test_a_source_in_frames_beside_record_timecode() -> None:
    event = parsed("001  AX       V     C        1009        1064        01:00:00:00 01:00:02:07")
    assert event.times == ("1009", "1064", "01:00:00:00", "01:00:02:07")
    assert (event.reel, event.channels, event.in_frames) == ("AX", "V", True)


@pytest.mark.parametrize(
    "text",
    ["* 12 13 01:00:00:00 01:00:02:07", "M2 A 12 13 01:00:00:00 01:00:02:07", "12 13 a b c"],
)
def test_other_lines_with_numbers_are_no_events(text: str) -> None:
    assert parse_event(0, text) is None
