"""The first run: drawn, filled and placed in one go, and out of the way when it breaks off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from tests.unit.ui.conftest import LONG, Desk

from pickup.errors import PickupError
from pickup.home import home
from pickup.hosts.file import FileHost
from pickup_ui.models.example import Example
from pickup_ui.models.shot_state import Status
from pickup_ui.work.example import EDIT, make_example

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def example(desk: Desk) -> Iterator[Example]:
    made = Example(desk.session, desk.orders, desk.placement, desk.tasks)
    made.failed.connect(desk.told.append)
    yield made
    assert not made.running, "it comes to an end, well or badly"


def filled(example: Example, qtbot: Any) -> Path:
    with qtbot.waitSignal(example.done, timeout=LONG) as done:
        example.fill()
    return Path(done.args[0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which it was drawn once."""
    folder = tmp_path_factory.mktemp("drawn")
    make_example(folder)
    return folder


class TestTheFootage:
    def test_it_is_a_cut_with_the_words_of_its_gaps(self, folder: Path):
        timeline = otio.adapters.read_from_file(str(folder / "harbour.otio"))
        (track,) = timeline.video_tracks()
        frames = [int(item.trimmed_range().duration.value) for item in track]
        assert frames == [frames for _, frames, _ in EDIT]
        words = [marker.name for marker in timeline.tracks.markers]
        assert words == [f"pickup: {words}" for _, _, words in EDIT if words]

    def test_what_is_there_is_kept_and_what_is_gone_is_drawn_again(self, folder: Path):
        films = {film: film.stat().st_mtime_ns for film in (folder / "media").iterdir()}
        assert len(films) == 3
        gone, kept = next(iter(films)), list(films)[1:]
        gone.unlink()
        make_example(folder)
        assert gone.exists()
        assert [film.stat().st_mtime_ns for film in kept] == [films[film] for film in kept]


def test_the_whole_way_again_and_on_from_there(example, desk, qtbot):
    out = filled(example, qtbot)
    assert out == home() / "example" / "harbour.filled.otio"
    assert desk.session.counts()[Status.PLACED] == 2
    assert desk.told == []
    takes = [state.takes[0] for state in desk.session.shots.values()]
    assert {take.record.provider for take in takes} == {"animatic"}
    # A second time nothing is made anew.
    folder = home() / "example" / "harbour.pickup" / "takes"
    files = sorted(folder.iterdir())
    assert filled(example, qtbot) == out
    assert sorted(folder.iterdir()) == files
    # What is ordered of it later is the user's own, and not placed by itself.
    placed: list[object] = []
    desk.placement.placed.connect(placed.append)
    with qtbot.waitSignal(desk.orders.finished, timeout=LONG):
        desk.orders.order_one(desk.session.ids[1])
    qtbot.waitUntil(lambda: desk.tasks.running == 0, timeout=LONG)
    assert placed == []


class TestBreakingOff:
    def test_where_it_cannot_be_drawn(self, example, desk, qtbot, monkeypatch):
        def full(folder: Path) -> Path:
            raise PickupError("harbour.otio: cannot be written (no space left).")

        monkeypatch.setattr("pickup_ui.work.example.make_example", full)
        example.fill()
        qtbot.waitUntil(lambda: bool(desk.told), timeout=LONG)
        assert desk.told == ["harbour.otio: cannot be written (no space left)."]

    @pytest.mark.parametrize("step", ["read", "write"])
    def test_where_it_cannot_be_opened_or_placed(self, example, desk, qtbot, monkeypatch, step):
        def breaks(*_: Any) -> Any:
            raise PickupError(f"it cannot {step}.")

        with monkeypatch.context() as patched:
            patched.setattr(FileHost, step, breaks)
            example.fill()
            qtbot.waitUntil(lambda: bool(desk.told), timeout=LONG)
        assert desk.told == [f"it cannot {step}."]
        assert not example.running
