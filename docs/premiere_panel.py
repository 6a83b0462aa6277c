"""Takes the two pictures beside Premiere: `python -m docs.premiere_panel`.

The panel shows a Final Cut Pro XML as Premiere would export it again after a recut. The companion
panel is that which goes into Premiere, in Chromium and on the fake that its tests have; without a
Chromium on this machine its picture is left as it is.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from examples.scene import make_scene

from pickup.cut.files import open_cut_file
from pickup.cut.formats.base import WriteOptions
from pickup.cut.formats.xmeml import XmemlFormat
from pickup.cut.model import Raster
from pickup.fill.prepare import ShotSettings
from pickup.fill.run import fill
from pickup.fill.values import FillOptions, Silent
from pickup_premiere.exchange import ExchangeHost
from pickup_premiere.install import panel_source
from pickup_premiere.messages import PROTOCOLS, Message, Ready, ReadyTake, Welcome
from pickup_premiere.source import LIVE

IMAGES = Path(__file__).parent / "images"
FAKE = Path(__file__).resolve().parents[1] / "tests" / "unit" / "premiere" / "uxp"
LENGTHENED = 5
"""Frames that the editor has taken off the first clip after it was filled."""

_PAGE = """<script>
const files = %s, made = {};
const fake = (name) => name === "premierepro" ? premiere.module : { host: { version: "26.3" } };
function require(name) {
  const file = name.split("/").pop();
  if (!(file in files)) return fake(name);
  if (!(file in made)) {
    const module = { exports: {} };
    made[file] = module;
    if (file.endsWith(".json")) module.exports = JSON.parse(files[file]);
    else new Function("module", "exports", "require", files[file])(module, module.exports, require);
  }
  return made[file].exports;
}
const { FakePremiere } = require("fake_premierepro.js");
const tracks = [[[0, 100, "/a.mov"]], []];
const premiere = new FakePremiere({ tracks, name: "Grandmother's dish" });
class Line {
  constructor() { setTimeout(() => this.onopen()); }
  send(text) {
    const answer = %s[JSON.parse(text).type];
    if (answer) setTimeout(() => this.onmessage({ data: JSON.stringify(answer) }));
  }
  close() {}
}
window.WebSocket = Line;
const paired = %s;
const kept = { getItem: () => paired ? "token" : "", setItem() {}, removeItem() {} };
Object.defineProperty(window, "localStorage", { value: kept });
require("main.js");
if (paired) setTimeout(() => document.getElementById("send").click(), 200);
</script>"""


def recut(folder: Path) -> Path:
    """The example scene exported, filled, recut and exported again; the last export."""
    made = open_cut_file(make_scene(folder)).cuts[0]
    export = folder / "Grandmother's dish.xml"
    options = WriteOptions(target="premiere")
    XmemlFormat().export(made, [], export, options)
    shots = ShotSettings(raster=Raster(960, 540))
    filled = fill(ExchangeHost(export), FillOptions(shots=shots), Silent())
    assert filled.out is not None
    cut = open_cut_file(filled.out).cuts[0]
    cut.video_tracks[0].items[0].end -= LENGTHENED
    again = export.with_name("Grandmother's dish v2.xml")
    XmemlFormat().export(cut, [], again, options)
    return again


def answers() -> dict[str, object]:
    """What Pickup says to a hello, and once takes for the timeline that was sent are chosen."""
    takes = [
        ReadyTake(shot=shot, take=f"{shot}_t{take:02d}", where=where, frames=frames)
        for shot, take, where, frames in (
            ("pk010", 2, "01:00:02:12", 48),
            ("pk020", 1, "01:00:07:00", 31),
            ("pk030", 1, "01:00:11:20", 60),
        )
    ]
    made: dict[str, Message] = {
        "hello": Welcome(protocol=PROTOCOLS[-1], pickup="", folder="/exchange"),
        "sent": Ready(
            offer="1", sequence="guid-1", name="Grandmother's dish", track=LIVE, takes=takes
        ),
    }
    return {heard: message.model_dump(mode="json") for heard, message in made.items()}


def companion(chromium: str, folder: Path, *, paired: bool, out: Path) -> None:
    """The companion panel as Chromium draws it, at twice the size."""
    page, source = folder / "page", panel_source()
    shutil.copytree(source, page, dirs_exist_ok=True)
    files = {p.name: p.read_text("utf-8") for at in (source, FAKE) for p in at.glob("*.js*")}
    given = (files, answers(), paired)
    script = _PAGE % tuple(json.dumps(one).replace("</", "<\\/") for one in given)
    html = (page / "index.html").read_text("utf-8")
    html = html.replace('<script src="main.js"></script>', script)
    (page / "index.html").write_text(html, "utf-8")
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--force-device-scale-factor=2", f"--window-size=300,{240 if paired else 180}",
        "--virtual-time-budget=3000", f"--screenshot={out}", (page / "index.html").as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from pickup_ui.app import run

    with tempfile.TemporaryDirectory() as folder:
        os.environ["PICKUP_HOME"] = str(Path(folder, "home"))
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        if chromium is not None:
            for name, paired in (("companion", True), ("companion-pairing", False)):
                out = IMAGES / f"premiere-{name}.png"
                companion(chromium, Path(folder), paired=paired, out=out)
        host = ExchangeHost(recut(Path(folder)))
        return run(host=host, screenshot=IMAGES / "premiere-panel.png")


if __name__ == "__main__":
    sys.exit(main())
