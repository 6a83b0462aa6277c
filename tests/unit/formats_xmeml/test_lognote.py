"""The record of a placed clip in the two columns that an editor sees, and back out of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.cut.formats.xmeml.record import from_lognote, marker_words, to_lognote
from pickup.cut.model import Marker
from pickup.cut.words import is_tagged

PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=60)
RECORDS = st.dictionaries(
    st.sampled_from(["shot", "gap", "model", "created"]), PLAIN
) | st.fixed_dictionaries({"take": st.integers(1, 99), "seed": st.integers(0, 2**31)})


@given(RECORDS, PLAIN.map(str.strip))
def test_a_record_comes_back_with_its_prompt(record: dict[str, Any], prompt: str):
    whole = {**record, **({"prompt": prompt} if prompt else {})}
    note = to_lognote(whole, prompt)
    assert from_lognote(note, prompt) == whole
    assert note.isascii()


def test_the_prompt_is_not_said_twice():
    prompt = "a woman opens the door"
    assert prompt not in to_lognote({"shot": "pk010", "prompt": prompt}, prompt)


def test_one_that_the_editor_has_changed_is_the_editors_own():
    note = to_lognote({"shot": "pk010", "prompt": "a door"}, "a door")
    found = from_lognote(note, "a window")
    assert found == {"shot": "pk010", "prompt": "a window"}


def test_a_clip_without_a_prompt_is_given_none_by_a_note():
    note = to_lognote({"shot": "pk010"}, "the editor's own words")
    assert from_lognote(note, "the editor's own words") == {"shot": "pk010"}


@pytest.mark.parametrize(
    "note",
    ["", "pickup", "pickup this up later", "pickup {", 'pickup {"a"', "pickup {]", '{"a": 1}'],
)
def test_what_an_editor_writes_is_no_record(note: str):
    assert from_lognote(note, "") is None


def test_a_note_nested_beyond_reason_is_no_record():
    assert from_lognote("pickup " + '{"a":' * 100_000, "") is None


def test_a_marker_tells_shot_take_and_gap():
    record = {"shot": "pk010", "take": 2, "gap": "g0123456789", "model": "m"}
    assert marker_words(record) == "Synthetic, shot pk010, take 2, gap g0123456789"
    assert marker_words({"gap": "g1"}) == "Synthetic, gap g1"
    assert marker_words({"shot": "pk010"}) == "", "without a gap there is nothing to know it by"


def test_such_a_marker_asks_for_no_shot():
    words = marker_words({"shot": "pk010", "take": 2, "gap": "g0123456789"})
    assert not is_tagged(Marker(name=words, start=0))
