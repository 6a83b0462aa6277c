"""What can be undone: edits of shots and of the judgement on takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup_ui.qt import QUndoCommand

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.shots.request import ShotRequest

_TYPING = 1
"""Id of commands that merge with the one before."""


class EditShot(QUndoCommand):
    """One shot was one thing and becomes another; typing in one field is one step.

    Args:
        apply: given the shot as it shall be.
        field: what is typed into, or empty where the edit stands alone.
    """

    def __init__(
        self,
        apply: Callable[[ShotRequest], None],
        before: ShotRequest,
        after: ShotRequest,
        text: str,
        field: str = "",
    ) -> None:
        super().__init__(text)
        self._apply, self._before, self._after, self._field = apply, before, after, field

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)

    def id(self) -> int:
        return _TYPING if self._field else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditShot):
            return False
        if (other._field, other._after.id) != (self._field, self._after.id):
            return False
        self._after = other._after
        return True


class Swap(QUndoCommand):
    """Two functions that undo each other."""

    def __init__(self, text: str, do: Callable[[], None], undo: Callable[[], None]) -> None:
        super().__init__(text)
        self._do, self._undo = do, undo

    def redo(self) -> None:
        self._do()

    def undo(self) -> None:
        self._undo()
