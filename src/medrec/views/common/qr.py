"""A QR code, drawn sharp at any size: dark on light in every theme, as scanners want it."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from medrec.views.common.tokens import TOKENS, Theme

QUIET = 4
"""Modules of quiet zone around the code (ISO/IEC 18004)."""


class QrCode(QWidget):
    """A text as a QR code."""

    def __init__(self, text: str, size: int = 248, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = size
        self._rows: list[list[int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("QR code"))
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show another text."""
        import segno

        self._rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(self._side, self._side)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the modules (Qt)."""
        light = TOKENS[Theme.LIGHT]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(self.rect(), QColor(light.surface))
        count = len(self._rows) + 2 * QUIET
        # Whole pixels: a module that is half a pixel wider than the next is hard to scan.
        step = max(min(self.width(), self.height()) // count, 1)
        left = (self.width() - count * step) // 2 + QUIET * step
        top = (self.height() - count * step) // 2 + QUIET * step
        for down, row in enumerate(self._rows):
            for across, dark in enumerate(row):
                if dark:
                    spot = QRect(left + across * step, top + down * step, step, step)
                    painter.fillRect(spot, QColor(light.text))
        painter.end()
