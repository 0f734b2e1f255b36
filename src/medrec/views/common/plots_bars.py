"""Stacked bars: how many of each kind in each span of time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from medrec.views.common.fonts import Type, font
from medrec.views.common.plots_data import nice_step
from medrec.views.common.plots_line import PlotLegend
from medrec.views.common.theme import theme_bus, tokens

_GAP = 2
_WIDEST = 22
_CORNER = 3.0


@dataclass(frozen=True, slots=True)
class BarStack:
    """One kind: its name, the token of its colour, and how many there are in each bar."""

    name: str
    colour: str
    values: tuple[int, ...]


class Bars(QWidget):
    """A bar for each label, the kinds stacked in the order of the legend, oldest at the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._stacks: tuple[BarStack, ...] = ()
        self._hover = -1
        self._unit = ""
        self.legend = PlotLegend()
        self.setMouseTracking(True)
        self.setMinimumSize(200, 120)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme_bus.changed.connect(self.update)

    def set_bars(
        self,
        labels: Sequence[str],
        stacks: Sequence[BarStack],
        name: str = "",
        unit: str = "",
    ) -> None:
        """Show other bars; ``name`` is what they count, for screen readers.

        With a ``unit`` they measure: it stands at every number, and nothing is not said as none.
        """
        self._labels, self._stacks = tuple(labels), tuple(stacks)
        self._unit = f" {unit}" if unit else ""
        self._hover = -1
        self.legend.set_entries([(s.colour, s.name, s.name) for s in self._stacks])
        self.setAccessibleName(name)
        self.setAccessibleDescription("; ".join(self.said(i) for i in range(len(self._labels))))
        self.update()

    def said(self, place: int) -> str:
        """A bar in words: its label, and each kind that it has."""
        if self._unit:
            parts = [f"{s.values[place]:,}{self._unit}" for s in self._stacks]
        else:
            parts = [f"{s.name} {s.values[place]}" for s in self._stacks if s.values[place]]
        return f"{self._labels[place]}: {', '.join(parts) or self.tr('none')}"

    def sizeHint(self) -> QSize:
        """Qt's question."""
        return QSize(480, 140)

    def _total(self, place: int) -> int:
        return sum(stack.values[place] for stack in self._stacks)

    def _scale(self) -> tuple[float, float]:
        """The top of the axis and the step of its ticks."""
        most = max((self._total(i) for i in range(len(self._labels))), default=0)
        step = max(1.0, nice_step(max(most, 1), 4))
        top = step
        while top < most:
            top += step
        return top, step

    def _area(self) -> QRectF:
        metrics = QFontMetricsF(font(Type.CAPTION))
        left = metrics.horizontalAdvance(self._number(self._scale()[0])) + 10
        foot = metrics.height() + 8
        return QRectF(self.rect()).adjusted(left, metrics.height() / 2, 0, -foot)

    def _number(self, value: float) -> str:
        return f"{value:,.0f}{self._unit}"

    def _bar(self, area: QRectF, place: int) -> QRectF:
        slot = area.width() / max(len(self._labels), 1)
        width = min(_WIDEST, max(slot * 0.6, 2))
        left = round(area.left() + slot * place + (slot - width) / 2)
        return QRectF(left, area.top(), round(width), area.height())

    def paintEvent(self, _: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter = QPainter(self)
        # The program's direction, not the widget's, is what a painter begins with.
        painter.setLayoutDirection(self.layoutDirection())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        self._grid(painter, area)
        top = self._scale()[0]
        for place in range(len(self._labels)):
            self._stack(painter, self._bar(area, place), place, top)
        self._names(painter, area)

    def _grid(self, painter: QPainter, area: QRectF) -> None:
        look, metrics = tokens(), QFontMetricsF(font(Type.CAPTION))
        top, step = self._scale()
        painter.setFont(font(Type.CAPTION))
        value = 0.0
        while value <= top:
            y = round(area.bottom() - value / top * area.height()) + 0.5
            painter.setPen(QPen(QColor(look.grid if value else look.border_2), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            text = self._number(value)
            painter.setPen(QColor(look.text_3))
            x = area.left() - 8 - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(x, y + metrics.capHeight() / 2), text)
            value += step

    def _stack(self, painter: QPainter, bar: QRectF, place: int, top: float) -> None:
        look = tokens()
        if place == self._hover:
            painter.fillRect(bar.adjusted(-4, 0, 4, 0), QColor(look.hover))
        filled = [s for s in self._stacks if s.values[place]]
        floor = bar.bottom()
        painter.setPen(Qt.PenStyle.NoPen)
        for stack in filled:
            height = stack.values[place] / top * bar.height()
            piece = QRectF(bar.left(), floor - height, bar.width(), max(height - _GAP, 1.5))
            if stack is filled[0]:
                piece.setBottom(floor)
            painter.setBrush(QColor(str(getattr(look, stack.colour))))
            painter.drawPath(_block(piece, rounded=stack is filled[-1]))
            floor -= height

    def _names(self, painter: QPainter, area: QRectF) -> None:
        metrics = QFontMetricsF(font(Type.CAPTION))
        painter.setPen(QColor(tokens().text_3))
        slot = area.width() / max(len(self._labels), 1)
        widest = max((metrics.horizontalAdvance(label) for label in self._labels), default=0.0)
        step = max(1, math.ceil((widest + 12) / max(slot, 1)))
        for place, label in enumerate(self._labels):
            width = metrics.horizontalAdvance(label)
            x = self._bar(area, place).center().x() - width / 2
            if place % step == 0 and x + width <= self.width() + 4:
                painter.drawText(QPointF(x, area.bottom() + metrics.ascent() + 8), label)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report: the bar under the pointer says what it holds."""
        if event is None:
            return
        area = self._area()
        slot = area.width() / max(len(self._labels), 1)
        place = int((event.position().x() - area.left()) // slot) if self._labels else -1
        if not 0 <= place < len(self._labels):
            place = -1
        if place != self._hover:
            self._hover = place
            self.update()
            if place >= 0:
                lines = [self._labels[place]]
                lines += [f"{s.name} {s.values[place]:,}{self._unit}" for s in self._stacks]
                QToolTip.showText(event.globalPosition().toPoint(), "\n".join(lines), self)

    def leaveEvent(self, _: object) -> None:
        """Qt's report."""
        self._hover = -1
        self.update()


def _block(rect: QRectF, *, rounded: bool) -> QPainterPath:
    """A piece of a bar; the topmost has round corners above."""
    path = QPainterPath(rect.bottomLeft())
    size = min(2 * _CORNER, rect.height(), rect.width()) if rounded else 0.0
    if size:
        path.arcTo(QRectF(rect.left(), rect.top(), size, size), 180, -90)
        path.arcTo(QRectF(rect.right() - size, rect.top(), size, size), 90, -90)
    else:
        path.lineTo(rect.topLeft())
        path.lineTo(rect.topRight())
    path.lineTo(rect.bottomRight())
    path.closeSubpath()
    return path
