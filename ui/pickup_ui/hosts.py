"""How hosts plug into the panel without importing it, or each other.

A package that brings cuts from a host registers a factory under the entry point group
`pickup.panel_sources`, or calls `register` before the panel opens. The factory takes no arguments
and returns a `Source`. The panel starts every source, opens what it brings, and places through the
`Host` that came with it: its `read` and `write` are the whole of the traffic. A host may also offer
`take_back(written)`, which undoes its last `write`; the panel then shows a way back. One whose
`write` only begins a placing has `settle(written, told)`, and one with a button of its own for
placing has `offer(changes, place)`. A source may offer `host_of(path)`: it is asked for the host of
a file that the user opens by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pickup.errors import PickupError
from pickup.plugins import known, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pickup.hosts.base import Change, Host, Written

GROUP = "pickup.panel_sources"

_SHIPPED = {
    "premiere": "pickup_premiere.source:PremiereSource",
    "resolve": "pickup_resolve.source:ResolveSource",
}

_BREAKAGE = (
    *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, OSError),
    *(RuntimeError, SyntaxError, TypeError, ValueError),
)
"""What a stranger's source may raise while it is made."""


class Source(Protocol):
    """Where cuts arrive from by themselves.

    Attributes:
        name: for the panel's list, as “Premiere exchange folder”.
    """

    @property
    def name(self) -> str: ...

    def start(self, arrived: Callable[[Host], None], told: Callable[[str], None]) -> None:
        """Begin to watch; returns at once.

        Args:
            arrived: give it every host whose cut shall be opened; from any thread.
            told: give it sentences for the user; from any thread.
        """

    def stop(self) -> None:
        """Stop watching; nothing is called any more when it returns."""


@runtime_checkable
class Opens(Protocol):
    """A source that knows some files as its own, whoever opens them."""

    def host_of(self, path: Path) -> Host | None:
        """The host of a file that came from there once; None of any other."""


@runtime_checkable
class TakesBack(Protocol):
    """A host that can undo what it has just placed."""

    def take_back(self, written: Written) -> None:
        """Raises `PickupError` where it is no longer possible."""


@runtime_checkable
class Settles(Protocol):
    """A host whose `write` begins a placing that goes on by itself."""

    def settle(self, written: Written, told: Callable[[Mapping[str, str]], None]) -> None:
        """Have the end of the last `write` told, once, from any thread.

        Args:
            told: give it why each clip that does not stand was not placed, by its shot.
        """


@runtime_checkable
class Offers(Protocol):
    """A host that has a button for placing where the user works."""

    def offer(
        self, changes: Sequence[Change], place: Callable[[Callable[[str], None]], None]
    ) -> None:
        """Show exactly these changes beside the button, instead of any shown before.

        Args:
            changes: what the button would do; with none it is off.
            place: call it when the user has agreed to them, from any thread, with what is to be
                given the sentence if nothing can be placed.
        """


_factories: dict[str, Callable[[], Source]] = {}


def register(name: str, factory: Callable[[], Source]) -> None:
    """Have a source started with every panel of this process."""
    _factories[name] = factory


def host_of(path: Path, brought: Sequence[Source] = ()) -> Host:
    """The host of a path: what the first source says that knows it, else the file itself.

    Raises:
        CutError: no format has its ending.
    """
    for source in brought:
        host = source.host_of(path) if isinstance(source, Opens) else None
        if host is not None:
            return host
    from pickup.cut.files import written_suffix
    from pickup.fill.folder import default_out
    from pickup.hosts.file import FileHost

    return FileHost(path.absolute(), default_out(path, written_suffix(path)))


def sources() -> tuple[list[Source], list[str]]:
    """Every source that can be made, and a sentence for each that cannot."""
    made: list[Source] = []
    problems: list[str] = []
    shipped = known(GROUP, _SHIPPED)
    for name in dict.fromkeys((*shipped, *_factories)):
        try:
            factory = _factories.get(name) or load(name, shipped[name], GROUP)
            made.append(factory())
        except (PickupError, *_BREAKAGE) as error:
            problems.append(f"{name} is not available: {error}")
    return made, problems
