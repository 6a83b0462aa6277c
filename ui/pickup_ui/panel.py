"""The panel's window: puts models and widgets together, docked narrow or as a full window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pickup.errors import PickupError
from pickup_ui.hosts import host_of
from pickup_ui.models.example import Example
from pickup_ui.models.gaps import GapRows
from pickup_ui.models.judge import Judge
from pickup_ui.models.models import Models
from pickup_ui.models.orders import Orders
from pickup_ui.models.placement import Placement
from pickup_ui.models.session import Session
from pickup_ui.models.settings import Settings
from pickup_ui.models.thumbnails import Thumbnails
from pickup_ui.qt import (
    QApplication,
    QCloseEvent,
    QComboBox,
    QEvent,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QKeyEvent,
    QKeySequence,
    QMenu,
    QObject,
    QRect,
    QResizeEvent,
    QSplitter,
    QStackedWidget,
    Qt,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pickup_ui.strings import tr
from pickup_ui.tasks import Tasks
from pickup_ui.widgets.card import Card
from pickup_ui.widgets.foot import Foot
from pickup_ui.widgets.gaplist import GapList
from pickup_ui.widgets.overlay import Overlay, place_sheet, quote_sheet
from pickup_ui.widgets.pages import FirstPage, SettingsPage
from pickup_ui.widgets.parts import action, button, label, may_shrink, tool
from pickup_ui.widgets.strip import Strip
from pickup_ui.widgets.viewer import Viewer

if TYPE_CHECKING:
    from pickup.hosts.base import Host
    from pickup_ui.hosts import Source
    from pickup_ui.work.ordering import Quote
    from pickup_ui.work.placing import Placed, Proposal

NARROW = 860
"""Below this width everything stands in one column."""

_FILES = "*.otio *.otioz *.otiod *.xml *.fcpxml *.fcpxmld *.edl *.aaf"
_OWN_KEYS = (
    *(Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right),
)


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
        self.judge = Judge(self.session, self)
        self.thumbnails = Thumbnails(self.tasks, self)
        self.example = Example(self.session, self.orders, self.placement, self)
        self._sources: list[Source] = []
        self._narrow: bool | None = None
        self._make_widgets()
        self._make_actions()
        self._lay_out()
        self._connect()
        self._place_window()
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
        self.title = label("Pickup", "title")
        may_shrink(self.title)
        self.sequence = QComboBox()
        self.sequence.setAccessibleName(tr("Sequence"))
        self.sequence.hide()
        self.message = QFrame()
        self.message.setObjectName("message")
        self.message.hide()
        self._said = label("", "", wrap=True)
        self._said.setObjectName("said")
        self.way_back = button(tr("Take it back"), self.placement.take_back, "take-back")
        self.overlay = Overlay(self)

    def _make_actions(self) -> None:
        undo = self.session.undo
        standard = QKeySequence.StandardKey
        self.undo = action(self, tr("Undo"), standard.Undo, undo.undo)
        self.redo = action(self, tr("Redo"), standard.Redo, undo.redo)
        undo.canUndoChanged.connect(lambda can: self.undo.setEnabled(can))
        undo.canRedoChanged.connect(lambda can: self.redo.setEnabled(can))
        self.undo.setEnabled(False)
        self.redo.setEnabled(False)
        self.open_action = action(self, tr("Open a cut …"), standard.Open, self.ask_for_cut)
        self.settings_action = action(self, tr("Settings"), "Ctrl+,", self.show_settings)
        self.judge_action = action(self, tr("Judge"), "Return", self.show_judge)
        self.full_action = action(self, tr("Full screen"), "F", self.toggle_full)
        self.order_action = action(self, tr("Order what is selected"), "Ctrl+Return",
                                   self.orders.order_wanted)  # fmt: skip
        self.place_action = action(self, tr("Place …"), "Ctrl+P", self.placement.propose)
        self.all_action = action(self, tr("Select all"), standard.SelectAll, self._all)
        self.next_gap = action(self, tr("Next gap"), "Down", lambda: self.session.step(1))
        self.last_gap = action(self, tr("Gap before"), "Up", lambda: self.session.step(-1))
        action(self, tr("Back, or gap before"), "J", partial(self._shuttle, -1))
        action(self, tr("Stop or play"), "K", self.judge.toggle)
        action(self, tr("On, or next gap"), "L", partial(self._shuttle, 1))
        self.zoom_in = action(self, tr("Zoom in"), "+ =", lambda: self.strip.zoom(1.5))
        self.zoom_out = action(self, tr("Zoom out"), "-", lambda: self.strip.zoom(1 / 1.5))
        self.fit = action(self, tr("Show the whole cut"), "\\", self.strip.fit)
        self.here_action = action(
            self, tr("Go to the clip under the playhead"), "G", self.session.find_playhead
        )
        self.here_action.setVisible(False)
        action(self, tr("Words"), "E", self.card.words.setFocus)
        action(self, tr("Back to the work"), "Escape", self._escape)

    def _lay_out(self) -> None:
        bar = QFrame()
        bar.setObjectName("bar")
        across = QHBoxLayout(bar)
        across.setContentsMargins(12, 6, 8, 6)
        across.setSpacing(4)
        across.addWidget(self.title, 1)
        across.addWidget(self.sequence)
        self.judge_tool = tool(self.judge_action, tr("Judge"))
        for widget in (
            tool(self.undo, tr("Undo")), tool(self.redo, tr("Redo")), self.judge_tool, self._menu()
        ):  # fmt: skip
            across.addWidget(widget)
        inside = QHBoxLayout(self.message)
        inside.setContentsMargins(12, 6, 8, 6)
        inside.addWidget(self._said, 1)
        inside.addWidget(self.way_back)
        inside.addWidget(button(tr("Close"), self.message.hide, spoken=tr("Close the message")))
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        for part in (self.list, self.card, self.viewer):
            self.split.addWidget(part)
        work = QWidget()
        self._work = QVBoxLayout(work)
        self._work.setContentsMargins(0, 0, 0, 0)
        self._work.setSpacing(0)
        self._work.addWidget(self.split, 1)
        self._work.addWidget(self.strip)
        self._work.addWidget(self.foot)
        self.stack = QStackedWidget()
        for page in (self.first, work, self.settings_page):
            self.stack.addWidget(page)
        self.work_page = work
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.message)
        layout.addWidget(self.stack, 1)

    def _menu(self) -> QToolButton:
        menu = QMenu(self)
        for made in (
            self.open_action, self.order_action, self.place_action, self.all_action,
            self.full_action, self.here_action, self.zoom_in, self.zoom_out, self.fit,
            self.settings_action,
        ):  # fmt: skip
            menu.addAction(made)
        opener = QToolButton()
        opener.setText(tr("Menu"))
        opener.setObjectName("flat")
        opener.setMenu(menu)
        opener.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        opener.setAccessibleName(tr("Menu"))
        return opener

    def _connect(self) -> None:
        session = self.session
        session.opening.connect(self._opening)
        session.opened_changed.connect(self._opened)
        for told in (self.tasks, session, self.orders, self.placement, self.settings, self.example):
            told.failed.connect(self.say)
        self.orders.quoted.connect(self._quoted)
        self.viewer.closed.connect(self._escape)
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
            self.session.open(host_of(path))
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
        self._said.setText(text)
        self.way_back.setVisible(False)
        self.message.setStyleSheet("QFrame#message { border-left-color: palette(highlight); }"
                                   if good else "")  # fmt: skip
        self.message.show()

    def show_settings(self) -> None:
        self.settings_page.refresh()
        self.stack.setCurrentWidget(self.settings_page)
        self.settings_page.setFocus()

    def show_judge(self) -> None:
        """Judge: beside the card, or over everything where there is no room."""
        if self.session.opened is None or self.stack.currentWidget() is not self.work_page:
            return
        if self._narrow and self.overlay.inside is not self.viewer:
            self._viewer_over()
        self.viewer.show()
        self.viewer.picture.setFocus()

    def toggle_full(self) -> None:
        """Judge on the whole screen, and back."""
        if self.isFullScreen():
            self.showNormal()
            self._escape()
        elif self.session.opened is not None:
            self._viewer_over()
            self.showFullScreen()

    def _escape(self) -> None:
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
        self.stack.setCurrentWidget(self.work_page if opened else self.first)

    def _overlay_closed(self) -> None:
        self.orders.decline()
        if self.overlay._inside is self.viewer:
            self.overlay.take()
            self._home_viewer()
            self.list.setFocus()

    def _viewer_over(self) -> None:
        """The viewer over all of the panel."""
        if self.overlay.inside is not self.viewer:
            self.viewer.set_closable(True)
            self.overlay.show_sheet(self.viewer, full=True)
        self.viewer.show()

    def _home_viewer(self) -> None:
        """The viewer back into its column; hidden where there is none."""
        self.judge.stop()
        self.viewer.set_closable(False)
        self.split.addWidget(self.viewer)
        self.viewer.setVisible(not self._narrow)

    def _opening(self, name: str) -> None:
        self.message.hide()
        self.first.wait(tr("Opening {name} …", name=name))
        self.title.setText(tr("Opening {name} …", name=name))

    def _opened(self) -> None:
        opened = self.session.opened
        assert opened is not None
        self.first.wait("")
        self.stack.setCurrentWidget(self.work_page)
        self.title.setText(opened.host.cut_path.name)
        self.title.setToolTip(str(opened.host.cut_path))
        self.setWindowTitle(f"{opened.host.cut_path.name} – Pickup")
        names = [cut.name for cut in opened.document.cuts]
        self.sequence.clear()
        self.sequence.addItems(names)
        self.sequence.setCurrentIndex(opened.index)
        self.sequence.setVisible(len(names) > 1)
        self.settings.opened(opened.host.cut_path)
        self.here_action.setVisible(self.session.has_playhead)
        if not opened.shots:
            self.say(tr("There is no gap to fill in this cut."), good=True)
        elif opened.notes:
            self.say(opened.notes[0], good=True)

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
        self.say(" ".join([text, *placed.written.notes]), good=True)
        self.way_back.setVisible(self.placement.can_take_back)

    def _all(self) -> None:
        self.session.set_wanted(self.session.ids, True)

    def _shuttle(self, direction: int) -> None:
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
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if event.key() in _OWN_KEYS and plain:
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
        narrow = event.size().width() < NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self._arrange(narrow)

    def _arrange(self, narrow: bool) -> None:
        if self.overlay.inside is self.viewer and not narrow and not self.isFullScreen():
            self.overlay.close_sheet()
        self.split.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)
        self._work.removeWidget(self.strip)
        self._work.insertWidget(0 if narrow else 1, self.strip)
        self.judge_tool.setVisible(narrow)
        if self.viewer.parentWidget() is self.split:
            self.viewer.setVisible(not narrow)
        self.split.setSizes([210, 500, 0] if narrow else [320, 360, 520])

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
        if not self.isFullScreen():
            g = self.geometry()
            self.settings.set(window=(g.x(), g.y(), g.width(), g.height()))
        self.session.save()
        # What is being fitted to the cut is finished first; nobody need look at that.
        self.hide()
        self.tasks.close()
        super().closeEvent(event)
