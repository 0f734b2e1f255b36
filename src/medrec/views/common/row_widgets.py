"""A short list whose rows hold buttons: a widget for each row, kept while its row stays the same.

For lists of a few people. What may grow to thousands of rows is painted by a delegate (lists.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QAbstractItemModel, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.views.common.layout import Divider
from medrec.views.common.lists import ROW_ROLE


class RowWidgets(QWidget):
    """The rows of a model as widgets below each other; `rebuilt` after every change."""

    rebuilt = pyqtSignal()

    def __init__(
        self,
        build: Callable[[Any], QWidget],
        *,
        spacing: int = 0,
        lines: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._build, self._lines = build, lines
        self._model: QAbstractItemModel | None = None
        self._shown: list[tuple[Any, QWidget]] = []
        self._dividers: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(spacing)

    def follow(self, model: QAbstractItemModel) -> None:
        """Show a model's rows from now on."""
        self._model = model
        for signal in (
            model.rowsInserted,
            model.rowsRemoved,
            model.dataChanged,
            model.modelReset,
        ):
            signal.connect(self._show)
        self._show()

    @property
    def widgets(self) -> list[QWidget]:
        """The widgets of the rows, in order."""
        return [widget for _, widget in self._shown]

    def _show(self, *_: object) -> None:
        model = self._model
        if model is None:
            return
        rows = [model.index(i, 0).data(ROW_ROLE) for i in range(model.rowCount())]
        kept = {id(widget): widget for _, widget in self._shown}
        made: list[tuple[Any, QWidget]] = []
        for row in rows:
            known = next((w for r, w in self._shown if r == row and id(w) in kept), None)
            if known is not None:
                del kept[id(known)]
            made.append((row, known or self._build(row)))
        for widget in [*kept.values(), *self._dividers]:
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._dividers = []
        self._shown = made
        self._lay_out()
        self.rebuilt.emit()

    def _lay_out(self) -> None:
        for place, (_, widget) in enumerate(self._shown):
            if place and self._lines:
                divider = Divider()
                self._dividers.append(divider)
                self._column.addWidget(divider)
            self._column.removeWidget(widget)
            self._column.addWidget(widget)
