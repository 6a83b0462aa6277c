"""The words of a prompt: honest ones where the editor left none, and the whole of them as text."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pickup.cut.gap import Gap, GapKind, Neighbour
from pickup.cut.model import Media
from pickup.shots.request import Character, Prompt
from pickup.shots.wording import from_neighbours, full_text

RATE = Fraction(24000, 1001)


def clip(name: str, note: str = "") -> Neighbour:
    return Neighbour(name, 10, 10, Media(), note)


def gap(before: Neighbour | None, after: Neighbour | None, frames: int = 48) -> Gap:
    return Gap("g1", 0, frames, GapKind.EMPTY, before, after)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (clip("A001.mov"), clip("A002.mov"), "leads from “A001” to “A002”, in the same place"),
        (clip("A001"), None, "that follows “A001”, in the same place"),
        (None, clip("A002.mxf"), "opens the sequence and leads to “A002”"),
        (None, None, "A quiet establishing shot of 2.0 seconds."),
        (clip(""), clip(".mov"), "leads from “the clip beside it” to “.mov”"),
    ],
)
def test_what_lies_around_is_told(before: Neighbour | None, after: Neighbour | None, said: str):
    assert said in from_neighbours(gap(before, after), RATE)


def test_the_length_is_told_in_seconds():
    assert "2.0 seconds" in from_neighbours(gap(clip("a"), None), RATE)
    assert "0.5 seconds" in from_neighbours(gap(clip("a"), None, 12), RATE)


def test_what_the_editor_noted_on_a_clip_is_told_with_it():
    said = from_neighbours(gap(clip("A001", "she turns\n to the  window"), None), RATE)
    assert "“A001” (she turns to the window)" in said


def test_a_note_that_only_repeats_the_name_is_not():
    assert "(" not in from_neighbours(gap(clip("A001 kitchen", "kitchen"), None), RATE)


def test_a_note_without_end_is_cut_short():
    assert len(from_neighbours(gap(clip("A", "word " * 500), None), RATE)) < 320


GRANDMOTHER = Character(name="Nonna", words="silver hair in a bun")


@pytest.mark.parametrize(
    ("words", "prompt", "characters", "whole"),
    [
        ("rain on glass", Prompt(), (), "rain on glass"),
        ("", Prompt(), (), ""),
        ("  rain  ", Prompt(light="dusk"), (), "rain. Light: dusk."),
        ("rain at dusk", Prompt(light="Dusk"), (), "rain at dusk"),
        (
            "rain.",
            Prompt(camera="push in", style="16 mm"),
            (),
            "rain. Camera: push in. Style: 16 mm.",
        ),
        ("", Prompt(subject="a pot", action="boils over"), (), "a pot. boils over."),
        (
            "Nonna stirs",
            Prompt(),
            (GRANDMOTHER,),
            "Nonna stirs. Nonna: silver hair in a bun.",
        ),
        (
            "nonna stirs",
            Prompt(),
            (GRANDMOTHER,),
            "nonna stirs. Nonna: silver hair in a bun.",
        ),
        ("Nonnas stir", Prompt(), (GRANDMOTHER,), "Nonnas stir"),
        ("a pot", Prompt(), (GRANDMOTHER,), "a pot"),
        ("Nonna", Prompt(), (Character(name="Nonna"),), "Nonna"),
    ],
)
def test_the_whole_text(words: str, prompt: Prompt, characters: tuple[Character, ...], whole: str):
    assert full_text(words, prompt, characters) == whole
