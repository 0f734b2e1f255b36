"""Small things that say a state in a word: badges, filter chips, counts."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from medrec.domain.categories import Category
from medrec.views.common import theme
from medrec.views.common.focus import RADIUS
from medrec.views.common.fonts import Type
from medrec.views.common.icons import CATEGORY_ICONS, FAMILY_ICONS, paint_icon
from medrec.views.common.painting import (
    Tone,
    badge_height,
    badge_width,
    box,
    paint_badge,
    paint_text,
    text_width,
)
from medrec.views.common.tokens import Family, family_of
from medrec.views.common.words import category_name, family_name

__all__ = ["Badge", "CategoryBadge", "Chip", "CountPill", "Tone"]

_Draw = Callable[[QPainter, QRectF], None]
_FIXED = QSizePolicy.Policy.Fixed


class Badge(QWidget):
    """A state: soft ground, word, icon; `filled` (danger) for what is severe."""

    def __init__(
        self,
        text: str,
        tone: Tone = Tone.NEUTRAL,
        icon: str = "",
        small: bool = False,
        filled: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._tone, self._icon, self._small = text, tone, icon, small
        self._filled = filled
        self.setSizePolicy(_FIXED, _FIXED)
        self.setAccessibleName(text)

    def text(self) -> str:
        """The word."""
        return self._text

    @property
    def tone(self) -> Tone:
        """What the colour says."""
        return self._tone

    def set(self, text: str, tone: Tone, icon: str = "") -> None:
        """Say something else."""
        self._text, self._tone, self._icon = text, tone, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = badge_width(self._text, self._icon, self._small)
        return QSize(round(width + 0.5), badge_height(self._small))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        where = QRectF(self.rect())
        paint_badge(painter, where, self._text, self._tone, self._icon, self._small, self._filled)
        painter.end()


class CategoryBadge(QWidget):
    """The name of a category or family with its icon, on its tint."""

    def __init__(self, kind: Category | Family, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._text = family_name(kind) if isinstance(kind, Family) else category_name(kind)
        self.setSizePolicy(_FIXED, _FIXED)
        self.setAccessibleName(self._text)

    def sizeHint(self) -> QSize:
        return QSize(round(text_width(self._text, Type.SMALL_STRONG)) + 14 + 6 + 22, 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        family = self._kind if isinstance(self._kind, Family) else family_of(self._kind)
        ink, tile = theme.family_colour(family)
        box(painter, self.rect(), 6, tile)
        spot = QRectF(self.width() - 24 if mirrored else 10, (self.height() - 14) / 2, 14, 14)
        paint_icon(painter, spot, _icon_of(self._kind), ink)
        words = QRectF(self.rect()).adjusted(*((10, 0, -30, 0) if mirrored else (30, 0, -8, 0)))
        paint_text(painter, words, self._text, Type.SMALL_STRONG)
        painter.end()


class Chip(QAbstractButton):
    """A filter that is on or off, with a count if you like."""

    def __init__(
        self,
        text: str,
        icon: str = "",
        count: int | None = None,
        kind: Category | Family | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._count, self._kind = count, kind
        self._icon = icon or _icon_of(kind)
        self.setText(text)
        self.setCheckable(True)
        self.setProperty(RADIUS, 15)
        theme.set_type(self, Type.SMALL_STRONG)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(_FIXED, _FIXED)
        self.set_count(count)

    def set_count(self, count: int | None) -> None:
        """Show another count, None for none."""
        self._count = count
        self.setAccessibleName(self.text() if count is None else f"{self.text()}, {count}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text())
        icon = 14 + 6 if self._icon else 0
        count = 6 + text_width(str(self._count), Type.CAPTION) if self._count is not None else 0
        return QSize(round(words + icon + count + 22), max(30, self.fontMetrics().height() + 10))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        on = self.isChecked()
        over = self.underMouse() and self.isEnabled()
        fill = "selected" if on else ("hover" if over else "surface")
        box(painter, self.rect(), self.height() / 2, fill, "accent" if on else "border_2")
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        parts = self._parts(on)
        left = 11.0
        for width, draw in reversed(parts) if mirrored else parts:
            draw(painter, QRectF(left, 0, width, self.height()))
            left += width + 6
        painter.end()

    def _parts(self, on: bool) -> list[tuple[float, _Draw]]:
        ink = "accent_text" if on else "text_2"
        parts: list[tuple[float, _Draw]] = []
        if self._icon:
            parts.append((14, self._draw_icon))
        words = self.fontMetrics().horizontalAdvance(self.text()) + 1
        parts.append((words, lambda p, r: paint_text(p, r, self.text(), self.font(), ink)))
        if self._count is not None:
            number = str(self._count)
            width = text_width(number, Type.CAPTION) + 1
            grey = "accent_text" if on else "text_3"
            parts.append((width, lambda p, r: paint_text(p, r, number, Type.CAPTION, grey)))
        return parts

    def _draw_icon(self, painter: QPainter, rect: QRectF) -> None:
        ink = theme.tokens().accent_text if self.isChecked() else theme.tokens().text_2
        if self._kind is not None:
            family = self._kind if isinstance(self._kind, Family) else family_of(self._kind)
            ink = theme.family_colour(family)[0]
        spot = QRectF(rect.x(), rect.center().y() - 7, 14, 14)
        paint_icon(painter, spot, self._icon, ink)


class CountPill(QWidget):
    """A number that wants to be seen: how many wait."""

    def __init__(self, n: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(_FIXED, _FIXED)
        self._n = 0
        self.set_count(n)

    def set_count(self, n: int) -> None:
        """Show another number; nothing is shown for 0."""
        self._n = n
        self.setAccessibleName(str(n))
        if n == 0 or self.parent() is not None:  # without a parent it would become a window
            self.setVisible(n > 0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(max(20, round(text_width(self._words(), Type.CAPTION_STRONG)) + 12), 20)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        paint_count(painter, QRectF(self.rect()), self._n)
        painter.end()

    def _words(self) -> str:
        return _short(self._n)


def paint_count(painter: QPainter, rect: QRectF, n: int) -> None:
    """A count as a pill, for delegates and painted items."""
    box(painter, rect, rect.height() / 2, "accent")
    centre = Qt.AlignmentFlag.AlignHCenter
    paint_text(painter, rect, _short(n), Type.CAPTION_STRONG, "on_accent", centre)


def _short(n: int) -> str:
    return str(n) if n < 100 else "99+"


def _icon_of(kind: Category | Family | None) -> str:
    if kind is None:
        return ""
    return FAMILY_ICONS[kind] if isinstance(kind, Family) else CATEGORY_ICONS[kind]
