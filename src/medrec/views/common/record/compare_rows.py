"""The rows of two versions beside each other, painted at the same heights on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PyQt6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PyQt6.QtWidgets import QListView, QSizePolicy, QStyleOptionViewItem, QWidget

from medrec.clinical.compare import CompareRow, Side
from medrec.clinical.page import Line
from medrec.views.common import theme
from medrec.views.common.fhir.words import fact, flag_look, words
from medrec.views.common.fonts import Type, font, numeric, strong
from medrec.views.common.icons import paint_icon
from medrec.views.common.lists import ROW_ROLE, ListView, RowDelegate, line_height
from medrec.views.common.painting import badge_width, box, paint_badge, paint_text, text_width

HEIGHT = 42
SURELY_SHORT = 16
"""Characters that always fit in one line."""
_LABEL = 0.38
_CONTEXT = "VersionsCompare"


@dataclass(frozen=True, slots=True)
class SideRow:
    """A row of one side; a heading has a label alone."""

    label: str
    side: Side | None
    changed: bool = False
    mark: str = ""
    heading: bool = False
    beside: str = ""
    """The value on the other side: both are drawn at the same height."""


def rows_of(rows: Sequence[CompareRow], *, newer: bool, only_changes: bool) -> list[SideRow]:
    """The rows of one side, with a heading before each part."""
    shown: list[SideRow] = []
    group, several = None, len({row.group for row in rows}) > 1
    for row in rows:
        if only_changes and not row.changed:
            continue
        if several and row.group != group and row.group:
            shown.append(SideRow(words(row.group), None, heading=True))
        group = row.group
        side = row.newer if newer else row.older
        own = SideRow(row.label, side, row.changed, _mark(row, newer))
        other = SideRow(row.label, row.older if newer else row.newer)
        shown.append(replace(own, beside=_words_of(other)))
    return shown


def _mark(row: CompareRow, newer: bool) -> str:
    """What the newer side says of a changed row, the older side of one that went away."""
    if not row.changed:
        return ""
    if row.older is None:
        return QCoreApplication.translate(_CONTEXT, "New") if newer else ""
    if row.newer is None:
        return "" if newer else QCoreApplication.translate(_CONTEXT, "Left out")
    return QCoreApplication.translate(_CONTEXT, "Changed") if newer else ""


class SideModel(QAbstractListModel):
    """The rows of one side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[SideRow] = []

    def set_rows(self, rows: list[SideRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:
        """Qt's question."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's question."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        texts = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role in (*texts, Qt.ItemDataRole.ToolTipRole):
            parts = (words(row.label), value_of(row), row.mark)
            return ", ".join(part for part in parts if part)
        return None


def value_of(row: SideRow) -> str:
    """The value of a row for people."""
    if row.side is None:
        return ""
    side = row.side
    line = Line(row.label, side.value, "", None, "", side.when, side.until)
    return f"{fact(line)} {side.unit}".strip()


def _words_of(row: SideRow) -> str:
    """A value that may be long; a number with its unit never is."""
    return value_of(row) if row.side is not None and not row.side.unit else ""


class SideDelegate(RowDelegate):
    """Label, value with unit, flag; changed rows are tinted and say so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(HEIGHT, parent=parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """Qt's question."""
        view, row = self.parent(), index.data(ROW_ROLE)
        least = max(HEIGHT, line_height(Type.ROW) + 18)
        longest = max(_words_of(row), row.beside, key=len)
        if len(longest) <= SURELY_SHORT or not isinstance(view, QListView):
            return QSize(200, least)
        viewport = view.viewport()
        room = (viewport.width() if viewport is not None else 400) - 40
        if row.label:
            room -= round(room * _LABEL) + 12
        if row.changed:
            changed = QCoreApplication.translate(_CONTEXT, "Changed")
            room -= self._mark_width(changed) + 8
        metrics = QFontMetrics(font(Type.BODY))
        place = QRect(0, 0, max(room, 80), 10_000)
        high = max(
            metrics.boundingRect(place, Qt.TextFlag.TextWordWrap, text).height()
            for text in (_words_of(row), row.beside)
        )
        return QSize(200, max(least, high + 20))

    def paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """The tint of a changed row."""
        row = index.data(ROW_ROLE)
        if row.changed:
            painter.fillRect(option.rect, theme.colour("accent_soft"))
        if row.heading:
            painter.fillRect(option.rect, theme.colour("sunken"))
        rect = option.rect
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, theme.colour("border"))

    def paint_row(
        self, painter: QPainter, rect: QRect, row: SideRow, option: QStyleOptionViewItem
    ) -> None:
        """Draw a row."""
        rect = rect.adjusted(4, 0, -4, 0)
        if row.heading:
            paint_text(painter, rect, row.label, Type.CAPTION_STRONG, "text_3")
            return
        label = words(row.label)
        lead, rest = (
            self.split(rect, round(rect.width() * _LABEL), option) if label else (QRect(), rect)
        )
        if row.mark:
            rest = self._mark(painter, rest, row.mark, option)
        if row.side is not None and row.side.flag is not None and rest.width() > 150:
            text, tone, icon = flag_look(row.side.flag)
            width = round(badge_width(text, icon, small=True))
            rest, end = self.split_end(rest, width, option, 8)
            end.setRect(end.x(), end.center().y() - 9, width, 20)
            paint_badge(painter, end.toRectF(), text, tone, icon, small=True)
        paint_text(painter, lead, label, Type.BODY, "text" if row.side is not None else "text_3")
        self._value(painter, rest, row, option)

    def _value(
        self, painter: QPainter, rect: QRect, row: SideRow, option: QStyleOptionViewItem
    ) -> None:
        if row.side is None:
            told = QCoreApplication.translate(_CONTEXT, "not in this version")
            paint_text(painter, rect, told, Type.SMALL, "text_3")
            return
        if not row.side.unit:
            painter.setFont(font(Type.BODY))
            painter.setPen(theme.colour("text"))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            # Isolated: from right to left its full stop would go to the beginning.
            text = f"\u2068{value_of(row)}\u2069"
            painter.drawText(rect, flags | Qt.TextFlag.TextWordWrap, text)
            return
        held = numeric(strong(font(Type.ROW)))
        painter.setFont(held)
        width = min(painter.fontMetrics().horizontalAdvance(row.side.value) + 2, rect.width())
        number, unit = self.split(rect, width, option, 6)
        paint_text(painter, number, row.side.value, held)
        paint_text(painter, unit.translated(0, 1), row.side.unit, Type.CAPTION, "text_2")

    def _mark_width(self, text: str) -> int:
        return round(text_width(text, Type.CAPTION_STRONG)) + 34

    def _mark(
        self, painter: QPainter, rect: QRect, text: str, option: QStyleOptionViewItem
    ) -> QRect:
        width = self._mark_width(text)
        rest, end = self.split_end(rect, width, option, 8)
        spot = QRect(end.x(), end.center().y() - 10, width, 22)
        box(painter, spot, 6, "surface")
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        left = spot.right() - 21 if mirrored else spot.x() + 8
        ink = theme.colour("accent_text").name()
        paint_icon(painter, QRect(left, spot.center().y() - 6, 13, 13), "pencil", ink)
        inner = spot.adjusted(8, 0, -26, 0) if mirrored else spot.adjusted(26, 0, -4, 0)
        paint_text(painter, inner, text, Type.CAPTION_STRONG, "accent_text")
        return rest


class SideView(ListView):
    """The rows of one side, as high as all of them."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = SideModel(self)
        self.setModel(self.side)
        self.setItemDelegate(SideDelegate(self))
        self.setUniformItemSizes(False)
        self.setResizeMode(self.ResizeMode.Adjust)
        self.setAccessibleName(name)
        self.setSelectionMode(self.SelectionMode.NoSelection)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_fitted()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Long words take other lines at another width (Qt)."""
        super().resizeEvent(event)
        self.updateGeometry()
