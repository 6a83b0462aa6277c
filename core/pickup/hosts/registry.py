"""Hosts that are no files, by scheme: `resolve:` is the timeline that is open in Resolve.

A front end offers its host under the entry-point group `pickup.hosts`: the name is the scheme, and
the target a function that takes what stands behind the colon and returns a `Host`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from pickup.errors import RequestError
from pickup.plugins import known, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.hosts.base import Host

GROUP = "pickup.hosts"

_SHIPPED = {"resolve": "pickup_resolve.host:open_host"}

# Two letters at least: `C:\cut.otio` is a file.
_SCHEME = re.compile(r"^([a-z][a-z0-9+-]+):(?!//)(.*)$", re.DOTALL)


def is_live(cut: str) -> bool:
    """Whether a CUT of the command line means a host, and no file; nothing is imported."""
    match = _SCHEME.match(cut)
    return match is not None and match[1] in known(GROUP, _SHIPPED)


def open_host(cut: str) -> Host:
    """The host that `scheme:rest` means.

    Raises:
        RequestError: there is no such host.
        PickupError: it cannot be reached.
    """
    match = _SCHEME.match(cut)
    hosts = known(GROUP, _SHIPPED)
    if match is None or match[1] not in hosts:
        names = ", ".join(f"“{name}:”" for name in hosts) or "none"
        raise RequestError(f"“{cut}” names no program that Pickup can fill in; it knows {names}.")
    scheme, rest = match[1], match[2]
    factory = cast("Callable[[str], Host]", load(scheme, hosts[scheme], GROUP))
    return factory(rest)
