"""`pickup install`: puts Pickup into an editor's program.

Each program is an installer under the entry-point group `pickup.installers`: a function
``(dry_run: bool, uninstall: bool) -> Sequence[str]`` that does its work and returns what it did, or
would do, as lines for the user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from pickup.plugins import known, load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Installer = Callable[[bool, bool], Sequence[str]]

GROUP = "pickup.installers"

_SHIPPED = {
    "resolve": "pickup_resolve.install:install",
    "premiere": "pickup_premiere.install:install",
}


class Installers(click.Group):
    """A command for each program, made when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(known(GROUP, _SHIPPED))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _command(cmd_name) if cmd_name in known(GROUP, _SHIPPED) else None


@click.group(cls=Installers)
def install() -> None:
    """Put Pickup into a program, or take it out again."""


def _command(name: str) -> click.Command:
    @click.command(name, help=f"Put Pickup into {name.title()}, for this user.")
    @click.option("--dry-run", is_flag=True, help="Only show what would be done.")
    @click.option("--uninstall", is_flag=True, help="Take it out again.")
    def command(dry_run: bool, uninstall: bool) -> None:
        installer = cast("Installer", load(name, known(GROUP, _SHIPPED)[name], GROUP))
        for line in installer(dry_run, uninstall):
            click.echo(line)

    return command
