"""Premiere as the panel gets it: what arrives, what is said of it, and where it is placed."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks.xmeml_cuts import premiere_like
from tests.unit.premiere.conftest import fill_fast, read_back, written_by
from websockets.sync.client import connect

from pickup.errors import PickupError, RequestError
from pickup_premiere import server as server_module
from pickup_premiere.exchange import ExchangeHost
from pickup_premiere.messages import Sent
from pickup_premiere.pairing import Pairing
from pickup_premiere.places import pairing_file
from pickup_premiere.recut import look_again, summary
from pickup_premiere.source import CompanionHost, PremiereSource
from pickup_premiere.watch import WatchOptions

if TYPE_CHECKING:
    from collections.abc import Iterator


class Panel:
    """The Qt panel's side of a source, and the one in Premiere."""

    def __init__(self, folder):
        self.hosts: Any = queue.Queue()
        self.said: list[str] = []
        quick = WatchOptions(settle=0.15, patience=0.5, interval=0.05)
        self.source = PremiereSource(folder, quick)
        self.folder = folder

    def __enter__(self):
        self.source.start(self.hosts.put, self.said.append)
        return self

    def __exit__(self, *error):
        self.source.stop()

    def host(self) -> Any:
        return self.hosts.get(timeout=20)

    @contextlib.contextmanager
    def dial(self, token) -> Iterator[Any]:
        assert self.source.server is not None
        with connect(f"ws://127.0.0.1:{self.source.server.port}") as line:
            line.send(json.dumps({"type": "hello", "protocols": [1], "token": token}))
            assert json.loads(line.recv(timeout=20))["type"] == "welcome"
            yield line


def until(condition):
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it took too long")


@pytest.fixture
def panel(tmp_path, monkeypatch):
    monkeypatch.setattr(server_module.CompanionServer.__init__, "__defaults__", ("", (0,)))
    (tmp_path / "exchange").mkdir()
    with Panel(tmp_path / "exchange") as made:
        yield made


@pytest.fixture
def paired(tmp_path, monkeypatch):
    """The panel after `pickup install premiere`, and the token that it showed."""
    monkeypatch.setattr(server_module.CompanionServer.__init__, "__defaults__", ("", (0,)))
    (tmp_path / "exchange").mkdir()
    token = Pairing(pairing_file()).new_token()
    with Panel(tmp_path / "exchange") as made:
        yield made, token


def test_an_export_arrives_with_its_host(panel):
    (panel.folder / "Scene.xml").write_bytes(premiere_like(60))
    host = panel.host()
    assert (host.name, host.cut_path.name) == ("premiere", "Scene.xml")
    made = fill_fast(host.cut_path)
    written = host.write(host.read(), made.placements())
    assert written.path.name == "Scene.filled.xml"
    host.take_back(written)
    assert not written.path.exists()
    host.take_back(written)


def test_a_changed_file_is_not_taken_back(panel):
    (panel.folder / "Scene.xml").write_bytes(premiere_like(60))
    host = panel.host()
    written = host.write(host.read(), fill_fast(host.cut_path).placements())
    written.path.write_bytes(b"theirs")
    with pytest.raises(PickupError, match="left alone"):
        host.take_back(written)


def test_what_is_known_of_an_export_is_said(panel):
    (panel.folder / "Scene.xml").write_bytes(premiere_like(120))
    made = fill_fast(panel.host().cut_path)
    shutil.copy(panel.folder / "Scene.xml", panel.folder / "Scene v2.xml")
    panel.host()
    assert panel.said == [f"Of {len(made.shots)} shots made earlier: 4 as it was."]


def test_a_broken_export_is_one_sentence(panel):
    (panel.folder / "Scene.xml").write_bytes(b"<xmeml")
    with pytest.raises(queue.Empty):
        panel.hosts.get(timeout=1.2)
    assert panel.said[0].startswith("Scene.xml")


def test_nothing_listens_before_the_panel_is_paired(panel):
    assert panel.source.server is None


def test_what_the_companion_sent_is_placed_by_it(paired):
    panel, token = paired
    with panel.dial(token) as line:
        path = "C:\\Users\\x\\Scene.xml"
        words = {"type": "sent", "path": path, "sequence": {"guid": "guid-7", "name": "Scene"}}
        line.send(json.dumps(words))
        until(lambda: "Premiere has sent “Scene”." in panel.said)
        (panel.folder / "Scene.xml").write_bytes(premiere_like(60))
        host = panel.host()
        assert host.name == "premiere panel"
        made = fill_fast(host.cut_path)
        written = host.write(host.read(), made.placements())
        assert written.path is None
        place = json.loads(line.recv(timeout=20))
        assert (place["type"], place["sequence"]) == ("place", "guid-7")
        assert len(place["clips"]) == len(made.shots)
        with pytest.raises(RequestError, match="not finished"):
            host.write(host.read(), made.placements())
        with pytest.raises(RequestError, match="one sequence"):
            host.write(host.read(), {0: made.placements()[0], 1: made.placements()[0]})
        assert host.write(host.read(), {}).path is None
    until(lambda: not host.server.connected)
    assert host.write(host.read(), made.placements()).path.name == "Scene.filled.xml"


def test_who_has_no_exchange_folder_is_not_bothered(tmp_path):
    with Panel(tmp_path / "none") as panel:
        assert panel.said == []
    assert not (tmp_path / "none").exists()


def test_markers_get_their_colours_from_the_panel(export):
    text = export.read_bytes()
    marker = b"<marker><comment>x</comment><name>m</name><in>30</in><out>-1</out></marker>"
    export.write_bytes(text.replace(b"\t</sequence>", marker + b"</sequence>"))
    spot = {"name": "m", "start": str(30 * 10_594_584_000), "color": 3}
    words = {"guid": "g", "name": "Long cut"}
    spots = [spot, {"name": "n", "start": "0"}]
    sent: Any = Sent.model_validate({"path": "x", "sequence": words, "markers": spots})
    server: Any = None
    host = CompanionHost(sent, ExchangeHost(export), server)
    assert [m.color for m in host.read().cuts[0].markers] == ["ORANGE"]
    other: Any = sent.model_copy(update={"markers": []})
    plain = CompanionHost(other, ExchangeHost(export), server)
    assert [m.color for m in plain.read().cuts[0].markers] == [""]


def test_an_export_after_the_fill_is_said_to_be_known(export):
    made = fill_fast(export)
    out = written_by(ExchangeHost(export), made).path
    known = look_again(out.with_name("x.xml"), read_back(out).cuts[0])[1]
    assert summary(known) == "Of 4 shots made earlier: 4 as it was."


def test_what_the_export_lost_is_said_when_it_arrives(paired):
    panel, token = paired
    with panel.dial(token) as line:
        of = {"guid": "g", "name": "Long cut"}
        line.send(json.dumps({"type": "sent", "path": "/x/Scene.xml", "sequence": of}))
        until(lambda: any("has sent" in sentence for sentence in panel.said))
        (panel.folder / "Scene.xml").write_bytes(premiere_like(60))
        panel.host()
    assert sum("something lies there" in sentence for sentence in panel.said) == 2


def test_the_settings_count_at_each_arrival(panel):
    from pickup.home import home

    (panel.folder / "One.xml").write_bytes(premiere_like(60))
    assert not panel.host().options.only_pickups
    home().mkdir(parents=True, exist_ok=True)
    (home() / "settings.toml").write_text("[premiere]\nonly_pickups = true\n")
    (panel.folder / "Two.xml").write_bytes(premiere_like(60))
    assert panel.host().options.only_pickups
    (home() / "settings.toml").write_text("[premiere]\nonly_pickups = 7\n")
    (panel.folder / "Three.xml").write_bytes(premiere_like(60))
    assert not panel.host().options.only_pickups
    assert any("[premiere] only_pickups" in sentence for sentence in panel.said)


def test_a_recut_that_the_panel_sent_is_recalled_too(export):
    made = fill_fast(export)
    server: Any = None
    words = {"path": "x", "sequence": {"guid": "g", "name": "Long cut"}}
    host = CompanionHost(Sent.model_validate(words), ExchangeHost(export), server)
    recalled = host.recall(host.read().cuts[0])
    assert [one.shot.id for one in recalled.shots] == [shot.id for shot in made.shots]


def test_an_export_by_hand_under_the_same_name_is_placed_by_file(paired):
    """Another sequence of that name, perhaps: what was sent of the first says nothing of it."""
    panel, token = paired
    with panel.dial(token) as line:
        of = {"guid": "g", "name": "Long cut"}
        line.send(json.dumps({"type": "sent", "path": "/x/Scene.xml", "sequence": of}))
        until(lambda: any("has sent" in sentence for sentence in panel.said))
        path = panel.folder / "Scene.xml"
        path.write_bytes(premiere_like(60))
        assert panel.host().name == "premiere panel"
        path.write_bytes(premiere_like(61))
        later = time.time() + 600
        os.utime(path, (later, later))
        assert panel.host().name == "premiere"


def test_an_export_opened_by_hand_is_still_one(panel):
    path = panel.folder / "Yesterday.xml"
    host = panel.source.host_of(path)
    assert isinstance(host, ExchangeHost)
    assert host.cut_path == path
    assert panel.source.host_of(panel.folder / "Notes.txt") is None
    assert panel.source.host_of(panel.folder / "deeper" / "Scene.xml") is None
    assert panel.source.host_of(panel.folder.parent / "Scene.xml") is None
