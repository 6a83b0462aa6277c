"""Takes of a clip that stands there: added, chosen, and put back when something goes wrong."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.resolve.scenes import Scene, build, placements, ranges, take
from tests.unit.resolve.ways import bridged, direct

from pickup_resolve import journal
from pickup_resolve.api import Resolve
from pickup_resolve.bin import SHOT
from pickup_resolve.errors import ResolveError
from pickup_resolve.host import ResolveHost
from pickup_resolve.journal import Journal
from pickup_resolve.recovery import settle
from pickup_resolve.takes import Chosen
from pickup_resolve.testing import Lie
from pickup_resolve.testing.items import FakeTimelineItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pickup.cut.model import CutFile
    from pickup.cut.placement import Placement


class Gone(BaseException):
    """Our process, which does not come to tidy up."""


class Placed:
    """A scene whose gaps are filled with first takes."""

    def __init__(self, folder: Path, *lies: Lie, takes: int = 1) -> None:
        self.scene: Scene = build(folder, lies)
        self.host = ResolveHost(Resolve.of(self.scene.fake))
        self.document: CutFile = self.host.read()
        self.cut = self.document.cuts[0]
        self.wanted = placements(folder, self.cut)[:3]
        if takes > 1:
            self.wanted = [self.with_takes(one, takes) for one in self.wanted]
        self.host.write(self.document, {0: self.wanted})
        self.items = [self.item(one) for one in self.wanted]

    def with_takes(self, one: Placement, count: int, active: int = 0) -> Placement:
        shot = one.take.metadata["shot"]
        made = [take(self.scene.folder, self.cut, shot, one.duration, n + 1) for n in range(count)]
        return replace(one, takes=tuple(made), active=active)

    def retake(self, number: int = 0, count: int = 2, active: int = 1) -> Placement:
        return self.with_takes(self.wanted[number], count, active)

    def write(self, *wanted: Placement) -> Any:
        return self.host.write(self.document, {0: list(wanted)})

    def stopped(self, call: str, *wanted: Placement) -> None:
        """Write, and stop before a call as if our process were gone."""

        def stop(called: str) -> None:
            if called == call:
                raise Gone

        self.scene.fake.on_call = stop
        with contextlib.suppress(Gone):
            self.write(*wanted)
        self.scene.fake.on_call = None

    def item(self, one: Placement) -> FakeTimelineItem:
        start = self.scene.timeline._start + one.start
        (found,) = [
            item for item in self.scene.timeline._tracks["video"][0].items
            if item._start == start and item._kind == "clip"
        ]  # fmt: skip
        return found

    def shown(self) -> list[str]:
        return [item._media._name if item._media else "" for item in self.items]


FIRST = ["pk010_t01.mov", "pk020_t01.mov", "pk030_t01.mov"]


def broken(monkeypatch: pytest.MonkeyPatch, name: str, answer: Callable[..., Any]) -> None:
    monkeypatch.setattr(FakeTimelineItem, name, answer)


@pytest.mark.parametrize("way", [direct, bridged])
def test_the_item_stays_and_shows_another_take(tmp_path: Path, way):
    placed = Placed(tmp_path)
    before = ranges(placed.scene.timeline)
    ids = [item._id for item in placed.items]
    with way(placed.scene.fake) as resolve:
        host = ResolveHost(resolve)
        host.read()
        written = host.write(placed.document, {0: [placed.retake()]})
    assert not written.failed
    assert placed.shown() == ["pk010_t02.mov", *FIRST[1:]]
    assert [item._id for item in placed.items] == ids
    assert ranges(placed.scene.timeline) == before
    assert placed.scene.fake.saves > 1, "a retake is saved as well"


def test_choosing_goes_to_and_fro_without_new_takes(tmp_path: Path):
    placed = Placed(tmp_path)
    for active in (1, 0, 1, 0):
        placed.write(placed.retake(active=active))
        assert placed.shown()[0] == f"pk010_t0{active + 1}.mov"
    assert len(placed.items[0]._takes) == 2


def test_a_retake_is_taken_back(tmp_path: Path):
    placed = Placed(tmp_path)
    written = placed.write(placed.retake(), placed.retake(1, 3, 2))
    assert placed.shown() == ["pk010_t02.mov", "pk020_t03.mov", FIRST[2]]
    placed.host.take_back(written)
    assert placed.shown() == FIRST
    assert [len(item._takes) for item in placed.items] == [1, 1, 0]
    assert not journal.pending()


def test_what_is_taken_back_keeps_the_takes_of_before(tmp_path: Path):
    placed = Placed(tmp_path, takes=3)
    placed.write(placed.retake(0, 3, 2))
    written = placed.write(placed.retake(0, 5, 4))
    assert placed.shown()[0] == "pk010_t05.mov"
    placed.host.take_back(written)
    assert placed.shown()[0] == "pk010_t03.mov"
    assert len(placed.items[0]._takes) == 3


def test_an_old_take_chosen_again_is_taken_back_as_well(tmp_path: Path):
    placed = Placed(tmp_path, takes=2)
    written = placed.write(placed.retake(0, 2, 1))
    assert placed.shown()[0] == "pk010_t02.mov"
    placed.host.take_back(written)
    assert placed.shown()[0] == "pk010_t01.mov"


@pytest.mark.parametrize("lie", [Lie.RIPPLES, Lie.VANISHES_AT_EVERY_SAVE])
def test_where_others_fail_a_retake_is_undone_with_them_or_stays(tmp_path: Path, lie):
    placed = Placed(tmp_path)
    placed.scene.fake.lies.add(lie)
    before = ranges(placed.scene.timeline)
    new = placements(tmp_path, placed.cut)[3]
    if lie is Lie.RIPPLES:
        with pytest.raises(ResolveError, match="as it was before"):
            placed.write(placed.retake(), new)
        assert placed.shown() == FIRST
        restored = placed.scene.fake.project._current
        assert restored is not None
        assert ranges(restored) == before
    else:
        assert set(placed.write(placed.retake(), new).failed) == {"pk040"}
        assert placed.shown()[0] == "pk010_t02.mov"
        assert ranges(placed.scene.timeline) == before


@pytest.mark.parametrize("name", ["AddTake", "SelectTakeByIndex", "SaveProject"])
def test_a_process_that_is_gone_leaves_the_earlier_take(tmp_path: Path, name):
    placed = Placed(tmp_path)

    placed.stopped(name, placed.retake(), placed.retake(1))
    (left,) = journal.pending()
    assert len(left.kept()) == 2
    (note,) = settle(Resolve.of(placed.scene.fake))
    assert "2 that stood there show their earlier take again" in note
    assert placed.shown() == FIRST
    assert not journal.pending()


def test_ids_that_change_with_a_restart_take_nothing_off_that_stood_there(tmp_path: Path):
    placed = Placed(tmp_path)

    placed.stopped("SaveProject", placed.retake(), placements(tmp_path, placed.cut)[5])
    for number, item in enumerate(placed.scene.timeline._all()):
        item._id = f"restarted-{number}"
    (note,) = settle(Resolve.of(placed.scene.fake))
    assert " 1 of the 2 clips placed" in note
    assert "other items have changed" not in note
    assert placed.shown() == FIRST


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("AddTake", lambda *_: True, "did not add the take"),
        ("AddTake", lambda *_: False, "did not add the take"),
        ("SelectTakeByIndex", lambda *_: True, "did not switch to the take"),
        ("SelectTakeByIndex", lambda *_: False, "did not switch to the take"),
    ],
)
def test_what_resolve_does_not_do_is_reported(tmp_path: Path, monkeypatch, name, answer, said):
    placed = Placed(tmp_path)
    before = ranges(placed.scene.timeline)
    broken(monkeypatch, name, answer)
    written = placed.write(placed.retake())
    assert said in written.failed["pk010"]
    assert placed.shown() == FIRST
    assert ranges(placed.scene.timeline) == before
    assert not journal.pending()


def test_a_take_of_another_length_is_put_back(tmp_path: Path, monkeypatch):
    placed = Placed(tmp_path)
    before = ranges(placed.scene.timeline)
    add = FakeTimelineItem.AddTake
    broken(monkeypatch, "AddTake", lambda self, media, start, end: add(self, media, start, end - 1))
    written = placed.write(placed.retake())
    assert "another length" in written.failed["pk010"]
    assert placed.shown() == FIRST
    assert ranges(placed.scene.timeline) == before


def test_a_take_that_the_save_undoes_is_reported(tmp_path: Path):
    placed = Placed(tmp_path)

    def undo(called: str) -> None:
        if called == "SaveProject" and placed.items[0]._takes:
            placed.items[0].SelectTakeByIndex(1)

    placed.scene.fake.on_call = undo
    written = placed.write(placed.retake())
    placed.scene.fake.on_call = None
    assert "did not keep the chosen take" in written.failed["pk010"]
    assert placed.shown() == FIRST


def test_takes_that_cannot_be_put_back_are_said_so_and_stay_known(tmp_path: Path, monkeypatch):
    placed = Placed(tmp_path)

    placed.stopped("SaveProject", placed.retake())
    with monkeypatch.context() as patch:
        broken(patch, "SelectTakeByIndex", lambda *_: False)
        with pytest.raises(ResolveError, match="Choose them by hand"):
            settle(Resolve.of(placed.scene.fake))
    assert len(journal.pending()) == 1
    settle(Resolve.of(placed.scene.fake))
    assert placed.shown() == FIRST


def test_something_else_that_stands_on_the_frames_is_left_alone(tmp_path: Path):
    placed = Placed(tmp_path)
    item = placed.items[0]
    assert item._media is not None
    item._media._third[SHOT] = "pk770"
    written = placed.write(placed.with_takes(placed.retake(), 1))
    assert not written.failed, "the same file is the same shot"
    item._media._third[SHOT] = "pk770"
    stranger = placed.retake(0, 3, 2)
    written = placed.write(replace(stranger, takes=stranger.takes[2:], active=0))
    assert "something else stands there" in written.failed["pk010"]
    assert placed.shown() == FIRST


def test_a_title_that_stands_on_the_frames_takes_no_takes(tmp_path: Path):
    placed = Placed(tmp_path)
    placed.items[0]._media = None
    written = placed.write(placed.retake())
    assert "shows no media" in written.failed["pk010"]


@pytest.mark.parametrize("lie", [Lie.FALSE_THOUGH_DONE, Lie.FLOAT_NUMBERS, Lie.NONE_LISTS])
def test_lies_about_takes_are_seen_through(tmp_path: Path, lie):
    placed = Placed(tmp_path, lie)
    assert not placed.write(placed.retake()).failed
    assert placed.shown()[0] == "pk010_t02.mov"


def test_the_duplicate_that_was_made_before_a_retake_shows_the_earlier_take(tmp_path: Path):
    placed = Placed(tmp_path)
    placed.write(placed.retake())
    newest = placed.scene.fake.project._timelines[-1]
    start = placed.items[0]._start
    (twin,) = [item for item in newest._all() if item._start == start and item._kind == "clip"]
    assert twin._media is not None
    assert twin._media._name == FIRST[0]


@pytest.mark.parametrize(
    ("count", "selected", "wanted"), [(0, 0, 1), (1, 1, 1), (2, 2, 2), (3, 1, 1)]
)
def test_the_takes_of_a_moment_come_back_exactly(tmp_path: Path, count, selected, wanted):
    placed = Placed(tmp_path, takes=max(count, 1))
    api = placed.host.resolve.timeline().items("video", 1)
    item = next(one for one in api if one.raw is placed.items[0])
    if count > 1:
        item.select_take(selected)
    before = Chosen(count, selected)
    media = placed.wanted[0].takes[0]
    for number in (7, 8):
        extra = take(tmp_path, placed.cut, "pk010", placed.wanted[0].duration, number)
        (made,) = placed.scene.fake.project._pool.ImportMedia([str(extra.path)])
        placed.items[0].AddTake(made, media.head, media.head + placed.wanted[0].duration)
        item.select_take(item.takes())
    assert before.put_back(item)
    assert len(placed.items[0]._takes) == max(count, 1)
    assert placed.items[0]._take == wanted


def test_a_journal_remembers_takes_by_where_they_stand(tmp_path: Path):
    placed = Placed(tmp_path)
    from pickup_resolve.snapshot import Stand

    kept = Journal("p", "t", "Scene 4")
    kept.keep(Stand("video", 2, "x", 86400, 86450), Chosen(3, 2))
    kept.write()
    (read,) = journal.pending()
    assert read.kept() == {("video", 2, 86400, 86450): Chosen(3, 2)}
    assert placed.host.cut_path.parent.is_dir()
