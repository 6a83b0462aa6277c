"""The menu script's parts, on every platform that it may find itself on."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import types
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.home import home
from pickup_resolve import bridge
from pickup_resolve.launchers import pickup_launcher as script
from pickup_resolve.testing import FakeResolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data" / "resolve-environment.json"
    monkeypatch.setenv("PICKUP_RESOLVE_ENVIRONMENT", str(path))
    monkeypatch.setenv("PATH", str(tmp_path))  # no dialogs on the screen of whoever runs this
    return path


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("darwin", {}, "Library/Application Support/pickup"),
        ("linux", {}, ".local/share/pickup"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/pickup"),
        ("linux", {"XDG_DATA_HOME": ""}, ".local/share/pickup"),
    ],
)
def test_data_lies_where_the_platform_has_it(
    monkeypatch, tmp_path: Path, platform, variables, folder
):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert script.data_folder() == tmp_path / folder


def test_it_is_the_same_folder_as_pickups_own(monkeypatch, tmp_path: Path):
    monkeypatch.delenv("PICKUP_HOME")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert script.data_folder() == home()


def test_session_and_logs_lie_beside_the_environment(environment: Path):
    assert script.session_file() == environment.with_name("resolve-bridge.json")
    assert bridge.session_file() == script.session_file()
    assert script.log_folder() == environment.parent / "logs"


@given(
    st.dictionaries(
        st.sampled_from(
            ["PATH", "HOME", "PYTHONHOME", "PYTHONPATH", "pythonpath", "DYLD_LIBRARY_PATH",
             "QT_PLUGIN_PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "__PYVENV_LAUNCHER__", "LANG",
             "DISPLAY", "PICKUP_HOME", "RESOLVE_SCRIPT_API"]
        ),
        st.text(max_size=3),
    )
)  # fmt: skip
def test_only_what_is_of_resolves_python_and_qt_is_cleaned_away(environ):
    cleaned = script.clean_environment(environ, {"PICKUP_RESOLVE_BRIDGE": "/b"})
    kept = {"PATH", "HOME", "LANG", "DISPLAY", "PICKUP_HOME", "RESOLVE_SCRIPT_API"}
    assert cleaned == {
        **{name: value for name, value in environ.items() if name in kept},
        "PICKUP_RESOLVE_BRIDGE": "/b",
    }


@pytest.mark.parametrize("where", ["resolve", "app", "library", "nowhere", "old app"])
def test_resolve_is_looked_for_where_each_version_puts_it(monkeypatch, where):
    fake = FakeResolve()

    class App:
        def GetResolve(self) -> FakeResolve:
            return fake

    library = types.ModuleType("DaVinciResolveScript")
    library.__dict__["scriptapp"] = lambda name: fake if name == "Resolve" else None
    known: dict[str, dict[str, Any]] = {
        "resolve": {"resolve": fake, "app": App()},
        "app": {"resolve": None, "app": App()},
        "old app": {"app": object()},
    }
    names = known.get(where, {})
    if where in ("library", "old app"):
        monkeypatch.setitem(sys.modules, "DaVinciResolveScript", library)
    else:
        monkeypatch.setitem(sys.modules, "DaVinciResolveScript", None)
    assert script.find_resolve(names) is (None if where == "nowhere" else fake)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """Commands that would have been started."""
    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: commands.append(command))
    yield commands
    script.shown.clear()


@pytest.mark.parametrize(
    ("platform", "program"), [("darwin", "osascript"), ("linux", "zenity"), ("freebsd", "zenity")]
)
def test_a_dialog_is_shown_by_what_the_platform_has(
    monkeypatch, started, capsys, platform, program
):
    monkeypatch.setattr(sys, "platform", platform)
    script.tell("Pickup's Python is gone.")
    assert [command[0] for command in started] == [program]
    assert "Pickup: Pickup's Python is gone." in capsys.readouterr().out


def test_words_cannot_become_a_script_on_a_mac(monkeypatch, started):
    monkeypatch.setattr(sys, "platform", "darwin")
    script.tell('x" & (do shell script "rm -rf ~") & "\\')
    ((_, _, text),) = started
    assert text == (
        'display dialog "x\\" & (do shell script \\"rm -rf ~\\") & \\"\\\\" '
        'with title "Pickup" buttons {"OK"}'
    )


def test_the_next_dialog_is_tried_where_one_is_missing(monkeypatch):
    tried: list[str] = []

    def missing(command: list[str], **_: Any) -> None:
        tried.append(command[0])
        raise FileNotFoundError(command[0])

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(subprocess, "Popen", missing)
    script.tell("nobody hears")
    assert tried == ["zenity", "kdialog", "xmessage"]


def test_windows_shows_a_box_of_its_own(monkeypatch, started):
    shown: list[tuple[Any, ...]] = []
    box = types.SimpleNamespace(MessageBoxW=lambda *given: shown.append(given))
    monkeypatch.setattr(ctypes, "windll", types.SimpleNamespace(user32=box), raising=False)
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        script.tell("Pickup's Python is gone.")
    assert shown == [(None, "Pickup's Python is gone.", "Pickup", 0x10)]
    assert not started


def test_a_console_that_cannot_be_written_to_is_no_hindrance(monkeypatch, started):
    class Broken:
        def write(self, text: str) -> None:
            raise OSError("no console")

    monkeypatch.setattr(sys, "stdout", Broken())
    script.tell("still shown")
    assert len(started) == 1


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path, environment: Path, capsys):
    (tmp_path / "data").write_text("a file")
    assert script.main({"resolve": FakeResolve()}) == 1
    assert "could not be started" in capsys.readouterr().out


def test_a_program_that_cannot_be_run_is_said_so(environment: Path, tmp_path: Path, capsys):
    program = tmp_path / "python"
    program.write_text("no program")
    environment.parent.mkdir()
    environment.write_text(json.dumps({"command": [str(program)]}))
    assert script.main({"resolve": FakeResolve()}) == 1
    assert "could not be started" in capsys.readouterr().out
    assert not script.session_file().exists()


@pytest.mark.parametrize(
    "text",
    ['{"command": [3]}', '{"command": ["/p", null]}', '{"command": {}}', '{"command": "x"}', "3",
     "null", '{"commands": []}', "\udcff"],
)  # fmt: skip
def test_a_spoilt_environment_file_is_named(environment: Path, text):
    environment.parent.mkdir()
    environment.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(script.Missing, match="pickup install resolve"):
        script.read_environment(environment)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3) | st.floats(0, 9), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(VALUES)
def test_values_come_through_as_they_are(value):
    objects = script.Objects(object())
    crossed = json.loads(json.dumps(objects.pack(value)))
    assert bridge._Line(bridge.Address("127.0.0.1", 1, "x"))._unpacked(crossed) == value
    there = json.loads(json.dumps(bridge._packed(value)))
    assert objects.unpack(there) == value


def test_objects_go_and_come_back_as_themselves():
    first, second = object(), object()
    objects = script.Objects(first)
    packed = objects.pack([first, {"a": second}])
    (one, (pair,)) = packed[0], packed[1]["$dict"]
    assert objects.unpack(one) is first
    assert objects.unpack(pair[1]) is second
    assert objects.unpack({"$object": 0}) is first, "0 is resolve"


@pytest.mark.parametrize("question", [
    {"object": 0, "call": "EXPORT_OTIO"}, {"object": 0, "call": "GetVersion", "arguments": []},
    {"object": 0, "call": "dir"},
])  # fmt: skip
def test_a_question_is_answered_as_json_can_hold_it(question):
    assert json.dumps(script.Objects(FakeResolve()).answer(question))


@pytest.mark.parametrize("name", [
    "Quit", "__init__", "__class__", "_world", "Fusion", "RunScript", "EXPORT_AAF", "", "dir ",
])  # fmt: skip
def test_nothing_else_is_passed_on(name):
    with pytest.raises(LookupError, match="not among the calls"):
        script.Objects(FakeResolve()).answer({"object": 0, "call": name})


def test_the_session_says_where_and_to_whom(environment: Path):
    server = script.Bridge(FakeResolve())
    try:
        server.write_session(script.session_file())
        said = json.loads(script.session_file().read_text())
        assert said["url"] == server.url
        assert said["protocol"] == script.PROTOCOL
        assert said["pid"] == os.getpid()
        assert len(said["token"]) == 48
        assert [path.name for path in environment.parent.iterdir()] == ["resolve-bridge.json"]
    finally:
        server.server_close()


def test_every_session_has_another_token():
    servers = [script.Bridge(object()) for _ in range(3)]
    try:
        assert len({server.token for server in servers}) == 3
        assert {server.server_address[0] for server in servers} == {"127.0.0.1"}
    finally:
        for server in servers:
            server.server_close()
