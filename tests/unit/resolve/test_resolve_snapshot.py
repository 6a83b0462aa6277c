"""Snapshots of a timeline: what stands where, and what has changed between two of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup_resolve.api import Resolve, TimelineItem
from pickup_resolve.boundary import Boundary
from pickup_resolve.snapshot import Snapshot, Stand
from pickup_resolve.testing import FakeResolve, Lie
from pickup_resolve.testing.items import FakeTimelineItem

if TYPE_CHECKING:
    from collections.abc import Iterable


def item() -> TimelineItem:
    return TimelineItem(Boundary(), object())


def snapshot(stands: Iterable[Stand], **tracks: int) -> Snapshot:
    return Snapshot({"video": 1, "audio": 1, "subtitle": 0, **tracks}, {s: item() for s in stands})


stands = st.builds(
    Stand,
    kind=st.sampled_from(["video", "audio"]),
    track=st.integers(1, 3),
    id=st.text("abcdef", min_size=1, max_size=3),
    start=st.integers(0, 50),
    end=st.integers(51, 99),
)
several = st.lists(stands, max_size=8, unique_by=lambda stand: stand.id)


@given(several)
def test_a_snapshot_differs_in_nothing_from_itself(found):
    one = snapshot(found)
    assert one.moved(one) == []
    assert list(one.added(one)) == []
    assert one.same_ranges(one)
    assert one.restless(one) == set()


@given(several, several)
def test_what_was_added_is_what_has_a_new_id(before, more):
    known = {stand.id for stand in before}
    new = [stand for stand in more if stand.id not in known]
    now = snapshot([*before, *new])
    assert Counter(now.added(snapshot(before))) == Counter(new)
    assert now.moved(snapshot(before)) == []


@given(several.filter(bool), st.integers(1, 9), st.data())
def test_what_moved_is_what_does_not_stand_there_any_more(before, by, data):
    one = data.draw(st.sampled_from(before))
    moved = Stand(one.kind, one.track, one.id, one.start + by, one.end + by)
    now = snapshot([stand for stand in before if stand is not one] + [moved])
    assert now.moved(snapshot(before)) == [one]
    assert now.same_ranges(snapshot(before)) is False
    gone = snapshot([stand for stand in before if stand is not one])
    assert gone.moved(snapshot(before)) == [one]


@given(several)
def test_a_duplicate_stands_as_the_original_whatever_its_ids(found):
    twin = [Stand(s.kind, s.track, f"twin-{s.id}", s.start, s.end) for s in found]
    assert snapshot(twin).same_ranges(snapshot(found))
    assert bool(snapshot(twin).moved(snapshot(found))) is bool(found)


@given(several)
def test_ids_that_change_by_themselves_are_no_move(found):
    before = snapshot(found)
    later = snapshot([Stand(s.kind, s.track, f"{s.id}'", s.start, s.end) for s in found])
    restless = before.restless(later)
    assert restless == {stand.range for stand in found}
    assert later.moved(before, restless) == []


@given(several, st.integers(0, 99), st.integers(1, 40))
def test_what_overlaps_has_a_frame_in_common(found, start, length):
    end = start + length
    for track in (1, 2, 3):
        over = snapshot(found).overlapping("video", track, start, end)
        common = [
            stand for stand in found
            if (stand.kind, stand.track) == ("video", track)
            and set(range(stand.start, stand.end)) & set(range(start, end))
        ]  # fmt: skip
        assert over == common


def test_ranges_that_touch_do_not_overlap():
    one = snapshot([Stand("video", 1, "a", 10, 20)])
    assert one.overlapping("video", 1, 0, 10) == []
    assert one.overlapping("video", 1, 20, 30) == []
    assert len(one.overlapping("video", 1, 19, 20)) == 1


def test_where_an_item_stands_is_found_by_itself():
    stand = Stand("video", 1, "a", 0, 5)
    one = snapshot([stand, Stand("video", 1, "b", 5, 9)])
    assert one.stand_of(one.items[stand]) == stand


@pytest.fixture
def fake() -> FakeResolve:
    fake = FakeResolve()
    for kind, number, name, start, end in (
        ("video", 1, "A", 0, 10), ("video", 1, "B", 20, 30), ("video", 2, "T", 5, 8),
        ("audio", 1, "S", 0, 30), ("subtitle", 1, "Hello", 2, 6),
    ):  # fmt: skip
        tracks = fake.timeline._tracks[kind]
        while len(tracks) < number:
            fake.timeline._add_track(kind)
        made = FakeTimelineItem(fake, fake.timeline, name, start, end, kind="title")
        tracks[number - 1].items.append(made)
    return fake


def taken(fake: FakeResolve) -> Snapshot:
    return Snapshot.take(Resolve.of(fake).timeline())


@pytest.mark.parametrize("lies", [(), (Lie.FLOAT_NUMBERS,), (Lie.NONE_LISTS,)], ids=str)
def test_everything_is_seen_on_every_kind_of_track(fake, lies):
    fake.lies = set(lies)
    found = taken(fake)
    assert found.tracks == {"video": 2, "audio": 1, "subtitle": 1}
    assert Counter(stand.range for stand in found.items) == Counter(
        [("video", 1, 0, 10), ("video", 1, 20, 30), ("video", 2, 5, 8), ("audio", 1, 0, 30),
         ("subtitle", 1, 2, 6)]
    )  # fmt: skip
    assert all(
        isinstance(frame, int) for stand in found.items for frame in (stand.start, stand.end)
    )


def test_it_costs_three_calls_an_item_and_two_a_track(fake):
    timeline = Resolve.of(fake).timeline()
    fake.calls.clear()
    Snapshot.take(timeline)
    assert fake.calls == {
        "GetTrackCount": 3, "GetItemListInTrack": 4,
        "GetStart": 5, "GetEnd": 5, "GetUniqueId": 5,
    }  # fmt: skip


def test_an_item_that_is_not_there_is_not_seen(fake):
    class Ghost(FakeTimelineItem):
        def _gone(self) -> bool:
            return True

    ghost: Any = Ghost(fake, fake.timeline, "Ghost", 40, 50)
    fake.timeline._tracks["video"][0].items.append(ghost)
    assert len(taken(fake).items) == 5


def test_two_items_on_one_place_are_told_apart_by_their_ids(fake):
    twin = FakeTimelineItem(fake, fake.timeline, "A", 0, 10, kind="title")
    fake.timeline._tracks["video"][0].items.append(twin)
    assert len(taken(fake).items) == 6
