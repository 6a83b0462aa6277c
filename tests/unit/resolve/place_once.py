"""A process of the tests that fills the open timeline once; it is killed in the middle.

``python -m tests.unit.resolve.place_once FOLDER``; where the bridge is, the environment says.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.unit.resolve.scenes import placements

from pickup_resolve.host import open_host


def main() -> None:
    host = open_host()
    document = host.read()
    host.write(document, {0: placements(Path(sys.argv[1]), document.cuts[0])})


if __name__ == "__main__":
    main()
