"""A line plot with reference ranges, and the same data as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QPointF, QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QStackedLayout, QToolTip, QVBoxLayout, QWidget

from medrec.views.common import dates
from medrec.views.common.fonts import Type, font
from medrec.views.common.lists import TableView
from medrec.views.common.plots_data import PlotPoint, PlotSeries
from medrec.views.common.theme import theme_bus, tokens

if TYPE_CHECKING:
    from medrec.views.common.plots_canvas import Canvas, Spot

_HEIGHT = 170
_SWATCH = 12
_WHEN = 176


def warm_up() -> None:
    """Import what plots are drawn with, which takes a third of a second: call it in a thread."""
    import pyqtgraph  # noqa: F401 - the import is what is wanted


class PointTable(QAbstractTableModel):
    """The points of a plot, newest first, for those who do not see it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[PlotSeries, PlotPoint], ...] = ()

    def set_series(self, series: Sequence[PlotSeries]) -> None:
        """Show the points of other series."""
        self.beginResetModel()
        rows = [(one, point) for one in series for point in one.points]
        self._rows = tuple(sorted(rows, key=lambda row: -row[1].when))
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:
        """Qt's question."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:
        """Qt's question."""
        return 0 if parent.isValid() else 5

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Qt's question."""
        if role == Qt.ItemDataRole.DisplayRole and way is Qt.Orientation.Horizontal:
            heads = (
                self.tr("When"),
                self.tr("What"),
                self.tr("Value"),
                self.tr("Range"),
                self.tr("Written by"),
            )
            return heads[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's question."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        one, point = self._rows[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            value = f"{point.shown} {one.unit}".strip()
            said = {"low": self.tr("low"), "high": self.tr("high")}.get(point.out, point.out)
            shown = f"{value} ({said})" if said else value
            cells = (dates.day_time(int(point.when)), one.name, shown, one.range_text, point.author)
            return cells[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in {2, 3}:
            return Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        return None


class PlotLegend(QWidget):
    """The reference ranges of a plot with their colours; compact: the numbers alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[tuple[str, str, str], ...] = ()
        self._compact = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        theme_bus.changed.connect(self.update)

    def set_entries(self, entries: Sequence[tuple[str, str, str]]) -> None:
        """What it explains: the name of a colour token, the whole text, the short one."""
        self._entries = tuple(entries)
        self.setAccessibleName(", ".join(whole for _, whole, _ in self._entries))
        self.setToolTip("" if not self._compact else self.accessibleName())
        self.setVisible(bool(self._entries))
        self.updateGeometry()
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Whether only the short texts are shown, where there is little room."""
        self._compact = compact
        self.set_entries(self._entries)

    def _texts(self) -> list[tuple[str, str]]:
        return [(c, short if self._compact else whole) for c, whole, short in self._entries]

    def sizeHint(self) -> QSize:
        """Qt's question."""
        metrics = QFontMetricsF(font(Type.CAPTION))
        widths = (metrics.horizontalAdvance(t) + _SWATCH + 6 for _, t in self._texts())
        width = sum(widths) + 14 * max(len(self._entries) - 1, 0)
        return QSize(int(width) + 2, max(int(metrics.height()), _SWATCH) + 4)

    def minimumSizeHint(self) -> QSize:
        """Qt's question."""
        return self.sizeHint()

    def paintEvent(self, _: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter = QPainter(self)
        # A range is read from its lower end, whatever the direction of the words around it.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(Type.CAPTION))
        metrics = QFontMetricsF(font(Type.CAPTION))
        look, x, middle = tokens(), 1.0, self.height() / 2
        for colour, text in self._texts():
            fill = QColor(str(getattr(look, colour)))
            soft = colour.startswith("band")
            painter.setPen(QPen(QColor(look.border_2 if soft else fill), 1))
            painter.setBrush(fill)
            painter.drawRoundedRect(QRectF(x, middle - 5.5, 11, 11), 3, 3)
            painter.setPen(QColor(look.text_2))
            x += _SWATCH + 6
            painter.drawText(QPointF(x, middle + metrics.capHeight() / 2), text)
            x += metrics.horizontalAdvance(text) + 14


class LinePlot(QWidget):
    """Series over time with their reference ranges, named at their last points.

    `legend` may be put elsewhere, such as into the head of a card: it then follows along. Left and
    right walk through the points, `show_table` shows the same data as a table.
    """

    def __init__(self, parent: QWidget | None = None, *, own_legend: bool = False) -> None:
        super().__init__(parent)
        self._series: tuple[PlotSeries, ...] = ()
        self._canvas: Canvas | None = None
        self._at = -1
        self.legend = PlotLegend()
        self.table = PointTable(self)
        self._view: TableView | None = None
        self._as_table = False
        self._stage = QWidget(self)
        self._stack = QStackedLayout(self._stage)
        self._stack.setContentsMargins(0, 0, 0, 0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        if own_legend:
            whole.addWidget(self.legend, 0, Qt.AlignmentFlag.AlignRight)
        whole.addWidget(self._stage, 1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._next_turn = QTimer(self)
        self._next_turn.setSingleShot(True)
        self._next_turn.timeout.connect(self._go_on)
        theme_bus.changed.connect(self._draw)

    def set_series(self, series: Sequence[PlotSeries], name: str = "") -> None:
        """Show other series; ``name`` is what the plot is about, for screen readers."""
        self._series = tuple(one for one in series if one.points)
        self._at = -1
        self.table.set_series(self._series)
        self.legend.set_entries(self._legend())
        self.setAccessibleName(name or ", ".join(one.name for one in self._series))
        self.setAccessibleDescription(self._said())
        self._draw()

    @property
    def series(self) -> tuple[PlotSeries, ...]:
        """What is shown."""
        return self._series

    def show_table(self, shown: bool) -> None:
        """Show the points as a table instead of the plot, or the plot again."""
        self._as_table = shown
        if shown and self._view is None:
            self._view = TableView()
            self._view.setModel(self.table)
            self._view.setAccessibleName(self.accessibleName())
            self._view.set_columns(_WHEN, 0, 130, 100, 150)
            self._stack.addWidget(self._view)
            self._fold()
        if self._view is not None and shown:
            self._stack.setCurrentWidget(self._view)
        elif self._canvas is not None:
            self._stack.setCurrentWidget(self._canvas)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Qt's report: where there is little room the table leaves out author, then range."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        if self._view is not None:
            for column, width in ((4, _WHEN + 440), (3, _WHEN + 290)):
                self._view.setColumnHidden(column, self.width() < width)

    def _legend(self) -> list[tuple[str, str, str]]:
        several = len(self._series) > 1
        entries = []
        for place, one in enumerate(self._series[:2]):
            if one.has_range:
                whole = self.tr("%1 range %2") if several else self.tr("Range %2")
                text = whole.replace("%1", one.name).replace("%2", one.range_text)
                entries.append((f"band_{place + 1}", text, one.range_text))
        return entries

    def _said(self) -> str:
        told = []
        for one in self._series:
            last = one.points[-1]
            text = self.tr("%1: %n value(s), last %2 on %3", "", len(one.points))
            value = f"{last.shown} {one.unit}".strip()
            when = dates.day(int(last.when))
            told.append(text.replace("%1", one.name).replace("%2", value).replace("%3", when))
        return ". ".join(told)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Qt's report: a plot that nobody sees costs nothing."""
        super().showEvent(event)
        self._draw()

    def _draw(self) -> None:
        if self._canvas is not None and not self._next_turn.isActive():
            self._canvas.show_series(self._series)
        elif self.isVisible():
            self._next_turn.start()

    def _go_on(self) -> None:
        """Make the canvas in one turn of the loop and draw in the next: others come in between."""
        if self._canvas is not None:
            self._canvas.show_series(self._series)
            return
        from medrec.views.common.plots_canvas import Canvas

        self._canvas = Canvas()
        self._canvas.spotted.connect(self._tell)
        self._stack.insertWidget(0, self._canvas)
        if not self._as_table:
            self._stack.setCurrentWidget(self._canvas)
        self._next_turn.start()

    def _tell(self, spot: Spot | None) -> None:
        if spot is None or self._canvas is None:
            QToolTip.hideText()
            return
        value = f"{spot.point.shown} {spot.series.unit}".strip()
        lines = [f"{spot.series.name} {value}", dates.day_time(int(spot.point.when))]
        lines += [spot.point.author] if spot.point.author else []
        where = self._canvas.where(spot).toPoint()
        QToolTip.showText(self._canvas.mapToGlobal(where), "\n".join(lines), self._canvas)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Qt's report: left and right walk through the points in the order of time."""
        keys = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event is None or self._canvas is None or event.key() not in keys:
            super().keyPressEvent(event)
            return
        from medrec.views.common.plots_canvas import Spot

        spots = [Spot(one, point) for one in self._series for point in one.points]
        spots.sort(key=lambda spot: spot.point.when)
        if spots:
            start = len(spots) if self._at < 0 else self._at
            self._at = min(max(start + keys[Qt.Key(event.key())], 0), len(spots) - 1)
            self._canvas.mark(spots[self._at])
