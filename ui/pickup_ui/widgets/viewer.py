"""The viewer: a take in its place, played, stepped, compared; and the judgement on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui import theme
from pickup_ui.models.judge import Compare, Judge
from pickup_ui.models.strip import Paint
from pickup_ui.qt import (
    QAction,
    QColor,
    QComboBox,
    QEvent,
    QImage,
    QLineEdit,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QResizeEvent,
    QSize,
    QSizePolicy,
    Qt,
    QVBoxLayout,
    QWidget,
    Signal,
)
from pickup_ui.strings import tr
from pickup_ui.widgets.frames import draw_inside
from pickup_ui.widgets.parts import action, button, label, may_shrink, row, tool

if TYPE_CHECKING:
    from pickup.fill.takes import Take
    from pickup_ui.models.orders import Orders
    from pickup_ui.models.session import Session

_NOTICED, _SEEN = 2.0, 4.0
"""ΔE2000 of a step at a join that may be noticed, and one that is seen."""


class Picture(QWidget):
    """The frame at the judge's position; two of them when takes are compared.

    In a wipe the pointer moves the edge.
    """

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge = judge
        self.edge = 0.5
        self._last: QImage | None = None
        self.setMinimumSize(200, 112)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setObjectName("picture")
        self.setAccessibleName(tr("Picture"))
        self.setMouseTracking(True)
        judge.frame_changed.connect(self.update)
        judge.reel_changed.connect(self._other_reel)

    def sizeHint(self) -> QSize:
        return QSize(480, 270)

    def _other_reel(self) -> None:
        self._last = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        ratio = self.devicePixelRatioF()
        size = event.size() * ratio
        self._judge.set_size(size.width(), size.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._judge.compare is Compare.WIPE:
            self.edge = min(1.0, max(0.0, event.position().x() / max(1, self.width())))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        judge = self._judge
        if judge.reel is None:
            self._say(painter, self.rect(), tr("Choose a gap"))
        elif judge.compare is Compare.SIDE:
            half = self.width() // 2
            left = QRect(0, 0, half - 1, self.height())
            right = QRect(half + 1, 0, self.width() - half - 1, self.height())
            self._one(painter, left, second=False)
            self._one(painter, right, second=True)
            self._name(painter, left, judge.main.take)
            self._name(painter, right, judge.other.take)
        else:
            self._one(painter, self.rect(), second=False)
            if judge.compare is Compare.WIPE:
                self._wipe(painter)
        painter.end()

    def _wipe(self, painter: QPainter) -> None:
        at = round(self.edge * self.width())
        right = QRect(at, 0, self.width() - at, self.height())
        painter.save()
        painter.setClipRect(right)
        painter.fillRect(right, Qt.GlobalColor.black)
        self._one(painter, self.rect(), second=True)
        painter.restore()
        painter.setPen(QPen(Qt.GlobalColor.white, 1))
        painter.drawLine(at, 0, at, self.height())
        self._name(painter, QRect(0, 0, at, self.height()), self._judge.main.take)
        self._name(painter, right, self._judge.other.take)

    def _one(self, painter: QPainter, rect: QRect, *, second: bool) -> None:
        judge = self._judge
        player = judge.other if second else judge.main
        image = player.picture(judge.position)
        if image is not None:
            if not second:
                self._last = image
            draw_inside(painter, rect, image)
        elif not player.has(judge.position):
            # On its way: what was shown stays, so that nothing flickers.
            if self._last is not None and not second:
                draw_inside(painter, rect, self._last)
        else:
            inside = judge.reel is not None and (
                judge.reel.joins[0] <= judge.position < judge.reel.joins[1]
            )
            self._say(painter, rect, tr("Gap") if inside else tr("No picture on this machine"))

    @staticmethod
    def _say(painter: QPainter, rect: QRect, text: str) -> None:
        painter.setPen(Qt.GlobalColor.gray)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    @staticmethod
    def _name(painter: QPainter, rect: QRect, name: str) -> None:
        text = name or tr("before")
        width = painter.fontMetrics().horizontalAdvance(text) + 12
        if width < rect.width():
            place = QRect(rect.left() + 6, rect.bottom() - 26, width, 20)
            painter.fillRect(place, Qt.GlobalColor.black)
            painter.setPen(Qt.GlobalColor.white)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


class Scrubber(QWidget):
    """The reel as a line: neighbour, take, neighbour; a click or a drag moves along it."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge = judge
        self.setFixedHeight(18)
        self.setObjectName("scrubber")
        self.setAccessibleName(tr("Position"))
        judge.frame_changed.connect(self.update)
        judge.reel_changed.connect(self.update)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        part = event.position().x() / max(1, self.width())
        self._judge.seek(int(part * self._judge.length))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        reel = self._judge.reel
        painter.fillRect(QRectF(0, 5, self.width(), 8), theme.color("line"))
        if reel is not None and reel.frames:
            scale = self.width() / len(reel.frames)
            first, end = reel.joins
            colors = theme.colors()
            tint = colors.boxes[Paint.PICKUP]
            painter.fillRect(QRectF(first * scale, 5, (end - first) * scale, 8), QColor(tint))
            x = (self._judge.position + 0.5) * scale
            painter.setPen(QPen(theme.color("playhead"), 2))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.end()


class Viewer(QWidget):
    """Picture, transport, takes and judgement.

    Signals:
        closed: back to the cards, where it lies over them.
    """

    closed = Signal()

    def __init__(self, session: Session, judge: Judge, orders: Orders) -> None:
        super().__init__()
        self._session, self.judge, self._orders = session, judge, orders
        self.setObjectName("viewer")
        self.picture = Picture(judge)
        self.scrubber = Scrubber(judge)
        self.time = label("", "dim")
        self.steps = label("", "dim", wrap=True)
        self.takes = QComboBox()
        self.takes.setObjectName("take-list")
        self.takes.setAccessibleName(tr("Take"))
        self.takes.activated.connect(lambda _: judge.show_take(self.takes.currentData()))
        self.others = QComboBox()
        self.others.setAccessibleName(tr("Compare with"))
        self.others.activated.connect(lambda _: judge.compare_with(self.others.currentData()))
        for box in (self.takes, self.others):
            may_shrink(box)
        self.remix_words = QLineEdit()
        self.remix_words.setObjectName("remix-words")
        self.remix_words.setPlaceholderText(tr("Other words for a new take, then Enter"))
        self.remix_words.setAccessibleName(tr("Words of the remix"))
        self.remix_words.returnPressed.connect(self.remix)
        self.remix_words.hide()
        self._make_actions()
        self._lay_out()
        judge.frame_changed.connect(self._time)
        judge.reel_changed.connect(self.refresh)
        judge.step_changed.connect(self._steps)
        judge.playing_changed.connect(self._playing)
        session.shot_changed.connect(lambda shot: self.refresh() if shot == session.current else 0)
        self.refresh()

    def _make_actions(self) -> None:
        judge = self.judge
        self.play = action(self, tr("Play"), "Space", judge.toggle)
        self.back = action(self, tr("Frame back"), "Left", lambda: judge.step(-1))
        self.on = action(self, tr("Frame on"), "Right", lambda: judge.step(1))
        self.to_in = action(self, tr("First frame of the take"), "Shift+Left",
                            lambda: judge.to_join(0))  # fmt: skip
        self.to_out = action(self, tr("Last frame of the take"), "Shift+Right",
                             lambda: judge.to_join(1))  # fmt: skip
        self.loop = action(self, tr("Loop"), "Ctrl+L", self._loop)
        self.loop.setCheckable(True)
        self.loop.setChecked(judge.loop)
        self.side = action(self, tr("Side"), "S", lambda: self._compare(Compare.SIDE))
        self.wipe = action(self, tr("Wipe"), "W", lambda: self._compare(Compare.WIPE))
        for made in (self.side, self.wipe):
            made.setCheckable(True)
        self.choose_action = action(self, tr("Choose"), "C", self.choose)
        self.reject_action = action(self, tr("Reject"), "R", self.reject)
        self.next = action(self, tr("Next take"), "T", lambda: judge.next_take(1))

    def _lay_out(self) -> None:
        self.play_tool = tool(self.play, tr("Play"))
        self.choose_button = button(tr("Choose"), self.choose, "primary", tip="C")
        self.reject_button = button(tr("Reject"), self.reject, "reject", tip="R")
        self.remix_button = button(tr("Remix …"), self._ask_remix, "remix")
        self.close_button = button(tr("Back"), self.closed.emit, "back", tip="Esc")
        self.close_button.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(6)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.scrubber)
        layout.addWidget(
            row(
                tool(self.back, "◂", spoken=tr("Frame back")),
                self.play_tool,
                tool(self.on, "▸", spoken=tr("Frame on")),
                tool(self.loop, tr("Loop")),
                1,
                self.time,
                spacing=2,
            )
        )
        layout.addWidget(row(self.takes, self.others, tool(self.side, tr("Side")),
                             tool(self.wipe, tr("Wipe")), spacing=4))  # fmt: skip
        layout.addWidget(self.steps)
        layout.addWidget(self.remix_words)
        layout.addWidget(
            row(self.choose_button, self.reject_button, self.remix_button, 1, self.close_button)
        )

    # To the screen.

    def set_closable(self, closable: bool) -> None:
        """Whether it lies over something to go back to."""
        self.close_button.setVisible(closable)

    def refresh(self) -> None:
        """Show takes and judgement as they are now."""
        state, judge = self.judge.state, self.judge
        takes = state.takes if state else ()
        self._list(self.takes, takes, judge.main.take)
        self._list(self.others, takes, judge.other.take)
        comparing = judge.compare is not Compare.OFF
        self.others.setVisible(comparing)
        self.side.setChecked(judge.compare is Compare.SIDE)
        self.wipe.setChecked(judge.compare is Compare.WIPE)
        take = judge.take
        chosen = take is not None and take.chosen
        self.choose_button.setText(tr("Chosen") if chosen else tr("Choose"))
        rejected = take is not None and state is not None and take.name in state.rejected
        self.reject_button.setText(tr("Keep") if rejected else tr("Reject"))
        actions: tuple[QAction | QWidget, ...] = (
            self.choose_button, self.reject_button, self.choose_action, self.reject_action,
        )  # fmt: skip
        for one in actions:
            one.setEnabled(take is not None)
        self.remix_button.setEnabled(state is not None and not state.busy)
        self._time()
        self._steps()

    def _list(self, box: QComboBox, takes: tuple[Take, ...], shown: str) -> None:
        state = self.judge.state
        entries = [(tr("Before: the gap"), "")]
        for take in takes:
            text = tr("Take {n}", n=take.record.take)
            if take.chosen:
                text += "  " + tr("chosen")
            elif state is not None and take.name in state.rejected:
                text += "  " + tr("rejected")
            entries.append((text, take.name))
        if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != entries:
            box.clear()
            for text, name in entries:
                box.addItem(text, name)
        box.setCurrentIndex(max(0, box.findData(shown)))

    def _time(self) -> None:
        opened, reel = self._session.opened, self.judge.reel
        if opened is None or reel is None:
            self.time.setText("")
            return
        text = opened.timecode(reel.start + self.judge.position)
        if self.judge.late:
            text += "   " + tr("{n} frames late", n=self.judge.late)
        self.time.setText(text)

    def _steps(self) -> None:
        steps = self.judge.steps
        self.steps.setVisible(self.judge.take is not None)
        if steps is None:
            self.steps.setText(tr("Colour step at the joins: …"))
            return
        parts = [
            f"{where} {_step_text(value)}"
            for where, value in zip((tr("in"), tr("out")), steps, strict=True)
        ]
        self.steps.setText(tr("Colour step at the joins (ΔE):") + "  " + "   ".join(parts))

    def _playing(self) -> None:
        self.play_tool.setText(tr("Stop") if self.judge.playing else tr("Play"))
        self._time()

    # From the screen.

    def choose(self) -> None:
        """Choose the take that is shown, or no longer."""
        state, take = self.judge.state, self.judge.take
        if state is not None and take is not None:
            self._session.choose(state.id, None if take.chosen else take.record.take)

    def reject(self) -> None:
        state, take = self.judge.state, self.judge.take
        if state is not None and take is not None:
            self._session.reject(state.id, take.name, take.name not in state.rejected)

    def _ask_remix(self) -> None:
        state = self.judge.state
        if state is not None:
            self.remix_words.setText(state.shot.words or state.shot.text)
            self.remix_words.show()
            self.remix_words.setFocus()
            self.remix_words.selectAll()

    def remix(self) -> None:
        """Order a new take from the words typed; the takes that there are stay."""
        state = self.judge.state
        words = self.remix_words.text().strip()
        self.remix_words.hide()
        if state is not None and words and not state.busy:
            self._session.edit(state.id, tr("Remix"), words=words, words_from="person")
            self._orders.order_one(state.id)

    def _loop(self) -> None:
        self.judge.loop = self.loop.isChecked()

    def _compare(self, how: Compare) -> None:
        self.judge.set_compare(Compare.OFF if self.judge.compare is how else how)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def hit(self, position: float) -> QPoint:
        """Where on the scrubber a part of the reel, 0 to 1, is clicked."""
        return QPoint(round(position * (self.scrubber.width() - 1)), self.scrubber.height() // 2)


def _step_text(value: float | None) -> str:
    if value is None:
        return "–"
    if value < _NOTICED:
        return f"{value:.1f}"
    return tr("{n:.1f}, seen", n=value) if value >= _SEEN else tr("{n:.1f}, slight", n=value)
