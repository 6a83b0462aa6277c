"""Words of cinema become moves; everyday words that look like them do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.providers.animatic.camera import MARGIN, Move, View, read_move, smooth

LONG = 10.0
DEFAULT = read_move("", seconds=LONG)


def signs(move: Move) -> tuple[int, int, int, bool]:
    one = [(value > 1e-6) - (value < -1e-6) for value in (move.zoom, move.x, move.y)]
    return one[0], one[1], one[2], move.shake > 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("slow push in on her face", (1, 0, 0, False)),
        ("The camera pushes in.", (1, 0, 0, False)),
        ("dolly in", (1, 0, 0, False)),
        ("DOLLY FORWARD through the hall", (1, 0, 0, False)),
        ("zoom in", (1, 0, 0, False)),
        ("crash zoom", (1, 0, 0, False)),
        ("zooms out to the valley", (-1, 0, 0, False)),
        ("pull back to reveal the crowd", (-1, 0, 0, False)),
        ("pull-out", (-1, 0, 0, False)),
        ("dolly out", (-1, 0, 0, False)),
        ("camera tracks back", (-1, 0, 0, False)),
        ("pan left", (0, -1, 0, False)),
        ("camera pans slowly to the left", (0, -1, 0, False)),
        ("pan right across the market", (0, 1, 0, False)),
        ("whip pan right", (0, 1, 0, False)),
        ("truck left", (0, -1, 0, False)),
        ("tilt up", (0, 0, -1, False)),
        ("tilting down to the letter", (0, 0, 1, False)),
        ("crane up over the roofs", (0, 0, -1, False)),
        ("pedestal down", (0, 0, 1, False)),
        ("handheld, close behind him", (0, 0, 0, True)),
        ("hand-held push in", (1, 0, 0, True)),
        ("push in and tilt up", (1, 0, -1, False)),
        ("static camera", (0, 0, 0, False)),
        ("locked-off wide", (0, 0, 0, False)),
        ("on a tripod", (0, 0, 0, False)),
        ("hold on her hands", (0, 0, 0, False)),
        ("no camera movement", (0, 0, 0, False)),
    ],
)
def test_reads_cinema_terms_in_free_text(words: str, expected: tuple[int, int, int, bool]) -> None:
    assert signs(read_move(words, seconds=LONG)) == expected


@pytest.mark.parametrize(
    "words",
    [
        "butter melts in the pan",
        "she holds his hand",
        "a crane lands on the lake",
        "he pulls the door shut",
        "they push in the door",
        "the still of the night",
        "she tilts her head",
        "the pan left on the stove",
        "a railway track",
        "",
    ],
)
def test_takes_everyday_words_for_no_move(words: str) -> None:
    assert read_move(words, seconds=LONG) == DEFAULT
    assert signs(DEFAULT) == (1, 0, 0, False)


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        ("pan", (0, 1, 0, False)),
        ("tilt", (0, 0, -1, False)),
        ("hold", (0, 0, 0, False)),
        ("static", (0, 0, 0, False)),
        ("dolly", (1, 0, 0, False)),
        ("pull", (-1, 0, 0, False)),
        ("track", (0, 1, 0, False)),
        ("crane", (0, 0, -1, False)),
    ],
)
def test_reads_single_words_in_the_camera_slot(
    slot: str, expected: tuple[int, int, int, bool]
) -> None:
    assert signs(read_move(camera=slot, seconds=LONG)) == expected


def test_prefers_the_camera_slot_then_the_first_text_that_asks() -> None:
    assert read_move("pan left", camera="tilt up", seconds=LONG).x == 0
    assert read_move("a dish", "pan left", "pan right", seconds=LONG).x < 0


def test_does_not_do_what_is_denied() -> None:
    assert read_move("no zoom in, pan left", seconds=LONG) == read_move("pan left", seconds=LONG)


def test_weighs_slow_and_fast_words() -> None:
    slow, plain, fast = (
        read_move(f"{word} push in", seconds=LONG).zoom for word in ("slow", "", "fast")
    )
    assert 0 < slow < plain < fast


def test_moves_less_in_a_short_take() -> None:
    assert 0 < read_move("push in", seconds=0.5).zoom < read_move("push in", seconds=4).zoom


@given(st.floats(-1, 2), st.sampled_from(["push in", "pull out", "pan left", "handheld tilt up"]))
def test_never_leaves_the_continued_picture(at: float, words: str) -> None:
    move = read_move(f"fast {words}", seconds=LONG)
    for view in (move.departing(at, 3, LONG), move.arriving(at, 3, LONG)):
        half = 0.5 / view.zoom
        assert abs(view.x) + half <= 0.5 + MARGIN + 1e-9
        assert abs(view.y) + half <= 0.5 + MARGIN + 1e-9


@pytest.mark.parametrize("words", ["push in", "pull back", "pan left", "handheld", "crane up"])
def test_departs_from_and_arrives_at_the_whole_picture(words: str) -> None:
    move = read_move(words, seconds=LONG)
    assert move.departing(0.0, 5, LONG) == View()
    assert move.arriving(1.0, 5, LONG) == View()
    assert move.departing(0.6, 5, LONG) != View()


def test_eases_in_and_out() -> None:
    steps = [smooth((n + 1) / 20) - smooth(n / 20) for n in range(20)]
    assert steps[0] < steps[5] < steps[9]
    assert steps == pytest.approx(steps[::-1])
    assert (smooth(-1), smooth(0), smooth(1), smooth(2)) == (0, 0, 1, 1)


@given(st.text(max_size=300))
def test_reads_any_text_at_all(text: str) -> None:
    assert isinstance(read_move(text, camera=text), Move)
