"""`pickup panel` and `pickup install`: found by name, and told of in a sentence where missing."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

import pytest

from pickup.cli.main import run
from pickup.errors import PickupError

if TYPE_CHECKING:
    from pathlib import Path

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only there may a display be missing")


class App(types.ModuleType):
    """Stands in for the panel's window."""

    def __init__(self, status: int = 0) -> None:
        super().__init__("pickup_ui.app")
        self.calls: list[tuple[Path | None, Path | None]] = []
        self.hosts: list[Any] = []
        self.status = status

    def run(self, cut: Path | None, *, host: Any, screenshot: Path | None = None) -> int:
        self.calls.append((cut, screenshot))
        self.hosts.append(host)
        return self.status


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    made = App()
    monkeypatch.setitem(sys.modules, "pickup_ui.app", made)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return made


class TestPanel:
    def test_without_a_cut(self, app: App):
        assert run(["panel"]) == 0
        assert app.calls == [(None, None)]

    def test_with_one_and_a_picture_of_it(self, app: App, tmp_path: Path):
        cut, picture = tmp_path / "scene.otio", tmp_path / "panel.png"
        cut.touch()
        assert run(["panel", str(cut), "--screenshot", str(picture)]) == 0
        assert app.calls == [(cut, picture)]

    def test_its_status_is_the_commands(self, app: App):
        app.status = 1
        assert run(["panel"]) == 1

    def test_on_what_is_open_in_a_program(self, app: App, monkeypatch):
        live = object()
        monkeypatch.setattr("pickup.cli.panel.open_host", lambda name: live)
        assert run(["panel", "resolve:"]) == 0
        assert (app.calls, app.hosts) == ([(None, None)], [live])

    def test_a_cut_that_is_not_there(self, app: App, tmp_path: Path, capsys):
        assert run(["panel", str(tmp_path / "missing.otio")]) == 2
        assert capsys.readouterr().err == "pickup: missing.otio: there is no such file.\n"
        assert app.calls == []

    @pytest.mark.parametrize("missing", ["PySide6", "PySide6.QtWidgets", "shiboken6", "pickup_ui"])
    def test_without_qt_it_is_said_how_to_get_it(self, app: App, capsys, monkeypatch, missing):
        def importing(name: str) -> Any:
            raise ModuleNotFoundError(f"No module named '{missing}'", name=missing)

        monkeypatch.setattr("pickup.cli.panel.import_module", importing)
        assert run(["panel"]) == 2
        assert 'pip install "pickup-shots[ui]"' in capsys.readouterr().err

    def test_a_module_of_our_own_that_is_missing_is_a_fault(self, app: App, capsys, monkeypatch):
        def importing(name: str) -> Any:
            raise ModuleNotFoundError("No module named 'numpy'", name="numpy")

        monkeypatch.setattr("pickup.cli.panel.import_module", importing)
        assert run(["panel"]) == 1
        assert "numpy" in capsys.readouterr().err

    def test_a_library_that_qt_lacks_is_named(self, app: App, capsys, monkeypatch):
        def importing(name: str) -> Any:
            raise ImportError("libEGL.so.1: cannot open shared object file")

        monkeypatch.setattr("pickup.cli.panel.import_module", importing)
        assert run(["panel"]) == 2
        message = capsys.readouterr().err
        assert "libEGL.so.1" in message
        assert message.count("\n") == 1

    @LINUX
    def test_a_window_needs_a_display_and_a_picture_none(
        self, app: App, capsys, monkeypatch, tmp_path
    ):
        for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        assert run(["panel"]) == 2
        assert "There is no display" in capsys.readouterr().err
        assert run(["panel", "--screenshot", str(tmp_path / "a.png")]) == 0
        assert len(app.calls) == 1

    @LINUX
    def test_a_missing_library_of_the_window_system_is_named(self, app: App, capsys, monkeypatch):
        for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DISPLAY", ":0")
        monkeypatch.setattr("pickup.cli.panel.find_library", lambda name: None)
        assert run(["panel"]) == 2
        assert "apt install libxcb-cursor0" in capsys.readouterr().err
        monkeypatch.setattr("pickup.cli.panel.find_library", lambda name: "libxcb-cursor.so.0")
        assert run(["panel"]) == 0

    @LINUX
    def test_wayland_needs_none_of_that(self, app: App, monkeypatch):
        for name in ("QT_QPA_PLATFORM", "DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
        assert run(["panel"]) == 0


class TestInstall:
    @pytest.fixture
    def calls(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, bool]]:
        made: list[tuple[bool, bool]] = []

        def installer(dry_run: bool, uninstall: bool) -> list[str]:
            made.append((dry_run, uninstall))
            return ["Copied a script.", "Restart the program."]

        module = types.ModuleType("pickup_somewhere")
        module.install = installer  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "pickup_somewhere", module)
        targets = {"resolve": "pickup_somewhere:install", "broken": "pickup_nowhere:install"}
        monkeypatch.setattr("pickup.cli.install.known", lambda group, shipped: targets)
        return made

    @pytest.mark.parametrize(
        ("flags", "call"),
        [
            ([], (False, False)),
            (["--dry-run"], (True, False)),
            (["--uninstall"], (False, True)),
            (["--uninstall", "--dry-run"], (True, True)),
        ],
    )
    def test_what_was_done_is_told_line_by_line(self, calls, capsys, flags, call):
        assert run(["install", "resolve", *flags]) == 0
        assert calls == [call]
        assert capsys.readouterr().out == "Copied a script.\nRestart the program.\n"

    def test_the_programs_are_listed(self, calls, capsys):
        assert run(["install", "--help"]) == 0
        out = capsys.readouterr().out
        assert "resolve" in out
        assert "Put Pickup into Resolve, for this user." in out

    def test_a_program_that_nobody_knows(self, calls, capsys):
        assert run(["install", "vegas"]) == 2
        assert "No such command 'vegas'" in capsys.readouterr().err
        assert calls == []

    def test_an_installer_that_is_broken_is_told_of(self, calls, capsys):
        assert run(["install", "broken"]) == 1
        message = capsys.readouterr().err
        assert "pickup_nowhere" in message
        assert message.count("\n") == 1

    def test_an_installer_that_cannot_says_why(self, calls, capsys, monkeypatch):
        def refusing(dry_run: bool, uninstall: bool) -> list[str]:
            raise PickupError("The folder cannot be written. Close the program, then run again.")

        monkeypatch.setattr(sys.modules["pickup_somewhere"], "install", refusing)
        assert run(["install", "resolve"]) == 1
        assert "Close the program, then run again." in capsys.readouterr().err

    def test_both_that_the_design_names_are_there(self):
        from pickup.cli.install import _SHIPPED, GROUP
        from pickup.plugins import known

        assert {"resolve", "premiere"} <= set(known(GROUP, _SHIPPED))
