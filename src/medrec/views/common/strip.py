"""A line of words of which one is chosen: what tabs and segmented controls have in common."""

from __future__ import annotations

from abc import abstractmethod

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QWidget

from medrec.views.common.fonts import Type
from medrec.views.common.theme import set_type


class Strip(QWidget):
    """Words side by side, `gap` apart and `inset` from the edge; arrows move between them."""

    gap = 0.0
    inset = 0.0

    def __init__(self, role: Type, current: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current, self._over = current, -1
        set_type(self, role)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @abstractmethod
    def _widths(self) -> list[float]:
        """How wide each of them is."""

    @abstractmethod
    def _say(self) -> None:
        """Name the chosen one for those who do not see it."""

    @abstractmethod
    def _tell(self) -> None:
        """Another one was chosen."""

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

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        self._over = self._at(event.position().x()) if event is not None else -1
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._over = -1
        self.update()

    def _choose(self, index: int) -> None:
        if index != self._current and 0 <= index < len(self._widths()):
            self._current = index
            self._say()
            self.update()
            self._tell()

    def _rects(self) -> list[QRectF]:
        left, rects = self.inset, []
        for width in self._widths():
            rects.append(QRectF(left, self.inset, width, self.height() - 2 * self.inset))
            left += width + self.gap
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            for rect in rects:
                rect.moveRight(self.width() - rect.x())
        return rects

    def _at(self, x: float) -> int:
        half = self.gap / 2
        places = enumerate(self._rects())
        return next((i for i, r in places if r.left() - half <= x <= r.right() + half), -1)
