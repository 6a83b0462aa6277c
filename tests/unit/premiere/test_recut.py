"""Recuts, simulated: whatever the editor does to the cut, every shot is known again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.premiere.conftest import fill_fast, lay_take, read_back, written_by

from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import Cut, Item, ItemKind, Marker, Media, Track
from pickup.fill.folder import PickupFolder
from pickup.fill.takes import PickupRecord, SourceFile, Take, write_take
from pickup.shots.plan import read_plan, write_plan
from pickup_premiere.earlier import EarlierShot, Side, earlier_shots
from pickup_premiere.evidence import Evidence
from pickup_premiere.exchange import ExchangeHost
from pickup_premiere.recut import Verdict, look_again, recognise

RATE = Fraction(24)
HANDLES = 8


class Clip:
    """A piece of footage in the simulated cut; `first` is the file's frame that it begins with."""

    def __init__(self, name, first, length):
        self.name, self.first, self.length = name, first, length


class Hole:
    """A gap with its shot; `head` counts the frames by which it has grown at its head."""

    def __init__(self, shot, length):
        self.shot, self.length, self.head, self.tail = shot, length, 0, 0


def simulated(lengths):
    """A cut of clips with a hole after every second one."""
    parts: list[Any] = []
    for index, length in enumerate(lengths):
        parts.append(Clip(f"A{index:03d}.mov", 100, 100))
        if index % 2 == 0 and index < len(lengths) - 1:
            parts.append(Hole(f"pk{index:03d}", length))
    return parts


def layout(parts):
    at = 0
    for part in parts:
        yield at, part
        at += part.length


def footage(parts):
    return [
        Item(
            ItemKind.CLIP,
            part.name,
            at,
            at + part.length,
            media=Media(url=f"file:///media/{part.name}", name=part.name, rate=RATE),
            source_start=part.first / RATE,
        )
        for at, part in layout(parts)
        if isinstance(part, Clip)
    ]


def cut_of(parts, pickups=()):
    tracks = [Track("video", "V1", items=footage(parts))]
    if pickups:
        tracks.append(Track("video", "Pickup", items=list(pickups)))
    return Cut("Scene", RATE, tracks=tracks)


def take_of(shot, gap, length):
    record = PickupRecord(
        shot=shot, gap=gap, take=1, provider="p", model="m", prompt="x", seed=1, cost_usd=0,
        created="", request_sha256="0" * 64, source=SourceFile(file="x", sha256="0" * 64),
    )  # fmt: skip
    return Take(
        record=record, file=f"{shot}_t01.mp4", sha256="ab" * 32, deliver="h264", rate=RATE,
        frames=length + 2 * HANDLES, visible=length, head=HANDLES, start=86400, drop_frame=False,
        reel="PK", width=1920, height=1080, pixel_aspect=Fraction(1),
    )  # fmt: skip


def planned(parts):
    """The shots of a cut as plan and takes tell of them."""
    gaps = {gap.start: gap for gap in find_gaps(cut_of(parts), GapOptions(min_frames=1)).gaps}
    shots = []
    for at, part in layout(parts):
        if isinstance(part, Hole):
            gap = gaps[at]
            before, after = (
                Side(n.name, n.media.url, n.frame) if n else None for n in (gap.before, gap.after)
            )
            take = take_of(part.shot, gap.id, part.length)
            ids = frozenset({gap.id})
            shots.append(EarlierShot(part.shot, ids, at, part.length, before, after, (take,)))
    return shots


def pickup_items(parts, carry="metadata"):
    """The placed clips, where they were placed before the recut of the clips below them."""
    items = []
    gaps = {shot.id: shot for shot in planned(parts)}
    for at, part in layout(parts):
        if isinstance(part, Hole):
            take = gaps[part.shot].takes[0]
            item: Any = Item(
                ItemKind.CLIP,
                "renamed",
                at,
                at + part.length,
                media=Media(url="file:///x/other.mp4", name="other.mp4", rate=RATE),
                source_start=Fraction(HANDLES) / RATE,
            )
            if carry == "metadata":
                item.pickup = take.metadata()
            elif carry == "file":
                item.media = replace(item.media, url=f"file:///E:/y/{take.file}", name=take.file)
            elif carry == "copy":
                name = f"{take.name}_abababab.mp4"
                item.media = replace(item.media, url=f"file:///m/{name}", name=name)
            elif carry == "name":
                item.name = take.name
            elif carry == "note":
                item.note = f"Synthetic, shot x, gap {take.record.gap}"
            items.append(item)
    return items


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["trim before", "trim after", "insert", "remove", "roll"]),
        st.integers(0, 4),
        st.integers(-20, 20),
    ),
    max_size=6,
)


def recut(parts, edits, pickups):
    """Apply edits to copies of the parts; the pickups travel with ripples, and stay under trims."""
    parts = [Clip(p.name, p.first, p.length) if isinstance(p, Clip) else _hole(p) for p in parts]
    # A pickup that covers nothing of its hole any more counts as moved there by the editor.
    limit = 14 if pickups else 60
    for number, (what, which, by) in enumerate(edits):
        holes = [i for i, p in enumerate(parts) if isinstance(p, Hole)]
        index = holes[which % len(holes)]
        hole, before, after = parts[index], parts[index - 1], parts[index + 1]
        if what in ("trim before", "roll") and _may(before, hole, by, limit):
            before.length -= by
            hole.length += by
            hole.head += by
        move = -by if what == "roll" else by
        if what in ("trim after", "roll") and _may(after, hole, move, limit):
            after.length -= move
            after.first += move
            hole.length += move
            hole.tail += move
        if what == "insert":
            parts.insert(0 if which else index - 1, Clip(f"N{number}.mov", 5, 10 + abs(by)))
        if what == "remove":
            clips = [i for i, p in enumerate(parts) if isinstance(p, Clip)]
            free = [
                i
                for i in clips
                if not any(
                    0 <= j < len(parts) and isinstance(parts[j], Hole) for j in (i - 1, i + 1)
                )
            ]
            if free:
                del parts[free[which % len(free)]]
    starts = {p.shot: at + p.head for at, p in layout(parts) if isinstance(p, Hole)}
    moved = []
    for item, shot in pickups:
        length = item.duration
        moved.append(replace(item, start=starts[shot], end=starts[shot] + length))
    return parts, moved


def _hole(part):
    copy = Hole(part.shot, part.length)
    copy.head, copy.tail = part.head, part.tail
    return copy


def _may(clip, hole, by, limit):
    """A clip keeps some frames, a hole stays one, and no trim goes further than is near."""
    total = abs(hole.head) + abs(hole.tail) + abs(by)
    return (
        20 < clip.length - by < 200 and hole.length + by > 14 and total < limit and clip.first > 40
    )


def expected(shot, start, hole):
    """Verdict and in point that a person would find."""
    head = HANDLES - hole.head
    if not hole.head and not hole.tail:
        return (Verdict.SAME if start == shot.start else Verdict.MOVED), HANDLES
    if head >= 0 and head + hole.length <= shot.duration + 2 * HANDLES:
        return Verdict.RETRIM, head
    return Verdict.RETAKE, None


LENGTHS = st.lists(st.integers(24, 96), min_size=4, max_size=10)


def check(found, shots, parts):
    truth = {p.shot: (at, p) for at, p in layout(parts) if isinstance(p, Hole)}
    assert [r.shot.id for r in found.shots] == [s.id for s in shots]
    for result in found.shots:
        at, hole = truth[result.shot.id]
        assert (result.where.start, result.where.duration) == (at, hole.length)
        assert (result.verdict, result.head) == expected(result.shot, at, hole), hole.__dict__
        assert (result.moved, result.grown) == (at - result.shot.start, hole.head + hole.tail)
    assert found.new_gaps == ()


@given(LENGTHS, EDITS)
@settings(deadline=None, max_examples=120)
def test_shots_without_a_clip_are_known_by_what_is_around_them(lengths, edits):
    parts = simulated(lengths)
    shots = planned(parts)
    after, _ = recut(parts, edits, [])
    check(recognise(cut_of(after), shots), shots, after)


@pytest.mark.parametrize("carry", ["metadata", "file", "copy", "name", "note"])
@given(lengths=LENGTHS, edits=EDITS)
@settings(deadline=None, max_examples=40)
def test_placed_shots_are_known_by_any_one_thing_they_carry(carry, lengths, edits):
    parts = simulated(lengths)
    shots = planned(parts)
    items = pickup_items(parts, carry)
    after, placed = recut(parts, edits, list(zip(items, [s.id for s in shots], strict=True)))
    found = recognise(cut_of(after, placed), shots)
    check(found, shots, after)
    by = {"copy": "file"}.get(carry, carry).upper()
    assert {result.by for result in found.shots} == {Evidence[by]}


@given(st.permutations(range(4)))
@settings(deadline=None, max_examples=24)
def test_scenes_in_another_order(order):
    blocks = [
        [Clip(f"a{n}.mov", 100, 50), Hole(f"pk{n}", 30 + n), Clip(f"b{n}.mov", 100, 50)]
        for n in range(4)
    ]
    shots = planned([part for block in blocks for part in block])
    after = [part for n in order for part in blocks[n]]
    found = recognise(cut_of(after), shots)
    check(found, shots, after)


def scene():
    parts = simulated([48, 48, 48, 48])
    shots = planned(parts)
    return parts, shots, pickup_items(parts)


def test_a_marker_alone_is_enough():
    parts, shots, items = scene()
    for item in items:
        item.pickup = None
    cut = cut_of(parts, items)
    cut.markers = [
        Marker("x", i.start, comment=f"Synthetic, gap {min(s.gaps)}")
        for i, s in zip(items, shots, strict=True)
    ]
    found = recognise(cut, shots)
    assert [(r.by, r.verdict) for r in found.shots] == [(Evidence.MARKER, Verdict.SAME)] * 2


def test_a_shot_whose_gap_is_closed_is_gone():
    parts, shots, _ = scene()
    after = [p for p in parts if not (isinstance(p, Hole) and p.shot == shots[0].id)]
    found = recognise(cut_of(after), shots)
    assert [r.verdict for r in found.shots] == [Verdict.GONE, Verdict.MOVED]
    assert found.shots[0].where is None


def test_a_new_gap_is_nobodys():
    parts, shots, _ = scene()
    fresh = [Clip("new1.mov", 3, 50), Hole("nobody", 30), Clip("new2.mov", 3, 50)]
    found = recognise(cut_of([*parts, *fresh]), shots)
    assert [r.verdict for r in found.shots] == [Verdict.SAME, Verdict.SAME]
    assert [gap.duration for gap in found.new_gaps] == [30]


def test_a_pickup_cut_in_two_is_still_one():
    parts, shots, items = scene()
    left = replace(items[0], end=items[0].start + 20)
    right = replace(
        items[0], start=items[0].start + 20, source_start=items[0].source_start + 20 / RATE
    )
    found = recognise(cut_of(parts, [left, right, items[1]]), shots)
    assert [r.verdict for r in found.shots] == [Verdict.SAME, Verdict.SAME]


def test_a_pickup_used_twice_says_so():
    parts, shots, items = scene()
    twice = replace(items[0], start=500, end=548)
    found = recognise(cut_of(parts, [*items, twice]), shots).shots[0]
    assert found.verdict is Verdict.SAME
    assert [(c.start, c.end) for c in found.copies] == [(500, 548)]
    assert "2 times" in found.notes[0]


def test_a_dissolve_onto_a_pickup_goes_with_it():
    parts, shots, items = scene()
    start = items[0].start
    dissolve = Item(ItemKind.TRANSITION, "Cross Dissolve", start, start + 12)
    found = recognise(cut_of(parts, [dissolve, *items]), shots).shots[0]
    assert found.verdict is Verdict.SAME


def test_a_pickup_trimmed_by_hand_to_its_gap_fits():
    parts, shots, items = scene()
    parts[0].length += 4
    parts[1].length -= 4
    items[0] = replace(
        items[0], start=items[0].start + 4, source_start=items[0].source_start + 4 / RATE
    )
    found = recognise(cut_of(parts, items), shots).shots[0]
    assert (found.verdict, found.grown, found.head) == (Verdict.MOVED, -4, HANDLES + 4)


def test_pickups_that_have_come_to_touch_share_the_hole():
    parts, shots, items = scene()
    between = next(i for i, p in enumerate(parts) if isinstance(p, Hole)) + 1
    del parts[between : between + 2]
    second = replace(items[1], start=items[0].end, end=items[0].end + 48)
    found = recognise(cut_of(parts, [items[0], second]), shots)
    assert [r.verdict for r in found.shots] == [Verdict.SAME, Verdict.MOVED]


def test_the_clip_beside_it_was_replaced():
    parts, shots, items = scene()
    parts[0].name = "another.mov"
    found = recognise(cut_of(parts, items), shots).shots[0]
    assert found.verdict is Verdict.SAME
    assert "before" in found.notes[0]
    unplaced = recognise(cut_of(parts), shots).shots[0]
    assert (unplaced.verdict, unplaced.by) == (Verdict.SAME, Evidence.NEIGHBOURS)


def test_without_any_neighbour_the_place_counts():
    only = Cut("x", RATE, tracks=[Track("audio", items=[Item(ItemKind.CLIP, "m", 0, 100)])])
    gap = find_gaps(only).gaps[0]
    shot = EarlierShot("pk", gaps=frozenset({"g0000000000"}), start=0, duration=90)
    found = recognise(only, [replace(shot, takes=(take_of("pk", "g0000000000", 90),))]).shots[0]
    assert (found.verdict, found.by) == (Verdict.RETRIM, Evidence.OVERLAP)
    assert found.where == gap.range


def test_a_shot_without_takes_needs_one():
    parts, shots, _ = scene()
    found = recognise(cut_of(parts), [replace(shot, takes=()) for shot in shots])
    assert {r.verdict for r in found.shots} == {Verdict.RETAKE}


def test_the_folder_of_the_older_export_is_found(export):
    made = fill_fast(export)
    renamed = export.with_name("Long cut v2.xml")
    renamed.write_bytes(export.read_bytes())
    folder, found = look_again(renamed, read_back(renamed).cuts[0])
    assert folder.root == made.folder.root
    assert {r.verdict for r in found.shots} == {Verdict.SAME}


def test_all_that_a_folder_knows(export):
    made = fill_fast(export)
    lay_take(made.folder, made.shots[0], made.cut, 2)
    shots: Any = earlier_shots(made.folder)
    assert [s.id for s in shots] == [s.id for s in made.shots]
    assert [t.record.take for t in shots[0].takes] == [1, 2]
    assert shots[0].chosen.record.take == 1
    assert shots[0].take(2).record.take == 2
    assert shots[0].before.frame == made.shots[0].first_frame.frame


def test_shots_whose_plan_is_lost_are_known_by_their_takes(export):
    made = fill_fast(export)
    planned = earlier_shots(made.folder, made.cut)
    out = written_by(ExchangeHost(export), made).path
    made.folder.plan.write_text("spoilt")
    shots = earlier_shots(made.folder, made.cut)
    assert [(s.id, s.gaps, s.duration, s.planned) for s in shots] == [
        (s.id, s.gaps, s.duration, False) for s in planned
    ]
    _, found = look_again(out, read_back(out).cuts[0])
    assert [r.shot.id for r in found.shots] == [s.id for s in planned]
    assert {r.head for r in found.shots} == {HANDLES}
    # They may be of another sequence: where nothing of them is found, nothing is said of them.
    assert recognise(cut_of([Clip("x.mov", 0, 500)]), shots).shots == ()


@pytest.mark.parametrize(("first", "start"), [(86400, 96), (0, 500), (0, 3)])
def test_a_take_alone_says_where_it_stood(tmp_path, first, start):
    take = take_of("pk010", "g0123456789", 48)
    hour = 3600 * 24 if first + start < HANDLES else 0
    take = take.model_copy(update={"start": first + start + hour - HANDLES})
    write_take(PickupFolder(tmp_path), take)
    cut = Cut("Scene", RATE, start=first)
    assert [s.start for s in earlier_shots(PickupFolder(tmp_path), cut)] == [start]


def test_the_shots_of_other_sequences_are_not_missed(export):
    made = fill_fast(export)
    plan = read_plan(made.folder.plan)
    theirs = plan.shots[-1]
    gap = theirs.gap.model_copy(update={"sequence": "Another"})
    shots = (*plan.shots[:-1], theirs.model_copy(update={"gap": gap}))
    write_plan(plan.model_copy(update={"shots": shots}), made.folder.plan)
    assert [s.id for s in earlier_shots(made.folder, made.cut)] == [s.id for s in made.shots[:-1]]
    renamed = replace(made.cut, name="Renamed")
    assert len(earlier_shots(made.folder, renamed)) == len(made.shots)


def test_the_filled_cut_itself_is_the_same_again(export):
    made = fill_fast(export)
    out = written_by(ExchangeHost(export), made).path
    folder, found = look_again(out, read_back(out).cuts[0])
    assert folder == made.folder
    assert {(r.verdict, r.by, r.head) for r in found.shots} == {
        (Verdict.SAME, Evidence.METADATA, 8)
    }
