"""Where somebody is in a few steps: in the head of the page, never vertical."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from medrec.views.common import theme
from medrec.views.common.fonts import Type, font, strong
from medrec.views.common.icons import paint_icon
from medrec.views.common.painting import box, paint_text, text_width

_DISC = 26
_LINE = 36
_GAP = 8


class Stepper(QWidget):
    """Steps by name: done has a check, the current one a filled number."""

    def __init__(
        self, names: Sequence[str], current: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._names, self._current = list(names), current
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_current(current)

    @property
    def current(self) -> int:
        """The step that somebody is at, from 0."""
        return self._current

    def set_current(self, index: int) -> None:
        """Go to a step; those before it are done."""
        self._current = index
        if 0 <= index < len(self._names):
            step = self.tr("Step {} of {}: {}")
            self.setAccessibleName(step.format(index + 1, len(self._names), self._names[index]))
        self.update()

    def sizeHint(self) -> QSize:
        words = sum(text_width(name, Type.SMALL_STRONG) + 4 for name in self._names)
        parts = len(self._names) * (_DISC + _GAP) + (len(self._names) - 1) * (_LINE + 2 * 12)
        return QSize(round(words + parts) + 2, _DISC + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 160), _DISC + 2)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        painter.setLayoutDirection(self.layoutDirection())
        narrow = self.width() < self.sizeHint().width()
        at = 0.0
        for index, name in enumerate(self._names):
            shown = name if not narrow or index == self._current else ""
            role = Type.SMALL_STRONG
            width = text_width(name, role) + 6 if shown else 0.0
            disc = self._place(QRectF(at, 1, _DISC, _DISC), mirrored)
            self._paint_disc(painter, disc, index)
            words = self._place(QRectF(at + _DISC + _GAP, 0, width, self.height()), mirrored)
            colour = "text" if index == self._current else "text_2"
            held = strong(font(role)) if index == self._current else font(role)
            paint_text(painter, words, shown, held, colour)
            at += _DISC + (_GAP + width if shown else 0) + 8
            if index + 1 < len(self._names):
                room = 12 if narrow else _LINE
                line = self._place(QRectF(at, self.height() / 2, room, 0), mirrored)
                done = index < self._current
                painter.setPen(QPen(theme.colour("accent" if done else "border_2"), 2))
                painter.drawLine(line.topLeft(), line.topRight())
                at += room + 12
        painter.end()

    def _place(self, rect: QRectF, mirrored: bool) -> QRectF:
        if mirrored:
            rect.moveRight(self.width() - rect.x())
        return rect

    def _paint_disc(self, painter: QPainter, rect: QRectF, index: int) -> None:
        if index < self._current:
            box(painter, rect, _DISC / 2, "accent")
            paint_icon(painter, rect.adjusted(6, 6, -6, -6), "check", theme.tokens().on_accent)
            return
        here = index == self._current
        box(painter, rect, _DISC / 2, "accent" if here else "surface", "" if here else "strong")
        colour = "on_accent" if here else "text_2"
        centre = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, rect, str(index + 1), strong(font(Type.CAPTION)), colour, centre)
