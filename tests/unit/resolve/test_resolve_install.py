"""The launcher's way into Resolve's menu, and out of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner

from pickup.cli.install import install as command
from pickup.errors import PickupError
from pickup_resolve.checks import checks
from pickup_resolve.install import MENU_NAME, install, scripts_folder
from pickup_resolve.launchers import pickup_launcher


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of their own, with nothing installed and no Resolve."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("RESOLVE_SCRIPT_LIB", str(tmp_path / "none"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    return tmp_path


def test_each_platform_has_its_folder():
    home = Path("/u")
    mac = scripts_folder("darwin", {}, home)
    assert mac == Path(
        "/u/Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion/Scripts/Utility"
    )
    windows = scripts_folder("win32", {"APPDATA": "/u/Roaming"}, home)
    assert windows == Path(
        "/u/Roaming/Blackmagic Design/DaVinci Resolve/Support/Fusion/Scripts/Utility"
    )
    assert str(scripts_folder("win32", {}, home)).startswith("/u/AppData/Roaming/")
    linux = scripts_folder("linux", {}, home)
    assert linux == Path("/u/.local/share/DaVinciResolve/Fusion/Scripts/Utility")


def test_only_the_launcher_goes_into_the_scripts_folder(user: Path):
    lines = install()
    assert lines[0].startswith("Wrote ")
    folder = scripts_folder()
    assert [path.name for path in folder.iterdir()] == [MENU_NAME]
    launcher = Path(pickup_launcher.__file__)
    assert (folder / MENU_NAME).read_bytes() == launcher.read_bytes()
    said = pickup_launcher.read_environment(pickup_launcher.environment_file())
    assert said["command"][0] == sys.executable
    assert said["command"][1:] == ["-m", "pickup", "panel"]
    assert user in pickup_launcher.environment_file().parents


def test_a_dry_run_writes_nothing(user: Path):
    assert all(line.startswith("Would write") for line in install(dry_run=True))
    assert list(user.iterdir()) == []


def test_it_updates_and_uninstalls_cleanly(user: Path):
    install()
    menu = scripts_folder() / MENU_NAME
    menu.write_bytes(menu.read_bytes() + b"\n# old\n")
    assert any(line.startswith("Would replace") for line in install(dry_run=True))
    assert any(line.startswith("Replaced") for line in install())
    assert any("is up to date" in line for line in install())
    assert all(line.startswith("Would remove") for line in install(True, True))
    assert menu.exists()
    assert len(install(uninstall=True)) == 2
    assert [path for path in user.rglob("*") if path.is_file()] == []
    assert "not installed" in install(uninstall=True)[0]


def test_somebody_elses_script_is_left_alone():
    menu = scripts_folder() / MENU_NAME
    menu.parent.mkdir(parents=True)
    menu.write_text("print('mine')")
    for uninstall in (False, True):
        with pytest.raises(PickupError, match="not of Pickup's making"):
            install(uninstall=uninstall)
    assert menu.read_text() == "print('mine')"


def test_what_cannot_be_written_is_said_so(user: Path):
    (user / ".local").write_text("a file")
    with pytest.raises(PickupError, match="cannot be written"):
        install()


def test_the_command_lists_and_runs_installers():
    run = CliRunner().invoke
    assert "resolve" in run(command, ["--help"]).output
    assert "Would write" in run(command, ["resolve", "--dry-run"]).output
    assert run(command, ["resolve"]).exit_code == 0
    assert "Removed" in run(command, ["resolve", "--uninstall"]).output
    assert run(command, ["nuke"]).exit_code == 2


def test_the_doctor_sees_what_is_missing():
    found = {name: (well, said) for name, well, said in checks()}
    assert found["Resolve launcher"][0] is None
    assert "pickup install resolve" in found["Resolve launcher"][1]
    assert found["Resolve connection"][0] is None
    assert found["Resolve placements"] == (True, "none is half done")
    install()
    assert {n: w for n, w, _ in checks()}["Resolve launcher"]
    record = pickup_launcher.environment_file()
    record.write_text(json.dumps({"command": [str(PurePosixPath("/gone/python"))]}))
    assert "/gone/python" in {n: s for n, _, s in checks()}["Resolve launcher"]


def test_what_the_launcher_has_left_behind_goes_with_it(user: Path):
    install()
    folder = pickup_launcher.environment_file().parent
    (folder / "logs").mkdir()
    for name in ("resolve-bridge.json", "logs/launcher.log", "logs/panel.log"):
        (folder / name).write_text("x")
    (folder / "settings.toml").write_text("")
    assert sum(line.startswith("Would remove") for line in install(True, True)) == 5
    install(uninstall=True)
    left = [path.relative_to(folder).as_posix() for path in user.rglob("*") if path.is_file()]
    assert left == ["settings.toml"], "what is the user's own stays"


def test_another_python_is_recorded_when_it_is_installed_again(monkeypatch):
    install()
    monkeypatch.setattr(sys, "executable", "/opt/new/python")
    assert any(line.startswith("Would replace") for line in install(dry_run=True))
    install()
    said = json.loads(pickup_launcher.environment_file().read_text())
    assert said["command"] == ["/opt/new/python", "-m", "pickup", "panel"]


def test_a_home_of_the_users_own_is_handed_on(monkeypatch):
    monkeypatch.setenv("PICKUP_HOME", "/films/pickup")
    install()
    assert json.loads(pickup_launcher.environment_file().read_text())["home"] == "/films/pickup"


def test_what_cannot_be_removed_is_said_so(monkeypatch):
    install()

    def held(self: Path, **_: object) -> None:
        raise PermissionError(13, "it is in use")

    monkeypatch.setattr(Path, "unlink", held)
    with pytest.raises(PickupError, match=r"cannot be removed \(it is in use\)"):
        install(uninstall=True)


def test_other_scripts_beside_it_are_left_alone():
    folder = scripts_folder()
    folder.mkdir(parents=True)
    (folder / "Mine.py").write_text("mine")
    install()
    install(uninstall=True)
    assert [path.name for path in folder.iterdir()] == ["Mine.py"]


def test_the_doctor_names_the_way_by_files_where_there_is_no_other():
    said = {name: text for name, _, text in checks()}["Resolve connection"]
    for part in ("not running", "not installed here", "File ▸ Export ▸ Timeline…", "free one from"):
        assert part in said
