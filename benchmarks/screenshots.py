"""Pictures of every state of the panel, for the docs: `python -m benchmarks.screenshots`.

Each theme and scale is drawn by a process of its own, since Qt takes its scale when it starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup_ui.panel import Panel

OUT = Path(__file__).resolve().parents[1] / "docs" / "images" / "panel"
FULL, DOCKED = (1080, 660), (380, 720)
COLOURS = 208


def main() -> int:
    """Draw all, or with a theme and a scale named, those."""
    if len(sys.argv) == 3:
        draw(sys.argv[1], sys.argv[2])
        return 0
    for theme in ("dark", "light"):
        for scale in ("1", "2"):
            with tempfile.TemporaryDirectory() as home:
                env = os.environ | {
                    "QT_QPA_PLATFORM": "offscreen",
                    "QT_SCALE_FACTOR": scale,
                    "PICKUP_HOME": home,
                }
                command = [sys.executable, "-m", "benchmarks.screenshots", theme, scale]
                subprocess.run(command, env=env, check=True)
    print(f"{sum(f.stat().st_size for f in OUT.glob('*.png')) / 1e6:.1f} MB in {OUT}")
    return 0


def draw(theme_name: str, scale: str) -> None:
    from pickup_ui import theme
    from pickup_ui.app import application
    from pickup_ui.panel import Panel

    app = application()
    theme.apply(app, dark=theme_name == "dark")
    panel = Panel()
    panel.resize(*FULL)
    panel.show()
    panel.start()
    settle(panel)
    for name in states(panel):
        settle(panel)
        save(panel, OUT / f"{name}-{theme_name}-{scale}00.png")
    panel.close()


def states(panel: Panel) -> Iterator[str]:
    """Bring the panel from one state to the next; the name of each."""
    from pickup.home import home
    from pickup_ui.work.example import make_example

    yield "first-run"
    panel.resize(*DOCKED)
    yield "first-run-docked"
    panel.resize(*FULL)
    panel.open(make_example(home() / "example"))
    settle(panel)
    yield "open"
    panel.card.slots.chips["light"].click()
    panel.card.slots.field.setText("warm, low sun")
    panel.card.slots.field.textEdited.emit("warm, low sun")
    yield "words"
    panel.card.slots.close_field()
    panel.list.setFocus()
    panel.card.verticalScrollBar().setValue(0)
    priced = next(
        c.name
        for c in panel.models.catalog.cards.values()
        if c.prices and c.status == "active" and c.first_frame and c.last_frame
    )
    panel.session.edit("pk020", "", model=priced)
    panel.orders.order_wanted()
    settle(panel)
    yield "order"
    panel.overlay.close_sheet()
    panel.session.undo.undo()
    yield from working(panel)
    yield from judging(panel)
    yield from placing(panel)
    panel.show_settings()
    yield "settings"


def working(panel: Panel) -> Iterator[str]:
    from pickup_ui.work.steps import Phase, Step

    for number, shot in enumerate(panel.session.ids):
        panel.orders._put(Step(shot, 1, Phase.MAKING, 0.7 - 0.4 * number))
    panel.orders._total = 2
    panel.orders._tell()
    yield "progress"
    panel.resize(*DOCKED)
    yield "progress-docked"
    panel.resize(*FULL)
    reason = "the service refused the first frame: it shows a face that it will not film"
    panel.orders._put(Step("pk010", 1, Phase.FAILED, None, reason))
    panel.orders._put(Step("pk020", 1, Phase.STOPPED))
    panel.orders._tell()
    panel.orders._ended()
    panel.orders._runs = 0
    yield "failed"


def judging(panel: Panel) -> Iterator[str]:
    from pickup_ui.models.judge import Compare

    panel.orders.order_wanted()
    settle(panel, 60)
    panel.orders.order_one("pk010")
    settle(panel, 60)
    panel.judge.show_take("pk010_t01")
    assert panel.judge.reel is not None
    panel.judge.seek(panel.judge.reel.joins[0] + 12)
    yield "judge"
    panel.judge.set_compare(Compare.SIDE)
    yield "judge-side"
    panel.judge.set_compare(Compare.WIPE)
    yield "judge-wipe"
    panel.judge.set_compare(Compare.OFF)
    panel.resize(*DOCKED)
    panel.card.verticalScrollBar().setValue(0)
    yield "docked"
    panel.show_judge()
    yield "judge-docked"
    panel.escape()
    panel.resize(*FULL)


def placing(panel: Panel) -> Iterator[str]:
    for shot in panel.session.ids:
        panel.session.choose(shot, 1)
    panel.placement.propose()
    settle(panel)
    yield "place"
    panel.overlay.hide()
    panel.placement.place()
    settle(panel)
    yield "placed"
    panel.message.hide()
    opened = panel.session.opened
    assert opened is not None
    from benchmarks.panel import large_cut

    cut = large_cut(10_000)
    from pickup_ui.work.opening import Preferences, look_at

    document = replace(opened.document, cuts=[cut])
    panel.session.show(look_at(opened.host, opened.folder, document, 0, Preferences()))
    yield "ten-thousand"


def settle(panel: Panel, seconds: float = 20) -> None:
    """Let everything come to rest."""
    from pickup_ui.qt import QApplication

    end, quiet = time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < end and time.monotonic() - quiet < 0.35:
        QApplication.processEvents()
        time.sleep(0.005)
        if panel.tasks.running:
            quiet = time.monotonic()


def save(panel: Panel, file: Path) -> None:
    """A small PNG: few colours are enough for a panel of greys."""
    from PIL import Image

    file.parent.mkdir(parents=True, exist_ok=True)
    image: Any = panel.grab().toImage()
    image = image.convertToFormat(image.Format.Format_RGB888)
    rows = Image.frombuffer(
        "RGB", (image.width(), image.height()), bytes(image.constBits()), "raw", "RGB",
        image.bytesPerLine(), 1,
    )  # fmt: skip
    rows.quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
