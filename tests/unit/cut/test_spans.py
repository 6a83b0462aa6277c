"""Things laid over frames, compared with looking at every one of them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pickup.cut.spans import Spans, subtract
from pickup.timing import FrameRange

RANGES = st.builds(
    lambda start, length: FrameRange(start, start + length), st.integers(0, 40), st.integers(1, 20)
)
MANY = st.lists(RANGES, max_size=12)


def frames(*ranges: FrameRange) -> set[int]:
    return {frame for one in ranges for frame in range(one.start, one.end)}


@given(MANY, RANGES)
def test_over_a_range_lie_those_that_share_a_frame_with_it(
    laid: list[FrameRange], where: FrameRange
):
    found = Spans((one, index) for index, one in enumerate(laid)).over(where)
    alike = {index for index, one in enumerate(laid) if frames(one) & frames(where)}
    assert {index for _, index in found} == alike
    assert [one.start for one, _ in found] == sorted(laid[index].start for index in alike)


def test_a_long_one_far_before_is_not_overlooked():
    spans = Spans([(FrameRange(0, 100), "long"), (FrameRange(5, 6), "short")])
    assert [name for _, name in spans.over(FrameRange(90, 91))] == ["long"]
    assert spans.over(FrameRange(100, 120)) == []
    assert len(spans) == 2


@given(RANGES, MANY)
def test_what_is_left_is_what_nothing_takes(where: FrameRange, taken: list[FrameRange]):
    left = subtract(where, taken)
    assert frames(*left) == frames(where) - frames(*taken)
    assert all(one.end < two.start for one, two in pairwise(left))
    assert all(one.duration > 0 for one in left)
