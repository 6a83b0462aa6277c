"""What the panel can be told to do: each by its keys, some by a button or the menu as well."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pickup_ui.qt import QKeySequence, QMenu, QObject, QToolButton
from pickup_ui.strings import tr
from pickup_ui.widgets.glyphs import Glyph
from pickup_ui.widgets.parts import action

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup_ui.panel import Panel
    from pickup_ui.qt import QAction

_CLOSER = 1.5


class Commands(QObject):
    """The panel's actions. Those that need an open cut are off while another page is shown."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._work: list[QAction] = []
        standard = QKeySequence.StandardKey
        self._undo_stack = panel.session.undo
        self.undo = self._make(tr("Undo"), standard.Undo, self._undo_stack.undo)
        self.redo = self._make(tr("Redo"), standard.Redo, self._undo_stack.redo)
        self.open = action(panel, tr("Open a cut …"), standard.Open, panel.ask_for_cut)
        self.settings = action(panel, tr("Settings"), "Ctrl+,", panel.show_settings)
        self.escape = action(panel, tr("Back to the work"), "Escape", panel.escape)
        self._make_work()
        self._working = False
        # A stack that is being taken apart tells of it too, and can be asked no more.
        self._undo_stack.canUndoChanged.connect(lambda can: self._allow(self.undo, can))
        self._undo_stack.canRedoChanged.connect(lambda can: self._allow(self.redo, can))

    def _make(
        self, text: str, keys: str | QKeySequence.StandardKey, called: Callable[[], object]
    ) -> QAction:
        made = action(self._panel, text, keys, called)
        self._work.append(made)
        return made

    def _make_work(self) -> None:
        panel = self._panel
        session, strip, make = panel.session, panel.strip, self._make
        self.judge = make(tr("Judge"), "Return", panel.show_judge)
        self.full = make(tr("Full screen"), "F", panel.toggle_full)
        self.order = make(tr("Order what is selected"), "Ctrl+Return", panel.orders.order_wanted)
        self.place = make(tr("Place …"), "Ctrl+P", panel.placement.propose)
        self.all = make(tr("Select all"), QKeySequence.StandardKey.SelectAll, self._all)
        self.next = make(tr("Next gap"), "Down", partial(session.step, 1))
        self.before = make(tr("Gap before"), "Up", partial(session.step, -1))
        make(tr("Back, or gap before"), "J", partial(panel.shuttle, -1))
        make(tr("Stop or play"), "K", panel.judge.toggle)
        make(tr("On, or next gap"), "L", partial(panel.shuttle, 1))
        self.closer = make(tr("Zoom in"), "+ =", partial(strip.zoom, _CLOSER))
        self.farther = make(tr("Zoom out"), "-", partial(strip.zoom, 1 / _CLOSER))
        self.fit = make(tr("Show the whole cut"), "\\", strip.fit)
        self.words = make(tr("To the words"), "E", panel.card.words.setFocus)
        self.here = make(tr("Go to the clip under the playhead"), "G", session.find_playhead)
        self.here.setVisible(False)

    def _allow(self, made: QAction, can: bool) -> None:
        made.setEnabled(can and self._working)

    def refresh(self) -> None:
        """Offer what can be done now."""
        working = self._panel.stack.currentWidget() is self._panel.work_page
        self._working = working
        for one in self._work:
            one.setEnabled(working)
        self._allow(self.undo, self._undo_stack.canUndo())
        self._allow(self.redo, self._undo_stack.canRedo())
        self.here.setVisible(self._panel.session.has_playhead)
        self._panel.judge_tool.setVisible(working and bool(self._panel.stage.narrow))

    def menu_button(self) -> QToolButton:
        """The menu, behind a button."""
        menu = QMenu(self._panel)
        groups = (
            (self.open,),
            (self.order, self.place, self.all),
            (self.judge, self.full, self.words),
            (self.before, self.next, self.here),
            (self.closer, self.farther, self.fit),
            (self.settings,),
        )
        for group in groups:
            menu.addActions(list(group))
            if group is not groups[-1]:
                menu.addSeparator()
        opener = Glyph("menu")
        opener.setMenu(menu)
        opener.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        opener.setAccessibleName(tr("Menu"))
        opener.setToolTip(tr("Menu"))
        return opener

    def _all(self) -> None:
        self._panel.session.set_wanted(self._panel.session.ids, True)
