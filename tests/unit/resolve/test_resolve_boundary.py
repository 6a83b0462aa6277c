"""The boundary: whatever Resolve answers becomes a value of its kind, or a named error."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup_resolve.api import MediaItem, Resolve, Timeline, TimelineItem
from pickup_resolve.boundary import Boundary, Build, whole
from pickup_resolve.errors import ResolveCallError, ResolveError
from pickup_resolve.testing import FakeResolve


class Answering:
    """An object of which every method answers the same."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self._answer


def timeline(answer: Any) -> Timeline:
    return Timeline(Boundary(), Answering(answer))


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4),
    st.lists(st.one_of(st.none(), st.integers()), max_size=3),
    st.dictionaries(st.one_of(st.floats(), st.text(max_size=2)), st.none(), max_size=3),
)  # fmt: skip


@given(anything)
def test_any_answer_becomes_a_value_of_its_kind(answer):
    asked = timeline(answer)
    assert isinstance(asked.name(), str)
    assert isinstance(asked.tracks("video"), int)
    assert isinstance(asked.markers(), dict)
    assert isinstance(asked.is_locked("video", 1), bool)
    assert all(isinstance(one, TimelineItem) for one in asked.items("video", 1))
    assert isinstance(TimelineItem(Boundary(), Answering(answer)).start(), int | None)
    assert isinstance(MediaItem(Boundary(), Answering(answer)).properties(), dict)
    with contextlib.suppress(ResolveCallError):
        assert isinstance(asked.start(), int)


@pytest.mark.parametrize(
    ("answer", "frames"),
    [(86400.0, 86400), ("86400", 86400), (2.9999999, 3), (None, None), ("x", None),
     (math.nan, None), (math.inf, None), ([], None), (True, 1)],
)  # fmt: skip
def test_frames_are_whole(answer, frames):
    assert whole(answer) == frames


def test_lists_hold_what_is_there():
    assert timeline(None).items("video", 1) == []
    assert timeline([None]).items("video", 1) == []
    assert len(timeline({2.0: 1, 1.0: 2}).items("video", 1)) == 2


def test_an_error_names_the_call_its_arguments_and_the_build():
    boundary = Boundary()
    boundary.build = Build("DaVinci Resolve", (20, 2, 1, 6))
    with pytest.raises(ResolveCallError) as caught:
        boundary.call(object(), "AppendToTimeline", [{"recordFrame": 1}], object(), "x" * 200)
    text = str(caught.value)
    assert text.startswith("DaVinci Resolve 20.2.1.6 did not do AppendToTimeline([{'recordFrame'")
    assert "object" in text
    assert len(text) < 500
    assert caught.value.build == "DaVinci Resolve 20.2.1.6"


@pytest.mark.parametrize("error", [TypeError, RuntimeError, OSError, ValueError, KeyError])
def test_whatever_the_library_raises_is_named(error):
    class Broken:
        def GetName(self) -> str:
            raise error("gone")

    with pytest.raises(ResolveCallError, match="gone"):
        Timeline(Boundary(), Broken()).name()
    with pytest.raises(ResolveCallError, match="GetName"):
        Boundary().rows([Timeline(Boundary(), Broken())], "GetName")


def test_calls_are_counted():
    fake = FakeResolve()
    resolve = Resolve.of(fake)
    resolve.timeline().placed("video", 1, ids=True)
    assert resolve.boundary.calls == fake.calls


@pytest.mark.parametrize(
    ("version", "inclusive"), [((18, 6), True), ((19, 0), False), ((21, 1), False), ((), False)]
)
def test_the_end_of_an_append_is_inclusive_before_19(version, inclusive):
    assert Build("DaVinci Resolve", version).ends_inclusive is inclusive


def test_the_edition_is_known_by_the_product():
    assert str(Resolve.of(FakeResolve(studio=True)).build).startswith("DaVinci Resolve Studio 21.")
    assert str(Resolve.of(FakeResolve(studio=False)).build).startswith("DaVinci Resolve 21.")


def test_a_constant_may_be_nought_and_is_never_made_up():
    resolve = Resolve.of(FakeResolve())
    assert resolve.constant("EXPORT_NONE") == 0.0
    with pytest.raises(ResolveError, match="does not know EXPORT_LUT"):
        resolve.constant("EXPORT_LUT")


def test_a_dialog_makes_every_call_fail_by_name():
    fake = FakeResolve()
    resolve = Resolve.of(fake)
    fake.modal = "Studio only"
    with pytest.raises(ResolveCallError, match="Close any dialog"):
        resolve.timeline()
