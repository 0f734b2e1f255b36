"""The calendar that a date field opens."""

from __future__ import annotations

from PyQt6.QtCore import QDate, QLocale, QRect, QRectF, Qt
from PyQt6.QtGui import QPainter, QShowEvent, QTextCharFormat
from PyQt6.QtWidgets import QCalendarWidget, QToolButton, QWidget

from medrec.views.common import theme
from medrec.views.common.fonts import Type, font, strong
from medrec.views.common.icons import icon
from medrec.views.common.painting import box, paint_text

_DISC = 32


class Calendar(QCalendarWidget):
    """A month; the chosen day is filled, today has an edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        self.setFirstDayOfWeek(QLocale().firstDayOfWeek())
        self.setGridVisible(False)
        self.setFont(font(Type.SMALL))
        self.setMinimumSize(308, 296)
        theme.theme_bus.changed.connect(self._dress)
        self._dress()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._dress()

    def paintCell(self, painter: QPainter | None, rect: QRect, date: QDate | object) -> None:
        """Draw one day."""
        if painter is None or not isinstance(date, QDate):
            return
        painter.save()
        painter.fillRect(rect, theme.colour("raised"))
        chosen = date == self.selectedDate()
        other = date.month() != self.monthShown() or not self._allowed(date)
        side = min(_DISC, rect.width(), rect.height())
        disc = QRectF(0, 0, side, side)
        disc.moveCenter(QRectF(rect).center())
        colour = "text_3" if other else "text"
        if chosen:
            box(painter, disc, 8, "accent")
            colour = "on_accent"
        elif date == QDate.currentDate():
            box(painter, disc, 8, "", "accent_line")
        held = strong(font(Type.SMALL)) if chosen else font(Type.SMALL)
        centre = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, disc, str(date.day()), held, colour, centre)
        painter.restore()

    def _allowed(self, date: QDate) -> bool:
        return self.minimumDate() <= date <= self.maximumDate()

    def _dress(self) -> None:
        """The head's colours and arrows: a calendar keeps them as formats and pixmaps."""
        plain = QTextCharFormat()
        plain.setForeground(theme.colour("text_3"))
        plain.setFont(font(Type.CAPTION_STRONG))
        plain.setBackground(theme.colour("raised"))
        self.setHeaderTextFormat(plain)
        for day in Qt.DayOfWeek:
            self.setWeekdayTextFormat(day, plain)
        names = {"qt_calendar_prevmonth": "chevron-left", "qt_calendar_nextmonth": "chevron-right"}
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for button in self.findChildren(QToolButton):
            name = names.get(button.objectName(), "")
            if not name:
                button.setFont(font(Type.ROW))
                continue
            if mirrored:
                name = "chevron-right" if name == "chevron-left" else "chevron-left"
            button.setIcon(icon(name))
