"""Lists and tables: rows are painted by a delegate, so that ten thousand of them cost nothing."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QRegion, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from medrec.views.common import theme
from medrec.views.common.focus import by_keyboard, paint_ring
from medrec.views.common.fonts import Type, font, line_height, numeric
from medrec.views.common.icons import paint_icon
from medrec.views.common.painting import box, paint_text
from medrec.views.common.theme import set_type

__all__ = [
    "ROW_ROLE",
    "ListView",
    "RowDelegate",
    "TableView",
    "centred",
    "is_selected",
    "line_height",
]

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""Gives the dataclass of a row: RowsModel.ROW."""

_Index = QModelIndex | QPersistentModelIndex
_HEAD = 34


class RowDelegate(QStyledItemDelegate):
    """Paints ground, line and focus of a row; what stands in it is `paint_row`.

    With `line=False` rows have no lines between them, and the selected one is a rounded box.
    """

    def __init__(self, height: int = 60, line: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height, self._line = height, line

    def paint_row(
        self, painter: QPainter, rect: QRect, row: Any, option: QStyleOptionViewItem
    ) -> None:
        """Draw a row into a rectangle that has 16 pixels of margin at both ends."""
        paint_text(painter, rect, str(row))

    def row_height(self, row: Any) -> int:
        """The height of a row, where rows differ."""
        return max(self._height, line_height(Type.ROW) + line_height(Type.SMALL) + 16)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        row = index.data(ROW_ROLE)
        height = self.row_height(row) if self._height >= 52 else self._height
        return QSize(120, height)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: _Index) -> None:
        if painter is None:
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, option, index)
        rect = option.rect.adjusted(16, 0, -16, 0)
        row = index.data(ROW_ROLE)
        held = index.data(Qt.ItemDataRole.DisplayRole) if row is None else row
        self.paint_row(painter, rect, held, option)
        painter.restore()

    def paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Selection, hover, the line below and the ring of the keyboard."""
        rect = option.rect
        state = option.state
        selected = is_selected(option)
        ground = ""
        if selected:
            ground = "selected"
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = "hover"
        if ground and self._line:
            painter.fillRect(rect, theme.colour(ground))
        elif ground:
            box(painter, rect.adjusted(8, 0, -8, 0), 8, ground)
        if selected:
            inset = 0 if self._line else 8
            mirrored = option.direction is Qt.LayoutDirection.RightToLeft
            left = rect.right() - inset - 2 if mirrored else rect.left() + inset
            box(painter, QRect(left, rect.center().y() - 9, 3, 20), 1.5, "accent")
        model = index.model()
        if self._line and model is not None and index.row() < model.rowCount() - 1:
            line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
            painter.fillRect(line, theme.colour("border"))
        if state & QStyle.StateFlag.State_HasFocus and by_keyboard():
            paint_ring(painter, QRectF(rect).adjusted(2, 2, -2, -2), 6)

    def two_lines(
        self, painter: QPainter, rect: QRect, title: str, second: str,
        strong: bool = False, title_colour: str = "text", second_colour: str = "text_2",
    ) -> None:  # fmt: skip
        """A title over a second line, both in the middle of the rectangle."""
        first, below = line_height(Type.ROW), line_height(Type.SMALL)
        top = rect.center().y() - (first + below + 2) // 2 + 1
        role = Type.ROW_STRONG if strong else Type.ROW
        where = QRect(rect.left(), top, rect.width(), first)
        paint_text(painter, where, title, role, title_colour)
        where = QRect(rect.left(), top + first + 2, rect.width(), below)
        paint_text(painter, where, second, Type.SMALL, second_colour)

    def split(
        self, rect: QRect, width: int, option: QStyleOptionViewItem, gap: int = 12
    ) -> tuple[QRect, QRect]:
        """Cut a leading part of a width off: (leading, rest), mirrored from right to left."""
        if option.direction is Qt.LayoutDirection.RightToLeft:
            lead = QRect(rect.right() - width + 1, rect.top(), width, rect.height())
            return lead, rect.adjusted(0, 0, -width - gap, 0)
        lead = QRect(rect.left(), rect.top(), width, rect.height())
        return lead, rect.adjusted(width + gap, 0, 0, 0)

    def split_end(
        self, rect: QRect, width: int, option: QStyleOptionViewItem, gap: int = 12
    ) -> tuple[QRect, QRect]:
        """Cut a trailing part of a width off: (rest, trailing)."""
        rest_width = rect.width() - width - gap
        lead, rest = self.split(rect, rest_width, option, gap)
        return lead, rest


def is_selected(option: QStyleOptionViewItem) -> bool:
    """Whether a row is drawn as the selected one."""
    return bool(option.state & QStyle.StateFlag.State_Selected)


def centred(rect: QRect, width: int, height: int) -> QRect:
    """A box of a size at the leading edge of a rectangle that is as wide, in its middle."""
    return QRect(rect.left(), rect.center().y() - height // 2 + 1, width, height)


class ListView(QListView):
    """A list by keyboard and pointer: Enter, or a click with `single`, opens a row."""

    opened = pyqtSignal(QModelIndex)
    chosen = pyqtSignal(QModelIndex)
    """Another row is current."""

    def __init__(self, parent: QWidget | None = None, single: bool = False) -> None:
        super().__init__(parent)
        self._single = single
        _prepare(self)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        set_type(self, Type.BODY)

    def setItemDelegate(self, delegate: QAbstractItemDelegate | None) -> None:
        """Take a delegate; where all its rows are alike, thousands are laid out at once."""
        super().setItemDelegate(delegate)
        if isinstance(delegate, RowDelegate):
            kind = type(delegate)
            own = (RowDelegate.row_height, RowDelegate.sizeHint)
            if (kind.row_height, kind.sizeHint) == own:
                self.setUniformItemSizes(True)

    def set_fitted(self, fitted: bool = True, most: int = 0) -> None:
        """Be as high as all the rows (or `most` of them), so that the page scrolls and not I."""
        self._fitted, self._most = fitted, most
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(
            off if fitted and not most else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        self.updateGeometry()

    _fitted = False
    _most = 0

    def sizeHint(self) -> QSize:
        if not self._fitted:
            return super().sizeHint()
        return QSize(240, self._rows_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._rows_height() if self._fitted else 60)

    def _rows_height(self) -> int:
        model = self.model()
        count = model.rowCount(self.rootIndex()) if model is not None else 0
        rows = min(count, self._most) if self._most else count
        return sum(self.sizeHintForRow(row) for row in range(rows))

    def rowsInserted(self, parent: QModelIndex, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        if self._fitted:
            self.updateGeometry()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        if self._fitted and self.height() != self._rows_height():
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and _opens(event, self.currentIndex()):
            self.opened.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(event)
        if event is not None and self._single and event.button() is Qt.MouseButton.LeftButton:
            index = self.indexAt(event.pos())
            if index.isValid():
                self.opened.emit(index)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        _round(self)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        super().mouseDoubleClickEvent(event)
        if event is not None and not self._single and self.indexAt(event.pos()).isValid():
            self.opened.emit(self.indexAt(event.pos()))

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(current)


class _Head(QHeaderView):
    """Words in the table head, with an arrow where it is sorted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        set_type(self, Type.CAPTION_STRONG)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumSectionSize(40)
        self.setFixedHeight(max(_HEAD, self.fontMetrics().height() + 16))

    def paintSection(self, painter: QPainter | None, rect: QRect, section: int) -> None:
        model = self.model()
        if painter is None or model is None:
            return
        painter.save()
        painter.setLayoutDirection(self.layoutDirection())
        painter.fillRect(rect, theme.colour("sunken"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, theme.colour("border"))
        across = Qt.Orientation.Horizontal
        text = str(model.headerData(section, across) or "")
        align = model.headerData(section, across, Qt.ItemDataRole.TextAlignmentRole)
        inner = rect.adjusted(15, 0, -15, 0)
        sorted_by = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        at_end = align is not None and int(align) & Qt.AlignmentFlag.AlignRight.value
        flag = Qt.AlignmentFlag.AlignRight if at_end else None
        colour = "text" if sorted_by else "text_3"
        paint_text(painter, inner, text, self.font(), colour, flag)
        if sorted_by:
            up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
            width = self.fontMetrics().horizontalAdvance(text) + 5
            left = inner.right() - width - 12 if at_end else inner.left() + width
            if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                left = inner.right() - width - 12
            spot = QRect(left, rect.center().y() - 6, 12, 12)
            ink = theme.tokens().text
            paint_icon(painter, spot, "arrow-up" if up else "arrow-down", ink)
        painter.restore()


class _Cells(QStyledItemDelegate):
    """Cells of a table: the ring goes around the row's cell, numbers have one width."""

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        if option is None:
            return
        if index.column() == 0:
            option.font = font(Type.ROW_STRONG)
        elif option.displayAlignment & Qt.AlignmentFlag.AlignRight:
            option.font = numeric(font(Type.BODY))
        state = option.state
        option.state = state & ~QStyle.StateFlag.State_HasFocus


class TableView(QTableView):
    """A table: no vertical lines, the first column strong, Enter or a double click opens."""

    opened = pyqtSignal(QModelIndex)
    chosen = pyqtSignal(QModelIndex)

    def __init__(self, parent: QWidget | None = None, row_height: int = 44) -> None:
        super().__init__(parent)
        _prepare(self)
        self.setProperty("look", "table")
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalHeader(_Head(self))
        self.setItemDelegate(_Cells(self))
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        down = self.verticalHeader()
        if down is not None:
            down.hide()
            down.setMinimumSectionSize(row_height)
            down.setDefaultSectionSize(max(row_height, self.fontMetrics().height() + 20))
        set_type(self, Type.BODY)

    def set_columns(self, *widths: int) -> None:
        """Column widths in pixels; 0 takes what is left."""
        head = self.horizontalHeader()
        if head is None:
            return
        for column, width in enumerate(widths):
            if width:
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
                head.resizeSection(column, width)
            else:
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and _opens(event, self.currentIndex()):
            self.opened.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        _round(self)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        super().mouseDoubleClickEvent(event)
        if event is not None and self.indexAt(event.pos()).isValid():
            self.opened.emit(self.indexAt(event.pos()))

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(current)


def _opens(event: QKeyEvent, index: QModelIndex) -> bool:
    keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return event.type() is QEvent.Type.KeyPress and event.key() in keys and index.isValid()


def _round(view: QAbstractItemView) -> None:
    """Cut the corners of a view that lies in a card: a rounded edge does not clip children."""
    radius = view.property("rounded")
    if not radius:
        return
    path = QPainterPath()
    path.addRoundedRect(QRectF(view.rect()), radius, radius)
    view.setMask(QRegion(path.toFillPolygon().toPolygon()))


def _prepare(view: QAbstractItemView) -> None:
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setMouseTracking(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setAttribute(Qt.WidgetAttribute.WA_MacShowFocusRect, False)
