"""Tabs inside of a page: an underline in accent, a count if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from medrec.views.common import theme
from medrec.views.common.fonts import Type, font, strong
from medrec.views.common.painting import paint_text, text_width
from medrec.views.common.strip import Strip


@dataclass
class _Tab:
    key: str
    text: str
    count: int | None = None


class Tabs(Strip):
    """A line of tabs, each with a key; arrows move between them."""

    gap = 24.0
    changed = pyqtSignal(str)

    def __init__(self, tabs: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(Type.ROW, 0, parent)
        self._tabs = [_Tab(key, text) for key, text in tabs]
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def current(self) -> str:
        """The key of the chosen tab."""
        return self._tabs[self._current].key if self._tabs else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in order."""
        return tuple(tab.key for tab in self._tabs)

    def set_current(self, key: str) -> None:
        """Choose a tab, and say so if it is another one."""
        index = next((i for i, tab in enumerate(self._tabs) if tab.key == key), -1)
        self._choose(index)

    def set_count(self, key: str, n: int | None) -> None:
        """Show a number behind a tab's name, None for none."""
        for tab in self._tabs:
            if tab.key == key:
                tab.count = n
        self._say()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = sum(self._widths()) + self.gap * max(len(self._tabs) - 1, 0)
        return QSize(round(width) + 2, max(40, self.fontMetrics().height() + 20))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(self._at(event.position().x()))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, theme.colour("border"))
        for index, (tab, rect) in enumerate(zip(self._tabs, self._rects(), strict=True)):
            chosen = index == self._current
            colour = "text" if chosen or index == self._over else "text_2"
            held = strong(self.font()) if chosen else self.font()
            # Room for the rounding of the font, at the trailing end: the leading one is the edge.
            room = (-1, 0, 0, 0) if self.isRightToLeft() else (0, 0, 1, 0)
            paint_text(painter, rect.adjusted(*room), tab.text, held, colour)
            if tab.count is not None:
                self._paint_count(painter, rect, tab.count)
            if chosen:
                under = QRectF(rect.left(), self.height() - 2, rect.width(), 2)
                painter.fillRect(under, theme.colour("accent"))
        painter.end()

    def _paint_count(self, painter: QPainter, rect: QRectF, count: int) -> None:
        end = Qt.AlignmentFlag.AlignRight
        paint_text(painter, rect, str(count), Type.SMALL_STRONG, "text_3", end)

    def _widths(self) -> list[float]:
        metrics = QFontMetricsF(strong(font(Type.ROW)))
        return [
            metrics.horizontalAdvance(tab.text)
            + (6 + text_width(str(tab.count), Type.SMALL_STRONG) if tab.count is not None else 0)
            for tab in self._tabs
        ]

    def _tell(self) -> None:
        self.changed.emit(self.current)

    def _say(self) -> None:
        if self._tabs:
            tab = self._tabs[self._current]
            self.setAccessibleName(tab.text if tab.count is None else f"{tab.text}, {tab.count}")
            self.setAccessibleDescription(" | ".join(t.text for t in self._tabs))
