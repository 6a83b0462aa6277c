"""Placing: what is proposed is what is done, to files and to hosts that place live; and back."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from tests.unit.ui.conftest import LONG, Desk, lay_take

from pickup.errors import PickupError
from pickup.hosts.base import Written
from pickup.hosts.file import FileHost
from pickup_ui.hosts import host_of
from pickup_ui.models.shot_state import Status
from pickup_ui.work.opening import Preferences, open_cut
from pickup_ui.work.placing import chosen, place, propose, take_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pickup_ui.work.placing import Placed, Proposal


@pytest.fixture
def ready(open_desk: Desk, qtbot: Any) -> Desk:
    """Two takes of the first gap, the second chosen; one of the second gap, not chosen."""
    for number in (1, 2):
        lay_take(open_desk.session, "pk010", number)
    lay_take(open_desk.session, "pk020")
    open_desk.session.choose("pk010", 2)
    written(open_desk, qtbot)
    return open_desk


def written(desk: Desk, qtbot: Any) -> None:
    """Wait until a choice is on disk."""
    qtbot.waitUntil(lambda: desk.tasks.running == 0, timeout=LONG)


def proposal(desk: Desk, qtbot: Any) -> Proposal:
    with qtbot.waitSignal(desk.placement.proposed, timeout=LONG) as told:
        desk.placement.propose()
    found: Proposal = told.args[0]
    return found


def placed(desk: Desk, qtbot: Any) -> Placed:
    with qtbot.waitSignal(desk.placement.placed, timeout=LONG) as told:
        desk.placement.place()
    done: Placed = told.args[0]
    return done


def back(desk: Desk, qtbot: Any) -> None:
    with qtbot.waitSignal(desk.placement.taken_back, timeout=LONG):
        desk.placement.take_back()


def items(file: Path) -> list[tuple[str, int]]:
    """Name and frames of everything on the first track; a hole has no name."""
    track = otio.adapters.read_from_file(str(file)).video_tracks()[0]
    return [
        ("" if isinstance(item, otio.schema.Gap) else item.name,
         int(item.trimmed_range().duration.value))
        for item in track
    ]  # fmt: skip


class TestAFile:
    def test_the_list_says_exactly_what_changes(self, ready, cut, qtbot):
        before = items(cut)
        (change,) = (told := proposal(ready, qtbot)).changes
        assert (change.shot, change.take, change.frames) == ("pk010", "pk010_t02", 20)
        assert (change.where, change.track) == ("00:00:01:00", "Video 1")
        assert (change.instead, change.alternatives) == ("", 1)
        assert (told.overwrites, told.left) == (False, 1)
        assert told.out is not None
        assert not told.out.exists(), "a list writes nothing"
        placed(ready, qtbot)
        after = items(told.out)
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert changed == [(("", change.frames), (change.take, change.frames))]
        assert items(cut) == before, "the editor's own file stays"

    def test_rejected_takes_do_not_come_along(self, ready, qtbot):
        ready.session.reject("pk010", "pk010_t01")
        assert proposal(ready, qtbot).changes[0].alternatives == 0

    def test_a_second_time_it_says_what_it_takes_the_place_of(self, ready, qtbot):
        placed(ready, qtbot)
        ready.session.choose("pk010", 1)
        told = proposal(ready, qtbot)
        assert told.overwrites
        assert (told.changes[0].take, told.changes[0].instead) == ("pk010_t01", "pk010_t02")

    def test_the_same_take_again_stands_in_the_place_of_nothing(self, ready, qtbot):
        placed(ready, qtbot)
        assert proposal(ready, qtbot).changes[0].instead == ""

    def test_the_way_back_once_and_no_further(self, ready, cut, qtbot):
        filled = placed(ready, qtbot).written.path
        assert ready.placement.can_take_back
        assert ready.session.shots["pk010"].status is Status.PLACED
        back(ready, qtbot)
        assert filled is not None
        assert not filled.exists()
        assert not ready.placement.can_take_back
        ready.placement.take_back()
        assert ready.tasks.running == 0
        assert ready.session.shots["pk010"].placed == ""

    def test_the_way_back_is_not_offered_for_another_cut(self, ready, cut, qtbot):
        placed(ready, qtbot)
        with qtbot.waitSignal(ready.session.opened_changed, timeout=LONG):
            ready.session.open(host_of(cut))
        assert not ready.placement.can_take_back
        assert ready.session.shots["pk010"].status is Status.PLACED, "it is remembered all the same"

    @pytest.mark.parametrize("same", [False, True])
    def test_what_is_placed_while_a_cut_is_opened_counts_for_its_own_cut_alone(
        self, ready, cut, tmp_path, qtbot, monkeypatch, same
    ):
        other = cut if same else cut.with_name("other.otio")
        if not same:
            shutil.copy2(cut, other)
        go, real = threading.Event(), FileHost.write

        def slow(*args: Any) -> Any:
            assert go.wait(LONG / 1000)
            return real(*args)

        monkeypatch.setattr(FileHost, "write", slow)
        ready.placement.place()
        with qtbot.waitSignal(ready.session.opened_changed, timeout=LONG):
            ready.session.open(host_of(other))
        with qtbot.waitSignal(ready.placement.placed, timeout=LONG) as told:
            go.set()
        assert "pk010_t02" in dict(items(told.args[0].written.path))
        assert ready.session.shots["pk010"].placed == ("pk010_t02" if same else "")
        assert ready.placement.can_take_back is same

    def test_a_file_that_is_not_ours_is_left_and_another_name_taken(self, ready, cut, qtbot):
        mine = cut.with_name("scene.filled.otio")
        mine.write_text("mine", "utf-8")
        told = proposal(ready, qtbot)
        assert told.out is not None
        assert told.out.name == "scene.filled-2.otio"
        assert not told.overwrites
        assert placed(ready, qtbot).written.path == told.out
        assert mine.read_text("utf-8") == "mine"

    def test_a_report_is_written_beside_it(self, ready, qtbot):
        report = placed(ready, qtbot).report
        assert "pk010" in report.read_text("utf-8")

    def test_what_the_panel_remembers_of_it_is_kept(self, ready, cut, qtbot):
        done = placed(ready, qtbot)
        ready.session.save()
        kept = json.loads((cut.with_name("scene.pickup") / "panel.json").read_text("utf-8"))
        assert kept["placed"] == {"pk010": "pk010_t02"}
        assert kept["out"] == str(done.written.path)

    def test_a_disk_that_cannot_be_written_leaves_all_as_it_was(self, ready, qtbot, monkeypatch):
        def full(*_: Any) -> Any:
            raise PickupError("scene.filled.otio: cannot be written (no space left).")

        monkeypatch.setattr(FileHost, "write", full)
        with qtbot.waitSignal(ready.placement.failed, timeout=LONG):
            ready.placement.place()
        assert ready.told == ["scene.filled.otio: cannot be written (no space left)."]
        assert ready.session.shots["pk010"].status is Status.CHOSEN
        assert not ready.placement.can_take_back

    def test_nothing_chosen_is_told(self, open_desk, qtbot):
        with qtbot.waitSignal(open_desk.placement.failed, timeout=LONG):
            open_desk.placement.place()
        assert open_desk.told == ["No take is chosen yet; choose one for a gap, then place."]


class TestABundle:
    """A cut that is a folder: written, kept aside and taken back as a whole."""

    @pytest.fixture
    def bundle(self, ready: Desk, cut: Path) -> Callable[[], Placed]:
        target = cut.with_name("out.otiod")

        def write() -> Placed:
            opened = ready.session.snapshot()
            host = replace_out(opened.host, target)
            opened = replace(opened, host=host)
            return place(opened, chosen(opened))

        return write

    def test_it_comes_back_and_goes(self, bundle, ready, qtbot):
        first = bundle()
        out = first.written.path
        assert out is not None
        assert out.is_dir()
        text = (out / "content.otio").read_text("utf-8")
        ready.session.choose("pk010", 1)
        written(ready, qtbot)
        second = bundle()
        assert second.previous is not None
        assert (out / "content.otio").read_text("utf-8") != text
        take_back(second)
        assert (out / "content.otio").read_text("utf-8") == text
        take_back(replace(first, previous=None))
        assert not out.exists()


class Named(FileHost):
    """A file host whose name is given, as the Premiere exchange's is."""


def replace_out(host: Any, out: Path) -> FileHost:
    return Named(host.cut_path, out)


class Live:
    """A host that places by itself."""

    name = "live"

    def __init__(self, cut: Path, *, can: bool = True) -> None:
        self._file = FileHost(cut, cut.with_name("unused.otio"))
        self.stands: list[Any] = []
        self.can = can

    @property
    def cut_path(self) -> Path:
        return self._file.cut_path

    def read(self) -> Any:
        return self._file.read()

    def write(self, document: Any, placements: Any) -> Written:
        self.stands = [one for clips in placements.values() for one in clips]
        return Written(None, ("Placed on V2.",))

    def take_back(self, written: Written) -> None:
        if not self.can:
            raise PickupError("The timeline has been edited since; undo it in the host.")
        self.stands = []


class TestALiveHost:
    @pytest.fixture
    def live(self, ready: Desk, cut: Path) -> Live:
        host = Live(cut)
        opened = ready.session.opened
        assert opened is not None
        ready.session.opened = replace(opened, host=host)
        return host

    def test_what_is_proposed_is_what_it_is_given(self, live, ready, qtbot):
        told = proposal(ready, qtbot)
        assert told.out is None
        assert live.stands == []
        placed(ready, qtbot)
        given = [(one.name, one.duration) for one in live.stands]
        assert given == [(change.take, change.frames) for change in told.changes]
        assert [one.start for one in live.stands] == [24]

    def test_it_is_asked_to_undo_it(self, live, ready, qtbot):
        placed(ready, qtbot)
        back(ready, qtbot)
        assert live.stands == []
        assert ready.session.shots["pk010"].status is Status.CHOSEN

    def test_where_it_cannot_the_sentence_is_its_own_and_the_take_stands(self, live, ready, qtbot):
        live.can = False
        placed(ready, qtbot)
        with qtbot.waitSignal(ready.placement.failed, timeout=LONG):
            ready.placement.take_back()
        assert ready.told == ["The timeline has been edited since; undo it in the host."]
        assert ready.session.shots["pk010"].status is Status.PLACED
        assert ready.placement.can_take_back, "it may be tried again"

    def test_a_clip_that_shows_the_chosen_take_already_is_left_alone(self, live, ready):
        opened = replace(ready.session.snapshot(), standing={"pk010": 2})
        assert chosen(opened) == []
        assert propose(opened, []).left == 2


def test_a_take_whose_file_is_gone_is_not_placed(cut: Path, ready: Desk) -> None:
    folder = cut.with_name("scene.pickup") / "takes"
    (folder / "pk010_t02.mov").unlink()
    opened = open_cut(host_of(cut), Preferences())
    assert chosen(opened) == []
