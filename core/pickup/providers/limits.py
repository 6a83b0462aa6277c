"""Spaces out requests per provider and key, and keeps silent as long as a provider asks for."""

from __future__ import annotations

import re
import threading
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pickup.errors import ProviderError
from pickup.providers.replies import error_of, list_at, text_at

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"


class TryLater(ProviderError):
    """A provider cannot answer now, and says when it can.

    Attributes:
        retry_after: seconds to wait.
    """

    def __init__(self, message: str, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Limiter:
    """At most so many requests a minute, in bursts of up to a tenth of that.

    A `per_minute` of 0 is no limit. Shared by all threads that use the same key.
    """

    def __init__(self, per_minute: float) -> None:
        self._gap = 60 / per_minute if per_minute else 0.0
        self._burst = max(1.0, per_minute / 10)
        self._lock = threading.Lock()
        self._next = 0.0
        self._silent_until = 0.0

    def pause(self, seconds: float) -> None:
        """Let nobody ask again for so long."""
        with self._lock:
            self._silent_until = max(self._silent_until, time.monotonic() + seconds)

    def wait(self, longest: float) -> None:
        """Return when a request may leave.

        Raises:
            TryLater: that would take more than `longest` seconds.
        """
        delay = self._reserve(longest)
        if delay > 0:
            time.sleep(delay)

    def _reserve(self, longest: float) -> float:
        with self._lock:
            now = time.monotonic()
            earliest = max(self._next, now - self._gap * self._burst)
            delay = max(earliest, self._silent_until, now) - now
            if delay > longest:
                raise TryLater("The provider asks for a pause; run again later.", delay)
            self._next = earliest + self._gap
            return delay


_shared: dict[tuple[str, str], Limiter] = {}
_shared_lock = threading.Lock()


def limiter_for(provider: str, key: str, per_minute: float) -> Limiter:
    """The limiter of a provider and key, the same one for every caller in this process."""
    with _shared_lock:
        return _shared.setdefault((provider, key), Limiter(per_minute))


def retry_after(headers: Mapping[str, str], body: Any = None) -> float | None:
    """Seconds that a reply asks to wait.

    By `Retry-After` as a number or a date (RFC 9110, 10.2.3), OpenAI's `retry-after-ms`, or the
    `RetryInfo` among the details of Google's errors (google/rpc/error_details.proto).
    """
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(_NUMBER, text):
        return _capped(float(text))
    fine = headers.get("retry-after-ms", "").strip()
    if re.fullmatch(_NUMBER, fine):
        return _capped(float(fine) / 1000)
    if text:
        try:
            return _capped(parsedate_to_datetime(text).timestamp() - time.time())
        except (ValueError, TypeError, OverflowError):
            return None
    for detail in list_at(error_of(body), "details"):
        delay = re.fullmatch(rf"({_NUMBER})s", text_at(detail, "retryDelay"))
        if delay:
            return _capped(float(delay[1]))
    return None


def _capped(seconds: float) -> float:
    return min(max(0.0, seconds), 86_400.0)
