"""The line to the companion panel: a loopback WebSocket, for the one panel that is paired.

The panel dials, for UXP cannot listen. Nothing else may: web pages are turned away by their origin,
other programs by the token, other machines by the address. What arrives is bounded and checked;
what was sent and not answered is asked for again after the line was lost.
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from pickup import __version__
from pickup.errors import PickupError, RequestError
from pickup_premiere.messages import (
    MAX_MESSAGE,
    OFFERS,
    PORTS,
    PROTOCOLS,
    Hello,
    Message,
    Progress,
    Ready,
    Refused,
    Report,
    Sent,
    Trouble,
    Wanted,
    Welcome,
    parse,
)
from pickup_premiere.placing import Journal, PlaceJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pickup_premiere.offer import Offer
    from pickup_premiere.pairing import Pairing

_LOG = logging.getLogger("pickup.premiere")
_LOG.addHandler(logging.NullHandler())  # what strangers try on the port is not for the terminal

HOST = "127.0.0.1"
_LOCAL = re.compile(r"^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$", re.IGNORECASE)
_WEB = re.compile(r"^(https?|null|file|about|data|blob|[a-z-]*-extension)(:|$)", re.IGNORECASE)
_GREETING = 5.0
_WAITING_ROOM = 8
_SENDING, _CLOSING = 20, 1
"""Seconds that a client may leave what is sent to it unread; it would hold up the whole panel."""
_MALFORMED, _UNKNOWN, _BUSY, _VERSION = 4400, 4401, 4409, 4426


@dataclass(frozen=True, slots=True)
class Event:
    """What has happened on the line.

    Attributes:
        what: `connected`, `disconnected`, `sent`, `placing`, or `trouble`.
        sentence: for the editor.
        sent: with `sent`, the timeline that arrived.
        job: with `placing`, how far it has got.
    """

    what: str
    sentence: str
    sent: Sent | None = None
    job: PlaceJob | None = None


class _TurnedAwayError(Exception):
    """A caller is refused, with a close code and the reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class CompanionServer:
    """Listens for the panel in threads of its own; `on_event` is called from them.

    Raises:
        RequestError: from `start`, when no port is free; from `place`, when one is under way.
    """

    def __init__(
        self,
        pairing: Pairing,
        journal: Path,
        on_event: Callable[[Event], None],
        folder: str = "",
        ports: Sequence[int] = PORTS,
    ) -> None:
        self._pairing = pairing
        self._journal = Journal(journal)
        self._on_event = on_event
        self._folder = folder
        self._ports = ports
        self._lock = threading.RLock()
        self._client: Any = None
        self._protocol = 0
        self._offer: Offer | None = None
        self._settled: Callable[[PlaceJob], None] | None = None
        self._waiting = 0
        self._doubted = ""
        self._job = self._journal.read()
        self._server: Any = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port listened on; 0 before `start`."""
        return int(self._server.socket.getsockname()[1]) if self._server is not None else 0

    @property
    def connected(self) -> bool:
        return self._client is not None

    @property
    def job(self) -> PlaceJob | None:
        """The last placing, as far as it is known."""
        return self._job

    def start(self) -> None:
        try:
            from websockets.sync.server import serve
        except ImportError:
            raise RequestError(
                "The panel in Premiere needs the websockets library: "
                'pip install "pickup-shots[premiere]". The exchange folder works without.'
            ) from None
        for port in self._ports:
            try:
                self._server = serve(
                    self._talk,
                    HOST,
                    port,
                    process_request=self._admit,
                    max_size=MAX_MESSAGE,
                    open_timeout=_GREETING,
                    # An import may keep Premiere from answering for minutes.
                    ping_interval=20,
                    ping_timeout=240,
                    close_timeout=_CLOSING,
                    logger=_LOG,
                )
            except OSError:
                continue
            break
        else:
            ports = ", ".join(map(str, self._ports))
            raise RequestError(
                f"The ports for the panel in Premiere ({ports}) are all in use; close the other "
                "Pickup window, or use the exchange folder."
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="pickup-premiere", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        with self._lock:
            client = self._client
        if client is not None:
            with _at_most(client, _CLOSING):
                client.close(1001)
        if self._server is not None:
            self._server.shutdown()
        if self._thread is not None:
            self._thread.join()

    def place(self, job: PlaceJob) -> None:
        """Have clips placed: at once where the panel is connected, else when it comes.

        One of which the end is not known is asked after again first; asked for once more, the new
        one takes its place. What was never sent simply gives way.
        """
        with self._lock:
            open_ = self._job if self._job is not None and self._job.is_open else None
            if open_ is not None and open_.state == "sent":
                raise RequestError(f"Another placing is not finished. {open_.sentence()}")
            if open_ is not None and open_.state == "unsure" and self._doubted != open_.id:
                self._doubted = open_.id
                self._say(open_.to_check())
                raise RequestError(
                    f"{open_.sentence()} It is looked at again now. Place once more to set it "
                    "aside and begin anew."
                )
            self._note(job)
            self._settled = None
        self._go_on()

    def when_settled(self, told: Callable[[PlaceJob], None]) -> None:
        """Have the end of the last placing told, once; at once if it is known already."""
        with self._lock:
            self._settled = told
        self._settle()

    def offer(self, offer: Offer | None) -> None:
        """Let the panel have these placed, instead of what was offered before; or nothing."""
        with self._lock:
            self._offer = offer
        self._say_offer()

    def refuse(self, reason: str) -> None:
        """Tell the panel why what its button asked for was not done."""
        if self._protocol >= OFFERS:
            self._say(Trouble(reason=reason))

    def _admit(self, connection: Any, request: Any) -> Any:
        """Turn away, before the WebSocket opens, what is surely not our panel."""
        origins, hosts = (request.headers.get_all(name) for name in ("Origin", "Host"))
        if len(hosts) != 1 or not _LOCAL.match(hosts[0]):
            return connection.respond(HTTPStatus.FORBIDDEN, "Only from this machine.\n")
        if len(origins) > 1 or any(map(_WEB.match, origins)):
            return connection.respond(HTTPStatus.FORBIDDEN, "Web pages are not let in.\n")
        with self._lock:
            if self._waiting >= _WAITING_ROOM:
                return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "Too many at once.\n")
        return None

    def _talk(self, connection: Any) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            hello = self._greeted(connection)
            self._tell(Event("connected", f"Premiere {hello.premiere} is connected."))
            try:
                self._say_offer()
                self._go_on()
                for text in connection:
                    self._heard(parse(text))
            except RequestError as error:
                self._tell(Event("trouble", str(error)))
                raise _TurnedAwayError(_MALFORMED, str(error)) from None
            finally:
                self._lost(connection)
        except _TurnedAwayError as reason:
            self._refuse(connection, reason.code, str(reason))
        except ConnectionClosed:
            return

    def _greeted(self, connection: Any) -> Hello:
        """The hello of a panel that may come in; every other caller is told why not."""
        hello = self._first_words(connection)
        if self._pairing.is_barred:
            raise _TurnedAwayError(
                _BUSY, "Too many wrong tokens were tried; none is taken for a minute."
            )
        if not isinstance(hello, Hello) or not self._pairing.accepts(hello.token):
            raise _TurnedAwayError(
                _UNKNOWN, "The pairing token is wrong; take a new one from Pickup."
            )
        common = sorted(set(PROTOCOLS) & set(hello.protocols))
        if not common:
            raise _TurnedAwayError(
                _VERSION,
                "Pickup and its panel in Premiere are of different versions; "
                "run “pickup install premiere” again.",
            )
        with self._lock:
            if self._client is not None:
                raise _TurnedAwayError(_BUSY, "Another panel is connected already.")
            self._client, self._protocol = connection, common[-1]
            # Under the lock, for the panel listens to nothing that comes before it.
            self._say(Welcome(protocol=common[-1], pickup=__version__, folder=self._folder))
        return hello

    def _first_words(self, connection: Any) -> Message:
        with self._lock:
            self._waiting += 1
        try:
            return cast("Message", parse(connection.recv(timeout=_GREETING)))
        except TimeoutError:
            raise _TurnedAwayError(_UNKNOWN, "There was no hello.") from None
        except RequestError as error:
            raise _TurnedAwayError(_MALFORMED, str(error)) from None
        finally:
            with self._lock:
                self._waiting -= 1

    def _refuse(self, connection: Any, code: int, reason: str) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            connection.send(Refused(reason=reason).model_dump_json())
            connection.close(code, reason[:100])
        except ConnectionClosed:
            return

    def _heard(self, message: Message) -> None:
        match message:
            case Sent():
                name = message.sequence.name
                self._tell(Event("sent", f"Premiere has sent “{name}”.", sent=message))
            case Progress(job=job, clip=clip) if self._is_current(job):
                assert self._job is not None
                self._note(self._job.with_outcomes([clip]))
                self._tell_job()
            case Report() if self._is_current(message.job):
                self._reported(message)
            case Wanted(offer=name):
                self._agreed(name)
            case Trouble(reason=reason):
                self._tell(Event("trouble", reason))
            case Progress() | Report():
                self._tell(Event("trouble", "Premiere reported on a placing that is not open."))
            case _:
                raise RequestError("The panel said hello twice.")

    def _say_offer(self) -> None:
        with self._lock:
            offer, understood = self._offer, self._protocol >= OFFERS
        if understood:
            self._say(offer.ready if offer is not None else Ready())

    def _agreed(self, name: str) -> None:
        """Consent counts for the list that it was given to, and once."""
        with self._lock:
            offer = self._offer if self._offer and self._offer.ready.offer == name else None
            if offer is not None:
                self._offer = None
        if offer is not None:
            offer.agreed()
            return
        self.refuse("What can be placed has changed; look at the list and place again.")
        self._say_offer()

    def _settle(self) -> None:
        with self._lock:
            told, job = self._settled, self._job
            if told is None or job is None or job.is_open:
                return
            self._settled = None
        told(job)

    def _is_current(self, job: str) -> bool:
        return self._job is not None and self._job.id == job and self._job.is_open

    def _reported(self, report: Report) -> None:
        """The panel's last word on a placing, or its answer to a check.

        After a check, what is not there is sent once more: nothing of it can stand twice.
        """
        assert self._job is not None
        checked = self._job.state == "unsure"
        job = self._job.reported(report)
        if checked and job.state in ("partly", "failed") and not report.reason:
            self._note(job.model_copy(update={"state": "waiting"}))
            self._go_on()
            return
        self._note(job)
        self._tell_job()

    def _go_on(self) -> None:
        """Say to a connected panel what the open placing needs next."""
        with self._lock:
            pending = self._next_words()
        if pending is not None:
            self._say(pending)
        if self._job is not None and self._job.is_open:
            self._tell_job()

    def _next_words(self) -> Message | None:
        job = self._job
        if job is None or self._client is None:
            return None
        if job.state == "unsure":
            return job.to_check()
        if job.state != "waiting":
            return None
        # Written down before it is sent: a crash in between is asked about, and not repeated.
        self._note(job.model_copy(update={"state": "sent", "sends": job.sends + 1}))
        return job.to_place()

    def _lost(self, connection: Any) -> None:
        with self._lock:
            if self._client is not connection:
                return
            self._client = None
            if self._job is not None and self._job.state == "sent":
                self._note(self._job.model_copy(update={"state": "unsure"}))
        self._tell(Event("disconnected", "The panel in Premiere is gone."))
        if self._job is not None and self._job.is_open:
            self._tell_job()

    def _say(self, message: Message) -> bool:
        from websockets.exceptions import ConnectionClosed

        with self._lock:
            client = self._client
        if client is None:
            return False
        try:
            with _at_most(client, _SENDING):
                client.send(message.model_dump_json())
        except ConnectionClosed:
            return False
        return True

    def _note(self, job: PlaceJob) -> None:
        with self._lock:
            self._job = job
            try:
                self._journal.write(job)
            except PickupError as error:
                self._tell(Event("trouble", str(error)))

    def _tell_job(self) -> None:
        job = self._job
        if job is not None:
            self._tell(Event("placing", job.sentence(), job=job))
        self._settle()

    def _tell(self, event: Event) -> None:
        self._on_event(event)


@contextlib.contextmanager
def _at_most(connection: Any, seconds: float) -> Iterator[None]:
    """Cut a line off whose other end reads nothing, lest a send wait for ever, and all with it."""

    def cut() -> None:
        with contextlib.suppress(OSError):  # gone meanwhile
            connection.socket.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
