"""A cut written as another format: the same clips at the same frames, and what is lost is said."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.formats_cross.constructs import (
    clip,
    cut,
    everything,
    media,
    placement,
    take,
    track,
)

from pickup.cut.files import open_cut_file, save_cut
from pickup.cut.formats.base import WriteOptions
from pickup.cut.gap import FILLED_KINDS
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import CutFile, Item, ItemKind, Marker, Raster
from pickup.cut.placement import Placement
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.cut.model import Cut

    Across = Callable[..., tuple[Cut, list[str]]]

LAYERED = (".otio", ".xml", ".fcpxml")
ALL = (*LAYERED, ".edl")
NTSC = Fraction(30000, 1001)


def shown(made: Cut) -> list[list[tuple[str, int, int, bool]]]:
    """Name, bounds and flag of what stands on each track; transitions apart."""
    bare = (ItemKind.HOLE, ItemKind.TRANSITION)
    return [
        [(i.name, i.start, i.end, i.enabled) for i in t.items if i.kind not in bare]
        for t in made.tracks
        if t.items
    ]


def clips(made: Cut) -> list[Item]:
    return [i for t in made.tracks for i in t.items if i.kind is ItemKind.CLIP]


def transitions(made: Cut) -> list[tuple[int, int]]:
    items = [i for t in made.video_tracks for i in t.items]
    return [(i.start, i.end) for i in items if i.kind is ItemKind.TRANSITION]


def holes(made: Cut) -> list[tuple[int, int]]:
    return [(g.start, g.end) for g in find_gaps(made, GapOptions(kinds=FILLED_KINDS)).gaps]


@pytest.mark.parametrize("suffix", LAYERED)
def test_every_clip_stays_at_its_frames(across: Across, suffix: str) -> None:
    made = everything()
    again, _ = across(made, suffix)
    assert shown(again) == shown(made)
    assert transitions(again) == transitions(made) == [(42, 54)]
    assert (again.rate, again.start, again.duration) == (made.rate, made.start, made.duration)
    assert [(m.name, m.start, m.comment) for m in again.markers] == [
        (m.name, m.start, m.comment) for m in made.markers
    ]
    for one, two in zip(clips(again), clips(made), strict=True):
        if two.retime is None:
            assert (one.source_start, one.speed) == (two.source_start, two.speed), two.name
    kinds = [i.kind for i in again.tracks[0].items if i.start in (228, 264)]
    assert kinds == [ItemKind.NESTED, ItemKind.SLUG]


@pytest.mark.parametrize("suffix", ALL)
def test_gaps_are_the_same(across: Across, suffix: str) -> None:
    again, _ = across(everything(), suffix)
    assert holes(again) == holes(everything()) == [(96, 144), (400, 424)]


@pytest.mark.parametrize("suffix", ALL)
def test_placed_clips_arrive(across: Across, suffix: str) -> None:
    puts = [placement(96, 144, track=0), placement(400, 424, "g002_t01")]
    again, _ = across(everything(), suffix, *puts)
    assert holes(again) == []
    ours = {i.name: i for t in again.video_tracks for i in t.items if i.pickup}
    assert {name: (i.start, i.end) for name, i in ours.items()} == {
        "g001_t01": (96, 144),
        "g002_t01": (400, 424),
    }
    record = ours["g001_t01"].pickup
    assert record is not None
    assert record["synthetic"] is True
    assert ours["g001_t01"].source_start == Fraction(86408, 24)


@pytest.mark.parametrize("suffix", ALL)
def test_the_list_shows_what_is_on_top(across: Across, suffix: str) -> None:
    made = everything()
    again, _ = across(made, suffix)
    for frame in (30, 90, 150, 230, 280, 350, 430):
        assert on_top(again, frame) == on_top(made, frame), frame


def on_top(made: Cut, frame: int) -> str:
    kinds = (ItemKind.CLIP, ItemKind.NESTED)
    found = [
        i.name
        for t in made.video_tracks
        for i in t.items
        if i.kind in kinds and i.enabled and i.start <= frame < i.end
    ]
    return found[-1] if found else ""


LOST = {
    ".otio": ["“ramp” changes its speed", "picture's size"],
    ".xml": [
        "linked", "colours of markers", "“ramp”", "image sequence of “vfx”",
        "title “Chapter 1”", "“lost” is missing",
    ],
    ".fcpxml": ["“vfx” is an image sequence", "title “Chapter 1”", "“lost” is missing"],
    ".edl": [
        "titles over picture: 1", "audio tracks: 1", "disabled clips: 1", "Markers of an EDL",
        "missing: 1", "Nested sequences", "varying speed",
    ],
}  # fmt: skip


@pytest.mark.parametrize("suffix", ALL)
def test_what_is_lost_is_said_once_each(across: Across, suffix: str) -> None:
    _, notes = across(everything(), suffix)
    unsaid = [words for words in LOST[suffix] if not any(words in note for note in notes)]
    assert unsaid == []
    assert len(notes) == len(LOST[suffix]), notes
    assert all(note.endswith(".") and "\n" not in note for note in notes)


@pytest.mark.parametrize("suffix", ALL)
def test_what_can_be_said_is_not_complained_of(across: Across, suffix: str) -> None:
    plain = cut(track(clip(0, 24, "a"), clip(48, 72, "b")))
    _, notes = across(plain, suffix)
    assert [note for note in notes if "picture's size" not in note] == []


@pytest.mark.parametrize(
    ("suffix", "made", "words"),
    [
        (".fcpxml", cut(track(clip(0, 24, "a"), Item(ItemKind.TRANSITION, "Iris", 20, 28),
                              clip(24, 48, "b"))), "“Iris” becomes a cross dissolve"),
        (".edl", cut(track(clip(0, 24, "a"), Item(ItemKind.TRANSITION, "Iris", 20, 28),
                           clip(24, 48, "b"))), "dissolves in the EDL"),
        (".xml", cut(track(clip(0, 24, "a"), Item(ItemKind.TRANSITION, "Iris", 20, 28),
                           clip(24, 48, "b"))), "“Iris”"),
        (".fcpxml", cut(track(clip(0, 24, "a")), markers=[Marker("m", 3, color="CYAN")]),
         "colours of markers"),
        (".fcpxml", cut(track(clip(0, 24, "a")), raster=None), "not known"),
        (".xml", cut(track(clip(0, 24, "a")), raster=None), "1920 x 1080 is assumed"),
        (".edl", cut(track(Item(ItemKind.TITLE, "End", 0, 24), clip(24, 48, "b"))),
         "Titles over nothing"),
        (".otio", cut(track(clip(0, 24, "a"), clip(12, 36, "b"))), "lies over its neighbour"),
    ],
)  # fmt: skip
def test_each_loss_has_its_note(across: Across, suffix: str, made: Cut, words: str) -> None:
    _, notes = across(made, suffix)
    assert any(words in note for note in notes), notes


@pytest.mark.parametrize("suffix", ALL)
def test_other_takes_are_kept_or_named(across: Across, suffix: str) -> None:
    takes = (take(24, "g001_t01"), take(24, "g001_t02"))
    put = Placement(24, 48, "g001", takes, active=1, track=0)
    made = cut(track(clip(0, 24, "a"), clip(48, 72, "b")))
    again, notes = across(made, suffix, put)
    item = next(i for t in again.video_tracks for i in t.items if i.pickup)
    assert item.media is not None
    assert item.media.name.startswith("g001_t02")
    if suffix == ".edl":
        assert any("chosen take" in note for note in notes)


@pytest.mark.parametrize("suffix", ALL)
@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), NTSC, Fraction(60)])
def test_rates_stay_exact(across: Across, suffix: str, rate: Fraction) -> None:
    of = replace(media("a"), rate=rate, start=90000 / rate)
    at = {"media": of, "source_start": 90100 / rate}
    made = cut(track(clip(0, 50, "a", **at), clip(100, 151, "b", **at)), rate=rate, start=90000)
    again, _ = across(made, suffix)
    assert (again.rate, again.start) == (rate, 90000)
    assert shown(again) == shown(made)
    assert holes(again) == [(50, 100)]
    assert again.tracks[0].items[0].source_frame(0, rate) == 90100


@pytest.mark.parametrize("suffix", ALL)
def test_drop_frame_stays(across: Across, suffix: str) -> None:
    at = {"media": replace(media("a"), rate=NTSC), "source_start": Fraction(0)}
    made = cut(track(clip(0, 30, "a", **at)), rate=NTSC, start=107892, drop_frame=True)
    again, _ = across(made, suffix)
    assert (again.drop_frame, again.start) == (True, 107892)


# Shapes for a target


def exported(tmp_path: Path, suffix: str, target: str, path: str = "/takes/Tag 1/ä.mov") -> str:
    made = cut(track(clip(0, 24, "a"), clip(48, 72, "b")))
    put = placement(24, 48, track=0, path=Path(path))
    out = tmp_path / f"for{suffix}"
    save_cut(CutFile(tmp_path / "none", "", [made]), made, [put], out, WriteOptions(target))
    return out.read_text("utf-8")


def test_otio_for_resolve(tmp_path: Path) -> None:
    said = json.loads(exported(tmp_path, ".otio", "resolve"))
    placed = said["tracks"]["children"][0]["children"][1]
    assert placed["OTIO_SCHEMA"] == "Clip.2"
    assert placed["media_references"]["DEFAULT_MEDIA"]["target_url"] == "/takes/Tag 1/ä.mov"
    assert placed["metadata"]["Resolve_OTIO"] == {}
    assert said["metadata"]["Resolve_OTIO"] == {"Resolve OTIO Meta Version": "1.0"}


def test_otio_for_premiere(tmp_path: Path) -> None:
    said = json.loads(exported(tmp_path, ".otio", "premiere"))
    assert {c["OTIO_SCHEMA"] for c in said["tracks"]["children"][0]["children"]} == {"Clip.1"}
    placed = said["tracks"]["children"][0]["children"][1]
    assert placed["media_reference"]["target_url"] == "file:///takes/Tag%201/%C3%A4.mov"
    assert said["tracks"]["metadata"]["PremierePro_OTIO"]["VideoResolution"]["width"] == 1920
    read = open_cut_file(tmp_path / "for.otio").cuts[0]
    assert read.raster == Raster(1920, 1080)
    assert holes(read) == []


def test_xml_for_premiere_and_for_others(tmp_path: Path) -> None:
    ours = exported(tmp_path, ".xml", "premiere")
    assert "<pathurl>file://localhost/takes/Tag%201/%c3%a4.mov</pathurl>" in ours.replace(
        "%C3%A4", "%c3%a4"
    )
    assert '<xmeml version="4">' in ours
    assert "pproTicksIn" in ours
    for target in ("resolve", "fcp", "avid"):
        other = exported(tmp_path, ".xml", target)
        assert '<xmeml version="5">' in other
        assert "pproTicks" not in other
    windows = exported(tmp_path, ".xml", "premiere", "D:/takes/a b.mov")
    assert re.search(r"<pathurl>file://localhost/D%3a/takes/a%20b\.mov<", windows)


@pytest.mark.parametrize("target", ["resolve", "premiere", "fcp", "avid"])
@pytest.mark.parametrize("suffix", ALL)
def test_every_target_reads_back(across: Across, suffix: str, target: str) -> None:
    put: Any = placement(96, 144, track=0)
    again, _ = across(everything(), suffix, put, target=target)
    assert holes(again) == [(400, 424)]


@pytest.mark.parametrize(
    ("target", "suffix", "told"),
    [
        ("premiere", ".fcpxml", True), ("premiere", ".xml", False), ("fcp", ".otio", True),
        ("fcp", ".fcpxml", False), ("avid", ".xml", True), ("avid", ".edl", False),
        ("resolve", ".otio", False), ("", ".fcpxml", False),
    ],
)  # fmt: skip
def test_a_program_that_reads_no_such_files_is_named(
    across: Across, target: str, suffix: str, told: bool
) -> None:
    _, notes = across(cut(track(clip(0, 24, "a"))), suffix, target=target)
    assert any("reads no" in note for note in notes) == told


def test_a_refusal_names_the_file_that_was_asked_for(across: Across) -> None:
    deep = cut(track(clip(0, 24, "a")))
    for _ in range(30):
        deep = cut(track(Item(ItemKind.NESTED, "in", 0, 24, nested=deep)))
    with pytest.raises(CutError, match=r"^across\.fcpxml: .*nested too deep"):
        across(deep, ".fcpxml")


@pytest.mark.parametrize(
    ("target", "url", "resolve"),
    [
        ("", "file:///takes/Day%201/g001_t01.mov", False),
        ("resolve", "/takes/Day 1/g001_t01.mov", True),
        ("premiere", "file:///takes/Day%201/g001_t01.mov", False),
    ],
)
def test_a_target_shapes_what_is_put_into_a_document(
    tmp_path: Path, target: str, url: str, resolve: bool
) -> None:
    source, out = tmp_path / "source.otio", tmp_path / "out.otio"
    made = cut(track(clip(0, 24, "a"), clip(48, 72, "b")))
    save_cut(CutFile(tmp_path / "none", "", [made]), made, (), source)
    document = open_cut_file(source)
    put = placement(24, 48, track=0)
    save_cut(document, document.cuts[0], [put], out, WriteOptions(target))
    placed = json.loads(out.read_text())["tracks"]["children"][0]["children"][1]
    assert placed["media_references"]["DEFAULT_MEDIA"]["target_url"] == url
    assert ("Resolve_OTIO" in placed["metadata"]) == resolve
