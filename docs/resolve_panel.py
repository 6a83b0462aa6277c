"""Takes the pictures of the panel on the fake Resolve: `python -m docs.resolve_panel [NAME …]`.

The panel and the hosts are those that work in Resolve; only the program behind them is the fake.
There is one picture for each way in: the menu script of a free Resolve, a Studio whose gaps have
been filled, and a timeline exported by hand from a free Resolve 21.1.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from examples.scene import EDIT, make_scene

from pickup_resolve.api import Resolve
from pickup_resolve.exchange import ExchangeHost
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve

if TYPE_CHECKING:
    from pickup.hosts.base import Host

IMAGES = Path(__file__).parent / "images"


def scene(folder: Path, version: tuple[int, ...], *, studio: bool) -> FakeResolve:
    """The example scene as the open timeline of a fake Resolve."""
    fake = FakeResolve(version, studio=studio)
    timeline = fake.import_by_hand(make_scene(folder))
    timeline.SetName("Grandmother's dish")
    position = 0
    for words, length in EDIT:
        if words.startswith("pickup:"):
            timeline.AddMarker(position, "Pink", words, "", length)
        position += length
    return fake


def menu(folder: Path) -> Host:
    """A free Resolve that runs the menu script."""
    return ResolveHost(Resolve.of(scene(folder, (20, 2, 1, 6), studio=False)))


def studio(folder: Path) -> Host:
    """A Studio with all gaps filled, two takes of the first."""
    from pickup.fill.prepare import ShotSettings
    from pickup.fill.run import fill
    from pickup.fill.values import FillOptions, Retake, Silent

    host = ResolveHost(Resolve.of(scene(folder, (21, 1, 0, 14), studio=True)))
    shots = ShotSettings(model="animatic")
    first = fill(host, FillOptions(shots=shots), Silent()).filled[0].shot.id
    fill(host, FillOptions(shots=shots, retake=Retake(first)), Silent())
    return host


def files(folder: Path) -> Host:
    """What a free Resolve 21.1 has exported by hand."""
    fake = scene(folder, (21, 1, 0, 14), studio=False)
    exported = folder / "Grandmother's dish.otio"
    timeline = fake.GetProjectManager().GetCurrentProject().GetCurrentTimeline()
    timeline.Export(str(exported), fake.EXPORT_OTIO, fake.EXPORT_NONE)
    return ExchangeHost(exported)


PICTURES = {"resolve-panel": menu, "resolve-studio": studio, "resolve-files": files}


def shoot(name: str) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from pickup_ui.app import run

    with tempfile.TemporaryDirectory() as folder:
        os.environ["PICKUP_HOME"] = str(Path(folder, "home"))
        return run(host=PICTURES[name](Path(folder)), screenshot=IMAGES / f"{name}.png")


def main(names: list[str]) -> int:
    """Each picture is taken by a process of its own: a window has one life."""
    if len(names) == 1:
        return shoot(names[0])
    command = [sys.executable, "-m", "docs.resolve_panel"]
    done = [subprocess.run([*command, name], check=False) for name in names or PICTURES]
    return max(one.returncode for one in done)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
