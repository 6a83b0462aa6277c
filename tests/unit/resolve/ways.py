"""The ways into the fake: the object itself, as external scripting gives it, or over a bridge."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from pickup_resolve import bridge
from pickup_resolve.api import Resolve
from pickup_resolve.launchers import pickup_launcher

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def direct(fake: Any) -> Iterator[Any]:
    yield Resolve.of(fake)


@contextlib.contextmanager
def served(fake: Any) -> Iterator[pickup_launcher.Bridge]:
    """The launcher's server, as it runs inside Resolve, on a thread of the test."""
    server = pickup_launcher.Bridge(fake)
    server.timeout = 0.01
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.handle_request()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def bridged(fake: Any) -> Iterator[Any]:
    with served(fake) as server:
        yield Resolve.of(bridge.connect(address_of(server)), bridge.batch)


def address_of(server: pickup_launcher.Bridge) -> bridge.Address:
    return bridge.Address("127.0.0.1", server.server_address[1], server.token)
