from __future__ import annotations

import json
from typing import ClassVar

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from pickup.errors import RequestError
from pickup.providers import keys
from pickup.providers.keys import Key, Secret, masked


class MemoryKeyring(KeyringBackend):
    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


@pytest.fixture
def ring() -> MemoryKeyring:
    made = MemoryKeyring()
    keyring.set_keyring(made)
    return made


def test_our_own_variable_comes_first():
    env = {"PICKUP_OPENAI_VIDEOS_API_KEY": "ours", "OPENAI_API_KEY": "theirs"}
    found = keys.find_key("openai-videos", env)
    assert found
    assert found.secret.get_secret_value() == "ours"
    assert found.source == "PICKUP_OPENAI_VIDEOS_API_KEY"


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ("openai-videos", "OPENAI_API_KEY"),
        ("gemini", "GEMINI_API_KEY"),
        ("fal", "FAL_KEY"),
        ("openrouter", "OPENROUTER_API_KEY"),
    ],
)
def test_then_the_vendors_own(provider, name):
    found = keys.find_key(provider, {name: " key\n"})
    assert found
    assert (found.secret.get_secret_value(), found.source) == ("key", name)


def test_then_the_keyring(ring):
    keys.store_key("gemini", Secret("kept"))
    assert ring.kept == {("pickup", "gemini"): "kept"}
    found = keys.find_key("gemini", {})
    assert found
    assert (found.secret.get_secret_value(), found.source) == ("kept", "keyring")
    assert keys.forget_key("gemini")
    assert not keys.forget_key("gemini")
    assert keys.find_key("gemini", {}) is None


def test_no_keyring_is_said_with_the_way_out():
    from keyring.backends.fail import Keyring

    keyring.set_keyring(Keyring())
    assert keys.find_key("fal", {}) is None
    assert not keys.forget_key("fal")
    with pytest.raises(RequestError, match="PICKUP_FAL_API_KEY"):
        keys.store_key("fal", Secret("x"))


def test_a_key_never_shows_itself():
    found = keys.find_key("fal", {"FAL_KEY": "sk-very-secret"})
    assert found
    for text in (repr(found), str(found), f"{found.secret}", repr(vars(found))):
        assert "very-secret" not in text
    with pytest.raises(TypeError):
        json.dumps(found.secret)


def test_masking():
    secrets = [Secret("abc"), Secret("")]
    assert keys.mask("the key abc and abc", secrets) == "the key ••• and •••"


def test_settings():
    env = {"PICKUP_OPENAI_VIDEOS_BASE_URL": " http://127.0.0.1:8000/v1/ "}
    assert keys.base_url("openai-videos", env) == "http://127.0.0.1:8000/v1"
    assert keys.base_url("gemini", env) == ""
    assert keys.variable("openai-videos", "BODY") == "PICKUP_OPENAI_VIDEOS_BODY"


secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=40)
said = st.recursive(
    st.none() | st.integers() | st.sampled_from(["KEY", "a KEY b", "KEYKEY", "", "ok"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("KEY") | st.text(), inner),
    max_leaves=8,
)


@given(secret=secrets, value=said)
def test_no_key_survives_in_what_a_service_said(secret: str, value):
    """In whatever depth it stands, as a value or as a name, and however JSON writes it."""
    told = json.loads(json.dumps(value).replace("KEY", json.dumps(secret)[1:-1]))
    hidden = masked(told, [Key(Secret(secret), "X"), None])
    assert all(secret not in text for text in texts(hidden))
    assert masked(told, [None]) == told


@pytest.mark.parametrize("secret", ["null", "true", "1234", "•••", '"', "{}"])
def test_a_key_that_looks_like_json(secret: str):
    told = {"error": secret, "code": 1234, "ok": True, "none": None}
    assert masked(told, [Key(Secret(secret), "X")]) == {**told, "error": "•••"}


def test_an_answer_too_deep_to_look_through_shows_nothing():
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert masked(deep, [Key(Secret("secret"), "X")]) is None


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []
