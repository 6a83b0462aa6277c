"""The menu script: old grammar, no stranger's module, and words where our environment is gone."""

from __future__ import annotations

import ast
import http.client
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.resolve.ways import address_of, served

from pickup_resolve import bridge
from pickup_resolve.api import Resolve
from pickup_resolve.errors import NoResolveError, ResolveCallError
from pickup_resolve.launchers import pickup_launcher
from pickup_resolve.testing import FakeResolve

LAUNCHER = Path(pickup_launcher.__file__)
OLD_PYTHON = Path.home() / ".pyenv" / "versions" / "3.6.15" / "bin" / "python"


@pytest.fixture(autouse=True)
def environment_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data" / "resolve-environment.json"
    monkeypatch.setenv("PICKUP_RESOLVE_ENVIRONMENT", str(path))
    monkeypatch.setenv("PATH", str(tmp_path))  # no dialogs on the screen of whoever runs this
    return path


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_it_is_written_in_the_grammar_of_3_6():
    ast.parse(LAUNCHER.read_text("utf-8"), feature_version=(3, 6))
    pytest.importorskip("vermin")
    vermin = Path(sys.executable).with_name("vermin")
    found = subprocess.run(
        [str(vermin), "-t=3.6-", "--violations", "--no-tips", str(LAUNCHER)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def test_it_imports_the_standard_library_alone():
    assert imports(ast.parse(LAUNCHER.read_text("utf-8"))) <= set(sys.stdlib_module_names)


@pytest.mark.skipif(not OLD_PYTHON.exists(), reason="there is no Python 3.6 here")
def test_it_runs_under_3_6(environment_file: Path):
    said = run_script(OLD_PYTHON)
    assert "is missing" in said
    write_environment(environment_file, ["/bin/sh", "-c", "exit 0"])
    assert run_script(OLD_PYTHON, resolve=True) == ""


def run_script(python: Path, *, resolve: bool = False) -> str:
    """The script as Resolve runs it: by exec, without `__file__`; what it printed."""
    names = (
        "{'__name__': '__main__', 'resolve': object()}" if resolve else "{'__name__': '__main__'}"
    )
    source = (
        f"exec(compile(open({str(LAUNCHER)!r}, encoding='utf-8').read(), 'x', 'exec'), {names})"
    )
    environ = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [str(python), "-c", source], capture_output=True, env=environ, check=True, timeout=30
    )
    assert done.stderr == b""
    return done.stdout.decode("utf-8").strip()


def write_environment(path: Path, command: list[str], home: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"command": command, "home": home}), "utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is missing"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"command": []}', "cannot be read"),
        ('{"command": ["/gone/python", "-m", "pickup"]}', "/gone/python any more"),
    ],
)
def test_without_our_environment_it_says_so(environment_file: Path, capsys, text, said):
    if text is not None:
        environment_file.parent.mkdir()
        environment_file.write_text(text)
    assert pickup_launcher.main({"resolve": FakeResolve()}) == 1
    printed = capsys.readouterr().out
    assert said in printed
    assert "pickup install resolve" in printed
    assert said in (environment_file.parent / "logs" / "launcher.log").read_text("utf-8")


def test_a_dialog_is_shown_where_there_is_one(environment_file: Path, tmp_path: Path):
    shown = tmp_path / "shown.txt"
    for name in ("zenity", "osascript"):
        tool = tmp_path / name
        tool.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$@" > {shown}.new; /bin/mv {shown}.new {shown}\n'
        )
        tool.chmod(0o755)
    pickup_launcher.tell("Pickup's Python is gone.")
    pickup_launcher.shown.pop().wait(timeout=10)
    assert "Pickup's Python is gone." in shown.read_text()


def test_outside_of_resolve_it_says_so(environment_file: Path, capsys):
    write_environment(environment_file, [sys.executable])
    assert pickup_launcher.main({}) == 1
    assert "Workspace > Scripts" in capsys.readouterr().out


def test_our_process_gets_a_clean_environment_and_the_bridge(
    environment_file: Path, tmp_path: Path, monkeypatch
):
    monkeypatch.setenv("PYTHONHOME_OF_RESOLVE", "x")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/resolve/libs")
    out = tmp_path / "said.json"
    program = (
        "import json, os, sys\n"
        f"sys.path[:0] = {sys.path!r}\n"
        "from pathlib import Path\n"
        "from pickup_resolve.connect import connect\n"
        "found = connect()\n"
        "said = {'way': found.way, 'home': os.environ['PICKUP_HOME'],\n"
        "        'names': sorted(os.environ),\n"
        "        'timeline': found.resolve.timeline().name()}\n"
        f"Path({str(out)!r}).write_text(json.dumps(said))\n"
    )
    write_environment(environment_file, [sys.executable, "-c", program], str(tmp_path / "home"))
    assert pickup_launcher.main({"resolve": FakeResolve((20, 2, 1, 6), studio=False)}) == 0
    said = json.loads(out.read_text())
    assert said["way"] == "through the menu script, which runs in DaVinci Resolve 20.2.1.6"
    assert said["timeline"] == "Scene 4"
    assert said["home"] == str(tmp_path / "home")
    assert not [name for name in said["names"] if name.startswith(("PYTHON", "LD_"))]
    assert not pickup_launcher.session_file().exists()


def test_a_process_that_ends_at_once_is_told_of(environment_file: Path, capsys):
    write_environment(environment_file, [sys.executable, "-c", "raise SystemExit('no Qt')"])
    assert pickup_launcher.main({"resolve": FakeResolve()}) == 1
    assert "panel.log" in capsys.readouterr().out
    assert "no Qt" in (environment_file.parent / "logs" / "panel.log").read_text()


def ask(server: pickup_launcher.Bridge, body: bytes, **headers: str) -> tuple[int, str]:
    port = server.server_address[1]
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("POST", "/", body, {"X-Pickup-Token": server.token, **headers})
    answer = line.getresponse()
    return answer.status, answer.read().decode()


def test_the_bridge_answers_nobody_else():
    with served(FakeResolve()) as server:
        question = b'[{"object": 0, "call": "GetProductName"}]'
        assert ask(server, question)[0] == 200
        assert ask(server, question, **{"X-Pickup-Token": "wrong"})[0] == 403
        assert ask(server, question, Origin="http://evil.example")[0] == 403
        assert ask(server, question, Host="evil.example:80")[0] == 403
        assert ask(server, b"", **{"Content-Length": "99999999"})[0] == 413
        assert ask(server, b"not json")[0] == 400
        assert ask(server, b"3")[0] == 400
        assert ask(server, question)[0] == 200
        assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "question",
    [
        {"object": 0, "call": "Quit"},
        {"object": 0, "call": "__class__"},
        {"object": 7, "call": "GetName"},
        {"object": 0},
        {"call": "GetName"},
        ["GetName"],
        {"object": 0, "call": "OpenPage", "arguments": [{"$object": 99}]},
        {"object": 0, "call": "OpenPage", "arguments": 3},
    ],
)
def test_the_bridge_does_no_more_than_it_should(question):
    fake = FakeResolve()
    with served(fake) as server:
        status, text = ask(server, json.dumps([question]).encode())
        assert status == 200
        assert "error" in json.loads(text)[0]
        assert ask(server, b'[{"object": 0, "call": "GetVersion"}]')[0] == 200
    assert fake.calls.keys() <= {"GetVersion"}


def test_values_survive_the_bridge():
    fake = FakeResolve()
    with served(fake) as server:
        resolve = bridge.connect(address_of(server))
        timeline = resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline()
        assert timeline.AddMarker(3, "Red", "näme", "note", 1, "x")
        assert list(timeline.GetMarkers()) == [3.0]
        assert timeline.GetMarkers()[3.0]["name"] == "näme"
        assert "Export" in dir(timeline)
        assert "Quit" not in dir(resolve)
        assert resolve.EXPORT_OTIO == 15.0


def test_an_error_inside_is_named_with_call_arguments_and_build():
    with served(FakeResolve((20, 0, 0, 1))) as server:
        resolve = Resolve.of(bridge.connect(address_of(server)), bridge.batch)
        with pytest.raises(ResolveCallError) as caught:
            resolve.boundary.call(resolve.raw, "OpenPage", 3)
    assert caught.value.call == "OpenPage"
    assert caught.value.arguments == (3,)
    assert "DaVinci Resolve Studio 20.0.0.1 did not do OpenPage(3)" in str(caught.value)


def test_a_bridge_that_is_gone_is_said_so():
    with served(FakeResolve()) as server:
        address = address_of(server)
    with pytest.raises(NoResolveError, match="does not answer"):
        bridge.connect(address)


def test_the_session_is_for_this_user_alone(tmp_path: Path):
    with served(FakeResolve()) as server:
        path = tmp_path / "bridge.json"
        server.write_session(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert bridge.Address.read(path) == address_of(server)
        said = json.loads(path.read_text())
        for change in ({"protocol": 99}, {"url": "http://10.0.0.1:80"}):
            path.write_text(json.dumps({**said, **change}))
            with pytest.raises(NoResolveError, match="another version"):
                bridge.Address.read(path)
        path.write_text("[]")
        assert bridge.Address.read(path) is None


def test_old_objects_are_forgotten(monkeypatch):
    monkeypatch.setattr(pickup_launcher, "MAX_OBJECTS", 2)
    objects = pickup_launcher.Objects(FakeResolve())
    packed = [objects.pack(object()) for _ in range(3)]
    assert objects.get(packed[2]["$object"])
    with pytest.raises(LookupError, match="forgotten"):
        objects.get(packed[0]["$object"])
