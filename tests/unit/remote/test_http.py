from __future__ import annotations

import gzip
import inspect
import json
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
import requests.exceptions as web
from urllib3 import exceptions as lower

from pickup.errors import ProviderError
from pickup.providers.base import ProviderRefusal, Refusal, SubmitUnknown
from pickup.providers.http import Client, Patience
from pickup.providers.keys import Key, Secret
from pickup.providers.limits import TryLater
from pickup.providers.transport import MEANINGS, Meaning, arrived
from pickup.testing.fakes.server import Answer, Asked, Fake, Misbehaviour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

M = Misbehaviour
BOMB = gzip.compress(b"[" + b" " * 20 * 2**20 + b"]")


class Echo(Fake):
    """Tells what it was asked."""

    routes = (
        ("GET", "/ask", "ask", "echo"),
        ("POST", "/order", "order", "echo"),
        ("POST", "/tell", "tell", "echo"),
        ("GET", "/big", "big", "big"),
        ("GET", "/bomb", "big", "bomb"),
        ("GET", "/text", "text", "text"),
        ("GET", "/drip", "drip", "echo"),
    )

    answers: Answer | None = None
    """What to answer once instead."""

    def echo(self, asked: Asked) -> Any:
        if self.answers is not None:
            once, self.answers = self.answers, None
            return once
        return {"headers": dict(asked.headers), "query": dict(asked.query)}

    def big(self, asked: Asked) -> Answer:
        return Answer(200, b"[" + b" " * 2**20 + b"]")

    def bomb(self, asked: Asked) -> Answer:
        return Answer(200, BOMB, headers={"Content-Encoding": "gzip"})

    def text(self, asked: Asked) -> Answer:
        return Answer(200, b'"only text"')


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as fake:
        yield fake


@pytest.fixture
def made(quick: Patience) -> Callable[..., Client]:
    def make(base: str, key: str = "test-key", **facts: Any) -> Client:
        facts.setdefault("patience", quick)
        return Client("p", "Service", base, Key(Secret(key), "P_KEY") if key else None, **facts)

    return make


def order(client: Client) -> Any:
    return client.call("order", "POST", "order", about="S010", json={})


class TestErrorTable:
    def test_every_error_of_requests_is_mapped(self):
        theirs = {
            kind
            for _, kind in inspect.getmembers(web, inspect.isclass)
            if issubclass(kind, web.RequestException)
        }
        assert theirs == set(MEANINGS)

    @pytest.mark.parametrize(
        ("error", "expected"),
        [
            (web.ConnectTimeout(), False),
            (web.ReadTimeout(), True),
            (web.ConnectionError(lower.ProtocolError("x", ConnectionResetError())), True),
            (web.ConnectionError(lower.NewConnectionError(None, "refused")), False),  # type: ignore[arg-type]
            (web.SSLError(ssl.SSLCertVerificationError("x")), False),
            (web.SSLError(ssl.SSLError("decryption failed")), True),
            (web.InvalidHeader(), False),
            (web.ChunkedEncodingError(), True),
            (web.RequestException(), True),
        ],
    )
    def test_whether_it_arrived(self, error, expected):
        assert arrived(error) is expected

    def test_the_meaning_of_a_subclass_is_the_nearest(self):
        assert MEANINGS[web.ConnectTimeout] is Meaning.NOT_SENT
        assert MEANINGS[web.ConnectionError] is Meaning.MAYBE


class TestOrder:
    def test_goes_through(self, echo, made):
        assert order(made(echo.url))["headers"]["authorization"] == "Bearer test-key"

    @pytest.mark.parametrize("what", [M.HANG, M.RESET, M.LOSE_ANSWER, M.BREAK_OFF, M.ERROR, M.HTML])
    def test_a_lost_answer_is_unknown_and_never_sent_again(self, echo, made, what):
        echo.fail_next(what, "order")
        with pytest.raises(SubmitUnknown, match="S010"):
            order(made(echo.url))
        assert len(echo.requests) == 1

    def test_an_answer_that_is_no_object_is_unknown(self, echo, made):
        with pytest.raises(SubmitUnknown):
            made(echo.url).call("order", "GET", "text")

    def test_refused_connection_means_nothing_was_ordered(self, made):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with pytest.raises(ProviderRefusal, match="nothing was ordered") as caught:
            order(made(f"http://127.0.0.1:{port}"))
        assert caught.value.kind is Refusal.UNREACHABLE

    def test_a_password_in_the_address_is_not_shown(self, made):
        with pytest.raises(ProviderRefusal) as caught:
            order(made("http://user:hush@127.0.0.1:1/v1"))
        assert "hush" not in str(caught.value)
        assert "http://127.0.0.1:1/v1" in str(caught.value)

    def test_a_name_that_does_not_exist(self, made):
        with pytest.raises(ProviderRefusal) as caught:
            order(made("https://pickup.invalid"))
        assert caught.value.kind is Refusal.UNREACHABLE

    def test_busy_is_obeyed_and_then_sent_once_more(self, echo, made):
        echo.fail_next(M.BUSY, "order")
        before = time.monotonic()
        order(made(echo.url))
        assert time.monotonic() - before >= 1
        assert len(echo.requests) == 2

    def test_busy_for_too_long_is_a_refusal_that_says_how_long(self, echo, made):
        echo.retry_after = "77"
        echo.fail_next(M.BUSY, "order")
        with pytest.raises(ProviderRefusal, match="77 seconds") as caught:
            order(made(echo.url, key="a-key-of-its-own"))
        assert caught.value.kind is Refusal.QUOTA
        assert caught.value.retry_after == 77
        with pytest.raises(ProviderRefusal) as again:
            order(made(echo.url, key="a-key-of-its-own"))
        assert again.value.kind is Refusal.QUOTA
        assert len(echo.requests) == 1, "the pause holds for every caller with that key"

    @pytest.mark.parametrize(
        ("what", "kind"),
        [
            (M.MODERATION, Refusal.MODERATION),
            (M.BALANCE, Refusal.BALANCE),
            (M.KEY, Refusal.KEY),
        ],
    )
    def test_refusals_are_told_apart(self, echo, made, what, kind):
        echo.fail_next(what, "order")
        with pytest.raises(ProviderRefusal) as caught:
            order(made(echo.url))
        assert caught.value.kind is kind
        assert str(caught.value).startswith("S010: Service ")

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (301, ProviderRefusal),
            (307, ProviderRefusal),
            (308, ProviderRefusal),
            (302, SubmitUnknown),
            (303, SubmitUnknown),
        ],
    )
    def test_a_redirected_order_is_not_followed(self, echo, made, status, error):
        """302 and 303 may come after the act (RFC 9110, 15.4): those are not sent again either."""
        echo.answers = Answer(status, b"", headers={"Location": echo.url + "/tell"})
        with pytest.raises(error, match="base URL" if error is ProviderRefusal else "S010"):
            order(made(echo.url))
        assert len(echo.requests) == 1

    @pytest.mark.parametrize(
        ("headers", "body"),
        [
            ({"Retry-After": "0.01"}, b"{}"),
            ({"retry-after-ms": "10"}, b"{}"),
            ({}, b'{"error": {"details": [{"@type": "x", "retryDelay": "0.01s"}]}}'),
            ({}, b'[{"error": {"details": [{"retryDelay": "0s"}]}}]'),
        ],
    )
    def test_a_pause_is_obeyed_in_every_form(self, echo, made, headers, body):
        echo.answers = Answer(429, body, headers=headers)
        assert "headers" in order(made(echo.url))
        assert len(echo.requests) == 2


class TestAsk:
    @pytest.mark.parametrize("what", [M.RESET, M.HANG, M.BREAK_OFF, M.UNAVAILABLE, M.BUSY])
    def test_is_asked_again(self, echo, made, what):
        echo.fail_next(what, "ask")
        assert "headers" in made(echo.url).call("ask", "GET", "ask")
        assert len(echo.requests) == 2

    def test_gives_up_in_time(self, echo, made):
        echo.fail_next(M.UNAVAILABLE, "ask", 5)
        with pytest.raises(ProviderError, match="busy") as caught:
            made(echo.url).call("ask", "GET", "ask")
        assert not isinstance(caught.value, ProviderRefusal)
        assert len(echo.requests) == 3

    def test_a_long_pause_is_passed_on(self, echo, made):
        echo.retry_after = "60"
        echo.fail_next(M.BUSY, "ask")
        with pytest.raises(TryLater) as caught:
            made(echo.url, key="").call("ask", "GET", "ask")
        assert caught.value.retry_after == 60

    @pytest.mark.parametrize("path", ["big", "bomb"])
    def test_too_large_an_answer_is_refused(self, echo, made, path):
        with pytest.raises(ProviderError, match="too large"):
            made(echo.url).call("ask", "GET", path, limit=1000)

    def test_a_web_page_is_no_answer(self, echo, made):
        echo.fail_next(M.HTML, "ask", 3)
        with pytest.raises(ProviderError, match="not JSON"):
            made(echo.url).call("ask", "GET", "ask")

    def test_tell_is_told_once(self, echo, made):
        echo.fail_next(M.RESET, "tell")
        with pytest.raises(ProviderRefusal) as caught:
            made(echo.url).call("tell", "POST", "tell", json={})
        assert caught.value.kind is Refusal.UNREACHABLE
        assert len(echo.requests) == 1


class TestDrip:
    def test_an_endless_answer_ends(self, made):
        """A byte now and then keeps every single read alive; the whole call still has an end."""
        server = socket.create_server(("127.0.0.1", 0))
        stop = threading.Event()

        def drip() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                    while not stop.wait(0.05):
                        try:
                            connection.sendall(b" ")
                        except OSError:
                            break

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            base = f"http://127.0.0.1:{server.getsockname()[1]}"
            before = time.monotonic()
            with pytest.raises(ProviderError, match="in time"):
                made(base, patience=Patience(read=1, call=0.3, tries=1)).call("ask", "GET", "x")
            assert time.monotonic() - before < 2
        finally:
            stop.set()
            server.close()
            thread.join()


class TestKeyStaysHome:
    def test_a_redirect_to_another_origin_leaves_the_key_behind(self, echo, made):
        with Echo(key="") as other:
            echo.redirect_to = other.url + "/ask"
            echo.fail_next(M.REDIRECT, "ask")
            seen = made(echo.url).call("ask", "GET", "ask")["headers"]
        assert "authorization" not in seen

    def test_and_it_does_not_come_back_on_the_way_home(self, echo, made):
        with Echo(key="") as other:
            echo.redirect_to = other.url + "/ask"
            echo.fail_next(M.REDIRECT, "ask")
            other.redirect_to = echo.url + "/ask"
            other.fail_next(M.REDIRECT, "ask")
            with pytest.raises(ProviderRefusal) as caught:
                made(echo.url).call("ask", "GET", "ask")
        assert caught.value.kind is Refusal.KEY
        assert "authorization" not in echo.requests[-1].headers

    @pytest.mark.parametrize("header", ["x-goog-api-key", "Authorization"])
    def test_whatever_header_carries_it(self, echo, made, header):
        echo.key = ""
        with Echo(key="") as other:
            echo.redirect_to = other.url + "/ask"
            echo.fail_next(M.REDIRECT, "ask")
            seen = made(echo.url, header=header, scheme="").call("ask", "GET", "ask")["headers"]
        assert "test-key" not in str(seen)

    def test_a_link_to_another_origin_is_asked_without_it(self, echo, made):
        with Echo(key="") as other:
            seen = made(echo.url).call("ask", "GET", other.url + "/ask")["headers"]
        assert "authorization" not in seen

    def test_a_key_is_masked_however_it_is_written(self, echo, made):
        echo.key = 'se"cr\\et'
        said = json.dumps({"error": {"message": f"no such key: {echo.key}"}}).encode()
        echo.answers = Answer(401, said)
        with pytest.raises(ProviderRefusal) as caught:
            order(made(echo.url, echo.key))
        assert "no such key: •••" in caught.value.detail
        assert "cr" not in caught.value.detail

    def test_a_key_that_the_service_repeats_is_masked(self, echo, made):
        echo.fail_next(M.KEY, "order")
        with pytest.raises(ProviderRefusal) as caught:
            order(made(echo.url))
        assert "test-key" not in f"{caught.value} {caught.value.detail} {caught.value!r}"
        assert "P_KEY" in str(caught.value)

    def test_a_netrc_is_not_read(self, echo, made, tmp_path: Path, monkeypatch):
        path = tmp_path / "netrc"
        path.write_text("machine 127.0.0.1 login me password mine\n")
        monkeypatch.setenv("NETRC", str(path))
        echo.key = ""
        client = made(echo.url, key="")
        monkeypatch.setattr(Client, "_session", lambda self: requests.Session())
        assert "authorization" not in client.call("ask", "GET", "ask")["headers"]

    def test_a_key_with_strange_signs_is_said_and_not_shown(self, echo, made):
        with pytest.raises(ProviderRefusal, match="copy it again") as caught:
            order(made(echo.url, key="ab\ncd"))
        assert "ab" not in str(caught.value).replace("about", "")

    def test_no_key_over_plain_http(self, made):
        with pytest.raises(ProviderRefusal, match="plain http"):
            made("http://api.example.com/v1")
        assert made("http://api.example.com/v1", key="").base
        assert made("http://192.168.1.5:8000/v1").base


class TestAddresses:
    @pytest.mark.parametrize(
        "target",
        [
            "http://example.com/x",
            "ftp://example.com/x",
            "file:///etc/passwd",
            "http://169.254.169.254/latest/meta-data",
            "https://127.0.0.2.evil:99999/",
        ],
    )
    def test_redirects_go_to_https_only(self, echo, made, target):
        echo.redirect_to = target
        echo.fail_next(M.REDIRECT, "ask")
        with pytest.raises(ProviderRefusal):
            made(echo.url).call("ask", "GET", "ask")
        assert len(echo.requests) == 1

    @pytest.mark.parametrize("target", ["http://127.0.0.1:1/x", "https://localhost/x"])
    def test_a_service_on_the_internet_cannot_lead_back_to_this_machine(self, target):
        from pickup.providers.addresses import allow

        with pytest.raises(ProviderRefusal, match="not safe"):
            allow(target, "https://api.example.com/v1")

    def test_circles_end(self, echo, made):
        echo.redirect_to = echo.url + "/ask"
        echo.fail_next(M.REDIRECT, "ask", 20)
        with pytest.raises(ProviderError, match="circles"):
            made(echo.url).call("ask", "GET", "ask")

    @pytest.mark.parametrize("base", ["nonsense", "ftp://x", "http://", "http://[::1", ""])
    def test_a_base_that_is_no_address(self, made, base):
        with pytest.raises(ProviderRefusal, match="address"):
            made(base)

    def test_names_of_this_machine_are_one(self):
        from pickup.providers.addresses import origin_of

        assert origin_of("http://localhost:80/a") == origin_of("http://127.0.0.1/b")
        assert origin_of("http://[::1]:80") == origin_of("http://127.0.0.1")
        assert origin_of("https://a.com") != origin_of("http://a.com")


class TestTls:
    def test_a_certificate_that_nobody_vouches_for_is_refused(self, made, tmp_path: Path):
        trustme = pytest.importorskip("trustme", reason="trustme makes the certificate")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("localhost").configure_cert(context)
        server = socket.create_server(("127.0.0.1", 0))
        seen: list[bytes] = []

        def serve() -> None:
            connection, _ = server.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    seen.append(secure.recv(4096))
            except OSError:
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        base = f"https://localhost:{server.getsockname()[1]}"
        with pytest.raises(ProviderRefusal, match="certificate is not trusted") as caught:
            order(made(base))
        thread.join()
        server.close()
        assert caught.value.kind is Refusal.UNREACHABLE
        assert seen in ([], [b""])
