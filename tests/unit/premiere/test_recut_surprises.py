"""Recuts that nobody plans for: what is ours is known, and what is not is left alone."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from benchmarks.xmeml_cuts import premiere_like
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.premiere.conftest import fill_fast, lay_take, read_back, written_by
from tests.unit.premiere.test_recut import (
    HANDLES,
    RATE,
    Clip,
    Hole,
    cut_of,
    pickup_items,
    planned,
    scene,
    simulated,
)
from tests.unit.premiere.xml_recuts import XmlRecut

from pickup.cut.model import Item, ItemKind, Media, Track
from pickup_premiere.evidence import Evidence
from pickup_premiere.exchange import ExchangeHost
from pickup_premiere.recut import Verdict, look_again, recognise

EVERY = ["metadata", "file", "copy", "name", "note"]


def verdicts(found: Any) -> list[Verdict]:
    return [shot.verdict for shot in found.shots]


def take_media(**changes: Any) -> Media:
    """The media of a take, as an export describes it in full."""
    values: dict[str, Any] = {
        "url": "file:///E:/y/pk000_t01.mov",
        "name": "pk000_t01.mov",
        "rate": RATE,
        "start": Fraction(86400) / RATE,
        "duration": Fraction(48 + 2 * HANDLES) / RATE,
    }
    return Media(**(values | changes))


FOOTAGE = {
    "url": "file:///footage/A007.mov",
    "name": "A007.mov",
    "start": Fraction(4000) / RATE,
    "duration": Fraction(900) / RATE,
}


@pytest.mark.parametrize("carry", EVERY)
def test_footage_put_into_our_clip_is_the_editors(carry: str) -> None:
    parts, shots, _ = scene()
    items = pickup_items(parts, carry)
    changes = dict(FOOTAGE)
    if carry in ("file", "copy"):  # another film's pk000_t01
        changes |= {"url": items[0].media.url, "name": items[0].media.name}
    items[0].media = take_media(**changes)
    found = recognise(cut_of(parts, items), shots)
    assert verdicts(found) == [Verdict.GONE, Verdict.SAME]


@pytest.mark.parametrize("carry", EVERY)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"start": Fraction(0)},
        {"start": Fraction(99) / RATE},  # the timecode was changed in Premiere
        {"duration": Fraction(63) / RATE},  # a frame short, as some builds count
        {"duration": None},
        {"duration": Fraction(900) / RATE},  # joined with something longer
    ],
    ids=["as made", "no timecode", "other timecode", "a frame short", "no length", "longer"],
)
def test_our_media_may_lose_one_thing_or_another(carry: str, changes: dict[str, Any]) -> None:
    parts, shots, _ = scene()
    items = pickup_items(parts, carry)
    for item in items:
        item.media = take_media(url=item.media.url, name=item.media.name, **changes)
    assert verdicts(recognise(cut_of(parts, items), shots)) == [Verdict.SAME] * 2


def test_the_pk_of_another_production_is_not_ours() -> None:
    parts, shots, items = scene()
    theirs = dict(items[0].pickup, gap="gffffffffff")
    for media in (None, take_media(), take_media(start=Fraction(0))):
        foreign = replace(items[0], pickup=theirs, name="pk000_t01", media=media)
        found = recognise(cut_of(parts, [foreign, items[1]]), shots)
        assert verdicts(found) == [Verdict.GONE, Verdict.SAME]


@pytest.mark.parametrize("off", ["clip", "track"])
def test_what_is_switched_off_leaves_its_gap_open(off: str) -> None:
    parts, shots, items = scene()
    cut = cut_of(parts, items)
    if off == "clip":
        items[0].enabled = items[1].enabled = False
    else:
        cut.tracks[-1].enabled = False
    found = recognise(cut, shots)
    assert verdicts(found) == [Verdict.SAME, Verdict.SAME]
    assert [r.item for r in found.shots] == [None, None]
    assert [r.by for r in found.shots] == [Evidence.GAP_ID] * 2


@pytest.mark.parametrize("moved", [0, 5])
def test_pieces_that_have_come_apart_do_not_fill_their_gap(moved: int) -> None:
    parts, shots, items = scene()
    start, end = items[0].start, items[0].end
    left = replace(items[0], end=start + 20 - moved)
    right = replace(
        items[0], start=start + 30, source_start=items[0].source_start + Fraction(30) / RATE
    )
    found = recognise(cut_of(parts, [left, right, items[1]]), shots).shots[0]
    assert (found.verdict, found.head) == (Verdict.RETRIM, HANDLES)
    assert found.where is not None
    assert (found.where.start, found.where.end) == (start, end)


def test_pieces_in_another_order_still_fill_their_gap() -> None:
    parts, shots, items = scene()
    start = items[0].start
    late = replace(
        items[0], end=start + 24, source_start=items[0].source_start + Fraction(24) / RATE
    )
    early = replace(items[0], start=start + 24)
    found = recognise(cut_of(parts, [late, early, items[1]]), shots).shots[0]
    assert found.verdict is Verdict.SAME


def test_half_of_a_pickup_deleted_is_trimmed_anew() -> None:
    parts, shots, items = scene()
    items[0] = replace(items[0], end=items[0].start + 20)
    found = recognise(cut_of(parts, items), shots).shots[0]
    assert (found.verdict, found.head) == (Verdict.RETRIM, HANDLES)


@pytest.mark.parametrize("first", [True, False])
def test_the_copy_is_not_the_one_meant(first: bool) -> None:
    parts, shots, items = scene()
    hole: Any = next(p for p in parts if isinstance(p, Hole))
    more: list[Any] = [Clip("z1.mov", 7, 30), Hole("other", hole.length), Clip("z2.mov", 7, 30)]
    by = sum(p.length for p in more)
    if first:
        cut_parts, shift, at = [*more, *parts], by, 30
    else:
        cut_parts, shift, at = [*parts, *more], 0, sum(p.length for p in parts) + 30
    moved = [replace(i, start=i.start + shift, end=i.end + shift) for i in items]
    copy = replace(items[0], start=at, end=at + hole.length)
    found = recognise(cut_of(cut_parts, [*moved, copy]), shots).shots[0]
    assert found.where is not None
    assert found.where.start == items[0].start + shift
    assert [c.start for c in found.copies] == [at]


def test_another_take_put_under_the_clip_is_that_take(export: Any) -> None:
    made = fill_fast(export)
    shot = made.shots[0]
    lay_take(made.folder, shot, made.cut, 2)
    out = written_by(ExchangeHost(export), made).path
    text = out.read_text("utf-8").replace(f"{shot.id}_t01.mp4", f"{shot.id}_t02.mp4")
    out.write_text(text, "utf-8")
    _, found = look_again(out, read_back(out).cuts[0])
    first = found.shots[0]
    assert (first.verdict, first.by) == (Verdict.SAME, Evidence.METADATA)
    assert first.take is not None
    assert first.take.record.take == 2


def test_a_slowed_pickup_that_fills_its_gap_is_left_alone() -> None:
    parts, shots, items = scene()
    items[0].speed = Fraction(4, 5)
    found = recognise(cut_of(parts, items), shots)
    assert found.shots[0].verdict is Verdict.SAME
    assert found.shots[0].head is None
    items[0] = replace(items[0], end=items[0].end - 6)
    assert recognise(cut_of(parts, items), shots).shots[0].verdict is Verdict.RETAKE


def test_a_pickup_laid_over_footage_is_there_on_purpose() -> None:
    parts, shots, items = scene()
    over = replace(items[0], start=10, end=58)
    found = recognise(cut_of(parts, [over, items[1]]), shots)
    assert verdicts(found) == [Verdict.MOVED, Verdict.SAME]
    # Its old hole is open again, and nobody's.
    assert [gap.start for gap in found.new_gaps] == [items[0].start]


def test_a_pickup_within_a_nested_sequence_is_not_claimed_for_the_outer_one() -> None:
    parts, shots, items = scene()
    inner = cut_of(parts, items)
    inner.name = "Scene"
    outer = cut_of([])
    outer.name = "Reel 1"
    nested = Item(ItemKind.NESTED, "Scene", 0, inner.duration, nested=inner)
    outer.tracks = [Track("video", "V1", items=[nested])]
    found = recognise(outer, shots)
    assert {r.item for r in found.shots} == {None}
    assert found.new_gaps == ()


LENGTHS = st.lists(st.integers(24, 60), min_size=4, max_size=8)


@given(LENGTHS, st.integers(1, 4), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_razored_pieces_are_one_shot_wherever_the_cuts_are(
    lengths: list[int], pieces: int, random: Any
) -> None:
    parts = simulated(lengths)
    shots, items = planned(parts), pickup_items(parts)
    cut_up = []
    for item in items:
        within = [random.randint(item.start, item.end) for _ in range(pieces)]
        for start, end in pairwise(sorted({item.start, item.end, *within})):
            first = item.source_start + (start - item.start) / RATE
            cut_up.append(replace(item, start=start, end=end, source_start=first))
    found = recognise(cut_of(parts, cut_up), shots)
    assert verdicts(found) == [Verdict.SAME] * len(shots)
    assert {r.head for r in found.shots} == {HANDLES}
    assert found.new_gaps == ()


@given(LENGTHS, LENGTHS)
@settings(deadline=None, max_examples=60)
def test_another_film_with_cameras_of_the_same_names_is_not_recognised(
    ours: list[int], theirs: list[int]
) -> None:
    shots = planned(simulated(ours))
    other = simulated(theirs)
    for part in other:
        if isinstance(part, Clip):
            part.first += 5000  # the same file names, as cameras number them; other frames
    found = recognise(cut_of(other), shots)
    assert {r.verdict for r in found.shots} == {Verdict.GONE}


class TestFolders:
    """Exports of one exchange folder, of one film and of others."""

    def test_a_duplicate_sequence_knows_the_shots_too(self, export: Any) -> None:
        made = fill_fast(export)
        out = written_by(ExchangeHost(export), made).path
        recut = XmlRecut(out)
        recut.sequence.find("name").text = "Copy of it 01"
        again = recut.save(export.with_name("Another name.xml"))
        folder, found = look_again(again, read_back(again).cuts[0])
        assert folder == made.folder
        assert verdicts(found) == [Verdict.SAME] * len(made.shots)

    def test_another_sequence_of_the_same_file_is_not_told_of_shots(self, export: Any) -> None:
        made = fill_fast(export)
        text = export.read_text("utf-8").replace("A0", "Z9")
        other = export.with_name("Long cut.filled-9.xml")
        other.write_text(text, "utf-8")
        cut = read_back(other).cuts[0]
        strange = replace(cut, name="Scene 5")
        for track in strange.tracks:
            for item in track.items:
                if item.media is not None:
                    name = f"other-{item.media.name}"
                    item.media = replace(item.media, url=f"file:///o/{name}", name=name, path=None)
                    item.name = name
        folder, found = look_again(export, strange)
        assert folder == made.folder
        assert found.shots == ()
        assert len(found.new_gaps) == len(made.shots)

    def test_a_film_that_begins_with_a_hole_is_not_the_other_one(self, tmp_path: Any) -> None:
        for name in ("Film A", "Film B"):
            path = tmp_path / f"{name}.xml"
            path.write_bytes(premiere_like(60))
            recut = XmlRecut(path)
            recut.ripple(0, 60)
            if name == "Film B":
                for url in recut.root.iter("pathurl"):
                    url.text = url.text.replace("file://localhost/", "file://localhost/other/B-")
                    url.text = url.text.rpartition("/")[0] + "/B" + url.text.rpartition("/")[2]
                for clip in recut.root.iter("clipitem"):
                    clip.find("name").text = "B" + clip.findtext("name")
                for file in recut.root.iter("file"):
                    if file.find("name") is not None:
                        file.find("name").text = "B" + file.findtext("name")
            recut.save(path)
        made = fill_fast(tmp_path / "Film A.xml")
        assert made.shots[0].first_frame is None
        path = tmp_path / "Film B.xml"
        folder, found = look_again(path, read_back(path).cuts[0])
        assert folder.root.name == "Film B.pickup"
        assert found.shots == ()

    def test_the_pickups_of_another_film_in_a_cut_are_clips_like_others(
        self, tmp_path: Any
    ) -> None:
        for name, clips in (("A", 60), ("B", 90)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "Scene.xml").write_bytes(premiere_like(clips))
        one, two = (fill_fast(tmp_path / name / "Scene.xml") for name in "AB")
        filled = written_by(ExchangeHost(tmp_path / "A" / "Scene.xml"), one).path
        stray = tmp_path / "B" / "Scene with a clip of A.xml"
        shutil.copy(filled, stray)
        recut = XmlRecut(stray)
        for lognote in recut.root.iter("lognote"):
            lognote.text = ""
        for marker in list(recut.root.iter("marker")):
            marker.getparent().remove(marker)
        for clip in recut.root.iter("clipitem"):
            for tag in ("start", "end"):
                clip.find(tag).text = str(int(clip.findtext(tag)) + 7)
        for file in recut.root.iter("file"):
            start = file.find("timecode/frame")
            if start is not None and "pk" in file.findtext("name"):
                start.text = str(int(start.text) + 100_000)
                file.find("duration").text = str(int(file.findtext("duration")) + 400)
        recut.save(stray)
        _, found = look_again(stray, read_back(stray).cuts[0])
        assert two.shots
        assert not [r for r in found.shots if r.by is Evidence.FILE]
