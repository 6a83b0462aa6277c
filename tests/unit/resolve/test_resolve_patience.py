"""Calls to a Resolve that shows a dialog: they fail in time, and none waits behind another."""

from __future__ import annotations

import gc
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pickup_resolve.api import Resolve, Timeline
from pickup_resolve.boundary import Boundary
from pickup_resolve.errors import ResolveCallError
from pickup_resolve.patience import Patience
from pickup_resolve.testing import FakeResolve

if TYPE_CHECKING:
    from collections.abc import Callable


class Silent:
    """A timeline that answers when it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.asked: list[str] = []

    def GetName(self) -> str:
        self.asked.append(threading.current_thread().name)
        self.let.wait(10)
        return "Scene 4"

    def SetName(self, name: str) -> bool:
        return True


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(0.002)
    return true()


def test_the_answer_or_what_was_raised_comes_back():
    patience = Patience(5)
    assert patience.do(lambda: 7) == 7
    with pytest.raises(KeyError, match="gone"):
        patience.do(lambda: dict[str, int]()["gone"])
    assert patience.do(lambda: "still works") == "still works"


def test_all_calls_are_made_on_one_thread():
    patience = Patience(5)
    names = {patience.do(lambda: threading.current_thread().name) for _ in range(5)}
    assert names == {"resolve-calls"}


def test_a_call_that_does_not_answer_fails_in_time_and_the_next_one_at_once():
    raw = Silent()
    timeline = Timeline(Boundary(patience=0.05), raw)
    with pytest.raises(ResolveCallError, match=r"GetName\(\): it did not answer within 0\.05 s"):
        timeline.name()
    began = time.monotonic()
    with pytest.raises(ResolveCallError, match="still does not answer"):
        timeline.rename("x")
    assert time.monotonic() - began < 0.04
    assert raw.asked == ["resolve-calls"]
    raw.let.set()  # the user closes the dialog
    assert until(lambda: _renames(timeline))
    assert timeline.name() == "Scene 4"


def _renames(timeline: Timeline) -> bool:
    try:
        return timeline.rename("x")
    except ResolveCallError:
        return False


def test_what_times_out_by_itself_is_no_silence():
    def fail() -> Any:
        raise TimeoutError("the disk is slow")

    patience = Patience(5)
    with pytest.raises(TimeoutError, match="the disk is slow"):
        patience.do(fail)
    assert patience.do(lambda: 1) == 1


def test_the_thread_ends_with_what_it_was_for():
    before = set(threading.enumerate())
    patience = Patience(5)
    (thread,) = set(threading.enumerate()) - before
    assert thread.daemon
    del patience
    gc.collect()
    thread.join(5)
    assert not thread.is_alive()


def test_a_whole_resolve_is_used_through_it():
    fake = FakeResolve()
    resolve = Resolve.of(fake, patience=5)
    timeline = resolve.timeline()
    assert timeline.name() == "Scene 4"
    assert timeline.can("Export")
    assert resolve.constant("EXPORT_OTIO") == 15.0
    assert timeline.placed("video", 1, ids=True) == []


@pytest.mark.parametrize("error", [EOFError, SystemError, ConnectionResetError, OSError])
def test_what_a_library_raises_on_a_resolve_that_has_quit_is_named(error):
    class Gone:
        def __dir__(self) -> list[str]:
            raise error

        def __getattr__(self, name: str) -> Any:
            raise error("the program has gone")

    timeline = Timeline(Boundary(), Gone())
    with pytest.raises(ResolveCallError, match="the program has gone"):
        timeline.name()
    with pytest.raises(ResolveCallError, match=error.__name__):
        timeline.can("Export")
    with pytest.raises(ResolveCallError, match="EXPORT_OTIO"):
        Resolve(Boundary(), Gone()).constant("EXPORT_OTIO")
