"""`make demo`: draws the example scene, fills its three gaps, and says where to look."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from examples.scene import make_scene


def main() -> int:
    folder = Path(__file__).resolve().parents[1] / "demo"
    # The demo keeps its order book to itself, and leaves the user's own alone.
    os.environ["PICKUP_HOME"] = str(folder / "home")
    print("Drawing the footage of the example scene …")
    cut = make_scene(folder)
    print(f"The cut: {cut}\n")
    from pickup.cli.main import cli

    cli.main(["gaps", str(cut)], standalone_mode=False)
    print()
    status = cli.main(["fill", str(cut)], standalone_mode=False)
    print("\nOpen the report in a browser, and the filled cut in any program that reads OTIO.")
    return int(status or 0)


if __name__ == "__main__":
    sys.exit(main())
