"""Sparklines: a few values over their reference range, in a tile or in a row of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from medrec.views.common.theme import theme_bus, tokens

WIDTH, HEIGHT = 68, 32
_DOT = 3.5
_HALO = 1.5


def paint_sparkline(
    painter: QPainter,
    rect: QRect | QRectF,
    values: Sequence[float],
    low: float | None = None,
    high: float | None = None,
) -> None:
    """Draw ``values``, oldest first and always from left to right, over the range from ``low`` to
    ``high`` (None: open on that side)."""
    known = [value for value in values if math.isfinite(value)]
    area = QRectF(rect)
    if not known or area.width() < 4 * _DOT:
        return
    look = tokens()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bottom, top = _span(known, low, high)
    inner = area.adjusted(_DOT, _DOT + _HALO, -_DOT - _HALO, -_DOT - _HALO)

    def y(value: float) -> float:
        return inner.bottom() - (value - bottom) / (top - bottom) * inner.height()

    if low is not None or high is not None:
        ceiling = area.top() if high is None else max(area.top(), y(high))
        floor = area.bottom() if low is None else min(area.bottom(), y(low))
        if floor > ceiling:
            band = QRectF(area.left(), ceiling, area.width(), floor - ceiling)
            painter.fillRect(band, QColor(look.band_1))
    step = inner.width() / max(len(known) - 1, 1)
    left = inner.left() if len(known) > 1 else inner.right()
    line = QPolygonF([QPointF(left + i * step, y(value)) for i, value in enumerate(known)])
    pen = QPen(QColor(look.plot_1), 1.75)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(line)
    painter.setPen(QPen(QColor(look.surface), _HALO))
    painter.setBrush(QColor(look.plot_1))
    painter.drawEllipse(line[line.count() - 1], _DOT + _HALO / 2, _DOT + _HALO / 2)
    painter.restore()


def _span(values: Sequence[float], low: float | None, high: float | None) -> tuple[float, float]:
    """Bottom and top: the values, and as much of the range as does not flatten them."""
    bottom, top = min(values), max(values)
    reach = max(top - bottom, abs(top) * 0.04, 1e-9)
    below = low if low is not None else bottom
    above = high if high is not None else top
    start = min(bottom, max(below, bottom - reach))
    end = max(top, min(above, top + reach))
    if high is not None and high < start:
        start = high - 0.25 * (top - high)
    if low is not None and low > end:
        end = low + 0.25 * (low - bottom)
    if end - start < 1e-9:
        start, end = start - reach / 2, end + reach / 2
    return start, end


class Sparkline(QWidget):
    """A sparkline of its own, 68 x 32 unless the layout gives it more."""

    def __init__(
        self,
        values: Sequence[float] = (),
        low: float | None = None,
        high: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values, self._low, self._high = tuple(values), low, high
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(WIDTH, HEIGHT)
        theme_bus.changed.connect(self.update)

    def set_values(
        self, values: Sequence[float], low: float | None = None, high: float | None = None
    ) -> None:
        """Show other values, oldest first, over another range."""
        self._values, self._low, self._high = tuple(values), low, high
        self.update()

    @property
    def values(self) -> tuple[float, ...]:
        """What is shown, oldest first."""
        return self._values

    def sizeHint(self) -> QSize:
        """Qt's question."""
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, _: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter = QPainter(self)
        paint_sparkline(painter, self.rect(), self._values, self._low, self._high)
