"""How the timeline looks: ruler, tracks with their names, gaps, markers, playhead.

Everything but the names of the tracks is drawn in the view's own pixels, which begin right of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from pickup.timing import nominal
from pickup_ui import theme
from pickup_ui.models.strip import Box, Lane, Paint, StripData, View, ruler_step
from pickup_ui.qt import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QPointF,
    QPolygonF,
    QRectF,
    QSizeF,
    Qt,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState

RULER, GAPS, FOOT = 24, 20, 6
"""Pixels: the ruler, the gaps' own row, and what shows how far is scrolled."""
LANE_LEAST, LANE_MOST, LANE_WANTED = 15.0, 66.0, 26.0
TELLING = 5.0
"""Pixels: a gap narrower than this is one colour."""


class Layout:
    """Where the rows of a strip lie; tracks grow with the room and are scrolled where it ends."""

    def __init__(self) -> None:
        self.lanes = 0
        self.room = 0.0
        self.down = 0.0

    def fit(self, lanes: int, height: int) -> None:
        self.lanes, self.room = lanes, max(0.0, height - RULER - GAPS - FOOT)
        self.scroll(0)

    @property
    def height(self) -> float:
        """Of one track."""
        return max(LANE_LEAST, min(LANE_MOST, self.room / max(1, self.lanes)))

    def scroll(self, by: float) -> None:
        self.down = max(0.0, min(self.down + by, self.lanes * self.height - self.room))

    def top(self, lane: int) -> float:
        return RULER + GAPS + lane * self.height - self.down

    def at(self, y: float) -> int:
        """The track at a height, or -1."""
        lane = int((y - self.top(0)) // self.height)
        return lane if y >= RULER + GAPS and 0 <= lane < self.lanes else -1


class StripPainter:
    """Draws a strip of some size.

    Args:
        rows: where the tracks lie.
        head: pixels for their names.
        starts: of all gaps.
    """

    def __init__(self, session: Session, view: View, rows: Layout) -> None:
        self._session, self._view, self._rows = session, view, rows
        self.data = StripData()
        self.starts: list[int] = []
        self.head = 0
        self.size = QSizeF()

    def font(self, base: QFont) -> QFont:
        small = QFont(base)
        small.setPixelSize(10)
        return small

    def head_for(self, base: QFont) -> int:
        """Pixels that the tracks' short names need."""
        metrics = QFontMetrics(self.font(base))
        names = [lane.short for lane in self.data.lanes] or ["V1"]
        return max(metrics.horizontalAdvance(name) for name in names) + 12

    def still(self, painter: QPainter, base: QFont) -> None:
        """All but the playhead."""
        painter.fillRect(QRectF(QPointF(0, 0), self.size), theme.color("window"))
        if self._session.opened is None:
            return
        small = self.font(base)
        painter.setFont(small)
        lanes = [
            (lane, self._rows.top(number))
            for number, lane in enumerate(self.data.lanes)
            if RULER + GAPS - self._rows.height < self._rows.top(number) < self.size.height()
        ]
        painter.save()
        painter.translate(self.head, 0)
        painter.setClipRect(QRectF(0, 0, self._view.width, self.size.height()))
        for lane, top in lanes:
            self._lane(painter, lane, top)
        self._holes(painter)
        painter.fillRect(QRectF(0, RULER, self._view.width, GAPS), theme.color("window"))
        self._gaps(painter)
        painter.setFont(theme.numbers_font(small))
        self._ruler(painter)
        self._markers(painter)
        self._thumb(painter)
        painter.restore()
        self._names(painter, lanes)

    def _names(self, painter: QPainter, lanes: list[tuple[Lane, float]]) -> None:
        """What the tracks are called, on the left."""
        side = QRectF(0, 0, self.head, self.size.height())
        painter.fillRect(side, theme.color("surface"))
        painter.setPen(theme.color("dim"))
        for lane, top in lanes:
            place = QRectF(0, top, self.head, self._rows.height - 1)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, lane.short)
        painter.fillRect(QRectF(0, 0, self.head, RULER + GAPS), theme.color("surface"))
        line = theme.color("line")
        painter.fillRect(QRectF(self.head - 1, 0, 1, self.size.height()), line)
        painter.fillRect(QRectF(0, RULER + GAPS - 1, self.head, 1), line)

    def _ruler(self, painter: QPainter) -> None:
        opened, view = self._session.opened, self._view
        assert opened is not None
        painter.fillRect(QRectF(0, 0, view.width, RULER), theme.color("surface"))
        step = ruler_step(view.frames_per_pixel, nominal(opened.cut.rate), 96)
        frame = int(view.first // step) * step
        line, dim = QPen(theme.color("line")), QPen(theme.color("dim"))
        while frame < view.last:
            x = view.x(frame)
            painter.setPen(line)
            painter.drawLine(QPointF(x, RULER - 6), QPointF(x, RULER))
            painter.setPen(dim)
            painter.drawText(QPointF(x + 7, 11), opened.timecode(frame))
            frame += step

    def _lane(self, painter: QPainter, lane: Lane, y: float) -> None:
        view, height = self._view, self._rows.height
        painter.fillRect(QRectF(0, y, view.width, height - 1), theme.color("lane"))
        by_paint: dict[str | Paint, list[QRectF]] = defaultdict(list)
        named: list[Box] = []
        gutter = 1.0 if view.scale > 0.05 else 0.0
        for box in lane.seen(view.first, view.last, view.frames_per_pixel):
            x, end = view.x(box.start), view.x(box.end)
            place = QRectF(x, y, max(1.0, end - x - gutter), height - 2)
            if box.paint is Paint.TRANSITION:
                # It lies over two clips: below their names, as in an editing program.
                place.setTop(y + height / 2)
            elif box.name and end - x > 34:
                named.append(box)
            by_paint[box.color or box.paint].append(place)
        painter.setPen(Qt.PenStyle.NoPen)
        for paint, rects in sorted(by_paint.items(), key=lambda one: one[0] is Paint.TRANSITION):
            painter.setBrush(_paint_of(paint))
            painter.drawRects(rects)
        self._clip_names(painter, named, y)

    def _clip_names(self, painter: QPainter, boxes: list[Box], y: float) -> None:
        painter.setPen(theme.color("text"))
        metrics = painter.fontMetrics()
        # On a tall track the name stands at its top, as in an editing program.
        tall = min(self._rows.height - 2, 18.0)
        for box in boxes:
            left = max(self._view.x(box.start), 0.0) + 4
            room = self._view.x(box.end) - left - 4
            if room > 20:
                text = metrics.elidedText(box.name, Qt.TextElideMode.ElideRight, int(room))
                place = QRectF(left, y, room, tall)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    # Gaps.

    def place(self, state: ShotState) -> QRectF:
        """A gap's box in the gaps' own row."""
        x, end = self._view.x(state.gap.start), self._view.x(state.gap.end)
        return QRectF(x, RULER + 2, max(2.0, end - x - 1), GAPS - 5)

    def _seen(self) -> Iterator[ShotState]:
        """The gaps in view; of several that share a pixel, one, and always the current one."""
        view, session = self._view, self._session
        first = max(0, bisect_right(self.starts, view.first) - 1)
        last = bisect_left(self.starts, view.last)
        beyond = -1.0
        for row in range(first, last):
            state = session.shots[session.ids[row]]
            end = view.x(state.gap.end)
            if end < beyond + 1 and state.id != session.current:
                continue
            beyond = end
            yield state

    def _holes(self, painter: QPainter) -> None:
        """On the pictures' tracks: what is missing, hatched; the current one in its colour."""
        pictures = sum(1 for lane in self.data.lanes if not lane.sound)
        top, end = max(self._rows.top(0), RULER + GAPS), self._rows.top(pictures) - 1
        if end <= top:
            return
        opened, states = self._session.opened, theme.colors().states
        standing = opened.standing if opened is not None else {}
        hatch = QBrush(theme.color("line"), Qt.BrushStyle.BDiagPattern)
        for state in self._seen():
            x = self._view.x(state.gap.start)
            hole = QRectF(x, top, max(2.0, self._view.x(state.gap.end) - x - 1), end - top)
            if state.id == self._session.current:
                wash = QColor(states[state.status])
                wash.setAlphaF(0.22)
                painter.fillRect(hole, wash)
            if hole.width() > TELLING and state.id not in standing:
                painter.fillRect(hole, hatch)

    def _gaps(self, painter: QPainter) -> None:
        for state in self._seen():
            self.gap(painter, self.place(state), state)

    def gap(self, painter: QPainter, place: QRectF, state: ShotState) -> None:
        """One box of the gaps' row."""
        here = state.id == self._session.current
        tint = QColor(theme.colors().states[state.status])
        if place.width() < TELLING and not here:
            painter.fillRect(place, tint)
            return
        painter.setPen(QPen(tint, 2 if here else 1))
        fill = QColor(tint)
        fill.setAlphaF(0.4 if here else 0.16)
        painter.setBrush(fill)
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        if state.busy:
            done = QRectF(place.x(), place.y(), place.width() * state.fraction, place.height())
            fill.setAlphaF(0.55)
            painter.fillRect(done, fill)
        if place.width() > 40:
            painter.setPen(theme.color("text"))
            painter.drawText(place.adjusted(4, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, state.id)

    # What lies over it.

    def _markers(self, painter: QPainter) -> None:
        view = self._view
        painter.setPen(Qt.PenStyle.NoPen)
        for marker in self.data.markers_seen(view.first, view.last, view.frames_per_pixel * 3):
            x, tint = view.x(marker.start), theme.marker(marker.color)
            if marker.duration > 1:
                painter.fillRect(QRectF(x, 20, marker.duration * view.scale, 3), tint)
            painter.setBrush(tint)
            painter.drawPolygon(QPolygonF([QPointF(x - 4, 15), QPointF(x + 4, 15), QPointF(x, 22)]))

    def _thumb(self, painter: QPainter) -> None:
        """Which part of the whole is seen, as a line at the foot."""
        view = self._view
        whole = view.duration * 1.02
        if view.width / view.scale >= whole * 0.999:
            return
        x = view.first / whole * view.width
        width = max(16.0, view.width / view.scale / whole * view.width)
        place = QRectF(x, self.size.height() - 4, width, 3)
        painter.fillRect(place, theme.color("dim"))

    def playhead(self, painter: QPainter) -> None:
        """The line, with what it is grasped by on the ruler."""
        x = self._view.x(self._session.playhead)
        if self._session.opened is None or not -1 <= x <= self._view.width + 1:
            return
        painter.save()
        painter.translate(self.head, 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = theme.color("playhead")
        line = (QPointF(x, 8), QPointF(x, self.size.height()))
        shade = QColor(Qt.GlobalColor.black)
        shade.setAlphaF(0.3)  # So that it is seen on clips of its own brightness.
        for pen in (QPen(shade, 3.5), QPen(tint, 1.5)):
            painter.setPen(pen)
            painter.drawLine(*line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        corners = ((-5, 0), (5, 0), (5, 6), (0, 12), (-5, 6))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y) for dx, y in corners]))
        painter.restore()


def _paint_of(paint: str | Paint) -> QColor:
    """An editor's own colour, or that of what a box is."""
    if isinstance(paint, str):
        return theme.muted(paint)
    return QColor(theme.colors().boxes[paint])
