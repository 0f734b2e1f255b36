"""Results as a table: value, flag, trend over the range, range, change; drawn, not built."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QModelIndex, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from medrec.models.doctor.results import ResultRow, ResultsModel
from medrec.models.rows import RowsModel
from medrec.views.common import theme
from medrec.views.common.fonts import Type, font, numeric
from medrec.views.common.painting import Tone, paint_badge, paint_text
from medrec.views.common.plots import paint_sparkline
from medrec.views.common.theme import theme_bus

ROW, HEAD = 34, 34
_PAD = 20
_END = Qt.AlignmentFlag.AlignRight
_FLAGS = {
    "high": (Tone.DANGER, "arrow-up"),
    "low": (Tone.DANGER, "arrow-down"),
    "abnormal": (Tone.DANGER, "triangle-alert"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a row lie, from its leading edge; all in logical pixels."""

    name: QRectF
    value: QRectF
    unit: QRectF
    flag: QRectF
    trend: QRectF
    range: QRectF
    change: QRectF


def columns(rect: QRectF, mirrored: bool) -> Columns:
    """The columns of a row of that width."""
    width = rect.width() - 2 * _PAD
    if width >= 630:
        name, value, unit, flag = width * 0.245, 62.0, width * 0.12, 72.0
        trend, range_, change = 76.0, width * 0.17, 58.0
    else:
        name, value, unit, flag = width * 0.255, 52.0, width * 0.11, 68.0
        trend, range_, change = 66.0, width * 0.14, 50.0
    if width < 470:
        trend, change = 0.0, 0.0
    spare = max(width - name - value - unit - flag - trend - range_ - change - 24, 0)
    sizes = (name, value, unit, flag + spare * 0.4, trend, range_ + spare * 0.6, change)
    gaps = (0, 0, 6, 6, 6, 12, 0)
    places, at = [], _PAD * 1.0
    for size, gap in zip(sizes, gaps, strict=True):
        at += gap
        left = rect.right() - at - size if mirrored else rect.left() + at
        places.append(QRectF(left, rect.top(), size, rect.height()))
        at += size
    return Columns(*places)


class ResultsDelegate(QStyledItemDelegate):
    """Draws `ResultRow`s."""

    def flag_word(self, flag: str, critical: bool) -> str:
        """The flag as a word."""
        if critical:
            return self.tr("Critical")
        words = {"high": self.tr("High"), "low": self.tr("Low"), "abnormal": self.tr("Abnormal")}
        return words.get(flag, flag)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Qt's question."""
        return QSize(300, max(ROW, round(QFontMetricsF(font(Type.BODY)).height()) + 14))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Qt's request to draw."""
        row = index.data(RowsModel.ROW)
        if painter is None or not isinstance(row, ResultRow):
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        rect = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("selected"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour("hover"))
        model = index.model()
        if model is not None and index.row() < model.rowCount() - 1:
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        self._cells(painter, rect, row, option.direction is Qt.LayoutDirection.RightToLeft)
        painter.restore()

    def _cells(self, painter: QPainter, rect: QRectF, row: ResultRow, mirrored: bool) -> None:
        at = columns(rect, mirrored)
        last = row.series.last
        paint_text(painter, at.name, row.series.name, Type.BODY)
        paint_text(painter, at.value, row.value_text, numeric(font(Type.ROW_STRONG)), align=_END)
        paint_text(painter, at.unit, last.unit, Type.SMALL, "text_3")
        if last.flag:
            tone, icon = _FLAGS[last.flag]
            spot = at.flag.topRight()
            spot.setY(rect.center().y() - 10)
            word = self.flag_word(last.flag, last.critical)
            paint_badge(painter, spot, word, tone, icon, small=True)
        if at.trend.width() > 20:
            area = at.trend.adjusted(2, 7, -2, -7)
            values = [point.value for point in row.series.points[-12:]]
            paint_sparkline(painter, area, values, last.low, last.high)
        paint_text(painter, at.range, row.range_text, numeric(font(Type.SMALL)), "text_2")
        if at.change.width() > 20:
            change = numeric(font(Type.SMALL))
            paint_text(painter, at.change, row.change, change, "text_2", align=_END)


class _Head(QWidget):
    """The heads of the columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(
            max(HEAD, round(QFontMetricsF(font(Type.CAPTION_STRONG)).height()) + 16)
        )
        self._inset = 0
        theme_bus.changed.connect(self.update)

    def set_inset(self, width: int) -> None:
        """Leave out what the scroll bar of the rows takes, so that heads stand over columns."""
        if width != self._inset:
            self._inset = width
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        rect = QRectF(self.rect())
        painter.fillRect(rect, theme.colour("sunken"))
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawLine(rect.topLeft(), rect.topRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        inset = self._inset
        at = columns(
            rect.adjusted(inset if mirrored else 0, 0, 0 if mirrored else -inset, 0), mirrored
        )
        heads = [
            (at.name, self.tr("Result"), None),
            (at.value, self.tr("Value"), _END),
            (at.trend, self.tr("Trend"), None),
            (at.range, self.tr("Range"), None),
            (at.change, self.tr("Change"), _END),
        ]
        for where, text, align in heads:
            if where.width() > 20:
                paint_text(painter, where, text, Type.CAPTION_STRONG, "text_2", align=align)
        painter.end()


class _View(QListView):
    entered_row = pyqtSignal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter opens the row (Qt)."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class ResultsList(QWidget):
    """A table of results; `opened` with the series of the row that was chosen.

    With ``whole`` it is as high as its rows and leaves scrolling to the page.
    """

    opened = pyqtSignal(object)

    def __init__(self, whole: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = whole
        self.model = ResultsModel(self)
        self.view = _View()
        self.view.setModel(self.model)
        self.view.setItemDelegate(ResultsDelegate(self))
        self.view.setAccessibleName(self.tr("Results"))
        self.view.clicked.connect(self._open)
        self.view.entered_row.connect(self._open)
        if whole:
            self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head = _Head()
        column.addWidget(self._head)
        bar = self.view.verticalScrollBar()
        if bar is not None and not whole:
            bar.rangeChanged.connect(
                lambda low, high: self._fit(bar.sizeHint().width(), high > low)
            )
        column.addWidget(self.view, 1)

    def set_rows(self, rows: list[ResultRow]) -> None:
        """Show other results."""
        self.model.set_rows(rows)
        if self._whole:
            height = self.view.sizeHintForRow(0) if rows else ROW
            self.view.setFixedHeight(max(height * len(rows), 1))

    def _fit(self, width: int, shown: bool) -> None:
        self._head.set_inset(width if shown else 0)

    def _open(self, index: QModelIndex) -> None:
        row = index.data(RowsModel.ROW)
        if isinstance(row, ResultRow):
            self.opened.emit(row.series)
