"""Which addresses may be asked, and which of them may see a key."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from pickup.providers.base import ProviderRefusal, Refusal

Origin = tuple[str, str, int]
"""Scheme, host and port. All names of the own machine are one host."""


def origin_of(url: str) -> Origin:
    """Raises `ProviderRefusal` where the text is no address of the web."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in ("http", "https") or not host:
        raise ProviderRefusal(
            Refusal.UNREACHABLE, f"“{url[:120]}” is no http or https address; correct it."
        )
    usual = 443 if parts.scheme == "https" else 80
    return parts.scheme, "loopback" if _loopback(host) else host, port or usual


def is_loopback(url: str) -> bool:
    return origin_of(url)[1] == "loopback"


def is_private(url: str) -> bool:
    """Whether an address is on this machine or in its own network."""
    host = origin_of(url)[1]
    if host == "loopback" or host.endswith((".local", ".lan", ".internal")) or "." not in host:
        return ":" not in host or _private_number(host)
    return _private_number(host)


def allow(url: str, base: str) -> None:
    """Refuse an address that is neither safe nor the base itself.

    https is; plain http is for the base's own origin only, where the user has set it, and for this
    machine where the base is on it.

    Raises:
        ProviderRefusal: the address is not allowed.
    """
    target, own = origin_of(url), origin_of(base)
    if target[0] == "https" and target[1] != "loopback":
        return
    if target == own or (target[1] == "loopback" and own[1] == "loopback"):
        return
    raise ProviderRefusal(
        Refusal.UNREACHABLE,
        f"{own[1]} sent Pickup to {target[0]}://{target[1]}, which is not safe; "
        "nothing was fetched from there.",
    )


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _private_number(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
