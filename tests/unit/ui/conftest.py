"""The panel under test: no screen, a home of its own, and small cuts to open."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
import shiboken6
from tests.e2e.footage import film, scene

from pickup.cut.model import CutFile
from pickup.files import sha256_of
from pickup.fill.folder import PickupFolder
from pickup.fill.takes import PickupRecord, SourceFile, Take, take_name, write_take
from pickup.hosts.file import FileHost
from pickup_ui import theme
from pickup_ui.app import application
from pickup_ui.hosts import host_of
from pickup_ui.models import speaker
from pickup_ui.models.models import Models
from pickup_ui.models.orders import Orders
from pickup_ui.models.placement import Placement
from pickup_ui.models.session import Session
from pickup_ui.models.settings import Settings
from pickup_ui.panel import Panel
from pickup_ui.qt import QApplication, QEvent
from pickup_ui.tasks import Tasks
from pickup_ui.work import ordering, workshop
from pickup_ui.work.opening import Preferences, look_at
from pickup_ui.work.steps import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pickup.cut.model import Cut

LONG = 20_000
"""Milliseconds after which something that should come has not come."""


@pytest.fixture(scope="session", autouse=True)
def _dressed(qapp: Any) -> None:
    """Whatever test comes first, the panel looks as it does to a user."""
    theme.apply(qapp, dark=True)


@pytest.fixture(autouse=True)
def _swept(_dressed: None) -> Iterator[None]:
    """What a test leaves to be destroyed later is destroyed here and now.

    Else a thread of some later test may come upon it while it collects garbage, and crash.
    """
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """Three clips of numbered frames and two gaps; the first has the editor's words."""
    made = scene(tmp_path, 24, (24, 20, 24, 16, 24))
    timeline = otio.adapters.read_from_file(str(made.cut))
    where = otio.opentime.TimeRange(
        otio.opentime.RationalTime(24, 24), otio.opentime.RationalTime(20, 24)
    )
    timeline.tracks.markers.append(otio.schema.Marker("pickup: rain on glass", where))
    otio.adapters.write_to_file(timeline, str(made.cut))
    return made.cut


_lacking = speaker.lacking


@pytest.fixture
def real_lacking() -> Callable[[], str]:
    """What `no_device` hides."""
    return _lacking


@pytest.fixture(autouse=True)
def no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test makes a noise where it runs, or hangs on whether something could."""
    monkeypatch.setattr(speaker, "lacking", lambda: "No sound in tests.")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes are made in this process, which starts sooner and where a test can break things."""
    monkeypatch.setattr(workshop, "make_apart", ordering.make)


class Desk:
    """The models of a panel, without any widget."""

    def __init__(self) -> None:
        # All hang on one: left to the collector, a timer may be destroyed in some other thread.
        self.tasks = root = Tasks()
        self.settings = Settings(root)
        self.models = Models(self.tasks, root)
        self.session = Session(self.tasks, self.settings, root)
        self.orders = Orders(self.session, self.models, root)
        self.placement = Placement(self.session, root)
        self.told: list[str] = []
        for one in (self.tasks, self.session, self.orders, self.placement, self.settings):
            one.failed.connect(self.told.append)


@pytest.fixture
def desk(qapp: Any) -> Iterator[Desk]:
    made = Desk()
    yield made
    made.tasks.close()
    shiboken6.delete(made.tasks)


@pytest.fixture
def lay_out(desk: Desk, tmp_path: Path) -> Callable[[Cut], Desk]:
    """Puts a cut onto the desk as if it had been read: no file of it, no media, no waiting."""

    def show(cut: Cut) -> Desk:
        path = tmp_path / "cut.otio"
        host = FileHost(path, path.with_name("out.otio"))
        document = CutFile(path, "otio", [cut])
        desk.session.show(look_at(host, PickupFolder.of(path), document, 0, Preferences()))
        return desk

    return show


@pytest.fixture
def open_desk(desk: Desk, cut: Path, qtbot: Any) -> Desk:
    """A desk with the cut on it and the catalog read."""
    with qtbot.waitSignal(desk.models.changed, timeout=LONG):
        desk.models.read()
    with qtbot.waitSignal(desk.session.opened_changed, timeout=LONG):
        desk.session.open(host_of(cut))
    return desk


def lay_take(session: Session, shot: str, number: int = 1, **facts: Any) -> Take:
    """A take of a shot as if it had been made: a film of numbered frames, and its record."""
    assert session.opened is not None
    state, folder = session.shots[shot], session.opened.folder
    request, name = state.shot, take_name(shot, number)
    frames = request.frames + 2 * request.handles
    file = film(folder.takes / f"{name}.mov", frames, request.rate)
    record = {
        "shot": shot, "gap": request.gap.id, "take": number, "provider": "animatic",
        "model": "animatic-1", "prompt": request.text, "seed": request.seed + number - 1,
        "cost_usd": 0.0, "created": "2026-11-28", "request_sha256": request.sha256(),
        "source": SourceFile(file="x.mp4", sha256="0" * 64),
    }  # fmt: skip
    take = Take(
        record=PickupRecord(**{k: facts.pop(k, v) for k, v in record.items()}),
        file=file.name, sha256=sha256_of(file), deliver="h264", rate=request.rate, frames=frames,
        visible=request.frames, head=request.handles, start=0, drop_frame=False, reel="R",
        width=96, height=64, pixel_aspect=Fraction(1), **facts,
    )  # fmt: skip
    write_take(folder, take)
    state.heard(Step(shot, number, Phase.READY, 1.0, "", take))
    session.shot_changed.emit(shot)
    return take


@pytest.fixture
def new_panel(qtbot: Any, qapp: Any) -> Iterator[Callable[[], Panel]]:
    """Makes panels that are shown and started, and closes them afterwards."""
    application()
    made: list[Panel] = []

    def make(width: int = 1280, height: int = 800) -> Panel:
        panel = Panel()
        made.append(panel)
        panel.resize(width, height)
        panel.show()
        qtbot.waitExposed(panel)
        with qtbot.waitSignal(panel.models.changed, timeout=LONG):
            panel.start()
        return panel

    yield make
    for panel in made:
        panel.close()
        panel.deleteLater()


@pytest.fixture
def panel(new_panel: Callable[[], Panel]) -> Panel:
    return new_panel()


@pytest.fixture
def opened(panel: Panel, cut: Path, qtbot: Any) -> Panel:
    """A panel with the cut open."""
    with qtbot.waitSignal(panel.session.opened_changed, timeout=LONG):
        panel.open(cut)
    return panel


def rate_of(text: str) -> Fraction:
    return Fraction(text)
