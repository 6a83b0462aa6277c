"""What the words are understood to say of each slot; what they do not say stays open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.shots.request import Prompt
from pickup.shots.slots import understood


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (
            "close on the rope around the bollard, evening light, slow push in",
            {
                "subject": "the rope",
                "place": "around the bollard",
                "light": "evening light",
                "camera": "close on, slow push in",
            },
        ),
        (
            "gulls over the water, pan left",
            {"subject": "gulls", "place": "over the water", "camera": "pan left"},
        ),
        (
            "Anna crosses the street at dusk",
            {"subject": "Anna", "action": "crosses the street", "light": "at dusk"},
        ),
        (
            "an old man is waiting in the hall",
            {"subject": "an old man is", "action": "waiting", "place": "in the hall"},
        ),
        (
            "wide shot of a harbour at dawn",
            {"camera": "wide shot", "subject": "a harbour", "light": "at dawn"},
        ),
        ("EXT. HARBOUR - NIGHT", {"place": "HARBOUR", "light": "NIGHT"}),
        ("INT. ANNA'S KITCHEN", {"place": "ANNA'S KITCHEN"}),
        ("black and white, 16 mm", {"style": "black and white, 16 mm"}),
        ("handheld, neon", {"camera": "handheld", "light": "neon"}),
        ("pickup: a letter on the table", {"subject": "a letter", "place": "on the table"}),
        ("extreme close-up of her eye", {"camera": "extreme close-up", "subject": "her eye"}),
        ("low angle", {"camera": "low angle"}),
        ("locked off", {"camera": "locked off"}),
        ("candlelit", {"light": "candlelit"}),
        ("", {}),
        ("...", {}),
        ("her hands tremble", {"subject": "her hands tremble"}),
        (
            "two dogs running through the wood",
            {"subject": "two dogs", "action": "running", "place": "through the wood"},
        ),
        ("the train arrives; steam", {"subject": "the train", "action": "arrives, steam"}),
    ],
)
def test_words(words: str, wanted: dict[str, str]):
    assert {k: v for k, v in understood(words).model_dump().items() if v} == wanted


@given(st.text(max_size=300))
def test_whatever_is_written_is_read_without_harm(words: str):
    found = understood(words)
    assert isinstance(found, Prompt)
    for value in found.model_dump().values():
        for part in value.split(", "):
            assert part.strip(" :.") in words.replace("\n", " ") or part in words


def test_long_words_take_no_time():
    import time

    began = time.perf_counter()
    understood("slow " * 4_000 + "in the " * 4_000)
    assert time.perf_counter() - began < 1.0
