"""The line to the panel in Premiere, with somebody at either end."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from pickup_premiere.pairing import Pairing
from pickup_premiere.server import CompanionServer


class Line:
    """A server with what it has told, and panels to dial it with."""

    def __init__(self, folder):
        self.pairing = Pairing(folder / "pairing")
        self.token = self.pairing.new_token()
        self.journal = folder / "place.json"
        self.events: list[Any] = []
        self.server: Any = None
        self.start()

    def start(self):
        self.server = CompanionServer(
            self.pairing, self.journal, self.events.append, "/exchange", ports=(0,)
        )
        self.server.start()

    def dial(self, **options) -> Any:
        return connect(f"ws://127.0.0.1:{self.server.port}", open_timeout=5, **options)

    def hello(self, **changes):
        words = {"type": "hello", "protocols": [1], "token": self.token, "premiere": "26.2"}
        return json.dumps({**words, **changes})

    @contextlib.contextmanager
    def panel(self, **changes):
        with self.dial() as line:
            line.send(self.hello(**changes))
            yield Panel(line)

    def sentences(self, what):
        return [event.sentence for event in list(self.events) if event.what == what]

    def until(self, condition):
        for _ in range(2000):
            if condition():
                return
            time.sleep(0.01)
        raise AssertionError([event.sentence for event in self.events])

    def until_told(self, state):
        """Until the last event of a placing has that state."""
        self.until(lambda: [e.job.state for e in list(self.events) if e.job][-1:] == [state])


class Panel:
    def __init__(self, line):
        self.line = line

    def hear(self, kind):
        message = json.loads(self.line.recv(timeout=20))
        assert message["type"] == kind, message
        return message

    def say(self, **message):
        self.line.send(json.dumps(message))

    def _drain(self):
        while True:
            self.line.recv(timeout=20)

    def closed(self):
        """The close code, whatever is said before."""
        with pytest.raises(ConnectionClosed) as closing:
            self._drain()
        assert closing.value.rcvd is not None
        return closing.value.rcvd.code


def outcomes(job, *states):
    return [{"id": c.id, "state": s} for c, s in zip(job.clips, states, strict=False)]
