"""The panel's window: puts models and widgets together, docked narrow or as a full window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pickup.errors import PickupError
from pickup_ui.commands import Commands
from pickup_ui.hosts import Settles, host_of
from pickup_ui.models.example import Example
from pickup_ui.models.gaps import GapRows
from pickup_ui.models.judge import Judge
from pickup_ui.models.models import Models
from pickup_ui.models.offering import Offering
from pickup_ui.models.orders import Orders
from pickup_ui.models.placement import Placement
from pickup_ui.models.session import Session
from pickup_ui.models.settings import Settings
from pickup_ui.models.thumbnails import Thumbnails
from pickup_ui.qt import (
    QApplication,
    QCloseEvent,
    QComboBox,
    QDragEnterEvent,
    QDropEvent,
    QEvent,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QKeyEvent,
    QKeySequence,
    QObject,
    QRect,
    QResizeEvent,
    QSpinBox,
    QStackedWidget,
    Qt,
    QVBoxLayout,
    QWidget,
)
from pickup_ui.strings import counted, tr
from pickup_ui.tasks import Tasks
from pickup_ui.widgets.card import Card
from pickup_ui.widgets.first import FirstPage
from pickup_ui.widgets.foot import Foot
from pickup_ui.widgets.gaplist import GapList
from pickup_ui.widgets.glyphs import Glyph
from pickup_ui.widgets.message import Message
from pickup_ui.widgets.overlay import Overlay, place_sheet, quote_sheet
from pickup_ui.widgets.parts import Elided, tool
from pickup_ui.widgets.settings import SettingsPage
from pickup_ui.widgets.stage import Stage
from pickup_ui.widgets.strip import Strip
from pickup_ui.widgets.viewer import Viewer

if TYPE_CHECKING:
    from pickup.hosts.base import Host
    from pickup_ui.hosts import Source
    from pickup_ui.work.ordering import Quote
    from pickup_ui.work.placing import Placed, Proposal

_SEQUENCE = 220
"""Pixels that the name of a sequence gets at most."""
_NOTES = 4
"""What was noticed while a cut was read: as much as leaves room for the cut."""
_FILES = "*.otio *.otioz *.otiod *.xml *.fcpxml *.fcpxmld *.edl *.aaf"
_OWN_KEYS = (
    *(Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right),
)
_TYPED = range(0x20, 0x7F)
"""Keys that write something, which pick an entry in a list that drops down."""


class Panel(QWidget):
    """The whole panel. It may be shown beside any program: it never takes the focus by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Pickup")
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setMinimumSize(360, 420)
        self.tasks = Tasks(self)
        self.settings = Settings(self)
        self.models = Models(self.tasks, self)
        self.session = Session(self.tasks, self.settings, self)
        self.orders = Orders(self.session, self.models, self)
        self.placement = Placement(self.session, self)
        self.offering = Offering(self.session, self.placement, self)
        self.judge = Judge(self.session, self)
        self.thumbnails = Thumbnails(self.tasks, self)
        self.example = Example(self.session, self.orders, self.placement, self)
        self._sources: list[Source] = []
        self.setAcceptDrops(True)
        self._make_widgets()
        self._lay_out()
        self.commands = Commands(self)
        self._lay_out_bar()
        self._connect()
        self._place_window()
        self.first.example.setFocus()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_moved)

    # Building.

    def _make_widgets(self) -> None:
        session = self.session
        self.rows = GapRows(session, self)
        self.strip = Strip(session)
        self.list = GapList(session, self.rows, self.thumbnails)
        self.card = Card(session, self.models, self.orders, self.thumbnails)
        self.viewer = Viewer(session, self.judge, self.orders)
        self.first = FirstPage(self.settings)
        self.settings_page = SettingsPage(self.settings, self.models)
        self.foot = Foot(session, self.orders, self.placement.propose)
        self.stage = Stage(
            self.settings, (self.list, self.card, self.viewer), self.strip, self.foot
        )
        self.title = Elided("title", Qt.TextElideMode.ElideMiddle)
        self._show_title()
        self.sequence = QComboBox()
        self.sequence.setAccessibleName(tr("Sequence"))
        self.sequence.setMinimumContentsLength(6)
        self.sequence.setMaximumWidth(_SEQUENCE)
        self.sequence.hide()
        self.message = Message(self.placement.take_back)
        self.way_back = self.message.way_back
        self.overlay = Overlay(self)

    def _lay_out(self) -> None:
        self.bar = QFrame()
        self.bar.setObjectName("bar")
        self.stack = QStackedWidget()
        self.work_page = self.stage
        for page in (self.first, self.stage, self.settings_page):
            self.stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.message)
        layout.addWidget(self.stack, 1)

    def _lay_out_bar(self) -> None:
        commands = self.commands
        across = QHBoxLayout(self.bar)
        across.setContentsMargins(12, 5, 8, 5)
        across.setSpacing(2)
        across.addWidget(self.title, 1)
        across.addWidget(self.sequence)
        across.addSpacing(6)
        self.judge_tool = tool(commands.judge)
        across.addWidget(self.judge_tool)
        across.addWidget(Glyph("undo").show_action(commands.undo))
        across.addWidget(Glyph("redo").show_action(commands.redo))
        across.addWidget(commands.menu_button())
        commands.refresh()

    def _connect(self) -> None:
        session = self.session
        session.opening.connect(self._opening)
        session.opened_changed.connect(self._opened)
        for told in (self.tasks, session, self.orders, self.placement, self.settings, self.example):
            told.failed.connect(self.say)
        for opening in (session, self.example):
            opening.failed.connect(self._show_title)
        self.orders.quoted.connect(self._quoted)
        self.viewer.closed.connect(self.escape)
        self.overlay.closed.connect(self._overlay_closed)
        self.placement.proposed.connect(self._proposed)
        self.placement.placed.connect(self._placed)
        self.placement.taken_back.connect(lambda: self.say(tr("It is taken back."), good=True))
        self.first.open_asked.connect(self.ask_for_cut)
        self.first.example_asked.connect(self.example.fill)
        self.first.recent_asked.connect(lambda name: self.open(Path(name)))
        self.settings_page.closed.connect(self._leave_settings)
        self.sequence.activated.connect(self._sequence_picked)
        self.settings.changed.connect(self._settings_changed)

    # What comes from outside.

    def start(self) -> None:
        """Read the catalog, and let hosts bring their cuts. Called once the panel is shown."""
        from pickup_ui.hosts import sources

        self.models.read()

        def made(found: tuple[list[Source], list[str]]) -> None:
            self._sources, problems = found
            for source in self._sources:
                source.start(self.arrive, lambda text: self.tasks.post(partial(self.say, text)))
            for problem in problems:
                self.say(problem)

        self.tasks.run(sources, made)

    def arrive(self, host: Host) -> None:
        """A host brings a cut; from any thread."""
        self.tasks.post(partial(self.session.open, host))

    def open(self, path: Path) -> None:
        """Open a file."""
        try:
            self.session.open(host_of(path, self._sources))
        except PickupError as error:
            self.say(str(error))

    def ask_for_cut(self) -> None:
        """Let the user choose a file."""
        name, _ = QFileDialog.getOpenFileName(
            self, tr("Open a cut"), "", tr("Timelines") + f" ({_FILES})"
        )
        if name:
            self.open(Path(name))

    # What is shown.

    def say(self, text: str, *, good: bool = False) -> None:
        """Tell the user something, at the top, until it is closed."""
        self.first.wait("")
        self.message.say(text, good=good)

    def _turn_to(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)
        self.commands.refresh()

    def show_settings(self) -> None:
        self.settings_page.refresh()
        self._turn_to(self.settings_page)
        self.settings_page.setFocus()

    def show_judge(self) -> None:
        """Judge: beside the card, or over everything where there is no room."""
        if self.session.opened is None or self.stack.currentWidget() is not self.work_page:
            return
        if self.stage.narrow and self.overlay.inside is not self.viewer:
            self._viewer_over()
        self.viewer.show()
        self.viewer.picture.setFocus()

    def toggle_full(self) -> None:
        """Judge on the whole screen, and back."""
        if self.isFullScreen():
            self.showNormal()
            self.escape()
        elif self.session.opened is not None:
            self._viewer_over()
            self.showFullScreen()

    def escape(self) -> None:
        """One step back: from the full screen, a sheet, a page, to the list of gaps."""
        if self.isFullScreen():
            self.showNormal()
        if self.overlay.isVisible():
            self.overlay.close_sheet()
        elif self.stack.currentWidget() is self.settings_page:
            self._leave_settings()
        else:
            self.list.setFocus()

    def _leave_settings(self) -> None:
        opened = self.session.opened is not None
        self._turn_to(self.work_page if opened else self.first)

    def _overlay_closed(self) -> None:
        self.orders.decline()
        if self.overlay.holds(self.viewer):
            self.overlay.take()
            self.judge.stop()
            self.viewer.set_closable(False)
            self.stage.home_viewer()
        if self.stack.currentWidget() is self.work_page:
            self.list.setFocus()

    def _viewer_over(self) -> None:
        """The viewer over all of the panel."""
        if self.overlay.inside is not self.viewer:
            self.viewer.set_closable(True)
            self.overlay.show_sheet(self.viewer, full=True)
        self.viewer.show()

    def _opening(self, name: str) -> None:
        self.message.hide()
        self.first.wait(tr("Opening {name} …", name=name))
        self.title.setText(tr("Opening {name} …", name=name))

    def _show_title(self, _: object = None) -> None:
        """Name the cut that is open."""
        opened = self.session.opened
        cut = opened.host.cut_path if opened is not None else None
        self.title.setText(cut.name if cut else "Pickup")
        self.title.setToolTip(str(cut) if cut else "")
        self.setWindowTitle(f"{cut.name} – Pickup" if cut else "Pickup")

    def _opened(self) -> None:
        opened = self.session.opened
        assert opened is not None
        self.first.wait("")
        if self.stack.currentWidget() is not self.work_page:
            self._turn_to(self.work_page)
            self.list.setFocus()
        self._show_title()
        names = [cut.name for cut in opened.document.cuts]
        self.sequence.clear()
        self.sequence.addItems(names)
        self.sequence.setCurrentIndex(opened.index)
        self.sequence.setVisible(len(names) > 1)
        self.settings.opened(opened.host.cut_path)
        self.stage.fit_strip()
        self.commands.refresh()
        notes = [*opened.notes[:_NOTES]]
        if not opened.shots:
            notes.insert(0, tr("There is no gap to fill in this cut."))
        if opened.slips:
            notes.append(
                counted(
                    opened.slips,
                    "{n} hole is too short for a shot and left alone (see the settings).",
                    "{n} holes are too short for shots and left alone (see the settings).",
                )
            )
        if notes:
            self.say("\n".join(notes), good=True)

    def _sequence_picked(self) -> None:
        opened = self.session.opened
        if opened is not None and self.sequence.currentText() != opened.cut.name:
            self.session.open(opened.host, self.sequence.currentText())

    def _quoted(self, quote: Quote) -> None:
        def agree() -> None:
            self.overlay.hide()
            self.orders.agree()

        self.overlay.show_sheet(quote_sheet(quote, agree, self.overlay.close_sheet))

    def _proposed(self, proposal: Proposal) -> None:
        def place() -> None:
            self.overlay.hide()
            self.placement.place()

        self.overlay.show_sheet(place_sheet(proposal, place, self.overlay.close_sheet))

    def _placed(self, placed: Placed) -> None:
        where = placed.written.path
        text = tr("Placed in {name}.", name=where.name) if where else tr("Placed.")
        if where is None and isinstance(placed.host, Settles):
            # Begun, and perhaps over by now: its source tells that, and it must not be covered.
            if not placed.written.notes:
                return
            text = self.message.text()
        whole = " ".join([text, *placed.written.notes])
        self.message.say(whole, good=True, way_back=self.placement.can_take_back)

    def shuttle(self, direction: int) -> None:
        """J and L: through the reel where one judges, through the gaps elsewhere."""
        focus = QApplication.focusWidget()
        judging = self.overlay.inside is self.viewer or (
            focus is not None and self.viewer.isAncestorOf(focus)
        )
        if judging or self.judge.playing:
            self.judge.shuttle(direction)
        else:
            self.session.step(direction)

    # The window.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Buttons, lists and fields keep the keys they know; commands get them elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.matches(QKeySequence.StandardKey.Undo) or event.matches(
                QKeySequence.StandardKey.Redo
            ):
                # Fields would undo by themselves, and the panel would not know.
                event.ignore()
                return self.commands.undo.isEnabled() or self.commands.redo.isEnabled()
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            picks = isinstance(watched, QComboBox | QSpinBox) and event.key() in _TYPED
            if plain and (picks or event.key() in _OWN_KEYS):
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        """Listen to the widget that has the focus alone: a filter on all would slow every event."""
        if old is not None:
            old.removeEventFilter(self)
        if new is None or not self.isAncestorOf(new):
            return
        if new not in (self.strip, self.list, self.viewer.picture, self.overlay):
            new.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.stage.arrange(event.size().width()):
            narrow = bool(self.stage.narrow)
            if self.overlay.inside is self.viewer and not narrow and not self.isFullScreen():
                self.overlay.close_sheet()
            self.commands.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A cut may be dropped anywhere on the panel."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open(Path(event.mimeData().urls()[0].toLocalFile()))

    def _place_window(self) -> None:
        kept = self.settings.kept
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, kept.on_top)
        self.resize(1280, 800)
        screen = self.screen()
        if kept.window is not None:
            place = QRect(*kept.window)
            if screen is None or screen.virtualGeometry().intersects(place):
                self.setGeometry(place)

    def _settings_changed(self) -> None:
        on_top = bool(self.windowFlags() & Qt.WindowType.WindowStaysOnTopHint)
        if on_top != self.settings.kept.on_top:
            shown = self.isVisible()
            self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, self.settings.kept.on_top)
            if shown:
                self.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Write down what is not yet written; orders stay in the book and go on next time."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self._focus_moved)
        for source in self._sources:
            source.stop()
        self.judge.stop()
        self.stage.remember()
        if not self.isFullScreen():
            g = self.geometry()
            self.settings.set(window=(g.x(), g.y(), g.width(), g.height()))
        self.session.save()
        # What is being fitted to the cut is finished first; nobody need look at that.
        self.hide()
        self.tasks.close()
        super().closeEvent(event)
