"""`pickup doctor` and `pickup keys`, as far as services go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from tests.contract.benches import BENCHES, Bench
from tests.unit.jobs.conftest import make_order

from pickup.cli.main import run
from pickup.jobs.ledger import Ledger
from pickup.testing.fakes import Misbehaviour

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.testing.fakes import Fake


@pytest.fixture
def line_of(capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """What the doctor says of a service."""

    def look(name: str) -> str:
        run(["doctor"])
        out = capsys.readouterr().out
        return next(line for line in out.splitlines() if line[5:].split()[0] == name)

    return look


@pytest.fixture(params=BENCHES, ids=lambda bench: bench.name)
def bench(request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.param
    return found


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def make(bench: Bench, fake: Fake, key: str = "") -> None:
        prefix = f"PICKUP_{bench.provider.name.upper().replace('-', '_')}"
        facts = {f"{prefix}_BASE_URL": fake.url, f"{prefix}_API_KEY": key or fake.key}
        for name, value in {**facts, **bench.settings}.items():
            monkeypatch.setenv(name, value)

    return make


def test_a_service_that_takes_the_key(bench: Bench, line_of, set_up):
    with bench.fake() as fake:
        set_up(bench, fake)
        said = line_of(bench.provider.name)
        assert said.startswith("ok "), said
        assert re.search(r"; \d+ models? listed$", said), said
        assert fake.charges == 0
        assert fake.asked("order") == []


def test_a_wrong_key_is_found_before_anything_is_ordered(bench: Bench, line_of, set_up):
    if not bench.needs_key:
        pytest.skip("the service itself asks for no key")
    if bench.name == "veo-gemini":
        pytest.skip("a door that only servers of one's own still have")
    with bench.fake() as fake:
        set_up(bench, fake, "sk-wrong-and-secret")
        said = line_of(bench.provider.name)
        assert said.startswith("BAD ")
        assert "_API_KEY" in said
        assert "sk-wrong-and-secret" not in said


def test_googles_way_of_refusing_a_key(line_of, set_up, monkeypatch: pytest.MonkeyPatch):
    """Google says 400 to a key that it does not know."""
    bench = next(bench for bench in BENCHES if bench.name == "gemini")
    from pickup.testing.fakes.server import Answer

    said = b'{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}'
    with bench.fake() as fake:
        set_up(bench, fake)
        monkeypatch.setattr(fake, "answer", lambda asked: (Answer(400, said), None))
        assert line_of("gemini").startswith("BAD ")


def test_a_service_that_is_down_is_no_fault_of_this_machine(bench: Bench, line_of, set_up):
    with bench.fake() as fake:
        set_up(bench, fake)
    said = line_of(bench.provider.name)
    assert said.startswith("– ")
    assert "run again later" in said


def test_a_service_in_trouble_is_asked_once(line_of, set_up):
    bench = next(bench for bench in BENCHES if bench.name == "openrouter")
    with bench.fake() as fake:
        set_up(bench, fake)
        fake.fail_next(Misbehaviour.ERROR, "models", 9)
        assert line_of("openrouter").startswith("– ")
        assert len(fake.asked("models")) == 1


def test_one_is_counted_as_one(line_of):
    assert line_of("animatic").endswith("ready, on this machine; 1 model listed")
    with Ledger.open() as ledger:
        ledger.intend(make_order())
    assert line_of("order").split(maxsplit=3)[3] == "1 order, $0.00 this month"


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring():
    before, made = keyring.get_keyring(), Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_key_is_kept_listed_used_and_removed(
    ring: Ring, capsys, line_of, monkeypatch: pytest.MonkeyPatch
):
    bench = next(bench for bench in BENCHES if bench.name == "fal")
    monkeypatch.setattr("click.prompt", lambda *words, **how: " test-key ")
    with bench.fake() as fake:
        assert run(["keys", "set", "fal"]) == 0
        assert ring.kept == {("pickup", "fal"): "test-key"}
        assert run(["keys", "list"]) == 0
        shown = capsys.readouterr().out
        assert "fal\tkeyring" in shown
        assert "animatic\tneeds none" in shown
        assert "test-key" not in shown
        monkeypatch.setenv("PICKUP_FAL_BASE_URL", fake.url)
        assert line_of("fal").startswith("ok ")
        assert fake.requests[0].headers["authorization"] == "Key test-key"
    for says in ("is removed", "was not in the keyring"):
        assert run(["keys", "remove", "fal"]) == 0
        assert says in capsys.readouterr().out


@pytest.mark.parametrize(("typed", "name"), [("", "fal"), ("x", "nobody"), ("x", "animatic")])
def test_a_key_that_makes_no_sense(ring: Ring, capsys, monkeypatch, typed: str, name: str):
    monkeypatch.setattr("click.prompt", lambda *words, **how: typed)
    assert run(["keys", "set", name]) == 2
    assert ring.kept == {}
    assert "Traceback" not in capsys.readouterr().err
