"""Rows by keyboard and pointer; what stands in their place while there are none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QLabel, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from medrec.views.common.cards import Card
from medrec.views.common.lists import ROW_ROLE, ListView, RowDelegate, TableView
from medrec.views.common.painting import Tone
from medrec.views.common.states import PATIENCE, Empty, Message, Skeleton, StateStack
from medrec.views.common.theme import tokens


@dataclass(frozen=True)
class Row:
    title: str
    second: str


class Rows(QAbstractListModel):
    stateChanged = pyqtSignal()

    def __init__(self, rows: Iterable[Row], parent: QObject | None = None):
        super().__init__(parent)
        self.rows = list(rows)
        self.state, self.error = "ready", None
        self.reloaded = 0

    def rowCount(self, parent: QModelIndex | None = None):
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        return {ROW_ROLE: row, Qt.ItemDataRole.DisplayRole: row.title}.get(role)

    def reload(self):
        self.reloaded += 1

    def say(self, state: str, error: Exception | None = None):
        self.state, self.error = state, error
        self.stateChanged.emit()


class Painted(RowDelegate):
    def __init__(self, **options: Any):
        super().__init__(**options)
        self.painted = []

    def paint_row(self, painter: QPainter, rect: QRect, row: Row, option: QStyleOptionViewItem):
        self.painted.append(row.title)
        lead, rest = self.split(rect, 36, option)
        words, end = self.split_end(rest, 60, option)
        assert lead.width() == 36
        assert end.width() == 60
        assert not words.intersects(end)
        self.two_lines(painter, words, row.title, row.second, strong=True)


ROWS = [Row(f"Record {n}", "Dr. Meyer") for n in range(5)]


@pytest.fixture
def view(qtbot: QtBot):
    made = ListView()
    qtbot.addWidget(made)
    made.setModel(Rows(ROWS, made))
    made.setItemDelegate(Painted(parent=made))
    made.resize(400, 320)
    made.show()
    return made


class TestListView:
    def test_rows_are_painted_and_high_enough(self, view: ListView):
        view.grab()
        delegate = view.itemDelegate()
        assert isinstance(delegate, Painted)
        assert set(delegate.painted) == {row.title for row in ROWS}
        assert view.sizeHintForRow(0) >= 60

    def test_arrows_move_and_enter_opens(self, qtbot: QtBot, view: ListView):
        model = view.model()
        view.setCurrentIndex(model.index(0, 0))
        with qtbot.waitSignal(view.chosen):
            qtbot.keyClick(view, Qt.Key.Key_Down)
        with qtbot.waitSignal(view.opened) as said:
            qtbot.keyClick(view, Qt.Key.Key_Return)
        assert said.args[0].row() == 1

    def test_a_double_click_opens(self, qtbot: QtBot, view: ListView):
        spot = view.visualRect(view.model().index(2, 0)).center()
        viewport = view.viewport()
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
        with qtbot.waitSignal(view.opened):
            qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=spot)

    def test_one_click_opens_where_it_should(self, qtbot: QtBot):
        view = ListView(single=True)
        qtbot.addWidget(view)
        view.setModel(Rows(ROWS, view))
        view.show()
        spot = view.visualRect(view.model().index(0, 0)).center()
        with qtbot.waitSignal(view.opened):
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    def test_the_selected_row_has_its_colour_and_bar(self, view: ListView):
        view.setCurrentIndex(view.model().index(1, 0))
        rect = view.visualRect(view.model().index(1, 0))
        image = view.viewport().grab().toImage()
        middle = rect.center()
        assert image.pixelColor(rect.right() - 3, middle.y()).name().upper() == tokens().selected
        assert image.pixelColor(rect.left() + 1, middle.y()).name().upper() == tokens().accent

    def test_without_lines_it_is_a_rounded_box(self, view: ListView):
        view.setItemDelegate(Painted(parent=view, line=False))
        view.setCurrentIndex(view.model().index(1, 0))
        rect = view.visualRect(view.model().index(1, 0))
        image = view.viewport().grab().toImage()
        at = image.pixelColor(rect.left() + 3, rect.center().y()).name().upper()
        assert at == tokens().surface

    def test_from_right_to_left_the_bar_is_right(self, view: ListView):
        view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        view.setCurrentIndex(view.model().index(1, 0))
        rect = view.visualRect(view.model().index(1, 0))
        image = view.viewport().grab().toImage()
        at = image.pixelColor(rect.right() - 1, rect.center().y()).name().upper()
        assert at == tokens().accent

    def test_it_can_be_as_high_as_its_rows(self, view: ListView):
        view.set_fitted()
        assert view.sizeHint().height() == sum(view.sizeHintForRow(n) for n in range(5))
        view.set_fitted(most=2)
        assert view.sizeHint().height() == 2 * view.sizeHintForRow(0)

    def test_its_corners_follow_the_card(self, qtbot: QtBot):
        card, view = Card(), ListView()
        qtbot.addWidget(card)
        view.setModel(Rows(ROWS, view))
        card.add_flush(view)
        card.resize(400, 400)
        card.show()
        assert not view.mask().isEmpty()
        assert not view.mask().contains(view.rect().topLeft())

    def test_the_delegate_alone_shows_the_text(self, qtbot: QtBot):
        view = ListView()
        qtbot.addWidget(view)
        view.setModel(Rows(ROWS, view))
        view.setItemDelegate(RowDelegate(44, parent=view))
        view.show()
        assert view.sizeHintForRow(0) == 44
        view.grab()


class TestTableView:
    @pytest.fixture
    def table(self, qtbot: QtBot):
        made = TableView()
        qtbot.addWidget(made)
        model = QStandardItemModel(3, 2, made)
        model.setHorizontalHeaderLabels(["Result", "Value"])
        for row in range(3):
            model.setItem(row, 0, QStandardItem(f"HbA1c {row}"))
            value = QStandardItem("6.8")
            value.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            model.setItem(row, 1, value)
        made.setModel(model)
        made.set_columns(0, 120)
        made.setSortingEnabled(True)
        made.resize(500, 240)
        made.show()
        return made

    def test_it_opens_rows(self, qtbot: QtBot, table: TableView):
        table.setCurrentIndex(table.model().index(0, 0))
        with qtbot.waitSignal(table.chosen):
            qtbot.keyClick(table, Qt.Key.Key_Down)
        with qtbot.waitSignal(table.opened):
            qtbot.keyClick(table, Qt.Key.Key_Enter)
        spot = table.visualRect(table.model().index(2, 1)).center()
        viewport = table.viewport()
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
        with qtbot.waitSignal(table.opened):
            qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=spot)

    def test_it_is_sorted_by_its_head(self, qtbot: QtBot, table: TableView):
        head = table.horizontalHeader()
        head.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        assert table.model().index(0, 0).data() == "HbA1c 2"
        table.grab()
        table.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        table.grab()

    def test_columns_and_rows_have_their_sizes(self, table: TableView):
        assert table.columnWidth(1) == 120
        assert table.rowHeight(0) >= 44
        assert table.horizontalHeader().height() >= 34


class TestStates:
    @pytest.fixture
    def stack(self, qtbot: QtBot):
        empty = Empty("folder-heart", "No records yet", "They appear here.", "Add a document")
        made = StateStack(QLabel("rows"), empty=empty, error_title="The records did not load")
        qtbot.addWidget(made)
        made.resize(500, 400)
        made.show()
        return made

    def test_it_follows_a_model(self, stack: StateStack):
        model = Rows(ROWS)
        stack.follow(model)
        assert stack.currentWidget() is stack.content
        model.say("empty")
        assert stack.currentWidget() is stack.empty

    def test_an_error_is_said_and_tried_again(self, qtbot: QtBot, stack: StateStack):
        class Trouble(Exception):
            sentence = "The store does not answer. Your data is safe."

        model = Rows([])
        stack.follow(model)
        model.say("failed", Trouble())
        assert stack.currentWidget() is stack.failed
        assert stack.failed.title == "The records did not load"
        assert stack.failed.text == Trouble.sentence
        with qtbot.waitSignal(stack.retry):
            stack.failed.button.click()
        assert model.reloaded == 1

    def test_a_skeleton_waits_a_moment(self, qtbot: QtBot, stack: StateStack):
        stack.follow(Rows([]))
        stack.set_state("loading")
        assert stack.currentWidget() is stack.content
        qtbot.waitUntil(lambda: stack.currentWidget() is stack.skeleton, timeout=PATIENCE * 10)
        stack.grab()

    def test_what_is_there_stays_while_it_is_read_again(self, qtbot: QtBot, stack: StateStack):
        model = Rows(ROWS)
        stack.follow(model)
        model.say("loading")
        qtbot.wait(PATIENCE * 2)
        assert stack.currentWidget() is stack.content

    def test_the_empty_state_has_one_action(self, qtbot: QtBot, stack: StateStack):
        stack.set_state("empty")
        with qtbot.waitSignal(stack.acted):
            stack.empty.button.click()
        stack.set_empty("Nothing matches", "Try another word", "")
        assert stack.empty.title == "Nothing matches"
        assert stack.empty.button.isHidden()

    @pytest.mark.parametrize("tone", list(Tone))
    def test_a_message_says_itself(self, qtbot: QtBot, tone: Tone):
        message = Message("inbox", "Nobody asks for access.", tone=tone)
        qtbot.addWidget(message)
        assert message.accessibleName() == "Nobody asks for access."
        message.grab()

    def test_a_skeleton_has_a_name(self, qtbot: QtBot):
        skeleton = Skeleton(3)
        qtbot.addWidget(skeleton)
        assert skeleton.accessibleName() == "Loading"
        assert skeleton.sizeHint().height() == 180
        skeleton.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        skeleton.grab()
