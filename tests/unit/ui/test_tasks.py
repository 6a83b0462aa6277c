"""Ops run elsewhere, and their results come home."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest
import shiboken6

from pickup.errors import RequestError
from pickup_ui.tasks import WRITES, Tasks


@pytest.fixture
def tasks(qapp):
    made = Tasks()
    yield made
    made.close()
    shiboken6.delete(made)


def test_the_op_runs_off_the_main_thread_and_success_on_it(tasks, qtbot):
    where = []
    tasks.run(lambda: threading.get_ident(), lambda op: where.append((op, threading.get_ident())))
    assert where == []
    qtbot.waitUntil(lambda: bool(where))
    (op, home) = where[0]
    assert home == threading.get_ident() != op


def test_an_error_is_one_sentence_and_nothing_else_is_called(tasks, qtbot):
    told: list[str] = []

    def fails() -> None:
        raise RequestError("The plan is not a plan.")

    tasks.run(fails, lambda _: told.append("success"), told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["The plan is not a plan."]
    with qtbot.waitSignal(tasks.failed) as failed:
        tasks.run(fails)
    assert failed.args == ["The plan is not a plan."]


def test_what_nobody_foresaw_is_told_too(tasks, qtbot, capsys):
    def breaks() -> None:
        raise KeyError("x")

    with qtbot.waitSignal(tasks.failed) as failed:
        tasks.run(breaks)
    assert failed.args == ["Something unforeseen went wrong (KeyError: 'x')."]
    assert "Traceback" in capsys.readouterr().err


def test_one_lane_is_in_order_and_two_run_side_by_side(tasks, qtbot):
    order: list[str] = []
    gate = threading.Event()
    tasks.run(lambda: gate.wait(5), lambda _: order.append("slow"))
    tasks.run(lambda: None, lambda _: order.append("after"))
    tasks.run(lambda: None, lambda _: order.append("beside"), lane="other")
    qtbot.waitUntil(lambda: order == ["beside"])
    gate.set()
    qtbot.waitUntil(lambda: order == ["beside", "slow", "after"])


def test_it_says_when_it_is_idle(tasks, qtbot):
    told: list[bool] = []
    tasks.idle_changed.connect(told.append)
    with qtbot.waitSignal(tasks.idle_changed, check_params_cb=lambda idle: idle):
        tasks.run(lambda: None)
    assert told == [False, True]
    assert tasks.running == 0


def test_closed_it_brings_nothing_home_and_takes_nothing(tasks, qtbot):
    told: list[int] = []
    started = threading.Event()

    def slow() -> int:
        started.set()
        time.sleep(0.05)
        return 1

    tasks.run(slow, told.append)
    started.wait(5)
    tasks.close()
    tasks.run(lambda: 2, told.append)
    tasks.post(lambda: told.append(3))
    qtbot.wait(60)
    assert told == []
    assert tasks.closed


def test_closed_it_finishes_what_is_to_be_written_and_nothing_else(tasks):
    done: list[str] = []

    def in_front() -> None:
        while not tasks.closed:
            time.sleep(0.001)

    for lane in ("work", WRITES):
        tasks.run(in_front, lane=lane)
        tasks.run(lambda lane=lane: done.append(lane), lane=lane)
    tasks.close()
    assert done == [WRITES]


def test_post_runs_on_the_main_thread_from_any_other(tasks, qtbot):
    where: list[int] = []
    thread = threading.Thread(
        target=tasks.post, args=(lambda: where.append(threading.get_ident()),)
    )
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(where))
    assert where == [threading.get_ident()]


def test_the_panel_is_shown_before_anything_heavy_is_imported() -> None:
    code = (
        "import sys, pickup_ui.panel\n"
        "heavy = 'av numpy cv2 sqlalchemy dbos requests lxml opentimelineio OpenImageIO torch'\n"
        "print(*sorted(set(heavy.split()) & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
