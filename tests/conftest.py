"""What every test shares: a home of its own, no keys from outside, and the corpus where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples everywhere: a change is judged by what it changed. Fuzzing looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")

# Windows are drawn without a screen, in whichever folder a test stands that opens one.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_SECRETS = ("API_KEY", "OPENAI_", "GEMINI_", "FAL_", "OPENROUTER_", "GOOGLE_", "PICKUP_")


@pytest.fixture(autouse=True)
def isolated_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No test reads the user's settings or keys, or writes outside its own folders."""
    for name in list(os.environ):
        if any(part in name for part in _SECRETS) and name != "PICKUP_CORPUS":
            monkeypatch.delenv(name)
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path_factory.mktemp("home")))
    # Tests never look into the keyring of whoever runs them.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real timelines, named by PICKUP_CORPUS or lying beside the checkout."""
    default = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    folder = Path(os.environ.get("PICKUP_CORPUS", default))
    if not (folder / "timelines").is_dir():
        pytest.skip("the corpus of real timelines is not here (PICKUP_CORPUS names its folder)")
    return folder
