"""The menu script under every Python that lies about here, serving a process of our own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pickup_resolve.launchers import pickup_launcher

if TYPE_CHECKING:
    from collections.abc import Iterator

LAUNCHER = Path(pickup_launcher.__file__)
WORLD = Path(__file__).with_name("old_world.py")
MINORS = range(6, 15)


def found(minor: int) -> str | None:
    """An interpreter of this version: on the path, or among those of pyenv."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    of_pyenv = sorted(versions.glob(f"3.{minor}.*/bin/python"))
    named = shutil.which(f"python3.{minor}")
    for candidate in [*map(str, of_pyenv), *([named] if named else [])]:
        asked = subprocess.run(
            [candidate, "-c", "import sys; print(sys.version_info[1])"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if asked.stdout.strip() == str(minor):
            return candidate
    return None


@pytest.fixture(params=MINORS, ids=lambda minor: f"3.{minor}")
def python(request: pytest.FixtureRequest) -> str:
    path = found(request.param)
    if path is None:
        pytest.skip(f"there is no Python 3.{request.param} here")
    return path


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "data" / "resolve-environment.json"
    path.parent.mkdir()
    yield path
    assert not (path.parent / "resolve-bridge.json").exists(), "the session ends with the script"


OURS = """
import json, os, sys
sys.path[:0] = {path!r}
from pickup_resolve import bridge
from pickup_resolve.api import Resolve
from pickup_resolve.bridge import Address, session_file
from pickup_resolve.errors import ResolveCallError
resolve = Resolve.of(bridge.connect(Address.read(session_file())), bridge.batch)
timeline = resolve.timeline()
try:
    timeline.rename("x")
except ResolveCallError as error:
    refused = str(error)
said = {{
    "build": list(resolve.build.version[:2]), "name": timeline.name(), "start": timeline.start(),
    "markers": {{str(k): v["name"] for k, v in timeline.markers().items()}},
    "items": timeline.items("video", 1), "refused": refused,
    "constant": resolve.constant("EXPORT_OTIO"), "python": os.environ.get("PYTHONHOME", "none"),
}}
with open({out!r}, "w", encoding="utf-8") as stream:
    json.dump(said, stream)
"""


def run(python: str, environment: Path, command: list[str]) -> str:
    """The script in a Python, as Resolve runs it; what it printed."""
    environment.write_text(json.dumps({"command": command, "home": ""}), "utf-8")
    environ = {
        **os.environ,
        "PICKUP_RESOLVE_ENVIRONMENT": str(environment),
        "PYTHONIOENCODING": "utf-8",
        "PATH": str(environment.parent),  # no dialogs on anybody's screen
    }
    done = subprocess.run(
        [python, str(WORLD), str(LAUNCHER)], env=environ, capture_output=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert done.stderr == b""
    return done.stdout.decode("utf-8")


def test_it_serves_resolve_to_our_own_process(python: str, environment: Path, tmp_path: Path):
    out = tmp_path / "said.json"
    program = OURS.format(path=[part for part in sys.path if part], out=str(out))
    assert run(python, environment, [sys.executable, "-c", program]) == ""
    said: dict[str, Any] = json.loads(out.read_text("utf-8"))
    assert said["build"][0] == 3
    assert f"3.{said['build'][1]}" in python or "python" in python
    assert said["name"] == "Küche 🎬"
    assert (said["start"], said["items"]) == (86400, [])
    assert said["markers"] == {"3": "näme"}
    assert "locked by another user" in said["refused"]
    assert said["constant"] == 15.0
    assert said["python"] == "none"


def test_it_says_where_our_environment_is_gone(python: str, environment: Path):
    said = run(python, environment, ["/gone/python", "-m", "pickup", "panel"])
    assert "Pickup's Python is gone: there is no /gone/python any more." in said
    log = (environment.parent / "logs" / "launcher.log").read_text("utf-8")
    assert "/gone/python" in log


def test_it_says_where_our_process_ends_at_once(python: str, environment: Path):
    said = run(python, environment, [sys.executable, "-c", "raise SystemExit('no Qt')"])
    assert "panel.log" in said
    assert "no Qt" in (environment.parent / "logs" / "panel.log").read_text("utf-8")


def test_the_stand_in_is_of_the_same_grammar():
    import ast

    ast.parse(WORLD.read_text("utf-8"), feature_version=(3, 6))
