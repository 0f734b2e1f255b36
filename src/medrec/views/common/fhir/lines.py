"""Lists and tables of a page: painted rows, filled as far as somebody wants to see them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QStyleOptionViewItem, QWidget

from medrec.clinical.page import Line
from medrec.views.common.fhir.words import day, flag_look, people, said
from medrec.views.common.fonts import Type, font, numeric, strong, text_scale
from medrec.views.common.icons import paint_icon
from medrec.views.common.lists import ROW_ROLE, ListView, RowDelegate, line_height
from medrec.views.common.painting import badge_width, box, paint_badge, paint_text, text_width
from medrec.views.common.theme import colour

RESULT_HEIGHT, TALL_HEIGHT = 36, 52
FIRST, MORE = 8, 60
_NUMBER = re.compile(r"[<>≤≥]?\s?-?[\d.,/]+")
_CHEVRON = 16
_DATED, _RANGED = 520, 310
"""Widths from which dates and ranges have room beside the values."""
_END = Qt.AlignmentFlag.AlignRight


class LinesModel(QAbstractListModel):
    """The first lines of a part; `more` brings the next."""

    def __init__(self, lines: Sequence[Line], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = tuple(lines)
        self._shown = min(len(self.lines), FIRST)

    @property
    def hidden(self) -> int:
        """How many lines are not shown yet."""
        return len(self.lines) - self._shown

    def more(self, count: int = MORE) -> None:
        """Show some more lines."""
        count = min(count, self.hidden)
        if count > 0:
            self.beginInsertRows(QModelIndex(), self._shown, self._shown + count - 1)
            self._shown += count
            self.endInsertRows()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:
        """Qt's question."""
        return 0 if parent.isValid() else self._shown

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's question."""
        if not index.isValid() or index.row() >= self._shown:
            return None
        line = self.lines[index.row()]
        if role == ROW_ROLE:
            return line
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return said(line)
        return said(line) if role == Qt.ItemDataRole.ToolTipRole else None


class LinesView(ListView):
    """Rows that are as high together as they need, on the page that scrolls."""

    followed = pyqtSignal(str)
    """The target of a row that leads somewhere."""

    def __init__(self, model: LinesModel, delegate: RowDelegate, name: str) -> None:
        super().__init__(single=True)
        self.lines = model
        model.setParent(self)
        delegate.setParent(self)
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setAccessibleName(name)
        self.set_fitted()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSelectionMode(self.SelectionMode.NoSelection)
        self.opened.connect(self._follow)
        self.entered.connect(self._point)

    def _follow(self, index: QModelIndex) -> None:
        line = index.data(ROW_ROLE)
        if isinstance(line, Line) and line.target:
            self.followed.emit(line.target)

    def _point(self, index: QModelIndex) -> None:
        line = index.data(ROW_ROLE)
        leads = isinstance(line, Line) and bool(line.target)
        shape = Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)


class ListDelegate(RowDelegate):
    """A line of a list: what, below it the value; at the end flag, day and a chevron."""

    def __init__(self) -> None:
        super().__init__(TALL_HEIGHT)

    def paint_row(
        self, painter: QPainter, rect: QRect, row: Line, option: QStyleOptionViewItem
    ) -> None:
        """Draw a line."""
        rest, end = self.split_end(rect, _CHEVRON if row.target else 0, option, 8)
        if row.target:
            _chevron(painter, end)
        date = day(row.when)
        if date:
            width = round(text_width(date, Type.CAPTION)) + 2
            rest, end = self.split_end(rest, width, option)
            paint_text(painter, end, date, Type.CAPTION, "text_2", _END)
        if row.flag is not None:
            text, tone, icon = flag_look(row.flag)
            width = round(badge_width(text, icon, small=True))
            if width < rest.width() * 0.6:
                rest, end = self.split_end(rest, width, option)
                end.setRect(end.x(), end.center().y() - 9, width, 20)
                paint_badge(painter, end.toRectF(), text, tone, icon, small=True)
        if row.value:
            self.two_lines(painter, rest, row.label, people(row.value))
        else:
            paint_text(painter, rest, row.label, Type.ROW)


class ResultsDelegate(RowDelegate):
    """A row of a table of results: what, value with unit, flag, range; day where they differ."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__(RESULT_HEIGHT)
        self.dated = len({line.when[:10] for line in lines}) > 1
        self.ranged = any(line.range for line in lines)
        self._label = max((self._label_width(line) for line in lines), default=0)
        self._value_room = max((_value_width(line) for line in lines), default=0)
        self._flag = max((_flag_width(line) for line in lines), default=0)

    def _label_width(self, line: Line) -> int:
        return round(text_width(line.label, Type.BODY)) + 16 * line.level + 12

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """Qt's question."""
        return QSize(200, max(RESULT_HEIGHT, line_height(Type.ROW) + 14))

    def columns(self, rect: QRect, option: QStyleOptionViewItem) -> tuple[QRect, ...]:
        """Where label, value, flag, range and day stand; a column of no width is not shown."""
        dated = self.dated and rect.width() >= _DATED
        day_width = 92 if dated else 0
        ranged = self.ranged and rect.width() >= _RANGED * text_scale()
        range_width = round(min(rect.width() * 0.22, 150)) if ranged else 0
        rest, date = self.split_end(rect, day_width, option, 12 if dated else 0)
        rest, span = self.split_end(rest, range_width, option, 12 if ranged else 0)
        width = self._first_width(rest.width() - self._flag)
        label, rest = self.split(rest, width, option)
        value, flag = self.split_end(rest, self._flag, option, 8 if self._flag else 0)
        return label, value, flag, span, date

    def _first_width(self, room: int) -> int:
        """The width of the labels: as wide as they are, unless the values need the room."""
        wanted = max(self._label, round(room * 0.34))
        left = room - min(self._value_room + 24, round(room * 0.6))
        return max(min(wanted, left), round(room * 0.28))

    def paint_row(
        self, painter: QPainter, rect: QRect, row: Line, option: QStyleOptionViewItem
    ) -> None:
        """Draw a row."""
        label, value, flag, span, date = self.columns(rect, option)
        indent = 16 * row.level
        label = label.adjusted(indent, 0, 0, 0)
        paint_text(painter, label, row.label, Type.BODY)
        if row.flag is None:
            value = value.united(flag)
        else:
            text, tone, icon = flag_look(row.flag)
            width = min(round(badge_width(text, icon)), flag.width())
            spot, _ = self.split(flag, width, option, 0)
            spot = QRect(spot.x(), spot.center().y() - 10, spot.width(), 22)
            paint_badge(painter, spot.toRectF(), text, tone, icon)
        self._value(painter, value, row, option)
        if span.width() > 0:
            paint_text(painter, span, row.range, Type.CAPTION, "text_2", _END)
        if date.width() > 0:
            paint_text(painter, date, day(row.when), Type.CAPTION, "text_2", _END)

    def _value(
        self, painter: QPainter, rect: QRect, row: Line, option: QStyleOptionViewItem
    ) -> None:
        if not _NUMBER.fullmatch(row.value):
            quiet = row.value in {"no value", "not in this file"}
            role = Type.SMALL if quiet else Type.BODY
            paint_text(painter, rect, people(row.value), role, "text_3" if quiet else "text")
            return
        held = numeric(strong(font(Type.ROW)))
        wide = QRect(rect)
        painter.setFont(held)
        width = min(painter.fontMetrics().horizontalAdvance(row.value) + 2, rect.width())
        number, unit = self.split(wide, width, option, 6)
        paint_text(painter, number, row.value, held)
        paint_text(painter, unit.translated(0, 1), row.unit, Type.CAPTION, "text_2")


def _value_width(line: Line) -> int:
    if not _NUMBER.fullmatch(line.value):
        return round(text_width(people(line.value), Type.BODY))
    width = QFontMetricsF(numeric(strong(font(Type.ROW)))).horizontalAdvance(line.value)
    return round(width + 6 + text_width(line.unit, Type.CAPTION))


def _flag_width(line: Line) -> int:
    if line.flag is None:
        return 0
    text, _, icon = flag_look(line.flag)
    return min(round(badge_width(text, icon)), 180)


def _chevron(painter: QPainter, rect: QRect) -> None:
    mirrored = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
    name = "chevron-left" if mirrored else "chevron-right"
    spot = QRect(rect.x(), rect.center().y() - _CHEVRON // 2 + 1, _CHEVRON, _CHEVRON)
    paint_icon(painter, spot, name, colour("text_3").name())


class ResultsHead(QWidget):
    """The head of a table of results, in the columns of its rows."""

    def __init__(self, delegate: ResultsDelegate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = delegate
        self.setFixedHeight(32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        box(painter, self.rect(), 0, "sunken")
        painter.fillRect(0, self.height() - 1, self.width(), 1, colour("border"))
        option = QStyleOptionViewItem()
        option.direction = self.layoutDirection()
        inner = self.rect().adjusted(16, 0, -16, 0)
        label, value, _, span, date = self._delegate.columns(inner, option)
        held = Type.CAPTION_STRONG
        paint_text(painter, label, self.tr("Result"), held, "text_3")
        paint_text(painter, value, self.tr("Value"), held, "text_3")
        if span.width() > 0:
            paint_text(painter, span, self.tr("Reference"), held, "text_3", _END)
        if date.width() > 0:
            paint_text(painter, date, self.tr("Date"), held, "text_3", _END)
        painter.end()
