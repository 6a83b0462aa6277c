"""The window and the panel in Premiere together: pressed there, placed, and told in both."""

from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks.xmeml_cuts import premiere_like
from tests.unit.premiere.lines import Panel
from tests.unit.ui.conftest import LONG, lay_take
from websockets.sync.client import connect

from pickup.hosts.base import Written
from pickup_premiere import server as server_module
from pickup_premiere.messages import PROTOCOLS
from pickup_premiere.pairing import Pairing
from pickup_premiere.places import pairing_file
from pickup_premiere.source import PremiereSource
from pickup_premiere.watch import WatchOptions
from pickup_ui import hosts
from pickup_ui.models.shot_state import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SENT = {"type": "sent", "path": "/x/Scene.xml", "sequence": {"guid": "g-1", "name": "Long cut"}}


class Companion(Panel):
    """Waits as a process of its own would: the window goes on meanwhile."""

    def __init__(self, line: Any, qtbot: Any) -> None:
        super().__init__(line)
        self.qtbot = qtbot

    def hear(self, kind: str) -> dict[str, Any]:
        heard: list[dict[str, Any]] = []

        def look() -> bool:
            with contextlib.suppress(TimeoutError):
                heard.append(json.loads(self.line.recv(timeout=0)))
            return bool(heard)

        self.qtbot.waitUntil(look, timeout=LONG)
        assert heard[0]["type"] == kind, heard
        return heard[0]


class Pair:
    """The window, its source, and what is dialled from Premiere."""

    def __init__(self, source: PremiereSource, folder: Path, token: str, qtbot: Any) -> None:
        self.source, self.folder, self.token, self.qtbot = source, folder, token, qtbot
        self.window: Any = None

    @contextlib.contextmanager
    def dial(self) -> Iterator[Companion]:
        self.qtbot.waitUntil(lambda: self.source.server is not None, timeout=LONG)
        assert self.source.server is not None
        with connect(f"ws://127.0.0.1:{self.source.server.port}") as line:
            hello = {"type": "hello", "protocols": list(PROTOCOLS), "token": self.token}
            line.send(json.dumps(hello))
            companion = Companion(line, self.qtbot)
            companion.hear("welcome")
            yield companion

    def send(self, companion: Companion) -> None:
        """As its “Send” does: the word first, then the file; the first two gaps get takes."""
        companion.say(**SENT)
        with self.qtbot.waitSignal(self.window.session.opened_changed, timeout=LONG):
            (self.folder / "Scene.xml").write_bytes(premiere_like(60))
        self.shots = list(self.window.session.shots)[:2]
        for shot in self.shots:
            lay_take(self.window.session, shot)

    def choose(self) -> None:
        for shot in self.shots:
            self.window.session.choose(shot, 1)

    def until_said(self, words: str) -> None:
        said = self.window.message.text
        self.qtbot.waitUntil(lambda: words in said(), timeout=LONG)

    @property
    def statuses(self) -> list[Status]:
        return [self.window.session.shots[shot].status for shot in self.shots]


def takes(companion: Companion, count: int) -> dict[str, Any]:
    """The list that is shown once so many can be placed."""
    while len((ready := companion.hear("ready"))["takes"]) != count:
        continue
    return dict(ready)


@pytest.fixture
def pair(tmp_path: Path, new_panel: Any, qtbot: Any, monkeypatch: Any) -> Pair:
    monkeypatch.setattr(server_module.CompanionServer.__init__, "__defaults__", ("", (0,)))
    folder = tmp_path / "exchange"
    folder.mkdir()
    token = Pairing(pairing_file()).new_token()
    source = PremiereSource(folder, WatchOptions(settle=0.15, patience=0.5, interval=0.05))
    monkeypatch.setattr(hosts, "_factories", {"premiere": lambda: source})
    made = Pair(source, folder, token, qtbot)
    made.window = new_panel()
    return made


def report(place: dict[str, Any], *states: str, **more: Any) -> dict[str, Any]:
    clips = [{"id": c["id"], "state": s} for c, s in zip(place["clips"], states, strict=True)]
    return {"type": "report", "job": place["job"], "clips": clips, **more}


def test_pressed_in_premiere_it_is_placed_and_told_in_the_window(pair):
    with pair.dial() as companion:
        pair.send(companion)
        pair.choose()
        ready = takes(companion, 2)
        assert [t["shot"] for t in ready["takes"]] == pair.shots
        assert (ready["sequence"], ready["track"]) == ("g-1", "empty track on top")
        assert pair.window.overlay.inside is None, "nothing opens over what the editor does"
        companion.say(type="wanted", offer=ready["offer"])
        place = companion.hear("place")
        assert [c["shot"] for c in place["clips"]] == pair.shots
        pair.until_said("Placing in Premiere: 0 of 2 clips")
        assert companion.hear("ready")["takes"] == [], "agreed to, and used up"
        companion.say(**report(place, "placed", "placed", track=3))
        pair.until_said("Placed 2 of 2 clips in Premiere")
        assert pair.statuses == [Status.PLACED, Status.PLACED]


def test_what_is_said_of_the_files_does_not_cover_what_landed(pair):
    """The end may be known before the window has written its report."""
    with pair.dial() as companion:
        pair.send(companion)
        window = pair.window
        window.say("Placed 2 of 2 clips in Premiere.")
        host = window.session.opened.host
        for notes, said in (((), ""), (("Copied to /plain.",), " Copied to /plain.")):
            window._placed(SimpleNamespace(host=host, written=Written(None, notes)))
            assert window.message.text() == f"Placed 2 of 2 clips in Premiere.{said}"


def test_what_did_not_land_is_told_and_can_be_placed_again(pair):
    with pair.dial() as companion:
        pair.send(companion)
        pair.choose()
        companion.say(type="wanted", offer=takes(companion, 2)["offer"])
        place = companion.hear("place")
        companion.hear("ready")
        companion.say(**report(place, "placed", "missing"))
        pair.until_said("Only 1 of 2 clips stand in the sequence")
        again = takes(companion, 1)
        assert [t["shot"] for t in again["takes"]] == pair.shots[1:]
        assert pair.statuses == [Status.PLACED, Status.CHOSEN]


def test_while_one_is_under_way_another_is_refused_in_both(pair):
    with pair.dial() as companion:
        pair.send(companion)
        pair.window.session.choose(pair.shots[0], 1)
        companion.say(type="wanted", offer=takes(companion, 1)["offer"])
        companion.hear("place")
        assert companion.hear("ready")["takes"] == []
        pair.window.session.choose(pair.shots[1], 1)
        companion.say(type="wanted", offer=takes(companion, 1)["offer"])
        assert "Another placing is not finished" in companion.hear("trouble")["reason"]
        pair.until_said("Another placing is not finished")
        assert takes(companion, 1)["takes"][0]["shot"] == pair.shots[1], "for later"


def test_a_line_lost_in_mid_place_is_made_up_for_and_told(pair):
    with pair.dial() as companion:
        pair.send(companion)
        pair.choose()
        companion.say(type="wanted", offer=takes(companion, 2)["offer"])
        companion.hear("place")
    pair.until_said("It is not known how far the placing in Premiere has got")
    with pair.dial() as companion:
        assert companion.hear("ready")["takes"] == [], "what may stand is not offered"
        companion.say(**report(companion.hear("check"), "placed", "placed"))
        pair.until_said("Placed 2 of 2 clips in Premiere")


def test_with_no_cut_of_premiere_open_there_is_nothing_to_press(pair, cut):
    with pair.dial() as companion:
        assert companion.hear("ready")["takes"] == []
        pair.send(companion)
        pair.choose()
        old = takes(companion, 2)["offer"]
        pair.window.open(cut)
        assert takes(companion, 0)["offer"] == ""
        companion.say(type="wanted", offer=old)
        assert "has changed" in companion.hear("trouble")["reason"]
