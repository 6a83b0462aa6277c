"""Where the keys of providers come from, and how they are kept out of every message.

The order: `PICKUP_<PROVIDER>_API_KEY`, then the vendor's own variable, then the keyring of the
operating system (the `keyring` library, where it is installed).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr as Secret

from pickup.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Key",
    "Secret",
    "base_url",
    "find_key",
    "forget_key",
    "mask",
    "masked",
    "setting",
    "store_key",
]

VENDOR_VARIABLES: dict[str, tuple[str, ...]] = {
    "openai-videos": ("OPENAI_API_KEY",),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "veo": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "fal": ("FAL_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
}
"""The variables that each vendor's own tools read."""

_SERVICE = "pickup"
_MASK = "•••"


@dataclass(frozen=True)
class Key:
    """A key and where it was found: a variable's name, or `keyring`."""

    secret: Secret
    source: str


def find_key(
    provider: str, environ: Mapping[str, str] | None = None, *, vendor: Iterable[str] | None = None
) -> Key | None:
    """The key of a provider, or None.

    Args:
        vendor: the vendor's variables to read, where they are not the provider's usual ones.
    """
    env = os.environ if environ is None else environ
    usual = VENDOR_VARIABLES.get(provider, ())
    for name in (variable(provider, "API_KEY"), *(usual if vendor is None else vendor)):
        text = env.get(name, "").strip()
        if text:
            return Key(Secret(text), name)
    kept = _from_keyring(provider)
    return Key(Secret(kept), "keyring") if kept else None


def store_key(provider: str, secret: Secret) -> None:
    """Keep a key in the keyring of the operating system.

    Raises:
        RequestError: there is no keyring; says which variable to set instead.
    """
    keyring, errors = _keyring()
    try:
        if keyring is None:
            raise RequestError(_no_keyring(provider))
        keyring.set_password(_SERVICE, provider, secret.get_secret_value())
    except errors as error:
        raise RequestError(_no_keyring(provider)) from error


def forget_key(provider: str) -> bool:
    """Remove a key from the keyring; whether there was one."""
    keyring, errors = _keyring()
    try:
        if keyring is None or not keyring.get_password(_SERVICE, provider):
            return False
        keyring.delete_password(_SERVICE, provider)
    except errors:
        return False
    return True


def base_url(provider: str, environ: Mapping[str, str] | None = None) -> str:
    """`PICKUP_<PROVIDER>_BASE_URL`, without its last slash; empty where it is not set."""
    return setting(provider, "BASE_URL", environ).rstrip("/")


def setting(provider: str, name: str, environ: Mapping[str, str] | None = None) -> str:
    """`PICKUP_<PROVIDER>_<NAME>` of the environment, empty where it is not set."""
    env = os.environ if environ is None else environ
    return env.get(variable(provider, name), "").strip()


def variable(provider: str, name: str) -> str:
    """`PICKUP_OPENAI_VIDEOS_API_KEY` for `openai-videos` and `API_KEY`."""
    return f"PICKUP_{provider.upper().replace('-', '_')}_{name}"


def mask(text: str, secrets: Iterable[Secret]) -> str:
    """`text` with every secret in it blotted out."""
    for secret in secrets:
        value = secret.get_secret_value()
        if value:
            text = text.replace(value, _MASK)
    return text


def masked(said: Any, keys: Iterable[Key | None]) -> Any:
    """Plain JSON with every key in it blotted out; None where it is too deep to look through."""
    secrets = [key.secret for key in keys if key is not None]

    def hidden(value: Any) -> Any:
        if isinstance(value, str):
            return mask(value, secrets)
        if isinstance(value, dict):
            return {mask(name, secrets): hidden(inner) for name, inner in value.items()}
        return [hidden(inner) for inner in value] if isinstance(value, list) else value

    try:
        return hidden(said) if secrets else said
    except RecursionError:
        return None


def _from_keyring(provider: str) -> str:
    keyring, errors = _keyring()
    try:
        return (keyring.get_password(_SERVICE, provider) or "") if keyring is not None else ""
    except errors:
        return ""


def _keyring() -> tuple[Any, tuple[type[Exception], ...]]:
    """The library and what its back ends raise; (None, …) where it is not installed."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None, (OSError,)
    return keyring, (KeyringError, OSError, RuntimeError)


def _no_keyring(provider: str) -> str:
    return (
        f"This machine has no keyring that can hold the key of {provider}. "
        f"Set {variable(provider, 'API_KEY')} in the environment instead."
    )
