"""Premiere as the panel sees it: cuts that arrive, each with the host that places into it.

The panel finds `PremiereSource` under the entry-point group `pickup.panel_sources`; nothing here
knows the panel.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pickup.cut.formats.xmeml.elements import TICKS
from pickup.errors import PickupError, RequestError
from pickup.hosts.base import Written
from pickup_premiere.crosscheck import lost_in_export
from pickup_premiere.exchange import ExchangeHost, ExchangeOptions
from pickup_premiere.offer import new_offer
from pickup_premiere.pairing import Pairing
from pickup_premiere.places import exchange_folder, journal_file, pairing_file
from pickup_premiere.placing import new_job
from pickup_premiere.recut import look_again, summary
from pickup_premiere.server import CompanionServer
from pickup_premiere.watch import SUFFIXES, ExchangeFolder, WatchOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction
    from pathlib import Path

    from pickup.cut.model import Cut, CutFile, Marker
    from pickup.cut.placement import Placement
    from pickup.fill.placed import Recalled
    from pickup.hosts.base import Change, Host
    from pickup_premiere.messages import Sent
    from pickup_premiere.server import Event
    from pickup_premiere.watch import Arrival


_SAME_EXPORT = 60
"""Seconds by which a file may be younger than the word of it: clocks of servers differ."""

LIVE = "empty track on top"
"""The panel in Premiere takes the lowest track that is empty above all others."""

_COLOURS = ("GREEN", "RED", "PURPLE", "ORANGE", "YELLOW", "WHITE", "BLUE", "CYAN")
"""Premiere's marker colours by index, as its scripting guide lists them."""


@dataclass(frozen=True, slots=True)
class CompanionHost:
    """A cut that the companion panel has sent, and places into while it is connected.

    Attributes:
        sent: the panel's own words on the sequence.
        file: the same cut as a file, for when the panel is gone.
    """

    sent: Sent
    file: ExchangeHost
    server: CompanionServer
    name: str = "premiere panel"

    @property
    def cut_path(self) -> Path:
        return self.file.cut_path

    def read(self) -> CutFile:
        """The cut, its markers in the colours that the file does not hold."""
        document = self.file.read()
        for cut in document.cuts:
            if cut.name == self.sent.sequence.name:
                cut.markers = [self._coloured(marker, cut.rate) for marker in cut.markers]
        return document

    @property
    def track(self) -> str:
        return LIVE if self.server.connected else self.file.track

    def will_write(self) -> Path | None:
        return None if self.server.connected else self.file.will_write()

    def offer(
        self, changes: Sequence[Change], place: Callable[[Callable[[str], None]], None]
    ) -> None:
        """Show what can be placed in the panel in Premiere, whose button then places it."""
        server = self.server
        if not changes:
            server.offer(None)
            return
        agreed = lambda: place(server.refuse)  # noqa: E731
        server.offer(new_offer(changes, self.sent.sequence, LIVE, agreed))

    def settle(self, written: Written, told: Callable[[Mapping[str, str]], None]) -> None:
        """Have it told what of the last placing does not stand in the sequence."""
        if written.path is None:
            self.server.when_settled(lambda job: told(job.failures()))

    def recall(self, cut: Cut) -> Recalled:
        return self.file.recall(cut)

    def _coloured(self, marker: Marker, rate: Fraction) -> Marker:
        for sent in self.sent.markers:
            same = round(sent.start * rate / TICKS) == marker.start and sent.name == marker.name
            if same and 0 <= sent.color < len(_COLOURS):
                return replace(marker, color=_COLOURS[sent.color])
        return marker

    def write(self, document: CutFile, placements: Mapping[int, Sequence[Placement]]) -> Written:
        """Place live; through a file to import where the panel is gone.

        Live means begun: how it went is told as the panel reports it.
        """
        wanted = {index: clips for index, clips in placements.items() if clips}
        if not wanted:
            return Written(None)
        if not self.server.connected:
            return self.file.write(document, wanted)
        if len(wanted) > 1:
            raise RequestError("The panel in Premiere places into one sequence; choose which.")
        delivery = self.file.options.delivery()
        ((index, clips),) = wanted.items()
        name, sent = document.cuts[index].name, self.sent.sequence.name
        if len(document.cuts) > 1 and name != sent:
            raise RequestError(
                f"The panel in Premiere has sent “{sent}” and places into that one. Open “{name}” "
                "in Premiere and send it."
            )
        delivered = [delivery.placement(placement) for placement in clips]
        job = new_job(document.cuts[index], delivered, self.sent.sequence.guid)
        self.server.place(job)
        return Written(None, tuple(delivery.notes))


class PremiereSource:
    """Watches the exchange folder, and listens for the companion panel once it is paired."""

    name = "Premiere Pro"

    def __init__(self, folder: Path | None = None, watching: WatchOptions | None = None) -> None:
        self._folder = folder or exchange_folder()
        self._watching = watching
        self._pairing = Pairing(pairing_file())
        self._sent: dict[Path, tuple[Sent, float]] = {}
        self._lock = threading.Lock()
        self._watch: ExchangeFolder | None = None
        self._server: CompanionServer | None = None
        self._arrived: Callable[[Host], None] = lambda host: None
        self._told: Callable[[str], None] = lambda sentence: None

    @property
    def server(self) -> CompanionServer | None:
        return self._server

    def start(self, arrived: Callable[[Host], None], told: Callable[[str], None]) -> None:
        self._arrived, self._told = arrived, told
        if self._folder.is_dir():
            # Made by `pickup install premiere`; whoever has no Premiere has no such folder.
            self._watch = ExchangeFolder(self._folder, self._opened, self._watching)
            try:
                self._watch.start()
            except PickupError as error:
                told(f"The exchange folder is not watched. {error}")
        if self._pairing.is_made:
            self._listen()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def _options(self) -> ExchangeOptions:
        """Asked at each arrival, for the settings may have been changed meanwhile."""
        try:
            return ExchangeOptions.as_set()
        except RequestError as error:
            self._told(str(error))
            return ExchangeOptions()

    def host_of(self, path: Path) -> Host | None:
        """An export that lies in the exchange folder is one, also when it is opened by hand."""
        path = path.absolute()
        if path.parent != self._folder.absolute() or path.suffix.lower() not in SUFFIXES:
            return None
        return ExchangeHost(path, options=self._options())

    def _listen(self) -> None:
        server = CompanionServer(self._pairing, journal_file(), self._heard, str(self._folder))
        try:
            server.start()
        except RequestError as error:
            self._told(str(error))
        else:
            self._server = server

    def _heard(self, event: Event) -> None:
        if event.sent is not None:
            with self._lock:
                self._sent[self._folder / _name_of(event.sent.path)] = event.sent, time.time()
        self._told(event.sentence)

    def _opened(self, arrival: Arrival) -> None:
        if arrival.document is None:
            self._told(arrival.error)
            return
        sent = self._sent_with(arrival.path)
        for cut in arrival.document.cuts:
            for sentence in _said_of(arrival.path, cut, sent):
                self._told(sentence)
        host = ExchangeHost(arrival.path, options=self._options())
        if sent is not None and self._server is not None:
            self._arrived(CompanionHost(sent, host, self._server))
        else:
            self._arrived(host)

    def _sent_with(self, path: Path) -> Sent | None:
        """What the companion panel said of a file, unless it was exported anew since, by hand."""
        with self._lock:
            sent, when = self._sent.get(path, (None, 0.0))
        try:
            return sent if path.stat().st_mtime <= when + _SAME_EXPORT else None
        except OSError:
            return None


def _said_of(path: Path, cut: Cut, sent: Sent | None) -> list[str]:
    """What the user should know of a sequence that has arrived."""
    lost = []
    if sent is not None and sent.sequence.name == cut.name:
        lost = lost_in_export(sent, cut)
    try:
        known = summary(look_again(path, cut)[1])
    except PickupError as error:
        known = str(error)
    return [*lost, known] if known else lost


def _name_of(path: str) -> str:
    """The file's name in a path of either system."""
    return path.replace("\\", "/").rpartition("/")[2]
