"""The dark pane beside the sign-in: what MedRec promises, over a weave of linked blocks."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from medrec.views.common.cards import Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.mark import Mark
from medrec.views.common.theme import ground, tokens

MARGIN = 56
STEP_X, STEP_Y = 62, 44
BLOCK = 14


def pane_width(window: int) -> int:
    """Pixels of width of the pane in a window of that width."""
    return min(560, max(360, window * 3 // 8))


class _Promise(QWidget):
    """An icon and one line."""

    def __init__(self, icon: str, text: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(Icon(icon, 20, "hero_2"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Label(text, Type.BODY, "hero_2", wrap=True), 1)


class HeroPane(QWidget):
    """Three promises that SECURITY.md keeps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "hero")
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 44, 40, 24)
        column.setSpacing(14)
        column.addWidget(Mark(hero=True))
        column.addSpacing(50)
        column.addWidget(
            Label(self.tr("Your health record,\nyours to open."), Type.HERO, "hero_text", wrap=True)
        )
        column.addSpacing(10)
        column.addWidget(_Promise("key-round", self.tr("Sealed on your computer, with your keys")))
        column.addWidget(_Promise("users", self.tr("Opened only by the doctors you choose")))
        self._last = _Promise(
            "shield-check", self.tr("Every look through MedRec leaves a trace nobody can erase")
        )
        column.addWidget(self._last)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the weave, brighter towards the bottom (Qt)."""
        super().paintEvent(a0)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(tokens().hero))
        top = max(self._last.geometry().bottom() + 64, self.height() * 56 // 100)
        for number, y in enumerate(range(top, self.height() + BLOCK, STEP_Y)):
            self._paint_row(painter, number, y)
        painter.end()

    def _paint_row(self, painter: QPainter, number: int, y: int) -> None:
        look = tokens()
        painter.setOpacity(min(1.0, 0.12 + 0.2 * number))
        pen = QPen(QColor(look.hero_line), 1.5)
        half = BLOCK / 2
        for place, x in _places(number, self.width()):
            painter.setPen(pen)
            painter.drawLine(QPointF(x + half + 4, y), QPointF(x + STEP_X - half - 4, y))
            kind = _draw(number, place)
            if kind in (2, 5, 7, 12) and number:
                start = QPointF(x - STEP_X / 2 + half, y - STEP_Y + half + 3)
                painter.drawLine(start, QPointF(x - half, y - half - 3))
            lit = kind in (4, 9, 14) and place > 0 and number > 1 - place % 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.hero_2 if lit else look.hero_line))
            painter.drawRoundedRect(QRectF(x - half, y - half, BLOCK, BLOCK), 4, 4)


def _draw(row: int, place: int) -> int:
    """The same number from 0 to 15 for the same block each time: a pane must not flicker."""
    mixed = (row * 0x9E3779B1 + place * 0x85EBCA77) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    return (mixed * 0x2C1B3C6D & 0xFFFFFFFF) >> 28


def _places(row: int, width: int) -> Iterator[tuple[int, float]]:
    """Number and centre of each block of a row; every other row is shifted by half a step."""
    first = 42 if row % 2 == 0 else 11
    yield from enumerate(float(x) for x in range(first - STEP_X, width + STEP_X, STEP_X))
