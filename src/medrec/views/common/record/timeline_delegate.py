"""Rows of a timeline, drawn: 60 pixels each, the first of a month below its head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PyQt6.QtCore import QModelIndex, QObject, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from medrec.models.rows import RowsModel
from medrec.models.timeline_row import Pending, TimelineRow
from medrec.services.names import YOU
from medrec.views.common import dates, theme
from medrec.views.common.focus import by_keyboard, paint_ring
from medrec.views.common.fonts import Type, font, strong
from medrec.views.common.icons import paint_icon
from medrec.views.common.painting import Tone, badge_width, box, paint_badge, paint_text, paint_tile
from medrec.views.common.progress import paint_progress
from medrec.views.common.record.before import ICON, badge_text
from medrec.views.common.words import category_name

ROW_HEIGHT, HEAD_HEIGHT = 60, 36
_TILE = 36
_INSET = 8
_INNER = 14
_GAP = 12
_CLIP = 14

_BADGES = {
    Pending.SAVING: (Tone.ACCENT, "upload"),
    Pending.CONFIRMING: (Tone.ACCENT, "hourglass"),
    Pending.WAITING: (Tone.WARNING, "clock"),
    Pending.CONFLICT: (Tone.WARNING, "git-compare"),
    Pending.NOT_SAVED: (Tone.DANGER, "circle-alert"),
}
SETTLED = frozenset({Pending.CONFLICT, Pending.NOT_SAVED})
"""Rows that wait for the person, not for the network."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the pieces of a row lie, from left to right; mirrored when they are drawn."""

    row: QRectF
    tile: QRectF
    text: QRectF
    end: float


class TimelineDelegate(QStyledItemDelegate):
    """Draws `TimelineRow`s; `heads` holds the month head above each row, "" where there is none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.heads: Sequence[str] = ()

    def badge_text(self, pending: Pending) -> str:
        """The word for a row that is on its way."""
        return {
            Pending.SAVING: self.tr("Saving"),
            Pending.CONFIRMING: self.tr("Confirming"),
            Pending.WAITING: self.tr("Waiting"),
            Pending.CONFLICT: self.tr("Conflict"),
            Pending.NOT_SAVED: self.tr("Not saved"),
        }[pending]

    def action_text(self, pending: Pending | None) -> str:
        """What a click on the row's end does; empty where it does nothing of its own."""
        if pending is Pending.CONFLICT:
            return self.tr("Resolve")
        return self.tr("Open draft") if pending is Pending.NOT_SAVED else ""

    def head(self, row: int) -> str:
        """The month head above a row; empty where there is none."""
        return self.heads[row] if 0 <= row < len(self.heads) else ""

    def row_height(self) -> int:
        """60, or what two lines of larger text need."""
        lines = QFontMetricsF(font(Type.ROW)).lineSpacing()
        lines += QFontMetricsF(font(Type.SMALL)).lineSpacing()
        return max(ROW_HEIGHT, round(lines) + 20)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Qt's question."""
        height = self.row_height() + (HEAD_HEIGHT if self.head(index.row()) else 0)
        return QSize(200, height)

    def row_rect(self, rect: QRect, row: int) -> QRect:
        """A row without the head above it."""
        return rect.adjusted(0, HEAD_HEIGHT, 0, 0) if self.head(row) else rect

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Qt's request to draw."""
        row = index.data(RowsModel.ROW)
        if painter is None or not isinstance(row, TimelineRow):
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        head = self.head(index.row())
        if head:
            top = QRectF(option.rect)
            top.setHeight(HEAD_HEIGHT)
            paint_head(painter, top, head)
        place = self._layout(QRectF(self.row_rect(option.rect, index.row())), row)
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = by_keyboard() and bool(state & QStyle.StateFlag.State_HasFocus)
        self._ground(painter, place.row, selected, over, focused)
        paint_tile(painter, self._mirrored(painter, place.tile, place.row), row.category)
        self._words(painter, place, row, selected)
        self._end(painter, place, row)
        painter.restore()

    def _layout(self, rect: QRectF, row: TimelineRow) -> _Layout:
        inner = rect.adjusted(_INSET, 0, -_INSET, 0)
        tile = QRectF(inner.left() + _INNER, inner.center().y() - _TILE / 2, _TILE, _TILE)
        right = inner.right() - _INNER
        left = tile.right() + _GAP
        end = min(max(self._end_widths(row)), (right - left) * 0.55)
        return _Layout(inner, tile, QRectF(left, inner.top(), right - left, inner.height()), end)

    def _ground(
        self, painter: QPainter, row: QRectF, selected: bool, over: bool, focused: bool
    ) -> None:
        if selected or over:
            box(painter, row, 8, "selected" if selected else "hover")
        if selected:
            bar = QRectF(row.left(), row.center().y() - 10, 3, 20)
            box(painter, self._mirrored(painter, bar, row), 1.5, "accent")
        if focused:
            paint_ring(painter, row.adjusted(1, 1, -1, -1), 7)

    def _words(self, painter: QPainter, place: _Layout, row: TimelineRow, selected: bool) -> None:
        base = font(Type.ROW)
        first, second = self._lines(place)
        room, below = (
            place.text.width() - min(end, place.end) - _GAP for end in self._end_widths(row)
        )
        title = row.title or row.why or category_name(row.category)
        quiet = row.archived or not row.title
        shown = strong(base) if selected else base
        colour = "text_3" if quiet else "text"
        self._text(painter, place, first, (0, room), title, shown, colour)
        if row.title and row.why:
            tone = "danger_text" if row.pending is Pending.NOT_SAVED else "warning_text"
            said, colour = row.why, tone if row.pending else "text_2"
        else:
            author = self.tr("You") if row.author == YOU else row.author
            said, colour = f"{author}  ·  {category_name(row.category)}", "text_2"
        if not row.author and not row.why:
            said = category_name(row.category)
        self._text(painter, place, second, (0, below), said, font(Type.SMALL), colour)
        if row.pending in {Pending.SAVING, Pending.CONFIRMING} and row.progress >= 0:
            bar = QRectF(place.text.left(), second.bottom() + 3, min(below, 180), 3)
            paint_progress(painter, self._mirrored(painter, bar, place.row), row.progress)

    def _end(self, painter: QPainter, place: _Layout, row: TimelineRow) -> None:
        first, second = self._lines(place)
        start = place.text.width() - place.end
        when = self.tr("Now") if row.pending is Pending.SAVING else self.when(row.when)
        self._trailing(painter, place, first, (start, place.end), when, "text_2")
        if row.pending is not None or row.archived or row.origin:
            left = self._badge(painter, place, second, row)
        else:
            text = self._version(row)
            self._trailing(painter, place, second, (start, place.end), text, "text_2")
            left = place.text.right() - _width(text, Type.CAPTION)
        if row.attachments:
            clip = QRectF(left - _CLIP - 6, second.center().y() - _CLIP / 2, _CLIP, _CLIP)
            ink = theme.colour("text_2").name()
            paint_icon(painter, self._mirrored(painter, clip, place.row), "paperclip", ink)

    def _badge(self, painter: QPainter, place: _Layout, line: QRectF, row: TimelineRow) -> float:
        """The badge at the end of the second line; returns where it begins."""
        text, tone, icon = self._badge_of(row)
        width = badge_width(text, icon, small=True)
        where = QRectF(place.text.right() - width, line.center().y() - 10, width, 20)
        paint_badge(
            painter, self._mirrored(painter, where, place.row), text, tone, icon, small=True
        )
        return where.left()

    def _badge_of(self, row: TimelineRow) -> tuple[str, Tone, str]:
        if row.pending is None and row.archived:
            return self.tr("Archived"), Tone.NEUTRAL, "archive"
        if row.pending is None:
            return badge_text(), Tone.NEUTRAL, ICON
        tone, icon = _BADGES[row.pending]
        return self.action_text(row.pending) or self.badge_text(row.pending), tone, icon

    def _end_widths(self, row: TimelineRow) -> tuple[float, float]:
        """What the end of the first line and that of the second take."""
        when = self.tr("Now") if row.pending is Pending.SAVING else self.when(row.when)
        if row.pending is not None or row.archived or row.origin:
            text, _, icon = self._badge_of(row)
            below = badge_width(text, icon, small=True)
        else:
            below = _width(self._version(row), Type.CAPTION)
        below += _CLIP + 6 if row.attachments else 0
        return _width(when, Type.CAPTION) + 2, below + 2

    def _version(self, row: TimelineRow) -> str:
        return self.tr("Version %1").replace("%1", str(row.version))

    def when(self, seconds: int) -> str:
        """The day, as a row under the head of its month says it; empty for 0."""
        if not seconds:
            return ""
        moment = dates.moment(seconds)
        if moment is None or moment.date() == datetime.now().astimezone().date():
            return dates.day_time(seconds)
        return f"{moment.day} {dates.month(moment.month)}"

    def _lines(self, place: _Layout) -> tuple[QRectF, QRectF]:
        """The first and the second line of a row, over its whole text."""
        title = QFontMetricsF(font(Type.ROW)).height()
        below = QFontMetricsF(font(Type.SMALL)).height()
        top = place.row.center().y() - (title + below + 2) / 2
        first = QRectF(place.text.left(), top, place.text.width(), title)
        return first, QRectF(place.text.left(), top + title + 2, place.text.width(), below)

    def _text(
        self,
        painter: QPainter,
        place: _Layout,
        line: QRectF,
        span: tuple[float, float],
        text: str,
        role: Type | QFont,
        colour: str,
    ) -> None:
        where = QRectF(line.left() + span[0], line.top(), max(span[1], 0), line.height())
        mirrored = self._mirrored(painter, where, place.row)
        paint_text(painter, mirrored, text, role, colour)

    def _trailing(
        self,
        painter: QPainter,
        place: _Layout,
        line: QRectF,
        span: tuple[float, float],
        text: str,
        colour: str,
    ) -> None:
        where = QRectF(line.left() + span[0], line.top(), span[1], line.height())
        right = painter.layoutDirection() is Qt.LayoutDirection.LeftToRight
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        side |= Qt.AlignmentFlag.AlignAbsolute
        mirrored = self._mirrored(painter, where, place.row)
        paint_text(painter, mirrored, text, Type.CAPTION, colour, side)

    @staticmethod
    def _mirrored(painter: QPainter, rect: QRectF, within: QRectF) -> QRectF:
        """A piece of a row where it is to be drawn: from the right in right-to-left."""
        if painter.layoutDirection() is Qt.LayoutDirection.LeftToRight:
            return rect
        left = within.left() + within.right() - rect.right()
        return QRectF(left, rect.top(), rect.width(), rect.height())


def paint_head(painter: QPainter, rect: QRectF, text: str) -> None:
    """A month head: its name and a line to the end."""
    painter.save()
    held = strong(font(Type.CAPTION))
    width = QFontMetricsF(held).horizontalAdvance(text) + 1
    inner = rect.adjusted(_INSET + _INNER, 0, -_INSET - _INNER, 0)
    mirrored = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
    words = QRectF(inner.right() - width if mirrored else inner.left(), inner.top(), width, 0)
    words.setHeight(inner.height())
    paint_text(painter, words, text, held, "text_2")
    start = (inner.left(), words.left() - 10) if mirrored else (words.right() + 10, inner.right())
    painter.setPen(QPen(theme.colour("border"), 1))
    middle = round(inner.center().y()) + 0.5
    if start[1] > start[0]:
        painter.drawLine(round(start[0]), round(middle), round(start[1]), round(middle))
    painter.restore()


def _width(text: str, role: Type) -> float:
    return QFontMetricsF(font(role)).horizontalAdvance(text) + 1
