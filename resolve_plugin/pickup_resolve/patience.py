"""Calls that answer in time, or fail: Resolve keeps silent for as long as it shows a dialog."""

from __future__ import annotations

import threading
import weakref
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_Work = tuple["Callable[[], Any]", "Future[Any]"]


class Patience:
    """Does calls on a thread of its own, one after the other, and waits for each only so long.

    Args:
        seconds: how long for one call.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._stuck: Future[Any] | None = None
        # A thread that a dialog holds must not hold our process as well.
        threading.Thread(target=_do, args=(self._work,), name="resolve-calls", daemon=True).start()
        weakref.finalize(self, self._work.put, None)

    def do(self, call: Callable[[], T]) -> T:
        """The answer of a call, or what it raises.

        Raises:
            TimeoutError: it has not answered in time, or an earlier one still has not. It may yet
                have its effect.
        """
        if self._stuck is not None and not self._stuck.done():
            raise TimeoutError("it still does not answer")
        future: Future[T] = Future()
        self._work.put((call, future))
        try:
            return future.result(self._seconds)
        except TimeoutError as error:
            if future.done():
                raise
            self._stuck = future
            raise TimeoutError(f"it did not answer within {self._seconds:g} seconds") from error


def _do(work: SimpleQueue[_Work | None]) -> None:
    while (task := work.get()) is not None:
        call, future = task
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001
            # Raised where the answer is waited for.
            future.set_exception(error)
        del task, call, future  # what it holds of Resolve is not held until the next call
