"""Each lie of the fake is a switch that changes what it says, and names who has met it."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from pickup_resolve.testing import FakeResolve, Lie, placeholder
from pickup_resolve.testing.items import FakeTimelineItem
from pickup_resolve.testing.lies import ONCE
from pickup_resolve.testing.media import MediaFacts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pickup_resolve.testing.items import FakeMediaPoolItem
    from pickup_resolve.testing.timeline import FakeTrack

NTSC = Fraction(30000, 1001)


class World:
    """A fake with one clip in its pool and one on its timeline, from frame 100 to 150."""

    def __init__(self, folder: Path, lies: set[Lie], rate: Fraction = Fraction(24)) -> None:
        self.folder = folder
        self.fake = FakeResolve((20, 2, 1, 6), lies=lies, rate=rate)
        self.timeline, self.project = self.fake.timeline, self.fake.project
        self.pool = self.project._pool
        self.start = self.timeline._start
        self.clip = self.media("A.mov", MediaFacts(200, str(rate)))
        self.item = FakeTimelineItem(
            self.fake, self.timeline, "A", self.start + 100, self.start + 150, media=self.clip
        )
        self.video.items.append(self.item)

    @property
    def video(self) -> FakeTrack:
        return self.timeline._tracks["video"][0]

    def media(self, name: str, facts: MediaFacts) -> FakeMediaPoolItem:
        path = placeholder(self.folder / name, facts)
        lies, self.fake.lies = self.fake.lies, set()
        made = self.pool._imported(str(path))
        self.fake.lies = lies
        assert made is not None
        return made

    def append(self, at: int = 0, first: int = 0, last: int = 20, **more: Any) -> Any:
        where = {"recordFrame": self.start + at, "startFrame": first, "endFrame": last}
        kind = {"mediaType": 1, "trackIndex": 1}
        clip = {"mediaPoolItem": self.clip, **where, **kind, **more}
        return self.pool.AppendToTimeline([{k: v for k, v in clip.items() if v is not None}])

    def standing(self, track: int = 0) -> list[tuple[int, int]]:
        items = self.timeline._tracks["video"][track].sorted()
        return [(one._start - self.start, one._end - self.start) for one in items]

    def export(self, name: str = "a.otio") -> Any:
        path = self.folder / name
        answer = self.timeline.Export(str(path), self.fake.EXPORT_OTIO, 0.0)
        return answer, path.is_file(), path.read_text("utf-8") if path.is_file() else ""

    def save(self) -> Any:
        return self.fake._manager.SaveProject()


def number(value: Any) -> Any:
    return type(value).__name__, value


def appended(world: World, at: int = 0, **more: Any) -> Any:
    answer = world.append(at, **more)
    shown = (
        None
        if answer is None
        else [one and (one.GetUniqueId() != "", one.GetStart()) for one in answer]
    )
    return shown, world.standing()


def collided(world: World) -> Any:
    answer = world.append(140)
    return [one.GetUniqueId() != "" for one in answer or []], world.standing()


def saved(world: World) -> Any:
    world.append(0)
    world.save()
    first = world.standing()
    world.append(0)
    world.save()
    return first, world.standing()


def deleted(world: World) -> Any:
    first = world.timeline.DeleteClips([world.item], False)
    return first, world.timeline.DeleteClips([world.item], False), world.standing()


def second_take(world: World) -> Any:
    world.item.AddTake(world.media("B.mov", MediaFacts(200)), 8, 58)
    world.item.SelectTakeByIndex(2)
    return "B.mov" in world.export()[2]


def from_page(page: str, act: Callable[[World], Any]) -> Callable[[World], Any]:
    def run(world: World) -> Any:
        world.fake.page = page
        return act(world)

    return run


def heard(world: World) -> Any:
    clip = world.media("sound.mov", MediaFacts(50, audio=True))
    answer = world.append(0, mediaPoolItem=clip, mediaType=2)
    return len(answer), [len(track.items) for track in world.timeline._tracks["audio"]]


def sequence(world: World) -> Any:
    for frame in (1, 2, 3):
        (world.folder / f"s.{frame:03d}.dpx").write_bytes(b"dpx")
    info = {"FilePath": str(world.folder / "s.%03d.dpx"), "StartIndex": 1, "EndIndex": 3}
    return [one.GetClipProperty("Frames") for one in world.pool.ImportMedia([info])]


def still(world: World) -> Any:
    clip = world.media("still.png", MediaFacts(1, still=True))
    world.append(200, mediaPoolItem=clip, first=0, last=30)
    return world.standing()


def batched(world: World) -> Any:
    where = {"mediaPoolItem": world.clip, "mediaType": 1, "trackIndex": 1}
    spans = [{**where, "startFrame": 0, "endFrame": 9, "recordFrame": world.start + at}
             for at in (0, 20)]  # fmt: skip
    world.pool.AppendToTimeline(spans)
    return world.standing()


def on_second_track(world: World) -> Any:
    world.timeline.AddTrack("video")
    world.append(0, mediaType=None, trackIndex=2)
    return world.standing(), world.standing(1)


def exported_twice(world: World) -> Any:
    first = world.export("same.otio")
    world.timeline.AddTrack("video")
    return first[2] == world.export("same.otio")[2]


def unpadded(world: World) -> Any:
    world.timeline._add_track("video").items.append(
        FakeTimelineItem(world.fake, world.timeline, "T", world.start, world.start + 9)
    )
    tracks = json.loads(world.export()[2])["tracks"]["children"]
    return [one["OTIO_SCHEMA"] for one in tracks[1]["children"]]


def first_source_time(world: World) -> Any:
    tracks = json.loads(world.export()[2])["tracks"]["children"]
    return tracks[0]["children"][1]["source_range"]["start_time"]["value"]


def imported(world: World, **options: Any) -> Any:
    path = world.folder / "in.otio"
    path.write_text(world.export("in.otio")[2])
    made = world.pool.ImportTimelineFromFile(str(path), {"timelineName": "New", **options})
    if made is None:
        return None
    return [item.GetMediaPoolItem() is not None for item in made._tracks["video"][0].items]


def transition_ids(world: World) -> Any:
    fade = FakeTimelineItem(world.fake, world.timeline, "Fade", 0, 9, kind="transition")
    return fade.GetUniqueId() == fade.GetUniqueId()


def set_color(world: World) -> Any:
    return world.item.SetClipColor("Teal"), world.item.GetClipColor()


def duplicated(world: World) -> Any:
    made = world.timeline.DuplicateTimeline("Twin")
    return made is not None, world.project.GetCurrentTimeline() is world.timeline


def tracks_added(world: World) -> Any:
    return world.timeline.AddTrack("video"), len(world.timeline._tracks["video"])


def imported_again(world: World) -> Any:
    return len(world.pool.ImportMedia([str(world.folder / "A.mov")]))


def unknown(world: World) -> Any:
    answer = getattr(world.timeline, "GetEverything", "no such name")
    return callable(answer), answer if isinstance(answer, str) else None


def reel(world: World) -> Any:
    return world.clip.SetClipProperty("Reel Name", "A1"), world.clip.GetClipProperty("Reel Name")


def rate(world: World) -> Any:
    return number(world.timeline.GetSetting("timelineFrameRate"))


EFFECTS: dict[Lie, Callable[[World], Any]] = {
    Lie.NONE_LISTS: lambda world: world.timeline.GetItemListInTrack("audio", 1),
    Lie.FLOAT_NUMBERS: lambda world: number(world.item.GetStart()),
    Lie.INCLUSIVE_END: appended,
    Lie.FLOORED_DURATION: appended,
    Lie.COLLISION_DROPS: collided,
    Lie.COLLISION_SLIDES: collided,
    Lie.COLLISION_EMPTY_ID: collided,
    Lie.APPEND_ANSWERS_NONE: appended,
    Lie.APPEND_ANSWERS_NOTHING: appended,
    Lie.APPEND_ANSWERS_GHOST: appended,
    Lie.BATCH_KEEPS_FIRST: batched,
    Lie.STILL_IGNORES_END: still,
    Lie.APPEND_NEEDS_EDIT_PAGE: from_page("color", appended),
    Lie.IN_POINT_IGNORED: lambda world: [one.GetLeftOffset() for one in world.append(0, 7)],
    Lie.VANISHES_AT_SAVE: saved,
    Lie.VANISHES_AT_EVERY_SAVE: saved,
    Lie.DELETE_FAILS_FIRST: deleted,
    Lie.DELETE_NEEDS_EDIT_PAGE: from_page("fairlight", deleted),
    Lie.IMPORT_ANSWERS_NOTHING: imported_again,
    Lie.INDIVIDUAL_FRAMES: sequence,
    Lie.FPS_IS_NUMBER: lambda world: number(world.clip.GetClipProperty()["FPS"]),
    Lie.REEL_NOT_KEPT: reel,
    Lie.TRUE_WITHOUT_EFFECT: set_color,
    Lie.FALSE_THOUGH_DONE: set_color,
    Lie.ADD_TRACK_WITHOUT_EFFECT: tracks_added,
    Lie.DUPLICATE_FAILS: duplicated,
    Lie.DUPLICATE_BECOMES_CURRENT: duplicated,
    Lie.SAVE_ANSWERS_FALSE: lambda world: (world.save(), world.fake.saves),
    Lie.EXPORT_WITHOUT_FILE: lambda world: world.export()[:2],
    Lie.EXPORT_DISAGREES: lambda world: world.export()[2],
    Lie.EXPORT_STAYS_OPEN: exported_twice,
    Lie.EXPORT_UNPADDED: unpadded,
    Lie.EXPORT_FRACTIONS: first_source_time,
    Lie.EXPORT_FIRST_TAKE: second_take,
    Lie.IMPORT_OFFLINE: lambda world: imported(world, importSourceClips=False),
    Lie.IMPORT_CANCELED: imported,
    Lie.RATE_ROUNDED_DOWN: rate,
    Lie.RATE_IS_NUMBER: rate,
    Lie.NO_PROJECT: lambda world: world.fake._manager.GetCurrentProject() is None,
    Lie.NO_PAGE: lambda world: world.fake.GetCurrentPage(),
    Lie.ANY_NAME_IS_CALLABLE: unknown,
    Lie.ANY_NAME_IS_THERE: unknown,
    Lie.TRACK_WITHOUT_TYPE: on_second_track,
    Lie.SOUND_IN_PIECES: heard,
    Lie.RESTLESS_IDS: transition_ids,
    Lie.LOCKED_LATE: lambda world: (len(world.append(0) or []), world.standing()),
    Lie.RIPPLES: appended,
}

MET = re.compile(
    r"^(gursky|dbw|ayon|nakano000|pydavinci|upp|readme|none)"
    r"( #\d+|, [\d.]+( to [\d.]+)?| and stub differ)?: "
)


def shaken(world: World) -> World:
    """A source time that is whole in seconds and none in floats."""
    world.item._left = 7
    return world


@pytest.mark.parametrize("lie", Lie, ids=lambda lie: lie.name)
def test_a_lie_changes_what_is_said(tmp_path: Path, lie):
    act = EFFECTS[lie]
    rate = NTSC if lie in (Lie.RATE_ROUNDED_DOWN, Lie.RATE_IS_NUMBER) else Fraction(24)
    for name in ("honest", "lying"):
        (tmp_path / name).mkdir()
    honest = act(shaken(World(tmp_path / "honest", set(), rate)))
    lying = act(shaken(World(tmp_path / "lying", {lie}, rate)))
    assert lying != honest


@pytest.mark.parametrize("lie", Lie, ids=lambda lie: lie.name)
def test_a_lie_names_its_source(lie):
    assert MET.match(lie.value), lie.value


def test_what_lies_once_tells_the_truth_afterwards(tmp_path: Path):
    world = World(tmp_path, set(ONCE))
    assert world.append(0) == [None]
    assert [one is None for one in world.append(0)] == [False]
    world.save()
    assert world.standing() == [(100, 150)]
    world.append(0)
    world.save()
    assert world.standing() == [(0, 20), (100, 150)]


def test_an_honest_append_is_answered_with_what_stands_there(tmp_path: Path):
    world = World(tmp_path, set())
    (item,) = world.append(0, 5, 25)
    assert (item.GetStart(), item.GetEnd()) == (world.start, world.start + 20)
    assert item.GetLeftOffset() == 5
    assert world.standing() == [(0, 20), (100, 150)]
    assert world.append(140) == []
    assert world.standing() == [(0, 20), (100, 150)]


def test_the_track_above_the_last_is_made_and_one_above_that_is_not(tmp_path: Path):
    world = World(tmp_path, set())
    assert len(world.append(0, trackIndex=2)) == 1
    assert world.append(0, trackIndex=4) == []
    assert len(world.timeline._tracks["video"]) == 2


def test_a_locked_track_answers_an_item_and_places_nothing(tmp_path: Path):
    world = World(tmp_path, set())
    world.video.locked = True
    assert len(world.append(0)) == 1
    assert world.standing() == [(100, 150)]


def test_a_clip_of_another_rate_lands_as_long_as_it_lasts_rounded_down(tmp_path: Path):
    world = World(tmp_path, set())
    clip = world.media("25.mov", MediaFacts(100, "25"))
    world.append(0, 0, 51, mediaPoolItem=clip)
    assert world.standing()[0] == (0, 48)  # 51 * 24 / 25 is 48.96


def test_what_every_resolve_does_has_no_switch(tmp_path: Path):
    world = World(tmp_path, set())
    fake, timeline = world.fake, world.timeline
    assert timeline.DuplicateTimeline("Scene 4") is None
    assert timeline.AddMarker(3, "Red", "a", "", 1)
    assert not timeline.AddMarker(3, "Red", "b", "", 1)
    assert not timeline.AddMarker(4, "Teal", "a clip's colour", "", 1)
    assert not world.item.AddFlag("Teal")
    assert not world.clip.SetMetadata({"Shot": "1", "Mood": "warm"})
    assert world.clip.GetMetadata("Shot") == "1"
    title = FakeTimelineItem(fake, timeline, "Title", 0, 9, kind="title")
    assert title.SetClipColor("Teal")
    assert title.GetClipColor() == ""
    listed = world.pool._root.GetClipList()
    assert [one.GetClipProperty("Type") for one in listed] == ["Video", "Timeline"]
    world.item.AddTake(world.clip, 0, 50)
    assert world.item.GetTakesCount() == 2
    assert timeline.GetIsTrackEnabled("video", 1)
    twin = timeline.DuplicateTimeline("Twin")
    assert twin is not None
    world.project.SetCurrentTimeline(twin)
    assert world.item.GetTakesCount() == 0
    assert not timeline.GetIsTrackEnabled("video", 1)


def test_takes_are_added_chosen_and_deleted(tmp_path: Path):
    world = World(tmp_path, set())
    other = world.media("B.mov", MediaFacts(200))
    item = world.item
    assert item.AddTake(other, 8, 58)
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex()) == (2, 1)
    assert item.SelectTakeByIndex(2)
    assert item.GetMediaPoolItem() is other
    assert (item.GetStart(), item.GetEnd(), item.GetLeftOffset()) == (
        world.start + 100, world.start + 150, 8,
    )  # fmt: skip
    assert not item.DeleteTakeByIndex(2), "the one that is chosen stays"
    assert item.DeleteTakeByIndex(1)
    assert item.GetSelectedTakeIndex() == 1
    assert item.GetMediaPoolItem() is other
    assert not item.SelectTakeByIndex(2)


@pytest.mark.parametrize(
    ("version", "studio", "external", "menu"),
    [
        ((18, 6, 6, 7), True, True, True),
        ((18, 6, 6, 7), False, False, True),
        ((21, 0, 4, 5), False, False, True),
        ((21, 1, 0, 14), False, False, False),
        ((21, 1, 0, 14), True, True, True),
    ],
)
def test_who_is_let_in_depends_on_edition_and_version(version, studio, external, menu):
    fake = FakeResolve(version, studio=studio)
    assert (fake.external() is not None) is external
    assert (fake.menu() is not None) is menu
    fake.external_scripting = "None"
    assert fake.external() is None


def test_native_otio_came_with_18_5():
    assert FakeResolve((18, 5, 0, 1)).EXPORT_OTIO == 15.0
    with pytest.raises(AttributeError):
        assert FakeResolve((18, 1, 4, 9)).EXPORT_OTIO


def test_a_resolve_that_has_quit_answers_nothing(tmp_path: Path):
    world = World(tmp_path, set())
    world.fake.gone = True
    assert world.fake.GetProductName() is None
    assert world.item.GetStart() is None
    assert world.append(0) is None


def test_a_clip_that_was_deleted_is_not_appended_and_leaves_its_items_offline(tmp_path: Path):
    world = World(tmp_path, set())
    assert world.pool.DeleteClips([world.clip])
    assert world.append(0) == [None]
    assert world.item.GetMediaPoolItem() is None
    assert [one.GetClipProperty("Type") for one in world.pool._root.GetClipList()] == ["Timeline"]
