"""Watches the exchange folder: tells of every timeline that arrives, once it is whole.

An export takes a while, and longer over a network. A file counts as whole when its size has stayed
the same for a moment and it can be read; one that stays unreadable is told of as such, once.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path, PurePath
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from pickup.cut.files import open_cut_file
from pickup.errors import PickupError, RequestError
from pickup.fill.folder import is_ours

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from pickup.cut.model import CutFile

SUFFIXES = (".xml", ".otio")
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "fuse.sshfs", "fuse.rclone"}
_DRIVE_REMOTE = 4
_IDLE = 5.0

Stamp = tuple[int, int]
"""Size and time of change: what a file must keep to count as whole."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A timeline in the folder.

    Attributes:
        document: as read, or None where it cannot be.
        error: the sentence that says why not.
    """

    path: Path
    document: CutFile | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How patient the watch is, in seconds.

    Attributes:
        settle: a file must be unchanged for so long.
        patience: after so long unchanged, a file that cannot be read is given up.
        interval: between looks while something is settling, and of polling.
        polling: look instead of being told; None decides by what kind of drive it is.
        existing: tell also of what lies in the folder already.
    """

    settle: float = 0.7
    patience: float = 10.0
    interval: float = 0.2
    polling: bool | None = None
    existing: bool = False


@dataclass(slots=True)
class _Candidate:
    """A file that has changed and is not yet told of."""

    stamp: Stamp
    since: float
    error: str = ""


class ExchangeFolder:
    """A watch on one folder, not on those within it.

    `on_arrival` is called from the watch's own thread, one file at a time.

    Raises:
        RequestError: from `start`, when the folder is not there or cannot be watched.
    """

    def __init__(
        self,
        folder: Path,
        on_arrival: Callable[[Arrival], None],
        options: WatchOptions | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self._on_arrival = on_arrival
        self._options = options or WatchOptions()
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._told: dict[Path, Stamp] = {}
        self._waiting: dict[Path, _Candidate] = {}
        self._observer: Any = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if not self.folder.is_dir():
            raise RequestError(f"{self.folder}: there is no such folder; choose another to watch.")
        if not self._options.existing:
            self._told = self._stamps() or {}
        self._observer = _observer(self.folder, self._options, self._woken)
        self._thread = threading.Thread(target=self._run, name="pickup-exchange", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._woken.set()
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        self._woken.set()
        while not self._ended.is_set():
            # Something settles: look again soon. Nothing does: until the observer calls, and now
            # and then by itself, for an observer ends with a folder that is taken away.
            self._woken.wait(self._options.interval if self._waiting else _IDLE)
            self._woken.clear()
            if not self._ended.is_set():
                self._look()

    def _look(self) -> None:
        now = time.monotonic()
        found = self._stamps()
        if found is None:
            return
        self._waiting = {p: c for p, c in self._waiting.items() if p in found}
        self._told = {p: s for p, s in self._told.items() if p in found}
        for path, stamp in found.items():
            candidate = self._waiting.get(path)
            if candidate is not None and candidate.stamp == stamp:
                if now - candidate.since >= self._options.settle:
                    self._try(path, candidate, now)
            elif self._told.get(path) != stamp:
                self._waiting[path] = _Candidate(stamp, now)

    def _try(self, path: Path, candidate: _Candidate, now: float) -> None:
        """Read a file that has settled; one that cannot be read may still be growing."""
        given_up = now - candidate.since >= self._options.patience
        if candidate.error and not given_up:
            return
        arrival = Arrival(path, error=candidate.error)
        if not candidate.error:
            try:
                if is_ours(path):
                    self._done(path, candidate)
                    return
                arrival = Arrival(path, open_cut_file(path))
            except PickupError as error:
                candidate.error = str(error)
                if not given_up:
                    return
                arrival = Arrival(path, error=candidate.error)
        self._done(path, candidate)
        self._on_arrival(arrival)

    def _done(self, path: Path, candidate: _Candidate) -> None:
        self._told[path] = candidate.stamp
        del self._waiting[path]

    def _stamps(self) -> dict[Path, Stamp] | None:
        """The timelines in the folder that are not empty; hidden files are somebody's drafts.

        None where the folder cannot be seen: a drive that went away comes back with what it had.
        """
        try:
            paths = sorted(self.folder.iterdir())
        except OSError:
            return None
        stamps = {}
        for path in paths:
            if path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
                continue
            try:
                stat = path.stat()
            except OSError:
                if not self.folder.is_dir():
                    return None
                continue  # renamed meanwhile: the next look tells
            if stat.st_size and S_ISREG(stat.st_mode):
                stamps[path] = (stat.st_size, stat.st_mtime_ns)
        return stamps


def _observer(folder: Path, options: WatchOptions, woken: threading.Event) -> Any:
    """A running watchdog observer that wakes the watch at every change."""
    try:
        from watchdog.events import FileSystemEventHandler
        from watchdog.observers import Observer
        from watchdog.observers.polling import PollingObserver
    except ImportError:
        raise RequestError(
            'Watching a folder needs the watchdog library: pip install "pickup-shots[premiere]".'
        ) from None

    class Waker(FileSystemEventHandler):
        def on_any_event(self, event: Any) -> None:
            woken.set()

    polling = is_network(folder) if options.polling is None else options.polling
    observer = PollingObserver(timeout=max(options.interval, 0.1)) if polling else Observer()
    observer.schedule(Waker(), str(folder), recursive=False)
    try:
        observer.start()
    except OSError as error:
        raise RequestError(
            f"{folder}: cannot be watched ({error.strerror or error}); choose another folder."
        ) from error
    return observer


def is_network(folder: Path) -> bool:
    """Whether a folder lies on a drive that does not report other machines' changes."""
    if str(folder).startswith(("\\\\", "//")):
        return True
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(folder.anchor) == _DRIVE_REMOTE)
    if sys.platform == "darwin":
        return folder.is_relative_to("/Volumes")
    try:
        mounts = Path("/proc/mounts").read_text("utf-8", errors="replace")
    except OSError:
        return False
    return _kind_of_mount(mounts, folder) in _NETWORK


def _kind_of_mount(mounts: str, folder: PurePath) -> str:
    """The file system of the innermost mount that holds `folder`, of a text like /proc/mounts."""
    depth, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = PurePath(fields[1].replace("\\040", " "))
        if folder.is_relative_to(point) and len(point.parts) >= depth:
            depth, kind = len(point.parts), fields[2]
    return kind
