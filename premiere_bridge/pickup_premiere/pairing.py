"""The token by which the panel in Premiere is known: shown once, kept here only as a hash.

Any program and any web page on this machine can dial a loopback port; only the editor can carry a
token from one window to the other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pickup.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

_BYTES = 10
_GROUP = 4
_TRIES = 5
_WINDOW = 60.0


@dataclass(slots=True)
class Pairing:
    """The pairing kept in a file.

    After five wrong tokens within a minute none is taken until the minute is over.
    """

    path: Path
    _wrong: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_made(self) -> bool:
        return bool(self._known())

    def new_token(self) -> str:
        """A fresh token, which ends the one before; it can never be shown again."""
        letters = base64.b32encode(secrets.token_bytes(_BYTES)).decode("ascii")
        write_text(self.path, _digest(letters) + "\n")
        self.path.chmod(0o600)
        return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))

    @property
    def is_barred(self) -> bool:
        """Whether no token is taken just now, after too many wrong ones."""
        with self._lock:
            return self._barred()

    def accepts(self, token: str) -> bool:
        """Whether it is the token; letters may be typed small and without the dashes."""
        with self._lock:
            if self._barred():
                return False
            known = self._known()
            if known and hmac.compare_digest(_digest(token), known):
                return True
            self._wrong.append(time.monotonic())
            return False

    def _barred(self) -> bool:
        now = time.monotonic()
        while self._wrong and now - self._wrong[0] > _WINDOW:
            self._wrong.popleft()
        return len(self._wrong) >= _TRIES

    def _known(self) -> str:
        try:
            return self.path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""


def _digest(token: str) -> str:
    letters = "".join(c for c in token.upper() if c.isalnum())
    return hashlib.sha256(b"pickup pairing " + letters.encode()).hexdigest()
