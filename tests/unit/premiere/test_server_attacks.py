"""The line's port in strange hands: raw bytes, half a handshake, callers that never read."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import time
from contextlib import ExitStack
from typing import Any

import pytest
from tests.unit.premiere.lines import Line, Panel

from pickup.errors import RequestError
from pickup_premiere import server as server_module
from pickup_premiere.messages import ClipToPlace
from pickup_premiere.placing import PlaceJob

HEAD = {
    "Host": "127.0.0.1",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": base64.b64encode(bytes(range(16))).decode(),
    "Sec-WebSocket-Version": "13",
}


def handshake(*more: str, leave: str = "", path: str = "/", **changes: str) -> bytes:
    fields = {**HEAD, **changes}
    lines = [f"{name}: {value}" for name, value in fields.items() if name != leave]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, *more, "", ""]).encode("latin-1")


def frame(payload: bytes, op: int = 1, *, last: bool = True, length: int | None = None) -> bytes:
    """A client's frame; `length` is what it claims."""
    size = len(payload) if length is None else length
    if size < 126:
        head = bytes([0x80 | size])
    elif size < 1 << 16:
        head = bytes([0x80 | 126]) + struct.pack(">H", size)
    else:
        head = bytes([0x80 | 127]) + struct.pack(">Q", size)
    return bytes([(0x80 if last else 0) | op]) + head + b"\0\0\0\0" + payload


class Raw:
    """A socket of a stranger."""

    def __init__(self, line: Line, **options: int) -> None:
        self.socket = socket.socket()
        for name, value in options.items():
            self.socket.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", line.server.port))

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def say(self, data: bytes) -> None:
        try:
            self.socket.sendall(data)
        except OSError:
            return  # it has hung up already: the answer tells

    def answer(self) -> bytes:
        """All that comes until the other side hangs up."""
        heard = b""
        try:
            while piece := self.socket.recv(65536):
                heard += piece
        except ConnectionError:
            pass
        return heard

    def opened(self) -> Raw:
        self.say(handshake())
        assert self.socket.recv(4096).startswith(b"HTTP/1.1 101")
        return self


def is_well(line: Line) -> bool:
    """Whether our own panel can still come in."""
    with line.panel() as panel:
        panel.hear("welcome")
    line.until(lambda: not line.server.connected)
    return True


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_GREETING", 1.5)  # a busy machine greets slowly
    monkeypatch.setattr(server_module, "_SENDING", 0.3)
    monkeypatch.setattr(server_module, "_CLOSING", 0.2)


REFUSED = {
    "no host": handshake(leave="Host"),
    "two hosts": handshake("Host: evil.example"),
    "another host": handshake(Host="evil.example"),
    "a name pointed here": handshake(Host="evil.example:47281"),
    "a name that begins like ours": handshake(Host="127.0.0.1.evil.example"),
    "a user at our name": handshake(Host="localhost@evil.example"),
    "a web page": handshake(Origin="http://evil.example"),
    "a page of this machine": handshake(Origin="https://localhost:8080"),
    "a page from a disk": handshake(Origin="null"),
    "a file": handshake(Origin="file://"),
    "an extension": handshake(Origin="moz-extension://abc"),
    "two origins": handshake("Origin: https://evil.example", Origin="uxp://panel"),
}


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_turned_away_before_the_line_opens(line: Line, words: bytes) -> None:
    with Raw(line) as raw:
        raw.say(words)
        assert raw.answer().startswith(b"HTTP/1.1 403")
    assert is_well(line)


NONSENSE = {
    "nothing": b"",
    "noise": bytes(range(256)) * 4,
    "zeros": bytes(2000),
    "a greeting of TLS": b"\x16\x03\x01\x02\x00\x01" + bytes(300),
    "an old request": b"GET / HTTP/1.0\r\n\r\n",
    "a header without end": b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    "headers without end": b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 5000 + b"\r\n",
    "half a request": b"GET / HTTP/1.1\r\nHost: 127.0.",
}


@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE)
def test_what_is_no_handshake(line: Line, data: bytes) -> None:
    with Raw(line) as raw:
        raw.say(data)
        raw.socket.shutdown(socket.SHUT_WR)
        assert b" 101 " not in raw.answer()
    assert is_well(line)
    assert line.sentences("connected") == ["Premiere 26.2 is connected."]


FRAMES = {
    "without a mask": b"\x81\x05hello",
    "reserved bits": b"\xf1\x80abcd",
    "a long ping": frame(b"a" * 200, 9),
    "larger than all memory": frame(b"x", length=1 << 40),
    "pieces without end": frame(b"[", last=False)
    + b"".join(frame(b"a" * 1000, 0, last=False) for _ in range(5000)),
    "binary": frame(b"\0\1", 2),
    "no UTF-8": frame(b"\xff\xfe"),
    "deep": frame(b"[" * 100_000),
    "deeper": frame(b'{"a":' * 50_000),
    "a number of 100,000 digits": frame(b'{"type":"hello","protocols":[' + b"9" * 100_000 + b"]}"),
    "half a letter": frame(b'{"type":"hello","protocols":[1],"token":"\\ud800"}'),
    "a token that is none": frame(b'{"type":"hello","protocols":[1],"token":5}'),
    "no number": frame(b'{"type":"hello","protocols":[NaN],"token":"x"}'),
    "words before the greeting": frame(
        b'{"type":"sent","path":"x","sequence":{"guid":"g","name":"n"}}'
    ),
    "a key too many": frame(b'{"type":"hello","protocols":[1],"token":"x","y":1}'),
}


@pytest.mark.parametrize("data", FRAMES.values(), ids=FRAMES)
def test_frames_that_are_refused(line: Line, data: bytes) -> None:
    with Raw(line) as raw:
        raw.opened().say(data)
        heard = raw.answer()
    assert b"welcome" not in heard
    assert b"Traceback" not in heard
    assert not line.sentences("connected")
    assert is_well(line)


def test_half_open_callers_hold_nobody_up(line: Line) -> None:
    crowd = [Raw(line) for _ in range(30)]
    for raw in crowd[::2]:
        raw.say(b"GET / HT")
    assert is_well(line)
    for raw in crowd:
        raw.socket.close()


def test_callers_that_say_nothing_are_shown_out(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All are there before the first must go, on a busy machine too.
    monkeypatch.setattr(server_module, "_GREETING", 4.0)
    monkeypatch.setattr(server_module, "_WAITING_ROOM", 2)
    with ExitStack() as open_ones:
        crowd = [open_ones.enter_context(Raw(line)).opened() for _ in range(2)]
        with Raw(line) as one_more:
            one_more.say(handshake())
            assert one_more.answer().startswith(b"HTTP/1.1 503")
        for raw in crowd:
            assert b"There was no hello" in raw.answer()
    assert is_well(line)


def test_a_wrong_guess_too_many_is_not_the_panels_fault(line: Line) -> None:
    """A panel that is told its token is wrong would ask for a new one, and stop."""
    for _ in range(5):
        with line.panel(token="AAAA") as panel:
            assert panel.closed() == 4401
    with line.panel() as panel:
        assert "for a minute" in panel.hear("refused")["reason"]
        assert panel.closed() == 4409


def big_job() -> PlaceJob:
    clips = tuple(
        ClipToPlace(
            id=str(n),
            name="n",
            path="/x",
            start=0,
            end=1,
            in_point=0,
            out_point=1,
            record="r" * 1000,
        )
        for n in range(15_000)
    )
    return PlaceJob(id="big", clips=clips)


def admitted(line: Line) -> Raw:
    """Our panel, as far as anybody can tell; it will read nothing."""
    raw = Raw(line, SO_RCVBUF=4096).opened()
    raw.say(frame(line.hello().encode()))
    line.until(lambda: line.server.connected)
    return raw


def test_a_panel_that_reads_nothing_does_not_hold_up_the_other_one(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    with admitted(line):
        began = time.monotonic()
        line.server.place(big_job())
        assert time.monotonic() - began < 10
        line.until_told("unsure")
        assert "not known how far" in line.sentences("placing")[-1]
        line.until(lambda: not line.server.connected)
    monkeypatch.setattr(server_module, "_SENDING", 20)
    with line.dial(max_size=None) as dialled:
        dialled.send(line.hello())
        panel = Panel(dialled)
        panel.hear("welcome")
        assert len(panel.hear("check")["clips"]) == 15_000


def test_the_panel_closes_though_nobody_reads(line: Line) -> None:
    with admitted(line):
        began = time.monotonic()
        line.server.stop()
        assert time.monotonic() - began < 10


def test_a_line_cut_hard_in_mid_place_is_unsure(line: Line, job: Any) -> None:
    with Raw(line).opened() as raw:
        raw.say(frame(line.hello().encode()))
        line.until(lambda: line.server.connected)
        line.server.place(job)
        done = {
            "type": "progress",
            "job": job.id,
            "clip": {"id": job.clips[0].id, "state": "placed"},
        }
        raw.say(frame(json.dumps(done).encode())[:-3])  # and not to its end
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.until_told("unsure")
    assert line.server.job.placed == 0
    assert is_placed_after_all(line, job)


def is_placed_after_all(line: Line, job: Any) -> bool:
    with line.panel() as panel:
        panel.hear("welcome")
        panel.hear("check")
        outcomes = [{"id": c.id, "state": "placed"} for c in job.clips]
        panel.say(type="report", job=job.id, clips=outcomes)
        line.until_told("done")
    return True


@pytest.mark.parametrize("times", [1, 3])
def test_a_line_that_is_lost_again_and_again_sends_once(
    line: Line,
    job: Any,
    times: int,
) -> None:
    line.server.place(job)
    with line.panel() as panel:
        panel.hear("welcome")
        panel.hear("place")
    for _ in range(times):
        line.until_told("unsure")
        line.until(lambda: not line.server.connected)
        with line.panel() as panel:
            panel.hear("welcome")
            panel.hear("check")
    line.until(lambda: not line.server.connected)
    assert is_placed_after_all(line, job)
    assert line.server.job.sends == 1


def test_a_report_that_lies_about_clips_it_was_not_given(line: Line, job: Any) -> None:
    with line.panel() as panel:
        panel.hear("welcome")
        line.server.place(job)
        panel.hear("place")
        outcomes = [{"id": f"x{n}", "state": "placed"} for n in range(4)]
        panel.say(type="report", job=job.id, clips=outcomes)
        line.until_told("failed")
    assert line.server.job.placed == 0
    assert set(line.server.job.outcomes) == {c.id for c in job.clips}


def test_no_token_is_written_anywhere(line: Line, job: Any, tmp_path: Any) -> None:
    assert is_well(line)
    line.server.place(job)
    letters = line.token.replace("-", "")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert letters.encode() not in data.replace(b"-", b"")
    assert letters not in repr(line.pairing) + repr(line.events)
    if os.name == "posix":
        assert line.pairing.path.stat().st_mode & 0o077 == 0


def test_nothing_is_placed_while_one_is_under_way(line: Line, job: Any) -> None:
    with line.panel() as panel:
        panel.hear("welcome")
        line.server.place(job)
        panel.hear("place")
        for _ in range(3):
            with pytest.raises(RequestError, match="not finished"):
                line.server.place(big_job())
    assert line.server.job.id == job.id
