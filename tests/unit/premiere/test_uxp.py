"""The companion panel: its own tests in Node, and the panel and this side on one real line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from tests.unit.premiere.conftest import fill_fast

from pickup_premiere.messages import PORTS, PROTOCOLS
from pickup_premiere.pairing import Pairing
from pickup_premiere.placing import new_job
from pickup_premiere.server import CompanionServer

HERE = Path(__file__).parent / "uxp"
UXP = Path(__file__).resolve().parents[3] / "premiere_bridge" / "uxp"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="Node is not on this machine")


def node(*arguments: str) -> list[str]:
    assert NODE is not None
    return [NODE, *arguments]


def websocket_flags() -> list[str]:
    """What this Node must be told so that it has a WebSocket client; later ones just have it."""
    for flags in ([], ["--experimental-websocket"]):
        asked = node(*flags, "-p", "typeof WebSocket")
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if done.stdout.strip() == "function":
            return flags
    pytest.skip("this Node has no WebSocket client")


@needs_node
@pytest.mark.parametrize("file", ["panel.test.js", "main.test.js"])
def test_the_panel_in_node(file):
    done = subprocess.run(
        node("--test", "--test-reporter=tap", str(HERE / file)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass " in done.stdout


@needs_node
def test_every_file_of_the_panel_is_javascript():
    for path in sorted(UXP.glob("*.js")):
        done = subprocess.run(
            node("--check", str(path)), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_both_sides_speak_the_same_protocol_on_the_same_ports():
    link = (UXP / "link.js").read_text("utf-8")
    assert f"const PROTOCOLS = {list(PROTOCOLS)};" in link
    assert f"const PORTS = {list(PORTS)};" in link


def test_the_panel_has_no_library_but_premieres():
    wanted = {"premierepro", "uxp"}
    for path in UXP.glob("*.js"):
        text = path.read_text("utf-8")
        for part in text.split('require("')[1:]:
            name = part.split('"')[0]
            assert name in wanted or (UXP / name).is_file(), (path.name, name)


@needs_node
def test_send_and_place_over_a_real_line(export, tmp_path):
    flags = websocket_flags()
    made = fill_fast(export)
    job = new_job(made.cut, made.placements()[0])
    events: list[Any] = []
    pairing = Pairing(tmp_path / "pairing")
    token = pairing.new_token()
    server = CompanionServer(pairing, tmp_path / "j.json", events.append, "/exchange", ports=(0,))
    server.start()
    out = tmp_path / "out.json"
    arguments = [str(HERE / "run_panel.js"), str(server.port), token, str(out)]
    panel = subprocess.Popen(
        node("--no-warnings", *flags, *arguments),
        stdin=subprocess.PIPE,
        env={**os.environ, "NODE_OPTIONS": ""},
    )
    try:
        _until(lambda: server.connected, panel)
        assert panel.stdin is not None
        panel.stdin.write(b"send\n")
        panel.stdin.flush()
        _until(lambda: any(event.what == "sent" for event in events), panel)
        server.place(job)
        _until(lambda: server.job is not None and not server.job.is_open, panel)
    finally:
        panel.communicate(timeout=20)
        server.stop()
    sent = next(event.sent for event in events if event.what == "sent")
    assert (sent.sequence.name, sent.path) == ("Scene 4", "/exchange/Scene 4.xml")
    assert server.job is not None
    assert (server.job.state, server.job.track) == ("done", 1)
    stands = json.loads(out.read_text())
    tick = 10_594_584_000
    assert stands["items"] == [
        [str(p.start * tick), str(p.end * tick), str(p.take.path)] for p in made.placements()[0]
    ]
    assert stands["undo"].count("Place 4 pickups") == 1


def _until(condition: Any, panel: Any) -> None:
    for _ in range(1000):
        if condition():
            return
        assert panel.poll() is None, "the panel has ended"
        time.sleep(0.02)
    raise AssertionError("it took too long")
