"""A label over its value, and several of them in columns."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from medrec.views.common.clipboard import copy_button
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import clear

ONE_LINE = 24
"""Letters of a value that fit beside a button."""


class Fact(QWidget):
    """A label over its value; an address or a digest can be copied."""

    def __init__(
        self,
        label: str,
        value: str,
        *,
        code: bool = False,
        copied: str = "",
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        # A name beside its button stands on one line: a label that may wrap asks for half of it.
        wrap = not code and (not copied or len(value) > ONE_LINE)
        self.value = Label(value, Type.CODE if code else Type.ROW, wrap=wrap).selectable()
        if hint:
            self.value.setToolTip(hint)
        named = Label(label, Type.CAPTION, "text_3")
        self.setAccessibleName(f"{label}: {hint or value}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(named)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.value, 1 if wrap else 0)
        if copied:
            row.setAlignment(self.value, Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(copy_button(copied, self.tr("Copy %1").replace("%1", label.lower())))
            row.addStretch(0 if wrap else 1)
        column.addLayout(row)
        column.addStretch(1)


class Facts(QWidget):
    """Facts in a grid."""

    def __init__(self, columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(12)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        clear(self._grid)
        rows = -(-len(facts) // self._columns)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(rows, 1)
        for number, fact in enumerate(facts):
            row, column = divmod(number, self._columns)
            self._grid.addWidget(fact, row, column, Qt.AlignmentFlag.AlignTop)


def grouped(digits: str, size: int = 4) -> str:
    """A digest in groups, as people compare it."""
    return " ".join(digits[i : i + size] for i in range(0, len(digits), size))
