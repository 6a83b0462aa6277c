"""Work off the UI thread: the only place of the panel that starts threads.

An op is a plain function that touches no Qt object; what it returns or raises comes back on the
main thread. Ops of one lane run one after the other, so that two of them never write the same
file; different lanes run side by side.
"""

from __future__ import annotations

import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from pickup.errors import PickupError
from pickup_ui.qt import QObject, Qt, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

WRITES = "files"
"""The lane of what writes: none of it is dropped."""


class Tasks(QObject):
    """Runs ops and brings their results home.

    Signals:
        failed: an op without a `failure` of its own has raised; the sentence for the user.
        idle_changed: whether nothing is running any more.
    """

    failed = Signal(str)
    idle_changed = Signal(bool)
    _home = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._running = 0
        self._closed = threading.Event()
        # Queued even where a result is ready at once: `success` never runs inside `run`.
        self._home.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> int:
        """Ops that are not finished."""
        return self._running

    @property
    def closed(self) -> bool:
        """Whether `close` was called; long ops ask, and stop."""
        return self._closed.is_set()

    def run(
        self,
        op: Callable[[], T],
        success: Callable[[T], None] | None = None,
        failure: Callable[[str], None] | None = None,
        *,
        lane: str = "work",
        threads: int = 1,
    ) -> None:
        """Run `op` in a lane, then `success` with its result or `failure` with a sentence here.

        Args:
            threads: of the lane, when this is the first to use it.
        """
        if self.closed:
            return
        pool = self._lanes.get(lane)
        if pool is None:
            pool = self._lanes[lane] = ThreadPoolExecutor(threads, f"pickup-{lane}")
        self._running += 1
        if self._running == 1:
            self.idle_changed.emit(False)
        pool.submit(self._work, op, success, failure)

    def post(self, call: Callable[[], None]) -> None:
        """From any thread: have `call` run on the main thread."""
        if not self.closed:
            self._home.emit((None, call))

    def close(self, *, wait: bool = True) -> None:
        """Take no more work, and let what runs come to its end, and all that is to be written."""
        self._closed.set()
        for lane, pool in self._lanes.items():
            pool.shutdown(wait=wait, cancel_futures=lane != WRITES)
        self._running = 0

    def _work(
        self,
        op: Callable[[], Any],
        success: Callable[[Any], None] | None,
        failure: Callable[[str], None] | None,
    ) -> None:
        try:
            result = op()
        except PickupError as error:
            sentence = str(error)
            done: Callable[[], None] = lambda: self._fail(sentence, failure)  # noqa: E731
        except Exception as error:  # noqa: BLE001  the boundary of a thread: nobody else would see
            traceback.print_exc()
            sentence = f"Something unforeseen went wrong ({type(error).__name__}: {error})."
            done = lambda: self._fail(sentence, failure)  # noqa: E731
        else:
            done = (lambda: success(result)) if success else (lambda: None)
        if not self.closed:
            self._home.emit((self, done))

    def _fail(self, sentence: str, failure: Callable[[str], None] | None) -> None:
        if failure is not None:
            failure(sentence)
        else:
            self.failed.emit(sentence)

    def _arrive(self, parcel: tuple[Tasks | None, Callable[[], None]]) -> None:
        if self.closed:
            return
        counted, call = parcel
        try:
            call()
        finally:
            if counted is not None:
                self._running -= 1
                if self._running == 0:
                    self.idle_changed.emit(True)
