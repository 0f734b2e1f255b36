"""Rows as widgets: one that stays the same keeps its widget, and with it the focus."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from medrec.views.common.lists import ROW_ROLE
from medrec.views.common.row_widgets import RowWidgets


@dataclass(frozen=True)
class Row:
    key: int
    text: str


class Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.there: list[Row] = []

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.there)

    def data(self, index: QModelIndex, role: int = 0) -> object:
        return self.there[index.row()] if role == ROW_ROLE else None

    def set(self, *rows: Row) -> None:
        self.beginResetModel()
        self.there = list(rows)
        self.endResetModel()


def _texts(shown: RowWidgets) -> list[str]:
    return [w.text() for w in shown.widgets if isinstance(w, QPushButton)]


def test_widgets_follow_their_rows(qtbot: QtBot):
    shown = RowWidgets(lambda row: QPushButton(row.text), lines=True)
    qtbot.addWidget(shown)
    model = Rows(shown)
    told: list[int] = []
    shown.rebuilt.connect(lambda: told.append(len(shown.widgets)))
    shown.follow(model)
    one, two, three = Row(1, "one"), Row(2, "two"), Row(3, "three")
    model.set(one, two)
    assert _texts(shown) == ["one", "two"]
    first = shown.widgets[0]
    model.set(three, one)
    assert _texts(shown) == ["three", "one"]
    assert shown.widgets[1] is first
    model.set(three, Row(1, "changed"))
    assert _texts(shown) == ["three", "changed"]
    assert shown.widgets[1] is not first
    model.set()
    assert shown.widgets == []
    assert told == [0, 2, 2, 2, 0]


def test_two_rows_that_are_alike_have_a_widget_each(qtbot: QtBot):
    shown = RowWidgets(lambda row: QPushButton(row.text))
    qtbot.addWidget(shown)
    model = Rows(shown)
    shown.follow(model)
    model.set(Row(1, "one"), Row(1, "one"))
    assert len({id(widget) for widget in shown.widgets}) == 2
