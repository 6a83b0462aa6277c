"""What the panel in Premiere says of empty stretches, against the file that was exported."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from pickup.cut.model import Cut, Item, ItemKind, Media, Track
from pickup_premiere.crosscheck import lost_in_export
from pickup_premiere.messages import Sent

RATE = Fraction(24000, 1001)
TICK = 10_594_584_000


def cut(*spans: tuple[int, int], more: tuple[Item, ...] = ()) -> Cut:
    items = [
        Item(ItemKind.CLIP, f"a{a}", a, b, media=Media(url=f"/a{a}.mov", name=f"a{a}.mov"))
        for a, b in spans
    ]
    tracks = [Track("video", "V1", items=items), Track("video", "V2", items=list(more))]
    return Cut("Scene", RATE, start=86400, tracks=tracks)


def sent(*empties: tuple[int, int, int]) -> Sent:
    said: Any = [{"track": t, "start": str(a * TICK), "end": str(b * TICK)} for t, a, b in empties]
    return Sent.model_validate(
        {"path": "x", "sequence": {"guid": "g", "name": "Scene"}, "empties": said}
    )


def test_a_gap_that_premiere_sees_too_is_one() -> None:
    here = cut((0, 100), (148, 200))
    assert lost_in_export(sent((0, 100, 148), (1, 0, 200)), here) == []


@pytest.mark.parametrize(
    "empties",
    [
        [(0, 100, 148)],  # a graphic lies over all of track 2
        [(0, 100, 148), (1, 0, 110), (1, 130, 200)],  # one within the gap
        [(0, 120, 148), (1, 0, 200)],  # the first half is no hole
        [],
    ],
)
def test_what_the_export_lost_is_told_with_its_timecode(empties: Any) -> None:
    (sentence,) = lost_in_export(sent(*empties), cut((0, 100), (148, 200)))
    assert sentence.startswith("At 01:00:04:04 the export has a gap of 48 frames, but in Premiere")


def test_a_clip_that_is_switched_off_explains_itself() -> None:
    off = Item(ItemKind.CLIP, "off", 90, 150, enabled=False, media=Media(url="/o", name="o"))
    assert lost_in_export(sent((0, 100, 148)), cut((0, 100), (148, 200), more=(off,))) == []


def test_only_the_gap_in_question_is_told_of() -> None:
    here = cut((0, 100), (148, 200), (300, 400))
    said = sent((0, 100, 148), (0, 200, 300), (1, 0, 148), (1, 250, 400))
    (sentence,) = lost_in_export(said, here)
    assert "gap of 100 frames" in sentence


def test_short_slips_are_nobodys_business() -> None:
    assert lost_in_export(sent(), cut((0, 100), (104, 200))) == []
