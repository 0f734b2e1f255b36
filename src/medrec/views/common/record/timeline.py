"""A patient's records in the order of time, with month heads that stay in sight."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PyQt6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from medrec.models.rows import RowsModel
from medrec.models.timeline_row import TimelineRow
from medrec.views.common import dates, theme
from medrec.views.common.record.timeline_delegate import (
    HEAD_HEIGHT,
    SETTLED,
    TimelineDelegate,
    paint_head,
)

_NO_MONTH = (0, 0)
_BATCH = 400
_STEP = 20


class TimelineView(QListView):
    """Shows `TimelineRow`s of a `RowsModel`; nothing is a widget, so 10,000 rows stay smooth.

    `chosen` comes with every row that the person moves to; `opened` with Enter, a double click, or
    a click on the row where the person already is: its record may have a newer version by now.
    `acted` comes when a row that waits for the person is to be settled (Resolve, Open draft).
    """

    chosen = pyqtSignal(object)
    opened = pyqtSignal(object)
    acted = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows_delegate = TimelineDelegate(self)
        self.setItemDelegate(self.rows_delegate)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName(self.tr("Records"))
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.setSingleStep(_STEP)
            bar.valueChanged.connect(self._repaint)
        self._kept: object = None
        self._pressed_again = False
        self._months: list[tuple[int, int]] = []
        theme.theme_bus.changed.connect(self._restyle)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show another model."""
        super().setModel(model)
        if model is None:
            return
        for signal in (
            model.modelReset,
            model.rowsInserted,
            model.rowsRemoved,
            model.rowsMoved,
            model.layoutChanged,
        ):
            signal.connect(self._reheaded)
        model.dataChanged.connect(self._changed)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._find_again)
        self._reheaded()

    def current(self) -> TimelineRow | None:
        """The row that the person is at."""
        return self._row(self.currentIndex())

    def select_key(self, key: object) -> bool:
        """Move to the row of that key; False where there is none."""
        model = self.model()
        for number in range(model.rowCount() if model is not None else 0):
            row = self._row(model.index(number, 0)) if model is not None else None
            if row is not None and row.key == key and model is not None:
                self.setCurrentIndex(model.index(number, 0))
                return True
        return False

    def _row(self, index: QModelIndex) -> TimelineRow | None:
        row = index.data(RowsModel.ROW) if index.isValid() else None
        return row if isinstance(row, TimelineRow) else None

    def _keep(self) -> None:
        row = self.current()
        self._kept = row.key if row is not None else None

    def _find_again(self) -> None:
        if self._kept is not None:
            self.select_key(self._kept)

    def _reheaded(self) -> None:
        heads = self._heads()
        if heads != self.rows_delegate.heads:
            self.rows_delegate.heads = heads
            self.scheduleDelayedItemsLayout()
        self._repaint()

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        """A row that moved to another month needs other heads; progress alone does not."""
        rows = self._rows()
        span = range(first.row(), min(last.row() + 1, len(rows), len(self._months)))
        if any(_month(rows[number]) != self._months[number] for number in span):
            self._reheaded()

    def _rows(self) -> Sequence[TimelineRow | None]:
        model = self.model()
        if isinstance(model, RowsModel):
            return model.rows
        count = model.rowCount() if model is not None else 0
        return [self._row(model.index(number, 0)) for number in range(count) if model is not None]

    def _heads(self) -> list[str]:
        """The month head above each row; the first of each run of rows has one."""
        self._months = [_month(row) for row in self._rows()]
        heads: list[str] = []
        last = _NO_MONTH
        names: dict[tuple[int, int], str] = {}
        for month in self._months:
            fresh = month not in (last, _NO_MONTH)
            if fresh and month not in names:
                names[month] = f"{dates.month(month[1], long=True)} {month[0]}".upper()
            heads.append(names[month] if fresh else "")
            last = month if fresh else last
        return heads

    def _repaint(self) -> None:
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def _restyle(self) -> None:
        self.scheduleDelayedItemsLayout()
        self._repaint()

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Qt's report: the person is at another row."""
        super().currentChanged(current, previous)
        row = self._row(current)
        if row is not None:
            self.scrollTo(current)
            self.chosen.emit(row)

    def scrollTo(
        self,
        index: QModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scroll to a row so that the head that stays above does not cover it."""
        super().scrollTo(index, hint)
        bar, top = self.verticalScrollBar(), self.visualRect(index).top()
        head = self.rows_delegate.head(index.row())
        if bar is not None and not head and 0 <= top < HEAD_HEIGHT:
            bar.setValue(bar.value() - (HEAD_HEIGHT - top))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Qt's report: Enter opens the row, or settles what waits for the person."""
        if event is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report: keep whether the person was at that row before."""
        if event is not None:
            index = self.indexAt(event.pos())
            left = event.button() is Qt.MouseButton.LeftButton
            self._pressed_again = left and index.isValid() and index == self.currentIndex()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report."""
        if event is not None:
            self._open(self.indexAt(event.pos()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report: a click on the badge of a row that waits for the person settles it."""
        super().mouseReleaseEvent(event)
        again, self._pressed_again = self._pressed_again, False
        if event is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        index = self.indexAt(event.pos())
        row = self._row(index)
        if row is not None and row.pending in SETTLED and self._at_end(index, event.pos()):
            self.acted.emit(row)
        elif row is not None and again and index == self.currentIndex():
            self.opened.emit(row)

    def _at_end(self, index: QModelIndex, where: QPoint) -> bool:
        rect = self.visualRect(index)
        left = where.x() - rect.left()
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            left = rect.right() - where.x()
        return left > rect.width() - 150

    def _open(self, index: QModelIndex) -> None:
        row = self._row(index)
        if row is not None:
            (self.acted if row.pending in SETTLED else self.opened).emit(row)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Qt's request to draw: the rows, then the head of the month that is at the top."""
        super().paintEvent(event)
        viewport = self.viewport()
        first = self.indexAt(QPoint(self.width() // 2, 1))
        if viewport is None or not first.isValid():
            return
        text = self._month_of(first.row())
        if not text or (self.visualRect(first).top() >= 0 and self.rows_delegate.head(first.row())):
            return
        rect = QRect(0, 0, viewport.width(), HEAD_HEIGHT)
        following = self._next_head(first.row())
        if following is not None:
            rect.moveTop(min(0, following - HEAD_HEIGHT))
        painter = QPainter(viewport)
        painter.setLayoutDirection(self.layoutDirection())
        painter.fillRect(rect, theme.colour("surface"))
        paint_head(painter, QRectF(rect), text)
        painter.end()

    def _month_of(self, row: int) -> str:
        while row > 0 and not self.rows_delegate.head(row):
            row -= 1
        return self.rows_delegate.head(row)

    def _next_head(self, row: int) -> int | None:
        """Where the next head begins, while it is near enough to push the one that stays."""
        model = self.model()
        if model is None:
            return None
        for number in range(row + 1, min(row + 3, model.rowCount())):
            if self.rows_delegate.head(number):
                return self.visualRect(model.index(number, 0)).top()
        return None


def _month(row: TimelineRow | None) -> tuple[int, int]:
    """Year and month of a row by this computer's clock."""
    if row is None or not row.when:
        return _NO_MONTH
    local = time.localtime(min(max(row.when, 0), dates.LAST))
    return local.tm_year, local.tm_mon
