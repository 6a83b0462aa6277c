"""What documents of the wild leave out or say twice, and what each construct shows."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.unit.formats_xmeml.xmeml_documents import (
    RATE,
    clip,
    file,
    placement,
    rate,
    sequence,
    track,
    transition,
    written,
    xmeml,
)

from pickup.cut.gap import GapKind
from pickup.cut.gaps import find_gaps
from pickup.cut.model import ItemKind
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.cut.model import Cut, CutFile

    Opened = Callable[[str | bytes], CutFile]
    First = Callable[[str | bytes], Cut]

EMPTY, SLUG, TITLE = GapKind.EMPTY, GapKind.SLUG, GapKind.TITLE
NOWHERE = '<clipitem id="aclip-1"><name>dialog.wav</name></clipitem>'


def gaps(cut: Cut) -> list[tuple[int, int, GapKind]]:
    return [
        (g.start, g.duration, g.kind) for g in find_gaps(cut).gaps if g.kind in (EMPTY, SLUG, TITLE)
    ]


def generator(start: int, end: int, name: str, category: str = "", inner: str = "") -> str:
    return (
        f'<generatoritem id="g{start}"><name>{name}</name><duration>500</duration>{RATE}'
        f"<start>{start}</start><end>{end}</end><in>0</in><out>{end - start}</out>"
        f"<effect><name>{name}</name><effectid>{name}</effectid>"
        f"<effectcategory>{category}</effectcategory><effecttype>generator</effecttype>"
        f"<mediatype>video</mediatype>{inner}</effect></generatoritem>"
    )


def made_up(source: str, name: str = "Graphic") -> str:
    """A file that Premiere made itself."""
    return f'<file id="file-g"><name>{name}</name><mediaSource>{source}</mediaSource>{RATE}</file>'


def color(red: int, green: int, blue: int) -> str:
    return (
        "<parameter><parameterid>fillcolor</parameterid><name>Color</name><value>"
        f"<alpha>0</alpha><red>{red}</red><green>{green}</green><blue>{blue}</blue>"
        "</value></parameter>"
    )


def test_sound_that_stands_nowhere_is_left_out_and_told(opened: Opened) -> None:
    document = opened(xmeml(sequence(track(clip(0, 24), clip(60, 90, 2)), audio=track(NOWHERE))))
    cut = document.cuts[0]
    assert gaps(cut) == [(24, 36, EMPTY)]
    assert cut.audio_tracks[0].items == []
    assert document.notes == ["Sound that says no place on the timeline was left out."]


def test_it_is_told_once_and_stays_in_the_document(opened: Opened) -> None:
    sound = track(NOWHERE, clip(0, 30, 9)) + track(NOWHERE)
    document = opened(xmeml(sequence(track(clip(0, 24), clip(60, 90, 2)), audio=sound)))
    assert len(document.notes) == 1
    again = written(document, placement(24, 60, track=0))
    assert again.path.read_bytes().count(NOWHERE.encode()) == 2
    assert gaps(again.cuts[0]) == []


def test_a_picture_that_stands_nowhere_is_refused(opened: Opened) -> None:
    with pytest.raises(CutError, match="has no start"):
        opened(xmeml(sequence(track(NOWHERE, clip(0, 24)))))


def test_half_a_place_of_sound_is_refused(opened: Opened) -> None:
    half = NOWHERE.replace("</name>", "</name><start>4</start>")
    with pytest.raises(CutError, match="has no end"):
        opened(xmeml(sequence(track(clip(0, 24)), audio=track(half))))


@pytest.mark.parametrize(
    ("middle", "expected"),
    [
        ("", [(24, 24, EMPTY)]),
        (generator(24, 48, "Slug"), [(24, 24, SLUG)]),
        (generator(24, 48, "Slug", "Special"), [(24, 24, SLUG)]),
        (generator(24, 48, "Color", "Matte"), []),
        (generator(24, 48, "Color", "Matte", color(0, 0, 0)), [(24, 24, SLUG)]),
        (generator(24, 48, "Color", "Matte", color(0, 0, 200)), []),
        (generator(24, 48, "Noise", "Render"), []),
        (generator(24, 48, "Text", "Text"), [(24, 24, TITLE)]),
        (generator(24, 48, "Lower 3rd", "Text"), [(24, 24, TITLE)]),
        (generator(24, 48, "Scrolling Text", "Text"), [(24, 24, TITLE)]),
        (clip(24, 48, 5, body=made_up("GraphicAndType")), []),
        (clip(24, 48, 5, body=made_up("Slug", "Black Video")), [(24, 24, SLUG)]),
        (clip(24, 48, 5, body=made_up("Slug", "Schwarzbild")), [(24, 24, SLUG)]),
        (clip(24, 48, 5, body=made_up("Slug", "Bars and Tone")), []),
        (clip(24, 48, 5, body=made_up("Slug", "Universal Counting Leader")), []),
        (clip(24, 48, 5, inner="<enabled>FALSE</enabled>"), [(24, 24, EMPTY)]),
        (clip(24, 48, 5, inner="<enabled>TRUE</enabled>"), []),
        (generator(24, 40, "Slug"), [(24, 16, SLUG)]),
        (clip(24, 36, 5), [(36, 12, EMPTY)]),
        (clip(36, 48, 5), [(24, 12, EMPTY)]),
        (clip(20, 60, 5), []),
    ],
)
def test_what_an_item_between_two_clips_shows(
    first: First, middle: str, expected: list[tuple[int, int, GapKind]]
) -> None:
    cut = first(xmeml(sequence(track(clip(0, 24), middle, clip(48, 72, 2)))))
    assert gaps(cut) == expected
    assert cut.duration == 72


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        ([(0, 24), (48, 72)], [(24, 48)], []),
        ([(0, 24), (48, 72)], [(12, 36)], [(36, 12, EMPTY)]),
        ([(0, 24), (48, 72)], [(0, 72)], []),
        ([], [(30, 72)], [(0, 30, EMPTY)]),
        ([(0, 10), (30, 40)], [(50, 60), (10, 20)], []),
        ([(0, 10), (40, 50)], [(70, 80)], [(10, 30, EMPTY), (50, 20, EMPTY)]),
    ],
)
def test_tracks_over_each_other(
    first: First,
    below: list[tuple[int, int]],
    above: list[tuple[int, int]],
    expected: list[tuple[int, int, GapKind]],
) -> None:
    tracks = [
        track(*(clip(a, b, 10 * row + n) for n, (a, b) in enumerate(spans)))
        for row, spans in enumerate((below, above))
    ]
    assert gaps(first(xmeml(sequence(*tracks)))) == expected


def test_a_hidden_track_shows_nothing_and_still_counts(first: First) -> None:
    hidden = track(clip(24, 90, 7), tail="<enabled>FALSE</enabled>")
    cut = first(xmeml(sequence(track(clip(0, 24)), hidden)))
    assert (cut.duration, gaps(cut)) == (90, [(24, 66, EMPTY)])


def test_sound_makes_a_cut_longer(first: First) -> None:
    cut = first(xmeml(sequence(track(clip(0, 24)), audio=track(clip(0, 100, 8)))))
    assert (cut.duration, gaps(cut)) == (100, [(24, 76, EMPTY)])


@pytest.mark.parametrize(
    ("alignment", "edit"),
    [("center", 30), ("start", 24), ("start-black", 24), ("end", 36), ("end-black", 36)],
)
def test_a_transition_between_clips_covers_itself(first: First, alignment: str, edit: int) -> None:
    cut = first(xmeml(sequence(track(clip(0, -1), transition(24, 36, alignment), clip(-1, 60, 2)))))
    assert gaps(cut) == []
    assert [(i.start, i.end) for i in cut.video_tracks[0].items if i.kind is ItemKind.CLIP] == [
        (0, edit),
        (edit, 60),
    ]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((transition(0, 12, "start-black"), clip(-1, 60)), []),
        ((clip(0, -1), transition(48, 60, "end-black")), []),
        ((clip(0, -1), transition(12, 24, "end-black"), clip(60, 90, 2)), [(24, 36, EMPTY)]),
        ((clip(0, 20), transition(60, 70, "start-black"), clip(-1, 90, 2)), [(20, 40, EMPTY)]),
    ],
)
def test_fades_from_and_to_nothing(
    first: First, items: tuple[str, ...], expected: list[tuple[int, int, GapKind]]
) -> None:
    assert gaps(first(xmeml(sequence(track(*items))))) == expected


@pytest.mark.parametrize(
    ("timebase", "ntsc", "expected"),
    [
        (24, "TRUE", Fraction(24000, 1001)),
        (24, None, Fraction(24)),
        (30, "TRUE", Fraction(30000, 1001)),
        (30, "true", Fraction(30000, 1001)),
        (60, "TRUE", Fraction(60000, 1001)),
        (50, "FALSE", Fraction(50)),
        (23, "FALSE", Fraction(24000, 1001)),
        (29, "TRUE", Fraction(30000, 1001)),
        ("29.97", "FALSE", Fraction(30000, 1001)),
        (25, "", Fraction(25)),
    ],
)
def test_rates_as_they_are_written(
    first: First, timebase: object, ntsc: str | None, expected: Fraction
) -> None:
    assert first(xmeml(sequence(track(clip(0, 24)), at=rate(timebase, ntsc)))).rate == expected


@pytest.mark.parametrize(
    ("wrapped", "names"),
    [
        ("<project><name>P</name><children>{0}{1}</children></project>", ["a", "b"]),
        ("<bin><name>B</name><children>{0}<bin><children>{1}</children></bin></children></bin>",
         ["a", "b"]),
        ("{0}{1}", ["a", "b"]),
        ("<project><children><clip id='m'><name>x</name></clip>{0}</children></project>", ["a"]),
    ],
)  # fmt: skip
def test_sequences_are_found_wherever_they_lie(
    opened: Opened, wrapped: str, names: list[str]
) -> None:
    body = wrapped.format(
        sequence(track(clip(0, 24)), key="a"), sequence(track(clip(0, 9, 2)), key="b")
    )
    assert [cut.name for cut in opened(xmeml(body)).cuts] == names


def test_a_nested_sequence_shows_its_own_holes(first: First) -> None:
    inner = sequence(track(clip(0, 20, 3), clip(50, 80, 4)), key="sequence-2")
    cut = first(xmeml(sequence(track(clip(0, 10), clip(10, 90, 2, body=inner)))))
    assert gaps(cut) == [(30, 30, EMPTY)]


def test_a_nested_sequence_is_entered_at_its_in(first: First) -> None:
    inner = sequence(track(clip(0, 20, 3), clip(50, 80, 4)), key="sequence-2")
    cut = first(xmeml(sequence(track(clip(0, 40, 2, point_in=30, body=inner)))))
    assert gaps(cut) == [(0, 20, EMPTY)]


def test_a_second_use_refers_back_to_the_first(first: First) -> None:
    inner = sequence(track(clip(0, 20, 3), clip(40, 60, 4)), key="sequence-2")
    again = '<sequence id="sequence-2"/>'
    cut = first(xmeml(sequence(track(clip(0, 60, 2, body=inner), clip(60, 120, 5, body=again)))))
    assert gaps(cut) == [(20, 20, EMPTY), (80, 20, EMPTY)]


def test_the_declared_duration_says_nothing(first: First) -> None:
    text = xmeml(sequence(track(clip(0, 24), clip(48, 72, 2))))
    for declared in ("0", "1000000", "-1", "x", ""):
        document = text.replace("<duration>0</duration>", f"<duration>{declared}</duration>", 1)
        assert first(document).duration == 72


def test_a_file_is_found_by_its_id_before_and_after(first: First) -> None:
    cut = first(
        xmeml(
            sequence(
                track(
                    clip(0, 24, 1, body='<file id="file-9"/>'),
                    clip(24, 48, 2, body=file("file-9", "file://localhost/m/late.mov")),
                    clip(48, 72, 3, body='<file id="file-9"/>'),
                )
            )
        )
    )
    urls = {item.media.url for item in cut.video_tracks[0].items if item.media}
    assert urls == {"file://localhost/m/late.mov"}


@pytest.mark.parametrize(
    ("timecode", "start", "drop"),
    [
        ("<string>01:00:00:00</string><frame>86400</frame><displayformat>NDF</displayformat>",
         86400, False),
        ("<string>01:00:00:00</string><displayformat>NDF</displayformat>", 86400, False),
        ("<string>00:00:00:00</string><frame>48</frame>", 48, False),
        ("<string>nonsense</string>", 0, False),
        ("", 0, False),
    ],
)  # fmt: skip
def test_where_a_sequence_starts(first: First, timecode: str, start: int, drop: bool) -> None:
    body = f"<timecode>{RATE}{timecode}</timecode>"
    cut = first(xmeml(sequence(track(clip(0, 24)), timecode=body)))
    assert (cut.start, cut.drop_frame) == (start, drop)
    assert cut.video_tracks[0].items[0].start == 0


def referred(number: int) -> str:
    """What OpenTimelineIO's adapter writes for an item equal to one that it has written."""
    return f'<clipitem id="clipitem-{number}"/>'


def test_an_item_may_refer_to_another_by_its_id(opened: Opened) -> None:
    text = sequence(track(referred(1), referred(2)), audio=track(clip(0, 24), clip(60, 90, 2)))
    document = opened(xmeml(text))
    cut = document.cuts[0]
    assert gaps(cut) == [(24, 36, EMPTY)]
    assert [(i.name, i.start, i.end) for i in cut.video_tracks[0].items] == [
        ("clip 1", 0, 24),
        ("clip 2", 60, 90),
    ]
    assert len({item.locator for t in cut.tracks for item in t.items}) == 4
    again = written(document, placement(24, 60, track=0))
    assert gaps(again.cuts[0]) == []
    assert again.path.read_bytes().count(referred(1).encode()) == 1


def test_a_reference_to_an_earlier_item_is_followed_too(first: First) -> None:
    cut = first(xmeml(sequence(track(clip(0, 24)), track(referred(1)), audio=track(referred(1)))))
    assert [[(i.start, i.end) for i in t.items] for t in cut.tracks] == [[(0, 24)]] * 3


def test_a_reference_to_nothing_is_refused(opened: Opened) -> None:
    with pytest.raises(CutError, match="has no start"):
        opened(xmeml(sequence(track(clip(0, 24), referred(9)))))
