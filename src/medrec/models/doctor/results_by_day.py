"""Results by day: a row for each result, a column for each of the latest days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QDate, QLocale, QModelIndex, QObject, Qt

from medrec.clinical.facts import Point
from medrec.models.doctor.results import ResultRow, short
from medrec.models.rows import RowsModel

DAYS = 6
"""Columns of days, the latest first."""
_MARKS = {"high": "↑", "low": "↓", "abnormal": "!"}


class ResultsByDayModel(QAbstractTableModel):
    """Columns: the result, its unit, the latest days, the range; flags stand behind the values.

    ``FLAG`` gives the flag of a cell, `RowsModel.ROW` the `ResultRow` of its row.
    """

    FLAG = Qt.ItemDataRole.UserRole + 2

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ResultRow] = []
        self.days: list[date] = []
        self._points: list[dict[date, Point]] = []

    def set_rows(self, rows: Sequence[ResultRow]) -> None:
        """Show other results."""
        if list(rows) == self.rows:
            return
        self.beginResetModel()
        self.rows = list(rows)
        self._points = [{_day(point.when): point for point in r.series.points} for r in rows]
        every = {day for points in self._points for day in points}
        self.days = sorted(every, reverse=True)[:DAYS]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:
        """How many results there are (Qt)."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:
        """Result, unit, days, range (Qt)."""
        return 0 if parent.isValid() else len(self.days) + 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads of the columns (Qt)."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if 2 <= section < len(self.days) + 2:
            return self.day_text(self.days[section - 2])
        names = {0: self.tr("Result"), 1: self.tr("Unit")}
        return names.get(section, self.tr("Range"))

    def day_text(self, day: date) -> str:
        """A day in the head of a column."""
        return QLocale().toString(QDate(day.year, day.month, day.day), "d MMM yyyy")

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A value with its flag (Qt)."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        point = self._point(index.row(), index.column())
        if role == RowsModel.ROW:
            return row
        if role == self.FLAG:
            return point.flag if point is not None else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row, point, index.column())
        return None

    def _text(self, row: ResultRow, point: Point | None, column: int) -> str:
        if column == 0:
            return row.series.name
        if column == 1:
            return row.series.unit
        if column == len(self.days) + 2:
            return row.range_text
        return (
            f"{short(point.text)} {_MARKS.get(point.flag, '')}".strip() if point is not None else ""
        )

    def _point(self, row: int, column: int) -> Point | None:
        if not 2 <= column < len(self.days) + 2:
            return None
        return self._points[row].get(self.days[column - 2])


def _day(when: int) -> date:
    return datetime.fromtimestamp(when).astimezone().date()


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignLeft if column < 2 else Qt.AlignmentFlag.AlignRight
    return int((side | Qt.AlignmentFlag.AlignVCenter).value)
