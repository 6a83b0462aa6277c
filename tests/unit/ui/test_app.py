"""The application: what is opened, what is drawn into a file, and when it ends."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.ui.conftest import LONG

from pickup.fill.folder import PickupFolder
from pickup.shots.plan import read_plan
from pickup_ui import app
from pickup_ui.hosts import host_of
from pickup_ui.panel import Panel
from pickup_ui.qt import QApplication, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, qapp: Any) -> Iterator[list[Panel]]:
    """The panels that `run` makes, closed afterwards whatever becomes of the test."""
    made: list[Panel] = []

    def make() -> Panel:
        made.append(Panel())
        return made[-1]

    monkeypatch.setattr(app, "Panel", make)
    # The last window's closing asks the application to quit, which here goes on after `run`.
    qapp.setQuitOnLastWindowClosed(False)
    yield made
    qapp.setQuitOnLastWindowClosed(True)
    for panel in made:
        panel.close()
        panel.deleteLater()


def run_until(condition: Callable[[], bool], **how: Any) -> int:
    """`app.run`, ended when the condition holds."""
    look, end = QTimer(interval=20), QTimer(singleShot=True, interval=LONG)
    look.timeout.connect(lambda: QApplication.exit(7) if condition() else None)
    end.timeout.connect(lambda: QApplication.exit(99))
    look.start()
    end.start()
    try:
        return app.run(**how)
    finally:
        look.stop()
        end.stop()


def test_with_a_file_it_is_opened_once_the_window_is_there(shown: list[Panel], cut: Path):
    status = run_until(lambda: bool(shown) and shown[0].session.opened is not None, cut=cut)
    assert status == 7
    opened = shown[0].session.opened
    assert opened is not None
    assert opened.host.cut_path == cut
    assert shown[0].windowTitle().startswith("scene.otio")


def test_ended_from_elsewhere_it_keeps_what_was_edited_and_leaves_nothing_running(
    shown: list[Panel], cut: Path
):
    def edited() -> bool:
        if not shown or shown[0].session.opened is None:
            return False
        shown[0].session.edit("pk010", "", seed=77)
        return True

    run_until(edited, cut=cut)
    assert shown[0].tasks.closed
    plan = read_plan(PickupFolder.of(cut).plan)
    assert plan.shots[0].seed == 77
    assert not [t.name for t in threading.enumerate() if t.name.startswith("pickup-")]


def test_a_launcher_within_a_host_gives_its_own(shown: list[Panel], cut: Path):
    host = host_of(cut)
    run_until(lambda: bool(shown) and shown[0].session.opened is not None, host=host)
    assert shown[0].session.opened is not None
    assert shown[0].session.opened.host is host


def test_without_either_it_offers_to_begin(shown: list[Panel]):
    run_until(lambda: bool(shown) and bool(shown[0].models.catalog.cards))
    assert shown[0].stack.currentWidget() is shown[0].first
    assert shown[0].first.example.isEnabled()


def test_a_picture_is_written_when_it_stands_still_and_it_ends(
    shown: list[Panel], cut: Path, tmp_path: Path
):
    out = tmp_path / "new folder" / "panel.png"
    assert run_until(lambda: False, cut=cut, screenshot=out) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert shown[0].tasks.closed


def test_a_picture_that_cannot_be_written_is_a_failure(
    shown: list[Panel], cut: Path, tmp_path: Path
):
    out = tmp_path / "panel.png"
    out.mkdir()
    assert run_until(lambda: False, cut=cut, screenshot=out) == 1


def test_the_thread_that_draws_soon_has_its_turn(qapp: Any):
    assert app.application() is qapp
    assert sys.getswitchinterval() == pytest.approx(0.0002)
    assert qapp.applicationName() == "Pickup"
