"""The gaps as a list that Qt's views can show: thousands of rows, only the seen ones asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pickup_ui.models.shot_state import Status
from pickup_ui.qt import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from pickup_ui.strings import counted, tr

if TYPE_CHECKING:
    from pickup_ui.models.session import Session
    from pickup_ui.models.shot_state import ShotState

Index = QModelIndex | QPersistentModelIndex

STATE_ROLE = Qt.ItemDataRole.UserRole + 1


class GapRows(QAbstractListModel):
    """A row a gap; `STATE_ROLE` gives its `ShotState`."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.opened_changed.connect(self._anew)
        session.shot_changed.connect(self._changed)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self._session.ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._session.ids):
            return None
        state = self._session.shots[self._session.ids[index.row()]]
        if role == STATE_ROLE:
            return state
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{state.id}  {state.shot.gap.timecode}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(state)
        if role == Qt.ItemDataRole.ToolTipRole:
            return state.reason or state.shot.text
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if state.wanted else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        checked = Qt.CheckState(value) == Qt.CheckState.Checked
        self._session.set_wanted([self._session.ids[index.row()]], checked)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
        )

    def spoken(self, state: ShotState) -> str:
        """A row in one sentence, as a screen reader says it."""
        frames = counted(state.shot.frames, "{n} frame", "{n} frames")
        status = status_text(state)
        return f"{state.id}, {state.shot.gap.timecode}, {frames}, {status}. {state.shot.text}"

    def _anew(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def _changed(self, shot: str) -> None:
        row = self._session.row(shot)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))


def status_text(state: ShotState) -> str:
    """Where a gap stands, in a word or two."""
    if state.status is Status.BUSY:
        return tr("Making, {n} %", n=round(state.fraction * 100))
    if state.status is Status.READY:
        open_takes = [t for t in state.takes if t.name not in state.rejected]
        return counted(len(open_takes), "{n} take to judge", "{n} takes to judge")
    if state.status is Status.CHOSEN:
        assert state.chosen is not None
        return tr("Take {n} chosen", n=state.chosen.record.take)
    return {
        Status.OPEN: tr("Open"),
        Status.FAILED: tr("Not made"),
        Status.PLACED: tr("Placed"),
    }[state.status]
