"""The part that all fakes share: a scriptable server on loopback, its jobs and its till."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import parse_qs, unquote, urlsplit

from pickup.testing.fakes.films import film_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Misbehaviour(Enum):
    """What a fake can do to one request instead of answering it properly."""

    BUSY = "429 with Retry-After"
    ERROR = "500"
    UNAVAILABLE = "503"
    HANG = "no answer"
    RESET = "the connection is reset before the answer"
    LOSE_ANSWER = "the request is carried out, then the connection is reset"
    BREAK_OFF = "the connection is reset in the middle of the body"
    TRUNCATE = "a film cut short, with a length that fits"
    WRONG_TYPE = "bytes that are no film, called video/mp4"
    HTML = "a web page with status 200"
    NO_ROUTE = "404 with a web page, as a proxy answers for a service that is not there"
    BLOCKED = "403 with a web page, as a firewall answers"
    REDIRECT = "a redirect to `redirect_to`"
    KEY = "401"
    BALANCE = "402"
    MODERATION = "400 that speaks of moderation"


class Outcome(Enum):
    """How a job ends."""

    DONE = "with a film"
    FAILED = "with an error"
    MODERATION = "held back by moderation"
    EXPIRED = "its result is gone"
    NO_FILM = "completed, without a film"
    STRANGE = "in a status nobody knows, for two polls, and then with a film"
    TWICE = "completed, reported twice with different progress"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body or b"null")

    def form(self) -> dict[str, tuple[str, bytes]]:
        """The parts of a multipart form: name to file name (or empty) and bytes."""
        kind = self.headers.get("content-type", "")
        boundary = kind.partition("boundary=")[2].strip('"').encode()
        parts = {}
        for piece in self.body.split(b"--" + boundary)[1:-1]:
            head, _, data = piece[2:].partition(b"\r\n\r\n")
            text = head.decode()
            name = re.search(r'[ ;]name="([^"]*)"', text)
            file = re.search(r'filename="([^"]*)"', text)
            parts[name[1] if name else ""] = (file[1] if file else "", data[:-2])
        return parts


@dataclass(slots=True)
class Answer:
    """What to send back."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Live(Answer):
    """A WebSocket: what is said on it at once; then it stays open until the fake closes."""

    status: int = 101
    messages: tuple[str | bytes, ...] = ()


@dataclass(slots=True)
class FakeJob:
    """A job that a fake has accepted, and charged."""

    id: str
    model: str
    prompt: str
    body: Any
    outcome: Outcome = Outcome.DONE
    polls: int = 0
    created: float = field(default_factory=time.time)
    cancelled: bool = False


class Refused(Exception):
    """A fake says no, with a status and a body.

    A `surprise` is a request that the protocol does not have; by default every 400 is one.
    """

    def __init__(self, status: int, body: Any, *, surprise: bool | None = None) -> None:
        self.status = status
        self.body = body
        self.surprise = status == 400 if surprise is None else surprise
        super().__init__(str(body))


Route = tuple[str, str, str, str]
"""Method, pattern of the path, role (`order`, `poll`, `fetch`, …) and name of the method."""


class Fake:
    """A service on loopback; a context manager.

    Args:
        key: the key that it wants to see; empty for none.
        polls: how many polls a job takes.
        till: a file that every charge is appended to, so that they outlive the process.
        port: 0 for any free one.

    Attributes:
        requests: all that came, in order.
        jobs: what was accepted, by id. Each was charged once.
        film: what is handed out.
    """

    routes: ClassVar[tuple[Route, ...]] = ()
    prefix: ClassVar[str] = ""

    def __init__(
        self, *, key: str = "test-key", polls: int = 1, till: Path | None = None, port: int = 0
    ) -> None:
        self.key = key
        self.polls = polls
        self.film = film_bytes()
        self.retry_after = "1"
        self.redirect_to = ""
        self.requests: list[Asked] = []
        self.jobs: dict[str, FakeJob] = {}
        self.surprises: list[str] = []
        self._till = till
        self._port = port
        self._lock = threading.RLock()
        self._next: dict[str, deque[Misbehaviour]] = {}
        self._outcomes: deque[Outcome] = deque()
        self._closing = threading.Event()

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def root(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """The base URL to configure."""
        return self.root + self.prefix

    @property
    def charges(self) -> int:
        """How many jobs were accepted, over all runs that share a till."""
        if self._till and self._till.exists():
            return len(self._till.read_text("utf-8").splitlines())
        return len(self.jobs)

    def fail_next(self, what: Misbehaviour, role: str, times: int = 1) -> None:
        """Misbehave at the next requests of a role."""
        self._next.setdefault(role, deque()).extend([what] * times)

    def behave(self) -> None:
        """Forget what `fail_next` had asked for."""
        self._next.clear()

    def outcome_next(self, outcome: Outcome) -> None:
        """How the next job that is accepted will end."""
        self._outcomes.append(outcome)

    def asked(self, role: str) -> list[Asked]:
        """The requests of a role that came."""
        return [
            asked for asked in self.requests if (found := self._route(asked)) and found[0] == role
        ]

    def accept(self, job_id: str, model: str, prompt: str, body: Any) -> FakeJob:
        """Take a job in, and the money for it."""
        with self._lock:
            outcome = self._outcomes.popleft() if self._outcomes else Outcome.DONE
            job = self.jobs[job_id] = FakeJob(job_id, model, prompt, body, outcome)
            if self._till:
                with self._till.open("a", encoding="utf-8") as till:
                    till.write(json.dumps({"id": job_id, "model": model, "prompt": prompt}) + "\n")
            return job

    def job(self, job_id: str) -> FakeJob:
        """Raises `Refused` with 404 for a job that is not known."""
        if job_id not in self.jobs:
            raise Refused(404, self.error(404, "not_found", f"no such job: {job_id}"))
        return self.jobs[job_id]

    def finished(self, job: FakeJob) -> bool:
        """Count a poll; whether the job is at its end."""
        job.polls += 1
        extra = 2 if job.outcome is Outcome.STRANGE else 0
        return job.polls > self.polls + extra

    def error(self, status: int, code: str, message: str) -> Any:
        """An error body in the service's own shape."""
        return {"error": {"message": message, "code": code}}

    def authorised(self, asked: Asked) -> bool:
        """Whether a request carries the key as this service wants it."""
        return not self.key or asked.headers.get("authorization") == f"Bearer {self.key}"

    def film_answer(self) -> Answer:
        return Answer(200, self.film, "video/mp4")

    def answer(self, asked: Asked) -> tuple[Answer, Misbehaviour | None]:
        """The answer to a request, and what is done to it."""
        with self._lock:
            self.requests.append(asked)
            found = self._route(asked)
            if found is None:
                self.surprises.append(f"{asked.method} {asked.path}")
                return _json(404, self.error(404, "not_found", f"no route {asked.path}")), None
            role, name, groups = found
            queue = self._next.get(role)
            what = queue.popleft() if queue else None
            if what and what not in _AFTER:
                return self._instead(what), what
            if not self.authorised(asked):
                return _json(401, self.error(401, "invalid_api_key", "Incorrect API key")), None
            try:
                done = getattr(self, name)(asked, *groups)
            except Refused as no:
                if no.surprise:
                    self.surprises.append(str(no))
                done = _json(no.status, no.body)
            return done if isinstance(done, Answer) else _json(200, done), what

    def need(self, body: Mapping[str, Any], known: str, required: str = "") -> None:
        """Refuse fields that the protocol does not have, and the lack of those it needs."""
        strange = set(body) - set(known.split())
        missing = set(required.split()) - set(body)
        if strange or missing:
            text = f"unknown fields {sorted(strange)}, missing fields {sorted(missing)}"
            raise Refused(400, self.error(400, "invalid_request_error", text))

    def _route(self, asked: Asked) -> tuple[str, str, tuple[str, ...]] | None:
        for method, pattern, role, name in self.routes:
            match = re.fullmatch(self.prefix + pattern, asked.path)
            if match and method == asked.method:
                return role, name, tuple(unquote(group) for group in match.groups())
        return None

    def _instead(self, what: Misbehaviour) -> Answer:
        match what:
            case Misbehaviour.BUSY:
                body = self.error(429, "rate_limit_exceeded", "Too many requests")
                return _json(429, body, {"Retry-After": self.retry_after})
            case Misbehaviour.ERROR:
                return _json(500, self.error(500, "server_error", "Internal error"))
            case Misbehaviour.UNAVAILABLE:
                return Answer(503, b"<html>upstream</html>", "text/html")
            case Misbehaviour.HTML:
                return Answer(200, b"<!doctype html><title>Login</title>", "text/html")
            case Misbehaviour.NO_ROUTE:
                return Answer(404, b"<html><h1>Not Found</h1></html>", "text/html")
            case Misbehaviour.BLOCKED:
                return Answer(403, b"<html>Sorry, you have been blocked</html>", "text/html")
            case Misbehaviour.WRONG_TYPE:
                return Answer(200, b"\x89PNG\r\n\x1a\n" + bytes(400), "video/mp4")
            case Misbehaviour.TRUNCATE:
                return Answer(200, self.film[: len(self.film) * 2 // 3], "video/mp4")
            case Misbehaviour.REDIRECT:
                return Answer(302, b"", "text/plain", {"Location": self.redirect_to})
            case Misbehaviour.KEY:
                return _json(401, self.error(401, "invalid_api_key", f"Bad key {self.key}"))
            case Misbehaviour.BALANCE:
                return _json(402, self.error(402, "insufficient_credits", "Insufficient credits"))
            case Misbehaviour.MODERATION:
                text = "The prompt was rejected by our moderation system"
                return _json(400, self.error(400, "moderation_blocked", text))
            case _:
                return Answer()


_AFTER = {Misbehaviour.LOSE_ANSWER, Misbehaviour.BREAK_OFF}


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers=headers or {})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    fake: Fake

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        asked = Asked(self.command, parts.path, query, headers, body)
        answer, what = self.server.fake.answer(asked)
        if isinstance(answer, Live):
            return self._talk(answer, headers.get("sec-websocket-key", ""))
        if what in (Misbehaviour.RESET, Misbehaviour.LOSE_ANSWER):
            return self._reset()
        if what is Misbehaviour.HANG:
            self.server.fake._closing.wait(30)
            return self._reset()
        self._send(answer, cut=what is Misbehaviour.BREAK_OFF)

    def _talk(self, live: Live, key: str) -> None:
        """The opening handshake and unmasked frames of RFC 6455, sections 4.2.2 and 5.2."""
        accept = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade")):
            self.send_header(name, value)
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        for message in live.messages:
            data = message.encode() if isinstance(message, str) else message
            opcode = 0x81 if isinstance(message, str) else 0x82
            self.wfile.write(struct.pack("!BBH", opcode, 126, len(data)) + data)
        self.wfile.flush()
        self.server.fake._closing.wait(30)
        self._reset()

    def _send(self, answer: Answer, *, cut: bool) -> None:
        self.send_response(answer.status)
        headers = {"Content-Type": answer.kind, **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if cut:
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.wfile.flush()
            return self._reset()
        self.wfile.write(answer.body)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
