"""A clip on its way: what Resolve is told of it, what is learnt from a try, where it may go."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.cut.model import Raster
from pickup.cut.placement import Placement, TakeMedia
from pickup_resolve.api import MediaItem, Resolve, TimelineItem
from pickup_resolve.boundary import Boundary, Build
from pickup_resolve.snapshot import Snapshot, Stand
from pickup_resolve.testing import FakeResolve
from pickup_resolve.testing.items import FakeTimelineItem
from pickup_resolve.wanted import Wanted, aim, find_own

RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50),
         Fraction(60000, 1001)]  # fmt: skip
NEW, OLD = Build("DaVinci Resolve", (20, 2)), Build("DaVinci Resolve", (18, 6))


def placement(
    start: int = 10, end: int = 58, head: int = 8, rate: Fraction = RATES[1], **more: Any
):
    take = TakeMedia(
        Path("/t/pk010_t01.mov"), "pk010_t01", rate, end - start + 2 * head, head, 0, False,
        "PK010", Raster(1920, 1080), metadata={"shot": "pk010"},
    )  # fmt: skip
    return Placement(start, end, "pk010_t01", (take,), **more)


class Shown:
    """A clip of the pool, or an item that shows one."""

    def __init__(self, key: str = "m1", head: int = 8) -> None:
        self.key, self.head = key, head

    def GetUniqueId(self) -> str:
        return self.key

    def GetLeftOffset(self) -> int:
        return self.head


def wanted(one: Placement | None = None, origin: int = 86400, **more: Any) -> Wanted:
    one = one or placement()
    media = [MediaItem(Boundary(), Shown())]
    return Wanted(one, origin + one.start, origin + one.end, track=1, media=media, **more)


def test_resolve_is_told_track_kind_and_frames():
    info = wanted().clip_info(NEW)
    assert isinstance(info.pop("mediaPoolItem"), MediaItem)
    assert info == {
        "startFrame": 8, "endFrame": 56, "mediaType": 1, "trackIndex": 1, "recordFrame": 86410,
    }  # fmt: skip


def test_before_19_the_end_is_the_last_frame():
    assert wanted().clip_info(OLD)["endFrame"] == 55


def test_sound_is_asked_for_alone():
    assert wanted(kind="audio").clip_info(NEW)["mediaType"] == 2


@given(
    rate=st.sampled_from(RATES), seen=st.sampled_from(RATES),
    start=st.integers(0, 10_000), length=st.integers(1, 500), head=st.integers(0, 48),
)  # fmt: skip
def test_frames_are_whole_and_last_as_long_at_any_pair_of_rates(rate, seen, start, length, head):
    one = wanted(placement(start, start + length, head, rate), rate=seen)
    info = one.clip_info(NEW)
    assert all(isinstance(info[key], int) for key in ("startFrame", "endFrame", "recordFrame"))
    assert info["recordFrame"] == 86400 + start
    told = Fraction(info["endFrame"] - info["startFrame"]) / seen
    assert abs(told - Fraction(length) / rate) <= 1 / (2 * seen)
    assert abs(Fraction(info["startFrame"]) / seen - Fraction(head) / rate) <= 1 / (2 * seen)
    if seen == rate:
        assert (info["startFrame"], info["endFrame"]) == (head, head + length)


@given(over=st.integers(-9, 9))
def test_a_try_that_slipped_corrects_the_next_one(over):
    one = wanted()
    first = one.clip_info(NEW)["endFrame"]
    one.learn(one.end + over)
    again = one.clip_info(NEW)["endFrame"]
    assert again - first == (-over if abs(over) <= 2 else 0)
    assert (one.reason == "Resolve did not place it") is (over == 0)
    assert one.clip_info(NEW)["endFrame"] == again, "a lesson counts once"


def test_lessons_add_up_over_tries():
    one = wanted()
    one.learn(one.end - 1)
    one.clip_info(NEW)
    one.learn(one.end - 1)
    assert one.clip_info(NEW)["endFrame"] == 58


@pytest.mark.parametrize(
    ("stand", "said", "end"),
    [
        (Stand("video", 1, "x", 86410, 86457), "-1 frames long", 57),
        (Stand("video", 1, "x", 86410, 86460), "+2 frames long", 54),
        (Stand("video", 1, "x", 86500, 86548), "on frame 86500 in place of 86410", 56),
        (Stand("video", 2, "x", 86410, 86458), "on frame 86410 in place of 86410", 56),
    ],
)
def test_where_it_stands_teaches_as_well(stand, said, end):
    one = wanted()
    one.learn_from(stand)
    assert said in one.reason
    assert one.clip_info(NEW)["endFrame"] == end


@pytest.mark.parametrize(("head", "right"), [(8, True), (0, False), (9, False)])
def test_the_first_frame_is_held_against_what_was_told(head, right):
    item = TimelineItem(Boundary(), Shown(head=head))
    assert wanted().shows_right(item) is right
    assert wanted(kind="audio").shows_right(item) is right
    assert wanted(rate=Fraction(25)).shows_right(item), "at another rate only Resolve could tell"


def test_which_clip_it_shows_is_known_by_id():
    one = wanted()
    assert one.shows("m1")
    assert not one.shows("m2")
    assert not Wanted(placement(), 0, 48).shows("m1"), "nothing is imported yet"


@pytest.fixture
def fake() -> FakeResolve:
    fake = FakeResolve()
    start = fake.timeline._start
    item = FakeTimelineItem(fake, fake.timeline, "A", start + 100, start + 148, kind="title")
    fake.timeline._tracks["video"][0].items.append(item)
    return fake


def aimed(fake: FakeResolve, *placements: Placement) -> tuple[list[Wanted], list[Wanted]]:
    timeline = Resolve.of(fake).timeline()
    start = fake.timeline._start
    clips = [Wanted(one, start + one.start, start + one.end) for one in placements]
    return clips, aim(timeline, Snapshot.take(timeline), clips)


def test_a_hole_is_aimed_at(fake):
    (one,), refused = aimed(fake, placement(track=0))
    assert (one.track, refused) == (1, [])


def test_what_goes_above_has_no_track_yet(fake):
    (one,), refused = aimed(fake, placement(track=None))
    assert (one.track, refused) == (0, [])


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"track": 1}, "no video track 2 any more"),
        ({"start": 90, "end": 110, "track": 0}, "something else stands there"),
        ({"start": 99, "end": 148, "track": 0}, "something else stands there"),
        ({"start": 120, "end": 130, "track": 0}, "something else stands there"),
    ],
)
def test_what_has_nowhere_to_go_is_refused_with_the_reason(fake, where, said):
    (one,), refused = aimed(fake, placement(**where))
    assert refused == [one]
    assert said in one.reason


def test_an_item_on_exactly_these_frames_may_be_ours(fake):
    (one,), refused = aimed(fake, placement(100, 148, track=0))
    assert refused == []
    assert one.item is not None


def test_neighbours_that_touch_do_not_hinder(fake):
    _, refused = aimed(fake, placement(52, 100, track=0), placement(148, 160, track=0))
    assert refused == []


def test_each_track_is_asked_once(fake):
    aimed(fake, *(placement(at, at + 10, track=0) for at in (0, 20, 40, 60)))
    assert fake.calls["GetIsTrackLocked"] == fake.calls["GetIsTrackEnabled"] == 1


def test_a_retake_above_is_found_by_its_media_or_its_record(fake):
    timeline = Resolve.of(fake).timeline()
    clip = _media(fake)
    item = fake.timeline._tracks["video"][0].items[0]
    item._media = clip
    start = fake.timeline._start
    for known in ("media", "record", "nothing"):
        one = Wanted(placement(100, 148, track=None), start + 100, start + 148)
        one.media = [MediaItem(timeline.boundary, clip)] if known == "media" else []
        clip._third = {"pickup.record": '{"shot": "pk010"}'} if known == "record" else {}
        find_own(one, Snapshot.take(timeline))
        assert (one.track == 1) is (known != "nothing")


def _media(fake: FakeResolve) -> Any:
    from pickup_resolve.testing.items import FakeMediaPoolItem
    from pickup_resolve.testing.media import MediaFacts

    return FakeMediaPoolItem(fake, "/t/pk010_t01.mov", MediaFacts(64))
