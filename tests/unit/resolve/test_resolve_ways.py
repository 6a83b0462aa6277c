"""Three ways in, one result: and what the bridge does when something is wrong with it."""

from __future__ import annotations

import http.server
import json
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.resolve.scenes import HEAD, RATES, Scene, build, clock, placements, ranges
from tests.unit.resolve.ways import address_of, bridged, direct, served

from pickup_resolve import bridge, probe
from pickup_resolve import connect as connecting
from pickup_resolve.api import Resolve
from pickup_resolve.bridge import Address
from pickup_resolve.connect import connect, external, find_library
from pickup_resolve.errors import NoResolveError, ResolveCallError
from pickup_resolve.exchange import ExchangeHost
from pickup_resolve.host import ResolveHost
from pickup_resolve.launchers import pickup_launcher
from pickup_resolve.testing import FakeResolve
from pickup_resolve.testing.items import FakeTimelineItem
from pickup_resolve.testing.otio import write_otio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

    from pickup_resolve.testing.timeline import FakeTimeline

Stands = list[tuple[int, int, str, int]]


def stands(timeline: FakeTimeline) -> Stands:
    """What the first track shows: from, to, the file, and its first frame."""
    return sorted(
        (i._start, i._end, i._media._properties["File Path"] if i._media else "", i._left)
        for i in timeline._tracks["video"][0].items
        if i._kind == "clip"
    )


def live(scene: Scene, way: Any) -> Stands:
    with way(scene.fake) as resolve:
        host = ResolveHost(resolve)
        document = host.read()
        assert not host.write(document, {0: placements(scene.folder, document.cuts[0])}).failed
    return stands(scene.timeline)


def by_files(scene: Scene) -> Stands:
    exported = scene.folder / "Scene 4.otio"
    write_otio(scene.timeline, exported)
    host = ExchangeHost(exported)
    document = host.read()
    path = host.write(document, {0: placements(scene.folder, document.cuts[0])}).path
    assert path is not None
    return stands(scene.fake.import_by_hand(path))


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_all_three_ways_lead_to_the_same_timeline(tmp_path: Path, rate: Fraction):
    studio = live(build(tmp_path, (), rate), direct)
    menu = live(build(tmp_path, (), rate, (20, 2, 1, 6), studio=False), bridged)
    files = by_files(build(tmp_path, (), rate, (21, 1, 0, 14), studio=False))
    assert studio == menu == files
    ours = [stand for stand in studio if "_t01" in stand[2]]
    assert len(ours) == 12
    assert {left for *_, left in ours} == {HEAD}
    assert studio[0][0] == clock(rate)


@pytest.mark.parametrize(
    ("version", "studio", "way"),
    [
        ((18, 6, 6, 7), False, "menu"),
        ((21, 0, 4, 5), False, "menu"),
        ((21, 1, 0, 14), False, "files"),
        ((21, 1, 0, 14), True, "studio"),
        ((19, 1, 3, 7), True, "studio"),
    ],
)
def test_every_edition_and_version_has_a_way(tmp_path: Path, version, studio, way):
    scene = build(tmp_path, version=version, studio=studio)
    fake = scene.fake
    if fake.external() is not None:
        assert way == "studio"
        assert live(scene, direct)
    elif (names := fake.menu()) is not None:
        assert way == "menu"
        assert pickup_launcher.find_resolve(names) is fake
        assert live(scene, bridged)
    else:
        assert way == "files"
        assert by_files(scene)


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKUP_RESOLVE_ENVIRONMENT", str(tmp_path / "data" / "environment.json"))
    monkeypatch.setenv("RESOLVE_SCRIPT_LIB", str(tmp_path / "none.so"))
    return tmp_path


def library(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> Path:
    path = folder / "fusionscript.py"
    path.write_text(body)
    monkeypatch.setenv("RESOLVE_SCRIPT_LIB", str(path))
    return path


FAKE = """
import os
from pickup_resolve.testing import FakeResolve
def scriptapp(name):
    fake = FakeResolve()
    fake.external_scripting = {preference!r}
    return fake.external()
"""


def test_what_the_library_wants_is_set_without_a_shell(nowhere, monkeypatch):
    for name in ("RESOLVE_SCRIPT_API", "PYTHON3HOME"):
        monkeypatch.delenv(name, raising=False)
    path = library(nowhere, monkeypatch, FAKE.format(preference="Local"))
    assert external().GetProductName() == "DaVinci Resolve Studio"
    assert os.environ["RESOLVE_SCRIPT_LIB"] == str(path)
    assert os.environ["RESOLVE_SCRIPT_API"].endswith("Developer/Scripting")
    assert os.environ["PYTHON3HOME"] == sys.base_prefix
    for name in ("RESOLVE_SCRIPT_API", "PYTHON3HOME"):
        monkeypatch.delenv(name)


def test_what_the_user_has_set_stays(nowhere, monkeypatch):
    monkeypatch.setenv("RESOLVE_SCRIPT_API", "/mine")
    monkeypatch.setenv("PYTHON3HOME", "/my/python")
    library(nowhere, monkeypatch, FAKE.format(preference="Local"))
    external()
    assert os.environ["RESOLVE_SCRIPT_API"] == "/mine"
    assert os.environ["PYTHON3HOME"] == "/my/python"


def test_a_preference_that_is_off_is_named(nowhere, monkeypatch):
    monkeypatch.setenv("PYTHON3HOME", "")
    monkeypatch.setenv("RESOLVE_SCRIPT_API", "")
    library(nowhere, monkeypatch, FAKE.format(preference="None"))
    with pytest.raises(NoResolveError, match="External scripting using to Local"):
        external()


def test_the_probe_says_in_json_what_it_found(nowhere, monkeypatch, capsys):
    monkeypatch.setenv("PYTHON3HOME", "")
    monkeypatch.setenv("RESOLVE_SCRIPT_API", "")
    path = library(nowhere, monkeypatch, FAKE.format(preference="Local"))
    assert probe.main([str(path)]) == 0
    assert json.loads(capsys.readouterr().out) == {"build": "DaVinci Resolve Studio 21.0.0.47"}
    path.write_text(FAKE.format(preference="None"))
    assert probe.main([str(path)]) == 1
    assert "External scripting" in json.loads(capsys.readouterr().out)["reason"]
    path.write_text("raise ImportError('of another ABI')")
    assert probe.main([str(path)]) == 1
    assert "of another ABI" in json.loads(capsys.readouterr().out)["reason"]


def test_a_resolve_that_went_between_probe_and_connect_is_said_so(nowhere, monkeypatch):
    monkeypatch.setattr(connecting, "_probe", lambda _: None)
    path = library(nowhere, monkeypatch, "def scriptapp(name): return None")
    monkeypatch.setenv("PYTHON3HOME", "")
    monkeypatch.setenv("RESOLVE_SCRIPT_API", "")
    assert path.is_file()
    with pytest.raises(NoResolveError, match="is not running"):
        external()


@pytest.mark.parametrize("platform", ["darwin", "win32", "linux", "freebsd"])
def test_where_a_platform_has_no_library_there_is_none(monkeypatch, platform):
    monkeypatch.setattr("pathlib.Path.is_file", lambda self: False)
    assert find_library(platform, {}) is None


@pytest.mark.parametrize(
    ("platform", "part"),
    [
        ("darwin", "DaVinci Resolve.app/Contents/Libraries/Fusion/fusionscript.so"),
        ("linux", "/opt/resolve/libs/Fusion/fusionscript.so"),
        ("win32", r"Blackmagic Design\DaVinci Resolve\fusionscript.dll"),
    ],
)
def test_each_platform_is_looked_through(monkeypatch, platform, part):
    monkeypatch.setattr("pathlib.Path.is_file", lambda self: True)
    assert part in str(find_library(platform, {}))


@pytest.mark.parametrize(
    "said",
    [
        "", "{", "[]", "3", "null", '{"url": 3}', '{"url": "http://127.0.0.1:1"}',
        '{"url": "http://127.0.0.1:99999999", "token": "x", "protocol": 2}',
    ],
)  # fmt: skip
def test_a_spoilt_session_is_as_none(tmp_path: Path, said):
    path = tmp_path / "bridge.json"
    path.write_text(said)
    assert Address.read(path) is None
    assert Address.read(tmp_path / "gone.json") is None


def test_an_address_does_not_show_its_token():
    assert "s3cret" not in repr(Address("127.0.0.1", 1, "s3cret"))


class Nonsense(http.server.BaseHTTPRequestHandler):
    answer = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def nonsense() -> Iterator[http.server.HTTPServer]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Nonsense)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("answer", [b"", b"<html>", b"{", b"\xff\xfe"])
def test_somebody_else_on_the_port_is_no_resolve(nonsense, monkeypatch, answer):
    monkeypatch.setattr(Nonsense, "answer", answer)
    address = Address("127.0.0.1", nonsense.server_address[1], "x")
    with pytest.raises(NoResolveError, match="does not answer"):
        bridge.connect(address)


def test_a_bridge_that_hangs_fails_in_time(monkeypatch):
    monkeypatch.setattr(bridge, "TIMEOUT", 0.1)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(NoResolveError, match="does not answer"),
    ):
        bridge.connect(Address("127.0.0.1", server.getsockname()[1], "x"))


def test_a_wrong_token_is_refused_and_nothing_is_called():
    fake = FakeResolve()
    with served(fake) as server, pytest.raises(NoResolveError, match="wrong token"):
        bridge.connect(Address("127.0.0.1", server.server_address[1], "guessed"))
    assert not fake.calls


def test_a_script_that_ends_in_the_middle_is_a_named_error():
    fake = FakeResolve()
    with served(fake) as server:
        resolve = Resolve.of(bridge.connect(address_of(server)), bridge.batch)
        timeline = resolve.timeline()
    with pytest.raises(ResolveCallError, match="GetName"):
        timeline.name()
    with pytest.raises(ResolveCallError, match="GetItemListInTrack"):
        timeline.placed("video", 1)
    with pytest.raises(ResolveCallError, match="dir"):
        timeline.can("Export")
    with pytest.raises(ResolveCallError, match="EXPORT_OTIO"):
        resolve.constant("EXPORT_OTIO")


def test_a_thousand_items_cross_in_a_few_requests(monkeypatch):
    fake = FakeResolve()
    for number in range(1200):
        start = fake.timeline._start + 10 * number
        item = FakeTimelineItem(fake, fake.timeline, "T", start, start + 9, kind="title")
        fake.timeline._tracks["video"][0].items.append(item)
    requests = 0
    post = pickup_launcher.Handler.do_POST

    def counted(self: Any) -> None:
        nonlocal requests
        requests += 1
        post(self)

    monkeypatch.setattr(pickup_launcher.Handler, "do_POST", counted)
    with bridged(fake) as resolve:
        placed = resolve.timeline().placed("video", 1, ids=True)
    assert [one.start - fake.timeline._start for one in placed] == [10 * n for n in range(1200)]
    assert requests < 15


def test_what_fails_for_one_of_many_is_named():
    fake = FakeResolve()
    item = FakeTimelineItem(fake, fake.timeline, "T", 0, 9, kind="title")
    fake.timeline._tracks["video"][0].items.append(item)
    with bridged(fake) as resolve:
        timeline = resolve.timeline()
        items = timeline.items("video", 1)
        fake.modal = "Save?"
        with pytest.raises(ResolveCallError, match=r"GetStart, GetEnd.*Save\?"):
            resolve.boundary.rows(items, "GetStart", "GetEnd")
    assert bridge.batch([]) == []


def test_the_menu_script_counts_before_the_library(nowhere, monkeypatch):
    library(nowhere, monkeypatch, "raise RuntimeError('must not be loaded')")
    fake = FakeResolve((20, 2, 1, 6), studio=False)
    with served(fake) as server:
        server.write_session(nowhere / "data" / "resolve-bridge.json")
        found = connect()
    assert "which runs in DaVinci Resolve 20.2.1.6" in found.way
    assert ranges(fake.timeline) == {}
