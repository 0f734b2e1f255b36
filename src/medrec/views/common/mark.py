"""MedRec's mark and name, for the rail and for the pages of the door."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from medrec.views.common.fonts import Type, font
from medrec.views.common.painting import text_width
from medrec.views.common.theme import tokens

SIDE, ALONE, LARGE = 28, 32, 36
"""Pixels of the square beside the name, without it, and on the dark pane."""


class Mark(QWidget):
    """The square and the name; with `hero` larger, in the colours of the dark pane."""

    def __init__(self, hero: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hero, self._narrow = hero, False
        self.setAccessibleName("MedRec")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_narrow(self, narrow: bool) -> None:
        """The square alone, in the middle."""
        self._narrow = narrow
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The square, a gap and the name (Qt)."""
        if self._narrow:
            return QSize(ALONE, ALONE)
        words = text_width("MedRec", self._type)
        return QSize(self._side + 14 + round(words) + 2, max(self._side, round(words / 2)))

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw square and name (Qt)."""
        look = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room, side = QRectF(self.contentsRect()), float(self._side)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = room.right() - side if mirrored else room.left()
        if self._narrow:
            left = room.center().x() - side / 2
        square = QRectF(left, room.center().y() - side / 2, side, side)
        if self._hero:
            paint_mark(painter, square, look.hero_text, look.hero)
        else:
            paint_mark(painter, square, look.accent, look.on_accent)
        if not self._narrow:
            painter.setFont(font(self._type))
            painter.setPen(QColor(look.hero_text if self._hero else look.text))
            gap = side + (12 if self._hero else 10)
            words = room.adjusted(*((0, 0, -gap, 0) if mirrored else (gap, 0, 0, 0)))
            # Left is the leading side: Qt mirrors it with the painter.
            align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(words, align, "MedRec")
        painter.end()

    @property
    def _side(self) -> int:
        return LARGE if self._hero else ALONE if self._narrow else SIDE

    @property
    def _type(self) -> Type:
        return Type.TITLE if self._hero else Type.HEADING


def paint_mark(painter: QPainter, box: QRectF, field: str, sign: str) -> None:
    """The mark: a cross of four petals around an open centre, on a rounded square."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(field))
    painter.drawRoundedRect(box, box.width() * 0.25, box.width() * 0.25)
    painter.setBrush(QColor(sign))
    arm, middle = box.width() * 0.20, box.center()
    for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0)):
        centre = QPointF(middle.x() + x * arm, middle.y() + y * arm)
        painter.drawEllipse(centre, arm * 0.62, arm * 0.62)
    painter.drawRect(QRectF(middle.x() - arm, middle.y() - arm * 0.45, 2 * arm, arm * 0.9))
    painter.drawRect(QRectF(middle.x() - arm * 0.45, middle.y() - arm, arm * 0.9, 2 * arm))
    painter.setBrush(QColor(field))
    painter.drawEllipse(middle, arm * 0.42, arm * 0.42)
