"""Rows in one column, for views: the dataclass under a role, its words for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar, cast

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

T = TypeVar("T")


class ListModel(QAbstractListModel, Generic[T]):
    """A list of frozen dataclasses; a subclass says a row in words."""

    ROW = Qt.ItemDataRole.UserRole + 1
    """The role under which a view gets the dataclass."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[T] = []

    def text(self, row: T) -> str:
        """The row in words, as a screen reader says it."""
        raise NotImplementedError

    def label(self, row: T) -> str:
        """What is seen where no delegate paints the row."""
        return self.text(row)

    def hint(self, row: T) -> str:
        """What the tooltip says; "" for none."""
        return ""

    def replace(self, rows: Sequence[T]) -> None:
        """Show other rows; views look at all of them again."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:
        """How many rows there are (Qt)."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row itself under `ROW`, its words for people (Qt)."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == self.ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self.label(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.hint(row) or None
        return None

    def row(self, index: QModelIndex) -> T | None:
        """The dataclass at an index."""
        return cast("T | None", self.data(index, self.ROW))
