from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from PyQt6.QtCore import QAbstractListModel, QModelIndex, QPoint, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.domain.categories import Category
from medrec.models.rows import RowsModel
from medrec.models.timeline_row import Pending, TimelineRow
from medrec.views.common.record.timeline import TimelineView
from medrec.views.common.record.timeline_delegate import TimelineDelegate
from medrec.views.common.theme import tokens
from tests.support.counting import counted

DAY = 86_400
NOV_3 = 1_793_700_000


class Rows(QAbstractListModel):
    """Timeline rows without a session."""

    def __init__(self, rows: Sequence[TimelineRow]) -> None:
        super().__init__()
        self.rows = list(rows)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == RowsModel.ROW:
            return self.rows[index.row()]
        return self.rows[index.row()].title if role == Qt.ItemDataRole.DisplayRole else None

    def insert(self, row: TimelineRow) -> None:
        self.beginInsertRows(QModelIndex(), 0, 0)
        self.rows.insert(0, row)
        self.endInsertRows()

    def replace(self, rows: Sequence[TimelineRow]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()


def record(key: int, when: int = NOV_3, **facts: Any) -> TimelineRow:
    given = {"title": f"Record {key}", "author": "Dr. Lukas Meyer"} | facts
    return TimelineRow(key, facts.pop("category", Category.VITALS), when=when, **given)


def view_of(qtbot: QtBot, *rows: TimelineRow) -> tuple[TimelineView, Rows]:
    view, model = TimelineView(), Rows(rows)
    qtbot.addWidget(view)
    model.setParent(view)
    view.setModel(model)
    view.resize(460, 500)
    view.show()
    qtbot.waitExposed(view)
    return view, model


def test_each_month_has_a_head(qtbot: QtBot) -> None:
    view, _ = view_of(qtbot, record(1), record(2), record(3, NOV_3 - 20 * DAY), record(4, 0))
    assert [view.rows_delegate.head(i) for i in range(4)] == [
        "NOVEMBER 2026",
        "",
        "OCTOBER 2026",
        "",
    ]
    heights = [view.visualRect(view.model().index(i, 0)).height() for i in range(2)]  # type: ignore[union-attr]
    assert heights == [96, 60]


def test_rows_that_come_move_the_heads(qtbot: QtBot) -> None:
    view, model = view_of(qtbot, record(1))
    model.insert(record(2, NOV_3 + 40 * DAY))
    assert [view.rows_delegate.head(i) for i in range(2)] == ["DECEMBER 2026", "NOVEMBER 2026"]


def test_moving_and_opening_are_told(qtbot: QtBot) -> None:
    view, model = view_of(qtbot, record(1), record(2))
    with qtbot.waitSignal(view.chosen) as chosen:
        view.setCurrentIndex(model.index(0))
    assert chosen.args == [model.rows[0]]
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert chosen.args == [model.rows[1]]
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [model.rows[1]]
    place = view.visualRect(model.index(0)).center()
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [model.rows[0]]


def test_a_click_on_the_row_where_the_person_is_opens_it_once_more(qtbot: QtBot) -> None:
    """Its record may have a newer version than the one that is shown beside the list."""
    view, model = view_of(qtbot, record(1), record(2))
    told: list[tuple[str, object]] = []
    view.chosen.connect(lambda row: told.append(("chosen", row.key)))
    view.opened.connect(lambda row: told.append(("opened", row.key)))
    place = view.visualRect(model.index(1)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == [("chosen", 2)]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == [("chosen", 2), ("opened", 2)]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=place)
    # Pressed there and let go elsewhere is no click.
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 480))
    assert told == [("chosen", 2), ("opened", 2)]


def test_what_waits_for_the_person_is_settled_by_enter_and_by_its_badge(qtbot: QtBot) -> None:
    row = record(1, pending=Pending.CONFLICT, why="Somebody wrote a newer version.")
    view, model = view_of(qtbot, row)
    view.setCurrentIndex(model.index(0))
    with qtbot.waitSignal(view.acted):
        qtbot.keyClick(view, Qt.Key.Key_Return)
    rect = view.visualRect(model.index(0))
    with qtbot.waitSignal(view.acted):
        end = QPoint(rect.right() - 40, rect.bottom() - 22)
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    with qtbot.assertNotEmitted(view.acted):
        start = QPoint(rect.left() + 40, rect.bottom() - 22)
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=start)


def test_the_row_stays_the_same_over_a_reset(qtbot: QtBot) -> None:
    view, model = view_of(qtbot, record(1), record(2))
    assert view.select_key(2)
    assert not view.select_key(99)
    model.replace([record(3), record(2)])
    current = view.current()
    assert current is not None
    assert current.key == 2


def test_the_head_of_the_month_stays_in_sight(qtbot: QtBot) -> None:
    rows = [record(i, NOV_3 - i * 3600) for i in range(30)]
    view, _ = view_of(qtbot, *rows)
    bar = view.verticalScrollBar()
    assert bar is not None
    bar.setValue(300)
    QApplication.processEvents()
    image = view.grab().toImage()
    head = {QColor(image.pixel(x, 18)).name().upper() for x in range(22, 140)}
    assert tokens().surface in head
    assert tokens().text_2 in head or len(head) > 4


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_every_kind_of_row_is_drawn(qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    rows = [record(i, pending=kind, progress=0.5, attachments=1) for i, kind in enumerate(Pending)]
    rows += [
        record(10, archived=True),
        record(11, title="", why="A part of this record has not arrived yet."),
        record(12, author=""),
    ]
    view, _ = view_of(qtbot, *rows)
    view.setLayoutDirection(direction)
    image = view.grab().toImage()
    assert not image.isNull()


def test_of_ten_thousand_rows_only_those_in_sight_are_drawn(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [record(i, NOV_3 - i * DAY // 3) for i in range(10_000)]
    view, model = view_of(qtbot, *rows)
    bar = view.verticalScrollBar()
    assert bar is not None
    qtbot.waitUntil(lambda: bar.maximum() > 590_000)
    drawn = counted(monkeypatch, TimelineDelegate, "paint")
    sized = counted(monkeypatch, TimelineDelegate, "sizeHint")
    # One that is cut above, one below, and one under the head of its month.
    in_sight = view.viewport().height() // view.rows_delegate.row_height() + 3
    for step in range(1, 61):
        bar.setValue(step * 9_000)
        view.viewport().repaint()
        assert 0 < drawn.taken() <= in_sight
        assert sized.taken() <= 2 * in_sight, "the others are not laid out anew"
    assert view.select_key(9_999)
    assert model.rows[9_999] == view.current()


def test_a_row_that_moves_to_another_month_moves_the_heads(qtbot: QtBot) -> None:
    view, model = view_of(qtbot, record(1), record(2))
    model.rows[1] = record(2, NOV_3 - 40 * DAY)
    model.dataChanged.emit(model.index(1), model.index(1))
    assert view.rows_delegate.head(1) == "SEPTEMBER 2026"
    model.rows[1] = record(2, NOV_3 - 40 * DAY, progress=0.5)
    model.dataChanged.emit(model.index(1), model.index(1))
    assert view.rows_delegate.head(1) == "SEPTEMBER 2026"
