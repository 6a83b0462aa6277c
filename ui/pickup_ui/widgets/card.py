"""The card of the gap that is looked at: its frames, its words, who films it and for how much."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pickup_ui.models.modeltable import choosable
from pickup_ui.models.shot_state import Status
from pickup_ui.qt import (
    QComboBox,
    QEvent,
    QFileDialog,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    Qt,
    QTimer,
    QVBoxLayout,
)
from pickup_ui.strings import counted, tr
from pickup_ui.widgets.chips import Chips, slot_name
from pickup_ui.widgets.frames import FramePicture
from pickup_ui.widgets.parts import Bar, Elided, button, column, label, may_shrink, number, row

if TYPE_CHECKING:
    from pickup.shots.request import ShotRequest
    from pickup_ui.models.models import Models, Offer
    from pickup_ui.models.orders import Orders
    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState
    from pickup_ui.models.thumbnails import Thumbnails


class Card(QScrollArea):
    """One gap, editable. Every edit can be undone; typing in one field is one step."""

    def __init__(
        self, session: Session, models: Models, orders: Orders, thumbnails: Thumbnails
    ) -> None:
        super().__init__()
        self._session, self._models, self._orders = session, models, orders
        self._filling = False
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setObjectName("card")
        self.setAccessibleName(tr("Gap"))
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        self._make_parts(thumbnails)
        self._lay_out()
        session.current_changed.connect(self._other_gap)
        session.shot_changed.connect(self._changed)
        session.opened_changed.connect(self._later.start)
        models.changed.connect(self._models_read)
        self._models_read()

    @property
    def state(self) -> ShotState | None:
        return self._session.state_of(self._session.current)

    # Parts.

    def _make_parts(self, thumbnails: Thumbnails) -> None:
        self.name = label("", "large")
        self.where = Elided("dim")
        self.before = FramePicture(thumbnails, tr("Out"))
        self.after = FramePicture(thumbnails, tr("In"))
        self.words = QPlainTextEdit()
        self.words.setPlaceholderText(tr("What shall be seen? Empty: joins its neighbours."))
        self.words.setAccessibleName(tr("Words"))
        self.words.setObjectName("words")
        self.words.setTabChangesFocus(True)
        self.words.setUndoRedoEnabled(False)  # The panel undoes what is typed, like all else.
        self.words.setFixedHeight(66)
        self.words.textChanged.connect(self._words_typed)
        self.slots = Chips()
        self.slots.edited.connect(self._slot_typed)
        self.cast = label("", "dim", wrap=True)
        self.sent = label("", "dim", wrap=True)
        self.sent.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sent.setAccessibleName(tr("Prompt as it is sent"))
        self.model = QComboBox()
        self.model.setObjectName("model")
        self.model.setAccessibleName(tr("Model"))
        self.model.activated.connect(self._model_picked)
        may_shrink(self.model)
        self.able = label("", "dim", wrap=True)
        self.cannot = label("", "bad", wrap=True)
        self.seed = QLineEdit()
        self.seed.setObjectName("seed")
        self.seed.setAccessibleName(tr("Seed"))
        self.seed.editingFinished.connect(self._seed_typed)
        self.takes = number(1, 64, 1, tr("Takes wanted"), self._takes_set)
        self.takes.setObjectName("takes")
        self.price = Elided("title")
        self.bar = Bar(tr("Progress"))
        self.news = label("", "dim", wrap=True)
        self.cancel = button(tr("Cancel"), self._cancel, "cancel")
        self.retry = button(tr("Try again"), self._order, "retry")
        self.order = button(tr("Order this shot"), self._order, "order-one")
        self.look = button(tr("Look …"), self._pick_look, "look", tip=tr("Fill slots from a look"))

    def _lay_out(self) -> None:
        frames = row(self.before, self.after, spacing=8)
        # Film runs from left to right, in whatever way a language is written.
        frames.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.busy = column(row(self.news, 1, self.cancel), self.bar, spacing=4)
        self.failed = QFrame()
        self.failed.setObjectName("message")
        self.why = label("", "bad", wrap=True)
        inside = QVBoxLayout(self.failed)
        inside.setContentsMargins(10, 8, 10, 8)
        inside.addWidget(self.why)
        inside.addWidget(row(self.retry, 1))
        self._body = column(
            column(self.name, self.where, spacing=2),
            frames,
            self.busy,
            self.failed,
            row(label(tr("Words"), "section"), 1, self.look),
            self.words,
            self.slots,
            self.cast,
            label(tr("Prompt as it is sent"), "section"),
            self.sent,
            label(tr("Model"), "section"),
            self.model,
            self.able,
            self.cannot,
            row(label(tr("Seed"), "dim"), self.seed, label(tr("Takes"), "dim"), self.takes, 1),
            row(self.price, self.order),
            margin=12,
            spacing=8,
        )
        self._inner = column(self._body, 1)
        self.seed.setFixedWidth(104)
        self.setWidget(self._inner)
        self.setMinimumWidth(340)

    # From the session to the screen.

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def _other_gap(self, _: str) -> None:
        self.verticalScrollBar().setValue(0)
        self.refresh()

    def _changed(self, shot: str) -> None:
        if shot == self._session.current:
            self._later.start()

    def refresh(self) -> None:
        """Show the gap as it is now."""
        self._later.stop()
        state = self.state
        self._body.setVisible(state is not None)
        if state is None:
            return
        self._filling = True
        shot = state.shot
        seconds = float(shot.frames / shot.rate)
        self.name.setText(state.id)
        frames = counted(shot.frames, "{n} frame", "{n} frames")
        self.where.setText(f"{shot.gap.timecode}   {frames}, {seconds:.2f} s")
        self.before.show_side(state.gap.before)
        self.after.show_side(state.gap.after)
        if self.words.toPlainText() != shot.words:
            self.words.setPlainText(shot.words)
        self.slots.show_shot(shot)
        self.cast.setText(_cast(shot))
        self.cast.setVisible(bool(self.cast.text()))
        offer = self._models.offer(shot)
        self.sent.setText(offer.sent or shot.text)
        self._show_model(state, offer)
        if not self.seed.hasFocus():
            self.seed.setText(str(shot.seed))
        self.takes.setValue(shot.takes)
        self._show_state(state)
        self._filling = False

    def _show_model(self, state: ShotState, offer: Offer) -> None:
        shown = self.model.findData(state.shot.model)
        if shown < 0 and state.shot.model:
            self.model.addItem(state.shot.model, state.shot.model)
            shown = self.model.count() - 1
        self.model.setCurrentIndex(max(0, shown))
        parts = [offer.model, offer.can] if not state.shot.model else [offer.can]
        lost = [note.rstrip(".") for note in offer.notes]
        self.able.setText("; ".join([p for p in parts if p] + lost))
        problems = list(offer.problems)
        if not offer.keyed and not problems:
            problems = [tr("There is no key for it yet; settings hold the keys.")]
        self.cannot.setText("\n".join(problems))
        self.cannot.setVisible(bool(problems))
        self.order.setEnabled(not problems and not state.busy)
        takes = state.shot.takes
        if offer.local:
            self.price.setText(tr("Free, made on this machine"))
        elif offer.price_each is None:
            self.price.setText(tr("Price not known"))
        else:
            total = f"${offer.price_each * takes:.2f}"
            text = tr("{total} for {n} takes", total=total, n=takes) if takes > 1 else total
            self.price.setText(text)

    def _show_state(self, state: ShotState) -> None:
        self.busy.setVisible(state.busy)
        if state.busy:
            self.bar.set_part(state.fraction)
            step = next(iter(state.steps.values()))
            phases = {
                "waiting": tr("Waiting"),
                "making": tr("Being made"),
                "conforming": tr("Fitting it to the cut"),
            }
            self.news.setText(step.message or phases.get(step.phase.value, ""))
        failed = state.status is Status.FAILED
        self.why.setText(state.reason)
        if failed and not self.failed.isVisible():
            self.verticalScrollBar().setValue(0)  # Where it stands why.
        self.failed.setVisible(failed)

    def _models_read(self) -> None:
        self._filling = True
        self.model.clear()
        self.model.addItem(tr("Best available"), "")
        catalog = self._models.catalog
        for card in choosable(catalog):
            title, usable = card.title or card.name, card.provider in catalog.keyed
            text = title if usable else tr("{title} (no key)", title=title)
            self.model.addItem(text, card.name)
        self._filling = False
        self._later.start()

    # From the screen to the session.

    def _words_typed(self) -> None:
        state = self.state
        if not self._filling and state is not None:
            words = self.words.toPlainText()[:20_000]
            origin = "person" if words else "neighbours"
            self._session.edit(
                state.id, tr("Change the words"), "words", words=words, words_from=origin
            )

    def _slot_typed(self, slot: str, text: str) -> None:
        state = self.state
        if state is not None:
            prompt = state.shot.prompt.model_copy(update={slot: text})
            what = tr("Change {slot}", slot=slot_name(slot))
            self._session.edit(state.id, what, slot, prompt=prompt)

    def _model_picked(self) -> None:
        state = self.state
        if state is not None and not self._filling:
            self._session.edit(state.id, tr("Change the model"), model=self.model.currentData())

    def _seed_typed(self) -> None:
        state, text = self.state, self.seed.text().strip()
        if state is None:
            return
        if text.isdecimal() and int(text) < 2**32:
            self._session.edit(state.id, tr("Change the seed"), seed=int(text))
        self.seed.setText(str(state.shot.seed))

    def _takes_set(self, takes: int) -> None:
        state = self.state
        if state is not None and not self._filling:
            self._session.edit(state.id, tr("Change the takes"), "takes", takes=takes)

    def _pick_look(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose a look"), "", tr("Looks (*.toml)"))
        if name:
            self.apply_look(Path(name))

    def apply_look(self, path: Path) -> None:
        """Fill what the shot's prompt leaves open from a look."""
        from pickup.errors import PickupError
        from pickup.shots.looks import read_look

        state = self.state
        if state is None:
            return
        try:
            look = read_look(path)
        except PickupError as error:
            self._session.failed.emit(str(error))
            return
        self._session.edit(
            state.id,
            tr("Apply a look"),
            prompt=look.over(state.shot.prompt),
            negative=state.shot.negative or look.negative,
            characters=look.characters,
            references=look.references,
            lut=look.lut,
            cdl=look.cdl,
        )

    def _order(self) -> None:
        if self.state is not None:
            self._orders.order_one(self.state.id)

    def _cancel(self) -> None:
        if self.state is not None:
            self._orders.cancel(self.state.id)


def _cast(shot: ShotRequest) -> str:
    """Who appears, and how many pictures are shown to the model."""
    names = [who.name for who in shot.characters if who.appears_in(shot.words)]
    parts = [tr("With {names}", names=", ".join(names))] if names else []
    count = len(shot.pictures)
    if count:
        parts.append(counted(count, "{n} reference picture", "{n} reference pictures"))
    return "; ".join(parts)
