"""The pyqtgraph side of a line plot. Importing this takes a third of a second: do it lazily."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
)
from PyQt6.QtWidgets import QGraphicsRectItem

from medrec.views.common.fonts import Type, font, strong
from medrec.views.common.plots_data import (
    DAY,
    PlotPoint,
    PlotSeries,
    time_ticks,
    value_range,
    value_ticks,
)
from medrec.views.common.theme import tokens

_SYMBOLS = ("o", "s", "d")
_POINT, _ALARM = 7, 10
_CROWDED = 90
_TICK_WIDTH = 42
_GAP = 36.0
_BOTTOM_AXIS = 26
_NEAR = 28.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A point as it stands in the plot."""

    series: PlotSeries
    point: PlotPoint


def _triangle(up: bool) -> QPainterPath:
    side = 1 if up else -1
    path = QPainterPath(QPointF(0, -0.55 * side))
    path.lineTo(0.58, 0.45 * side)
    path.lineTo(-0.58, 0.45 * side)
    path.closeSubpath()
    return path


def _diamond() -> QPainterPath:
    path = QPainterPath(QPointF(0, -0.6))
    for x, y in ((0.6, 0), (0, 0.6), (-0.6, 0)):
        path.lineTo(x, y)
    path.closeSubpath()
    return path


class Canvas(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Bands, grid, lines and points; always from left to right, and still under the mouse."""

    spotted = pyqtSignal(object)
    """The `Spot` under the pointer, or None."""

    def __init__(self) -> None:
        # The menus of a plot that has none are most of the time that it takes to make it.
        super().__init__(background=None, enableMenu=False)
        self._series: tuple[PlotSeries, ...] = ()
        self._spot: Spot | None = None
        self._from, self._to = 0.0, 1.0
        self.setAntialiasing(True)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        item = self.getPlotItem()
        item.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        self._box = item.getViewBox()
        self._box.setDefaultPadding(0)
        for name in ("left", "bottom"):
            item.getAxis(name).setStyle(tickLength=0, tickAlpha=0)
        item.getAxis("bottom").setHeight(_BOTTOM_AXIS)

    def show_series(self, series: Sequence[PlotSeries]) -> None:
        """Draw these series, in the colours of the theme in force."""
        self._series = tuple(s for s in series if s.points)
        self._spot = None
        item = self.getPlotItem()
        item.clear()
        self.setBackground(tokens().surface)
        self._axes()
        bottom, top, step = value_range(self._series)
        self._span()
        self._box.setRange(xRange=(0, self._x(self._to)), yRange=(bottom, top), padding=0)
        self._ticks(value_ticks(bottom, top, step))
        self._bands(bottom, top)
        self._grid(value_ticks(bottom, top, step))
        for place, one in enumerate(self._series):
            self._line(place, one)
        item.layout.setContentsMargins(0, 6, self._label_width(), 0)
        self.viewport().update()

    def _x(self, when: float) -> float:
        """Days since the left edge: whole seconds since 1970 are too coarse for a transform."""
        return (when - self._from) / DAY

    def _span(self) -> None:
        times = [p.when for s in self._series for p in s.points]
        start, end = (min(times), max(times)) if times else (0.0, DAY)
        margin = (end - start) * 0.025 if end > start else 15 * DAY
        self._from, self._to = start - margin, end + margin

    def _axes(self) -> None:
        look, item = tokens(), self.getPlotItem()
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setPen(pg.mkPen(None))
            axis.setTextPen(pg.mkPen(look.text_3))
            axis.setTickFont(font(Type.CAPTION))
            axis.setStyle(tickTextOffset=8)

    def _ticks(self, values: list[tuple[float, str]]) -> None:
        item = self.getPlotItem()
        item.getAxis("left").setTicks([values])
        widest = max(QFontMetricsF(font(Type.CAPTION)).horizontalAdvance(t) for _, t in values)
        item.getAxis("left").setWidth(widest + 14)
        room = self.width() - widest - 14 - self._label_width()
        most = max(2, int(room / _TICK_WIDTH))
        times = time_ticks(self._from, self._to, most)
        item.getAxis("bottom").setTicks([[(self._x(when), text) for when, text in times]])

    def _bands(self, bottom: float, top: float) -> None:
        look = tokens()
        for place, one in enumerate(self._series[:2]):
            if not one.has_range:
                continue
            low = bottom if one.low is None else max(bottom, one.low)
            high = top if one.high is None else min(top, one.high)
            if high <= low:
                continue
            band = QGraphicsRectItem(QRectF(0, low, self._x(self._to), high - low))
            band.setPen(QPen(Qt.PenStyle.NoPen))
            band.setBrush(QBrush(QColor(look.band_1 if place == 0 else look.band_2)))
            band.setZValue(-30)
            self.addItem(band)

    def _grid(self, values: list[tuple[float, str]]) -> None:
        look = tokens()
        for value, _ in values:
            line = pg.InfiniteLine(value, angle=0, pen=self._pen(look.grid, 1))
            line.setZValue(-20)
            self.addItem(line)

    def _pen(self, colour: str, width: float) -> QPen:
        """Its width is in logical pixels; pyqtgraph itself counts those of the screen."""
        pen: QPen = pg.mkPen(colour, width=width * self.devicePixelRatioF())
        return pen

    def _line(self, place: int, one: PlotSeries) -> None:
        look = tokens()
        colour = look.plot_1 if place == 0 else look.plot_2 if place == 1 else look.text_2
        xs = [self._x(p.when) for p in one.points]
        ys = [p.value for p in one.points]
        self.addItem(pg.PlotCurveItem(xs, ys, pen=self._pen(colour, 2), antialias=True))
        quiet = [i for i, p in enumerate(one.points) if not p.out]
        if len(one.points) > _CROWDED:
            quiet = [i for i in quiet if i == len(one.points) - 1]
        pen, fill = self._pen(colour, 1.75), pg.mkBrush(look.surface)
        symbol = _diamond() if place % 3 == 2 else _SYMBOLS[place % 3]
        self._points(xs, ys, quiet, symbol, _POINT, pen, fill)
        edge, alarm = self._pen(look.surface, 1), pg.mkBrush(look.danger)
        low = [i for i, p in enumerate(one.points) if p.out == "low"]
        high = [i for i, p in enumerate(one.points) if p.out and p.out != "low"]
        self._points(xs, ys, low, _triangle(up=False), _ALARM, edge, alarm)
        self._points(xs, ys, high, _triangle(up=True), _ALARM, edge, alarm)

    def _points(
        self,
        xs: list[float],
        ys: list[float],
        which: list[int],
        symbol: Any,
        size: int,
        pen: QPen,
        brush: QBrush,
    ) -> None:
        if which:
            x, y = [xs[i] for i in which], [ys[i] for i in which]
            self.addItem(pg.ScatterPlotItem(x, y, symbol=symbol, size=size, pen=pen, brush=brush))

    def _label_width(self) -> float:
        names = QFontMetricsF(font(Type.CAPTION))
        values = QFontMetricsF(strong(font(Type.SMALL)))
        widths = [
            max(names.horizontalAdvance(s.name), values.horizontalAdvance(s.points[-1].short))
            for s in self._series
        ]
        widest: float = self.width() * 0.35
        return min(max(widths, default=0) + 12, widest)

    def drawForeground(self, painter: QPainter | None, _: QRectF) -> None:
        """Qt's request: the names at the last points, the axis, and the point under the mouse."""
        if painter is None or not self._series:
            return
        look = tokens()
        area = self._box.sceneBoundingRect()
        painter.setPen(QPen(QColor(look.border_2), 1))
        painter.drawLine(area.bottomLeft(), QPointF(self.width(), area.bottom()))
        for place, one in self._places(area):
            self._name(painter, QPointF(area.right() + 8, place), one)
        if self._spot is not None:
            where = self._where(self._spot.point)
            painter.setPen(QPen(QColor(look.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(where, 7.5, 7.5)

    def _places(self, area: QRectF) -> list[tuple[float, PlotSeries]]:
        """Where the names stand: at their last points, but never over each other."""
        wanted = sorted((self._where(s.points[-1]).y(), i) for i, s in enumerate(self._series))
        placed: list[tuple[float, PlotSeries]] = []
        for y, i in wanted:
            lowest = placed[-1][0] + _GAP if placed else area.top() + _GAP / 2 - 8
            placed.append((max(y, lowest), self._series[i]))
        return placed

    def _name(self, painter: QPainter, where: QPointF, one: PlotSeries) -> None:
        look = tokens()
        metrics = QFontMetricsF(font(Type.CAPTION))
        room = self.width() - where.x()
        name = metrics.elidedText(one.name, Qt.TextElideMode.ElideRight, room)
        painter.setFont(font(Type.CAPTION))
        painter.setPen(QColor(look.text_2))
        painter.drawText(QPointF(where.x(), where.y() - 3), name)
        painter.setFont(strong(font(Type.SMALL)))
        painter.setPen(QColor(look.text))
        painter.drawText(QPointF(where.x(), where.y() + 13), one.points[-1].short)

    def _where(self, point: PlotPoint) -> QPointF:
        """Where a point stands, in the widget."""
        return QPointF(self._box.mapViewToScene(QPointF(self._x(point.when), point.value)))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report: the nearest point is told of."""
        if event is not None:
            self._find(event.position())

    def leaveEvent(self, _: Any) -> None:
        """Qt's report: no point is meant any more."""
        self.mark(None)

    def _find(self, at: QPointF) -> None:
        best, distance = None, _NEAR
        for one in self._series:
            for point in one.points:
                where = self._where(point)
                away = math.hypot(where.x() - at.x(), where.y() - at.y())
                if away < distance:
                    best, distance = Spot(one, point), away
        self.mark(best)

    def mark(self, spot: Spot | None) -> None:
        """Show which point is meant."""
        if spot != self._spot:
            self._spot = spot
            self.spotted.emit(spot)
            self.viewport().update()

    def where(self, spot: Spot) -> QPointF:
        """Where a spot stands, in the widget."""
        return self._where(spot.point)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Qt's report: another width has room for other ticks."""
        super().resizeEvent(event)
        if getattr(self, "_series", ()):
            bottom, top, step = value_range(self._series)
            self._ticks(value_ticks(bottom, top, step))
