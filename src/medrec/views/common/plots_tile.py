"""A tile for one measurement: what, the last value, when, and how it went."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from medrec.domain.categories import Category
from medrec.views.common.fonts import Type, font
from medrec.views.common.painting import (
    Tone,
    badge_width,
    box,
    paint_badge,
    paint_text,
    paint_tile,
    text_width,
)
from medrec.views.common.plots_spark import HEIGHT, WIDTH, paint_sparkline
from medrec.views.common.theme import theme_bus
from medrec.views.common.tokens import Family

TILE_HEIGHT = 112
_PAD = 16
_ICON = 24
_FLAGS = {
    "high": (Tone.DANGER, "arrow-up"),
    "low": (Tone.DANGER, "arrow-down"),
    "abnormal": (Tone.DANGER, "triangle-alert"),
}


class SparkTile(QWidget):
    """One measurement at a glance; a click or Enter asks for more of it."""

    clicked = pyqtSignal()

    def __init__(
        self, category: Category | Family, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._category, self._name = category, name
        self._value = self._unit = self._when = self._flag = ""
        self._values: tuple[float, ...] = ()
        self._low: float | None = None
        self._high: float | None = None
        self._pressed = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme_bus.changed.connect(self._again)
        self._say()

    def show_values(
        self,
        value: str,
        unit: str = "",
        when: str = "",
        values: Sequence[float] = (),
        low: float | None = None,
        high: float | None = None,
        flag: str = "",
    ) -> None:
        """Show the last ``value`` with its unit and date (or a remark such as "-4.8 kg in 12
        months"), all ``values`` oldest first over their range, and a flag: "", "low", "high" or
        "abnormal"."""
        self._value, self._unit, self._when, self._flag = value, unit, when, flag
        self._values, self._low, self._high = tuple(values), low, high
        self._say()
        self.update()

    def _flag_text(self) -> str:
        words = {"high": self.tr("High"), "low": self.tr("Low"), "abnormal": self.tr("Abnormal")}
        return words.get(self._flag, "")

    def _say(self) -> None:
        value = f"{self._value} {self._unit}".strip() or self.tr("no value yet")
        parts = (self._name, value, self._flag_text(), self._when)
        self.setAccessibleName(", ".join(part for part in parts if part))

    def _again(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Qt's question."""
        lines = (Type.SMALL_STRONG, Type.FIGURE, Type.CAPTION)
        grown = sum(round(_line(role)) for role in lines) + 2 * _PAD + 22
        return QSize(240, max(TILE_HEIGHT, grown))

    def minimumSizeHint(self) -> QSize:
        """Qt's question."""
        return QSize(170, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        edge = "accent_line" if self.underMouse() else "border"
        box(painter, self.rect(), 10, "surface", edge)
        inner = QRectF(self.rect()).adjusted(_PAD, _PAD - 4, -_PAD, -_PAD + 4)
        self._head(painter, QRectF(inner.x(), inner.y(), inner.width(), _ICON))
        self._figures(painter, inner)
        painter.end()

    def _head(self, painter: QPainter, row: QRectF) -> None:
        tile = self._at(row, 0, _ICON)
        paint_tile(painter, tile, self._category)
        room = row.width() - _ICON - 8
        flag = self._flag_text()
        if flag:
            tone, icon = _FLAGS[self._flag]
            width = badge_width(flag, icon)
            if room > width + 60:
                paint_badge(painter, self._at(row, row.width() - width, width), flag, tone, icon)
                room -= width + 6
        paint_text(painter, self._at(row, _ICON + 8, room), self._name, Type.SMALL, "text_2")

    def _figures(self, painter: QPainter, inner: QRectF) -> None:
        spark = min(WIDTH, inner.width() * 0.4)
        room = inner.width() - (spark + 10 if self._values else 0)
        foot = QRectF(inner.x(), inner.bottom() - _line(Type.CAPTION) - 2, inner.width(), 0)
        foot.setBottom(inner.bottom() - 2)
        low, high = foot.top() - _line(Type.FIGURE) - 2, foot.top() - 2
        value = QRectF(inner.x(), low, inner.width(), high - low)
        width = min(text_width(self._value, Type.FIGURE) + 1, room)
        paint_text(painter, self._at(value, 0, width), self._value or "–", Type.FIGURE)  # noqa: RUF001
        beside = self._at(value, width + 5, max(room - width - 5, 0)).translated(0, 3)
        paint_text(painter, beside, self._unit, Type.CAPTION, "text_2")
        paint_text(painter, self._at(foot, 0, room), self._when, Type.CAPTION, "text_2")
        if self._values:
            area = self._at(foot, foot.width() - spark, spark)
            area.setTop(area.bottom() - HEIGHT)
            paint_sparkline(painter, area, self._values, self._low, self._high)

    def _at(self, row: QRectF, start: float, width: float) -> QRectF:
        """A piece of a row, from its leading edge."""
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = row.right() - start - width if mirrored else row.left() + start
        return QRectF(left, row.top(), width, row.height())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Qt's report: Enter and Space do what a click does."""
        if event is not None and event.key() in {
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Space,
        }:
            self.clicked.emit()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report."""
        self._pressed = event is not None and event.button() is Qt.MouseButton.LeftButton

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report: a click ends where it began."""
        if event is not None and self._pressed and self.rect().contains(event.pos()):
            self.clicked.emit()
        self._pressed = False


def _line(role: Type) -> float:
    return QFontMetricsF(font(role)).height()
