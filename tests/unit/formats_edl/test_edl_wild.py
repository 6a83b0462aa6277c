"""What lists of the wild do: sources counted in frames, black that runs backwards, DOS padding."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from pickup.cut.gap import GapKind
from pickup.cut.gaps import find_gaps
from pickup.cut.model import ItemKind
from pickup.errors import CutError

from .conftest import placement

if TYPE_CHECKING:
    from pickup.cut.model import Cut

    from .conftest import Fill, ReadText

HEAD = "TITLE: wild\nFCM: NON-DROP FRAME\n\n"
FRAMES = (
    HEAD + "001  AX       V     C        1009        1064        00:00:00:00 00:00:02:07\n"
    "* FROM CLIP NAME: sh010.mov\n\n"
    "002  AX       V     C        1009        1041        00:00:04:00 00:00:05:08\n"
    "* FROM CLIP NAME: sh020.mov\n"
)


def gaps(cut: Cut) -> list[tuple[int, int, GapKind]]:
    return [(gap.start, gap.duration, gap.kind) for gap in find_gaps(cut).gaps]


def test_sources_in_frames_beside_record_timecode(read_text: ReadText) -> None:
    cut = read_text(FRAMES).cuts[0]
    first, second = cut.video_tracks[0].items
    assert (cut.rate, cut.duration) == (Fraction(24), 128)
    assert gaps(cut) == [(55, 41, GapKind.EMPTY)]
    assert first.source_start == Fraction(1009, 24)
    assert second.source_frame(second.end - 1, cut.rate) == 1040


def test_an_event_put_among_counted_sources_counts_too(read_text: ReadText, fill: Fill) -> None:
    document = read_text(FRAMES)
    data, _ = fill(document, placement(document.cuts[0], 55, 96, timecode=1000, reel="PICK"))
    line = next(line for line in data.decode().splitlines() if "PICK" in line.split()[1:2])
    assert line.split()[4:] == ["1008", "1049", "00:00:02:07", "00:00:04:00"]
    again = read_text(data).cuts[0]
    assert gaps(again) == []
    assert again.video_tracks[0].items[1].source_start == 42


def test_black_that_ends_before_it_begins_is_nothing(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A  V  C  00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n"
        "002  BL V  C  00:00:00:00 00:00:00:08 01:00:01:00 00:59:50:00\n"
        "003  B  V  C  00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00\n"
    ).cuts[0]
    assert [item.kind for item in cut.video_tracks[0].items] == [ItemKind.CLIP] * 2
    assert gaps(cut) == [(24, 24, GapKind.EMPTY)]


def test_such_black_stays_in_the_list(read_text: ReadText, fill: Fill) -> None:
    text = (
        HEAD + "001  A  V  C  00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n"
        "002  BL V  C  00:00:00:00 00:00:00:08 01:00:01:00 00:59:50:00\n"
        "003  B  V  C  00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00\n"
    )
    document = read_text(text)
    data, _ = fill(document, placement(document.cuts[0], 24, 48))
    kept = iter(data.decode().splitlines())
    assert all(any(line == other for other in kept) for line in text.splitlines())
    assert gaps(read_text(data).cuts[0]) == []


def test_a_clip_that_ends_before_it_begins_is_still_refused(read_text: ReadText) -> None:
    with pytest.raises(CutError, match="ends before it begins") as caught:
        read_text(HEAD + "001  A  V  C  00:00:00:00 00:00:01:00 01:00:01:00 01:00:00:00\n")
    assert caught.value.line == 4


PADDING = b"\x1a\x1a" + bytes(1500)


def test_the_padding_of_a_last_block_is_no_part_of_the_list(
    read_text: ReadText, fill: Fill
) -> None:
    text = (
        b"TITLE: DOS\r\nFCM: NON-DROP FRAME\r\n\r\n"
        b"001  A  V  C  00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\r\n"
        b"002  B  V  C  00:00:00:00 00:00:01:00 00:00:02:00 00:00:03:00\r\n" + PADDING
    )
    document = read_text(text)
    cut = document.cuts[0]
    assert (cut.name, gaps(cut)) == ("DOS", [(24, 24, GapKind.EMPTY)])
    data, _ = fill(document, placement(cut, 24, 48))
    assert data.endswith(b"00:00:03:00\r\n" + PADDING)
    assert data.count(b"\x1a") == 2
    assert gaps(read_text(data).cuts[0]) == []


def test_nothing_is_read_behind_the_end_of_the_file(read_text: ReadText) -> None:
    cut = read_text(
        HEAD + "001  A  V  C  00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n"
        "\x1a002  B  V  C  00:00:00:00 00:00:01:00 00:00:02:00 00:00:03:00\n"
        "003  B  V  C  00:00:00:00 00:00:01:00 00:00:04:00 00:00:05:00\n"
    ).cuts[0]
    assert cut.duration == 24


def test_zeros_without_an_end_are_no_list(read_text: ReadText) -> None:
    with pytest.raises(CutError, match="not text"):
        read_text(b"TITLE: x\n" + bytes(500))
