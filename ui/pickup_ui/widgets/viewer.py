"""The viewer: a take in its place, played, stepped, compared; and the judgement on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui.models.judge import Compare, Judge
from pickup_ui.qt import (
    QAction,
    QComboBox,
    QEvent,
    QLineEdit,
    Qt,
    QVBoxLayout,
    QWidget,
    Signal,
)
from pickup_ui.strings import tr
from pickup_ui.widgets.glyphs import Glyph
from pickup_ui.widgets.parts import action, button, flow, label, may_shrink, row, tool
from pickup_ui.widgets.picture import Picture, Scrubber

if TYPE_CHECKING:
    from pickup.fill.takes import Take
    from pickup_ui.models.orders import Orders
    from pickup_ui.models.session import Session

_NOTICED, _SEEN = 2.0, 4.0
"""ΔE2000 of a step at a join that may be noticed, and one that is seen."""


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
        judge.sound.changed.connect(self._sound)
        session.shot_changed.connect(lambda shot: self.refresh() if shot == session.current else 0)
        self.refresh()
        self._sound()

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
        self.sound = action(self, tr("Sound"), "M", lambda: judge.set_sound(not judge.audible))
        self.sound.setCheckable(True)
        self.side = action(self, tr("Side"), "S", lambda: self._compare(Compare.SIDE))
        self.wipe = action(self, tr("Wipe"), "W", lambda: self._compare(Compare.WIPE))
        for made in (self.side, self.wipe):
            made.setCheckable(True)
        self.choose_action = action(self, tr("Choose"), "C", self.choose)
        self.reject_action = action(self, tr("Reject"), "R", self.reject)
        self.next = action(self, tr("Next take"), "T", lambda: judge.next_take(1))

    def _lay_out(self) -> None:
        self.play_tool = Glyph("play").show_action(self.play)
        self.sound_tool = tool(self.sound)
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
        layout.addWidget(self._transport())
        layout.addWidget(row(self.takes, self.others, tool(self.side), tool(self.wipe), spacing=4))
        layout.addWidget(self.steps)
        layout.addWidget(self.remix_words)
        layout.addWidget(
            row(
                flow(self.choose_button, self.reject_button, self.remix_button, spacing=6),
                self.close_button,
            )
        )

    def _transport(self) -> QWidget:
        """What moves through the reel, and where it stands."""
        tools = flow(
            Glyph("back").show_action(self.back),
            self.play_tool,
            Glyph("on").show_action(self.on),
            tool(self.loop),
            self.sound_tool,
            spacing=2,
        )
        made = row(tools, self.time)
        # Film runs from left to right, in whatever way a language is written.
        made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        return made

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
        playing = self.judge.playing
        self.play_tool.draw("stop" if playing else "play")
        self.play_tool.setAccessibleName(tr("Stop") if playing else tr("Play"))
        self._time()

    def _sound(self) -> None:
        """Whether it is on; where nothing can be heard the tip says why."""
        sound = self.judge.sound
        self.sound.setEnabled(not sound.lacking)
        self.sound.setChecked(self.judge.audible)
        self.sound_tool.setToolTip(sound.problem or tr("Sound (M)"))
        self.sound_tool.setAccessibleDescription(sound.problem)

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


def _step_text(value: float | None) -> str:
    if value is None:
        return "–"
    if value < _NOTICED:
        return f"{value:.1f}"
    return tr("{n:.1f}, seen", n=value) if value >= _SEEN else tr("{n:.1f}, slight", n=value)
