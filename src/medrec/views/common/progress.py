"""How far something is."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from medrec.views.common import theme
from medrec.views.common.icons import paint_icon
from medrec.views.common.painting import box


class ProgressBar(QProgressBar):
    """A thin bar; `set_progress(done, total)` with a total of 0 when it cannot be counted."""

    def __init__(self, parent: QWidget | None = None, width: int = 72) -> None:
        super().__init__(parent)
        self._wide = width
        self.setTextVisible(False)
        self.setFixedHeight(4)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_progress(0, 1)

    def set_progress(self, done: int, total: int) -> None:
        """So many of so many."""
        self.setRange(0, max(total, 0))
        self.setValue(done if total else 0)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._wide, 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._wide, 40), 4)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        share = self.value() / self.maximum() if self.maximum() else 1 / 3
        paint_progress(painter, QRectF(self.rect()), share)
        painter.end()


def paint_progress(painter: QPainter, rect: QRectF, share: float) -> None:
    """A bar that is filled from the leading edge by a share of 0 to 1."""
    radius = rect.height() / 2
    box(painter, rect, radius, "border_2")
    width = rect.width() * min(max(share, 0), 1)
    if width <= 0:
        return
    done = QRectF(rect.x(), rect.y(), width, rect.height())
    if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        done.moveRight(rect.right())
    box(painter, done, radius, "accent")


class Spinner(QWidget):
    """An icon that turns while something goes on; it stands still for who wants less motion."""

    def __init__(
        self, size: int = 16, colour: str = "accent", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._colour, self._turned = colour, 0
        self.setFixedSize(size, size)
        self._clock = QTimer(self)
        self._clock.setInterval(50)
        self._clock.timeout.connect(self._turn)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if theme.duration(1):
            self._clock.start()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        middle = QRectF(self.rect()).center()
        painter.translate(middle)
        painter.rotate(self._turned)
        painter.translate(-middle)
        ink = theme.colour(self._colour).name()
        paint_icon(painter, QRectF(self.rect()), "loader-circle", ink)
        painter.end()

    def _turn(self) -> None:
        self._turned = (self._turned + 18) % 360
        self.update()
