"""The line to the panel in Premiere: who is let in, what is refused, what a lost line leaves."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.premiere.conftest import fill_fast
from tests.unit.premiere.lines import Panel, outcomes
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from pickup.errors import RequestError
from pickup_premiere import server as server_module
from pickup_premiere.messages import MAX_MESSAGE, PROTOCOLS, parse, schema_text
from pickup_premiere.pairing import Pairing
from pickup_premiere.placing import Journal, new_job
from pickup_premiere.server import CompanionServer


def test_a_paired_panel_is_welcome(line):
    with line.panel() as panel:
        welcome = panel.hear("welcome")
        assert (welcome["protocol"], welcome["folder"]) == (1, "/exchange")
        assert line.server.connected
    line.until(lambda: not line.server.connected)
    assert line.sentences("connected") == ["Premiere 26.2 is connected."]
    assert line.sentences("disconnected")


def test_it_listens_on_loopback_alone(line):
    assert line.server._server.socket.getsockname()[0] == "127.0.0.1"
    outside = socket.gethostbyname_ex(socket.gethostname())[2]
    for address in outside:
        if not address.startswith("127."):
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((address, line.server.port), timeout=1)


@pytest.mark.parametrize("token", ["", "wrong", "A" * 200])
def test_a_wrong_token_is_turned_away(line, token):
    with line.panel(token=token) as panel:
        assert "token" in panel.hear("refused")["reason"]
        assert panel.closed() == 4401
    assert not line.events


def test_no_token_and_other_first_words_are_turned_away(line):
    words = json.loads(line.hello())
    del words["token"]
    for first in (json.dumps(words), '{"type": "trouble", "reason": "x"}'):
        with line.dial() as dialled:
            dialled.send(first)
            assert Panel(dialled).closed() in (4400, 4401)
    assert not line.events


def test_silence_is_not_waited_for(line, monkeypatch):
    monkeypatch.setattr(server_module, "_GREETING", 0.1)
    with line.dial() as dialled:
        assert Panel(dialled).closed() == 4401


def test_the_token_is_shown_once_and_kept_as_a_hash(line):
    kept = line.pairing.path.read_text()
    assert line.token.replace("-", "") not in kept
    assert line.pairing.path.stat().st_mode & 0o077 == 0
    assert line.pairing.accepts(line.token.lower().replace("-", " "))
    line.pairing.new_token()
    assert not line.pairing.accepts(line.token)
    assert not Pairing(Path("/nowhere/x")).accepts("")


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:3000", "https://evil.example", "null", "file://", "chrome-extension://x"],
)
def test_web_pages_are_not_let_in(line, origin):
    with pytest.raises(InvalidStatus) as refusal, line.dial(origin=origin):
        pass
    assert refusal.value.response.status_code == 403


def test_a_panels_own_origin_is_no_hindrance(line):
    with line.dial(origin="uxp://com.pickup-shots.panel") as dialled:
        dialled.send(line.hello())
        Panel(dialled).hear("welcome")


def test_what_strangers_try_is_not_printed(line, capfd):
    with socket.create_connection(("127.0.0.1", line.server.port)) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert stranger.recv(100)
    with socket.create_connection(("127.0.0.1", line.server.port)) as stranger:
        stranger.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        stranger.recv(100)
    with line.panel() as panel:
        panel.hear("welcome")
    assert capfd.readouterr() == ("", "")


def test_another_host_name_is_not_let_in(line):
    """A web page whose name was pointed at this machine."""
    with (
        pytest.raises(InvalidStatus) as refusal,
        connect(
            "ws://evil.example/", sock=socket.create_connection(("127.0.0.1", line.server.port))
        ),
    ):
        pass
    assert refusal.value.response.status_code == 403


def test_one_panel_at_a_time(line):
    with line.panel() as first:
        first.hear("welcome")
        with line.panel() as second:
            assert "Another panel" in second.hear("refused")["reason"]
            assert second.closed() == 4409
        first.say(type="trouble", reason="still here")
        line.until(lambda: "still here" in line.sentences("trouble"))
    line.until(lambda: not line.server.connected)
    with line.panel() as third:
        third.hear("welcome")


@pytest.mark.parametrize("protocols", [[3], [7, 9]])
def test_another_version_is_told_what_is_spoken(line, protocols):
    with line.panel(protocols=protocols) as panel:
        assert panel.hear("refused")["protocols"] == list(PROTOCOLS)
        assert panel.closed() == 4426
    with line.panel(protocols=[1, *protocols]) as panel:
        assert panel.hear("welcome")["protocol"] == 1


@pytest.mark.parametrize(
    "words",
    [
        "",
        "{",
        "[]",
        '{"type": "shell", "command": "x"}',
        '{"type": "sent", "path": 5}',
        '{"type": "trouble", "reason": "x", "more": 1}',
        "[" * 100_000,
        b"\x00\x01",
    ],
)
def test_malformed_messages_end_the_line(line, words):
    with line.panel() as panel:
        panel.hear("welcome")
        panel.line.send(words)
        assert panel.closed() in (4400, 1007)
    line.until(lambda: not line.server.connected)
    assert all(len(sentence) < 500 for sentence in line.sentences("trouble"))


def test_huge_messages_end_the_line(line):
    with line.panel() as panel:
        panel.hear("welcome")
        with contextlib.suppress(ConnectionClosed):
            panel.line.send("x" * (MAX_MESSAGE + 1))
        assert panel.closed() == 1009
    line.until(lambda: not line.server.connected)
    with line.panel() as panel:
        panel.hear("welcome")


@given(st.text(max_size=60) | st.binary(max_size=60))
@settings(max_examples=200)
def test_whatever_is_sent_is_a_message_or_one_sentence(text):
    with pytest.raises(RequestError, match="panel sent"):
        parse(text)


def test_what_was_sent_arrives_with_exact_ticks(line):
    with line.panel() as panel:
        panel.hear("welcome")
        panel.say(
            type="sent",
            path="/exchange/Scene.xml",
            sequence={"guid": "g", "name": "Scene", "ticks_per_frame": "10594584000"},
            empties=[{"track": 0, "start": "9007199254740993", "end": "9007199254740995"}],
            markers=[{"name": "pickup: x", "start": "0", "color": 3}],
        )
        line.until(lambda: line.sentences("sent"))
    sent = next(event.sent for event in line.events if event.what == "sent")
    assert sent.empties[0].start == 9007199254740993
    assert sent.markers[0].color == 3


def test_placing_from_order_to_done(line, job):
    with line.panel() as panel:
        panel.hear("welcome")
        line.server.place(job)
        place = panel.hear("place")
        assert [c["name"] for c in place["clips"]] == [c.name for c in job.clips]
        assert place["clips"][0]["start"] == str(1152 * 10_594_584_000)
        assert place["clips"][0]["in_point"] == str(8 * 10_594_584_000)
        for outcome in outcomes(job, *["imported"] * 4):
            panel.say(type="progress", job=job.id, clip=outcome)
        panel.say(type="report", job=job.id, track=3, clips=outcomes(job, *["placed"] * 4))
        line.until_told("done")
        assert "4 of 4" in line.sentences("placing")[-1]
        assert line.server.job.track == 3


def test_a_placing_waits_for_the_panel_and_is_only_one(line, job):
    line.server.place(job.model_copy(update={"id": "never sent"}))
    assert line.server.job.state == "waiting"
    line.server.place(job)
    with line.panel() as panel:
        panel.hear("welcome")
        assert panel.hear("place")["job"] == job.id
        with pytest.raises(RequestError, match="not finished"):
            line.server.place(job)
    line.until_told("unsure")


def test_a_placing_of_unknown_end_gives_way_when_asked_twice(line, job):
    another = job.model_copy(update={"id": "another"})
    line.server.place(job)
    with line.panel() as panel:
        panel.hear("welcome")
        panel.hear("place")
    line.until_told("unsure")
    with pytest.raises(RequestError, match="Place once more"):
        line.server.place(another)
    assert line.server.job.id == job.id
    line.server.place(another)
    assert (line.server.job.id, line.server.job.state) == ("another", "waiting")
    with line.panel() as panel:
        panel.hear("welcome")
        assert panel.hear("place")["job"] == "another"
        # What the panel still has to say of the first changes nothing.
        panel.say(type="report", job=job.id, clips=outcomes(job, *["placed"] * 4))
        line.until(lambda: line.sentences("trouble"))
        assert line.server.job.state == "sent"


def test_a_line_lost_in_mid_place_is_told_and_checked(line, job):
    line.server.place(job)
    with line.panel() as panel:
        panel.hear("welcome")
        panel.hear("place")
        panel.say(type="progress", job=job.id, clip=outcomes(job, "placed")[0])
        line.until(lambda: line.server.job.placed == 1)
    line.until_told("unsure")
    assert "1 of 4 were reported" in line.sentences("placing")[-1].replace(" clips", "")
    with line.panel() as panel:
        panel.hear("welcome")
        check = panel.hear("check")
        assert len(check["clips"]) == 4
        panel.say(type="report", job=job.id, track=2, clips=outcomes(job, *["placed"] * 4))
        line.until_told("done")
    assert line.server.job.sends == 1


def test_after_a_check_only_what_is_missing_is_sent_again(line, job):
    line.server.place(job)
    with line.panel() as panel:
        panel.hear("welcome")
        panel.hear("place")
    line.until_told("unsure")
    with line.panel() as panel:
        panel.hear("welcome")
        panel.hear("check")
        states = ("placed", "missing", "placed", "missing")
        panel.say(type="report", job=job.id, track=2, clips=outcomes(job, *states))
        again = panel.hear("place")
        assert [c["id"] for c in again["clips"]] == [job.clips[1].id, job.clips[3].id]
        assert again["track"] == 2
        second = [{"id": job.clips[1].id, "state": "placed"}]
        second.append({"id": job.clips[3].id, "state": "failed", "reason": "the file is gone"})
        panel.say(type="report", job=job.id, clips=second)
        line.until_told("partly")
    sentence = line.sentences("placing")[-1]
    assert "Only 3 of 4" in sentence
    assert "the file is gone" in sentence


def test_a_killed_pickup_asks_before_it_sends_again(line, job):
    line.server.place(job)
    with line.panel() as panel:
        panel.hear("welcome")
        panel.hear("place")
        # As after a crash: the journal says sent, and nobody wrote that the line was lost.
        kept = line.journal.read_bytes()
    line.until_told("unsure")
    line.server.stop()
    line.journal.write_bytes(kept)
    line.start()
    assert line.server.job.state == "unsure"
    with line.panel() as panel:
        panel.hear("welcome")
        panel.hear("check")


def test_what_premiere_could_not_look_at_stays_unsure_until_it_can(line, job):
    with line.panel() as panel:
        panel.hear("welcome")
        line.server.place(job)
        panel.hear("place")
        unknown = outcomes(job, "placed", "unknown", "unknown", "unknown")
        panel.say(type="report", job=job.id, clips=unknown, reason="Premiere is busy.")
        line.until_told("unsure")
        assert "Premiere is busy" in line.sentences("placing")[-1]
        with pytest.raises(RequestError, match="looked at again"):
            line.server.place(job.model_copy(update={"id": "another"}))
        panel.hear("check")
        panel.say(type="report", job=job.id, clips=outcomes(job, *["unknown"] * 4))
        line.until(lambda: line.server.job.placed == 0)
        assert line.server.job.state == "unsure"
    with line.panel() as panel:
        panel.hear("welcome")
        panel.hear("check")
        panel.say(type="report", job=job.id, clips=outcomes(job, *["placed"] * 4))
        line.until_told("done")
    assert line.server.job.sends == 1


def test_a_clip_the_panel_does_not_speak_of_is_missing(line, job):
    with line.panel() as panel:
        panel.hear("welcome")
        line.server.place(job)
        panel.hear("place")
        panel.say(type="report", job=job.id, clips=outcomes(job, "placed", "placed"))
        line.until_told("partly")
    assert "said nothing of it" in line.sentences("placing")[-1]


def test_a_report_on_something_else_changes_nothing(line, job):
    with line.panel() as panel:
        panel.hear("welcome")
        line.server.place(job)
        panel.hear("place")
        panel.say(type="report", job="another", clips=[])
        line.until(lambda: line.sentences("trouble"))
        assert line.server.job.state == "sent"


def test_a_placing_given_up_says_why(line, job):
    with line.panel() as panel:
        panel.hear("welcome")
        line.server.place(job)
        panel.hear("place")
        panel.say(type="report", job=job.id, clips=[], reason="There is no empty track.")
        line.until_told("failed")
    assert "no empty track" in line.sentences("placing")[-1]


def test_a_spoilt_journal_is_no_journal(tmp_path):
    path = tmp_path / "place.json"
    path.write_text("{")
    assert Journal(path).read() is None


def test_busy_ports_are_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        server = CompanionServer(
            Pairing(tmp_path / "p"), tmp_path / "j", print, ports=(busy.getsockname()[1],)
        )
        with pytest.raises(RequestError, match="all in use"):
            server.start()


def test_nothing_to_place_is_said(export):
    made = fill_fast(export)
    with pytest.raises(RequestError, match="nothing to place"):
        new_job(made.cut, [])


def test_the_schema_in_the_docs_is_that_of_the_code():
    root = Path(__file__).resolve().parents[3]
    written = (root / "docs" / "premiere-wire.schema.json").read_text("utf-8")
    assert written == schema_text(), "run: python -m pickup_premiere.messages"


def test_without_the_library_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "websockets.sync.server", None)
    server = CompanionServer(Pairing(tmp_path / "p"), tmp_path / "j", print, ports=(0,))
    with pytest.raises(RequestError, match=r"pickup-shots\[premiere\]"):
        server.start()
