"""The first connect, in a process of its own: ``python -m pickup_resolve.probe LIBRARY``.

Loading the library under an interpreter that does not suit crashes that interpreter; better this
one than ours.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pickup_resolve.errors import ResolveError


def main(arguments: list[str]) -> int:
    """0 where Resolve answers; else the reason as JSON on stdout."""
    from pickup_resolve.api import Resolve
    from pickup_resolve.connect import load

    try:
        found = load(Path(arguments[0]))
        if found is not None:
            print(json.dumps({"build": str(Resolve.of(found).build)}))
            return 0
        reason = (
            "DaVinci Resolve is not running, or does not let us in: in Studio, set Preferences ▸ "
            "System ▸ General ▸ External scripting using to Local."
        )
    except ResolveError as error:
        reason = str(error)
    print(json.dumps({"reason": reason}))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
