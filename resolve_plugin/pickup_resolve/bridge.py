"""Resolve through the menu script: stand-ins for its objects, each call one request on loopback.

The other end is `launchers/pickup_launcher.py`, which runs inside Resolve.
"""

from __future__ import annotations

import http.client
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pickup_resolve.errors import NoResolveError
from pickup_resolve.launchers import pickup_launcher

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT = 180.0
"""Seconds for one request; see `connect.CALL_SECONDS`."""

_CONSTANTS = pickup_launcher.CONSTANTS


@dataclass(frozen=True, slots=True)
class Address:
    """Where a bridge listens, and the word that it wants to hear."""

    host: str
    port: int
    token: str = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Address | None:
        """What the menu script has written; None where none runs.

        Raises:
            NoResolveError: it speaks another protocol, or not to this machine.
        """
        try:
            said = json.loads(path.read_text("utf-8"))
            url = urlsplit(str(said["url"]))
            found = cls(url.hostname or "", url.port or 0, str(said["token"]))
            protocol = said["protocol"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if found.host != "127.0.0.1" or protocol != pickup_launcher.PROTOCOL:
            raise NoResolveError(
                "The menu script in Resolve is of another version. Run “pickup install resolve”, "
                "then start Workspace ▸ Scripts ▸ Pickup again."
            )
        return found


def session_file() -> Path:
    """Where a running bridge says how it is reached."""
    named = os.environ.get("PICKUP_RESOLVE_BRIDGE", "")
    return Path(named) if named else pickup_launcher.session_file()


def connect(address: Address) -> RemoteObject:
    """Resolve behind a bridge.

    Raises:
        NoResolveError: nobody answers there.
    """
    resolve = RemoteObject(_Line(address), 0)
    try:
        resolve.GetProductName()
    except (OSError, RuntimeError) as error:
        raise NoResolveError(
            f"The menu script in Resolve does not answer ({error}). Close any dialog in Resolve "
            "and start Workspace ▸ Scripts ▸ Pickup again."
        ) from error
    return resolve


def batch(calls: Sequence[tuple[RemoteObject, str]]) -> list[Any]:
    """Many getters in one request; for `Resolve.of`."""
    if not calls:
        return []
    return calls[0][0]._line.ask_all([(one._number, method, ()) for one, method in calls])


class _Line:
    """Requests to one bridge."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def ask(self, number: int, call: str, arguments: tuple[Any, ...]) -> Any:
        """The answer of a call.

        Raises:
            OSError: the bridge is gone, or does not answer.
            RuntimeError: the call failed at the other end.
        """
        (answer,) = self.ask_all([(number, call, arguments)])
        return answer

    def ask_all(self, calls: Sequence[tuple[int, str, tuple[Any, ...]]]) -> list[Any]:
        """The answers of some calls, in one request; raises as `ask`."""
        questions = [
            {"object": number, "call": call, "arguments": [_packed(a) for a in arguments]}
            for number, call, arguments in calls
        ]
        address = self._address
        line = http.client.HTTPConnection(address.host, address.port, timeout=TIMEOUT)
        try:
            line.request(
                "POST", "/", json.dumps(questions), headers={"X-Pickup-Token": address.token}
            )
            answers = json.loads(line.getresponse().read())
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"the bridge answered nonsense ({error})") from error
        finally:
            line.close()
        for answer in answers:
            if "error" in answer:
                raise RuntimeError(answer["error"])
        return [self._unpacked(answer["value"]) for answer in answers]

    def _unpacked(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._unpacked(one) for one in value]
        if isinstance(value, dict):
            if "$object" in value:
                return RemoteObject(self, value["$object"])
            return {key: self._unpacked(one) for key, one in value["$dict"]}
        return value


class RemoteObject:
    """One of Resolve's objects at the other end; any method is asked for there."""

    def __init__(self, line: _Line, number: int) -> None:
        self._line = line
        self._number = number

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _CONSTANTS:
            return self._line.ask(self._number, name, ())

        def call(*arguments: Any) -> Any:
            return self._line.ask(self._number, name, arguments)

        return call

    def __dir__(self) -> list[str]:
        return list(self._line.ask(self._number, "dir", ()))


def _packed(value: Any) -> Any:
    if isinstance(value, RemoteObject):
        return {"$object": value._number}
    if isinstance(value, list):
        return [_packed(one) for one in value]
    if isinstance(value, dict):
        return {"$dict": [[key, _packed(one)] for key, one in value.items()]}
    return value
