"""What errors of the transport mean: whether a request arrived, and why it failed."""

from __future__ import annotations

import ssl
import time
from enum import Enum
from typing import TYPE_CHECKING, Any

import requests.exceptions as web
from urllib3 import exceptions as lower

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

_PIECE = 256 * 1024


class Meaning(Enum):
    """What an error of the transport says about the request."""

    NOT_SENT = "nothing left this machine"
    MAYBE = "it depends on the cause"
    LOST = "the request may have arrived"


MEANINGS: dict[type[Exception], Meaning] = {
    web.RequestException: Meaning.LOST,
    web.InvalidJSONError: Meaning.NOT_SENT,
    web.JSONDecodeError: Meaning.LOST,
    web.HTTPError: Meaning.LOST,
    web.ConnectionError: Meaning.MAYBE,
    web.ProxyError: Meaning.MAYBE,
    web.SSLError: Meaning.MAYBE,
    web.Timeout: Meaning.LOST,
    web.ConnectTimeout: Meaning.NOT_SENT,
    web.ReadTimeout: Meaning.LOST,
    web.URLRequired: Meaning.NOT_SENT,
    web.TooManyRedirects: Meaning.LOST,
    web.MissingSchema: Meaning.NOT_SENT,
    web.InvalidSchema: Meaning.NOT_SENT,
    web.InvalidURL: Meaning.NOT_SENT,
    web.InvalidHeader: Meaning.NOT_SENT,
    web.InvalidProxyURL: Meaning.NOT_SENT,
    web.ChunkedEncodingError: Meaning.LOST,
    web.ContentDecodingError: Meaning.LOST,
    web.StreamConsumedError: Meaning.LOST,
    web.RetryError: Meaning.LOST,
    web.UnrewindableBodyError: Meaning.NOT_SENT,
}
"""What every error of `requests` means; a test fails when it grows one that is not here."""

_BEFORE_SENDING = (
    lower.NewConnectionError,
    lower.ConnectTimeoutError,
    lower.LocationParseError,
    ssl.SSLCertVerificationError,
)
TRANSPORT = (web.RequestException, lower.HTTPError)


def arrived(error: BaseException) -> bool:
    """Whether a request that ended in `error` may have reached the service."""
    meaning = next((MEANINGS[kind] for kind in type(error).__mro__ if kind in MEANINGS), None)
    if meaning is Meaning.NOT_SENT:
        return False
    return not any(isinstance(cause, _BEFORE_SENDING) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, what it wraps, and what that wraps; libraries nest them in three ways."""
    pending: list[Any] = [error]
    for _ in range(12):
        if not pending:
            return
        current = pending.pop()
        if isinstance(current, BaseException):
            yield current
            pending += [*current.args, getattr(current, "reason", None), current.__cause__]


def cause_of(error: BaseException) -> str:
    """Why a request failed, in a few words for the user."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {cause.verify_message}"
    words = {
        web.ConnectTimeout: "no connection in time",
        web.Timeout: "no answer in time",
        web.InvalidURL: "the address is wrong",
        web.TooManyRedirects: "it redirects in circles",
        TooLarge: "its answer is too large",
        web.ContentDecodingError: "its answer is garbled",
        web.ChunkedEncodingError: "the connection broke off",
    }
    for kind, text in words.items():
        if isinstance(error, kind):
            return text
    return "the connection failed" if not arrived(error) else "the connection broke off"


class TooLarge(web.ContentDecodingError):
    """A reply is larger than any true one would be."""


def pieces(response: requests.Response, limit: int, ends: float) -> Iterator[bytes]:
    """The body in pieces as they arrive, within a size and a time.

    Raises:
        requests.RequestException: it broke off, is garbled, too large or too late.
    """
    size = 0
    try:
        while piece := response.raw.read1(_PIECE, decode_content=True):
            size += len(piece)
            if size > limit:
                raise TooLarge(f"more than {limit} bytes")
            if time.monotonic() > ends:
                raise web.ReadTimeout("the reply takes too long")
            yield piece
    except lower.DecodeError as error:
        raise web.ContentDecodingError(error) from error
    except (lower.ProtocolError, lower.SSLError) as error:
        raise web.ChunkedEncodingError(error) from error
    except lower.ReadTimeoutError as error:
        raise web.ReadTimeout(error) from error
