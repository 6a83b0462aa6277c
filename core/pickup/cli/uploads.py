"""`pickup uploads`: the services that may have words and frames of the user's cuts."""

from __future__ import annotations

import click


@click.group()
def uploads() -> None:
    """See and withdraw what you have agreed to upload."""


@uploads.command("list")
def list_uploads() -> None:
    """List the services that you have agreed to, and since when."""
    from pickup.cli.output import say, table
    from pickup.fill.consent import allowed

    known = sorted(allowed().items())
    if known:
        table(["service", "since"], known)
    else:
        say("Nothing may be uploaded yet; you are asked before the first order to a service.")


@uploads.command("withdraw")
@click.argument("service")
def withdraw(service: str) -> None:
    """Be asked again before anything goes to SERVICE."""
    from pickup.cli.output import say
    from pickup.fill.consent import withdraw

    there = withdraw(service)
    say(
        f"Nothing more goes to {service} unasked."
        if there
        else f"Nothing went to {service} unasked; you had not agreed to it."
    )
