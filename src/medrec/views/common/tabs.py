"""Tabs inside of a page: an underline in accent, a count if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from medrec.views.common import theme
from medrec.views.common.fonts import Type, font, strong
from medrec.views.common.painting import paint_text, text_width
from medrec.views.common.theme import set_type

_GAP = 24


@dataclass
class _Tab:
    key: str
    text: str
    count: int | None = None


class Tabs(QWidget):
    """A line of tabs, each with a key; arrows move between them."""

    changed = pyqtSignal(str)

    def __init__(self, tabs: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = [_Tab(key, text) for key, text in tabs]
        self._current, self._over = 0, -1
        set_type(self, Type.ROW)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
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
        width = sum(self._widths()) + _GAP * max(len(self._tabs) - 1, 0)
        return QSize(round(width) + 2, max(40, self.fontMetrics().height() + 20))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self._choose(self._current + (-step if mirrored else step))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(self._at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        self._over = self._at(event.position().x()) if event is not None else -1
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._over = -1
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, theme.colour("border"))
        for index, (tab, rect) in enumerate(zip(self._tabs, self._rects(), strict=True)):
            chosen = index == self._current
            colour = "text" if chosen or index == self._over else "text_2"
            held = strong(self.font()) if chosen else self.font()
            paint_text(painter, rect.adjusted(-1, 0, 1, 0), tab.text, held, colour)
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

    def _rects(self) -> list[QRectF]:
        left, rects = 0.0, []
        for width in self._widths():
            rects.append(QRectF(left, 0, width, self.height()))
            left += width + _GAP
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            for rect in rects:
                rect.moveRight(self.width() - rect.x())
        return rects

    def _at(self, x: float) -> int:
        half = _GAP / 2
        return next(
            (i for i, r in enumerate(self._rects()) if r.left() - half <= x <= r.right() + half), -1
        )

    def _choose(self, index: int) -> None:
        if index != self._current and 0 <= index < len(self._tabs):
            self._current = index
            self._say()
            self.update()
            self.changed.emit(self.current)

    def _say(self) -> None:
        if self._tabs:
            tab = self._tabs[self._current]
            self.setAccessibleName(tab.text if tab.count is None else f"{tab.text}, {tab.count}")
            self.setAccessibleDescription(" | ".join(t.text for t in self._tabs))
