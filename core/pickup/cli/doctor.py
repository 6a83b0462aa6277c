"""`pickup doctor`: whether all that Pickup needs is in place, in one look."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

import click

from pickup.errors import PickupError
from pickup.plugins import known, load
from pickup.providers.base import ProviderRefusal, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pickup.providers.base import Provider

CHECKS_GROUP = "pickup.checks"
"""Entry points: functions that give (name, ok, detail) for each thing that a host needs."""

_SHIPPED = {
    "premiere": "pickup_premiere.checks:checks",
    "resolve": "pickup_resolve.checks:checks",
}

_LIBRARIES = ("opentimelineio", "av", "opencolorio", "openimageio", "opencv-python-headless")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at; `ok` is None where it is only worth knowing."""

    name: str
    ok: bool | None
    detail: str


@click.command()
def doctor() -> int:
    """Check that everything Pickup needs is in place."""
    lines = [line for check in (_program, _home, _ledger, _models, _hosts) for line in check()]
    width = max(len(line.name) for line in lines)
    for line in lines:
        mark = {True: "ok", False: "BAD", None: "–"}[line.ok]
        click.echo(f"{mark:4} {line.name:{width}}  {line.detail}")
    return 1 if any(line.ok is False for line in lines) else 0


def _program() -> Iterator[Line]:
    from pickup import __version__

    yield Line("Pickup", None, __version__)
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Line("Python", supported, f"{platform.python_version()} on {platform.platform()}")
    for name in _LIBRARIES:
        try:
            yield Line(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Line(name, False, f"is missing; run: pip install {name}")


def _home() -> Iterator[Line]:
    from pickup.home import home, settings
    from pickup.hosts.file import check_writable

    def writable() -> str:
        check_writable(home() / "ledger")
        return str(home())

    yield from _tried("home", writable)
    yield from _tried("settings", lambda: f"{len(settings())} set in settings.toml")


def _ledger() -> Iterator[Line]:
    def look() -> str:
        from pickup.cli.gaps import counted
        from pickup.jobs.ledger import Ledger
        from pickup.jobs.money import month_start

        with Ledger.open() as ledger:
            spent = ledger.spent(month_start())
            return f"{counted(len(ledger.list()), 'order')}, ${spent:.2f} this month"

    yield from _tried("order book", look)


def _models() -> Iterator[Line]:
    from datetime import date

    from pickup.cli.gaps import counted
    from pickup.providers.ready import lacking
    from pickup.providers.registry import load_all

    providers, problems = load_all()
    for name, provider in providers.items():
        missing = lacking(name)
        if missing:
            yield Line(name, None, missing)
            continue
        wrong = _knocked(name, provider)
        if wrong is not None:
            yield wrong
            continue
        alive = [card.id for card in provider.cards() if not card.retired_on(date.today())]
        where = "on this machine" if provider.local else "a service, which has answered"
        yield Line(name, True, f"ready, {where}; {counted(len(alive), 'model')} listed")
    for problem in problems:
        yield Line(problem.name, False, problem.reason)


def _knocked(name: str, provider: Provider) -> Line | None:
    """What a service says against being asked for a film; None where it says nothing."""
    knock = getattr(provider, "knock", None)
    if not callable(knock):
        return None
    try:
        knock()
    except ProviderRefusal as refusal:
        return Line(name, False if refusal.kind is Refusal.KEY else None, str(refusal))
    except PickupError as error:
        return Line(name, None, str(error))
    return None


def _hosts() -> Iterator[Line]:
    for host, target in known(CHECKS_GROUP, _SHIPPED).items():
        try:
            yield from (Line(*found) for found in load(host, target, CHECKS_GROUP)())
        except PickupError as error:
            yield Line(host, False, str(error))


def _tried(name: str, look: Callable[[], str]) -> Iterator[Line]:
    try:
        yield Line(name, True, look())
    except PickupError as error:
        yield Line(name, False, str(error))
