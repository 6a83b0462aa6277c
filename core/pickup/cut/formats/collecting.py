"""Large documents without the collector of cycles: a tree that only grows holds no garbage."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Holds the collector, which would walk all of a growing tree again and again.

    What is made inside is freed by counting when its last name goes: let that be inside as well.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
