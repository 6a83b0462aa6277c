"""The one way in which Pickup talks to services: careful, patient, and never twice by itself.

There are three kinds of request, told apart because a lost answer means something else in each:

- `ask` is safe to repeat, and is repeated;
- `order` may cost money, and is sent once: a lost answer is `SubmitUnknown`;
- `tell` costs nothing (an upload, a cancellation), and is sent once.

TLS is verified, every wait has an end, replies have a largest size, a key is shown to the origin it
belongs to and to no other, and no message holds it.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin, urlsplit

import requests
import requests.exceptions as web

from pickup.errors import ProviderError
from pickup.providers.addresses import Origin, allow, is_loopback, is_private, origin_of
from pickup.providers.base import ProviderRefusal, Refusal, SubmitUnknown
from pickup.providers.keys import Key, masked
from pickup.providers.limits import Limiter, TryLater, limiter_for, retry_after
from pickup.providers.refusals import refuse
from pickup.providers.transport import TRANSPORT, arrived, cause_of, pieces

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Kind = Literal["ask", "order", "tell"]

SMALL = 32 * 2**20
"""Bytes of a reply that holds no video."""

LARGE = 768 * 2**20
"""Bytes of a reply that may hold a video in base64."""

_REDIRECTS = 5
_BUSY = {429, 502, 503, 504}
_AFTER_THE_ACT = {302, 303}
"""Redirects by which a service may send on after it has done what it was asked for."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, and how often to ask.

    Attributes:
        connect, read: for a connection, and for the next bytes.
        order: for the answer to an order; long, for a lost one costs a person's attention.
        call, download: for a whole reply, and for a whole film.
        pause: before asking a second time; doubled each time.
        longest_pause: the most that is waited within one call when a provider asks for a pause.
        tries: how often something that is safe to repeat is tried.
    """

    connect: float = 10
    read: float = 60
    order: float = 240
    call: float = 300
    download: float = 3600
    pause: float = 0.5
    longest_pause: float = 20
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply: its status, headers and bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def value(self) -> Any:
        """The JSON in it; its text where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return self.body[:4000].decode("utf-8", "replace")

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Client:
    """Talks to one service with one key.

    Attributes:
        provider, who: the provider's name, and its title for messages.
        base: the address that every path is relative to, without a slash at its end.
        key, header, scheme: the key, and the header and word before it that carry it.
        trusted: further origins that may see the key.
        headers: further headers of every request to the service itself.
        per_minute: the most requests a minute; 0 is no limit.
    """

    provider: str
    who: str
    base: str
    key: Key | None = None
    header: str = "Authorization"
    scheme: str = "Bearer "
    trusted: frozenset[Origin] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    patience: Patience = Patience()
    per_minute: float = 0

    def __post_init__(self) -> None:
        origin = origin_of(self.base)
        if origin[0] == "http" and not is_private(self.base) and self.key:
            raise ProviderRefusal(
                Refusal.KEY,
                f"{self.who}: a key is not sent over plain http to {origin[1]}; "
                "set the base URL to its https address.",
            )

    def call(
        self,
        kind: Kind,
        method: str,
        path: str,
        *,
        about: str = "",
        limit: int = SMALL,
        **body: Any,
    ) -> Any:
        """The JSON that a request is answered with.

        Args:
            path: relative to the base, or a whole address.
            about: the shot, for messages.
            body: `params`, `json`, `data`, `files` or `headers`, as `requests` takes them.

        Raises:
            ProviderRefusal: answered no, or not sent at all.
            SubmitUnknown: an order whose answer was lost.
            TryLater: busy, and a pause was asked for.
            ProviderError: cannot be asked now.
        """
        reply = self.reply(kind, method, path, about=about, limit=limit, **body)
        value = reply.value()
        if not isinstance(value, dict | list):
            raise self._lost(kind, about, "its answer was not JSON")
        return value

    def reply(
        self,
        kind: Kind,
        method: str,
        path: str,
        *,
        about: str = "",
        limit: int = SMALL,
        fine: Collection[int] = (),
        **body: Any,
    ) -> Reply:
        """As `call`, but the reply as it came; of a status in `fine` too."""
        tries = self.patience.tries
        for attempt in range(tries):
            self._wait_turn(kind, about)
            try:
                reply = self._once(kind, method, path, limit, body)
            except TRANSPORT as error:
                if kind == "ask" and attempt < tries - 1 and arrived(error):
                    self._sleep(attempt)
                    continue
                raise self._broken(kind, about, error) from None
            if reply.good or reply.status in fine:
                return reply
            if attempt == tries - 1 or not self._again(kind, reply, attempt):
                raise self._refused(kind, reply, about)
        raise self._lost(kind, about, "it did not answer")

    def stream(self, url: str) -> requests.Response:
        """A reply whose body is still to be read; for `downloads`.

        Raises:
            requests.RequestException: as it is.
            ProviderRefusal: the address is not allowed.
        """
        self.limiter.wait(self.patience.longest_pause)
        return self._send("GET", self.absolute(url), {}, self.patience.read)

    def absolute(self, path: str) -> str:
        """A path below the base, or a whole address as it is."""
        return path if "://" in path else f"{self.base}/{path.lstrip('/')}"

    def masked(self, said: Any) -> Any:
        """What a service said, without the key in it."""
        return masked(said, [self.key])

    @property
    def _address(self) -> str:
        """The base as messages may show it: without a name and password in it."""
        parts = urlsplit(self.base)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def limiter(self) -> Limiter:
        secret = self.key.secret.get_secret_value() if self.key else ""
        return limiter_for(f"{self.provider} {self.base}", secret, self.per_minute)

    def _wait_turn(self, kind: Kind, about: str) -> None:
        try:
            self.limiter.wait(self.patience.longest_pause)
        except TryLater as later:
            if kind == "ask":
                raise
            wait = later.retry_after
            raise refuse(self.who, 429, "", about=about, retry_after=wait) from None

    def _once(
        self, kind: Kind, method: str, path: str, limit: int, body: Mapping[str, Any]
    ) -> Reply:
        read = self.patience.order if kind == "order" else self.patience.read
        response = self._send(method, self.absolute(path), body, read)
        with response:
            ends = time.monotonic() + self.patience.call
            whole = b"".join(pieces(response, limit, ends))
            return Reply(response.status_code, response.headers, whole)

    def _send(
        self, method: str, url: str, body: Mapping[str, Any], read: float
    ) -> requests.Response:
        """One exchange, with redirects followed for GET only; the key is left behind on the way."""
        options = dict(body)
        own = dict(options.pop("headers", {}))
        with_key = True
        for _ in range(_REDIRECTS):
            allow(url, self.base)
            with_key = with_key and self._may_see_key(url)
            headers = {**own, **(self.own_headers() if with_key else {})}
            response = self._session().request(
                method,
                url,
                headers=headers,
                timeout=(self.patience.connect, read),
                allow_redirects=False,
                stream=True,
                auth=_no_auth,
                **options,
            )
            if method != "GET" or not response.is_redirect:
                return response
            url = urljoin(url, response.headers["location"])
            options.pop("params", None)
            response.close()
        raise web.TooManyRedirects("too many redirects")

    def _may_see_key(self, url: str) -> bool:
        return origin_of(url) in {origin_of(self.base), *self.trusted}

    def own_headers(self) -> dict[str, str]:
        """What goes with every request to the service itself, the key among it.

        Raises:
            ProviderRefusal: the key holds signs that no key has.
        """
        sent = dict(self.headers)
        if self.key:
            secret = self.key.secret.get_secret_value()
            if not (secret.isascii() and secret.isprintable()):
                raise ProviderRefusal(
                    Refusal.KEY,
                    f"{self.who}: the key in {self.key.source} holds signs that no key has; "
                    "copy it again.",
                )
            sent[self.header] = self.scheme + secret
        return sent

    def _session(self) -> requests.Session:
        """A fresh session: nothing is kept between calls, so no stale connection eats an order."""
        session = requests.Session()
        session.trust_env = not is_loopback(self.base)
        session.headers.update({"User-Agent": "pickup", "Connection": "close"})
        return session

    def _again(self, kind: Kind, reply: Reply, attempt: int) -> bool:
        """Whether to send once more; waits as long as was asked for.

        A 429 says that nothing was accepted, so that even an order may be sent again.
        """
        asked = retry_after(reply.headers, reply.value())
        if asked is not None:
            self.limiter.pause(asked)
            if asked > self.patience.longest_pause:
                return False
        if reply.status == 429 and (kind == "ask" or asked is not None):
            self._sleep(attempt, asked)
            return True
        if kind == "ask" and reply.status in _BUSY:
            self._sleep(attempt, asked)
            return True
        return False

    def _sleep(self, attempt: int, asked: float | None = None) -> None:
        time.sleep(self.patience.pause * 2**attempt if asked is None else asked)

    def _refused(self, kind: Kind, reply: Reply, about: str) -> ProviderError:
        value = reply.value()
        asked = retry_after(reply.headers, value)
        if kind == "order" and reply.status in _AFTER_THE_ACT:
            return self._lost(kind, about, f"it answered with status {reply.status}")
        if 300 <= reply.status < 400:
            return ProviderRefusal(
                Refusal.UNREACHABLE,
                f"{self.who} has moved (status {reply.status}); set its new base URL.",
            )
        if kind == "ask" and (reply.status in _BUSY or reply.status >= 500):
            text = f"{self.who} is busy (status {reply.status}); it will be asked again later."
            return TryLater(text, asked) if asked is not None else ProviderError(text)
        if kind == "order" and (reply.status >= 500 or reply.status == 408):
            return self._lost(kind, about, f"it answered with status {reply.status}")
        return refuse(
            self.who,
            reply.status,
            self.masked(value),
            about=about,
            kind=_of_question(reply.status, value) if kind == "ask" else None,
            retry_after=asked,
            key_from=self.key.source if self.key else "",
        )

    def _broken(self, kind: Kind, about: str, error: BaseException) -> ProviderError:
        """What a transport error means for this kind of request."""
        if (kind != "ask" and not arrived(error)) or kind == "tell":
            return ProviderRefusal(
                Refusal.UNREACHABLE,
                _start(about) + f"{self.who} cannot be reached at {self._address} "
                f"({cause_of(error)}), and nothing was ordered; check the network and the "
                "address, and run again.",
            )
        return self._lost(kind, about, cause_of(error))

    def _lost(self, kind: Kind, about: str, cause: str) -> ProviderError:
        if kind == "order":
            return SubmitUnknown(
                _start(about) + f"{self.who} was asked, but its answer was lost ({cause}). "
                "It may have accepted and charged the order, so it is not sent again by itself; "
                "“pickup jobs” shows it."
            )
        if kind == "tell":
            return ProviderRefusal(
                Refusal.UNREACHABLE,
                _start(about) + f"{self.who} did not answer as it should ({cause}); run again.",
            )
        return ProviderError(f"{self.who} cannot be asked now ({cause}); run again later.")


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps `requests` from sending what a .netrc file holds."""
    return request


def _of_question(status: int, value: Any) -> Refusal | None:
    """What an answer to a question means, where that is more than its words say.

    A firewall's word on a request is none on a job, whatever it calls it.
    """
    if status == 404 and isinstance(value, dict):
        return Refusal.LOST
    return {401: Refusal.KEY, 403: Refusal.KEY, 451: Refusal.UNSUPPORTED}.get(status)


def _start(about: str) -> str:
    return f"{about}: " if about else ""
