"""The timeline as it is read: OTIO and interface laid over one another."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.unit.resolve.scenes import GROUPS, RATES, build, placements

from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import ItemKind, Raster
from pickup.errors import RequestError
from pickup.timing import FrameRange, frames_to_timecode
from pickup_resolve.api import Resolve
from pickup_resolve.errors import NoResolveError, ResolveError
from pickup_resolve.host import ResolveHost
from pickup_resolve.reading import read_timeline, window
from pickup_resolve.testing import FakeResolve, Lie
from pickup_resolve.testing.items import FakeMediaPoolItem, FakeTimelineItem
from pickup_resolve.testing.media import MediaFacts


def read(scene, folder: Path):
    resolve = Resolve.of(scene.fake)
    return read_timeline(resolve, resolve.timeline(), folder / "cut.otio")


def test_both_agree_on_a_timeline_with_everything(tmp_path: Path):
    scene = build(tmp_path, (), Fraction(30000, 1001))
    scene.fake.drop_frame = True
    scene.timeline._tracks["video"][1].enabled = False
    scene.timeline._tracks["audio"][0].locked = True
    document = read(scene, tmp_path)
    cut = document.cuts[0]
    assert document.notes == []
    assert document.writer == "resolve"
    assert (cut.name, cut.rate, cut.start) == ("Scene 4", Fraction(30000, 1001), 108_000)
    assert cut.drop_frame
    assert cut.raster == Raster(1920, 1080)
    assert [track.enabled for track in cut.video_tracks] == [True, False]
    assert cut.audio_tracks[0].locked
    kinds = [item.kind for item in cut.video_tracks[0].items]
    assert kinds.count(ItemKind.TRANSITION) == GROUPS
    assert kinds.count(ItemKind.CLIP) == 60
    assert len(find_gaps(cut).gaps) == GROUPS
    assert cut.markers[0].custom == "hidden"
    assert (cut.markers[0].start, cut.markers[0].comment) == (30, "here")


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_an_items_range_that_disagrees_is_shown(tmp_path: Path, rate):
    scene = build(tmp_path, (Lie.EXPORT_DISAGREES,), rate)
    notes = read(scene, tmp_path).notes
    assert any("stand only in Resolve" in note for note in notes)
    assert any("stand only in its OTIO" in note for note in notes)


def test_a_track_that_the_otio_lacks_is_shown(tmp_path: Path, monkeypatch):
    scene = build(tmp_path)
    export = type(scene.timeline).Export

    def without_top(timeline, path, kind, subtype):
        top = timeline._tracks["video"].pop()
        done = export(timeline, path, kind, subtype)
        timeline._tracks["video"].append(top)
        return done

    monkeypatch.setattr(type(scene.timeline), "Export", without_top)
    assert any("has 2 video tracks, and its OTIO 1" in n for n in read(scene, tmp_path).notes)


def test_another_rate_or_start_is_shown(tmp_path: Path, monkeypatch):
    scene = build(tmp_path)
    kind = type(scene.timeline)
    monkeypatch.setattr(kind, "GetSetting", lambda self, key: "25" if "Rate" in key else "")
    monkeypatch.setattr(kind, "GetStartFrame", lambda self: 0)
    notes = read(scene, tmp_path).notes
    assert any("plays the timeline at 25" in note for note in notes)
    assert any("starts the timeline at frame 0" in note for note in notes)


@pytest.mark.parametrize("shown", ["29.97 DF", "29.970", "29", "29.97002997"])
def test_the_rate_is_read_however_it_is_written(tmp_path: Path, monkeypatch, shown):
    scene = build(tmp_path, (), Fraction(30000, 1001))
    monkeypatch.setattr(type(scene.timeline), "GetSetting", lambda self, key: shown)
    assert not [note for note in read(scene, tmp_path).notes if "plays" in note]


def test_no_file_is_left_behind_and_none_is_taken_for_one(tmp_path: Path):
    scene = build(tmp_path, (Lie.EXPORT_WITHOUT_FILE,))
    folder = tmp_path / "read"
    with pytest.raises(ResolveError, match="exported no file"):
        read(scene, folder)
    assert list(folder.iterdir()) == []


def test_what_is_no_timeline_is_said_so(tmp_path: Path, monkeypatch):
    scene = build(tmp_path)
    monkeypatch.setattr(
        type(scene.timeline), "Export", lambda self, path, *rest: Path(path).write_text("{") > 0
    )
    with pytest.raises(ResolveError, match="is not a timeline"):
        read(scene, tmp_path)


def test_a_build_without_otio_is_refused(tmp_path: Path, monkeypatch):
    scene = build(tmp_path)
    monkeypatch.delattr(FakeResolve, "EXPORT_OTIO")
    with pytest.raises(ResolveError, match=r"18\.5 or later"):
        read(scene, tmp_path)


def test_without_project_or_timeline_it_says_so(tmp_path: Path, monkeypatch):
    scene = build(tmp_path)
    scene.fake.project._current = None
    with pytest.raises(NoResolveError, match="No timeline is open"):
        ResolveHost(Resolve.of(scene.fake))
    monkeypatch.setattr(scene.fake._manager, "_project", None)
    with pytest.raises(NoResolveError, match="No project is open"):
        ResolveHost(Resolve.of(scene.fake))


def test_a_clip_placed_earlier_is_known_again(tmp_path: Path):
    scene = build(tmp_path)
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    host.write(document, {0: placements(tmp_path, document.cuts[0])})
    cut = host.read().cuts[0]
    records = [item.pickup for item in cut.video_tracks[0].items]
    assert [record["shot"] for record in records if record] == [
        f"pk{10 * n:03d}" for n in range(1, 13)
    ]
    assert not find_gaps(cut).gaps


def test_the_editors_marks_limit_what_is_filled(tmp_path: Path):
    scene = build(tmp_path, version=(21, 1, 0, 14))
    resolve = Resolve.of(scene.fake)
    cut = read(scene, tmp_path).cuts[0]
    timeline = resolve.timeline()
    for limit in ("inout", "selected"):
        with pytest.raises(ResolveError):
            window(timeline, cut, limit)
    scene.timeline._marks = {"video": {"in": 10, "out": 99}}
    assert window(timeline, cut, "inout") == FrameRange(10, 100)
    scene.timeline._playhead = cut.start + 77
    assert window(timeline, cut, "playhead") == FrameRange(77, 78)
    items = scene.timeline._tracks["video"][0].sorted()
    scene.timeline._selected = [items[8], items[0]]
    end = items[8]._end - scene.timeline._start
    assert window(timeline, cut, "selected") == FrameRange(0, end)
    scene.fake.page = "media"
    with pytest.raises(ResolveError, match="playhead"):
        window(timeline, cut, "playhead")
    with pytest.raises(RequestError, match="inout"):
        ResolveHost(resolve, limit="everything")


def test_older_builds_do_not_tell_what_is_selected(tmp_path: Path):
    scene = build(tmp_path, version=(20, 0, 0, 1))
    scene.timeline._selected = [scene.timeline._tracks["video"][0].items[0]]
    with pytest.raises(ResolveError, match="does not tell"):
        window(Resolve.of(scene.fake).timeline(), read(scene, tmp_path).cuts[0], "selected")


def test_a_marker_of_the_chosen_colour_wants_a_shot(tmp_path: Path):
    scene = build(tmp_path)
    scene.timeline._markers[40.0] = {
        "color": "Mint", "name": "more smoke", "note": "", "duration": 24, "customData": "",
    }  # fmt: skip
    cut = read(scene, tmp_path).cuts[0]
    marked = [g for g in find_gaps(cut, GapOptions(marker_color="MINT")).gaps if g.start == 40]
    assert marked[0].duration == 24
    assert marked[0].words.text == "more smoke"


def with_second_take(scene, number: int, folder: Path) -> FakeTimelineItem:
    """An item of the first track of which the editor has chosen another take."""
    item: FakeTimelineItem = scene.timeline._tracks["video"][0].items[number]
    facts = MediaFacts(500, "24", scene.timeline._start)
    other = FakeMediaPoolItem(scene.fake, str(folder / "B007.mov"), facts)
    assert item.AddTake(other, 3, 3 + item._end - item._start)
    assert item.SelectTakeByIndex(2)
    return item


@pytest.mark.parametrize("number", [0, 5], ids=["first of all", "last before a gap"])
def test_another_take_than_the_otios_beside_a_gap_is_shown(tmp_path: Path, number):
    scene = build(tmp_path, (Lie.EXPORT_FIRST_TAKE,))
    item = with_second_take(scene, number, tmp_path)
    (note,) = read(scene, tmp_path).notes
    at = frames_to_timecode(item._start, Fraction(24))
    assert note.startswith(f"At {at}, Resolve shows another take (B007.mov) than its OTIO (A004")


def test_takes_are_no_disagreement_where_the_otio_has_the_chosen_one(tmp_path: Path):
    scene = build(tmp_path)
    with_second_take(scene, 5, tmp_path)
    assert read(scene, tmp_path).notes == []


def test_only_clips_beside_gaps_are_asked_for_their_takes(tmp_path: Path):
    scene = build(tmp_path, (Lie.EXPORT_FIRST_TAKE,))
    with_second_take(scene, 1, tmp_path)
    scene.fake.calls.clear()
    assert read(scene, tmp_path).notes == []
    # Each of twelve groups has a first and a last clip; the music is no picture.
    assert scene.fake.calls["GetTakesCount"] == 2 * GROUPS


def test_a_sequence_of_images_among_takes_is_no_disagreement(tmp_path: Path):
    scene = build(tmp_path)
    item = with_second_take(scene, 5, tmp_path)
    assert item._media is not None
    item._media._name = "B007.[1001-1500].dpx"
    item._media._properties["File Path"] = str(tmp_path / "B007" / item._media._name)
    assert read(scene, tmp_path).notes == []


@pytest.mark.parametrize("kind", ["title", "clip"])
def test_two_thousand_items_take_three_calls_each_at_most(tmp_path: Path, kind):
    fake = FakeResolve()
    track = fake.timeline._tracks["video"][0]
    source = FakeMediaPoolItem(fake, str(tmp_path / "A.mov"), MediaFacts(100))
    for number in range(2000):
        start = 86400 + 30 * number
        item = FakeTimelineItem(
            fake, fake.timeline, f"T{number}", start, start + 29, kind=kind,
            media=source if kind == "clip" else None,
        )  # fmt: skip
        track.items.append(item)
    host = ResolveHost(Resolve.of(fake))
    fake.calls.clear()
    host.read()
    assert fake.calls.total() <= 3 * 2000


@pytest.mark.parametrize(("limit", "count"), [("current", 12), ("inout", 2), ("playhead", 1)])
def test_only_gaps_that_the_marks_touch_are_wanted(tmp_path: Path, limit, count):
    scene = build(tmp_path)
    gaps = find_gaps(read(scene, tmp_path).cuts[0]).gaps
    host = ResolveHost(Resolve.of(scene.fake), limit=limit)
    scene.timeline._marks = {"video": {"in": gaps[3].start, "out": gaps[4].start}}
    scene.timeline._playhead = scene.timeline._start + gaps[6].start
    host.read()
    assert sum(host.wants(gap) for gap in gaps) == count


def test_a_compound_clip_is_one_item_that_is_looked_into(tmp_path: Path):
    scene = build(tmp_path)
    scene.timeline._tracks["video"][1].items.clear()  # a title above would show
    first = scene.timeline._tracks["video"][0].sorted()[0]
    first._kind, first._media = "compound", None
    document = read(scene, tmp_path)
    assert document.notes == []
    item = document.cuts[0].video_tracks[0].items[0]
    assert item.kind is ItemKind.NESTED
    assert item.nested is not None
    # Nothing is visible inside, so its frames are a gap; but its track is taken there.
    gap = find_gaps(document.cuts[0]).gaps[0]
    assert (gap.start, gap.duration) == (0, first._end - first._start)
    assert gap.track != 0


def test_a_disabled_clip_shows_nothing(tmp_path: Path):
    scene = build(tmp_path)
    scene.timeline._tracks["video"][1].items.clear()
    scene.timeline._tracks["video"][0].sorted()[0]._enabled = False
    document = read(scene, tmp_path)
    assert document.notes == []
    assert not document.cuts[0].video_tracks[0].items[0].enabled
    assert find_gaps(document.cuts[0]).gaps[0].start == 0


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Scene 4", "Scene 4"),
        ("a/b: ..\\c", "a_b_ ___c"),
        ("Küche 日本", "Küche 日本"),
        ("", "timeline"),
    ],
)
def test_the_cut_is_known_by_the_timelines_name(tmp_path: Path, name, stem):
    scene = build(tmp_path)
    scene.timeline._name = name
    assert ResolveHost(Resolve.of(scene.fake)).cut_path.name == f"{stem}.otio"


def test_a_timeline_that_is_renamed_keeps_its_takes(tmp_path: Path):
    scene = build(tmp_path)
    before = ResolveHost(Resolve.of(scene.fake)).cut_path
    before.with_suffix(".pickup").mkdir(parents=True)
    scene.timeline._name = "Scene 4 locked"
    assert ResolveHost(Resolve.of(scene.fake)).cut_path == before
    scene.fake.project._current = scene.timeline._copy("Scene 5")
    assert ResolveHost(Resolve.of(scene.fake)).cut_path.parent != before.parent
