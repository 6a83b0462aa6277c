"""How far ComfyUI is: it tells so on a WebSocket alone, to the client that placed the order.

Progress is a comfort: whatever goes wrong here, the job itself is followed by asking.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from pickup.providers.replies import dig, text_at

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 16 * 2**20
"""Bytes of a message: pictures of what is being made come by the same way."""
_QUIET = logging.getLogger("pickup.comfyui.progress")
_QUIET.setLevel(logging.WARNING)  # below that the library writes headers down, and the key
_LISTEN_SECONDS = 30.0
_AGAIN_SECONDS = 5.0
_MOST_JOBS = 1_000


class ProgressLine:
    """Listens in the background while somebody asks, and remembers what it has heard.

    Args:
        url: `ws://…/ws?clientId=…`.
        headers: to send along, a key among them.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url, self._headers = url, dict(headers)
        self._parts: dict[str, float] = {}
        self._samplers: dict[str, int] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._asked = self._tried = float("-inf")

    def of(self, job_id: str, samplers: int = 1) -> float | None:
        """How much of a job is done, 0 to 1; None where nothing has been heard.

        Args:
            samplers: how many nodes of its workflow take their time.
        """
        now = time.monotonic()
        with self._lock:
            self._asked = now
            self._samplers[job_id] = max(1, samplers)
            idle = self._thread is None or not self._thread.is_alive()
            if idle and now - self._tried > _AGAIN_SECONDS:
                self._tried = now
                self._thread = threading.Thread(
                    target=self._listen, name="pickup-comfyui-progress", daemon=True
                )
                self._thread.start()
            return self._parts.get(job_id)

    def heard(self, message: str) -> None:
        """Take note of what the server said."""
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            return
        data = dig(said, "data")
        job_id = text_at(data, "prompt_id")
        kind = text_at(said, "type")
        if kind == "progress_state":
            self._note(job_id, dig(data, "nodes"))
        elif kind == "progress":
            self._note(job_id, {"": data})

    def _note(self, job_id: str, nodes: Any) -> None:
        with self._lock:
            samplers = self._samplers.get(job_id)
            if samplers is None or not isinstance(nodes, dict):
                return
            part = _part(list(nodes.values()), samplers)
            if part is not None:
                self._parts[job_id] = max(self._parts.get(job_id, 0.0), part)
            while len(self._samplers) > _MOST_JOBS:
                oldest = next(iter(self._samplers))
                del self._samplers[oldest]
                self._parts.pop(oldest, None)

    def _listen(self) -> None:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        try:
            with connect(
                self._url,
                additional_headers=self._headers,
                open_timeout=3,
                close_timeout=1,
                max_size=_LARGEST,
                proxy=None,
                logger=_QUIET,
            ) as line:
                while time.monotonic() - self._asked < _LISTEN_SECONDS:
                    try:
                        message = line.recv(timeout=1)
                    except TimeoutError:
                        continue
                    if isinstance(message, str):
                        self.heard(message)
        except (OSError, ValueError, WebSocketException):
            return  # asked again, it tries again


def _part(nodes: list[Any], samplers: int) -> float | None:
    """Steps done of all steps; samplers that have not begun are taken to be like the longest."""
    steps = [(_number(node, "value"), _number(node, "max")) for node in nodes]
    long = [(min(value, most), most) for value, most in steps if most > 1]
    if not long:
        return None
    waiting = max(0, samplers - len(long)) * max(most for _, most in long)
    return min(0.99, sum(value for value, _ in long) / (sum(most for _, most in long) + waiting))


def _number(node: Any, name: str) -> float:
    value = dig(node, name)
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable and 0 <= value < 1e9 else 0.0
