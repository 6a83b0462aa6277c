"""Chips flow like words in a paragraph."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pickup_ui.qt import QRect, QSize, Qt, QWidget
from pickup_ui.widgets.flow import Flow

if TYPE_CHECKING:
    from pickup_ui.qt import QApplication

SPACING = 4


class Block(QWidget):
    """A widget that wants a size."""

    def __init__(self, width: int, height: int = 20) -> None:
        super().__init__()
        self._size = QSize(width, height)

    def sizeHint(self) -> QSize:
        return self._size


def lay_out(
    widths: list[int],
    width: int,
    way: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight,
    heights: list[int] | None = None,
) -> tuple[QWidget, list[QRect]]:
    holder = QWidget()
    holder.setLayoutDirection(way)
    flow = Flow(SPACING)
    holder.setLayout(flow)
    blocks = [Block(w, h) for w, h in zip(widths, heights or [20] * len(widths), strict=True)]
    for block in blocks:
        flow.addWidget(block)
    flow.setGeometry(QRect(0, 0, width, flow.heightForWidth(width)))
    return holder, [block.geometry() for block in blocks]


SIZES = st.lists(st.integers(1, 150), min_size=1, max_size=12)


@pytest.mark.usefixtures("qapp")
class TestFlow:
    @settings(deadline=None, max_examples=50)
    @given(SIZES, st.integers(40, 400))
    def test_all_lie_inside_and_none_over_another(self, widths: list[int], width: int):
        holder, places = lay_out(widths, width)
        whole = QRect(0, 0, width, holder.layout().heightForWidth(width))  # type: ignore[union-attr]
        assert all(whole.contains(place) for place in places)
        assert not any(a.intersects(b) for a, b in combinations(places, 2))

    @settings(deadline=None, max_examples=50)
    @given(SIZES, st.integers(160, 400))
    def test_each_is_as_wide_as_it_wants_and_they_keep_their_order(
        self, widths: list[int], width: int
    ):
        _, places = lay_out(widths, width)
        assert [place.width() for place in places] == widths
        order = [(place.top(), place.left()) for place in places]
        assert order == sorted(order)

    @settings(deadline=None, max_examples=50)
    @given(SIZES, st.integers(160, 400))
    def test_a_line_ends_only_where_the_next_does_not_fit(self, widths: list[int], width: int):
        _, places = lay_out(widths, width)
        for one, following in pairwise(places):
            if following.top() > one.top():
                assert one.right() + 1 + SPACING + following.width() > width

    @settings(deadline=None, max_examples=30)
    @given(SIZES, st.integers(160, 400))
    def test_it_is_mirrored_where_one_writes_from_the_right(self, widths: list[int], width: int):
        _, left = lay_out(widths, width)
        _, right = lay_out(widths, width, Qt.LayoutDirection.RightToLeft)
        assert [p.left() for p in right] == [width - 1 - p.right() for p in left]
        assert [p.top() for p in right] == [p.top() for p in left]

    def test_lines_are_as_high_as_the_highest_on_them(self, qapp: QApplication):
        _, places = lay_out([60, 60, 60], 130, heights=[20, 34, 20])
        assert [p.top() for p in places] == [0, 0, 34 + SPACING]

    def test_what_is_too_wide_is_cut_to_the_line(self):
        _, places = lay_out([500, 30], 100)
        assert [p.width() for p in places] == [100, 30]

    def test_narrow_is_high_and_wide_is_low(self):
        holder, _ = lay_out([60] * 6, 400)
        flow = holder.layout()
        assert flow is not None
        assert flow.heightForWidth(400) == 20
        assert flow.heightForWidth(70) == 6 * 20 + 5 * SPACING
        assert flow.minimumSize() == QSize(40, 20)
        assert flow.hasHeightForWidth()

    def test_items_can_be_counted_and_taken(self):
        holder, _ = lay_out([10, 20], 100)
        flow = holder.layout()
        assert flow is not None
        assert flow.count() == 2
        assert flow.itemAt(2) is None
        taken = flow.takeAt(0)
        assert taken is not None
        assert taken.sizeHint().width() == 10
        assert flow.takeAt(5) is None
        assert flow.count() == 1
