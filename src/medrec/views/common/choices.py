"""Choosing: a check, a radio, one of a few side by side, one of a list, a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDateEdit,
    QDateTimeEdit,
    QSizePolicy,
    QWidget,
)

from medrec.views.common import theme
from medrec.views.common.calendar import Calendar
from medrec.views.common.focus import RADIUS
from medrec.views.common.fonts import Type, font, line_height, strong
from medrec.views.common.icons import paint_icon
from medrec.views.common.inputs import HEIGHT
from medrec.views.common.painting import box, paint_dot, paint_text
from medrec.views.common.strip import Strip
from medrec.views.common.theme import set_type

_MARK = 18
_GAP = 10


class _Marked(QAbstractButton):
    """A mark with words behind it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setProperty(RADIUS, 6)
        set_type(self, Type.BODY)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text())
        height = max(24, self.fontMetrics().height() + 6)
        return QSize(_MARK + (_GAP + words + 2 if self.text() else 0), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = self.width() - _MARK if mirrored else 0
        self._mark(painter, QRectF(left, (self.height() - _MARK) / 2, _MARK, _MARK))
        room = _MARK + _GAP
        words = QRectF(self.rect()).adjusted(
            0 if mirrored else room, 0, -room if mirrored else 0, 0
        )
        colour = "text" if self.isEnabled() else "text_3"
        paint_text(painter, words, self.text(), self.font(), colour)
        painter.end()

    def _mark(self, painter: QPainter, rect: QRectF) -> None:
        raise NotImplementedError


class Check(_Marked):
    """Yes or no."""

    def _mark(self, painter: QPainter, rect: QRectF) -> None:
        on, live = self.isChecked(), self.isEnabled()
        if on and live:
            box(painter, rect, 5, "accent")
            inner = rect.adjusted(2, 2, -2, -2)
            paint_icon(painter, inner, "check", theme.tokens().on_accent)
            return
        fill = "hover" if self.underMouse() and live else "surface"
        edge = "strong" if live else "border_2"
        box(painter, rect, 5, fill if live else "sunken", edge, 1.5 if live else 1)
        if on:
            paint_icon(painter, rect.adjusted(2, 2, -2, -2), "check", theme.tokens().text_3)


class Radio(_Marked):
    """One of several; those with the same parent exclude each other."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAutoExclusive(True)

    def _mark(self, painter: QPainter, rect: QRectF) -> None:
        live = self.isEnabled()
        edge = ("accent" if self.isChecked() else "strong") if live else "border_2"
        box(painter, rect, _MARK / 2, "surface" if live else "sunken", edge, 1.5)
        if self.isChecked():
            paint_dot(painter, rect.center(), "accent" if live else "text_3", 4.5)


class SegmentedControl(Strip):
    """Two to four views side by side; arrows move between them."""

    inset = 3.0
    changed = pyqtSignal(int)

    def __init__(
        self, texts: Sequence[str], current: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(Type.SMALL_STRONG, current, parent)
        self._texts = list(texts)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def current(self) -> int:
        """The chosen one, from 0."""
        return self._current

    def set_texts(self, texts: Sequence[str], current: int = 0) -> None:
        """Other choices; says nothing."""
        self._texts, self._current = list(texts), current
        self._say()
        self.updateGeometry()
        self.update()

    def set_current(self, index: int) -> None:
        """Choose, and say so if it is another one."""
        self._choose(index)

    def sizeHint(self) -> QSize:
        height = max(34, self.fontMetrics().height() + 16)
        return QSize(round(sum(self._widths())) + 6, height)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(self._at(event.position().x()))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 8, "sunken", "border")
        centre = Qt.AlignmentFlag.AlignHCenter
        for index, rect in enumerate(self._rects()):
            chosen = index == self._current
            if chosen:
                box(painter, rect, 6, "raised", "border_2")
            held = strong(self.font()) if chosen else self.font()
            colour = "text" if chosen or index == self._over else "text_2"
            paint_text(painter, rect, self._texts[index], held, colour, centre)
        painter.end()

    def _widths(self) -> list[float]:
        metrics = QFontMetricsF(strong(self.font()))
        return [metrics.horizontalAdvance(text) + 24 for text in self._texts]

    def _tell(self) -> None:
        self.changed.emit(self._current)

    def _say(self) -> None:
        if self._texts:
            self.setAccessibleName(self._texts[self._current])
            self.setAccessibleDescription(" | ".join(self._texts))


def _arrow(widget: QWidget, name: str = "chevron-down") -> None:
    """Draw the sign that a list or a calendar opens, at the trailing end."""
    painter = QPainter(widget)
    mirrored = widget.layoutDirection() is Qt.LayoutDirection.RightToLeft
    spot = QRectF(12 if mirrored else widget.width() - 28, (widget.height() - 16) / 2, 16, 16)
    colour = "text_2" if widget.isEnabled() else "text_3"
    paint_icon(painter, spot, name, theme.colour(colour).name())
    painter.end()


def with_calendar(editor: QDateTimeEdit) -> None:
    """Give an editor its calendar, and let dates be read as they are written.

    From right to left Qt would turn "28 Feb 2027" around; the calendar itself is mirrored.
    """
    editor.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    calendar = Calendar(editor)
    calendar.setLayoutDirection(QApplication.layoutDirection())
    editor.setCalendarPopup(True)
    editor.setCalendarWidget(calendar)


class Combo(QComboBox):
    """One of a list; the wheel scrolls the page and does not change what was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_type(self, Type.BODY)
        self.setFixedHeight(max(HEIGHT, self.fontMetrics().height() + 18))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(12)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None:
            event.ignore()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        _arrow(self)


class DateEdit(QDateEdit):
    """A day, typed or from a calendar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_type(self, Type.BODY)
        with_calendar(self)
        self.setDisplayFormat("d MMM yyyy")
        self.setFixedHeight(max(HEIGHT, self.fontMetrics().height() + 18))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None:
            event.ignore()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        _arrow(self, "calendar")


@dataclass(frozen=True, slots=True)
class Option:
    """A card to choose: title, a second line, what it stands for."""

    value: object
    title: str
    text: str = ""
    icon: str = ""


class OptionCard(QAbstractButton):
    """A choice with a sentence that explains it; those with the same parent exclude each other."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option = option
        self.setText(option.title)
        self.setAccessibleDescription(option.text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        first, second = line_height(Type.ROW), line_height(Type.SMALL)
        if not self.option.text:
            return QSize(180, max(44, first + 20))
        return QSize(180, max(60, first + second + 24))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        on = self.isChecked()
        fill = "selected" if on else ("hover" if self.underMouse() else "surface")
        box(painter, self.rect(), 8, fill, "accent" if on else "border_2", 2 if on else 1)
        inner = self.rect().adjusted(14, 0, -14, 0)
        if self.option.icon:
            mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            left = inner.right() - 18 if mirrored else inner.left()
            spot = QRect(left, (self.height() - 18) // 2, 18, 18)
            ink = "accent_text" if on else "text_2"
            paint_icon(painter, spot, self.option.icon, theme.colour(ink).name())
            inner.adjust(*((0, 0, -30, 0) if mirrored else (30, 0, 0, 0)))
        self._words(painter, inner)
        painter.end()

    def _words(self, painter: QPainter, inner: QRect) -> None:
        title = strong(font(Type.ROW)) if self.isChecked() else font(Type.ROW)
        if not self.option.text:
            paint_text(painter, inner, self.option.title, title)
            return
        high, low = line_height(Type.ROW) + 2, line_height(Type.SMALL) + 2
        top = (self.height() - high - low) // 2
        first = QRect(inner.left(), top, inner.width(), high)
        paint_text(painter, first, self.option.title, title)
        second = QRect(inner.left(), top + high, inner.width(), low)
        paint_text(painter, second, self.option.text, Type.SMALL, "text_2")
