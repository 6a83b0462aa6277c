"""Whether a home lies on another machine, as each system tells it."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pickup.errors import LedgerError
from pickup.jobs import database, disk
from pickup.jobs.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

MAC = (
    "/dev/disk3s1 on / (apfs, sealed, local)\n"
    "//me@nas/films on /Volumes/films (smbfs, nodev)\n"
    "nas:/vol on /Volumes/nfs on it (nfs)\n"
)


class Windows(PureWindowsPath):
    """A path of Windows on any system."""

    def absolute(self) -> Windows:
        return self


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda name: monkeypatch.setattr(sys, "platform", name)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/Users/me/Library", ""),
        ("/Volumes/films/pickup", "smbfs"),
        ("/Volumes/nfs on it/x", "nfs"),
        ("/Volumes/filmstrip", ""),
    ],
)
def test_macos_says_it_by_mount(
    on: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, folder: str, kind: str
) -> None:
    on("darwin")
    told = SimpleNamespace(stdout=MAC)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: told)
    assert disk.network_kind(Path(folder)) == kind


@pytest.mark.parametrize(
    "error", [FileNotFoundError("/sbin/mount"), subprocess.TimeoutExpired("/sbin/mount", 10)]
)
def test_where_it_cannot_be_told_the_home_counts_as_local(
    on: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    on("darwin")
    monkeypatch.setattr(subprocess, "run", fails)
    assert disk.network_kind(Path("/Users/me")) == ""


@pytest.mark.parametrize(
    ("folder", "drive", "kind"),
    [
        ("C:\\Users\\me", 3, ""),
        ("Z:\\pickup", 4, "smb"),
        ("\\\\nas\\films\\pickup", 3, "smb"),
        ("D:\\", 2, ""),
    ],
)
def test_windows_says_it_by_drive_or_by_name(
    on: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    drive: int,
    kind: str,
) -> None:
    on("win32")
    kernel = SimpleNamespace(kernel32=SimpleNamespace(GetDriveTypeW=lambda _: drive))
    monkeypatch.setattr(ctypes, "windll", kernel, raising=False)
    assert disk.network_kind(Windows(folder)) == kind  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smbfs", "fuse.sshfs"])
def test_a_book_there_is_refused_with_both_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(database, "network_kind", lambda _: kind)
    with pytest.raises(LedgerError, match=rf"network drive \({kind}\)") as caught:
        Ledger.open(tmp_path / "home", "")
    assert "PICKUP_HOME" in str(caught.value)
    assert "PICKUP_DATABASE_URL" in str(caught.value)
    assert not (tmp_path / "home" / "ledger.sqlite").exists()


def test_one_that_was_moved_there_is_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger.open(tmp_path, "").close()
    monkeypatch.setattr(database, "network_kind", lambda _: "nfs4")
    with pytest.raises(LedgerError, match="network drive"):
        Ledger.open(tmp_path, "")
