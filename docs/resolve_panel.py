"""Takes the picture of the panel on the fake Resolve: `python -m docs.resolve_panel`.

The panel and the host are those that work in Resolve; only the program behind them is the fake.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from examples.scene import EDIT, make_scene

from pickup_resolve.api import Resolve
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve

PICTURE = Path(__file__).parent / "images" / "resolve-panel.png"


def scene(folder: Path) -> FakeResolve:
    """The example scene as the open timeline of a fake Resolve."""
    fake = FakeResolve((20, 2, 1, 6), studio=False)
    timeline = fake.import_by_hand(make_scene(folder))
    timeline.SetName("Grandmother's dish")
    position = 0
    for words, length in EDIT:
        if words.startswith("pickup:"):
            timeline.AddMarker(position, "Pink", words, "", length)
        position += length
    return fake


def main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from pickup_ui.app import run

    with tempfile.TemporaryDirectory() as folder:
        os.environ["PICKUP_HOME"] = str(Path(folder, "home"))
        host = ResolveHost(Resolve.of(scene(Path(folder))), "through the menu script")
        return run(host=host, screenshot=PICTURE)


if __name__ == "__main__":
    sys.exit(main())
