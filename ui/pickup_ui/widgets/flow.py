"""Widgets one after the other, each as wide as it wants, on as many lines as they need."""

from __future__ import annotations

from pickup_ui.qt import QLayout, QLayoutItem, QPoint, QRect, QSize, QStyle, Qt


class Flow(QLayout):
    """As words in a paragraph: what does not fit on a line begins the next one."""

    def __init__(self, spacing: int = 4) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return max((place.bottom() + 1 for place in places), default=0)

    def minimumSize(self) -> QSize:
        """One of them a line: the widest says how wide, but it may be cut off at last."""
        return QSize(40, max((item.sizeHint().height() for item in self._items), default=0))

    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() + self.spacing() for item in self._items]
        return QSize(sum(widths), self.minimumSize().height())

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        parent = self.parentWidget()
        way = parent.layoutDirection() if parent is not None else Qt.LayoutDirection.LeftToRight
        for item, place in zip(self._items, self._places(rect.width()), strict=True):
            item.setGeometry(QStyle.visualRect(way, rect, place.translated(rect.topLeft())))

    def _places(self, width: int) -> list[QRect]:
        places, at, deepest = [], QPoint(0, 0), 0
        for item in self._items:
            size = item.sizeHint()
            wide = min(size.width(), width)
            if at.x() and at.x() + wide > width:
                at = QPoint(0, deepest + self.spacing())
            places.append(QRect(at, QSize(wide, size.height())))
            deepest = max(deepest, at.y() + size.height())
            at.setX(at.x() + wide + self.spacing())
        return places
