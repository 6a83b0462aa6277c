"""The ways in: which one is taken, and what is said where none leads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.unit.resolve.ways import served

from pickup.errors import RequestError
from pickup.hosts.registry import is_live, open_host
from pickup_resolve import connect as connecting
from pickup_resolve.checks import checks
from pickup_resolve.connect import connect, find_library
from pickup_resolve.errors import NoResolveError
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = """
from pickup_resolve.testing import FakeResolve
{first}
def scriptapp(name):
    assert name == "Resolve"
    return {found}
"""


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICKUP_RESOLVE_ENVIRONMENT", str(tmp_path / "data" / "environment.json"))
    monkeypatch.setenv("RESOLVE_SCRIPT_LIB", str(tmp_path / "none.so"))
    monkeypatch.setenv("RESOLVE_SCRIPT_API", "")
    monkeypatch.setenv("PYTHON3HOME", "")


def library(
    tmp_path: Path, monkeypatch, found: str = "FakeResolve((21, 0, 0, 47))", first: str = ""
) -> Path:
    """A library in Python, which loads as Resolve's own does."""
    path = tmp_path / "fusionscript.py"
    path.write_text(LIBRARY.format(found=found, first=first))
    monkeypatch.setenv("RESOLVE_SCRIPT_LIB", str(path))
    return path


def test_studio_is_reached_by_its_library(tmp_path: Path, monkeypatch):
    library(tmp_path, monkeypatch)
    found = connect()
    assert found.way == (
        "by external scripting, since the menu script does not run, in "
        "DaVinci Resolve Studio 21.0.0.47"
    )
    assert found.resolve.timeline().name() == "Scene 4"


def test_the_menu_script_comes_first(tmp_path: Path, monkeypatch):
    library(tmp_path, monkeypatch, first="raise RuntimeError")
    fake = FakeResolve((20, 2, 1, 6), studio=False)
    with served(fake) as server:
        server.write_session(tmp_path / "data" / "resolve-bridge.json")
        found = connect()
        assert found.way == "through the menu script, which runs in DaVinci Resolve 20.2.1.6"
        host = open_host("resolve:")
        assert isinstance(host, ResolveHost)
        assert host.way == found.way
        assert ("Resolve connection", True, found.way) in list(checks())
        with pytest.raises(RequestError, match="inout"):
            open_host("resolve:everything")


def test_a_menu_script_that_is_gone_is_no_hindrance(tmp_path: Path, monkeypatch):
    library(tmp_path, monkeypatch)
    with served(FakeResolve()) as server:
        server.write_session(tmp_path / "data" / "resolve-bridge.json")
    assert connect().way.startswith("by external scripting, since its menu script is gone, in ")


@pytest.mark.parametrize(
    ("found", "first", "said"),
    [
        ("None", "", "External scripting using to Local"),
        ("FakeResolve()", "import os; os.abort()", "does not suit this Python"),
        ("FakeResolve()", "raise ImportError('wrong ABI')", "wrong ABI"),
        ("FakeResolve()", "raise SystemExit(3)", "does not suit this Python"),
        ("object()", "", "did not do GetProductName"),
    ],
)
def test_a_library_that_does_not_work_is_told_of(tmp_path: Path, monkeypatch, found, first, said):
    library(tmp_path, monkeypatch, found, first)
    with pytest.raises(NoResolveError) as caught:
        connect()
    assert said in str(caught.value)
    assert "Workspace ▸ Scripts ▸ Pickup) is not running" in str(caught.value)
    assert "File ▸ Export ▸ Timeline…" in str(caught.value)


def test_a_library_that_hangs_is_left(tmp_path: Path, monkeypatch):
    library(tmp_path, monkeypatch, first="import time; time.sleep(60)")
    monkeypatch.setattr(connecting, "PROBE_SECONDS", 0.5)
    with pytest.raises(NoResolveError, match="Close any dialog"):
        connect()


def test_without_resolve_it_says_so():
    with pytest.raises(NoResolveError, match="is not installed here"):
        connect()


def test_what_is_no_library_is_said_so(tmp_path: Path, monkeypatch):
    path = tmp_path / "fusionscript.so"
    path.write_bytes(b"not a library")
    monkeypatch.setenv("RESOLVE_SCRIPT_LIB", str(path))
    with pytest.raises(NoResolveError, match="cannot be loaded"):
        connect()


def test_the_library_is_found_where_each_platform_has_it(tmp_path: Path, monkeypatch):
    assert find_library("linux", {}) is None or os.path.exists("/opt/resolve")  # noqa: PTH110
    for platform, path in (("linux", tmp_path / "a.so"), ("win32", tmp_path / "b.dll")):
        path.touch()
        monkeypatch.setitem(connecting._LIBRARIES, platform, ("/nowhere", str(path)))
        assert find_library(platform, {}) == path
        assert find_library(platform, {"RESOLVE_SCRIPT_LIB": "/gone"}) is None


@pytest.mark.parametrize(
    ("cut", "live"),
    [
        ("resolve:", True),
        ("resolve:current", True),
        ("resolve:inout", True),
        ("scene.otio", False),
        ("resolve", False),
        ("resolve.otio", False),
        ("C:\\cuts\\resolve.otio", False),
        ("http://example.com/a.otio", False),
        ("unknown:current", False),
        ("", False),
    ],
)
def test_a_scheme_is_told_from_a_file(cut, live):
    assert is_live(cut) is live
    if not live:
        with pytest.raises(RequestError, match="resolve"):
            open_host(cut)
