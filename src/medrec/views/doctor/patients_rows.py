"""Rows of the doctor's patients, drawn: who, what may be opened, until when, the last record."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QStyleOptionViewItem, QWidget

from medrec.domain.categories import Permission
from medrec.models.doctor.patients import PatientRow
from medrec.services.my_patients import AccessState
from medrec.services.names import YOU
from medrec.views.common import dates, theme
from medrec.views.common.fonts import Type
from medrec.views.common.icons import paint_icon
from medrec.views.common.lists import RowDelegate, is_selected, line_height
from medrec.views.common.matrix import caption, paint_matrix
from medrec.views.common.painting import (
    Tone,
    badge_width,
    paint_avatar,
    paint_badge,
    paint_text,
    text_width,
)
from medrec.views.common.words import category_name
from medrec.views.doctor import words

ROW = 68
AVATAR = 36
MATRIX = 264
"""Pixels of eight tiles of 24 with their gaps."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the columns; the last record takes what is left."""

    who: int
    may: int
    until: int


def columns(width: int) -> Columns:
    """The columns of a list of that width."""
    longest = text_width(words.until(13 * words.DAY, 0), Type.SMALL) + 22
    usual = 112 if width < 900 else 132
    return Columns(max(200, round(width * 0.225)), MATRIX, max(usual, round(longest)))


class PatientDelegate(RowDelegate):
    """Draws `PatientRow`s."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ROW, parent=parent)

    def paint_row(
        self, painter: QPainter, rect: QRect, row: PatientRow, option: QStyleOptionViewItem
    ) -> None:
        """Draw a patient."""
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        rect = rect.adjusted(*((0, 0, -4, 0) if mirrored else (4, 0, 0, 0)))
        rest, end = self.split_end(rect, 18, option)
        arrow = QRectF(0, 0, 18, 18)
        arrow.moveCenter(QRectF(end).center())
        name = "chevron-left" if mirrored else "chevron-right"
        paint_icon(painter, arrow, name, theme.colour("text_3").name())
        if row.who.new:
            rest = self._new(painter, rest, row.who.new, option)
        sizes = columns(rect.width())
        who, rest = self.split(rest, sizes.who, option, 16)
        self._who(painter, who, row, option)
        may, rest = self.split(rest, sizes.may, option, 20)
        self._may(painter, may, row)
        until, last = self.split(rest, min(sizes.until, max(rest.width(), 1)), option, 16)
        self._until(painter, until, row)
        if last.width() > 60:
            title, second = self._last(row)
            self.two_lines(painter, last, title, second)

    def _new(self, painter: QPainter, rect: QRect, new: int, option: QStyleOptionViewItem) -> QRect:
        text = self.tr("{n} new").format(n=new)
        rest, end = self.split_end(rect, 64, option, 4)
        corner = QPointF(end.right() - 2, end.center().y() - 11)
        paint_badge(painter, corner, text, Tone.ACCENT)
        return rest

    def _who(
        self, painter: QPainter, rect: QRect, row: PatientRow, option: QStyleOptionViewItem
    ) -> None:
        face, text = self.split(rect, AVATAR, option, 12)
        spot = QRect(0, 0, AVATAR, AVATAR)
        spot.moveCenter(face.center())
        paint_avatar(painter, spot, row.who.name or "?", is_selected(option))
        about = self.about(row)
        if text_width(about, Type.SMALL) > text.width():
            about = self.about(row, born=False)
        self.two_lines(painter, text, row.name, about, strong=True)

    def about(self, row: PatientRow, born: bool = True) -> str:
        """Sex, age and, where there is room, birth date, as far as they may be known."""
        person = row.who.person
        if person is None:
            shared = row.who.state is AccessState.RUNNING
            return self.tr("Personal data cannot be read") if shared else self.tr("Not shared now")
        if row.who.origin:
            return self.tr("In the network before")
        day = dates.day(person.birth_date) if born else ""
        parts = (words.sex_and_age(person, row.now), day)
        return "  ·  ".join(part for part in parts if part)

    def _may(self, painter: QPainter, rect: QRect, row: PatientRow) -> None:
        if row.who.state is AccessState.RUNNING:
            lines = 24 + 4 + line_height(Type.SMALL)
            top = rect.center().y() - lines // 2 + 1
            paint_matrix(painter, QRect(rect.left(), top, MATRIX, 24), row.who.permission)
            # The pencils say what may be written; the whole sentence is in the tooltip.
            may = Permission(row.who.permission.read)
            below = QRect(rect.left(), top + 28, rect.width(), line_height(Type.SMALL))
            paint_text(painter, below, caption(may), Type.CAPTION, "text_2")
            return
        waits = row.who.state is AccessState.WAITING
        text = self.tr("Waiting for the patient") if waits else self.tr("Access has ended")
        tone, icon = (Tone.WARNING, "clock") if waits else (Tone.NEUTRAL, "lock")
        where = QRectF(rect.left(), rect.center().y() - 12, 0, 24)
        place_badge(painter, where, text, tone, icon, rect)

    def _until(self, painter: QPainter, rect: QRect, row: PatientRow) -> None:
        who = row.who
        if who.state is AccessState.WAITING:
            asked = words.ago(who.since, row.now)
            second = self.tr("asked {when}").format(when=asked)
            self.two_lines(painter, rect, self.tr("Not yet"), second)
            return
        second = words.until(who.until, row.now)
        if not row.ends_soon:
            self.two_lines(painter, rect, dates.day(who.until), second)
            return
        self.two_lines(painter, rect, dates.day(who.until), "")
        line = line_height(Type.SMALL)
        top = rect.center().y() + (line_height(Type.ROW) - line + 2) // 2 + 2
        mirrored = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = rect.right() - 14 if mirrored else rect.left()
        spot = QRectF(left, top + (line - 14) / 2, 14, 14)
        paint_icon(painter, spot, "clock", theme.colour("warning_text").name())
        where = QRect(rect.left() + (0 if mirrored else 19), top, rect.width() - 19, line)
        paint_text(painter, where, second, Type.SMALL, "warning_text")

    def _last(self, row: PatientRow) -> tuple[str, str]:
        last = row.who.last
        if last is None:
            nothing = row.who.state is not AccessState.ENDED
            return (self.tr("No record yet") if nothing else ""), ""
        what = category_name(last.category) if last.category is not None else self.tr("A record")
        title = what
        if row.author == YOU:
            title = self.tr("{what}, by you").format(what=what)
        return title, dates.day_time(last.time)


def place_badge(
    painter: QPainter, where: QRectF, text: str, tone: Tone, icon: str, rect: QRect
) -> None:
    """A badge at the leading edge of a cell."""
    width = min(badge_width(text, icon), rect.width())
    left = where.left()
    if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        left = rect.right() - width
    paint_badge(painter, QRectF(left, where.top(), width, where.height()), text, tone, icon)


class PatientsHead(QWidget):
    """The heads of the columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(max(34, line_height(Type.CAPTION_STRONG) + 16))
        theme.theme_bus.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        painter.fillRect(self.rect(), theme.colour("sunken"))
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawLine(0, 0, self.width(), 0)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        sizes = columns(self.width() - 36)
        at = 20
        heads = (
            (self.tr("Patient"), sizes.who + 16),
            (self.tr("You can open"), sizes.may + 20),
            (self.tr("Until"), sizes.until + 16),
            (self.tr("Last record"), 200),
        )
        for text, step in heads:
            wide = step - 8
            left = self.width() - at - wide if self.isRightToLeft() else at
            where = QRect(left, 0, wide, self.height())
            paint_text(painter, where, text, Type.CAPTION_STRONG, "text_2")
            at += step
        painter.end()
