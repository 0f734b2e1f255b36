"""Entries of the trace as rows, and who looked how often as bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PyQt6.QtCore import QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QStyleOptionViewItem, QWidget

from medrec.domain.entries import Action
from medrec.domain.ids import Address
from medrec.models.patient import activity_words as words
from medrec.services.activity import ActivityRow, Kind
from medrec.views.common import dates, theme
from medrec.views.common.fonts import Type
from medrec.views.common.icons import paint_icon
from medrec.views.common.lists import RowDelegate
from medrec.views.common.painting import (
    box,
    paint_avatar,
    paint_icon_tile,
    paint_text,
    paint_tile,
)
from medrec.views.common.record.before import ICON as BEFORE
from medrec.views.common.words import category_name

HEIGHT = 42
WHEN, VERB = 124, 138
NARROW = 760
"""Width of a row in pixels below which the block's number goes."""

_KINDS = {
    Kind.LOOK: ("eye", "accent_text", "accent_soft"),
    Kind.WRITE: ("pen-line", "success_text", "success_soft"),
    Kind.ACCESS: ("key-round", "warning_text", "warning_soft"),
    Kind.ACCOUNT: ("user-cog", "text_2", "sunken"),
}
_ACTIONS = {
    Action.ACCESS_REVOKED: ("lock", "danger_text", "danger_soft"),
    Action.REQUEST_DECLINED: ("ban", "danger_text", "danger_soft"),
    Action.ACCESS_REQUESTED: ("inbox", "text_2", "sunken"),
    Action.RECORD_ARCHIVED: ("archive", "text_2", "sunken"),
    Action.IDENTITY_VERIFIED: ("badge-check", "success_text", "success_soft"),
}


def look_of(row: ActivityRow) -> tuple[str, str, str]:
    """Icon, ink and ground of an entry."""
    try:
        return _ACTIONS.get(Action(row.action)) or _KINDS[row.kind]
    except ValueError:
        return _KINDS[row.kind]


class ActivityDelegate(RowDelegate):
    """Who did what to which part, when, in which block."""

    def __init__(
        self, names: Callable[[], Mapping[Address, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(HEIGHT, parent=parent)
        self._names = names

    def paint_row(
        self, painter: QPainter, rect: QRect, row: ActivityRow, option: QStyleOptionViewItem
    ) -> None:
        """Draw an entry."""
        names = self._names()
        lead, rest = self.split(rect, 28, option)
        spot = QRectF(lead.left(), lead.center().y() - 13, 28, 28)
        icon, ink, ground = look_of(row)
        paint_icon_tile(painter, spot, icon, ink, ground, round_=True)
        if rect.width() >= NARROW:
            rest = self._block(painter, rest, row, option)
        rest, when = self.split_end(rest, WHEN, option)
        paint_text(painter, when, dates.day_time(row.time), Type.SMALL, "text_2")
        share = min(190, rest.width() // 3)
        who, rest = self.split(rest, share, option)
        paint_text(painter, who, names.get(row.actor, row.actor), Type.ROW_STRONG)
        verb = words.verb(row)
        about = words.what(row, names)
        if not about:
            paint_text(painter, rest, verb, Type.SMALL, "text_2")
            return
        left, rest = self.split(rest, min(VERB, rest.width() // 3), option)
        paint_text(painter, left, verb, Type.SMALL, "text_2")
        if row.category is not None:
            tile, rest = self.split(rest, 24, option, gap=10)
            paint_tile(painter, QRectF(tile.left(), tile.center().y() - 11, 24, 24), row.category)
            if row.title:
                # A tile alone is not read by everybody.
                about = f"{about}  ·  {category_name(row.category)}"
        paint_text(painter, rest, about, Type.BODY)

    def _block(
        self, painter: QPainter, rect: QRect, row: ActivityRow, option: QStyleOptionViewItem
    ) -> QRect:
        rest, end = self.split_end(rect, 16, option)
        spot = QRectF(end.left(), end.center().y() - 7, 16, 16)
        if row.origin is None:
            paint_icon(painter, spot, "circle-check", theme.tokens().success)
        else:
            paint_icon(painter, spot, BEFORE, theme.tokens().text_3)
        rest, block = self.split_end(rest, 84, option)
        trailing = Qt.AlignmentFlag.AlignRight
        if option.direction is Qt.LayoutDirection.RightToLeft:
            trailing = Qt.AlignmentFlag.AlignLeft
        paint_text(painter, block, str(row.block), Type.CODE, "text_3", trailing)
        return rest


NO_FACES: Mapping[str, str] = {}


class LooksBars(QWidget):
    """Who looked how often, the most frequent first."""

    LINE = 40
    MOST = 4

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[tuple[str, int]] = ()
        self._faces: Mapping[str, str] = NO_FACES
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_rows(
        self, rows: Sequence[tuple[str, int]], faces: Mapping[str, str] = NO_FACES
    ) -> None:
        """Show these people; ``faces`` gives the whole name, for the initials, where it differs."""
        self._rows, self._faces = rows[: self.MOST], faces
        said = "; ".join(f"{name}: {count}" for name, count in self._rows)
        self.setAccessibleName(said or self.tr("Nobody looked"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line each."""
        return QSize(240, max(len(self._rows), 1) * self.LINE)

    def minimumSizeHint(self) -> QSize:
        """Some of the lines."""
        return QSize(160, self.LINE)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw them (Qt)."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        if not self._rows:
            whole = QRect(0, 0, self.width(), self.LINE)
            paint_text(painter, whole, self.tr("Nobody looked in this time."), Type.SMALL, "text_3")
        most = max((count for _, count in self._rows), default=1)
        for place, (name, count) in enumerate(self._rows):
            line = QRectF(0, place * self.LINE, self.width(), self.LINE)
            if line.bottom() <= self.height() + 1:
                self._line(painter, line, name, count, count / most)
        painter.end()

    def _line(self, painter: QPainter, line: QRectF, name: str, count: int, share: float) -> None:
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = 28.0
        left = line.right() - side if mirrored else line.left()
        paint_avatar(
            painter, QRectF(left, line.center().y() - 14, side, side), self._faces.get(name, name)
        )
        inner = line.adjusted(*((40, 0, -38, 0) if mirrored else (38, 0, -40, 0)))
        top = QRectF(inner.left(), inner.top() + 4, inner.width(), 18)
        paint_text(painter, top, name, Type.SMALL_STRONG)
        track = QRectF(inner.left(), inner.top() + 26, inner.width(), 5)
        box(painter, track, 2.5, "sunken", "border")
        filled = QRectF(track)
        filled.setWidth(max(track.width() * share, 5))
        if mirrored:
            filled.moveRight(track.right())
        box(painter, filled, 2.5, "accent")
        number = QRectF(
            line.left() if mirrored else line.right() - 36, line.top(), 36, line.height()
        )
        end = Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
        paint_text(painter, number, str(count), Type.ROW_STRONG, align=end)
