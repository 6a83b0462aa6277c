"""`pickup keys`: the keys of services, in the keyring of the operating system."""

from __future__ import annotations

import click


@click.group()
def keys() -> None:
    """Keep, show or remove the key of a service."""


@keys.command("set")
@click.argument("provider")
def set_key(provider: str) -> None:
    """Keep the key of PROVIDER; it is asked for, and never shown."""
    from pickup.providers.keys import Secret, store_key
    from pickup.providers.registry import load

    if load(provider).local:
        raise click.UsageError(f"{provider} is on this machine and needs no key.")
    text = click.prompt(f"Key of {provider}", hide_input=True).strip()
    if not text:
        raise click.UsageError("No key was given.")
    store_key(provider, Secret(text))
    click.echo(f"The key of {provider} is in the keyring.")


@keys.command("remove")
@click.argument("provider")
def remove(provider: str) -> None:
    """Remove the key of PROVIDER from the keyring."""
    from pickup.providers.keys import forget_key

    gone = forget_key(provider)
    click.echo(f"The key of {provider} {'is removed' if gone else 'was not in the keyring'}.")


@keys.command("list")
def list_keys() -> None:
    """Tell for each provider where its key is found, and never the key."""
    from pickup.cli.output import table
    from pickup.providers.keys import find_key
    from pickup.providers.registry import load_all

    rows = []
    for name, provider in load_all()[0].items():
        key = None if provider.local else find_key(name)
        rows.append((name, "needs none" if provider.local else key.source if key else "none"))
    table(["provider", "key"], rows)
