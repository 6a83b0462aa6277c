"""Resolve as the panel sees it: timelines that arrive, each with the host that places on it.

The panel finds `ResolveSource` under the entry-point group `pickup.panel_sources`; nothing here
knows the panel. A panel that was started from Resolve's menu opens the current timeline, and the
next one when the editor changes to it. One with an exchange folder in its settings opens what is
exported there.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from pickup.errors import PickupError
from pickup_resolve.connect import Connection, connect
from pickup_resolve.errors import BusyError, NoResolveError
from pickup_resolve.exchange import ExchangeHost, Watch, export_steps
from pickup_resolve.host import ResolveHost
from pickup_resolve.journal import alone
from pickup_resolve.settings import PlaceSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.hosts.base import Host


class ResolveSource:
    """Where timelines of Resolve arrive from.

    Args:
        pause: seconds between two looks.
    """

    name = "DaVinci Resolve"

    def __init__(self, pause: float = 2.0) -> None:
        self._pause = pause
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._shown = ""
        self._said = ""

    def start(self, arrived: Callable[[Host], None], told: Callable[[str], None]) -> None:
        """Begin to watch, where there is something to watch; returns at once.

        Args:
            arrived: is given every host whose cut shall be opened.
            told: is given sentences for the user.
        """
        folder = PlaceSettings.load().exchange
        watch = Watch(Path(folder).expanduser()) if folder else None
        from_menu = bool(os.environ.get("PICKUP_RESOLVE_BRIDGE"))
        if watch is not None:
            told(" ".join(export_steps(watch.folder)))
        if watch is None and not from_menu:
            return

        def look() -> None:
            while not self._ended.wait(self._pause):
                try:
                    if from_menu:
                        self._look(arrived)
                    for path in watch.look() if watch is not None else ():
                        arrived(ExchangeHost(path))
                    self._said = ""
                except PickupError as error:
                    self._tell(error, told)

        self._thread = threading.Thread(target=look, name="resolve-source", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; nothing is called any more when it returns."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self, arrived: Callable[[Host], None]) -> None:
        """Bring the current timeline where it is another one than at the last look."""
        if self._connection is None:
            self._connection = connect()
        try:
            # While clips are placed, the duplicate may be the current timeline for a moment.
            with alone(0):
                host = ResolveHost(self._connection.resolve, self._connection.way)
        except (BusyError, NoResolveError):
            return  # Clips are being placed, or no timeline is open just now.
        if host.timeline_id != self._shown:
            self._shown = host.timeline_id
            arrived(host)

    def _tell(self, error: PickupError, told: Callable[[str], None]) -> None:
        """Say what is wrong, once; the next look connects anew."""
        self._connection = None
        if str(error) != self._said:
            self._said = str(error)
            told(self._said)
