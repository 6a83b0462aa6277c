"""Timelines of people whom we do not know: read, filled, and read again, each for what it has."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.unit.resolve.scenes import HEAD, as_images, placements, take
from tests.unit.resolve.stories import theirs

from pickup.cut.gaps import find_gaps
from pickup.cut.model import ItemKind
from pickup.timing import frames_to_timecode, timecode_to_frames
from pickup_resolve.api import Resolve
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve, Lie, placeholder
from pickup_resolve.testing.items import FakeTimelineItem
from pickup_resolve.testing.media import MediaFacts

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement
    from pickup.hosts.base import Written
    from pickup_resolve.testing.items import FakeMediaPoolItem
    from pickup_resolve.testing.timeline import FakeTrack

NTSC = Fraction(30000, 1001)
FAST = Fraction(60000, 1001)


class Desk:
    """A Resolve with one timeline, and hands that lay clips on it."""

    def __init__(
        self, folder: Path, rate: Fraction = Fraction(24), start: str = "01:00:00:00", **more
    ) -> None:
        self.folder = folder
        drop = ";" in start
        first = timecode_to_frames(start, rate, drop=drop)
        self.fake = FakeResolve(rate=rate, start=first, drop_frame=drop, **more)
        self.timeline = self.fake.timeline
        self.start = first

    def track(self, kind: str = "video", number: int = 1) -> FakeTrack:
        while len(self.timeline._tracks[kind]) < number:
            self.timeline._add_track(kind)
        return self.timeline._tracks[kind][number - 1]

    def media(self, name: str, facts: MediaFacts) -> FakeMediaPoolItem:
        made = self.fake.project._pool._imported(str(placeholder(self.folder / name, facts)))
        assert made is not None
        return made

    def lay(
        self, name: str, start: int, end: int, track: int = 1, kind: str = "video", **more
    ) -> FakeTimelineItem:
        """A clip from frame to frame of the timeline; without `media` it shows its own file."""
        sort = more.pop("sort", "clip")
        media = more.pop("media", None)
        if media is None and sort == "clip":
            facts = MediaFacts(1000, str(self.fake.rate))
            media = self.media(f"{name}.mov", facts)
        item = FakeTimelineItem(
            self.fake, self.timeline, name, self.start + start, self.start + end,
            media=media, kind=sort, **more,
        )  # fmt: skip
        self.track(kind, track).items.append(item)
        return item

    def read(self) -> tuple[ResolveHost, CutFile, Cut]:
        host = ResolveHost(Resolve.of(self.fake))
        document = host.read()
        return host, document, document.cuts[0]

    def gaps(self) -> list[tuple[int, int]]:
        _, _, cut = self.read()
        return [(gap.start, gap.start + gap.duration) for gap in find_gaps(cut).gaps]

    def fill(self) -> tuple[Written, list[Placement]]:
        """Fill every gap; what was there stands as it stood, and every clip is exact."""
        host, document, cut = self.read()
        before = theirs(self.timeline)
        wanted = placements(self.folder, cut)
        written = host.write(document, {0: wanted})
        assert theirs(self.timeline) == before
        for one in wanted:
            if one.take.metadata["shot"] not in written.failed:
                assert self.shown(one) == (one.take.path.name, HEAD)
        return written, wanted

    def shown(self, one: Placement) -> tuple[str, int]:
        where = self.start + one.start, self.start + one.end
        (item,) = [
            item for track in self.timeline._tracks["video"] for item in track.items
            if (item._start, item._end) == where and item._media and "_t0" in item._media._name
        ]  # fmt: skip
        assert item._media is not None
        return item._media._name, item._left


@pytest.mark.parametrize(
    ("rate", "start"),
    [
        (NTSC, "01:00:00;00"),
        (NTSC, "00:59:59;20"),  # over a minute whose first two frames do not exist
        (NTSC, "10:00:00;00"),
        (FAST, "01:00:00;00"),
        (FAST, "00:09:59;50"),
        (NTSC, "01:00:00:00"),
        (FAST, "00:00:00:00"),
        (Fraction(24000, 1001), "23:59:58:00"),
        (Fraction(50), "09:59:50:00"),
        (Fraction(120), "01:00:00:000"),
    ],
)
def test_any_rate_and_timecode(tmp_path: Path, rate, start):
    desk = Desk(tmp_path, rate, start)
    desk.lay("A", 0, 70)
    desk.lay("B", 100, 171)
    host, document, cut = desk.read()
    assert document.notes == []
    assert cut.drop_frame is (";" in start)
    assert frames_to_timecode(cut.start, cut.rate, drop=cut.drop_frame) == start
    assert cut.rate == rate
    desk.timeline._playhead = desk.start + 80
    limited = ResolveHost(host.resolve, limit="playhead")
    limited.read()
    assert [limited.wants(gap) for gap in find_gaps(cut).gaps] == [True]
    still = host.grab(99, tmp_path / "still.png")
    assert still.stat().st_size > 0
    written, _ = desk.fill()
    assert not written.failed
    assert desk.gaps() == []


@pytest.mark.parametrize("shown", ["25", "23.976", "29.97", "50", "59.94", "60"])
def test_media_of_other_rates_beside_the_gap(tmp_path: Path, shown):
    desk = Desk(tmp_path)
    other = desk.media("other.mov", MediaFacts(500, shown, start=1234))
    desk.lay("A", 0, 40, media=other)._left = 33
    desk.lay("B", 64, 90, media=other)._left = 77
    _, document, cut = desk.read()
    assert document.notes == []
    (gap,) = find_gaps(cut).gaps
    assert (gap.start, gap.duration) == (40, 24)
    assert gap.before is not None
    assert gap.before.name == "A"
    written, _ = desk.fill()
    assert not written.failed


def test_stills_titles_and_generators(tmp_path: Path):
    desk = Desk(tmp_path)
    still = desk.media("chart.png", MediaFacts(1, still=True))
    desk.lay("chart.png", 0, 120, media=still)
    desk.lay("Text+", 150, 200, sort="title")
    desk.lay("B", 230, 260)
    _, document, cut = desk.read()
    assert document.notes == []
    assert next(item.duration for item in cut.video_tracks[0].items if item.media) == 120
    assert (120, 150) in desk.gaps()
    assert (200, 230) in desk.gaps()
    written, _ = desk.fill()
    assert not written.failed


@pytest.mark.parametrize("speed", [2.0, 0.5, -1.0])
def test_retimed_clips_stand_where_they_stand(tmp_path: Path, speed):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)._speed = speed
    desk.lay("B", 75, 100)
    _, document, _ = desk.read()
    assert document.notes == []
    assert desk.gaps() == [(50, 75)]
    written, _ = desk.fill()
    assert not written.failed
    assert desk.timeline._tracks["video"][0].sorted()[0]._speed == speed


def test_compound_clips_are_looked_into_and_left_whole(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("Compound Clip 1", 50, 90, sort="compound")
    desk.lay("B", 120, 150)
    _, document, cut = desk.read()
    assert document.notes == []
    assert [i.kind for i in cut.video_tracks[0].items][1] is ItemKind.NESTED
    assert desk.gaps() == [(50, 120)], "the compound shows nothing"
    written, wanted = desk.fill()
    assert not written.failed
    assert [one.track for one in wanted] == [None], "it keeps its place"
    assert [t.name for t in desk.timeline._tracks["video"]] == ["Video 1", "Pickup"]


def test_tracks_that_are_switched_off_show_nothing_and_get_nothing(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    desk.lay("Alternative", 20, 90, track=2)
    desk.track(number=2).enabled = False
    assert desk.gaps() == [(50, 80)]
    written, wanted = desk.fill()
    assert not written.failed
    assert wanted[0].track == 0


def test_a_hole_on_a_track_that_is_off_or_locked_is_filled_above(tmp_path: Path):
    for state in ("enabled", "locked"):
        folder = tmp_path / state
        desk = Desk(folder)
        desk.lay("A", 0, 50)
        desk.lay("B", 80, 100)
        desk.lay("Under", 0, 10, track=2)
        setattr(desk.track(), state, state == "locked")
        written, wanted = desk.fill()
        assert not written.failed
        assert all(one.track != 0 for one in wanted)


@pytest.mark.parametrize(("state", "said"), [("locked", "unlock it"), ("enabled", "switch it on")])
def test_a_track_that_was_closed_after_reading_is_said_so(tmp_path: Path, state, said):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    host, document, cut = desk.read()
    wanted = placements(tmp_path, cut)
    setattr(desk.track(), state, state == "locked")
    written = host.write(document, {0: wanted})
    assert said in written.failed["pk010"]
    assert len(desk.track().items) == 2
    assert len(desk.fake.project._timelines) == 1


@pytest.mark.parametrize("state", ["locked", "enabled"])
def test_our_own_top_track_is_not_used_where_it_is_closed(tmp_path: Path, state):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    host, document, cut = desk.read()
    top = desk.track(number=2)
    top.name = "Pickup"
    setattr(top, state, state == "locked")
    one = replace(_above(desk, cut, 10, 30))
    assert not host.write(document, {0: [one]}).failed
    assert not top.items
    assert [len(track.items) for track in desk.timeline._tracks["video"]] == [1, 0, 1]


def _above(desk: Desk, cut: Cut, start: int, end: int) -> Placement:
    from pickup.cut.placement import Placement

    made = take(desk.folder, cut, "pk900", end - start)
    return Placement(start, end, "pk900_t01", (made,), track=None)


def test_a_cut_of_sound_alone_is_one_gap_of_picture(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("Dialogue", 0, 200, kind="audio")
    assert desk.gaps() == [(0, 200)]
    written, _ = desk.fill()
    assert not written.failed
    assert desk.gaps() == []


def test_subtitles_are_compared_and_are_no_picture(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    desk.lay("Hello", 40, 90, kind="subtitle", sort="title")
    _, document, _ = desk.read()
    assert document.notes == []
    assert desk.gaps() == [(50, 80)]
    written, _ = desk.fill()
    assert not written.failed


def test_an_empty_timeline_has_no_gap(tmp_path: Path):
    desk = Desk(tmp_path)
    host, document, cut = desk.read()
    assert find_gaps(cut).gaps == ()
    assert host.write(document, {}).failed == {}


def test_a_gap_at_the_very_beginning_and_one_frame_beside_another(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 20, 50)
    desk.lay("B", 51, 70)  # one frame is a slip, and left alone
    desk.lay("C", 90, 100)
    assert desk.gaps() == [(0, 20), (70, 90)]
    written, _ = desk.fill()
    assert not written.failed
    assert desk.gaps() == []


def test_fades_at_the_edges_of_a_gap_stay(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("Fade", 40, 50, sort="transition", transition=(10, 0))
    desk.lay("B", 90, 120)
    desk.lay("C", 120, 150)
    desk.lay("Dissolve", 115, 125, sort="transition", transition=(5, 5))
    _, document, _ = desk.read()
    assert document.notes == []
    assert desk.gaps() == [(50, 90)]
    written, _ = desk.fill()
    assert not written.failed


def test_clips_that_are_off_show_nothing_but_keep_their_place(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("Old", 50, 80)._enabled = False
    desk.lay("B", 80, 100)
    assert desk.gaps() == [(50, 80)]
    written, wanted = desk.fill()
    assert not written.failed
    assert wanted[0].track is None
    assert desk.timeline._tracks["video"][0].sorted()[1]._enabled is False


def test_offline_clips_are_told_from_those_that_are_there(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    item = desk.lay("Gone", 50, 80)
    assert item._media is not None
    item._media._deleted = True
    item._media = None
    desk.lay("B", 80, 100)
    _, _, cut = desk.read()
    kinds = {gap.kind.value for gap in find_gaps(cut).gaps}
    assert "empty" not in kinds


@pytest.mark.parametrize(
    "name",
    ["Küche 🎬", "日本語のシーン", "مشهد ٤", 'He said "cut"', "a\\b/c", "<b>&amp;", "x" * 200],
)
def test_whatever_clips_tracks_and_timelines_are_called(tmp_path: Path, name):
    desk = Desk(tmp_path)
    plain = desk.media("A.mov", MediaFacts(1000, "24"))
    desk.lay(name, 0, 50, media=plain)
    desk.lay(name, 80, 100, media=plain)
    desk.timeline._name = name
    desk.track().name = name
    desk.timeline._markers[55.0] = {
        "color": "Pink", "name": f"pickup: {name}", "note": name, "duration": 1, "customData": name,
    }  # fmt: skip
    _, document, cut = desk.read()
    assert document.notes == []
    assert cut.name == name
    assert cut.markers[0].custom == name
    written, _ = desk.fill()
    assert not written.failed
    assert any(f"“{name} before Pickup" in note for note in written.notes)


def test_a_bin_that_the_user_has_made_is_used_and_what_is_in_it_stays(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    pool = desk.fake.project._pool
    mine = pool.AddSubFolder(pool._root, "Pickup")
    assert mine is not None
    pool.SetCurrentFolder(mine)
    own = desk.media("mine.mov", MediaFacts(10))
    other = pool.AddSubFolder(pool._root, "Rushes")
    assert other is not None
    pool.SetCurrentFolder(other)
    written, wanted = desk.fill()
    assert not written.failed
    assert [folder._name for folder in pool._root._folders] == ["Pickup", "Rushes"]
    assert [clip._name for clip in mine._clips] == [own._name, wanted[0].take.path.name]
    assert pool._folder is other


def test_a_clip_of_ours_that_the_user_has_deleted_is_imported_again(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    _, wanted = desk.fill()
    pool = desk.fake.project._pool
    (ours,) = pool._root._folders[0]._clips
    placed = [item for item in desk.track().items if item._media is ours]
    desk.timeline.DeleteClips(placed, False)
    pool.DeleteClips([ours])
    host, document, _ = desk.read()
    assert not host.write(document, {0: wanted}).failed
    assert desk.shown(wanted[0]) == (wanted[0].take.path.name, HEAD)


def test_the_editor_turns_to_another_take_in_resolve(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    host, document, cut = desk.read()
    (one,) = placements(tmp_path, cut)
    more = tuple(take(tmp_path, cut, "pk010", one.duration, n) for n in (1, 2, 3))
    host.write(document, {0: [replace(one, takes=more, active=2)]})
    shown = [item.pickup for item in host.read().cuts[0].video_tracks[0].items if item.pickup]
    assert [record["take"] for record in shown] == [3]
    item = next(item for item in desk.track().items if item._takes)
    second = [media._name for media, _, _ in item._takes].index("pk010_t02.mov") + 1
    item.SelectTakeByIndex(second)
    shown = [item.pickup for item in host.read().cuts[0].video_tracks[0].items if item.pickup]
    assert [record["take"] for record in shown] == [2]


def test_a_sequence_of_images_placed_earlier_is_known_again(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    host, document, cut = desk.read()
    (one,) = placements(tmp_path, cut)
    assert not host.write(document, {0: [as_images(one, one.take.path.parent)]}).failed
    cut = host.read().cuts[0]
    assert find_gaps(cut).gaps == ()
    assert [i.pickup["shot"] for i in cut.video_tracks[0].items if i.pickup] == ["pk010"]


@pytest.mark.parametrize("lie", [Lie.RATE_ROUNDED_DOWN, Lie.RATE_IS_NUMBER, Lie.FLOAT_NUMBERS])
@pytest.mark.parametrize("rate", [Fraction(24000, 1001), NTSC, FAST])
def test_a_rate_that_is_told_badly_is_understood(tmp_path: Path, lie, rate):
    desk = Desk(tmp_path, rate, lies=[lie])
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    host, document, cut = desk.read()
    assert document.notes == []
    assert cut.rate == rate
    assert host.resolve.timeline().rate() == rate
    assert host.grab(60, tmp_path / "a.png").is_file()
    written, _ = desk.fill()
    assert not written.failed


def test_two_editors_projects_do_not_meet(tmp_path: Path):
    desks = []
    for name in ("one", "two"):
        desk = Desk(tmp_path / name)
        desk.lay("A", 0, 50)
        desk.lay("B", 80, 100)
        desks.append(desk)
    first, second = (desk.read()[0] for desk in desks)
    assert first.cut_path != second.cut_path
    assert first.cut_path.name == second.cut_path.name


def test_a_playhead_on_a_page_without_one_is_left_alone(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    desk.fake.page = "media"
    written, _ = desk.fill()
    assert not written.failed
    assert desk.fake.page == "media"


def test_the_start_timecode_that_is_changed_in_between_moves_everything_alike(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.lay("A", 0, 50)
    desk.lay("B", 80, 100)
    host, document, cut = desk.read()
    wanted = placements(tmp_path, cut)
    desk.timeline._start += 240
    for item in desk.timeline._all():
        item._start, item._end = item._start + 240, item._end + 240
    desk.start += 240
    assert not host.write(document, {0: wanted}).failed
    assert desk.shown(wanted[0]) == (wanted[0].take.path.name, HEAD)
