"""Takes made in a process of their own: its news, its end, and the end of either side."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pickup.errors import PickupError
from pickup.fill.folder import PickupFolder
from pickup.fill.takes import read_takes, take_name
from pickup.jobs.ledger import Ledger
from pickup.jobs.orders import OrderState
from pickup.providers.registry import load
from pickup_ui.hosts import host_of
from pickup_ui.work import workshop
from pickup_ui.work.opening import Preferences, open_cut, with_takes
from pickup_ui.work.ordering import quote, unfinished
from pickup_ui.work.steps import Job, Phase, Step
from pickup_ui.work.workshop import make_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup_ui.work.opening import Opened

SECONDS = 30.0


@pytest.fixture
def opened(cut: Path) -> Opened:
    return open_cut(host_of(cut), Preferences())


def wanted(opened: Opened, takes: int = 1):
    shots = [shot.model_copy(update={"takes": takes}) for shot in opened.shots]
    return quote(opened, shots, "h264").wanted


def waiting(opened: Opened) -> set[tuple[str, int]]:
    """The takes that the order book says are still to come."""
    return {(w.shot.id, w.order.take) for w in unfinished(opened, "h264") if w.order is not None}


def finals(told: list[Step]) -> dict[tuple[str, int], Phase]:
    return {(step.shot, step.number): step.phase for step in told}


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that were started."""
    started: list[subprocess.Popen[bytes]] = []
    real = workshop._started

    def noted() -> subprocess.Popen[bytes]:
        started.append(real())
        return started[-1]

    monkeypatch.setattr(workshop, "_started", noted)
    return started


def test_the_takes_are_made_and_every_step_is_told(opened, children):
    told: list[Step] = []
    make_apart(Job(opened.folder, "h264"), wanted(opened), told.append, lambda: False)
    assert finals(told) == {("pk010", 1): Phase.READY, ("pk020", 1): Phase.READY}
    order = [step.phase for step in told if step.shot == "pk010"]
    ranks = [list(Phase).index(phase) for phase in order]
    assert ranks == sorted(ranks)
    assert Phase.CONFORMING in order
    takes = [step.take for step in told if step.phase is Phase.READY]
    assert takes == read_takes(opened.folder)
    assert [child.returncode for child in children] == [0]


def test_what_lies_here_already_is_not_asked_for_again(opened):
    make_apart(Job(opened.folder, "h264"), wanted(opened), lambda _: None, lambda: False)
    assert wanted(opened) == ()
    assert unfinished(with_takes(opened), "h264") == []


@pytest.mark.skipif(sys.platform == "win32", reason="ended by a signal")
def test_a_child_that_is_killed_fails_what_is_left_and_loses_nothing(opened, children):
    told: list[Step] = []

    def tell(step: Step) -> None:
        told.append(step)
        if step.phase is Phase.READY:
            os.kill(children[0].pid, signal.SIGKILL)

    asked = wanted(opened, takes=3)
    make_apart(Job(opened.folder, "h264"), asked, tell, lambda: False)
    phases = finals(told)
    assert len(phases) == len(asked) == 6
    assert set(phases.values()) == {Phase.READY, Phase.FAILED}
    reason = next(step.message for step in told if step.phase is Phase.FAILED)
    assert "ended by itself (status -9)" in reason
    assert "it goes on where it was" in reason
    again: list[Step] = []
    make_apart(Job(opened.folder, "h264"), wanted(opened, takes=3), again.append, lambda: False)
    assert set(finals(again).values()) <= {Phase.READY}
    names = [f"{shot}_t0{n}" for shot in ("pk010", "pk020") for n in (1, 2, 3)]
    assert [take.name for take in read_takes(opened.folder)] == names
    assert not list(opened.folder.takes.glob("*.part*"))


def test_a_child_that_never_begins_is_one_sentence(opened, monkeypatch):
    def gone() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.exit(3)"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    monkeypatch.setattr(workshop, "_started", gone)
    with pytest.raises(PickupError, match=r"ended by itself \(status 3\)\. Nothing is lost"):
        make_apart(Job(opened.folder, "h264"), wanted(opened), lambda _: None, lambda: False)


def test_a_python_that_cannot_be_started_is_named(opened, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(PickupError, match="no-python: the process that makes takes does not start"):
        make_apart(Job(opened.folder, "h264"), wanted(opened), lambda _: None, lambda: False)


def test_stopped_it_leaves_the_rest_in_the_order_book(opened):
    told: list[Step] = []

    def stop() -> bool:
        return any(step.phase is Phase.READY for step in told)

    make_apart(Job(opened.folder, "h264"), wanted(opened, takes=4), told.append, stop)
    phases = finals(told)
    assert len(phases) == 8
    assert set(phases.values()) == {Phase.READY, Phase.STOPPED}
    stopped = {key for key, phase in phases.items() if phase is Phase.STOPPED}
    assert waiting(with_takes(opened)) == stopped


def test_one_that_waits_can_be_called_off_and_the_others_go_on(opened):
    told: list[Step] = []
    asked = wanted(opened, takes=3)
    last = asked[-1].order.key
    make_apart(
        Job(opened.folder, "h264"), asked, told.append, lambda: False, called_off=frozenset({last})
    )
    phases = finals(told)
    assert phases.pop(("pk020", 3)) is Phase.FAILED
    assert set(phases.values()) == {Phase.READY}
    assert [step.message for step in told if step.key == last][-1] == "it was called off"
    with Ledger.open() as ledger:
        assert ledger.get(last).state is OrderState.CANCELLED


def test_what_costs_more_than_is_allowed_is_refused_before_anything_is_made(
    opened, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PICKUP_FAL_API_KEY", "k")
    monkeypatch.setenv("PICKUP_FAL_BASE_URL", "https://fal.invalid")
    dear = next(
        card.name
        for card in load("fal").cards()
        if card.prices and card.status == "active" and card.first_frame and card.last_frame
    )
    shots = [s.model_copy(update={"model": dear}) for s in opened.shots]
    asked = quote(opened, shots, "h264")
    assert len(asked.wanted) == 2
    told: list[Step] = []
    with pytest.raises(PickupError, match=r"\$"):
        make_apart(
            Job(opened.folder, "h264", Decimal("0.01")), asked.wanted, told.append, lambda: False
        )
    assert told == []
    with Ledger.open() as ledger:
        assert [r for r in ledger.list() if r.state.live] == []


PANEL = """
import sys, time
from pathlib import Path
from pickup_ui.hosts import host_of
from pickup_ui.work import workshop
from pickup_ui.work.opening import Preferences, open_cut
from pickup_ui.work.ordering import quote
from pickup_ui.work.steps import Job

real = workshop._started

def noted():
    child = real()
    print(child.pid, flush=True)
    return child

workshop._started = noted
opened = open_cut(host_of(Path(sys.argv[1])), Preferences())
shots = [s.model_copy(update={"takes": 64}) for s in opened.shots]
asked = quote(opened, shots, "h264")
tell = lambda step: print(step.phase.value, flush=True)
workshop.make_apart(Job(opened.folder, "h264"), asked.wanted, tell, lambda: False)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="ended by a signal")
def test_when_the_panel_is_killed_the_child_ends_and_the_orders_wait(opened, cut):
    panel = subprocess.Popen(
        [sys.executable, "-c", PANEL, str(cut)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )
    assert panel.stdout is not None
    child = int(panel.stdout.readline())
    for line in panel.stdout:
        if line.strip() == "ready":
            break
    panel.kill()
    panel.wait()
    panel.stdout.close()
    until(lambda: not Path(f"/proc/{child}").exists() if Path("/proc").exists() else _gone(child))
    made = {take.name for take in read_takes(PickupFolder.of(cut))}
    again = open_cut(host_of(cut), Preferences())
    left = waiting(again)
    assert 0 < len(made) < 128
    # Each of them is here, or waits; none is lost and none twice.
    assert len(made) + len(left) == 128
    assert not made & {take_name(*key) for key in left}


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_long_cut_does_not_travel(opened):
    """What is on the cut is not needed to fit a take, and pickling it would hold the panel."""
    bare = workshop._bare(opened.cut)
    assert (bare.name, bare.rate, bare.start) == (
        opened.cut.name,
        opened.cut.rate,
        opened.cut.start,
    )
    assert bare.tracks == []
    assert opened.cut.tracks, "the cut itself keeps all"
    again = replace(bare, tracks=opened.cut.tracks, markers=opened.cut.markers)
    again = replace(again, metadata=opened.cut.metadata, locator=opened.cut.locator)
    assert again == opened.cut
