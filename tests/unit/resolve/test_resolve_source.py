"""Timelines that arrive in the panel: from Resolve's menu, and by an exchange folder."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.resolve.scenes import build
from tests.unit.resolve.ways import served

from pickup.home import home
from pickup_resolve.exchange import ExchangeHost
from pickup_resolve.host import ResolveHost
from pickup_resolve.journal import alone
from pickup_resolve.source import ResolveSource
from pickup_resolve.testing.otio import write_otio

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def panel():
    """A source, and what it gives to the panel."""

    class Panel:
        def __init__(self) -> None:
            self.hosts: queue.Queue[Any] = queue.Queue()
            self.told: queue.Queue[Any] = queue.Queue()
            self.source = ResolveSource(pause=0.02)

        def start(self) -> None:
            self.source.start(self.hosts.put, self.told.put)

    made = Panel()
    yield made
    made.source.stop()


def test_the_open_timeline_arrives_and_the_next_one(tmp_path: Path, monkeypatch, panel):
    scene = build(tmp_path, studio=False)
    session = tmp_path / "bridge.json"
    monkeypatch.setenv("PICKUP_RESOLVE_BRIDGE", str(session))
    with served(scene.fake) as server:
        server.write_session(session)
        panel.start()
        host = panel.hosts.get(timeout=10)
        assert isinstance(host, ResolveHost)
        assert host.read().cuts[0].name == "Scene 4"
        with alone():
            scene.fake.project._current = scene.timeline._copy("Backup")
            with pytest.raises(queue.Empty):
                panel.hosts.get(timeout=0.2)
            scene.fake.project._current = scene.timeline
        scene.fake.project._current = None
        with pytest.raises(queue.Empty):
            panel.hosts.get(timeout=0.1)
        scene.fake.project._current = scene.timeline._copy("Scene 5")
        assert panel.hosts.get(timeout=10).read().cuts[0].name == "Scene 5"
        panel.source.stop()
    assert panel.told.empty()


def test_a_resolve_that_is_gone_is_told_of_once(tmp_path: Path, monkeypatch, panel):
    scene = build(tmp_path)
    session = tmp_path / "bridge.json"
    monkeypatch.setenv("PICKUP_RESOLVE_BRIDGE", str(session))
    monkeypatch.setenv("RESOLVE_SCRIPT_LIB", str(tmp_path / "none"))
    with served(scene.fake) as server:
        server.write_session(session)
    panel.start()
    assert "does not answer" in panel.told.get(timeout=10)
    with pytest.raises(queue.Empty):
        panel.told.get(timeout=0.3)


def test_what_is_exported_into_the_folder_arrives(tmp_path: Path, panel):
    home().mkdir(parents=True, exist_ok=True)
    (home() / "settings.toml").write_text(f'[resolve]\nexchange = "{tmp_path}"\n')
    panel.start()
    assert "File ▸ Export ▸ Timeline" in panel.told.get(timeout=5)
    write_otio(build(tmp_path).timeline, tmp_path / "Scene 4.otio")
    host = panel.hosts.get(timeout=10)
    assert isinstance(host, ExchangeHost)
    assert host.cut_path == tmp_path / "Scene 4.otio"


def test_a_panel_opened_otherwise_is_left_alone(panel):
    panel.start()
    assert panel.source._thread is None
