"""The child of `workshop`: reads a job, makes its takes, and says how they are doing."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import threading
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from pickup.errors import PickupError
from pickup.providers.registry import load
from pickup_ui.work.ordering import make
from pickup_ui.work.workshop import Command, Over

if TYPE_CHECKING:
    from pickup.fill.ordering import Wanted
    from pickup_ui.work.steps import Job, Step

_NICE = 5


class _Panel:
    """The panel at the other end of the pipes; gone, it wants nothing more made."""

    def __init__(self, orders: IO[bytes], news: IO[bytes]) -> None:
        self._orders, self._news = orders, news
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self.called_off: set[str] = set()
        self._thread = threading.Thread(target=self._listen, name="pickup-panel", daemon=True)

    def job(self) -> tuple[Job, list[Wanted]]:
        job: Job = pickle.load(self._orders)
        takes: int = pickle.load(self._orders)
        wanted: list[Wanted] = [pickle.load(self._orders) for _ in range(takes)]
        self._thread.start()
        return job, wanted

    def stopped(self) -> bool:
        return self._stop.is_set()

    def tell(self, what: Step | Over) -> None:
        """From several threads."""
        with self._turn, contextlib.suppress(OSError):
            self._news.write(pickle.dumps(what))
            self._news.flush()

    def wait_until_it_leaves(self) -> None:
        self._thread.join()

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                command: Command = pickle.load(self._orders)
                if command.call_off:
                    self.called_off.add(command.call_off)
                else:
                    self._stop.set()
        self._stop.set()


def _make(job: Job, wanted: list[Wanted], panel: _Panel) -> None:
    able = [replace(t, provider=load(t.order.provider)) for t in wanted if t.order]
    make(job, able, panel.tell, panel.stopped, panel.called_off)


def main() -> None:
    # What any library prints must not come between the news.
    news = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if sys.platform != "win32":
        os.nice(_NICE)
    panel = _Panel(os.fdopen(os.dup(sys.stdin.fileno()), "rb"), news)
    job, wanted = panel.job()
    try:
        _make(job, wanted, panel)
        panel.tell(Over())
    except PickupError as error:
        panel.tell(Over(str(error)))
    panel.wait_until_it_leaves()


if __name__ == "__main__":
    main()
